//! Building columns in parallel: chunks of rows make columns of their own, which are joined in order of rows.

use crate::table::{Column, ColumnBuilder, ListColumn, ListColumnBuilder, MISSING};
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// A two-letter country code, zeros when unknown: small enough to keep for every row.
pub type Iso = [u8; 2];

/// The code as text; empty when unknown.
pub fn iso_text(iso: &Iso) -> &str {
    if iso[0] == 0 { "" } else { std::str::from_utf8(iso).unwrap_or("") }
}

/// Text as a code; unknown when it has not two letters.
pub fn iso_of(text: &str) -> Iso {
    text.as_bytes().try_into().unwrap_or_default()
}

/// A column being built from the values of one chunk, with what was made of each raw value remembered.
#[derive(Default)]
pub struct Out {
    builder: ColumnBuilder,
    made: HashMap<(u32, Iso), u32, FixedState>,
}

impl Out {
    /// Adds a record's value.
    pub fn push(&mut self, value: &str) {
        self.builder.push(value);
    }

    /// Adds a record's value made from a raw value, which is made once for each code and country.
    pub fn push_made(&mut self, code: u32, iso: Iso, make: impl FnOnce() -> String) {
        let made = match self.made.get(&(code, iso)) {
            _ if code == MISSING => MISSING,
            Some(&made) => made,
            None => {
                let made = self.builder.intern(&make());
                self.made.insert((code, iso), made);
                made
            }
        };
        self.builder.push_code(made);
    }

    /// The finished column of this chunk.
    pub fn finish(self) -> Column {
        self.builder.finish()
    }
}

/// Joins the columns of chunks; `rows` are the chunks' record counts.
pub fn join_columns(chunks: &[Column], rows: &[u32]) -> Column {
    let mut builder = ColumnBuilder::new();
    for (chunk, &rows) in chunks.iter().zip(rows) {
        builder.append(chunk, rows);
    }
    builder.finish()
}

/// Joins the list columns of chunks; `rows` are the chunks' record counts.
pub fn join_lists(chunks: &[ListColumn], rows: &[u32]) -> ListColumn {
    let mut builder = ListColumnBuilder::new();
    for (chunk, &rows) in chunks.iter().zip(rows) {
        let mut codes = Vec::with_capacity(chunk.distinct());
        builder.intern_all(chunk.entries().values().iter(), |code| codes.push(code));
        for record in 0..rows {
            for &code in chunk.codes(record) {
                builder.add_code(codes[code as usize]);
            }
            builder.end_record();
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_chunks_are_the_whole_column() {
        let whole = ["a", "", "b", "a", "c", "b"];
        let chunks = [
            Column::from_values(whole[..2].iter().copied()),
            Column::from_values(whole[2..].iter().copied()),
        ];
        assert_eq!(join_columns(&chunks, &[2, 4]), Column::from_values(whole));
        let empty = [Column::from_values(["", ""]), Column::from_values(["x"])];
        assert_eq!(join_columns(&empty, &[2, 1]), Column::from_values(["", "", "x"]));
    }

    #[test]
    fn a_raw_value_is_made_once_for_each_country() {
        let mut out = Out::default();
        let mut calls = 0;
        for iso in ["NL", "NL", "BE"] {
            out.push_made(7, iso_of(iso), || {
                calls += 1;
                iso.to_string()
            });
        }
        out.push_made(MISSING, iso_of("NL"), || "never".into());
        assert_eq!(calls, 2);
        let column = out.finish();
        assert_eq!((0..4).map(|at| column.get(at)).collect::<Vec<_>>(), ["NL", "NL", "BE", ""]);
    }
}
