//! Which lane a cluster goes to, and why.

use super::{Cluster, Edge, Edges, HoldReason, Judge, Lane};
use crate::compare::{Agreement, What, level_of};
use crate::config::ClusterSettings;
use crate::normalize::{Contacts, Population};

/// Makes a cluster of the members at the positions of `group`.
pub fn cluster(
    contacts: &Contacts,
    judge: &Judge<'_>,
    members: &[u32],
    group: &[u32],
    edges: &Edges,
    settings: &ClusterSettings,
) -> Cluster {
    let mut positions = group.to_vec();
    positions.sort_by_key(|&at| members[at as usize]);
    let size = positions.len();
    let mut support = vec![0f64; size];
    let mut facts = Facts::default();
    let mut anchored = vec![false; size];
    for left in 0..size {
        for right in left + 1..size {
            let (a, b) = (positions[left], positions[right]);
            let Some(edge) = edges.get(&(a.min(b), a.max(b))) else {
                continue;
            };
            support[left] += edge.probability();
            support[right] += edge.probability();
            let pair = Evidence::of(contacts, judge, members[a as usize], members[b as usize], edge);
            if pair.is_safe(judge.population) && edge.probability() >= settings.auto_at {
                anchored[left] = true;
                anchored[right] = true;
            }
            facts.add(&pair);
        }
    }
    let others = (size - 1) as f64;
    let cohesion = support.iter().sum::<f64>() / (others * size as f64);
    let support: Vec<f32> = support.iter().map(|sum| (sum / others) as f32).collect();
    let probability = support.iter().copied().fold(1.0, f32::min);
    let lane = lane(&facts, size, probability, &anchored, settings);
    Cluster {
        members: positions.iter().map(|&at| members[at as usize]).collect(),
        support,
        cohesion: cohesion as f32,
        probability,
        lane,
        reasons: facts.codes(judge),
    }
}

/// What one pair says for and against.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Evidence {
    /// Levels of the pair.
    pattern: u64,
    /// The names agree.
    names: bool,
    /// Given names are plainly different.
    given_clash: bool,
    /// Birth dates are plainly different.
    birth_clash: bool,
    birth_exact: bool,
    /// One is junior, the other senior, or the like.
    generation_clash: bool,
    identifier_clash: bool,
    address_exact: bool,
    /// Facts that agree and are not shared with others: birth date, own e-mail, own phone, own address, identifier.
    private_facts: u32,
}

impl Evidence {
    fn of(contacts: &Contacts, judge: &Judge<'_>, a: u32, b: u32, edge: &Edge) -> Self {
        let mut evidence = Evidence { pattern: edge.pattern, ..Evidence::default() };
        let (mut given, mut family) = (None, None);
        for (at, comparison) in judge.comparator.comparisons().iter().enumerate() {
            let level = level_of(edge.pattern, at) as usize;
            if level == 0 {
                continue;
            }
            let agreement = comparison.levels[level].agreement;
            let top = level + 1 == comparison.levels.len();
            match comparison.what {
                What::Given => given = Some(agreement),
                What::Family | What::CompanyName => family = Some(agreement),
                What::Birth => {
                    evidence.birth_clash |= agreement == Agreement::Differ || agreement == Agreement::Around;
                    evidence.birth_exact |= top;
                    evidence.private_facts += u32::from(top);
                }
                What::Identifier(_) => {
                    evidence.identifier_clash |= agreement == Agreement::Differ;
                    evidence.private_facts += u32::from(top);
                }
                What::Address => {
                    evidence.address_exact |= agreement == Agreement::Exact;
                    evidence.private_facts += u32::from(top);
                }
                What::Email | What::Phone => evidence.private_facts += u32::from(top),
                _ => {}
            }
        }
        evidence.given_clash = given == Some(Agreement::Differ);
        let agrees = |part: Option<Agreement>| {
            part.is_some_and(|agreement| matches!(agreement, Agreement::Near | Agreement::Exact))
        };
        evidence.names = agrees(family) && (given.is_none() || agrees(given));
        let (left, right) = (contacts.generation.code(a), contacts.generation.code(b));
        evidence.generation_clash = left != right && left != 0 && right != 0;
        evidence
    }

    fn clashes(&self) -> bool {
        self.given_clash || self.birth_clash || self.generation_clash || self.identifier_clash
    }

    /// Whether the pair may be merged unseen: names agree, independent private facts agree, nothing clashes.
    fn is_safe(&self, population: Population) -> bool {
        let facts = if population == Population::Person { 2 } else { 2 };
        self.names && !self.clashes() && self.private_facts >= facts
    }
}

/// What the pairs of a cluster say together.
#[derive(Default)]
struct Facts {
    pairs: Vec<Evidence>,
}

impl Facts {
    fn add(&mut self, evidence: &Evidence) {
        self.pairs.push(*evidence);
    }

    fn any(&self, of: impl Fn(&Evidence) -> bool) -> bool {
        self.pairs.iter().any(of)
    }

    /// Codes of the comparisons that agree in most pairs (`+`) and of those that differ in any (`-`).
    fn codes(&self, judge: &Judge<'_>) -> String {
        let mut codes = Vec::new();
        for (at, comparison) in judge.comparator.comparisons().iter().enumerate() {
            let of =
                |evidence: &Evidence| comparison.levels[level_of(evidence.pattern, at) as usize].agreement;
            let agree = |e: &&Evidence| matches!(of(e), Agreement::Near | Agreement::Exact);
            let compared = self.pairs.iter().filter(|e| of(e) != Agreement::Missing).count();
            let agreeing = self.pairs.iter().filter(agree).count();
            let differing = self.pairs.iter().filter(|e| of(e) == Agreement::Differ).count();
            if agreeing * 2 > compared {
                codes.push(format!("+{}", comparison.code));
            }
            if differing > 0 {
                codes.push(format!("-{}", comparison.code));
            }
        }
        codes.join(" ")
    }
}

fn lane(facts: &Facts, size: usize, probability: f32, anchored: &[bool], settings: &ClusterSettings) -> Lane {
    if size > settings.max_cluster as usize {
        return Lane::Hold(HoldReason::TooLarge);
    }
    if facts.any(|pair| pair.generation_clash) {
        return Lane::Hold(HoldReason::FatherAndSon);
    }
    let clean = !facts.any(Evidence::clashes);
    if clean && f64::from(probability) >= settings.auto_at && anchored.iter().all(|&anchored| anchored) {
        return Lane::Auto;
    }
    Lane::Review
}
