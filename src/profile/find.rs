//! What one column shows: the signs of its values, and what only the column as a whole tells.

use super::finding::{EXAMPLES, Example, Finding, rule};
use super::limits::Limit;
use super::signs::{self, Sign};
use super::validity::Bad;
use crate::map::{Field, FieldId, Kind};
use crate::table::{Column, MISSING, Table};
use rayon::prelude::*;
use std::cmp::Reverse;

/// Distinct values are looked at in runs of this many, so that one huge column uses all threads.
const CHUNK: usize = 4_096;
/// Columns with fewer filled records are not called constant, nor their values shared: chance does that.
const FEWEST_RECORDS: u64 = 20;
/// A value in more than one of so many filled records belongs to no contact.
const SHARED: u64 = 5;

/// A column and what is known of it.
pub(super) struct Looked<'a> {
    pub table: &'a Table,
    /// Its position in the table.
    pub column: usize,
    /// The field it was taken for.
    pub id: Option<&'a FieldId>,
    /// Records with a value.
    pub filled: u64,
    /// Different values.
    pub distinct: u64,
    /// The values that are not valid.
    pub bad: &'a [Bad],
    /// How long values may be in the target system.
    pub limit: Option<Limit>,
}

/// The findings of a column, in the order of their names here.
pub(super) fn in_column(looked: &Looked<'_>) -> Vec<Finding> {
    let mut found = whole(looked);
    if let Some(id) = looked.id {
        found.extend(by_value(looked, id));
        found.extend(invalid(looked, id));
    }
    found
}

/// What no single value shows.
fn whole(looked: &Looked<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let cells = looked.cells();
    let rows = u64::from(looked.table.rows);
    if rows == 0 {
        return found;
    }
    let is_id = looked.id.is_some_and(|id| id.kind() == Kind::RecordId);
    if looked.filled == 0 {
        found.push(looked.finding("empty_column", rows, Vec::new()));
        return found;
    }
    let constant = looked.distinct == 1 && looked.filled == rows && rows >= FEWEST_RECORDS;
    if constant && !is_id {
        found.push(looked.finding("constant_column", rows, looked.examples(&mut looked.values())));
    }
    if is_id {
        let mut repeated: Vec<(u32, u64)> = looked.values();
        repeated.retain(|(_, count)| *count > 1);
        found.extend(looked.found("duplicate_id", repeated));
        if looked.filled < rows {
            let first = (0..looked.table.rows).find(|&row| cells.get(row).trim().is_empty());
            let example = first.map(|row| Example { line: looked.line(row), value: String::new() });
            found.push(looked.finding("missing_id", rows - looked.filled, example.into_iter().collect()));
        }
    }
    let shared = |id: &&FieldId| belongs_to_one(id) && looked.filled >= FEWEST_RECORDS && !constant;
    if looked.id.filter(shared).is_some() {
        let mut values = looked.values();
        values.retain(|(_, count)| count * SHARED > looked.filled);
        found.extend(looked.found("shared_value", values));
    }
    found
}

/// Whether a value of a field belongs to one contact, or to few who have it from each other.
fn belongs_to_one(id: &FieldId) -> bool {
    match id.kind() {
        Kind::Email | Kind::Identifier => true,
        Kind::Phone => !matches!(id.field, Field::CompanyPhone | Field::Fax),
        Kind::PersonName => matches!(
            id.field,
            Field::FullName | Field::FirstName | Field::LastName | Field::MaidenName | Field::Nickname
        ),
        Kind::Date => id.field == Field::BirthDate,
        Kind::Address => {
            matches!(id.field, Field::StreetAndNumber | Field::AddressBlock | Field::AddressOneLine)
        }
        _ => false,
    }
}

/// Signs and the codes of the values that show them.
type Shown = Vec<(Sign, u32)>;

/// What each distinct value shows by itself.
fn by_value(looked: &Looked<'_>, id: &FieldId) -> Vec<Finding> {
    let cells = looked.cells();
    let codes: Vec<u32> = (MISSING + 1..cells.distinct() as u32).collect();
    let shows = signs::can_show(id);
    let seen: Vec<(Shown, Vec<u32>)> = codes
        .par_chunks(CHUNK)
        .map(|chunk| {
            let (mut shown, mut long) = (Vec::new(), Vec::new());
            for &code in chunk {
                let value = cells.value(code);
                if cells.count(code) == 0 || value.trim().is_empty() {
                    continue;
                }
                if shows {
                    shown.extend(signs::of(id, value).into_iter().map(|sign| (sign, code)));
                }
                if looked.limit.is_some_and(|limit| limit.is_exceeded(value)) {
                    long.push(code);
                }
            }
            (shown, long)
        })
        .collect();
    let counted = |code: u32| (code, u64::from(cells.count(code)));
    let mut shown: Shown = seen.iter().flat_map(|(shown, _)| shown).copied().collect();
    shown.sort_unstable();
    let mut found: Vec<Finding> = shown
        .chunk_by(|one, other| one.0 == other.0)
        .filter_map(|run| looked.found(run[0].0.rule(), run.iter().map(|&(_, code)| counted(code)).collect()))
        .collect();
    let long: Vec<(u32, u64)> = seen.iter().flat_map(|(_, long)| long).map(|&code| counted(code)).collect();
    if let (Some(mut finding), Some(limit)) = (looked.found("too_long", long), looked.limit) {
        let Limit { longest, named, system } = limit;
        finding.message =
            format!("values longer than the {longest} characters that `{named}` of {system} holds");
        found.push(finding);
    }
    found
}

