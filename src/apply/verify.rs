//! A fresh export held against a change set: are the losers gone, and has the survivor what was planned?

use super::change_set::{ChangeSet, Key, is_promised};
use crate::map::{Dataset, Field};
use crate::propose::letters;
use crate::write::{Cells, Holds, Table, head};
use foldhash::fast::FixedState;
use std::collections::{BTreeSet, HashMap};

/// Something in which an export differs from the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The merge.
    pub merge: String,
    /// The record.
    pub record: Key,
    /// What it is: `survivor_missing`, `loser_present`, `value`.
    pub what: &'static str,
    /// The field, for a value.
    pub field: String,
    /// The value that was planned.
    pub planned: String,
    /// The value that is there.
    pub found: String,
}

/// What was looked at, and what differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Merges of which a record is of a source that was given.
    pub merges: u64,
    /// Merges that were undone since, and are not looked at.
    pub undone: u64,
    /// Survivors that were looked at.
    pub survivors: u64,
    /// Losers that are gone.
    pub gone: u64,
    /// Losers that are there and marked.
    pub marked: u64,
    /// Values of survivors that were looked at.
    pub values: u64,
    /// Of these, written in another way (case, blanks, punctuation).
    pub rewritten: u64,
    /// Golden values of fields that the survivor's export has no column for.
    pub without_column: u64,
    /// Sources of the change set of which no export was given.
    pub not_given: Vec<String>,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Holds an export against a change set. `undone` tells of a merge (and a field) whether it was taken back since;
/// `marked` names a column and the value by which a system marks records that are merged.
pub fn verify(
    set: &ChangeSet,
    data: &Dataset,
    undone: &dyn Fn(&str, Option<&str>) -> bool,
    marked: Option<(&str, &str)>,
) -> Verified {
    let given: BTreeSet<&str> = data.tables.iter().map(|table| table.source.as_str()).collect();
    let mut records: HashMap<(&str, &str), u32, FixedState> = HashMap::default();
    records.extend((0..data.records()).map(|record| ((data.source(record), data.record_id(record)), record)));
    let find = |key: &Key| records.get(&(key.source.as_str(), key.record_id.as_str())).copied();
    let mut verified = Verified {
        not_given: set
            .header
            .sources
            .iter()
            .map(|source| source.source.clone())
            .filter(|source| !given.contains(source.as_str()))
            .collect(),
        ..Verified::default()
    };
    for merge in &set.merges {
        if undone(&merge.merge, None) {
            verified.undone += 1;
            continue;
        }
        let is_given = |key: &Key| given.contains(key.source.as_str());
        if !is_given(&merge.survivor) && !merge.losers.iter().any(is_given) {
            continue;
        }
        verified.merges += 1;
        let mut differ = |record: &Key, what, field: &str, planned: &str, found: &str| {
            verified.differences.push(Difference {
                merge: merge.merge.clone(),
                record: record.clone(),
                what,
                field: field.to_string(),
                planned: planned.to_string(),
                found: found.to_string(),
            });
        };
        for loser in merge.losers.iter().filter(|loser| is_given(loser)) {
            match find(loser) {
                None => verified.gone += 1,
                Some(record) if is_marked(data, record, merge.image(loser), marked) => verified.marked += 1,
                Some(_) => differ(loser, "loser_present", "", "gone, or marked", "there, and not marked"),
            }
        }
        if !is_given(&merge.survivor) {
            continue;
        }
        verified.survivors += 1;
        let Some(record) = find(&merge.survivor) else {
            differ(&merge.survivor, "survivor_missing", "", "there", "gone");
            continue;
        };
        let (table, _) = data.locate(record);
        for (field, after) in &merge.after {
            let position = data.fields.iter().position(|id| id.to_string() == *field);
            let Some(position) = position.filter(|&at| data.columns[table][at].is_some()) else {
                verified.without_column += u64::from(!after.value.is_empty());
                continue;
            };
            if !is_promised(data.fields[position].kind()) {
                continue;
            }
            let planned = match undone(&merge.merge, Some(field)) {
                true => merge.survivor_before(field),
                false => &after.value,
            };
            let found = data.raw(record, position);
            verified.values += 1;
            if found == planned {
                continue;
            }
            if !letters(planned).is_empty() && letters(found) == letters(planned) {
                verified.rewritten += 1;
            } else {
                differ(&merge.survivor, "value", field, planned, found);
            }
        }
    }
    verified
}

/// The differences as a CSV table.
pub fn differences_csv(differences: &[Difference]) -> String {
    let names = ["merge_id", "source", "record_id", "what", "field", "planned", "found"];
    let head = head(&names.map(|name| (name, Holds::Text)));
    let rows = |at: usize, out: &mut dyn Cells| {
        let Difference { merge, record, what, field, planned, found } = &differences[at];
        for cell in [merge, &record.source, &record.record_id, *what, field, planned, found] {
            out.text(cell);
        }
        out.end_row();
    };
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = Table { head, units: differences.len(), rows: &rows }.csv(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Whether a record that is still there is marked: by the column and value that are named, or by a field `deleted` that
/// is filled now and was not so before.
fn is_marked(
    data: &Dataset,
    record: u32,
    before: Option<&super::Image>,
    marked: Option<(&str, &str)>,
) -> bool {
    let (at, row) = data.locate(record);
    if let Some((column, value)) = marked {
        let table = &data.tables[at];
        let field = data.fields.iter().position(|id| id.to_string() == column);
        let column = table.position(column).or_else(|| field.and_then(|field| data.columns[at][field]));
        return column
            .is_some_and(|column| table.cell(column, row).trim().eq_ignore_ascii_case(value.trim()));
    }
    data.positions(&Field::Deleted).into_iter().any(|position| {
        let was = before.and_then(|image| image.values.get(&data.fields[position].to_string()));
        let now = data.raw(record, position);
        !now.is_empty() && Some(now) != was.map(String::as_str)
    })
}
