//! Tables that refer to contacts: forecast, moved, resolved, taken back.

use crate::support::editing::{Edited, tree};
use crate::support::{Desk, Folder, Table, project};
use predicates::prelude::*;
use std::fs;

/// A company and its double in Business Central's sample export, which are merged without asking.
const KEPT: &str = "CT000074";
const GONE: &str = "CT000017";
const MERGE: &str = "P-35ba94f6873a4203";

const RELATIONS: &str = "Contact No.,Code,Link\n\
    CT000017,CUST,D1\nCT000074,CUST,D2\nCT000017,VEND,V1\nCT000999,CUST,D9\nCT000017,\"A,B\",=1+1\n";

/// The exports of Business Central and the webshop on a desk, with persons linked to companies, and settings.
fn desk(related: &str) -> Desk {
    let desk = Desk::new();
    let text = fs::read_to_string(project("sample-data/exports/business_central.csv")).unwrap();
    let mut lines = text.lines();
    let mut export = format!("{};Bedrijfsnr.\n", lines.next().unwrap());
    for (at, line) in lines.enumerate() {
        let number = line.split(';').next().unwrap();
        let company = if number == "CT000001" { GONE } else { "" };
        // The first person is said to work for the company that goes, under its old name.
        let line = if at == 0 { line.replacen("Persoon;;", "Persoon;Papier Claes;", 1) } else { line.into() };
        export.push_str(&format!("{line};{company}\n"));
    }
    desk.file("business_central.csv", export);
    fs::copy(project("sample-data/exports/webshop.csv"), desk.path("webshop.csv")).unwrap();
    desk.file("relations.csv", RELATIONS);
    let sources = "[[source]]\nfile = 'business_central.csv'\n[[source]]\nfile = 'webshop.csv'\n";
    desk.file("alike.toml", format!("{sources}{related}"));
    desk
}

fn relations(on_conflict: &str) -> String {
    format!(
        "[[related]]\nfile = 'relations.csv'\nsource = 'business_central'\ncolumns = ['Contact No.']\n\
         key = ['Contact No.', 'Code']\non_conflict = '{on_conflict}'\n"
    )
}

fn run(desk: &Desk) -> Folder {
    let none: [&str; 0] = [];
    desk.run("out", &none, &["-c", "alike.toml"])
}

fn apply(desk: &Desk) -> String {
    let assert = desk.alike().args(["apply", "out"]).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn written(desk: &Desk, name: &str) -> Vec<Vec<String>> {
    Table::read(&desk.path("out/applied").join(name)).cells
}

fn rows(cells: &[[&str; 3]]) -> Vec<Vec<String>> {
    cells.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn a_run_forecasts_and_lists_what_dangles() {
    let desk = desk(&relations("remove"));
    let out = run(&desk);
    let table = out.table("related");
    let lines: Vec<_> = table.rows().filter(|row| row["proposal_id"] == MERGE).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0]["role"], lines[0]["record_id"], lines[0]["moves"]), ("survivor", KEPT, "0"));
    let loser = &lines[1];
    assert_eq!((loser["record_id"], loser["references"], loser["moves"]), (GONE, "3", "3"));
    assert_eq!((loser["conflicts"], loser["conflict_lines"], loser["action"]), ("1", "2 meets 3", "remove"));
    let dangling = out.table("dangling");
    assert_eq!((dangling.column("value"), dangling.column("line")), (vec!["CT000999"], vec!["5"]));
    let counts = &out.json("manifest")["related"][0];
    assert_eq!((counts["rows"].as_u64(), counts["dangling"].as_u64()), (Some(5), Some(1)));
    let report = String::from_utf8(out.bytes("report.html")).unwrap();
    assert!(report.contains("Conflicts of keys"));
}

