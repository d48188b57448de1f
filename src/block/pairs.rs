//! Candidate pairs, batch by batch.

use super::Plan;
use super::atoms::mix;
use super::keys::RULES_AT_ONCE;
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
const BATCH: usize = 4_096;

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
        let mut states = Vec::new();
        let rules = self.rules.len() as u8;
        for first in (0..rules).step_by(usize::from(RULES_AT_ONCE)) {
            let wanted = first..rules.min(first.saturating_add(RULES_AT_ONCE));
            let all = self.keys.rows(wanted.clone(), |key| match sample {
                Sample::All => true,
                Sample::OneBlockIn(n) => mix(key ^ 0x5a17).is_multiple_of(n),
            });
            for (rule, rows) in wanted.zip(all) {
                states.extend(
                    tasks(&rows)
                        .into_par_iter()
                        .map(|range| {
                            let mut state = start();
                            self.work_on(&rows[range], rule, &mut state, &work, &done);
                            state
                        })
                        .collect::<Vec<T>>(),
                );
            }
        }
        states
    }

    fn work_on<T>(
        &self,
        rows: &[u64],
        rule: u8,
        state: &mut T,
        work: &impl Fn(&mut T, u8, &[Pair]),
        done: &impl Fn(u64),
    ) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut flush = |batch: &mut Vec<Pair>| {
            work(state, rule, batch);
            done(batch.len() as u64);
            batch.clear();
        };
        for block in rows.chunk_by(|a, b| a >> 32 == b >> 32) {
            let key = (block[0] >> 32) as u32;
            for (at, &left) in block.iter().enumerate() {
                for &right in &block[at + 1..] {
                    // Rows are sorted, so `left` is the smaller record.
                    let (a, b) = (left as u32, right as u32);
                    if self.keys.is_first_shared(a, b, rule, key) {
                        batch.push(Pair { a: self.members[a as usize], b: self.members[b as usize] });
                        if batch.len() == BATCH {
                            flush(&mut batch);
                        }
                    }
                }
            }
        }
        if !batch.is_empty() {
            flush(&mut batch);
        }
    }
}

/// Cuts sorted rows into ranges of whole blocks with about [`TASK_PAIRS`] pairs each; blocks of one are passed over.
fn tasks(rows: &[u64]) -> Vec<std::ops::Range<usize>> {
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
