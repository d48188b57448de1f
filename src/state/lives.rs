//! The lives of golden ids: which group of tonight keeps which id of the nights before.
//!
//! An id is born once, and belongs to records. Tonight's group keeps the id that most of its earlier members had; where two
//! groups have a claim to one id, the one with more of its members keeps it. Ties go to the older id, then to the group
//! with the smallest record key. So neither the order of rows, nor new members, nor changed values move an id.

use std::collections::{BTreeMap, HashMap, HashSet};

/// A golden id by its number in the state: the smaller, the older.
pub type GoldenSeq = u32;

/// A group of tonight's records that are one golden record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its place among all groups in the order of their smallest record keys.
    pub order: u32,
    /// How many records it has.
    pub size: u32,
    /// Earlier ids of its members, already followed to what they became, each with the number of members that had it.
    pub earlier: Vec<(GoldenSeq, u32)>,
}

/// What happened to an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Happening {
    /// Records were added that had no id before.
    Grown,
    /// The id ended: its records are in the group of another.
    Merged,
    /// A new id for records that were part of another.
    Split,
    /// Records that had another id, which lives on, came to it.
    Moved,
    /// The id ended: none of its records is there any more.
    Retired,
    /// Records of an id that had been retired are there again, and so is the id.
    Returned,
}

impl Happening {
    /// The name in the state and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grown => "grown",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Moved => "moved",
            Self::Retired => "retired",
            Self::Returned => "returned",
        }
    }
}

/// Which rule decided that a group keeps an id, or that an id ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LifeRule {
    /// Nobody else had a claim.
    Only,
    /// Most of the earlier members had it.
    MostMembers,
    /// As many had another, which is younger.
    OldestId,
    /// As many of its members are in another group, whose smallest record key is larger.
    SmallestKey,
}

impl LifeRule {
    /// The name in the state and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Only => "only",
            Self::MostMembers => "most_members",
            Self::OldestId => "oldest_id",
            Self::SmallestKey => "smallest_key",
        }
    }
}

/// One thing that happened to an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LifeEvent {
    /// What.
    pub what: Happening,
    /// The id: a number of the state, or of [`Lives::born`] from [`Lives::first_new`] on.
    pub golden: GoldenSeq,
    /// The other id: that it merged into, split off from, or that records came from.
    pub other: Option<GoldenSeq>,
    /// How many records it is about.
    pub records: u32,
    /// What decided it.
    pub rule: LifeRule,
}

/// Tonight's ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lives {
    /// Per group: its id.
    pub of_group: Vec<GoldenSeq>,
    /// New ids are numbered from here, in the order of their groups' smallest record keys.
    pub first_new: GoldenSeq,
    /// The groups that have a new id, in the order of those, each with the id that it split off from.
    pub born: Vec<(u32, Option<GoldenSeq>)>,
    /// What happened, in the order of ids.
    pub events: Vec<LifeEvent>,
}

/// Gives tonight's groups their ids.
///
/// `alive` are the ids that live, ascending; ids in [`Group::earlier`] that are not among them were retired, and return.
/// `next` is the number of the next new id.
pub fn live(groups: &[Group], alive: &[GoldenSeq], next: GoldenSeq) -> Lives {
    let mut claims: Vec<(u32, GoldenSeq, u32, u32)> = Vec::new();
    for (at, group) in (0u32..).zip(groups) {
        claims.extend(group.earlier.iter().map(|&(id, records)| (records, id, group.order, at)));
    }
    claims.sort_unstable_by_key(|&(records, id, order, _)| (std::cmp::Reverse(records), id, order));
    let mut of_group: Vec<Option<GoldenSeq>> = vec![None; groups.len()];
    let mut group_of: HashMap<GoldenSeq, u32> = HashMap::new();
    for &(_, id, _, at) in &claims {
        if of_group[at as usize].is_none() && !group_of.contains_key(&id) {
            of_group[at as usize] = Some(id);
            group_of.insert(id, at);
        }
    }
    let mut unnamed: Vec<u32> =
        (0..groups.len() as u32).filter(|&at| of_group[at as usize].is_none()).collect();
    unnamed.sort_unstable_by_key(|&at| groups[at as usize].order);
    let mut lives = Lives { first_new: next, ..Lives::default() };
    for (nth, &at) in (0u32..).zip(&unnamed) {
        let group = &groups[at as usize];
        // Of several that it came from, the one that most of it came from.
        let from = group.earlier.iter().max_by_key(|(id, records)| (*records, std::cmp::Reverse(*id)));
        of_group[at as usize] = Some(next + nth);
        lives.born.push((at, from.map(|(id, _)| *id)));
    }
    lives.of_group = of_group.into_iter().map(Option::unwrap_or_default).collect();
    lives.events = events(groups, alive, &lives, &group_of, claims);
    lives
}

