//! Which rules are worth their pairs, and up to which size of block.
//!
//! A rule's pairs grow with the square of a block, its matches hardly do: the same rule may be worth its pairs in small
//! blocks and not in large ones. So every rule gets the largest block size up to which it still pays, from what a
//! sample of its blocks was found to hold.

/// Block sizes are looked at in classes: up to 15 records, 16–31, 32–63, 64–127, and more.
pub const CLASSES: usize = 5;

/// The fewest records in a block of the second class; smaller blocks are never told apart.
pub const SMALL: u64 = 16;

/// The class of a block of `size` records.
pub fn class(size: u64) -> usize {
    match size {
        0..SMALL => 0,
        _ => ((size / SMALL).ilog2() as usize + 1).min(CLASSES - 1),
    }
}

/// The most records of a block of a class; none for the last.
pub fn largest(class: usize) -> Option<u64> {
    (class + 1 < CLASSES).then(|| (SMALL << class) - 1)
}

/// What the blocks of one rule and one class hold, by a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Yield {
    /// Pairs that the rule is the first to make.
    pub pairs: u64,
    /// How many of them the model expects to be matches, in millionths.
    pub matches_ppm: u64,
}

/// A class that holds fewer matches than one in so many pairs is never worth them: ten million such pairs, two seconds
/// of work, would find a thousand matches.
const PAIRS_PER_MATCH: u64 = 8_000;

/// … unless all pairs together are fewer than this per record: small files can afford them.
const CHEAP_PAIRS_PER_RECORD: u64 = 4;

/// How many classes of each rule to keep, smallest blocks first; 0 leaves the rule out.
///
/// `yields` are those of all blocks, estimated. The bar of pairs per match is lowered from [`PAIRS_PER_MATCH`] until all pairs
/// stay within `budget`; at each bar a rule keeps the classes whose matches outweigh their pairs the most.
pub fn choose(yields: &[[Yield; CLASSES]], budget: u64, records: u64) -> Vec<usize> {
    let pairs_of = |kept: &[usize]| -> u64 {
        let sum = |(rule, &classes): (&[Yield; CLASSES], &usize)| -> u64 {
            rule[..classes].iter().map(|class| class.pairs).sum()
        };
        yields.iter().zip(kept).map(sum).sum::<u64>()
    };
    let all = vec![CLASSES; yields.len()];
    if pairs_of(&all) <= budget.min(CHEAP_PAIRS_PER_RECORD * records) {
        return all;
    }
    let mut bar = PAIRS_PER_MATCH;
    loop {
        let kept: Vec<usize> = yields.iter().map(|rule| worth(rule, bar)).collect();
        if pairs_of(&kept) <= budget || bar == 1 {
            return kept;
        }
        bar = bar * 9 / 10;
    }
}

/// The number of classes at which matches, each worth `bar` pairs, outweigh the pairs the most.
fn worth(rule: &[Yield; CLASSES], bar: u64) -> usize {
    let (mut best, mut sum) = ((0i128, 0), 0i128);
    for (at, class) in rule.iter().enumerate() {
        sum += i128::from(class.matches_ppm) * i128::from(bar) - i128::from(class.pairs) * 1_000_000;
        if sum >= best.0 {
            best = (sum, at + 1);
        }
    }
    best.1
}

/// How much less a class is taken to hold than the one of smaller blocks, when the sample met none of its blocks.
const FADING: u64 = 2;

/// The yields of all blocks of a rule from those of a sample of one in `one_in`, given how many pairs its blocks have.
pub fn estimate(sample: &[Yield; CLASSES], one_in: u64, pairs: [u64; CLASSES]) -> [Yield; CLASSES] {
    let mut all = sample.map(|y| Yield { pairs: y.pairs * one_in, matches_ppm: y.matches_ppm * one_in });
    for at in 0..CLASSES {
        if sample[at].pairs == 0 && pairs[at] > 0 {
            let before = at.checked_sub(1).map_or(Yield::default(), |before| all[before]);
            let rate = u128::from(before.matches_ppm) * u128::from(pairs[at]);
            let matches_ppm = rate / u128::from(before.pairs.max(1)) / u128::from(FADING);
            all[at] = Yield { pairs: pairs[at], matches_ppm: matches_ppm as u64 };
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yields(classes: [(u64, u64); CLASSES]) -> [Yield; CLASSES] {
        classes.map(|(pairs, matches)| Yield { pairs, matches_ppm: matches * 1_000_000 })
    }

    #[test]
    fn sizes_fall_into_classes() {
        assert_eq!([2, 15, 16, 31, 32, 64, 127, 128, 9_999].map(class), [0, 0, 1, 1, 2, 3, 3, 4, 4]);
        for class in 0..CLASSES - 1 {
            let most = largest(class).unwrap();
            assert_eq!((super::class(most), super::class(most + 1)), (class, class + 1));
        }
        assert_eq!(largest(CLASSES - 1), None);
    }

    #[test]
    fn large_blocks_of_a_rule_that_only_pays_in_small_ones_are_given_up() {
        let good = yields([(1_000, 500), (1_000, 400), (500, 100), (0, 0), (0, 0)]);
        let fading = yields([(1_000, 50), (5_000, 40), (50_000, 20), (400_000, 10), (900_000, 1)]);
        let barren = yields([(50_000, 0), (10_000, 1), (0, 0), (0, 0), (0, 0)]);
        let chosen = choose(&[good, fading, barren], 100_000, 10_000);
        assert_eq!(chosen, [CLASSES, 3, 0]);
    }

    #[test]
    fn what_is_cheap_is_kept() {
        let barren = yields([(50, 0), (10, 0), (0, 0), (0, 0), (0, 0)]);
        assert_eq!(choose(&[barren], 1_000, 100), [CLASSES]);
    }

    #[test]
    fn blocks_not_met_in_the_sample_are_taken_to_hold_less() {
        let sample = yields([(100, 10), (0, 0), (50, 1), (0, 0), (0, 0)]);
        let all = estimate(&sample, 10, [1_000, 400, 500, 600, 0]);
        assert_eq!(all[0], Yield { pairs: 1_000, matches_ppm: 100_000_000 });
        assert_eq!(all[1], Yield { pairs: 400, matches_ppm: 20_000_000 });
        assert_eq!(all[3], Yield { pairs: 600, matches_ppm: 6_000_000 });
        assert_eq!(all[4], Yield::default());
    }
}
