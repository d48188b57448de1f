//! Whether two values are spellings of one: typos, abbreviations, parts left out.

use crate::map::{Field, FieldId, Kind};
use rapidfuzz::distance::osa;

/// How values of a field vary when they mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// Names of persons and organisations: typos, initials, words left out.
    Names,
    /// Places, streets, titles: typos, abbreviated words.
    Words,
    /// Mail addresses.
    Email,
    /// Telephone numbers.
    Phone,
    /// Days.
    Day,
    /// Postcodes and identifiers: one slip, or a part left out.
    Code,
    /// House numbers and units.
    Number,
    /// Nothing but the same value is alike.
    Exact,
}

/// How values of a field vary.
pub(super) fn likeness(field: &FieldId) -> Likeness {
    match (&field.field, field.kind()) {
        (Field::HouseNumber | Field::Unit | Field::PoBox, _) => Likeness::Number,
        (_, Kind::PersonName | Kind::Company) => Likeness::Names,
        (_, Kind::Address | Kind::City | Kind::Region) | (Field::JobTitle, _) => Likeness::Words,
        (_, Kind::Email) => Likeness::Email,
        (_, Kind::Phone) => Likeness::Phone,
        (_, Kind::Date) => Likeness::Day,
        (_, Kind::Postcode | Kind::Identifier) => Likeness::Code,
        (Field::Other(..), Kind::Text) => Likeness::Words,
        _ => Likeness::Exact,
    }
}

/// One edit is allowed per so many letters of a text (four: `jansen`/`janssen`, but not `kok`/`vos`).
const LETTERS_PER_EDIT: usize = 4;
/// Mail addresses are longer and differ by one letter between members of a family.
const ADDRESS_LETTERS_PER_EDIT: usize = 10;
/// A shared end of at least so many digits makes two telephone numbers one (a country or area code is missing).
const PHONE_TAIL: usize = 8;

/// Whether two normal forms, which differ, support each other: they may be one value with a slip in it. An address with
/// another number is another address, and of several mail addresses or numbers in a cell one is not all.
pub(super) fn are_kin(likeness: Likeness, a: &str, b: &str) -> bool {
    let same_count = || values_in(a).count() == values_in(b).count();
    match likeness {
        Likeness::Words => are_near(likeness, a, b) && numbers(a) == numbers(b),
        Likeness::Email | Likeness::Phone => same_count() && are_near(likeness, a, b),
        _ => are_near(likeness, a, b),
    }
}

/// Whether of two forms that support each other the one says what the other does. `1` and `1 b`, `12` and `21` do not:
/// a slip is likely, but it may as well be another house.
pub(super) fn says_the_same(likeness: Likeness, a: &str, b: &str) -> bool {
    likeness != Likeness::Number || same_letters(a, b)
}

/// Between the values of a cell that holds several mail addresses or telephone numbers.
const BETWEEN: char = ';';

/// The values in the normal form of a cell that may hold several.
pub(super) fn values_in(normal: &str) -> impl Iterator<Item = &str> {
    normal.split(BETWEEN).filter(|value| !value.is_empty())
}

/// Whether a form says all that another does, and more: `1 b` beside `1`, `a@x.nl;b@x.nl` beside `a@x.nl`.
pub(super) fn includes(likeness: Likeness, more: &str, less: &str) -> bool {
    if less.is_empty() || less.len() >= more.len() {
        return false;
    }
    match likeness {
        Likeness::Number | Likeness::Words => abbreviates(less, more),
        Likeness::Email | Likeness::Phone => {
            values_in(less).all(|value| values_in(more).any(|other| other == value))
        }
        _ => false,
    }
}

/// The words of an address that tell houses apart: those with digits, and the additions behind them.
fn numbers(text: &str) -> Vec<&str> {
    let has_digit = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    let mut behind = false;
    text.split(' ')
        .filter(|word| {
            let addition = behind && (word.len() == 1 || matches!(*word, "bis" | "ter" | "quater"));
            behind = has_digit(word) || addition;
            behind
        })
        .collect()
}

