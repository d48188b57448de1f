//! The state looked after: checked, copied, put back, of another age, damaged, or cut off in the middle.

use super::{Nights, PEOPLE, csv, golden, night};
use rusqlite::Connection;
use std::fs;
use std::path::Path;

fn store(nights: &Nights) -> Connection {
    Connection::open(nights.desk.path("state/decisions.sqlite")).unwrap()
}

#[test]
fn a_store_of_the_first_schema_goes_on() {
    let mut nights = Nights::new();
    fs::create_dir(nights.desk.path("state")).unwrap();
    store(&nights).execute_batch(include_str!("first.sql")).unwrap();
    assert!(nights.said(&["check"]).contains("1 decisions"));
    nights.state(&["runs"]).code(2);
    let first = golden(&nights.run(csv(&PEOPLE), &[]));
    assert_eq!(first["crm:5"], first["crm:6"], "the decision of then holds");
    assert!(nights.said(&["check"]).contains("1 good runs"));
}

#[test]
fn a_newer_state_and_what_is_none_are_refused() {
    let mut nights = Nights::new();
    nights.run(csv(&PEOPLE), &[]);
    store(&nights).execute_batch("PRAGMA user_version = 99").unwrap();
    let before = fs::read(nights.desk.path("state/decisions.sqlite")).unwrap();
    let run = ["run", "crm.csv", "--state", "state", "-o", "out"];
    let told = |assert: assert_cmd::assert::Assert| {
        String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
    };
    let newer = told(nights.desk.alike().args(run).assert().code(3));
    assert!(newer.contains("newer alike") && newer.contains("nothing was changed"), "{newer}");
    for command in [vec!["check"], vec!["compact"], vec!["runs"], vec!["backup", "copy"]] {
        nights.state(&command).code(3);
    }
    assert_eq!(before, fs::read(nights.desk.path("state/decisions.sqlite")).unwrap());
    fs::write(nights.desk.path("state/decisions.sqlite"), "no database at all, but long enough ".repeat(40))
        .unwrap();
    assert!(told(nights.desk.alike().args(run).assert().code(3)).contains("no store of alike"));
    assert!(!nights.desk.path("out").exists());
    // No folder, and a file in its place.
    fs::remove_dir_all(nights.desk.path("state")).unwrap();
    assert!(told(nights.state(&["check"]).code(2)).contains("holds no state"));
    fs::write(nights.desk.path("state"), "a file").unwrap();
    let refused = told(nights.desk.alike().args(run).assert().code(1));
    assert!(refused.contains("state"), "{refused}");
}

