//! A plan made again: the rules that an earlier run chose, on the records of today.
//!
//! Which rules there are, their order, what divides them and up to which size of block they are used is [`Choice`], and
//! stays. Only what a single block decides is decided anew: whether it is too large, and so divided or given up. Which keys
//! that hits is [`GivenUp`]; of two of them it can be told which blocks have opened since.

use super::atoms::{Atom, Atoms, combine};
use super::guard::{self, KeySet};
use super::rules::{self, Rule};
use super::{CLASSES, Plan, RuleCost, SizeCost, choice, keys, members_of};
use crate::config::BlockSettings;
use crate::normalize::{Contacts, Population};
use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Mutex;

/// What a plan chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Whom it is for.
    pub population: Population,
    /// Names of the rules that were considered, in order (keys are hashed with their position), and their numbers in
    /// `rules`; none where left out.
    considered: Vec<(String, Option<u8>)>,
    /// The rules in order.
    rules: Vec<ChosenRule>,
    /// How many of them a model is trained on.
    core: u8,
    /// Names of rules that were left out, with the reason of that day.
    left_out: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ChosenRule {
    name: String,
    /// The rule whose oversized blocks it divides.
    divides: Option<u8>,
    /// How many classes of size are kept; 0 for none.
    kept: u8,
}

/// Keys that were given up, as `rule << 33 | key << 1 | divided`, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp(Vec<u64>);

/// Whether a key that was given up was divided.
const DIVIDED: u64 = 1;

impl GivenUp {
    fn of(mut keys: Vec<u64>) -> Self {
        keys.sort_unstable();
        keys.dedup();
        Self(keys)
    }

    fn has(&self, rule: u8, key: u32) -> bool {
        let low = pack(rule, key, false);
        self.0.binary_search(&low).is_ok() || self.0.binary_search(&(low | DIVIDED)).is_ok()
    }

    fn is_divided(&self, rule: u8, key: u32) -> bool {
        self.0.binary_search(&pack(rule, key, true)).is_ok()
    }

    /// As bytes of a file: the number of keys that each follows by, seven bits a byte.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.0.len() * 6);
        let mut before = 0;
        for &key in &self.0 {
            text.push_str(&format!("{:x} ", key - before));
            before = key;
        }
        text
    }

    /// Reads what [`GivenUp::to_text`] wrote; none when it is something else.
    pub fn of_text(text: &str) -> Option<Self> {
        let mut key = 0u64;
        let keys = text.split_ascii_whitespace().map(|step| {
            key = key.checked_add(u64::from_str_radix(step, 16).ok()?)?;
            Some(key)
        });
        keys.collect::<Option<Vec<u64>>>().map(Self)
    }
}

fn pack(rule: u8, key: u32, divided: bool) -> u64 {
    u64::from(rule) << 33 | u64::from(key) << 1 | u64::from(divided)
}

/// The contacts have no column for a rule any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit(pub String);

impl Plan {
    /// What this plan chose, for [`plan_again`].
    pub fn choice(&self) -> Choice {
        let rule =
            |(rule, &kept): (&Rule, &u8)| ChosenRule { name: rule.name.clone(), divides: rule.divides, kept };
        Choice {
            population: self.population,
            considered: self.considered.clone(),
            rules: self.rules.iter().zip(&self.kept).map(rule).collect(),
            core: self.core,
            left_out: self.left_out.clone(),
        }
    }

    /// The keys that this plan gave up, if it was made by [`plan_again`].
    pub fn given_up(&self) -> &GivenUp {
        &self.given_up
    }
}

