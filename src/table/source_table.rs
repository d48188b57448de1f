use super::{Column, Room};

/// One source as it was read: its columns, cell by cell, with nothing changed but the encoding.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The source's name (the file's stem unless named).
    pub source: String,
    /// The file it came from, as given on the command line.
    pub path: String,
    /// Columns in file order; all have [`Table::rows`] records.
    pub columns: Vec<RawColumn>,
    /// How many rows were read (quarantined rows are not among them).
    pub rows: u32,
    /// The line in the file at which each row starts (1-based; row number for Parquet).
    pub lines: Vec<u32>,
}

/// A column of a source with its heading.
#[derive(Clone, Debug)]
pub struct RawColumn {
    /// The heading as it stands in the file.
    pub name: String,
    /// One cell per row.
    pub cells: Column,
}

impl Table {
    /// Bytes held in memory, for estimates.
    pub fn heap_bytes(&self) -> usize {
        self.columns.iter().map(|column| column.cells.heap_bytes()).sum::<usize>()
            + self.lines.capacity() * size_of::<u32>()
    }

    /// Puts the columns where they belong.
    pub fn keep_in(&mut self, room: &Room) {
        self.columns.iter_mut().for_each(|column| column.cells.keep_in(room));
    }

    /// The position of a column by its heading.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// A cell's text; empty when the cell is empty.
    #[inline]
    pub fn cell(&self, column: usize, row: u32) -> &str {
        self.columns[column].cells.get(row)
    }
}
