//! Given and family names.

use super::Memo;
use super::frequency::Bins;
use super::strings::{is_typo, jaro_winkler};
use crate::normalize::{Contacts, nickname};
use crate::table::{Column, MISSING};

const DIFFERENT: u8 = 1;
const INITIAL: u8 = 2;
const SOUNDS: u8 = 2;
const SIMILAR: u8 = 3;
const SHORT_FORM: u8 = 4;
const PART: u8 = 4;
const EXACT: u8 = 5;
const SWAPPED: u8 = 10;

/// Similarity from which two names of different spelling count as alike (Winkler's usual cut for names).
const ALIKE: f64 = 0.88;

/// Memo spaces of this file.
const GIVEN_SPACE: u8 = 0;
const FAMILY_SPACE: u8 = 1;

/// Sketches of the distinct names, which rule out most pairs of different names without a look at the text.
#[derive(Default)]
pub struct Sketches {
    /// Per given and family name: which letters occur.
    given: Vec<u32>,
    family: Vec<u32>,
    /// Per set of name words: a bit for each word of four letters or more.
    words: Vec<u64>,
}

/// One slip changes at most two of the letters that occur, and a typo is at most two slips.
const TYPO_LETTERS: u32 = 4;

impl Sketches {
    /// Sketches all names.
    pub fn new(contacts: &Contacts) -> Self {
        let letters = |name: &str| {
            name.bytes().filter(u8::is_ascii_alphanumeric).fold(0, |set, c| set | 1u32 << (c & 31))
        };
        let words = |words: &str| long_words(words).fold(0, |set, word| set | 1u64 << (word_hash(word) & 63));
        Self {
            given: contacts.given.values().iter().map(letters).collect(),
            family: contacts.family.values().iter().map(letters).collect(),
            words: contacts.name_words.values().iter().map(words).collect(),
        }
    }

    /// Whether a given and a family name may be the same, give or take a typo.
    fn may_cross(&self, given: u32, family: u32) -> bool {
        let (given, family) = (self.given[given as usize], self.family[family as usize]);
        given != 0 && family != 0 && (given ^ family).count_ones() <= TYPO_LETTERS
    }
}

fn long_words(words: &str) -> impl Iterator<Item = &str> {
    words.split(' ').filter(|word| word.len() >= 4)
}

fn word_hash(word: &str) -> u32 {
    word.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte))) >> 3
}

/// Levels of given and family name, taken together because the two may stand in each other's column.
///
/// `left` and `right` are the two records' codes: given name, family name, all name words.
pub fn levels(
    contacts: &Contacts,
    sketches: &Sketches,
    (given_bins, family_bins): (&Bins, &Bins),
    left: &[u32],
    right: &[u32],
    memo: &mut Memo,
) -> (u8, u8) {
    let given_level = given(&contacts.given, given_bins, left[0], right[0], memo);
    let mut family_level = family(&contacts.family, family_bins, left[1], right[1], memo);
    if given_level <= DIFFERENT && family_level <= DIFFERENT {
        if swapped(contacts, sketches, left, right) {
            return (SWAPPED, SWAPPED);
        }
        if shares_long_word(contacts, sketches, left[2], right[2]) {
            family_level = PART;
        }
    }
    (given_level, family_level)
}

/// Level of two given names, by code.
pub fn given(column: &Column, bins: &Bins, left: u32, right: u32, memo: &mut Memo) -> u8 {
    if left == MISSING || right == MISSING {
        return 0;
    }
    if left == right {
        // An initial that agrees is no name that agrees.
        return if column.value(left).len() == 1 { INITIAL } else { EXACT + bins.of(left) };
    }
    memo.level(GIVEN_SPACE, left, right, || given_words(column.value(left), column.value(right)))
}

/// Level of two family names, by code.
pub fn family(column: &Column, bins: &Bins, left: u32, right: u32, memo: &mut Memo) -> u8 {
    if left == MISSING || right == MISSING {
        return 0;
    }
    if left == right {
        return EXACT + bins.of(left);
    }
    memo.level(FAMILY_SPACE, left, right, || family_words(column.value(left), column.value(right)))
}

fn given_words(a: &str, b: &str) -> u8 {
    let first = |name: &str| name.split(' ').next().unwrap_or("").len();
    let (first_a, first_b) = (&a[..first(a)], &b[..first(b)]);
    if first_a.len() == 1 || first_b.len() == 1 {
        return if first_a.as_bytes()[0] == first_b.as_bytes()[0] { INITIAL } else { DIFFERENT };
    }
    if is_other_gender(first_a, first_b) {
        return DIFFERENT;
    }
    if first_a == first_b {
        // Jan Willem and Jan Peter are brothers; Jan and Jan Willem may be one.
        return if rests_differ(&a[first_a.len()..], &b[first_b.len()..]) { SIMILAR } else { SHORT_FORM };
    }
    if same_letters(a, b) || is_short_form(first_a, first_b) || nickname::related(first_a, first_b) {
        return SHORT_FORM;
    }
    if is_typo(first_a, first_b) || jaro_winkler(first_a, first_b) >= ALIKE {
        return SIMILAR;
    }
    let shares_word = a.split(' ').any(|word| word.len() > 2 && b.split(' ').any(|other| other == word));
    if shares_word { SHORT_FORM } else { DIFFERENT }
}

