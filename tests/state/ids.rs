//! A golden id is born once and stays.

use super::{Nights, PEOPLE, csv, golden, night};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[test]
fn ids_survive_new_members_changed_values_shuffles_and_settings() {
    let mut nights = Nights::new();
    let first = golden(&nights.run(csv(&PEOPLE), &[]));
    assert_eq!(first["crm:1"], first["crm:2"]);
    // A third Jan, whose key comes first and who would be the survivor by it; a new town; another order.
    let mut rows: Vec<Vec<String>> =
        PEOPLE.iter().rev().map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect();
    rows.iter_mut().find(|row| row[0] == "6").unwrap()[4] = "Antwerpen".into();
    rows.push(["0", "Jan", "de Vries", "jan.devries@post.example", "Rotterdam"].map(String::from).to_vec());
    nights.desk.file("alike.toml", "[cluster]\nmax_cluster = 40\n");
    let second = nights.run(csv(&rows), &["-c", "alike.toml"]);
    let ids = golden(&second);
    for (record, id) in first.iter().filter(|(record, _)| record.as_str() != "crm:0") {
        assert_eq!(ids[record], *id, "{record}");
    }
    let of_golden: BTreeSet<String> =
        second.table("golden").rows().map(|row| row["golden_id"].to_string()).collect();
    assert_eq!(of_golden, ids.values().cloned().collect(), "the golden list has the same ids");
    assert_eq!(night(&second)["counts"]["new"], 1);
    assert_eq!(night(&second)["counts"]["changed"], 1);
}

#[test]
fn merges_and_splits_are_told_with_the_rule_and_chains_are_followed() {
    let mut nights = Nights::new();
    let first = golden(&nights.run(csv(&PEOPLE), &[]));
    nights.decide("always", &[("5", "6"), ("7", "8")]);
    let second = golden(&nights.run(csv(&PEOPLE), &[]));
    assert_eq!(second["crm:5"], second["crm:6"]);
    let (kept, gone) = match second["crm:5"] == first["crm:5"] {
        true => ("crm:5", "crm:6"),
        false => ("crm:6", "crm:5"),
    };
    assert_eq!(second["crm:5"], first[kept], "one of the two lives");
    let story = nights.told(&["show", &first[gone]]);
    assert_eq!(story["current"], first[kept].as_str());
    assert_eq!(story["events"][1]["what"], "merged");
    assert_eq!(story["events"][1]["rule"], "oldest_id");

    nights.decide("always", &[("6", "7"), ("9", "10"), ("7", "9")]);
    let third = golden(&nights.run(csv(&PEOPLE), &[]));
    let crosswalk = nights.said(&["crosswalk"]);
    let current: HashMap<&str, &str> = crosswalk
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .map(|cells| (cells[0], cells[1]))
        .collect();
    for (record, id) in &first {
        assert_eq!(current[id.as_str()], third[record], "{record}: every id leads to the one of today");
    }

    // Taken back: what splits off has an id that nobody ever had.
    let all: BTreeSet<String> =
        [&first, &second, &third].iter().flat_map(|ids| ids.values().cloned()).collect();
    let list = nights.desk.alike().args(["decisions", "list", "--state", "state"]).output().unwrap();
    for line in String::from_utf8(list.stdout).unwrap().lines() {
        let id = line.split(' ').next().unwrap();
        let revoke = ["decisions", "revoke", id, "--state", "state", "--by", "anna"];
        nights.desk.alike().args(revoke).assert().success();
    }
    let fourth = nights.run(csv(&PEOPLE), &[]);
    let ids = golden(&fourth);
    let parts = ["5", "6", "7", "8", "9", "10"].map(|id| ids[&format!("crm:{id}")].clone());
    assert_eq!(parts.iter().collect::<BTreeSet<_>>().len(), 6);
    assert_eq!(parts.iter().filter(|id| **id == third["crm:5"]).count(), 1, "one part keeps the id");
    assert_eq!(parts.iter().filter(|id| all.contains(*id)).count(), 1, "no other id is used again");
    assert_eq!(night(&fourth)["counts"]["split"], 5);
    nights.said(&["check"]);
}

#[test]
fn who_returns_has_the_id_of_before() {
    let mut nights = Nights::new();
    let first = golden(&nights.run(csv(&PEOPLE), &[]));
    let second = nights.run(csv(&PEOPLE[..12]), &[]);
    assert_eq!(night(&second)["counts"]["retired"], 2);
    assert_eq!(nights.told(&["show", &first["crm:14"]])["current"], serde_json::Value::Null);
    let third = golden(&nights.run(csv(&PEOPLE), &[]));
    assert_eq!(first, third);
    let what: Vec<String> = nights.told(&["show", "crm:14"])["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["what"].as_str().unwrap().to_string())
        .collect();
    assert_eq!(what, ["born", "retired", "returned"]);
}

/// Nights of births, edits, deletions and shuffles: a record that is there in two nights and in a group of the same records
/// has the same id; no id names records of two nights that have nothing in common.
#[test]
fn no_id_is_lost_or_used_again() {
    let night = proptest::collection::vec((any::<bool>(), 0u8..4), PEOPLE.len());
    let mut runner = TestRunner::new(Config { cases: 3, ..Config::default() });
    runner
        .run(&proptest::collection::vec(night, 3), |script| {
            let mut nights = Nights::new();
            let mut last: BTreeMap<String, String> = golden(&nights.run(csv(&PEOPLE), &[]));
            let mut owners: HashMap<String, BTreeSet<String>> = HashMap::new();
            for night in script {
                let mut rows: Vec<Vec<String>> = Vec::new();
                for (row, (stays, edit)) in PEOPLE.iter().zip(night) {
                    if stays || rows.len() < 2 {
                        let mut row: Vec<String> = row.iter().map(|cell| cell.to_string()).collect();
                        if edit == 1 {
                            row[4] = "Breda".into();
                        }
                        rows.insert(rows.len() / 2 * usize::from(edit > 1), row);
                    }
                }
                let ids = golden(&nights.run(csv(&rows), &[]));
                let group = |of: &BTreeMap<String, String>, id: &str| -> BTreeSet<String> {
                    of.iter().filter(|(_, other)| *other == id).map(|(record, _)| record.clone()).collect()
                };
                for (record, id) in &ids {
                    if let Some(before) = last.get(record)
                        && group(&last, before) == group(&ids, id)
                    {
                        prop_assert_eq!(before, id, "{}", record);
                    }
                }
                for (record, id) in ids.iter().chain(&last) {
                    owners.entry(id.clone()).or_default().insert(record.clone());
                }
                last = ids;
                nights.said(&["check"]);
            }
            // In these data only the first four records are ever one with another.
            for (id, records) in &owners {
                let pair = |a: &str, b: &str| records.iter().all(|record| record == a || record == b);
                prop_assert!(
                    records.len() == 1 || pair("crm:1", "crm:2") || pair("crm:3", "crm:4"),
                    "{} named {:?}",
                    id,
                    records
                );
            }
            Ok(())
        })
        .unwrap();
}
