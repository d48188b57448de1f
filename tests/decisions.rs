//! Decisions: kept, honoured by later runs, opened again when their records change, taken back.

use crate::support::editing::Edited;
use crate::support::{Desk, Folder, samples};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A desk with the sample exports on it.
struct Office {
    desk: Desk,
    files: Vec<PathBuf>,
}

impl Office {
    fn new() -> Self {
        let desk = Desk::new();
        let put = |path: &PathBuf| {
            desk.file(&path.file_name().unwrap().to_string_lossy(), std::fs::read(path).unwrap())
        };
        let files = samples().iter().map(put).collect();
        Self { desk, files }
    }

    fn run(&self, out: &str) -> Folder {
        self.desk.run(out, &self.files, &["--state", "state"])
    }

    fn import(&self, out: &str, by: &str) -> String {
        let files = [format!("{out}/proposals.csv"), format!("{out}/plan.csv")];
        self.said(&["review", out, "--import", &files[0], &files[1], "--by", by])
    }

    /// A list of pairs is imported.
    fn list(&self, rows: &[(&str, &str, &str)]) -> assert_cmd::assert::Assert {
        let mut text = "list,source_a,record_id_a,source_b,record_id_b\n".to_string();
        for (list, a, b) in rows {
            let (a, b) = (a.split_once(':').unwrap(), b.split_once(':').unwrap());
            text.push_str(&format!("{list},{},{},{},{}\n", a.0, a.1, b.0, b.1));
        }
        self.desk.file("list.csv", text);
        self.desk
            .alike()
            .args(["decisions", "import", "list.csv", "--state", "state", "--by", "anna"])
            .assert()
    }

    fn said(&self, arguments: &[&str]) -> String {
        let assert = self.desk.alike().args(arguments).assert().success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    }
}

/// Ids of golden records by record.
fn golden(folder: &Folder) -> BTreeMap<String, String> {
    let crosswalk = folder.table("crosswalk");
    crosswalk
        .rows()
        .map(|row| (format!("{}:{}", row["source"], row["record_id"]), row["golden_id"].to_string()))
        .collect()
}

/// Records of a lane by the crosswalk.
fn of_lane(folder: &Folder, lane: &str) -> Vec<String> {
    let crosswalk = folder.table("crosswalk");
    let rows = crosswalk.rows().filter(|row| row["lane"] == lane);
    rows.map(|row| format!("{}:{}", row["source"], row["record_id"])).collect()
}

fn key(edited: &Edited, row: usize) -> String {
    format!("{}:{}", edited.get(row, "source"), edited.get(row, "record_id"))
}

fn proposals(folder: &Folder) -> Edited {
    Edited::open(&folder.path.join("proposals.csv"))
}

#[test]
fn pairs_of_a_list_are_honoured_through_others_and_in_both_directions() {
    let office = Office::new();
    let free = office.run("free");
    let single = of_lane(&free, "single");
    let edited = proposals(&free);
    let (_, pair) = edited.of_lane("auto", 2..=2).remove(0);
    let (left, right) = (key(&edited, pair[0]), key(&edited, pair[1]));
    office
        .list(&[
            ("always", &single[0], &single[1]),
            ("always", &single[1], &single[2]),
            ("always", &right, &single[3]),
            ("never", &left, &single[3]),
        ])
        .success();
    let run = office.run("out");
    let ids = golden(&run);
    assert_eq!(ids[&single[0]], ids[&single[2]], "through the one between");
    assert_ne!(ids[&left], ids[&right], "what is one with the one is not one with the other");
    assert_eq!(ids[&right], ids[&single[3]]);
    let edited = proposals(&run);
    let decided: BTreeSet<String> =
        edited.find(&[("decision", "merge")]).into_iter().map(|row| key(&edited, row)).collect();
    let expected: BTreeSet<String> =
        [&single[0], &single[1], &single[2], &single[3], &right].into_iter().cloned().collect();
    assert_eq!(decided, expected);
    for (_, rows) in edited.proposals() {
        let keys: Vec<String> = rows.iter().map(|&row| key(&edited, row)).collect();
        assert!(!(keys.contains(&left) && keys.contains(&right)), "{keys:?}");
    }
    // Apply takes what is decided.
    office.said(&["apply", "out"]);
    let applied = Folder { path: office.desk.path("out/applied"), output: run.output.clone() };
    assert_eq!(golden(&applied)[&single[0]], golden(&applied)[&single[2]]);
}

