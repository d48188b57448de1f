//! Values that say nothing: `n/a`, `test`, `xxx`, `000000`, `.`.

use super::table;
use super::text::fold;
use std::sync::OnceLock;

/// Whether a cell holds a filler instead of a value, whatever its field.
pub fn is_junk(raw: &str) -> bool {
    // Fillers are short; a longer text is never one.
    const LONGEST_FILLER: usize = 24;
    if raw.len() > LONGEST_FILLER {
        return false;
    }
    if !raw.is_ascii() {
        return !raw.chars().any(char::is_alphanumeric);
    }
    let mut inner = raw.bytes().filter(u8::is_ascii_alphanumeric);
    let Some(first) = inner.next() else { return true };
    let first = first.to_ascii_lowercase();
    let (mut length, mut same) = (1, true);
    for byte in inner {
        length += 1;
        same &= byte.to_ascii_lowercase() == first;
    }
    if same && (first == b'0' || (length >= 2 && first == b'x')) {
        return true;
    }
    words().contains(fold(raw).as_str())
}

fn words() -> &'static table::Words {
    static WORDS: OnceLock<table::Words> = OnceLock::new();
    WORDS.get_or_init(|| table::rows(include_str!("tables/junk.csv")).map(|[word]| word).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_are_junk_and_values_are_not() {
        for filler in ["n/a", "N.v.t.", "test", "xxx", "X", "000000", ".", "-", "0", "0000-00-00", "unknown", "", "  "] {
            assert_eq!(is_junk(filler), filler != "X", "{filler}");
        }
        for value in ["Testa", "Jan", "Na", "12", "007", "Nil Ahmed", "Ł"] {
            assert!(!is_junk(value), "{value}");
        }
    }
}
