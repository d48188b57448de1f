//! Business Central's duplicate search, done over again: which pairs of companies it would propose.
//!
//! Input: the [`Dataset`] as read (raw cells; nothing is normalized here), what each record is, and the [`Setup`]. Output:
//! [`Classic`], the pairs and how many of their search strings are equal. It stands beside the pipeline: no other stage
//! but the outputs looks at it.
//!
//! A search string is the first or last characters of a field's value, without blanks and some punctuation, in
//! capitals. Two companies are a pair when at least ceiling(rules × hit % ÷ 100) of their strings are equal; rules
//! count where the field is blank, too.
//!
//! Invariants
//! * The pairs are exactly those that comparing every company with every other would give.
//! * Work follows the pairs that may be found, not the square of the companies: see `search`.
//! * Persons are never searched.

mod fields;
mod index;
mod number;
mod search;
mod setup;
mod strings;
#[cfg(test)]
mod tests;

pub use index::Matching;
pub use search::Pair;
pub use setup::{Rule, Setup, standard};
pub use strings::compose;

use crate::ingest::IngestError;
use crate::map::Dataset;
use crate::normalize::Contacts;
use index::Index;
use std::path::PathBuf;

/// What Business Central would find.
#[derive(Clone, Debug)]
pub struct Classic {
    /// The rules in force.
    pub rules: Vec<Rule>,
    /// Search Hit %.
    pub hit_percent: u32,
    /// How many strings of a pair must be equal.
    pub threshold: u32,
    /// How many companies were searched.
    pub companies: u32,
    /// How many of them have fewer strings than the threshold, and so can never be found.
    pub too_sparse: u32,
    /// The pairs, by the numbers of their contacts.
    pub pairs: Vec<Pair>,
    /// How many pairs were looked at to find these.
    pub compared: u64,
    /// What a person should know: rules for fields that a source does not have.
    pub notes: Vec<String>,
    index: Index,
}

impl Classic {
    /// How the strings of two records compare; none when one of them was not searched.
    pub fn matching(&self, a: u32, b: u32) -> Option<Matching> {
        self.index.matching(a, b)
    }
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum ClassicError {
    /// The setup cannot be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The setup lacks a column.
    #[error("`{}` has no column {wanted}; it has: {available}. Export the page Duplicate Search String Setup", path.display())]
    NoColumn { path: PathBuf, wanted: &'static str, available: String },
    /// A row of the setup says something it should not.
    #[error("`{}`, line {line}: {why}", path.display())]
    Row { path: PathBuf, line: u32, why: String },
    /// More pairs than anyone can look at.
    #[error(
        "bc-classic finds more than {most} pairs, which nobody can look through; raise classic.max_pairs, or use \
         rules and a hit % that tell companies apart"
    )]
    TooMany { most: u64 },
}

/// Finds the pairs.
///
/// Errors: more pairs than `max_pairs` (at least 1).
pub fn search(
    data: &Dataset,
    contacts: &Contacts,
    setup: Setup,
    max_pairs: u64,
) -> Result<Classic, ClassicError> {
    let threshold = setup.threshold();
    let (index, notes) = index::build(data, contacts, &setup.rules);
    let found = search::pairs(&index, threshold, max_pairs)?;
    Ok(Classic {
        threshold,
        hit_percent: setup.hit_percent,
        companies: index.companies.len() as u32,
        too_sparse: index.fewer_than(threshold),
        pairs: found.pairs,
        compared: found.compared,
        rules: setup.rules,
        notes,
        index,
    })
}

/// The number by which a contact goes: its record id, with its source before it where there are several.
pub fn contact_no(data: &Dataset, record: u32) -> String {
    match data.tables.len() {
        1 => data.record_id(record).to_string(),
        _ => format!("{}:{}", data.source(record), data.record_id(record)),
    }
}
