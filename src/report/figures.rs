//! The figures of a run: counts that must add up, lanes, sizes, weights.

use super::words;
use super::{ReportInput, explain::MICRO};
use crate::cluster::{Clusters, HoldReason, Lane};
use crate::normalize::Population;
use serde::Serialize;
use std::collections::BTreeMap;

/// The lanes in the order in which they are drawn, and links that no cluster holds.
pub const DRAWN: [&str; 4] = ["auto", "review", "hold", "apart"];
/// At most this many columns in the histogram of weights; more would be thinner than a finger.
const MAX_BINS: i64 = 32;

/// Where the rows of one source, or of all, went.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reconciled {
    pub source: String,
    /// Data rows in the files.
    pub rows_in: u64,
    /// Rows that could not be read.
    pub quarantined: u64,
    /// Records merged into another record by the auto lane.
    pub merged: u64,
    /// Records that remain: untouched or survivors.
    pub kept: u64,
    /// Of the kept: survivors of a merge.
    pub survivors: u64,
    /// Of the kept: in a proposal that waits for a person.
    pub waiting: u64,
    /// Whether `rows_in = quarantined + merged + kept`.
    pub adds_up: bool,
}

/// One lane's share of the proposals.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LaneFigures {
    pub lane: &'static str,
    pub meaning: &'static str,
    pub proposals: u64,
    pub records: u64,
    /// Records that would disappear into others if all were merged.
    pub merged_away: u64,
}

/// A named reason for holding clusters back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    pub reason: String,
    pub meaning: &'static str,
    pub proposals: u64,
    pub records: u64,
}

/// Clusters of a size, by lane (auto, review, hold).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Size {
    pub label: &'static str,
    pub lanes: [u64; 3],
    pub total: u64,
}

/// Weights of links, in bins of equal width.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Weights {
    /// Bits at the left edge of the first bin.
    pub from: i64,
    /// Bits per bin.
    pub width: i64,
    /// Per bin: links by [`DRAWN`].
    pub bins: Vec<Vec<u64>>,
    /// Links in all.
    pub total: u64,
}

/// All figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    pub sources: Vec<Reconciled>,
    pub total: Reconciled,
    pub records: u64,
    pub persons: u64,
    pub companies: u64,
    pub others: u64,
    /// Entities alike believes there are: records that remain when auto and review are merged.
    pub entities: u64,
    pub proposals: u64,
    pub lanes: Vec<LaneFigures>,
    pub held: Vec<Held>,
    pub sizes: Vec<Size>,
    pub weights: Weights,
}

/// Counts everything once.
pub fn figures(input: &ReportInput<'_>) -> Figures {
    let clusters = input.clusters;
    let population = |wanted: Population| -> u64 {
        input.contacts.population.iter().filter(|&&population| population == wanted).count() as u64
    };
    let records = u64::from(input.data.records());
    let lanes = lanes(clusters);
    let believed: u64 = lanes.iter().filter(|lane| lane.lane != "hold").map(|lane| lane.merged_away).sum();
    let sources = reconcile(input);
    Figures {
        total: total(&sources),
        sources,
        records,
        persons: population(Population::Person),
        companies: population(Population::Company),
        others: population(Population::Other),
        entities: records - believed,
        proposals: clusters.groups.len() as u64,
        lanes,
        held: held(clusters),
        sizes: sizes(clusters),
        weights: weights(input),
    }
}

/// The position of a lane in [`DRAWN`].
fn drawn(lane: Lane) -> usize {
    match lane {
        Lane::Auto => 0,
        Lane::Review => 1,
        Lane::Hold(_) => 2,
    }
}

fn reconcile(input: &ReportInput<'_>) -> Vec<Reconciled> {
    let data = input.data;
    let mut sources: Vec<Reconciled> = data
        .tables
        .iter()
        .map(|table| Reconciled {
            source: table.source.clone(),
            kept: u64::from(table.rows),
            ..Reconciled::default()
        })
        .collect();
    for file in input.files {
        let known = sources.iter().position(|source| source.source == file.source);
        let at = known.unwrap_or_else(|| {
            sources.push(Reconciled { source: file.source.clone(), ..Reconciled::default() });
            sources.len() - 1
        });
        sources[at].rows_in += file.rows_in;
        sources[at].quarantined += file.quarantined;
    }
    for (group, cluster) in input.clusters.groups.iter().enumerate() {
        let survivor = input.golden.records.get(group).map(|golden| golden.survivor);
        for member in input.clusters.added(cluster) {
            let source = &mut sources[data.locate(member).0];
            match cluster.lane {
                Lane::Auto if Some(member) == survivor => source.survivors += 1,
                Lane::Auto => {
                    source.merged += 1;
                    source.kept -= 1;
                }
                Lane::Review | Lane::Hold(_) => source.waiting += 1,
            }
        }
    }
    for source in &mut sources {
        source.adds_up = source.rows_in == source.quarantined + source.merged + source.kept;
    }
    sources
}

