//! Pairs of which a record or a block is not what it was: all others were compared before.

use super::atoms::mix;
use super::pairs::{BATCH, tasks};
use super::{Pair, Plan};
use crate::block::keys::RULES_AT_ONCE;
use rayon::prelude::*;

/// Bits of the filter of keys: with a few million keys in it, it lets one in a dozen of the others through.
const FILTER_BITS: u32 = 26;

/// Keys of which something is to be compared; some others, too.
struct Touched(Vec<u64>);

impl Touched {
    fn new() -> Self {
        Self(vec![0; 1 << (FILTER_BITS - 6)])
    }

    fn place(rule: u8, key: u32) -> (usize, u64) {
        let hash = mix(key ^ mix(u32::from(rule) + 0x51)) >> (32 - FILTER_BITS);
        ((hash >> 6) as usize, 1 << (hash & 63))
    }

    fn add(&mut self, rule: u8, key: u32) {
        let (at, bit) = Self::place(rule, key);
        self.0[at] |= bit;
    }

    fn has(&self, rule: u8, key: u32) -> bool {
        let (at, bit) = Self::place(rule, key);
        self.0[at] & bit != 0
    }
}

impl Plan {
    /// The first rule by which this plan makes a pair, if it does.
    pub fn first_rule(&self, a: u32, b: u32) -> Option<u8> {
        let local = |record: u32| self.members.binary_search(&record).ok();
        self.keys.first_shared(local(a)? as u32, local(b)? as u32)
    }

    /// Calls `work` with batches of the pairs that an earlier run has not compared as they are now: one of the two has
    /// changed, or they meet in a block that was given up then. `has_changed` is told per record.
    ///
    /// Each pair once, as in [`Plan::for_each_batch`].
    pub fn for_each_changed<T: Send>(
        &self,
        has_changed: &[bool],
        start: impl Fn() -> T + Sync,
        work: impl Fn(&mut T, u8, &[Pair]) + Sync,
        done: impl Fn(u64) + Sync,
    ) -> Vec<T> {
        let changed: Vec<bool> = self.members.iter().map(|&record| has_changed[record as usize]).collect();
        let mut touched = Touched::new();
        for (local, _) in (0u32..).zip(&changed).filter(|(_, changed)| **changed) {
            for entry in self.keys.entries(local).map(|at| self.keys.entry(at)) {
                touched.add((entry >> 32) as u8, entry as u32);
            }
        }
        self.opened.iter().for_each(|&(rule, key)| touched.add(rule, key));
        let mut states = Vec::new();
        let rules = self.rules.len() as u8;
        for first in (0..rules).step_by(usize::from(RULES_AT_ONCE)) {
            let wanted = first..rules.min(first.saturating_add(RULES_AT_ONCE));
            let all = self.keys.rows(wanted.clone(), |rule, key| touched.has(rule, key));
            for (rule, rows) in wanted.zip(all) {
                let task = |range: std::ops::Range<usize>| {
                    let mut batches = Batches { rule, batch: Vec::with_capacity(BATCH), state: start() };
                    for block in rows[range].chunk_by(|a, b| a >> 32 == b >> 32) {
                        self.changed_pairs(block, rule, &changed, |pair| batches.push(pair, &work, &done));
                    }
                    batches.flush(&work, &done);
                    batches.state
                };
                states.extend(tasks(&rows).into_par_iter().map(task).collect::<Vec<T>>());
            }
        }
        states
    }

    fn changed_pairs(&self, block: &[u64], rule: u8, changed: &[bool], mut found: impl FnMut(Pair)) {
        let key = (block[0] >> 32) as u32;
        let is_new = self.opened.contains(&(rule, key));
        let is_changed = |row: u64| changed[row as u32 as usize];
        if !is_new && !block.iter().any(|&row| is_changed(row)) {
            return;
        }
        for (at, &left) in block.iter().enumerate() {
            let all = is_new || is_changed(left);
            for &right in block[at + 1..].iter().filter(|&&right| all || is_changed(right)) {
                let (a, b) = (left as u32, right as u32);
                if self.keys.is_first_shared(a, b, rule, key) {
                    found(Pair { a: self.members[a as usize], b: self.members[b as usize] });
                }
            }
        }
    }
}

/// Pairs on their way to `work`.
struct Batches<T> {
    rule: u8,
    batch: Vec<Pair>,
    state: T,
}

impl<T> Batches<T> {
    fn push(&mut self, pair: Pair, work: &impl Fn(&mut T, u8, &[Pair]), done: &impl Fn(u64)) {
        self.batch.push(pair);
        if self.batch.len() == BATCH {
            self.flush(work, done);
        }
    }

    fn flush(&mut self, work: &impl Fn(&mut T, u8, &[Pair]), done: &impl Fn(u64)) {
        if !self.batch.is_empty() {
            work(&mut self.state, self.rule, &self.batch);
            done(self.batch.len() as u64);
            self.batch.clear();
        }
    }
}
