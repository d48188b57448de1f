//! Comment lines that move: new numbers behind the lines that are there, and a line above them that says whence.

use super::Linked;
use super::rekey::{key_of, moved_in_key};
use std::collections::{BTreeMap, HashMap};

/// What becomes of the comment lines of one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    /// Row → its new number.
    pub numbers: HashMap<u32, i64>,
    /// Row → the number of the line that is put above it.
    pub headed: BTreeMap<u32, i64>,
}

/// Numbers at or above this are no line numbers that can be counted on from.
const TOO_LARGE: i64 = 1 << 52;

fn number(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|number| (0..TOO_LARGE).contains(number))
}

/// Numbers the lines that move. `rows` are those that refer to merged records, ascending; `order` says in which order
/// the records' lines follow each other.
pub(super) fn renumber(
    linked: &Linked,
    rows: &[u32],
    target: impl Fn(u32) -> u32,
    order: impl Fn(u32) -> (u32, u32),
) -> Lines {
    let Some(column) = linked.line_no else { return Lines::default() };
    let cells = &linked.table.columns[column].cells;
    // Systems number lines in steps (Business Central: 10000); the smallest number there is tells it.
    let step = cells.values().iter().filter_map(number).filter(|&line| line > 0).min().unwrap_or(1);
    let place = linked.key.iter().position(|&key| key == column);
    let group = |row: u32| {
        let mut key = key_of(linked, row, &target);
        if let Some(place) = place {
            key.remove(place);
        }
        key
    };
    let mut last: HashMap<Vec<u64>, i64> = HashMap::new();
    let mut moving: Vec<((u32, u32), u32, Vec<u64>)> = Vec::new();
    for &row in rows {
        match moved_in_key(linked, row, &target) {
            Some(record) => moving.push((order(record), row, group(row))),
            None => {
                let line = number(cells.get(row)).unwrap_or(0);
                let of_group = last.entry(group(row)).or_insert(0);
                *of_group = (*of_group).max(line);
            }
        }
    }
    moving.sort();
    let mut lines = Lines::default();
    let mut headed: HashMap<Vec<u64>, (u32, u32)> = HashMap::new();
    for (record, row, group) in moving {
        let last = last.entry(group.clone()).or_insert(0);
        if linked.comment.is_some() && headed.insert(group, record) != Some(record) {
            *last += step;
            lines.headed.insert(row, *last);
        }
        *last += step;
        lines.numbers.insert(row, *last);
    }
    lines
}
