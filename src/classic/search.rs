//! All pairs that have at least so many strings in common, without looking at all pairs.
//!
//! Every company's strings stand in one order, rarest first. Of two companies that share `t` strings, the rarest that
//! they share is among the first `filled − t + 1` of each, the next among the first `filled − t + 2`, and so on. So
//! companies are gathered by their few rarest strings only, and a street that ten thousand share gathers just those that
//! have nothing rarer. What is gathered by one string is gathered again by the next while that saves work, and
//! then looked at pair by pair. A pair is taken where it is gathered by the rarest strings that it shares: once.
//!
//! Companies whose strings are all the same are one class, and are looked at as one.

use super::ClassicError;
use super::index::{Index, NONE};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// Two companies that Business Central would show as duplicates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The record with the smaller contact number.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// How many of their strings are equal.
    pub matching: u32,
}

/// What was found, and how many pairs (of classes) were looked at.
#[derive(Debug, Default)]
pub struct Found {
    pub pairs: Vec<Pair>,
    pub compared: u64,
}

/// Gathered companies are looked at pair by pair when they are so few: sorting them would take longer.
const FEW: usize = 24;

/// All pairs with at least `threshold` equal strings, by contact numbers.
pub fn pairs(index: &Index, threshold: u32, most: u64) -> Result<Found, ClassicError> {
    if threshold == 0 {
        return Ok(Found::default());
    }
    let search = Search::new(index, threshold, most);
    let within: u64 =
        search.members.iter().map(|class| class.len() as u64).map(|n| n * (n - 1) / 2).sum::<u64>();
    search.count(within);
    let mut entries: Vec<Entry> = (0..search.members.len() as u32)
        .into_par_iter()
        .flat_map_iter(|class| search.entries(class, 0, 0))
        .collect();
    entries.par_sort_unstable();
    let gathered: Vec<&[Entry]> = runs(&entries).filter(|run| !search.is_taken(run, 0)).collect();
    let between: Vec<ClassPair> = gathered
        .into_par_iter()
        .flat_map_iter(|run| {
            let mut found = Vec::new();
            search.explore(run, 1, &mut found);
            found
        })
        .collect();
    let compared = search.compared.load(Ordering::Relaxed);
    if search.is_too_much() {
        return Err(ClassicError::TooMany { most });
    }
    Ok(Found { pairs: search.expand(&between), compared })
}

/// A class that is gathered by a string: the string, the class, and the place of the string among those of the class.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    string: u32,
    class: u32,
    place: u16,
}

/// Two classes and how many of their strings are equal.
type ClassPair = (u32, u32, u32);

struct Search<'a> {
    index: &'a Index,
    threshold: usize,
    /// Companies with the same strings, in order of the first of each.
    members: Vec<Vec<u32>>,
    /// Per class, its strings, rarest first, [`NONE`] behind them; as many as there are rules.
    ordered: Vec<u32>,
    most: u64,
    found: AtomicU64,
    compared: AtomicU64,
}

/// Runs of two and more entries of one string.
fn runs(entries: &[Entry]) -> impl Iterator<Item = &[Entry]> {
    entries.chunk_by(|one, next| one.string == next.string).filter(|run| run.len() > 1)
}

impl<'a> Search<'a> {
    fn new(index: &'a Index, threshold: u32, most: u64) -> Self {
        let mut of_strings: HashMap<&[u32], u32, FixedState> = HashMap::default();
        let mut members: Vec<Vec<u32>> = Vec::new();
        for company in 0..index.companies.len() {
            if index.filled(company) < threshold {
                continue;
            }
            let class = *of_strings.entry(index.strings(company)).or_insert(members.len() as u32);
            match members.get_mut(class as usize) {
                Some(class) => class.push(company as u32),
                None => members.push(vec![company as u32]),
            }
        }
        let mut ordered = Vec::with_capacity(members.len() * index.rules);
        for class in &members {
            let start = ordered.len();
            ordered.extend_from_slice(index.strings(class[0] as usize));
            ordered[start..].sort_unstable();
        }
        let [found, compared] = [0, 0].map(AtomicU64::new);
        Self { index, threshold: threshold as usize, members, ordered, most, found, compared }
    }

    fn count(&self, pairs: u64) {
        self.found.fetch_add(pairs, Ordering::Relaxed);
    }

