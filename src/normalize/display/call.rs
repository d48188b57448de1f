//! Telephone numbers as people and machines want to read them: E.164, with type, extension and whether they can exist.

use super::super::{country, junk, phone};
use super::case::tidy;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType, Region};

/// One number of a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Number {
    /// E.164 where the text can be read as a number; else as written.
    pub text: String,
    /// Whether the number can exist by the number plan of its country.
    pub valid: bool,
    /// Type by the number plan: `mobile`, `fixed_line`, …; `unknown` when it cannot be told.
    pub sort: &'static str,
    /// Digits of the extension; mostly empty.
    pub extension: String,
    /// The rule that changed the text.
    pub rule: &'static str,
    /// What is wrong with the number, for people; empty when nothing is.
    pub finding: &'static str,
}

/// The numbers of a cell; none for fillers. `iso2` is the country of numbers that do not state their own.
pub fn numbers(raw: &str, iso2: &str) -> Vec<Number> {
    let text = tidy_lines(raw);
    if text.is_empty() || junk::is_junk(&text) {
        return Vec::new();
    }
    let mut found: Vec<Number> = Vec::new();
    for part in split(&text) {
        let number = one(part, iso2);
        if !number.text.is_empty()
            && !found.iter().any(|own| own.text == number.text && own.extension == number.extension)
        {
            found.push(number);
        }
    }
    found
}

/// Whether a text is a number that can exist in a country.
pub fn exists(raw: &str, iso2: &str) -> bool {
    read(raw, iso2).is_some_and(|number| number.is_valid())
}

