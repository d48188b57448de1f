//! Data quality: what the sources hold, field by field.
//!
//! Input: a [`Dataset`] and its normalized [`Contacts`] (for validity). Output: [`Quality`], written as
//! `quality.json` and shown in the report.
//!
//! Invariants
//! * Every column of every source has exactly one entry, in the order of the source.
//! * `rows ≥ filled ≥ valid`, and `filled ≥ distinct`.
//! * Counts are exact. Only patterns come from a bounded number of distinct values, and say so
//!   ([`FieldQuality::pattern_values`]).

use crate::table::data_file as table;
mod drift;
mod finding;
mod find;
mod gate;
mod limits;
mod pattern;
mod signs;
mod shape;
mod validity;

pub use drift::{Drift, FieldDrift, SourceDrift};
pub use finding::{Example, Finding, FindingRule, rules};
pub use gate::{GateError, RuleResult};
pub use validity::is_valid;

use limits::Limits;

use crate::config::QualitySettings;
use crate::ingest;
use crate::map::{Dataset, FieldId, Kind};
use crate::normalize::{self, Contacts};
use crate::table::{Column, MISSING};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Version of the shape of [`Quality`] as JSON.
pub const FORMAT_VERSION: u32 = 1;
/// How many values, patterns and invalid examples are listed per field: enough to see what is wrong at a glance.
const LISTED: usize = 5;
/// Listed values are cut after this many characters: a note of a page would drown the list.
const LISTED_CHARS: usize = 80;

/// The profile of all sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Version of this shape: [`FORMAT_VERSION`].
    pub format_version: u32,
    /// Records over all sources.
    pub records: u64,
    /// One per source, in order.
    pub sources: Vec<SourceQuality>,
    /// What a person should know, errors first; those of reading among them.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// What the rules of the settings say, in their order.
    #[serde(default)]
    pub rules: Vec<RuleResult>,
    /// What changed since an earlier profile; only where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
}

/// The profile of one source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceQuality {
    /// The source's name.
    pub source: String,
    /// Its records (quarantined rows are not among them).
    pub rows: u64,
    /// One per column, in the order of the file.
    pub fields: Vec<FieldQuality>,
}

/// The profile of one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldQuality {
    /// The column's heading.
    pub column: String,
    /// The field it was taken for; null when it means nothing to alike.
    pub field: Option<String>,
    /// Records of the source.
    pub rows: u64,
    /// Records with a value; blanks alone are no value.
    pub filled: u64,
    /// `filled ÷ rows`, 0 to 1, four decimals; 0 without rows.
    pub completeness: f64,
    /// Different values among the filled ones.
    pub distinct: u64,
    /// Filled values that are what the field asks for (a valid e-mail address, a real date, …); null when the field
    /// takes any text.
    pub valid: Option<u64>,
    /// `valid ÷ filled`, 0 to 1, four decimals; null when nothing is filled or the field takes any text.
    pub validity: Option<f64>,
    /// Length of the shortest value in characters; null without values.
    pub min_length: Option<u32>,
    /// Length of the longest value in characters; null without values.
    pub max_length: Option<u32>,
    /// The most frequent values, most frequent first, ties by text.
    pub top: Vec<Counted>,
    /// The most frequent character patterns: letters `A` or `a`, digits `9`, runs collapsed. Counts are records.
    pub patterns: Vec<Counted>,
    /// From how many distinct values the patterns were made; less than `distinct` when there are very many.
    pub pattern_values: u64,
    /// The most frequent values that are not valid.
    pub invalid: Vec<Counted>,
}

/// What changed from one profile to another; sources are matched by name, columns by heading.
pub fn drift(before: &Quality, now: &Quality) -> Drift {
    drift::between(before, now)
}

/// A value and how many records hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The value, cut after some 80 characters.
    pub value: String,
    /// Records.
    pub count: u64,
}

/// Measures completeness, validity, distinct values, top values and patterns of every column.
///
/// Costs one pass over the codes of columns whose validity depends on the record, and work per distinct value else;
/// columns run in parallel.
///
/// `read` are the findings of reading, which are taken over; `before` is an earlier profile to compare with.
pub fn measure(
    data: &Dataset,
    contacts: &Contacts,
    read: &[ingest::Finding],
    settings: &QualitySettings,
    before: Option<&Quality>,
) -> Quality {
    let mut quality = measure_with(data, contacts, read, settings, &normalize::value);
    quality.drift = before.map(|before| drift::between(before, &quality));
    quality.rules = gate::check(&quality, &settings.rules);
    quality
}

/// The normal form of a raw value of a field in a country, as [`normalize::value`].
type Normalize<'a> = &'a (dyn Fn(&FieldId, &str, &str) -> String + Sync);

fn measure_with(
    data: &Dataset,
    contacts: &Contacts,
    read: &[ingest::Finding],
    settings: &QualitySettings,
    normalize: Normalize<'_>,
) -> Quality {
    let columns: Vec<(usize, usize)> = (0..data.tables.len())
        .flat_map(|table| (0..data.tables[table].columns.len()).map(move |column| (table, column)))
        .collect();
    let limits = limits::of(settings.target);
    let seen: Vec<(FieldQuality, Vec<Finding>)> = columns
        .par_iter()
        .map(|&(table, column)| field(data, contacts, table, column, &limits, normalize))
        .collect();
    let (mut fields, found): (Vec<_>, Vec<_>) = seen.into_iter().unzip();
    let sources = data.tables.iter().map(|table| SourceQuality {
        source: table.source.clone(),
        rows: u64::from(table.rows),
        fields: fields.drain(..table.columns.len()).collect(),
    });
    let sources = sources.collect();
    let mut findings = finding::of_reading(read);
    findings.extend(finding::of_reading(&data.findings));
    findings.extend(found.into_iter().flatten());
    finding::sort(&mut findings);
    Quality {
        format_version: FORMAT_VERSION,
        records: u64::from(data.records()),
        sources,
        findings,
        ..Quality::default()
    }
}

