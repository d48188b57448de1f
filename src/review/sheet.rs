//! A table of a run folder, read back cell by cell, whatever program saved it.

use super::{Problem, ReviewError};
use crate::ingest::{self, ExactRow, IngestError, Input};
use crate::progress::Silent;
use crate::table::{ColumnBuilder, RawColumn, Table};
use crate::write::{FIELDS_SHEET, GROUPS_SHEET, restore};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// A table with its place in a file; cells are as they were before spreadsheets were kept from running them.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The file's name.
    pub file: String,
    /// The cells.
    pub table: Table,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Whether it is a sheet of a workbook: then places are told as cells.
    pub(super) is_sheet: bool,
    /// Rows that are no rows, and headings that stand twice.
    pub(super) problems: Vec<Problem>,
    /// Cells that were edited since the file was read: row, column → text.
    pub(super) edits: HashMap<(u32, usize), String>,
}

/// Separators that programs put between cells.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

impl Sheet {
    /// Reads `stem.csv` or `stem.parquet` of a folder.
    pub fn of_run(dir: &Path, stem: &str) -> Result<Self, ReviewError> {
        let path = |ending: &str| dir.join(format!("{stem}.{ending}"));
        match (path("csv").is_file(), path("parquet").is_file()) {
            (true, _) => Self::csv(&path("csv")),
            (false, true) => Self::parquet(path("parquet")),
            _ => Err(ReviewError::NoRun { dir: dir.to_path_buf(), stem: stem.to_string() }),
        }
    }

    /// A cell, as it was edited last.
    #[inline]
    pub fn cell(&self, row: u32, column: usize) -> &str {
        if !self.edits.is_empty()
            && let Some(text) = self.edits.get(&(row, column))
        {
            return text;
        }
        self.table.cell(column, row)
    }

    /// A cell as it stands in the file.
    pub fn filed(&self, row: u32, column: usize) -> &str {
        self.table.cell(column, row)
    }

    /// The position of a column; it is added, empty, when it is not there.
    pub(super) fn column(&mut self, name: &str) -> usize {
        self.position(name).unwrap_or_else(|| {
            let mut cells = ColumnBuilder::new();
            (0..self.table.rows).for_each(|_| cells.push(""));
            self.table.columns.push(RawColumn { name: name.to_string(), cells: cells.finish() });
            self.table.columns.len() - 1
        })
    }

    /// Puts a text into a cell; the file is not touched.
    pub(super) fn set(&mut self, row: u32, column: usize, text: &str) {
        if self.filed(row, column) == text {
            self.edits.remove(&(row, column));
        } else {
            self.edits.insert((row, column), text.to_string());
        }
    }

    /// Makes the edits part of the table, as if they had stood in the file. `mark` is mixed into its hash.
    pub(super) fn settle(&mut self, mark: &str) {
        let edits = std::mem::take(&mut self.edits);
        let columns: HashSet<usize> = edits.keys().map(|(_, column)| *column).collect();
        for at in columns {
            let mut cells = ColumnBuilder::new();
            for row in 0..self.table.rows {
                cells.push(edits.get(&(row, at)).map_or(self.table.cell(at, row), String::as_str));
            }
            self.table.columns[at].cells = cells.finish();
        }
        if !edits.is_empty() {
            self.sha256 = sha256(format!("{} {mark}", self.sha256).as_bytes());
        }
    }

