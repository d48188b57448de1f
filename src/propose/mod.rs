//! Stage 10: what would be merged, as a plan that people and programs can read.
//!
//! Input: clusters and golden records. Output: [`Proposals`], the identity of every cluster and record.
//!
//! Invariants
//! * Ids are made from record keys alone: the order of rows, files and threads never changes one.
//! * Records share an entity id exactly when a cluster in the lanes `auto` or `review` holds both, and a golden id
//!   exactly when one in the lane `auto` does.

mod id;

pub use id::Id;

use crate::cluster::{Clusters, Lane};
use crate::map::{Dataset, Kind};
use crate::survive::Golden;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

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
    let compared: Vec<(usize, String)> = data
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| !matches!(field.kind(), Kind::Timestamp | Kind::RecordId | Kind::Carried))
        .map(|(at, field)| (at, field.to_string()))
        .collect();
    let own: Vec<Id> =
        (0..data.records()).into_par_iter().map(|record| Id::new('E', &keys_hash(data, &[record]))).collect();

    let named: Vec<(Proposal, u32)> = clusters
        .groups
        .par_iter()
        .map(|cluster| {
            let members = by_key(data, &cluster.members);
            let proposal = Proposal {
                id: Id::new('P', &keys_hash(data, &members)),
                fingerprint: Id::new('F', &content_hash(data, &members, &compared)),
            };
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
fn by_key(data: &Dataset, members: &[u32]) -> Vec<u32> {
    let mut sorted = members.to_vec();
    sorted.sort_by(|&a, &b| {
        (data.source(a), &data.record_ids[a as usize]).cmp(&(data.source(b), &data.record_ids[b as usize]))
    });
    sorted
}

/// Hash over `source US record_id RS` of every record.
fn keys_hash(data: &Dataset, members: &[u32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for &member in members {
        add_key(&mut hash, data, member);
    }
    hash.finalize().into()
}

fn add_key(hash: &mut Sha256, data: &Dataset, member: u32) {
    hash.update(data.source(member).as_bytes());
    hash.update([UNIT]);
    hash.update(data.record_ids[member as usize].as_bytes());
    hash.update([RECORD]);
}

/// Hash over every member's key and compared cells, without case, blanks and punctuation.
///
/// Deliberately not over `normalize::value`: a better table of street types in a later version of alike must not
/// make every decision on file stale.
fn content_hash(data: &Dataset, members: &[u32], compared: &[(usize, String)]) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut text = Vec::new();
    for &member in members {
        add_key(&mut hash, data, member);
        text.clear();
        for (at, name) in compared {
            let start = text.len();
            push_letters(&mut text, data.raw(member, *at));
            if text.len() > start {
                text.push(UNIT);
                text.extend_from_slice(name.as_bytes());
                text.push(UNIT);
            }
        }
        text.push(RECORD);
        hash.update(&text);
    }
    hash.finalize().into()
}

/// Appends letters and digits in lower case.
fn push_letters(text: &mut Vec<u8>, raw: &str) {
    if raw.is_ascii() {
        text.extend(raw.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()));
    } else {
        let mut utf8 = [0; 4];
        for c in raw.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
            text.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
        }
    }
}

/// Unit separator: stands between the parts of a key or cell.
const UNIT: u8 = 0x1f;
/// Record separator: stands after a key or record.
const RECORD: u8 = 0x1e;

#[cfg(test)]
mod tests;
