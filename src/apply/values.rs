//! Golden values: those of the plan, found in the records; and those that a person prefers.

use super::merge::{Cell, Holds, Merging, Why};
use crate::map::Dataset;
use crate::review::{CLEARED, Review, Reviewed, is_joined, is_rebuilt};
use crate::survive::{GoldenRecord, Reason, rule_of_text};
use std::collections::HashMap;

/// The rows of the plan, by field.
pub(super) struct Plan<'a> {
    data: &'a Dataset,
    review: &'a Review,
    /// Position of each field by its name.
    positions: HashMap<String, usize>,
    /// Columns: field, value, rule, source and record id it comes from, override.
    columns: [usize; 6],
    /// Columns of `proposals`: source and record id.
    keys: [usize; 2],
}

impl<'a> Plan<'a> {
    pub fn of(data: &'a Dataset, review: &'a Review) -> Self {
        let sheets = &review.sheets;
        // The review has checked that the columns are there; a plan without rows needs none.
        let plan = |name| sheets.plan.position(name).unwrap_or_default();
        let proposals = |name| sheets.proposals.position(name).unwrap_or_default();
        Self {
            data,
            review,
            positions: data.fields.iter().enumerate().map(|(at, field)| (field.to_string(), at)).collect(),
            columns: ["field", "value", "rule", "from_source", "from_record_id", "override"].map(plan),
            keys: ["source", "record_id"].map(proposals),
        }
    }

    fn cell(&self, row: u32, column: usize) -> &'a str {
        self.review.sheets.plan.cell(row, self.columns[column])
    }

    /// The record that a row's value comes from.
    fn from(&self, reviewed: &Reviewed, row: u32) -> Option<u32> {
        let (source, record_id) = (self.cell(row, 3), self.cell(row, 4));
        let is_from = |&member: &u32| {
            let proposals = &self.review.sheets.proposals;
            proposals.cell(member, self.keys[0]) == source
                && proposals.cell(member, self.keys[1]) == record_id
        };
        reviewed.rows.iter().position(is_from).and_then(|at| reviewed.records[at])
    }

    /// Whether the plan was made for this survivor.
    pub fn keeps(&self, reviewed: &Reviewed, survivor: u32) -> bool {
        let is_of_survivor = |row: &&u32| self.cell(**row, 2) == Reason::Survivor.name();
        reviewed.plan.iter().filter(is_of_survivor).all(|&row| self.from(reviewed, row) == Some(survivor))
    }

    /// The values of the plan as cells. None where a value must be chosen anew: it does not stand any more where the
    /// plan took it from, or (when records were touched since) the plan has no row for the field.
    pub fn cells(&self, reviewed: &Reviewed, touched: bool, texts: &mut Vec<String>) -> Vec<Option<Cell>> {
        let open = if touched { None } else { Some(Cell::EMPTY) };
        let mut cells = vec![open; self.data.fields.len()];
        for &row in &reviewed.plan {
            if let Some(&position) = self.positions.get(self.cell(row, 0)) {
                cells[position] = self.located(reviewed, row, position, texts);
            }
        }
        cells
    }

    fn located(
        &self,
        reviewed: &Reviewed,
        row: u32,
        position: usize,
        texts: &mut Vec<String>,
    ) -> Option<Cell> {
        let (data, value) = (self.data, self.cell(row, 1));
        let (reason, given) = rule_of_text(self.cell(row, 2))?;
        let cell = |holds| Some(Cell { holds, why: Why::Rule(reason, given) });
        if reason == Reason::CollectAll {
            let cells: Vec<&str> =
                reviewed.records.iter().flatten().map(|&record| data.raw(record, position)).collect();
            return is_joined(value, &cells).then(|| cell(text(texts, value)))?;
        }
        if reason == Reason::Rebuilt {
            let records = reviewed.records.iter().flatten();
            let cells: Vec<&str> = records
                .flat_map(|&record| (0..data.fields.len()).map(move |field| data.raw(record, field)))
                .collect();
            return is_rebuilt(value, &cells).then(|| cell(text(texts, value)))?;
        }
        let Some(record) = self.from(reviewed, row) else {
            return value.is_empty().then(|| cell(Holds::Nothing))?;
        };
        // What was kept from being lost comes from another column of its kind.
        let others = (0..data.fields.len()).filter(|_| reason == Reason::Kept);
        std::iter::once(position)
            .chain(others)
            .find(|&field| same(data.raw(record, field), value))
            .and_then(|field| cell(Holds::Cell { record, field: field as u16 }))
    }

    /// Puts what a person prefers in the stead of the values of a merge.
    pub fn overrides(&self, reviewed: &Reviewed, merging: &mut Merging) {
        for &row in &reviewed.plan {
            let wanted = self.cell(row, 5);
            let Some(&position) = self.positions.get(self.cell(row, 0)) else { continue };
            if wanted.is_empty() || same(merging.value(self.data, position), wanted) {
                continue;
            }
            merging.cells[position] = if wanted.trim() == CLEARED {
                Cell { holds: Holds::Nothing, why: Why::Cleared }
            } else if let Some((record, field)) = self.holder(merging, position, wanted) {
                Cell { holds: Holds::Cell { record, field: field as u16 }, why: Why::Chosen }
            } else {
                Cell { holds: text(&mut merging.texts, wanted), why: Why::Typed }
            };
        }
    }

    /// The record that holds a value, and the field: the survivor before the others, the field itself before others of
    /// its kind.
    fn holder(&self, merging: &Merging, position: usize, wanted: &str) -> Option<(u32, usize)> {
        let kind = self.data.fields[position].kind();
        let of_kind =
            (0..self.data.fields.len()).filter(|&at| at != position && self.data.fields[at].kind() == kind);
        let survivor = std::iter::once(merging.survivor);
        let members =
            survivor.chain(merging.members.iter().copied().filter(|&member| member != merging.survivor));
        std::iter::once(position)
            .chain(of_kind)
            .flat_map(|field| members.clone().map(move |record| (record, field)))
            .find(|&(record, field)| same(self.data.raw(record, field), wanted))
    }
}

/// Whether a value that went through a spreadsheet is the one of a cell: line ends and blanks around may differ.
fn same(raw: &str, value: &str) -> bool {
    raw == value || (raw.trim() == value.trim() && !value.trim().is_empty()) || {
        raw.contains('\r') && raw.replace("\r\n", "\n").trim() == value.replace("\r\n", "\n").trim()
    }
}

/// Keeps a text that stands in no single cell.
fn text(texts: &mut Vec<String>, value: &str) -> Holds {
    texts.push(value.to_string());
    Holds::Text(texts.len() as u16 - 1)
}

/// A value that `survive` chose.
pub(super) fn from_golden(record: &GoldenRecord, position: usize, texts: &mut Vec<String>) -> Cell {
    let cell = record.cells[position];
    let joined = record.joined.iter().find(|(field, _)| *field as usize == position);
    let holds = match (cell.rule, joined, cell.from) {
        (Reason::CollectAll | Reason::Rebuilt, Some((_, value)), _) => text(texts, value),
        (_, _, Some(record)) => Holds::Cell { record, field: cell.field },
        _ => Holds::Nothing,
    };
    Cell { holds, why: Why::Rule(cell.rule, cell.given) }
}
