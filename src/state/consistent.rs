//! Do decisions contradict each other, whatever lies between?

use super::{Decision, Key, What};
use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;

/// Two records that a decision keeps apart and a chain of others makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// From one to the other: the records, and who says that they are one.
    pub chain: Vec<(Key, Key, String)>,
    /// The two that are kept apart.
    pub pair: (Key, Key),
    /// Who says so.
    pub apart: String,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (a, b, who) in &self.chain {
            writeln!(f, "  {a} = {b}  ({who})")?;
        }
        write!(f, "  {} ≠ {}  ({})", self.pair.0, self.pair.1, self.apart)
    }
}

/// A decision in short.
fn who(decision: &Decision) -> String {
    format!("{} {}, by {} at {}", decision.what.name(), decision.id, decision.by, decision.at)
}

/// Records numbered, and which of them decisions make one.
pub(super) struct Groups<'a> {
    /// The number of each key.
    pub number: HashMap<&'a Key, usize>,
    /// The keys by number.
    pub keys: Vec<&'a Key>,
    parent: Vec<usize>,
}

impl<'a> Groups<'a> {
    /// Joins the records of everything that says so; an alias is one with the record it stands for.
    pub fn of(decisions: &[&'a Decision]) -> Self {
        let mut groups = Self { number: HashMap::new(), keys: Vec::new(), parent: Vec::new() };
        for decision in decisions {
            let numbers: Vec<usize> = decision.records.iter().map(|key| groups.add(key)).collect();
            if decision.what.joins() || decision.what == What::Alias {
                numbers.windows(2).for_each(|two| groups.join(two[0], two[1]));
            }
        }
        groups
    }

    fn add(&mut self, key: &'a Key) -> usize {
        let next = self.keys.len();
        let number = *self.number.entry(key).or_insert(next);
        if number == next {
            self.keys.push(key);
            self.parent.push(next);
        }
        number
    }

    /// The number that stands for all records that are one with this.
    pub fn root(&self, mut number: usize) -> usize {
        while self.parent[number] != number {
            number = self.parent[number];
        }
        number
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        self.parent[high] = low;
        // Chains of two steps are cut, so that finding a root stays short.
        for at in [a, b] {
            self.parent[at] = low;
        }
    }
}

/// Every pair of records that these decisions, which all hold, make one and keep apart.
pub fn contradictions(decisions: &[&Decision]) -> Vec<Contradiction> {
    let groups = Groups::of(decisions);
    let mut found = Vec::new();
    let mut links: Option<Links<'_>> = None;
    for decision in decisions.iter().filter(|decision| decision.what == What::KeepApart) {
        let mut first: HashMap<usize, &Key> = HashMap::new();
        for key in &decision.records {
            let root = groups.root(groups.number[key]);
            if let Some(&other) = first.get(&root) {
                let links = links.get_or_insert_with(|| Links::of(decisions));
                found.push(Contradiction {
                    chain: links.chain(other, key),
                    pair: (other.clone(), key.clone()),
                    apart: who(decision),
                });
            } else {
                first.insert(root, key);
            }
        }
    }
    found
}

/// Which decisions join which records, for finding the shortest chain.
struct Links<'a> {
    of_key: HashMap<&'a Key, Vec<&'a Decision>>,
}

impl<'a> Links<'a> {
    fn of(decisions: &[&'a Decision]) -> Self {
        let mut of_key: HashMap<&Key, Vec<&Decision>> = HashMap::new();
        for decision in decisions.iter().filter(|of| of.what.joins() || of.what == What::Alias) {
            decision.records.iter().for_each(|key| of_key.entry(key).or_default().push(decision));
        }
        Self { of_key }
    }

    fn chain(&self, from: &'a Key, to: &Key) -> Vec<(Key, Key, String)> {
        let mut came: HashMap<&Key, (&Key, &Decision)> = HashMap::new();
        let mut seen: HashSet<&Key> = HashSet::from([from]);
        let mut open: VecDeque<&Key> = VecDeque::from([from]);
        while let Some(at) = open.pop_front() {
            if at == to {
                break;
            }
            for &decision in self.of_key.get(at).into_iter().flatten() {
                for next in &decision.records {
                    if seen.insert(next) {
                        came.insert(next, (at, decision));
                        open.push_back(next);
                    }
                }
            }
        }
        let mut chain = Vec::new();
        let mut at = to;
        while let Some(&(before, decision)) = came.get(at) {
            chain.push((before.clone(), at.clone(), who(decision)));
            at = before;
        }
        chain.reverse();
        chain
    }
}
