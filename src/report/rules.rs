use crate::block::Plan;
use crate::normalize::Population;
use serde::Serialize;

/// One blocking rule: what it costs and what was given up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RuleReport {
    /// Whom it is for: `person`, `company` or `other`.
    pub population: String,
    /// The rule's name.
    pub name: String,
    /// Whether it was used; the note says why not.
    pub used: bool,
    /// Records that have a key.
    pub records: u64,
    /// Keys shared by two records or more.
    pub blocks: u64,
    /// Records in the largest block.
    pub largest: u64,
    /// Pairs within blocks; a pair in several blocks counts in each.
    pub pairs: u64,
    /// Blocks that were too large and were divided by a second key.
    pub divided_blocks: u64,
    /// Records in them.
    pub divided_records: u64,
    /// Parts that were still too large and were given up.
    pub dropped_blocks: u64,
    /// Records in them; they may still meet by other rules.
    pub dropped_records: u64,
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
                records: cost.records,
                blocks: cost.blocks,
                largest: cost.largest,
                pairs: cost.pairs,
                divided_blocks: cost.divided_blocks,
                divided_records: cost.divided_records,
                dropped_blocks: cost.dropped_blocks,
                dropped_records: cost.dropped_records,
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
