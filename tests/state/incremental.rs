//! Only what changed is compared, and the result is that of comparing all.

use super::{Nights, PEOPLE, csv, night};
use crate::support::{Folder, Table};
use std::fs;

/// Numbers that have nothing to do with each other (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

fn text(head: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(head).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

const SAME: [&str; 6] =
    ["golden.csv", "plan.csv", "proposals.csv", "crosswalk.csv", "links.parquet", "model.json"];

fn assert_same(one: &Folder, other: &Folder, what: &str) {
    for name in SAME {
        assert!(one.bytes(name) == other.bytes(name), "{what}: {name} differs");
    }
}

/// Nights of edits on generated contacts. Small blocks and a small budget of pairs, so that blocks are divided, given up and
/// opened again from night to night, and the last night repeats a row often, which changes who is compared, and how
/// common its values are.
#[test]
fn incremental_is_full() {
    let (mut opened, mut again) = (0, 0);
    for (seed, settings) in [
        (1, "[blocking]\nmax_block = 6\npairs_per_record = 3.0\n"),
        (2, "[blocking]\nmax_block = 40\npairs_per_record = 2.0\n"),
    ] {
        let mut nights = Nights::new();
        let mut chance = Chance(0x9e37_79b9 + seed);
        let Table { header, mut cells } = Table::read(&nights.desk.contacts("all.csv", 460));
        let mut waiting = cells.split_off(400);
        nights.desk.file("alike.toml", settings);
        let id = header.iter().position(|name| name.contains("id")).unwrap_or(0);
        for round in 0..4 {
            if round > 0 {
                for _ in 0..8 {
                    let gone = chance.below(cells.len());
                    cells.swap_remove(gone);
                }
                for _ in 0..12 {
                    let (at, from) = (chance.below(cells.len()), chance.below(cells.len()));
                    let column = chance.below(header.len());
                    if column != id {
                        cells[at][column] = cells[from][column].clone();
                    }
                }
                for row in waiting.split_off(waiting.len() - 15) {
                    let place = chance.below(cells.len());
                    cells.insert(place, row);
                }
            }
            if round == 3 {
                for nth in 0..14 {
                    let mut row = cells[0].clone();
                    row[id] = format!("again-{nth}");
                    cells.push(row);
                }
            }
            let content = text(&header, &cells);
            let state = nights.desk.path("state");
            if state.exists() {
                let _ = fs::remove_dir_all(nights.desk.path("other"));
                copy(&state, &nights.desk.path("other"));
            }
            let some = nights.run(&content, &["-c", "alike.toml"]);
            if round == 0 {
                continue;
            }
            let whole = ["-c", "alike.toml", "--state", "other", "--full"];
            let full = nights.desk.run("full", &["crm.csv"], &whole);
            assert_eq!(night(&some)["compared"], "changed");
            assert_eq!(night(&full)["compared"], "all");
            assert_same(&some, &full, &format!("seed {seed}, night {round}"));
            let compared =
                |folder: &Folder| folder.json("manifest")["counts"]["pairs_compared"].as_u64().unwrap();
            assert!(compared(&some) < compared(&full), "{} of {}", compared(&some), compared(&full));
            opened += compared(&some);
            again += night(&some)["counts"]["compared_again"].as_u64().unwrap();
        }
    }
    assert!(opened > 0 && again > 0, "values became common or rare, and their records were compared again");
}

#[test]
fn the_first_night_is_a_run_without_a_state() {
    let mut nights = Nights::new();
    let first = nights.run(csv(&PEOPLE), &[]);
    let plain = nights.desk.run("plain", &["crm.csv"], &[]);
    assert_same(&first, &plain, "with a state and without");
    assert!(plain.json("manifest").get("state").is_none());
    // The same once more: nothing is compared, and everything is as it was.
    let second = nights.run(csv(&PEOPLE), &[]);
    assert_same(&first, &second, "twice");
    assert_eq!(second.json("manifest")["counts"]["pairs_compared"], 0);
    assert_eq!(night(&second)["sources"][0]["what"], "unchanged");
}

#[test]
fn the_model_is_frozen_until_somebody_asks() {
    let mut nights = Nights::new();
    let first = nights.run(csv(&PEOPLE), &[]);
    let mut rows = PEOPLE.to_vec();
    rows.extend([
        ["15", "Bo", "Jansen", "bo@jansen.example", "Ede"],
        ["16", "Bo", "Jansen", "bo@jansen.example", "Ede"],
    ]);
    let second = nights.run(csv(&rows), &[]);
    assert_eq!(first.bytes("model.json"), second.bytes("model.json"));
    let third = nights.run(csv(&rows), &["--retrain"]);
    assert_ne!(first.bytes("model.json"), third.bytes("model.json"));
    assert_eq!(night(&third)["compared"], "all");
    let fourth = nights.run(csv(&rows), &[]);
    assert_eq!(third.bytes("model.json"), fourth.bytes("model.json"));
    let runs = nights.runs();
    let model = |at: usize| runs[at]["model"].clone();
    assert_eq!([model(0), model(1)], [runs[0]["id"].clone(), runs[0]["id"].clone()]);
    assert_eq!([model(2), model(3)], [runs[2]["id"].clone(), runs[2]["id"].clone()]);
    // What a run with a frozen model found can be explained.
    nights.desk.alike().args(["explain", "out4", "15", "16"]).assert().success();
    let refused = nights.desk.alike().args(["run", "crm.csv", "--retrain"]).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("--state"));
}

#[test]
fn a_column_that_the_model_knows_and_the_files_lost_is_told() {
    let mut nights = Nights::new();
    let more = |with: bool| {
        let mut text = String::from(if with {
            "id,first_name,last_name,vat_number\n"
        } else {
            "id,first_name,last_name\n"
        });
        for (at, row) in PEOPLE.iter().enumerate() {
            let vat = if with { format!(",NL00{at:07}B01") } else { String::new() };
            text.push_str(&format!("{},{},{}{vat}\n", row[0], row[1], row[2]));
        }
        text
    };
    nights.run(more(true), &[]);
    nights.desk.file("crm.csv", more(false));
    let run = ["run", "crm.csv", "--state", "state", "-o", "lost"];
    let refused = nights.desk.alike().args(run).assert().code(2);
    let told = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(told.contains("--retrain"), "{told}");
    assert!(!nights.desk.path("lost").exists());
    nights.run(more(false), &["--retrain"]);
}
