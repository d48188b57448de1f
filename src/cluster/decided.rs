//! What people decided of records, which goes before everything that their values say.

use super::{Cluster, Clusters, Edges, HoldReason, Lane};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Decisions on records, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decided {
    /// Sets of two or more records that are one, ascending, by their first record; no record is in two of them.
    pub one: Vec<Vec<u32>>,
    /// Pairs that are not one; what is one with either of them is not one with the other.
    pub apart: Vec<(u32, u32)>,
    /// Records that are not to be merged with each other for now, and why.
    pub held: Vec<(Vec<u32>, HoldReason)>,
}

impl Decided {
    /// The word for a cluster that was decided on before: `merge` when all of its records are one, `hold` when it is on
    /// hold, else nothing. What is kept apart is in no cluster together.
    pub fn word(&self, cluster: &Cluster) -> &'static str {
        match cluster.lane {
            Lane::Hold(HoldReason::OnHold) => "hold",
            // A set is always whole in one cluster.
            Lane::Auto if self.one.binary_search(&cluster.members).is_ok() => "merge",
            _ => "",
        }
    }
}

/// The decisions, laid out for asking.
#[derive(Debug, Default)]
pub(super) struct Ties<'a> {
    sets: &'a [Vec<u32>],
    set_of: HashMap<u32, usize>,
    /// Pairs of records that stand for their sets, smaller first.
    apart: HashSet<(u32, u32)>,
    /// Per record that stands for its set: those it is kept apart from.
    apart_from: HashMap<u32, Vec<u32>>,
}

impl<'a> Ties<'a> {
    pub fn of(decided: &'a Decided) -> Self {
        let sets = decided.one.iter().enumerate();
        let mut ties = Self {
            sets: &decided.one,
            set_of: sets.flat_map(|(at, set)| set.iter().map(move |&record| (record, at))).collect(),
            apart: HashSet::new(),
            apart_from: HashMap::new(),
        };
        let pairs = decided.apart.iter().map(|&(a, b)| ties.pair(a, b));
        ties.apart = pairs.collect();
        for &(a, b) in &decided.apart {
            let (a, b) = ties.pair(a, b);
            ties.apart_from.entry(a).or_default().push(b);
        }
        ties
    }

    /// Whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.set_of.is_empty() && self.apart.is_empty()
    }

    fn pair(&self, a: u32, b: u32) -> (u32, u32) {
        let stands = |record: u32| self.set_of.get(&record).map_or(record, |&set| self.sets[set][0]);
        let (a, b) = (stands(a), stands(b));
        (a.min(b), a.max(b))
    }

    /// Whether it was decided that two are not one.
    pub fn is_apart(&self, a: u32, b: u32) -> bool {
        !self.apart.is_empty() && self.apart.contains(&self.pair(a, b))
    }

    /// Whether it was decided that two are one.
    pub fn is_one(&self, a: u32, b: u32) -> bool {
        self.set_of.get(&a).is_some_and(|set| self.set_of.get(&b) == Some(set))
    }

    /// Whether it was decided that all of these are one.
    pub fn are_one(&self, members: &[u32]) -> bool {
        !self.set_of.is_empty() && members.windows(2).all(|two| self.is_one(two[0], two[1]))
    }

    /// Whether anything joins this record to another.
    pub fn joins(&self, record: u32) -> bool {
        self.set_of.contains_key(&record)
    }

    /// All sets.
    pub fn sets(&self) -> &'a [Vec<u32>] {
        self.sets
    }

    /// The sets of which these members hold two records or more, largest first, each with those records.
    fn within(&self, members: &[u32]) -> Vec<Vec<u32>> {
        let mut found: HashMap<usize, Vec<u32>> = HashMap::new();
        for &member in members {
            if let Some(&set) = self.set_of.get(&member) {
                found.entry(set).or_default().push(member);
            }
        }
        let mut found: Vec<Vec<u32>> = found.into_values().filter(|set| set.len() > 1).collect();
        found.iter_mut().for_each(|set| set.sort_unstable());
        found
    }

    /// For positions of `members`: the position each begins grouped with, and pairs of positions that are apart.
    pub fn start(&self, members: &[u32]) -> Start {
        let mut start = Start { group: (0..members.len() as u32).collect(), apart: Vec::new() };
        if self.is_empty() {
            return start;
        }
        let mut first: HashMap<usize, u32> = HashMap::new();
        for (at, member) in (0u32..).zip(members) {
            if let Some(&set) = self.set_of.get(member) {
                start.group[at as usize] = *first.entry(set).or_insert(at);
            }
        }
        if !self.apart.is_empty() {
            let stands = |record: u32| self.set_of.get(&record).map_or(record, |&set| self.sets[set][0]);
            let place: HashMap<u32, u32> =
                members.iter().zip(&start.group).map(|(&member, &group)| (stands(member), group)).collect();
            for (record, &at) in &place {
                let others = self.apart_from.get(record).into_iter().flatten();
                start.apart.extend(others.filter_map(|other| Some((at, *place.get(other)?))));
            }
        }
        start
    }
}

