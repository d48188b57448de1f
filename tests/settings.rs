//! Settings are obeyed: each test changes one, and sees what it changes.

use crate::support::{Desk, Folder, project, samples};
use predicates::prelude::*;

const PEOPLE: &str = "nr,wie,post,waar,code,changed\n\
    1,Jan Berg,jan@berg.example,Gent,K9,2020-01-01\n\
    2,Jan Bergh,jan@berg.example,Gent,K7,2024-01-01\n\
    3,Els Dal,els@dal.example,Delft,K9,2021-01-01\n\
    4,Piet Kamp,piet@kamp.example,Breda,K8,2022-01-01\n";

/// A run of [`PEOPLE`] with settings, at the desk's folder `out`.
fn run_with(desk: &Desk, settings: &str) -> Folder {
    desk.file("people.csv", PEOPLE);
    desk.file("alike.toml", settings);
    desk.run::<&str>("out", &[], &["-c", "alike.toml"])
}

#[test]
fn columns_and_ids_are_what_settings_say() {
    let desk = Desk::new();
    let run = run_with(
        &desk,
        "[[source]]\nfile = 'people.csv'\nname = 'crm'\nid = 'post'\n[source.columns]\nwie = 'company'\ncode = 'notes'\n",
    );
    // A mail address stands twice, so it identifies no row and the next best thing is told and used.
    let crosswalk = run.table("crosswalk");
    assert!(crosswalk.column("source").iter().all(|source| *source == "crm"));
    assert!(run.table("golden").header.contains(&"company".to_string()));
    assert_eq!(run.table("golden").column("notes")[0], "K9");

    let run =
        run_with(&desk, "[[source]]\nfile = 'people.csv'\nid = 'nr'\n[source.columns]\nwie = 'ignore'\n");
    assert_eq!(run.table("crosswalk").column("record_id"), ["1", "2", "3", "4"]);
    assert!(!run.table("golden").header.contains(&"full_name".to_string()));
}

#[test]
fn a_column_that_is_not_there_ends_with_2() {
    let desk = Desk::new();
    desk.file("people.csv", PEOPLE);
    for settings in [
        "[[source]]\nfile = 'people.csv'\nid = 'nummer'\n",
        "[[source]]\nfile = 'people.csv'\n[source.columns]\nplaats = 'city'\n",
    ] {
        desk.file("alike.toml", settings);
        desk.alike()
            .args(["run", "-c", "alike.toml"])
            .assert()
            .code(2)
            .stderr(predicate::str::contains("people").and(predicate::str::contains("has no column")));
    }
    assert!(!desk.path("alike-out").exists());
}

#[test]
fn encoding_and_delimiter_are_obeyed() {
    let desk = Desk::new();
    // In this code page the byte reads as another letter than where it was guessed.
    desk.file("people.csv", b"id|name\n1|Fran\xe7ois Berg\n2|Els; Dal\n");
    desk.file(
        "alike.toml",
        "[[source]]\nfile = 'people.csv'\nencoding = 'windows-1251'\ndelimiter = '|'\n[source.columns]\nname = 'full_name'\n",
    );
    let run = desk.run::<&str>("out", &[], &["-c", "alike.toml"]);
    assert_eq!(run.table("golden").column("full_name"), ["Franзois Berg", "Els; Dal"]);
}

#[test]
fn a_blocking_rule_can_be_left_out() {
    let desk = Desk::new();
    let all = desk.run("all", &samples(), &[]);
    let rule = "phone";
    let rules = |run: &Folder| {
        let links = crate::support::Table::read_parquet(&run.path.join("links.parquet"));
        links.column("rule").iter().map(|rule| rule.to_string()).collect::<std::collections::BTreeSet<_>>()
    };
    assert!(rules(&all).contains(rule), "{:?}", rules(&all));
    desk.file("alike.toml", format!("[blocking]\nwithout = ['{rule}']\n"));
    let fewer = desk.run("fewer", &samples(), &["-c", "alike.toml"]);
    assert!(!rules(&fewer).contains(rule), "{:?}", rules(&fewer));
    assert!(!fewer.stderr().contains("no blocking rule"), "{}", fewer.stderr());
    assert!(!String::from_utf8(fewer.bytes("report.html")).unwrap().is_empty());
}