/// Plans a population as `choice` says; `before` are the keys that the run before gave up, to tell which blocks opened
/// since. None when there are not two records.
///
/// Errors: a rule's column is not there any more.
pub fn plan_again(
    contacts: &Contacts,
    choice: &Choice,
    before: Option<&GivenUp>,
    settings: &BlockSettings,
) -> Result<Option<Plan>, Misfit> {
    let population = choice.population;
    let Some((members, repeats)) = members_of(contacts, population) else { return Ok(None) };
    let base = base_rules(contacts, choice)?;
    let rules = numbered(choice, &base)?;
    let divisions = divisions(choice, population, &rules);
    let is_used = |at: u8| {
        choice.rules[usize::from(at)].kept > 0
            || divisions[usize::from(at)].iter().any(|(_, rule)| choice.rules[usize::from(*rule)].kept > 0)
    };
    let place: Vec<Option<u8>> =
        choice.considered.iter().map(|(_, place)| place.filter(|&at| is_used(at))).collect();
    let wanted: Vec<bool> = place.iter().map(Option::is_some).collect();
    let atoms = Atoms::new(contacts, population);
    let keys = keys::build_some(&atoms, &members, &base, &wanted);
    let keyless = keys.without_keys();

    let mut costs = vec![RuleCost::default(); rules.len()];
    let mut given_up: Vec<u64> = Vec::new();
    // Per base key that is not used as it is: whether it is divided.
    let mut fate: HashMap<(u8, u32), bool, FixedState> = HashMap::with_hasher(FixedState::with_seed(1));
    for (rule, counted) in (0u8..).zip(guard::count_all(&keys, 0..base.len() as u8, settings.max_block)) {
        let Some(at) = place[usize::from(rule)] else { continue };
        let kept = usize::from(choice.rules[usize::from(at)].kept);
        for key in counted.oversized {
            fate.insert((rule, key), true);
            given_up.push(pack(at, key, true));
        }
        for (_, key) in counted.large.into_iter().filter(|(class, _)| usize::from(*class) >= kept) {
            fate.insert((rule, key), false);
            given_up.push(pack(at, key, false));
        }
        costs[usize::from(at)] = cut(counted.cost, kept);
    }
    let opened = Mutex::new(KeySet::default());
    let newly_divided: KeySet = match before {
        None => KeySet::default(),
        Some(before) => fate
            .iter()
            .filter(|(_, divided)| **divided)
            .filter_map(|((rule, key), _)| Some((*rule, *key, place[usize::from(*rule)]?)))
            .filter(|(_, key, at)| !before.is_divided(*at, *key))
            .map(|(rule, key, _)| (rule, key))
            .collect(),
    };
    let keys = keys.rewrite(|local, entries| {
        let record = members[local as usize];
        let (mut values, mut changed) = (Vec::new(), Vec::with_capacity(entries.len()));
        for &(rule, key) in entries.iter() {
            let Some(at) = place[usize::from(rule)] else { continue };
            match fate.get(&(rule, key)) {
                None if choice.rules[usize::from(at)].kept > 0 => changed.push((at, key)),
                None | Some(false) => {}
                Some(true) => {
                    let start = changed.len();
                    for &(atom, division) in &divisions[usize::from(at)] {
                        if choice.rules[usize::from(division)].kept == 0 {
                            continue;
                        }
                        values.clear();
                        atoms.values(atom, record, &mut values);
                        changed.extend(values.iter().map(|&value| (division, combine(key, value))));
                    }
                    if newly_divided.contains(&(rule, key)) {
                        // Poisoned only by a panic, which ends the run anyway.
                        let mut opened = opened.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        opened.extend(&changed[start..]);
                    }
                }
            }
        }
        std::mem::swap(entries, &mut changed);
    });
    let mut dropped = KeySet::default();
    for (at, rule) in (0u8..).zip(&rules).filter(|(_, rule)| rule.divides.is_some()) {
        let kept = usize::from(choice.rules[usize::from(at)].kept);
        let Some(counted) = guard::count_all(&keys, at..at + 1, settings.max_block).pop() else { continue };
        debug_assert!(rule.divides.is_some());
        let large = counted.large.iter().filter(|(class, _)| usize::from(*class) >= kept);
        for key in counted.oversized.iter().copied().chain(large.map(|(_, key)| *key)) {
            dropped.insert((at, key));
            given_up.push(pack(at, key, false));
        }
        let mut cost = cut(counted.cost, kept);
        (cost.dropped_blocks, cost.dropped_records) = (cost.divided_blocks, cost.divided_records);
        (cost.divided_blocks, cost.divided_records) = (0, 0);
        costs[usize::from(at)] = cost;
    }
    let keys = match dropped.is_empty() {
        true => keys,
        false => keys.rewrite(|_, entries| entries.retain(|entry| !dropped.contains(entry))),
    };
    let given_up = GivenUp::of(given_up);
    let mut opened = opened.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    for &old in before.iter().flat_map(|before| &before.0) {
        let (rule, key) = ((old >> 33) as u8, (old >> 1) as u32);
        if !given_up.has(rule, key) {
            opened.insert((rule, key));
        }
    }
    Ok(Some(Plan {
        population,
        repeats,
        cut_off: keys.without_keys() - keyless,
        left_out: choice.left_out.clone(),
        switched_off: Vec::new(),
        core: choice.core,
        large: Vec::new(),
        budget: (settings.pairs_per_record * members.len() as f64) as u64,
        considered: choice.considered.clone(),
        kept: choice.rules.iter().map(|rule| rule.kept).collect(),
        members,
        rules,
        costs,
        keys,
        opened,
        given_up,
    }))
}

