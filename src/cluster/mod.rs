//! Stage 8: links → clusters.
//!
//! Input: [`crate::score::Links`]. Output: [`Clusters`]: which records are believed to be one entity, how sure
//! that is, and what may be done without asking.
//!
//! Invariants
//! * Every record is in exactly one cluster (alone, if it has no link).
//! * The result does not depend on row order or thread count.
//! * What people decided goes first: records they made one are in one cluster, those they keep apart in none together.

mod bridge;
mod components;
mod core;
mod decided;
mod doubts;
mod evidence;
mod lanes;
mod reason;
mod refine;
mod vetoes;
#[cfg(test)]
mod tests;

pub use decided::Decided;
pub use doubts::{Doubt, doubts};
pub use reason::reason_class;
pub use vetoes::hold;

use crate::block::Repeats;
use crate::compare::{Comparator, Memo};
use crate::config::ClusterSettings;
use crate::normalize::{Contacts, Population};
use crate::score::{Links, Scorer, probability};
use decided::Ties;
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

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
/// the mean probability over all pairs between them is at least `join_at`. What was decided is joined, and kept apart,
/// before any of it; [`hold`] then makes lanes of it.
pub fn group(
    contacts: &Contacts,
    links: &Links,
    judges: &[Judge<'_>],
    settings: &ClusterSettings,
    decided: &Decided,
) -> Clusters {
    let ties = Ties::of(decided);
    let mut bound: Vec<(u32, u32)> =
        ties.sets().iter().flat_map(|set| set.windows(2).map(|two| (two[0], two[1]))).collect();
    // A copy that somebody decided about is compared as the row it repeats.
    for repeats in judges.iter().flat_map(|judge| judge.repeats) {
        let tied = repeats.copies.iter().filter(|copy| ties.joins(**copy));
        bound.extend(tied.map(|&copy| (repeats.kept[0], copy)));
    }
    let components = components::of(contacts.records, links, settings.join_at, &bound);
    let mut entities: Vec<Vec<Cluster>> = components
        .into_par_iter()
        .map_init(Memo::new, |memo, members| {
            let population = contacts.population[members[0] as usize];
            let judge = judges.iter().find(|judge| judge.population == population);
            let Some(judge) = judge else { return unjudged(members, &ties) };
            resolve(contacts, links, judge, &members, settings, &ties, memo)
        })
        .flatten_iter()
        .collect();
    let key = |entity: &Vec<Cluster>| {
        entity.iter().flat_map(|cluster| &cluster.members).map(|&m| contacts.key_hash[m as usize]).min()
    };
    entities.sort_by_key(key);
    let mut clusters = Clusters::of(entities, contacts.records);
    // The copies' keys come after those of the kept, so the order of the clusters stays.
    for repeats in judges.iter().flat_map(|judge| judge.repeats) {
        clusters.follow(repeats, settings, &ties);
    }
    clusters
}

/// What a person made one of records that no model knows.
fn unjudged(members: Vec<u32>, ties: &Ties<'_>) -> Vec<Vec<Cluster>> {
    let start = ties.start(&members);
    let mut sets: std::collections::BTreeMap<u32, Vec<u32>> = std::collections::BTreeMap::new();
    for (&member, &group) in members.iter().zip(&start.group) {
        sets.entry(group).or_default().push(member);
    }
    let cluster = |members: Vec<u32>| {
        let support = vec![1.0; members.len()];
        let (cohesion, probability, reasons) = (1.0, 1.0, String::new());
        vec![Cluster { members, support, cohesion, probability, lane: Lane::Auto, reasons, extends: None }]
    };
    sets.into_values().filter(|set| set.len() > 1).map(cluster).collect()
}

/// Adds copies of a repeated row to a cluster of the two that were compared.
fn add(cluster: &mut Cluster, repeats: &Repeats, copies: &[u32]) {
    let support = cluster.members.binary_search(&repeats.kept[0]).map_or(0.0, |at| cluster.support[at]);
    let mut members: Vec<(u32, f32)> =
        cluster.members.iter().copied().zip(cluster.support.iter().copied()).collect();
    members.extend(copies.iter().map(|&copy| (copy, support)));
    members.sort_by_key(|member| member.0);
    (cluster.members, cluster.support) = members.into_iter().unzip();
}

/// The entities of two or more records that a component falls into, each as one cluster or as its sure core and the
/// cluster that extends it.
fn resolve(
    contacts: &Contacts,
    links: &Links,
    judge: &Judge<'_>,
    members: &[u32],
    settings: &ClusterSettings,
    ties: &Ties<'_>,
    memo: &mut Memo,
) -> Vec<Vec<Cluster>> {
    // In the order of record keys, so that ties never depend on row order.
    let mut members = members.to_vec();
    members.sort_by_key(|&record| contacts.key_hash[record as usize]);
    let mut edges = edges(contacts, links, judge, &members, memo);
    decided::tie(&mut edges, ties, &members);
    let is_whole = members.len() <= FULL_COMPONENT;
    let mut weigh = |at: u32, to: u32| {
        weigh(contacts, judge, &members, at, to, memo).map_or(i64::MIN, |edge| edge.weight)
    };
    let late: Option<refine::Weigh<'_>> = if is_whole { None } else { Some(&mut weigh) };
    let groups = refine::average_linkage(&ties.start(&members), &edges, settings.join_at, late);
    groups
        .into_iter()
        .filter(|group| group.len() > 1)
        .map(|group| {
            if !is_whole && group.len() <= FULL_COMPONENT {
                for (nth, &at) in group.iter().enumerate() {
                    for &to in &group[nth + 1..] {
                        if let Entry::Vacant(place) = edges.entry((at, to))
                            && let Some(edge) = self::weigh(contacts, judge, &members, at, to, memo)
                        {
                            place.insert(edge);
                        }
                    }
                }
            }
            let mut clusters = lanes::clusters(contacts, judge, &members, &group, &edges, settings, ties);
            if let Some(whole) = clusters.last_mut()
                && !matches!(whole.lane, Lane::Hold(_))
                && is_bridged(contacts, judge, &members, &group, &edges, memo)
            {
                whole.lane = Lane::Hold(HoldReason::BridgeRecord);
            }
            clusters
        })
        .collect()
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
        let edge = edges.get(&(at, to)).copied();
        let edge = edge.or_else(|| weigh(contacts, judge, members, at, to, &mut memo.borrow_mut()));
        let Some(edge) = edge else { return bridge::Says::of(Edge { weight: i64::MIN, pattern: 0 }, true) };
        bridge::Says::of(edge, lanes::clash(contacts, judge, a, b, &edge))
    })
}

