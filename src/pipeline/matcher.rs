//! Matching of one population: its blocking plan, its comparisons and its model, side by side.
//!
//! `pipeline` uses it to find links, `explain` to look at one pair the way the run did.

use crate::block::{self, Choice, GivenUp, Plan};
use crate::cluster::Judge;
use crate::compare::{Comparator, Memo};
use crate::config::{BlockSettings, ScoreSettings};
use crate::normalize::{Contacts, Population};
use crate::progress::Progress;
use crate::report::explain::Step;
use crate::score::{self, Earlier, Links, Model, PopulationModel, Scorer};
use crate::train;

/// Everything needed to judge pairs of one population.
pub struct Matcher<'a> {
    /// Which pairs are compared.
    pub plan: Plan,
    /// How they are compared.
    pub comparator: Comparator<'a>,
    /// How they are judged.
    pub model: PopulationModel,
    scorer: Scorer,
}

/// Why a saved model cannot be used on these files.
#[derive(Debug, thiserror::Error)]
pub enum MatchError {
    /// The model was trained on other columns.
    #[error(
        "the model has no {population:?} model with the comparisons of these files; it was trained on other columns \
         (these files have: {have}). Train anew by leaving `matching.model` out of the settings"
    )]
    OtherColumns { population: Population, have: String },
    /// A frozen model knows something that the files do not have any more.
    #[error(
        "the frozen {population:?} model compares `{what}`, which these files do not have any more; bring the column back, or \
         train anew with --retrain"
    )]
    Unfit { population: Population, what: String },
}

/// What later runs use again: the model, and which pairs are compared.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Frozen {
    /// The model.
    pub model: Model,
    /// The blocking of each population.
    pub choices: Vec<Choice>,
}

/// Prepares the comparisons of each plan, chooses its rules, and trains its model unless one is given.
pub fn prepare<'a>(
    contacts: &'a Contacts,
    plans: Vec<Plan>,
    saved: Option<&Model>,
    settings: &ScoreSettings,
) -> Result<Vec<Matcher<'a>>, MatchError> {
    plans
        .into_iter()
        .map(|mut plan| {
            let comparator = Comparator::new(contacts, plan.population, &plan.members);
            // A first model tells which rules are worth their pairs. The pairs that are made then are others than those
            // it knows, so the model that judges learns from them. With a saved model the same pairs are made.
            let first = Scorer::new(&train::model(contacts, &plan, &comparator, settings));
            plan.keep_worthy(&train::yields(&plan, &comparator, &first));
            let model = match saved {
                None => train::model(contacts, &plan, &comparator, settings),
                Some(saved) => fitting(saved, &comparator, plan.population)?,
            };
            let scorer = Scorer::new(&model);
            Ok(Matcher { plan, comparator, model, scorer })
        })
        .collect()
}

/// Prepares what a frozen model knows, as it was frozen; other populations are planned and trained as by [`prepare`].
///
/// `before` are the keys that the run before gave up. Errors: a column of the model is not there any more.
pub fn prepare_again<'a>(
    contacts: &'a Contacts,
    frozen: &Frozen,
    before: &[(Population, GivenUp)],
    settings: (&BlockSettings, &ScoreSettings),
) -> Result<Vec<Matcher<'a>>, MatchError> {
    let gone = |population: Population, what: String| MatchError::Unfit { population, what };
    let mut matchers = Vec::new();
    for population in [Population::Person, Population::Company, Population::Other] {
        let choice = frozen.choices.iter().find(|choice| choice.population == population);
        let (Some(model), Some(choice)) = (frozen.model.of(population), choice) else {
            let plan = block::plan_of(contacts, population, settings.0);
            matchers.extend(prepare(contacts, plan.into_iter().collect(), None, settings.1)?);
            continue;
        };
        let before = before.iter().find(|(other, _)| *other == population).map(|(_, before)| before);
        let plan = block::plan_again(contacts, choice, before, settings.0)
            .map_err(|misfit| gone(population, misfit.0))?;
        let Some(plan) = plan else { continue };
        let names: Vec<&str> = model.comparisons.iter().map(|comparison| comparison.name.as_str()).collect();
        let comparator = Comparator::named(contacts, population, &plan.members, &names)
            .map_err(|name| gone(population, name))?;
        let same_levels = model
            .comparisons
            .iter()
            .zip(comparator.comparisons())
            .all(|(saved, now)| saved.levels.iter().eq(now.levels.iter().map(|level| level.name)));
        if !same_levels {
            return Err(gone(population, "the levels of its comparisons".to_string()));
        }
        let scorer = Scorer::new(model);
        matchers.push(Matcher { plan, comparator, model: model.clone(), scorer });
    }
    Ok(matchers)
}