/// Who may write everywhere, as root may, finds no disk that is read-only.
#[cfg(unix)]
#[test]
fn a_state_that_cannot_be_written_stops_the_run_before_it_begins() {
    use std::os::unix::fs::PermissionsExt;
    let mut nights = Nights::new();
    nights.run(csv(&PEOPLE), &[]);
    let path = nights.desk.path("state/decisions.sqlite");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(nights.desk.path("state"), fs::Permissions::from_mode(0o500)).unwrap();
    if fs::OpenOptions::new().write(true).open(&path).is_err() {
        let run = ["run", "crm.csv", "--state", "state", "-o", "out"];
        let refused = nights.desk.alike().args(run).assert().code(1);
        let told = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(told.contains("name a folder in which you may write"), "{told}");
        assert!(!nights.desk.path("out").exists());
    }
    fs::set_permissions(nights.desk.path("state"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn damage_is_found() {
    let mut nights = Nights::new();
    nights.run(csv(&PEOPLE), &[]);
    nights.said(&["check"]);
    let whole = fs::read(nights.desk.path("state/decisions.sqlite")).unwrap();
    for (damage, told) in [
        ("DELETE FROM contact WHERE seq = 3", "contacts"),
        ("UPDATE contact SET golden = 999 WHERE seq = 3", "is not there"),
        ("UPDATE golden SET id = (SELECT id FROM golden WHERE seq = 2) WHERE seq = 1", "given twice"),
        ("UPDATE matching SET links = x'00'", "links"),
        ("UPDATE golden SET ended = 1, into_golden = 2 WHERE seq = 1", "has ended"),
        ("UPDATE run SET contacts = 99", "last good run"),
    ] {
        store(&nights).execute_batch(&format!("PRAGMA foreign_keys = OFF; {damage}")).unwrap();
        let found = nights.state(&["check"]).code(3);
        let found = String::from_utf8_lossy(&found.get_output().stderr).into_owned();
        assert!(found.contains("is not sound") && found.contains(told), "{damage}: {found}");
        fs::write(nights.desk.path("state/decisions.sqlite"), &whole).unwrap();
    }
    let snapshot = fs::read_dir(nights.desk.path("state/snapshots")).unwrap().next().unwrap().unwrap().path();
    fs::write(&snapshot, "something else").unwrap();
    nights.state(&["check"]).code(3);
}

#[test]
fn a_copy_can_be_put_back() {
    let mut nights = Nights::new();
    let first = golden(&nights.run(csv(&PEOPLE), &[]));
    nights.said(&["backup", "copy"]);
    nights.state(&["backup", "copy"]).code(2);
    nights.decide("always", &[("5", "6")]);
    nights.run(csv(&PEOPLE[1..]), &[]);
    nights.said(&["restore", "copy"]);
    assert_eq!(nights.runs().len(), 1);
    assert!(nights.desk.names().iter().any(|name| name.starts_with("state.before-")));
    nights.said(&["check"]);
    assert_eq!(golden(&nights.run(csv(&PEOPLE), &[])), first);
    // A copy that is not sound is not put back.
    Connection::open(nights.desk.path("copy/decisions.sqlite"))
        .unwrap()
        .execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM contact WHERE seq = 1")
        .unwrap();
    nights.state(&["restore", "copy"]).code(3);
    assert_eq!(nights.runs().len(), 2);
}

#[test]
fn compacting_keeps_what_is_needed() {
    let mut nights = Nights::new();
    nights.run(csv(&PEOPLE), &[]);
    nights.run(csv(&PEOPLE[..10]), &[]);
    fs::write(nights.desk.path("state/snapshots/left-over.zst"), "x".repeat(100_000)).unwrap();
    let said = nights.said(&["compact"]);
    assert!(said.contains("MB before"), "{said}");
    assert_eq!(fs::read_dir(nights.desk.path("state/snapshots")).unwrap().count(), 1);
    nights.said(&["check"]);
    nights.run(csv(&PEOPLE), &[]);
}

/// Killed after the run folder stands and before the night counts: the state is that of the night before, and the next run
/// does the same again.
#[test]
fn a_run_that_was_cut_off_is_done_again() {
    let mut nights = Nights::new();
    nights.run(csv(&PEOPLE), &[]);
    let before = fs::read(nights.desk.path("state/decisions.sqlite")).unwrap();
    let mut rows = PEOPLE.to_vec();
    rows.extend([
        ["15", "Bo", "Jansen", "bo@jansen.example", "Ede"],
        ["16", "Bo", "Jansen", "bo@jansen.example", "Ede"],
    ]);
    let second = nights.run(csv(&rows), &[]);
    fs::write(nights.desk.path("state/decisions.sqlite"), before).unwrap();
    let third = nights.run(csv(&rows), &[]);
    for name in ["golden.csv", "crosswalk.csv", "proposals.csv", "plan.csv", "links.parquet"] {
        assert!(second.bytes(name) == third.bytes(name), "{name}");
    }
    assert_eq!(night(&third)["counts"]["new"], 2);
    nights.said(&["check"]);
}

#[test]
fn a_run_that_is_stopped_leaves_the_last_good_state() {
    let mut nights = Nights::new();
    let first = golden(&nights.run(csv(&PEOPLE), &[]));
    let rule = "[[quality.rule]]\nmeasure = \"rows\"\nat_least = 10\n";
    nights.desk.file("alike.toml", rule);
    nights.desk.file("crm.csv", csv(&PEOPLE[..3]));
    let run = ["run", "crm.csv", "-c", "alike.toml", "--state", "state", "-o", "out"];
    nights.desk.alike().args(run).assert().code(4);
    let runs = nights.runs();
    assert_eq!(runs[1]["good"], false);
    assert!(runs[1]["why"].as_str().unwrap().contains("rows"), "{runs:?}");
    assert_eq!(golden(&nights.run(csv(&PEOPLE), &[])), first);
    assert_eq!(nights.runs().len(), 3);
    nights.said(&["check"]);
}

#[cfg(unix)]
#[test]
fn the_state_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let mut nights = Nights::new();
    nights.run(csv(&PEOPLE), &[]);
    nights.said(&["backup", "copy"]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for folder in ["state", "copy"] {
        assert_eq!(mode(&nights.desk.path(&format!("{folder}/decisions.sqlite"))), 0o600);
        let snapshots = nights.desk.path(&format!("{folder}/snapshots"));
        for file in fs::read_dir(snapshots).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600, "{folder}");
        }
    }
}

#[test]
fn nothing_tidies_up_while_a_run_is_at_work() {
    let mut nights = Nights::new();
    nights.run(csv(&PEOPLE), &[]);
    let held = alike::write::lock(&nights.desk.path("state/.lock")).unwrap();
    for command in [vec!["compact"], vec!["forget", "crm"]] {
        nights.state(&command).code(5);
    }
    nights.desk.alike().args(["run", "crm.csv", "--state", "state", "-o", "two"]).assert().code(5);
    nights.said(&["check"]);
    drop(held);
    nights.said(&["compact"]);
    nights.run(csv(&PEOPLE), &[]);
}

#[test]
fn a_lost_database_is_no_new_beginning() {
    let mut nights = Nights::new();
    nights.run(csv(&PEOPLE), &[]);
    let path = nights.desk.path("state/decisions.sqlite");
    for is_empty in [false, true] {
        match is_empty {
            true => std::fs::write(&path, "").unwrap(),
            false => std::fs::remove_file(&path).unwrap(),
        }
        nights.desk.alike().args(["run", "crm.csv", "--state", "state", "-o", "lost"]).assert().code(3);
        assert!(!nights.desk.path("lost").exists());
    }
}
