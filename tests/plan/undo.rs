//! `alike undo`: everything, one merge, one field; and what is said the second time.

use super::{applied, apply, change_set, golden_of, printed, sample_run};
use crate::support::Desk;
use crate::support::editing::tree;
use predicates::prelude::*;
use std::fs;

#[test]
fn undo_restores_every_byte() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let untouched = tree(&run.path);
    apply(&desk, &[]);
    let first = tree(&desk.path("out/applied"));
    let mut proposals = run.proposals();
    for (_, rows) in proposals.of_lane("review", 2..=9) {
        proposals.set(rows[0], "decision", "merge");
    }
    proposals.save();
    apply(&desk, &[]);
    let told = printed(&desk, "undo", &["out/applied/changeset.jsonl"]);
    assert!(told.contains("is as it was before"), "{told}");
    assert!(tree(&desk.path("out/applied")) == first);
    let told = printed(&desk, "undo", &["out/applied"]);
    assert!(told.contains("there was nothing before"), "{told}");
    assert!(!desk.path("out/applied").exists());
    let left: Vec<_> = tree(&run.path)
        .into_iter()
        .filter(|(name, _)| *name != *"applied.log.jsonl" && *name != *"proposals.csv")
        .collect();
    assert!(left == untouched.into_iter().filter(|(name, _)| *name != *"proposals.csv").collect::<Vec<_>>());
    for again in ["out/applied", "out/applied/changeset.jsonl"] {
        let told = predicate::str::contains("was undone at").and(predicate::str::contains("already"));
        desk.alike().args(["undo", again]).assert().code(2).stderr(told);
    }
    assert_eq!(fs::read_to_string(desk.path("out/applied.log.jsonl")).unwrap().lines().count(), 4);
}

#[test]
fn one_merge_is_taken_back() {
    let desk = Desk::new();
    sample_run(&desk);
    apply(&desk, &[]);
    let folder = applied(&desk);
    let changes = change_set(&folder);
    let merge = changes.iter().find(|merge| merge["losers"].as_array().unwrap().len() == 2).unwrap();
    let id = merge["merge"].as_str().unwrap();
    let before = folder.table("golden").len();
    printed(&desk, "undo", &["out/applied", "--merge", id]);
    assert_eq!(folder.table("golden").len(), before + 2);
    for image in merge["before"].as_array().unwrap() {
        let golden =
            golden_of(&folder, image["source"].as_str().unwrap(), image["record_id"].as_str().unwrap());
        assert_eq!(golden["members"], "1");
        for (field, cell) in golden
            .iter()
            .filter(|(name, _)| !["golden_id", "members", "merged_record_ids"].contains(&name.as_str()))
        {
            assert_eq!(
                cell,
                image["values"].get(field).map_or("", |value| value.as_str().unwrap()),
                "{field}"
            );
        }
    }
    // Everything else is as it was, in its order: with all merges undone one by one the list is that of the records.
    let sums = folder.table("reconciliation");
    let stay: usize = sums
        .rows()
        .map(|row| row["kept"].parse::<usize>().unwrap() + row["held"].parse::<usize>().unwrap())
        .sum();
    assert_eq!(stay, before + 2);
    let keys: Vec<String> = folder
        .table("golden")
        .rows()
        .map(|row| row["merged_record_ids"].split(';').next().unwrap().to_string())
        .collect();
    assert_eq!(keys.len(), before + 2);
    desk.alike()
        .args(["undo", "out/applied", "--merge", id])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("already"));
    desk.alike()
        .args(["undo", "out/applied", "--merge", "P-1"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("has no merge `P-1`"));
    // A whole undo still finds the way.
    printed(&desk, "undo", &["out/applied"]);
    assert!(!desk.path("out/applied").exists());
}

