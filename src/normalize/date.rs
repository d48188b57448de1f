//! Days: many layouts to `YYYY-MM-DD`.

use super::table;
use super::text::fold;
use std::sync::OnceLock;

/// Which number comes first in a date of two small numbers and a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// `31/12/1999`
    #[default]
    DayFirst,
    /// `12/31/1999`
    MonthFirst,
}

/// Counts, over the values of one column, which order their slashes show.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrderVotes {
    day_first: u64,
    month_first: u64,
}

impl OrderVotes {
    /// Takes a value and how many records hold it.
    pub fn see(&mut self, raw: &str, records: u64) {
        if let Some((first, second, _)) = slashed(raw) {
            self.day_first += if first > 12 && second <= 12 { records } else { 0 };
            self.month_first += if second > 12 && first <= 12 { records } else { 0 };
        }
    }

    /// Adds the votes of another part of the column.
    pub fn add(&mut self, other: Self) {
        self.day_first += other.day_first;
        self.month_first += other.month_first;
    }

    /// The majority; `otherwise` when no value decides.
    pub fn order(self, otherwise: Order) -> Order {
        match self.day_first.cmp(&self.month_first) {
            std::cmp::Ordering::Greater => Order::DayFirst,
            std::cmp::Ordering::Less => Order::MonthFirst,
            std::cmp::Ordering::Equal => otherwise,
        }
    }
}

/// The day as `YYYY-MM-DD`, `YYYY-MM` or `YYYY` when only that is known; empty for placeholders and nonsense.
///
/// A day that no calendar has (`1956-04-31`) is kept, so that a typing error can still be seen to be near; months
/// over 12 and days over 31 are not. `order` reads what the value itself leaves open.
pub fn canonical(raw: &str, order: Order) -> String {
    let text = raw.trim();
    let Some((year, month, day)) = parts(text, order) else { return String::new() };
    if !(EARLIEST_YEAR..=LATEST_YEAR).contains(&year) || is_placeholder(year, month, day) {
        return String::new();
    }
    match (month, day) {
        (0, _) => format!("{year:04}"),
        (1..=12, 0) => format!("{year:04}-{month:02}"),
        (1..=12, 1..=31) => format!("{year:04}-{month:02}-{day:02}"),
        _ => String::new(),
    }
}

/// The day out of columns for year, month and day; missing parts may be empty.
pub fn from_parts(year: &str, month: &str, day: &str) -> String {
    let number = |text: &str| text.trim().parse::<u32>().ok();
    let month = number(month).or_else(|| month_name(fold(month).as_str())).unwrap_or(0);
    match number(year) {
        Some(year) => {
            let (year, day) = (full_year(year), number(day).unwrap_or(0));
            canonical(&format!("{year:04}-{month:02}-{day:02}"), Order::DayFirst)
        }
        None => String::new(),
    }
}

/// Years outside of these are no dates of living or recorded people and firms.
const EARLIEST_YEAR: u32 = 1000;
const LATEST_YEAR: u32 = 2100;

/// Programs write these for "no date".
fn is_placeholder(year: u32, month: u32, day: u32) -> bool {
    matches!(
        (year, month, day),
        (1900, 1, 1) | (1899, 12, 30 | 31) | (1753, 1, 1) | (4501, 1, 1) | (1970, 1, 1) | (1111, 11, 11)
    )
}

/// Whether a cell holds a day that programs write for "no date" (`1900-01-01`, `1/1/1753`).
pub fn is_placeholder_day(raw: &str) -> bool {
    parts(raw.trim(), Order::DayFirst).is_some_and(|(year, month, day)| is_placeholder(year, month, day))
}

/// Month and day of a day without its year, as ISO 8601 (1988) and address books write birthdays: `--0415`, `--04-15`.
pub fn without_year(raw: &str) -> Option<(u32, u32)> {
    let text = raw.trim().strip_prefix("--")?;
    let (month, day) = text.split_once('-').or_else(|| text.split_at_checked(2))?;
    let number = |part: &str| match part.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9'] => part.parse().ok(),
        _ => None,
    };
    let (month, day): (u32, u32) = number(month).zip(number(day))?;
    // A leap year, for the 29th of February is somebody's birthday.
    jiff::civil::Date::new(2000, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some((month, day))
}