#[test]
fn an_alias_carries_decisions_over_to_the_new_key() {
    let office = Office::new();
    let free = office.run("free");
    let single = of_lane(&free, "single");
    let old = "old_crm:77".to_string();
    office.list(&[("always", &old, &single[0]), ("alias", &old, &single[1])]).success();
    let ids = golden(&office.run("out"));
    assert_eq!(ids[&single[0]], ids[&single[1]]);
}

#[test]
fn contradictions_stop_the_import_and_show_the_chain() {
    let office = Office::new();
    office.list(&[("always", "crm:1", "crm:2"), ("always", "crm:2", "erp:3")]).success();
    let refused = office.list(&[("never", "crm:1", "erp:3"), ("always", "crm:8", "crm:9")]).code(4);
    let told = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    for part in ["crm:1 = crm:2", "crm:2 = erp:3", "crm:1 ≠ erp:3", "decisions revoke"] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!office.said(&["decisions", "list", "--state", "state"]).contains("crm:8"));
}

#[test]
fn without_decisions_a_run_is_the_same_to_the_byte() {
    let office = Office::new();
    let plain = office.desk.run("plain", &office.files, &[]);
    assert!(plain.json("manifest").get("decisions").is_none());
    assert!(plain.json("manifest")["settings"].get("state").is_none());
    assert!(!office.desk.names().contains("state"), "without --state a run leaves its folder only");
    let with = office.run("with");
    for name in ["proposals.csv", "plan.csv", "golden.csv", "crosswalk.csv", "links.parquet", "model.json"] {
        assert!(plain.bytes(name) == with.bytes(name), "{name}");
    }
    assert!(office.desk.names().contains("state"), "the next night begins here");
}

