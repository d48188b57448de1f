//! Pairs of records that are together in a grouping, all of them or a sample.

use super::ALONE;

/// Pairs of a grouping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sampled {
    /// Each pair once, smaller number first, by the numbers that the grouping gave.
    pub pairs: Vec<(u32, u32)>,
    /// Of how many pairs one is here; 1 when all are.
    pub one_in: u64,
}

/// The pairs of members of one group, at most about `most` of them.
///
/// `groups[i]` is the group of member `i`, or [`ALONE`]. `keys[i]` is the hash of the member's record key: pairs are
/// sampled in its order, so that the order of rows does not matter. The work is that of the pairs that are kept.
pub fn pairs_of(groups: &[u32], keys: &[u64], most: u64) -> Sampled {
    let mut order: Vec<u32> = (0..groups.len() as u32).filter(|&at| groups[at as usize] != ALONE).collect();
    order.sort_unstable_by_key(|&at| (groups[at as usize], keys[at as usize], at));
    let mut members: Vec<&[u32]> = order
        .chunk_by(|&one, &other| groups[one as usize] == groups[other as usize])
        .filter(|group| group.len() > 1)
        .collect();
    members.sort_unstable_by_key(|group| (keys[group[0] as usize], group[0]));
    let total: u64 = members.iter().map(|group| triangle(group.len() as u64)).sum();
    let one_in = total.div_ceil(most.max(1)).max(1);
    let mut pairs = Vec::with_capacity((total / one_in + 1) as usize);
    // The number of the group's first pair among those of all groups.
    let mut before = 0u64;
    for group in members {
        let (mut left, mut row) = (0u64, 0u64);
        let size = group.len() as u64;
        let mut number = before.next_multiple_of(one_in) - before;
        while number < triangle(size) {
            // Row `left` of the triangle holds the pairs with the members after it.
            while number >= row + size - 1 - left {
                row += size - 1 - left;
                left += 1;
            }
            let (a, b) = (group[left as usize], group[(left + 1 + number - row) as usize]);
            pairs.push((a.min(b), a.max(b)));
            number += one_in;
        }
        before += triangle(size);
    }
    Sampled { pairs, one_in }
}

fn triangle(size: u64) -> u64 {
    size * size.saturating_sub(1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_group_of_three_has_three_pairs() {
        let sampled = pairs_of(&[5, ALONE, 5, 5, 7], &[9, 1, 3, 2, 4], 100);
        let pairs: BTreeSet<(u32, u32)> = sampled.pairs.into_iter().collect();
        assert_eq!(pairs, BTreeSet::from([(0, 2), (0, 3), (2, 3)]));
        assert_eq!(sampled.one_in, 1);
    }

    proptest! {
        #[test]
        fn all_pairs_or_every_nth(groups in proptest::collection::vec(0u32..6, 0..40), most in 1u64..50) {
            let keys: Vec<u64> = (0..groups.len() as u64).map(|at| at.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
            let all = pairs_of(&groups, &keys, u64::MAX);
            let wanted: BTreeSet<(u32, u32)> = (0..groups.len() as u32)
                .flat_map(|a| (a + 1..groups.len() as u32).map(move |b| (a, b)))
                .filter(|&(a, b)| groups[a as usize] == groups[b as usize])
                .collect();
            let found: BTreeSet<(u32, u32)> = all.pairs.iter().copied().collect();
            prop_assert_eq!(all.pairs.len(), wanted.len());
            prop_assert_eq!(&found, &wanted);
            let sampled = pairs_of(&groups, &keys, most);
            prop_assert_eq!(sampled.pairs.len() as u64, (wanted.len() as u64).div_ceil(sampled.one_in));
            prop_assert!(sampled.pairs.len() as u64 <= most);
            prop_assert!(sampled.pairs.iter().all(|pair| wanted.contains(pair)));
            let distinct: BTreeSet<_> = sampled.pairs.iter().collect();
            prop_assert_eq!(distinct.len(), sampled.pairs.len());
        }
    }
}
