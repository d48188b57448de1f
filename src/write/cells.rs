//! Cells of a CSV table: quoting, and values that a spreadsheet would run.

use std::borrow::Cow;

/// First characters that make a spreadsheet read a cell as a formula or a command, full-width forms included.
const RISKY: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The value with an apostrophe before it when a spreadsheet would run it as a formula; plain telephone numbers
/// and numbers (`+31 6 1234`, `-5`) stay as they are. [`restore`] undoes it exactly.
pub fn neutralise(value: &str) -> Cow<'_, str> {
    if needs_apostrophe(value) { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}

/// The value that [`neutralise`] was given.
pub fn restore(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(value) if needs_apostrophe(value) => value,
        _ => cell,
    }
}

/// Whether a cell must not stand as it is: it is risky, or it is a risky value behind apostrophes of its own,
/// which `restore` could not tell from ours.
fn needs_apostrophe(value: &str) -> bool {
    // Nearly every cell ends here: a letter or digit first.
    if value.as_bytes().first().is_none_or(u8::is_ascii_alphanumeric) {
        return false;
    }
    let bare = value.trim_start_matches('\'');
    bare.starts_with(RISKY) && !is_plain_number(bare)
}

/// A sign, then only digits and what people put between them: no letter, so no function and no cell reference.
fn is_plain_number(value: &str) -> bool {
    let mut parts = value.split(';');
    let first = parts.next().unwrap_or("");
    // Several telephone numbers in one cell.
    is_one_plain_number(first)
        && parts.all(|part| part.is_empty() || is_one_plain_number(part) || is_digits(part))
}

fn is_digits(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_one_plain_number(value: &str) -> bool {
    let Some(rest) = value.strip_prefix(['+', '-']) else { return false };
    rest.bytes().any(|byte| byte.is_ascii_digit())
        && rest.bytes().all(|byte| byte.is_ascii_digit() || b" ()-./,".contains(&byte))
}

/// Appends one cell, quoted when RFC 4180 asks for it.
pub(super) fn push_csv(line: &mut Vec<u8>, value: &str) {
    if needs_apostrophe(value) {
        push_quoted(line, &format!("'{value}"));
    } else {
        push_quoted(line, value);
    }
}

fn push_quoted(line: &mut Vec<u8>, value: &str) {
    // Without an early end, so that the compiler looks at many bytes at once.
    let special =
        value.bytes().fold(false, |found, byte| found | matches!(byte, b',' | b'"' | b'\n' | b'\r'));
    if !special {
        line.extend_from_slice(value.as_bytes());
        return;
    }
    line.push(b'"');
    for part in value.split_inclusive('"') {
        line.extend_from_slice(part.as_bytes());
        if part.ends_with('"') {
            line.push(b'"');
        }
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        for formula in [
            "=1+1",
            "+SUM(A1)",
            "-A1",
            "@cmd",
            "\tx",
            "=cmd|' /C calc'!A0",
            "＝1",
            "+31 ext 5",
            "+31;=A1",
            "-",
            "\n=1",
        ] {
            assert_eq!(neutralise(formula), format!("'{formula}"));
        }
        for plain in [
            "+31 6 12345678",
            "+32 (0)3/271.33-99",
            "+31612345678;+31101234567",
            "-5",
            "-5,25",
            "Jan",
            "",
            "'s-Hertogenbosch",
            "a=b",
        ] {
            assert_eq!(neutralise(plain), plain);
        }
    }

    #[test]
    fn cells_are_quoted_only_when_needed() {
        let cell = |value: &str| {
            let mut line = Vec::new();
            push_csv(&mut line, value);
            String::from_utf8_lossy(&line).into_owned()
        };
        assert_eq!(cell("plain text"), "plain text");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("5\" disk"), "\"5\"\" disk\"");
        assert_eq!(cell("two\nlines"), "\"two\nlines\"");
        assert_eq!(cell("=A1,B1"), "\"'=A1,B1\"");
    }

    proptest! {
        #[test]
        fn restoring_gives_back_any_value(value in "['=+@\\-\t\r\n＝0-9a ()]{0,8}") {
            let cell = neutralise(&value);
            prop_assert_eq!(restore(&cell), value.as_str());
            // Neutralised cells never start with a risky character unless the cell is a plain number.
            prop_assert!(!cell.starts_with(RISKY) || is_plain_number(&cell));
        }

        #[test]
        fn any_cell_reads_back(value in any::<String>()) {
            let mut line = b"x,".to_vec();
            push_csv(&mut line, &value);
            line.push(b'\n');
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&line[..]);
            let row = reader.records().next().expect("one row").expect("well formed");
            prop_assert_eq!(restore(&row[1]), value.as_str());
        }
    }
}
