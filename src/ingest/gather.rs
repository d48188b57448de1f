//! Tables whose columns show only as rows come in: cards and objects bring their own names.

use crate::table::{Column, ColumnBuilder};
use std::collections::HashMap;

/// Files rows of named cells into columns, in the order in which the names are first met.
#[derive(Default)]
pub struct Gatherer {
    headings: Vec<String>,
    position: HashMap<String, usize>,
    columns: Vec<ColumnBuilder>,
    lines: Vec<u32>,
}

/// What was gathered.
#[derive(Debug)]
pub struct Gathered {
    /// Names in the order in which they were met.
    pub headings: Vec<String>,
    /// One column per name; a row without the name has an empty cell.
    pub columns: Vec<Column>,
    /// Where each row starts in the file, 1-based: a line, a row of a sheet, or the number of an object.
    pub lines: Vec<u32>,
}

impl Gatherer {
    /// The position of a name's column, which is made when it is new.
    pub fn column(&mut self, name: &str) -> usize {
        if let Some(&at) = self.position.get(name) {
            return at;
        }
        let at = self.columns.len();
        let mut column = ColumnBuilder::new();
        (0..self.lines.len()).for_each(|_| column.push(""));
        self.columns.push(column);
        self.headings.push(name.to_string());
        self.position.insert(name.to_string(), at);
        at
    }

    /// Adds a row. The first of several values for one column is kept.
    pub fn row<N: AsRef<str>, V: AsRef<str>>(&mut self, line: u32, cells: impl IntoIterator<Item = (N, V)>) {
        // Mostly a row's cells come in the order of the row before.
        let mut next = 0;
        for (name, value) in cells {
            let at = match self.headings.get(next) {
                Some(expected) if expected == name.as_ref() => next,
                _ => self.column(name.as_ref()),
            };
            next = at + 1;
            // Longer than the rows before: filled already.
            if self.columns[at].len() == self.lines.len() {
                self.columns[at].push(value.as_ref());
            }
        }
        self.lines.push(line);
        for column in &mut self.columns {
            if column.len() < self.lines.len() {
                column.push("");
            }
        }
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.columns.len()
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// The finished table.
    pub fn finish(self) -> Gathered {
        Gathered {
            headings: self.headings,
            columns: self.columns.into_iter().map(ColumnBuilder::finish).collect(),
            lines: self.lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_as_they_are_met_and_missing_cells_are_empty() {
        let mut gatherer = Gatherer::default();
        gatherer.row(1, [("name", "Jan"), ("city", "Gent")]);
        gatherer.row(5, [("phone", "09"), ("name", "Els"), ("name", "Elsje")]);
        let table = gatherer.finish();
        assert_eq!(table.headings, ["name", "city", "phone"]);
        assert_eq!(table.lines, [1, 5]);
        let cells: Vec<Vec<&str>> = table.columns.iter().map(|c| vec![c.get(0), c.get(1)]).collect();
        assert_eq!(cells, [["Jan", "Els"], ["Gent", ""], ["", "09"]]);
    }
}
