//! Stage 5: contacts → candidate pairs, in batches.
//!
//! Input: [`Contacts`]. Output: a [`Plan`], which knows every record's keys and hands out the candidate pairs batch
//! by batch; the pairs themselves are never held.
//!
//! A *rule* is a combination of *atoms* (a phonetic name word, a postcode, an e-mail address …); records that share
//! a rule's key are compared. Rules come from the columns that the data has.
//!
//! Invariants
//! * A pair is handed out once: by the first rule, and within it the smallest key, that both records share. That is
//!   decided from the two records' own key lists, so a block can be worked on anywhere.
//! * Keys given up for size are removed from the lists first, so that no pair is lost to a block that does not exist.
//! * A block that is too large is divided by a second key; what is given up is counted and reported.
//! * Of a row repeated many times two copies are compared; the others follow them ([`Repeats`]).
//! * The set of pairs does not depend on row order or thread count.

mod atoms;
mod choice;
mod guard;
mod keys;
mod pairs;
mod repeats;
mod rules;

#[cfg(test)]
mod tests;

pub use choice::{CLASSES, Yield};
pub use pairs::{Pair, Sample};
pub use repeats::Repeats;
pub use rules::Rule;

use crate::config::BlockSettings;
use crate::normalize::{Contacts, Population};
use crate::table::Room;
use foldhash::fast::FixedState;
use keys::KeyTable;
use serde::Serialize;
use std::collections::HashSet;

/// The blocking of one population.
pub struct Plan {
    /// Whom it is for.
    pub population: Population,
    /// Record numbers of the population, ascending, without the copies in `repeats`; positions in it are what keys
    /// refer to.
    pub members: Vec<u32>,
    /// Rows repeated many times, of which only two are compared.
    pub repeats: Vec<Repeats>,
    /// The rules in order; a divided block's second keys are rules of their own, after these.
    pub rules: Vec<Rule>,
    /// What each rule costs, in the same order.
    pub costs: Vec<RuleCost>,
    /// Names of rules that were considered and left out, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Records that are compared with none, since every key of theirs is shared by too many.
    pub cut_off: u64,
    /// Names of rules that the settings switch off.
    pub switched_off: Vec<String>,
    /// How many rules, from the first, a model is trained on: those within the budget whatever they find, and all once
    /// it is known what they are worth.
    pub core: u8,
    keys: KeyTable,
    /// Where the keys lie.
    room: Room,
    /// Keys of blocks that are not small: rule, class of size, key.
    large: Vec<(u8, u8, u32)>,
    budget: u64,
}

/// What the blocks of one class of size cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct SizeCost {
    blocks: u64,
    pairs: u64,
}

/// What a rule costs, counted before any pair is made.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RuleCost {
    /// Records that have at least one key.
    pub records: u64,
    /// Blocks of two or more records.
    pub blocks: u64,
    /// The most records in one block.
    pub largest: u64,
    /// Pairs within blocks; a pair in several blocks counts in each.
    pub pairs: u64,
    /// Blocks that were too large and were divided by second keys.
    pub divided_blocks: u64,
    /// Records in them.
    pub divided_records: u64,
    /// Divided parts that were still too large and were given up.
    pub dropped_blocks: u64,
    /// Records in them (they may still meet by other rules).
    pub dropped_records: u64,
    /// Of `blocks` and `pairs`, those of each class of size.
    #[serde(skip)]
    by_size: [SizeCost; CLASSES],
}

impl Plan {
    /// Pairs within the blocks of the first rules, which a model is trained on.
    pub fn core_pairs(&self) -> u64 {
        self.costs[..usize::from(self.core)].iter().map(|cost| cost.pairs).sum()
    }

    /// Pairs within blocks over all rules: an upper bound of the pairs that will be compared.
    pub fn planned_pairs(&self) -> u64 {
        self.costs.iter().map(|cost| cost.pairs).sum()
    }

