//! Excel and OpenDocument workbooks → one table: the sheet that was asked for, else the first that holds one.

use super::delimited::Parsed;
use super::exact::ExactRow;
use super::number_format::Mask;
use super::sheet::Sheet;
use super::{IngestError, Input, headings};
use super::{compound, grid};
use calamine::{
    Data, DataRef, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Style, Xls, XlsError, Xlsb,
    XlsbError,
};
use calamine::{Xlsx, XlsxError};
use std::borrow::Cow;
use std::fmt::Display;
use std::io::Cursor;

/// Which kind of workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

impl Kind {
    /// Its name, as in a file's ending.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Xlsx => "xlsx",
            Kind::Xlsb => "xlsb",
            Kind::Xls => "xls",
            Kind::Ods => "ods",
        }
    }
}

/// First bytes of a compound file: an old Excel workbook, or a new one that is encrypted.
pub const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0";

/// Reads a workbook from memory.
pub fn parse(bytes: &[u8], kind: Kind, input: &Input, path: &str) -> Result<Parsed, IngestError> {
    /// The stream of a compound file that holds an encrypted workbook, in UTF-16.
    const ENCRYPTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
    let sound = match kind {
        Kind::Xls if bytes.windows(ENCRYPTED.len()).any(|window| window == ENCRYPTED) => {
            return Err(IngestError::Locked { path: path.to_string() });
        }
        Kind::Xls => compound::sound(bytes).ok_or_else(|| {
            damaged(path, "the file is damaged: its sectors run in a circle, or its cells lie too far apart for a table")
        })?,
        _ => Cow::Borrowed(bytes),
    };
    // The reader trusts some of the sizes a file gives; nothing outlives a panic of it.
    let parsed = std::panic::catch_unwind(|| parse_trusting(&sound, kind, input, path));
    parsed.unwrap_or_else(|_| Err(damaged(path, "the file is damaged")))
}

fn damaged(path: &str, reason: impl Display) -> IngestError {
    IngestError::Workbook { path: path.to_string(), reason: reason.to_string() }
}

