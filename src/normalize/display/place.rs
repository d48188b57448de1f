//! Addresses as people want to read them: street, number, unit, post box, postcode, city, each in its place.

use super::super::{country, junk};
use super::case::{self, Writing};

/// What the address columns of one row say.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlaceParts<'a> {
    pub one_line: &'a str,
    pub block: &'a str,
    pub street_and_number: &'a str,
    pub street: &'a str,
    pub house_number: &'a str,
    pub unit: &'a str,
    pub line_2: &'a str,
    pub po_box: &'a str,
    pub postcode: &'a str,
    pub city: &'a str,
    pub state: &'a str,
}

/// An address taken apart, as it should be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceShown {
    pub street: String,
    pub house_number: String,
    pub unit: String,
    pub po_box: String,
    pub postcode: String,
    pub city: String,
    pub state: String,
    /// Further lines: building, district, firm, "c/o".
    pub extra: String,
}

/// Takes an address apart; `iso2` is the row's country or empty.
pub fn parse(parts: &PlaceParts<'_>, iso2: &str) -> PlaceShown {
    let clean = |raw: &str| if junk::is_junk(raw) { String::new() } else { case::tidy(raw) };
    let cased = |text: String| if case::writing(&text) == Writing::Mixed { text } else { case::phrase(&text, iso2) };
    let street = [parts.street_and_number, parts.street, parts.one_line, parts.block].into_iter().find(|raw| !junk::is_junk(raw));
    let _ = country::code;
    PlaceShown {
        street: cased(clean(street.unwrap_or(""))),
        house_number: clean(parts.house_number),
        unit: clean(parts.unit),
        po_box: clean(parts.po_box),
        postcode: clean(parts.postcode).to_uppercase(),
        city: cased(clean(parts.city)),
        state: cased(clean(parts.state)),
        extra: clean(parts.line_2),
    }
}