fn events(
    groups: &[Group],
    alive: &[GoldenSeq],
    lives: &Lives,
    group_of: &HashMap<GoldenSeq, u32>,
    claims: Vec<(u32, GoldenSeq, u32, u32)>,
) -> Vec<LifeEvent> {
    let mut events = Vec::new();
    let is_alive = |id: GoldenSeq| alive.binary_search(&id).is_ok();
    // Per id, the groups that its members are in, those with most of them first.
    let mut spread: BTreeMap<GoldenSeq, Vec<(u32, u32)>> = BTreeMap::new();
    for (records, id, _, at) in claims {
        spread.entry(id).or_default().push((records, at));
    }
    let split: HashMap<u32, GoldenSeq> =
        lives.born.iter().filter_map(|&(at, from)| Some((at, from?))).collect();
    for (&id, places) in &spread {
        let kept = group_of.get(&id);
        if kept.is_some() && !is_alive(id) {
            let records = places.iter().map(|place| place.0).sum();
            let rule = LifeRule::Only;
            events.push(LifeEvent { what: Happening::Returned, golden: id, other: None, records, rule });
        }
        if kept.is_none() {
            // It ends where most of its members went, by the order of the claims.
            let (records, at) = places[0];
            let into = lives.of_group[at as usize];
            let rule = between(&groups[at as usize], into, records);
            events.push(LifeEvent { what: Happening::Merged, golden: id, other: Some(into), records, rule });
        }
        for (nth, &(records, at)) in places.iter().enumerate() {
            let here = lives.of_group[at as usize];
            if kept == Some(&at) || kept.is_none() && nth == 0 {
                continue;
            }
            let most = places[0].0;
            let rule = if records < most { LifeRule::MostMembers } else { LifeRule::SmallestKey };
            let what = if split.get(&at) == Some(&id) { Happening::Split } else { Happening::Moved };
            events.push(LifeEvent { what, golden: here, other: Some(id), records, rule });
        }
    }
    let met: HashSet<GoldenSeq> = spread.keys().copied().collect();
    for (at, group) in groups.iter().enumerate().filter(|(_, group)| !group.earlier.is_empty()) {
        let new = group.size - group.earlier.iter().map(|(_, records)| records).sum::<u32>();
        let golden = lives.of_group[at];
        if new > 0 && golden < lives.first_new {
            let rule = LifeRule::Only;
            events.push(LifeEvent { what: Happening::Grown, golden, other: None, records: new, rule });
        }
    }
    for &id in alive.iter().filter(|id| !met.contains(id)) {
        let rule = LifeRule::Only;
        events.push(LifeEvent { what: Happening::Retired, golden: id, other: None, records: 0, rule });
    }
    events.sort_unstable_by_key(|event| (event.golden, event.what, event.other, event.records));
    events
}

