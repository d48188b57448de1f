//! What the judgements prove, and what is to be judged next.

use super::file::{Judgement, Verdict};
use super::strata::{Group, strata};
use super::{needed, upper};
use serde::Serialize;
use std::collections::HashMap;

/// Rounding of sums of shares, so that 3.0000000001 wrong ones are 3.
const ROUNDING: f64 = 1e-9;

/// What the judgements prove.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// Groups that the lane `auto` merges.
    pub groups: u64,
    /// Of them judged, as they are.
    pub judged: u64,
    /// Of them counted: drawn, and every one drawn before them is judged, too.
    pub counted: u64,
    /// Of the counted ones, judged wrong.
    pub wrong: u64,
    /// Of the counted ones, judged unsure.
    pub unsure: u64,
    /// At most this share of the groups is wrong.
    pub at_most: f64,
    /// With this confidence.
    pub confidence: f64,
    /// The share that is to be reached.
    pub bound: f64,
    /// Whether it is.
    pub met: bool,
    /// How many more have to be judged right for that.
    pub more: u64,
    /// The seed of the sample.
    pub seed: u64,
    /// Per stratum: name, groups, counted, wrong or unsure.
    pub strata: Vec<(String, u64, u64, u64)>,
}

/// Groups to be judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// Positions of groups that are drawn and not judged, in the order of ids.
    pub open: Vec<usize>,
    /// How many groups are drawn, those that are judged included.
    pub drawn: u64,
}

/// What is counted of a stratum.
#[derive(Clone, Copy, Default)]
struct Counted {
    groups: u64,
    judged: u64,
    bad: u64,
}

/// Holds judgements against the groups: the bound they prove, and the sample that would prove `bound` when all else in
/// it is right, or a sample of `size`.
///
/// Strata are drawn in proportion, each share rounded up. What is proven is pooled: as many judgements as the stratum
/// that has the fewest for its share allows, and the wrong ones of each stratum by its share, rounded up; so a stratum
/// of which more was judged than its share neither helps nor harms. A stratified sample varies less than a plain one of
/// the same size, and drawing without putting back less than the binomial, so the bound errs on the safe side. Who has
/// judged every group knows, and needs no bound.
pub fn standing(
    groups: &[Group],
    judgements: &[Judgement],
    seed: u64,
    (bound, confidence): (f64, f64),
    size: Option<u64>,
) -> (Standing, Drawn) {
    let verdicts = latest(judgements);
    let verdict =
        |at: usize| verdicts.get(&(groups[at].id.as_str(), groups[at].fingerprint.as_str())).copied();
    let strata = strata(groups, seed);
    let all = groups.len() as u64;
    let judged = (0..groups.len()).filter(|&at| verdict(at).is_some()).count() as u64;
    let (mut wrong, mut unsure) = (0, 0);
    let mut parts = Vec::new();
    for stratum in &strata {
        let mut part = Counted { groups: stratum.groups.len() as u64, ..Counted::default() };
        for said in stratum.groups.iter().map_while(|&at| verdict(at)) {
            part.judged += 1;
            part.bad += u64::from(said != Verdict::Right);
            wrong += u64::from(said == Verdict::Wrong);
            unsure += u64::from(said == Verdict::Unsure);
        }
        parts.push(part);
    }
    let counted: u64 = parts.iter().map(|part| part.judged).sum();
    let (pooled, bad) = pooled(&parts, all);
    let is_whole = all > 0 && counted == all;
    let at_most = match is_whole {
        true => (wrong + unsure) as f64 / all as f64,
        false => upper(bad, pooled, confidence),
    };
    // What was judged wrong is not merged; when everything was judged, nothing unseen is left.
    let met = is_whole || at_most <= bound;
    let aim = size.unwrap_or_else(|| needed(bad, bound, confidence)).min(all);
    let share = |part: &Counted| part.groups.min(rounded_up(aim as f64 * part.groups as f64 / all as f64));
    let more = parts.iter().map(|part| share(part).saturating_sub(part.judged)).sum();
    let mut drawn = Drawn::default();
    for (stratum, part) in strata.iter().zip(&parts) {
        let taken = &stratum.groups[..share(part) as usize];
        drawn.drawn += taken.len() as u64;
        drawn.open.extend(taken.iter().copied().filter(|&at| verdict(at).is_none()));
    }
    drawn.open.sort_unstable();
    let strata =
        strata.into_iter().zip(&parts).map(|(of, part)| (of.name, part.groups, part.judged, part.bad));
    let standing = Standing {
        groups: all,
        judged,
        counted,
        wrong,
        unsure,
        at_most,
        confidence,
        bound,
        met,
        more: if met { 0 } else { more },
        seed,
        strata: strata.collect(),
    };
    (standing, drawn)
}

/// The size of the plain sample that the strata amount to, and how many of it are wrong.
fn pooled(parts: &[Counted], all: u64) -> (u64, u64) {
    let size = |part: &Counted| part.judged as f64 * all as f64 / part.groups as f64;
    let pooled = parts.iter().map(size).fold(f64::INFINITY, f64::min);
    if !pooled.is_finite() || pooled < 1.0 {
        return (0, 0);
    }
    let pooled = (pooled + ROUNDING).floor();
    let bad =
        |part: &Counted| pooled * part.groups as f64 / all as f64 * part.bad as f64 / part.judged as f64;
    (pooled as u64, rounded_up(parts.iter().map(bad).sum()))
}

fn rounded_up(number: f64) -> u64 {
    (number - ROUNDING).ceil().max(0.0) as u64
}

/// The last word on each group as it was.
fn latest(judgements: &[Judgement]) -> HashMap<(&str, &str), Verdict> {
    judgements
        .iter()
        .map(|said| ((said.proposal_id.as_str(), said.fingerprint.as_str()), said.judgement))
        .collect()
}
