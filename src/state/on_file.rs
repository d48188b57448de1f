//! What the decisions that hold say already, asked by record keys.

use super::consistent::Groups;
use super::{Decision, Key, What};
use std::collections::{HashMap, HashSet};

/// Decisions that hold, laid out for asking.
pub struct OnFile<'a> {
    groups: Groups<'a>,
    apart: HashSet<(usize, usize)>,
    of_records: HashMap<&'a [Key], Vec<&'a Decision>>,
}

impl<'a> OnFile<'a> {
    /// Lays them out.
    pub fn of(decisions: &[&'a Decision]) -> Self {
        let groups = Groups::of(decisions);
        let mut of_records: HashMap<&[Key], Vec<&Decision>> = HashMap::new();
        let mut apart = HashSet::new();
        for decision in decisions {
            of_records.entry(&decision.records).or_default().push(decision);
            if decision.what == What::KeepApart {
                let roots: Vec<usize> =
                    decision.records.iter().map(|key| groups.root(groups.number[key])).collect();
                for (at, &a) in roots.iter().enumerate() {
                    apart.extend(roots[at + 1..].iter().map(|&b| (a.min(b), a.max(b))));
                }
            }
        }
        Self { groups, apart, of_records }
    }

    fn root(&self, key: &Key) -> Option<usize> {
        self.groups.number.get(key).map(|&number| self.groups.root(number))
    }

    /// Whether all of these are one.
    pub fn are_one(&self, keys: &[Key]) -> bool {
        keys.windows(2).all(|two| self.root(&two[0]).is_some_and(|root| self.root(&two[1]) == Some(root)))
    }

    /// Whether no two of these are one.
    pub fn are_apart(&self, keys: &[Key]) -> bool {
        let roots: Option<Vec<usize>> = keys.iter().map(|key| self.root(key)).collect();
        roots.is_some_and(|roots| {
            roots
                .iter()
                .enumerate()
                .all(|(at, &a)| roots[at + 1..].iter().all(|&b| self.apart.contains(&(a.min(b), a.max(b)))))
        })
    }

    /// The decisions on exactly these records, ascending.
    pub fn on(&self, keys: &[Key]) -> &[&'a Decision] {
        self.of_records.get(keys).map_or(&[], Vec::as_slice)
    }
}