/// Whether two normal forms, which differ, may be one value with a slip in it, or a part left out.
pub(super) fn are_near(likeness: Likeness, a: &str, b: &str) -> bool {
    if a.is_empty() || b.is_empty() {
        return false;
    }
    match likeness {
        Likeness::Names => {
            edits_per(a, b, LETTERS_PER_EDIT) || same_letters(a, b) || shortens(a, b) || shortens(b, a)
        }
        Likeness::Words => {
            edits_per(a, b, LETTERS_PER_EDIT) || same_letters(a, b) || abbreviates(a, b) || abbreviates(b, a)
        }
        Likeness::Email => edits(a, b, a.len().max(b.len()) / ADDRESS_LETTERS_PER_EDIT),
        Likeness::Phone => edits(a, b, 1) || shared_tail(a, b),
        Likeness::Day => edits(a, b, 1) || turned_day(a, b),
        Likeness::Code => {
            edits(a, b, 1) || a.starts_with(b) || b.starts_with(a) || a.ends_with(b) || b.ends_with(a)
        }
        Likeness::Number => edits(a, b, 1) || adds_letters(a, b) || adds_letters(b, a),
        Likeness::Exact => false,
    }
}

/// Whether `short` is `long` with words cut to initials (`j p` for `jan pieter`), and is shorter.
pub(super) fn abbreviates(short: &str, long: &str) -> bool {
    if short.len() >= long.len() {
        return false;
    }
    let (mut a, mut b) = (short.split(' '), long.split(' '));
    loop {
        match (a.next(), b.next()) {
            (None, _) => return true,
            (Some(a), Some(b)) if a == b || (is_initial(a) && b.starts_with(a)) => {}
            _ => return false,
        }
    }
}

/// One letter, not a digit: `1` does not stand for `12`.
fn is_initial(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
}

/// Whether `short` is `long` with words cut to initials or left out.
fn shortens(short: &str, long: &str) -> bool {
    abbreviates(short, long)
        || (short.len() < long.len()
            && short.split(' ').all(|word| long.split(' ').any(|other| other == word)))
}

fn same_letters(a: &str, b: &str) -> bool {
    a.bytes().filter(|&byte| byte != b' ').eq(b.bytes().filter(|&byte| byte != b' '))
}

fn edits_per(a: &str, b: &str, letters: usize) -> bool {
    let longest = a.chars().count().max(b.chars().count());
    longest > 2 && edits(a, b, (longest / letters).max(1))
}

fn edits(a: &str, b: &str, at_most: usize) -> bool {
    let args = osa::Args::default().score_cutoff(at_most);
    if a.is_ascii() && b.is_ascii() {
        osa::distance_with_args(a.bytes(), b.bytes(), &args).is_some()
    } else {
        osa::distance_with_args(a.chars(), b.chars(), &args).is_some()
    }
}

