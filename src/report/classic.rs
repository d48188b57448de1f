//! The section on Business Central's own duplicate search: what it finds, what alike finds, and why they differ.

use super::page::Limits;
use super::words;
use serde::Serialize;

/// Both searches, pair by pair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClassicReport {
    /// The counts.
    #[serde(flatten)]
    pub counts: ClassicCounts,
    /// Pairs that only bc-classic finds, some of each reason.
    pub only_classic_examples: Vec<ClassicExample>,
    /// Pairs that only alike proposes, some of each reason.
    pub only_alike_examples: Vec<ClassicExample>,
}

/// Counts of pairs of records, for the manifest, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClassicCounts {
    /// The rules, such as `first 5 of Name`.
    pub rules: Vec<String>,
    /// Search Hit %.
    pub hit_percent: u32,
    /// How many strings must be equal.
    pub threshold: u32,
    /// Companies that were searched.
    pub companies: u64,
    /// Companies with fewer strings than the threshold, which can never be found.
    pub too_sparse: u64,
    /// Pairs that bc-classic finds.
    pub pairs: u64,
    /// Pairs of companies that alike proposes (lanes auto and review).
    pub alike_pairs: u64,
    /// Pairs that both find.
    pub both: u64,
    /// Pairs that only bc-classic finds.
    pub only_classic: u64,
    /// Pairs of companies that only alike proposes.
    pub only_alike: u64,
    /// Pairs of persons that alike proposes; bc-classic never looks at persons.
    pub persons: u64,
    /// Why alike does not propose the pairs that only bc-classic finds.
    pub why_not_alike: Vec<ClassicReason>,
    /// Why bc-classic does not find the pairs that only alike proposes.
    pub why_not_classic: Vec<ClassicReason>,
}

/// A reason and how many pairs it holds for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClassicReason {
    /// Its name: `never_compared`.
    pub reason: String,
    /// The same in words.
    pub meaning: String,
    /// Pairs.
    pub pairs: u64,
}

/// A pair that only one of the two finds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClassicExample {
    /// The contacts: number, name, place.
    pub records: [[String; 3]; 2],
    /// How many strings are equal, and how many both have.
    pub strings: String,
    /// Why the other search does not have it.
    pub reason: String,
}

impl ClassicReport {
    /// Within the limits of a page.
    pub(super) fn cut(&self, limits: &Limits) -> Self {
        let examples = |all: &[ClassicExample]| {
            let cell = |text: &String| words::cut(text, limits.chars);
            let example = |example: &ClassicExample| ClassicExample {
                records: example.records.each_ref().map(|record| record.each_ref().map(cell)),
                strings: example.strings.clone(),
                reason: words::cut(&example.reason, limits.chars * 2),
            };
            all.iter().take(limits.proposals).map(example).collect()
        };
        let rules = self.counts.rules.iter().take(limits.rules);
        let rules = rules.map(|rule| words::cut(rule, limits.chars)).collect();
        Self {
            counts: ClassicCounts { rules, ..self.counts.clone() },
            only_classic_examples: examples(&self.only_classic_examples),
            only_alike_examples: examples(&self.only_alike_examples),
        }
    }
}
