//! One table of a run folder, as CSV or Parquet, from the same rows.

use super::WriteError;
use super::cells::push_csv;
use super::file;
use crate::config::Format;
use polars::prelude::{
    Column, DataFrame, IntoColumn, NamedFrom, ParquetWriter, Series, StringChunkedBuilder,
};
use rayon::prelude::*;
use std::io::Write;
use std::path::Path;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Text.
    Text,
    /// A count or a level.
    Count,
    /// A probability, written with four decimals in CSV.
    Probability,
    /// A number with six decimals.
    Number,
}

/// A column's name and what it holds.
pub(crate) type Head = (String, Holds);

/// Takes the cells of rows, left to right. Every row has as many cells as the table has columns.
pub(crate) trait Cells {
    /// A cell of text from a source: it may hold anything.
    fn text(&mut self, value: &str);
    /// A cell of text made by alike: no separator, quote, line end or formula stands in it.
    fn plain(&mut self, value: &str);
    /// A count.
    fn count(&mut self, value: u32);
    /// A probability.
    fn probability(&mut self, value: f32);
    /// A number.
    fn number(&mut self, value: f64);
    /// Ends the row.
    fn end_row(&mut self);
}

/// A table whose rows come from numbered units (records, clusters, links); a unit gives none, one or several rows.
pub(crate) struct Table<'a> {
    /// The columns.
    pub head: Vec<Head>,
    /// How many units.
    pub units: usize,
    /// Writes the rows of one unit.
    pub rows: &'a (dyn Fn(usize, &mut dyn Cells) + Sync),
}

/// Units formatted as one piece: large enough that a piece costs more than handing it out, small enough that a
/// round of them stays in a few megabytes.
const UNITS_PER_PIECE: usize = 2_048;
/// Pieces formatted before they are written out.
const PIECES_PER_ROUND: usize = 8;
/// Units of one Parquet row group.
const UNITS_PER_GROUP: usize = 262_144;

impl Table<'_> {
    /// Writes the table as `stem.csv` or `stem.parquet`; returns its file name and rows.
    pub fn write(&self, dir: &Path, stem: &str, format: Format) -> Result<(String, u64), WriteError> {
        let name = match format {
            Format::Csv => format!("{stem}.csv"),
            Format::Parquet => format!("{stem}.parquet"),
        };
        let path = dir.join(&name);
        let rows = match format {
            Format::Csv => self.write_csv(&path)?,
            Format::Parquet => self.write_parquet(&path)?,
        };
        Ok((name, rows))
    }

    fn write_csv(&self, path: &Path) -> Result<u64, WriteError> {
        let mut file = file::create(path)?;
        let rows = self.csv(&mut file).map_err(|cause| WriteError::io(path, cause))?;
        file::finish(file, path)?;
        Ok(rows)
    }

    /// Writes the table as CSV, heading first; returns how many rows it has.
    pub fn csv(&self, out: &mut dyn Write) -> std::io::Result<u64> {
        let mut head = Vec::new();
        for (name, _) in &self.head {
            push_csv(&mut head, name);
            head.push(b',');
        }
        head.pop();
        head.push(b'\n');
        out.write_all(&head)?;
        let mut rows = 0;
        for start in (0..self.units).step_by(UNITS_PER_PIECE * PIECES_PER_ROUND) {
            let end = self.units.min(start + UNITS_PER_PIECE * PIECES_PER_ROUND);
            let starts: Vec<usize> = (start..end).step_by(UNITS_PER_PIECE).collect();
            let piece = |from: usize| {
                let mut cells = CsvCells::default();
                (from..end.min(from + UNITS_PER_PIECE)).for_each(|unit| (self.rows)(unit, &mut cells));
                cells
            };
            let pieces: Vec<CsvCells> = starts.into_par_iter().map(piece).collect();
            for piece in pieces {
                out.write_all(&piece.bytes)?;
                rows += piece.rows;
            }
        }
        Ok(rows)
    }

    fn write_parquet(&self, path: &Path) -> Result<u64, WriteError> {
        let problem = |cause: polars::error::PolarsError| WriteError::io(path, std::io::Error::other(cause));
        let group = |from: usize| -> Result<(DataFrame, u64), polars::error::PolarsError> {
            let mut cells = ColumnCells::new(&self.head);
            (from..self.units.min(from + UNITS_PER_GROUP)).for_each(|unit| (self.rows)(unit, &mut cells));
            cells.finish()
        };
        let (first, mut rows) = group(0).map_err(problem)?;
        let mut file = file::create(path)?;
        let mut writer = ParquetWriter::new(&mut file).batched(first.schema()).map_err(problem)?;
        writer.write_batch(&first).map_err(problem)?;
        drop(first);
        for from in (UNITS_PER_GROUP..self.units).step_by(UNITS_PER_GROUP) {
            let (frame, count) = group(from).map_err(problem)?;
            writer.write_batch(&frame).map_err(problem)?;
            rows += count;
        }
        writer.finish().map_err(problem)?;
        drop(writer);
        file::finish(file, path)?;
        Ok(rows)
    }
}

