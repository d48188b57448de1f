//! Stage 9: clusters → golden records with lineage.
//!
//! Input: the data set and the clusters. Output: [`Golden`], one record per cluster of two or more.
//!
//! Invariants
//! * Every golden value stands in a cell of a member, or is joined from such cells by a named rule.
//! * Every golden value says which record and which rule it came from.
//! * Fields that belong together (an address) come from one record.

use crate::cluster::Clusters;
use crate::config::SurviveSettings;
use crate::map::Dataset;
use crate::normalize::Contacts;

/// The golden records of all clusters of two or more, in the order of [`Clusters::groups`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Golden {
    /// One per cluster.
    pub records: Vec<GoldenRecord>,
}

/// What one cluster becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct GoldenRecord {
    /// The member that stays.
    pub survivor: u32,
    /// One per field of the data set, in the same order.
    pub cells: Vec<GoldenCell>,
}

/// One golden value with its lineage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GoldenCell {
    /// The chosen value, exactly as it stands in its source cell; empty when no member has one.
    pub value: String,
    /// The rule that chose it: `only`, `agreed`, `consensus`, `group`, `most_recent`, …
    pub rule: &'static str,
    /// The member the value was taken from.
    pub from: Option<u32>,
    /// The other distinct raw values of the members, most supported first, with the members that hold them.
    pub others: Vec<OtherValue>,
}

/// A value that was not chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherValue {
    /// The raw value.
    pub value: String,
    /// The members that hold it.
    pub members: Vec<u32>,
    /// Whether the information disappears: neither a spelling variant of the chosen value nor kept in an extra column.
    pub lost: bool,
}

/// Chooses the golden values of every cluster.
pub fn records(
    data: &Dataset,
    contacts: &Contacts,
    clusters: &Clusters,
    settings: &SurviveSettings,
) -> Golden {
    let _ = (data, contacts, clusters, settings);
    unimplemented!()
}
