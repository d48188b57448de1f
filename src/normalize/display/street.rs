//! One line of a street: its name, house number and unit, in the order of the country.

use super::super::text::fold;
use super::super::{address, table};
use super::case::{self, Writing};
use std::sync::OnceLock;

/// A street line taken apart, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StreetLine {
    pub street: String,
    pub number: String,
    pub unit: String,
}

/// Takes a street line apart.
pub(super) fn split(line: &str, iso2: &str) -> StreetLine {
    let line = line.trim_matches(|c: char| matches!(c, ',' | ';' | ' '));
    let all = words(line);
    let words: Vec<&str> = all.iter().map(String::as_str).collect();
    let all_name = is_numbered(&words);
    let found = if all_name {
        None
    } else if let Some(found) = marked(&words, iso2) {
        Some(found)
    } else if address::number_first(iso2) || (iso2.is_empty() && front_like(&words)) {
        front(&words, iso2).or_else(|| back(&words, iso2))
    } else {
        back(&words, iso2).or_else(|| front(&words, iso2))
    };
    let (mut parts, range) = found.unwrap_or_else(|| (StreetLine::default(), (0, words.len())));
    parts.street = written(&words[range.0..range.1], iso2);
    parts
}

/// A street column without its number.
pub(super) fn name(street: &str, iso2: &str) -> String {
    written(&street.split(' ').collect::<Vec<_>>(), iso2)
}

/// A house number column: number and addition by the country's ways.
pub(super) fn number(text: &str, iso2: &str) -> (String, String) {
    let all = words(text);
    let words: Vec<&str> = all.iter().map(String::as_str).collect();
    let skip =
        words.iter().take_while(|word| is_number_word(word)).count().min(words.len().saturating_sub(1));
    match words.get(skip) {
        Some(first) if is_number(first) => with_additions(first, &words[skip + 1..], iso2),
        _ => (text.to_string(), String::new()),
    }
}

/// Words of a line; strokes and hyphens with blanks beside them are closed up between numbers (`3 / 5` → `3/5`).
fn words(line: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let digit_end = |text: &str| text.chars().last().is_some_and(|c| c.is_ascii_digit());
    let mut join = false;
    let parted = line.split(' ').flat_map(|word| match word.split_once(':') {
        // `No:12`, `D:5`
        Some((mark, number)) if number.starts_with(|c: char| c.is_ascii_digit()) && !mark.is_empty() => {
            [&word[..=mark.len()], number]
        }
        _ => [word, ""],
    });
    for word in parted.map(|word| word.trim_end_matches([',', ';'])).filter(|word| !word.is_empty()) {
        match out.last_mut() {
            Some(last) if join => {
                last.push_str(word);
                join = false;
            }
            Some(last) if matches!(word, "/" | "-" | "\u{2013}") && digit_end(last) => {
                last.push_str(if word == "/" { "/" } else { "-" });
                join = true;
            }
            _ => out.push(word.to_string()),
        }
    }
    out
}

/// Digits with a letter, range or stroke behind them: `12`, `12a`, `12-14`, `343/10`, `12-A`, `12bis`.
fn is_number(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &word[digits..];
    let folded = fold(rest);
    let ordinal =
        matches!(folded.as_str(), "st" | "nd" | "rd" | "th" | "de" | "ste" | "er" | "eme" | "e" | "o")
            && !rest.starts_with(['-', '/'])
            && (rest != "e" && rest != "o" && folded != "e" && folded != "o"
                || rest.contains(['º', 'ª', '°']));
    let letters = rest.chars().filter(|c| c.is_alphabetic()).count();
    let few = letters <= 2
        || matches!(folded.as_str(), "bis" | "ter" | "quater")
        || address::kind(&folded) == Some("kept");
    (1..=LONGEST_NUMBER).contains(&digits)
        && !ordinal
        && few
        && rest.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '+' | '.' | '\u{2013}' | '号'))
}

/// Digits of the longest house number.
const LONGEST_NUMBER: usize = 5;

/// `nr`, `no.`, `n°`, `nº` before a number.
pub(super) fn is_number_word(word: &str) -> bool {
    beside(&fold(word)) == Some("number")
        && word.chars().next().is_some_and(char::is_alphabetic)
        && (word.ends_with(['.', '°', 'º', ':']) || word.len() > 1)
        || matches!(word, "#" | "№" | "nº" | "Nº" | "n°" | "N°")
}

