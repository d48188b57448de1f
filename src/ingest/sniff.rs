//! What a file is before it is parsed: other formats by their first bytes, and the column separator.

/// Bytes of text looked at to find the separator.
const SAMPLE_BYTES: usize = 64 * 1024;
/// Records looked at to find the separator.
const SAMPLE_RECORDS: usize = 200;
/// Cells that most rows must have to say what the separator is when the first line has no say.
const MIN_USUAL: usize = 3;
/// Candidates, best first when all else is equal: a comma stands in prose most often, a tab hardly ever.
const CANDIDATES: [u8; 4] = [b'\t', b';', b'|', b','];
/// Separators that are tried when none of these splits the first line: in times, links and prose they stand often.
const RARE: [u8; 5] = [b'^', b'~', b':', b'#', 0x1F];
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
    (b"\x89PNG", "a PNG picture", "name the exported file instead"),
    (b"\xFF\xD8\xFF", "a JPEG picture", "name the exported file instead"),
    (b"GIF8", "a GIF picture", "name the exported file instead"),
    (b"%PDF", "a PDF document", "export the data as CSV instead"),
    (b"BZh", "a bzip2-compressed file", "unpack it first (bunzip2)"),
    (b"\xFD7zXZ", "an xz-compressed file", "unpack it first (unxz)"),
    (b"7z\xBC\xAF", "a 7-Zip archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"SQLite format 3\0", "an SQLite database", "export its table as CSV"),
    (b"\x7FELF", "a program", "name the exported file instead"),
    (b"MZ\x90", "a Windows program", "name the exported file instead"),
    (b"ARROW1", "an Arrow (Feather) file", "write it as Parquet or CSV"),
    (b"Obj\x01", "an Avro file", "write it as Parquet or CSV"),
    (b"PK\x05\x06", "an empty zip archive", "pack the file again, or name it unpacked"),
    (b"{\\rtf", "a rich text document", "save it as CSV"),
];

/// Recognises files that are none of the formats that can be read. `bytes` is the file as it is on disk.
pub fn foreign(bytes: &[u8]) -> Option<Foreign> {
    /// Where a tar archive names itself.
    const TAR: std::ops::Range<usize> = 257..262;
    if bytes.get(TAR) == Some(b"ustar") {
        return Some(Foreign { what: "a tar archive", way_out: "unpack it and name the files" });
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
    best(sample, &CANDIDATES, 0)
        .or_else(|| best(sample, &RARE, ALL_TENTHS).filter(|&found| is_usual(sample, found)))
        .unwrap_or(b',')
}

/// All rows, in tenths.
const ALL_TENTHS: usize = 10;

/// Whether the first line reads like headings between separators: each a word or a few, none of them empty.
fn is_usual(sample: &[u8], separator: u8) -> bool {
    let line = sample.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let is_name = |cell: &[u8]| cell.first().is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b'/');
    line.split(|&byte| byte == separator).all(is_name)
}

/// What else may separate columns in a text of one column: for people.
pub fn other_separator(text: &[u8]) -> Option<&'static str> {
    /// Lines looked at, and the fewest of them that say anything.
    const LINES: usize = 50;
    const FEWEST: usize = 2;
    let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).collect();
    let lines: Vec<&[u8]> = lines.into_iter().filter(|line| !line.is_empty()).take(LINES).collect();
    let all = |holds: &dyn Fn(&[u8]) -> bool| lines.len() >= FEWEST && lines.iter().all(|line| holds(line));
    let words = |line: &[u8]| line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count();
    /// Words of a line that are hardly one value when every line has as many.
    const WORDS: usize = 3;
    let first = lines.first().map_or(0, |line| words(line));
    match () {
        () if all(&|line| line.windows(2).any(|pair| pair == b"  ")) => Some("runs of blanks"),
        () if all(&|line| words(line) == first) && first >= WORDS => Some("as many words each"),
        () if all(&|line| line.iter().any(|byte| b"^~:#|*\\".contains(byte))) => {
            Some("signs such as `:` or `^`")
        }
        () => None,
    }
}

/// The best of some separators that splits at least so many tenths of the rows alike.
fn best(sample: &[u8], candidates: &[u8], at_least: usize) -> Option<u8> {
    let mut best = (0, 0, None);
    for &candidate in candidates {
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
        let Some((&header, rows)) = widths.split_first() else { continue };
        // Evenness in tenths: a few ragged rows must not outweigh the right separator.
        let tenths = |width: usize, rows: &[usize]| match rows.len() {
            0 => 10,
            count => rows.iter().filter(|other| **other == width).count() * 10 / count,
        };
        let by_header = if header > 1 { (tenths(header, rows), header) } else { (0, 0) };
        // Titles may stand above the headings: then the width that most rows have.
        let usual = *widths.iter().max_by_key(|width| (tenths(**width, &widths), **width)).unwrap_or(&1);
        let by_most = if usual >= MIN_USUAL { (tenths(usual, &widths), usual) } else { (0, 0) };
        let found = by_header.max(by_most);
        if found > (best.0, best.1) && found.0 >= at_least {
            best = (found.0, found.1, Some(candidate));
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
        assert_eq!(
            delimiter(b"Contacts, all of them\n2024\na;b;c;d\n1;x, y;3;4\n5;6;7;8\n9;p, q;r;s\n"),
            b';'
        );
    }

    #[test]
    fn rare_separators_are_found_where_they_split_every_row() {
        assert_eq!(delimiter(b"id^name^email\n1^Jan^j@j.nl\n2^Piet^p@p.nl\n"), b'^');
        assert_eq!(delimiter(b"id:name:email\n1:Jan:j@j.nl\n2:Piet:p@p.nl\n"), b':');
        assert_eq!(delimiter(b"url\nhttp://a.nl\nhttp://b.nl\n"), b',');
        assert_eq!(delimiter(b"http://a.nl\nhttp://b.nl\n"), b',');
        assert_eq!(delimiter(b"id,time\n1,10:30\n2,11:45\n"), b',');
    }

    #[test]
    fn a_lone_column_that_holds_signs_is_told() {
        assert!(other_separator(b"id   name\n1    Jan\n").is_some());
        assert!(other_separator(b"id name email\n1 Jan j@j.nl\n").is_some());
        assert!(other_separator(b"name\nJan Berg\nVan den Berg\n").is_none());
        assert!(other_separator(b"email\na@b.example\n").is_none());
    }

    #[test]
    fn ragged_rows_do_not_hide_the_separator() {
        assert_eq!(delimiter(b"a;b;c\n1;2;3\n1;2\n1;2;3\n4;5;6\n7,0;8;9\n"), b';');
    }

    #[test]
    fn other_formats_are_named() {
        assert!(foreign(b"\x89PNG\r\n").is_some());
        assert!(foreign(b"name,city\n").is_none());
        assert!(foreign_text(&[0, 1, 2, 3].repeat(20)).is_some());
        assert!(foreign_text(b"<HTML><table>").is_some());
        assert!(foreign_text(b"name,city\nJan,\0Delft\n").is_none());
    }
}
