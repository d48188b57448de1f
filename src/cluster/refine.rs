//! Average linkage: groups are joined while the pairs between them agree on the whole.

use super::Edges;
use super::decided::Start;
use crate::score::probability;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Parts of a probability that sums are counted in, so that they are exact whatever their order.
const PARTS: f64 = 1e9;

/// A possible joining: mean probability between two groups, best first; ties go to the group that holds the earliest
/// member.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Joining {
    mean: u64,
    first: std::cmp::Reverse<u32>,
    second: std::cmp::Reverse<u32>,
    versions: (u32, u32),
}

/// The weight of a pair of positions that has no edge yet.
pub type Weigh<'a> = &'a mut dyn FnMut(u32, u32) -> i64;

/// Groups of positions, from what they begin as.
///
/// Pairs without an edge count as probability 0; or, with `weigh`, as what it says of them, once their groups are neighbours:
/// some edge is between them.
pub fn average_linkage(
    start: &Start,
    edges: &Edges,
    join_at: f64,
    mut weigh: Option<Weigh<'_>>,
) -> Vec<Vec<u32>> {
    let threshold = (join_at * PARTS) as u64;
    let members = start.group.len();
    let mut groups: Vec<Vec<u32>> = vec![Vec::new(); members];
    for (at, &group) in (0u32..).zip(&start.group) {
        groups[group as usize].push(at);
    }
    // Per group: those it may never be joined with.
    let mut apart: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); members];
    for &(a, b) in &start.apart {
        apart[a as usize].insert(b);
        apart[b as usize].insert(a);
    }
    let mut version = vec![0u32; members];
    // Per group: neighbouring groups and the sum of probabilities between them.
    let mut sums: Vec<BTreeMap<u32, u64>> = vec![BTreeMap::new(); members];
    for (&(a, b), edge) in edges {
        let parts = parts(edge.probability());
        let (a, b) = (start.group[a as usize], start.group[b as usize]);
        if a != b {
            *sums[a as usize].entry(b).or_default() += parts;
            *sums[b as usize].entry(a).or_default() += parts;
        }
    }
    let mut queue = BinaryHeap::new();
    for a in 0..members as u32 {
        for (&b, &sum) in sums[a as usize].range(a + 1..) {
            let mean = sum / (groups[a as usize].len() * groups[b as usize].len()) as u64;
            if mean >= threshold && !apart[a as usize].contains(&b) {
                queue.push(joining(mean, a, b, (0, 0)));
            }
        }
    }
    while let Some(next) = queue.pop() {
        let (a, b) = (next.first.0, next.second.0);
        if next.versions != (version[a as usize], version[b as usize]) {
            continue;
        }
        let absorbed = std::mem::take(&mut groups[b as usize]);
        version[a as usize] += 1;
        version[b as usize] = u32::MAX;
        for other in std::mem::take(&mut apart[b as usize]) {
            apart[a as usize].insert(other);
            apart[other as usize].remove(&b);
            apart[other as usize].insert(a);
        }
        let mut moved = std::mem::take(&mut sums[b as usize]);
        sums[a as usize].remove(&b);
        moved.remove(&a);
        if let Some(weigh) = weigh.as_mut() {
            let mut unseen = |of: &[u32], other: u32| -> u64 {
                let pairs = of.iter().flat_map(|&at| groups[other as usize].iter().map(move |&to| (at, to)));
                pairs.map(|(at, to)| parts(probability(weigh(at.min(to), at.max(to))))).sum()
            };
            let theirs: Vec<u32> =
                sums[a as usize].keys().copied().filter(|to| !moved.contains_key(to)).collect();
            for other in theirs {
                moved.insert(other, unseen(&absorbed, other));
            }
            let ours: Vec<u32> =
                moved.keys().copied().filter(|to| !sums[a as usize].contains_key(to)).collect();
            for other in ours {
                *moved.entry(other).or_default() += unseen(&groups[a as usize], other);
            }
        }
        groups[a as usize].extend(absorbed);
        for (other, sum) in moved {
            *sums[a as usize].entry(other).or_default() += sum;
            let theirs = &mut sums[other as usize];
            theirs.remove(&b);
            *theirs.entry(a).or_default() += sum;
        }
        let size = groups[a as usize].len() as u64;
        for (&other, &sum) in &sums[a as usize] {
            let mean = sum / (size * groups[other as usize].len() as u64);
            if mean >= threshold && !apart[a as usize].contains(&other) {
                let (low, high) = (a.min(other), a.max(other));
                queue.push(joining(mean, low, high, (version[low as usize], version[high as usize])));
            }
        }
    }
    groups.retain(|group| !group.is_empty());
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups
}

