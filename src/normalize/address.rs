//! Addresses: street, house number, unit.

use super::text::fold;
use super::{country, display, junk, postcode, table};
use std::sync::OnceLock;

/// What the address columns of one row say, as they stand in the source.
#[derive(Clone, Copy, Debug, Default)]
pub struct AddressParts<'a> {
    pub one_line: &'a str,
    pub block: &'a str,
    pub street_and_number: &'a str,
    pub street: &'a str,
    pub house_number: &'a str,
    pub unit: &'a str,
    pub line_2: &'a str,
    pub po_box: &'a str,
    /// Displayed only: comparing takes postcode, city and state from columns of their own.
    pub postcode: &'a str,
    pub city: &'a str,
    pub state: &'a str,
}

/// An address taken apart, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// Street without number, types written out: `kerkstraat`.
    pub street: String,
    /// House number, digits only.
    pub house_number: String,
    /// House number addition, box or apartment: `a`, `2 hoog`.
    pub unit: String,
    /// Further text; post boxes as `pobox 123`.
    pub rest: String,
    /// Postcode that stood in the one-line or block form, canonical.
    pub postcode: String,
    /// City that stood in the one-line or block form, as written.
    pub city: String,
}

/// Takes an address apart; `iso2` is the row's country or empty.
pub fn parse(parts: AddressParts<'_>, iso2: &str) -> Address {
    let clean = |raw| if junk::is_junk(raw) { "" } else { raw };
    let mut address = Address::default();
    let mut street = clean(parts.street_and_number);
    let (one_line, block) = (clean(parts.one_line), clean(parts.block));
    let mut first_line = String::new();
    if street.is_empty() {
        street = clean(parts.street);
    }
    if street.is_empty() && !(one_line.is_empty() && block.is_empty()) {
        first_line = take_lines(if block.is_empty() { one_line } else { block }, iso2, &mut address);
        street = &first_line;
    }
    let mut line_2 = clean(parts.line_2);
    if street.is_empty() && line_2.bytes().any(|b| b.is_ascii_digit()) && !is_unit(&fold(line_2)) {
        (street, line_2) = (line_2, "");
    }
    let number = clean(parts.house_number);
    split_street(street, number, iso2, &mut address);
    if !number.is_empty() {
        let (digits, addition) = split_number(&fold(number));
        address.house_number = digits;
        add_word(&mut address.unit, &addition);
    }
    let unit = strip_markers(&fold(clean(parts.unit)));
    add_word(&mut address.unit, &unit);
    let line_2 = fold(line_2);
    if is_unit(&line_2) {
        add_word(&mut address.unit, &strip_markers(&line_2));
    } else {
        let text = pobox(&line_2).unwrap_or(line_2);
        add_word(&mut address.rest, &text);
    }
    let po_box = fold(clean(parts.po_box));
    if !po_box.is_empty() {
        // Read once already, it is what stands behind the word.
        let number = po_box.trim_start_matches("pobox ");
        let text = pobox(number).unwrap_or_else(|| format!("pobox {number}"));
        add_word(&mut address.rest, &text);
    }
    drop(first_line);
    address
}

pub(super) fn add_word(to: &mut String, text: &str) {
    if !text.is_empty() && to != text {
        if !to.is_empty() {
            to.push(' ');
        }
        to.push_str(text);
    }
}

/// The street line of a whole address; postcode, city and further lines go into `address`.
fn take_lines(text: &str, iso2: &str, address: &mut Address) -> String {
    let mut lines: Vec<&str> =
        text.split(['\n', '\r', ',', ';']).map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > 1 && lines.last().is_some_and(|line| !country::code(line).is_empty()) {
        lines.pop();
    }
    // The last line with a postcode holds the city beside it, or the city stands on the line before.
    for at in (0..lines.len()).rev() {
        if at == 0 && lines.len() == 1 {
            break;
        }
        if let Some((code, city)) = postcode_and_city(lines[at], iso2) {
            address.postcode = code;
            lines.remove(at);
            address.city = match city.is_empty() && at > 1 {
                true => lines.remove(at - 1).to_string(),
                false => city,
            };
            break;
        }
    }
    let with_number = lines.iter().position(|line| line.bytes().any(|b| b.is_ascii_digit())).unwrap_or(0);
    if lines.is_empty() {
        return String::new();
    }
    let street = lines.remove(with_number).to_string();
    let rest: Vec<String> = lines.into_iter().map(fold).collect();
    add_word(&mut address.rest, &rest.join(" "));
    street
}

