//! Birth dates as ISO days, ambiguity kept.

use super::super::date::{self, Order};
use super::super::junk;
use super::case::tidy;

/// A day as `YYYY-MM-DD` (`YYYY-MM`, `YYYY` when only that is known). A day that could be read both ways and that neither
/// its column nor its country decides is a choice of two, as ISO 8601-2 writes it: `[1980-04-05,1980-05-04]`.
/// A birthday without its year is `--MM-DD`. What is no day stays as written, so that nothing is lost; empty for fillers and placeholders such as `0/0/00`.
///
/// `column` is the order that other values of the column show, `iso2` the row's country or empty.
pub fn day(raw: &str, column: Option<Order>, iso2: &str) -> String {
    let shown = read(raw, column, iso2);
    // `30-02-1980` is no day, and may be a slip in any of its parts.
    if shown.len() == ISO_DAY
        && shown.is_ascii()
        && date::canonical(&shown, Order::DayFirst) == shown
        && !exists(&shown)
    {
        return tidy(raw);
    }
    shown
}

/// Letters of `YYYY-MM-DD`.
const ISO_DAY: usize = 10;

/// Whether a displayed text is a day of the calendar (its year may be missing), a month or a year, or a choice of two days.
pub fn is_day(shown: &str) -> bool {
    match shown.len() {
        4 => shown.bytes().all(|byte| byte.is_ascii_digit()),
        7 if shown.starts_with("--") => date::without_year(shown).is_some(),
        7 => exists(&format!("{shown}-01")),
        _ => exists(shown) || is_choice(shown),
    }
}

fn exists(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok()
}

fn read(raw: &str, column: Option<Order>, iso2: &str) -> String {
    let text = tidy(raw);
    if text.is_empty() || junk::is_junk(&text) {
        return String::new();
    }
    let by_country = match iso2 {
        "" => None,
        "US" | "PH" | "FM" | "PW" => Some(Order::MonthFirst),
        _ => Some(Order::DayFirst),
    };
    if date::is_placeholder_day(&text) {
        return String::new();
    }
    if is_choice(&text) {
        return text;
    }
    if let Some((month, day)) = date::without_year(&text) {
        return format!("--{month:02}-{day:02}");
    }
    if !two_small_numbers(&text) {
        let read = date::canonical(&text, Order::DayFirst);
        // Digits of other scripts say something, too.
        return if read.is_empty() && !text.chars().any(|c| c.is_alphanumeric() && c != '0') {
            String::new()
        } else {
            or_text(read, text)
        };
    }
    // Americans write hyphens, too.
    let slashed = text.replacen(['-', '.', ' '], "/", 2);
    let (days, months) =
        (date::canonical(&slashed, Order::DayFirst), date::canonical(&slashed, Order::MonthFirst));
    match column.or(by_country) {
        _ if days == months => or_text(days, text),
        Some(Order::MonthFirst) => months,
        Some(Order::DayFirst) => days,
        // Dots are written day first everywhere.
        None if text.contains('.') => days,
        None => {
            let (first, second) = if days < months { (days, months) } else { (months, days) };
            format!("[{first},{second}]")
        }
    }
}

fn or_text(read: String, text: String) -> String {
    if read.is_empty() { text } else { read }
}

fn is_choice(text: &str) -> bool {
    let Some((first, second)) = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .and_then(|inner| inner.split_once(','))
    else {
        return false;
    };
    let is_day = |text: &str| text.len() == 10 && date::canonical(text, Order::DayFirst) == text;
    is_day(first) && is_day(second)
}

/// `a-b-yyyy` with one or two digits before the year, any separator.
fn two_small_numbers(text: &str) -> bool {
    let day = text.split_once([' ', 'T']).filter(|(_, time)| time.contains(':')).map_or(text, |(day, _)| day);
    let parts: Vec<&str> = day.split(['-', '/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let digits = |part: &str, lengths: &[usize]| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    matches!(parts[..], [a, b, year] if digits(a, &[1, 2]) && digits(b, &[1, 2]) && digits(year, &[2, 4]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ambiguity_is_decided_or_kept() {
        for (raw, column, iso, shown) in [
            ("04/05/1980", None, "", "[1980-04-05,1980-05-04]"),
            ("04/05/1980", None, "NL", "1980-05-04"),
            ("04/05/1980", None, "US", "1980-04-05"),
            ("04-05-1980", None, "US", "1980-04-05"),
            ("04/05/1980", Some(Order::MonthFirst), "NL", "1980-04-05"),
            ("4.5.1980", None, "", "1980-05-04"),
            ("04/04/1980", None, "", "1980-04-04"),
            ("25/12/1980", None, "US", "1980-12-25"),
            ("29361", None, "", "1980-05-20"),
            ("5 mei 1980", None, "", "1980-05-05"),
            ("n/a", None, "", ""),
            ("0/0/00", None, "", ""),
            ("1/1/1900", None, "", ""),
            ("1753-01-01", None, "NL", ""),
            ("in spring", None, "", "in spring"),
            ("--0415", None, "NL", "--04-15"),
            ("--02-29", None, "", "--02-29"),
            ("--0431", None, "", "--0431"),
            ("--4-15", None, "", "--4-15"),
            ("29-02-1981", None, "NL", "29-02-1981"),
            ("1980-02-30", None, "", "1980-02-30"),
            ("29-02-1980", None, "NL", "1980-02-29"),
        ] {
            assert_eq!(day(raw, column, iso), shown, "{raw} {iso}");
        }
        for shown in ["1980-02-29", "1980-02", "1980", "--04-15", "[1980-04-05,1980-05-04]"] {
            assert!(is_day(shown), "{shown}");
        }
        for shown in ["--0431", "--13-01", "1980-02-30", "29-02-1981", "in spring", "1980-13", ""] {
            assert!(!is_day(shown), "{shown}");
        }
    }

    /// Found by fuzzing.
    #[test]
    fn digits_of_other_scripts_are_not_emptied() {
        assert!(!day("0 ٨", None, "NL").is_empty());
        assert_eq!(day("0/0/00", None, "NL"), "");
    }

    proptest! {
        #[test]
        fn shown_days_stay(raw in "[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2,4}|[0-9]{0,9}|.{0,12}", iso in prop::sample::select(vec!["NL", "US", ""])) {
            let once = day(&raw, None, iso);
            prop_assert_eq!(day(&once, None, iso), once);
        }
    }
}
