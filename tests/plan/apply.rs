//! `alike apply`: what it writes for what people decided.

use super::{applied, apply, change_set, golden_of, sample_run};
use crate::support::editing::{EXCEL, tree};
use crate::support::{Desk, Table};
use predicates::prelude::*;
use std::fs;

/// Sums per source, and what they must equal.
fn check_sums(desk: &Desk) {
    let folder = applied(desk);
    let (crosswalk, golden, held) =
        (folder.table("crosswalk"), folder.table("golden"), folder.table("held_back"));
    let number = |cell: &str| cell.parse::<usize>().unwrap();
    let mut stay = 0;
    for row in folder.table("reconciliation").rows() {
        let of_source = |table: &Table| table.rows().filter(|other| other["source"] == row["source"]).count();
        let [rows, kept, merged, waits, quarantined] =
            ["rows", "kept", "merged", "held", "quarantined"].map(|name| number(row[name]));
        assert_eq!(rows, kept + merged + waits + quarantined);
        assert_eq!(of_source(&crosswalk), rows - quarantined);
        assert_eq!(of_source(&held), waits, "{}", row["source"]);
        stay += kept + waits;
    }
    assert_eq!(golden.len(), stay);
    assert_eq!(golden.column("members").iter().map(|cell| number(cell)).sum::<usize>(), crosswalk.len());
    let ids: std::collections::BTreeSet<&str> = golden.column("golden_id").into_iter().collect();
    assert_eq!(ids.len(), golden.len());
    assert!(crosswalk.column("golden_id").iter().all(|id| ids.contains(id)));
}

#[test]
fn an_untouched_plan_merges_the_sure_ones_as_the_run_showed_them() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let told = apply(&desk, &[]);
    assert!(told.contains("(checked)") && told.contains("61 sure (lane auto), 0 decided by you"), "{told}");
    let folder = applied(&desk);
    assert!(folder.bytes("golden.csv") == run.bytes("golden.csv"));
    for (then, now) in run.table("crosswalk").rows().zip(folder.table("crosswalk").rows()) {
        for name in ["source", "record_id", "golden_id", "entity_id", "lane", "probability"] {
            assert_eq!(then[name], now[name], "{name}");
        }
        let survivor = format!("{}:{}", now["golden_source"], now["golden_record_id"]);
        let own = format!("{}:{}", now["source"], now["record_id"]);
        assert!(now["merge_id"].is_empty() == now["change_set"].is_empty());
        assert!(!now["merge_id"].is_empty() || own == survivor);
    }
    check_sums(&desk);
    // The run folder itself is as it was, and a later run does not replace it.
    assert_eq!(fs::read_dir(&run.path).unwrap().count(), 12);
    desk.alike().args(["run", "webshop.csv", "-o", "out"]).assert().code(2);
}

#[test]
fn a_rehearsal_says_the_same_and_writes_nothing() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let mut proposals = run.proposals();
    let (_, rows) = proposals.of_lane("review", 2..=9)[0].clone();
    proposals.set(rows[0], "decision", "merge");
    proposals.save();
    let before = tree(&desk.path(""));
    let rehearsed = apply(&desk, &["--dry-run"]);
    assert!(tree(&desk.path("")) == before);
    let done = apply(&desk, &[]);
    let sums = |text: &str| text.split("\n\n").take(2).collect::<Vec<_>>().join("\n\n");
    assert_eq!(sums(&rehearsed), sums(&done));
    assert!(
        rehearsed.contains("Nothing was written") && rehearsed.contains("1 decided by you"),
        "{rehearsed}"
    );
}

