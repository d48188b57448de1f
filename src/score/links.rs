//! All pairs above the floor.

use super::{Scorer, probability};
use crate::block::{Plan, Sample};
use crate::compare::{Comparator, Memo};
use crate::progress::{Event, Progress};
use rayon::prelude::*;

/// Pairs whose match probability is at least the floor, ordered by (a, b), a < b.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Links {
    /// The record with the smaller number.
    pub a: Vec<u32>,
    /// The record with the larger number.
    pub b: Vec<u32>,
    /// Match weight in micro-bits (log2 odds × 1e6), the classes' shares included.
    pub weight: Vec<i64>,
    /// Packed comparison levels (see `compare`), 4 bits a comparison, first comparison lowest.
    pub pattern: Vec<u64>,
    /// The blocking rule that made the pair: its position in the rules of all populations, one after another.
    pub rule: Vec<u16>,
    /// How many pairs were compared to find these.
    pub compared: u64,
}

impl Links {
    /// How many links.
    pub fn len(&self) -> usize {
        self.a.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.a.is_empty()
    }

    /// Match probability of a link.
    pub fn probability(&self, link: usize) -> f64 {
        probability(self.weight[link])
    }

    /// The position of the link between two records, if there is one.
    pub fn position(&self, a: u32, b: u32) -> Option<usize> {
        let (a, b) = (a.min(b), a.max(b));
        let start = self.a.partition_point(|&other| other < a);
        let end = self.a.partition_point(|&other| other <= a);
        self.b[start..end].binary_search(&b).ok().map(|at| start + at)
    }

    /// Joins the links of several populations.
    pub fn join(parts: Vec<Links>) -> Links {
        let compared = parts.iter().map(|part| part.compared).sum();
        let mut rows: Vec<Row> = Vec::with_capacity(parts.iter().map(Links::len).sum());
        for part in &parts {
            rows.extend((0..part.len()).map(|at| Row {
                a: part.a[at],
                b: part.b[at],
                weight: part.weight[at],
                pattern: part.pattern[at],
                rule: part.rule[at],
            }));
        }
        from_rows(rows, compared)
    }
}

#[derive(Clone, Copy)]
struct Row {
    a: u32,
    b: u32,
    weight: i64,
    pattern: u64,
    rule: u16,
}

/// A task's findings.
#[derive(Default)]
struct Found {
    rows: Vec<Row>,
    memo: Memo,
    compared: u64,
}

/// Compares and scores every candidate pair of a plan and keeps those whose probability is at least `floor`.
///
/// The plan's rules are numbered from `first_rule`.
pub fn find(
    plan: &Plan,
    comparator: &Comparator<'_>,
    scorer: &Scorer,
    floor: f64,
    first_rule: u16,
    progress: &dyn Progress,
) -> Links {
    let floor_weight = ((floor / (1.0 - floor)).log2() * super::MICRO).round() as i64;
    let found = plan.for_each_batch(
        Sample::All,
        Found::default,
        |found, rule, pairs| {
            found.compared += pairs.len() as u64;
            for pair in pairs {
                let pattern = comparator.pattern(pair.a, pair.b, &mut found.memo);
                let weight = scorer.weight(pattern);
                if weight >= floor_weight {
                    found.rows.push(Row {
                        a: pair.a,
                        b: pair.b,
                        weight,
                        pattern,
                        rule: first_rule + u16::from(rule),
                    });
                }
            }
        },
        |pairs| progress.event(Event::Advanced { stage: "score", by: pairs }),
    );
    let compared = found.iter().map(|part| part.compared).sum();
    from_rows(found.into_iter().flat_map(|part| part.rows).collect(), compared)
}

fn from_rows(mut rows: Vec<Row>, compared: u64) -> Links {
    rows.par_sort_unstable_by_key(|row| (row.a, row.b));
    Links {
        a: rows.iter().map(|row| row.a).collect(),
        b: rows.iter().map(|row| row.b).collect(),
        weight: rows.iter().map(|row| row.weight).collect(),
        pattern: rows.iter().map(|row| row.pattern).collect(),
        rule: rows.iter().map(|row| row.rule).collect(),
        compared,
    }
}