#[test]
fn what_is_edited_is_kept_honoured_and_taken_back() {
    let office = Office::new();
    let first = office.run("out");
    let before = first.bytes("proposals.csv");
    assert!(office.import("out", "anna").contains("No new decisions"));
    let mut edited = proposals(&first);
    let review: Vec<_> = edited.of_lane("review", 2..=9);
    let whole: Vec<_> =
        review.into_iter().filter(|(_, rows)| edited.get(rows[0], "extends").is_empty()).collect();
    edited.set(whole[0].1[0], "decision", "merge");
    edited.set(whole[1].1[0], "decision", "reject");
    edited.set(whole[2].1[0], "decision", "hold");
    edited.save();
    let mut plan = Edited::open(&first.path.join("plan.csv"));
    let row = plan.find(&[("proposal_id", &whole[0].0), ("field", "last_name")])[0];
    plan.set(row, "override", "Decided");
    plan.save();
    let said = office.import("out", "anna");
    assert!(said.contains("4 decisions"), "{said}");
    assert!(office.import("out", "anna").contains("No new decisions"), "the same tables once more");
    let second = office.run("second");
    let after = proposals(&second);
    let of = |id: &str| after.find(&[("proposal_id", id)]);
    assert_eq!(after.get(of(&whole[0].0)[0], "decision"), "merge");
    assert_eq!(of(&whole[1].0), Vec::<usize>::new());
    assert_eq!(after.get(of(&whole[2].0)[0], "hold_reason"), "on_hold");
    let merged = key(&after, of(&whole[0].0)[0]);
    let table = second.table("golden");
    let id = golden(&second)[&merged].clone();
    assert_eq!(table.rows().find(|row| row["golden_id"] == id).unwrap()["last_name"], "Decided");
    assert!(office.import("second", "bob").contains("No new decisions"), "what the run wrote is no decision");
    // Taken back, everything is as it was.
    let list = office.said(&["decisions", "list", "--state", "state"]);
    for line in list.lines() {
        let id = line.split_whitespace().next().unwrap();
        let shown = office.said(&["decisions", "show", id, "--state", "state"]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(
            (&shown["id"], shown["by"].as_str().unwrap()),
            (&id.into(), line.split_whitespace().nth(3).unwrap())
        );
        office.said(&["decisions", "revoke", id, "--state", "state", "--by", "anna"]);
    }
    assert!(office.run("third").bytes("proposals.csv") == before);
}

#[test]
fn a_decision_is_open_again_only_when_what_it_rested_on_has_changed() {
    let office = Office::new();
    let first = office.run("out");
    let mut edited = proposals(&first);
    let found: Vec<_> = edited.of_lane("review", 2..=9);
    let (id, rows) = found
        .into_iter()
        .find(|(_, rows)| {
            edited.get(rows[0], "extends").is_empty()
                && rows.iter().any(|&row| edited.get(row, "source") == "business_central")
        })
        .unwrap();
    let row = rows.iter().copied().find(|&row| edited.get(row, "source") == "business_central").unwrap();
    let (name, record) = (edited.get(row, "last_name").to_string(), edited.get(row, "record_id").to_string());
    edited.set(rows[0], "decision", "merge");
    edited.save();
    office.import("out", "anna");
    let path = office.files.iter().find(|path| path.ends_with("business_central.csv")).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let change = |to: &str| {
        let line =
            |line: &str| if line.contains(&record) { line.replace(&name, to) } else { line.to_string() };
        std::fs::write(path, text.split('\n').map(line).collect::<Vec<_>>().join("\n")).unwrap();
    };
    change(&name.to_uppercase());
    let same = office.run("same");
    assert_eq!(same.json("manifest")["decisions"]["reopened"].as_array().unwrap().len(), 0);
    let table = proposals(&same);
    assert_eq!(table.get(table.find(&[("proposal_id", &id)])[0], "decision"), "merge");
    change(&format!("{name}xx"));
    let changed = office.run("changed");
    let told = changed.stderr();
    assert!(
        told.contains("is open again") && told.contains(&format!("last_name of business_central:{record}")),
        "{told}"
    );
    let reopened = &changed.json("manifest")["decisions"]["reopened"];
    assert_eq!(reopened[0]["changed"][0]["record_id"], record.as_str());
    let mut table = proposals(&changed);
    assert_eq!(table.find(&[("decision", "merge")]), Vec::<usize>::new());
    // Decided anew, also otherwise and by another person, it holds.
    if let Some(&at) = table.find(&[("proposal_id", &id)]).first() {
        assert_eq!(table.get(at, "hold_reason"), "reopened");
        table.set(at, "decision", "reject");
        table.save();
        let said = office.import("changed", "bob");
        assert!(said.contains("to keep apart") && said.contains("open again"), "{said}");
        assert_eq!(proposals(&office.run("anew")).find(&[("proposal_id", &id)]), Vec::<usize>::new());
    }
}

#[test]
fn decisions_go_from_one_store_to_another_as_lines() {
    let office = Office::new();
    office.list(&[("always", "crm:1", "crm:2"), ("never", "crm:1", "erp:3")]).success();
    let lines = office.said(&["decisions", "export", "--state", "state"]);
    assert_eq!(lines.lines().count(), 2);
    office.desk.file("d.jsonl", &lines);
    office.said(&["decisions", "import", "d.jsonl", "--state", "other"]);
    assert_eq!(office.said(&["decisions", "export", "--state", "other"]), lines);
    office.desk.file("d.jsonl", lines.replace("\"3\"", "\"4\""));
    let refused =
        office.desk.alike().args(["decisions", "import", "d.jsonl", "--state", "other"]).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("line 2"));
}

#[test]
fn mistakes_keep_everything_out_unless_a_part_is_asked_for() {
    let office = Office::new();
    let run = office.run("out");
    let mut edited = proposals(&run);
    let review = edited.of_lane("review", 2..=9);
    edited.set(review[0].1[0], "decision", "mrege");
    edited.set(review[1].1[0], "decision", "merge");
    edited.save();
    let mut arguments = vec!["review", "out", "--import", "out/proposals.csv", "--by", "anna"];
    let refused = office.desk.alike().args(&arguments).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("mrege"));
    assert!(office.said(&["decisions", "list", "--state", "state", "--all"]).contains("no decisions"));
    arguments.push("--partial");
    let said = office.said(&arguments);
    assert!(said.contains("1 decision") && said.contains("1 mistake"), "{said}");
}

