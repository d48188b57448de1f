//! Stage 9: clusters → golden records with lineage.
//!
//! Input: the data set, its normalized records and the clusters. Output: [`Golden`], one record per cluster of two
//! or more.
//!
//! Invariants
//! * Every golden value stands in a cell of a member, or is joined from such cells by a named rule, or a person decided
//!   on it and it is kept apart from what the rules chose.
//! * Every golden value says which record and which rule it came from.
//! * The order of rows and the number of threads change nothing.

mod golden;
mod lineage;
mod preferred;
mod recency;
mod standing;
mod kin;
mod form;
mod corpus;
mod layout;
mod memo;
mod ballot;
mod contest;
mod consent;
mod conditions;
mod rules;
mod groups;
mod kept;
mod letter_case;
mod full_name;
mod record;
#[cfg(test)]
pub(crate) mod fixture;

pub use golden::{Golden, GoldenCell, GoldenRecord, OtherValue, Reason};
pub use lineage::{Conditions, rule_of_text, rule_text};
pub use preferred::{CLEARED, Preferred};

use crate::cluster::Clusters;
use crate::config::SurviveSettings;
use crate::map::Dataset;
use crate::normalize::Contacts;
use rayon::prelude::*;

/// Chooses the golden values of every cluster; what people decided goes before the rules.
pub fn records(
    data: &Dataset,
    contacts: &Contacts,
    clusters: &Clusters,
    settings: &SurviveSettings,
    preferred: &[Preferred],
) -> Golden {
    let wishes = preferred::Wishes::of(preferred);
    let stage = ballot::Stage::new(data, contacts, settings, &crate::normalize::value);
    let record = |cluster: &crate::cluster::Cluster| match preferred.is_empty() {
        true => record::make(&stage, &cluster.members),
        false => record::make_for(&stage, &cluster.members, wishes.survivor(cluster)),
    };
    let golden = Golden { records: clusters.groups.par_iter().map(record).collect() };
    golden.preferring(clusters, &wishes)
}

/// A group of records to be merged as a person decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The records, ascending.
    pub members: Vec<u32>,
    /// The member that stays; the best of them when a person named none.
    pub survivor: Option<u32>,
}

/// Chooses the golden values of groups that a person put together, in their order.
pub fn chosen(
    data: &Dataset,
    contacts: &Contacts,
    groups: &[Chosen],
    settings: &SurviveSettings,
) -> Vec<GoldenRecord> {
    let stage = ballot::Stage::new(data, contacts, settings, &crate::normalize::value);
    groups.par_iter().map(|group| record::make_for(&stage, &group.members, group.survivor)).collect()
}

/// As [`records`] without decisions, with the function that tells which raw values are the same.
#[cfg(test)]
pub(crate) fn records_by(
    data: &Dataset,
    contacts: &Contacts,
    clusters: &Clusters,
    settings: &SurviveSettings,
    normal: ballot::Normal<'_>,
) -> Golden {
    let stage = ballot::Stage::new(data, contacts, settings, normal);
    Golden {
        records: clusters.groups.par_iter().map(|cluster| record::make(&stage, &cluster.members)).collect(),
    }
}

#[cfg(test)]
mod tests;
