//! Candidate pairs, batch by batch.

use super::atoms::mix;
use super::keys::RULES_AT_ONCE;
use super::{Plan, choice};
use rayon::prelude::*;

/// Two records that share a blocking key, by record number; `a < b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    pub a: u32,
    pub b: u32,
}

/// Which part of the pairs to hand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// All of them.
    All,
    /// Those of one block in this many, chosen by a hash of the key so that row order does not matter.
    OneBlockIn(u32),
}

/// Pairs that one task makes at most before it hands over (about; a block is never cut in two).
const TASK_PAIRS: u64 = 100_000;

/// Pairs handed over at once.
pub(super) const BATCH: usize = 4_096;

impl Plan {
    /// Calls `work` with batches of pairs, on many threads; each batch comes with the rule that made it.
    ///
    /// `start` makes a task's state, and the states of all tasks are returned in an order that does not depend on
    /// threads. `done` is told how many pairs were handed out, from many threads.
    pub fn for_each_batch<T: Send>(
        &self,
        sample: Sample,
        start: impl Fn() -> T + Sync,
        work: impl Fn(&mut T, u8, &[Pair]) + Sync,
        done: impl Fn(u64) + Sync,
    ) -> Vec<T> {
        self.for_each_batch_of(self.rules.len() as u8, sample, start, work, done)
    }

    /// The same, for the first rules only.
    pub fn for_each_batch_of<T: Send>(
        &self,
        rules: u8,
        sample: Sample,
        start: impl Fn() -> T + Sync,
        work: impl Fn(&mut T, u8, &[Pair]) + Sync,
        done: impl Fn(u64) + Sync,
    ) -> Vec<T> {
        let one_in = match sample {
            Sample::All => 1,
            Sample::OneBlockIn(n) => n,
        };
        self.walk(
            rules,
            |_| one_in,
            |rule, rows| {
                let mut state = start();
                let mut batch = Vec::with_capacity(BATCH);
                let mut flush = |batch: &mut Vec<Pair>| {
                    work(&mut state, rule, batch);
                    done(batch.len() as u64);
                    batch.clear();
                };
                for block in rows.chunk_by(|a, b| a >> 32 == b >> 32) {
                    self.pairs_of(block, rule, |pair| {
                        batch.push(pair);
                        if batch.len() == BATCH {
                            flush(&mut batch);
                        }
                    });
                }
                if !batch.is_empty() {
                    flush(&mut batch);
                }
                state
            },
        )
    }

    /// Calls `work` with the pairs of one block at a time, its rule and its class of size (see [`super::CLASSES`]); of
    /// each rule one block in the number that `one_in` gives.
    pub fn for_each_block<T: Send>(
        &self,
        one_in: impl Fn(u8) -> u32 + Sync,
        start: impl Fn() -> T + Sync,
        work: impl Fn(&mut T, u8, usize, &[Pair]) + Sync,
    ) -> Vec<T> {
        self.walk(self.rules.len() as u8, one_in, |rule, rows| {
            let (mut state, mut pairs) = (start(), Vec::new());
            for block in rows.chunk_by(|a, b| a >> 32 == b >> 32) {
                pairs.clear();
                self.pairs_of(block, rule, |pair| pairs.push(pair));
                if !pairs.is_empty() {
                    work(&mut state, rule, choice::class(block.len() as u64), &pairs);
                }
            }
            state
        })
    }

    /// Hands out the sorted rows of the first rules, in tasks of whole blocks; blocks are sampled by a hash of the key.
    fn walk<T: Send>(
        &self,
        rules: u8,
        one_in: impl Fn(u8) -> u32 + Sync,
        task: impl Fn(u8, &[u64]) -> T + Sync,
    ) -> Vec<T> {
        let mut states = Vec::new();
        for first in (0..rules).step_by(usize::from(RULES_AT_ONCE)) {
            let wanted = first..rules.min(first.saturating_add(RULES_AT_ONCE));
            let all = self.keys.rows(wanted.clone(), |rule, key| {
                let n = one_in(rule);
                n == 1 || mix(key ^ 0x5a17).is_multiple_of(n)
            });
            for (rule, rows) in wanted.zip(all) {
                let ranges = tasks(&rows).into_par_iter();
                states.extend(ranges.map(|range| task(rule, &rows[range])).collect::<Vec<T>>());
            }
        }
        states
    }

    /// The pairs of a block that share no earlier key.
    #[inline]
    fn pairs_of(&self, block: &[u64], rule: u8, mut found: impl FnMut(Pair)) {
        let key = (block[0] >> 32) as u32;
        for (at, &left) in block.iter().enumerate() {
            for &right in &block[at + 1..] {
                // Rows are sorted, so `left` is the smaller record.
                let (a, b) = (left as u32, right as u32);
                if self.keys.is_first_shared(a, b, rule, key) {
                    found(Pair { a: self.members[a as usize], b: self.members[b as usize] });
                }
            }
        }
    }
}

/// Cuts sorted rows into ranges of whole blocks with about [`TASK_PAIRS`] pairs each; blocks of one are passed over.
pub(super) fn tasks(rows: &[u64]) -> Vec<std::ops::Range<usize>> {
    let (mut ranges, mut start, mut at, mut pairs) = (Vec::new(), 0, 0, 0u64);
    for block in rows.chunk_by(|a, b| a >> 32 == b >> 32) {
        let size = block.len() as u64;
        at += block.len();
        pairs += size * (size - 1) / 2;
        if pairs >= TASK_PAIRS {
            ranges.push(start..at);
            (start, pairs) = (at, 0);
        }
    }
    if pairs > 0 {
        ranges.push(start..at);
    }
    ranges
}
