//! What a file is by its beginning, to choose among the files of a folder.

use super::sniff;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes looked at: enough for every mark by which a format is known.
const HEAD_BYTES: u64 = 64 * 1024;

/// Why a file is no table, as far as its beginning shows; nothing when it may be one. Errors: it cannot be read.
pub fn refusal(path: &Path) -> io::Result<Option<&'static str>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    if head.trim_ascii().is_empty() {
        return Ok(Some("empty"));
    }
    // Text in UTF-16 holds a NUL in every character.
    let is_wide = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    let text = || if is_wide || head.starts_with(b"PAR1") { None } else { sniff::foreign_text(&head) };
    Ok(sniff::foreign(&head).or_else(text).map(|found| found.what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_known_by_its_beginning() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let refused = |bytes: &[u8]| {
            let path = dir.path().join("file");
            std::fs::write(&path, bytes).expect("writes to a temporary folder");
            refusal(&path).expect("reads")
        };
        assert_eq!(refused(b"a,b\n1,2\n"), None);
        assert_eq!(refused(b"BEGIN:VCARD\nEND:VCARD\n"), None);
        assert_eq!(refused(b"\xFF\xFEa\0,\0b\0\n\0"), None);
        assert_eq!(refused(b" \n"), Some("empty"));
        assert_eq!(refused(b"\x89PNG\r\n"), Some("a PNG picture"));
        assert!(refused(b"<!DOCTYPE html>").is_some());
    }
}
