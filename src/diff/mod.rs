//! What is different between two run folders: groups, records, golden values, counts, quality.
//!
//! Input: two run folders, CSV or Parquet ([`read`]). Output: a [`Diff`], which is JSON as it stands and which the
//! report draws.
//!
//! Invariants
//! * Records are known by source and record id, so that the order of rows says nothing.
//! * Lists are in order of ids and bounded ([`LISTED`]); counts never are.
//! * The same two folders give the same difference.

mod fields;
mod groups;
mod side;

pub use fields::{FieldChange, FieldCount, Fields};
pub use groups::{GroupChange, Kind, Listed};
pub use side::{Side, read};

use crate::profile;
use serde::Serialize;

/// Version of the shape of [`Diff`] as JSON.
pub const FORMAT_VERSION: u32 = 1;

/// How many groups of a kind, and changed values, are listed: more nobody reads, and the crosswalks have them all.
pub const LISTED: usize = 1_000;

/// The difference between two runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diff {
    /// Version of this shape: [`FORMAT_VERSION`].
    pub format_version: u32,
    /// What the earlier run is called.
    pub before: String,
    /// What the later run is called.
    pub after: String,
    /// Counts of both, in the order of the manifest.
    pub counts: Vec<Count>,
    /// Records of the later run that the earlier one does not have.
    pub new_records: u64,
    /// Records of the earlier run that the later one does not have.
    pub gone_records: u64,
    /// Groups of two or more records in both runs, with the same records.
    pub unchanged_groups: u64,
    /// What became of the others, one entry a kind, in order.
    pub groups: Vec<Listed>,
    /// Proposals that wait for a person.
    pub waiting: Vec<Waiting>,
    /// Golden values that changed.
    pub fields: Fields,
    /// What changed in the quality of the data, one change a text.
    pub quality: profile::Drift,
}

/// A count of both runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Count {
    /// Its name in the manifest.
    pub name: String,
    /// In the earlier run; null when it does not say.
    pub before: Option<u64>,
    /// In the later run.
    pub after: Option<u64>,
}

/// Proposals that wait for a person, by lane.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Waiting {
    /// `review` or `hold`.
    pub lane: &'static str,
    /// Without a decision in the earlier run.
    pub before: u64,
    /// Without a decision in the later run.
    pub after: u64,
}

/// Compares two runs.
pub fn between(before: &Side, after: &Side) -> Diff {
    let (groups, fields) = rayon::join(|| groups::compare(before, after), || fields::compare(before, after));
    let waits = |lane| Waiting { lane, before: before.waiting(lane), after: after.waiting(lane) };
    let mut listed = groups.listed;
    listed.push(side::reopened(before, after));
    Diff {
        format_version: FORMAT_VERSION,
        before: before.name.clone(),
        after: after.name.clone(),
        counts: counts(before, after),
        new_records: groups.new_records,
        gone_records: groups.gone_records,
        unchanged_groups: groups.unchanged,
        groups: listed,
        waiting: ["review", "hold"].map(waits).into(),
        fields,
        quality: profile::drift(&before.quality, &after.quality),
    }
}

fn counts(before: &Side, after: &Side) -> Vec<Count> {
    let value = |side: &Side, name: &str| side.counts.get(name).and_then(serde_json::Value::as_u64);
    let mut names: Vec<&String> = after.counts.keys().collect();
    names.extend(before.counts.keys().filter(|name| !after.counts.contains_key(*name)));
    names
        .into_iter()
        .map(|name| Count { name: name.clone(), before: value(before, name), after: value(after, name) })
        .collect()
}

#[cfg(test)]
mod tests;
