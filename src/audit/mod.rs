//! Acceptance sampling: how many of the sure merges can be wrong, judged by people on a sample.
//!
//! Input: the tables of a run folder, and what people judged. Output: [`Drawn`], the groups to be judged, and
//! [`Standing`], the bound that the judgements prove.
//!
//! Invariants
//! * The sample is drawn by the hash of a group's id (which is made of the keys of its records) and a seed, never by
//!   position: the same groups give the same sample in any order, and a later run asks only for what is new.
//! * Only what was drawn counts: of each stratum the groups up to the first that nobody judged.
//! * Whoever is unsure counts as wrong, so that doubt never opens the lane.

mod bound;
mod strata;
mod standing;
mod file;
mod judged;

pub use bound::{needed, upper};
pub use file::{Judgement, Verdict, append, place, read};
pub use judged::{JUDGEMENT, MEANINGS, judgements};
pub use standing::{Drawn, Standing, standing};
pub use strata::{Group, Stratum, groups};

use std::path::PathBuf;

/// Seed of the sample when none is named: any number does, as long as nobody chooses it for its outcome.
pub const SEED: u64 = 1;
/// Share of wrong merges that is aimed at when neither the settings nor the command say one.
pub const BOUND: f64 = 0.005;

/// Why there is no audit, or what it refuses.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// What people wrote into the sample cannot be understood.
    #[error("{} in the judgements; nothing was kept\n  {}", count(.0), .0.join("\n  "))]
    Problems(Vec<String>),
    /// The file of judgements cannot be used.
    #[error("`{}`, line {line}: {why}; take the last copy of the file", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Where, 1-based.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// The disk refused.
    #[error("cannot read or write `{}`: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// There is nothing to be judged.
    #[error("{0}")]
    Nothing(String),
    /// The sure merges are refused until enough of them were judged.
    #[error("{0}")]
    NotMet(String),
}

fn count(problems: &[String]) -> String {
    match problems.len() {
        1 => "1 problem".to_string(),
        count => format!("{count} problems"),
    }
}

#[cfg(test)]
mod tests;
