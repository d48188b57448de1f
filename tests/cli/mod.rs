//! The command line as a user meets it.

use assert_cmd::Command;
use predicates::prelude::*;

/// The program, with an environment that does not change what it says.
fn alike() -> Command {
    let mut command = Command::cargo_bin("alike").unwrap();
    command.env("COLUMNS", "100").env_remove("RUST_BACKTRACE");
    command
}

#[test]
fn every_help_page_has_examples_and_exit_codes() {
    for command in ["run", "init", "check", "explain", "evaluate", "schema", "completions", "man"] {
        let text = predicate::str::contains("Examples:\n  alike ")
            .and(predicate::str::contains("Exit codes:\n  0 "));
        alike().args([command, "--help"]).assert().success().stdout(text);
    }
    alike().arg("--help").assert().success().stdout(predicate::str::contains("5  another run holds the lock"));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    for args in [
        &["run", "--no-such-flag"][..],
        &["no-such-command"],
        &["explain", "dir"],
        &["run", "--threads", "0"],
    ] {
        alike().args(args).assert().code(2).stdout("").stderr(predicate::str::is_empty().not());
    }
}

#[test]
fn a_run_of_nothing_says_what_to_name() {
    alike().arg("run").assert().code(2).stderr(predicate::str::contains("as in `alike run contacts.csv`"));
}

#[test]
fn a_run_with_settings_that_are_missing_ends_with_2() {
    alike()
        .args(["run", "-c", "no-such.toml"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("no-such.toml").and(predicate::str::contains("alike init")));
}

#[test]
fn errors_are_json_when_asked() {
    let output = alike().args(["run", "--log", "json"]).assert().code(2).get_output().clone();
    let line: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((line["event"].as_str(), line["exit_code"].as_u64()), (Some("error"), Some(2)));
}

#[test]
fn init_does_not_write_over_settings() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("alike.toml"), "mine").unwrap();
    alike()
        .current_dir(folder.path())
        .args(["init", "a.csv"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("--force"));
    assert_eq!(std::fs::read_to_string(folder.path().join("alike.toml")).unwrap(), "mine");
}

#[test]
fn a_folder_that_is_no_run_folder_ends_with_3() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    alike().args(["explain", dir, "1", "2"]).assert().code(3);
    alike().args(["evaluate", dir, "--truth", "truth.csv"]).assert().code(3);
}

#[test]
fn completions_and_manual_pages_are_made() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        alike().args(["completions", shell]).assert().success().stdout(predicate::str::contains("evaluate"));
    }
    alike().arg("man").assert().success().stdout(predicate::str::contains(".TH alike 1"));
    alike()
        .args(["man", "run"])
        .assert()
        .success()
        .stdout(predicate::str::contains("alike\\-run").or(predicate::str::contains("alike-run")));
    alike().args(["man", "walk"]).assert().code(2);
}

#[test]
fn hidden_commands_are_hidden() {
    let listed = predicate::str::contains("completions").or(predicate::str::contains("Print the manual"));
    alike().arg("--help").assert().stdout(listed.not());
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::process::{Command, Stdio};
    let program = assert_cmd::cargo::cargo_bin("alike");
    let mut child =
        Command::new(program).arg("schema").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
