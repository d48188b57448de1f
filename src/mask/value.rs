//! One value → what a masked pack shows of it.

use crate::map::Kind;
use sha2::{Digest, Sha256};

/// Stands for what is hidden.
const DOT: char = '•';
/// Letters of codes: none of them looks like another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters of a word's code: with 25 bits two of a thousand words share one with a chance of 1.5 %, and then still differ in
/// the mark of the whole value.
const WORD: usize = 5;
/// Letters of the mark of a whole value, which tells spellings apart that are one word for people (`JANSEN`, `Jansen`).
const WHOLE: usize = 3;
/// Letters of a code that stands for a value by itself.
const ALONE: usize = 8;
/// Shortest word of which the first letter is shown.
const LONG_WORD: usize = 3;
/// Digits shown at the end of a number, and how many it has at least then.
const LAST_DIGITS: usize = 3;
const LONG_NUMBER: usize = 7;
/// Digits of a telephone number behind its country and area prefix, by which two ways of writing it are alike.
const SUBSCRIBER: usize = 9;
/// Letters of a postcode that name the region.
const POSTCODE_REGION: usize = 2;
const LONG_POSTCODE: usize = 4;
/// Years in which people were born.
const YEARS: std::ops::RangeInclusive<u32> = 1850..=2150;

/// Masks values with a secret.
pub struct Masker {
    key: [u8; 32],
}

impl Masker {
    /// A masker with this secret.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// A short name of the secret, by which a pack says what it was masked with.
    pub fn name(&self) -> String {
        self.code("secret", "", ALONE)
    }

    /// What is shown of a value; nothing of nothing.
    pub fn value(&self, kind: Kind, value: &str) -> String {
        if value.trim().is_empty() {
            return String::new();
        }
        let whole = || self.code("whole", value, WHOLE);
        match kind {
            Kind::Country | Kind::Category => value.to_string(),
            Kind::PersonName | Kind::Company | Kind::Address | Kind::City | Kind::Region => {
                let words: Vec<String> = value.split_whitespace().map(|word| self.word(word)).collect();
                format!("{}/{}", words.join(" "), whole())
            }
            Kind::Email => self.email(value),
            Kind::Phone => {
                let digits = digits(value);
                let same = &digits[digits.len().saturating_sub(SUBSCRIBER)..];
                format!("{}~{}/{}", last(&digits), self.code("number", same, WORD), whole())
            }
            Kind::Identifier => {
                let folded = folded(value);
                format!("{}~{}/{}", last(&folded), self.code("number", &folded, WORD), whole())
            }
            Kind::Postcode => {
                let folded = folded(value);
                let shown = if folded.chars().count() < LONG_POSTCODE { 0 } else { POSTCODE_REGION };
                let region: String = folded.chars().take(shown).flat_map(char::to_uppercase).collect();
                format!("{region}{DOT}{}/{}", self.code("word", &folded, WORD), whole())
            }
            Kind::Date | Kind::Timestamp => {
                let mut parts: Vec<&str> =
                    value.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
                let year =
                    parts.iter().find_map(|part| year(part)).unwrap_or_else(|| DOT.to_string().repeat(4));
                // The same day in another order of its parts has the same code.
                parts.sort_unstable();
                format!("{year}~{DOT}{}/{}", self.code("day", &parts.join("-"), WORD), whole())
            }
            Kind::RecordId | Kind::Website | Kind::Text | Kind::Carried => {
                format!("{DOT}{}", self.code("alone", value, ALONE))
            }
        }
    }

    fn word(&self, word: &str) -> String {
        let folded = folded(word);
        let initial = word.chars().next().filter(|first| first.is_alphabetic());
        let initial = initial.filter(|_| word.chars().count() >= LONG_WORD);
        let code = self.code("word", if folded.is_empty() { word } else { &folded }, WORD);
        match initial {
            Some(initial) => format!("{initial}{DOT}{code}"),
            None => format!("{DOT}{code}"),
        }
    }

    /// `a•••k3q2m@example.com`: addresses in one cell each by itself.
    fn email(&self, value: &str) -> String {
        let one = |address: &str| match address.rsplit_once('@') {
            Some((local, domain)) if !domain.contains('@') && !local.is_empty() => {
                let code = self.code("mailbox", &address.to_lowercase(), WORD);
                let initial = local.chars().next().filter(|_| local.chars().count() >= LONG_WORD);
                let initial = initial.map(String::from).unwrap_or_default();
                format!("{initial}{DOT}{DOT}{DOT}{code}@{domain}")
            }
            _ => format!("{DOT}{}", self.code("alone", address, ALONE)),
        };
        let addresses = value.split([';', ',', ' ', '|']).filter(|address| !address.is_empty());
        let shown: Vec<String> = addresses.map(one).collect();
        format!("{} /{}", shown.join(" "), self.code("whole", value, WHOLE))
    }

