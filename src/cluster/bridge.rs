//! Bridges: a record that holds two groups together which do not support each other.

use super::Edge;

/// Below this match probability a pair does not support each other at all: the model is sure that they are two.
const UNLIKE: f64 = 0.02;

/// Whether there is a record without which its group of `size` falls into two that do not support each other: no pair
/// between them is likelier than [`UNLIKE`]. Pairs that are not known support each other as little.
pub fn is_held_by_one(size: usize, edge: impl Fn(usize, usize) -> Option<Edge>) -> bool {
    if size < 3 {
        return false;
    }
    let mut supports = vec![false; size * size];
    for a in 0..size {
        for b in a + 1..size {
            let alike = edge(a, b).is_some_and(|edge| edge.probability() >= UNLIKE);
            (supports[a * size + b], supports[b * size + a]) = (alike, alike);
        }
    }
    let mut reached = vec![false; size];
    let mut open = Vec::with_capacity(size);
    (0..size).any(|without| {
        let start = usize::from(without == 0);
        reached.fill(false);
        (reached[without], reached[start]) = (true, true);
        open.push(start);
        while let Some(at) = open.pop() {
            for to in 0..size {
                if supports[at * size + to] && !reached[to] {
                    reached[to] = true;
                    open.push(to);
                }
            }
        }
        reached.contains(&false)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a group with these pairs, and all others at `rest`, is held together by one record.
    fn held(size: usize, pairs: &[(usize, usize, f64)], rest: f64) -> bool {
        let weight = |p: f64| ((p / (1.0 - p)).log2() * 1e6).round() as i64;
        is_held_by_one(size, |a, b| {
            let known = pairs.iter().find(|pair| (pair.0, pair.1) == (a, b)).map_or(rest, |pair| pair.2);
            (known > 0.0).then(|| Edge { weight: weight(known), pattern: 0 })
        })
    }

    #[test]
    fn one_record_between_two_that_are_unlike_is_a_bridge() {
        assert!(held(3, &[(0, 1, 0.99), (1, 2, 0.95)], 0.001));
        assert!(!held(3, &[(0, 1, 0.99), (1, 2, 0.95)], 0.3), "the two say little about each other");
        assert!(held(5, &[(0, 1, 0.99), (1, 2, 0.9), (2, 3, 0.9), (3, 4, 0.99), (2, 4, 0.9), (0, 2, 0.9)], 0.0));
    }

    #[test]
    fn a_ring_and_a_pair_have_no_bridge() {
        assert!(!held(4, &[(0, 1, 0.9), (1, 2, 0.9), (2, 3, 0.9), (0, 3, 0.9)], 0.0));
        assert!(!held(2, &[(0, 1, 0.9)], 0.0));
        assert!(!held(4, &[(0, 1, 0.9), (0, 2, 0.9), (0, 3, 0.9), (1, 2, 0.5), (2, 3, 0.5)], 0.0));
    }
}
