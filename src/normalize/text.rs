//! Folding: the comparison form of any text, and repair of text that went through the wrong code page.

use std::borrow::Cow;
use unicode_normalization::char::is_combining_mark;

/// Accents dropped, transliterated to ASCII, lower case, everything but letters and digits to single blanks.
///
/// `Müller-Lüdenscheidt & Co.` → `muller ludenscheidt co`. Text that was read with the wrong code page is repaired first.
pub fn fold(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    fold_into(raw, &mut out);
    out
}

/// As [`fold`], appended to `out` as words of their own.
pub fn fold_into(raw: &str, out: &mut String) {
    let mut gap = !out.is_empty();
    if raw.is_ascii() {
        for byte in raw.bytes() {
            if byte.is_ascii_alphanumeric() {
                if gap && !out.is_empty() {
                    out.push(' ');
                }
                gap = false;
                out.push(byte.to_ascii_lowercase() as char);
            } else {
                gap = true;
            }
        }
        return;
    }
    for c in repair(raw).chars() {
        if c.is_ascii() {
            if !c.is_ascii_alphanumeric() {
                gap = true;
                continue;
            }
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            let plain = any_ascii::any_ascii_char(c);
            for byte in plain.bytes().filter(u8::is_ascii_alphanumeric) {
                if gap && !out.is_empty() {
                    out.push(' ');
                }
                gap = false;
                out.push(byte.to_ascii_lowercase() as char);
            }
        } else if !is_combining_mark(c) && !is_joiner(c) {
            gap = true;
        }
    }
}

/// Marks that stand inside a word without splitting it: soft hyphen, zero-width characters, byte order mark.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Undoes UTF-8 that was read as Windows-1252 or Latin-1 (`MÃ¼ller` → `Müller`), when that is certain: every
/// character has a byte in that code page and the bytes are valid UTF-8. Text damaged twice is repaired twice.
pub fn repair(raw: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(raw);
    // Two rounds: an export that was imported wrongly and exported again.
    for _ in 0..2 {
        match repair_once(&text) {
            Some(better) => text = Cow::Owned(better),
            None => break,
        }
    }
    text
}

fn repair_once(text: &str) -> Option<String> {
    // A damaged character always begins with one that stands for a UTF-8 lead byte.
    if !text.chars().any(|c| ('\u{c2}'..='\u{f4}').contains(&c)) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(code_page_byte).collect();
    String::from_utf8(bytes?).ok()
}

/// The byte of a character in Windows-1252, with Latin-1 for the bytes that code page leaves open.
fn code_page_byte(c: char) -> Option<u8> {
    /// What Windows-1252 puts at 0x80–0x9F; `\0` = nothing.
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’',
        '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match u32::from(c) {
        code @ 0..=0xff => Some(code as u8),
        _ => HIGH.iter().position(|&high| high == c).map(|at| 0x80 + at as u8),
    }
}

/// Letters and digits only, ASCII upper case: the comparison form of identifiers and postcodes.
pub fn compact_upper(raw: &str) -> String {
    if raw.is_ascii() {
        return raw
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|b| b.to_ascii_uppercase() as char)
            .collect();
    }
    let mut folded = fold(raw);
    folded.retain(|c| c != ' ');
    folded.make_ascii_uppercase();
    folded
}

/// The ASCII digits of a text.
pub fn digits(raw: &str) -> String {
    raw.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_accents_case_and_punctuation() {
        assert_eq!(fold("Müller-Lüdenscheidt & Co."), "muller ludenscheidt co");
        assert_eq!(fold("  Łódź/Straße "), "lodz strasse");
        assert_eq!(fold("Ærø Œuvre Đorđević"), "aero oeuvre dordevic");
        assert_eq!(fold("Zoe\u{308}"), "zoe");
        assert_eq!(fold("-- . --"), "");
    }

    #[test]
    fn repairs_only_what_is_certain() {
        assert_eq!(repair("MÃ¼ller"), "Müller");
        assert_eq!(repair("KrakÃ³w"), "Kraków");
        assert_eq!(repair("PawÅ‚owski"), "Pawłowski");
        assert_eq!(repair("Müller"), "Müller");
        assert_eq!(repair("São Ângelo"), "São Ângelo");
        assert_eq!(repair("MÃ¼ller Łódź"), "MÃ¼ller Łódź");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(raw in ".*") {
            let once = fold(&raw);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn folding_never_empties_letters_or_digits(raw in ".*[a-zA-Z0-9].*") {
            prop_assert!(!fold(&raw).is_empty());
        }

        #[test]
        fn a_repaired_text_is_not_repaired_into_something_else(raw in "[a-zA-ZäöüéèÃ¼ ]{0,12}") {
            let once = fold(&raw);
            prop_assert!(once.is_ascii());
        }
    }
}
