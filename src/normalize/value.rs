//! The normal form of a single cell, for grouping spelling variants.

use super::address::{self, AddressParts};
use super::date::{self, Order};
use super::name::{self, NameParts};
use super::text::{compact_upper, fold};
use super::{city, company, country, email, identifier, junk, phone, postcode, website};
use crate::map::{Field, FieldId, Kind};

/// See [`super::value`].
pub fn value(field: &FieldId, raw: &str, iso2: &str) -> String {
    if field.kind() == Kind::Category {
        return fold(raw);
    }
    if raw.is_empty() || junk::is_junk(raw) {
        return String::new();
    }
    let form = match field.kind() {
        Kind::PersonName => person_name(&field.field, raw),
        Kind::Company if field.field == Field::LegalForm => company::legal_form(raw),
        Kind::Company => settled(raw, |text| {
            let name = company::parse(text);
            [name.core, name.legal_form].join(" ").trim().to_string()
        }),
        Kind::Email => {
            let read = |text: &str| or_folded(text, |text| email::addresses(text).join(";"));
            let form = read(raw);
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@._+-;".contains(&byte);
            if form.bytes().all(is_plain) { form } else { settled(&form, read) }
        }
        Kind::Phone => {
            let read = |text: &str| or_folded(text, |text| phone::numbers(text, iso2).join(";"));
            let form = read(raw);
            // What is no number of any plan is read again without its signs.
            if form.split(';').all(|number| number.starts_with('+')) { form } else { settled(&form, read) }
        }
        // A mark without its number (`apt`) is dropped where it stands beside others, and would be kept alone.
        Kind::Address => {
            let read = |text: &str| address_line(&field.field, text, iso2);
            let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '\'' | ',' | '/');
            let is_street = matches!(field.field, Field::Street | Field::StreetAndNumber);
            // Most streets, and those are most of the values, are in their parts at once.
            if is_street && raw.chars().all(is_plain) { read(raw) } else { settled(raw, read) }
        }
        Kind::Postcode => postcode::canonical(raw, iso2),
        Kind::City => city::canonical(raw, iso2),
        Kind::Country => or_folded(raw, |text| country::of_cell(text).to_string()),
        Kind::Date | Kind::Timestamp => or_folded(raw, |text| date::canonical(text, Order::DayFirst)),
        Kind::Identifier => identifier::canonical(&field.field, raw, iso2),
        Kind::Website => or_folded(raw, website::canonical),
        Kind::RecordId => compact_upper(raw),
        Kind::Region | Kind::Category | Kind::Text | Kind::Carried => fold(raw),
    };
    // A filler beside punctuation or a title.
    if junk::is_junk(&form) { String::new() } else { form }
}

/// Reads a text until it stays as it is: taken apart and put together again, some read as something else.
fn settled(raw: &str, read: impl Fn(&str) -> String) -> String {
    /// Most stay at once, the rest after the second time; no text is known that needs more.
    const MOST_TIMES: usize = 8;
    let mut form = read(raw);
    for _ in 1..MOST_TIMES {
        let again = read(&form);
        if again == form {
            break;
        }
        form = again;
    }
    form
}

/// What cannot be read as its kind is still the same value when it is written the same; the folded text is tried too,
/// so that a normalized value stays as it is.
fn or_folded(raw: &str, read: impl Fn(&str) -> String) -> String {
    let value = read(raw);
    if !value.is_empty() {
        return value;
    }
    let folded = fold(raw);
    let value = read(&folded);
    if value.is_empty() { folded } else { value }
}

/// Words of a name joined so that `Van den Berghe` and `Vandenberghe` are equal.
fn person_name(field: &Field, raw: &str) -> String {
    match field {
        Field::LastName | Field::MaidenName => {
            let name = name::parse(NameParts { family: raw, ..NameParts::default() });
            let mut text = [name.particles, name.family].concat();
            text.retain(|c| c != ' ');
            [text, name.generation].join(" ").trim().to_string()
        }
        Field::FirstName | Field::MiddleName | Field::Nickname => {
            or_folded(raw, |given| name::parse(NameParts { given, ..NameParts::default() }).given)
        }
        Field::Initials | Field::SurnamePrefix => fold(raw).replace(' ', ""),
        Field::FullName => {
            let read = |full: &str| {
                let name = name::parse(NameParts { full, ..NameParts::default() });
                let text = [name.given, name.particles, name.family, name.generation].join(" ");
                text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
            };
            // Words alone are in their places at once.
            let is_plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'');
            if raw.chars().all(is_plain) { read(raw) } else { settled(raw, read) }
        }
        _ => fold(raw),
    }
}

fn address_line(field: &Field, raw: &str, iso2: &str) -> String {
    let none = AddressParts::default();
    let parts = match field {
        Field::HouseNumber => AddressParts { house_number: raw, ..none },
        Field::Unit => AddressParts { unit: raw, ..none },
        Field::PoBox => AddressParts { po_box: raw, ..none },
        Field::AddressLine2 | Field::Other(..) => return fold(raw),
        Field::AddressOneLine => AddressParts { one_line: raw, ..none },
        Field::AddressBlock => AddressParts { block: raw, ..none },
        Field::Street => AddressParts { street: raw, ..none },
        _ => AddressParts { street_and_number: raw, ..none },
    };
    let address = address::parse(parts, iso2);
    let city = fold(&address.city);
    let all = [address.street, address.house_number, address.unit, address.rest, address.postcode, city];
    let form = all.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ");
    if form.is_empty() { fold(raw) } else { form }
}
