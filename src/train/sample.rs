//! Patterns of candidate pairs and of random pairs, counted.

use crate::block::{Plan, Sample};
use crate::compare::{Comparator, Memo};
use crate::normalize::Contacts;
use crate::score::{Scorer, probability};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;

/// How often each pattern occurs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Distinct patterns, ascending.
    pub patterns: Vec<u64>,
    /// Pairs with each pattern.
    pub counts: Vec<u64>,
    /// All pairs.
    pub total: u64,
}

type Counts = HashMap<u64, u64, FixedState>;

impl Histogram {
    fn from_counts(parts: impl IntoIterator<Item = Counts>) -> Self {
        let mut all = Counts::with_hasher(FixedState::with_seed(4));
        for (pattern, count) in parts.into_iter().flatten() {
            *all.entry(pattern).or_default() += count;
        }
        let mut rows: Vec<(u64, u64)> = all.into_iter().collect();
        rows.sort_unstable();
        Self {
            total: rows.iter().map(|row| row.1).sum(),
            patterns: rows.iter().map(|row| row.0).collect(),
            counts: rows.iter().map(|row| row.1).collect(),
        }
    }
}

/// Counts the patterns of about `wanted` candidate pairs at most: whole blocks, chosen by a hash of their key.
pub fn candidates(plan: &Plan, comparator: &Comparator<'_>, wanted: u64) -> Histogram {
    let one_in = plan.planned_pairs().div_ceil(wanted.max(1)).clamp(1, u64::from(u32::MAX)) as u32;
    let sample = if one_in == 1 { Sample::All } else { Sample::OneBlockIn(one_in) };
    let states = plan.for_each_batch(
        sample,
        || (Counts::with_hasher(FixedState::with_seed(5)), Memo::new()),
        |(counts, memo), _, pairs| {
            for pair in pairs {
                *counts.entry(comparator.pattern(pair.a, pair.b, memo)).or_default() += 1;
            }
        },
        |_| {},
    );
    Histogram::from_counts(states.into_iter().map(|state| state.0))
}

/// Random pairs to compare: enough that a level of one pair in ten thousand is met dozens of times.
const RANDOM_PAIRS: usize = 300_000;

/// Counts the patterns of random pairs: records in the order of their key's hash, each with some that follow it.
pub fn random(contacts: &Contacts, members: &[u32], comparator: &Comparator<'_>) -> Histogram {
    let mut order = members.to_vec();
    order.par_sort_unstable_by_key(|&record| contacts.key_hash[record as usize]);
    let records = order.len();
    let steps = (RANDOM_PAIRS / records).clamp(1, (records - 1) / 2 + usize::from(records == 2));
    let limit = RANDOM_PAIRS.min(records);
    let parts: Vec<Counts> = (0..limit)
        .into_par_iter()
        .fold(
            || (Counts::with_hasher(FixedState::with_seed(6)), Memo::new()),
            |(mut counts, mut memo), at| {
                for step in 1..=steps {
                    let pattern = comparator.pattern(order[at], order[(at + step) % records], &mut memo);
                    *counts.entry(pattern).or_default() += 1;
                }
                (counts, memo)
            },
        )
        .map(|state| state.0)
        .collect();
    Histogram::from_counts(parts)
}

/// What a blocking rule finds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RuleYield {
    /// Sampled pairs that the rule is the first to make.
    pub pairs: u64,
    /// How many of them the model expects to be matches, in millionths.
    pub matches_ppm: u64,
}

/// Pairs to look at per run of [`yields`]: a rule of one match in a thousand pairs still shows its matches.
const YIELD_PAIRS: u64 = 400_000;

/// What each rule of a plan finds, estimated on a sample of whole blocks.
pub fn yields(plan: &Plan, comparator: &Comparator<'_>, scorer: &Scorer) -> Vec<RuleYield> {
    let one_in = plan.planned_pairs().div_ceil(YIELD_PAIRS).clamp(1, u64::from(u32::MAX)) as u32;
    let sample = if one_in == 1 { Sample::All } else { Sample::OneBlockIn(one_in) };
    let states = plan.for_each_batch(
        sample,
        || (vec![RuleYield::default(); plan.rules.len()], Memo::new()),
        |(found, memo), rule, pairs| {
            let found = &mut found[rule as usize];
            found.pairs += pairs.len() as u64;
            for pair in pairs {
                let weight = scorer.weight(comparator.pattern(pair.a, pair.b, memo));
                found.matches_ppm += (probability(weight) * 1e6) as u64;
            }
        },
        |_| {},
    );
    let mut all = vec![RuleYield::default(); plan.rules.len()];
    for (state, _) in states {
        for (sum, part) in all.iter_mut().zip(state) {
            sum.pairs += part.pairs;
            sum.matches_ppm += part.matches_ppm;
        }
    }
    all
}