fn total(sources: &[Reconciled]) -> Reconciled {
    let sum = |part: fn(&Reconciled) -> u64| sources.iter().map(part).sum();
    Reconciled {
        source: "All sources".to_string(),
        rows_in: sum(|source| source.rows_in),
        quarantined: sum(|source| source.quarantined),
        merged: sum(|source| source.merged),
        kept: sum(|source| source.kept),
        survivors: sum(|source| source.survivors),
        waiting: sum(|source| source.waiting),
        adds_up: sources.iter().all(|source| source.adds_up),
    }
}

fn lanes(clusters: &Clusters) -> Vec<LaneFigures> {
    // Any hold reason will do: the meaning of the lane is the same.
    let all = [Lane::Auto, Lane::Review, Lane::Hold(HoldReason::Household)];
    let mut lanes = all.map(|lane| LaneFigures {
        lane: lane.name(),
        meaning: words::lane(lane),
        ..LaneFigures::default()
    });
    for cluster in &clusters.groups {
        let lane = &mut lanes[drawn(cluster.lane)];
        lane.proposals += 1;
        lane.records += clusters.added(cluster).count() as u64;
        lane.merged_away += clusters.merged_away(cluster);
    }
    lanes.to_vec()
}

fn held(clusters: &Clusters) -> Vec<Held> {
    let mut held: BTreeMap<HoldReason, (u64, u64)> = BTreeMap::new();
    for cluster in &clusters.groups {
        if let Lane::Hold(reason) = cluster.lane {
            let (proposals, records) = held.entry(reason).or_default();
            *proposals += 1;
            *records += cluster.members.len() as u64;
        }
    }
    let mut held: Vec<Held> = held
        .into_iter()
        .map(|(reason, (proposals, records))| Held {
            reason: words::plain(reason.name()),
            meaning: words::hold(reason),
            proposals,
            records,
        })
        .collect();
    held.sort_by_key(|held| std::cmp::Reverse(held.proposals));
    held
}

fn sizes(clusters: &Clusters) -> Vec<Size> {
    /// Smallest size of each class of sizes.
    const CLASSES: [(usize, &str); 7] =
        [(2, "2"), (3, "3"), (4, "4"), (5, "5"), (6, "6–10"), (11, "11–20"), (21, "21 and more")];
    let mut sizes = CLASSES.map(|(_, label)| Size { label, lanes: [0; 3], total: 0 });
    for cluster in &clusters.groups {
        let class = CLASSES.partition_point(|(from, _)| *from <= cluster.members.len()).saturating_sub(1);
        sizes[class].lanes[drawn(cluster.lane)] += 1;
        sizes[class].total += 1;
    }
    sizes.into_iter().filter(|size| size.total > 0).collect()
}

fn weights(input: &ReportInput<'_>) -> Weights {
    let links = input.links;
    let bit = |weight: i64| weight.div_euclid(MICRO as i64);
    let (Some(&low), Some(&high)) = (links.weight.iter().min(), links.weight.iter().max()) else {
        return Weights::default();
    };
    let (from, to) = (bit(low), bit(high));
    let width = (to - from + 1 + MAX_BINS - 1) / MAX_BINS;
    let mut bins = vec![vec![0; DRAWN.len()]; ((to - from) / width + 1) as usize];
    let clusters = input.clusters;
    for ((&a, &b), &weight) in links.a.iter().zip(&links.b).zip(&links.weight) {
        let shared = |of: fn(&Clusters, u32) -> Option<usize>| {
            of(clusters, a).filter(|at| of(clusters, b) == Some(*at))
        };
        let cluster = shared(Clusters::merged).or_else(|| shared(Clusters::widest));
        let lane = cluster.map_or(3, |at| drawn(clusters.groups[at].lane));
        bins[((bit(weight) - from) / width) as usize][lane] += 1;
    }
    Weights { from, width, bins, total: links.len() as u64 }
}