/// What `tables/unit_words.csv` says of a folded word.
pub(super) fn beside(folded: &str) -> Option<&'static str> {
    static WORDS: OnceLock<table::Lookup<&'static str>> = OnceLock::new();
    WORDS
        .get_or_init(|| {
            table::rows(include_str!("../tables/unit_words.csv")).map(|[word, kind]| (word, kind)).collect()
        })
        .get(folded)
        .copied()
}

/// Whether a word stands before the number of a flat, floor or building.
pub(super) fn is_marker(word: &str) -> bool {
    let folded = fold(word);
    address::kind(&folded) == Some("unit")
        || word.starts_with('#') && word.len() > 1
        || beside(&folded) == Some("marker")
}

/// Whether words are a street that is named by a number (`Street 4`, `Calle 5`, `Street 1 Lane 2`), not a house in it.
pub(super) fn is_numbered(words: &[&str]) -> bool {
    let is_type = |word: &&str| beside(&fold(word)) == Some("numbered");
    words.iter().any(is_type)
        && words
            .iter()
            .all(|word| is_type(word) || word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// Colombian numbers follow a mark: `Carrera 7 # 71-21`, `Calle 100 No. 19-61 Of. 501`.
fn marked(words: &[&str], iso2: &str) -> Option<Found> {
    if !matches!(iso2, "CO" | "VE" | "EC") {
        return None;
    }
    let at = (2..words.len()).find(|&at| is_number_word(words[at]) || words[at].starts_with('#'))?;
    let glued = words[at].strip_prefix('#').filter(|rest| !rest.is_empty());
    let (number, rest) = match glued {
        Some(number) => (number, &words[at + 1..]),
        None => (*words.get(at + 1)?, &words[at + 2..]),
    };
    let unit = rest.join(" ");
    is_number(number)
        .then(|| (StreetLine { street: String::new(), number: number.to_string(), unit }, (0, at)))
}

fn front_like(words: &[&str]) -> bool {
    words.len() > 1
        && is_number(words[0])
        && words[1..].iter().any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1)
}

type Found = (StreetLine, (usize, usize));

/// `12 bis rue X`, `Flat 2 14 High Street`, `123 Main St Apt 4`, `2/14 High St`.
fn front(words: &[&str], iso2: &str) -> Option<Found> {
    let mut start = 0;
    let mut unit: Vec<&str> = Vec::new();
    if words.len() > 2 && is_number_word(words[0]) && front_like(&words[1..]) {
        start = 1;
    }
    // A unit before the number.
    if words.len() > 3 && is_marker(words[0]) && is_number(words[2]) && front_like(&words[2..]) {
        unit.extend(&words[..2]);
        start = 2;
    }
    // `Unit 4/12 George Street`
    let both = words.len() > 2 && start == 0 && is_marker(words[0]) && front_like(&words[1..]);
    let stroke =
        words.get(1).and_then(|word| word.split_once('/')).filter(|(_, after)| both && is_number(after));
    if let Some((before, _)) = stroke {
        unit.extend([words[0], before]);
        start = 1;
    }
    if !front_like(&words[start..]) {
        return None;
    }
    let mut first = stroke.map_or(words[start], |(_, after)| after);
    // Australians and New Zealanders write the unit before a stroke, Canadians before a hyphen.
    let parted = match iso2 {
        "AU" | "NZ" => first.split_once('/'),
        "CA" => first.split_once('-'),
        _ => None,
    };
    if let Some((before, after)) = parted.filter(|(before, after)| !before.is_empty() && is_number(after)) {
        unit.insert(0, before);
        first = after;
    }
    let mut at = start + 1;
    let mut additions: Vec<&str> = Vec::new();
    let is_direction = |word: &str| {
        matches!(fold(word).as_str(), "n" | "s" | "e" | "w")
            && matches!(iso2, "US" | "CA" | "AU" | "NZ" | "GB" | "IE" | "")
    };
    while at + 1 < words.len() {
        let folded = fold(words[at]);
        let kept = matches!(folded.as_str(), "bis" | "ter" | "quater")
            || (folded.len() == 1
                && folded.bytes().all(|byte| byte.is_ascii_alphabetic())
                && !is_direction(words[at])
                && !words[at].ends_with(['\'', '.', '\u{2019}'])
                && words[at].chars().count() == 1);
        if !kept {
            break;
        }
        additions.push(words[at]);
        at += 1;
    }
    let mut end = words.len();
    let marker = (at + 1..words.len()).find(|&at| {
        is_marker(words[at])
            && (words[at].starts_with('#') || words.get(at + 1).is_some_and(|next| starts_unit(next)))
    });
    if let Some(marker) = marker {
        unit.extend(&words[marker..]);
        end = marker;
    }
    let (number, more) = with_additions(first, &additions, iso2);
    let unit =
        [more, unit.join(" ")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Some((StreetLine { street: String::new(), number, unit }, (at, end)))
}

fn starts_unit(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    word.bytes().any(|byte| byte.is_ascii_digit()) || letters <= 2
}

/// `kerkstraat 12 a`, `Długa 3/5`, `Avenida X, 17, 2º B`: the first number after which only additions follow.
fn back(words: &[&str], iso2: &str) -> Option<Found> {
    let at = (1..words.len()).find(|&at| {
        let bare = words[at].trim_end_matches('.');
        is_number(bare)
            && words[at + 1..].iter().all(|word| is_addition(word))
            // `Plein 1944 12`: the year belongs to the name; so does the day of `rue du 4 septembre`.
            && !(is_year(bare) && words.get(at + 1).is_some_and(|next| is_number(next)))
    });
    // `Straat 12 (links)`, `17 B 2e verdieping`
    let at = at?;
    let mut end = at;
    if end > 1 && is_number_word(words[end - 1]) {
        end -= 1;
    }
    let (number, unit) = with_additions(words[at].trim_end_matches('.'), &words[at + 1..], iso2);
    Some((StreetLine { street: String::new(), number, unit }, (0, end)))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u32>().is_ok_and(|year| (1800..=2030).contains(&year))
}

/// Whether a word may follow a house number as part of its addition.
fn is_addition(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| matches!(c, '(' | ')' | '.' | ',' | '/' | '-' | ':'));
    let folded = fold(bare);
    let roman =
        !bare.is_empty() && bare.len() <= 4 && bare.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X'));
    folded.is_empty()
        || bare.chars().count() <= 1
        || (bare.starts_with(|c: char| c.is_ascii_digit()) && bare.chars().count() <= 6)
        || (bare.chars().count() <= 3 && bare.chars().any(|c| c.is_ascii_digit()))
        || roman
        || is_marker(bare)
        || address::kind(&folded).is_some_and(|kind| kind != "box")
        || matches!(beside(&folded), Some("side" | "behind"))
}

/// The number with what belongs to it, and the rest as the unit.
fn with_additions(first: &str, additions: &[&str], iso2: &str) -> (String, String) {
    let first = first.replace('\u{2013}', "-");
    let digits = first.bytes().take_while(u8::is_ascii_digit).count();
    let (base, rest) = first.split_at(digits);
    let mut unit: Vec<String> = Vec::new();
    let mut number = first.clone();
    let stroke = rest.strip_prefix(['-', '/']).unwrap_or(rest);
    match iso2 {
        // The addition is a field of its own: `12a`, `12-1`, `12 A`.
        "NL" => {
            let range = rest.starts_with('-')
                && stroke.parse::<u32>().is_ok_and(|to| {
                    base.parse::<u32>()
                        .is_ok_and(|from| to > from && to - from <= WIDEST_RANGE && to % 2 == from % 2)
                });
            if !range {
                number = base.to_string();
                if !stroke.is_empty() {
                    unit.push(stroke.to_string());
                }
            }
        }
        // Behind the stroke stands the flat or box.
        "PL" | "BE" | "AT" | "BG" | "RS" | "LV" | "LT" => {
            if let Some((before, after)) = first.split_once('/').filter(|(_, after)| !after.is_empty()) {
                number = before.to_string();
                unit.push(after.to_string());
            }
        }
        _ => {}
    }
    let mut additions = additions;
    while let Some((word, more)) = additions.split_first().filter(|_| iso2 != "NL" && unit.is_empty()) {
        let folded = fold(word);
        let lone = folded.len() == 1
            && word.chars().count() == 1
            && word.chars().all(char::is_alphabetic)
            && number.ends_with(|c: char| c.is_ascii_digit());
        let followed = more.first().is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
        if lone && !followed {
            number.push_str(word);
        } else if matches!(folded.as_str(), "bis" | "ter" | "quater")
            && matches!(iso2, "FR" | "BE" | "LU" | "MC" | "IT" | "")
        {
            number.push(' ');
            number.push_str(word);
        } else {
            break;
        }
        additions = more;
    }
    unit.extend(additions.iter().map(|word| (*word).to_string()));
    let unit = unit.join(" ");
    let unit = unit.trim_matches(|c: char| matches!(c, ' ' | '-' | '/' | ','));
    let unit = unit.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(unit);
    (number, unit.to_string())
}

/// Two numbers of one side of a street that are no further apart are a range of houses, not a number and its addition.
const WIDEST_RANGE: u32 = 20;

/// Street words with abbreviated types written out, in proper case where case was lost.
fn written(words: &[&str], iso2: &str) -> String {
    let joined = words.join(" ");
    let lost = case::writing(&joined) != Writing::Mixed;
    let text: Vec<String> = words
        .iter()
        .enumerate()
        .filter_map(|(at, word)| {
            let written = address::written_out(words, at, iso2).unwrap_or_else(|| (*word).to_string());
            (!written.is_empty()).then_some(written)
        })
        .collect();
    let text = text.join(" ");
    if lost { case::phrase(&text, iso2) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn streets_numbers_and_units() {
        for (raw, iso, street, number, unit) in [
            ("Kerkstraat 12a", "NL", "Kerkstraat", "12", "a"),
            ("Kerkstr. 12 A", "NL", "Kerkstraat", "12", "A"),
            ("KERKSTRAAT 12-1", "NL", "Kerkstraat", "12", "1"),
            ("Kerkstraat 12-14", "NL", "Kerkstraat", "12-14", ""),
            ("Kerkstraat 12 2 hoog", "NL", "Kerkstraat", "12", "2 hoog"),
            ("1e Oosterparkstraat 5", "NL", "1e Oosterparkstraat", "5", ""),
            ("Plein 1944 12", "NL", "Plein 1944", "12", ""),
            ("Leuvensesteenweg 12 bus 3", "BE", "Leuvensesteenweg", "12", "bus 3"),
            ("Rue Neuve 12/3", "BE", "Rue Neuve", "12", "3"),
            ("Rue Neuve 12A bte 3", "BE", "Rue Neuve", "12A", "bte 3"),
            ("Hauptstr. 5 a", "DE", "Hauptstraße", "5a", ""),
            ("Hauptstraße 5a", "DE", "Hauptstraße", "5a", ""),
            ("Straße des 17. Juni 135", "DE", "Straße des 17. Juni", "135", ""),
            ("Mariahilfer Straße 12/3/4", "AT", "Mariahilfer Straße", "12", "3/4"),
            ("ul. Długa 3/5", "PL", "Długa", "3", "5"),
            ("ul. Długa 3 m. 5", "PL", "Długa", "3", "m. 5"),
            ("12 bis R. de la Paix", "FR", "Rue de la Paix", "12 bis", ""),
            ("12 B rue de la Paix", "FR", "rue de la Paix", "12B", ""),
            ("C/ Mayor, 4, 2º B", "ES", "Calle Mayor", "4", "2º B"),
            ("Avinguda del Bogatell, 17", "ES", "Avinguda del Bogatell", "17", ""),
            ("221b Baker St", "GB", "Baker Street", "221b", ""),
            ("Flat 2 14 High Street", "GB", "High Street", "14", "Flat 2"),
            ("123 N Main St Apt 4B", "US", "N Main Street", "123", "Apt 4B"),
            ("123 5th Ave #12", "US", "5th Avenue", "123", "#12"),
            ("2/14 High St", "AU", "High Street", "14", "2"),
            ("Resslova 343/10", "CZ", "Resslova", "343/10", ""),
            ("Baggårde 17A", "DK", "Baggårde", "17A", ""),
            ("Dezső utca 11.", "HU", "Dezső utca", "11", ""),
            ("Kerkstraat", "NL", "Kerkstraat", "", ""),
            ("12", "NL", "12", "", ""),
            ("8-9 Mainguard Street", "IE", "Mainguard Street", "8-9", ""),
        ] {
            let line = split(raw, iso);
            assert_eq!(
                (line.street.as_str(), line.number.as_str(), line.unit.as_str()),
                (street, number, unit),
                "{raw}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_shown_street_stays(raw in "[a-zA-Z]{2,9}( [a-zA-Z]{1,8}){0,2}", iso in prop::sample::select(vec!["NL", "US", "PL", "FR", "DE", ""])) {
            let once = split(&raw, iso).street;
            prop_assert_eq!(split(&once, iso).street, once);
        }

        #[test]
        fn nothing_is_lost(raw in "[A-Za-z0-9 ./,-]{0,32}|.{0,16}", iso in prop::sample::select(vec!["NL", "US", "PL", "FR", ""])) {
            let line = split(&case::tidy(&raw), iso);
            let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
            prop_assert_eq!(digits(&raw), digits(&line.street) + digits(&line.number) + digits(&line.unit));
        }
    }
}
