//! Stage 8: links → clusters.
//!
//! Input: [`crate::score::Links`]. Output: [`Clusters`]: which records are believed to be one entity, how sure
//! that is, and what may be done without asking.
//!
//! Invariants
//! * Every record is in exactly one cluster (alone, if it has no link).
//! * The result does not depend on row order or thread count.

mod bridge;
mod components;
mod lanes;
mod refine;
mod vetoes;
#[cfg(test)]
mod tests;

pub use vetoes::hold;

use crate::block::Repeats;
use crate::compare::{Comparator, Memo};
use crate::config::ClusterSettings;
use crate::normalize::{Contacts, Population};
use crate::score::{Links, Scorer, probability};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;

/// Scores pairs that blocking never made, so that a group is judged by all of its pairs.
pub struct Judge<'a> {
    /// The population's comparisons.
    pub comparator: &'a Comparator<'a>,
    /// Its model.
    pub scorer: &'a Scorer,
    /// Which population.
    pub population: Population,
    /// Rows repeated many times, of which two were compared; the others follow these.
    pub repeats: &'a [Repeats],
}

/// One pair inside a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Edge {
    pub weight: i64,
    pub pattern: u64,
}

impl Edge {
    pub fn probability(&self) -> f64 {
        probability(self.weight)
    }
}

/// Groups records by their links.
///
/// Components of links that reach `join_at` are taken apart again by average linkage: two groups are joined while
/// the mean probability over all pairs between them is at least `join_at`.
pub fn group(
    contacts: &Contacts,
    links: &Links,
    judges: &[Judge<'_>],
    settings: &ClusterSettings,
) -> Clusters {
    let components = components::of(contacts.records, links, settings.join_at);
    let mut groups: Vec<Cluster> = components
        .into_par_iter()
        .map_init(Memo::new, |memo, members| {
            let population = contacts.population[members[0] as usize];
            let judge = judges.iter().find(|judge| judge.population == population);
            judge.map_or_else(Vec::new, |judge| resolve(contacts, links, judge, &members, settings, memo))
        })
        .flatten_iter()
        .collect();
    let key = |cluster: &Cluster| cluster.members.iter().map(|&m| contacts.key_hash[m as usize]).min();
    groups.sort_by_key(key);
    let mut of_record = vec![Clusters::ALONE; contacts.records as usize];
    for (at, cluster) in groups.iter().enumerate() {
        cluster.members.iter().for_each(|&record| of_record[record as usize] = at as u32);
    }
    // The copies' keys come after those of the kept, so the order of the clusters stays.
    for repeats in judges.iter().flat_map(|judge| judge.repeats) {
        let [one, other] = repeats.kept.map(|record| of_record[record as usize]);
        if one == other && one != Clusters::ALONE {
            repeats.copies.iter().for_each(|&copy| of_record[copy as usize] = one);
            follow(&mut groups[one as usize], repeats, settings);
        }
    }
    Clusters { of_record, groups }
}

/// Adds the copies of a repeated row to the cluster of the two that were compared.
fn follow(cluster: &mut Cluster, repeats: &Repeats, settings: &ClusterSettings) {
    let support = cluster.members.binary_search(&repeats.kept[0]).map_or(0.0, |at| cluster.support[at]);
    let mut members: Vec<(u32, f32)> =
        cluster.members.iter().copied().zip(cluster.support.iter().copied()).collect();
    members.extend(repeats.copies.iter().map(|&copy| (copy, support)));
    members.sort_by_key(|member| member.0);
    (cluster.members, cluster.support) = members.into_iter().unzip();
    if cluster.members.len() > settings.max_cluster as usize {
        cluster.lane = Lane::Hold(HoldReason::TooLarge);
    }
}

/// The clusters of two or more that a component falls into.
fn resolve(
    contacts: &Contacts,
    links: &Links,
    judge: &Judge<'_>,
    members: &[u32],
    settings: &ClusterSettings,
    memo: &mut Memo,
) -> Vec<Cluster> {
    // In the order of record keys, so that ties never depend on row order.
    let mut members = members.to_vec();
    members.sort_by_key(|&record| contacts.key_hash[record as usize]);
    let edges = edges(links, judge, &members, memo);
    let mut clusters = Vec::new();
    for group in refine::average_linkage(members.len(), &edges, settings.join_at) {
        if group.len() > 1 {
            let mut cluster = lanes::cluster(contacts, judge, &members, &group, &edges, settings);
            let held = matches!(cluster.lane, Lane::Hold(_));
            if !held && is_bridged(contacts, judge, &members, &group, &edges, memo) {
                cluster.lane = Lane::Hold(HoldReason::BridgeRecord);
            }
            clusters.push(cluster);
        }
    }
    clusters
}

/// Whether one record holds a group together; pairs that were not scored yet are scored for it. Groups larger than
/// [`FULL_COMPONENT`], which the settings may allow, are not looked at: the work grows with the square.
fn is_bridged(
    contacts: &Contacts,
    judge: &Judge<'_>,
    members: &[u32],
    group: &[u32],
    edges: &Edges,
    memo: &mut Memo,
) -> bool {
    if group.len() > FULL_COMPONENT {
        return false;
    }
    let memo = std::cell::RefCell::new(memo);
    bridge::is_held_by_one(group.len(), |left, right| {
        let (at, to) = (group[left].min(group[right]), group[left].max(group[right]));
        let (a, b) = (members[at as usize], members[to as usize]);
        let edge = edges.get(&(at, to)).copied().unwrap_or_else(|| {
            let pattern = judge.comparator.pattern(a.min(b), a.max(b), &mut memo.borrow_mut());
            Edge { weight: judge.scorer.weight(pattern), pattern }
        });
        bridge::Says::of(edge, lanes::clash(contacts, judge, a, b, &edge))
    })
}

/// Components up to this size have all their pairs scored; in larger ones pairs that blocking never made count as
/// unlike (the work grows with the square).
const FULL_COMPONENT: usize = 400;

/// Pairs of a component by position, `a < b`.
pub(crate) type Edges = HashMap<(u32, u32), Edge, FixedState>;

fn edges(links: &Links, judge: &Judge<'_>, members: &[u32], memo: &mut Memo) -> Edges {
    let mut edges = Edges::with_hasher(FixedState::with_seed(7));
    if members.len() <= FULL_COMPONENT {
        for (at, &a) in members.iter().enumerate() {
            for (to, &b) in members.iter().enumerate().skip(at + 1) {
                let pattern = judge.comparator.pattern(a.min(b), a.max(b), memo);
                edges.insert((at as u32, to as u32), Edge { weight: judge.scorer.weight(pattern), pattern });
            }
        }
        return edges;
    }
    let position: HashMap<u32, u32> =
        members.iter().enumerate().map(|(at, &record)| (record, at as u32)).collect();
    for (&record, &at) in &position {
        let start = links.a.partition_point(|&a| a < record);
        let end = links.a.partition_point(|&a| a <= record);
        for link in start..end {
            if let Some(&to) = position.get(&links.b[link]) {
                let edge = Edge { weight: links.weight[link], pattern: links.pattern[link] };
                edges.insert((at.min(to), at.max(to)), edge);
            }
        }
    }
    edges
}

/// What may be done with a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Merged without asking.
    Auto,
    /// Proposed; a person decides.
    Review,
    /// Held back for a named reason; a person decides with care.
    Hold(HoldReason),
}

