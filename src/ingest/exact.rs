//! A sheet of a workbook of our own, cell by cell, without any guess at what it holds.

use super::bytes::Bytes;
use super::workbook;
use super::{IngestError, archive};
use std::path::Path;

/// A row: its number as the spreadsheet shows it, from 1, and its cells up to the last that is not empty.
pub type ExactRow = (u32, Vec<String>);

/// Reads some sheets of a workbook, each by its exact name, and every cell as text. Rows without any text are left out.
///
/// Errors: the file is no workbook, or has no such sheet.
pub fn exact_sheets(path: &Path, names: &[&str]) -> Result<Vec<Vec<ExactRow>>, IngestError> {
    let shown = path.display().to_string();
    let io = |cause| IngestError::Io { path: shown.clone(), cause };
    let bytes = Bytes::new(path).map_err(io)?;
    let whole = bytes.all().map_err(io)?;
    let kind = match whole.starts_with(archive::MAGIC) {
        true => archive::kind(&whole, &shown)?,
        false => workbook::Kind::Xls,
    };
    workbook::exact(&whole, kind, names, &shown)
}
