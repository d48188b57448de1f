//! Merges → every related table with its references moved.

use super::lines::{Lines, renumber};
use super::rekey::{hits, key_of, moved_in_key, rows_by_record};
use super::{Answers, Group, Linked, Related, RelatedError, TableSums};
use crate::config::OnConflict;
use crate::map::Dataset;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A merge: records that become one.
#[derive(Clone, Debug)]
pub struct Joined<'a> {
    /// The proposal that it carries out.
    pub proposal: String,
    /// Its records.
    pub group: Group<'a>,
}

/// What was done to a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Its references were moved, and perhaps its line was renumbered.
    #[default]
    Repointed,
    /// Its reference was moved, and its key got an ending.
    Renamed,
    /// It was removed.
    Removed,
    /// It was put above lines that moved.
    Added,
}

/// A row of a related table that a merge changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowChange {
    /// The table.
    pub table: String,
    /// The line of its file at which the row starts.
    pub line: u32,
    /// What was done.
    pub action: Action,
    /// The cells that this merge changes, as they were; of a removed row all that are filled.
    pub before: BTreeMap<String, String>,
    /// The same cells as they are to be; of an added row all that are filled.
    pub after: BTreeMap<String, String>,
    /// The cells that stay and are filled, by which the row is found again.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub beside: BTreeMap<String, String>,
}

/// A row that keeps its reference to a merged record, since its key would be that of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The merge.
    pub merge: usize,
    /// The table.
    pub table: usize,
    /// The row.
    pub row: u32,
    /// The row that has the key.
    pub onto: u32,
    /// The record that is merged.
    pub record: u32,
}

/// A related table with its references moved.
#[derive(Clone, Debug, Default)]
pub(super) struct Moved {
    /// Cells that change, by row and column.
    pub cells: HashMap<(u32, usize), String>,
    /// Rows that go, with the merge.
    pub removed: BTreeMap<u32, usize>,
    /// Rows above which a line is put: its number and its text.
    pub headed: BTreeMap<u32, (i64, String)>,
}

/// All related tables with their references moved.
#[derive(Clone, Debug, Default)]
pub struct Repointed {
    /// Per table.
    pub(super) tables: Vec<Moved>,
    /// Per merge: the rows it changes, by table and row.
    pub changes: Vec<Vec<RowChange>>,
    /// Rows that keep their reference.
    pub kept: Vec<Kept>,
    /// Per table.
    pub sums: Vec<TableSums>,
}

/// Moves the references of all tables to the records that stay.
///
/// Errors: sums that are off, which is a mistake in alike.
pub fn repoint(
    data: &Dataset,
    related: &Related,
    merges: &[Joined<'_>],
    answers: &Answers,
) -> Result<Repointed, RelatedError> {
    let mut merge_of: HashMap<u32, usize> = HashMap::new();
    for (at, merge) in merges.iter().enumerate() {
        merge_of.extend(merge.group.members.iter().map(|&member| (member, at)));
    }
    let mut all = Repointed { changes: vec![Vec::new(); merges.len()], ..Repointed::default() };
    for (at, linked) in related.tables.iter().enumerate() {
        let across = linked.across();
        let mut into: HashMap<u32, u32> = HashMap::new();
        for merge in merges {
            let target = |&member: &u32| (member, merge.group.target(data, member, across));
            into.extend(merge.group.members.iter().map(target));
        }
        Work { data, linked, table: at, merges, merge_of: &merge_of, into, answers }.of_table(&mut all)?;
    }
    Ok(all)
}

struct Work<'a> {
    data: &'a Dataset,
    linked: &'a Linked,
    table: usize,
    merges: &'a [Joined<'a>],
    merge_of: &'a HashMap<u32, usize>,
    /// Where references to records of merges lead.
    into: HashMap<u32, u32>,
    answers: &'a Answers,
}

