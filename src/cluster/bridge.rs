//! Bridges: a record that holds two groups together which do not support each other.

use super::Edge;

/// Below this match probability a pair does not support each other at all: the model is sure that the two are two.
const UNLIKE: f64 = 0.02;

/// What a pair says of the two groups that it stands between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Says {
    /// The two may be one.
    pub supports: bool,
    /// Facts of the two clash.
    pub clashes: bool,
}

impl Says {
    pub fn of(edge: Edge, clashes: bool) -> Self {
        Self { supports: edge.probability() >= UNLIKE, clashes }
    }
}

/// Whether there is a record without which its group of `size` falls into two that do not support each other: no pair
/// between them may be one, and facts clash in one at least. Where they merely have nothing in common, as an old and a
/// new address have, the record between them is no reason to hold.
pub fn is_held_by_one(size: usize, says: impl Fn(usize, usize) -> Says) -> bool {
    if size < 3 {
        return false;
    }
    let nothing = Says { supports: false, clashes: false };
    let mut pairs = vec![nothing; size * size];
    for a in 0..size {
        for b in a + 1..size {
            pairs[a * size + b] = says(a, b);
            pairs[b * size + a] = pairs[a * size + b];
        }
    }
    let mut reached = vec![false; size];
    let mut open = Vec::with_capacity(size);
    (0..size).any(|without| {
        let start = usize::from(without == 0);
        reached.fill(false);
        reached[start] = true;
        open.push(start);
        while let Some(at) = open.pop() {
            for to in (0..size).filter(|&to| to != without) {
                if pairs[at * size + to].supports && !reached[to] {
                    reached[to] = true;
                    open.push(to);
                }
            }
        }
        let apart = |at: usize| at != without && !reached[at];
        (0..size)
            .filter(|&at| apart(at))
            .any(|at| (0..size).any(|other| reached[other] && pairs[at * size + other].clashes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a group is held together by one record: pairs that support each other, and pairs that clash.
    fn held(size: usize, supporting: &[(usize, usize)], clashing: &[(usize, usize)]) -> bool {
        is_held_by_one(size, |a, b| Says {
            supports: supporting.contains(&(a, b)),
            clashes: clashing.contains(&(a, b)),
        })
    }

    #[test]
    fn one_record_between_two_that_clash_is_a_bridge() {
        assert!(held(3, &[(0, 1), (1, 2)], &[(0, 2)]), "Moritz, M. and Michael");
        assert!(!held(3, &[(0, 1), (1, 2)], &[]), "an old and a new address");
        assert!(!held(3, &[(0, 1), (1, 2), (0, 2)], &[(0, 2)]), "the two support each other in spite of it");
        assert!(held(5, &[(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)], &[(0, 4)]));
        assert!(!held(5, &[(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)], &[(0, 2)]));
    }

    #[test]
    fn a_ring_and_a_pair_have_no_bridge() {
        assert!(!held(4, &[(0, 1), (1, 2), (2, 3), (0, 3)], &[(0, 2), (1, 3)]));
        assert!(!held(2, &[(0, 1)], &[(0, 1)]));
    }

    #[test]
    fn a_pair_supports_while_it_may_be_one() {
        let edge = |p: f64| Edge { weight: ((p / (1.0 - p)).log2() * 1e6).round() as i64, pattern: 0 };
        assert!(Says::of(edge(0.3), true).supports);
        assert!(!Says::of(edge(0.001), true).supports);
    }
}
