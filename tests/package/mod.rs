//! `alike apply --package`: the files that bring merges back into the systems that the records came from.

mod business_central;
mod folder;
mod systems;

use crate::support::Desk;
use crate::support::editing::Edited;
use calamine::{Reader, Xlsx, open_workbook};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// People who share nothing, so that the model has something to learn from: given, family, street, postcode, city, phone.
fn strangers() -> Vec<[String; 6]> {
    const GIVEN: [&str; 8] = ["Aaltje", "Bram", "Corina", "Dirk", "Elske", "Fokko", "Geeske", "Harm"];
    const FAMILY: [&str; 6] = ["Zandstra", "Wiersma", "Postma", "Hoekstra", "Dijkman", "Veenstra"];
    const CITY: [&str; 4] = ["Assen", "Emmen", "Meppel", "Hoogeveen"];
    (0..40usize)
        .map(|at| {
            [
                GIVEN[at % 8].to_string(),
                FAMILY[(at * 5 + at / 8) % 6].to_string(),
                format!("Laan {}", 3 + at * 7),
                format!("{} AB", 7400 + at * 11),
                CITY[at % 4].to_string(),
                format!("0592 55 {:04}", 1100 + at * 37),
            ]
        })
        .collect()
}

/// A CSV of the strangers under some headings, with further rows; cells that a row does not name are empty.
fn export(headings: &[&str], fields: [&str; 7], further: &[&[(&str, &str)]]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headings).unwrap();
    let mut row = |cells: &[(&str, &str)]| {
        let cell =
            |heading: &&str| cells.iter().find(|(name, _)| name == heading).map_or("", |(_, cell)| cell);
        // A layout without ids has no heading for them.
        for (name, _) in cells.iter().filter(|(name, _)| !name.is_empty()) {
            assert!(headings.contains(name), "no heading {name}");
        }
        writer.write_record(headings.iter().map(cell)).unwrap();
    };
    for (at, [given, family, street, postcode, city, phone]) in strangers().iter().enumerate() {
        let id = format!("{}", 9000 + at);
        let [id_of, given_of, family_of, street_of, postcode_of, city_of, phone_of] = fields;
        row(&[
            (id_of, &id),
            (given_of, given),
            (family_of, family),
            (street_of, street),
            (postcode_of, postcode),
            (city_of, city),
            (phone_of, phone),
        ]);
    }
    further.iter().for_each(|cells| row(cells));
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// Applies with packages; what was printed.
fn apply(desk: &Desk, packages: &[&str]) -> String {
    let mut arguments = vec!["out"];
    for package in packages {
        arguments.extend(["--package", package]);
    }
    crate::plan::printed(desk, "apply", &arguments)
}

fn packages(desk: &Desk) -> std::path::PathBuf {
    desk.path("out/applied/packages")
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn sheet(path: &Path) -> (String, Vec<Vec<String>>) {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let name = workbook.sheet_names()[0].clone();
    let range = workbook.worksheet_range(&name).unwrap();
    // A sheet is as wide as its widest row.
    let filled = |row: &[calamine::Data]| {
        let mut cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        cells
    };
    let rows = range.rows().map(filled).collect();
    (name, rows)
}

/// Answers a proposal that has all these records.
fn decide(desk: &Desk, records: &[&str], word: &str) {
    let mut proposals = Edited::open(&desk.path("out/proposals.csv"));
    let found = proposals.proposals().into_iter().find(|(_, rows)| {
        let ids: BTreeSet<&str> = rows.iter().map(|&row| proposals.get(row, "record_id")).collect();
        records.iter().all(|record| ids.contains(record)) && rows.len() == records.len()
    });
    let (_, rows) = found.unwrap_or_else(|| panic!("no proposal of {records:?}"));
    proposals.set(rows[0], "decision", word);
    proposals.save();
}

/// Says what a golden value is to be.
fn choose(desk: &Desk, of: &str, field: &str, value: &str) {
    let proposals = Edited::open(&desk.path("out/proposals.csv"));
    let id = proposals.get(proposals.find(&[("record_id", of)])[0], "proposal_id").to_string();
    let mut plan = Edited::open(&desk.path("out/plan.csv"));
    let rows = plan.find(&[("proposal_id", &id), ("field", field)]);
    plan.set(*rows.first().unwrap_or_else(|| panic!("{field} is not in the plan")), "override", value);
    plan.save();
}
