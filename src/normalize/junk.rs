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
    let words = words();
    let mut letters = raw.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    let Some(first) = letters.next() else { return true };
    if !matches!(first, b'0' | b'x') && !words.may_begin(first, letters.next()) {
        return false;
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
    let Ok(folded) = std::str::from_utf8(&buffer[..length]) else { return false };
    words.all.contains(folded)
        || (folded.contains(' ') && folded.split(' ').all(|word| words.is_filler(word)))
}

struct Fillers {
    all: table::Words,
    /// By first letter: a bit for each second letter (0 for none) of a filler. Spares most cells the lookup.
    seconds: [u64; 128],
}

impl Fillers {
    /// Whether a single folded word is a filler (`Test Xxx` is two).
    fn is_filler(&self, word: &str) -> bool {
        let same = |letter: u8| word.bytes().all(|byte| byte == letter);
        self.all.contains(word) || same(b'0') || (word.len() >= 2 && same(b'x'))
    }

    fn may_begin(&self, first: u8, second: Option<u8>) -> bool {
        self.seconds[usize::from(first & 127)] & bit(second) != 0
    }
}

/// A filter: letters that share a bit only cost a lookup.
fn bit(second: Option<u8>) -> u64 {
    1 << (second.unwrap_or(0) & 63)
}

fn words() -> &'static Fillers {
    static WORDS: OnceLock<Fillers> = OnceLock::new();
    WORDS.get_or_init(|| {
        let all: table::Words = table::rows(include_str!("tables/junk.csv")).map(|[word]| word).collect();
        let mut seconds = [0u64; 128];
        for word in &all {
            let mut letters = word.bytes().filter(|byte| *byte != b' ');
            if let Some(first) = letters.next() {
                seconds[usize::from(first & 127)] |= bit(letters.next());
            }
        }
        Fillers { all, seconds }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fillers_are_junk_and_values_are_not() {
        for filler in [
            "n/a",
            "N.v.t.",
            "test",
            "xxx",
            "X",
            "000000",
            ".",
            "-",
            "0",
            "0000-00-00",
            "unknown",
            "Test Xxx",
            "[not provided]",
            "",
            "  ",
        ] {
            assert_eq!(is_junk(filler), filler != "X", "{filler}");
        }
        for value in ["Testa", "Jan", "Na", "12", "007", "Nil Ahmed", "Ł"] {
            assert!(!is_junk(value), "{value}");
        }
    }
}
