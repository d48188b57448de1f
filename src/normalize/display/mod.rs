//! Display forms: each value as a person wants to read it, for lists that are only to be cleaned.
//!
//! Input: a [`Dataset`]. Output: [`Cleaned`], one table a source: the columns of [`Shown`] and every change with its rule.
//! Comparison forms fold and drop what does not tell entities apart; display forms keep case, accents and every word.
//!
//! Invariants
//! * Nothing is emptied but fillers (`n/a`) and placeholders: what cannot be read as its kind stays as written.
//! * A shown value shown again is the same.
//! * Mixed case is somebody's choice and stays; text in capitals or small letters only gets its case.

pub mod case;
mod pair;
pub mod person;
pub mod firm;
pub mod call;
pub mod mail;
pub mod day;
pub mod place;
mod japan;
mod lines;
mod street;
mod postal;
mod words;
mod full_name;
mod layout;
mod fill;
mod reach;
mod shown;

pub use lines::country_of as country_of_address;
pub use shown::{Change, CleanTable, Cleaned, Shown};

use crate::config::NormalizeSettings;
use crate::map::Dataset;
use crate::progress::Progress;

/// Makes the display forms of every record.
pub fn clean(data: &Dataset, settings: &NormalizeSettings, progress: &dyn Progress) -> Cleaned {
    fill::clean(data, settings, progress)
}