/// A reader of one of the four formats.
enum Book<'b> {
    Xlsx(Box<Xlsx<Cursor<&'b [u8]>>>),
    Xlsb(Box<Xlsb<Cursor<&'b [u8]>>>),
    Xls(Box<Xls<Cursor<&'b [u8]>>>),
    Ods(Box<Ods<Cursor<&'b [u8]>>>),
}

impl<'b> Book<'b> {
    fn open(bytes: &'b [u8], kind: Kind, path: &str) -> Result<Self, IngestError> {
        let locked = || IngestError::Locked { path: path.to_string() };
        let cursor = Cursor::new(bytes);
        Ok(match kind {
            Kind::Xlsx => Self::Xlsx(Box::new(Xlsx::new(cursor).map_err(|error| match error {
                XlsxError::Password => locked(),
                error => damaged(path, error),
            })?)),
            Kind::Xlsb => Self::Xlsb(Box::new(Xlsb::new(cursor).map_err(|error| match error {
                XlsbError::Password => locked(),
                error => damaged(path, error),
            })?)),
            Kind::Xls => Self::Xls(Box::new(Xls::new(cursor).map_err(|error| match error {
                XlsError::Password => locked(),
                error => damaged(path, format!("{error} (is it a workbook?)")),
            })?)),
            Kind::Ods => Self::Ods(Box::new(Ods::new(cursor).map_err(|error| match error {
                OdsError::Password => locked(),
                error => damaged(path, error),
            })?)),
        })
    }

    /// The sheets that can hold cells, in order, and whether they are shown.
    fn sheets(&self) -> Vec<(String, bool)> {
        let sheets = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        };
        let with_cells = sheets.iter().filter(|sheet| matches!(sheet.typ, SheetType::WorkSheet));
        with_cells.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect()
    }

    /// A sheet's cells.
    fn sheet(&mut self, name: &str, path: &str) -> Result<Sheet, IngestError> {
        let mut sheet = Sheet::default();
        let full = || IngestError::TooLarge {
            path: path.to_string(),
            limit: "one of its sheets holds more than 4 GiB of text",
        };
        // The newer formats cell by cell: as a block, a lone cell far away would cost all the memory there is.
        match self {
            Self::Xlsx(book) => {
                let mut cells = match book.worksheet_cells_reader(name) {
                    Err(XlsxError::NotAWorksheet(_)) => return Ok(sheet),
                    cells => cells.map_err(|error| damaged(path, error))?,
                };
                let code = |style: &Style| Mask::of(&style.number_format.as_ref()?.format_code);
                let masks: Vec<Option<Mask>> = cells.styles().iter().map(code).collect();
                while let Some((cell, style)) =
                    cells.next_cell_with_style_id().map_err(|error| damaged(path, error))?
                {
                    let (row, column) = cell.get_position();
                    let mask = masks.get(style).and_then(Option::as_ref);
                    sheet.push_shown(row, column, cell.get_value(), mask).ok_or_else(full)?;
                }
            }
            Self::Xlsb(book) => {
                let mut cells = book.worksheet_cells_reader(name).map_err(|error| damaged(path, error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| damaged(path, error))? {
                    let (row, column) = cell.get_position();
                    sheet.push(row, column, cell.get_value()).ok_or_else(full)?;
                }
            }
            Self::Xls(book) => {
                let range = book.worksheet_range(name).map_err(|error| damaged(path, error))?;
                take(&range, &mut sheet).ok_or_else(full)?;
            }
            Self::Ods(book) => {
                let range = book.worksheet_range(name).map_err(|error| damaged(path, error))?;
                take(&range, &mut sheet).ok_or_else(full)?;
            }
        }
        sheet.sort();
        Ok(sheet)
    }
}

/// Adds the cells of a block.
fn take(range: &Range<Data>, sheet: &mut Sheet) -> Option<()> {
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        sheet.push(top + row as u32, left + column as u32, &borrowed(value))?;
    }
    Some(())
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(whole) => DataRef::Int(*whole),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(is) => DataRef::Bool(*is),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(moment) => DataRef::DateTimeIso(moment.clone()),
        Data::DurationIso(duration) => DataRef::DurationIso(duration.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn parse_trusting(bytes: &[u8], kind: Kind, input: &Input, path: &str) -> Result<Parsed, IngestError> {
    let mut book = Book::open(bytes, kind, path)?;
    let sheets = book.sheets();
    let header = input.settings.header != Some(false);
    let (chosen, sheet, others) = match input.settings.sheet.as_deref() {
        Some(wanted) => {
            let Some(at) = named(&sheets, wanted) else {
                let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
                return Err(IngestError::NoSheet {
                    path: path.to_string(),
                    sheet: wanted.to_string(),
                    sheets: names.join("`, `"),
                });
            };
            (at, book.sheet(&sheets[at].0, path)?, Vec::new())
        }
        None => choose(&mut book, &sheets, header, path)?,
    };
    let value = if input.settings.header.is_none() { grid::first_value(&sheet) } else { None };
    let mut table = grid::table(&sheet, header && value.is_none(), path, &input.source)?;
    if let (Some(value), Some(line)) = (value, table.lines.first()) {
        table.findings.insert(0, headings::none(&value, *line, path, &input.source));
    }
    let name = &sheets[chosen].0;
    if !others.is_empty() {
        table.notes.insert(
            0,
            format!(
                "sheet `{name}` is read; the workbook also holds `{}`: choose with --sheet, or `sheet` of the source in the settings",
                others.join("`, `")
            ),
        );
    }
    Ok(table)
}

/// The rows of these sheets, cell by cell.
pub fn exact(
    bytes: &[u8],
    kind: Kind,
    names: &[&str],
    path: &str,
) -> Result<Vec<Vec<ExactRow>>, IngestError> {
    let read = || {
        let mut book = Book::open(bytes, kind, path)?;
        let sheets = book.sheets();
        let mut tables = Vec::with_capacity(names.len());
        for name in names {
            if !sheets.iter().any(|(known, _)| known == name) {
                let known: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
                let (path, sheet) = (path.to_string(), name.to_string());
                return Err(IngestError::NoSheet { path, sheet, sheets: known.join("`, `") });
            }
            let sheet = book.sheet(name, path)?;
            if sheet.errors > 0 {
                let where_to = sheet.error_examples.join(", ");
                return Err(damaged(path, format!("cells of sheet {name} hold an error: {where_to}")));
            }
            let row = |row: super::sheet::Row<'_>| {
                (row.number, row.dense().into_iter().map(String::from).collect())
            };
            tables.push(sheet.rows().map(row).collect());
        }
        Ok(tables)
    };
    // As above: nothing outlives a panic of the reader.
    std::panic::catch_unwind(read).unwrap_or_else(|_| Err(damaged(path, "the file is damaged")))
}

/// A sheet by its name, else by its number from 1.
fn named(sheets: &[(String, bool)], wanted: &str) -> Option<usize> {
    let same = |name: &str| name.trim().to_lowercase() == wanted.trim().to_lowercase();
    let exact = sheets.iter().position(|(name, _)| name == wanted);
    let number = || wanted.trim().parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < sheets.len());
    exact.or_else(|| sheets.iter().position(|(name, _)| same(name))).or_else(number)
}

/// The first sheet that holds a table: shown before hidden, several columns before one, with rows before without.
/// Also the names of the others that hold anything.
fn choose(
    book: &mut Book<'_>,
    sheets: &[(String, bool)],
    header: bool,
    path: &str,
) -> Result<(usize, Sheet, Vec<String>), IngestError> {
    let mut best: Option<((bool, bool, bool), usize, Sheet)> = None;
    let mut filled = Vec::new();
    for (at, (name, visible)) in sheets.iter().enumerate() {
        let sheet = book.sheet(name, path)?;
        if sheet.is_empty() {
            continue;
        }
        filled.push(at);
        let (columns, has_rows) = grid::shape(&sheet, header);
        let rank = (*visible, has_rows, columns > 1);
        if best.as_ref().is_none_or(|(other, ..)| rank > *other) {
            best = Some((rank, at, sheet));
        }
    }
    let Some((_, chosen, sheet)) = best else { return Err(IngestError::Empty { path: path.to_string() }) };
    let others = filled.into_iter().filter(|at| *at != chosen);
    Ok((chosen, sheet, others.map(|at| sheets[at].0.clone()).collect()))
}
