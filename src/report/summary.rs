//! What a manager reads: the page in short, and proposals counted by their reasons.

use super::explain::percent;
use super::figures::Figures;
use super::page::Limits;
use super::{ReportInput, words};
use crate::cluster::{Lane, reason_class};
use crate::config::Severity;
use serde::Serialize;
use std::collections::BTreeMap;

/// Examples of a class of reasons that are linked.
const EXAMPLES: usize = 2;
/// Findings and hold reasons that are named in the summary.
const NAMED: usize = 3;
/// From how many records on a group is told as a risk: people rarely stand in that many systems.
const LARGE: usize = 10;

/// The page in short, beside the figures.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// The most frequent reasons for holding proposals.
    hold_reasons: String,
    /// What can go wrong, in sentences.
    risks: Vec<String>,
    /// The worst findings about the data.
    findings: Vec<String>,
    more_findings: usize,
}

/// Proposals with the same reasons.
#[derive(Debug, Serialize)]
pub struct ClassView {
    /// `+NAME+EMAIL-BIRTH`.
    code: String,
    /// Proposals by lane: auto, review, hold.
    lanes: [u64; 3],
    records: u64,
    /// Probability of the least sure of them.
    least: String,
    /// Ids of proposals on the page.
    examples: Vec<String>,
}

/// The summary.
pub fn summary(input: &ReportInput<'_>, figures: &Figures, limits: &Limits) -> Summary {
    let held = figures.held.iter().take(NAMED);
    let hold_reasons: Vec<String> =
        held.map(|held| format!("{} {}", words::count(held.proposals), held.reason)).collect();
    let findings = &input.quality.findings;
    let telling: Vec<&crate::profile::Finding> =
        findings.iter().filter(|finding| finding.severity != Severity::Info).collect();
    Summary {
        hold_reasons: hold_reasons.join(", "),
        risks: risks(input, figures),
        findings: telling
            .iter()
            .take(NAMED)
            .map(|finding| {
                let place = match &finding.column {
                    Some(column) => format!("{}, {column}", finding.source),
                    None => finding.source.clone(),
                };
                words::cut(&format!("{place}: {}", finding.message), limits.chars * 3)
            })
            .collect(),
        more_findings: telling.len().saturating_sub(NAMED),
    }
}

fn risks(input: &ReportInput<'_>, figures: &Figures) -> Vec<String> {
    let groups = input.clusters.groups.iter().zip(&input.golden.records);
    let sure = groups.clone().filter(|(cluster, _)| cluster.lane == Lane::Auto);
    let lost: u64 =
        sure.map(|(_, golden)| golden.others.iter().filter(|other| other.lost).count() as u64).sum();
    let large = groups.filter(|(cluster, _)| cluster.members.len() >= LARGE).count() as u64;
    let rough = input.model.populations.iter().filter(|population| !population.converged).count() as u64;
    let told = |count: u64, one: &str, many: &str| {
        (count > 0).then(|| format!("{} {}", words::count(count), if count == 1 { one } else { many }))
    };
    [
        told(
            lost,
            "value disappears in the sure merges (column lost of plan.csv).",
            "values disappear in the sure merges (column lost of plan.csv).",
        ),
        told(
            figures.total.quarantined,
            "row could not be read and is in no proposal (quarantine.csv).",
            "rows could not be read and are in no proposal (quarantine.csv).",
        ),
        told(
            large,
            "proposal has ten records or more: look at it first.",
            "proposals have ten records or more: look at them first.",
        ),
        told(
            rough,
            "model did not settle: its probabilities are rough.",
            "models did not settle: their probabilities are rough.",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Classes by their proposals, the largest first; the groups that stand for them and are not shown elsewhere on the page;
/// and how many classes are left out.
pub fn classes(input: &ReportInput<'_>, shown: &[u32], limits: &Limits) -> (Vec<ClassView>, Vec<u32>, usize) {
    let groups = &input.clusters.groups;
    let mut by_code: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (cluster, at) in groups.iter().zip(0..) {
        by_code.entry(reason_class(&cluster.reasons)).or_default().push(at);
    }
    let mut order: Vec<(String, Vec<u32>)> = by_code.into_iter().collect();
    order.sort_by(|(code, one), (other_code, other)| {
        other.len().cmp(&one.len()).then_with(|| code.cmp(other_code))
    });
    let left_out = order.len().saturating_sub(limits.classes);
    let id =
        |at: u32| input.proposals.proposals.get(at as usize).map_or(String::new(), |of| of.id.to_string());
    let (mut views, mut further) = (Vec::new(), Vec::new());
    for (code, members) in order.into_iter().take(limits.classes) {
        let mut lanes = [0; 3];
        let (mut records, mut least) = (0, 1.0_f32);
        for cluster in members.iter().map(|&at| &groups[at as usize]) {
            let lane = match cluster.lane {
                Lane::Auto => 0,
                Lane::Review => 1,
                Lane::Hold(_) => 2,
            };
            lanes[lane] += 1;
            records += cluster.members.len() as u64;
            least = least.min(cluster.probability);
        }
        // What is on the page already first; else one is laid out for the class.
        let mut examples: Vec<u32> =
            members.iter().copied().filter(|at| shown.contains(at)).take(EXAMPLES).collect();
        if let Some(&first) = members.iter().min_by_key(|&&at| id(at)).filter(|_| examples.is_empty()) {
            examples.push(first);
            further.push(first);
        }
        views.push(ClassView {
            code,
            lanes,
            records,
            least: percent(f64::from(least)),
            examples: examples.into_iter().map(id).collect(),
        });
    }
    (views, further, left_out)
}
