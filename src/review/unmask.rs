//! A masked pack read back: what people wrote in it, on the tables that it was made of.

use super::{Problem, Sheet};
use crate::mask::{self, MASKED, Masker, is_masked};
use crate::table::{ColumnBuilder, RawColumn, Table};
use crate::write::PROPOSAL_COLUMNS;
use std::collections::HashMap;

/// Columns that people write into.
const WRITTEN: [&str; 4] = ["decision", "comment", "role", "override"];

impl Sheet {
    /// Whether this is a table of a masked pack.
    pub fn is_masked(&self) -> bool {
        self.position(MASKED).is_some()
    }

    /// `proposals` of a masked pack, on the records that it was made of.
    pub fn unmask_proposals(self, plain: &Self, masker: &Masker) -> Self {
        let masked = mask::proposals(&plain.table, &PROPOSAL_COLUMNS, masker);
        Pack { edited: self, plain, masked, masker, keys: &["proposal_id", "source", "record_id"] }
            .restore(None)
    }

    /// `plan` of a masked pack, on the values that it was made of; `proposals` are the run's own.
    pub fn unmask_plan(self, plain: &Self, proposals: &Self, masker: &Masker) -> Self {
        let masked = mask::plan(&plain.table, masker);
        Pack { edited: self, plain, masked, masker, keys: &["proposal_id", "field"] }.restore(Some(proposals))
    }
}

struct Pack<'a> {
    edited: Sheet,
    plain: &'a Sheet,
    /// What the pack showed of `plain`.
    masked: Table,
    masker: &'a Masker,
    /// Columns by which a row is found again.
    keys: &'a [&'static str],
}

impl Pack<'_> {
    fn restore(mut self, proposals: Option<&Sheet>) -> Sheet {
        let mut problems = std::mem::take(&mut self.edited.problems);
        let edited = &self.edited;
        let key = |table: &Table, row: u32| -> Vec<String> {
            let cell = |name: &&str| table.position(name).map_or("", |at| table.cell(at, row)).to_string();
            self.keys.iter().map(cell).collect()
        };
        let own: HashMap<Vec<String>, u32> =
            (0..self.masked.rows).map(|row| (key(&self.masked, row), row)).collect();
        let rows: Vec<Option<u32>> =
            (0..edited.rows()).map(|row| own.get(&key(&edited.table, row)).copied()).collect();
        let values = proposals.map(Values::of);
        let mut columns = Vec::new();
        for (at, column) in edited.table.columns.iter().enumerate() {
            let name = column.name.as_str();
            let (plain, masked) = (self.plain.position(name), self.masked.position(name));
            let mut cells = ColumnBuilder::new();
            for (row, found) in (0..edited.rows()).zip(&rows) {
                let cell = edited.cell(row, at);
                let Some(found) = *found else {
                    if name == self.keys[0] {
                        let what =
                            format!("the run has no such row ({})", key(&edited.table, row).join(", "));
                        problems.push(Problem::at(
                            edited,
                            row,
                            name,
                            what,
                            "ids are not to be edited; take the row from a fresh pack",
                        ));
                    }
                    cells.push(cell);
                    continue;
                };
                let shown = masked.map(|at| self.masked.cell(at, found));
                if WRITTEN.contains(&name) {
                    match self.written(name, cell, shown, found, values.as_ref()) {
                        Ok(value) => cells.push(&value),
                        Err(what) => {
                            problems.push(Problem::at(
                                edited,
                                row,
                                name,
                                what,
                                "copy a masked value of the same field and group, or write the value in full",
                            ));
                            cells.push("");
                        }
                    }
                    continue;
                }
                if shown.is_some_and(|shown| shown != cell) {
                    let (what, way_out) = match name {
                        MASKED => (
                            "the pack was masked with another secret than this run's".to_string(),
                            "import it where it was made, with the same --state",
                        ),
                        _ => (
                            format!(
                                "`{cell}` is `{}` in the pack that was written",
                                shown.unwrap_or_default()
                            ),
                            "masked cells are not to be edited; decide in `decision`, or write a value into `override`",
                        ),
                    };
                    problems.push(Problem::at(edited, row, name, what, way_out));
                }
                cells.push(plain.map_or(cell, |at| self.plain.cell(found, at)));
            }
            columns.push(RawColumn { name: column.name.clone(), cells: cells.finish() });
        }
        columns.retain(|column| column.name != MASKED);
        let table = Table { columns, ..self.edited.table.clone() };
        Sheet { table, problems, ..self.edited }
    }

    /// What a cell that people write into says, a masked value taken for the value that it stands for.
    fn written(
        &self,
        name: &str,
        cell: &str,
        shown: Option<&str>,
        row: u32,
        values: Option<&Values<'_>>,
    ) -> Result<String, String> {
        if name != "override" || !is_masked(cell) {
            return Ok(cell.to_string());
        }
        let plain = |name: &str| self.plain.position(name).map_or("", |at| self.plain.cell(row, at));
        if shown == Some(cell) {
            return Ok(plain("override").to_string());
        }
        let kind = mask::kind_of(plain("field"));
        let own = mask::values(plain("value")).chain(mask::values(plain("other_values")));
        let of_members =
            values.map_or_else(Vec::new, |values| values.of_group(plain("proposal_id"), plain("field")));
        own.chain(of_members)
            .find(|value| self.masker.value(kind, value) == cell.trim())
            .map(String::from)
            .ok_or_else(|| format!("`{cell}` is masked, and none of the values of this field"))
    }
}

/// Values of the records, by proposal.
struct Values<'a> {
    sheet: &'a Sheet,
    rows: HashMap<&'a str, Vec<u32>>,
}

impl<'a> Values<'a> {
    fn of(sheet: &'a Sheet) -> Self {
        let mut rows: HashMap<&str, Vec<u32>> = HashMap::new();
        if let Some(at) = sheet.position("proposal_id") {
            (0..sheet.rows()).for_each(|row| rows.entry(sheet.cell(row, at)).or_default().push(row));
        }
        Self { sheet, rows }
    }

    fn of_group(&self, id: &str, field: &str) -> Vec<&'a str> {
        let Some(at) = self.sheet.position(field) else { return Vec::new() };
        self.rows.get(id).into_iter().flatten().map(|&row| self.sheet.cell(row, at)).collect()
    }
}
