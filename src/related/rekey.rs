//! Keys with their references moved: which rows would get the key of another row.

use super::Linked;
use std::collections::HashMap;

/// A row that would get the key of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// The row that moves.
    pub row: u32,
    /// The row that has the key, or gets it first.
    pub onto: u32,
}

/// Set in a part of a key that stands for a record; codes of cells and records have 32 bits.
const RECORD: u64 = 1 << 32;

/// The key of a row in comparable form: a reference is the record it leads to, whatever its spelling.
pub(super) fn key_of(linked: &Linked, row: u32, target: impl Fn(u32) -> u32) -> Vec<u64> {
    let resolved = |place: usize| linked.record(place, row);
    let part = |&column: &usize| {
        if let Some(record) = linked.reference(column).and_then(resolved) {
            return RECORD | u64::from(target(record));
        }
        // The source of a reference is that of its record.
        if linked.source_column == Some(column) && resolved(0).is_some() {
            return RECORD;
        }
        u64::from(linked.table.columns[column].cells.code(row))
    };
    linked.key.iter().map(part).collect()
}

/// The references of a row that stand in its key and lead elsewhere afterwards: each with its record.
pub(super) fn moved_in_key(linked: &Linked, row: u32, target: impl Fn(u32) -> u32) -> Option<u32> {
    let in_key = |place: &usize| linked.key.contains(&linked.columns[*place]);
    let records = (0..linked.columns.len()).filter(in_key).filter_map(|place| linked.record(place, row));
    records.into_iter().find(|&record| target(record) != record)
}

/// The rows among these (ascending) that would get the key of another one of them. Rows that stay come first, then those
/// that move, in their order; rows that share their key already before anything moves are no conflict of the merge.
pub(super) fn hits(linked: &Linked, rows: &[u32], target: impl Fn(u32) -> u32) -> Vec<Hit> {
    if linked.key.is_empty() {
        return Vec::new();
    }
    let moves = |row: u32| moved_in_key(linked, row, &target).is_some();
    let (moving, staying): (Vec<u32>, Vec<u32>) = rows.iter().copied().partition(|&row| moves(row));
    let mut holder: HashMap<Vec<u64>, u32> = HashMap::new();
    for &row in &staying {
        holder.entry(key_of(linked, row, &target)).or_insert(row);
    }
    let mut hits = Vec::new();
    for &row in &moving {
        match holder.entry(key_of(linked, row, &target)) {
            std::collections::hash_map::Entry::Vacant(free) => drop(free.insert(row)),
            std::collections::hash_map::Entry::Occupied(taken) => {
                let onto = *taken.get();
                let same_before =
                    key_of(linked, row, |record| record) == key_of(linked, onto, |record| record);
                if !same_before {
                    hits.push(Hit { row, onto });
                }
            }
        }
    }
    hits
}

/// Per record of interest: the rows that refer to it, ascending and each once; by record.
pub(super) fn rows_by_record(linked: &Linked, wanted: impl Fn(u32) -> bool) -> Vec<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for refs in &linked.refs {
        let rows = refs.iter().zip(0u32..);
        pairs.extend(
            rows.filter(|&(&record, _)| record < Linked::DANGLING && wanted(record))
                .map(|(&record, row)| (record, row)),
        );
    }
    pairs.sort_unstable();
    pairs
}

/// The pairs of one record.
pub(super) fn of_record(pairs: &[(u32, u32)], record: u32) -> &[(u32, u32)] {
    let start = pairs.partition_point(|&(other, _)| other < record);
    let end = start + pairs[start..].partition_point(|&(other, _)| other == record);
    &pairs[start..end]
}