/// `3011 AB Rotterdam`, `Rotterdam 3011AB`, `B-1000 Brussel`, `Chicago IL 60693`.
fn postcode_and_city(line: &str, iso2: &str) -> Option<(String, String)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let looks = |text: &str| {
        let own = country::of_postcode(text);
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        !own.is_empty() || (digits == text.len() && matches!(digits, 4 | 5))
    };
    // The longest group of words first: `3011 AB` before `3011`.
    for length in [2, 1] {
        for start in [0, words.len().saturating_sub(length)] {
            let Some(group) = words.get(start..start + length) else { continue };
            let code = group.join(" ");
            if looks(&code) {
                let city: Vec<&str> =
                    words[..start].iter().chain(&words[start + length..]).copied().collect();
                return Some((postcode::canonical(&code, iso2), city.join(" ")));
            }
        }
    }
    None
}

/// Countries where the house number stands before the street.
pub(super) fn number_first(iso2: &str) -> bool {
    matches!(iso2, "GB" | "US" | "FR" | "IE" | "AU" | "CA" | "NZ" | "LU" | "ZA" | "IN")
}

/// Takes the text of a street apart; `number_column` is what stands in the cell of its house number.
pub(super) fn split_street(raw: &str, number_column: &str, iso2: &str, address: &mut Address) {
    let folded = fold(raw);
    if folded.is_empty() {
        return;
    }
    if let Some(text) = pobox(&folded) {
        add_word(&mut address.rest, &text);
        return;
    }
    let words: Vec<&str> = folded.split(' ').collect();
    let (mut street, mut number, mut unit) = (&words[..], String::new(), String::new());
    let starts_with_digit = |word: &str| word.as_bytes()[0].is_ascii_digit();
    let front_like = is_house_number(words[0])
        && words.len() > 1
        && words[1..].iter().any(|word| word.len() > 1 && !starts_with_digit(word));
    let front = |words: &[&'_ str]| front_parts(words);
    let order: [bool; 2] =
        if number_first(iso2) || (iso2.is_empty() && front_like) { [true, false] } else { [false, true] };
    for in_front in order {
        let found = if in_front { if front_like { front(&words) } else { None } } else { back_parts(&words) };
        if let Some((digits, addition, range)) = found {
            (number, unit, street) = (digits, addition, &words[range.0..range.1]);
            break;
        }
    }
    // A street column beside a number column keeps its digits unless they are that number (`1e Oosterstraat`, `Plein 1944`).
    if !number_column.is_empty() && split_number(&fold(number_column)).0 != number {
        (street, unit) = (&words[..], String::new());
    } else {
        address.house_number = number;
    }
    address.unit = unit;
    address.street = spell_out(street, iso2);
}

type Split = (String, String, (usize, usize));

/// `12 bis rue X`, `12a High Street Flat 2`: number, unit and the range of the street's words.
fn front_parts(words: &[&str]) -> Option<Split> {
    let (digits, mut unit) = split_number(words[0]);
    let mut start = 1;
    if start + 1 < words.len() && matches!(words[start], "bis" | "ter" | "quater") {
        add_word(&mut unit, words[start]);
        start += 1;
    }
    let mut end = words.len();
    if let Some(marker) = (start + 1..words.len()).find(|&at| {
        kind(words[at]) == Some("unit") && at + 1 < words.len() && starts_number_or_letter(words[at + 1])
    }) {
        add_word(&mut unit, &strip_markers(&words[marker..].join(" ")));
        end = marker;
    }
    Some((digits, unit, (start, end)))
}

/// `kerkstraat 12 a`, `dluga 3 5`, `hoofdstraat 12 bus 3`: the first number after which only additions follow.
fn back_parts(words: &[&str]) -> Option<Split> {
    let at = (1..words.len()).find(|&at| {
        is_house_number(words[at])
            && words[at + 1..].iter().all(|word| is_addition(word))
            // `Plein 1944 12`: the year belongs to the name.
            && !(is_year(words[at]) && words.get(at + 1).is_some_and(|next| starts_number(next)))
    })?;
    let (digits, mut unit) = split_number(words[at]);
    add_word(&mut unit, &strip_markers(&words[at + 1..].join(" ")));
    let mut end = at;
    // `Kerkstraat nr 12`
    if end > 1 && matches!(words[end - 1], "nr" | "no" | "num" | "numero" | "n") {
        end -= 1;
    }
    Some((digits, unit, (0, end)))
}

fn starts_number(word: &str) -> bool {
    word.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

fn starts_number_or_letter(word: &str) -> bool {
    starts_number(word) || word.len() <= 2
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u32>().is_ok_and(|year| (1800..=2030).contains(&year))
}

/// Digits with at most two letters behind them (`12`, `12a`, `12bis` is three: also allowed when it is a known addition).
fn is_house_number(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let letters = &word[digits..];
    // Ordinals are names: `1e Oosterstraat`, `5th Avenue`.
    let ordinal = matches!(letters, "st" | "nd" | "rd" | "th" | "de" | "ste" | "er" | "eme");
    (1..=5).contains(&digits) && !ordinal && (letters.len() <= 1 || kind(letters) == Some("kept"))
}

/// Whether a word may follow a house number as its addition.
fn is_addition(word: &str) -> bool {
    starts_number(word) && word.len() <= 6 || word.len() == 1 || kind(word).is_some_and(|kind| kind != "box")
}

/// `12a` → (`12`, `a`); `nr 12 2 hoog` → (`12`, `2 hoog`).
pub(super) fn split_number(folded: &str) -> (String, String) {
    let start = folded.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let before = folded[..start].trim();
    let digits = folded[start..].bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return (String::new(), folded.to_string());
    }
    let number = folded[start..start + digits].trim_start_matches('0');
    let number = if number.is_empty() { "0" } else { number };
    let mut addition = strip_markers(folded[start + digits..].trim());
    if !before.is_empty() && kind(before).is_none() {
        add_word(&mut addition, before);
    }
    (number.to_string(), addition)
}

/// Whether a second line is only a unit (`apt 4`, `bus 3`, `2 hoog`, `4b`).
fn is_unit(folded: &str) -> bool {
    // Unit texts are short; longer ones are names of buildings, districts or firms.
    const MOST_WORDS: usize = 4;
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let marked = words.iter().any(|word| kind(word).is_some_and(|kind| kind != "box"));
    let numbered = words.iter().any(|word| starts_number(word) || word.len() == 1);
    (1..=MOST_WORDS).contains(&words.len())
        && words.iter().all(|word| is_addition(word))
        && numbered
        && (marked || (words.len() == 1 && is_house_number(words[0])))
}

/// Without the words that only introduce a unit (`bus 3` → `3`).
fn strip_markers(folded: &str) -> String {
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let kept: Vec<&str> = words.iter().copied().filter(|word| kind(word) != Some("unit")).collect();
    if kept.is_empty() { words.join(" ") } else { kept.join(" ") }
}

/// `postbus 123` → `pobox 123`; nothing when the text is no post box.
fn pobox(folded: &str) -> Option<String> {
    if !box_starts().contains(folded.split(' ').next().unwrap_or("")) {
        return None;
    }
    // The longest marker has three words (`apartado de correos`).
    let words: Vec<&str> = folded.split(' ').collect();
    (1..=3.min(words.len().saturating_sub(1))).rev().find_map(|length| {
        let number = words[length..].concat();
        let is_box = kind(&words[..length].join(" ")) == Some("box") && starts_number(&number);
        is_box.then(|| format!("pobox {number}"))
    })
}

/// The first words of all markers of post boxes.
fn box_starts() -> &'static table::Words {
    static STARTS: OnceLock<table::Words> = OnceLock::new();
    STARTS.get_or_init(|| {
        let boxes = table::rows(include_str!("tables/address_words.csv")).filter(|[_, kind]| *kind == "box");
        boxes.map(|[word, _]| word.split(' ').next().unwrap_or(word)).collect()
    })
}

