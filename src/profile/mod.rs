//! Data quality: what the sources hold, field by field.
//!
//! Input: a [`Dataset`] (and its normalized [`Contacts`] for validity). Output: [`Quality`], written as
//! `quality.json` and shown in the report.

use crate::map::Dataset;
use crate::normalize::Contacts;

/// The profile of all sources.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Quality {}

/// Measures completeness, validity, distinct values, top values and patterns of every field.
pub fn measure(data: &Dataset, contacts: &Contacts) -> Quality {
    let _ = (data, contacts);
    unimplemented!()
}