fn field(
    data: &Dataset,
    contacts: &Contacts,
    table: usize,
    column: usize,
    limits: &Limits,
    normalize: Normalize<'_>,
) -> (FieldQuality, Vec<Finding>) {
    let raw = &data.tables[table].columns[column];
    let rows = u64::from(data.tables[table].rows);
    let id = data.mapping.get(table).and_then(|mapping| {
        mapping.iter().find(|mapped| mapped.column == column).and_then(|mapped| mapped.field.as_ref())
    });
    let values = Values::of(&raw.cells, &data.nulls(table, column));
    let patterns = pattern::most_frequent(&raw.cells, &values.blank);
    let checked = id.filter(|id| has_rules(id.kind()));
    let bad = checked.map(|id| validity::invalid(data, contacts, table, column, id, normalize));
    let found = find::in_column(&find::Looked {
        table: &data.tables[table],
        column,
        id,
        filled: values.filled,
        distinct: values.distinct,
        bad: bad.as_deref().unwrap_or_default(),
        limit: id.and_then(|id| limits.longest(id)),
    });
    let invalid = bad.map(|bad| validity::by_value(&bad));
    let valid = invalid.as_ref().map(|invalid| {
        let blank = |code: u32| values.blank.contains(&code);
        values.filled
            - invalid.iter().filter(|&&(code, _)| !blank(code)).map(|&(_, count)| count).sum::<u64>()
    });
    let list = |counts: Vec<(u32, u64)>| -> Vec<Counted> {
        let shown = |(code, count)| Counted { value: shortened(raw.cells.value(code)), count };
        counts.into_iter().map(shown).collect()
    };
    let not_blank = |code: &u32| *code != MISSING && !values.blank.contains(code);
    let counts = (0..raw.cells.distinct() as u32).filter(not_blank);
    let top = most_frequent(&raw.cells, counts.map(|code| (code, u64::from(raw.cells.count(code)))));
    let bad = invalid.unwrap_or_default().into_iter().filter(|(code, _)| not_blank(code));
    let bad = most_frequent(&raw.cells, bad);
    let field = FieldQuality {
        column: raw.name.clone(),
        field: id.map(ToString::to_string),
        rows,
        filled: values.filled,
        completeness: share(values.filled, rows).unwrap_or(0.0),
        distinct: values.distinct,
        valid,
        validity: valid.and_then(|valid| share(valid, values.filled)),
        min_length: values.lengths.map(|lengths| lengths.0),
        max_length: values.lengths.map(|lengths| lengths.1),
        top: list(top),
        patterns: patterns.counted,
        pattern_values: patterns.looked_at,
        invalid: list(bad),
    };
    (field, found)
}

/// Whether values of a kind can be wrong; the others take any text.
fn has_rules(kind: Kind) -> bool {
    match kind {
        Kind::PersonName | Kind::Company | Kind::Email | Kind::Phone | Kind::Address | Kind::Postcode => true,
        Kind::City | Kind::Region | Kind::Country | Kind::Date | Kind::Identifier | Kind::Website => true,
        Kind::RecordId | Kind::Category | Kind::Text | Kind::Timestamp | Kind::Carried => false,
    }
}

/// What one look at every distinct value of a column tells.
struct Values {
    filled: u64,
    distinct: u64,
    /// Shortest and longest value in characters.
    lengths: Option<(u32, u32)>,
    /// Codes of values of blanks alone, and of those that mean none; there are few.
    blank: Vec<u32>,
}

impl Values {
    fn of(cells: &Column, nulls: &[u32]) -> Self {
        let mut values = Self { filled: cells.filled(), distinct: 0, lengths: None, blank: Vec::new() };
        for (code, value) in cells.values().iter().enumerate().skip(1) {
            let code = code as u32;
            if value.trim().is_empty() || nulls.contains(&code) {
                values.blank.push(code);
                values.filled -= u64::from(cells.count(code));
            } else if cells.count(code) > 0 {
                values.distinct += 1;
                let length = if value.is_ascii() { value.len() } else { value.chars().count() } as u32;
                let (min, max) = values.lengths.unwrap_or((length, length));
                values.lengths = Some((min.min(length), max.max(length)));
            }
        }
        values
    }
}

/// The few most frequent of many values, most frequent first, ties by text (so that row order does not matter).
fn most_frequent(cells: &Column, counts: impl Iterator<Item = (u32, u64)>) -> Vec<(u32, u64)> {
    let mut best: Vec<(u32, u64)> = Vec::with_capacity(LISTED + 1);
    for (code, count) in counts {
        if count == 0 || (best.len() == LISTED && count < best[LISTED - 1].1) {
            continue;
        }
        let before = |&(other, more): &(u32, u64)| {
            more > count || (more == count && cells.value(other) < cells.value(code))
        };
        let at = best.partition_point(before);
        if at < LISTED {
            best.insert(at, (code, count));
            best.truncate(LISTED);
        }
    }
    best
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 1e4).round() / 1e4)
}

/// A value cut for listing, with an ellipsis where something is missing.
fn shortened(value: &str) -> String {
    match value.char_indices().nth(LISTED_CHARS) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
