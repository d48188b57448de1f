//! The classes of pairs there are, and what each expects of each comparison before the data is seen.

use super::sample::Histogram;
use crate::compare::{Agreement, Comparator, Comparison, What, level_of};
use crate::normalize::Population;

/// A class of pairs during training.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    pub name: &'static str,
    /// Per comparison: how many pairs of its own the expectation weighs as, relative to those seen.
    pub hold: Vec<f64>,
    /// Share of the candidate pairs.
    pub share: f64,
    /// Per comparison and level: probability given that neither value is missing (level 0 unused).
    pub levels: Vec<Vec<f64>>,
}

/// What a class expects of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stance {
    /// Both values belong to one entity.
    Same,
    /// Both belong to one group (a household, a firm): equal, and shared with others.
    Shared,
    /// As between random records.
    Chance,
    /// Known to be different.
    Differs,
    /// Between chance and the same: candidates share something, or they would not be candidates.
    Some,
    /// In one place or organisation.
    Around,
}

use Stance::{Around, Chance, Differs, Same, Shared, Some as Partly};

/// Shares of differ, around, near and exact that a stance expects.
fn expectation(stance: Stance) -> [f64; 4] {
    match stance {
        Same => [0.06, 0.04, 0.15, 0.75],
        Shared => [0.10, 0.06, 0.10, 0.74],
        Differs => [0.90, 0.06, 0.03, 0.01],
        Around => [0.25, 0.55, 0.10, 0.10],
        // Mixed from others.
        Chance | Partly => [0.0; 4],
    }
}

/// How firmly a class is held to its stance: pairs that the expectation counts as, relative to those seen.
///
/// What defines a relation (members of a household *differ* in given name) must not give way, or the relation's class
/// drifts until it takes the noisy matches; what is merely usual follows the data. Measured on four data sets with
/// the first from 0.25 to 20 and the second from 0.1 to 0.5: 0.25 lost 0.11 of F1 on one of them, 1 to 20 were alike.
fn hold(stance: Stance) -> f64 {
    match stance {
        Differs | Shared => 20.0,
        Same => 0.5,
        Chance | Partly | Around => 0.25,
    }
}

/// Shares of the exact levels *shared by many, by few, by none* of contact data.
fn privacy(stance: Stance) -> [f64; 3] {
    match stance {
        Shared => [0.30, 0.60, 0.10],
        Around => [0.60, 0.30, 0.10],
        _ => [0.05, 0.20, 0.75],
    }
}

