//! What a file is before it is parsed: other formats by their first bytes, and the column separator.

/// Bytes of text looked at to find the separator.
const SAMPLE_BYTES: usize = 64 * 1024;
/// Records looked at to find the separator.
const SAMPLE_RECORDS: usize = 200;
/// Candidates, best first when all else is equal: a comma stands in prose most often, a tab hardly ever.
const CANDIDATES: [u8; 4] = [b'\t', b';', b'|', b','];
/// Share of control characters past which a file is not text (percent).
const CONTROL_PERCENT: usize = 2;
/// Control characters that single damaged cells may hold before a file counts as binary.
const CONTROL_MIN: usize = 16;

/// What a file is by its first bytes, and what to do about it.
pub struct Foreign {
    pub what: &'static str,
    pub way_out: &'static str,
}

/// First bytes, what they mean, and the way out.
const MAGIC: &[(&[u8], &str, &str)] = &[
    (b"\xD0\xCF\x11\xE0", "an old Excel workbook or Office document", "open it and save it as CSV (UTF-8)"),
    (b"\x89PNG", "a PNG picture", "name the exported file instead"),
    (b"\xFF\xD8\xFF", "a JPEG picture", "name the exported file instead"),
    (b"GIF8", "a GIF picture", "name the exported file instead"),
    (b"%PDF", "a PDF document", "export the data as CSV instead"),
    (b"\x1F\x8B", "a gzip-compressed file", "unpack it first (gunzip)"),
    (b"\x28\xB5\x2F\xFD", "a zstd-compressed file", "unpack it first (unzstd)"),
    (b"BZh", "a bzip2-compressed file", "unpack it first (bunzip2)"),
    (b"\xFD7zXZ", "an xz-compressed file", "unpack it first (unxz)"),
    (b"7z\xBC\xAF", "a 7-Zip archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"SQLite format 3\0", "an SQLite database", "export its table as CSV"),
    (b"\x7FELF", "a program", "name the exported file instead"),
    (b"MZ\x90", "a Windows program", "name the exported file instead"),
    (b"ARROW1", "an Arrow (Feather) file", "write it as Parquet or CSV"),
    (b"Obj\x01", "an Avro file", "write it as Parquet or CSV"),
    (b"{\\rtf", "a rich text document", "save it as CSV"),
];

/// Recognises files that are neither delimited text nor Parquet. `bytes` is the file as it is on disk.
pub fn foreign(bytes: &[u8]) -> Option<Foreign> {
    if bytes.starts_with(b"PK\x03\x04") {
        let head = &bytes[..bytes.len().min(SAMPLE_BYTES)];
        let holds = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
        return Some(match () {
            () if holds(b"xl/") || holds(b"[Content_Types].xml") => {
                Foreign { what: "an Excel workbook", way_out: "open it and save the sheet as CSV (UTF-8)" }
            }
            () if holds(b"opendocument.spreadsheet") => Foreign {
                what: "an OpenDocument spreadsheet",
                way_out: "open it and save the sheet as CSV (UTF-8)",
            },
            () => Foreign { what: "a zip archive", way_out: "unpack it first" },
        });
    }
    MAGIC
        .iter()
        .find(|(magic, _, _)| bytes.starts_with(magic))
        .map(|&(_, what, way_out)| Foreign { what, way_out })
}

/// Recognises text that is not a table, and binary data. `text` is decoded.
pub fn foreign_text(text: &[u8]) -> Option<Foreign> {
    let head = &text[..text.len().min(SAMPLE_BYTES)];
    let control = head
        .iter()
        .filter(|&&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1A | 0x1B))
        .count();
    if control >= CONTROL_MIN && control * 100 > head.len() * CONTROL_PERCENT {
        return Some(Foreign { what: "binary data", way_out: "export the data as CSV (UTF-8) or Parquet" });
    }
    let start = head.trim_ascii_start();
    let begins = |prefix: &str| {
        start.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    match () {
        () if begins("<!DOCTYPE") || begins("<html") || begins("<?xml") || begins("<table") => {
            Some(Foreign {
                what: "HTML or XML (some systems give it the ending .xls)",
                way_out: "open it in a spreadsheet and save it as CSV (UTF-8)",
            })
        }
        () => None,
    }
}

/// The separator that splits the first records most evenly; a comma when none does.
///
/// Quotes are respected. A first line `sep=;`, as Excel writes it, is not looked at here.
pub fn delimiter(text: &[u8]) -> u8 {
    let mut sample = &text[..text.len().min(SAMPLE_BYTES)];
    if sample.len() < text.len() {
        // The last record of a cut sample is likely cut as well.
        sample = sample.iter().rposition(|&byte| byte == b'\n').map_or(sample, |end| &sample[..end]);
    }
    let mut best = (0, 0, b',');
    for candidate in CANDIDATES {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(candidate)
            .from_reader(sample);
        let widths: Vec<usize> = reader
            .byte_records()
            .take(SAMPLE_RECORDS)
            .map_while(Result::ok)
            .map(|record| record.len())
            .collect();
        let Some((&header, rows)) = widths.split_first().filter(|(header, _)| **header > 1) else {
            continue;
        };
        let even = rows.iter().filter(|&&width| width == header).count();
        // Evenness in tenths: a few ragged rows must not outweigh the right separator.
        let tenths = if rows.is_empty() { 10 } else { even * 10 / rows.len() };
        if (tenths, header) > (best.0, best.1) {
            best = (tenths, header, candidate);
        }
    }
    best.2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_found_past_quotes_and_prose() {
        assert_eq!(delimiter(b"a,b,c\n1,2,3\n"), b',');
        assert_eq!(delimiter(b"a;b\n\"x;y, z\";2\n1,5;2\n"), b';');
        assert_eq!(delimiter(b"name, first\tcity\nBerg, Jan\tDelft\n"), b'\t');
        assert_eq!(delimiter(b"a|b|c\n1|2|3\n"), b'|');
        assert_eq!(delimiter(b"name\nBerg, Jan\nVos, Piet\n"), b',');
        assert_eq!(delimiter(b""), b',');
    }

    #[test]
    fn ragged_rows_do_not_hide_the_separator() {
        assert_eq!(delimiter(b"a;b;c\n1;2;3\n1;2\n1;2;3\n4;5;6\n7,0;8;9\n"), b';');
    }

    #[test]
    fn other_formats_are_named() {
        assert!(
            foreign(b"PK\x03\x04....[Content_Types].xml").is_some_and(|found| found.what.contains("Excel"))
        );
        assert!(foreign(b"PK\x03\x04....readme.txt").is_some_and(|found| found.what.contains("zip")));
        assert!(foreign(b"\x89PNG\r\n").is_some());
        assert!(foreign(b"name,city\n").is_none());
        assert!(foreign_text(&[0, 1, 2, 3].repeat(20)).is_some());
        assert!(foreign_text(b"<HTML><table>").is_some());
        assert!(foreign_text(b"name,city\nJan,\0Delft\n").is_none());
    }
}
