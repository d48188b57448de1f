//! Guards of `alike run`, what a stopped run leaves, and what `apply`, `check`, `status` and `diff` make of it; run folders
//! by date, metrics, and the command that is told.

use crate::support::{Desk, Folder, names, samples};
use predicates::prelude::*;
use std::fs;

/// Contacts of which only every n-th has a mailbox.
fn contacts(rows: usize, every: usize) -> String {
    let mut text = String::from("No.,First name,Last name,E-mail,City\n");
    for at in 0..rows {
        let mail = if at % every == 0 { format!("p{at}@post{at}.example") } else { String::new() };
        text.push_str(&format!("{at},Given{at},Family{at},{mail},Town{at}\n"));
    }
    text
}

fn manifest(path: &std::path::Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path.join("manifest.json")).unwrap()).unwrap()
}

#[test]
fn the_samples_pass_every_guard_twice() {
    let desk = Desk::new();
    for _ in 0..2 {
        let run: Folder = desk.run("out", &samples(), &[]);
        let guards = run.json("manifest")["guards"]["guards"].clone();
        let states: Vec<&str> =
            guards.as_array().unwrap().iter().map(|guard| guard["state"].as_str().unwrap()).collect();
        assert!(
            states.len() == 12 && states.iter().all(|state| ["passed", "skipped"].contains(state)),
            "{guards}"
        );
    }
}

#[test]
fn a_tripped_guard_leaves_the_good_run_and_puts_what_it_found_beside_it() {
    let desk = Desk::new();
    let file = desk.file("crm.csv", contacts(100, 1));
    let good = desk.run("out", &[&file], &[]);
    assert!(good.stderr().contains("no run before to compare with"), "{}", good.stderr());
    let before = good.bytes("manifest.json");
    desk.file("crm.csv", contacts(100, 5));
    desk.alike()
        .args(["run", "crm.csv", "-o", "out"])
        .assert()
        .code(4)
        .stderr(predicate::str::contains(
            "emptied_column: `E-mail` of `crm` is filled in 20 % of the records, 100 % in",
        ))
        .stderr(predicate::str::contains("--accept emptied_column=REASON"));
    assert_eq!(fs::read(desk.path("out/manifest.json")).unwrap(), before, "the good run stays");
    let stopped = manifest(&desk.path("out.stopped"));
    assert_eq!(stopped["guards"]["previous"], "out");
    let page = fs::read_to_string(desk.path("out.stopped/report.html")).unwrap();
    assert!(page.contains("Stopped by guards") && page.contains("is filled in 20 % of the records"));
    assert!(!names(&desk.path("")).iter().any(|name| name.starts_with('.')), "nothing half-written");

    // It can be looked at, and not applied; status tells of both.
    desk.alike().args(["apply", "out.stopped"]).assert().code(4);
    assert!(!desk.path("out.stopped/applied").exists());
    desk.alike()
        .args(["status", "out"])
        .assert()
        .success()
        .stdout(predicate::str::contains("A run was stopped by guards since; it is in out.stopped"));

    // Accepted, it passes; the reason is kept, and what was stopped is gone.
    desk.alike()
        .args(["run", "crm.csv", "-o", "out", "--accept", "emptied_column=consent <withdrawn>"])
        .assert()
        .success()
        .stderr(predicate::str::contains("`emptied_column` was let pass (consent <withdrawn>)"));
    assert!(!desk.path("out.stopped").exists());
    let guards = manifest(&desk.path("out"))["guards"]["guards"].clone();
    let accepted = guards.as_array().unwrap().iter().find(|guard| guard["state"] == "accepted").unwrap();
    assert_eq!(
        (&accepted["guard"], &accepted["why"]),
        (&"emptied_column".into(), &"consent <withdrawn>".into())
    );
    let page = fs::read_to_string(desk.path("out/report.html")).unwrap();
    assert!(page.contains("consent &lt;withdrawn&gt;"));
    desk.alike().args(["apply", "out", "--dry-run"]).assert().success();
}

#[test]
fn work_in_a_stopped_folder_is_not_lost() {
    let desk = Desk::new();
    desk.file("crm.csv", contacts(100, 1));
    let settings = desk.file("alike.toml", "[guards]\nmin_records = 200\n");
    let run = || desk.alike().args(["run", "crm.csv", "-o", "out", "-c"]).arg(&settings).assert().code(4);
    run().stderr(predicate::str::contains("row_range: the run has 100 records; at least 200 are asked for"));
    desk.file("out.stopped/notes.txt", "mine");
    run().stderr(predicate::str::contains("what the run found is not written"));
    assert_eq!(fs::read_to_string(desk.path("out.stopped/notes.txt")).unwrap(), "mine");
    assert!(!desk.path("out").exists());
}