/// Name, starting share and stance towards each comparison.
type Sketch = (&'static str, f64, fn(What) -> Stance);

const PERSON: &[Sketch] = &[
    ("match", 0.20, |_| Same),
    ("household", 0.10, |what| match what {
        What::Given => Differs,
        What::Family => Same,
        What::Phone | What::Address => Shared,
        What::Birth | What::Identifier(_) => Differs,
        _ => Chance,
    }),
    ("parent_and_child", 0.01, |what| match what {
        What::Given | What::Family => Same,
        What::Phone | What::Address => Shared,
        What::Birth | What::Identifier(_) | What::Email => Differs,
        _ => Chance,
    }),
    ("colleagues", 0.10, |what| match what {
        What::Given => Differs,
        What::Family | What::Birth => Chance,
        What::Email => Around,
        What::Phone | What::Address | What::Employer => Shared,
        What::Identifier(_) => Differs,
        _ => Chance,
    }),
    ("namesakes", 0.15, |what| match what {
        What::Given | What::Family => Same,
        What::Birth | What::Email | What::Phone | What::Identifier(_) => Differs,
        _ => Chance,
    }),
    ("same_surname", 0.14, |what| match what {
        What::Family => Same,
        What::Given => Differs,
        _ => Chance,
    }),
    ("same_given_name", 0.14, |what| match what {
        What::Given => Same,
        What::Family => Differs,
        _ => Chance,
    }),
    ("neighbours", 0.06, |what| match what {
        What::Address => Shared,
        _ => Chance,
    }),
    ("unrelated", 0.10, |_| Chance),
];

const COMPANY: &[Sketch] = &[
    ("match", 0.20, |_| Same),
    ("sister_firm", 0.10, |what| match what {
        What::CompanyName => Around,
        What::Email => Around,
        What::Phone | What::Address | What::Website => Shared,
        What::LegalForm => Partly,
        What::Identifier(_) => Differs,
        _ => Chance,
    }),
    ("branch", 0.10, |what| match what {
        What::CompanyName | What::LegalForm => Same,
        What::Email | What::Website => Around,
        What::Phone | What::Address | What::Identifier(_) => Differs,
        _ => Chance,
    }),
    ("same_trade", 0.30, |what| match what {
        What::CompanyName => Around,
        _ => Chance,
    }),
    ("neighbours", 0.10, |what| match what {
        What::Address => Shared,
        What::CompanyName => Differs,
        _ => Chance,
    }),
    ("unrelated", 0.20, |_| Chance),
];

const OTHER: &[Sketch] = &[
    ("match", 0.20, |_| Same),
    ("same_name", 0.30, |what| match what {
        What::Text(0) => Same,
        _ => Chance,
    }),
    ("same_place", 0.20, |what| match what {
        What::Address => Shared,
        _ => Partly,
    }),
    ("unrelated", 0.30, |_| Chance),
];

/// The classes as they are before the data is seen; *match* first. `random` is what random pairs look like.
pub fn start(
    population: Population,
    comparator: &Comparator<'_>,
    random: &Histogram,
    candidates: &Histogram,
) -> Vec<Class> {
    let sketches = match population {
        Population::Person => PERSON,
        Population::Company => COMPANY,
        Population::Other => OTHER,
    };
    let comparisons = comparator.comparisons();
    let chance: Vec<Vec<f64>> = (0..comparisons.len()).map(|at| shares(comparisons, random, at)).collect();
    let class = |&(name, share, stance): &Sketch| Class {
        name,
        share,
        hold: comparisons.iter().map(|comparison| hold(stance(comparison.what))).collect(),
        levels: comparisons
            .iter()
            .enumerate()
            .map(|(at, comparison)| {
                expected(stance(comparison.what), comparison, comparator.bin_shares(at), &chance[at])
            })
            .collect(),
    };
    let mut classes: Vec<Class> = sketches.iter().map(class).collect();
    for (at, comparison) in comparisons.iter().enumerate() {
        let met = met(comparison.levels.len(), at, [random, candidates]);
        for class in &mut classes {
            let levels = &mut class.levels[at];
            let total: f64 = levels.iter().zip(&met).filter(|(_, met)| **met).map(|(share, _)| share).sum();
            let spread = |(share, met): (&mut f64, &bool)| *share = if *met { *share / total } else { 0.0 };
            levels.iter_mut().zip(&met).for_each(spread);
        }
    }
    classes
}

/// Which levels of a comparison occur at all: without streets, no address is ever exact, and no class may expect it.
fn met(levels: usize, at: usize, histograms: [&Histogram; 2]) -> Vec<bool> {
    let mut met = vec![false; levels];
    for histogram in histograms {
        histogram.patterns.iter().for_each(|&pattern| met[level_of(pattern, at) as usize] = true);
    }
    met[0] = false;
    // Differing values may not be met among few pairs, but are always possible.
    met[1] = true;
    met
}

/// Pseudo-pairs spread evenly over the levels, so that no level is impossible between random records.
const SMOOTHING: f64 = 1.0;

/// Shares of a comparison's levels among pairs that have both values.
fn shares(comparisons: &[Comparison], histogram: &Histogram, at: usize) -> Vec<f64> {
    let levels = comparisons[at].levels.len();
    let mut counts = vec![SMOOTHING / levels as f64; levels];
    counts[0] = 0.0;
    for (&pattern, &count) in histogram.patterns.iter().zip(&histogram.counts) {
        let level = level_of(pattern, at) as usize;
        if level > 0 {
            counts[level] += count as f64;
        }
    }
    let total: f64 = counts.iter().sum();
    counts.iter().map(|count| count / total).collect()
}

fn expected(stance: Stance, comparison: &Comparison, bin_shares: &[f64], chance: &[f64]) -> Vec<f64> {
    match stance {
        Chance => return chance.to_vec(),
        Partly => {
            let same = expected(Same, comparison, bin_shares, chance);
            return same.iter().zip(chance).map(|(same, chance)| 0.5 * same + 0.5 * chance).collect();
        }
        _ => {}
    }
    let of = |level: usize| comparison.levels[level].agreement;
    let [differ, around, near, exact] = expectation(stance);
    let count =
        |agreement: Agreement| (1..comparison.levels.len()).filter(|&level| of(level) == agreement).count();
    let exact_levels: Vec<usize> = comparison.exact_levels().collect();
    let exact_split: Vec<f64> = match exact_levels.len() {
        // Frequency bins: as the records spread over them.
        bins if bin_shares.len() == bins => bin_shares.iter().map(|share| share.max(0.001)).collect(),
        // Role mailbox, then by who shares it.
        4 => [0.05].into_iter().chain(privacy(stance).map(|share| 0.95 * share)).collect(),
        3 => privacy(stance).to_vec(),
        2 => vec![if stance == Shared { 0.8 } else { 0.2 }, if stance == Shared { 0.2 } else { 0.8 }],
        _ => vec![1.0],
    };
    let mut levels: Vec<f64> = (0..comparison.levels.len())
        .map(|level| match of(level) {
            Agreement::Missing => 0.0,
            Agreement::Differ => differ,
            Agreement::Around => around / count(Agreement::Around) as f64,
            Agreement::Near => near / count(Agreement::Near) as f64,
            Agreement::Exact => {
                exact * exact_split[exact_levels.iter().position(|&at| at == level).unwrap_or(0)]
            }
        })
        .collect();
    let total: f64 = levels.iter().sum();
    levels.iter_mut().for_each(|share| *share /= total);
    levels
}