/// What `tables/address_words.csv` says of a folded word: `unit`, `kept` or `box`.
pub(super) fn kind(word: &str) -> Option<&'static str> {
    static KINDS: OnceLock<table::Lookup<&'static str>> = OnceLock::new();
    KINDS
        .get_or_init(|| {
            table::rows(include_str!("tables/address_words.csv")).map(|[word, kind]| (word, kind)).collect()
        })
        .get(word)
        .copied()
}

struct StreetType {
    short: &'static str,
    long: &'static str,
    place: &'static str,
    countries: Vec<&'static str>,
}

impl StreetType {
    fn holds_in(&self, iso2: &str) -> bool {
        self.countries.contains(&iso2) || self.countries == [""]
    }
}

struct StreetTypes {
    words: table::Lookup<Vec<StreetType>>,
    glued: Vec<StreetType>,
}

fn street_types() -> &'static StreetTypes {
    static TYPES: OnceLock<StreetTypes> = OnceLock::new();
    TYPES.get_or_init(|| {
        let mut types = StreetTypes { words: table::Lookup::default(), glued: Vec::new() };
        for [short, long, place, countries] in table::rows(include_str!("tables/street_types.csv")) {
            let entry = StreetType { short, long, place, countries: countries.split('|').collect() };
            if place == "glued" {
                types.glued.push(entry);
            } else {
                types.words.entry(short).or_default().push(entry);
            }
        }
        // The longest ending decides: `pln` before `ln`.
        types.glued.sort_by_key(|entry| std::cmp::Reverse(entry.short.len()));
        types
    })
}

