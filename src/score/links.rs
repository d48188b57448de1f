//! All pairs above the floor.

use super::{Scorer, probability};
use crate::block::{Pair, Plan, Sample};
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

    /// Leaves one of links of the same pair, which a reopened block finds again.
    fn dedup(&mut self) {
        let is_first =
            |at: &usize| *at == 0 || (self.a[*at], self.b[*at]) != (self.a[*at - 1], self.b[*at - 1]);
        let first: Vec<usize> = (0..self.len()).filter(is_first).collect();
        if first.len() == self.len() {
            return;
        }
        self.a = first.iter().map(|&at| self.a[at]).collect();
        self.b = first.iter().map(|&at| self.b[at]).collect();
        self.weight = first.iter().map(|&at| self.weight[at]).collect();
        self.pattern = first.iter().map(|&at| self.pattern[at]).collect();
        self.rule = first.iter().map(|&at| self.rule[at]).collect();
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
    let judge = Judge::new(comparator, scorer, floor, first_rule);
    let found = plan.for_each_batch(
        Sample::All,
        Found::default,
        |found, rule, pairs| judge.compare(found, rule, pairs),
        |pairs| progress.event(Event::Advanced { stage: "score", by: pairs }),
    );
    let compared = found.iter().map(|part| part.compared).sum();
    from_rows(found.into_iter().flat_map(|part| part.rows).collect(), compared)
}

/// What an earlier run found of pairs, by the record numbers of this one.
#[derive(Clone, Debug, Default)]
pub struct Earlier<'a> {
    /// Links of two records that are both as they were: both records and the pattern.
    pub links: &'a [(u32, u32, u64)],
    /// Per record: whether it is not as it was, in itself or in what the data set says of its values.
    pub has_changed: &'a [bool],
}

/// As [`find`], but only pairs of which something has changed are compared; the other links are those of an earlier run
/// with the same model and floor. The links are the same as those of [`find`]; [`Links::compared`] counts what was done.
pub fn renew(
    plan: &Plan,
    comparator: &Comparator<'_>,
    scorer: &Scorer,
    (floor, first_rule): (f64, u16),
    earlier: &Earlier<'_>,
    progress: &dyn Progress,
) -> Links {
    let judge = Judge::new(comparator, scorer, floor, first_rule);
    let found = plan.for_each_changed(
        earlier.has_changed,
        Found::default,
        |found, rule, pairs| judge.compare(found, rule, pairs),
        |pairs| progress.event(Event::Advanced { stage: "score", by: pairs }),
    );
    let compared = found.iter().map(|part| part.compared).sum();
    let mut rows: Vec<Row> = found.into_iter().flat_map(|part| part.rows).collect();
    // A block that was given up since may have been the only one in which two met.
    rows.par_extend(earlier.links.par_iter().filter_map(|&(a, b, pattern)| {
        let (a, b) = (a.min(b), a.max(b));
        let rule = first_rule + u16::from(plan.first_rule(a, b)?);
        Some(Row { a, b, weight: scorer.weight(pattern), pattern, rule })
    }));
    let mut links = from_rows(rows, compared);
    links.dedup();
    links
}

/// Compares batches of pairs.
struct Judge<'a> {
    comparator: &'a Comparator<'a>,
    scorer: &'a Scorer,
    floor_weight: i64,
    first_rule: u16,
}

impl<'a> Judge<'a> {
    fn new(comparator: &'a Comparator<'a>, scorer: &'a Scorer, floor: f64, first_rule: u16) -> Self {
        let floor_weight = ((floor / (1.0 - floor)).log2() * super::MICRO).round() as i64;
        Self { comparator, scorer, floor_weight, first_rule }
    }

    fn compare(&self, found: &mut Found, rule: u8, pairs: &[Pair]) {
        found.compared += pairs.len() as u64;
        for pair in pairs {
            let pattern = self.comparator.pattern(pair.a, pair.b, &mut found.memo);
            let weight = self.scorer.weight(pattern);
            if weight >= self.floor_weight {
                let rule = self.first_rule + u16::from(rule);
                found.rows.push(Row { a: pair.a, b: pair.b, weight, pattern, rule });
            }
        }
    }
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
