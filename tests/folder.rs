//! The place of a run folder: whole or absent, ours or left alone, one run at a time.

use crate::support::{Desk, names};
use predicates::prelude::*;
use std::fs;

const PEOPLE: &str = "id,name,email\n1,Jan Berg,jan@berg.example\n2,Jan Berg,jan@berg.example\n";

#[test]
fn a_run_folder_of_ours_is_replaced() {
    let desk = Desk::new();
    desk.run_text(PEOPLE);
    let rows = format!("{PEOPLE}3,Els Dal,els@dal.example\n");
    let second = desk.run_text(rows);
    assert_eq!(second.table("crosswalk").len(), 3);
    assert_eq!(desk.names(), ["data.csv", "out"].map(String::from).into());
}

#[test]
fn work_of_people_in_a_run_folder_is_left_alone() {
    let desk = Desk::new();
    let run = desk.run_text(PEOPLE);
    let proposals = String::from_utf8(run.bytes("proposals.csv")).unwrap().replace("auto", "approved");
    desk.file("out/notes.txt", "call Jan");
    let edited = desk.file("out/proposals.csv", &proposals);
    // A second later than the run, as people are slower than tests.
    let manifest = fs::metadata(desk.path("out/manifest.json")).unwrap().modified().unwrap();
    let later = manifest + std::time::Duration::from_secs(1);
    fs::File::options().write(true).open(edited).unwrap().set_modified(later).unwrap();
    let told = predicate::str::contains("`notes.txt`, `proposals.csv`").and(predicate::str::contains("-o"));
    desk.alike().args(["run", "data.csv", "-o", "out"]).assert().code(2).stderr(told);
    assert_eq!(run.bytes("proposals.csv"), proposals.as_bytes());
    assert_eq!(fs::read_to_string(desk.path("out/notes.txt")).unwrap(), "call Jan");
    desk.run("out-2", &["data.csv"], &[]);
}

#[test]
fn a_folder_of_somebody_else_is_left_alone() {
    let desk = Desk::new();
    desk.file("data.csv", PEOPLE);
    fs::create_dir(desk.path("photos")).unwrap();
    desk.file("photos/holiday.jpg", "precious");
    desk.file("file", "precious");
    fs::create_dir(desk.path("npm")).unwrap();
    desk.file("npm/manifest.json", "{\"name\": \"app\"}");
    for out in ["photos", "file", "npm"] {
        desk.alike()
            .args(["run", "data.csv", "-o", out])
            .assert()
            .code(2)
            .stderr(predicate::str::contains("-o").and(predicate::str::contains(out)));
    }
    assert_eq!(fs::read_to_string(desk.path("photos/holiday.jpg")).unwrap(), "precious");
    assert_eq!(fs::read_to_string(desk.path("file")).unwrap(), "precious");
    assert_eq!(names(&desk.path("photos")).len() + names(&desk.path("npm")).len(), 2);
    assert_eq!(desk.names(), ["data.csv", "file", "npm", "photos"].map(String::from).into());
    desk.alike().args(["run", "data.csv", "-o", "/"]).assert().code(2);
    desk.alike().args(["run", "data.csv", "-o", "."]).assert().code(2);
}

#[test]
fn an_empty_folder_may_be_filled() {
    let desk = Desk::new();
    fs::create_dir(desk.path("out")).unwrap();
    assert_eq!(desk.run_text(PEOPLE).table("crosswalk").len(), 2);
}

