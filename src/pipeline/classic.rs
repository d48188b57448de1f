//! Business Central's own search beside that of alike: what each finds, and why the other does not.

use super::matcher::Matcher;
use crate::classic::{Classic, Pair, contact_no};
use crate::cluster::{Clusters, Lane};
use crate::config::ClusterSettings;
use crate::map::{Dataset, Field};
use crate::normalize::{Contacts, Population};
use crate::report::{ClassicCounts, ClassicExample, ClassicReason, ClassicReport};
use crate::score::probability;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Examples of each difference; the page shows no more.
const EXAMPLES: usize = 20;

/// What the comparison is made from.
pub struct Sides<'a> {
    pub data: &'a Dataset,
    pub contacts: &'a Contacts,
    pub clusters: &'a Clusters,
    pub matchers: &'a [Matcher<'a>],
    pub cluster: &'a ClusterSettings,
}

/// Why alike does not propose a pair, in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Missed {
    Held(&'static str),
    Vetoed,
    NeverCompared,
    BelowThreshold,
    KeptApart,
    NotACompany,
}

impl Missed {
    fn name(self) -> String {
        match self {
            Self::Held(reason) => format!("held: {reason}"),
            Self::Vetoed => "vetoed".into(),
            Self::NeverCompared => "never_compared".into(),
            Self::BelowThreshold => "below_threshold".into(),
            Self::KeptApart => "kept_apart".into(),
            Self::NotACompany => "not_a_company".into(),
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Held(_) => "Proposed, but on hold: something speaks against merging.",
            Self::Vetoed => "A fact forbids the pair.",
            Self::NeverCompared => "They share no key of a blocking rule, so little is alike as a whole.",
            Self::BelowThreshold => "Compared, and the match probability is too low.",
            Self::KeptApart => "Alike as a pair, but the groups they belong to are not.",
            Self::NotACompany => "alike takes at least one of them for a person, by its name.",
        }
    }
}

/// Why bc-classic does not find a pair that alike proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Overlooked {
    TooSparse,
    TooFewEqual,
    NotSearched,
}

impl Overlooked {
    fn name(self) -> &'static str {
        match self {
            Self::TooSparse => "too_few_strings",
            Self::TooFewEqual => "too_few_equal",
            Self::NotSearched => "not_searched",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::TooSparse => {
                "Too few fields are filled in both: even if all were equal, it would not be enough."
            }
            Self::TooFewEqual => {
                "Fields differ at their ends in writing: accents, legal form, notation of a number."
            }
            Self::NotSearched => "One of them is no company by its type, and persons are never searched.",
        }
    }
}

