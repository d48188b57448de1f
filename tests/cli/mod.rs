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
    for command in [
        "run",
        "normalize",
        "profile",
        "init",
        "check",
        "explain",
        "evaluate",
        "sample",
        "schema",
        "completions",
        "man",
    ] {
        let text = predicate::str::contains("Examples:\n  alike ")
            .and(predicate::str::contains("Exit codes:\n  0 "));
        alike().args([command, "--help"]).assert().success().stdout(text);
    }
    // Code 5 can occur in a run only, code 4 where rules on quality are held against the data.
    let codes = |args: &[&str], four: bool, five: bool| {
        let told = alike().args(args).arg("--help").assert().success().get_output().stdout.clone();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert_eq!(told.contains("\n  4  "), four, "{told}");
        assert_eq!(told.contains("\n  5  another run is writing the same folder"), five, "{told}");
    };
    codes(&[], true, true);
    codes(&["run"], true, true);
    codes(&["profile"], true, false);
    codes(&["init"], false, false);
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

/// A folder with a small export.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rows =
        "Nr.;Naam;E-mail;Plaats\nC1;Jan Berg;jan@berg.example;Gent\nC2;Piet Dal;piet@dal.example;Delft\n";
    std::fs::write(folder.path().join("crm.csv"), rows).unwrap();
    folder
}

#[test]
fn init_writes_settings_that_check_finds_good() {
    let folder = folder();
    alike()
        .current_dir(folder.path())
        .args(["init", "crm.csv"])
        .assert()
        .success()
        .stdout(predicate::str::contains("Plaats").and(predicate::str::contains("e.g. Gent | Delft")));
    let text = std::fs::read_to_string(folder.path().join("alike.toml")).unwrap();
    for line in [
        "file = \"crm.csv\"",
        "delimiter = \";\"",
        "id = \"Nr.\"",
        "\"Plaats\" = \"city\"",
        "#max_block = 200",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} is not in:\n{text}");
    }
    assert!(text.contains("; e.g. Jan Berg | Piet Dal\n\"Naam\" = "), "{text}");
    alike()
        .current_dir(folder.path())
        .args(["check", "alike.toml"])
        .assert()
        .success()
        .stdout("alike.toml: good; 1 source, 4 columns mapped\n");
}

#[test]
fn init_tells_columns_as_json() {
    let folder = folder();
    let assert = alike().current_dir(folder.path()).args(["init", "crm.csv", "--json"]).assert().success();
    let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let lines: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[3]["file"], "crm.csv");
    assert_eq!(lines[3]["column"], "Plaats");
    assert_eq!(lines[3]["field"], "city");
    assert_eq!(lines[3]["samples"], serde_json::json!(["Gent", "Delft"]));
    assert!(lines[3]["why"].as_str().is_some_and(|why| !why.is_empty()));
    assert!(!folder.path().join("alike.toml").exists());
}

#[test]
fn a_file_that_is_missing_ends_with_3() {
    for command in ["run", "init"] {
        let message = predicate::str::contains("no-such.csv");
        alike().current_dir(folder().path()).args([command, "no-such.csv"]).assert().code(3).stderr(message);
    }
}

#[test]
fn progress_is_json_lines_when_asked() {
    let folder = folder();
    let assert = alike()
        .current_dir(folder.path())
        .args(["run", "crm.csv", "--log", "json"])
        .assert()
        .success()
        .stdout("");
    let text = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    let events: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.iter().all(|event| event["time"].is_string()), "{text}");
    let finished = |event: &&serde_json::Value| event["event"] == "finished" && event["stage"] == "read";
    let read = events.iter().find(finished).unwrap();
    assert!(read["seconds"].is_number() && read["done"] == read["total"], "{read}");
    assert_eq!(events.last().unwrap()["event"], "done");
    let stages = [
        "read",
        "map",
        "normalize",
        "profile",
        "block",
        "train",
        "score",
        "cluster",
        "survive",
        "propose",
        "report",
        "write",
    ];
    for stage in stages {
        for kind in ["started", "finished"] {
            let told = events.iter().any(|event| event["event"] == kind && event["stage"] == stage);
            assert!(told, "{kind} {stage} is not told:\n{text}");
        }
    }
}

#[test]
fn a_quiet_run_says_nothing_on_stdout() {
    let folder = folder();
    alike().current_dir(folder.path()).args(["run", "crm.csv", "--quiet"]).assert().success().stdout("");
}