/// A cost without the classes of size that are not used.
fn cut(mut cost: RuleCost, kept: usize) -> RuleCost {
    for size in &mut cost.by_size[kept..] {
        cost.blocks -= size.blocks;
        cost.pairs -= size.pairs;
        *size = SizeCost::default();
    }
    if kept < CLASSES {
        cost.largest = cost.largest.min(kept.checked_sub(1).and_then(choice::largest).unwrap_or(0));
    }
    cost
}

/// The rules that were considered. What was left out and has no column any more is of no use to anybody.
fn base_rules(contacts: &Contacts, choice: &Choice) -> Result<Vec<Rule>, Misfit> {
    let thinkable = rules::thinkable(contacts, choice.population);
    choice
        .considered
        .iter()
        .map(|(name, place)| match thinkable.iter().find(|rule| rule.name == *name) {
            Some(rule) => Ok(rule.clone()),
            None if place.is_none() => Ok(Rule { name: name.clone(), atoms: Vec::new(), divides: None }),
            None => Err(Misfit(name.clone())),
        })
        .collect()
}

/// The rules by their numbers.
fn numbered(choice: &Choice, base: &[Rule]) -> Result<Vec<Rule>, Misfit> {
    let rule = |chosen: &ChosenRule| {
        let divided = chosen.divides.and_then(|at| choice.rules.get(usize::from(at)));
        let name = divided.map_or(&chosen.name, |divided| &divided.name);
        let base = base.iter().find(|rule| rule.name == *name).ok_or_else(|| Misfit(name.clone()))?;
        let atoms = base.atoms.clone();
        Ok(Rule { name: chosen.name.clone(), atoms, divides: chosen.divides })
    };
    let mut rules: Vec<Rule> = choice.rules.iter().map(rule).collect::<Result<_, _>>()?;
    for (rule, atom) in (0..rules.len()).zip(second_atoms(choice)) {
        rules[rule].atoms.extend(atom);
    }
    Ok(rules)
}

/// Per rule the atom by which it divides another.
fn second_atoms(choice: &Choice) -> Vec<Option<Atom>> {
    let of = |chosen: &ChosenRule| {
        let divided = choice.rules.get(usize::from(chosen.divides?))?;
        let second = chosen.name.strip_prefix(divided.name.as_str())?.strip_prefix(" + ")?;
        rules::dividers(choice.population).iter().copied().find(|&atom| rules::plain_name(atom) == second)
    };
    choice.rules.iter().map(of).collect()
}

/// Per rule: what divides its oversized blocks, and the rules that they are.
fn divisions(choice: &Choice, population: Population, rules: &[Rule]) -> Vec<Vec<(Atom, u8)>> {
    debug_assert_eq!(population, choice.population);
    let mut of = vec![Vec::new(); rules.len()];
    for (at, (rule, atom)) in (0u8..).zip(rules.iter().zip(second_atoms(choice))) {
        if let (Some(divided), Some(atom)) = (rule.divides, atom) {
            of[usize::from(divided)].push((atom, at));
        }
    }
    of
}
