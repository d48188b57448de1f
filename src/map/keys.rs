//! How rows are identified: by a column, or by their content.

use super::{Field, MappedColumn, RecordKey};
use crate::table::{Arena, MISSING, Table};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// Bytes of a row's hash that become its id (16 hexadecimal digits): among ten million rows two different ones
/// share it with a chance of 1 in 370,000, and then they only get an ordinal.
const HASH_BYTES: usize = 8;
/// Ids shown to people when a column has some twice.
const EXAMPLES: usize = 3;

/// How the rows of a table are identified; when the id column will not do, `mapping` says so.
pub fn key(table: &Table, mapping: &mut [MappedColumn]) -> RecordKey {
    let is_id = |mapped: &&mut MappedColumn| {
        mapped.field.as_ref().is_some_and(|id| id.field == Field::Id && id.nth == 1)
    };
    let Some(mapped) = mapping.iter_mut().find(is_id) else {
        return RecordKey::Content("no column is an id that is filled and different in all rows".to_string());
    };
    match fault(table, mapped.column) {
        None => RecordKey::Column(mapped.column),
        Some(fault) => {
            let reason = format!("column `{}` {fault}", table.columns[mapped.column].name);
            mapped.why.push_str(&format!("; it {fault}, so rows are identified by their content"));
            RecordKey::Content(reason)
        }
    }
}

/// What keeps a column from identifying rows, in words.
fn fault(table: &Table, column: usize) -> Option<String> {
    let cells = &table.columns[column].cells;
    let empty = u64::from(table.rows) - cells.filled();
    let repeated: Vec<u32> =
        (MISSING + 1..cells.distinct() as u32).filter(|&code| cells.count(code) > 1).collect();
    let rows: u64 = repeated.iter().map(|&code| u64::from(cells.count(code))).sum();
    let examples: Vec<String> =
        repeated.iter().take(EXAMPLES).map(|&code| format!("`{}`", cells.value(code))).collect();
    let blanks = format!("is empty in {empty} of {} rows", table.rows);
    let repeats = format!(
        "has {} more than once (in {rows} of {} rows, such as {})",
        if repeated.len() == 1 { "1 value".to_string() } else { format!("{} values", repeated.len()) },
        table.rows,
        examples.join(", ")
    );
    match (empty > 0, repeated.is_empty()) {
        (false, true) => None,
        (true, true) => Some(blanks),
        (false, false) => Some(repeats),
        (true, false) => Some(format!("{blanks} and {repeats}")),
    }
}

/// The record ids of a table, row by row. They do not depend on the order of rows or columns.
pub fn record_ids(table: &Table, key: &RecordKey, ids: &mut Arena) {
    match key {
        RecordKey::Column(column) => {
            for row in 0..table.rows {
                ids.push(table.cell(*column, row));
            }
        }
        RecordKey::Content(_) => content_ids(table, ids),
    }
}

fn content_ids(table: &Table, ids: &mut Arena) {
    let mut columns: Vec<usize> = (0..table.columns.len()).collect();
    columns.sort_by(|&a, &b| table.columns[a].name.cmp(&table.columns[b].name));
    let hash = |row: u32| {
        let mut hasher = Sha256::new();
        for &column in &columns {
            let cell = table.cell(column, row);
            if !cell.is_empty() {
                // Lengths go in, so that no two rows can be spelled alike.
                hasher.update((table.columns[column].name.len() as u32).to_le_bytes());
                hasher.update(&table.columns[column].name);
                hasher.update((cell.len() as u32).to_le_bytes());
                hasher.update(cell);
            }
        }
        let mut head = [0; HASH_BYTES];
        head.copy_from_slice(&hasher.finalize()[..HASH_BYTES]);
        u64::from_be_bytes(head)
    };
    let hashes: Vec<u64> = (0..table.rows).into_par_iter().map(hash).collect();
    let mut order: Vec<u32> = (0..table.rows).collect();
    order.par_sort_unstable_by_key(|&row| (hashes[row as usize], row));
    let mut ordinals = vec![1u32; order.len()];
    for pair in order.windows(2) {
        if hashes[pair[0] as usize] == hashes[pair[1] as usize] {
            ordinals[pair[1] as usize] = ordinals[pair[0] as usize] + 1;
        }
    }
    for (hash, ordinal) in hashes.iter().zip(ordinals) {
        match ordinal {
            1 => ids.push(&format!("h{hash:016x}")),
            _ => ids.push(&format!("h{hash:016x}-{ordinal}")),
        };
    }
}
