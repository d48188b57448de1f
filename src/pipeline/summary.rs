//! The lines a person sees at the end of a run: the sums, what to look at, where the files are and what to do next.

use super::deciding;
use super::outcome::{Counts, SourceCounts, grouped};
use crate::cluster::{Clusters, Lane};
use crate::guard;
use crate::ingest::Quarantined;
use crate::map::Dataset;
use crate::related::TableCounts;
use crate::report::{ClassicCounts, ClassicReport};
use crate::score::Model;
use crate::state::Honoured;
use std::collections::BTreeMap;
use std::path::Path;

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The counts.
    pub counts: Counts,
    /// What became of the rows of each source.
    pub sources: Vec<SourceCounts>,
    /// Lines for people: the sums and what was found.
    pub sums: Vec<String>,
    /// Sentences on what a person should look at.
    pub findings: Vec<String>,
    /// Lines for people: where the files are and what to do next.
    pub next: Vec<String>,
    /// Stages and what they took in seconds, in running order.
    pub seconds: Vec<(&'static str, f64)>,
    /// What the guards said.
    pub guards: guard::Report,
}

/// What the lines are made from.
pub struct Facts<'a> {
    pub counts: Counts,
    pub sources: Vec<SourceCounts>,
    pub data: &'a Dataset,
    pub clusters: &'a Clusters,
    pub quarantine: &'a [Quarantined],
    pub model: &'a Model,
    pub classic: Option<&'a ClassicReport>,
    pub related: &'a [TableCounts],
    pub honoured: Option<&'a Honoured>,
    /// Lines on the state.
    pub night: &'a [String],
    pub dir: &'a Path,
}

/// Tells what a run did.
pub fn tell(facts: Facts<'_>) -> Outcome {
    let mut sums = equations(&facts.sources);
    sums.push(String::new());
    sums.extend(found(&facts.counts));
    sums.extend(facts.honoured.map(|honoured| deciding::line(honoured, facts.clusters)));
    sums.extend(facts.night.iter().cloned());
    sums.extend(facts.classic.into_iter().flat_map(|classic| beside_classic(&classic.counts)));
    sums.extend(super::related::found(facts.related));
    Outcome {
        sums,
        findings: findings(&facts),
        next: next(&facts),
        counts: facts.counts,
        sources: facts.sources,
        ..Outcome::default()
    }
}

