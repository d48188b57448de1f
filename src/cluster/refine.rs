//! Average linkage: groups are joined while the pairs between them agree on the whole.

use super::Edges;
use super::decided::Start;
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

/// Groups of positions, from what they begin as; pairs without an edge count as probability 0.
pub fn average_linkage(start: &Start, edges: &Edges, join_at: f64) -> Vec<Vec<u32>> {
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
        let parts = (edge.probability() * PARTS).round() as u64;
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
        groups[a as usize].extend(absorbed);
        version[a as usize] += 1;
        version[b as usize] = u32::MAX;
        for other in std::mem::take(&mut apart[b as usize]) {
            apart[a as usize].insert(other);
            apart[other as usize].remove(&b);
            apart[other as usize].insert(a);
        }
        let moved = std::mem::take(&mut sums[b as usize]);
        sums[a as usize].remove(&b);
        for (other, sum) in moved {
            if other != a {
                *sums[a as usize].entry(other).or_default() += sum;
                let theirs = &mut sums[other as usize];
                theirs.remove(&b);
                *theirs.entry(a).or_default() += sum;
            }
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
        assert_eq!(average_linkage(&free(4), &edges, 0.5), vec![vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn a_third_record_that_the_group_supports_joins() {
        let edges = edges(&[(0, 1, 0.99), (1, 2, 0.95), (0, 2, 0.3)]);
        assert_eq!(average_linkage(&free(3), &edges, 0.5), vec![vec![0, 1, 2]]);
    }

    #[test]
    fn what_was_decided_goes_before_what_the_pairs_say() {
        let edges = edges(&[(0, 1, 0.99), (1, 2, 0.99), (0, 2, 0.99), (0, 3, 0.01)]);
        let one = Start { group: vec![0, 1, 2, 0], apart: Vec::new() };
        assert_eq!(average_linkage(&one, &edges, 0.9), vec![vec![0, 3], vec![1, 2]]);
        let apart = Start { group: vec![0, 1, 2, 3], apart: vec![(0, 2)] };
        assert_eq!(average_linkage(&apart, &edges, 0.5), vec![vec![0, 1], vec![2], vec![3]]);
        // 3 is one with 2, so what keeps 0 from 3 keeps 0 from 2.
        let both = Start { group: vec![0, 1, 2, 2], apart: vec![(0, 2)] };
        let found = average_linkage(&both, &edges, 0.4);
        assert!(!found.iter().any(|group| group.contains(&0) && group.contains(&2)), "{found:?}");
    }

    fn free(members: u32) -> Start {
        Start { group: (0..members).collect(), apart: Vec::new() }
    }
}
