//! Masked packs: nothing of the person in any cell, and decisions come back as from a plain pack.

use crate::support::editing::Edited;
use crate::support::{Desk, samples};
use std::collections::BTreeSet;

fn desk(state: &str) -> Desk {
    let desk = Desk::new();
    desk.run("out", &samples(), &["--state", state, "--masked-report"]);
    desk
}

fn said(desk: &Desk, arguments: &[&str], code: i32) -> String {
    let assert = desk.alike().args(arguments).assert().code(code);
    let output = assert.get_output();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Columns of the samples that tell who somebody is.
/// A website is often the domain of a mail address, which a pack shows.
const TELLING: [&str; 21] = [
    "id",
    "full_name",
    "first_name",
    "last_name",
    "company",
    "job_title",
    "email",
    "email_2",
    "phone",
    "phone_2",
    "mobile",
    "fax",
    "address_block",
    "street_and_number",
    "address_line_2",
    "postcode",
    "city",
    "birth_date",
    "vat_number",
    "notes",
    "owner",
];

/// What must stand in no cell: long enough, or of a form, that no code looks like it by chance.
fn originals(desk: &Desk) -> BTreeSet<String> {
    let edited = Edited::open(&desk.path("out/proposals.csv"));
    let mut found = BTreeSet::new();
    for (at, _) in edited.header.iter().enumerate().filter(|(_, name)| TELLING.contains(&name.as_str())) {
        for row in &edited.rows {
            let value = row[at].trim_start_matches('\'');
            let is_form = value.chars().any(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit());
            if value.chars().count() >= 4 && is_form || value.len() >= 8 {
                found.insert(value.to_string());
            }
        }
    }
    assert!(found.len() > 300, "{}", found.len());
    found
}

/// What a pack shows as it is: countries, and kinds of records.
fn shown(desk: &Desk) -> BTreeSet<String> {
    let edited = Edited::open(&desk.path("out/proposals.csv"));
    let columns: Vec<usize> = ["country", "type"].map(|name| edited.at(name)).to_vec();
    edited.rows.iter().flat_map(|row| columns.iter().map(|&at| row[at].clone())).collect()
}

fn no_original(
    (originals, shown): (&BTreeSet<String>, &BTreeSet<String>),
    cells: impl Iterator<Item = String>,
    place: &str,
) {
    let mut seen = 0;
    for cell in cells.filter(|cell| !cell.split(" | ").all(|part| shown.contains(part))) {
        seen += 1;
        if let Some(original) = originals.iter().find(|original| cell.contains(original.as_str())) {
            panic!("{place}: `{original}` in `{cell}`");
        }
    }
    assert!(seen > 100, "{place}: {seen} cells");
}

#[test]
fn no_cell_of_a_pack_holds_an_original() {
    let desk = desk("state");
    said(&desk, &["review", "out", "--sheet", "masked.csv", "--masked"], 0);
    said(&desk, &["audit", "out", "-o", "audit.csv", "--masked"], 0);
    said(&desk, &["review", "out", "--sheet", "masked.xlsx", "--masked"], 0);
    let (originals, shown) = (originals(&desk), shown(&desk));
    for file in ["masked.csv", "masked-fields.csv", "audit.csv", "audit-fields.csv"] {
        let edited = Edited::open(&desk.path(file));
        no_original((&originals, &shown), edited.rows.into_iter().flatten(), file);
    }
    // A workbook is read as the program reads one.
    use crate::support::alike;
    let clean = desk.path("clean.csv");
    for sheet in ["Groups", "Fields"] {
        desk.file("sheet.toml", format!("[[source]]\nfile = \"masked.xlsx\"\nsheet = \"{sheet}\"\n"));
        let mut command = alike();
        command
            .current_dir(desk.path(""))
            .args(["normalize", "-c", "sheet.toml", "-o"])
            .arg(&clean)
            .assert()
            .success();
        let edited = Edited::open(&clean);
        no_original((&originals, &shown), edited.rows.into_iter().flatten(), sheet);
    }
    let page = std::fs::read_to_string(desk.path("out/report-masked.html")).unwrap();
    // The page has words of its own; what is as long as this is none of them.
    let long: BTreeSet<String> = originals
        .into_iter()
        .filter(|value| value.len() >= 8 && value.chars().any(|c| c.is_ascii_digit() || c == '@' || c == ' '))
        .collect();
    let report = std::fs::read_to_string(desk.path("out/report.html")).unwrap();
    assert!(long.iter().any(|value| report.contains(value.as_str())));
    let plain = page.replace("&amp;", "&").replace("&#x27;", "'").replace("&#39;", "'");
    no_original((&long, &shown), plain.lines().map(String::from), "report-masked.html");
}

#[test]
fn equal_values_mask_equal_in_every_pack_and_run() {
    let desk = desk("state");
    said(&desk, &["review", "out", "--sheet", "one.csv", "--masked"], 0);
    desk.run("next", &samples(), &["--state", "state"]);
    said(&desk, &["review", "next", "--sheet", "two.csv", "--masked"], 0);
    assert_eq!(std::fs::read(desk.path("one.csv")).unwrap(), std::fs::read(desk.path("two.csv")).unwrap());
    // Another place has another secret.
    desk.run("other", &samples(), &["--state", "elsewhere"]);
    said(&desk, &["review", "other", "--sheet", "three.csv", "--masked"], 0);
    let told = said(&desk, &["review", "out", "--import", "three.csv", "--by", "anna"], 2);
    assert!(told.contains("three.csv"), "{told}");
    let (plain, masked) =
        (Edited::open(&desk.path("out/proposals.csv")), Edited::open(&desk.path("one.csv")));
    for name in ["last_name", "email", "mobile", "birth_date"] {
        let pairs: BTreeSet<(&str, &str)> =
            (0..plain.rows.len()).map(|row| (plain.get(row, name), masked.get(row, name))).collect();
        let (values, masks): (BTreeSet<&str>, BTreeSet<&str>) = pairs.iter().copied().unzip();
        assert_eq!((values.len(), masks.len()), (pairs.len(), pairs.len()), "{name}");
    }
}

/// Decisions without their ids and times.
fn decisions(desk: &Desk, state: &str) -> Vec<String> {
    let text = said(desk, &["decisions", "export", "--state", state], 0);
    let plain = |line: &str| {
        let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
        let object = value.as_object_mut().unwrap();
        object.remove("id");
        object.remove("at");
        value.to_string()
    };
    text.lines().map(plain).collect()
}

#[test]
fn a_masked_pack_is_imported_like_a_plain_one() {
    let desk = desk("masked-state");
    desk.run("plain", &samples(), &["--state", "plain-state"]);
    said(&desk, &["review", "out", "--sheet", "masked.csv", "--masked"], 0);
    let told =
        said(&desk, &["review", "out", "--import", "masked.csv", "masked-fields.csv", "--by", "anna"], 0);
    assert!(told.contains("No new decisions"), "{told}");
    let (mut plain, mut masked) =
        (Edited::open(&desk.path("plain/proposals.csv")), Edited::open(&desk.path("masked.csv")));
    let row = plain.find(&[("lane", "review")])[0];
    let id = plain.get(row, "proposal_id").to_string();
    for edited in [&mut plain, &mut masked] {
        edited.set(row, "decision", "merge");
    }
    plain.save();
    masked.save();
    let (mut plan, mut fields) =
        (Edited::open(&desk.path("plain/plan.csv")), Edited::open(&desk.path("masked-fields.csv")));
    let row = *plan
        .find(&[("proposal_id", id.as_str())])
        .iter()
        .find(|&&row| {
            let other = plan.get(row, "other_values");
            !other.is_empty() && !other.contains(" | ") && plan.get(row, "field") != "id"
        })
        .unwrap();
    for edited in [&mut plan, &mut fields] {
        let other = edited.get(row, "other_values").to_string();
        edited.set(row, "override", &other);
        edited.save();
    }
    said(&desk, &["review", "out", "--import", "masked.csv", "masked-fields.csv", "--by", "anna"], 0);
    said(&desk, &["review", "plain", "--import", "plain/proposals.csv", "plain/plan.csv", "--by", "anna"], 0);
    let expected = decisions(&desk, "plain-state");
    assert!(expected.len() >= 2, "{expected:?}");
    assert_eq!(decisions(&desk, "masked-state"), expected);
    assert!(!expected.concat().contains('•'));
}

#[test]
fn masked_values_are_never_taken_for_data() {
    let desk = desk("state");
    said(&desk, &["review", "out", "--sheet", "masked.csv", "--masked"], 0);
    let mut fields = Edited::open(&desk.path("masked-fields.csv"));
    let rows = fields.find(&[("field", "last_name")]);
    let stranger = fields.get(rows[1], "value").to_string();
    fields.set(rows[0], "override", &stranger);
    fields.set(rows[1], "value", "Jansen");
    fields.save();
    let told = said(&desk, &["review", "out", "--import", "masked-fields.csv", "--by", "anna"], 2);
    assert!(told.contains("is masked, and none of the values") && told.contains("`Jansen`"), "{told}");
    let mut plan = Edited::open(&desk.path("out/plan.csv"));
    let row = plan.find(&[("field", "last_name")])[0];
    plan.set(row, "override", &stranger);
    plan.save();
    let told = said(&desk, &["apply", "out"], 2);
    assert!(told.contains("comes from a masked pack"), "{told}");
}