#[test]
fn another_export_in_the_same_folder_is_not_held_against_the_one_before() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("other")).unwrap();
    let first = desk.file("crm.csv", contacts(100, 1));
    let other = desk.file("other/crm.csv", contacts(100, 1).replace("E-mail", "Remark"));
    desk.run("out", std::slice::from_ref(&first), &[]);
    desk.run("out", &[other], &[]);
    let vanished = contacts(100, 1).replace("E-mail", "Remark");
    desk.run("out", std::slice::from_ref(&first), &[]);
    fs::write(&first, vanished).unwrap();
    desk.alike().arg("run").arg(&first).args(["-o", "out"]).assert().code(4);
}

#[test]
fn accept_wants_a_guard_and_a_reason() {
    let desk = Desk::new();
    desk.file("crm.csv", contacts(3, 1));
    let with = |accept: &str| desk.alike().args(["run", "crm.csv", "--accept", accept]).assert().code(2);
    with("merge=x").stderr(predicate::str::contains("did you mean `merges`?"));
    with("merges").stderr(predicate::str::contains("say why"));
    with("merges= ").stderr(predicate::str::contains("say why"));
    let settings = desk.file("alike.toml", "[guards]\noff = [\"row_drops\"]\nmax_group = 1\n");
    let check = desk.alike().arg("check").arg(&settings).assert().code(2);
    check.stderr(predicate::str::contains("did you mean `row_drop`?"));
}

#[test]
fn a_sources_absence_counts_only_against_a_named_run() {
    let desk = Desk::new();
    desk.file("crm.csv", contacts(60, 1));
    desk.file("erp.csv", contacts(60, 1));
    desk.run("out", &["crm.csv", "erp.csv"], &[]);
    desk.alike().args(["run", "crm.csv", "-o", "now", "--against", "out"]).assert().code(4).stderr(
        predicate::str::contains("missing_source: sources of `out` are not there: `erp` with 60 records"),
    );
    desk.run("out", &["crm.csv"], &[]);
}

#[test]
fn check_tells_the_guards_by_the_last_run() {
    let desk = Desk::new();
    desk.file("crm.csv", contacts(100, 1));
    desk.file(
        "alike.toml",
        "[[source]]\nfile = \"crm.csv\"\n[output]\ndir = \"out\"\n[guards]\nmax_records = 90\n",
    );
    let check = || desk.alike().args(["check", "alike.toml", "--guards"]).assert().success();
    check().stdout(predicate::str::contains("there is no run yet to measure"));
    desk.run("out", &["crm.csv"], &[]);
    check().stdout(predicate::str::is_match(r"row_range +tripped +100 of 90").unwrap());
}