impl Work<'_> {
    fn target(&self, record: u32) -> u32 {
        self.into.get(&record).copied().unwrap_or(record)
    }

    fn of_table(&self, all: &mut Repointed) -> Result<(), RelatedError> {
        let linked = self.linked;
        let pairs = rows_by_record(linked, |record| self.into.contains_key(&record));
        let mut rows: Vec<u32> = pairs.iter().map(|&(_, row)| row).collect();
        rows.sort_unstable();
        rows.dedup();
        let mut moved = Moved::default();
        let mut stay: BTreeSet<u32> = BTreeSet::new();
        let mut renamed: HashSet<u32> = HashSet::new();
        let lines = self.lines(&rows);
        if linked.line_no.is_none() {
            self.resolve(&rows, &mut moved, &mut stay, &mut renamed, all);
        }
        let mut sums = TableSums {
            table: linked.name.clone(),
            file: super::table_file(linked),
            rows: linked.facts.rows_in,
            quarantined: linked.facts.quarantined,
            removed: moved.removed.len() as u64,
            renamed: renamed.len() as u64,
            kept: stay.len() as u64,
            renumbered: lines.numbers.len() as u64,
            headings: lines.headed.len() as u64,
            dangling: linked.refs.iter().flatten().filter(|&&record| record == Linked::DANGLING).count()
                as u64,
            ..TableSums::default()
        };
        for &row in &rows {
            if let Some(&merge) = moved.removed.get(&row) {
                let before = self.filled(row, |_| true);
                all.changes[merge].push(self.change(row, Action::Removed, before, BTreeMap::new()));
                continue;
            }
            if stay.contains(&row) {
                continue;
            }
            sums.repointed += self.move_row(row, &lines, renamed.contains(&row), &mut moved, all);
        }
        sums.written = u64::from(linked.table.rows) - sums.removed + sums.headings;
        sums.check(linked)?;
        all.tables.push(moved);
        all.sums.push(sums);
        Ok(())
    }

    fn lines(&self, rows: &[u32]) -> Lines {
        // The lines of one merged record follow those of another by the ids of the records.
        let mut members: Vec<u32> = self.into.keys().copied().collect();
        members.sort_unstable_by_key(|&record| (self.data.source(record), self.data.record_id(record)));
        let place: HashMap<u32, u32> = members.into_iter().zip(0..).collect();
        let order = |record: u32| (place.get(&record).copied().unwrap_or(0), record);
        renumber(self.linked, rows, |record| self.target(record), order)
    }

    /// Decides what becomes of rows that would get the key of another.
    fn resolve(
        &self,
        rows: &[u32],
        moved: &mut Moved,
        stay: &mut BTreeSet<u32>,
        renamed: &mut HashSet<u32>,
        all: &mut Repointed,
    ) {
        let linked = self.linked;
        let target = |record: u32| self.target(record);
        let found = hits(linked, rows, target);
        if found.is_empty() {
            return;
        }
        let mut names = Names::of(self, rows);
        for hit in found {
            // A row that hits another has moved, and so has a record of its key, which is in a merge.
            let Some(record) = moved_in_key(linked, hit.row, target) else { continue };
            let Some(&merge) = self.merge_of.get(&record) else { continue };
            let answer = self.answers.of(&self.merges[merge].proposal, self.table, record);
            match (answer.unwrap_or(linked.on_conflict), linked.renamed) {
                (OnConflict::Remove, _) => drop(moved.removed.insert(hit.row, merge)),
                (OnConflict::Rename, Some(column)) => {
                    renamed.insert(hit.row);
                    moved.cells.insert((hit.row, column), names.free(self, hit.row, column));
                }
                _ => {
                    stay.insert(hit.row);
                    all.kept.push(Kept { merge, table: self.table, row: hit.row, onto: hit.onto, record });
                }
            }
        }
    }

    /// Moves the references of a row; returns how many.
    fn move_row(
        &self,
        row: u32,
        lines: &Lines,
        is_renamed: bool,
        moved: &mut Moved,
        all: &mut Repointed,
    ) -> u64 {
        let linked = self.linked;
        let mut owners: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut count = 0;
        for (place, &column) in linked.columns.iter().enumerate() {
            let Some(record) = linked.record(place, row) else { continue };
            let to = self.target(record);
            let Some(&merge) = self.merge_of.get(&record).filter(|_| to != record) else { continue };
            count += 1;
            moved.cells.insert((row, column), self.data.record_id(to).to_string());
            let columns = owners.entry(merge).or_default();
            columns.push(column);
            if let Some(source) = linked.source_column
                && self.data.source(to) != linked.table.cell(source, row).trim()
            {
                moved.cells.insert((row, source), self.data.source(to).to_string());
                columns.push(source);
            }
        }
        // What else changes in the key belongs to the merge that moves the key.
        let in_key = moved_in_key(linked, row, |record| self.target(record));
        if let Some(merge) = in_key.and_then(|record| self.merge_of.get(&record)) {
            let columns = owners.entry(*merge).or_default();
            if let (Some(column), Some(number)) = (linked.line_no, lines.numbers.get(&row)) {
                moved.cells.insert((row, column), number.to_string());
                columns.push(column);
            }
            if let Some(column) = linked.renamed.filter(|_| is_renamed) {
                columns.push(column);
            }
            if let (Some(number), Some(record)) = (lines.headed.get(&row), in_key) {
                let text = format!("From {}:", self.data.record_id(record));
                all.changes[*merge].push(self.heading(row, *number, &text, moved));
                moved.headed.insert(row, (*number, text));
            }
        }
        let changed: BTreeSet<usize> = owners.values().flatten().copied().collect();
        for (merge, columns) in owners {
            let name = |column: usize| linked.table.columns[column].name.clone();
            let was = |&column: &usize| (name(column), linked.table.cell(column, row).to_string());
            let is = |&column: &usize| {
                (name(column), moved.cells.get(&(row, column)).cloned().unwrap_or_default())
            };
            let action = if is_renamed && linked.renamed.is_some_and(|column| columns.contains(&column)) {
                Action::Renamed
            } else {
                Action::Repointed
            };
            let mut change =
                self.change(row, action, columns.iter().map(was).collect(), columns.iter().map(is).collect());
            change.beside = self.filled(row, |column| !changed.contains(&column));
            all.changes[merge].push(change);
        }
        count
    }

    /// The line above a row: the key of the row after the move, its own number, and the text.
    fn heading(&self, row: u32, number: i64, text: &str, moved: &Moved) -> RowChange {
        let cells = heading_cells(self.linked, row, number, text, moved);
        let name = |column: usize| self.linked.table.columns[column].name.clone();
        let filled = cells.into_iter().filter(|(_, cell)| !cell.is_empty());
        let after = filled.map(|(column, cell)| (name(column), cell)).collect();
        self.change(row, Action::Added, BTreeMap::new(), after)
    }

    fn change(
        &self,
        row: u32,
        action: Action,
        before: BTreeMap<String, String>,
        after: BTreeMap<String, String>,
    ) -> RowChange {
        let (table, line) = (self.linked.name.clone(), self.linked.line(row));
        RowChange { table, line, action, before, after, beside: BTreeMap::new() }
    }

    fn filled(&self, row: u32, wanted: impl Fn(usize) -> bool) -> BTreeMap<String, String> {
        let columns = self.linked.table.columns.iter().enumerate();
        columns
            .filter(|(at, column)| wanted(*at) && !column.cells.get(row).is_empty())
            .map(|(_, column)| (column.name.clone(), column.cells.get(row).to_string()))
            .collect()
    }
}

