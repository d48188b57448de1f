//! The health of the model: whether it can be believed at all.

use super::measure::{Facts, percent};
use super::{State, Watched};
use crate::config::{Guard, GuardSettings};
use crate::score::{MICRO, PopulationModel};

/// Pairs a model must have been trained on, and links a run must have, before their health is judged: of fewer the shares
/// say nothing.
const ENOUGH: u64 = 1_000;

/// A level that is rarer than this in every class is not judged: it was hardly seen.
const SEEN: f64 = 0.01;

/// Comparisons whose exact agreement speaks against a match, before the model as a whole is doubted: a single one can be a
/// column of odd contents.
const DOUBTED: usize = 2;

/// Of the comparisons judged, the share that may speak so.
const DOUBTED_SHARE: f64 = 1.0 / 3.0;

/// Between these match probabilities a link is neither sure nor surely none.
const UNSURE: (f64, f64) = (0.1, 0.9);

/// What is wrong with the models of a run. The measure counts the faults.
pub(super) fn health(facts: &Facts<'_>, settings: &GuardSettings) -> Watched {
    let mut watched = Watched::limited(Guard::Model, 0.0);
    let judged = || facts.model.populations.iter().filter(|model| model.training_pairs >= ENOUGH);
    if judged().next().is_none() && (facts.links.len() as u64) < ENOUGH {
        return watched.skipped("there are too few pairs to judge the model by");
    }
    let mut faults: Vec<String> =
        judged().flat_map(|model| faults(model, settings.max_match_share)).collect();
    faults.extend(one_mode(facts, settings.max_unsure_share));
    watched.value = Some(faults.len() as f64);
    if !faults.is_empty() {
        watched.state = State::Tripped;
        watched.told = faults;
    }
    watched
}

/// What is wrong with the model of a population.
fn faults(model: &PopulationModel, max_match_share: f64) -> Vec<String> {
    let of = format!("the model of {} records", format!("{:?}", model.population).to_lowercase());
    let mut faults = Vec::new();
    if !model.converged {
        faults.push(format!("{of} had not settled after {} rounds of training", model.rounds));
    }
    let share = model.classes.first().map_or(0.0, |class| class.share_ppm as f64 / 1e6);
    if share > max_match_share {
        faults.push(format!(
            "{of} takes {} of the candidate pairs for matches; at most {} are believable",
            percent(share),
            percent(max_match_share)
        ));
    }
    let (judged, doubted) = doubted(model);
    if doubted.len() >= DOUBTED && doubted.len() as f64 > judged as f64 * DOUBTED_SHARE {
        faults.push(format!(
            "{of} finds exact agreement less likely among matches than among other pairs in {} of {judged} comparisons: {}",
            doubted.len(),
            doubted.join(", ")
        ));
    }
    faults
}

/// How many comparisons could be judged, and the names of those whose exact agreement is less likely in the class of
/// matches (m) than in all others together (u).
fn doubted(model: &PopulationModel) -> (usize, Vec<&str>) {
    let Some((matches, others)) = model.classes.split_first() else { return (0, Vec::new()) };
    let all: f64 = others.iter().map(|class| class.share_ppm as f64).sum();
    let (mut judged, mut doubted) = (0, Vec::new());
    for (at, comparison) in model.comparisons.iter().enumerate() {
        let exact = |class: &crate::score::ClassModel| -> f64 {
            let levels = comparison.levels.iter().zip(class.log2_probability.get(at).into_iter().flatten());
            let exact = levels.skip(1).filter(|(name, _)| name.starts_with("exact"));
            exact.map(|(_, &log2)| (log2 as f64 / MICRO).exp2()).sum()
        };
        let m = exact(matches);
        let u = others.iter().map(|class| class.share_ppm as f64 * exact(class)).sum::<f64>() / all.max(1.0);
        if m.max(u) >= SEEN {
            judged += 1;
            if m < u {
                doubted.push(comparison.name.as_str());
            }
        }
    }
    (judged, doubted)
}

/// Links of a healthy model are mostly sure matches or surely none, with a valley between; where most are in the valley,
/// the model cannot tell the two apart.
fn one_mode(facts: &Facts<'_>, max_unsure_share: f64) -> Option<String> {
    let links = facts.links.len();
    if (links as u64) < ENOUGH {
        return None;
    }
    let is_unsure = |link: &usize| (UNSURE.0..=UNSURE.1).contains(&facts.links.probability(*link));
    let unsure = (0..links).filter(is_unsure).count();
    let share = unsure as f64 / links as f64;
    (share > max_unsure_share).then(|| {
        format!(
            "{} of the links have a probability between {} and {}: matches and other pairs are not two modes; at most {} are \
             believable",
            percent(share),
            UNSURE.0,
            UNSURE.1,
            percent(max_unsure_share)
        )
    })
}
