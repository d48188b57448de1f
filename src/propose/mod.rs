//! Stage 10: what would be merged, as a plan that people and programs can read.
//!
//! Input: clusters and golden records. Output: [`Proposals`], the identity of every cluster and record.
//!
//! Invariants
//! * Ids are made from record keys alone: the order of rows, files and threads never changes one.
//! * Records share an entity id exactly when a cluster in the lanes `auto` or `review` holds both, and a golden id
//!   exactly when one in the lane `auto` does.

mod id;
mod identity;

pub use id::{Id, IdText};
pub use identity::{Compared, is_compared, key_id, letters};

use crate::cluster::{Clusters, Lane};
use crate::map::Dataset;
use crate::survive::Golden;
use rayon::prelude::*;

/// The proposals of a run and the identity of every record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposals {
    /// One per cluster of two or more, in the order of [`Clusters::groups`].
    pub proposals: Vec<Proposal>,
    /// Per record: the entity alike believes it to be (auto and review lanes; held clusters stay apart).
    pub entity_ids: Vec<Id>,
    /// Per record: the golden record it is merged into (auto lane only), else its own.
    pub golden_ids: Vec<Id>,
}

/// One cluster's plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Stable id made from the members' keys.
    pub id: Id,
    /// Hash of the members' compared fields: a decision holds while it is unchanged.
    pub fingerprint: Id,
}

/// Names every cluster and every record.
pub fn changes(data: &Dataset, clusters: &Clusters, golden: &Golden) -> Proposals {
    let compared = Compared::of(data);
    let own: Vec<Id> =
        (0..data.records()).into_par_iter().map(|record| compared.id('E', &[record])).collect();

    let named: Vec<(Proposal, u32)> = clusters
        .groups
        .par_iter()
        .map(|cluster| {
            let members = by_key(data, &cluster.members);
            let proposal =
                Proposal { id: compared.id('P', &members), fingerprint: compared.fingerprint(&members) };
            (proposal, members.first().copied().unwrap_or_default())
        })
        .collect();

    let is_believed = |at: &usize| !matches!(clusters.groups[*at].lane, Lane::Hold(_));
    let entity = |record: u32| {
        let believed = clusters.widest(record).filter(is_believed).or_else(|| clusters.merged(record));
        believed.map_or(record, |at| named[at].1)
    };
    let survivor = |record: u32| clusters.merged(record).map_or(record, |at| golden.records[at].survivor);
    let records = 0..data.records();
    Proposals {
        proposals: named.iter().map(|(proposal, _)| *proposal).collect(),
        entity_ids: records.clone().map(|record| own[entity(record) as usize]).collect(),
        golden_ids: records.map(|record| own[survivor(record) as usize].with_prefix('G')).collect(),
    }
}

/// Members by source name and record id.
pub fn by_key(data: &Dataset, members: &[u32]) -> Vec<u32> {
    let mut sorted = members.to_vec();
    sorted.sort_by(|&a, &b| {
        (data.source(a), &data.record_ids[a as usize]).cmp(&(data.source(b), &data.record_ids[b as usize]))
    });
    sorted
}

#[cfg(test)]
mod tests;
