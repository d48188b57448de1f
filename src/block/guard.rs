//! Blocks that are too large, and rules that cost more than they are worth.

use super::atoms::{Atom, Atoms, combine};
use super::keys::{self, KeyTable, RULES_AT_ONCE};
use super::rules::{self, Rule};
use super::{RuleCost, choice};
use crate::config::BlockSettings;
use crate::table::Room;
use foldhash::fast::FixedState;
use std::collections::HashSet;

/// A blocking within its bounds.
pub struct Guarded {
    pub keys: KeyTable,
    pub rules: Vec<Rule>,
    pub costs: Vec<RuleCost>,
    pub left_out: Vec<(String, String)>,
    /// How many rules, from the first, stay within the budget as they are; what the others are worth is to be found out.
    pub core: u8,
    /// Records that lost all their keys.
    pub cut_off: u64,
    /// Keys of blocks of [`choice::SMALL`] records or more: rule, class of size, key.
    pub large: Vec<(u8, u8, u32)>,
    /// Names of the rules that were considered, in order, and their numbers in `rules`; none where left out.
    pub considered: Vec<(String, Option<u8>)>,
}

pub type KeySet = HashSet<(u8, u32), FixedState>;

/// Pairs within blocks, counted in every block they are in, per pair that is compared: rules overlap.
const OVERLAP: f64 = 2.0;

/// How much more than the budget the rules may cost before it is known what they are worth.
const GENEROUS: f64 = 10.0;

/// Makes all keys, divides oversized blocks, and leaves out rules far beyond the budget of pairs.
pub fn build(
    atoms: &Atoms<'_>,
    members: &[u32],
    base: Vec<Rule>,
    settings: &BlockSettings,
    room: &Room,
) -> Guarded {
    let contacts = atoms.contacts();
    let population = contacts.population[members[0] as usize];
    let keys = keys::build(atoms, members, &base, room);
    let keyless = keys.without_keys();
    let mut costs = Vec::new();
    let mut oversized = KeySet::with_hasher(FixedState::with_seed(1));
    let mut large = Vec::new();
    for (rule, counted) in (0..).zip(count_all(&keys, 0..base.len() as u8, settings.max_block)) {
        costs.push(counted.cost);
        oversized.extend(counted.oversized.into_iter().map(|key| (rule, key)));
        large.extend(counted.large.into_iter().map(|(class, key)| (rule, class, key)));
    }
    let budget = settings.pairs_per_record * members.len() as f64 * OVERLAP;
    let (extra, _) = over_budget(&base, &costs, budget as u64);
    let (dropped, left_out) = over_budget(&base, &costs, (budget * GENEROUS) as u64);
    let order = Order::new(&costs, &extra, &dropped);
    dropped.iter().for_each(|&rule| costs[rule as usize] = RuleCost::default());
    let names: Vec<String> = base.iter().map(|rule| rule.name.clone()).collect();
    let (Numbered { all: rules, core }, divisions) =
        with_divisions(contacts, base, &costs, &order, population);
    let mut placed = vec![RuleCost::default(); rules.len()];
    for (&rule, &at) in order.rules.iter().zip(&divisions.place) {
        placed[at as usize] = std::mem::take(&mut costs[rule as usize]);
    }
    let mut costs = placed;
    let place = |rule: u8| order.position(rule).map(|at| divisions.place[at]);
    large.retain_mut(|(rule, _, _)| place(*rule).map(|at| *rule = at).is_some());

    let keys = keys.rewrite(room, |local, entries| {
        let record = members[local as usize];
        let (mut values, mut changed) = (Vec::new(), Vec::with_capacity(entries.len()));
        for &(rule, key) in entries.iter() {
            let Some(at) = place(rule) else { continue };
            if !oversized.contains(&(rule, key)) {
                changed.push((at, key));
                continue;
            }
            for &(atom, division) in &divisions.of[at as usize] {
                values.clear();
                atoms.values(atom, record, &mut values);
                changed.extend(values.iter().map(|&value| (division, combine(key, value))));
            }
        }
        std::mem::swap(entries, &mut changed);
    });
    let mut too_large = KeySet::with_hasher(FixedState::with_seed(2));
    let divided = |rule: u8| rules[rule as usize].divides.is_some();
    for range in ranges_of(rules.len() as u8, divided) {
        for (rule, counted) in range.clone().zip(count_all(&keys, range, settings.max_block)) {
            let cost = counted.cost;
            costs[rule as usize] = RuleCost {
                dropped_blocks: cost.divided_blocks,
                dropped_records: cost.divided_records,
                divided_blocks: 0,
                divided_records: 0,
                ..cost
            };
            too_large.extend(counted.oversized.into_iter().map(|key| (rule, key)));
            large.extend(counted.large.into_iter().map(|(class, key)| (rule, class, key)));
        }
    }
    let keys = match too_large.is_empty() {
        true => keys,
        false => keys.rewrite(room, |_, entries| entries.retain(|entry| !too_large.contains(entry))),
    };
    let cut_off = keys.without_keys() - keyless;
    let considered = (0..).zip(names).map(|(rule, name)| (name, place(rule))).collect();
    Guarded { keys, rules, costs, left_out, core, cut_off, large, considered }
}