#[test]
fn one_field_is_taken_back_unless_it_has_changed_since() {
    let desk = Desk::new();
    sample_run(&desk);
    apply(&desk, &[]);
    let folder = applied(&desk);
    let changes = change_set(&folder);
    let changed = |merge: &serde_json::Value| -> Vec<String> {
        let before = merge["before"][0]["values"].as_object().unwrap();
        let value = |field: &str| before.get(field).map_or("", |value| value.as_str().unwrap()).to_string();
        let after = merge["after"].as_object().unwrap();
        after
            .iter()
            .filter(|(field, after)| after["value"] != value(field))
            .map(|(field, _)| field.clone())
            .collect()
    };
    let merge = changes.iter().find(|merge| changed(merge).len() >= 3).unwrap();
    let (id, fields) = (merge["merge"].as_str().unwrap(), changed(merge));
    let survivor = ["source", "record_id"].map(|name| merge["survivor"][name].as_str().unwrap());
    let before =
        |field: &str| merge["before"][0]["values"].get(field).map_or("", |value| value.as_str().unwrap());
    let undo = |field: &str| ["undo", "out/applied", "--merge", id, "--field", field].map(String::from);
    desk.alike().args(undo(&fields[0])).assert().success();
    let golden = golden_of(&folder, survivor[0], survivor[1]);
    assert_eq!(golden[&fields[0]], before(&fields[0]));
    assert_eq!(golden[&fields[1]], merge["after"][&fields[1]]["value"].as_str().unwrap());
    assert_ne!(golden["members"], "1", "the records stay merged");
    desk.alike().args(undo(&fields[0])).assert().code(2).stderr(predicate::str::contains("already"));
    desk.alike()
        .args(undo("shoe_size"))
        .assert()
        .code(2)
        .stderr(predicate::str::contains("does not change field"));

    // Somebody edited the list since.
    let mut list = crate::support::editing::Edited::open(&desk.path("out/applied/golden.csv"));
    let row = list.find(&[("golden_id", golden["golden_id"].as_str())])[0];
    list.set(row, &fields[1], "edited since");
    list.save();
    desk.alike()
        .args(undo(&fields[1]))
        .assert()
        .code(4)
        .stderr(predicate::str::contains("now `edited since`"));
    let told = printed(&desk, "undo", &["out/applied", "--merge", id]);
    assert!(
        told.contains("Changed since the merge") && told.contains(&format!("{}: then", fields[1])),
        "{told}"
    );
    let golden = golden_of(&folder, survivor[0], survivor[1]);
    assert_eq!(
        (golden[&fields[1]].as_str(), golden[&fields[2]].as_str()),
        ("edited since", before(&fields[2]))
    );
}

#[test]
fn what_is_no_change_set_is_told() {
    let desk = Desk::new();
    sample_run(&desk);
    desk.alike()
        .args(["undo", "out"])
        .assert()
        .code(3)
        .stderr(predicate::str::contains("holds no change set"));
    desk.alike().args(["undo", "webshop.csv"]).assert().code(3);
    desk.alike().args(["undo", "out", "--field", "email"]).assert().code(2);
    apply(&desk, &[]);
    apply(&desk, &[]);
    let told = predicate::str::contains("was applied after it; undo that first");
    desk.alike().args(["undo", "out/applied/before"]).assert().code(2).stderr(told);
    fs::rename(desk.path("out/applied/before"), desk.path("kept")).unwrap();
    desk.alike()
        .args(["undo", "out/applied"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("cannot be put back"));
    assert!(desk.path("out/applied/golden.csv").exists());
    let text = fs::read_to_string(desk.path("out/applied/changeset.jsonl")).unwrap();
    desk.file("cut.jsonl", text.lines().take(5).collect::<Vec<_>>().join("\n"));
    desk.alike()
        .args(["verify", "cut.jsonl", "webshop.csv"])
        .assert()
        .code(3)
        .stderr(predicate::str::contains("it is cut off: 4 of 61 merges"));
    let copy = desk.file("copy.jsonl", &text);
    desk.alike()
        .arg("undo")
        .arg(copy)
        .assert()
        .code(3)
        .stderr(predicate::str::contains("does not stand in a folder"));
}