/// `12` and `12 bis`: the same digits, and an addition.
fn adds_letters(short: &str, long: &str) -> bool {
    long.strip_prefix(short).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Edits between two texts.
pub(super) fn distance(a: &str, b: &str) -> i64 {
    if a.is_ascii() && b.is_ascii() {
        osa::distance(a.bytes(), b.bytes()) as i64
    } else {
        osa::distance(a.chars(), b.chars()) as i64
    }
}

fn shared_tail(a: &str, b: &str) -> bool {
    let digits =
        |text: &str| text.bytes().rev().filter(u8::is_ascii_digit).take(PHONE_TAIL).collect::<Vec<u8>>();
    let (a, b) = (digits(a), digits(b));
    a.len() == PHONE_TAIL && a == b
}

/// `1980-03-05` and `1980-05-03`.
fn turned_day(a: &str, b: &str) -> bool {
    let parts = |text: &str| {
        text.split_once('-').and_then(|(year, rest)| {
            Some((year.to_string(), rest.split_once('-')?.0.to_string(), rest.split_once('-')?.1.to_string()))
        })
    };
    match (parts(a), parts(b)) {
        (Some(a), Some(b)) => a.0 == b.0 && a.1 == b.2 && a.2 == b.1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_value_are_kin() {
        for (likeness, a, b) in [
            (Likeness::Names, "mitchell", "mitchlel"),
            (Likeness::Names, "j p", "jan pieter"),
            (Likeness::Names, "delon transport", "delon"),
            (Likeness::Words, "harpur street", "harpur s treet"),
            (Likeness::Words, "n sydney", "north sydney"),
            (Likeness::Phone, "+31612345678", "0612345678"),
            (Likeness::Phone, "+31612345678", "+31612345687"),
            (Likeness::Day, "1980-03-05", "1980-05-03"),
            (Likeness::Day, "1980-03-05", "1981-03-05"),
            (Likeness::Code, "12345", "123456789"),
            (Likeness::Code, "BE0136295787", "0136295787"),
            (Likeness::Number, "12", "12a"),
            (Likeness::Words, "kerkstraat 12 b", "kerkstrat 12 b"),
            (Likeness::Email, "jan@voorbeeld.nl", "jan@vorbeeld.nl"),
        ] {
            assert!(are_kin(likeness, a, b) && are_kin(likeness, b, a), "{a} {b}");
        }
    }

    #[test]
    fn different_values_are_not() {
        for (likeness, a, b) in [
            (Likeness::Names, "kok", "vos"),
            (Likeness::Names, "jo", "al"),
            (Likeness::Words, "park lane", "elm road"),
            (Likeness::Phone, "+31612345678", "+31698765432"),
            (Likeness::Day, "1980-03-05", "1981-04-05"),
            (Likeness::Email, "a@x.nl", "b@x.nl"),
            (Likeness::Exact, "NL", "NI"),
            (Likeness::Names, "", "jan"),
            (Likeness::Words, "kerkstraat 1", "kerkstraat 1 b"),
            (Likeness::Words, "kerkstraat 12", "kerkstraat 13"),
            (Likeness::Phone, "+31612345678", "+31201234567;+31612345678"),
            (Likeness::Email, "jan.de.groot@voorbeeld.nl", "jan.de.groot@voorbeeld.nl;j@x"),
        ] {
            assert!(!are_kin(likeness, a, b) && !are_kin(likeness, b, a), "{a} {b}");
        }
    }

    #[test]
    fn more_is_told_from_less() {
        for (likeness, more, less) in [
            (Likeness::Number, "1 b", "1"),
            (Likeness::Words, "kerkstraat 1 b", "kerkstraat 1"),
            (Likeness::Phone, "+31201234567;+31612345678", "+31612345678"),
            (Likeness::Email, "a@x.nl;b@x.nl", "a@x.nl"),
        ] {
            assert!(includes(likeness, more, less) && !includes(likeness, less, more), "{more}");
        }
        for (likeness, one, other) in [
            (Likeness::Number, "1 b", "1 a"),
            (Likeness::Number, "12", "1"),
            (Likeness::Words, "kerkstraat 12", "kerkstraat 1"),
            (Likeness::Email, "a@x.nl;b@x.nl", "c@x.nl"),
            (Likeness::Names, "jan piet", "jan"),
        ] {
            assert!(!includes(likeness, one, other) && !includes(likeness, other, one), "{one}");
        }
    }

    #[test]
    fn a_likely_slip_in_a_house_number_is_another_house_all_the_same() {
        for (a, b) in [("1", "1 b"), ("1 a", "1 b"), ("12", "21"), ("12", "13")] {
            assert!(!says_the_same(Likeness::Number, a, b), "{a} {b}");
        }
        assert!(says_the_same(Likeness::Number, "1 b", "1b") && says_the_same(Likeness::Words, "a", "b"));
        assert!(are_near(Likeness::Words, "kerkstraat 12", "kerkstraat 13"));
    }
}