fn parts(text: &str, order: Order) -> Option<(u32, u32, u32)> {
    let all_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if all_digits {
        return compact(text);
    }
    if let Some((first, second, year)) = slashed(text) {
        return Some(match (first, second) {
            (0, 0) => return None,
            (first, second) if second > 12 && first <= 12 => (year, first, second),
            (first, second) if first > 12 && second <= 12 => (year, second, first),
            (first, second) if order == Order::MonthFirst => (year, first, second),
            (first, second) => (year, second, first),
        });
    }
    let numbers = leading_numbers(text);
    match numbers[..] {
        // 1999-12-31, 1999/12/31, 1999.12.31, with or without a time behind it.
        [(year, 4), (month, 1..=2), (day, 1..=2), ..] => Some(flip(year, month, day)),
        [(year, 4), (month, 1..=2)] => Some((year, month, 0)),
        // 31-12-1999 and 31.12.1999: hyphens and dots are day first, unless the numbers cannot be.
        [(day, 1..=2), (month, 1..=2), (year, length @ (4 | 2)), ..] => {
            let year = if length == 2 { full_year(year) } else { year };
            if (day, month) == (0, 0) {
                return None;
            }
            Some(if month > 12 && day <= 12 { (year, day, month) } else { (year, month, day) })
        }
        // 12-1999, 12/1999
        [(month, 1..=2), (year, 4)] => Some((year, month, 0)),
        _ => named(text),
    }
}

/// A year first and impossible numbers after it: the month and day were swapped.
fn flip(year: u32, month: u32, day: u32) -> (u32, u32, u32) {
    if month > 12 && day <= 12 { (year, day, month) } else { (year, month, day) }
}

/// `a/b/yyyy` or `a/b/yy`, maybe with a time behind it.
fn slashed(text: &str) -> Option<(u32, u32, u32)> {
    let (first, rest) = text.trim().split_once('/')?;
    let (second, rest) = rest.split_once('/')?;
    let year: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let number = |text: &str| (1..=2).contains(&text.len()).then(|| text.parse::<u32>().ok()).flatten();
    let year = match year.len() {
        2 => full_year(year.parse().ok()?),
        4 => year.parse().ok()?,
        _ => return None,
    };
    Some((number(first.trim())?, number(second.trim())?, year))
}

/// The numbers at the beginning with their digit counts, separated by `-`, `.`, `/`, blanks; ends at anything else.
fn leading_numbers(text: &str) -> Vec<(u32, usize)> {
    let mut numbers = Vec::with_capacity(4);
    let mut rest = text;
    while numbers.len() < 4 {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 || length > 4 {
            break;
        }
        numbers.push((rest[..length].parse().unwrap_or(0), length));
        rest = &rest[length..];
        match rest.chars().next() {
            Some(c) if matches!(c, '-' | '.' | '/' | ' ') => rest = rest[c.len_utf8()..].trim_start(),
            _ => break,
        }
    }
    // Text behind the numbers may only be a time (`T13:17`) or nothing; a month's name means other rules.
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with(['T', ':', ',']) || numbers.len() >= 3 {
        numbers
    } else {
        Vec::new()
    }
}

/// `19991231`, `1999`, `199912`, `311299` and day numbers of spreadsheets.
fn compact(text: &str) -> Option<(u32, u32, u32)> {
    let number: u32 = text.parse().ok()?;
    match text.len() {
        8 => {
            let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
            if (EARLIEST_YEAR..=LATEST_YEAR).contains(&year) {
                return Some(flip(year, month, day));
            }
            // 31121999
            let (day, month, year) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
            Some((year, month, day))
        }
        6 if (1..=12).contains(&(number % 100)) && number / 100 >= EARLIEST_YEAR => {
            Some((number / 100, number % 100, 0))
        }
        // 311299, in no other order: what could be a year and a month is one.
        6 if (1..=12).contains(&(number / 100 % 100)) && (1..=31).contains(&(number / 10_000)) => {
            Some((full_year(number % 100), number / 100 % 100, number / 10_000))
        }
        5 if number >= FIRST_FIVE_DIGIT_DAY => spreadsheet_day(number),
        4 => Some((number, 0, 0)),
        _ => None,
    }
}

/// The first day number of five digits (1927); a smaller number of five characters begins with a zero and is no day.
const FIRST_FIVE_DIGIT_DAY: u32 = 10_000;

/// Days since 1899-12-30, as spreadsheets count.
fn spreadsheet_day(serial: u32) -> Option<(u32, u32, u32)> {
    let start = jiff::civil::date(1899, 12, 30);
    let date = start.checked_add(jiff::Span::new().try_days(i64::from(serial)).ok()?).ok()?;
    Some((
        u32::try_from(date.year()).ok()?,
        u32::from(date.month().unsigned_abs()),
        u32::from(date.day().unsigned_abs()),
    ))
}