impl Sides<'_> {
    /// The comparison.
    pub fn compare(&self, classic: &Classic) -> ClassicReport {
        let judged: Vec<(Option<(Missed, f64)>, &Pair)> =
            classic.pairs.par_iter().map(|pair| (self.missed(pair.a, pair.b), pair)).collect();
        let mut missed: BTreeMap<Missed, Vec<(f64, &Pair)>> = BTreeMap::new();
        for (why, pair) in judged {
            if let Some((why, probability)) = why {
                missed.entry(why).or_default().push((probability, pair));
            }
        }
        let only_classic = missed.values().map(|pairs| pairs.len() as u64).sum();
        let mut overlooked: BTreeMap<Overlooked, Vec<(u32, u32)>> = BTreeMap::new();
        let mut persons = 0;
        for cluster in self.clusters.groups.iter().filter(|cluster| !matches!(cluster.lane, Lane::Hold(_))) {
            for (at, &a) in cluster.members.iter().enumerate() {
                for &b in &cluster.members[at + 1..] {
                    let searched = classic.matching(a, b).is_some();
                    match self.contacts.population[a as usize] {
                        Population::Person if !searched => persons += 1,
                        Population::Other if !searched => {}
                        _ => {
                            if let Some(why) = overlook(classic, a, b) {
                                overlooked.entry(why).or_default().push((a, b));
                            }
                        }
                    }
                }
            }
        }
        let both = classic.pairs.len() as u64 - only_classic;
        let only_alike = overlooked.values().map(|pairs| pairs.len() as u64).sum();
        let reasons = |of: Vec<(String, &str, usize)>| {
            let reason = |(reason, meaning, pairs): (String, &str, usize)| ClassicReason {
                reason,
                meaning: meaning.to_string(),
                pairs: pairs as u64,
            };
            of.into_iter().map(reason).collect()
        };
        let told = |(why, pairs): (&Missed, &Vec<_>)| (why.name(), why.meaning(), pairs.len());
        let untold =
            |(why, pairs): (&Overlooked, &Vec<_>)| (why.name().to_string(), why.meaning(), pairs.len());
        let counts = ClassicCounts {
            rules: classic
                .rules
                .iter()
                .map(|rule| format!("{} {} of {}", rule.part.name(), rule.length, rule.field))
                .collect(),
            hit_percent: classic.hit_percent,
            threshold: classic.threshold,
            companies: u64::from(classic.companies),
            too_sparse: u64::from(classic.too_sparse),
            pairs: classic.pairs.len() as u64,
            alike_pairs: both + only_alike,
            both,
            only_classic,
            only_alike,
            persons,
            why_not_alike: reasons(missed.iter().map(told).collect()),
            why_not_classic: reasons(overlooked.iter().map(untold).collect()),
        };
        ClassicReport {
            counts,
            only_classic_examples: some_of_each(missed.iter(), |why, &(probability, pair)| {
                let reason = match why {
                    Missed::BelowThreshold => format!("below_threshold: {:.1} %", probability * 100.0),
                    why => why.name(),
                };
                self.example(classic, [pair.a, pair.b], reason)
            }),
            only_alike_examples: some_of_each(overlooked.iter(), |why, &(a, b)| {
                self.example(classic, [a, b], why.name().to_string())
            }),
        }
    }

    /// Why alike does not propose a pair, with its match probability; none when it does.
    fn missed(&self, a: u32, b: u32) -> Option<(Missed, f64)> {
        let [one, other] = [a, b].map(|record| self.clusters.of_record[record as usize]);
        if one == other && one != Clusters::ALONE {
            let cluster = &self.clusters.groups[one as usize];
            return match cluster.lane {
                Lane::Hold(reason) => Some((Missed::Held(reason.name()), f64::from(cluster.probability))),
                Lane::Auto | Lane::Review => None,
            };
        }
        let kinds = [a, b].map(|record| self.contacts.population[record as usize]);
        let matcher = self.matchers.iter().find(|matcher| matcher.plan.population == kinds[0]);
        let Some(matcher) = matcher.filter(|_| kinds == [Population::Company; 2]) else {
            return Some((Missed::NotACompany, 0.0));
        };
        let (weight, pattern) = matcher.pair(a, b);
        let probability = probability(weight);
        let why = match () {
            () if matcher.scorer().is_vetoed(pattern) => Missed::Vetoed,
            () if matcher.plan.shared_rules(a, b).is_empty() => Missed::NeverCompared,
            () if probability < self.cluster.join_at => Missed::BelowThreshold,
            () => Missed::KeptApart,
        };
        Some((why, probability))
    }

    fn example(&self, classic: &Classic, pair: [u32; 2], reason: String) -> ClassicExample {
        let shown = |record: u32| {
            let first = |fields: &[Field]| {
                let positions = fields.iter().flat_map(|field| self.data.positions(field));
                let cells = positions.map(|position| self.data.raw(record, position));
                cells.map(str::to_string).find(|cell| !cell.is_empty()).unwrap_or_default()
            };
            let place = [first(&[Field::Postcode]), first(&[Field::City])].join(" ");
            let name = first(&[Field::FullName, Field::Company, Field::LastName]);
            [contact_no(self.data, record), name, place.trim().to_string()]
        };
        let strings = classic.matching(pair[0], pair[1]).map_or("–".to_string(), |matching| {
            format!("{} of the {} that both have", matching.equal, matching.both)
        });
        ClassicExample { records: pair.map(shown), strings, reason }
    }
}

/// Why bc-classic does not find two companies; none when it does.
fn overlook(classic: &Classic, a: u32, b: u32) -> Option<Overlooked> {
    match classic.matching(a, b) {
        None => Some(Overlooked::NotSearched),
        // The pairs are all those that have enough, so the count says it.
        Some(matching) if classic.threshold > 0 && matching.equal >= classic.threshold => None,
        Some(matching) if matching.both < classic.threshold => Some(Overlooked::TooSparse),
        Some(_) => Some(Overlooked::TooFewEqual),
    }
}

/// Up to [`EXAMPLES`] pairs, as many of each reason as there is room for.
fn some_of_each<'p, R: 'p + Copy, P: 'p>(
    of: impl Iterator<Item = (&'p R, &'p Vec<P>)>,
    example: impl Fn(R, &P) -> ClassicExample,
) -> Vec<ClassicExample> {
    let mut lists: Vec<_> = of.map(|(why, pairs)| (*why, pairs.iter())).collect();
    let mut examples = Vec::new();
    while examples.len() < EXAMPLES && !lists.is_empty() {
        lists.retain_mut(|(why, pairs)| match pairs.next() {
            Some(pair) => {
                examples.push((*why, pair));
                true
            }
            None => false,
        });
    }
    examples.truncate(EXAMPLES);
    examples.into_iter().map(|(why, pair)| example(why, pair)).collect()
}
