//! Why, or why not: one pair of records, weighed in the open.
//!
//! Everything here is a pure function of [`PairExplanation`]; the driver fills it from a run folder.

use super::words;
use crate::cluster::{Doubt, HoldReason};
use crate::map::Dataset;
use std::fmt::Write;

/// Micro-bits in a bit: weights are integers of this unit.
pub const MICRO: f64 = 1e6;
/// Width of a weight's bar on the terminal, in characters, for the heaviest step of the pair.
const BAR: usize = 16;
/// Values are cut to this many characters on the terminal, so that a line stays a line.
const VALUE_CHARS: usize = 28;

/// All there is to say about one pair.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairExplanation {
    /// The one record.
    pub a: RecordView,
    /// The other record.
    pub b: RecordView,
    /// Whether both are persons, both companies, or both neither; else they are never compared.
    pub same_population: bool,
    /// Names of the blocking rules whose key both records share: these make the pair a candidate.
    pub shared_rules: Vec<String>,
    /// Rules whose key both share, but which was given up, each with the reason in parentheses.
    pub rules_cut: Vec<String>,
    /// The comparisons in the order of the model.
    pub steps: Vec<Step>,
    /// Weight of any pair before a value is looked at, in micro-bits (log2 odds of a match among candidates).
    pub prior_microbits: i64,
    /// Prior and steps together, in micro-bits.
    pub total_microbits: i64,
    /// Match probability, 0 to 1.
    pub probability: f64,
    /// The class of non-matches that explains the pair best, against which it was weighed: `household`, …
    pub against_class: String,
    /// Pairs below this probability are not kept as links.
    pub link_floor: f64,
    /// The mean probability from which groups are joined.
    pub join_at: f64,
    /// What became of A and of B; none for a record in no proposal.
    pub clusters: [Option<ClusterView>; 2],
    /// Facts that forbid merging the two, in words.
    pub vetoes: Vec<String>,
    /// Why the proposal that both are in is not merged without asking, in words; empty when it is.
    pub doubts: Vec<String>,
}

/// One of the two records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordView {
    /// Its source.
    pub source: String,
    /// Its id in that source.
    pub record_id: String,
    /// `person`, `company` or `other`.
    pub population: String,
    /// What a person would call it, such as the name; may be empty.
    pub label: String,
}

/// One comparison of a pair and what it weighs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Name of the comparison, such as `given_name`.
    pub comparison: String,
    /// The one record's value, as compared or as it stands in the source.
    pub value_a: String,
    /// The other record's value.
    pub value_b: String,
    /// Name of the level: how alike the values are; `missing` is no evidence.
    pub level: String,
    /// Log2 likelihood ratio in micro-bits: above 0 speaks for a match, below 0 against.
    pub weight_microbits: i64,
    /// What else changed the weight, such as a frequent name; may be empty.
    pub note: String,
}

impl PairExplanation {
    /// The proposal that both records are in.
    fn shared_cluster(&self) -> Option<&ClusterView> {
        match &self.clusters {
            [Some(a), Some(b)] if a.proposal_id == b.proposal_id => Some(a),
            _ => None,
        }
    }
}

/// The proposal that a record is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterView {
    /// The id of the proposal.
    pub proposal_id: String,
    /// `auto`, `review` or `hold`.
    pub lane: String,
    /// The named reason of `hold`.
    pub hold_reason: Option<String>,
    /// Records in the proposal.
    pub members: u32,
}

/// Why a pair cannot be explained.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// The folder is no run folder.
    #[error("`{dir}` is no run folder; name the folder that `alike run` wrote")]
    NoRun { dir: String },
    /// An input is not what it was when the folder was written.
    #[error("`{file}` is gone or changed since this run; run again, then explain")]
    Changed { file: String },
    /// An input was the standard input.
    #[error(
        "source `{source_name}` came from the standard input, which cannot be read again; save it in a file, run on that file, then explain"
    )]
    ReadOnce { source_name: String },
    /// Both names mean one record.
    #[error("both names mean the record `{id}`; name two different records")]
    OneRecord { id: String },
    /// No source has such a record.
    #[error("no record `{id}` in this run; the sources are {sources}. Write `SOURCE:ID` or the id alone")]
    Unknown { id: String, sources: String },
    /// Several sources have such a record.
    #[error("several sources have a record `{id}`; write one of: {choices}")]
    Ambiguous { id: String, choices: String },
}