#[test]
fn people_approve_reject_hold_and_choose_the_survivor() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let mut proposals = run.proposals();
    let (review, auto) = (proposals.of_lane("review", 2..=2), proposals.of_lane("auto", 2..=2));
    proposals.set(review[0].1[1], "decision", "merge");
    proposals.set(review[1].1[0], "decision", "Approve");
    proposals.set(review[1].1[0], "role", "duplicate");
    proposals.set(review[1].1[1], "role", "survivor");
    proposals.set(auto[0].1[0], "decision", "reject");
    proposals.set(auto[1].1[0], "decision", "keep_apart");
    proposals.set(auto[2].1[1], "decision", "hold");
    proposals.save();
    let told = apply(&desk, &[]);
    assert!(told.contains("2 proposals kept apart") && told.contains("1 on hold"), "{told}");
    check_sums(&desk);
    let changes = change_set(&applied(&desk));
    let merge = |id: &str| changes.iter().find(|merge| merge["proposal_id"] == id);
    for (id, rows) in [&review[0], &review[1]] {
        let merge = merge(id).unwrap();
        let survivor = rows.iter().find(|&&row| proposals.get(row, "role") == "survivor").unwrap();
        assert_eq!(merge["survivor"]["record_id"], proposals.get(*survivor, "record_id"));
        assert_eq!((merge["decision"].as_str(), merge["merge"].as_str()), (Some("merge"), Some(id.as_str())));
        assert_eq!(merge["before"].as_array().unwrap().len(), 2);
        let golden =
            golden_of(&applied(&desk), proposals.get(rows[0], "source"), proposals.get(rows[0], "record_id"));
        assert_eq!(golden["members"], "2");
        assert_eq!(golden["id"], proposals.get(*survivor, "id"), "the id is the survivor's");
    }
    assert!(auto[..3].iter().all(|(id, _)| merge(id).is_none()));
    let held = applied(&desk).table("held_back");
    assert!(held.rows().any(|row| row["proposal_id"] == auto[2].0 && row["reason"] == "decision_hold"));
    // Who is kept apart is believed to be apart.
    let crosswalk = applied(&desk).table("crosswalk");
    let entity = |row: usize| {
        let key = [proposals.get(row, "source"), proposals.get(row, "record_id")];
        crosswalk.rows().find(|other| [other["source"], other["record_id"]] == key).unwrap()["entity_id"]
            .to_string()
    };
    assert_ne!(entity(auto[0].1[0]), entity(auto[0].1[1]));
    assert_eq!(entity(auto[2].1[0]), entity(auto[2].1[1]));
}

#[test]
fn a_record_is_taken_out_and_a_proposal_is_split() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let mut proposals = run.proposals();
    let big = proposals.of_lane("auto", 3..=3);
    proposals.set(big[0].1[2], "decision", "out");
    for (row, word) in big[1].1.iter().zip(["group:1", "group:2", "group:2"]) {
        proposals.set(*row, "decision", word);
    }
    proposals.save();
    apply(&desk, &[]);
    check_sums(&desk);
    let changes = change_set(&applied(&desk));
    for ((id, rows), (together, alone)) in big[..2].iter().zip([([0, 1], 2), ([1, 2], 0)]) {
        let merge = changes.iter().find(|merge| merge["proposal_id"] == id.as_str()).unwrap();
        assert_ne!(merge["merge"], id.as_str(), "its id is made of the records that are merged");
        let mut keys: Vec<&str> = merge["before"]
            .as_array()
            .unwrap()
            .iter()
            .map(|image| image["record_id"].as_str().unwrap())
            .collect();
        let mut expected = together.map(|at| proposals.get(rows[at], "record_id"));
        keys.sort_unstable();
        expected.sort_unstable();
        assert_eq!(keys, expected);
        // The one that is out is as it was, and none of its values is in the others' golden record.
        let out = golden_of(
            &applied(&desk),
            proposals.get(rows[alone], "source"),
            proposals.get(rows[alone], "record_id"),
        );
        assert_eq!(
            (out["members"].as_str(), out["last_name"].as_str()),
            ("1", proposals.get(rows[alone], "last_name"))
        );
        for (field, after) in merge["after"].as_object().unwrap() {
            if let Some(from) = after.get("from") {
                assert_ne!(from["record_id"], proposals.get(rows[alone], "record_id"), "{field}");
            }
        }
    }
}

#[test]
fn values_are_chosen_typed_and_emptied() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let plan = run.plan();
    // A field of an auto proposal whose other value is one single value of another member.
    let chosen = (0..plan.rows.len())
        .find(|&row| {
            let other = plan.get(row, "other_values");
            plan.get(row, "lane") == "auto"
                && plan.get(row, "field") == "phone"
                && !other.is_empty()
                && !other.contains(" | ")
        })
        .unwrap();
    let id = plan.get(chosen, "proposal_id").to_string();
    let row_of = |field: &str| plan.find(&[("proposal_id", &id), ("field", field)])[0];
    let other = plan.get(chosen, "other_values").to_string();
    let mut plan = run.plan();
    plan.set(chosen, "override", &other);
    plan.set(row_of("last_name"), "override", "'=Typed;+1");
    plan.set(row_of("email"), "override", "(empty)");
    plan.save_as(EXCEL);
    let told = apply(&desk, &[]);
    assert!(told.contains("3 values by hand: 1 chosen from the records, 1 typed, 1 emptied"), "{told}");
    let changes = change_set(&applied(&desk));
    let merge = changes.iter().find(|merge| merge["merge"] == id.as_str()).unwrap();
    let after = &merge["after"];
    assert_eq!(
        (after["phone"]["rule"].as_str(), after["phone"]["value"].as_str()),
        (Some("chosen"), Some(other.trim_start_matches('\'')))
    );
    assert!(after["phone"]["from"]["record_id"].is_string());
    assert_eq!(
        (after["last_name"]["rule"].as_str(), after["last_name"]["value"].as_str()),
        (Some("typed"), Some("=Typed;+1"))
    );
    assert!(after["last_name"]["from"].is_null());
    assert_eq!(
        (after["email"]["rule"].as_str(), after["email"]["value"].as_str()),
        (Some("cleared"), Some(""))
    );
    let survivor = &merge["survivor"];
    let golden = golden_of(
        &applied(&desk),
        survivor["source"].as_str().unwrap(),
        survivor["record_id"].as_str().unwrap(),
    );
    assert_eq!((golden["last_name"].as_str(), golden["email"].as_str()), ("=Typed;+1", ""));
    let text = String::from_utf8(applied(&desk).bytes("golden.csv")).unwrap();
    assert!(text.contains(",'=Typed;+1,"), "no spreadsheet runs it");
}

