use serde::Serialize;

/// The cluster of a record that the clustering leaves out or leaves alone.
pub const ALONE: u32 = u32::MAX;

/// How well a clustering agrees with the truth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Pairs of records that are one entity in truth.
    pub true_pairs: u64,
    /// Pairs of records that the clustering puts together.
    pub found_pairs: u64,
    /// Pairs that are both.
    pub right_pairs: u64,
    /// Over pairs of records.
    pub pairwise: Rates,
    /// Mean over records.
    pub b_cubed: Rates,
}

/// Precision, recall and F1, rounded to five decimals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rates {
    /// Of what was put together, the share that belongs together; 1 when nothing was put together.
    pub precision: f64,
    /// Of what belongs together, the share that was put together; 1 when nothing belongs together.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
}

impl Rates {
    fn new(precision: f64, recall: f64) -> Self {
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Self { precision: rounded(precision), recall: rounded(recall), f1: rounded(f1) }
    }
}

/// Records that share both an entity and a cluster.
struct Overlap {
    /// The first of them, by position.
    first: u32,
    entity: u32,
    records: u64,
    /// Records in the cluster.
    found: u64,
}

/// Scores a clustering, record by record: `entities[i]` is the true entity of a record, `clusters[i]` the cluster
/// it was put in or [`ALONE`]. Numbers are names only; both slices have one entry per record of the truth.
///
/// Counts are exact. The B-cubed means are summed in the order of records, as the independent scorer of the
/// project does, so that both agree to the last digit even where a mean lies between two rounded values.
pub fn measure(entities: &[u32], clusters: &[u32]) -> Scores {
    let records = entities.len().min(clusters.len()) as u32;
    let mut overlaps = overlaps(entities, clusters, records);
    let found_pairs = found_pairs(clusters);
    let right_pairs = overlaps.iter().map(|overlap| pairs(overlap.records)).sum();

    let mut sorted: Vec<u32> = entities.to_vec();
    sorted.sort_unstable();
    let true_pairs =
        sorted.chunk_by(|left, right| left == right).map(|entity| pairs(entity.len() as u64)).sum();
    let size_of = |entity: u32| {
        let start = sorted.partition_point(|&other| other < entity);
        sorted[start..].partition_point(|&other| other == entity) as f64
    };

    overlaps.sort_unstable_by_key(|overlap| overlap.first);
    let (mut precise, mut recalled) = (0f64, 0f64);
    for overlap in &overlaps {
        let square = (overlap.records * overlap.records) as f64;
        precise += square / overlap.found as f64;
        recalled += square / size_of(overlap.entity);
    }
    let records = f64::from(records.max(1));
    Scores {
        true_pairs,
        found_pairs,
        right_pairs,
        pairwise: Rates::new(ratio(right_pairs, found_pairs), ratio(right_pairs, true_pairs)),
        b_cubed: Rates::new(precise / records, recalled / records),
    }
}

fn overlaps(entities: &[u32], clusters: &[u32], records: u32) -> Vec<Overlap> {
    let key = |at: u32| (clusters[at as usize], entities[at as usize]);
    let mut order: Vec<u32> = (0..records).collect();
    order.sort_unstable_by_key(|&at| (key(at), at));
    let mut overlaps = Vec::new();
    for cluster in order.chunk_by(|&left, &right| key(left).0 == key(right).0) {
        if key(cluster[0]).0 == ALONE {
            let lone = |&at: &u32| Overlap { first: at, entity: key(at).1, records: 1, found: 1 };
            overlaps.extend(cluster.iter().map(lone));
            continue;
        }
        overlaps.extend(cluster.chunk_by(|&left, &right| key(left) == key(right)).map(|both| Overlap {
            first: both[0],
            entity: key(both[0]).1,
            records: both.len() as u64,
            found: cluster.len() as u64,
        }));
    }
    overlaps
}

fn found_pairs(clusters: &[u32]) -> u64 {
    let mut sorted: Vec<u32> = clusters.iter().copied().filter(|&cluster| cluster != ALONE).collect();
    sorted.sort_unstable();
    sorted.chunk_by(|left, right| left == right).map(|cluster| pairs(cluster.len() as u64)).sum()
}