/// Why a cluster is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldReason {
    /// Looks like several members of one household.
    Household,
    /// Same name, address or line, but birth dates or generation marks clash.
    FatherAndSon,
    /// Same surname, birth date and address, different given names.
    Twins,
    /// Same name in the same town, and nothing else that agrees.
    Namesake,
    /// Held together by a mailbox that several people use.
    SharedMailbox,
    /// Held together by a telephone line that many records share.
    Switchboard,
    /// One record links two groups that do not support each other.
    BridgeRecord,
    /// A strong identifier differs.
    StrongIdClash,
    /// A person and the company it belongs to.
    OwnCompany,
    /// A person and a company, by their own type.
    TypeMismatch,
    /// A record that is blocked for privacy.
    PrivacyBlocked,
    /// A record of a minor.
    Minor,
    /// Two records linked to two customers.
    DifferentCustomers,
    /// Two records linked to two vendors.
    DifferentVendors,
    /// Two records of a source that is declared free of duplicates.
    CleanSource,
    /// More records than a cluster may have.
    TooLarge,
}

impl HoldReason {
    /// The name in files and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::FatherAndSon => "father_and_son",
            Self::Twins => "twins",
            Self::Namesake => "namesake",
            Self::SharedMailbox => "shared_mailbox",
            Self::Switchboard => "switchboard",
            Self::BridgeRecord => "bridge_record",
            Self::StrongIdClash => "strong_id_clash",
            Self::OwnCompany => "own_company",
            Self::TypeMismatch => "type_mismatch",
            Self::PrivacyBlocked => "privacy_blocked",
            Self::Minor => "minor",
            Self::DifferentCustomers => "different_customers",
            Self::DifferentVendors => "different_vendors",
            Self::CleanSource => "clean_source",
            Self::TooLarge => "too_large",
        }
    }
}

impl Lane {
    /// The lane's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Review => "review",
            Self::Hold(_) => "hold",
        }
    }
}

/// One cluster of two or more records.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// Its records, ascending by record number.
    pub members: Vec<u32>,
    /// Per member: the mean match probability to the other members.
    pub support: Vec<f32>,
    /// Mean match probability over all pairs of members.
    pub cohesion: f32,
    /// The smallest of [`Cluster::support`]: how sure the least sure member is.
    pub probability: f32,
    /// What may be done.
    pub lane: Lane,
    /// Codes of the evidence that binds and of what speaks against, such as `NAME+ EMAIL+ BIRTH-`.
    pub reasons: String,
}

/// All clusters of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clusters {
    /// Per record: the position of its cluster in `groups`, or [`Clusters::ALONE`].
    pub of_record: Vec<u32>,
    /// Clusters of two or more records, by their smallest record key, so that row order does not matter.
    pub groups: Vec<Cluster>,
}

impl Clusters {
    /// Marks a record that is in no cluster of two or more.
    pub const ALONE: u32 = u32::MAX;
}