/// A pair of a component, by position, that no link is for; none for a person and a company, which are in one component only
/// where somebody decided so.
fn weigh(
    contacts: &Contacts,
    judge: &Judge<'_>,
    members: &[u32],
    at: u32,
    to: u32,
    memo: &mut Memo,
) -> Option<Edge> {
    let (a, b) = (members[at as usize], members[to as usize]);
    (contacts.population[a as usize] == contacts.population[b as usize]).then(|| {
        let pattern = judge.comparator.pattern(a.min(b), a.max(b), memo);
        Edge { weight: judge.scorer.weight(pattern), pattern }
    })
}

/// Components up to this size have all their pairs scored at once (the work grows with the square); in larger ones pairs that
/// blocking never made are scored when the groups they are between could be joined.
const FULL_COMPONENT: usize = 400;

/// Pairs of a component by position, `a < b`.
pub(crate) type Edges = HashMap<(u32, u32), Edge, FixedState>;

fn edges(contacts: &Contacts, links: &Links, judge: &Judge<'_>, members: &[u32], memo: &mut Memo) -> Edges {
    let mut edges = Edges::with_hasher(FixedState::with_seed(7));
    if members.len() <= FULL_COMPONENT {
        for at in 0..members.len() as u32 {
            for to in at + 1..members.len() as u32 {
                if let Some(edge) = weigh(contacts, judge, members, at, to, memo) {
                    edges.insert((at, to), edge);
                }
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
    /// A person decided on these records, and they have changed since.
    Reopened,
    /// A person wants to decide later.
    OnHold,
}

impl HoldReason {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Household,
        Self::FatherAndSon,
        Self::Twins,
        Self::Namesake,
        Self::SharedMailbox,
        Self::Switchboard,
        Self::BridgeRecord,
        Self::StrongIdClash,
        Self::OwnCompany,
        Self::TypeMismatch,
        Self::PrivacyBlocked,
        Self::Minor,
        Self::DifferentCustomers,
        Self::DifferentVendors,
        Self::CleanSource,
        Self::TooLarge,
        Self::Reopened,
        Self::OnHold,
    ];

    /// The reason of a name in files.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

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
            Self::Reopened => "reopened",
            Self::OnHold => "on_hold",
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
    /// The position of the cluster of some of these members that is merged without asking; this one proposes that the
    /// others are the same entity, too.
    pub extends: Option<u32>,
}

/// All clusters of a run.
///
/// A record is in no cluster, in one, or in two: one that is merged without asking, and the wider one that extends it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clusters {
    /// Per record: the position of its widest cluster in `groups`, or [`Clusters::ALONE`].
    pub of_record: Vec<u32>,
    /// Per record: the position of the cluster it is merged in without asking, or [`Clusters::ALONE`].
    pub merged: Vec<u32>,
    /// Clusters of two or more records, by their smallest record key, so that row order does not matter; one that
    /// extends another directly after it.
    pub groups: Vec<Cluster>,
}

impl Clusters {
    /// Marks a record that is in no cluster of two or more.
    pub const ALONE: u32 = u32::MAX;

    /// The clusters of all entities: of each its only cluster, or its sure core and the one that extends it.
    pub fn of(entities: Vec<Vec<Cluster>>, records: u32) -> Self {
        let alone = vec![Self::ALONE; records as usize];
        let mut clusters = Self { of_record: alone.clone(), merged: alone, groups: Vec::new() };
        for entity in entities {
            let first = clusters.groups.len() as u32;
            for (nth, mut cluster) in (0u32..).zip(entity) {
                let at = first + nth;
                cluster.extends = (nth > 0).then_some(first);
                for &record in &cluster.members {
                    clusters.of_record[record as usize] = at;
                    if cluster.lane == Lane::Auto {
                        clusters.merged[record as usize] = at;
                    }
                }
                clusters.groups.push(cluster);
            }
        }
        clusters
    }

    /// Per entity its clusters, as [`Clusters::of`] takes them.
    pub fn entities(self) -> Vec<Vec<Cluster>> {
        let mut entities: Vec<Vec<Cluster>> = Vec::with_capacity(self.groups.len());
        for cluster in self.groups {
            match entities.last_mut() {
                Some(core) if cluster.extends.is_some() => core.push(cluster),
                _ => entities.push(vec![cluster]),
            }
        }
        entities
    }

    /// The position of the widest cluster of a record.
    pub fn widest(&self, record: u32) -> Option<usize> {
        self.of_record.get(record as usize).filter(|&&at| at != Self::ALONE).map(|&at| at as usize)
    }

    /// The position of the cluster in which a record is merged without asking.
    pub fn merged(&self, record: u32) -> Option<usize> {
        self.merged.get(record as usize).filter(|&&at| at != Self::ALONE).map(|&at| at as usize)
    }

    /// The cluster that says what happens to a record: the one it is merged in, or else the widest.
    pub fn telling(&self, record: u32) -> Option<usize> {
        self.merged(record).or_else(|| self.widest(record))
    }

    /// The members of a cluster that no cluster it extends has.
    pub fn added<'a>(&'a self, cluster: &'a Cluster) -> impl Iterator<Item = u32> + 'a {
        let inner = cluster.extends.map(|at| self.groups[at as usize].members.as_slice()).unwrap_or_default();
        cluster.members.iter().copied().filter(move |member| inner.binary_search(member).is_err())
    }

    /// How many records fewer there are once a cluster is merged, what it extends being merged already.
    pub fn merged_away(&self, cluster: &Cluster) -> u64 {
        let inner = cluster.extends.map_or(1, |at| self.groups[at as usize].members.len());
        (cluster.members.len() - inner) as u64
    }

    /// Adds the copies of a repeated row to the clusters of the two that were compared.
    fn follow(&mut self, repeats: &Repeats, settings: &ClusterSettings, ties: &Ties<'_>) {
        let both = |of: &[u32]| {
            let [one, other] = repeats.kept.map(|record| of[record as usize]);
            (one == other && one != Self::ALONE).then_some(one as usize)
        };
        let Some(widest) = both(&self.of_record) else { return };
        let largest = settings.max_cluster as usize;
        let members = &self.groups[widest].members;
        // What was decided about a copy has put it where it belongs.
        let follows = |copy: &u32| {
            self.of_record[*copy as usize] == Self::ALONE
                && !members.iter().any(|&member| ties.is_apart(member, *copy))
        };
        let copies: Vec<u32> = repeats.copies.iter().copied().filter(follows).collect();
        // A core that the copies would make too large stays without them: they are held with the whole.
        let fits = |at: usize| self.groups[at].members.len() + copies.len() <= largest;
        let core = both(&self.merged).filter(|&core| core != widest && fits(core));
        let (is_sure, stays) = (self.groups[widest].lane == Lane::Auto, fits(widest));
        if !stays {
            self.groups[widest].lane = Lane::Hold(HoldReason::TooLarge);
        }
        for at in core.into_iter().chain([widest]) {
            add(&mut self.groups[at], repeats, &copies);
        }
        copies.iter().for_each(|&copy| self.of_record[copy as usize] = widest as u32);
        if let Some(core) = core {
            copies.iter().for_each(|&copy| self.merged[copy as usize] = core as u32);
        } else if is_sure {
            let at = if stays { widest as u32 } else { Self::ALONE };
            self.groups[widest].members.iter().for_each(|&member| self.merged[member as usize] = at);
        }
    }
}