fn parts(probability: f64) -> u64 {
    (probability * PARTS).round() as u64
}

fn joining(mean: u64, first: u32, second: u32, versions: (u32, u32)) -> Joining {
    Joining { mean, first: std::cmp::Reverse(first), second: std::cmp::Reverse(second), versions }
}

#[cfg(test)]
mod tests {
    use super::super::Edge;
    use super::*;

    fn edges(pairs: &[(u32, u32, f64)]) -> Edges {
        let weight = |p: f64| ((p / (1.0 - p)).log2() * 1e6).round() as i64;
        pairs.iter().map(|&(a, b, p)| ((a, b), Edge { weight: weight(p), pattern: 0 })).collect()
    }

    #[test]
    fn a_bridge_does_not_join_two_groups() {
        let edges = edges(&[(0, 1, 0.99), (2, 3, 0.99), (1, 2, 0.9), (0, 2, 0.1), (0, 3, 0.1), (1, 3, 0.1)]);
        assert_eq!(average_linkage(&free(4), &edges, 0.5, None), vec![vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn a_third_record_that_the_group_supports_joins() {
        let edges = edges(&[(0, 1, 0.99), (1, 2, 0.95), (0, 2, 0.3)]);
        assert_eq!(average_linkage(&free(3), &edges, 0.5, None), vec![vec![0, 1, 2]]);
    }

    #[test]
    fn what_was_decided_goes_before_what_the_pairs_say() {
        let edges = edges(&[(0, 1, 0.99), (1, 2, 0.99), (0, 2, 0.99), (0, 3, 0.01)]);
        let one = Start { group: vec![0, 1, 2, 0], apart: Vec::new() };
        assert_eq!(average_linkage(&one, &edges, 0.9, None), vec![vec![0, 3], vec![1, 2]]);
        let apart = Start { group: vec![0, 1, 2, 3], apart: vec![(0, 2)] };
        assert_eq!(average_linkage(&apart, &edges, 0.5, None), vec![vec![0, 1], vec![2], vec![3]]);
        // 3 is one with 2, so what keeps 0 from 3 keeps 0 from 2.
        let both = Start { group: vec![0, 1, 2, 2], apart: vec![(0, 2)] };
        let found = average_linkage(&both, &edges, 0.4, None);
        assert!(!found.iter().any(|group| group.contains(&0) && group.contains(&2)), "{found:?}");
    }

    #[test]
    fn pairs_that_nobody_scored_are_weighed_once_groups_meet() {
        let pairs = edges(&[(0, 1, 0.99), (1, 2, 0.9), (2, 3, 0.99)]);
        assert_eq!(average_linkage(&free(4), &pairs, 0.5, None), vec![vec![0, 1], vec![2, 3]]);
        let mut asked = Vec::new();
        let mut alike = |a: u32, b: u32| {
            asked.push((a, b));
            3_000_000
        };
        assert_eq!(average_linkage(&free(4), &pairs, 0.5, Some(&mut alike)), vec![vec![0, 1, 2, 3]]);
        asked.sort_unstable();
        assert_eq!(asked, [(0, 2), (0, 3), (1, 3)], "each once, and none that has an edge");
    }

    #[test]
    fn weighing_late_is_weighing_first() {
        // Every pair has an edge, but some are found out only when groups meet.
        let all = edges(&[(0, 1, 0.9), (0, 2, 0.3), (0, 3, 0.2), (1, 2, 0.8), (1, 3, 0.6), (2, 3, 0.7)]);
        let known: Edges = all.iter().filter(|(pair, _)| **pair != (0, 2)).map(|(p, e)| (*p, *e)).collect();
        for join_at in [0.3, 0.45, 0.6] {
            let mut weigh = |a: u32, b: u32| all[&(a, b)].weight;
            let late = average_linkage(&free(4), &known, join_at, Some(&mut weigh));
            assert_eq!(late, average_linkage(&free(4), &all, join_at, None), "{join_at}");
        }
    }

    fn free(members: u32) -> Start {
        Start { group: (0..members).collect(), apart: Vec::new() }
    }
}
