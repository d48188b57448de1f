//! The house keeps its shape: which folder may use which, read from the `use` lines.

use std::fs;
use std::path::{Path, PathBuf};

/// Stages in running order: a stage may use itself and those before it, never a later one. Above them stand only
/// `pipeline` and `cli`, which no stage may use.
const STAGES: &[&str] = &[
    "table",
    "ingest",
    "map",
    "normalize",
    "profile",
    "classic",
    "block",
    "compare",
    "score",
    "train",
    "cluster",
    "survive",
    "propose",
    "guard",
    "write",
    "state",
    "mask",
    "review",
    "audit",
    "diff",
    "related",
    "apply",
    "package",
    "forget",
    "evaluate",
    "sample",
    "report",
    "serve",
];

/// Used by every stage.
const COMMON: &[&str] = &["config", "progress", "budget", "error", "testing"];

/// On top: the driver, the commands, and the errors and the program that know them all.
const TOP: &[&str] = &["pipeline", "cli", "error.rs", "main.rs", "lib.rs", "budget.rs", "testing.rs"];

/// Crates and types that may be named in these folders only.
const FENCES: &[(&str, &[&str])] = &[
    ("polars", &["ingest", "write"]),
    ("calamine", &["ingest"]),
    ("zip", &["ingest"]),
    ("memmap2", &["table"]),
    ("csv", &["ingest", "write", "review", "state"]),
    ("rusqlite", &["state"]),
    ("rust_xlsxwriter", &["write"]),
    ("chardetng", &["ingest"]),
    ("encoding_rs", &["ingest", "config", "cli"]),
    ("clap", &["cli"]),
    ("indicatif", &["progress"]),
    ("minijinja", &["report"]),
    ("rphonetic", &["block"]),
    ("rand_pcg", &["sample"]),
    ("rlibphonenumber", &["normalize"]),
    ("psl", &["normalize"]),
    ("axum", &["serve"]),
    ("tokio", &["serve"]),
    ("getrandom", &["serve"]),
    ("toml", &["config", "pipeline", "serve"]),
    // The only clocks: what a run writes must not depend on when it ran.
    ("Instant", &["pipeline", "progress"]),
    ("SystemTime", &["progress"]),
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.into_iter().map(|(path, text)| (path.strip_prefix(&root).unwrap().to_path_buf(), text)).collect()
}

/// The part of a file before its unit tests, which may use anything.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

fn folder(path: &Path) -> String {
    path.components().next().unwrap().as_os_str().to_string_lossy().into_owned()
}

#[test]
fn no_stage_uses_a_later_one() {
    let place = |name: &str| STAGES.iter().position(|stage| *stage == name);
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(own) = place(&folder(&path)) else { continue };
        if path.ends_with("tests.rs") {
            continue;
        }
        for (number, line) in code(&text).lines().enumerate() {
            let line = line.trim_start();
            if line.starts_with("//") {
                continue;
            }
            for used in line.split("crate::").skip(1) {
                let name: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                match place(&name) {
                    Some(other) if other > own => {
                        wrong.push(format!("{}:{} uses the later {name}", path.display(), number + 1));
                    }
                    None if !COMMON.contains(&name.as_str()) => {
                        wrong.push(format!(
                            "{}:{} uses {name}, which is no stage",
                            path.display(),
                            number + 1
                        ));
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_has_its_place() {
    let known = |name: &str| STAGES.contains(&name) || COMMON.contains(&name) || TOP.contains(&name);
    let unknown: Vec<String> =
        sources().iter().map(|(path, _)| folder(path)).filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "name its place in this test and in ARCHITECTURE.md: {unknown:?}");
}

#[test]
fn libraries_stay_behind_their_fences() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if path.ends_with("tests.rs") || path.ends_with("read_tests.rs") {
            continue;
        }
        for (library, allowed) in FENCES {
            let path_of_it = |line: &str| {
                line.match_indices(&format!("{library}::")).any(|(at, _)| {
                    !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
                })
            };
            let used = code(&text).lines().any(|line| {
                let line = line.trim_start();
                !line.starts_with("//") && path_of_it(line)
            });
            if used && !allowed.contains(&folder(&path).as_str()) {
                wrong.push(format!("{} uses {library}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_rooms() {
    let mut long = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        if lines > 600 {
            long.push(format!("{} has {lines} lines", path.display()));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}
