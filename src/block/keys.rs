//! The keys of every record, as one flat table.

use super::atoms::{Atom, Atoms, combine, mix};
use super::rules::Rule;
use crate::table::{Flat, Room};
use rayon::prelude::*;

/// Per record, its (rule, key) entries ordered by rule, then key; no repeats.
#[derive(Default)]
pub struct KeyTable {
    starts: Flat<u64>,
    rules: Flat<u8>,
    keys: Flat<u32>,
}

/// Records a parallel task makes keys for; large enough that a task is no overhead, small enough to share evenly.
const CHUNK: u32 = 8_192;

/// Chunks that each thread works on before their results are put together: what is held twice meanwhile stays small.
const CHUNKS_PER_THREAD: usize = 4;

/// Rules whose rows are gathered in one walk over the table: few walks, and few rows held at a time.
pub const RULES_AT_ONCE: u8 = 8;

/// The most keys a rule may give one record; a cell with hundreds of words must not flood a rule.
const MAX_KEYS_PER_RULE: usize = 24;

/// Makes the keys of all records.
pub fn build(atoms: &Atoms<'_>, members: &[u32], rules: &[Rule], room: &Room) -> KeyTable {
    build_some(atoms, members, rules, &vec![true; rules.len()], room)
}

/// Makes the keys of all records for some of the rules.
pub fn build_some(
    atoms: &Atoms<'_>,
    members: &[u32],
    rules: &[Rule],
    wanted: &[bool],
    room: &Room,
) -> KeyTable {
    let needed = atoms_of(rules.iter().zip(wanted).filter(|(_, wanted)| **wanted).map(|(rule, _)| rule));
    let fill = |records: std::ops::Range<u32>, part: &mut Part| {
        let mut values: Vec<Vec<u32>> = vec![Vec::new(); needed.len()];
        let mut entries: Vec<(u8, u32)> = Vec::new();
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for local in records {
            for (at, &atom) in needed.iter().enumerate() {
                values[at].clear();
                atoms.values(atom, members[local as usize], &mut values[at]);
            }
            entries.clear();
            for (rule_id, rule) in rules.iter().enumerate().filter(|(rule_id, _)| wanted[*rule_id]) {
                product(rule, rule_id as u8, &needed, &values, &mut left, &mut right);
                entries.extend(left.iter().take(MAX_KEYS_PER_RULE).map(|&key| (rule_id as u8, key)));
            }
            part.push_record(&mut entries);
        }
    };
    KeyTable::from_parts(members.len() as u32, room, fill)
}

/// The entries of a chunk of records.
#[derive(Default)]
struct Part {
    lengths: Vec<u32>,
    rules: Vec<u8>,
    keys: Vec<u32>,
}

impl Part {
    fn push_record(&mut self, entries: &mut Vec<(u8, u32)>) {
        entries.sort_unstable();
        entries.dedup();
        self.lengths.push(entries.len() as u32);
        self.rules.extend(entries.iter().map(|entry| entry.0));
        self.keys.extend(entries.iter().map(|entry| entry.1));
    }
}

fn atoms_of<'r>(rules: impl Iterator<Item = &'r Rule>) -> Vec<Atom> {
    let mut needed: Vec<Atom> = Vec::new();
    for atom in rules.flat_map(|rule| &rule.atoms) {
        if !needed.contains(atom) {
            needed.push(*atom);
        }
    }
    needed
}

/// Leaves in `left` the keys of one rule: every combination of its atoms' values.
fn product(
    rule: &Rule,
    rule_id: u8,
    needed: &[Atom],
    values: &[Vec<u32>],
    left: &mut Vec<u32>,
    right: &mut Vec<u32>,
) {
    left.clear();
    left.push(mix(u32::from(rule_id) + 1));
    for atom in &rule.atoms {
        let at = needed.iter().position(|other| other == atom).unwrap_or(0);
        right.clear();
        for &key in left.iter() {
            right.extend(values[at].iter().map(|&value| combine(key, value)));
        }
        std::mem::swap(left, right);
    }
}

/// Makes something of each chunk of records, on all threads, and hands the results over in order.
fn in_rounds<T: Send>(
    records: u32,
    make: impl Fn(std::ops::Range<u32>) -> T + Sync,
    mut take: impl FnMut(T),
) {
    let chunks = records.div_ceil(CHUNK);
    let round = (rayon::current_num_threads() * CHUNKS_PER_THREAD) as u32;
    for first in (0..chunks).step_by(round as usize) {
        let range = (first..chunks.min(first + round)).into_par_iter();
        let made: Vec<T> =
            range.map(|chunk| make(chunk * CHUNK..((chunk + 1) * CHUNK).min(records))).collect();
        made.into_iter().for_each(&mut take);
    }
}

impl KeyTable {
    fn from_parts(records: u32, room: &Room, fill: impl Fn(std::ops::Range<u32>, &mut Part) + Sync) -> Self {
        let (mut starts, mut rules, mut keys) = (room.growing(), room.growing(), room.growing());
        let mut ends = vec![0u64];
        let mut end = 0;
        let make = |records| {
            let mut part = Part::default();
            fill(records, &mut part);
            part
        };
        in_rounds(records, make, |part: Part| {
            ends.extend(part.lengths.iter().map(|&length| {
                end += u64::from(length);
                end
            }));
            starts.extend_from_slice(&ends);
            ends.clear();
            rules.extend_from_slice(&part.rules);
            keys.extend_from_slice(&part.keys);
        });
        starts.extend_from_slice(&ends);
        KeyTable { starts: starts.finish(), rules: rules.finish(), keys: keys.finish() }
    }

