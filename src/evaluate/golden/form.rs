//! The form in which a golden value and a true one are compared: what is one fact however it is written is equal.

use crate::map::{FieldId, Kind};
use crate::normalize::date::{self, Order};
use crate::normalize::{country, phone};
use unicode_normalization::UnicodeNormalization;

/// A value without what is only spelling: telephones as E.164, days as days, countries as codes, the rest without case,
/// blanks and punctuation. Accents stay. Empty for a blank value.
pub(super) fn form(field: Option<&FieldId>, value: &str, iso2: &str) -> String {
    if value.trim().is_empty() {
        return String::new();
    }
    let special = match field.map(FieldId::kind) {
        Some(Kind::Phone) => phone::one(value, country::code(iso2)),
        Some(Kind::Date) => date::canonical(value, Order::DayFirst),
        Some(Kind::Country) => country::code(value).to_string(),
        _ => String::new(),
    };
    // What is no number, no day and no country is compared as it stands, so that it is a wrong value and not a blank.
    if special.is_empty() { bare(value) } else { bare(&special) }
}

/// A value without case, blanks and punctuation.
fn bare(value: &str) -> String {
    let lower = value.nfc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric());
    let mut out = String::with_capacity(value.len());
    lower.for_each(|c| match c {
        // Two spellings of one letter in German, and of one in Greek.
        'ß' => out.push_str("ss"),
        'ς' => out.push('σ'),
        other => out.push(other),
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::Field;

    fn of(field: Field, value: &str) -> String {
        form(Some(&FieldId::first(field)), value, "NL")
    }

    #[test]
    fn spellings_of_one_fact_are_equal() {
        assert_eq!(of(Field::Phone, "020-624 11 11"), of(Field::Phone, "+31 20 6241111"));
        assert_eq!(of(Field::BirthDate, "10-02-1999"), of(Field::BirthDate, "1999-02-10"));
        assert_eq!(of(Field::Country, "Nederland"), of(Field::Country, "NL"));
        assert_eq!(of(Field::City, "  ’s-Gravenhage "), of(Field::City, "S GRAVENHAGE"));
        assert_eq!(of(Field::City, "GROSSBEEREN"), of(Field::City, "Großbeeren"));
    }

    #[test]
    fn facts_that_differ_stay_apart() {
        assert_ne!(of(Field::City, "Zürich"), of(Field::City, "Zurich"), "accents stay");
        assert_ne!(of(Field::BirthDate, "1999-02-10"), of(Field::BirthDate, "1999-10-02"));
        assert_ne!(of(Field::Phone, "n/a"), "", "a filler is a wrong value, not a blank");
        assert_eq!(of(Field::Phone, "  "), "");
    }
}