/// Endings that make a man's name a woman's in several languages: Jan and Jana, Paul and Paula, Daniel and Danielle.
const FEMININE: &[&str] = &["a", "e", "le", "la", "ne", "na", "ie", "ine", "ina", "ette", "ella", "elle"];

/// Whether one name is the other's form for the other gender: a couple or twins sooner than one person.
fn is_other_gender(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let ends = |stem: &str| long.strip_prefix(stem).is_some_and(|end| FEMININE.contains(&end));
    // Andreas and Andrea, Julian and Julia: a consonant falls away.
    let falls = |long: &str, short: &str| {
        short.ends_with('a') && long.strip_prefix(short).is_some_and(|end| matches!(end, "n" | "s"))
    };
    short.len() >= 3 && (ends(short) || falls(long, short))
}

/// Whether two given names go on after the same first word with words that are neither the same nor short for each other.
fn rests_differ(a: &str, b: &str) -> bool {
    let words = |rest: &str| rest.split(' ').find(|word| !word.is_empty()).map(str::to_string);
    match (words(a), words(b)) {
        (Some(a), Some(b)) => !a.starts_with(&b) && !b.starts_with(&a) && !is_typo(&a, &b),
        _ => false,
    }
}

/// A short form leaves out at least this many letters: Alex of Alexander. Emil and Emily, Noa and Noah are two names.
const LEFT_OUT: usize = 3;

/// Whether one name is the beginning of the other: `alex` and `alexander`.
fn is_short_form(a: &str, b: &str) -> bool {
    a.len().min(b.len()) >= 3
        && a.len().abs_diff(b.len()) >= LEFT_OUT
        && (a.starts_with(b) || b.starts_with(a))
}

fn family_words(a: &str, b: &str) -> u8 {
    if same_letters(a, b) {
        return SIMILAR;
    }
    let shares_word = a.split(' ').any(|word| word.len() > 2 && b.split(' ').any(|other| other == word));
    if shares_word {
        return PART;
    }
    if is_typo(a, b) {
        return SIMILAR;
    }
    if jaro_winkler(a, b) >= ALIKE { SOUNDS } else { DIFFERENT }
}

/// Whether two names differ in blanks only.
fn same_letters(a: &str, b: &str) -> bool {
    a.len() != b.len() && a.bytes().filter(|&byte| byte != b' ').eq(b.bytes().filter(|&byte| byte != b' '))
}

/// Whether each record's given name is the other's family name, give or take a typo.
/// Whether a level says that given and family name stand in each other's column.
pub fn are_swapped(level: u8) -> bool {
    level == SWAPPED
}

fn swapped(contacts: &Contacts, sketches: &Sketches, left: &[u32], right: &[u32]) -> bool {
    if !sketches.may_cross(left[0], right[1]) || !sketches.may_cross(right[0], left[1]) {
        return false;
    }
    let crossed = |given: u32, family: u32| {
        let (given, family) = (contacts.given.value(given), contacts.family.value(family));
        given == family || is_typo(given, family)
    };
    crossed(left[0], right[1]) && crossed(right[0], left[1])
}

/// Whether the two records share a name word of four letters or more in any column.
fn shares_long_word(contacts: &Contacts, sketches: &Sketches, left: u32, right: u32) -> bool {
    if sketches.words[left as usize] & sketches.words[right as usize] == 0 {
        return false;
    }
    let (left, right) = (contacts.name_words.value(left), contacts.name_words.value(right));
    long_words(left).any(|word| right.split(' ').any(|other| other == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_names() {
        assert_eq!(given_words("j", "jan"), INITIAL);
        assert_eq!(given_words("p", "jan"), DIFFERENT);
        assert_eq!(given_words("jan pieter", "jan"), SHORT_FORM);
        assert_eq!(given_words("alex", "alexander"), SHORT_FORM);
        assert_eq!(given_words("dominik", "domonik"), SIMILAR);
        assert_eq!(given_words("maria anna", "anna"), SHORT_FORM);
        assert_eq!(given_words("ruben", "rob"), DIFFERENT);
        for (his, hers) in
            [("jan", "jana"), ("daniel", "danielle"), ("andreas", "andrea"), ("julian", "julia")]
        {
            assert_eq!(given_words(his, hers), DIFFERENT, "{his} {hers}");
            assert_eq!(given_words(hers, his), DIFFERENT, "{his} {hers}");
        }
    }

    #[test]
    fn family_names() {
        assert_eq!(family_words("jansen vries", "jansen"), PART);
        assert_eq!(family_words("jansen", "janssen"), SIMILAR);
        assert_eq!(family_words("mac donald", "macdonald"), SIMILAR);
        assert_eq!(family_words("peters", "dekker"), DIFFERENT);
    }
}