/// The number of the record a person means by `ID` or `SOURCE:ID`.
pub fn find_record(data: &Dataset, text: &str) -> Result<u32, ExplainError> {
    let with_id = |id: &str| -> Vec<u32> {
        (0..data.records()).filter(|&record| record_id(data, record) == id).collect()
    };
    let mut found = with_id(text);
    if found.is_empty() {
        let colons = text.match_indices(':').map(|(at, _)| (&text[..at], &text[at + 1..]));
        for (source, id) in
            colons.filter(|(source, _)| data.tables.iter().any(|table| table.source == *source))
        {
            found.extend(with_id(id).into_iter().filter(|&record| data.source(record) == source));
        }
    }
    let listed = |names: Vec<String>| names.join(", ");
    match found[..] {
        [record] => Ok(record),
        [] => Err(ExplainError::Unknown {
            id: text.to_string(),
            sources: listed(data.tables.iter().map(|table| table.source.clone()).collect()),
        }),
        _ => Err(ExplainError::Ambiguous {
            id: text.to_string(),
            choices: listed(found.iter().map(|&record| format!("{}:{text}", data.source(record))).collect()),
        }),
    }
}

/// The id of a record in its source.
pub(super) fn record_id(data: &Dataset, record: u32) -> &str {
    &data.record_ids[record as usize]
}

/// The explanation as text for a terminal: plain, aligned, without colours.
pub fn render(pair: &PairExplanation) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_pair(&mut out, pair);
    out
}

fn write_pair(out: &mut String, pair: &PairExplanation) -> std::fmt::Result {
    for (letter, record) in [("A", &pair.a), ("B", &pair.b)] {
        let label = if record.label.is_empty() { String::new() } else { format!("  {}", record.label) };
        writeln!(out, "{letter}  {}:{}  ({}){label}", record.source, record.record_id, record.population)?;
    }
    writeln!(out, "\n{}\n", verdict(pair))?;
    write_steps(out, pair)?;
    if !pair.steps.is_empty() {
        let class = match pair.against_class.as_str() {
            "" => String::new(),
            class => format!(", weighed against pairs of the class `{class}`"),
        };
        writeln!(out, "\nProbability that A and B are one: {}{class}", percent(pair.probability))?;
    }
    writeln!(out, "{}", compared(pair))?;
    for veto in &pair.vetoes {
        writeln!(out, "Forbids merging: {veto}")?;
    }
    writeln!(out, "{}", proposed(pair))?;
    if !pair.doubts.is_empty() {
        writeln!(out, "Not merged without asking, since:")?;
    }
    pair.doubts.iter().try_for_each(|doubt| writeln!(out, "  - {doubt}"))
}

/// Why a proposal is not merged without asking, one sentence each; `name` is what a person calls a record.
pub fn doubts_in_words(
    hold: Option<HoldReason>,
    doubts: &[Doubt],
    name: impl Fn(u32) -> String,
) -> Vec<String> {
    let held = hold.map(|reason| format!("it is held: {}", words::hold(reason)));
    let told = doubts.iter().map(|doubt| match doubt {
        Doubt::Unsure([a, b], probability, asked) => format!(
            "{} and {}: {} sure, and {} is asked of a pair",
            name(*a),
            name(*b),
            percent(*probability),
            percent(*asked)
        ),
        Doubt::Pair([a, b], words) => format!("{} and {}: {words}", name(*a), name(*b)),
        Doubt::Core(sure, of) => {
            let sure: Vec<String> = sure.iter().map(|&record| name(record)).collect();
            format!("of the {of} records only these are sure: {}", sure.join(", "))
        }
        Doubt::Support(record, support, asked) => format!(
            "{} is supported by the others to {} on average, and {} is asked of everybody in a group of this size",
            name(*record),
            percent(*support),
            percent(*asked)
        ),
        Doubt::Group => {
            "no two of the records are sure enough together, and some of the group speak against others".to_string()
        }
    });
    held.into_iter().chain(told).collect()
}

