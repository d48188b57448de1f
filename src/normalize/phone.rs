//! Telephone numbers: E.164 by the row's country.

use super::{country, junk, table};
use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};
use std::sync::OnceLock;

/// Fewer digits than this say nothing (extensions, emergency numbers, fillers).
const FEWEST_DIGITS: usize = 6;

/// E.164 allows fifteen digits; with an international prefix and a trunk zero a number has no more than twenty.
const MOST_DIGITS: usize = 20;

struct Plan {
    trunk: &'static str,
    lengths: std::ops::RangeInclusive<usize>,
    mobile: Vec<&'static str>,
}

fn plans() -> &'static table::Lookup<Plan> {
    static PLANS: OnceLock<table::Lookup<Plan>> = OnceLock::new();
    PLANS.get_or_init(|| {
        table::rows(include_str!("tables/phone_plans.csv"))
            .map(|[iso2, trunk, shortest, longest, mobile]| {
                let number =
                    |text: &str| text.parse().expect("phone_plans.csv is part of the program and tested");
                let mobile = mobile.split('|').filter(|start| !start.is_empty()).collect();
                (iso2, Plan { trunk, lengths: number(shortest)..=number(longest), mobile })
            })
            .collect()
    })
}

/// The numbers in a cell, as E.164 (`+31404425117`) where they can be that, else their digits; fillers are left out.
///
/// `iso2` is the country for numbers that do not state their own; empty when unknown.
pub fn numbers(raw: &str, iso2: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in
        raw.split([';', ',', '|', '\n']).flat_map(|part| part.split(" ::: ")).flat_map(split_alternatives)
    {
        let number = one(part, iso2);
        if !number.is_empty() && !found.contains(&number) {
            found.push(number);
        }
    }
    found
}

/// `010 1234567 / 06 12345678` holds two numbers, `0800/1234567` one: both sides must be long enough to stand alone.
fn split_alternatives(part: &str) -> impl Iterator<Item = &str> {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let whole = part.split('/').any(|side| digits(side) < FEWEST_DIGITS + 2);
    let pieces = if whole { vec![part] } else { part.split('/').collect() };
    pieces.into_iter()
}

/// One number as E.164 where it can be that, else its digits; empty for fillers.
pub fn one(raw: &str, iso2: &str) -> String {
    if raw.is_empty() || junk::is_junk(raw) {
        return String::new();
    }
    let spelled: String;
    let mut raw = raw;
    if let Some(scientific) = scientific(raw) {
        let Some(whole) = scientific else { return String::new() };
        spelled = whole;
        raw = &spelled;
    }
    let text = without_extension(raw.trim_start());
    let mut digits = String::with_capacity(text.len());
    let mut international = false;
    let mut letters = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() => international = true,
            // The trunk zero written with the country code: `+31 (0)40`.
            '(' if (international || digits.starts_with("00")) && text[at..].starts_with("(0)") => {
                chars.next();
                chars.next();
            }
            c if c.is_alphabetic() => letters += 1,
            _ => {}
        }
    }
    if !international && digits.starts_with("00") {
        digits.drain(..2);
        international = true;
    }
    let meaningless = digits.len() < FEWEST_DIGITS || digits.len() > MOST_DIGITS || all_same(&digits);
    if meaningless || letters > digits.len() {
        return String::new();
    }
    e164(&digits, international, iso2).unwrap_or(digits)
}

/// Reads what a spreadsheet made of a number, `3.1612345678E+10`: nothing when it is no such text, else its digits when
/// all of them are there (`4.91521E+11` has lost half of them, which cannot be told back).
pub fn scientific(raw: &str) -> Option<Option<String>> {
    let text = raw.trim();
    let (mantissa, power) = text.split_once(['E', 'e'])?;
    let power: usize = power.strip_prefix('+').unwrap_or(power).parse().ok()?;
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 1
        || !all_digits(whole)
        || !all_digits(fraction)
        || !(FEWEST_DIGITS..=MOST_DIGITS).contains(&power)
    {
        return None;
    }
    Some((fraction.len() == power).then(|| [whole, fraction].concat()))
}

/// Whether a number in E.164 form is a mobile one, as far as the number plans in `tables/` say.
pub fn is_mobile(e164: &str) -> bool {
    let Some(digits) = e164.strip_prefix('+') else { return false };
    let iso2 = country::of_calling_code(digits);
    let Some(national) = digits.get(country::calling_code(iso2).len()..) else { return false };
    plans().get(iso2).is_some_and(|plan| plan.mobile.iter().any(|start| national.starts_with(start)))
}

/// The last digits of a number: equal for the same subscriber however the prefix was written or misread.
pub fn tail(number: &str) -> &str {
    // Country and area codes differ in length; the last six digits are the subscriber's own nearly everywhere.
    const TAIL: usize = 6;
    number.get(number.len().saturating_sub(TAIL)..).unwrap_or(number)
}

