//! The edited plan: applied, taken back, and held against a later export.

mod apply;
mod history;
mod mistakes;
mod property;
mod undo;
mod verify;

use crate::support::editing::Edited;
use crate::support::{Desk, Folder, samples};
use std::collections::BTreeMap;

/// A run on the sample exports, which stand on the desk and may be changed.
pub fn sample_run(desk: &Desk) -> Folder {
    let files: Vec<_> = samples()
        .iter()
        .map(|path| desk.file(&path.file_name().unwrap().to_string_lossy(), std::fs::read(path).unwrap()))
        .collect();
    desk.run("out", &files, &[])
}

impl Folder {
    pub fn proposals(&self) -> Edited {
        Edited::open(&self.path.join("proposals.csv"))
    }

    pub fn plan(&self) -> Edited {
        Edited::open(&self.path.join("plan.csv"))
    }
}

/// `alike apply out MORE`, which must succeed; what it printed.
pub fn apply(desk: &Desk, more: &[&str]) -> String {
    printed(desk, "apply", &[&["out"], more].concat())
}

/// A command that must succeed; what it printed.
pub fn printed(desk: &Desk, command: &str, arguments: &[&str]) -> String {
    let assert = desk.alike().arg(command).args(arguments).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// The apply folder in the run folder.
pub fn applied(desk: &Desk) -> Folder {
    Folder {
        path: desk.path("out/applied"),
        output: std::process::Output { status: Default::default(), stdout: Vec::new(), stderr: Vec::new() },
    }
}

/// The change set, merge by merge.
pub fn change_set(folder: &Folder) -> Vec<serde_json::Value> {
    let text = String::from_utf8(folder.bytes("changeset.jsonl")).unwrap();
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The row of a record's golden record.
pub fn golden_of(folder: &Folder, source: &str, record_id: &str) -> BTreeMap<String, String> {
    let crosswalk = folder.table("crosswalk");
    let row = crosswalk.rows().find(|row| row["source"] == source && row["record_id"] == record_id).unwrap();
    let golden = folder.table("golden");
    let found = golden.rows().find(|golden| golden["golden_id"] == row["golden_id"]).unwrap();
    found.into_iter().map(|(name, cell)| (name.to_string(), cell.to_string())).collect()
}
