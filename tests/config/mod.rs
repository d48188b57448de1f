//! Settings files: the ready-made ones, the schema, and what `alike check` says of a bad one.

use alike::config::{self, Settings};
use assert_cmd::Command;
use std::path::Path;

/// A file of the project's `configs` folder.
fn ready_made(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("configs").join(name)
}

#[test]
fn ready_made_settings_are_valid() {
    for name in ["minimal.toml", "business-central.toml"] {
        if let Err(error) = config::load(&ready_made(name)) {
            panic!("{name}:\n{error}");
        }
    }
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let committed = std::fs::read_to_string(ready_made("alike.schema.json")).unwrap();
    assert!(
        committed == config::json_schema(),
        "write it anew: cargo run -- schema > configs/alike.schema.json"
    );
}

#[test]
fn the_template_is_valid_and_changes_nothing() {
    let text = config::template(&[]);
    assert_eq!(config::parse("alike.toml", &text, None), Ok(Settings::default()));
    insta::assert_snapshot!(text);
}

#[test]
fn every_commented_setting_of_the_template_is_valid() {
    let text = config::template(&[]);
    let uncommented: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .collect();
    if let Err(problems) = config::parse("alike.toml", &uncommented.join("\n"), None) {
        panic!("{problems}");
    }
}

#[test]
fn check_tells_every_problem_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(fixture("bad.toml"), folder.path().join("bad.toml")).unwrap();
    std::fs::write(folder.path().join("crm.csv"), "id\n1\n").unwrap();
    let mut command = Command::cargo_bin("alike").unwrap();
    let assert = command.current_dir(folder.path()).args(["check", "bad.toml"]).assert().code(2).stdout("");
    insta::assert_snapshot!(String::from_utf8_lossy(&assert.get_output().stderr));
}

#[test]
fn check_of_good_settings_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("minimal.toml");
    std::fs::write(&settings, "[[source]]\nfile = \"contacts.csv\"\n").unwrap();
    std::fs::write(folder.path().join("contacts.csv"), "id\n1\n").unwrap();
    let mut command = Command::cargo_bin("alike").unwrap();
    let assert = command.arg("check").arg(settings).assert().success().stderr("");
    assert_eq!(String::from_utf8_lossy(&assert.get_output().stdout).lines().count(), 1);
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config").join(name)
}