#[test]
fn settings_of_a_forgotten_name_are_told() {
    let folder = folder();
    let settings = "[[source]]\nname = 'contacts'\nid = 'Nr.'\n";
    std::fs::write(folder.path().join("alike.toml"), settings).unwrap();
    let run =
        |file: &str| alike().current_dir(folder.path()).args(["run", file, "-c", "alike.toml"]).assert();
    run("crm.csv").success().stderr(predicate::str::contains("as in `contacts=FILE`"));
    run("contacts=crm.csv").success().stderr(predicate::str::contains("not used").not());
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

/// Every command, and every command of a command, stands in a test that runs it.
#[test]
fn every_command_has_a_test() {
    let all: String = tests_of(&crate::support::project("tests"));
    let listed = |args: &[&str]| {
        let help = alike().args(args).arg("--help").assert().success().get_output().stdout.clone();
        let help = String::from_utf8(help).unwrap();
        let commands = help.split("Commands:").nth(1).unwrap_or("").split("\n\n").next().unwrap_or("");
        let name =
            |line: &str| line.strip_prefix("  ").and_then(|line| line.split(' ').next()).map(str::to_string);
        commands
            .lines()
            .filter_map(name)
            .filter(|name| !name.is_empty() && name != "help")
            .collect::<Vec<_>>()
    };
    let commands = listed(&[]);
    assert!(commands.len() > 10, "{commands:?}");
    for command in &commands {
        assert!(all.contains(&format!("\"{command}\"")), "no test runs `alike {command}`");
        for under in listed(&[command]) {
            // Commands of the state are run by a helper that adds the rest.
            let spellings = [format!("\"{command}\", \"{under}\""), format!("[\"{under}\"")];
            assert!(
                spellings.iter().any(|spelling| all.contains(spelling)),
                "no test runs `alike {command} {under}`"
            );
        }
    }
}

fn tests_of(folder: &std::path::Path) -> String {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .map(|path| match path.is_dir() {
            true => tests_of(&path),
            false if path.extension().is_some_and(|ending| ending == "rs") => {
                std::fs::read_to_string(path).unwrap()
            }
            false => String::new(),
        })
        .collect()
}

#[test]
fn hidden_commands_are_hidden() {
    let listed = predicate::str::contains("completions").or(predicate::str::contains("Print the manual"));
    alike().arg("--help").assert().stdout(listed.not());
}

#[cfg(unix)]
#[test]
fn a_run_whose_reader_goes_away_writes_its_folder() {
    use std::process::{Command, Stdio};
    let folder = folder();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("alike"))
        .current_dir(folder.path())
        .args(["run", "crm.csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(folder.path().join("alike-out/manifest.json").is_file());
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

/// What a shell says of a command whose standard output cannot take a byte.
#[cfg(unix)]
fn into_full(folder: &std::path::Path, arguments: &str) -> (Option<i32>, String) {
    use std::process::Command;
    let program = assert_cmd::cargo::cargo_bin("alike");
    // Files may not grow at all: the same to a program as a full disk. stderr is a pipe, which the limit is not for.
    let script = format!("trap '' XFSZ; ulimit -f 0; exec '{}' {arguments} > full.txt", program.display());
    let output = Command::new("sh").current_dir(folder).args(["-c", &script]).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[cfg(unix)]
#[test]
fn output_that_cannot_be_written_is_a_failure() {
    let folder = folder();
    alike().current_dir(folder.path()).args(["run", "crm.csv", "-o", "out"]).assert().success();
    std::fs::write(folder.path().join("truth.csv"), "record_id,entity_id\nC1,1\nC2,2\n").unwrap();
    std::fs::write(folder.path().join("alike.toml"), "[[source]]\nfile = 'crm.csv'\n").unwrap();
    for arguments in [
        "schema",
        "man",
        "completions bash",
        "--help",
        "run --help",
        "--version",
        "init crm.csv -o -",
        "init crm.csv --json",
        "check alike.toml",
        "explain out C1 C2",
        "evaluate out --truth truth.csv",
    ] {
        let (code, told) = into_full(folder.path(), arguments);
        assert_eq!(code, Some(1), "{arguments}: {told}");
        assert!(told.contains("error: cannot write to the standard output: "), "{arguments}: {told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_whose_output_cannot_be_told_ends_with_1() {
    use std::os::unix::fs::FileTypeExt;
    // Not every container has the device.
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    if !full.metadata().unwrap().file_type().is_char_device() {
        return;
    }
    let folder = folder();
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("alike"))
        .current_dir(folder.path())
        .args(["run", "crm.csv"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(folder.path().join("alike-out/manifest.json").is_file());
}

/// `alike init` from the folder `here` of a small export, and what then stands in the settings as its file.
fn file_in_settings(here: &str, export: &str, out: &str) -> (tempfile::TempDir, String) {
    let folder = folder();
    for name in ["sub", "other/deep"] {
        std::fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    let here = folder.path().join(here);
    let assert = alike().current_dir(&here).args(["init", export, "-o", out, "--quiet"]).assert().success();
    let text = match out {
        "-" => String::from_utf8_lossy(&assert.get_output().stdout).into_owned(),
        out => {
            // What is written can be used from anywhere.
            alike().args(["check".as_ref(), here.join(out).as_os_str()]).assert().success().stderr("");
            std::fs::read_to_string(here.join(out)).unwrap()
        }
    };
    let line = text.lines().find(|line| line.starts_with("file = ")).unwrap_or_default().to_string();
    (folder, line)
}

#[test]
fn init_writes_paths_as_seen_from_where_the_settings_stand() {
    for (here, export, out, expected) in [
        ("", "crm.csv", "-", "crm.csv"),
        ("sub", "../crm.csv", "-", "../crm.csv"),
        ("", "crm.csv", "alike.toml", "crm.csv"),
        ("", "crm.csv", "sub/alike.toml", "../crm.csv"),
        ("", "crm.csv", "other/deep/alike.toml", "../../crm.csv"),
        ("sub", "../crm.csv", "alike.toml", "../crm.csv"),
        ("sub", "../crm.csv", "../alike.toml", "crm.csv"),
        ("sub", "../crm.csv", "../other/alike.toml", "../crm.csv"),
        ("", "other/../crm.csv", "sub/../other/deep/alike.toml", "../../crm.csv"),
    ] {
        let (_folder, line) = file_in_settings(here, export, out);
        assert_eq!(line, format!("file = \"{expected}\""), "{here}: init {export} -o {out}");
    }
}

#[test]
fn the_end_of_a_run_is_sums_then_what_to_look_at_then_what_to_do() {
    let folder = folder();
    let rows = "Nr.;Naam;E-mail\nC1;Jan Berg;jan@berg.example\nC2;Jan Berg;jan@berg.example\n\
                C1;Els Dal;els@dal.example\n;Ine Kok;ine@kok.example\nC9;too short\n";
    std::fs::write(folder.path().join("crm.csv"), rows).unwrap();
    std::fs::write(folder.path().join("alike.toml"), "[[source]]\nfile = 'crm.csv'\nid = 'Nr.'\n").unwrap();
    let run = |args: &[&str]| {
        let mut command = alike();
        let assert = command.current_dir(folder.path()).args(["run", "-c", "alike.toml"]).args(args).assert();
        assert.success().get_output().clone()
    };
    let text = String::from_utf8(run(&[]).stdout).unwrap();
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is not in:\n{text}"));
    let parts = [
        "Rows in = kept + merged into another + quarantined (checked)\n  crm  5 = 3 + 1 + 1\n",
        "1 proposal: ",
        "\nLook at\n",
        "`crm`: column `Nr.` is empty in 1 of 4 rows and has 1 value more than once (in 2 of 4 rows, such as `C1`)",
        "1 row could not be read and went to quarantine.csv",
        "\nThe run folder is alike-out\n",
        "alike explain alike-out crm:",
    ];
    assert!(parts.map(at).is_sorted(), "{text}");
    let events = String::from_utf8(run(&["--log", "json"]).stderr).unwrap();
    let done: serde_json::Value = serde_json::from_str(events.lines().last().unwrap()).unwrap();
    assert_eq!(done["sources"][0]["kept"], 3);
    assert_eq!(done["look_at"].as_array().unwrap().len(), 2);
    assert!(events.contains("another record to later runs"), "{events}");
    // The command that is proposed works.
    let command = text.lines().find_map(|line| line.split_once("alike explain ")).unwrap().1;
    alike().current_dir(folder.path()).arg("explain").args(command.split(' ')).assert().success();
}
