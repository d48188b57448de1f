//! The full story: docs/story.md is run, command by command, and every line it shows is compared.

use crate::support::{Desk, project};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Set to write the outputs of the page anew.
const UPDATE: &str = "UPDATE_STORY";

/// Ids of change sets depend on the version of the program.
fn masked(text: &str) -> String {
    let mut parts = text.split("C-");
    let mut out = parts.next().unwrap().to_string();
    for part in parts {
        let id = part.chars().take_while(char::is_ascii_hexdigit).count();
        out.push_str(if id == 16 { "C-…" } else { "C-" });
        out.push_str(if id == 16 { &part[id..] } else { part });
    }
    out
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &to) } else { assert!(fs::copy(&path, &to).is_ok()) }
    }
}

/// What a command of the page prints; `alike` in it is the program under test.
fn printed(desk: &Desk, command: &str) -> String {
    let program = assert_cmd::cargo::cargo_bin("alike");
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(desk.path("story"))
        .env("PATH", path)
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    masked(&String::from_utf8(output.stdout).unwrap())
}

#[test]
#[cfg(unix)]
fn the_page_of_the_story_is_what_the_program_prints() {
    let desk = Desk::new();
    copy(&project("sample-data"), &desk.path("story"));
    let page = fs::read_to_string(project("docs/story.md")).unwrap();
    let mut actual = String::new();
    let mut in_block = false;
    for line in page.lines() {
        let fence = line.starts_with("```");
        in_block = if fence { line == "```console" } else { in_block };
        match line.strip_prefix("$ ").filter(|_| in_block) {
            Some(command) => actual.push_str(&format!("{line}\n{}", printed(&desk, command))),
            // What the page shows is compared with what is printed.
            None if in_block && !fence => {}
            None => actual.push_str(&format!("{line}\n")),
        }
    }
    if std::env::var_os(UPDATE).is_some() {
        fs::write(project("docs/story.md"), &actual).unwrap();
    }
    let at = page.lines().zip(actual.lines()).position(|(shown, is)| shown != is);
    let differs = at.map(|at| (page.lines().nth(at), actual.lines().nth(at)));
    assert!(
        page == actual,
        "docs/story.md line {:?}: {differs:?}; look whether this is as it should be, then write the page anew with \
         {UPDATE}=1 cargo test --test it story",
        at.map(|at| at + 1)
    );
    assert!(page.contains("related_comment_lines") && page.contains("renamed"), "the page tells the story");
}

/// Each test that docs/business-central.md names is there.
#[test]
fn the_page_of_business_central_names_tests_that_are_there() {
    let page = fs::read_to_string(project("docs/business-central.md")).unwrap();
    let rows: Vec<&str> =
        page.lines().filter(|line| line.starts_with("| ") && line.contains(".rs: ")).collect();
    assert_eq!(rows.len(), 22);
    for row in rows {
        for named in row.split('`').filter(|part| part.contains(".rs: ")) {
            let (file, test) = named.split_once(": ").unwrap();
            let text = fs::read_to_string(project(file)).unwrap_or_else(|why| panic!("{file}: {why}"));
            assert!(test == "*" || text.contains(&format!("fn {test}()")), "{named}");
        }
    }
}
