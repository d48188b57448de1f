//! Tables that are written as they are made, a piece at a time: nothing is held but the piece.

use super::WriteError;
use super::file;
use super::place::{self, Place};
use crate::config::Format;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{
    Column, DataFrame, DataType, Field, IntoColumn, ParquetWriter, PlSmallStr, Schema, StringChunkedBuilder,
};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Rows of one Parquet row group.
const ROWS_PER_GROUP: usize = 32_768;

/// How a system writes its CSV files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvStyle {
    /// Between cells.
    pub delimiter: u8,
    /// A byte order mark first.
    pub bom: bool,
    /// Quotes around every cell, not only where they are needed.
    pub quote_all: bool,
}

/// Commas, no byte order mark, quotes where they are needed.
pub const PLAIN_CSV: CsvStyle = CsvStyle { delimiter: b',', bom: false, quote_all: false };

/// Rows of text cells, as many in each as the table has columns.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    text: String,
    ends: Vec<u32>,
    rows: usize,
}

impl Rows {
    /// Adds a cell to the row.
    pub fn cell(&mut self, value: &str) {
        self.text.push_str(value);
        // A piece is a few thousand rows: far from four gigabytes.
        self.ends.push(self.text.len() as u32);
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.rows += 1;
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The cells, row after row.
    fn cells(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let cell = &self.text[start..end as usize];
            start = end as usize;
            cell
        })
    }

    /// The rows as lines. Cells stand as they are, as other systems write them: nothing is put before formulas.
    pub fn csv(&self, style: CsvStyle) -> Vec<u8> {
        let columns = self.ends.len() / self.rows.max(1);
        let mut out = Vec::with_capacity(self.text.len() + self.ends.len() * 2);
        for (at, cell) in self.cells().enumerate() {
            push_cell(&mut out, cell, style);
            out.push(if (at + 1) % columns == 0 { b'\n' } else { style.delimiter });
        }
        out
    }
}