/// The cells of a line that is put above a row: column and cell.
pub(super) fn heading_cells(
    linked: &Linked,
    row: u32,
    number: i64,
    text: &str,
    moved: &Moved,
) -> Vec<(usize, String)> {
    let cell = |column: usize| match () {
        () if linked.line_no == Some(column) => number.to_string(),
        () if linked.comment == Some(column) => text.to_string(),
        () if linked.key.contains(&column)
            || linked.columns.contains(&column)
            || linked.source_column == Some(column) =>
        {
            let moved = moved.cells.get(&(row, column)).cloned();
            moved.unwrap_or_else(|| linked.table.cell(column, row).to_string())
        }
        () => String::new(),
    };
    (0..linked.table.columns.len()).map(|column| (column, cell(column))).collect()
}

/// Keys that are taken, so that a renamed row gets one that is not.
struct Names {
    keys: HashSet<Vec<u64>>,
    given: HashSet<(Vec<u64>, String)>,
    codes: HashMap<String, u64>,
    place: usize,
}

impl Names {
    fn of(work: &Work<'_>, rows: &[u32]) -> Self {
        let linked = work.linked;
        let mut names = Self {
            keys: rows.iter().map(|&row| key_of(linked, row, |record| work.target(record))).collect(),
            given: HashSet::new(),
            codes: HashMap::new(),
            place: 0,
        };
        if let Some(column) = linked.renamed {
            let values = linked.table.columns[column].cells.values().iter().zip(0u64..);
            names.codes = values.map(|(value, code)| (value.to_string(), code)).collect();
            names.place = linked.key.iter().position(|&key| key == column).unwrap_or(0);
        }
        names
    }

    /// The cell with the first ending (`-2`, `-3` …) that makes the key of the row unique.
    fn free(&mut self, work: &Work<'_>, row: u32, column: usize) -> String {
        let value = work.linked.table.cell(column, row);
        let mut key = key_of(work.linked, row, |record| work.target(record));
        let mut ending = 2u64;
        loop {
            let name = format!("{value}-{ending}");
            let taken = self.codes.get(&name).is_some_and(|&code| {
                key[self.place] = code;
                self.keys.contains(&key)
            });
            key[self.place] = u64::MAX;
            if !taken && self.given.insert((key.clone(), name.clone())) {
                return name;
            }
            ending += 1;
        }
    }
}