/// The answer in one sentence.
fn verdict(pair: &PairExplanation) -> String {
    if !pair.same_population {
        return format!(
            "Never compared: A is a {}, B is a {}; they are matched apart.",
            pair.a.population, pair.b.population
        );
    }
    match (pair.shared_cluster(), pair.shared_rules.is_empty()) {
        (Some(cluster), direct) => match (cluster.lane.as_str(), direct) {
            ("auto", _) => "Merged: believed to be one.".to_string(),
            ("review", _) => "Proposed: believed to be one, a person decides.".to_string(),
            (_, _) => "Held: may be one, but something speaks against merging.".to_string(),
        },
        (_, true) if pair.rules_cut.is_empty() => {
            "Never compared: no blocking rule brings A and B together.".into()
        }
        (_, true) => "Never compared: every key that A and B share was given up.".into(),
        _ if !pair.vetoes.is_empty() => "Kept apart: a fact forbids merging.".to_string(),
        _ if pair.probability < pair.link_floor => {
            format!("Kept apart: compared, and below the floor of {} for a link.", percent(pair.link_floor))
        }
        _ if pair.probability < pair.join_at => {
            let at = percent(pair.join_at);
            format!(
                "Kept apart: the two are linked, and less sure than the {at} from which records are joined."
            )
        }
        _ => "Kept apart: the two are linked, but the group as a whole does not support it.".to_string(),
    }
}

/// How many of the keys that were given up are named.
const SHOWN_CUT: usize = 3;

fn compared(pair: &PairExplanation) -> String {
    let shared = pair.shared_rules.join(", ");
    let cut = match pair.rules_cut.len().checked_sub(SHOWN_CUT) {
        Some(more @ 1..) => format!("{} and {more} more", pair.rules_cut[..SHOWN_CUT].join(", ")),
        _ => pair.rules_cut.join(", "),
    };
    match (pair.same_population, shared.is_empty(), cut.is_empty()) {
        (false, _, _) => "Compared: no; persons and companies are matched apart.".to_string(),
        (_, true, true) => {
            "Compared: no; they share no key. The weights above are what a comparison would give.".into()
        }
        (_, true, false) => {
            format!("Compared: no; keys given up: {cut}. The weights above are what a comparison would give.")
        }
        (_, false, true) => format!("Compared: yes, because they share {shared}."),
        (_, false, false) => {
            format!("Compared: yes, because they share {shared}; keys given up: {cut}.")
        }
    }
}

/// What became of the two, whether in one proposal, in two, or in none.
fn proposed(pair: &PairExplanation) -> String {
    let lane = |cluster: &ClusterView| match &cluster.hold_reason {
        Some(reason) => format!("{} records, lane {}: {reason}", cluster.members, cluster.lane),
        None => format!("{} records, lane {}", cluster.members, cluster.lane),
    };
    let told = |cluster: &ClusterView| format!("proposal {} ({})", cluster.proposal_id, lane(cluster));
    match (pair.shared_cluster(), &pair.clusters) {
        (Some(cluster), _) => format!("Both are in {}.", told(cluster)),
        (None, [Some(a), Some(b)]) => {
            format!("They are in different proposals: A in {}, B in {}.", told(a), told(b))
        }
        (None, [Some(a), None]) => format!("A is in {}; B is in no proposal.", told(a)),
        (None, [None, Some(b)]) => format!("A is in no proposal; B is in {}.", told(b)),
        (None, [None, None]) => "Neither is in a proposal.".to_string(),
    }
}

