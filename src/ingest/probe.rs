//! What a file is by its beginning, to choose among the files of a folder.

use super::bytes::Bytes;
use super::{IngestError, archive, encoding, parquet, records, sniff, workbook};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Bytes looked at: enough for every mark by which a format is known.
const HEAD_BYTES: u64 = 64 * 1024;

/// Endings of files that may as well be prose, so that columns must be seen in them.
const PROSE_ENDINGS: [&str; 3] = ["txt", "asc", "dat"];
/// Rows looked at to see columns.
const ROWS: usize = 50;
/// Share of them (percent) that must be as wide as the first.
const EVEN_PERCENT: usize = 80;

/// Why a file is no table, as far as its beginning (unpacked, when it is compressed) shows; nothing when it may be one.
///
/// Errors: it cannot be read.
pub fn refusal(path: &Path) -> io::Result<Option<&'static str>> {
    let bytes = Bytes::new(path)?;
    let mut head = Vec::new();
    match bytes.stream()?.take(HEAD_BYTES).read_to_end(&mut head) {
        // What is cut off or damaged behind its beginning is told when it is read.
        Err(error) if error.kind() == ErrorKind::InvalidData && !head.is_empty() => {}
        read => {
            read?;
        }
    }
    if head.trim_ascii().is_empty() {
        return Ok(Some("empty"));
    }
    // Workbooks of the old kind; which sheets they hold is told when they are read.
    if head.starts_with(workbook::COMPOUND) || head.starts_with(parquet::MAGIC) {
        return Ok(None);
    }
    if head.starts_with(archive::MAGIC) {
        return Ok(match archive::kind(&bytes.all()?, &path.display().to_string()) {
            Err(IngestError::OtherFormat { what, .. }) => Some(what),
            // Damaged, or too large: told when it is read.
            _ => None,
        });
    }
    // Text in UTF-16 holds a NUL in every character.
    let is_wide = head.starts_with(b"\xFF\xFE")
        || head.starts_with(b"\xFE\xFF")
        || encoding::utf16_without_mark(&head).is_some();
    let may_be_prose = path
        .extension()
        .is_some_and(|ending| PROSE_ENDINGS.iter().any(|prose| ending.eq_ignore_ascii_case(prose)));
    if may_be_prose && !is_wide && records::format(&head).is_none() && !has_columns(&head) {
        return Ok(Some("prose"));
    }
    let text = || if is_wide { None } else { sniff::foreign_text(&head) };
    Ok(sniff::foreign(&head).or_else(text).map(|found| found.what))
}

/// Whether most rows have as many cells as the first, and more than one.
fn has_columns(head: &[u8]) -> bool {
    let rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(sniff::delimiter(head))
        .from_reader(head)
        .into_byte_records()
        .take(ROWS)
        .map_while(Result::ok)
        .map(|row| row.len())
        .collect::<Vec<_>>();
    let even = rows.iter().filter(|&width| Some(width) == rows.first()).count();
    rows.first().is_some_and(|&first| first > 1) && even * 100 >= rows.len() * EVEN_PERCENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_known_by_its_beginning() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let named = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).expect("writes to a temporary folder");
            refusal(&path).expect("reads")
        };
        let refused = |bytes: &[u8]| named("file.csv", bytes);
        assert_eq!(
            named("a.txt", b"Copyright (c) 2026, the authors\nAll rights reserved.\nNo warranty.\n"),
            Some("prose")
        );
        assert_eq!(named("a.TXT", b"a;b\n1;2\n"), None);
        assert_eq!(refused(b"email\na@b.example\n"), None);
        assert_eq!(refused(b"a,b\n1,2\n"), None);
        assert_eq!(refused(b"BEGIN:VCARD\nEND:VCARD\n"), None);
        assert_eq!(refused(b"\xFF\xFEa\0,\0b\0\n\0"), None);
        assert_eq!(refused(b"a\0,\0b\0\n\x001\0,\x002\0\n\0"), None);
        assert_eq!(named("b.txt", b"a\0,\0b\0\n\x001\0,\x002\0\n\0"), None);
        assert_eq!(refused(b" \n"), Some("empty"));
        assert_eq!(refused(b"\x89PNG\r\n"), Some("a PNG picture"));
        assert!(refused(b"<!DOCTYPE html>").is_some());
    }
}
