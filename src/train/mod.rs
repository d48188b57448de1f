//! Training: the model from the data itself, without labels.
//!
//! Input: [`Contacts`], the blocking plan and the comparisons of a population. Output: a [`PopulationModel`].
//!
//! Expectation–maximisation over the histogram of patterns, with several latent classes: *match*, and the relations
//! that look like one (household, colleagues, namesakes …). Each class starts from a stance towards each comparison
//! (`classes.rs`) and is held to it by a prior worth a fixed share of its own pairs, so that *match* stays the
//! class of matches on any data.
//!
//! Invariants
//! * Samples are drawn by hashes of keys, never by position: row order and threads do not matter.
//! * The model says whether it converged.

mod classes;
mod em;
mod sample;

use crate::block::Plan;
use crate::compare::Comparator;
use crate::config::ScoreSettings;
use crate::normalize::{Contacts, Population};
use crate::score::{ClassModel, ComparisonModel, PopulationModel};

pub use sample::{Histogram, yields};

/// Trains the model of one population.
pub fn model(
    contacts: &Contacts,
    plan: &Plan,
    comparator: &Comparator<'_>,
    settings: &ScoreSettings,
) -> PopulationModel {
    let candidates = sample::candidates(plan, comparator, settings.training_pairs);
    let random = sample::random(contacts, &plan.members, comparator);
    let start = classes::start(plan.population, comparator, &random, &candidates);
    let mut fit = em::fit(&candidates, start);
    hold_swaps(
        &comparator.comparisons().iter().map(|comparison| comparison.levels).collect::<Vec<_>>(),
        &mut fit.classes,
    );
    describe(plan.population, comparator, fit, candidates.total)
}

/// The level of names that stand in each other's column.
const SWAPPED: &str = "swapped";

/// Names change places by a mistake at the desk, which tells nothing of who the two are: no relation has it more often than
/// the matches. Left to the data, a rare relation's class takes the swapped names of large files.
fn hold_swaps(levels: &[&[crate::compare::Level]], classes: &mut [classes::Class]) {
    let Some((matches, others)) = classes.split_first_mut() else { return };
    for (at, levels) in levels.iter().enumerate() {
        let Some(level) = levels.iter().position(|level| level.name == SWAPPED) else { continue };
        let most = matches.levels[at][level];
        for class in &mut *others {
            class.levels[at][level] = class.levels[at][level].min(most);
        }
    }
}

fn describe(
    population: Population,
    comparator: &Comparator<'_>,
    fit: em::Fit,
    pairs: u64,
) -> PopulationModel {
    let comparisons = comparator.comparisons().iter().map(|comparison| ComparisonModel {
        name: comparison.name.clone(),
        code: comparison.code.clone(),
        levels: comparison.levels.iter().map(|level| level.name.to_string()).collect(),
    });
    let micro = |levels: &Vec<f64>| -> Vec<i64> {
        let missing = std::iter::once(0);
        missing.chain(levels[1..].iter().map(|&share| crate::score::micro_log2(share))).collect()
    };
    let classes = fit.classes.iter().map(|class| ClassModel {
        name: class.name.to_string(),
        share_ppm: (class.share * 1e6).round() as u64,
        log2_probability: class.levels.iter().map(micro).collect(),
    });
    PopulationModel {
        population,
        comparisons: comparisons.collect(),
        classes: classes.collect(),
        rounds: fit.rounds,
        converged: fit.converged,
        training_pairs: pairs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Agreement, Level};

    #[test]
    fn no_relation_swaps_names_more_often_than_the_matches() {
        let level = |name, agreement| Level { name, agreement };
        let levels = [level("missing", Agreement::Missing), level(SWAPPED, Agreement::Near)];
        let class = |name, swapped| classes::Class {
            name,
            hold: vec![1.0],
            share: 0.5,
            levels: vec![vec![0.0, swapped]],
        };
        let mut all = [class("match", 0.02), class("parent_and_child", 0.6), class("unrelated", 0.001)];
        hold_swaps(&[&levels], &mut all);
        assert_eq!(all.map(|class| class.levels[0][1]), [0.02, 0.02, 0.001]);
    }
}
