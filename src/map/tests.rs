use super::*;
use crate::config::SourceSettings;
use crate::table::{Column, RawColumn};

/// A table from headings and rows.
pub fn table(source: &str, headings: &[&str], rows: &[&[&str]]) -> Table {
    let columns = headings
        .iter()
        .enumerate()
        .map(|(at, name)| RawColumn {
            name: name.to_string(),
            cells: Column::from_values(rows.iter().map(|row| row[at])),
        })
        .collect();
    let rows = rows.len() as u32;
    Table { source: source.into(), path: format!("{source}.csv"), columns, rows, lines: (2..rows + 2).collect() }
}
