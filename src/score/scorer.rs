//! From pattern to match weight.

use super::{ComparisonModel, MICRO, PopulationModel};
use crate::compare::{LEVEL_BITS, level_of};

/// The smallest weight a pair can get and the largest, in bits; beyond it a probability is 0 or 1 for every purpose.
const LIMIT_BITS: f64 = 100.0;

/// The level of plainly different values, in every comparison.
const DIFFERENT: u8 = 1;

/// Where the levels of a way to reach somebody (mailbox, telephone) lie.
#[derive(Clone, Copy, Debug)]
struct ReachLevels {
    /// First and last level of a role's mailbox, a switchboard, a building's line.
    shared: (u8, u8),
    /// Here it agrees and nobody else has it.
    own: u8,
}

impl ReachLevels {
    fn of(comparison: &ComparisonModel) -> Option<Self> {
        if !matches!(comparison.name.as_str(), "email" | "phone") {
            return None;
        }
        let first = comparison.levels.iter().position(|level| level.starts_with("exact"))?;
        let last = comparison.levels.iter().position(|level| level == "exact, shared by many")?;
        Some(Self { shared: (first as u8, last as u8), own: comparison.levels.len() as u8 - 1 })
    }
}

/// A model laid out for speed: one flat table of micro-bits.
#[derive(Clone, Debug)]
pub struct Scorer {
    comparisons: usize,
    classes: usize,
    /// `[comparison][level][class]`, 16 levels a comparison.
    table: Vec<i64>,
    priors: Vec<i64>,
    /// Positions of given and family name, when both are compared.
    names: Option<(usize, usize)>,
    /// Facts that belong to one person only: comparison and the lowest level at which they agree.
    strong: Vec<(usize, u8)>,
    /// Ways to reach somebody: comparison and its levels.
    reach: Vec<(usize, ReachLevels)>,
}

/// What one comparison adds to a pair's weight against the most likely relation that is not a match.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Name of the comparison.
    pub comparison: String,
    /// Its reason code.
    pub code: String,
    /// Name of the level.
    pub level: String,
    /// Level number; 0 = missing.
    pub level_number: u8,
    /// Weight in micro-bits.
    pub weight: i64,
}

impl Scorer {
    /// Lays out a model.
    pub fn new(model: &PopulationModel) -> Self {
        let (comparisons, classes) = (model.comparisons.len(), model.classes.len());
        let mut table = vec![0i64; (comparisons << LEVEL_BITS) * classes];
        for (class_at, class) in model.classes.iter().enumerate() {
            for (comparison, levels) in class.log2_probability.iter().enumerate() {
                for (level, &weight) in levels.iter().enumerate() {
                    table[((comparison << LEVEL_BITS) + level) * classes + class_at] = weight;
                }
            }
        }
        let priors = model.classes.iter().map(|class| micro_log2(class.share_ppm as f64 / 1e6)).collect();
        let position = |name: &str| model.comparisons.iter().position(|comparison| comparison.name == name);
        let names = position("given_name").zip(position("family_name"));
        let is_strong = |comparison: &ComparisonModel| {
            comparison.name == "birth_date" || comparison.levels.iter().any(|level| level == "exact, shared")
        };
        let strong = model.comparisons.iter().enumerate().filter(|(_, comparison)| is_strong(comparison));
        // A number of the state is one person's under whatever name; a customer's may be a household's.
        let lowest = |comparison: &ComparisonModel| {
            let is_personal = comparison.name.starts_with("national_id");
            comparison.levels.len() as u8 - if is_personal { 2 } else { 1 }
        };
        let strong = strong.map(|(at, comparison)| (at, lowest(comparison))).collect();
        let reach = model.comparisons.iter().enumerate();
        let reach = reach.filter_map(|(at, comparison)| Some((at, ReachLevels::of(comparison)?))).collect();
        Self { comparisons, classes, table, priors, names, strong, reach }
    }