    /// A new table in which `change` has altered the entries of each record (given its position).
    pub fn rewrite(&self, room: &Room, change: impl Fn(u32, &mut Vec<(u8, u32)>) + Sync) -> Self {
        Self::from_parts(self.records(), room, |records, part| {
            let mut entries = Vec::new();
            for local in records {
                entries.clear();
                entries.extend(self.entries(local).map(|at| (self.rules[at], self.keys[at])));
                change(local, &mut entries);
                part.push_record(&mut entries);
            }
        })
    }

    /// The entries of a record.
    #[inline]
    pub fn entries(&self, local: u32) -> std::ops::Range<usize> {
        self.starts[local as usize] as usize..self.starts[local as usize + 1] as usize
    }

    /// How many records have no entry.
    pub fn without_keys(&self) -> u64 {
        self.starts.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64
    }

    /// How many records there are.
    pub fn records(&self) -> u32 {
        (self.starts.len() - 1) as u32
    }

    /// Rows `key << 32 | record` of each of some neighbouring rules, sorted; only those for which `keep` holds.
    ///
    /// The table is walked once for all of them, since it is much larger than what is taken from it.
    pub fn rows(&self, wanted: std::ops::Range<u8>, keep: impl Fn(u8, u32) -> bool + Sync) -> Vec<Vec<u64>> {
        let make = |records: std::ops::Range<u32>| {
            let (rules, keys): (&[u8], &[u32]) = (&self.rules, &self.keys);
            let mut rows = vec![Vec::new(); wanted.len()];
            for local in records {
                for at in self.entries(local) {
                    let rule = rules[at];
                    if rule >= wanted.end {
                        break;
                    }
                    if rule >= wanted.start && keep(rule, keys[at]) {
                        let row = u64::from(keys[at]) << 32 | u64::from(local);
                        rows[usize::from(rule - wanted.start)].push(row);
                    }
                }
            }
            rows
        };
        let mut all: Vec<Vec<u64>> = vec![Vec::new(); wanted.len()];
        in_rounds(self.records(), make, |part: Vec<Vec<u64>>| {
            for (rows, more) in all.iter_mut().zip(part) {
                rows.extend_from_slice(&more);
            }
        });
        all.iter_mut().for_each(|rows| rows.par_sort_unstable());
        all
    }

    /// Whether (rule, key) is the first entry that two records share.
    #[inline]
    pub fn is_first_shared(&self, a: u32, b: u32, rule: u8, key: u32) -> bool {
        // Looked up once: where the lists lie need not be asked for each entry.
        let (starts, rules, keys): (&[u64], &[u8], &[u32]) = (&self.starts, &self.rules, &self.keys);
        let entry = |at: usize| u64::from(rules[at]) << 32 | u64::from(keys[at]);
        let (mut left, mut right) = (starts[a as usize] as usize, starts[b as usize] as usize);
        let this = u64::from(rule) << 32 | u64::from(key);
        // Both lists hold `this`, so both walks end there at the latest.
        let mut from_left = entry(left);
        let mut from_right = entry(right);
        loop {
            if from_left == from_right {
                return from_left == this;
            } else if from_left < from_right {
                left += 1;
                from_left = entry(left);
            } else {
                right += 1;
                from_right = entry(right);
            }
        }
    }

    /// Rule and key of an entry.
    #[inline]
    pub fn entry(&self, at: usize) -> u64 {
        u64::from(self.rules[at]) << 32 | u64::from(self.keys[at])
    }

    /// The rule of the first entry that two records share.
    pub fn first_shared(&self, a: u32, b: u32) -> Option<u8> {
        let (mut left, mut right) = (self.entries(a), self.entries(b));
        let (mut one, mut other) = (left.next()?, right.next()?);
        loop {
            let (from_left, from_right) = (self.entry(one), self.entry(other));
            match from_left.cmp(&from_right) {
                std::cmp::Ordering::Equal => return Some((from_left >> 32) as u8),
                std::cmp::Ordering::Less => one = left.next()?,
                std::cmp::Ordering::Greater => other = right.next()?,
            }
        }
    }

    /// The rules under which two records share a key.
    pub fn shared_rules(&self, a: u32, b: u32) -> Vec<u8> {
        let others: Vec<u64> = self.entries(b).map(|at| self.entry(at)).collect();
        let mut rules: Vec<u8> = self
            .entries(a)
            .map(|at| self.entry(at))
            .filter(|entry| others.binary_search(entry).is_ok())
            .map(|entry| (entry >> 32) as u8)
            .collect();
        rules.dedup();
        rules
    }

    /// Bytes held in memory.
    pub fn heap_bytes(&self) -> usize {
        self.starts.heap_bytes() + self.rules.heap_bytes() + self.keys.heap_bytes()
    }
}
