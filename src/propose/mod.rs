//! Stage 10: what would be merged, as a plan that people and programs can read.
//!
//! Input: clusters and golden records. Output: [`Proposals`].

use crate::cluster::Clusters;
use crate::map::Dataset;
use crate::survive::Golden;

/// The proposals of a run and the identity of every record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposals {
    /// One per cluster of two or more, in the order of [`Clusters::groups`].
    pub proposals: Vec<Proposal>,
    /// Per record: the id of the entity alike believes it to be (auto and review lanes; held clusters stay apart).
    pub entity_ids: Vec<String>,
    /// Per record: the id of the golden record it is merged into (auto lane only), else its own.
    pub golden_ids: Vec<String>,
}

/// One cluster's plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Stable id made from the members' keys.
    pub id: String,
    /// Hash of the members' compared fields: a decision holds while it is unchanged.
    pub fingerprint: String,
}

/// Names every cluster and every record.
pub fn changes(data: &Dataset, clusters: &Clusters, golden: &Golden) -> Proposals {
    let _ = (data, clusters, golden);
    unimplemented!()
}
