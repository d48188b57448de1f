//! What is left to a person after a package was loaded.

use super::{Content, Grid, table};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FollowUp {
    /// The merge.
    pub merge: String,
    /// The record in the system.
    pub record_id: String,
    /// The field, as the system calls it; empty when it is about the record.
    pub field: String,
    /// The value that was to be written.
    pub value: String,
    /// The value that stands there.
    pub current: String,
    /// A reason of `tables/follow_up.csv`.
    pub reason: &'static str,
}

/// What a reason asks of a person.
fn what_to_do(reason: &str) -> &'static str {
    let rows = || table::rows::<2>(include_str!("tables/follow_up.csv"), '|');
    rows().find(|[name, _]| *name == reason).map_or("", |[_, text]| text)
}

/// `follow_up.csv`.
pub(super) fn list(follow_up: &[FollowUp]) -> Content {
    let row = |of: &FollowUp| {
        [
            of.merge.as_str(),
            &of.record_id,
            &of.field,
            &of.value,
            &of.current,
            of.reason,
            what_to_do(of.reason),
        ]
        .map(String::from)
        .to_vec()
    };
    Content::Csv(Grid::of(
        &["merge_id", "record_id", "field", "value", "current", "reason", "what_to_do"],
        follow_up.iter().map(row).collect(),
    ))
}