    fn code(&self, of: &str, value: &str, length: usize) -> String {
        // Keyed twice, as HMAC (RFC 2104) has it: a hash of the key and a text can be carried on by who knows its length.
        let mut inner = Sha256::new();
        inner.update(self.key.map(|byte| byte ^ 0x36));
        inner.update([0x36; 32]);
        inner.update(of.as_bytes());
        inner.update([0]);
        inner.update(value.as_bytes());
        let mut outer = Sha256::new();
        outer.update(self.key.map(|byte| byte ^ 0x5c));
        outer.update([0x5c; 32]);
        outer.update(inner.finalize());
        let hash = outer.finalize();
        hash.iter().take(length).map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
    }
}

/// Whether a text holds a masked value.
pub fn is_masked(text: &str) -> bool {
    let is_code = |rest: &str| {
        let rest = rest.trim_start_matches(DOT);
        let length = rest.bytes().take_while(|byte| LETTERS.contains(byte)).count();
        length >= WORD
    };
    text.match_indices(DOT).any(|(at, dot)| {
        let rest = &text[at + dot.len()..];
        // The last digits of a number stand between its dots and its code.
        let behind =
            rest.trim_start_matches(DOT).trim_start_matches(|c: char| c != '~' && c.is_alphanumeric());
        is_code(rest) || behind.strip_prefix('~').is_some_and(is_code)
    })
}

fn folded(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn digits(value: &str) -> String {
    value.chars().filter(char::is_ascii_digit).collect()
}

/// The last three of a number that is long enough to hide the rest.
fn last(text: &str) -> String {
    let count = text.chars().count();
    let shown: String =
        text.chars().skip(if count < LONG_NUMBER { count } else { count - LAST_DIGITS }).collect();
    format!("{DOT}{DOT}{DOT}{shown}")
}

fn year(part: &str) -> Option<String> {
    let head = if part.len() == 4 || part.len() == 8 { part.get(..4)? } else { return None };
    let tail = part.get(part.len() - 4..)?;
    let fits = |text: &&str| text.parse().is_ok_and(|year| YEARS.contains(&year));
    [head, tail].into_iter().find(fits).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [Kind; 10] = [
        Kind::RecordId,
        Kind::PersonName,
        Kind::Email,
        Kind::Phone,
        Kind::Address,
        Kind::Postcode,
        Kind::Date,
        Kind::Identifier,
        Kind::Website,
        Kind::Text,
    ];

    #[test]
    fn a_mask_shows_enough_to_decide() {
        let masker = Masker::new([7; 32]);
        let show = |kind, value| masker.value(kind, value);
        let starts = |kind, value, start: &str| {
            let shown = show(kind, value);
            assert!(shown.starts_with(start), "{value}: {shown}");
        };
        starts(Kind::Email, "anna@example.com", "a•••");
        assert!(show(Kind::Email, "anna@example.com").contains("@example.com"));
        starts(Kind::Phone, "+31 6 1234 5678", "•••678~");
        starts(Kind::Date, "1970-02-01", "1970~");
        starts(Kind::Date, "01-02-1970", "1970~");
        starts(Kind::Date, "19700201", "1970~");
        starts(Kind::PersonName, "Jansen", "J•");
        starts(Kind::Postcode, "1234 AB", "12•");
        // What differs in spelling only differs in the mark behind the stroke only.
        let part =
            |kind, value| show(kind, value).split_once('/').map(|(part, _)| part.to_lowercase()).unwrap();
        assert_eq!(part(Kind::PersonName, "JANSEN"), part(Kind::PersonName, "Jansen"));
        assert_ne!(part(Kind::PersonName, "Janssen"), part(Kind::PersonName, "Jansen"));
        assert_eq!(part(Kind::Phone, "+31 6 1234 5678"), part(Kind::Phone, "06-12345678"));
        assert_ne!(show(Kind::PersonName, "JANSEN"), show(Kind::PersonName, "Jansen"));
        assert_ne!(Masker::new([8; 32]).value(Kind::Phone, "0612345678"), show(Kind::Phone, "0612345678"));
    }

    #[test]
    fn masked_values_are_known_as_such() {
        let masker = Masker::new([7; 32]);
        for kind in KINDS {
            for value in ["Anna Jansen", "a@b.nl", "0612345678", "1970-02-01", "x"] {
                assert!(is_masked(&masker.value(kind, value)), "{kind:?} {value}");
            }
        }
        for value in ["", "Anna", "• one\n• two", "•", "A • B", "a~b"] {
            assert!(!is_masked(value), "{value}");
        }
    }

    proptest! {
        #[test]
        fn equal_masks_equal_and_different_masks_different(one in "\\PC{1,24}", other in "\\PC{1,24}") {
            let masker = Masker::new([7; 32]);
            for kind in KINDS {
                let (a, b) = (masker.value(kind, &one), masker.value(kind, &other));
                prop_assert_eq!(a == b, one == other || one.trim().is_empty() && other.trim().is_empty());
                if one.chars().count() > 4 {
                    prop_assert!(!a.contains(&one), "{} in {}", one, a);
                }
            }
        }
    }
}
