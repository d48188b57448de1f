//! Names of organisations.

use super::Memo;
use super::frequency::Bins;
use super::strings::{jaro_winkler, shared_words};
use crate::table::{Column, MISSING};
use std::collections::HashSet;
use std::sync::OnceLock;

const DIFFERENT: u8 = 1;
const SOME_WORDS: u8 = 2;
const SIMILAR: u8 = 3;
const EXACT: u8 = 4;

/// Similarity from which two names count as alike; above that of persons, since firms share words by trade.
const ALIKE: f64 = 0.92;

/// Memo space of this file.
const SPACE: u8 = 2;

/// Level of two organisations' core names (legal forms are compared apart).
pub fn level(column: &Column, bins: &Bins, left: u32, right: u32, memo: &mut Memo) -> u8 {
    if left == MISSING || right == MISSING {
        return 0;
    }
    if left == right {
        return EXACT + bins.of(left);
    }
    memo.level(SPACE, left, right, || names(column.value(left), column.value(right)))
}

fn names(a: &str, b: &str) -> u8 {
    if same_letters(a, b) || is_acronym(a, b) || is_acronym(b, a) {
        return SIMILAR;
    }
    if are_sisters(a, b) {
        return SOME_WORDS;
    }
    if jaro_winkler(a, b) >= ALIKE {
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

/// The words of `tables/group_words.csv`.
fn group_words() -> &'static HashSet<&'static str> {
    static WORDS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let lines = include_str!("tables/group_words.csv").lines();
        let rows = lines.filter(|line| !line.starts_with('#')).skip(1);
        rows.filter_map(|row| row.split(',').next()).collect()
    })
}

/// Whether two names differ by words that tell members of a group of companies apart: a holding from its firm.
fn are_sisters(a: &str, b: &str) -> bool {
    let lacks = |word: &str, name: &str| !name.split(' ').any(|other| other == word);
    let (mut left, mut right) =
        (a.split(' ').filter(|word| lacks(word, b)), b.split(' ').filter(|word| lacks(word, a)));
    // `None` on both sides would be the same words in another order, which are alike.
    let differ = a.split(' ').any(|word| lacks(word, b)) || b.split(' ').any(|word| lacks(word, a));
    differ && left.all(|word| group_words().contains(word)) && right.all(|word| group_words().contains(word))
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
        assert_eq!(names("delon transport", "delon transport holding"), SOME_WORDS);
        assert_eq!(names("delon holding", "delon services"), SOME_WORDS);
        assert_eq!(names("delon transport", "bakkerij janssen"), DIFFERENT);
    }
}
