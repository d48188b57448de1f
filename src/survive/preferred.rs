//! Values and survivors that people decided on, which go before every rule.

use super::{Golden, GoldenRecord};
use crate::cluster::{Cluster, Clusters};
use std::collections::HashMap;

/// What a person writes to leave a field empty.
pub const CLEARED: &str = "(empty)";

/// What a person decided of the golden record of some records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferred {
    /// The records, ascending; it holds for every cluster that has all of them.
    pub members: Vec<u32>,
    /// The position of a field and its value, or [`CLEARED`].
    pub value: Option<(usize, String)>,
    /// The record that is to stay.
    pub survivor: Option<u32>,
}

/// Decisions by their first record.
pub(super) struct Wishes<'a> {
    all: &'a [Preferred],
    of_first: HashMap<u32, Vec<usize>>,
}

impl<'a> Wishes<'a> {
    pub fn of(all: &'a [Preferred]) -> Self {
        let mut of_first: HashMap<u32, Vec<usize>> = HashMap::new();
        for (at, wish) in all.iter().enumerate() {
            of_first.entry(wish.members.first().copied().unwrap_or(u32::MAX)).or_default().push(at);
        }
        Self { all, of_first }
    }

    /// Those for a cluster, in the order in which they were decided.
    fn of_cluster(&self, cluster: &Cluster) -> Vec<&'a Preferred> {
        if self.all.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<usize> = cluster
            .members
            .iter()
            .filter_map(|member| self.of_first.get(member))
            .flatten()
            .copied()
            .collect();
        let holds = |at: &usize| {
            self.all[*at].members.iter().all(|member| cluster.members.binary_search(member).is_ok())
        };
        found.retain(holds);
        found.sort_unstable();
        found.into_iter().map(|at| &self.all[at]).collect()
    }

    /// The record that is to stay: the one that was named last.
    pub fn survivor(&self, cluster: &Cluster) -> Option<u32> {
        self.of_cluster(cluster).into_iter().rev().find_map(|wish| wish.survivor)
    }
}

impl Golden {
    /// With the values that people decided on in the stead of those that rules chose.
    pub(super) fn preferring(mut self, clusters: &Clusters, wishes: &Wishes<'_>) -> Self {
        for (record, cluster) in self.records.iter_mut().zip(&clusters.groups) {
            for (field, value) in
                wishes.of_cluster(cluster).into_iter().filter_map(|wish| wish.value.as_ref())
            {
                record.prefer(*field as u16, value);
            }
        }
        self
    }
}

impl GoldenRecord {
    fn prefer(&mut self, field: u16, value: &str) {
        self.preferred.retain(|(of, _)| *of != field);
        self.preferred.push((field, value.to_string()));
    }

    /// What a person decided the field at a position to be, as it was written down.
    pub fn preferred(&self, position: usize) -> Option<&str> {
        let found = self.preferred.iter().find(|(field, _)| *field as usize == position);
        found.map(|(_, value)| value.as_str())
    }
}