fn push_cell(out: &mut Vec<u8>, cell: &str, style: CsvStyle) {
    let special = |byte: u8| byte == style.delimiter || matches!(byte, b'"' | b'\n' | b'\r');
    if !style.quote_all && !cell.bytes().any(special) {
        out.extend_from_slice(cell.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in cell.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// A folder whose tables are written as they are made; it appears whole or not at all.
pub struct StreamFolder(Place);

impl StreamFolder {
    /// Takes the place of a new folder.
    ///
    /// Errors: something is there that is no empty folder, the system refuses, or another process makes the same folder.
    pub fn take(target: &Path) -> Result<Self, WriteError> {
        let vacant = match fs::read_dir(target) {
            Ok(mut entries) => entries.next().is_none(),
            Err(cause) => cause.kind() == std::io::ErrorKind::NotFound,
        };
        if vacant { place::take(target).map(Self) } else { Err(WriteError::NotEmpty(target.to_path_buf())) }
    }

    /// Makes a folder in it, for tables whose stem begins with its name and a slash.
    pub fn folder(&self, name: &str) -> Result<(), WriteError> {
        let path = self.0.dir().join(name);
        fs::create_dir(&path).map_err(|cause| WriteError::io(&path, cause))
    }

    /// Begins the table `stem.csv` or `stem.parquet`. `style` is of CSV.
    pub fn table(
        &self,
        stem: &str,
        headings: &[&str],
        format: Format,
        style: CsvStyle,
    ) -> Result<StreamTable, WriteError> {
        let extension = match format {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        };
        let path = self.0.dir().join(format!("{stem}.{extension}"));
        let mut file = file::create(&path)?;
        let to = match format {
            Format::Csv => {
                let mut head = Rows::default();
                headings.iter().for_each(|heading| head.cell(heading));
                head.end_row();
                let mark: &[u8] = if style.bom { "\u{feff}".as_bytes() } else { b"" };
                let head = head.csv(style);
                file.write_all(mark)
                    .and_then(|()| file.write_all(&head))
                    .map_err(|cause| WriteError::io(&path, cause))?;
                To::Csv(file)
            }
            Format::Parquet => {
                let fields = headings.iter().map(|heading| Field::new((*heading).into(), DataType::String));
                let writer = ParquetWriter::new(file).batched(&fields.collect::<Schema>());
                To::Parquet(Box::new(writer.map_err(|cause| problem(&path, cause))?), Group::new(headings))
            }
        };
        Ok(StreamTable { path, style, to })
    }

    /// Writes a whole file.
    pub fn file(&self, name: &str, content: &str) -> Result<(), WriteError> {
        file::write(&self.0.dir().join(name), content)
    }

    /// Puts the folder in its place.
    pub fn publish(self) -> Result<(), WriteError> {
        self.0.publish()
    }
}

enum To {
    Csv(File),
    Parquet(Box<BatchedWriter<File>>, Group),
}

/// A table that is being written.
pub struct StreamTable {
    path: PathBuf,
    style: CsvStyle,
    to: To,
}

/// Rows in the form of a table's file, made on any thread.
pub enum Piece {
    /// Lines.
    Lines(Vec<u8>),
    /// Cells.
    Cells(Rows),
}

impl Piece {
    /// Forms rows for a table of a format and style.
    pub fn new(rows: Rows, format: Format, style: CsvStyle) -> Self {
        match format {
            Format::Csv => Self::Lines(rows.csv(style)),
            Format::Parquet => Self::Cells(rows),
        }
    }
}

impl StreamTable {
    /// The style of the table, where it is CSV.
    pub fn style(&self) -> CsvStyle {
        self.style
    }

    /// Appends rows.
    pub fn push(&mut self, piece: &Piece) -> Result<(), WriteError> {
        let path = &self.path;
        match (&mut self.to, piece) {
            (To::Csv(file), Piece::Lines(lines)) => {
                file.write_all(lines).map_err(|cause| WriteError::io(path, cause))
            }
            (To::Csv(file), Piece::Cells(rows)) => {
                file.write_all(&rows.csv(self.style)).map_err(|cause| WriteError::io(path, cause))
            }
            (To::Parquet(writer, group), Piece::Cells(rows)) => {
                group.add(rows);
                if group.rows < ROWS_PER_GROUP {
                    return Ok(());
                }
                group.write(writer).map_err(|cause| problem(path, cause))
            }
            (To::Parquet(..), Piece::Lines(_)) => {
                Err(WriteError::io(path, std::io::Error::other("lines for a table of columns")))
            }
        }
    }

    /// Writes what is left and brings the file to the disk.
    pub fn finish(self) -> Result<(), WriteError> {
        let path = &self.path;
        match self.to {
            To::Csv(file) => file::finish(file, path),
            To::Parquet(mut writer, mut group) => {
                let written = if group.rows > 0 { group.write(&mut writer) } else { Ok(()) };
                written.and_then(|()| writer.finish().map(|_| ())).map_err(|cause| problem(path, cause))?;
                drop(writer);
                // The writer owned its file; the disk is asked by name.
                File::open(path).and_then(|file| file.sync_all()).map_err(|cause| WriteError::io(path, cause))
            }
        }
    }
}

fn problem(path: &Path, cause: polars::error::PolarsError) -> WriteError {
    WriteError::io(path, std::io::Error::other(cause))
}

/// Columns of a row group that fills up.
struct Group {
    headings: Vec<PlSmallStr>,
    columns: Vec<StringChunkedBuilder>,
    rows: usize,
}

impl Group {
    fn new(headings: &[&str]) -> Self {
        let headings: Vec<PlSmallStr> = headings.iter().map(|heading| (*heading).into()).collect();
        Self { columns: empty(&headings), headings, rows: 0 }
    }

    fn add(&mut self, rows: &Rows) {
        let columns = self.columns.len();
        for (at, cell) in rows.cells().enumerate() {
            self.columns[at % columns].append_value(cell);
        }
        self.rows += rows.len();
    }

    fn write(&mut self, writer: &mut BatchedWriter<File>) -> Result<(), polars::error::PolarsError> {
        let full = std::mem::replace(&mut self.columns, empty(&self.headings));
        let columns: Vec<Column> = full.into_iter().map(|column| column.finish().into_column()).collect();
        let frame = DataFrame::new(self.rows, columns)?;
        self.rows = 0;
        writer.write_batch(&frame)
    }
}

fn empty(headings: &[PlSmallStr]) -> Vec<StringChunkedBuilder> {
    headings.iter().map(|heading| StringChunkedBuilder::new(heading.clone(), 0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_rows() -> Rows {
        let mut rows = Rows::default();
        for cell in ["a;b", "", "say \"x\"", "+31 6"] {
            rows.cell(cell);
            if rows.ends.len().is_multiple_of(2) {
                rows.end_row();
            }
        }
        rows
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let style = CsvStyle { delimiter: b';', bom: false, quote_all: false };
        assert_eq!(two_rows().csv(style), b"\"a;b\";\n\"say \"\"x\"\"\";+31 6\n");
        let all = CsvStyle { quote_all: true, ..PLAIN_CSV };
        assert_eq!(two_rows().csv(all), b"\"a;b\",\"\"\n\"say \"\"x\"\"\",\"+31 6\"\n");
        assert!(Rows::default().csv(style).is_empty());
    }

    #[test]
    fn a_folder_in_use_is_left_alone() {
        let desk = tempfile::tempdir().unwrap();
        let used = desk.path().join("used");
        fs::create_dir(&used).unwrap();
        fs::write(used.join("letter.txt"), "dear").unwrap();
        assert!(matches!(StreamFolder::take(&used), Err(WriteError::NotEmpty(_))));
        assert!(matches!(StreamFolder::take(&used.join("letter.txt")), Err(WriteError::NotEmpty(_))));
    }
}