#[test]
fn conflicts_are_resolved_as_the_plan_says() {
    let expected: [(&str, &[[&str; 3]]); 3] = [
        (
            "remove",
            &[[KEPT, "CUST", "D2"], [KEPT, "VEND", "V1"], ["CT000999", "CUST", "D9"], [KEPT, "A,B", "=1+1"]],
        ),
        (
            "rename",
            &[
                [KEPT, "CUST-2", "D1"],
                [KEPT, "CUST", "D2"],
                [KEPT, "VEND", "V1"],
                ["CT000999", "CUST", "D9"],
                [KEPT, "A,B", "=1+1"],
            ],
        ),
        (
            "keep",
            &[
                [GONE, "CUST", "D1"],
                [KEPT, "CUST", "D2"],
                [KEPT, "VEND", "V1"],
                ["CT000999", "CUST", "D9"],
                [KEPT, "A,B", "=1+1"],
            ],
        ),
    ];
    let desk = desk(&relations("keep"));
    let before = fs::read(desk.path("relations.csv")).unwrap();
    for (answer, wanted) in expected {
        fs::remove_dir_all(desk.path("out")).ok();
        run(&desk);
        let mut plan = Edited::open(&desk.path("out/related.csv"));
        let line = plan.find(&[("proposal_id", MERGE), ("record_id", GONE)])[0];
        plan.set(line, "override", &answer.to_uppercase());
        plan.save();
        let dry = desk.alike().args(["apply", "out", "--dry-run"]).assert().success().get_output().clone();
        let told = apply(&desk);
        let dry = String::from_utf8(dry.stdout).unwrap();
        assert_eq!(dry.split("\n\nNothing").next(), told.split("\n\nChange set").next());
        assert_eq!(written(&desk, "related_relations.csv"), rows(wanted), "{answer}");
        let sums = Table::read(&desk.path("out/applied/related_reconciliation.csv"));
        let sum = |name: &str| sums.column(name)[0].parse::<u64>().unwrap();
        assert_eq!(sum("rows") + sum("headings"), sum("written") + sum("removed") + sum("quarantined"));
        let removed = Table::read(&desk.path("out/applied/related_removed.csv"));
        let todo = Table::read(&desk.path("out/applied/follow_up.csv"));
        let kept = todo.rows().filter(|row| row["what"] == "reference_kept").count();
        match answer {
            "remove" => assert_eq!(removed.column("raw"), ["CT000017,CUST,D1"]),
            _ => assert_eq!(removed.len(), 0),
        }
        assert_eq!(kept, usize::from(answer == "keep"));
        assert_eq!(fs::read(desk.path("relations.csv")).unwrap(), before, "the source is untouched");
    }
}

#[test]
fn undo_restores_to_the_byte_and_one_merge_alone() {
    let desk = desk(&relations("remove"));
    run(&desk);
    let before = tree(&desk.path("out"));
    apply(&desk);
    let told = desk.alike().args(["undo", "out/applied", "--merge", MERGE]).assert().success();
    told.stdout(predicate::str::contains("related_relations.csv: 3 rows are as before the merge"));
    let mut now = written(&desk, "related_relations.csv");
    now.sort();
    let mut then = Table::of(RELATIONS, b',').cells;
    then.sort();
    assert_eq!(now, then);
    let golden = Table::read(&desk.path("out/applied/golden.csv"));
    let person = golden.rows().find(|row| row["merged_record_ids"].contains("CT000001")).unwrap();
    assert_eq!(person["company_id"], GONE);
    desk.alike().args(["undo", "out/applied"]).assert().success();
    let after: Vec<_> = tree(&desk.path("out"));
    assert!(
        before
            == after.into_iter().filter(|(path, _)| !path.ends_with("applied.log.jsonl")).collect::<Vec<_>>()
    );
}

/// After one merge is taken back the folder tells the same of the others as if the merge had never been made.
#[test]
fn sums_and_lists_are_true_after_one_merge_is_taken_back() {
    const NOTES: &str =
        "No.,Line No.,Comment\nCT000074,10000,first\nCT000017,10000,second\nCT000017,20000,third\n";
    let notes = "[[related]]\nfile = 'notes.csv'\nsource = 'business_central'\ncolumns = ['No.']\n\
                 key = ['No.', 'Line No.']\nline_no = 'Line No.'\ncomment = 'Comment'\n";
    for answer in ["remove", "keep", "rename"] {
        let desk = desk(&format!("{}{notes}", relations(answer)));
        desk.file("notes.csv", NOTES);
        run(&desk);
        let told = |desk: &Desk| {
            let text = |name: &str| fs::read_to_string(desk.path("out/applied").join(name)).unwrap();
            let lists = ["related_reconciliation.csv", "related_removed.csv", "follow_up.csv"].map(text);
            let marks: serde_json::Value = serde_json::from_str(&text("applied.json")).unwrap();
            let counts =
                ["merges", "auto", "decided", "golden_records"].map(|name| marks["counts"][name].clone());
            (lists, marks["related"].clone(), counts)
        };
        apply(&desk);
        let all = told(&desk);
        desk.alike().args(["undo", "out/applied", "--merge", MERGE]).assert().success();
        let back = told(&desk);
        desk.alike().args(["undo", "out/applied"]).assert().success();
        let mut proposals = Edited::open(&desk.path("out/proposals.csv"));
        for line in proposals.find(&[("proposal_id", MERGE)]) {
            proposals.set(line, "decision", "reject");
        }
        proposals.save();
        apply(&desk);
        assert_eq!(back, told(&desk), "{answer}");
        assert_ne!(back, all, "{answer}");
    }
}