    /// The position of a column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.table.position(name)
    }

    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.table.rows
    }

    /// Rows that are no rows, and headings that stand twice.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The line at which a row starts.
    pub fn line(&self, row: u32) -> u32 {
        self.table.lines.get(row as usize).copied().unwrap_or(row + 1)
    }

    /// Reads a file that a person names: a CSV or Parquet table.
    pub fn of_file(path: &Path) -> Result<Self, ReviewError> {
        match path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
            true => Self::parquet(path.to_path_buf()),
            false => Self::csv(path),
        }
    }

    /// Reads the sheets of a workbook that [`crate::write::review_book`] wrote: `proposals` and `plan`.
    pub fn of_workbook(path: &Path) -> Result<(Self, Self), ReviewError> {
        let bytes = std::fs::read(path).map_err(|cause| ReviewError::Io { path: path.into(), cause })?;
        let sha256 = sha256(&bytes);
        drop(bytes);
        let mut sheets = ingest::exact_sheets(path, &[GROUPS_SHEET, FIELDS_SHEET])?.into_iter();
        let mut next = |title: &str| {
            let mut sheet =
                Self::of_rows(&format!("{}, sheet {title}", name(path)), sheets.next().unwrap_or_default());
            sheet.table.path = path.display().to_string();
            sheet.sha256.clone_from(&sha256);
            sheet
        };
        Ok((next(GROUPS_SHEET), next(FIELDS_SHEET)))
    }

    /// A table whose first row is its headings.
    fn of_rows(file: &str, rows: Vec<ExactRow>) -> Self {
        let mut sheet = Self { file: file.to_string(), is_sheet: true, ..Self::default() };
        let mut rows = rows.into_iter();
        let headings: Vec<String> = rows
            .next()
            .map_or_else(Vec::new, |(_, cells)| cells.iter().map(|name| name.trim().to_string()).collect());
        let mut builders: Vec<ColumnBuilder> = Vec::new();
        builders.resize_with(headings.len(), ColumnBuilder::new);
        for (number, cells) in rows {
            for (at, builder) in builders.iter_mut().enumerate() {
                builder.push(cells.get(at).map_or("", String::as_str));
            }
            sheet.table.lines.push(number);
        }
        sheet.table.rows = sheet.table.lines.len() as u32;
        sheet.tell_twice(&headings);
        let columns = headings.into_iter().zip(builders);
        sheet.table.columns =
            columns.map(|(name, cells)| RawColumn { name, cells: cells.finish() }).collect();
        sheet
    }

    /// The name of a cell, such as `J12`, when this is a sheet of a workbook.
    pub(super) fn address(&self, row: u32, column: &str) -> Option<String> {
        let mut rest = self.position(column).filter(|_| self.is_sheet)? + 1;
        let mut letters = String::new();
        while rest > 0 {
            letters.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
            rest = (rest - 1) / 26;
        }
        Some(format!("{letters}{}", self.line(row)))
    }

    fn tell_twice(&mut self, headings: &[String]) {
        let mut seen = HashSet::new();
        for heading in headings.iter().filter(|heading| !heading.is_empty()) {
            if !seen.insert(heading.as_str()) {
                let way_out = "remove the one that was added";
                self.problems.push(Problem::of_headings(
                    &self.file,
                    heading,
                    "the heading stands twice",
                    way_out,
                ));
            }
        }
    }

    fn parquet(path: PathBuf) -> Result<Self, ReviewError> {
        let file = name(&path);
        let input = Input { path: path.clone(), source: file.clone(), settings: Default::default() };
        let (mut table, sha256) = match ingest::read(&[input], &Silent) {
            Ok(mut read) => {
                let sha256 = read.files.pop().map(|facts| facts.sha256).unwrap_or_default();
                (read.tables.pop().unwrap_or_default(), sha256)
            }
            // A run that proposes nothing writes tables without rows.
            Err(IngestError::HeaderOnly { .. }) => (Table::default(), String::new()),
            Err(other) => return Err(other.into()),
        };
        table.path = path.display().to_string();
        Ok(Self { file, table, sha256, ..Self::default() })
    }

    fn csv(path: &Path) -> Result<Self, ReviewError> {
        let bytes = std::fs::read(path).map_err(|cause| ReviewError::Io { path: path.into(), cause })?;
        let text = text(&bytes).map_err(|line| ReviewError::NoTable {
            path: path.into(),
            line,
            why: "it is not UTF-8; save it as `CSV UTF-8`".to_string(),
        })?;
        let mut sheet = Self::of_text(&name(path), &text);
        sheet.table.path = path.display().to_string();
        sheet.sha256 = sha256(&bytes);
        Ok(sheet)
    }

    /// Reads delimited text.
    pub(super) fn of_text(file: &str, text: &str) -> Self {
        let mut sheet = Self { file: file.to_string(), ..Self::default() };
        let delimiter = delimiter(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut record = csv::StringRecord::new();
        let mut lines = Lines::of(text);
        let mut builders: Vec<ColumnBuilder> = Vec::new();
        let mut headings: Vec<String> = Vec::new();
        // Text in memory that is UTF-8 cannot fail to be read.
        while reader.read_record(&mut record).unwrap_or(false) {
            let line = lines.at(record.position().map_or(0, csv::Position::byte) as usize);
            if headings.is_empty() {
                headings = record.iter().map(|name| name.trim().to_string()).collect();
                while headings.len() > 1 && headings.last().is_some_and(String::is_empty) {
                    headings.pop();
                }
                builders.resize_with(headings.len(), ColumnBuilder::new);
                continue;
            }
            if record.iter().all(str::is_empty) {
                continue;
            }
            let extra = record.iter().skip(headings.len()).any(|cell| !cell.trim().is_empty());
            if record.len() < headings.len() || extra {
                sheet.problems.push(Problem {
                    file: file.to_string(),
                    line,
                    cell: None,
                    column: headings.first().cloned().unwrap_or_default(),
                    what: format!("the row has {} cells, the headings are {}", record.len(), headings.len()),
                    way_out: "put cells that hold a separator into quotes, or take the row from a fresh copy"
                        .into(),
                });
                continue;
            }
            for (builder, cell) in builders.iter_mut().zip(&record) {
                builder.push(restore(cell));
            }
            sheet.table.lines.push(line);
        }
        sheet.table.rows = sheet.table.lines.len() as u32;
        sheet.tell_twice(&headings);
        let columns = headings.into_iter().zip(builders);
        sheet.table.columns = columns
            .map(|(name, cells)| RawColumn { name: restore(&name).to_string(), cells: cells.finish() })
            .collect();
        sheet
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of a file: UTF-8, or UTF-16 with its mark, as spreadsheets save it. Else the line of the first byte that
/// is neither.
fn text(bytes: &[u8]) -> Result<Cow<'_, str>, u32> {
    let utf16 = |pair: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|two| pair([two[0], two[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().map(Cow::Owned).map_err(|_| 1)
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
                let before = &bytes[..error.valid_up_to()];
                before.iter().filter(|&&byte| byte == b'\n').count() as u32 + 1
            })
        }
    }
}