#[derive(Default)]
struct CsvCells {
    bytes: Vec<u8>,
    rows: u64,
}

impl CsvCells {
    fn formatted(&mut self, value: std::fmt::Arguments<'_>) {
        // Writing to memory cannot fail.
        let _ = self.bytes.write_fmt(value);
        self.bytes.push(b',');
    }
}

impl Cells for CsvCells {
    fn text(&mut self, value: &str) {
        push_csv(&mut self.bytes, value);
        self.bytes.push(b',');
    }

    fn plain(&mut self, value: &str) {
        self.bytes.extend_from_slice(value.as_bytes());
        self.bytes.push(b',');
    }

    fn count(&mut self, value: u32) {
        self.formatted(format_args!("{value}"));
    }

    fn probability(&mut self, value: f32) {
        self.formatted(format_args!("{value:.4}"));
    }

    fn number(&mut self, value: f64) {
        self.formatted(format_args!("{value:.6}"));
    }

    fn end_row(&mut self) {
        // The separator after the last cell becomes the line end.
        if let Some(last) = self.bytes.last_mut() {
            *last = b'\n';
        }
        self.rows += 1;
    }
}

enum Builder {
    Text(StringChunkedBuilder),
    Count(String, Vec<u32>),
    Probability(String, Vec<f32>),
    Number(String, Vec<f64>),
}

struct ColumnCells {
    columns: Vec<Builder>,
    at: usize,
    rows: u64,
}

impl ColumnCells {
    fn new(head: &[Head]) -> Self {
        let builder = |(name, holds): &Head| match holds {
            Holds::Text => Builder::Text(StringChunkedBuilder::new(name.as_str().into(), 0)),
            Holds::Count => Builder::Count(name.clone(), Vec::new()),
            Holds::Probability => Builder::Probability(name.clone(), Vec::new()),
            Holds::Number => Builder::Number(name.clone(), Vec::new()),
        };
        Self { columns: head.iter().map(builder).collect(), at: 0, rows: 0 }
    }

    fn next(&mut self) -> &mut Builder {
        self.at += 1;
        &mut self.columns[self.at - 1]
    }

    fn finish(self) -> Result<(DataFrame, u64), polars::error::PolarsError> {
        let column = |builder: Builder| -> Column {
            match builder {
                Builder::Text(builder) => builder.finish().into_column(),
                Builder::Count(name, values) => Series::new(name.into(), values).into_column(),
                Builder::Probability(name, values) => Series::new(name.into(), values).into_column(),
                Builder::Number(name, values) => Series::new(name.into(), values).into_column(),
            }
        };
        let columns = self.columns.into_iter().map(column).collect();
        Ok((DataFrame::new(self.rows as usize, columns)?, self.rows))
    }
}

impl Cells for ColumnCells {
    fn text(&mut self, value: &str) {
        if let Builder::Text(builder) = self.next() {
            builder.append_value(value);
        }
    }

    fn plain(&mut self, value: &str) {
        self.text(value);
    }

    fn count(&mut self, value: u32) {
        if let Builder::Count(_, values) = self.next() {
            values.push(value);
        }
    }

    fn probability(&mut self, value: f32) {
        if let Builder::Probability(_, values) = self.next() {
            values.push(value);
        }
    }

    fn number(&mut self, value: f64) {
        if let Builder::Number(_, values) = self.next() {
            values.push(value);
        }
    }

    fn end_row(&mut self) {
        self.at = 0;
        self.rows += 1;
    }
}
