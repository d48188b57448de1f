//! Which lane a cluster goes to, and why.

use super::core::{self, Pairs};
use super::decided::Ties;
use super::evidence::Evidence;
use super::{Cluster, Edge, Edges, HoldReason, Judge, Lane};
use crate::compare::{Agreement, level_of};
use crate::config::ClusterSettings;
use crate::normalize::Contacts;

/// A pair whose facts clash is held only below this probability: above it so much else agrees that the clash is
/// likelier a slip in the data than another person.
const HOLD_BELOW: f64 = 0.95;

/// Makes the clusters of the members at the positions of `group`, which are in the order of record keys.
///
/// One cluster when all of them may be merged without asking, or none. Else the members that may, and after it the whole
/// group as a cluster that extends it.
pub fn clusters(
    contacts: &Contacts,
    judge: &Judge<'_>,
    members: &[u32],
    group: &[u32],
    edges: &Edges,
    settings: &ClusterSettings,
    ties: &Ties<'_>,
) -> Vec<Cluster> {
    let size = group.len();
    let mut pairs = Pairs::new(size);
    for (left, &a) in group.iter().enumerate() {
        for (right, &b) in group.iter().enumerate().skip(left + 1) {
            let Some(edge) = edges.get(&(a.min(b), a.max(b))) else { continue };
            let pair = Evidence::of(contacts, judge, members[a as usize], members[b as usize], edge);
            pairs.set(left, right, pair);
        }
    }
    let records: Vec<u32> = group.iter().map(|&at| members[at as usize]).collect();
    let all: Vec<usize> = (0..size).collect();
    if ties.are_one(&records) {
        return vec![cluster(judge, &pairs, &records, &all, Lane::Auto)];
    }
    if size > settings.max_cluster as usize {
        return vec![cluster(judge, &pairs, &records, &all, Lane::Hold(HoldReason::TooLarge))];
    }
    let mut core = core::of(&pairs, settings.auto_at);
    if size < members.len() {
        let torn = |at: u32| is_torn(contacts, judge, members, group, edges, at, &core);
        let kept: Vec<usize> = core.iter().copied().filter(|&member| !torn(group[member])).collect();
        core = kept;
    }
    if core.len() > 1 && !ties.is_empty() {
        // Who is one with a member of the core is in it.
        let tied = |&at: &usize| core.iter().any(|&member| ties.is_one(records[member], records[at]));
        core = all.iter().copied().filter(|at| core.contains(at) || tied(at)).collect();
    }
    if core.len() == size {
        return vec![cluster(judge, &pairs, &records, &all, Lane::Auto)];
    }
    let whole = cluster(judge, &pairs, &records, &all, lane(&pairs));
    if core.len() < 2 || whole.lane != Lane::Review {
        return vec![whole];
    }
    vec![cluster(judge, &pairs, &records, &core, Lane::Auto), whole]
}

/// Whether a record of another group is as near to the member at `at` as any of its own core is, and nothing clashes:
/// T. Visser of a house in which Thomas and Tim live.
fn is_torn(
    contacts: &Contacts,
    judge: &Judge<'_>,
    members: &[u32],
    group: &[u32],
    edges: &Edges,
    at: u32,
    core: &[usize],
) -> bool {
    let edge = |to: u32| edges.get(&(at.min(to), at.max(to)));
    let inside = core.iter().map(|&member| group[member]).filter(|&to| to != at);
    let Some(nearest) = inside.filter_map(|to| edge(to).map(|edge| edge.weight)).max() else { return false };
    (0..members.len() as u32).filter(|to| !group.contains(to)).any(|to| {
        edge(to).is_some_and(|edge| {
            let (a, b) = (members[at as usize], members[to as usize]);
            edge.weight >= nearest && !clash(contacts, judge, a, b, edge)
        })
    })
}

