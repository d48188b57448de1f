//! What a column's values look like, from a bounded sample of its distinct values.

use super::Kind;
use super::headings::rows;
use crate::table::{Column, MISSING};
use any_ascii::any_ascii;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Distinct values looked at per column; more do not change what a column looks like.
const SAMPLE: usize = 2_000;
/// Years that a date may have.
const YEARS: std::ops::RangeInclusive<u32> = 1000..=2100;
/// Years of a date without separators; others are numbers that happen to have eight digits.
const COMPACT_YEARS: std::ops::RangeInclusive<u32> = 1800..=2100;
/// Digits of a telephone number, country code included.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 6..=15;

/// Counts over a column, and shares (0 to 1) of the sampled distinct values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Rows of the table, rows with a value, and distinct values.
    pub rows: usize,
    pub filled: usize,
    pub distinct: usize,
    /// Average length in characters.
    pub length: f64,
    pub email: f64,
    /// Digits and the punctuation of telephone numbers, in a telephone number's length.
    pub phone: f64,
    /// As `phone`, and written as nothing else is: with `+`, a leading zero or separators.
    pub clear_phone: f64,
    pub postcode: f64,
    /// A day; `moment` is the share with a time of day.
    pub date: f64,
    pub moment: f64,
    /// Six or eight digits that are a day when a heading says so: `271243`, `27121943`.
    pub compact_day: f64,
    pub url: f64,
    pub iban: f64,
    pub vat: f64,
    pub country: f64,
    /// Digits only.
    pub number: f64,
    /// A number with a decimal part.
    pub decimal: f64,
    /// One word with a digit in it, as codes have.
    pub code: f64,
    /// No digit, but a letter.
    pub letters: f64,
    /// A digit somewhere.
    pub digits: f64,
    /// A line break.
    pub lines: f64,
    pub commas: f64,
    /// A blank between two words.
    pub blanks: f64,
    pub boolean: f64,
    pub person_type: f64,
    pub company_type: f64,
    pub salutation: f64,
    pub gender: f64,
    pub mobile_label: f64,
    /// A word that stands in names of organisations.
    pub organisation: f64,
    /// The first word is a common given name, and no word stands for an organisation.
    pub given_name: f64,
    /// Written as names of persons are (two to four capitalised words), without a word for an organisation.
    pub person_shape: f64,
    /// Words and a house number, at the end or the beginning: `Kerkstraat 12a`, `221 Victoria Street`.
    pub street: f64,
    /// The name of a known city.
    pub city: f64,
    /// As `person_shape`, in letters that are not Latin.
    pub foreign_person: f64,
}

impl Look {
    /// Whether every row has a value and no two rows the same.
    pub fn is_key(&self) -> bool {
        self.rows > 0 && self.filled == self.rows && self.distinct == self.rows
    }

    /// Whether all rows with a value have the same one (and there is more than one row).
    pub fn is_constant(&self) -> bool {
        self.distinct == 1 && self.filled > 1
    }

    /// Distinct values per filled row: 1 when none repeats.
    pub fn uniqueness(&self) -> f64 {
        if self.filled == 0 { 0.0 } else { self.distinct as f64 / self.filled as f64 }
    }
}

type Classes = HashMap<&'static str, HashSet<String>>;

static CLASSES: LazyLock<Classes> = LazyLock::new(|| {
    let mut classes = Classes::new();
    for [class, value] in rows(include_str!("tables/values.csv")) {
        classes.entry(class).or_default().insert(fold(value));
    }
    let normalized = |text: &'static str| text.lines().filter(|line| !line.starts_with('#')).skip(1);
    let names = |line: &'static str, cells: &[usize]| -> Vec<&'static str> {
        let all: Vec<&str> = line.split(',').collect();
        cells
            .iter()
            .filter_map(|&at| all.get(at))
            .flat_map(|cell| cell.split('|'))
            .filter(|name| !name.is_empty())
            .collect()
    };
    for line in normalized(include_str!("../normalize/tables/countries.csv")) {
        classes.entry("country").or_default().extend(names(line, &[1, 3]).into_iter().map(fold));
        classes.entry("country_code").or_default().extend(names(line, &[0]).into_iter().map(fold));
    }
    for line in normalized(include_str!("../normalize/tables/cities.csv")) {
        classes.entry("city").or_default().extend(names(line, &[0, 2]).into_iter().map(fold));
    }
    classes
});