/// What separates the headings: they are names, so no separator stands in one of them, and the most frequent is it.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default().as_bytes();
    let count = |delimiter: &u8| first.iter().filter(|byte| *byte == delimiter).count();
    // Of equally frequent ones the first: the comma.
    DELIMITERS.into_iter().rev().max_by_key(count).unwrap_or(b',')
}

/// Counts the lines up to places of a text that are asked for in ascending order.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of a record that starts at a byte, line ends before it passed over.
    fn at(&mut self, byte: usize) -> u32 {
        let mut end = byte.min(self.bytes.len());
        while self.bytes.get(end).is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            end += 1;
        }
        self.line += self.bytes[self.at..end].iter().filter(|&&byte| byte == b'\n').count() as u32;
        self.at = end;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_however_a_spreadsheet_saved_it() {
        let plain = "proposal_id,note\nP-1,\"a, b\"\nP-2,'=1+1\n";
        let rows = |text: &str| {
            let sheet = Sheet::of_text("proposals.csv", text);
            assert_eq!(sheet.problems, []);
            (0..sheet.rows()).map(|row| (sheet.line(row), sheet.cell(row, 1).to_string())).collect::<Vec<_>>()
        };
        let expected = [(2, "a, b".to_string()), (3, "=1+1".to_string())];
        assert_eq!(rows(plain), expected);
        assert_eq!(rows(&plain.replace('\n', "\r\n")), expected);
        assert_eq!(rows("proposal_id;note\r\nP-1;a, b\r\nP-2;\"'=1+1\"\r\n"), expected);
        assert_eq!(rows("proposal_id\tnote\nP-1\ta, b\nP-2\t'=1+1"), expected);
        assert_eq!(rows("\"proposal_id\";\"note\";;\nP-1;a, b;;\nP-2;=1+1;;\n;;;\n"), expected);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let sheet = Sheet::of_text("plan.csv", "a,b\r\n\r\n1,\"two\r\nlines\"\r\n2,x\r\n\r\n3,y\r\n");
        assert_eq!((0..3).map(|row| sheet.line(row)).collect::<Vec<_>>(), [3, 5, 7]);
    }

    #[test]
    fn rows_and_headings_that_do_not_fit_are_told() {
        let sheet = Sheet::of_text("plan.csv", "a,b,a\n1,2\n1,2,3,4\n1,2,3\n");
        let places: Vec<_> =
            sheet.problems.iter().map(|problem| (problem.line, problem.column.as_str())).collect();
        assert_eq!(places, [(2, "a"), (3, "a"), (1, "a")]);
        assert_eq!(sheet.rows(), 1);
    }

    #[test]
    fn marks_and_utf_16_are_understood_and_other_encodings_told() {
        assert_eq!(text(b"\xef\xbb\xbfa").unwrap(), "a");
        let utf16: Vec<u8> = [0xfeff, 0x61, 0xe9].iter().flat_map(|unit: &u16| unit.to_le_bytes()).collect();
        assert_eq!(text(&utf16).unwrap(), "aé");
        assert_eq!(text(b"a\nb\xe9\n"), Err(2));
    }
}
