use super::*;
use crate::cluster::HoldReason;
use crate::survive::GoldenRecord;
use crate::survive::fixture::{clusters, dataset};

const HEAD: &[&str] = &["id", "last_name", "notes", "modified_at"];

fn named(rows: &[&[&str]], groups: &[(&[u32], Lane)]) -> Proposals {
    let data = dataset(&[("crm", HEAD, rows)]);
    let golden = Golden {
        records: groups
            .iter()
            .map(|(members, _)| GoldenRecord { survivor: members[0], ..Default::default() })
            .collect(),
    };
    changes(&data, &clusters(&data, groups), &golden)
}

#[test]
fn lanes_decide_who_shares_an_id() {
    let rows: &[&[&str]] = &[
        &["1", "Berg", "", ""],
        &["2", "Berg", "", ""],
        &["3", "Kok", "", ""],
        &["4", "Kok", "", ""],
        &["5", "Vos", "", ""],
        &["6", "Vos", "", ""],
        &["7", "Mol", "", ""],
    ];
    let held = Lane::Hold(HoldReason::Household);
    let ids = named(rows, &[(&[0, 1], Lane::Auto), (&[2, 3], Lane::Review), (&[4, 5], held)]);
    assert_eq!(ids.entity_ids[0], ids.entity_ids[1]);
    assert_eq!(ids.golden_ids[0], ids.golden_ids[1]);
    assert_eq!(ids.entity_ids[2], ids.entity_ids[3]);
    assert_ne!(ids.golden_ids[2], ids.golden_ids[3]);
    assert_ne!(ids.entity_ids[4], ids.entity_ids[5]);
    assert_eq!(ids.proposals.len(), 3);
    assert!(ids.proposals[0].id.to_string().starts_with("P-"));
}

#[test]
fn ids_do_not_depend_on_row_order() {
    let a: &[&[&str]] = &[&["1", "Berg", "", ""], &["2", "Berg", "", ""]];
    let b: &[&[&str]] = &[&["2", "Berg", "", ""], &["1", "Berg", "", ""]];
    let (a, b) = (named(a, &[(&[0, 1], Lane::Review)]), named(b, &[(&[0, 1], Lane::Review)]));
    assert_eq!(a.proposals, b.proposals);
    assert_eq!(a.entity_ids, b.entity_ids);
    assert_eq!(a.golden_ids[0], b.golden_ids[1]);
}

#[test]
fn fingerprints_change_with_compared_values_only() {
    let print = |row: &[&str]| named(&[row, &["2", "Berg", "", ""]], &[(&[0, 1], Lane::Auto)]).proposals[0];
    let before = print(&["1", "van den Berg", "old", "2024-01-01"]);
    assert_eq!(before, print(&["1", "VAN DEN-BERG", "new", "2025-06-30"]));
    assert_ne!(before.fingerprint, print(&["1", "van den Borg", "old", "2024-01-01"]).fingerprint);
    assert_eq!(before.id, print(&["1", "van den Borg", "old", "2024-01-01"]).id);
}
