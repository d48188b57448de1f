//! Rows in another encoding than the rest of their file, as when exports of two systems were put together.

use super::encoding::legacy;
use super::{Finding, frame};
use crate::config::Charset;
use encoding_rs::WINDOWS_1252;

/// Examples kept.
const EXAMPLES: usize = 3;

/// What was found of such rows in one file.
#[derive(Debug, Default)]
pub struct Strays {
    /// How many rows.
    pub rows: u64,
    /// The first of them as they are read, with their lines.
    pub examples: Vec<String>,
}

impl Strays {
    /// Counts a row.
    pub fn add(&mut self, line: u32, text: &str) {
        self.rows += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(frame::example(line, text));
        }
    }

    /// The finding: most of the file is in the encoding `file`, these rows are in `row`.
    pub fn finding(self, file: &str, row: &str, path: &str, source: &str) -> Option<Finding> {
        let rows = match self.rows {
            0 => return None,
            1 => "1 row is".to_string(),
            count => format!("{count} rows are"),
        };
        Some(Finding {
            source: source.to_string(),
            file: path.to_string(),
            rule: "mixed_encoding".to_string(),
            message: format!(
                "{rows} in {row}, while the rest of the file is in {file}; each is read as what it is"
            ),
            count: self.rows,
            examples: self.examples,
        })
    }
}

/// The text of a row that is not UTF-8, where it is certain; `charset` is what all such rows of the file are supposed
/// to be in. A row may hold characters of both.
///
/// Not certain are: symbols and controls among letters; a capital behind a small letter; and what may be a character of
/// UTF-8 that was cut off at the end of its cell.
pub fn decoded(raw: &[u8], charset: Option<Charset>, delimiter: u8) -> Option<String> {
    // A row alone is little to go by.
    let alone = || Some(legacy(raw)).filter(|guess| *guess == WINDOWS_1252).map(Charset::Web);
    let charset = charset.or_else(alone)?;
    if !charset.is_single_byte() {
        return None;
    }
    let mut text = String::with_capacity(raw.len() + 8);
    let mut at = 0;
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        at += chunk.valid().len() + chunk.invalid().len();
        if chunk.invalid().is_empty() {
            continue;
        }
        let ends = raw.get(at).is_none_or(|&next| next == delimiter || matches!(next, b'"' | b'\r' | b'\n'));
        let (letters, unknown) = charset.decode(chunk.invalid());
        let before = text.chars().next_back();
        let is_certain = |(nth, c): (usize, char)| match c {
            '\u{80}'..='\u{9F}' => false,
            '’' | '‘' | '“' | '”' | '„' | '–' | '—' | '…' => true,
            c if c.is_uppercase() => !ends && (nth > 0 || before.is_none_or(|before| !before.is_lowercase())),
            c => c.is_alphabetic(),
        };
        if unknown || !letters.chars().enumerate().all(is_certain) {
            return None;
        }
        text.push_str(&letters);
    }
    Some(text)
}

/// A text of which most is in a legacy encoding, line by line: a line that is UTF-8 is not there by chance.
pub fn decode_lines(bytes: &[u8], charset: Charset) -> (String, bool, Strays) {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let (mut lossy, mut strays) = (false, Strays::default());
    for (nth, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        match std::str::from_utf8(line) {
            Ok(line) if line.is_ascii() => text.push_str(line),
            Ok(line) if super::mojibake::is_plausible(line) => {
                strays.add(u32::try_from(nth + 1).unwrap_or(u32::MAX), line);
                text.push_str(line);
            }
            _ => {
                let (line, unknown) = charset.decode(line);
                lossy |= unknown;
                text.push_str(&line);
            }
        }
    }
    (text, lossy, strays)
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::WINDOWS_1250;

    fn row(raw: &[u8]) -> Option<String> {
        decoded(raw, Some(Charset::Web(WINDOWS_1252)), b';')
    }

    #[test]
    fn rows_of_another_code_page_are_read_where_it_is_certain() {
        assert_eq!(row(b"Fran\xE7ois;Ren\xE9;\"J\xFCrgen\"").as_deref(), Some("François;René;\"Jürgen\""));
        assert_eq!(row(b"JO\xC3O;\xC9mile;L\x92Ami").as_deref(), Some("JOÃO;Émile;L’Ami"));
        // Characters of both in one row.
        assert_eq!(row(b"Zo\xC3\xAB;Ana\xEFs").as_deref(), Some("Zoë;Anaïs"));
        assert_eq!(decoded(b"Fran\xE7ois;Li\xE8ge", None, b';').as_deref(), Some("François;Liège"));
        assert_eq!(
            decoded(b"Dvo\xF8\xE1k", Some(Charset::Web(WINDOWS_1250)), b';').as_deref(),
            Some("Dvořák")
        );
    }

    #[test]
    fn what_is_not_certain_is_left() {
        // Cut in the middle of a character.
        assert_eq!(row(b"Jos\xC3;x"), None);
        assert_eq!(row(b"JOS\xC3"), None);
        assert_eq!(row(b"100 \xE2\x82"), None);
        // Symbols and controls.
        assert_eq!(row(b"a\xA3b"), None);
        assert_eq!(row(b"a\x81b"), None);
        assert_eq!(decoded(b"\x82\xA0", Some(Charset::Web(encoding_rs::SHIFT_JIS)), b';'), None);
    }

    #[test]
    fn lines_of_utf8_in_a_legacy_file_are_seen() {
        let (text, lossy, strays) =
            decode_lines(b"J\xFCrgen\nZo\xC3\xAB\nBj\xF6rn\n", Charset::Web(WINDOWS_1252));
        assert_eq!((text.as_str(), lossy), ("Jürgen\nZoë\nBjörn\n", false));
        assert_eq!((strays.rows, strays.examples), (1, vec!["line 2: Zoë".to_string()]));
    }
}
