//! What an apply folder tells of its merges, made true again when one of them is taken back: sums, counts, what is left to do.

use super::Merge;
use crate::related::Back;
use crate::review::{ReviewError, Sheet};
use crate::write::{Cells, Holds, Table, WriteError};
use serde_json::Value;
use std::path::Path;

/// What is left to do, without its ending.
const FOLLOW_UP: &str = "follow_up";
/// Rows of related tables that were removed, without its ending.
pub(super) const REMOVED: &str = "related_removed";
/// The sums of the related tables, without its ending.
pub(super) const TABLE_SUMS: &str = "related_reconciliation";

/// A list of the folder in which rows name the merge that they are about.
struct List {
    sheet: Sheet,
    stem: &'static str,
    /// The column of the merge's id.
    merge: Option<usize>,
}

/// The lists of an apply folder that name merges.
pub struct Lists(Vec<List>);

impl Lists {
    /// Reads those that are there.
    ///
    /// Errors: one of them cannot be read.
    pub fn read(folder: &Path) -> Result<Self, ReviewError> {
        let is_there = |stem: &&str| folder.join(format!("{stem}.csv")).is_file();
        let read = |stem: &'static str| {
            let sheet = Sheet::of_run(folder, stem)?;
            Ok(List { merge: sheet.position("merge"), stem, sheet })
        };
        [FOLLOW_UP, REMOVED].into_iter().filter(is_there).map(read).collect::<Result<_, _>>().map(Self)
    }

    /// The files that [`Lists::write_without`] writes.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|list| list.sheet.file.as_str())
    }

    /// Writes the lists without the rows of a merge.
    pub fn write_without(&self, merge: &str, dir: &Path) -> Result<(), WriteError> {
        for list in &self.0 {
            let sheet = &list.sheet;
            let columns = &sheet.table.columns;
            let holds = |name: &str| if name == "order" { Holds::Count } else { Holds::Text };
            let head = columns.iter().map(|column| (column.name.clone(), holds(&column.name))).collect();
            let rows = |at: usize, out: &mut dyn Cells| {
                let row = at as u32;
                if list.merge.is_some_and(|column| sheet.cell(row, column) == merge) {
                    return;
                }
                for (column, head) in columns.iter().enumerate() {
                    match (head.name.as_str(), sheet.cell(row, column).parse()) {
                        ("order", Ok(count)) => out.count(count),
                        _ => out.text(sheet.cell(row, column)),
                    }
                }
                out.end_row();
            };
            let table = Table { head, units: sheet.rows() as usize, rows: &rows };
            table.write(dir, list.stem, crate::config::Format::Csv)?;
        }
        Ok(())
    }

    /// How many references of a related table stay with merged records because of a merge.
    fn kept(&self, merge: &str, table: &str) -> u64 {
        let Some(list) = self.0.iter().find(|list| list.stem == FOLLOW_UP) else { return 0 };
        let cell =
            |row: u32, name: &str| list.sheet.position(name).map(|column| list.sheet.cell(row, column));
        let is_kept = |row: &u32| {
            cell(*row, "merge") == Some(merge)
                && cell(*row, "what") == Some("reference_kept")
                && cell(*row, "field") == Some(table)
        };
        (0..list.sheet.rows()).filter(is_kept).count() as u64
    }
}

/// Takes one merge out of the counts and sums of `applied.json`. `back` says what went back in a related table, by its name;
/// `golden` is how many rows the golden list has.
pub(super) fn without(
    marks: &mut Value,
    merge: &Merge,
    golden: u64,
    lists: &Lists,
    back: impl Fn(&str) -> Back,
) {
    let counts = &mut marks["counts"];
    counts["golden_records"] = golden.into();
    let decided = if merge.decision == "auto" { "auto" } else { "decided" };
    less(counts, "merges", 1);
    less(counts, decided, 1);
    for what in ["chosen", "typed", "cleared"] {
        less(counts, what, merge.after.values().filter(|after| after.rule == what).count() as u64);
    }
    for sums in marks["related"].as_array_mut().into_iter().flatten() {
        let Some(table) = sums["table"].as_str().map(str::to_string) else { continue };
        let Back { removed, headings, repointed, renamed, renumbered } = back(&table);
        sums["written"] = (sums["written"].as_u64().unwrap_or(0) + removed).into();
        less(sums, "written", headings);
        let kept = lists.kept(&merge.merge, &table);
        for (name, count) in [
            ("removed", removed),
            ("headings", headings),
            ("repointed", repointed),
            ("renamed", renamed),
            ("renumbered", renumbered),
            ("kept", kept),
        ] {
            less(sums, name, count);
        }
    }
}

fn less(counts: &mut Value, name: &str, by: u64) {
    if let Some(count) = counts[name].as_u64() {
        counts[name] = count.saturating_sub(by).into();
    }
}

/// Writes `related_reconciliation.csv` from the sums of the related tables, as they stand in `applied.json`.
pub(super) fn table_sums(dir: &Path, tables: &Value) -> Result<String, WriteError> {
    const TEXTS: [&str; 2] = ["table", "file"];
    const COUNTS: [&str; 10] = [
        "rows",
        "headings",
        "written",
        "removed",
        "quarantined",
        "repointed",
        "renamed",
        "renumbered",
        "kept",
        "dangling",
    ];
    let tables = tables.as_array().map_or(&[][..], Vec::as_slice);
    let names = TEXTS.into_iter().chain(COUNTS);
    let head = names.map(|name| (name.to_string(), Holds::Text)).collect();
    let rows = |at: usize, out: &mut dyn Cells| {
        TEXTS.iter().for_each(|name| out.text(tables[at][*name].as_str().unwrap_or_default()));
        COUNTS.iter().for_each(|name| out.plain(&tables[at][*name].as_u64().unwrap_or(0).to_string()));
        out.end_row();
    };
    let table = Table { head, units: tables.len(), rows: &rows };
    Ok(table.write(dir, TABLE_SUMS, crate::config::Format::Csv)?.0)
}