#[test]
fn four_eyes_are_two_people_on_one_fingerprint() {
    let office = Office::new();
    office.desk.file("alike.toml", "[state]\ndir = \"state\"\n[review]\napprovals = 2\n");
    let run = office.desk.run("out", &office.files, &["-c", "alike.toml"]);
    let mut edited = proposals(&run);
    let row = edited.of_lane("review", 2..=2)[0].1[0];
    edited.set(row, "decision", "merge");
    edited.save();
    let merges = || {
        let said = office.said(&["apply", "out", "--dry-run"]);
        said.lines().find(|line| line.contains("decided by you")).unwrap().to_string()
    };
    assert!(merges().starts_with("0 merges"), "nobody approved: {}", merges());
    office.import("out", "anna");
    office.import("out", "anna");
    assert!(merges().starts_with("0 merges"), "one person: {}", merges());
    // What somebody else wrote there is not said once more by who only hands the table in.
    office.import("out", "carl");
    assert!(merges().starts_with("0 merges"), "nobody else approved: {}", merges());
    edited.set(row, "decision", "approve");
    edited.save();
    office.import("out", "bob");
    assert!(merges().starts_with("1 merge:"), "{}", merges());
    // A value that nobody else has seen is not slipped in.
    let mut plan = Edited::open(&run.path.join("plan.csv"));
    let at = plan.find(&[("proposal_id", edited.get(row, "proposal_id")), ("field", "last_name")])[0];
    plan.set(at, "override", "Slipped");
    plan.save();
    assert!(merges().starts_with("0 merges"), "{}", merges());
}

/// Cells of a sheet by heading, in the order of rows.
fn sheet(path: &std::path::Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let rows = alike::ingest::exact_sheets(path, &[name]).unwrap().remove(0);
    let headings = rows[0].1.clone();
    let row = |(_, cells): &(u32, Vec<String>)| {
        let cell = |at: usize| cells.get(at).cloned().unwrap_or_default();
        headings.iter().enumerate().map(|(at, name)| (name.clone(), cell(at))).collect()
    };
    rows[1..].iter().map(row).collect()
}

#[test]
fn a_workbook_goes_out_and_comes_back_without_a_change() {
    let office = Office::new();
    let run = office.run("out");
    let said = office.said(&["review", "out", "--sheet", "r.xlsx"]);
    assert!(said.contains("sheet Groups") && said.contains("--import r.xlsx"), "{said}");
    let path = office.desk.path("r.xlsx");
    for (name, table, added) in [("Groups", run.table("proposals"), 1), ("Fields", run.table("plan"), 0)] {
        let rows = sheet(&path, name);
        assert_eq!(rows.len(), table.len());
        for (row, cells) in rows.iter().zip(table.rows()) {
            assert_eq!(row.len(), cells.len() + added);
            for (heading, cell) in cells {
                assert_eq!(row[heading].replace("\r\n", "\n"), cell.replace("\r\n", "\n"), "{heading}");
            }
        }
    }
    assert!(sheet(&path, "Legend").iter().any(|row| row["name"] == "father_and_son"));
    let imported = office.said(&["review", "out", "--import", "r.xlsx", "--by", "anna"]);
    assert!(imported.contains("No new decisions"), "{imported}");
    // What somebody may have decided in is not written over.
    office.desk.alike().args(["review", "out", "--sheet", "r.xlsx"]).assert().code(2);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_bad_cell_of_a_workbook_is_told_by_its_name() {
    let office = Office::new();
    let run = office.run("out");
    let before = [run.bytes("proposals.csv"), run.bytes("plan.csv")];
    let mut edited = proposals(&run);
    let review = edited.of_lane("review", 2..=9);
    let (bad, good) = (review[0].1[1], review[1].1[0]);
    edited.set(bad, "decision", "mrege");
    edited.set(good, "decision", "merge");
    edited.save();
    let mut plan = Edited::open(&run.path.join("plan.csv"));
    let field = plan.find(&[("proposal_id", &review[1].0), ("field", "last_name")])[0];
    plan.set(field, "override", "O'Neil");
    plan.save();
    office.said(&["review", "out", "--sheet", "r.xlsx"]);
    std::fs::write(run.path.join("proposals.csv"), &before[0]).unwrap();
    std::fs::write(run.path.join("plan.csv"), &before[1]).unwrap();
    let mut arguments = vec!["review", "out", "--import", "r.xlsx", "--by", "anna"];
    let refused = office.desk.alike().args(&arguments).assert().code(2);
    let told = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    // The heading is row 1; `decision` is the second column.
    assert!(told.contains(&format!("r.xlsx, sheet Groups, cell B{} (column `decision`)", bad + 2)), "{told}");
    assert!(told.contains("1 problem"), "{told}");
    assert!(office.said(&["decisions", "list", "--state", "state", "--all"]).contains("no decisions"));
    arguments.push("--partial");
    let said = office.said(&arguments);
    assert!(said.contains("2 decisions") && said.contains("1 to merge, 1 on a value"), "{said}");
    let other =
        office.desk.alike().args(["review", "out", "--import", "out/golden.csv", "--by", "anna"]).assert();
    other.code(2);
}