#[test]
fn a_blocking_rule_that_is_none_is_told() {
    let desk = Desk::new();
    desk.file("people.csv", PEOPLE);
    desk.file("alike.toml", "[[source]]\nfile = 'people.csv'\n[blocking]\nwithout = ['emial']\n");
    let assert = desk.alike().args(["run", "-c", "alike.toml", "--quiet"]).assert().success();
    // A warning is told even to who wants no progress.
    let text = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(text.contains("no blocking rule is called `emial`"), "{text}");
}

#[test]
fn a_survivorship_rule_changes_the_plan() {
    let desk = Desk::new();
    let base = "[[source]]\nfile = 'people.csv'\n[source.columns]\nchanged = 'modified_at'\ncode = 'notes'\nwie = 'full_name'\n\
                [matching]\nlink_floor = 0.0\n[cluster]\njoin_at = 0.0\nauto_at = 0.0\n";
    let chosen = |run: &Folder, field: &str| {
        let plan = run.table("plan");
        plan.rows()
            .find(|row| row["field"] == field)
            .map(|row| (row["value"].to_string(), row["rule"].to_string()))
    };
    let ruled = |rule: &str| {
        let run = run_with(&desk, &format!("{base}[survivorship.fields]\nnotes = '{rule}'\n"));
        chosen(&run, "notes")
            .unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&run.bytes("crosswalk.csv"))))
    };
    assert_eq!(ruled("most_recent"), ("K7".into(), "most_recent".into()));
    assert_eq!(ruled("min"), ("K7".into(), "min".into()));
    assert_eq!(ruled("max"), ("K9".into(), "max".into()));
    let (all, rule) = ruled("collect_all");
    assert!(all.contains("K7") && all.contains("K9") && rule == "collect_all", "{all}");
}

/// Conditions of a setting stand in the plan; the plan is applied as it is, and the change set names them, too.
#[test]
fn a_condition_changes_the_plan_and_is_applied() {
    let desk = Desk::new();
    let rows = "id,first_name,last_name,birth_date,email,phone,source_of\n\
                1,Johanna,Quistberg,1960-03-04,johanna@quistberg.example,+31 20 624 1111,desk\n\
                2,Johanna,Quistberg,1960-03-04,johanna@quistberg.example,020-624,web\n\
                3,Johanna,Quistberg,1960-03-04,johanna.quistberg@post.example,+31 20 624 1111,web\n";
    desk.file("people.csv", rows);
    let settings = "[survivorship.fields]\nphone = { rule = 'longest', valid = true, pattern = '+*' }\n\
                    email = { valid = true, when = { source = 'elsewhere', filled = 'city' } }\n";
    desk.file("alike.toml", settings);
    let run = desk.run("out", &["people.csv"], &["-c", "alike.toml"]);
    let told = run.stderr();
    assert!(
        told.contains("no source is named `elsewhere`") && told.contains("no source has a field `city`"),
        "{told}"
    );
    let plan = run.table("plan");
    let rule = |field: &str| plan.rows().find(|row| row["field"] == field).map(|row| row["rule"].to_string());
    assert_eq!(rule("phone").as_deref(), Some("longest where valid and pattern"));
    assert_eq!(rule("email").as_deref(), Some("consensus where nothing passes"));
    desk.alike().args(["apply", "out"]).assert().success();
    let changes = std::fs::read_to_string(desk.path("out/applied/changeset.jsonl")).unwrap();
    assert!(changes.contains("longest where valid and pattern"), "{changes}");
}

