//! Text of unknown meaning, and categories.

use super::Memo;
use super::frequency::Bins;
use super::strings::{jaro_winkler, shared_words};
use crate::table::{Column, MISSING};

const DIFFERENT: u8 = 1;
const SOME_WORDS: u8 = 2;
const SIMILAR: u8 = 3;
const EXACT: u8 = 4;

/// Similarity from which two texts count as alike.
const ALIKE: f64 = 0.9;

/// Longest text that is looked at letter by letter; beyond it words decide.
const LETTERS: usize = 64;

/// The first memo space of text columns; each comparison has its own.
const FIRST_SPACE: u8 = 16;

/// Level of two texts; `comparison` is the position of the comparison, so that columns do not mix in the memo.
pub fn level(column: &Column, bins: &Bins, comparison: usize, left: u32, right: u32, memo: &mut Memo) -> u8 {
    if left == MISSING || right == MISSING {
        return 0;
    }
    if left == right {
        return EXACT + bins.of(left);
    }
    memo.level(FIRST_SPACE + comparison as u8, left, right, || words(column.value(left), column.value(right)))
}

/// Level of two categories, by code: different or the same.
pub fn category(left: u32, right: u32) -> u8 {
    match (left, right) {
        (MISSING, _) | (_, MISSING) => 0,
        _ if left == right => 2,
        _ => 1,
    }
}

pub(super) fn words(a: &str, b: &str) -> u8 {
    if a.len() <= LETTERS && b.len() <= LETTERS && jaro_winkler(a, b) >= ALIKE {
        return SIMILAR;
    }
    let (shared, left, right) = shared_words(a, b);
    match (shared, left.min(right), left.max(right)) {
        (0, _, _) => DIFFERENT,
        (shared, _, most) if shared == most => SIMILAR,
        (shared, fewest, _) if shared == fewest && fewest > 1 => SIMILAR,
        _ => SOME_WORDS,
    }
}