    /// The records whose comparison decides about a pair: copies of a repeated row are stood in for by those kept.
    pub fn stand_ins(&self, a: u32, b: u32) -> (u32, u32) {
        let of = |record: u32| self.repeats.iter().find(|set| set.copies.binary_search(&record).is_ok());
        match (of(a), of(b)) {
            (Some(one), Some(other)) if one == other => (one.kept[0], one.kept[1]),
            (one, other) => {
                let (a, b) = (one.map_or(a, |set| set.kept[0]), other.map_or(b, |set| set.kept[0]));
                match (one, other) {
                    (Some(set), None) if a == b => (a, set.kept[1]),
                    (None, Some(set)) if a == b => (set.kept[1], b),
                    _ => (a, b),
                }
            }
        }
    }

    /// Names of the rules that give both records of a pair the same key, in order of rules.
    pub fn shared_rules(&self, a: u32, b: u32) -> Vec<&str> {
        let (a, b) = self.stand_ins(a, b);
        let local = |record: u32| self.members.binary_search(&record).ok();
        let (Some(a), Some(b)) = (local(a), local(b)) else {
            return Vec::new();
        };
        let rules = self.keys.shared_rules(a as u32, b as u32);
        rules.into_iter().map(|rule| self.rules[rule as usize].name.as_str()).collect()
    }

    /// Rules whose key both records of a pair share, but whose key was given up (its block was too large, or the rule
    /// was left out), each with the reason in parentheses: `postcode (too many records share it)`.
    ///
    /// `contacts` must be those that were planned. Second keys are not told apart from the rule they divide.
    pub fn rules_cut(&self, contacts: &Contacts, a: u32, b: u32) -> Vec<String> {
        let (a, b) = self.stand_ins(a, b);
        let local = |record: u32| self.members.binary_search(&record).ok();
        let (Some(at_a), Some(at_b)) = (local(a), local(b)) else {
            return Vec::new();
        };
        let kept = self.keys.shared_rules(at_a as u32, at_b as u32);
        let whole = keys::build(
            &atoms::Atoms::new(contacts, self.population),
            &[a, b],
            &self.rules,
            &Room::default(),
        );
        let cut = whole.shared_rules(0, 1).into_iter().filter(|rule| !kept.contains(rule));
        cut.map(|rule| &self.rules[rule as usize])
            .filter(|rule| rule.divides.is_none())
            .map(|rule| {
                let left_out = self.left_out.iter().find(|(name, _)| *name == rule.name);
                let why = left_out.map_or("too many records share it", |(_, why)| why.as_str());
                format!("{} ({why})", rule.name)
            })
            .collect()
    }

    /// For each of many pairs the rules of [`Plan::rules_cut`], by number: one look at the keys of all their records.
    pub fn rules_cut_of(&self, contacts: &Contacts, pairs: &[(u32, u32)]) -> Vec<Vec<u8>> {
        let pairs: Vec<(u32, u32)> = pairs.iter().map(|&(a, b)| self.stand_ins(a, b)).collect();
        let mut records: Vec<u32> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
        records.sort_unstable();
        records.dedup();
        let whole = keys::build(
            &atoms::Atoms::new(contacts, self.population),
            &records,
            &self.rules,
            &Room::default(),
        );
        let place = |of: &[u32], record: u32| of.binary_search(&record).ok().map(|at| at as u32);
        let cut = |&(a, b): &(u32, u32)| {
            let kept = place(&self.members, a).zip(place(&self.members, b));
            let kept = kept.map_or_else(Vec::new, |(a, b)| self.keys.shared_rules(a, b));
            let all = place(&records, a).zip(place(&records, b));
            let all = all.map_or_else(Vec::new, |(a, b)| whole.shared_rules(a, b));
            let is_cut = |rule: &u8| !kept.contains(rule) && self.rules[*rule as usize].divides.is_none();
            all.into_iter().filter(is_cut).collect()
        };
        pairs.iter().map(cut).collect()
    }

