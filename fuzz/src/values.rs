//! One cell → its comparison form, and the two promises: normalizing again changes nothing, and no value is emptied
//! that is none of the fillers.

use alike::map::{Field, FieldId, Kind};
use alike::normalize::{junk, text, value};

/// Countries with rules of their own, and none.
pub const COUNTRIES: [&str; 16] =
    ["", "NL", "BE", "DE", "FR", "GB", "US", "ES", "PL", "IT", "HU", "TR", "CH", "AT", "BR", "XX"];

/// A country by the first byte, and the text behind it; bytes that are no text are replaced.
pub fn split(data: &[u8]) -> (&'static str, String) {
    match data.split_first() {
        Some((&first, rest)) => {
            (COUNTRIES[first as usize % COUNTRIES.len()], String::from_utf8_lossy(rest).into_owned())
        }
        None => ("", String::new()),
    }
}

/// Checks the comparison form of a text in each of the fields.
pub fn check(fields: &[Field], raw: &str, country: &str) {
    for field in fields {
        let field = FieldId::first(field.clone());
        let once = value(&field, raw, country);
        let twice = value(&field, &once, country);
        assert_eq!(twice, once, "{field} is idempotent: {raw:?} ({country})");
        // A number without a digit is none, a city without a letter is a district's number at most, and a website of zeros
        // is a filler in the form of one.
        let may_be_none = match field.kind() {
            Kind::Identifier => !raw.bytes().any(|byte| byte.is_ascii_digit()),
            Kind::City => !raw.chars().any(char::is_alphabetic),
            Kind::Website => {
                !raw.chars().any(|c| c.is_alphabetic() && !"htpswx".contains(c.to_ascii_lowercase()))
            }
            _ => false,
        };
        if says_something(raw) && !may_be_none {
            assert!(!once.is_empty(), "{field} is not emptied: {raw:?} ({country})");
        }
    }
}

/// Whether a cell holds a value: letters or digits, and no filler, however it is folded.
pub fn says_something(raw: &str) -> bool {
    let folded = text::fold(raw);
    !junk::is_junk(raw) && !folded.is_empty() && !junk::is_junk(&folded)
}