    /// The match weight of a pattern in micro-bits: log2 odds, the classes' shares included.
    pub fn weight(&self, pattern: u64) -> i64 {
        if self.is_vetoed(pattern) {
            return (-LIMIT_BITS * MICRO) as i64;
        }
        let mut sums = [0i64; 16];
        let sums = &mut sums[..self.classes];
        sums.copy_from_slice(&self.priors);
        for comparison in 0..self.comparisons {
            let level = level_of(pattern, comparison) as usize;
            let row = ((comparison << LEVEL_BITS) + level) * self.classes;
            for (sum, weight) in sums.iter_mut().zip(&self.table[row..row + self.classes]) {
                *sum += weight;
            }
        }
        log2_odds(sums)
    }

    /// Whether a fact forbids the pair.
    ///
    /// Two persons whose given and family names both plainly differ are two, whatever mailbox, line and address they
    /// share. So are two of whom one name differs and who share a role's mailbox or a switchboard. A birth date
    /// or an identifier that agrees lifts both, a mailbox or a line of one's own the second. No weight of shared facts
    /// may outvote that, least of all in a file without duplicates, where the model has no matches to learn from.
    pub fn is_vetoed(&self, pattern: u64) -> bool {
        let Some((given, family)) = self.names else { return false };
        let differs = |name| level_of(pattern, name) == DIFFERENT;
        if !differs(given) && !differs(family)
            || self.strong.iter().any(|&(at, lowest)| level_of(pattern, at) >= lowest)
        {
            return false;
        }
        if differs(given) && differs(family) {
            return true;
        }
        let mut shares = false;
        for &(at, levels) in &self.reach {
            let level = level_of(pattern, at);
            if level == levels.own {
                return false;
            }
            shares |= (levels.shared.0..=levels.shared.1).contains(&level);
        }
        shares
    }

    /// The class other than *match* that explains a pattern best.
    pub fn rival(&self, pattern: u64) -> usize {
        let sum = |class: usize| -> i64 {
            let levels = (0..self.comparisons).map(|at| (at << LEVEL_BITS) + level_of(pattern, at) as usize);
            self.priors[class] + levels.map(|row| self.table[row * self.classes + class]).sum::<i64>()
        };
        // Ties go to the first class.
        (1..self.classes).max_by_key(|&class| (sum(class), std::cmp::Reverse(class))).unwrap_or(0)
    }

    /// How each comparison of a pattern weighs against the rival class, and the weight the shares start with.
    pub fn steps(&self, model: &PopulationModel, pattern: u64) -> (i64, Vec<Step>) {
        let rival = self.rival(pattern);
        let steps = model.comparisons.iter().enumerate().map(|(at, comparison)| {
            let level = level_of(pattern, at);
            let row = ((at << LEVEL_BITS) + level as usize) * self.classes;
            Step {
                comparison: comparison.name.clone(),
                code: comparison.code.clone(),
                level: comparison.levels.get(level as usize).cloned().unwrap_or_default(),
                level_number: level,
                weight: self.table[row] - self.table[row + rival],
            }
        });
        (self.priors[0] - self.priors[rival], steps.collect())
    }
}

/// log2 of a share in micro-bits; a share of nothing is as unlikely as the limit.
pub(crate) fn micro_log2(share: f64) -> i64 {
    if share > 0.0 {
        (share.log2().max(-LIMIT_BITS) * MICRO).round() as i64
    } else {
        (-LIMIT_BITS * MICRO) as i64
    }
}

/// Log2 odds of the first class against the sum of the others, in micro-bits.
fn log2_odds(sums: &[i64]) -> i64 {
    let others = &sums[1..];
    let Some(&top) = others.iter().max() else {
        return (LIMIT_BITS * MICRO) as i64;
    };
    let rest: f64 = others.iter().map(|&sum| ((sum - top) as f64 / MICRO).exp2()).sum();
    let weight = (sums[0] - top) as f64 / MICRO - rest.log2();
    (weight.clamp(-LIMIT_BITS, LIMIT_BITS) * MICRO).round() as i64
}

/// Probability of a match weight.
pub fn probability(weight: i64) -> f64 {
    1.0 / (1.0 + (-(weight as f64) / MICRO).exp2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_against_several_classes_add_up() {
        // 4 : (1 + 1) = 2 : 1, one bit.
        assert_eq!(log2_odds(&[2_000_000, 0, 0]), 1_000_000);
        assert!((probability(1_000_000) - 2.0 / 3.0).abs() < 1e-9);
        assert!((probability(0) - 0.5).abs() < 1e-12);
    }
}
