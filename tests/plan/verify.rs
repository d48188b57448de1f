//! `alike verify`: an export that is as planned, and everything in which one can differ.

use super::{applied, apply, change_set, printed};
use crate::support::editing::Edited;
use crate::support::{Desk, Table};
use predicates::prelude::*;

const CRM: &str = "id,first_name,last_name,email,phone,city,deleted,modified_at\n\
    A,Petra,Kooistra,petra@kooistra.example,020 555 0101,Gent,,2024-01-01\n\
    B,Petra,Kooistra,petra@kooistra.example,,Gent,,2024-02-01\n\
    C,Yvonne,Quist,yvonne@quist.example,030 555 0999,Delft,no,2024-01-01\n\
    D,Yvonne,Quist,yvonne@quist.example,,,no,2024-02-01\n\
    E,Els,Dal,els@dal.example,050 555 0202,Breda,,2024-01-01\n";

/// An apply, and the export of a system that did what was planned.
fn desk() -> (Desk, Edited) {
    let desk = Desk::new();
    let file = desk.file("crm.csv", CRM);
    let run = desk.run("out", &[file], &[]);
    let mut proposals = run.proposals();
    assert_eq!(proposals.proposals().len(), 2);
    (0..proposals.rows.len()).for_each(|row| proposals.set(row, "decision", "merge"));
    proposals.save();
    apply(&desk, &[]);
    let mut after = Edited::open(&desk.file("after.csv", CRM));
    for merge in change_set(&applied(&desk)) {
        for loser in merge["losers"].as_array().unwrap() {
            after.rows.retain(|row| row[0] != loser["record_id"].as_str().unwrap());
        }
        let row = after.find(&[("id", merge["survivor"]["record_id"].as_str().unwrap())])[0];
        for (field, value) in merge["after"].as_object().unwrap() {
            after.set(row, field, value["value"].as_str().unwrap());
        }
    }
    after.save();
    (desk, after)
}

#[test]
fn an_export_as_planned() {
    let (desk, mut after) = desk();
    let told = printed(&desk, "verify", &["out/applied", "crm=after.csv"]);
    assert!(told.contains("2 merges looked at: all as planned") && told.contains("2 gone"), "{told}");
    // Written another way, and changed later: no differences.
    let row = after.find(&[("last_name", "Kooistra")])[0];
    after.set(row, "last_name", "KOOISTRA");
    after.set(row, "modified_at", "2031-01-01");
    after.save();
    let told = printed(&desk, "verify", &["out/applied/changeset.jsonl", "crm=after.csv"]);
    assert!(told.contains("1 of them written another way"), "{told}");
}

#[test]
fn every_difference_is_told() {
    let (desk, mut after) = desk();
    let row = after.find(&[("last_name", "Kooistra")])[0];
    after.set(row, "city", "Brugge");
    let gone = after.find(&[("last_name", "Quist")])[0];
    after.rows.remove(gone);
    after.save();
    let told = predicate::str::contains("city: planned `Gent`, found `Brugge`")
        .and(predicate::str::contains("planned `there`, found `gone`"));
    let run = || {
        let mut command = desk.alike();
        command.args(["verify", "out/applied", "crm=after.csv", "-o", "differences.csv"]);
        command
    };
    run().assert().code(4).stdout(told).stderr(predicate::str::contains("2 differences"));
    let table = Table::read(&desk.path("differences.csv"));
    assert_eq!(table.column("what"), ["value", "survivor_missing"]);
    // The export of before: nothing was done.
    let told = predicate::str::contains("planned `gone, or marked`");
    desk.alike().args(["verify", "out/applied", "crm.csv"]).assert().code(4).stdout(told);
}

#[test]
fn losers_may_be_marked() {
    let (desk, after) = desk();
    let mut marked = Edited::open(&desk.path("after.csv"));
    let original = Edited::open(&desk.path("crm.csv"));
    for row in original.rows {
        if after.find(&[("id", &row[0])]).is_empty() {
            marked.rows.push(row);
        }
    }
    let column = marked.at("deleted");
    let kept = after.rows.len();
    marked.rows[kept..].iter_mut().for_each(|row| row[column] = "yes".into());
    marked.save();
    let told = printed(&desk, "verify", &["out/applied", "crm=after.csv"]);
    assert!(told.contains("0 gone, 2 marked"), "{told}");
    let told = printed(&desk, "verify", &["out/applied", "crm=after.csv", "--marked", "deleted=YES"]);
    assert!(told.contains("2 marked"), "{told}");
    desk.alike().args(["verify", "out/applied", "crm=after.csv", "--marked", "city=none"]).assert().code(4);
    desk.alike().args(["verify", "out/applied", "crm=after.csv", "--marked", "city"]).assert().code(2);
}

#[test]
fn what_was_undone_since_is_not_asked_for() {
    let (desk, _) = desk();
    for merge in change_set(&applied(&desk)) {
        printed(&desk, "undo", &["out/applied", "--merge", merge["merge"].as_str().unwrap()]);
    }
    let told = printed(&desk, "verify", &["out/applied", "crm.csv"]);
    assert!(told.contains("2 merges undone since"), "{told}");
    desk.alike()
        .args(["verify", "out/applied", "erp=crm.csv"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("no source `erp`"));
    desk.alike().args(["verify", "out", "crm.csv"]).assert().code(3);
}
