//! Mistakes in an edited plan: all told at once, each with its place, and nothing applied.

use super::sample_run;
use crate::support::Desk;
use crate::support::editing::EXCEL;
use predicates::prelude::*;

/// What `alike apply out` says is wrong.
fn wrong(desk: &Desk) -> String {
    let assert = desk.alike().args(["apply", "out", "-q"]).assert().code(2).stdout("");
    assert!(!desk.path("out/applied").exists(), "nothing is written");
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

/// The lines that tell a problem in a column at a line of a file.
fn at<'a>(told: &'a str, file: &str, line: usize, column: &str) -> Option<&'a str> {
    let place = format!("  {file} line {line}, column `{column}`: ");
    told.lines().find_map(|line| line.strip_prefix(place.as_str()))
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let (mut proposals, mut plan) = (run.proposals(), run.plan());
    let review = proposals.of_lane("review", 2..=9);
    let row_of = |rows: &[usize]| rows[0];
    let edits = [
        ("decision", "mrege", "`mrege` is no decision; write `merge`"),
        ("role", "boss", "`boss` is no role; write `survivor`"),
        ("lane", "auto", "`auto` was `review` when the run wrote it"),
        ("record_id", "X99", "the run knows no record"),
        ("last_name", "Edited", "`Edited` is `"),
        ("fingerprint", "F-0000000000000000", "is not the fingerprint of"),
        ("proposal_id", "P-12", "`P-12` is no proposal of this run"),
        ("notes", "my note", "`my note` is `` in the source"),
    ];
    for ((_, rows), (column, value, _)) in review.iter().zip(&edits) {
        // The second row: a fingerprint is held against the one before it.
        proposals.set(rows[usize::from(*column == "fingerprint")], column, value);
    }
    let two = &review[8];
    two.1.iter().for_each(|&row| proposals.set(row, "role", "survivor"));
    let both = &review[9];
    proposals.set(both.1[0], "decision", "merge");
    proposals.set(both.1[1], "decision", "reject");
    let out = &review[10];
    proposals.set(row_of(&out.1), "decision", "out");
    let rejected = &review[11];
    proposals.set(row_of(&rejected.1), "decision", "reject");
    // The second row of a proposal in the plan: the first is its id, which is nobody's to override.
    let second = |id: &str| plan.find(&[("proposal_id", id)])[1];
    let (override_of_rejected, value) = (second(&rejected.0), second(&review[12].0));
    let (id, renamed) = (plan.find(&[("proposal_id", &review[12].0)])[0], second(&review[13].0));
    plan.set(override_of_rejected, "override", "Vos");
    plan.set(value, "value", "Nowhere");
    plan.set(renamed, "field", "surname");
    plan.set(id, "fingerprint", "F-1");
    // Cells of several lines make lines of files differ from rows.
    let lines = |table: &crate::support::editing::Edited| {
        let mut line = 2;
        table
            .rows
            .iter()
            .map(|row| {
                let start = line;
                line += 1 + row.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
                start
            })
            .collect::<Vec<usize>>()
    };
    let (of_proposals, of_plan) = (lines(&proposals), lines(&plan));
    proposals.save_as(EXCEL);
    plan.save_as(EXCEL);
    let told = wrong(&desk);
    for ((_, rows), (column, _, what)) in review.iter().zip(&edits) {
        let line = of_proposals[rows[usize::from(*column == "fingerprint")]];
        let found = at(&told, "proposals.csv", line, column);
        assert!(found.is_some_and(|found| found.contains(what)), "{column} at {line}: {found:?} in {told}");
    }
    for (row, column, what) in [
        (two.1[1], "role", "has two survivors"),
        (both.1[1], "decision", "another row of"),
        (out.1[0], "decision", "nothing says what becomes of the others"),
    ] {
        let found = at(&told, "proposals.csv", of_proposals[row], column);
        assert!(found.is_some_and(|found| found.contains(what)), "{column}: {found:?} in {told}");
    }
    for (row, column, what) in [
        (override_of_rejected, "override", "kept apart"),
        (value, "value", "`Nowhere` does not stand in the record"),
        (renamed, "field", "`surname` is no field"),
        (id, "fingerprint", "`F-1` is not the fingerprint"),
    ] {
        let found = at(&told, "plan.csv", of_plan[row], column);
        assert!(found.is_some_and(|found| found.contains(what)), "{column}: {found:?} in {told}");
    }
    assert!(told.contains("problems in the edited plan; nothing was applied"), "{told}");
}

#[test]
fn missing_rows_and_headings_are_told() {
    let desk = Desk::new();
    let run = sample_run(&desk);
    let auto = run.proposals().of_lane("auto", 2..=2);

    let mut proposals = run.proposals();
    let gone =
        format!("`{}:{}`", proposals.get(auto[0].1[1], "source"), proposals.get(auto[0].1[1], "record_id"));
    proposals.rows.remove(auto[0].1[1]);
    proposals.save();
    let told = wrong(&desk);
    assert!(told.contains(&format!("(missing: {gone})")) && told.contains(&auto[0].0), "{told}");

    let mut proposals = crate::support::editing::Edited::open(&run.path.join("proposals.csv"));
    proposals.rows.retain(|row| row[0] != auto[0].0);
    proposals.save();
    let told = wrong(&desk);
    assert!(told.contains(&format!("`{}` has no rows in proposals.csv", auto[0].0)), "{told}");
    let mut plan = run.plan();
    plan.rows.retain(|row| row[0] != auto[0].0);
    plan.save();
    assert!(wrong(&desk).contains("1 of the run's proposals have no rows any more"));

    let mut plan = run.plan();
    let city = plan.find(&[("field", "last_name"), ("proposal_id", &auto[1].0)])[0];
    plan.rows.remove(city);
    plan.header[9] = "overide".into();
    plan.save();
    let told = wrong(&desk);
    assert!(
        told.contains(
            "plan.csv line 1, column `override`: there is no such heading; not known are `overide`"
        ),
        "{told}"
    );
    plan.header[9] = "override".into();
    plan.save();
    assert!(wrong(&desk).contains("has no row for field `last_name` in plan.csv"));
}

#[test]
fn what_is_no_table_is_told() {
    let desk = Desk::new();
    sample_run(&desk);
    desk.file("out/plan.csv", b"proposal_id;field\nP-1;M\xfcller\n");
    let told = predicate::str::contains("plan.csv`, line 2: it is not UTF-8; save it as `CSV UTF-8`");
    desk.alike().args(["apply", "out"]).assert().code(3).stderr(told);
    std::fs::remove_file(desk.path("out/plan.csv")).unwrap();
    desk.alike()
        .args(["apply", "out"])
        .assert()
        .code(3)
        .stderr(predicate::str::contains("holds no plan.csv"));
}

#[test]
fn files_that_are_gone_or_unknown_are_told() {
    let desk = Desk::new();
    sample_run(&desk);
    std::fs::rename(desk.path("webshop.csv"), desk.path("moved.csv")).unwrap();
    let told = predicate::str::contains("--inputs webshop=FILE");
    desk.alike().args(["apply", "out"]).assert().code(3).stderr(told);
    let told = predicate::str::contains("the run has no source `moved`");
    desk.alike().args(["apply", "out", "--inputs", "moved.csv"]).assert().code(2).stderr(told);
    desk.alike().args(["apply", "out", "--inputs", "webshop=moved.csv"]).assert().success();
}