fn write_steps(out: &mut String, pair: &PairExplanation) -> std::fmt::Result {
    if pair.steps.is_empty() {
        return Ok(());
    }
    let heaviest =
        pair.steps.iter().map(|step| step.weight_microbits.unsigned_abs()).max().unwrap_or(0).max(1);
    let mut rows = vec![["comparison", "A", "B", "how alike", "bits", "", "sum"].map(String::from)];
    let mut sum = pair.prior_microbits;
    let mut row = |name: &str, a: &str, b: &str, level: &str, weight: i64, sum: i64| {
        let bar = bar(weight, heaviest);
        rows.push([name.into(), cut(a), cut(b), level.into(), bits(weight), bar, bits(sum)]);
    };
    row("starting point", "", "", "prior", pair.prior_microbits, sum);
    for step in &pair.steps {
        sum += step.weight_microbits;
        row(&step.comparison, &step.value_a, &step.value_b, &step.level, step.weight_microbits, sum);
    }
    // The prior and the steps are against the best rival; the other relations take a little away.
    let rest = pair.total_microbits - sum;
    if rest != 0 {
        row("other relations", "", "", "also possible", rest, pair.total_microbits);
    }
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: [usize; 7] = std::array::from_fn(width);
    let notes = ["", ""].into_iter().chain(pair.steps.iter().map(|step| step.note.as_str())).chain([""]);
    for (row, note) in rows.iter().zip(notes) {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
            match at {
                4 | 6 => write!(line, "{cell:>width$}  ")?,
                _ => write!(line, "{cell:<width$}  ")?,
            }
        }
        line.push_str(note);
        writeln!(out, "{}", line.trim_end())?;
    }
    writeln!(out, "Total {} bits: {}.", bits(pair.total_microbits), odds(pair.total_microbits))
}

/// A weight's bar around a middle line: against to the left, for to the right.
fn bar(weight: i64, heaviest: u64) -> String {
    let half = BAR / 2;
    let share = weight.unsigned_abs() as f64 / heaviest as f64;
    let length = ((share * half as f64).round() as usize).clamp(usize::from(weight != 0), half);
    let (left, right) = if weight < 0 { (length, 0) } else { (0, length) };
    format!(
        "{}{}|{}{}",
        " ".repeat(half - left),
        "-".repeat(left),
        "+".repeat(right),
        " ".repeat(half - right)
    )
}

/// A weight in bits with its sign, two decimals.
pub fn bits(microbits: i64) -> String {
    let bits = microbits as f64 / MICRO;
    if microbits == 0 { "0".to_string() } else { format!("{bits:+.2}") }
}

/// A weight as odds in words.
fn odds(microbits: i64) -> String {
    let odds = (microbits as f64 / MICRO).abs().exp2();
    let times = match odds {
        _ if odds >= 1e6 => "over a million".to_string(),
        _ if odds >= 10.0 => format!("{odds:.0}"),
        _ => format!("{odds:.1}"),
    };
    match microbits {
        0 => "as likely one as not".to_string(),
        1.. => format!("{times} times as likely one as not"),
        _ => format!("{times} times as likely not one as one"),
    }
}

/// A probability for people: never rounded up to certainty or down to impossibility.
pub fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    match percent {
        _ if percent >= 100.0 => "100 %".to_string(),
        _ if percent > 99.99 => "> 99.99 %".to_string(),
        _ if percent <= 0.0 => "0 %".to_string(),
        _ if percent < 0.01 => "< 0.01 %".to_string(),
        _ if !(1.0..=99.0).contains(&percent) => format!("{percent:.2} %"),
        _ => format!("{percent:.1} %"),
    }
}

/// A value cut to a line's share, control characters shown as blanks.
fn cut(value: &str) -> String {
    let mut shown: String =
        value.chars().take(VALUE_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if value.chars().nth(VALUE_CHARS).is_some() {
        shown.pop();
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests;