/// Lower-case ASCII, dots dropped, one blank between words.
fn fold(value: &str) -> String {
    let ascii = any_ascii(value).to_ascii_lowercase();
    ascii
        .split(|char: char| !char.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Looks at a column of a table with `rows` rows.
pub fn look(column: &Column, rows: usize) -> Look {
    let distinct = column.distinct() - 1;
    let filled = column.filled() as usize;
    let mut look = Look { rows, filled, distinct, ..Look::default() };
    let step = distinct.div_ceil(SAMPLE).max(1);
    let mut seen = 0usize;
    for code in (MISSING as usize + 1..=distinct).step_by(step) {
        let value = column.value(code as u32).trim();
        if !value.is_empty() {
            add(&mut look, value);
            seen += 1;
        }
    }
    for share in shares(&mut look) {
        *share /= seen.max(1) as f64;
    }
    look
}

fn shares(look: &mut Look) -> [&mut f64; 32] {
    [
        &mut look.length,
        &mut look.email,
        &mut look.phone,
        &mut look.clear_phone,
        &mut look.postcode,
        &mut look.date,
        &mut look.moment,
        &mut look.compact_day,
        &mut look.url,
        &mut look.iban,
        &mut look.vat,
        &mut look.country,
        &mut look.number,
        &mut look.decimal,
        &mut look.code,
        &mut look.letters,
        &mut look.digits,
        &mut look.lines,
        &mut look.commas,
        &mut look.blanks,
        &mut look.boolean,
        &mut look.person_type,
        &mut look.company_type,
        &mut look.salutation,
        &mut look.gender,
        &mut look.mobile_label,
        &mut look.organisation,
        &mut look.given_name,
        &mut look.person_shape,
        &mut look.foreign_person,
        &mut look.street,
        &mut look.city,
    ]
}

fn add(look: &mut Look, value: &str) {
    let is = |holds: bool| f64::from(u8::from(holds));
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.chars().filter(|char| char.is_alphabetic()).count();
    let blanks = value.contains(' ');
    let day = day_and_rest(value);
    let phone = day.is_none() && is_phone(value, digits, letters);
    look.length += value.chars().count() as f64;
    look.email += is(is_email(value));
    look.phone += is(phone);
    look.clear_phone +=
        is(phone && (value.starts_with(['+', '0', '(']) || value.contains([' ', '/', '-', '.'])));
    look.postcode += is(is_postcode(value));
    look.date += is(day.is_some());
    look.moment += is(day.is_some_and(|rest| !rest.is_empty()));
    look.compact_day += is(is_compact_day(value));
    look.url += is(is_url(value));
    look.iban += is(is_iban(value));
    look.vat += is(is_vat(value));
    look.number += is(digits == value.len());
    look.decimal += is(letters == 0 && value.contains(['.', ',']) && value.parse::<f64>().is_ok());
    look.code += is(!blanks && digits > 0 && !value.contains(['@', '/']));
    look.letters += is(digits == 0 && letters > 0);
    look.digits += is(digits > 0);
    look.lines += is(value.contains('\n'));
    look.commas += is(value.contains(','));
    look.blanks += is(blanks);
    look.street += is(day.is_none() && blanks && letters >= LETTERS_OF_A_STREET && is_street(value));
    if value.len() <= LONGEST_WORD * 4 {
        let folded = fold(value);
        let class = |name: &str| is(CLASSES.get(name).is_some_and(|class| class.contains(&folded)));
        let word = |name: &str, word: &str| CLASSES.get(name).is_some_and(|class| class.contains(word));
        let two_letters = value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase());
        look.country += class("country").max(is(two_letters));
        look.city += class("city");
        look.boolean += class("boolean");
        look.person_type += class("person_type");
        look.company_type += class("company_type");
        look.salutation += class("salutation");
        look.gender += class("gender");
        look.mobile_label += class("mobile");
        let organisation = folded.split(' ').any(|part| word("legal_form", part))
            || (!value.is_ascii() && ORGANISATION_PARTS.iter().any(|part| value.contains(part)));
        look.organisation += is(organisation);
        let particle = |part: &str| word("particle", &fold(part));
        let person = !organisation && digits == 0 && has_person_shape(value, particle);
        look.person_shape += is(person);
        look.foreign_person +=
            is(person && value.chars().any(|char| char.is_alphabetic() && !is_latin(char)));
        let given = folded.split(' ').next().is_some_and(|part| word("given_name", part));
        look.given_name += is(given && !organisation);
    }
}

/// What a value plainly is, whatever column it stands in; nothing when it could be several things.
pub fn plain_kind(value: &str) -> Option<Kind> {
    /// Longer values are prose.
    const LONGEST: usize = 60;
    /// Digits of a telephone number that can be nothing else.
    const PHONE: std::ops::RangeInclusive<usize> = 9..=15;
    /// Characters of the longest postcode.
    const LONGEST_POSTCODE: usize = 10;
    let value = value.trim();
    if value.is_empty() || value.len() > LONGEST {
        return None;
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    match () {
        () if value.contains('@') => is_email(value).then_some(Kind::Email),
        () if digits == 0 => {
            let names_of = |class: &str| CLASSES.get(class).is_some_and(|class| class.contains(&fold(value)));
            (names_of("country")
                || names_of("country_code") && value.bytes().all(|byte| byte.is_ascii_uppercase()))
            .then_some(Kind::Country)
        }
        () if day_and_rest(value).is_some() && value.contains(['-', '/', '.']) => Some(Kind::Date),
        // Five digits alone may be anything.
        () if value.len() <= LONGEST_POSTCODE && digits < value.len() && is_postcode(value) => {
            Some(Kind::Postcode)
        }
        () => {
            let plain = value.bytes().all(|byte| byte.is_ascii_digit() || b" +-/.()".contains(&byte));
            let starts = value.starts_with(['+', '0', '(']);
            (plain && starts && PHONE.contains(&digits)).then_some(Kind::Phone)
        }
    }
}

/// Letters of the shortest name of a street.
const LETTERS_OF_A_STREET: usize = 4;
/// Digits of the longest house number.
const DIGITS_OF_A_HOUSE_NUMBER: usize = 5;

/// Words with a house number (digits, perhaps a letter or an addition) at the end or the beginning.
fn is_street(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let number = |word: &str| {
        let word = word.trim_matches(',');
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        (1..=DIGITS_OF_A_HOUSE_NUMBER).contains(&digits)
            && word[digits..].chars().count() <= DIGITS_OF_A_HOUSE_NUMBER
    };
    let name =
        |word: &str| word.chars().filter(|char| char.is_alphabetic()).count() >= 2 && !word.contains('@');
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    // `Kerkstr. 12 A` has the number before its last word.
    let before_last = words.len() > 2 && last.chars().count() <= 2 && number(words[words.len() - 2]);
    (name(first) && (number(last) || before_last)) || (number(first) && words.len() > 1 && name(last))
}

/// Characters past which a value is a sentence: it is not looked up word by word.
const LONGEST_WORD: usize = 30;

/// Words for organisations of scripts that put no blanks between words, or glue articles to them.
static ORGANISATION_PARTS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    rows(include_str!("tables/values.csv"))
        .filter(|[class, _]| *class == "organisation_part")
        .map(|[_, part]| part)
        .collect()
});

