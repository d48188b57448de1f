use crate::block::{Plan, RuleCost};
use crate::normalize::Population;
use serde::Serialize;

/// One blocking rule: what it costs and what was given up.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RuleReport {
    /// Whom it is for: `person`, `company` or `other`.
    pub population: String,
    /// The rule's name.
    pub name: String,
    /// Whether it was used; the note says why not.
    pub used: bool,
    /// What it costs, and what was given up.
    #[serde(flatten)]
    pub cost: RuleCost,
    /// What else there is to say; may be empty.
    pub note: String,
}

/// The rules of all plans, in order; those left out come last.
pub fn rules<'a>(plans: impl IntoIterator<Item = &'a Plan>) -> Vec<RuleReport> {
    let mut rules = Vec::new();
    for plan in plans {
        let population = population(plan.population);
        rules.extend(plan.rules.iter().zip(&plan.costs).map(|(rule, cost)| {
            RuleReport {
                population: population.to_string(),
                name: rule.name.clone(),
                used: true,
                cost: cost.clone(),
                note: rule
                    .divides
                    .and_then(|divided| plan.rules.get(divided as usize))
                    .map_or(String::new(), |divided| format!("divides large blocks of {}", divided.name)),
            }
        }));
        rules.extend(plan.left_out.iter().map(|(name, why)| RuleReport {
            population: population.to_string(),
            name: name.clone(),
            note: why.clone(),
            ..RuleReport::default()
        }));
    }
    rules
}

fn population(population: Population) -> &'static str {
    match population {
        Population::Person => "person",
        Population::Company => "company",
        Population::Other => "other",
    }
}