/// Where the types of streets stand among the words of one.
struct TypePlaces {
    count: usize,
    /// The last word, or the one before a direction (`Main St W`).
    last: usize,
}

impl StreetTypes {
    fn places(&self, count: usize, last_word: &str, iso2: &str) -> TypePlaces {
        let directed = self
            .words
            .get(last_word)
            .is_some_and(|all| all.iter().any(|entry| entry.place == "direction" && entry.holds_in(iso2)));
        TypePlaces { count, last: if count > 2 && directed { count - 2 } else { count - 1 } }
    }

    /// What a folded word stands for where it stands.
    fn find(&self, word: &str, at: usize, places: &TypePlaces, iso2: &str) -> Option<&StreetType> {
        let fits = |entry: &&StreetType| {
            entry.holds_in(iso2)
                && match entry.place {
                    "first" => at == 0 && places.count > 1,
                    "last" => at == places.last && at > 0,
                    "direction" => at == places.count - 1 && at > places.last,
                    _ => places.count > 1,
                }
        };
        self.words.get(word)?.iter().find(fits)
    }

    /// The type that a word in small letters ends in: `kerkstr`.
    fn glued(&self, word: &str, iso2: &str) -> Option<&StreetType> {
        self.glued.iter().find(|entry| {
            entry.holds_in(iso2)
                && word.ends_with(entry.short)
                && word.len() >= entry.short.len() + SHORTEST_STEM
        })
    }
}

/// Street words with abbreviated types written out.
fn spell_out(words: &[&str], iso2: &str) -> String {
    let types = street_types();
    let places = types.places(words.len(), words.last().unwrap_or(&""), iso2);
    let mut out = String::new();
    for (at, &word) in words.iter().enumerate() {
        match types.find(word, at, &places, iso2) {
            Some(found) if found.long == "-" => {}
            Some(found) => push_word(&mut out, found.long, ""),
            None => match types.glued(word, iso2) {
                Some(found) => push_word(&mut out, &word[..word.len() - found.short.len()], found.long),
                None => push_word(&mut out, word, ""),
            },
        }
    }
    out
}