/// What is not valid, and no sign of the value says why. Identifiers of unknown making are not judged here.
fn invalid(looked: &Looked<'_>, id: &FieldId) -> Vec<Finding> {
    let cells = looked.cells();
    let (mut zeros, mut plain) = (Vec::new(), Vec::new());
    for bad in looked.bad {
        let value = cells.value(bad.code);
        if bad.lost_zero {
            zeros.push((bad.code, bad.count));
        } else if !value.trim().is_empty() && !signs::of(id, value).into_iter().any(Sign::explains) {
            plain.push((bad.code, bad.count));
        }
    }
    let name = match id.kind() {
        Kind::Email => "invalid_email",
        Kind::Phone => "invalid_phone",
        Kind::Postcode => "invalid_postcode",
        Kind::Country => "invalid_country",
        Kind::Date => "invalid_date",
        Kind::Website => "invalid_website",
        _ if id.field == Field::VatNumber => "invalid_vat",
        _ if id.field == Field::Iban => "invalid_iban",
        Kind::Identifier => return Vec::new(),
        _ => "invalid_value",
    };
    [("lost_zero", zeros), (name, plain)]
        .into_iter()
        .filter_map(|(rule, values)| looked.found(rule, summed(values)))
        .collect()
}

/// One entry a value; the entries of a value follow one another.
fn summed(values: Vec<(u32, u64)>) -> Vec<(u32, u64)> {
    let runs = values.chunk_by(|one, other| one.0 == other.0);
    runs.map(|run| (run[0].0, run.iter().map(|(_, count)| count).sum())).collect()
}

impl Looked<'_> {
    fn cells(&self) -> &Column {
        &self.table.columns[self.column].cells
    }

    /// Every value that is not blank and its records.
    fn values(&self) -> Vec<(u32, u64)> {
        let cells = self.cells();
        let all = (MISSING + 1..cells.distinct() as u32).map(|code| (code, u64::from(cells.count(code))));
        all.filter(|&(code, count)| count > 0 && !cells.value(code).trim().is_empty()).collect()
    }

    /// The line at which a row starts; none where the source has no lines.
    fn line(&self, row: u32) -> Option<u32> {
        self.table.lines.get(row as usize).copied()
    }

    /// A finding of these values and their records; none when there are none.
    fn found(&self, name: &str, mut values: Vec<(u32, u64)>) -> Option<Finding> {
        let count = values.iter().map(|(_, count)| count).sum();
        (count > 0).then(|| self.finding(name, count, self.examples(&mut values)))
    }

    /// The most frequent of some values, ties by text, each with its first line.
    fn examples(&self, values: &mut [(u32, u64)]) -> Vec<Example> {
        let cells = self.cells();
        let rank = |&(code, count): &(u32, u64)| (Reverse(count), cells.value(code));
        let most = EXAMPLES.min(values.len());
        if most < values.len() {
            values.select_nth_unstable_by(most, |one, other| rank(one).cmp(&rank(other)));
        }
        let best = &mut values[..most];
        best.sort_unstable_by(|one, other| rank(one).cmp(&rank(other)));
        let example = |&(code, _): &(u32, u64)| Example {
            line: cells.codes().iter().position(|&other| other == code).and_then(|row| self.line(row as u32)),
            value: super::shortened(cells.value(code)),
        };
        best.iter().map(example).collect()
    }

    fn finding(&self, name: &str, count: u64, examples: Vec<Example>) -> Finding {
        let rule = rule(name);
        Finding {
            rule: name.to_string(),
            severity: rule.severity,
            source: self.table.source.clone(),
            column: Some(self.table.columns[self.column].name.clone()),
            field: self.id.map(ToString::to_string),
            count,
            message: rule.what.to_string(),
            advice: rule.advice.to_string(),
            examples,
        }
    }
}