#[test]
fn persons_follow_the_company_that_is_kept() {
    let desk = desk("");
    run(&desk);
    let told = apply(&desk);
    assert!(told.contains("1 link to a merged company moved to the one that is kept"), "{told}");
    let golden = Table::read(&desk.path("out/applied/golden.csv"));
    let person = golden.rows().find(|row| row["merged_record_ids"].contains("CT000001")).unwrap();
    assert_eq!(person["company_id"], KEPT);
    let todo = Table::read(&desk.path("out/applied/follow_up.csv"));
    let stale = todo.rows().find(|row| row["what"] == "stale_company_name").unwrap();
    assert_eq!((stale["record_id"], stale["now"], stale["order"]), ("CT000001", "Papier Claes", "3"));
    let text = fs::read_to_string(desk.path("out/applied/changeset.jsonl")).unwrap();
    let merges: Vec<serde_json::Value> =
        text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    let merge = merges.iter().find(|merge| merge["merge"] == MERGE).unwrap();
    assert_eq!((merge["order"].as_u64(), merge["links"][0]["after"].as_str()), (Some(2), Some(KEPT)));
}

#[test]
fn mistakes_are_placed() {
    let desk = desk(&relations("remove"));
    run(&desk);
    let mut plan = Edited::open(&desk.path("out/related.csv"));
    let line = plan.find(&[("proposal_id", MERGE), ("record_id", GONE)])[0];
    plan.set(line, "override", "renam");
    plan.save();
    let place = format!(
        "related.csv line {}, column `override`: `renam` is no answer; did you mean `rename`?",
        line + 2
    );
    desk.alike().args(["apply", "out"]).assert().code(2).stderr(predicate::str::contains(place));
    plan.set(line, "override", "remove");
    plan.set(line, "table", "relation");
    plan.save();
    let told = predicate::str::contains("no related table is named `relation`");
    desk.alike().args(["apply", "out"]).assert().code(2).stderr(told);

    let settings = fs::read_to_string(desk.path("alike.toml")).unwrap();
    desk.file("alike.toml", settings.replace("'Code'", "'Cod'").replace("['Contact No.']", "['Contact']"));
    let told = predicate::str::contains("alike.toml:8:12: `relations.csv` has no column `Contact`")
        .and(predicate::str::contains("alike.toml:9:23: `relations.csv` has no column `Cod`"));
    desk.alike().args(["check", "alike.toml"]).assert().code(2).stderr(told);
    desk.alike().args(["run", "-c", "alike.toml", "-o", "bad"]).assert().code(2);
    assert!(!desk.path("bad").exists());
    let inside = fs::read_to_string(desk.path("alike.toml"))
        .unwrap()
        .replace("'relations.csv'", "'out/crosswalk.csv'");
    desk.file("inside.toml", inside);
    let told = predicate::str::contains("is in the run folder");
    desk.alike().args(["run", "-c", "inside.toml", "-o", "out"]).assert().code(2).stderr(told);
    fs::remove_file(desk.path("relations.csv")).unwrap();
    let gone = predicate::str::contains("there is no file");
    desk.alike().args(["apply", "out"]).assert().code(3).stderr(gone);
}

#[test]
fn rows_that_cannot_be_read_and_empty_tables_are_accounted_for() {
    let desk = desk(&relations("remove"));
    desk.file("relations.csv", format!("{RELATIONS}CT000017,X,1,2,3,4\n"));
    run(&desk);
    apply(&desk);
    let removed = Table::read(&desk.path("out/applied/related_removed.csv"));
    assert!(removed.column("raw").contains(&"CT000017,X,1,2,3,4"), "{removed:?}");
    desk.file("relations.csv", "Contact No.,Code,Link\n");
    fs::remove_dir_all(desk.path("out")).unwrap();
    let out = run(&desk);
    assert!(out.stderr().contains("has a header but no rows") || out.stdout().contains("no rows"));
    apply(&desk);
}