/// How the grouping of a component begins.
pub(super) struct Start {
    /// Per position: the smallest position that it is one with.
    pub group: Vec<u32>,
    /// Positions that stand for their groups, which are never joined.
    pub apart: Vec<(u32, u32)>,
}

/// Adds pairs that a person made one and that could not be compared, as pairs that say nothing.
pub(super) fn tie(edges: &mut Edges, ties: &Ties<'_>, members: &[u32]) {
    for (at, &a) in (0u32..).zip(members).filter(|(_, a)| ties.joins(**a)) {
        for (to, &b) in (0u32..).zip(members).skip(at as usize + 1) {
            if ties.is_one(a, b) {
                edges.entry((at, to)).or_insert(super::Edge { weight: 0, pattern: 0 });
            }
        }
    }
}

/// Puts what was decided in the stead of what values and facts say: every set of records that are one becomes a cluster
/// that is merged without asking, and what is on hold is held. Facts were asked before this.
///
/// A cluster that holds one such set is proposed as what extends it. Of several, the largest stays in it and the others
/// stand alone.
pub(super) fn honour(clusters: Clusters, decided: &Decided, keys: &[u64]) -> Clusters {
    let records = clusters.of_record.len() as u32;
    let ties = Ties::of(decided);
    if ties.is_empty() && decided.held.is_empty() {
        return clusters;
    }
    let key = |members: &[u32]| members.iter().map(|&member| keys[member as usize]).min();
    let mut entities: Vec<Vec<Cluster>> = Vec::new();
    for entity in clusters.entities() {
        entities.extend(kept(entity, &ties, &key));
    }
    let mut held: HashMap<u32, Vec<usize>> = HashMap::new();
    for (at, (members, _)) in decided.held.iter().enumerate() {
        members.iter().for_each(|&member| held.entry(member).or_default().push(at));
    }
    for entity in &mut entities {
        for cluster in entity.iter_mut() {
            let mut met: HashMap<usize, usize> = HashMap::new();
            for at in cluster.members.iter().filter_map(|member| held.get(member)).flatten() {
                *met.entry(*at).or_default() += 1;
            }
            let reasons =
                met.into_iter().filter(|(_, members)| *members > 1).map(|(at, _)| decided.held[at].1);
            // Of several the first by name of the variant, so that the order of decisions does not matter.
            if let Some(reason) = reasons.min() {
                cluster.lane = Lane::Hold(reason);
            }
        }
        if entity.len() > 1 && entity[0].lane != Lane::Auto {
            entity.remove(0);
        }
    }
    entities.sort_by_key(|entity| entity.iter().filter_map(|cluster| key(&cluster.members)).min());
    Clusters::of(entities, records)
}

/// The entities that an entity becomes when every set of records that are one is merged in it.
fn kept(
    mut entity: Vec<Cluster>,
    ties: &Ties<'_>,
    key: &impl Fn(&[u32]) -> Option<u64>,
) -> Vec<Vec<Cluster>> {
    let Some(whole) = entity.last().cloned() else { return Vec::new() };
    let mut sets = ties.within(&whole.members);
    sets.sort_by_key(|set| (std::cmp::Reverse(set.len()), key(set)));
    if sets.first().is_some_and(|set| *set == whole.members) {
        return vec![vec![Cluster { lane: Lane::Auto, extends: None, ..whole }]];
    }
    let mut apart = Vec::new();
    for set in sets {
        let sure = entity.first().filter(|first| first.lane == Lane::Auto);
        let is_sure =
            sure.is_some_and(|sure| set.iter().all(|member| sure.members.binary_search(member).is_ok()));
        if is_sure {
            continue;
        }
        if sure.is_none() {
            let core = narrowed(&whole, &set, Lane::Auto);
            if entity.last().is_some_and(|last| last.members.len() > set.len()) {
                entity.insert(0, core);
            } else {
                entity = vec![core];
            }
            continue;
        }
        let gone: BTreeSet<u32> = set.iter().copied().collect();
        apart.push(vec![narrowed(&whole, &set, Lane::Auto)]);
        entity = entity
            .into_iter()
            .filter_map(|cluster| {
                let rest: Vec<u32> =
                    cluster.members.iter().copied().filter(|member| !gone.contains(member)).collect();
                (rest.len() > 1).then(|| narrowed(&cluster, &rest, cluster.lane))
            })
            .collect();
        // What extends a core and has nobody beside it any more says nothing new.
        if entity.len() > 1 && entity[0].members.len() == entity[1].members.len() {
            entity.truncate(1);
        }
    }
    if !entity.is_empty() {
        apart.insert(0, entity);
    }
    apart
}

/// A cluster of some members of another.
fn narrowed(of: &Cluster, members: &[u32], lane: Lane) -> Cluster {
    let support: Vec<f32> = members
        .iter()
        .map(|member| of.members.binary_search(member).map_or(0.0, |at| of.support[at]))
        .collect();
    Cluster {
        members: members.to_vec(),
        probability: support.iter().copied().fold(1.0, f32::min),
        support,
        cohesion: of.cohesion,
        lane,
        reasons: of.reasons.clone(),
        extends: None,
    }
}
