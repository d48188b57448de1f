//! The normal form of a single cell, for grouping spelling variants.

use super::address::{self, AddressParts};
use super::date::{self, Order};
use super::name::{self, NameParts};
use super::text::{compact_upper, fold};
use super::{city, company, country, email, identifier, junk, phone, postcode, website};
use crate::map::{Field, FieldId, Kind};

/// See [`super::value`].
pub fn value(field: &FieldId, raw: &str, iso2: &str) -> String {
    if raw.is_empty() || (field.kind() != Kind::Category && junk::is_junk(raw)) {
        return String::new();
    }
    match field.kind() {
        Kind::PersonName => person_name(&field.field, raw),
        Kind::Company if field.field == Field::LegalForm => company::legal_form(raw),
        Kind::Company => {
            let name = company::parse(raw);
            [name.core, name.legal_form].join(" ").trim().to_string()
        }
        Kind::Email => or_folded(email::addresses(raw).join(";"), raw),
        Kind::Phone => or_folded(phone::numbers(raw, iso2).join(";"), raw),
        Kind::Address => address_line(&field.field, raw, iso2),
        Kind::Postcode => postcode::canonical(raw, iso2),
        Kind::City => city::canonical(raw, iso2),
        Kind::Country => or_folded(country::code(raw).to_string(), raw),
        Kind::Date | Kind::Timestamp => or_folded(date::canonical(raw, Order::DayFirst), raw),
        Kind::Identifier => identifier::canonical(&field.field, raw, iso2),
        Kind::Website => or_folded(website::canonical(raw), raw),
        Kind::RecordId => compact_upper(raw),
        Kind::Region | Kind::Category | Kind::Text | Kind::Carried => fold(raw),
    }
}

/// What could not be read as its kind is still the same value when it is written the same.
fn or_folded(value: String, raw: &str) -> String {
    if value.is_empty() { fold(raw) } else { value }
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
            or_folded(name::parse(NameParts { given: raw, ..NameParts::default() }).given, raw)
        }
        Field::Initials | Field::SurnamePrefix => fold(raw).replace(' ', ""),
        Field::FullName => {
            let name = name::parse(NameParts { full: raw, ..NameParts::default() });
            let text = [name.given, name.particles, name.family, name.generation].join(" ");
            text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
        }
        _ => fold(raw),
    }
}

fn address_line(field: &Field, raw: &str, iso2: &str) -> String {
    let parts = match field {
        Field::HouseNumber => AddressParts { house_number: raw, ..AddressParts::default() },
        Field::Unit => AddressParts { unit: raw, ..AddressParts::default() },
        Field::PoBox => AddressParts { po_box: raw, ..AddressParts::default() },
        Field::AddressLine2 | Field::Other(..) => return fold(raw),
        Field::AddressOneLine => AddressParts { one_line: raw, ..AddressParts::default() },
        Field::AddressBlock => AddressParts { block: raw, ..AddressParts::default() },
        Field::Street => AddressParts { street: raw, ..AddressParts::default() },
        _ => AddressParts { street_and_number: raw, ..AddressParts::default() },
    };
    let address = address::parse(parts, iso2);
    let city = fold(&address.city);
    let all = [address.street, address.house_number, address.unit, address.rest, address.postcode, city];
    or_folded(all.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" "), raw)
}
