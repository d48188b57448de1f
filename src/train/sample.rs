//! Patterns of candidate pairs and of random pairs, counted.

use crate::block::{CLASSES, Plan, Sample, Yield};
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
    let one_in = plan.core_pairs().div_ceil(wanted.max(1)).clamp(1, u64::from(u32::MAX)) as u32;
    let sample = if one_in == 1 { Sample::All } else { Sample::OneBlockIn(one_in) };
    let states = plan.for_each_batch_of(
        plan.core,
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

/// Pairs of a rule to look at: one match in hundreds still shows.
const YIELD_PAIRS: u64 = 20_000;

/// Probability from which a pair counts as a match that a rule finds: the tiny probabilities of millions of unlike pairs
/// would add up to matches that are not there.
const LIKELY: f64 = 0.3;

/// What the blocks of each rule of a plan hold by size, in a sample of one block in the number beside it.
pub fn yields(plan: &Plan, comparator: &Comparator<'_>, scorer: &Scorer) -> Vec<([Yield; CLASSES], u32)> {
    let one_in: Vec<u32> = plan
        .costs
        .iter()
        .map(|cost| cost.pairs.div_ceil(YIELD_PAIRS).clamp(1, u64::from(u32::MAX)) as u32)
        .collect();
    let none = || vec![[Yield::default(); CLASSES]; plan.rules.len()];
    let states = plan.for_each_block(
        |rule| one_in[usize::from(rule)],
        || (none(), Memo::new()),
        |(found, memo), rule, class, pairs| {
            let found = &mut found[usize::from(rule)][class];
            found.pairs += pairs.len() as u64;
            for pair in pairs {
                let probability = probability(scorer.weight(comparator.pattern(pair.a, pair.b, memo)));
                if probability >= LIKELY {
                    found.matches_ppm += (probability * 1e6) as u64;
                }
            }
        },
    );
    let mut all = none();
    for (rule, part) in states.iter().flat_map(|(state, _)| state.iter().enumerate()) {
        for (sum, part) in all[rule].iter_mut().zip(part) {
            sum.pairs += part.pairs;
            sum.matches_ppm += part.matches_ppm;
        }
    }
    all.into_iter().zip(one_in).collect()
}
