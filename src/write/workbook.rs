//! A table as a workbook: one sheet, every cell text, so that no spreadsheet takes a zero away or runs a formula.

use super::WriteError;
use super::table::{Cells, Table};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::path::Path;

/// Rows of a sheet, the heading included.
const MOST_ROWS: u64 = 1_048_576;

/// Characters of a cell.
const LONGEST_CELL: usize = 32_767;

/// Writes the table as `path`; returns how many rows it has. Errors are rows or cells that a sheet cannot hold.
pub(super) fn write(table: &Table<'_>, path: &Path) -> Result<u64, WriteError> {
    let failed = |cause: XlsxError| WriteError::io(path, std::io::Error::other(cause.to_string()));
    let mut workbook = dated().map_err(failed)?;
    let sheet = workbook.add_worksheet_with_constant_memory();
    let bold = Format::new().set_bold();
    for (name, column) in table.head.iter().zip(0u16..) {
        sheet.write_string_with_format(0, column, &name.0, &bold).map_err(failed)?;
    }
    sheet.set_freeze_panes(1, 0).map_err(failed)?;
    let mut cells = SheetCells { sheet, row: 1, column: 0, problem: None };
    for unit in 0..table.units {
        (table.rows)(unit, &mut cells);
        if let Some(problem) = cells.problem {
            return Err(WriteError::io(path, std::io::Error::other(problem)));
        }
    }
    let rows = u64::from(cells.row - 1);
    save(workbook, path)?;
    Ok(rows)
}

/// Writes rows as they are, from the first of one sheet of this name, every cell text. Errors are those of a table.
pub(crate) fn text_sheet(path: &Path, name: &str, rows: &[Vec<String>]) -> Result<(), WriteError> {
    let failed = |cause: XlsxError| WriteError::io(path, std::io::Error::other(cause.to_string()));
    let mut workbook = dated().map_err(failed)?;
    let sheet = workbook.add_worksheet_with_constant_memory();
    sheet.set_name(name).map_err(failed)?;
    let mut cells = SheetCells { sheet, row: 0, column: 0, problem: None };
    for row in rows {
        row.iter().for_each(|cell| cells.put(cell));
        cells.end_row();
    }
    if let Some(problem) = cells.problem {
        return Err(WriteError::io(path, std::io::Error::other(problem)));
    }
    save(workbook, path)
}

/// A workbook without the time of its making: the same rows give the same bytes, whenever they are written.
fn dated() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    Ok(workbook)
}

fn save(mut workbook: Workbook, path: &Path) -> Result<(), WriteError> {
    let file = super::file::create(path)?;
    let writer = std::io::BufWriter::new(&file);
    let saved = workbook.save_to_writer(writer);
    saved.map_err(|cause| WriteError::io(path, std::io::Error::other(cause.to_string())))?;
    super::file::finish(file, path)
}

/// Takes the cells of rows into a sheet; the first problem is kept and told.
struct SheetCells<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    column: u16,
    problem: Option<String>,
}

impl SheetCells<'_> {
    fn put(&mut self, value: &str) {
        let (row, column) = (self.row, self.column);
        self.column += 1;
        if value.is_empty() || self.problem.is_some() {
            return;
        }
        if value.encode_utf16().count() > LONGEST_CELL {
            self.problem = Some(format!(
                "a cell of row {row} has more than {LONGEST_CELL} characters, which no sheet holds; write CSV or Parquet instead"
            ));
            return;
        }
        if let Err(cause) = self.sheet.write_string(row, column, value) {
            self.problem = Some(cause.to_string());
        }
    }
}

impl Cells for SheetCells<'_> {
    fn text(&mut self, value: &str) {
        self.put(value);
    }

    fn plain(&mut self, value: &str) {
        self.put(value);
    }

    fn count(&mut self, value: u32) {
        self.put(&value.to_string());
    }

    fn probability(&mut self, value: f32) {
        self.put(&format!("{value:.4}"));
    }

    fn number(&mut self, value: f64) {
        self.put(&format!("{value:.6}"));
    }

    fn end_row(&mut self) {
        self.row += 1;
        self.column = 0;
        if u64::from(self.row) > MOST_ROWS && self.problem.is_none() {
            self.problem = Some(format!("a sheet holds {MOST_ROWS} rows; write CSV or Parquet instead"));
        }
    }
}
