//! Golden values that changed: of golden records that both runs have.

use super::LISTED;
use super::side::Side;
use crate::review::Sheet;
use serde::Serialize;
use std::collections::HashMap;

/// Columns of the golden list that are no fields.
const FIXED: [&str; 3] = ["golden_id", "members", "merged_record_ids"];

/// Golden values that changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Fields {
    /// Golden records that both runs have.
    pub in_both: u64,
    /// Of these, those with another value in any field.
    pub records: u64,
    /// Per field that both lists have and in which anything changed, in the order of the later list.
    pub fields: Vec<FieldCount>,
    /// Fields of the later list only.
    pub new_fields: Vec<String>,
    /// Fields of the earlier list only.
    pub gone_fields: Vec<String>,
    /// Single changes by golden id, [`LISTED`] at most.
    pub changes: Vec<FieldChange>,
}

/// How often a field changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FieldCount {
    /// The field.
    pub field: String,
    /// A value became another.
    pub changed: u64,
    /// It was empty, and is filled.
    pub filled: u64,
    /// It was filled, and is empty.
    pub emptied: u64,
}

/// A golden value that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FieldChange {
    /// The golden record.
    pub golden_id: String,
    /// The field.
    pub field: String,
    /// The value in the earlier run.
    pub before: String,
    /// The value in the later run.
    pub after: String,
}

pub(super) fn compare(before: &Side, after: &Side) -> Fields {
    let (old, new) = (&before.golden, &after.golden);
    let names = |sheet: &Sheet| -> Vec<String> {
        let names = sheet.table.columns.iter().map(|column| column.name.clone());
        names.filter(|name| !FIXED.contains(&name.as_str())).collect()
    };
    let (old_names, new_names) = (names(old), names(new));
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|name| !other.contains(name)).cloned().collect()
    };
    let mut fields = Fields {
        new_fields: only(&new_names, &old_names),
        gone_fields: only(&old_names, &new_names),
        ..Fields::default()
    };
    let (Some(old_id), Some(new_id)) = (old.position("golden_id"), new.position("golden_id")) else {
        return fields;
    };
    let columns: Vec<(usize, usize)> =
        new_names.iter().filter_map(|name| Some((old.position(name)?, new.position(name)?))).collect();
    let mut counts: Vec<FieldCount> = columns
        .iter()
        .map(|&(_, at)| FieldCount { field: new.table.columns[at].name.clone(), ..FieldCount::default() })
        .collect();
    let mut rows: HashMap<&str, u32, foldhash::fast::FixedState> =
        HashMap::with_capacity_and_hasher(old.rows() as usize, Default::default());
    rows.extend((0..old.rows()).map(|row| (old.cell(row, old_id), row)));
    // The list is kept at twice its bound at most, and cut to the first by golden id.
    let mut changes: Vec<FieldChange> = Vec::new();
    let cut = |changes: &mut Vec<FieldChange>| {
        changes.sort();
        changes.truncate(LISTED);
    };
    for row in 0..new.rows() {
        let id = new.cell(row, new_id);
        let Some(&old_row) = rows.get(id) else { continue };
        fields.in_both += 1;
        let mut any = false;
        for (&(old_at, new_at), count) in columns.iter().zip(&mut counts) {
            let (was, is) = (old.cell(old_row, old_at), new.cell(row, new_at));
            if was == is {
                continue;
            }
            any = true;
            match (was.is_empty(), is.is_empty()) {
                (true, _) => count.filled += 1,
                (_, true) => count.emptied += 1,
                _ => count.changed += 1,
            }
            changes.push(FieldChange {
                golden_id: id.to_string(),
                field: count.field.clone(),
                before: was.to_string(),
                after: is.to_string(),
            });
            if changes.len() >= LISTED * 2 {
                cut(&mut changes);
            }
        }
        fields.records += u64::from(any);
    }
    cut(&mut changes);
    counts.retain(|count| count.changed + count.filled + count.emptied > 0);
    Fields { fields: counts, changes, ..fields }
}
