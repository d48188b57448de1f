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
    assert_eq!(config::parse("alike.toml", &text), Ok(Settings::default()));
    insta::assert_snapshot!(text);
}

#[test]
fn every_commented_setting_of_the_template_is_valid() {
    let text = config::template(&[]);
    let uncommented: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .collect();
    if let Err(problems) = config::parse("alike.toml", &uncommented.join("\n")) {
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

/// A folder with an export and settings that name columns it does not have.
fn mistaken() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rows =
        "Nr.;Naam;E-mail;Plaats\nC1;Jan Berg;jan@berg.example;Gent\nC2;Els Dal;els@dal.example;Delft\n";
    std::fs::write(folder.path().join("crm.csv"), rows).unwrap();
    std::fs::write(folder.path().join("letter.csv"), "%PDF-1.7\n%\n1 0 obj\n").unwrap();
    std::fs::write(folder.path().join("model.json"), "{}").unwrap();
    std::fs::copy(fixture("mistaken.toml"), folder.path().join("mistaken.toml")).unwrap();
    folder
}

#[test]
fn check_looks_into_the_files() {
    let folder = mistaken();
    let mut command = Command::cargo_bin("alike").unwrap();
    let assert =
        command.current_dir(folder.path()).args(["check", "mistaken.toml"]).assert().code(2).stdout("");
    insta::assert_snapshot!(String::from_utf8_lossy(&assert.get_output().stderr));
}

#[test]
fn run_places_columns_that_are_not_there_as_check_does() {
    let folder = mistaken();
    let text = std::fs::read_to_string(fixture("mistaken.toml")).unwrap();
    let end = text.find("[[source]]\nfile = \"letter.csv\"").unwrap();
    std::fs::write(folder.path().join("alike.toml"), &text[..end]).unwrap();
    let said = |args: &[&str]| {
        let mut command = Command::cargo_bin("alike").unwrap();
        let assert = command.current_dir(folder.path()).args(args).arg("--quiet").assert().code(2);
        String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
    };
    let mut check = Command::cargo_bin("alike").unwrap();
    let check = check.current_dir(folder.path()).args(["check", "alike.toml"]).assert().code(2);
    let check = String::from_utf8_lossy(&check.get_output().stderr).into_owned();
    assert!(check.contains("3 problems") && check.contains("alike.toml:4:6: "), "{check}");
    assert_eq!(said(&["run", "-c", "alike.toml"]), check);
    // The same settings for a file under another name.
    std::fs::rename(folder.path().join("crm.csv"), folder.path().join("new.csv")).unwrap();
    let of_new = check.replace("`crm.csv` has", "`new.csv` has");
    assert_eq!(said(&["run", "crm=new.csv", "-c", "alike.toml"]), of_new);
    assert!(!folder.path().join("alike-out").exists());
}

#[test]
fn a_run_lists_as_many_problems_as_check_does() {
    let folder = mistaken();
    let text = "[[source]]\nfile = 'crm.csv'\ncolumns = { Plats = 'city' }\n[[source]]\nfile = 'gone.csv'\n[cluster]\njoin = 1\n";
    std::fs::write(folder.path().join("alike.toml"), text).unwrap();
    let said = |args: &[&str]| {
        let mut command = Command::cargo_bin("alike").unwrap();
        let assert = command.current_dir(folder.path()).args(args).assert().code(2);
        String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
    };
    let check = said(&["check", "alike.toml"]);
    assert!(check.contains("3 problems"), "{check}");
    for command in ["run", "profile", "normalize"] {
        assert_eq!(said(&[command, "-c", "alike.toml", "--quiet"]), check, "{command}");
    }
    // Files of the command line stand in the stead of those.
    let other = said(&["run", "crm.csv", "-c", "alike.toml", "--quiet"]);
    assert!(other.contains("1 problem") && other.contains("unknown key `join`"), "{other}");
}

#[test]
fn rules_for_fields_that_no_file_has_are_warned_of() {
    let folder = mistaken();
    let text = "[[source]]\nfile = 'crm.csv'\n[survivorship.fields]\nemail = 'longest'\nmobile = 'longest'\n";
    std::fs::write(folder.path().join("alike.toml"), text).unwrap();
    let warned = "warning: alike.toml:5:1: no source has a field `mobile`, so this rule does nothing; ";
    for args in [&["check", "alike.toml"][..], &["run", "-c", "alike.toml"]] {
        let mut command = Command::cargo_bin("alike").unwrap();
        let assert = command.current_dir(folder.path()).args(args).assert().success();
        let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(said.contains(warned) && !said.contains("`email`"), "{args:?}: {said}");
    }
}