fn all_same(digits: &str) -> bool {
    let first = digits.as_bytes().first();
    digits.as_bytes().iter().all(|digit| Some(digit) == first)
}

/// Cuts an extension (`x12`, `ext. 12`, `tst 12`, `#12`) off the end.
fn without_extension(raw: &str) -> &str {
    let first_digit = raw.find(|c: char| c.is_ascii_digit()).unwrap_or(raw.len());
    let enough = raw
        .bytes()
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii_digit())
        .nth(FEWEST_DIGITS - 1)
        .map_or(raw.len(), |(at, _)| at);
    match raw[enough..].find(|c: char| {
        matches!(c, 'x' | 'X' | '#' | 'e' | 'E' | 't' | 'T' | 'd' | 'D' | 'p' | 'P' | 'w' | 'W')
    }) {
        Some(at) if enough > first_digit => &raw[..enough + at],
        _ => raw,
    }
}

fn e164(digits: &str, international: bool, iso2: &str) -> Option<String> {
    let home = if international { country::of_calling_code(digits) } else { iso2 };
    if let Some(plan) = plans().get(home) {
        let calling = country::calling_code(home);
        let national = if international { &digits[calling.len()..] } else { digits };
        if let Some(number) = by_plan(national, calling, plan) {
            return Some(number);
        }
        // The country code without `+` or `00`.
        if !international
            && let Some(rest) = digits.strip_prefix(calling)
            && let Some(number) = by_plan(rest, calling, plan)
        {
            return Some(number);
        }
    }
    // Anything else: what the full number plans say.
    let text = if international { format!("+{digits}") } else { digits.to_string() };
    let number = PHONE_NUMBER_UTIL.parse(&text, Region::from_code(iso2).ok()).ok()?;
    number.is_valid().then(|| number.to_string())
}

fn by_plan(national: &str, calling: &str, plan: &Plan) -> Option<String> {
    let fits = |number: &str| plan.lengths.contains(&number.len()) && !number.starts_with('0');
    let without_trunk = national.strip_prefix(plan.trunk).filter(|_| !plan.trunk.is_empty());
    let number = without_trunk
        .filter(|number| fits(number))
        .or_else(|| Some(national).filter(|number| fits(number)))?;
    Some(["+", calling, number].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn layouts_of_one_number_agree() {
        for (raw, iso, number) in [
            ("0306239601", "NL", "+31306239601"),
            ("0031404425117", "", "+31404425117"),
            ("+31 (0)10 555 01 00", "NL", "+31105550100"),
            ("06-55501234", "NL", "+31655501234"),
            ("(312) 579-7243", "US", "+13125797243"),
            ("312.579.7243", "US", "+13125797243"),
            ("1 312 579 7243", "US", "+13125797243"),
            ("+49 (0)17 54424760", "DE", "+491754424760"),
            ("02/271 33 99", "BE", "+3222713399"),
            ("600 497 188", "PL", "+48600497188"),
            ("020 7946 0123", "GB", "+442079460123"),
            ("31404425117", "NL", "+31404425117"),
            ("tel: +31 10 5550123 ext. 44", "NL", "+31105550123"),
            ("0039 06 698 12345", "", "+390669812345"),
        ] {
            assert_eq!(one(raw, iso), number, "{raw}");
        }
    }

    #[test]
    fn fillers_and_fragments_are_dropped_and_oddities_keep_their_digits() {
        for raw in ["000000", "n/a", "112", "1111111111", "", "call reception", "+"] {
            assert_eq!(one(raw, "NL"), "", "{raw}");
        }
        assert_eq!(one("0555012", "NL"), "0555012");
        assert_eq!(numbers("010 5550123 / 06 55501234; 0105550123", "NL"), ["+31105550123", "+31655501234"]);
    }

    #[test]
    fn spreadsheet_numbers_are_told_back_or_dropped() {
        assert_eq!(one("3.1612345678E+10", "NL"), "+31612345678");
        assert_eq!(one("4.91521E+11", "DE"), "");
        assert_eq!(scientific("06E12345"), None);
    }

    #[test]
    fn mobiles_are_known() {
        assert!(is_mobile("+31655501234") && is_mobile("+32470780525") && is_mobile("+447482147806"));
        assert!(!is_mobile("+31105550123") && !is_mobile("0555012"));
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_numbers_stay(raw in "[0-9+() ./x-]{0,24}|.*", iso in prop::sample::select(vec!["NL", "DE", "US", ""])) {
            for number in numbers(&raw, iso) {
                if number.starts_with('+') {
                    prop_assert_eq!(one(&number, iso), number);
                }
            }
        }
    }
}