/// Runs of neighbouring rules for which `wanted` holds.
fn ranges_of(rules: u8, wanted: impl Fn(u8) -> bool) -> Vec<std::ops::Range<u8>> {
    let mut ranges: Vec<std::ops::Range<u8>> = Vec::new();
    for rule in (0..rules).filter(|&rule| wanted(rule)) {
        match ranges.last_mut() {
            Some(last) if last.end == rule => last.end += 1,
            _ => ranges.push(rule..rule + 1),
        }
    }
    ranges
}

/// The rules: those within the budget first, then the others that have keys, then those left out.
struct Order {
    /// Positions among the candidates.
    rules: Vec<u8>,
    /// How many of them are within the budget.
    core: usize,
    /// Per candidate: its position in `rules`.
    positions: Vec<Option<u8>>,
}

impl Order {
    fn new(costs: &[RuleCost], extra: &HashSet<u8>, dropped: &HashSet<u8>) -> Self {
        let all = || 0..costs.len() as u8;
        let mut rules: Vec<u8> = all().filter(|rule| !extra.contains(rule)).collect();
        let core = rules.len();
        rules.extend(all().filter(|rule| extra.contains(rule) && !dropped.contains(rule)));
        let mut positions = vec![None; costs.len()];
        (0..).zip(&rules).for_each(|(at, &rule)| positions[rule as usize] = Some(at));
        // Without keys, but known by name.
        rules.extend(all().filter(|rule| dropped.contains(rule)));
        Self { rules, core, positions }
    }

    fn position(&self, rule: u8) -> Option<usize> {
        self.positions[rule as usize].map(usize::from)
    }
}

/// The blocks of one rule.
#[derive(Default)]
pub struct Counted {
    pub cost: RuleCost,
    /// Keys of blocks with more records than allowed; they do not count as pairs.
    pub oversized: Vec<u32>,
    /// Keys of the other blocks that are not small, with their class of size.
    pub large: Vec<(u8, u32)>,
}

/// Counts the blocks of neighbouring rules.
pub fn count_all(keys: &KeyTable, rules: std::ops::Range<u8>, max: u32) -> Vec<Counted> {
    let firsts = rules.clone().step_by(usize::from(RULES_AT_ONCE));
    let chunks = firsts.map(|first| first..rules.end.min(first.saturating_add(RULES_AT_ONCE)));
    chunks.flat_map(|chunk| keys.rows(chunk, |_, _| true)).map(|rows| count(&rows, max)).collect()
}

fn count(rows: &[u64], max: u32) -> Counted {
    let mut counted = Counted::default();
    let cost = &mut counted.cost;
    for block in rows.chunk_by(|a, b| a >> 32 == b >> 32) {
        let (size, key) = (block.len() as u64, (block[0] >> 32) as u32);
        cost.records += size;
        if size < 2 {
            continue;
        }
        if size > u64::from(max) {
            cost.divided_blocks += 1;
            cost.divided_records += size;
            counted.oversized.push(key);
        } else {
            let (class, pairs) = (choice::class(size), size * (size - 1) / 2);
            cost.blocks += 1;
            cost.largest = cost.largest.max(size);
            cost.pairs += pairs;
            cost.by_size[class].blocks += 1;
            cost.by_size[class].pairs += pairs;
            if class > 0 {
                counted.large.push((class as u8, key));
            }
        }
    }
    counted
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

/// Where the rules of an [`Order`] stand, and what divides them.
struct Divisions {
    /// Per rule of the order: its number.
    place: Vec<u8>,
    /// Per number: the second keys of its oversized blocks, and the rules they are.
    of: Vec<Vec<(Atom, u8)>>,
}

struct Numbered {
    all: Vec<Rule>,
    core: u8,
}

/// Numbers the rules: those within the budget, their divisions, the others, their divisions.
fn with_divisions(
    contacts: &crate::normalize::Contacts,
    base: Vec<Rule>,
    costs: &[RuleCost],
    order: &Order,
    population: crate::normalize::Population,
) -> (Numbered, Divisions) {
    let mut all: Vec<Rule> = Vec::new();
    let mut divisions = Divisions { place: Vec::new(), of: Vec::new() };
    let mut core = 0;
    for (part, rules) in [&order.rules[..order.core], &order.rules[order.core..]].into_iter().enumerate() {
        let first = all.len();
        for &rule in rules {
            divisions.place.push(all.len() as u8);
            all.push(base[rule as usize].clone());
        }
        divisions.of.resize(all.len(), Vec::new());
        // Room for the rules that are still to come.
        let room = 255 - if part == 0 { order.rules.len() - order.core } else { 0 };
        for (at, _) in (first..).zip(rules).filter(|(_, rule)| costs[**rule as usize].divided_blocks > 0) {
            for &atom in rules::dividers(population) {
                // Rule numbers are one byte; past that an oversized block is given up instead of divided.
                if !all[at].atoms.contains(&atom) && all.len() < room {
                    divisions.of[at].push((atom, all.len() as u8));
                    let division = rules::division(contacts, &all, at as u8, atom);
                    all.push(division);
                }
            }
        }
        divisions.of.resize(all.len(), Vec::new());
        if part == 0 {
            core = all.len() as u8;
        }
    }
    (Numbered { all, core }, divisions)
}
