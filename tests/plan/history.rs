//! Records that changed since the review, and applies one after the other.

use super::{applied, apply, change_set, golden_of, sample_run};
use crate::support::Desk;
use crate::support::editing::Edited;
use std::fs;

/// An export edited cell by cell: its text with one thing replaced in the line of a record.
fn change(desk: &Desk, file: &str, record: &str, from: &str, to: &str) {
    let text = fs::read_to_string(desk.path(file)).unwrap();
    let line = text.lines().find(|line| line.contains(record)).unwrap();
    assert!(line.contains(from), "{line}");
    desk.file(file, text.replace(line, &line.replace(from, to)));
}

/// A pair of Business Central records in one proposal of the lane `auto`.
fn pair(proposals: &Edited) -> (String, usize) {
    let is_ours = |row: &&usize| proposals.get(**row, "source") == "business_central";
    let found = proposals.of_lane("auto", 2..=2);
    let (id, rows) = found.iter().find(|(_, rows)| rows.iter().any(|row| is_ours(&row))).unwrap();
    (id.clone(), *rows.iter().find(is_ours).unwrap())
}

#[test]
fn records_that_changed_hold_their_proposal_back_and_the_rest_goes_on() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let proposals = run.proposals();
    let (id, row) = pair(&proposals);
    let (record, name) = (proposals.get(row, "record_id"), proposals.get(row, "last_name"));
    change(&desk, "business_central.csv", record, name, "Verandering");
    let told = apply(&desk, &[]);
    assert!(
        told.contains("1 with records that changed since the review") && told.contains("60 sure"),
        "{told}"
    );
    assert!(change_set(&applied(&desk)).iter().all(|merge| merge["merge"] != id.as_str()));
    let held = applied(&desk).table("held_back");
    let line = held.rows().find(|held| held["field"] == "last_name" && held["record_id"] == record).unwrap();
    assert_eq!(
        (line["proposal_id"], line["reason"], line["was"], line["is"]),
        (id.as_str(), "record_changed", name, "Verandering")
    );
    assert_eq!(
        golden_of(&applied(&desk), "business_central", record)["last_name"],
        "Verandering",
        "as it is now"
    );
}

#[test]
fn a_later_time_stamp_reopens_nothing_and_is_carried_on() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let proposals = run.proposals();
    let (id, row) = pair(&proposals);
    let (record, stamp) = (proposals.get(row, "record_id"), proposals.get(row, "modified_at"));
    change(&desk, "business_central.csv", record, stamp, "31-12-2031");
    let told = apply(&desk, &[]);
    assert!(told.contains("0 with records that changed") && told.contains("61 sure"), "{told}");
    assert_eq!(
        golden_of(&applied(&desk), "business_central", record)["modified_at"],
        "31-12-2031",
        "the latest change"
    );
    let plan = run.plan();
    let changes = change_set(&applied(&desk));
    let merge = changes.iter().find(|merge| merge["merge"] == id.as_str()).unwrap();
    for planned in plan.find(&[("proposal_id", &id)]) {
        let field = plan.get(planned, "field");
        if field != "modified_at" {
            let value = merge["after"].get(field).map_or("", |after| after["value"].as_str().unwrap());
            assert_eq!(
                alike::write::restore(plan.get(planned, "value")),
                value,
                "{field} is what was approved"
            );
        }
    }
}

#[test]
fn records_that_are_gone_hold_their_proposal_back() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let proposals = run.proposals();
    let (id, row) = pair(&proposals);
    let record = proposals.get(row, "record_id");
    let text = fs::read_to_string(desk.path("business_central.csv")).unwrap();
    let fresh: Vec<&str> = text.lines().filter(|line| !line.starts_with(record)).collect();
    desk.file("fresh.csv", fresh.join("\n"));
    let told = apply(&desk, &["--inputs", "business_central=fresh.csv"]);
    assert!(told.contains("1 with records that changed since the review"), "{told}");
    let held = applied(&desk).table("held_back");
    assert!(held.rows().any(|held| held["proposal_id"] == id
        && held["reason"] == "record_gone"
        && held["record_id"] == record));
    assert!(applied(&desk).table("crosswalk").rows().all(|row| row["record_id"] != record));
}

/// Three records of one person, and somebody else.
const PEOPLE: [&str; 4] = [
    "A,Petra,Kooistra,petra@kooistra.example,020 555 0101,Gent,2024-01-01",
    "B,Petra,Kooistra,petra@kooistra.example,020 555 0101,Gent,2024-02-01",
    "C,Petra,Kooistra,petra@kooistra.example,020 555 0101,Gent,2024-03-01",
    "D,Yvonne,Quist,yvonne@quist.example,030 555 0999,Delft,2024-01-01",
];

