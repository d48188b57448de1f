//! Proposals side by side: members as columns, fields as rows, the golden record last, and what the pair weighs.

use super::explain::{self, MICRO, Step};
use super::page::Limits;
use super::words::{self, Codes};
use super::{ReportInput, chart};
use crate::cluster::{Cluster, Lane};
use crate::map::Kind;
use minijinja::Value;
use serde::Serialize;

/// One proposal as shown.
#[derive(Debug, Serialize)]
pub struct ProposalView {
    id: String,
    lane: &'static str,
    meaning: &'static str,
    hold: Option<String>,
    /// The sure proposal that this one adds records to, and how many.
    extends: Option<String>,
    added: usize,
    probability: String,
    cohesion: String,
    size: usize,
    members: Vec<MemberView>,
    members_left_out: usize,
    fields: Vec<FieldView>,
    fields_left_out: usize,
    lost: usize,
    favour: String,
    against: String,
    /// Why it is not merged without asking, one sentence each.
    why_asked: Vec<String>,
    evidence: Option<Evidence>,
}

#[derive(Debug, Serialize)]
struct MemberView {
    source: String,
    record_id: String,
    survivor: bool,
    support: String,
}

#[derive(Debug, Serialize)]
struct FieldView {
    label: String,
    cells: Vec<CellView>,
    golden: String,
    rule: String,
    /// Whether the members disagree.
    differs: bool,
}

/// One member's value and how it stands to the golden one: `same`, `variant`, `lost` or `none`.
#[derive(Debug, Serialize)]
struct CellView {
    value: String,
    mark: &'static str,
}

/// The waterfall of one pair of the proposal.
#[derive(Debug, Serialize)]
struct Evidence {
    /// The pair, when the proposal has more than two records.
    pair: Option<String>,
    steps: Vec<StepView>,
    /// Prior and steps together, when the pair is a link.
    total: Option<String>,
}

#[derive(Debug, Serialize)]
struct StepView {
    comparison: String,
    level: String,
    bits: String,
    chart: Value,
    note: String,
}

/// The most certain and the least certain proposals, so many of each, none twice, and how many are not shown.
pub fn ranked(input: &ReportInput<'_>, each: usize) -> (Vec<u32>, Vec<u32>, u64) {
    let groups = &input.clusters.groups;
    let id = |at: u32| input.proposals.proposals.get(at as usize).map(|proposal| proposal.id);
    let mut order: Vec<u32> = (0..groups.len() as u32).collect();
    order.sort_unstable_by(|&left, &right| {
        let (one, other) = (&groups[left as usize], &groups[right as usize]);
        let surer = other.probability.total_cmp(&one.probability);
        surer.then(other.cohesion.total_cmp(&one.cohesion)).then_with(|| id(left).cmp(&id(right)))
    });
    let certain: Vec<u32> = order.iter().copied().take(each).collect();
    let doubtful: Vec<u32> = order.iter().skip(certain.len()).rev().copied().take(each).collect();
    let left_out = groups.len() - certain.len() - doubtful.len();
    (certain, doubtful, left_out as u64)
}

/// Lays out one proposal.
pub fn view(input: &ReportInput<'_>, codes: &Codes, group: u32, limits: &Limits) -> ProposalView {
    let cluster = &input.clusters.groups[group as usize];
    let golden = input.golden.records.get(group as usize);
    let survivor = golden.map(|golden| golden.survivor);
    // The survivor first, the others in their order.
    let mut members: Vec<u32> = cluster.members.clone();
    members.sort_by_key(|&member| Some(member) != survivor);
    let shown = &members[..members.len().min(limits.members)];
    let support = |member: u32| {
        let at = cluster.members.iter().position(|&other| other == member);
        at.and_then(|at| cluster.support.get(at))
            .map_or(String::new(), |&support| explain::percent(f64::from(support)))
    };
    let mut fields: Vec<FieldView> = (0..input.data.fields.len())
        .filter_map(|at| field(input, group, &members, shown.len(), at, limits))
        .collect();
    let fields_left_out = fields.len().saturating_sub(limits.fields);
    fields.truncate(limits.fields);
    let lost = golden.map_or(0, |golden| golden.others.iter().filter(|other| other.lost).count());
    let (favour, against) = codes.words(&cluster.reasons);
    ProposalView {
        id: proposal_id(input, group),
        lane: cluster.lane.name(),
        meaning: match cluster.lane {
            Lane::Hold(reason) => words::hold(reason),
            lane => words::lane(lane),
        },
        hold: match cluster.lane {
            Lane::Hold(reason) => Some(words::plain(reason.name())),
            _ => None,
        },
        extends: cluster.extends.map(|at| proposal_id(input, at)),
        added: input.clusters.added(cluster).count(),
        probability: explain::percent(f64::from(cluster.probability)),
        cohesion: explain::percent(f64::from(cluster.cohesion)),
        size: members.len(),
        members: shown
            .iter()
            .map(|&member| MemberView {
                source: words::cut(input.data.source(member), limits.chars),
                record_id: words::cut(explain::record_id(input.data, member), limits.chars),
                survivor: Some(member) == survivor,
                support: support(member),
            })
            .collect(),
        members_left_out: members.len() - shown.len(),
        fields,
        fields_left_out,
        lost,
        favour,
        against,
        why_asked: why_asked(input, cluster, limits),
        evidence: evidence(input, group, &members, limits),
    }
}