/// Line ends part numbers, so they stay.
fn tidy_lines(raw: &str) -> String {
    raw.lines().map(tidy).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Fewer digits than this are no number of their own.
const FEWEST_DIGITS: usize = 6;

/// The parts of a cell that are numbers of their own: parted by `;`, `,`, `/`, `|`, ` ::: `, line ends or a word for "or",
/// each with enough digits to stand alone. Parameters of `tel:` addresses (`;ext=12`) stay with their number.
fn split(text: &str) -> Vec<&str> {
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for (at, c) in text.char_indices() {
        if matches!(c, ';' | ',' | '|' | '\n' | '/') {
            let after = text[at + 1..].trim_start().to_ascii_lowercase();
            let parameter =
                ["ext", "phone-context=", "isub=", "x"].iter().any(|name| after.starts_with(name));
            if !parameter {
                cuts.push((at, at + c.len_utf8()));
            }
        }
    }
    for between in
        [" ::: ", " or ", " of ", " oder ", " ou ", " lub ", " und ", " en ", " and ", " & ", " o "]
    {
        cuts.extend(text.match_indices(between).map(|(at, found)| (at, at + found.len())));
    }
    cuts.sort_unstable();
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let mut parts = Vec::new();
    let mut start = 0;
    for (from, to) in cuts {
        if from < start {
            continue;
        }
        // A stroke may stand inside a number (`02/271 33 99`): both sides must be whole numbers.
        let fewest = if text[from..].starts_with('/') { FEWEST_DIGITS + 2 } else { FEWEST_DIGITS };
        if digits(&text[start..from]) >= fewest && digits(&text[to..]) >= fewest {
            parts.push(text[start..from].trim());
            start = to;
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty() && !junk::is_junk(part));
    parts
}

fn one(raw: &str, iso2: &str) -> Number {
    let as_written =
        |finding| Number { text: raw.to_string(), sort: "unknown", finding, ..Number::default() };
    if let Some(scientific) = phone::scientific(raw) {
        return match scientific {
            Some(digits) => match read(&digits, iso2).or_else(|| read(&format!("+{digits}"), iso2)) {
                Some(number) if number.is_valid() => shown(&number, "phone_spreadsheet_number"),
                _ => as_written("a spreadsheet turned it into a number and it cannot be told back"),
            },
            None => as_written("a spreadsheet turned it into a number and lost its last digits"),
        };
    }
    let first = read(raw, iso2);
    if let Some(number) = first.as_ref().filter(|number| number.is_valid()) {
        return shown(number, "phone_e164");
    }
    for (text, region, rule) in repairs(raw, iso2) {
        if let Some(number) = read(&text, &region).filter(PhoneNumber::is_valid) {
            return shown(&number, rule);
        }
    }
    match first {
        Some(number) => Number { finding: "no number of its country's plan", ..shown(&number, "phone_e164") },
        None => as_written("cannot be read as a telephone number"),
    }
}

/// Readings of a text that is no valid number as it stands; one that is valid is the proof of the repair.
fn repairs(raw: &str, iso2: &str) -> Vec<(String, String, &'static str)> {
    let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
    let mut all = Vec::new();
    let home = iso2.to_string();
    if raw.contains("(0)") {
        all.push((raw.replacen("(0)", "", 1), home.clone(), "phone_trunk_zero"));
    }
    if !raw.contains('+') {
        if let Some(rest) = digits.strip_prefix("00") {
            all.push((format!("+{rest}"), home.clone(), "phone_international_prefix"));
        } else {
            let calling = country::calling_code(iso2);
            let stated = country::of_calling_code(&digits);
            if !iso2.is_empty() && digits.starts_with(calling)
                || iso2.is_empty() && !stated.is_empty() && digits.len() > SHORTEST_WITH_CODE
            {
                all.push((format!("+{digits}"), home.clone(), "phone_country_code"));
            }
            if !iso2.is_empty() && !digits.starts_with('0') {
                all.push((format!("0{digits}"), home.clone(), "phone_leading_zero"));
            }
        }
    }
    all
}

/// With its country code a number has at least this many digits; shorter ones could be national numbers of anywhere.
const SHORTEST_WITH_CODE: usize = 9;

fn read(text: &str, iso2: &str) -> Option<PhoneNumber> {
    PHONE_NUMBER_UTIL.parse(text, Region::from_code(iso2).ok()).ok()
}

fn shown(number: &PhoneNumber, rule: &'static str) -> Number {
    Number {
        text: number.format_as(rlibphonenumber::PhoneNumberFormat::E164).into_owned(),
        valid: number.is_valid(),
        sort: sort(number.get_type()),
        extension: number.extension.clone().unwrap_or_default(),
        rule,
        finding: "",
    }
}

fn sort(sort: PhoneNumberType) -> &'static str {
    match sort {
        PhoneNumberType::FixedLine => "fixed_line",
        PhoneNumberType::Mobile => "mobile",
        PhoneNumberType::FixedLineOrMobile => "fixed_line_or_mobile",
        PhoneNumberType::TollFree => "toll_free",
        PhoneNumberType::PremiumRate => "premium_rate",
        PhoneNumberType::SharedCost => "shared_cost",
        PhoneNumberType::VoIP => "voip",
        PhoneNumberType::PersonalNumber => "personal_number",
        PhoneNumberType::Pager => "pager",
        PhoneNumberType::UAN => "uan",
        PhoneNumberType::VoiceMail => "voicemail",
        PhoneNumberType::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(raw: &str, iso2: &str) -> Vec<String> {
        numbers(raw, iso2).into_iter().map(|number| number.text).collect()
    }

    #[test]
    fn numbers_are_read_and_judged() {
        for (raw, iso, text, valid, sort, extension) in [
            ("06-55501234", "NL", "+31655501234", true, "mobile", ""),
            ("+31 (0)10 555 01 00", "", "+31105550100", true, "fixed_line", ""),
            ("tel:+31-10-5550100;ext=12", "", "+31105550100", true, "fixed_line", "12"),
            ("010 5550100 ext. 44", "NL", "+31105550100", true, "fixed_line", "44"),
            ("0031404425117", "US", "+31404425117", true, "fixed_line", ""),
            ("31404425117", "NL", "+31404425117", true, "fixed_line", ""),
            ("612345678", "NL", "+31612345678", true, "mobile", ""),
            ("02/271 33 99", "BE", "+3222713399", true, "fixed_line", ""),
            ("3.1612345678E+10", "NL", "+31612345678", true, "mobile", ""),
            ("4.91521E+11", "DE", "4.91521E+11", false, "unknown", ""),
            ("12345", "NL", "+3112345", false, "unknown", ""),
            ("call reception", "NL", "call reception", false, "unknown", ""),
        ] {
            let found = numbers(raw, iso);
            let number = found.first().cloned().unwrap_or_default();
            assert_eq!(
                (&*number.text, number.valid, number.sort, &*number.extension),
                (text, valid, sort, extension),
                "{raw}"
            );
        }
    }

    #[test]
    fn a_cell_may_hold_several() {
        assert_eq!(texts("010 5550123 / 06 55501234; 0105550123", "NL"), ["+31105550123", "+31655501234"]);
        assert_eq!(texts("0105550123 ::: +32 470 78 05 25", "NL"), ["+31105550123", "+32470780525"]);
        assert_eq!(texts("010-5550123 of 06-55501234", "NL"), ["+31105550123", "+31655501234"]);
        assert!(texts("n/a", "NL").is_empty() && texts("000000", "NL").is_empty());
    }

    proptest! {
        #[test]
        fn shown_numbers_stay(raw in "[0-9+() ./x-]{0,24}|.{0,16}", iso in prop::sample::select(vec!["NL", "DE", "IT", "US", ""])) {
            for number in numbers(&raw, iso).into_iter().filter(|number| number.valid) {
                prop_assert_eq!(texts(&number.text, iso), vec![number.text]);
            }
        }
    }
}
