//! What each proposal would do to each table, if it alone were merged.

use super::rekey::{hits, moved_in_key, of_record, rows_by_record};
use super::{Group, Linked, Related};
use crate::map::Dataset;
use rayon::prelude::*;
use serde::Serialize;

/// What a proposal does to the references of one table to one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// The proposal, by its place.
    pub proposal: usize,
    /// The table, by its place.
    pub table: usize,
    /// The record.
    pub record: u32,
    /// How many cells refer to it.
    pub references: u32,
    /// How many of them would lead elsewhere.
    pub moves: u32,
    /// Rows that would get the key of another: the row, and the one that has the key.
    pub conflicts: Vec<(u32, u32)>,
}

/// A related table in numbers, for the manifest and the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableCounts {
    /// The table.
    pub name: String,
    /// The file, as named.
    pub file: String,
    /// Where it was, so that it can be read again from another folder.
    pub path: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Rows found.
    pub rows: u64,
    /// Of these, rows that could not be read.
    pub quarantined: u64,
    /// Cells that refer to a record.
    pub references: u64,
    /// References that lead to no record.
    pub dangling: u64,
    /// References that would move if every proposal were merged.
    pub moves: u64,
    /// Conflicts of keys that this would cause.
    pub conflicts: u64,
}

/// What the groups, one per proposal, would do to the tables: a line per proposal, table and record that is referred
/// to, in this order; the survivor first.
pub fn forecast(data: &Dataset, related: &Related, groups: &[Group<'_>]) -> Vec<Forecast> {
    let mut wanted = vec![false; data.records() as usize];
    for group in groups {
        group.members.iter().for_each(|&member| wanted[member as usize] = true);
    }
    let rows: Vec<Vec<(u32, u32)>> = related
        .tables
        .iter()
        .map(|linked| rows_by_record(linked, |record| wanted[record as usize]))
        .collect();
    groups
        .par_iter()
        .enumerate()
        .flat_map_iter(|(proposal, group)| {
            let tables = related.tables.iter().zip(&rows).enumerate();
            tables.flat_map(move |(table, (linked, rows))| {
                of_group(data, linked, rows, group, (proposal, table))
            })
        })
        .collect()
}

fn of_group(
    data: &Dataset,
    linked: &Linked,
    pairs: &[(u32, u32)],
    group: &Group<'_>,
    (proposal, table): (usize, usize),
) -> Vec<Forecast> {
    let across = linked.across();
    let target = |record: u32| {
        if group.members.contains(&record) { group.target(data, record, across) } else { record }
    };
    let mut members: Vec<u32> = group.members.to_vec();
    members.sort_unstable_by_key(|&member| (member != group.survivor, member));
    let mut lines: Vec<Forecast> = members
        .iter()
        .filter_map(|&record| {
            let references = of_record(pairs, record).len() as u32;
            let moves = if target(record) == record { 0 } else { references };
            let line = Forecast { proposal, table, record, references, moves, conflicts: Vec::new() };
            (references > 0).then_some(line)
        })
        .collect();
    let mut rows: Vec<u32> =
        members.iter().flat_map(|&record| of_record(pairs, record).iter().map(|&(_, row)| row)).collect();
    rows.sort_unstable();
    rows.dedup();
    for hit in hits(linked, &rows, target) {
        // A row that hits another has moved, and so has a record of its key.
        let record = moved_in_key(linked, hit.row, target);
        if let Some(line) = lines.iter_mut().find(|line| Some(line.record) == record) {
            line.conflicts.push((hit.row, hit.onto));
        }
    }
    lines
}

/// The tables in numbers.
pub fn counts(related: &Related, forecast: &[Forecast]) -> Vec<TableCounts> {
    let of = |(at, linked): (usize, &Linked)| {
        let cells = || linked.refs.iter().flatten();
        let own = || forecast.iter().filter(|line| line.table == at);
        let file = &linked.facts.file;
        TableCounts {
            name: linked.name.clone(),
            file: file.clone(),
            path: std::path::absolute(file).map_or_else(|_| file.clone(), |path| path.display().to_string()),
            sha256: linked.facts.sha256.clone(),
            rows: linked.facts.rows_in,
            quarantined: linked.facts.quarantined,
            references: cells().filter(|&&record| record < Linked::DANGLING).count() as u64,
            dangling: cells().filter(|&&record| record == Linked::DANGLING).count() as u64,
            moves: own().map(|line| u64::from(line.moves)).sum(),
            conflicts: own().map(|line| line.conflicts.len() as u64).sum(),
        }
    };
    related.tables.iter().enumerate().map(of).collect()
}