/// Why a cluster is not merged without asking; nothing for the lane `auto`. That it is held, and by what, stands above.
fn why_asked(input: &ReportInput<'_>, cluster: &Cluster, limits: &Limits) -> Vec<String> {
    if cluster.lane == Lane::Auto {
        return Vec::new();
    }
    let name = |record: u32| {
        let id = explain::record_id(input.data, record);
        words::cut(&format!("{}:{id}", input.data.source(record)), limits.chars)
    };
    explain::doubts_in_words(None, &(input.doubts)(cluster), name)
}

/// One field of a proposal; `None` when no member has a value, for record ids (they stand above), and for fields
/// that are not compared and do not differ.
fn field(
    input: &ReportInput<'_>,
    group: u32,
    members: &[u32],
    shown: usize,
    at: usize,
    limits: &Limits,
) -> Option<FieldView> {
    let raw = |member: u32| input.data.raw(member, at);
    let first = members.iter().map(|&member| raw(member)).find(|value| !value.is_empty())?;
    let differs = members.iter().any(|&member| !raw(member).is_empty() && raw(member) != first);
    match input.data.fields[at].kind() {
        Kind::RecordId => return None,
        Kind::Carried | Kind::Timestamp if !differs => return None,
        _ => {}
    }
    let golden = input.golden.records.get(group as usize).filter(|golden| golden.cells.len() > at);
    let value = golden.map_or("", |golden| golden.value(input.data, at));
    let is_lost = |raw: &str| {
        let others = golden.into_iter().flat_map(|golden| golden.others(at));
        others.into_iter().any(|other| other.lost && other.value(input.data) == raw)
    };
    let mark = |raw: &str| match raw {
        "" => "none",
        _ if golden.is_none() || raw == value => "same",
        _ if is_lost(raw) => "lost",
        _ => "variant",
    };
    let cells = members[..shown]
        .iter()
        .map(|&member| CellView { value: words::cut(raw(member), limits.chars), mark: mark(raw(member)) });
    Some(FieldView {
        label: words::cut(&words::plain(&input.data.fields[at].to_string()), limits.chars),
        cells: cells.collect(),
        golden: words::cut(value, limits.chars),
        rule: golden.map_or(String::new(), |golden| match golden.preferred(at) {
            Some(_) => "decided by a person".to_string(),
            None => words::rule(golden.cells[at].rule, golden.cells[at].given),
        }),
        differs,
    })
}

fn proposal_id(input: &ReportInput<'_>, group: u32) -> String {
    input.proposals.proposals.get(group as usize).map_or(String::new(), |proposal| proposal.id.to_string())
}

/// The waterfall between the first member and the least supported other one.
fn evidence(input: &ReportInput<'_>, group: u32, members: &[u32], limits: &Limits) -> Option<Evidence> {
    let cluster = &input.clusters.groups[group as usize];
    let (&survivor, others) = members.split_first()?;
    let support = |member: u32| {
        let at = cluster.members.iter().position(|&other| other == member);
        at.and_then(|at| cluster.support.get(at)).copied().unwrap_or(0.0)
    };
    let weakest = others.iter().copied().min_by(|&left, &right| support(left).total_cmp(&support(right)))?;
    let (a, b) = (survivor.min(weakest), survivor.max(weakest));
    let mut steps = (input.pair_steps)(a, b);
    if steps.is_empty() {
        return None;
    }
    let total = input.links.position(a, b).map(|at| input.links.weight[at]);
    if let Some(total) = total {
        let sum: i64 = steps.iter().map(|step| step.weight_microbits).sum();
        let before = Step {
            comparison: "starting point".into(),
            level: "prior and other relations".into(),
            weight_microbits: total - sum,
            ..Step::default()
        };
        steps.insert(0, before);
    }
    let name = |record: u32| {
        let id = explain::record_id(input.data, record);
        words::cut(&format!("{}:{id}", input.data.source(record)), limits.chars)
    };
    Some(Evidence {
        pair: (members.len() > 2).then(|| format!("{} and {}", name(survivor), name(weakest))),
        steps: waterfall(&steps, limits),
        total: total.map(|total| words::signed(&explain::bits(total))),
    })
}

fn waterfall(steps: &[Step], limits: &Limits) -> Vec<StepView> {
    let mut sums = vec![0.0];
    for step in steps {
        sums.push(sums[sums.len() - 1] + step.weight_microbits as f64 / MICRO);
    }
    let low = sums.iter().copied().fold(0.0, f64::min);
    let high = sums.iter().copied().fold(0.0, f64::max);
    let row = |(step, ends): (&Step, &[f64])| StepView {
        comparison: words::plain(&step.comparison),
        level: words::plain(&step.level),
        bits: words::signed(&explain::bits(step.weight_microbits)),
        chart: Value::from_safe_string(chart::step(ends[0], ends[1], low, high)),
        note: words::cut(&step.note, limits.chars),
    };
    // Missing values are no evidence; the table above shows that they are missing.
    let tells = |(step, _): &(&Step, &[f64])| step.weight_microbits != 0 || step.level != "missing";
    steps.iter().zip(sums.windows(2)).filter(tells).take(limits.steps).map(row).collect()
}