/// The saved model of a population, if it knows exactly these comparisons.
fn fitting(
    saved: &Model,
    comparator: &Comparator<'_>,
    population: Population,
) -> Result<PopulationModel, MatchError> {
    let names: Vec<&str> =
        comparator.comparisons().iter().map(|comparison| comparison.name.as_str()).collect();
    let fits = |model: &&PopulationModel| {
        model.comparisons.len() == names.len()
            && model.comparisons.iter().zip(comparator.comparisons()).all(|(saved, now)| {
                saved.name == now.name && saved.levels.iter().eq(now.levels.iter().map(|level| level.name))
            })
    };
    saved
        .of(population)
        .filter(fits)
        .cloned()
        .ok_or_else(|| MatchError::OtherColumns { population, have: names.join(", ") })
}

/// Plans the blocking of all populations.
pub fn plan(contacts: &Contacts, settings: &BlockSettings) -> Vec<Plan> {
    block::plan(contacts, settings)
}

impl Matcher<'_> {
    /// Every candidate pair whose probability is at least `floor`; its rules are numbered from `first_rule`.
    pub fn links(&self, floor: f64, first_rule: u16, progress: &dyn Progress) -> Links {
        score::find(&self.plan, &self.comparator, &self.scorer, floor, first_rule, progress)
    }

    /// The same links, given those of an earlier run with the same model and floor.
    pub fn links_again(
        &self,
        floor: f64,
        first_rule: u16,
        earlier: &Earlier<'_>,
        progress: &dyn Progress,
    ) -> Links {
        score::renew(&self.plan, &self.comparator, &self.scorer, (floor, first_rule), earlier, progress)
    }

    /// Names of the blocking rules, in order.
    pub fn rule_names(&self) -> impl Iterator<Item = String> + '_ {
        self.plan.rules.iter().map(|rule| rule.name.clone())
    }

    /// Judges pairs for clustering.
    pub fn judge(&self) -> Judge<'_> {
        Judge {
            comparator: &self.comparator,
            scorer: &self.scorer,
            population: self.plan.population,
            repeats: &self.plan.repeats,
        }
    }

    /// The scorer, for explanations.
    pub fn scorer(&self) -> &Scorer {
        &self.scorer
    }

    /// Weight (micro-bits) and pattern of any pair of the population, whether blocking makes it or not.
    pub fn pair(&self, a: u32, b: u32) -> (i64, u64) {
        self.pair_with(a, b, &mut Memo::new())
    }

    /// The same, for many pairs.
    pub fn pair_with(&self, a: u32, b: u32, memo: &mut Memo) -> (i64, u64) {
        let (a, b) = self.plan.stand_ins(a, b);
        let pattern = self.comparator.pattern(a.min(b), a.max(b), memo);
        (self.scorer.weight(pattern), pattern)
    }

    /// The relation that a pattern looks most like, apart from a match: `household`, `namesakes`, …
    pub fn relation(&self, pattern: u64) -> &str {
        self.model.classes.get(self.scorer.rival(pattern)).map_or("", |class| class.name.as_str())
    }
}

/// What every comparison of two records weighs, with the values as compared; empty when no model covers both.
pub fn steps(matchers: &[Matcher<'_>], contacts: &Contacts, a: u32, b: u32) -> Vec<Step> {
    let population = contacts.population[a as usize];
    let Some(matcher) = matchers.iter().find(|matcher| matcher.plan.population == population) else {
        return Vec::new();
    };
    if contacts.population[b as usize] != population {
        return Vec::new();
    }
    let (_, pattern) = matcher.pair(a, b);
    matcher.explain(pattern, a, b).steps
}

/// A pair's weight taken apart.
pub struct Parts {
    /// Weight of the classes' shares, micro-bits.
    pub prior: i64,
    /// One per comparison.
    pub steps: Vec<Step>,
    /// The relation it was weighed against.
    pub against: String,
}

impl Matcher<'_> {
    /// Takes the weight of a pattern apart.
    pub fn explain(&self, pattern: u64, a: u32, b: u32) -> Parts {
        let (prior, steps) = self.scorer.steps(&self.model, pattern);
        let rival = self.scorer.rival(pattern);
        let steps = steps.into_iter().enumerate().map(|(at, step)| Step {
            comparison: step.comparison,
            value_a: self.comparator.shown(at, a),
            value_b: self.comparator.shown(at, b),
            level: step.level,
            weight_microbits: step.weight,
            note: String::new(),
        });
        let against =
            self.model.classes.get(rival).map_or(String::new(), |class| class.name.replace('_', " "));
        Parts { prior, steps: steps.collect(), against }
    }
}
