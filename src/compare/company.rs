//! Names of organisations.

use super::Memo;
use super::frequency::Bins;
use super::strings::{jaro_winkler, shared_words};
use crate::table::{Column, MISSING};

const DIFFERENT: u8 = 1;
const SOME_WORDS: u8 = 2;
const SIMILAR: u8 = 3;
const EXACT: u8 = 4;

/// Similarity from which two names count as alike; above that of persons, since firms share words by trade.
const ALIKE: f64 = 0.92;

/// Memo space of this file.
const SPACE: u8 = 2;

/// Level of two organisations' core names (legal forms are compared apart).
pub fn level(column: &Column, bins: &Bins, a: u32, b: u32, memo: &mut Memo) -> u8 {
    let (left, right) = (column.code(a), column.code(b));
    if left == MISSING || right == MISSING {
        return 0;
    }
    if left == right {
        return EXACT + bins.of(left);
    }
    memo.level(SPACE, left, right, || names(column.value(left), column.value(right)))
}

fn names(a: &str, b: &str) -> u8 {
    if same_letters(a, b) || is_acronym(a, b) || is_acronym(b, a) || jaro_winkler(a, b) >= ALIKE {
        return SIMILAR;
    }
    let (shared, left, right) = shared_words(a, b);
    let (fewest, most) = (left.min(right), left.max(right));
    match shared {
        0 => DIFFERENT,
        _ if shared == most || (shared == fewest && (fewest > 1 || most == 2)) => SIMILAR,
        _ => SOME_WORDS,
    }
}

fn same_letters(a: &str, b: &str) -> bool {
    a.bytes().filter(|&byte| byte != b' ').eq(b.bytes().filter(|&byte| byte != b' '))
}

/// Whether `short` is made of the first letters of the words of `long`: `ibm`, `international business machines`.
fn is_acronym(short: &str, long: &str) -> bool {
    short.len() >= 3
        && !short.contains(' ')
        && long.contains(' ')
        && long.split(' ').map(|word| word.as_bytes().first().copied().unwrap_or(0)).eq(short.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_firms() {
        assert_eq!(names("zonnehof bakkerij", "bakkerij zonnehof"), SIMILAR);
        assert_eq!(names("ibm", "international business machines"), SIMILAR);
        assert_eq!(names("delon transport", "delon"), SIMILAR);
        assert_eq!(names("delon transport", "janssen transport"), SOME_WORDS);
        assert_eq!(names("delon transport", "bakkerij janssen"), DIFFERENT);
    }
}