#[test]
fn however_a_spreadsheet_saves_the_plan_the_same_is_applied() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let mut proposals = run.proposals();
    for (_, rows) in proposals.of_lane("review", 2..=9) {
        proposals.set(rows[0], "decision", "merge");
    }
    proposals.save();
    apply(&desk, &["-o", "plain"]);
    // Rows in another order, with a column of notes between.
    proposals.rows.reverse();
    proposals.header.insert(3, "my notes".into());
    proposals.rows.iter_mut().for_each(|row| row.insert(3, "call; her".into()));
    proposals.save_as(EXCEL);
    let mut plan = run.plan();
    plan.rows.reverse();
    plan.save_as(EXCEL);
    apply(&desk, &["-o", "excel"]);
    for name in ["golden.csv", "crosswalk.csv", "reconciliation.csv"] {
        let bytes = |folder: &str| fs::read_to_string(desk.path(folder).join(name)).unwrap();
        let without_id = |text: String| {
            text.lines().map(|line| line.split("C-").next().unwrap().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(without_id(bytes("plain")), without_id(bytes("excel")), "{name}");
    }
}

#[test]
fn a_run_in_parquet_is_applied_in_parquet() {
    let desk = Desk::new();
    desk.run("out", &samples_on(&desk), &["--format", "parquet"]);
    let told = apply(&desk, &[]);
    assert!(told.contains("61 sure"), "{told}");
    let golden = Table::read_parquet(&desk.path("out/applied/golden.parquet"));
    assert_eq!(golden, Table::read_parquet(&desk.path("out/golden.parquet")));
    let merge = change_set(&applied(&desk))[0]["merge"].as_str().unwrap().to_string();
    super::printed(&desk, "undo", &["out/applied", "--merge", &merge]);
    let golden = Table::read_parquet(&desk.path("out/applied/golden.parquet"));
    assert!(golden.rows().all(|row| !row["merged_record_ids"].is_empty()));
}

fn samples_on(desk: &Desk) -> Vec<std::path::PathBuf> {
    let files = crate::support::samples();
    files
        .iter()
        .map(|path| desk.file(&path.file_name().unwrap().to_string_lossy(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn only_a_place_of_its_own_is_written() {
    let desk = Desk::new();
    sample_run(&desk);
    fs::create_dir(desk.path("photos")).unwrap();
    desk.file("photos/holiday.jpg", "precious");
    for out in ["photos", "out"] {
        let told =
            predicate::str::contains("was not written by `alike apply`").and(predicate::str::contains("-o"));
        desk.alike().args(["apply", "out", "-o", out]).assert().code(2).stderr(told);
    }
    desk.alike().args(["apply", "photos"]).assert().code(3);
    apply(&desk, &[]);
    desk.file("out/applied/notes.txt", "call Jan");
    desk.alike().args(["apply", "out"]).assert().code(2).stderr(predicate::str::contains("`notes.txt`"));
    desk.alike()
        .args(["undo", "out/applied"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("`notes.txt`"));
    fs::remove_file(desk.path("out/applied/notes.txt")).unwrap();
    let lock = fs::File::create(desk.path("out/.applied.lock")).unwrap();
    lock.lock().unwrap();
    desk.alike().args(["apply", "out"]).assert().code(5);
    desk.alike().args(["undo", "out/applied"]).assert().code(5);
    // A rehearsal needs no place.
    apply(&desk, &["--dry-run"]);
    drop(lock);
    apply(&desk, &[]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_what_is_applied() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    sample_run(&desk);
    apply(&desk, &[]);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&desk.path("out/applied")), mode(&desk.path("out/applied.log.jsonl"))), (0o700, 0o600));
    for entry in fs::read_dir(desk.path("out/applied")).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

#[test]
fn a_proposal_of_one_that_is_left_merges_nothing() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let mut proposals = run.proposals();
    let (id, rows) = proposals.of_lane("auto", 2..=2)[0].clone();
    proposals.set(rows[0], "decision", "out");
    proposals.save();
    apply(&desk, &[]);
    assert!(change_set(&applied(&desk)).iter().all(|merge| merge["proposal_id"] != id.as_str()));
    check_sums(&desk);
}
