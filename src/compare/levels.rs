//! The comparisons there are, and their levels.

use super::rows;
use crate::normalize::Contacts;
use crate::table::Column;

/// What a comparison looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    Given,
    Family,
    Birth,
    Email,
    Phone,
    /// Street, house number, postcode and city as one piece of evidence.
    Address,
    AddressRest,
    Unit,
    State,
    /// The company of a person.
    Employer,
    /// The name of a company.
    CompanyName,
    LegalForm,
    Website,
    Identifier(u8),
    Text(u8),
    Category(u8),
    Date(u8),
}

/// How much a level says of sameness; training starts from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    Missing,
    Differ,
    /// In the same place or group, which says little of the entity.
    Around,
    Near,
    Exact,
}

/// One level of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Name in models and reports.
    pub name: &'static str,
    pub agreement: Agreement,
}

/// A comparison with its levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub what: What,
    /// Name in models and reports: `given_name`.
    pub name: String,
    /// Reason code: `GIVEN`.
    pub code: String,
    /// Level 0 (`missing`) first.
    pub levels: &'static [Level],
}

const fn level(name: &'static str, agreement: Agreement) -> Level {
    Level { name, agreement }
}

use Agreement::{Around, Differ, Exact, Missing, Near};

const GIVEN: &[Level] = &[
    level("missing", Missing),
    level("different", Differ),
    level("initial", Near),
    level("similar", Near),
    level("short form", Near),
    level("exact, common", Exact),
    level("exact, usual", Exact),
    level("exact, uncommon", Exact),
    level("exact, rare", Exact),
    level("exact, very rare", Exact),
    level("swapped", Near),
];
const FAMILY: &[Level] = &[
    level("missing", Missing),
    level("different", Differ),
    level("sounds alike", Around),
    level("similar", Near),
    level("part", Near),
    level("exact, common", Exact),
    level("exact, usual", Exact),
    level("exact, uncommon", Exact),
    level("exact, rare", Exact),
    level("exact, very rare", Exact),
    level("swapped", Near),
];
const DATE: &[Level] = &[
    level("missing", Missing),
    level("different", Differ),
    level("same year", Around),
    level("near", Near),
    level("exact, first of January or year only", Exact),
    level("exact", Exact),
];
const EMAIL: &[Level] = &[
    level("missing", Missing),
    level("different", Differ),
    level("same organisation", Around),
    level("similar", Near),
    level("exact, role mailbox", Exact),
    level("exact, shared by many", Exact),
    level("exact, shared by few", Exact),
    level("exact", Exact),
];
const PHONE: &[Level] = &[
    level("missing", Missing),
    level("different", Differ),
    level("similar", Near),
    level("exact, shared by many", Exact),
    level("exact, shared by few", Exact),
    level("exact", Exact),
];
const ADDRESS: &[Level] = &[
    level("missing", Missing),
    level("different", Differ),
    level("same region", Around),
    level("same city", Around),
    level("same postcode or street", Around),
    level("similar", Near),
    level("exact, shared by many", Exact),
    level("exact, shared by few", Exact),
    level("exact", Exact),
];
const TEXT: &[Level] = &[
    level("missing", Missing),
    level("different", Differ),
    level("some words", Around),
    level("similar", Near),
    level("exact, common", Exact),
    level("exact, usual", Exact),
    level("exact, uncommon", Exact),
    level("exact, rare", Exact),
    level("exact, very rare", Exact),
];
const CATEGORY: &[Level] = &[level("missing", Missing), level("different", Differ), level("exact", Exact)];
const IDENTIFIER: &[Level] = &[
    level("missing", Missing),
    level("different", Differ),
    level("similar", Near),
    level("exact, shared", Exact),
    level("exact", Exact),
];

impl Comparison {
    pub(super) fn new(contacts: &Contacts, what: What) -> Self {
        let (name, code, levels) = match what {
            What::Given => ("given_name", "GIVEN", GIVEN),
            What::Family => ("family_name", "NAME", FAMILY),
            What::Birth => ("birth_date", "BIRTH", DATE),
            What::Email => ("email", "EMAIL", EMAIL),
            What::Phone => ("phone", "PHONE", PHONE),
            What::Address => ("address", "ADDRESS", ADDRESS),
            What::AddressRest => ("address_rest", "ADDRESS2", TEXT),
            What::Unit => ("unit", "UNIT", CATEGORY),
            What::State => ("state", "STATE", CATEGORY),
            What::Employer => ("company", "COMPANY", TEXT),
            What::CompanyName => ("company_name", "NAME", TEXT),
            What::LegalForm => ("legal_form", "LEGALFORM", CATEGORY),
            What::Website => ("website", "WEBSITE", CATEGORY),
            What::Identifier(nth) => {
                return Self::of_field(what, &contacts.identifiers[nth as usize], IDENTIFIER);
            }
            What::Text(nth) => return Self::of_field(what, &contacts.extras[nth as usize], TEXT),
            What::Category(nth) => return Self::of_field(what, &contacts.extras[nth as usize], CATEGORY),
            What::Date(nth) => return Self::of_field(what, &contacts.extras[nth as usize], DATE),
        };
        Self { what, name: name.to_string(), code: code.to_string(), levels }
    }

    fn of_field(what: What, extra: &crate::normalize::Extra, levels: &'static [Level]) -> Self {
        let name = extra.field.to_string();
        let code = name.to_uppercase().replace('_', "");
        Self { what, name, code, levels }
    }

    /// Levels at which the values are the same.
    pub fn exact_levels(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.levels.len()).filter(|&level| self.levels[level].agreement == Exact)
    }
}

/// The column whose value frequencies divide the exact levels of a comparison, if they do.
pub(super) fn frequency_column(contacts: &Contacts, what: What) -> Option<&Column> {
    Some(match what {
        What::Given => &contacts.given,
        What::Family => &contacts.family,
        What::AddressRest => &contacts.address_rest,
        What::Employer | What::CompanyName => &contacts.company,
        What::Text(nth) => &contacts.extras[nth as usize].values,
        _ => return None,
    })
}

/// Whether a record has a value to compare.
pub(super) fn has_value(contacts: &Contacts, what: What, record: u32) -> bool {
    let filled = |column: &Column| column.code(record) != 0;
    match what {
        What::Email => !contacts.email.codes(record).is_empty(),
        What::Phone => !contacts.phone.codes(record).is_empty(),
        What::Address => filled(&contacts.street) || filled(&contacts.postcode) || filled(&contacts.city),
        _ => filled(rows::column(contacts, what)),
    }
}

/// What a comparison looks at in a record, for people: the normalized value or values.
pub(super) fn shown(contacts: &Contacts, what: What, record: u32) -> String {
    let joined = |values: &mut dyn Iterator<Item = &str>, by: &str| values.collect::<Vec<_>>().join(by);
    let column = match what {
        What::Family => {
            let parts = [contacts.particles.get(record), contacts.family.get(record)];
            return joined(&mut parts.into_iter().filter(|part| !part.is_empty()), " ");
        }
        What::Email => return joined(&mut contacts.email.get(record), ", "),
        What::Phone => return joined(&mut contacts.phone.get(record), ", "),
        What::Address => {
            let columns = [&contacts.street, &contacts.house_number, &contacts.postcode, &contacts.city];
            return joined(
                &mut columns.iter().map(|part| part.get(record)).filter(|part| !part.is_empty()),
                " ",
            );
        }
        _ => rows::column(contacts, what),
    };
    column.get(record).to_string()
}
