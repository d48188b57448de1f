//! Acceptance sampling: a sample out, judgements in, the bound, and the gate before `apply`.

use crate::support::editing::Edited;
use crate::support::{Desk, samples};
use serde_json::Value;

const SETTINGS: &str = "[auto]\nrequire_audit = 0.05\n";

/// A run of the samples whose settings ask for an audit.
fn desk(settings: &str) -> Desk {
    let desk = Desk::new();
    desk.file("alike.toml", settings);
    desk.run("out", &samples(), &["-c", "alike.toml"]);
    desk
}

fn said(desk: &Desk, arguments: &[&str], code: i32) -> String {
    let assert = desk.alike().args(arguments).assert().code(code);
    let output = assert.get_output();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn status(desk: &Desk) -> Value {
    let text = said(desk, &["audit", "out", "--status", "--log", "json"], 0);
    let line = text.lines().find(|line| line.contains("\"standing\"")).unwrap();
    serde_json::from_str::<Value>(line).unwrap()["audit"]["standing"].clone()
}

/// Writes a judgement into the first row of every group of a sample.
fn judge(edited: &mut Edited, word: impl Fn(usize) -> &'static str) -> usize {
    let groups = edited.proposals();
    for (at, (_, rows)) in groups.iter().enumerate() {
        edited.set(rows[0], "judgement", word(at));
    }
    edited.save();
    groups.len()
}

#[test]
fn the_auto_lane_opens_when_the_judgements_prove_enough() {
    let desk = desk(SETTINGS);
    let refused = said(&desk, &["apply", "out"], 4);
    assert!(refused.contains("require_audit") && refused.contains("alike audit out"), "{refused}");
    assert!(!desk.path("out/applied").exists());

    let before = status(&desk);
    let drawn = said(&desk, &["audit", "out", "-o", "sample.csv", "--masked"], 0);
    assert!(drawn.contains("--import sample.csv"), "{drawn}");
    let mut edited = Edited::open(&desk.path("sample.csv"));
    let groups = judge(&mut edited, |_| "right");
    assert_eq!(before["more"], groups as u64);
    let told = said(&desk, &["audit", "out", "--import", "sample.csv", "--by", "anna"], 0);
    assert!(told.contains(&format!("{groups} judgements kept")), "{told}");
    assert_eq!(status(&desk)["met"], true, "{told}");
    // Said again it adds nothing.
    let again = said(&desk, &["audit", "out", "--import", "sample.csv", "--by", "anna"], 0);
    assert!(!again.contains("kept"), "{again}");
    said(&desk, &["apply", "out"], 0);
    assert!(desk.path("out/applied").exists());
}

#[test]
fn what_was_judged_wrong_is_not_merged() {
    let desk = desk("");
    said(&desk, &["audit", "out", "-o", "sample.xlsx", "--size", "9"], 0);
    said(&desk, &["audit", "out", "-o", "sample.csv", "--size", "9"], 0);
    let all = status(&desk)["groups"].as_u64().unwrap();
    let mut edited = Edited::open(&desk.path("sample.csv"));
    let groups = judge(&mut edited, |at| ["wrong", "unsure", "right"][at.min(2)]);
    assert!(groups >= 9);
    said(&desk, &["audit", "out", "--import", "sample.csv", "--by", "anna"], 0);
    let standing = status(&desk);
    assert_eq!((standing["wrong"].as_u64(), standing["unsure"].as_u64()), (Some(1), Some(1)), "{standing}");
    let told = said(&desk, &["apply", "out"], 0);
    assert!(told.contains("2 sure merges wait: judged wrong or unsure"), "{told}");
    assert!(told.contains(&format!("{} sure (lane auto)", all - 2)), "{told}");
}

#[test]
fn what_people_decided_is_merged_though_the_lane_is_refused() {
    let desk = desk(SETTINGS);
    let mut edited = Edited::open(&desk.path("out/proposals.csv"));
    let row = edited.find(&[("lane", "auto")])[0];
    edited.set(row, "decision", "merge");
    edited.save();
    let told = said(&desk, &["apply", "out"], 4);
    assert!(told.contains("1 merge: 0 sure (lane auto), 1 decided by you"), "{told}");
    assert!(told.contains("refused"), "{told}");
    assert!(desk.path("out/applied/changeset.jsonl").exists());
}

#[test]
fn every_mistake_in_the_judgements_is_told_with_its_place() {
    let desk = desk("");
    said(&desk, &["audit", "out", "-o", "sample.csv"], 0);
    let mut edited = Edited::open(&desk.path("sample.csv"));
    edited.set(0, "judgement", "rihgt");
    edited.set(1, "fingerprint", "F-0000000000000000");
    edited.set(2, "proposal_id", "P-0000000000000000");
    let groups = edited.proposals();
    let (_, rows) = groups.last().unwrap();
    edited.set(rows[0], "judgement", "right");
    edited.set(rows[1], "judgement", "wrong");
    edited.save();
    let told = said(&desk, &["audit", "out", "--import", "sample.csv", "--by", "anna"], 2);
    for part in ["4 problems", "line 2", "`rihgt`", "line 3", "line 4", "says otherwise"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(status(&desk)["judged"], 0);
    said(&desk, &["audit", "out", "-o", "sample.csv"], 2);
}

#[test]
fn judgements_hold_in_later_runs_with_the_same_decisions() {
    let desk = Desk::new();
    desk.file("alike.toml", SETTINGS);
    let more = ["-c", "alike.toml", "--state", "state"];
    desk.run("out", &samples(), &more);
    said(&desk, &["audit", "out", "-o", "sample.csv"], 0);
    judge(&mut Edited::open(&desk.path("sample.csv")), |_| "right");
    said(&desk, &["audit", "out", "--import", "sample.csv", "--by", "anna"], 0);
    assert!(desk.path("state/audit.jsonl").exists() && !desk.path("out/audit.jsonl").exists());
    desk.run("next", &samples(), &more);
    said(&desk, &["apply", "next"], 0);
}

#[test]
fn impossible_settings_are_told() {
    let desk = Desk::new();
    desk.file("alike.toml", "[auto]\nrequire_audit = 0\n");
    let told = said(&desk, &["check", "alike.toml"], 2);
    assert!(told.contains("require_audit"), "{told}");
    desk.run("out", &samples(), &[]);
    said(&desk, &["audit", "out", "--bound", "1.5"], 2);
}