/// A month: these people are exported, run, and merged into the one that is named.
fn month(desk: &Desk, name: &str, people: &[usize], survivor: &str) {
    let lines: Vec<&str> = people.iter().map(|&at| PEOPLE[at]).collect();
    let file = desk.file(
        "crm.csv",
        format!("id,first_name,last_name,email,phone,city,modified_at\n{}\n", lines.join("\n")),
    );
    let run = desk.run(name, &[file], &[]);
    let mut proposals = run.proposals();
    assert_eq!(proposals.proposals().len(), 1);
    for row in 0..proposals.rows.len() {
        let role = if proposals.get(row, "record_id") == survivor { "survivor" } else { "duplicate" };
        proposals.set(row, "role", role);
        proposals.set(row, "decision", "merge");
    }
    proposals.save();
    desk.alike().args(["apply", name, "-o", "master", "-q"]).assert().success();
}

fn leads_to(desk: &Desk, record: &str) -> (String, String) {
    let crosswalk = crate::support::Table::read(&desk.path("master/crosswalk.csv"));
    let row = crosswalk.rows().find(|row| row["record_id"] == record).unwrap();
    (row["golden_record_id"].to_string(), row["in_inputs"].to_string())
}

#[test]
fn the_crosswalk_leads_through_all_applies() {
    let desk = Desk::new();
    month(&desk, "march", &[0, 1, 3], "B");
    assert_eq!(leads_to(&desk, "A"), ("B".into(), "true".into()));
    let march = crate::support::editing::tree(&desk.path("master"));
    // The system has merged A into B; in June B is merged into C.
    month(&desk, "june", &[1, 2, 3], "C");
    for (record, present) in [("A", "false"), ("B", "true"), ("C", "true")] {
        assert_eq!(leads_to(&desk, record), ("C".into(), present.into()), "{record}");
    }
    assert_eq!(leads_to(&desk, "D").0, "D");
    let golden = crate::support::Table::read(&desk.path("master/golden.csv"));
    assert_eq!(golden.len(), 2);

    // March's merge can still be taken back: A stands on its own, with what it had.
    let merge = {
        let text = fs::read_to_string(desk.path("master/before/changeset.jsonl")).unwrap();
        let merge: serde_json::Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
        merge["merge"].as_str().unwrap().to_string()
    };
    let told = super::printed(&desk, "undo", &["master/before", "--merge", &merge]);
    assert!(told.contains("crm:A stands on its own again") && told.contains("then part of"), "{told}");
    assert_eq!(leads_to(&desk, "A").0, "A");
    assert_eq!(leads_to(&desk, "B").0, "C");
    let golden = crate::support::Table::read(&desk.path("master/golden.csv"));
    let a = golden.rows().find(|row| row["id"] == "A").unwrap();
    assert_eq!((a["members"], a["first_name"], a["modified_at"]), ("1", "Petra", "2024-01-01"));

    // And June as a whole: March's folder comes back to the byte.
    super::printed(&desk, "undo", &["master"]);
    assert!(crate::support::editing::tree(&desk.path("master")) == march);
}

#[test]
fn undoing_the_later_merge_gives_the_earlier_one_back() {
    let desk = Desk::new();
    month(&desk, "march", &[0, 1, 3], "B");
    month(&desk, "june", &[1, 2, 3], "C");
    let text = fs::read_to_string(desk.path("master/changeset.jsonl")).unwrap();
    let merge: serde_json::Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
    super::printed(&desk, "undo", &["master", "--merge", merge["merge"].as_str().unwrap()]);
    assert_eq!(leads_to(&desk, "B").0, "B");
    assert_eq!(leads_to(&desk, "A").0, "B", "it had been merged into B before");
    assert_eq!(leads_to(&desk, "C").0, "C");
}

#[test]
fn a_record_that_is_there_again_is_told() {
    let desk = Desk::new();
    month(&desk, "march", &[0, 1, 3], "B");
    let lines: Vec<&str> = [0, 3].iter().map(|&at| PEOPLE[at]).collect();
    let file = desk.file(
        "crm.csv",
        format!("id,first_name,last_name,email,phone,city,modified_at\n{}\n", lines.join("\n")),
    );
    desk.run("june", &[file], &[]);
    let told = super::printed(&desk, "apply", &["june", "-o", "master"]);
    assert!(told.contains("1 record merged by an earlier apply that stand in the inputs again"), "{told}");
}
