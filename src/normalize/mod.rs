//! Stage 4: clean, comparable values; country first.
//!
//! Input: a [`Dataset`]. Output: [`Contacts`]. One file a kind; what is known of the world (titles, particles,
//! nicknames, legal forms, countries, street types, role mailboxes) is in `tables/`.
//!
//! Invariants
//! * The raw value is always kept (in the data set).
//! * Normalizing a normalized value changes nothing.
//! * Work is done once per distinct value, in parallel, and does not depend on row order.

pub mod text;
pub mod junk;
pub mod country;
pub mod name;
pub mod nickname;
pub mod company;
pub mod email;
pub mod phone;
pub mod address;
pub mod postcode;
pub mod city;
pub mod date;
pub mod identifier;
pub mod website;
pub mod vat;
pub mod iban;
pub mod display;
pub mod couple;
mod name_words;
mod table;
mod contacts;
mod gender;
mod population;
mod locate;
mod chunk;
mod spelling;
mod columns;
mod layout;
mod fill;
mod made;
mod halves;
mod names;
mod places;
mod assemble;
mod value;

pub use contacts::{Contacts, Extra, Population};
pub(crate) use population::{Evidence, decide};

use crate::config::NormalizeSettings;
use crate::map::{Dataset, FieldId};
use crate::progress::Progress;

/// Normalizes every record.
pub fn contacts(data: &Dataset, settings: &NormalizeSettings, progress: &dyn Progress) -> Contacts {
    assemble::contacts(data, settings, progress)
}

/// The normal form of one raw value, in which spelling variants of the same value are equal
/// (telephones as E.164, names folded, dates as `YYYY-MM-DD`); empty for junk such as `n/a`.
///
/// `country` is an ISO code or empty. Survivorship groups values by it.
pub fn value(field: &FieldId, raw: &str, country: &str) -> String {
    value::value(field, raw, country)
}

/// The hash of one record's key, as in [`Contacts::key_hash`]: stable across platforms and versions.
pub fn key_hash(source: &str, record_id: &str) -> u64 {
    assemble::key_hash(source, record_id)
}

/// What a record is by the words in its type column (`Persoon`, `Company`); none when they say nothing known.
pub fn stated_population(raw: &str) -> Option<Population> {
    population::of_type(raw)
}

#[cfg(test)]
mod tests;