    fn is_too_much(&self) -> bool {
        self.found.load(Ordering::Relaxed) > self.most
    }

    /// The strings at places from `from` on by which a class is gathered when `depth` strings are shared already.
    fn entries(&self, class: u32, from: usize, depth: usize) -> impl Iterator<Item = Entry> {
        let rules = self.index.rules;
        let strings = &self.ordered[class as usize * rules..][..rules];
        let filled = strings.partition_point(|&string| string != NONE);
        let end = filled + depth + 1 - self.threshold;
        (from..end.max(from)).map(move |place| Entry { string: strings[place], class, place: place as u16 })
    }

    /// Finds the pairs among classes that share `depth` strings, the last of which gathered them.
    fn explore(&self, run: &[Entry], depth: usize, found: &mut Vec<ClassPair>) {
        if run.len() <= FEW || depth == self.threshold {
            return self.look_at(run, depth, found);
        }
        let last = run[0].string;
        let mut entries: Vec<Entry> = run
            .iter()
            .flat_map(|entry| self.entries(entry.class, usize::from(entry.place) + 1, depth))
            .collect();
        entries.sort_unstable();
        let next: Vec<&[Entry]> = runs(&entries).filter(|next| !self.is_taken(next, last + 1)).collect();
        let square = |length: usize| (length as u64).pow(2);
        if next.iter().map(|next| square(next.len())).sum::<u64>() >= square(run.len()) {
            return self.look_at(run, depth, found);
        }
        for next in next {
            self.explore(next, depth + 1, found);
        }
    }

    /// Whether all these classes share a string that is rarer than the one that gathers them now, `from` or a later one:
    /// then every pair of them is taken elsewhere.
    fn is_taken(&self, run: &[Entry], from: u32) -> bool {
        let strings = |entry: &Entry| self.index.strings(self.members[entry.class as usize][0] as usize);
        let now = run[0].string;
        let first = strings(&run[0]);
        (0..self.index.rules).any(|rule| {
            let string = first[rule];
            (from..now).contains(&string) && run.iter().all(|entry| strings(entry)[rule] == string)
        })
    }

    /// Compares every class with every other.
    fn look_at(&self, run: &[Entry], depth: usize, found: &mut Vec<ClassPair>) {
        let last = run[0].string;
        let strings = |entry: &Entry| self.index.strings(self.members[entry.class as usize][0] as usize);
        for (at, one) in run.iter().enumerate() {
            if self.is_too_much() {
                return;
            }
            let mine = strings(one);
            let mut pairs = 0;
            for other in &run[at + 1..] {
                let (mut equal, mut so_far) = (0u32, 0u32);
                for (&a, &b) in mine.iter().zip(strings(other)) {
                    let same = u32::from(a == b && a != NONE);
                    equal += same;
                    so_far += same & u32::from(a <= last);
                }
                if equal as usize >= self.threshold && so_far as usize == depth {
                    found.push((one.class, other.class, equal));
                    pairs += self.members[one.class as usize].len() as u64
                        * self.members[other.class as usize].len() as u64;
                }
            }
            self.count(pairs);
        }
        let looked_at = run.len() as u64 * (run.len() as u64 - 1) / 2;
        self.compared.fetch_add(looked_at, Ordering::Relaxed);
    }

    /// The pairs of companies that pairs of classes stand for, in order.
    fn expand(&self, between: &[ClassPair]) -> Vec<Pair> {
        let mut pairs: Vec<(u32, u32, u32)> = Vec::with_capacity(self.found.load(Ordering::Relaxed) as usize);
        for class in &self.members {
            let filled = self.index.filled(class[0] as usize);
            for (at, &a) in class.iter().enumerate() {
                pairs.extend(class[at + 1..].iter().map(|&b| (a, b, filled)));
            }
        }
        for &(one, other, equal) in between {
            for &a in &self.members[one as usize] {
                pairs.extend(self.members[other as usize].iter().map(|&b| (a.min(b), a.max(b), equal)));
            }
        }
        // Companies stand in the order of their numbers.
        pairs.par_sort_unstable();
        let record = |company: u32| self.index.companies[company as usize];
        pairs.into_iter().map(|(a, b, matching)| Pair { a: record(a), b: record(b), matching }).collect()
    }
}
