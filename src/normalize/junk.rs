//! Values that say nothing: `n/a`, `test`, `xxx`, `000000`, `.`.

use super::table;
use super::text::fold;
use std::sync::OnceLock;

/// Fillers are short; a text with more letters and digits is never one.
const LONGEST_FILLER: usize = 24;

/// Whether a cell holds a filler instead of a value, whatever its field.
pub fn is_junk(raw: &str) -> bool {
    if !raw.is_ascii() {
        let folded = fold(raw);
        return if folded.is_empty() { !raw.chars().any(char::is_alphanumeric) } else { is_junk(&folded) };
    }
    // Folded on the stack: every cell of every row comes by here.
    let mut buffer = [0u8; LONGEST_FILLER];
    let (mut length, mut gap, mut same, mut letters) = (0, false, true, 0);
    for byte in raw.bytes() {
        if !byte.is_ascii_alphanumeric() {
            gap = true;
            continue;
        }
        if length + 2 > LONGEST_FILLER {
            return false;
        }
        if gap && length > 0 {
            buffer[length] = b' ';
            length += 1;
        }
        gap = false;
        buffer[length] = byte.to_ascii_lowercase();
        same &= buffer[length] == buffer[0];
        length += 1;
        letters += 1;
    }
    if length == 0 || (same && (buffer[0] == b'0' || (letters >= 2 && buffer[0] == b'x'))) {
        return true;
    }
    let words = words();
    words.may_begin[usize::from(buffer[0])]
        && std::str::from_utf8(&buffer[..length]).is_ok_and(|folded| words.all.contains(folded))
}

struct Fillers {
    all: table::Words,
    /// By first byte: whether any filler begins with it. Spares most cells the lookup.
    may_begin: [bool; 256],
}

fn words() -> &'static Fillers {
    static WORDS: OnceLock<Fillers> = OnceLock::new();
    WORDS.get_or_init(|| {
        let all: table::Words = table::rows(include_str!("tables/junk.csv")).map(|[word]| word).collect();
        let mut may_begin = [false; 256];
        all.iter().for_each(|word| may_begin[usize::from(word.as_bytes()[0])] = true);
        Fillers { all, may_begin }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_are_junk_and_values_are_not() {
        for filler in
            ["n/a", "N.v.t.", "test", "xxx", "X", "000000", ".", "-", "0", "0000-00-00", "unknown", "", "  "]
        {
            assert_eq!(is_junk(filler), filler != "X", "{filler}");
        }
        for value in ["Testa", "Jan", "Na", "12", "007", "Nil Ahmed", "Ł"] {
            assert!(!is_junk(value), "{value}");
        }
    }
}