/// Why a group kept `winner` and not an id that `records` of its members had.
fn between(group: &Group, winner: GoldenSeq, records: u32) -> LifeRule {
    match group.earlier.iter().find(|(id, _)| *id == winner) {
        Some((_, most)) if *most > records => LifeRule::MostMembers,
        Some(_) => LifeRule::OldestId,
        None => LifeRule::Only,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn group(order: u32, size: u32, earlier: &[(GoldenSeq, u32)]) -> Group {
        Group { order, size, earlier: earlier.to_vec() }
    }

    fn said(lives: &Lives) -> Vec<(&'static str, u32, Option<u32>, &'static str)> {
        lives.events.iter().map(|e| (e.what.name(), e.golden, e.other, e.rule.name())).collect()
    }

    #[test]
    fn a_group_keeps_the_id_of_most_of_its_members() {
        let lives = live(&[group(0, 4, &[(1, 1), (2, 2)])], &[1, 2], 3);
        assert_eq!(lives.of_group, [2]);
        assert_eq!(said(&lives), [("merged", 1, Some(2), "most_members"), ("grown", 2, None, "only")]);
    }

    #[test]
    fn of_ids_with_as_many_members_the_oldest_lives() {
        let lives = live(&[group(0, 2, &[(5, 1), (4, 1)])], &[4, 5], 6);
        assert_eq!(lives.of_group, [4]);
        assert_eq!(said(&lives), [("merged", 5, Some(4), "oldest_id")]);
    }

    #[test]
    fn a_part_that_splits_off_has_a_new_id() {
        let lives = live(&[group(1, 1, &[(1, 1)]), group(0, 1, &[(1, 1)])], &[1], 2);
        assert_eq!(lives.of_group, [2, 1], "the smallest record key keeps it");
        assert_eq!(lives.born, [(0, Some(1))]);
        assert_eq!(said(&lives), [("split", 2, Some(1), "smallest_key")]);
    }

    #[test]
    fn who_is_gone_is_retired_and_may_return() {
        let lives = live(&[group(0, 1, &[])], &[1], 2);
        assert_eq!(said(&lives), [("retired", 1, None, "only")]);
        let lives = live(&[group(0, 1, &[(1, 1)])], &[2], 3);
        assert_eq!(said(&lives), [("returned", 1, None, "only"), ("retired", 2, None, "only")]);
    }

    proptest! {
        /// Nights of random births, deletions, merges and splits: no two groups have one id, no id is used again, one that
        /// ended by a merge never comes back, and the order of groups changes nothing.
        #[test]
        fn ids_live_once(nights in proptest::collection::vec(proptest::collection::vec(proptest::option::of(0u32..6), 12), 1..8)) {
            let mut of_record: HashMap<usize, GoldenSeq> = HashMap::new();
            let mut merged: HashMap<GoldenSeq, GoldenSeq> = HashMap::new();
            let mut alive: Vec<GoldenSeq> = Vec::new();
            let mut next = 1;
            for night in nights {
                let mut members: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
                for (record, place) in night.iter().enumerate() {
                    if let Some(place) = place { members.entry(*place).or_default().push(record); }
                }
                let mut sets: Vec<Vec<usize>> = members.into_values().collect();
                sets.sort();
                let mut groups: Vec<Group> = Vec::new();
                for (order, set) in (0u32..).zip(&sets) {
                    let mut earlier: BTreeMap<GoldenSeq, u32> = BTreeMap::new();
                    for record in set {
                        if let Some(mut id) = of_record.get(record).copied() {
                            while let Some(&into) = merged.get(&id) { id = into; }
                            *earlier.entry(id).or_default() += 1;
                        }
                    }
                    groups.push(Group { order, size: set.len() as u32, earlier: earlier.into_iter().collect() });
                }
                let lives = live(&groups, &alive, next);
                let turned: Vec<Group> = groups.iter().rev().cloned().collect();
                let again = live(&turned, &alive, next);
                prop_assert_eq!(&lives.events, &again.events);
                prop_assert!(lives.of_group.iter().eq(again.of_group.iter().rev()));
                let used: HashSet<GoldenSeq> = lives.of_group.iter().copied().collect();
                prop_assert_eq!(used.len(), groups.len(), "one id a group");
                prop_assert!(used.iter().all(|id| !merged.contains_key(id)), "what merged is over");
                for (set, id) in sets.iter().zip(&lives.of_group) {
                    for record in set { of_record.insert(*record, *id); }
                }
                for event in lives.events.iter().filter(|event| event.what == Happening::Merged) {
                    prop_assert!(merged.insert(event.golden, event.other.unwrap()).is_none());
                }
                next += lives.born.len() as u32;
                alive = used.into_iter().collect();
                alive.sort_unstable();
            }
        }
    }
}
