//! Runs with a state: ids that stay, links that are taken over, sources with their own rhythm, the state looked after.

mod ids;
mod incremental;
mod sources;
mod upkeep;

use crate::support::{Desk, Folder};
use serde_json::Value;
use std::collections::BTreeMap;

/// A row of the tables below.
type Row = [&'static str; 5];

/// People of whom some are there twice; enough for a model.
const PEOPLE: [Row; 14] = [
    ["1", "Jan", "de Vries", "jan.devries@post.example", "Rotterdam"],
    ["2", "Jan", "de Vries", "jan.devries@post.example", "Rotterdam"],
    ["3", "Petra", "Bakker", "petra@bakker.example", "Utrecht"],
    ["4", "Petra", "Bakker", "petra@bakker.example", "Utrecht"],
    ["5", "Ahmed", "Yilmaz", "a.yilmaz@post.example", "Gouda"],
    ["6", "Sofie", "Maes", "sofie.maes@post.example", "Gent"],
    ["7", "Luc", "Peeters", "luc@peeters.example", "Brugge"],
    ["8", "Karl", "Huber", "k.huber@post.example", "Linz"],
    ["9", "Anna", "Nowak", "anna.nowak@post.example", "Poznan"],
    ["10", "Olga", "Smit", "olga.smit@post.example", "Delft"],
    ["11", "Tom", "Baker", "tom@baker.example", "Leeds"],
    ["12", "Mia", "Weber", "mia.weber@post.example", "Bonn"],
    ["13", "Noah", "Jacobs", "noah@jacobs.example", "Mechelen"],
    ["14", "Eva", "Lang", "eva.lang@post.example", "Ulm"],
];

const HEAD: &str = "id,first_name,last_name,email,city";

fn csv<R: AsRef<[S]>, S: AsRef<str>>(rows: &[R]) -> String {
    let line = |row: &R| row.as_ref().iter().map(S::as_ref).collect::<Vec<_>>().join(",") + "\n";
    format!("{HEAD}\n{}", rows.iter().map(line).collect::<String>())
}

/// A desk on which night follows night.
struct Nights {
    desk: Desk,
    last: usize,
}

impl Nights {
    fn new() -> Self {
        Self { desk: Desk::new(), last: 0 }
    }

    /// A run on one source, `crm`.
    fn run(&mut self, content: impl AsRef<[u8]>, more: &[&str]) -> Folder {
        self.desk.file("crm.csv", content);
        self.run_files(&["crm.csv"], more)
    }

    fn run_files(&mut self, files: &[&str], more: &[&str]) -> Folder {
        self.last += 1;
        let more: Vec<&str> = ["--state", "state"].into_iter().chain(more.iter().copied()).collect();
        self.desk.run(&format!("out{}", self.last), files, &more)
    }

    /// `alike state …`.
    fn state(&self, arguments: &[&str]) -> assert_cmd::assert::Assert {
        self.desk.alike().arg("state").args(arguments).args(["--state", "state"]).assert()
    }

    fn said(&self, arguments: &[&str]) -> String {
        let assert = self.state(arguments).success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    }

    fn told(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.said(arguments)).unwrap()
    }

    /// Pairs that are always, or never, one.
    fn decide(&self, list: &str, pairs: &[(&str, &str)]) {
        let row = |(a, b): &(&str, &str)| format!("{list},crm,{a},crm,{b}\n");
        let rows: String = pairs.iter().map(row).collect();
        self.desk.file("list.csv", format!("list,source_a,record_id_a,source_b,record_id_b\n{rows}"));
        let import = ["decisions", "import", "list.csv", "--state", "state", "--by", "anna"];
        self.desk.alike().args(import).assert().success();
    }

    /// What runs of the state there are: whether each was good.
    fn runs(&self) -> Vec<Value> {
        self.told(&["runs", "--json"]).as_array().unwrap().clone()
    }
}

/// Golden ids by record.
fn golden(folder: &Folder) -> BTreeMap<String, String> {
    let crosswalk = folder.table("crosswalk");
    let key = |row: &BTreeMap<&str, &str>| format!("{}:{}", row["source"], row["record_id"]);
    crosswalk.rows().map(|row| (key(&row), row["golden_id"].to_string())).collect()
}

/// What the run says of the state in its manifest.
fn night(folder: &Folder) -> Value {
    folder.json("manifest")["state"].clone()
}