/// A street's word with an abbreviated type written out as people read it (`Kerkstr.` → `Kerkstraat`, `St` → `Street`);
/// empty for a type that is left out (`ul.`), nothing when the word stays.
pub(super) fn written_out(words: &[&str], at: usize, iso2: &str) -> Option<String> {
    let types = street_types();
    let bare = |word: &str| fold(word.trim_end_matches(['.', '/', ',']));
    let word = words[at].trim_end_matches(['.', '/', ',']);
    let folded = fold(word);
    let places = types.places(words.len(), &words.last().map_or(String::new(), |word| bare(word)), iso2);
    // Directions are displayed as written.
    if let Some(found) = types.find(&folded, at, &places, iso2).filter(|found| found.place != "direction") {
        if found.long == "-" {
            return Some(String::new());
        }
        let shown = shown_type(found.long, iso2).filter(|_| found.long != folded)?;
        let writing = display::case::writing(word);
        let large = word.chars().next().is_some_and(char::is_uppercase) || at == 0;
        return Some(match writing {
            display::case::Writing::Capitals => shown.to_uppercase(),
            _ if large => display::case::proper(shown, ""),
            _ => shown.to_string(),
        });
    }
    let small = word.to_lowercase();
    let found = types.glued(&small, iso2)?;
    if small.ends_with(found.long) || small.len() != word.len() {
        return None;
    }
    let shown = shown_type(found.long, iso2)?;
    Some(format!("{}{shown}", &word[..word.len() - found.short.len()]))
}

/// Whether a folded word is a street type, short or long, or ends in one (`kerkstraat`).
pub(super) fn is_street_type(folded: &str) -> bool {
    static LONG: OnceLock<table::Words> = OnceLock::new();
    let long = LONG.get_or_init(|| {
        let types = table::rows(include_str!("tables/street_words.csv")).map(|[folded, _, _]| folded);
        types.chain(table::rows(include_str!("tables/street_names.csv")).map(|[word]| word)).collect()
    });
    const ENDINGS: [&str; 13] = [
        "straat", "strasse", "laan", "weg", "plein", "gracht", "kade", "dijk", "singel", "gasse", "platz",
        "allee", "str",
    ];
    long.contains(folded) || ENDINGS.iter().any(|end| folded.len() > end.len() + 2 && folded.ends_with(end))
}

/// How a street type is displayed where it is written out at all.
fn shown_type(long: &str, iso2: &str) -> Option<&'static str> {
    static SHOWN: OnceLock<table::Lookup<Vec<(&'static str, &'static str)>>> = OnceLock::new();
    let shown = SHOWN.get_or_init(|| {
        let mut shown: table::Lookup<Vec<(&'static str, &'static str)>> = table::Lookup::default();
        for [folded, written, countries] in table::rows(include_str!("tables/street_words.csv")) {
            shown.entry(folded).or_default().push((written, countries));
        }
        shown
    });
    let all = shown.get(long)?;
    let holds = |countries: &str| countries.is_empty() || countries.split('|').any(|country| country == iso2);
    all.iter().find(|(_, countries)| holds(countries)).map(|(written, _)| *written)
}

fn push_word(out: &mut String, word: &str, ending: &str) {
    if !out.is_empty() {
        out.push(' ');
    }
    out.push_str(word);
    out.push_str(ending);
}