#[test]
fn a_model_can_be_used_again() {
    let desk = Desk::new();
    let first = desk.run("first", &samples(), &[]);
    desk.file("alike.toml", "[matching]\nmodel = 'first/model.json'\n");
    let again = desk.run("again", &samples(), &["-c", "alike.toml"]);
    for name in ["links.parquet", "model.json", "golden.csv", "plan.csv", "proposals.csv", "crosswalk.csv"] {
        assert!(first.bytes(name) == again.bytes(name), "{name} differs with the run's own model");
    }
}

#[test]
fn a_model_that_cannot_be_used_ends_with_2() {
    let desk = Desk::new();
    let rows = desk.file("data.csv", "id,name\n1,Jan\n2,Jan\n");
    let first = desk.run("first", &samples()[1..2], &[]);
    desk.file("broken.json", "{\"version\": ");
    let newer = String::from_utf8(first.bytes("model.json")).unwrap();
    desk.file("newer.json", newer.replacen("\"version\": ", "\"version\": 9", 1));
    for (model, says) in [
        ("broken.json", "broken.json"),
        ("newer.json", "version"),
        ("first/model.json", "Train anew"),
        ("gone.json", "gone.json"),
    ] {
        desk.file("alike.toml", format!("[matching]\nmodel = '{model}'\n"));
        let mut command = desk.alike();
        command.arg("run").arg(&rows).args(["-c", "alike.toml"]);
        command.assert().code(2).stderr(predicate::str::contains(says));
    }
}

#[test]
fn what_init_writes_changes_nothing() {
    let desk = Desk::new();
    let mut init = desk.alike();
    init.arg("init").args(samples()).assert().success();
    let plain = desk.run("plain", &samples(), &[]);
    let with = desk.run::<&str>("with", &[], &["-c", "alike.toml"]);
    for name in ["golden.csv", "plan.csv", "proposals.csv", "crosswalk.csv", "links.parquet", "model.json"] {
        assert!(plain.bytes(name) == with.bytes(name), "{name} differs with the settings that init wrote");
    }
}

#[test]
fn the_output_section_is_obeyed_and_the_command_line_goes_before_it() {
    let desk = Desk::new();
    desk.file("people.csv", PEOPLE);
    desk.file(
        "alike.toml",
        "[[source]]\nfile = 'people.csv'\n[output]\ndir = 'merged'\nformat = 'parquet'\n",
    );
    desk.alike().args(["run", "-c", "alike.toml"]).assert().success();
    assert!(desk.path("merged/golden.parquet").is_file());
    desk.alike().args(["run", "-c", "alike.toml", "-o", "here", "--format", "csv"]).assert().success();
    assert!(desk.path("here/golden.csv").is_file() && !desk.path("here/golden.parquet").exists());
}

#[test]
fn the_manifest_keeps_the_settings() {
    let desk = Desk::new();
    let text = "# ours\n[[source]]\nfile = 'people.csv'\n[cluster]\nauto_at = 0.999\n";
    let manifest = run_with(&desk, text).json("manifest");
    assert_eq!(manifest["settings_file"], text);
    assert_eq!(manifest["settings"]["cluster"]["auto_at"], 0.999);
}

#[test]
fn the_ready_made_settings_pass_check_and_run() {
    for name in ["minimal.toml", "business-central.toml"] {
        let mut check = crate::support::alike();
        check
            .current_dir(project(""))
            .args(["check", &format!("configs/{name}")])
            .assert()
            .success()
            .stderr("");
    }
    let desk = Desk::new();
    let settings = project("configs/business-central.toml");
    let contacts =
        format!("contacts={}", project("tests/layouts/business_central_contacts_en.csv").display());
    let run = desk.run("bc", &[contacts], &["-c", settings.to_str().unwrap()]);
    assert_eq!(run.json("manifest")["settings"]["cluster"]["auto_at"], 0.99);
    assert!(!run.stderr().contains("not used"), "{}", run.stderr());
    let settings = project("configs/minimal.toml");
    desk.run::<&str>("minimal", &[], &["-c", settings.to_str().unwrap()]);
}