/// The cluster of the members of `group`.
fn cluster(judge: &Judge<'_>, pairs: &Pairs, records: &[u32], group: &[usize], lane: Lane) -> Cluster {
    let mut order = group.to_vec();
    order.sort_by_key(|&member| records[member]);
    let support: Vec<f32> = order.iter().map(|&member| pairs.support(member, group) as f32).collect();
    let evidence: Vec<&Evidence> = pairs.each(group).map(|(a, b)| pairs.pair(a, b)).collect();
    Cluster {
        members: order.iter().map(|&member| records[member]).collect(),
        cohesion: pairs.cohesion(group) as f32,
        probability: support.iter().copied().fold(1.0, f32::min),
        support,
        lane,
        reasons: codes(&evidence, judge),
        extends: None,
    }
}

/// Whether facts of two records clash: given names, birth dates, generation marks, identifiers, legal forms.
pub fn clash(contacts: &Contacts, judge: &Judge<'_>, a: u32, b: u32, edge: &Edge) -> bool {
    Evidence::of(contacts, judge, a, b, edge).clashes()
}

/// The lane of a cluster that is not sure as a whole.
fn lane(pairs: &Pairs) -> Lane {
    let all: Vec<usize> = (0..pairs.size()).collect();
    let pairs: Vec<&Evidence> = pairs.each(&all).map(|(a, b)| pairs.pair(a, b)).collect();
    // One slip in a large group is no reason to hold it: what most pairs say counts.
    let most =
        |of: &dyn Fn(&Evidence) -> bool| pairs.iter().filter(|pair| of(pair)).count() * 2 > pairs.len();
    // What is written down as two persons is two, however much agrees.
    if most(&|pair| pair.generations) {
        return Lane::Hold(HoldReason::FatherAndSon);
    }
    if most(&|pair| pair.gender_clash && pair.home()) {
        return Lane::Hold(HoldReason::Household);
    }
    let mostly = |of: fn(&Evidence) -> bool| most(&|pair| pair.probability < HOLD_BELOW && of(pair));
    type Says = fn(&Evidence) -> bool;
    let reasons: [(Says, HoldReason); 8] = [
        (|pair| pair.generation_clash, HoldReason::FatherAndSon),
        (|pair| pair.names && pair.birth_clash && pair.home(), HoldReason::FatherAndSon),
        (|pair| pair.given_clash && pair.birth_exact, HoldReason::Twins),
        (|pair| pair.given_clash && pair.home(), HoldReason::Household),
        (|pair| pair.names && pair.birth_clash, HoldReason::Namesake),
        (|pair| pair.identifier_clash, HoldReason::StrongIdClash),
        (|pair| !pair.company && !pair.names && pair.shared_mailbox, HoldReason::SharedMailbox),
        (|pair| !pair.company && !pair.names && pair.switchboard, HoldReason::Switchboard),
    ];
    let hold = reasons.into_iter().find(|(of, _)| mostly(*of));
    hold.map_or(Lane::Review, |(_, reason)| Lane::Hold(reason))
}

/// Codes of the comparisons that agree in most pairs (`NAME+`) and of those that differ in any (`NAME-`). The sign
/// stands last, so that no spreadsheet takes the cell for a formula.
fn codes(pairs: &[&Evidence], judge: &Judge<'_>) -> String {
    let mut codes = Vec::new();
    for (at, comparison) in judge.comparator.comparisons().iter().enumerate() {
        let of = |evidence: &Evidence| comparison.levels[level_of(evidence.pattern, at) as usize].agreement;
        let agree = |pair: &&&Evidence| matches!(of(pair), Agreement::Near | Agreement::Exact);
        let compared = pairs.iter().filter(|pair| of(pair) != Agreement::Missing).count();
        if pairs.iter().filter(agree).count() * 2 > compared {
            codes.push(format!("{}+", comparison.code));
        }
        if pairs.iter().any(|pair| of(pair) == Agreement::Differ) {
            codes.push(format!("{}-", comparison.code));
        }
    }
    codes.join(" ")
}