/// Characters of a name in Chinese, Japanese or Korean letters.
const IDEOGRAPHS: std::ops::RangeInclusive<usize> = 2..=6;

/// Whether a letter is a Latin one, with accents or without.
fn is_latin(char: char) -> bool {
    char < '\u{0250}' || ('\u{1e00}'..='\u{1eff}').contains(&char)
}

/// Whether a letter belongs to a script that has no capitals.
fn has_no_case(char: char) -> bool {
    char.is_alphabetic() && !char.is_uppercase() && !char.is_lowercase()
}

/// Two to four capitalised words (initials too), with nothing but particles between them: `Els van der Dal`.
fn has_person_shape(value: &str, is_particle: impl Fn(&str) -> bool) -> bool {
    let is_of_a_name = |char: char| char.is_alphabetic() || " .,'’-".contains(char);
    // Chinese, Japanese and Korean names are a word or two of a few letters.
    let ideograph =
        |char: char| ('\u{3040}'..='\u{9fff}').contains(&char) || ('\u{ac00}'..='\u{d7a3}').contains(&char);
    let letters: Vec<char> = value.chars().filter(|char| !" ・·".contains(*char)).collect();
    if letters.iter().all(|char| ideograph(*char)) {
        return IDEOGRAPHS.contains(&letters.len());
    }
    let mut capitalised = 0;
    let words = value.split_whitespace().all(|word| {
        let capital = word
            .chars()
            .find(|char| char.is_alphabetic())
            .is_some_and(|char| char.is_uppercase() || has_no_case(char));
        capitalised += usize::from(capital && !is_particle(word));
        capital || is_particle(word)
    });
    words && value.chars().all(is_of_a_name) && (2..=4).contains(&capitalised)
}

fn is_email(value: &str) -> bool {
    // Several addresses may be joined (`a@x.nl ::: b@y.nl`); one is enough.
    value.split([' ', ';', ',', '<', '>']).any(|part| {
        part.split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !domain.contains('@'))
    })
}

