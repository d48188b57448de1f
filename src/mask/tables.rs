//! `proposals` and `plan` of a run folder, masked.

use super::Masker;
use crate::map::{FieldId, Kind};
use crate::table::{ColumnBuilder, RawColumn, Table};
use std::collections::HashMap;

/// The column that says that a table is masked, and by which secret.
pub const MASKED: &str = "masked";

/// What stands between several values in one cell of `plan`.
const BETWEEN_VALUES: &str = " | ";

/// What a field of this name holds; of a column that no field fits nothing is shown.
pub fn kind_of(field: &str) -> Kind {
    field.parse::<FieldId>().map_or(Kind::Text, |field| field.kind())
}

/// `proposals` with its records masked; `fixed` are the columns that are none of a record.
pub fn proposals(table: &Table, fixed: &[&str], masker: &Masker) -> Table {
    let columns = table.columns.iter().map(|column| match column.name.as_str() {
        "record_id" => masked(column, table.rows, masker, |_| Kind::RecordId),
        name if fixed.contains(&name) => column.clone(),
        name => masked(column, table.rows, masker, |_| kind_of(name)),
    });
    marked(table, columns.collect(), masker)
}

/// `plan` with its values masked.
pub fn plan(table: &Table, masker: &Masker) -> Table {
    let field = table.position("field");
    let kind = |row: u32| kind_of(field.map_or("", |at| table.cell(at, row)));
    let columns = table.columns.iter().map(|column| match column.name.as_str() {
        "from_record_id" => masked(column, table.rows, masker, |_| Kind::RecordId),
        "value" | "other_values" | "lost" | "override" => masked(column, table.rows, masker, kind),
        _ => column.clone(),
    });
    marked(table, columns.collect(), masker)
}

/// A cell of `plan`, which may hold several values.
pub fn cell(masker: &Masker, kind: Kind, cell: &str) -> String {
    cell.split(BETWEEN_VALUES).map(|value| masker.value(kind, value)).collect::<Vec<_>>().join(BETWEEN_VALUES)
}

/// The values of a cell of `plan`.
pub fn values(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(BETWEEN_VALUES)
}

fn masked(column: &RawColumn, rows: u32, masker: &Masker, kind: impl Fn(u32) -> Kind) -> RawColumn {
    let mut known: HashMap<(u32, Kind), String> = HashMap::new();
    let mut cells = ColumnBuilder::new();
    for row in 0..rows {
        let kind = kind(row);
        let shown = known
            .entry((column.cells.code(row), kind))
            .or_insert_with(|| cell(masker, kind, column.cells.get(row)));
        cells.push(shown);
    }
    RawColumn { name: column.name.clone(), cells: cells.finish() }
}

/// The table with a column that says that it is masked.
fn marked(table: &Table, mut columns: Vec<RawColumn>, masker: &Masker) -> Table {
    let mut marks = ColumnBuilder::new();
    let name = masker.name();
    (0..table.rows).for_each(|_| marks.push(&name));
    columns.push(RawColumn { name: MASKED.to_string(), cells: marks.finish() });
    Table { columns, rows: table.rows, lines: table.lines.clone(), ..Table::default() }
}