/// Two-digit years up to this are of this century (people are born, firms founded).
const LATEST_SHORT_YEAR: u32 = 29;

fn full_year(year: u32) -> u32 {
    match year {
        0..=LATEST_SHORT_YEAR => 2000 + year,
        30..=99 => 1900 + year,
        _ => year,
    }
}

/// `9 april 1971`, `Apr 9, 1971`, `9. März 1971`, `april 1971`.
fn named(text: &str) -> Option<(u32, u32, u32)> {
    let folded = fold(text);
    let words: Vec<&str> =
        folded.split(' ').filter(|word| !matches!(*word, "de" | "of" | "the" | "r" | "del")).collect();
    let month = words.iter().find_map(|word| month_name(word))?;
    let numbers: Vec<u32> = words
        .iter()
        .filter_map(|word| word.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok())
        .take(3)
        .collect();
    match numbers[..] {
        [day @ 1..=31, year, ..] => Some((full_year(year), month, day)),
        [year @ 1000..=9999, day @ 1..=31, ..] => Some((year, month, day)),
        [year @ 1000..=9999] => Some((year, month, 0)),
        _ => None,
    }
}

fn month_name(word: &str) -> Option<u32> {
    static MONTHS: OnceLock<table::Lookup<u32>> = OnceLock::new();
    let months = MONTHS.get_or_init(|| {
        table::rows(include_str!("tables/months.csv"))
            .flat_map(|[number, names]| {
                let number = number.parse().expect("months.csv is part of the program and tested");
                names.split('|').map(move |name| (name, number))
            })
            .collect()
    });
    months.get(word).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn layouts_of_one_day_agree() {
        for raw in [
            "1971-04-09",
            "1971-04-09T00:00:00.000Z",
            "19710409",
            "09-04-1971",
            "9.4.1971",
            "9/4/1971",
            "09-04-71",
            "9 april 1971",
            "9. April 1971",
            "Apr 9, 1971",
            "9 avr. 1971",
            "9 de abril de 1971",
            "9 kwietnia 1971",
            "1971/4/9",
            "April 9th, 1971",
            "26032",
            "1971 04 09",
            "9/4/1971 09:15",
        ] {
            assert_eq!(canonical(raw, Order::DayFirst), "1971-04-09", "{raw}");
        }
        assert_eq!(canonical("4/9/1971", Order::MonthFirst), "1971-04-09");
        assert_eq!(canonical("4/19/1971", Order::DayFirst), "1971-04-19");
    }

    #[test]
    fn six_digits_are_a_day_when_they_are_no_month() {
        assert_eq!(canonical("271243", Order::DayFirst), "1943-12-27");
        assert_eq!(canonical("120347", Order::DayFirst), "1947-03-12");
        assert_eq!(canonical("199912", Order::DayFirst), "1999-12");
        assert_eq!(canonical("994599", Order::DayFirst), "");
    }

    #[test]
    fn partial_and_impossible_days() {
        assert_eq!(canonical("1853", Order::DayFirst), "1853");
        assert_eq!(canonical("april 1971", Order::DayFirst), "1971-04");
        assert_eq!(canonical("19560431", Order::DayFirst), "1956-04-31");
        assert_eq!(canonical("1956-13-04", Order::DayFirst), "1956-04-13");
        for raw in [
            "0/0/00",
            "00-00-0000",
            "1900-01-01",
            "0000-00-00",
            "n/a",
            "",
            "19561399",
            "tomorrow",
            "1956-44-44",
        ] {
            assert_eq!(canonical(raw, Order::DayFirst), "", "{raw}");
        }
        assert_eq!(from_parts("1971", "4", "9"), "1971-04-09");
        assert_eq!(from_parts("1971", "april", ""), "1971-04");
        assert_eq!(from_parts("", "4", "9"), "");
    }

    #[test]
    fn a_column_decides_by_its_majority() {
        let mut votes = OrderVotes::default();
        votes.see("4/19/1971", 2);
        votes.see("19/4/1971", 1);
        votes.see("1/1/1971", 9);
        assert_eq!(votes.order(Order::DayFirst), Order::MonthFirst);
        assert_eq!(OrderVotes::default().order(Order::MonthFirst), Order::MonthFirst);
    }

    proptest! {
        #[test]
        fn idempotent(raw in "[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}|[0-9]{0,9}|.{0,12}|[0-9]{1,2} [a-z]{3,9} [0-9]{4}") {
            let once = canonical(&raw, Order::DayFirst);
            prop_assert_eq!(canonical(&once, Order::DayFirst), once);
        }
    }
}
