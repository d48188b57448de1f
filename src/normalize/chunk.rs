//! Building columns in parallel: chunks of rows make columns of their own, which are joined in order of rows.

use crate::table::{Column, ColumnBuilder};

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

/// Joins the columns of chunks; `rows` are the chunks' record counts.
pub fn join_columns(chunks: &[Column], rows: &[u32]) -> Column {
    let mut builder = ColumnBuilder::new();
    for (chunk, &rows) in chunks.iter().zip(rows) {
        builder.append(chunk, rows);
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
}