/// Letters before a glued type; shorter stems are chance: `astr`.
const SHORTEST_STEM: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(raw: &str, iso2: &str) -> (String, String, String) {
        let address = parse(AddressParts { street_and_number: raw, ..AddressParts::default() }, iso2);
        (address.street, address.house_number, address.unit)
    }

    #[test]
    fn numbers_before_and_after_the_street() {
        for (raw, iso, street, number, unit) in [
            ("Kerkstraat 12a", "NL", "kerkstraat", "12", "a"),
            ("Kerkstr. 12 A", "NL", "kerkstraat", "12", "a"),
            ("Kerkstraat 12-1", "NL", "kerkstraat", "12", "1"),
            ("Kerkstraat 12 2 hoog", "NL", "kerkstraat", "12", "2 hoog"),
            ("Leuvensestwg 12 bus 3", "BE", "leuvensesteenweg", "12", "3"),
            ("1e Oosterparkstraat 5", "NL", "1e oosterparkstraat", "5", ""),
            ("Plein 1944 12", "NL", "plein 1944", "12", ""),
            ("Hauptstr. 5", "DE", "hauptstrasse", "5", ""),
            ("Hauptstraße 5", "DE", "hauptstrasse", "5", ""),
            ("ul. Długa 3/5", "PL", "dluga", "3", "5"),
            ("12 bis R. de la Paix", "FR", "rue de la paix", "12", "bis"),
            ("12 rue de la Paix", "", "rue de la paix", "12", ""),
            ("C/ Mayor 4", "ES", "calle mayor", "4", ""),
            ("221b Baker St", "GB", "baker street", "221", "b"),
            ("123 N Main St Apt 4", "US", "north main street", "123", "4"),
            ("123 5th Ave", "US", "5th avenue", "123", ""),
            ("7 wallaby pl", "", "wallaby place", "7", ""),
            ("Kerkstraat", "NL", "kerkstraat", "", ""),
            ("12", "NL", "12", "", ""),
        ] {
            assert_eq!(line(raw, iso), (street.into(), number.into(), unit.into()), "{raw}");
        }
    }

    #[test]
    fn columns_are_put_together() {
        let address = parse(
            AddressParts {
                street: "Burg. Smitlaan",
                house_number: "12-A",
                line_2: "bus 3",
                ..AddressParts::default()
            },
            "NL",
        );
        assert_eq!(
            (&*address.street, &*address.house_number, &*address.unit),
            ("burgemeester smitlaan", "12", "a 3")
        );
        let address =
            parse(AddressParts { street: "Plein 1944", house_number: "7", ..AddressParts::default() }, "NL");
        assert_eq!((&*address.street, &*address.house_number), ("plein 1944", "7"));
        let address = parse(
            AddressParts {
                street: "were street",
                line_2: "marriott downs",
                house_number: "11",
                ..AddressParts::default()
            },
            "",
        );
        assert_eq!(address.rest, "marriott downs");
        let address =
            parse(AddressParts { street_and_number: "Postbus 123", ..AddressParts::default() }, "NL");
        assert_eq!((&*address.street, &*address.rest), ("", "pobox 123"));
    }

    #[test]
    fn whole_addresses_give_postcode_and_city() {
        let address = parse(
            AddressParts { block: "Kerkstraat 12a\n3011 AB Rotterdam\nNederland", ..AddressParts::default() },
            "NL",
        );
        assert_eq!((&*address.street, &*address.house_number), ("kerkstraat", "12"));
        assert_eq!((&*address.postcode, &*address.city), ("3011AB", "Rotterdam"));
        let address = parse(
            AddressParts { one_line: "221B Baker Street, London, NW1 6XE", ..AddressParts::default() },
            "GB",
        );
        assert_eq!(
            (&*address.street, &*address.postcode, &*address.city),
            ("baker street", "NW16XE", "London")
        );
    }

    proptest! {
        #[test]
        fn any_text_is_survived(raw in ".{0,40}|[A-Za-z0-9 ./-]{0,40}", number in "[0-9a-zA-Z -]{0,6}", iso in prop::sample::select(vec!["NL", "US", "PL", ""])) {
            let parts = AddressParts { street: &raw, house_number: &number, line_2: &raw, block: &raw, ..AddressParts::default() };
            prop_assert!(parse(parts, iso).street.is_ascii());
        }

        #[test]
        fn a_spelled_out_street_stays(raw in "[a-z]{2,9}( [a-z]{1,8}){0,2}", iso in prop::sample::select(vec!["NL", "US", "PL", "FR", ""])) {
            let once = line(&raw, iso).0;
            prop_assert_eq!(line(&once, iso).0, once);
        }
    }
}
