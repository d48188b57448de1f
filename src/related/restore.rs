//! The rows that one merge changed in a related table, taken back in the table as it is now.

use super::{Action, RowChange};
use crate::config::Format;
use crate::review::Sheet;
use crate::write::{Cells, Holds, Table, WriteError};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// What went back in a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Back {
    /// Rows that were removed and are there again.
    pub removed: u64,
    /// Lines above moved lines that are gone.
    pub headings: u64,
    /// References that lead to the merged record again.
    pub repointed: u64,
    /// Rows that have their own key again.
    pub renamed: u64,
    /// Lines that have their own number again.
    pub renumbered: u64,
}

/// A table of an apply folder without the changes of a merge.
pub struct BackTable<'a> {
    sheet: &'a Sheet,
    /// Cells that change, by row and column.
    cells: HashMap<(u32, usize), String>,
    /// Rows that were added by the merge, and go.
    gone: BTreeSet<u32>,
    /// Rows that the merge removed, and that come back at the end.
    back: Vec<Vec<String>>,
    /// How many rows are as they were before.
    pub restored: u64,
    /// The same by what had been done to them.
    pub counts: Back,
    /// Lines of the table's own file whose rows are not any more as the merge left them.
    pub diverged: Vec<u32>,
}

/// Takes the changes of a merge back in a table. `is_moved` says whether a cell that went from one text to another is a
/// reference that the merge moved.
pub fn take_back<'a>(
    sheet: &'a Sheet,
    changes: &[&RowChange],
    is_moved: impl Fn(&str, &str) -> bool,
) -> BackTable<'a> {
    let mut table = BackTable {
        sheet,
        cells: HashMap::new(),
        gone: BTreeSet::new(),
        back: Vec::new(),
        restored: 0,
        counts: Back::default(),
        diverged: Vec::new(),
    };
    let mut used: BTreeSet<u32> = BTreeSet::new();
    for change in changes {
        if change.action == Action::Removed {
            let cell = |name: &str| change.before.get(name).cloned().unwrap_or_default();
            table.back.push(sheet.table.columns.iter().map(|column| cell(&column.name)).collect());
            table.restored += 1;
            table.counts.removed += 1;
            continue;
        }
        let found = (0..sheet.rows()).find(|row| !used.contains(row) && is_row(sheet, *row, change));
        let Some(row) = found else {
            table.diverged.push(change.line);
            continue;
        };
        used.insert(row);
        table.restored += 1;
        if change.action == Action::Added {
            table.gone.insert(row);
            table.counts.headings += 1;
            continue;
        }
        let is_number = |cell: &str| cell.trim().parse::<i64>().is_ok();
        let mut is_renumbered = false;
        for (name, was) in &change.before {
            let is = change.after.get(name).map_or("", String::as_str);
            if is_moved(was, is) {
                table.counts.repointed += 1;
            } else {
                is_renumbered |= change.action == Action::Repointed && is_number(was) && is_number(is);
            }
        }
        table.counts.renamed += u64::from(change.action == Action::Renamed);
        table.counts.renumbered += u64::from(is_renumbered);
        for (name, was) in &change.before {
            if let Some(column) = sheet.position(name) {
                table.cells.insert((row, column), was.clone());
            }
        }
    }
    table
}

/// Whether a row is the one that a change made.
fn is_row(sheet: &Sheet, row: u32, change: &RowChange) -> bool {
    let holds = |cells: &BTreeMap<String, String>| {
        cells
            .iter()
            .all(|(name, cell)| sheet.position(name).is_some_and(|column| sheet.cell(row, column) == cell))
    };
    holds(&change.after) && holds(&change.beside)
}

impl BackTable<'_> {
    /// The name of its file.
    pub fn file(&self) -> &str {
        &self.sheet.file
    }

    /// Writes the table into a folder.
    pub fn write(&self, dir: &Path) -> Result<(), WriteError> {
        let sheet = self.sheet;
        let (stem, ending) = sheet.file.rsplit_once('.').unwrap_or((&sheet.file, "csv"));
        let format = if ending == "parquet" { Format::Parquet } else { Format::Csv };
        let columns = &sheet.table.columns;
        let head = columns.iter().map(|column| (column.name.clone(), Holds::Text)).collect();
        let there = sheet.rows() as usize;
        let rows = |at: usize, out: &mut dyn Cells| {
            let Some(row) = u32::try_from(at).ok().filter(|_| at < there) else {
                self.back[at - there].iter().for_each(|cell| out.text(cell));
                return out.end_row();
            };
            if self.gone.contains(&row) {
                return;
            }
            for column in 0..columns.len() {
                let cell = self.cells.get(&(row, column));
                out.text(cell.map_or_else(|| sheet.cell(row, column), String::as_str));
            }
            out.end_row();
        };
        let units = there + self.back.len();
        Table { head, units, rows: &rows }.write(dir, stem, format).map(drop)
    }
}