fn is_phone(value: &str, digits: usize, letters: usize) -> bool {
    let plain =
        value.bytes().all(|byte| byte.is_ascii_digit() || b" +-/.()\xA0".contains(&byte) || byte >= 0x80);
    // An extension may follow in words; several numbers may be joined.
    let extended = letters <= 5 && value.starts_with(['+', '0', '(']) && digits >= 8;
    (plain || extended) && PHONE_DIGITS.contains(&digits) && (letters == 0 || extended)
        || (plain && letters == 0 && value.contains(":::") && digits > *PHONE_DIGITS.end())
}

fn is_url(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let bare = |text: &str| {
        let host = text.split('/').next().unwrap_or_default();
        // `j.smith` and `s.p.a` are no hosts.
        host.rsplit_once('.').is_some_and(|(name, end)| {
            !text.contains([' ', '@', ','])
                && end.len() >= 2
                && end.bytes().all(|byte| byte.is_ascii_lowercase())
                && name.split('.').all(|label| label.len() >= 2)
        })
    };
    lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www.") || bare(&lower)
}

/// Postcodes that are written as nothing else is: Dutch, British, Canadian, Polish, Portuguese, Swedish; and five digits.
fn is_postcode(value: &str) -> bool {
    let shape: String = value
        .chars()
        .map(|char| match char {
            '0'..='9' => '9',
            char if char.is_ascii_alphabetic() => 'A',
            char => char,
        })
        .collect();
    matches!(
        shape.as_str(),
        "9999 AA"
            | "9999AA"
            | "A9 9AA"
            | "A99 9AA"
            | "AA9 9AA"
            | "AA99 9AA"
            | "A9A 9AA"
            | "AA9A 9AA"
            | "A9A 9A9"
            | "A9A9A9"
            | "99-999"
            | "9999-999"
            | "999 99"
            | "99999"
            | "99999-9999"
            | "A99AA"
            | "AA99AA"
            | "AA999AA"
    )
}

fn is_iban(value: &str) -> bool {
    let compact: Vec<u8> = value.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    (15..=34).contains(&compact.len())
        && compact[..2].iter().all(u8::is_ascii_alphabetic)
        && compact[2..4].iter().all(u8::is_ascii_digit)
        && compact[4..].iter().all(u8::is_ascii_alphanumeric)
        && compact[8..].iter().filter(|byte| byte.is_ascii_digit()).count() >= 6
}

fn is_vat(value: &str) -> bool {
    let compact: Vec<u8> = value.bytes().filter(u8::is_ascii_alphanumeric).collect();
    (9..=14).contains(&compact.len())
        && compact[..2].iter().all(u8::is_ascii_alphabetic)
        && compact[2..].iter().filter(|byte| byte.is_ascii_digit()).count() >= 7
}

/// Day, month and year (of two digits or four) without separators, in any order that is in use.
fn is_compact_day(value: &str) -> bool {
    if !matches!(value.len(), 6 | 8) || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let pair = |at: usize| value[at..at + 2].parse::<u32>().unwrap_or(0);
    let day_and_month = |a: u32, b: u32| (1..=31).contains(&a) && (1..=12).contains(&b);
    let (first, last) = (pair(0), pair(value.len() - 2));
    match value.len() {
        6 => day_and_month(first, pair(2)) || day_and_month(pair(2), first) || day_and_month(last, pair(2)),
        _ => {
            let years = |at: usize| COMPACT_YEARS.contains(&value[at..at + 4].parse().unwrap_or(0));
            years(0) && day_and_month(last, pair(4))
                || years(4) && (day_and_month(first, pair(2)) || day_and_month(pair(2), first))
        }
    }
}