/// Starts a run that tells its stages, kills it as soon as `stage` begins, and says whether it was still running.
fn kill_at(desk: &Desk, stage: &str) -> bool {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("alike"))
        .current_dir(desk.path(""))
        .args(["run", "contacts.csv", "-o", "out", "--log", "json"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let event: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        if event["event"] == "started" && event["stage"] == stage {
            break;
        }
    }
    let running = child.try_wait().unwrap().is_none();
    // SIGKILL on Unix: nothing of the program runs after it.
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

#[test]
fn a_killed_run_leaves_the_last_good_folder() {
    let desk = Desk::new();
    desk.contacts("contacts.csv", 800);
    for stage in ["read", "train"] {
        assert!(kill_at(&desk, stage), "the run was over before it was killed at {stage}");
        assert!(!desk.path("out").exists(), "a run killed at {stage} left a folder");
    }
    // Writing is short: should the run have been quicker than the signal, then the folder is whole.
    kill_at(&desk, "write");
    if desk.path("out").exists() {
        assert!(desk.path("out/manifest.json").is_file() && names(&desk.path("out")).len() == 10);
    }
    let good = desk.run("out", &["contacts.csv"], &[]);
    let (before, files) = (good.bytes("crosswalk.csv"), names(&good.path));
    for stage in ["read", "write"] {
        kill_at(&desk, stage);
        assert_eq!(names(&good.path), files);
        assert!(good.bytes("crosswalk.csv") == before);
    }
    // The next run needs no help, and clears what the killed ones left.
    desk.run("out", &["contacts.csv"], &[]);
    assert_eq!(desk.names(), ["contacts.csv", "out"].map(String::from).into());
}

#[test]
fn two_runs_do_not_write_one_folder() {
    let desk = Desk::new();
    desk.file("data.csv", PEOPLE);
    let lock = fs::File::create(desk.path(".out.lock")).unwrap();
    lock.lock().unwrap();
    desk.alike()
        .args(["run", "data.csv", "-o", "out"])
        .assert()
        .code(5)
        .stderr(predicate::str::contains("another run is writing this folder"));
    assert!(!desk.path("out").exists());
    drop(lock);
    desk.run("out", &["data.csv"], &[]);
}

#[cfg(unix)]
#[test]
fn a_run_holds_its_folder_from_the_start() {
    use std::process::{Command, Stdio};
    let desk = Desk::new();
    desk.file("data.csv", PEOPLE);
    // A run that waits for its input: nobody writes into the pipe yet.
    assert!(Command::new("mkfifo").arg(desk.path("pipe.csv")).status().unwrap().success());
    let mut first = Command::new(assert_cmd::cargo::cargo_bin("alike"))
        .current_dir(desk.path(""))
        .args(["run", "pipe.csv", "-o", "new/out"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lock = desk.path("new/.out.lock");
    while !fs::read_to_string(&lock).is_ok_and(|text| !text.is_empty()) {
        assert!(first.try_wait().unwrap().is_none(), "the run ended without a lock");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let second = || {
        let mut command = desk.alike();
        command.args(["run", "data.csv", "-o", "new/out"]);
        command
    };
    let told = predicate::str::contains(format!("process {} (since 2", first.id()))
        .and(predicate::str::contains("read  ").not());
    second().assert().code(5).stdout("").stderr(told);
    assert!(!desk.path("new/out").exists());
    // Killed, it frees the folder; the next run says what it found.
    let id = first.id();
    first.kill().unwrap();
    first.wait().unwrap();
    second().assert().success().stderr(predicate::str::contains(format!("process {id} (since 2")));
    assert_eq!(names(&desk.path("new")), ["out".to_string()].into());
    second().assert().success().stderr(predicate::str::contains("process").not());
}

#[test]
fn a_run_that_fails_leaves_no_lock_and_no_folder() {
    let desk = Desk::new();
    desk.alike().args(["run", "gone.csv", "-o", "new/deep/out"]).assert().code(3);
    desk.file("empty.csv", "");
    desk.alike().args(["run", "empty.csv", "-o", "new/deep/out"]).assert().code(3);
    assert_eq!(desk.names(), ["empty.csv".to_string()].into());
}

#[test]
fn an_input_in_the_run_folder_is_not_replaced() {
    let desk = Desk::new();
    let run = desk.run_text(PEOPLE);
    let before = run.bytes("golden.csv");
    desk.alike()
        .args(["run", "out/golden.csv", "-o", "out"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("`out/golden.csv` is in the run folder `out`"));
    assert_eq!(run.bytes("golden.csv"), before);
    desk.run("out-2", &["out/golden.csv"], &[]);
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_the_long_work() {
    let desk = Desk::new();
    desk.file("data.csv", PEOPLE);
    let long = "x".repeat(250);
    for (out, says) in [("data.csv/out", "data.csv"), (long.as_str(), "shorter name")] {
        let told = predicate::str::contains(says)
            .and(predicate::str::contains("-o"))
            .and(predicate::str::contains("read  ").not());
        desk.alike().args(["run", "data.csv", "-o", out]).assert().code(1).stderr(told);
    }
    assert_eq!(desk.names(), ["data.csv".to_string()].into());
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_nothing_half_written() {
    let desk = Desk::new();
    desk.file("data.csv", PEOPLE);
    let program = assert_cmd::cargo::cargo_bin("alike");
    // Files may not grow past 512 bytes: the same to a program as a full disk.
    for (blocks, says) in [(1, "error: cannot write `.out.partial-"), (0, "error: cannot write `.out.lock`")]
    {
        let run = format!("exec '{}' run data.csv -o out 2>&1", program.display());
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; {run}");
        let mut shell = std::process::Command::new("sh");
        let output = shell.current_dir(desk.path("")).args(["-c", &script]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(says) && text.contains("-o"), "{text}");
        assert_eq!(desk.names(), ["data.csv".to_string()].into());
    }
}

#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_tidies_up() {
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Stdio};
    for (signal, number) in [("-INT", 2), ("-TERM", 15)] {
        let desk = Desk::new();
        assert!(Command::new("mkfifo").arg(desk.path("pipe.csv")).status().unwrap().success());
        let mut run = Command::new(assert_cmd::cargo::cargo_bin("alike"))
            .current_dir(desk.path(""))
            .args(["run", "pipe.csv", "-o", "out"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let working = |name: &String| name.starts_with(".out.partial-");
        while !desk.names().iter().any(working) {
            assert!(run.try_wait().unwrap().is_none(), "the run ended without a partial folder");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert!(Command::new("kill").args([signal, &run.id().to_string()]).status().unwrap().success());
        assert_eq!(run.wait().unwrap().signal(), Some(number));
        assert_eq!(desk.names(), ["pipe.csv".to_string()].into());
    }
}