#[test]
fn two_runs_are_compared_in_either_format() {
    let desk = Desk::new();
    let head = "No.,First name,Last name,E-mail,Phone,City\n";
    let one = "1,Wilhelmina,Zonderland,w@zonder.example,030 2345678,Utrecht\n";
    let again = "2,Wilhelmina,Zonderland,w@zonder.example,030 2345678,Utrecht\n";
    let other = "3,Bartholomeus,Quist,b@quist.example,020 7654321,Amsterdam\n";
    desk.file("crm.csv", format!("{head}{one}{other}"));
    desk.run("a", &["crm.csv"], &[]);
    desk.file("crm.csv", format!("{head}{again}{one}"));
    let later = desk.run("b", &["crm.csv"], &["--against", "a", "--format", "parquet"]);
    let diff = later.json("diff");
    assert_eq!((diff["before"].as_str(), diff["after"].as_str()), (Some("a"), Some("b")));
    assert_eq!((&diff["new_records"], &diff["gone_records"]), (&1.into(), &1.into()));
    let new = &diff["groups"][0];
    assert_eq!((&new["kind"], &new["count"]), (&"new".into(), &1.into()));
    assert_eq!(new["groups"][0]["records"], serde_json::json!(["crm:1", "crm:2"]));
    assert!(later.path.join("diff.html").is_file());
    // The command says the same.
    desk.alike()
        .args(["diff", "a", "b", "--json", "d.json", "--html", "d.html"])
        .assert()
        .success()
        .stdout(predicate::str::contains("1 new       groups whose records were alone or not there before"));
    assert_eq!(fs::read(desk.path("d.json")).unwrap(), later.bytes("diff.json"));
    let page = fs::read_to_string(desk.path("d.html")).unwrap();
    for foreign in ["http:", "https:", "src=", "<script", "<link", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    // The folder can be replaced and applied as any other.
    desk.run("b", &["crm.csv"], &["--against", "a"]);
    desk.alike().args(["diff", "a", "nowhere"]).assert().code(3);
    desk.alike().args(["apply", "b"]).assert().success();
}

#[test]
fn metrics_tell_of_success_and_failure() {
    let desk = Desk::new();
    desk.file("crm.csv", contacts(50, 1));
    desk.run("out", &["crm.csv"], &["--metrics", "alike.prom"]);
    let read = || fs::read_to_string(desk.path("alike.prom")).unwrap();
    let line = |text: &str, name: &str| text.lines().find(|line| line.starts_with(name)).map(String::from);
    let good = read();
    assert_eq!(line(&good, "alike_records "), Some("alike_records 50".into()));
    assert_eq!(line(&good, "alike_run_success"), Some("alike_run_success 1".into()));
    let last = line(&good, "alike_last_success_timestamp_seconds").unwrap();
    desk.alike().args(["run", "nowhere.csv", "-o", "out", "--metrics", "alike.prom"]).assert().code(3);
    let bad = read();
    assert_eq!(line(&bad, "alike_exit_code"), Some("alike_exit_code 3".into()));
    assert_eq!(line(&bad, "alike_last_success_timestamp_seconds"), Some(last));
    assert!(!names(&desk.path("")).iter().any(|name| name.ends_with(".tmp")));
}

#[cfg(unix)]
#[test]
fn the_command_is_told_how_a_run_ended() {
    let desk = Desk::new();
    desk.file("crm.csv", contacts(100, 1));
    let settings = |extra: &str| {
        let told = desk.path("told.json").display().to_string();
        desk.file(
            "alike.toml",
            format!("[notify]\ncommand = [\"sh\", \"-c\", \"cat > '{told}'; exit 7\"]\n{extra}"),
        );
    };
    let told = || -> serde_json::Value {
        serde_json::from_slice(&fs::read(desk.path("told.json")).unwrap()).unwrap()
    };
    settings("");
    desk.alike()
        .args(["run", "crm.csv", "-o", "out", "-c", "alike.toml"])
        .assert()
        .success()
        .stderr(predicate::str::contains("warning: [notify] `sh` failed: exit status: 7"));
    assert_eq!((told()["event"].as_str(), told()["counts"]["records"].as_u64()), (Some("done"), Some(100)));
    settings("[guards]\nmin_records = 200\n");
    desk.alike().args(["run", "crm.csv", "-o", "out", "-c", "alike.toml"]).assert().code(4);
    assert_eq!(
        (told()["exit_code"].as_u64(), told()["guards"][0]["guard"].as_str()),
        (Some(4), Some("row_range"))
    );
}

#[test]
fn each_run_gets_a_folder_and_old_ones_go() {
    let desk = Desk::new();
    desk.file("crm.csv", contacts(100, 1));
    desk.file("alike.toml", "[[source]]\nfile = \"crm.csv\"\n[output]\nhistory = \"runs\"\nkeep = 2\n");
    // Runs of earlier nights.
    for night in ["2031-01-01T02-00-00Z", "2020-01-01T02-00-00Z", "2020-01-02T02-00-00Z"] {
        desk.run(&format!("runs/{night}"), &["crm.csv"], &[]);
    }
    fs::remove_dir_all(desk.path("runs/2031-01-01T02-00-00Z")).unwrap();
    desk.alike().args(["run", "-c", "alike.toml"]).assert().success();
    let runs: Vec<String> = names(&desk.path("runs")).into_iter().filter(|name| name != "latest").collect();
    assert_eq!((runs.len(), runs[0].as_str()), (2, "2020-01-02T02-00-00Z"));
    assert!(desk.path("runs").join(&runs[1]).join("diff.html").is_file(), "compared with the night before");
    let status = desk.alike().args(["status", "-c", "alike.toml"]).assert().success();
    status.stdout(predicate::str::contains(format!("{}{}", "runs/", runs[1])));
    // A night that goes wrong leaves the last good one.
    desk.file("crm.csv", contacts(10, 1));
    desk.alike()
        .args(["run", "-c", "alike.toml"])
        .assert()
        .code(4)
        .stderr(predicate::str::contains("row_drop"));
    desk.alike()
        .args(["status", "runs"])
        .assert()
        .success()
        .stdout(predicate::str::contains(runs[1].as_str()))
        .stdout(predicate::str::contains("A run was stopped by guards since"));
}