    /// Keeps of each rule what is worth its pairs, given what a sample of its blocks was found to hold (of each rule one
    /// in the number beside it); the keys of the rest are dropped, and pairs that only they make are not made. Said in
    /// [`Plan::left_out`].
    pub fn keep_worthy(&mut self, yields: &[([Yield; CLASSES], u32)]) {
        let estimate = |(cost, (sample, one_in)): (&RuleCost, &([Yield; CLASSES], u32))| {
            choice::estimate(sample, u64::from(*one_in), cost.by_size.map(|size| size.pairs))
        };
        let estimates: Vec<[Yield; CLASSES]> = self.costs.iter().zip(yields).map(estimate).collect();
        let kept = choice::choose(&estimates, self.budget, self.members.len() as u64);
        self.core = self.rules.len() as u8;
        let drops = |rule: u8, class: u8| usize::from(class) >= kept[usize::from(rule)];
        let large = std::mem::take(&mut self.large);
        let dropped: HashSet<(u8, u32), FixedState> = large
            .into_iter()
            .filter(|&(rule, class, _)| kept[usize::from(rule)] > 0 && drops(rule, class))
            .map(|(rule, _, key)| (rule, key))
            .collect();
        if dropped.is_empty() && kept.iter().all(|&classes| classes > 0) {
            return;
        }
        self.keys = self.keys.rewrite(&self.room, |_, entries| {
            entries.retain(|entry| {
                let classes = kept[usize::from(entry.0)];
                classes == CLASSES || classes > 0 && !dropped.contains(entry)
            });
        });
        for (rule, &classes) in kept.iter().enumerate() {
            let cost = &mut self.costs[rule];
            let (given_up, sample) = (&cost.by_size[classes..], &yields[rule].0[classes..]);
            let pairs: u64 = given_up.iter().map(|size| size.pairs).sum();
            if pairs == 0 {
                continue;
            }
            let (met, found) = sample.iter().fold((0, 0), |sum, y| (sum.0 + y.pairs, sum.1 + y.matches_ppm));
            let why = format!("{pairs} pairs, with about {} matches in a sample of {met}", found / 1_000_000);
            let name = self.rules[rule].name.clone();
            match classes.checked_sub(1).and_then(choice::largest) {
                None => self.left_out.push((name, why)),
                Some(most) => self.left_out.push((format!("{name}, blocks of more than {most}"), why)),
            }
            cost.blocks -= given_up.iter().map(|size| size.blocks).sum::<u64>();
            cost.pairs -= pairs;
            cost.largest = cost.largest.min(classes.checked_sub(1).and_then(choice::largest).unwrap_or(0));
            cost.by_size[classes..].fill(SizeCost::default());
        }
    }

    /// Bytes of memory held by the keys.
    pub fn heap_bytes(&self) -> usize {
        self.keys.heap_bytes() + self.members.capacity() * 4
    }
}

/// Plans the blocking of every population that has at least two records; keys lie in `room`.
pub fn plan(contacts: &Contacts, settings: &BlockSettings, room: &Room) -> Vec<Plan> {
    [Population::Person, Population::Company, Population::Other]
        .into_iter()
        .filter_map(|population| plan_population(contacts, population, settings, room))
        .collect()
}

fn plan_population(
    contacts: &Contacts,
    population: Population,
    settings: &BlockSettings,
    room: &Room,
) -> Option<Plan> {
    let mut members: Vec<u32> =
        (0..contacts.records).filter(|&record| contacts.population[record as usize] == population).collect();
    if members.len() < 2 {
        return None;
    }
    let repeats = repeats::find(contacts, &members);
    let copies: HashSet<u32> = repeats.iter().flat_map(|set| set.copies.iter().copied()).collect();
    if !copies.is_empty() {
        members.retain(|record| !copies.contains(record));
    }
    let atoms = atoms::Atoms::new(contacts, population);
    let (switched_off, rules): (Vec<Rule>, Vec<Rule>) = rules::candidates(&atoms, contacts, population)
        .into_iter()
        .partition(|rule| settings.without.contains(&rule.name));
    let budgeted = members.len();
    let guarded = guard::build(&atoms, &members, rules, settings, room);
    Some(Plan {
        population,
        members,
        repeats,
        rules: guarded.rules,
        costs: guarded.costs,
        left_out: guarded.left_out,
        cut_off: guarded.cut_off,
        core: guarded.core,
        large: guarded.large,
        budget: (settings.pairs_per_record * budgeted as f64) as u64,
        switched_off: switched_off.into_iter().map(|rule| rule.name).collect(),
        keys: guarded.keys,
        room: room.clone(),
    })
}