fn pairs(records: u64) -> u64 {
    records * records.saturating_sub(1) / 2
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// Five decimals, rounded as the decimal expansion of the binary number says.
fn rounded(value: f64) -> f64 {
    format!("{value:.5}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_truth_itself_is_perfect() {
        let scores = measure(&[0, 0, 1, 2, 2, 2], &[5, 5, 9, 7, 7, 7]);
        assert_eq!((scores.true_pairs, scores.found_pairs, scores.right_pairs), (4, 4, 4));
        assert_eq!(scores.pairwise, Rates { precision: 1.0, recall: 1.0, f1: 1.0 });
        assert_eq!(scores.b_cubed, Rates { precision: 1.0, recall: 1.0, f1: 1.0 });
    }

    #[test]
    fn a_known_case_is_scored_as_by_hand() {
        // Truth {a b c} {d e}; found {a b} {c d} and e alone.
        let scores = measure(&[0, 0, 0, 1, 1], &[0, 0, 1, 1, ALONE]);
        assert_eq!((scores.true_pairs, scores.found_pairs, scores.right_pairs), (4, 2, 1));
        assert_eq!(scores.pairwise, Rates { precision: 0.5, recall: 0.25, f1: 0.33333 });
        // Precision: (1 + 1 + ½ + ½ + 1) ÷ 5; recall: (⅔ + ⅔ + ⅓ + ½ + ½) ÷ 5.
        assert_eq!(scores.b_cubed, Rates { precision: 0.8, recall: 0.53333, f1: 0.64 });
    }

    #[test]
    fn nothing_found_is_precise_and_recalls_nothing() {
        let scores = measure(&[0, 0], &[ALONE, ALONE]);
        assert_eq!(scores.pairwise, Rates { precision: 1.0, recall: 0.0, f1: 0.0 });
        assert_eq!(scores.b_cubed, Rates { precision: 1.0, recall: 0.5, f1: 0.66667 });
    }

    #[test]
    fn no_records_at_all_divide_by_nothing() {
        let scores = measure(&[], &[]);
        assert_eq!(scores.pairwise.f1, 1.0);
        assert_eq!(scores.b_cubed, Rates { precision: 0.0, recall: 0.0, f1: 0.0 });
    }

    proptest! {
        #[test]
        fn counting_pair_by_pair_agrees(records in prop::collection::vec((0u32..6, 0u32..6), 0..40)) {
            let entities: Vec<u32> = records.iter().map(|record| record.0).collect();
            // Cluster 5 stands for "alone".
            let clusters: Vec<u32> =
                records.iter().map(|record| if record.1 == 5 { ALONE } else { record.1 }).collect();
            let (mut truly, mut found, mut right) = (0, 0, 0);
            for i in 0..records.len() {
                for j in i + 1..records.len() {
                    let same_entity = entities[i] == entities[j];
                    let same_cluster = clusters[i] == clusters[j] && clusters[i] != ALONE;
                    truly += u64::from(same_entity);
                    found += u64::from(same_cluster);
                    right += u64::from(same_entity && same_cluster);
                }
            }
            let scores = measure(&entities, &clusters);
            prop_assert_eq!((scores.true_pairs, scores.found_pairs, scores.right_pairs), (truly, found, right));
        }

        #[test]
        fn the_order_of_records_does_not_matter(
            records in prop::collection::vec((0u32..6, 0u32..6), 0..40), turn in 0usize..40,
        ) {
            let split = |records: &[(u32, u32)]| -> (Vec<u32>, Vec<u32>) { records.iter().copied().unzip() };
            let (entities, clusters) = split(&records);
            let mut turned = records.clone();
            let by = if records.is_empty() { 0 } else { turn % records.len() };
            turned.rotate_left(by);
            let (turned_entities, turned_clusters) = split(&turned);
            let (one, other) = (measure(&entities, &clusters), measure(&turned_entities, &turned_clusters));
            prop_assert_eq!((one.found_pairs, one.right_pairs), (other.found_pairs, other.right_pairs));
            prop_assert_eq!(one.pairwise, other.pairwise);
            // A mean that lies between two rounded values may fall to either side.
            prop_assert!((one.b_cubed.f1 - other.b_cubed.f1).abs() < 1.5e-5);
        }
    }
}