/// What follows the day when a value begins with one: the time of day, or nothing.
fn day_and_rest(value: &str) -> Option<&str> {
    let end = value.find([' ', 'T']).unwrap_or(value.len());
    let (day, rest) = value.split_at(end);
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let number =
        |part: &str| (!part.is_empty() && part.len() <= 4).then(|| part.parse::<u32>().ok()).flatten();
    let is_day = match parts.as_slice() {
        [whole] if whole.len() == 8 && whole.bytes().all(|byte| byte.is_ascii_digit()) => {
            let part = |from: usize, to: usize| whole[from..to].parse::<u32>().unwrap_or(0);
            COMPACT_YEARS.contains(&part(0, 4))
                && (1..=12).contains(&part(4, 6))
                && (1..=31).contains(&part(6, 8))
        }
        [a, b, c] => match (number(a), number(b), number(c)) {
            (Some(a), Some(b), Some(c)) => {
                let day_and_month =
                    |x: u32, y: u32| (x <= 12 && y <= 31 || y <= 12 && x <= 31) && x > 0 && y > 0;
                let short_year = parts[2].len() == 2 && rest.trim().len() != 2;
                // `0/0/00` is how Outlook writes that there is no date.
                (YEARS.contains(&a) && day_and_month(b, c))
                    || ((YEARS.contains(&c) || short_year) && day_and_month(a, b))
                    || (a, b, c) == (0, 0, 0)
            }
            _ => false,
        },
        _ => false,
    };
    let time = rest.trim_start_matches('T').trim();
    (is_day && (time.is_empty() || time.starts_with(|char: char| char.is_ascii_digit()))).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Look {
        look(&Column::from_values(values.iter().copied()), values.len())
    }

    #[test]
    fn kinds_of_values_are_told_apart() {
        assert_eq!(of(&["a@b.nl", "x.y@z.example ::: q@r.com"]).email, 1.0);
        assert_eq!(
            of(&["+31 10 555 01 23", "06-55501234", "0105550123", "+31 (0)10 555 01 00"]).clear_phone,
            1.0
        );
        assert_eq!(of(&["2024-01-31", "31-12-1999", "4/9/1971", "19420127", "1-2-99"]).phone, 0.0);
        assert_eq!(of(&["2024-01-31", "31-12-1999", "4/9/1971", "19420127", "0/0/00"]).date, 1.0);
        let moments = of(&["2024-01-31T10:00:00Z", "11/30/2024 4:02 PM"]);
        assert_eq!((moments.date, moments.moment), (1.0, 1.0));
        assert_eq!(of(&["3011 AB", "SW1E 6DE", "80331", "00-950"]).postcode, 1.0);
        assert_eq!(of(&["https://a.nl", "www.b.com", "shop.example"]).url, 1.0);
        assert_eq!(of(&["NL91ABNA0417164300", "DE89 3704 0044 0532 0130 00"]).iban, 1.0);
        assert_eq!(of(&["NL123456782B90", "BE0136295787"]).vat, 1.0);
        assert_eq!(of(&["Dhr.", "Mevr.", "Frau Dr."]).salutation, 1.0);
        assert_eq!(of(&["Nederland", "Netherlands", "DE"]).country, 1.0);
        assert_eq!(of(&["Bakkerij Zonnehof B.V.", "Müller & Söhne GmbH & Co. KG"]).organisation, 1.0);
    }

    #[test]
    fn days_without_separators_are_seen() {
        assert_eq!(of(&["271243", "123199", "991231", "27121943", "19431227"]).compact_day, 1.0);
        assert_eq!(of(&["994599", "12345678", "1234", "27-12-43"]).compact_day, 0.0);
    }

    #[test]
    fn other_things_are_none_of_these() {
        let streets = of(&["Kerkstraat 12a", "221 Victoria Street", "Calle Mayor 3, 2º B"]);
        assert_eq!(
            (streets.phone, streets.date, streets.postcode, streets.url, streets.email),
            (0.0, 0.0, 0.0, 0.0, 0.0)
        );
        assert_eq!(of(&["12345678", "99999999"]).date, 0.0);
        assert_eq!(of(&["J. Smith", "v.d. Berg"]).url, 0.0);
    }

    #[test]
    fn names_of_persons_have_a_shape() {
        let people = ["Els Dal", "Ruud van der Waas", "J. de Wit", "ÉLODIE D'ARC-ROUX", "Dal, Els"];
        assert_eq!(of(&people).person_shape, 1.0);
        let others =
            ["Dal Holding", "Dal & Waas", "els dal", "Spago", "Studio 54", "The House of Blue Lights"];
        assert_eq!(of(&others).person_shape, 0.0);
    }

    #[test]
    fn streets_and_places_are_seen() {
        assert_eq!(
            of(&["Kerkstraat 12a", "Kerkstr. 12 A", "221 Victoria Street", "ul. Długa 5/7"]).street,
            1.0
        );
        assert_eq!(of(&["Rotterdam", "12.50", "31 10 555", "garden hose", "Jan Vos", "3011 AB"]).street, 0.0);
        assert_eq!(of(&["Rotterdam", "'s-Gravenhage", "The Hague"]).city, 1.0);
    }

    #[test]
    fn counts_tell_keys_and_constants() {
        assert!(of(&["a", "b"]).is_key());
        assert!(!of(&["a", ""]).is_key());
        assert!(!of(&["a", "a"]).is_key());
        assert!(of(&["a", "a", ""]).is_constant());
    }
}
