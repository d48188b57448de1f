//! Blocks that are too large, and rules that cost more than they are worth.

use super::RuleCost;
use super::atoms::{Atom, Atoms, combine};
use super::keys::{self, KeyTable, RULES_AT_ONCE};
use super::rules::{self, Rule};
use crate::config::BlockSettings;
use foldhash::fast::FixedState;
use std::collections::{HashMap, HashSet};

/// A blocking within its bounds.
pub struct Guarded {
    pub keys: KeyTable,
    pub rules: Vec<Rule>,
    pub costs: Vec<RuleCost>,
    pub left_out: Vec<(String, String)>,
}

type KeySet = HashSet<(u8, u32), FixedState>;

/// Makes all keys, divides oversized blocks, and leaves out rules that exceed the budget of pairs.
pub fn build(atoms: &Atoms<'_>, members: &[u32], base: Vec<Rule>, settings: &BlockSettings) -> Guarded {
    let contacts = atoms.contacts();
    let population = contacts.population[members[0] as usize];
    let keys = keys::build(atoms, members, &base);
    let mut costs = Vec::new();
    let mut oversized = KeySet::with_hasher(FixedState::with_seed(1));
    for (rule, (cost, large)) in (0..).zip(count_all(&keys, 0..base.len() as u8, settings.max_block)) {
        costs.push(cost);
        oversized.extend(large.into_iter().map(|key| (rule, key)));
    }
    let budget = (settings.pairs_per_record * members.len() as f64) as u64;
    let (dropped, left_out) = over_budget(&base, &costs, budget);
    let divided: Vec<u8> =
        (0..base.len() as u8).filter(|&rule| costs[rule as usize].divided_blocks > 0).collect();
    let (rules, divisions) = with_divisions(contacts, base, &divided, population);
    costs.resize(rules.len(), RuleCost::default());

    let keys = keys.rewrite(|local, entries| {
        let record = members[local as usize];
        entries.retain(|entry| !dropped.contains(&entry.0));
        let (large, small): (Vec<_>, Vec<_>) = entries.drain(..).partition(|entry| oversized.contains(entry));
        *entries = small;
        let mut values = Vec::new();
        for (rule, key) in large {
            for &(atom, division) in &divisions[&rule] {
                values.clear();
                atoms.values(atom, record, &mut values);
                entries.extend(values.iter().map(|&value| (division, combine(key, value))));
            }
        }
    });
    let mut too_large = KeySet::with_hasher(FixedState::with_seed(2));
    let first = rules.iter().position(|rule| rule.divides.is_some()).unwrap_or(rules.len()) as u8;
    for (rule, (cost, large)) in (first..).zip(count_all(&keys, first..rules.len() as u8, settings.max_block))
    {
        costs[rule as usize] = RuleCost {
            dropped_blocks: cost.divided_blocks,
            dropped_records: cost.divided_records,
            divided_blocks: 0,
            divided_records: 0,
            ..cost
        };
        too_large.extend(large.into_iter().map(|key| (rule, key)));
    }
    let keys = match too_large.is_empty() {
        true => keys,
        false => keys.rewrite(|_, entries| entries.retain(|entry| !too_large.contains(entry))),
    };
    for &rule in &dropped {
        costs[rule as usize] = RuleCost::default();
    }
    Guarded { keys, rules, costs, left_out }
}

/// Counts the blocks of neighbouring rules.
fn count_all(keys: &KeyTable, rules: std::ops::Range<u8>, max: u32) -> Vec<(RuleCost, Vec<u32>)> {
    let firsts = rules.clone().step_by(usize::from(RULES_AT_ONCE));
    let chunks = firsts.map(|first| first..rules.end.min(first.saturating_add(RULES_AT_ONCE)));
    chunks.flat_map(|chunk| keys.rows(chunk, |_| true)).map(|rows| count(&rows, max)).collect()
}

/// Counts a rule's blocks; the keys of those with more than `max` records are returned and do not count as pairs.
fn count(rows: &[u64], max: u32) -> (RuleCost, Vec<u32>) {
    let (mut cost, mut large) = (RuleCost::default(), Vec::new());
    for block in rows.chunk_by(|a, b| a >> 32 == b >> 32) {
        let size = block.len() as u64;
        cost.records += size;
        if size < 2 {
            continue;
        }
        if size > u64::from(max) {
            cost.divided_blocks += 1;
            cost.divided_records += size;
            large.push((block[0] >> 32) as u32);
        } else {
            cost.blocks += 1;
            cost.largest = cost.largest.max(size);
            cost.pairs += size * (size - 1) / 2;
        }
    }
    (cost, large)
}

/// The rules to leave out so that all pairs stay within the budget: the most expensive first, never the first rules
/// of all that together cost less than the budget.
fn over_budget(rules: &[Rule], costs: &[RuleCost], budget: u64) -> (HashSet<u8>, Vec<(String, String)>) {
    let mut by_cost: Vec<usize> = (0..rules.len()).collect();
    by_cost.sort_by_key(|&rule| (costs[rule].pairs, rule));
    let (mut spent, mut dropped, mut left_out) = (0u64, HashSet::new(), Vec::new());
    for rule in by_cost {
        spent += costs[rule].pairs;
        if spent > budget {
            dropped.insert(rule as u8);
            let why = format!("{} pairs would exceed the budget of {budget}", costs[rule].pairs);
            left_out.push((rules[rule].name.clone(), why));
        }
    }
    (dropped, left_out)
}

/// Per divided rule: its second keys, and the rules they are.
type Divisions = HashMap<u8, Vec<(Atom, u8)>>;

/// Adds, for every divided rule, one rule per second key; returns where each rule's divisions are.
fn with_divisions(
    contacts: &crate::normalize::Contacts,
    mut rules: Vec<Rule>,
    divided: &[u8],
    population: crate::normalize::Population,
) -> (Vec<Rule>, Divisions) {
    let mut divisions = Divisions::new();
    for &rule in divided {
        let list = divisions.entry(rule).or_default();
        for &atom in rules::dividers(population) {
            // Rule numbers are one byte; past that an oversized block is given up instead of divided.
            if !rules[rule as usize].atoms.contains(&atom) && rules.len() < 255 {
                list.push((atom, rules.len() as u8));
                let division = rules::division(contacts, &rules, rule, atom);
                rules.push(division);
            }
        }
    }
    (rules, divisions)
}