/// One line a source, its numbers under each other, and their sum.
fn equations(sources: &[SourceCounts]) -> Vec<String> {
    let mut rows: Vec<(String, [u64; 4])> =
        sources.iter().map(|of| (of.source.clone(), [of.rows, of.kept, of.merged, of.quarantined])).collect();
    if rows.len() > 1 {
        let sum = |at: usize| rows.iter().map(|(_, numbers)| numbers[at]).sum();
        rows.push(("together".to_string(), [sum(0), sum(1), sum(2), sum(3)]));
    }
    let name_width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let width =
        |at: usize| rows.iter().map(|(_, numbers)| grouped(numbers[at]).chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    let mut lines = vec!["Rows in = kept + merged into another + quarantined (checked)".to_string()];
    for (name, numbers) in &rows {
        let [rows, kept, merged, quarantined] =
            [0, 1, 2, 3].map(|at| format!("{:>width$}", grouped(numbers[at]), width = widths[at]));
        lines.push(format!("  {name:<name_width$}  {rows} = {kept} + {merged} + {quarantined}"));
    }
    lines
}

fn found(counts: &Counts) -> Vec<String> {
    let proposals = counts.auto_proposals + counts.review_proposals + counts.hold_proposals;
    let golden = number(counts.golden_records, "golden record", "golden records");
    if proposals == 0 {
        return vec![format!("No duplicates were found: {golden}")];
    }
    let mut lines = vec![
        format!(
            "{}: {} sure (lane auto), {} to review, {} on hold",
            number(proposals, "proposal", "proposals"),
            grouped(counts.auto_proposals),
            grouped(counts.review_proposals),
            grouped(counts.hold_proposals)
        ),
        format!("{golden} with the sure proposals merged"),
    ];
    if counts.extending_proposals > 0 {
        lines[0].push_str(&format!(
            " ({} of those to review would add records to a sure one)",
            grouped(counts.extending_proposals)
        ));
    }
    if counts.review_proposals > 0 {
        let last = lines.len() - 1;
        lines[last].push_str(&format!(
            "; {} if every proposal to review is right, too",
            number(counts.entities, "entity", "entities")
        ));
    }
    lines
}

/// What Business Central's own search finds, and what of it alike does.
fn beside_classic(classic: &ClassicCounts) -> Vec<String> {
    let pairs = |count: u64| number(count, "pair", "pairs");
    vec![
        format!(
            "bc-classic: {} of {} with {} or more of {} strings equal",
            pairs(classic.pairs),
            number(classic.companies, "company", "companies"),
            classic.threshold,
            classic.rules.len(),
        ),
        format!(
            "  {} found by both, {} by bc-classic only, {} by alike only, and {} of persons, which bc-classic never looks at",
            grouped(classic.both),
            grouped(classic.only_classic),
            grouped(classic.only_alike),
            pairs(classic.persons),
        ),
    ]
}

/// What a person should look at that no stage has warned of.
fn findings(facts: &Facts<'_>) -> Vec<String> {
    let mut findings = Vec::new();
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for row in facts.quarantine {
        *reasons.entry(&row.reason).or_default() += 1;
    }
    // Of reasons as frequent the first by letters, so that equal runs say the same.
    let most = reasons.iter().rev().max_by_key(|(_, count)| **count);
    if let Some((reason, count)) = most {
        let rows = number(facts.quarantine.len() as u64, "row", "rows");
        let part = if reasons.len() > 1 { format!("{} of them: ", grouped(*count)) } else { String::new() };
        findings.push(format!("{rows} could not be read and went to quarantine.csv alone ({part}{reason})"));
    }
    for model in facts.model.populations.iter().filter(|model| !model.converged) {
        findings.push(format!(
            "the model of {} records had not settled after {} rounds; look at its health in the report",
            format!("{:?}", model.population).to_lowercase(),
            model.rounds
        ));
    }
    findings
}

/// Where the files are and what to do with them.
fn next(facts: &Facts<'_>) -> Vec<String> {
    let dir = facts.dir.display();
    let mut lines = vec![
        format!("The run folder is {dir}"),
        format!("  open {}", facts.dir.join("report.html").display()),
    ];
    if facts.counts.review_proposals > 0 {
        lines.push(format!(
            "  look through the {} in the lane `review` of proposals, least sure first",
            number(facts.counts.review_proposals, "proposal", "proposals")
        ));
    }
    if let Some([a, b]) = example(facts) {
        let dir = quoted(&dir.to_string());
        lines.push(format!("  ask why two records are, or are not, one:  alike explain {dir} {a} {b}"));
        lines.push(format!("  see what would be merged, as you edit the plan:  alike apply {dir} --dry-run"));
    }
    lines
}

/// Two records of one proposal, of one to review where there is one.
fn example(facts: &Facts<'_>) -> Option<[String; 2]> {
    let groups = || facts.clusters.groups.iter().filter(|group| group.members.len() > 1);
    let group = groups().find(|group| group.lane == Lane::Review).or_else(|| groups().next())?;
    let name =
        |record: u32| quoted(&format!("{}:{}", facts.data.source(record), facts.data.record_id(record)));
    Some([name(group.members[0]), name(group.members[1])])
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./:=@%+,".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A number with what it counts.
pub(super) fn number(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, numbers: [u64; 4]) -> SourceCounts {
        let [rows, kept, merged, quarantined] = numbers;
        SourceCounts { source: name.into(), rows, kept, merged, quarantined }
    }

    #[test]
    fn numbers_of_sources_stand_under_each_other() {
        let lines = equations(&[source("crm", [12_345, 12_000, 340, 5]), source("webshop", [7, 7, 0, 0])]);
        assert_eq!(
            lines[1..],
            [
                "  crm       12 345 = 12 000 + 340 + 5",
                "  webshop        7 =      7 +   0 + 0",
                "  together  12 352 = 12 007 + 340 + 5"
            ]
        );
        assert_eq!(equations(&[source("crm", [1, 1, 0, 0])]).len(), 2);
    }

    #[test]
    fn one_is_not_many() {
        let counts = Counts { auto_proposals: 1, golden_records: 1, ..Counts::default() };
        assert_eq!(found(&counts)[0], "1 proposal: 1 sure (lane auto), 0 to review, 0 on hold");
        assert_eq!(found(&counts)[1], "1 golden record with the sure proposals merged");
        assert_eq!(found(&Counts::default()), ["No duplicates were found: 0 golden records"]);
    }

    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!(quoted("crm:C-1"), "crm:C-1");
        assert_eq!(quoted("crm:Jan's 1"), "'crm:Jan'\\''s 1'");
    }
}
