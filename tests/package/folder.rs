//! Packages of all sources, what is left out of the others, and their place in the apply folder.

use super::{apply, lines, packages};
use crate::support::editing::{Edited, tree};
use crate::support::{Desk, Table};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Cells of some columns of a table, apart from their order and number.
fn values(row: &BTreeMap<String, String>, stems: &[&str]) -> BTreeSet<String> {
    let is = |name: &str| {
        stems.iter().any(|stem| {
            let rest = name.strip_prefix(stem);
            rest.is_some_and(|rest| rest.is_empty() || rest[1..].chars().all(|digit| digit.is_ascii_digit()))
        })
    };
    row.iter().filter(|(name, cell)| is(name) && !cell.is_empty()).map(|(_, cell)| cell.clone()).collect()
}

#[test]
fn cards_read_back_give_the_golden_values() {
    let desk = Desk::new();
    crate::plan::sample_run(&desk);
    // What has to be escaped, and what has to be folded between characters.
    let mut plan = Edited::open(&desk.path("out/plan.csv"));
    for (field, value) in [
        ("company", "Ångström, Öl; \\Söhne\\ & Co".to_string()),
        ("notes", "erste Zeile\nzweite, Zeile; ".to_string() + &"größer 日本 ".repeat(20) + "."),
    ] {
        let rows = plan.find(&[("lane", "auto"), ("field", field)]);
        plan.set(rows[0], "override", &value);
    }
    plan.save();
    let told = apply(&desk, &["vcard"]);
    assert!(told.contains("Package vcard: cards 61"), "{told}");
    let cards = packages(&desk).join("vcard/merged.vcf");
    let text = std::fs::read_to_string(&cards).unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    assert_eq!(text.matches("\r\nVERSION:4.0\r\n").count(), 61);
    let golden = crate::plan::applied(&desk).table("golden");
    let of: BTreeMap<String, BTreeMap<String, String>> = golden
        .rows()
        .map(|row| {
            (row["golden_id"].to_string(), row.iter().map(|(n, c)| (n.to_string(), c.to_string())).collect())
        })
        .collect();
    let input = alike::ingest::Input { path: cards, source: "cards".into(), settings: Default::default() };
    let read = alike::ingest::read(&[input], &alike::progress::Silent).unwrap();
    let table = &read.tables[0];
    assert_eq!((table.rows, read.quarantine.len()), (61, 0));
    for card in 0..table.rows {
        let row: BTreeMap<String, String> = table
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| (column.name.clone(), table.cell(at, card).trim().to_string()))
            .collect();
        let golden: BTreeMap<String, String> =
            of[&row["id"]].iter().map(|(name, cell)| (name.clone(), cell.trim().to_string())).collect();
        for same in ["first_name", "company", "job_title", "city", "postcode", "street_and_number", "notes"] {
            let (card, list) = (values(&row, &[same]), values(&golden, &[same]));
            let rewrapped: BTreeSet<String> = list.iter().map(|value| value.replace("\r\n", "\n")).collect();
            assert_eq!(card, rewrapped, "{same} of {}", row["id"]);
        }
        assert_eq!(values(&row, &["email"]), values(&golden, &["email"]));
        assert_eq!(
            values(&row, &["phone", "mobile"]),
            values(&golden, &["phone", "mobile", "phone_home", "company_phone"])
        );
        assert!(row["full_name"] == golden["full_name"] || golden["full_name"].is_empty());
    }
}

#[test]
fn tables_for_any_system_say_what_the_crosswalk_says() {
    let desk = Desk::new();
    crate::plan::sample_run(&desk);
    apply(&desk, &["generic"]);
    let folder = packages(&desk).join("generic");
    let crosswalk = crate::plan::applied(&desk).table("crosswalk");
    let lost: BTreeSet<(&str, &str, &str, &str)> = crosswalk
        .rows()
        .filter(|row| (row["source"], row["record_id"]) != (row["golden_source"], row["golden_record_id"]))
        .map(|row| (row["source"], row["record_id"], row["golden_source"], row["golden_record_id"]))
        .collect();
    let delete = Table::read(&folder.join("delete.csv"));
    let deleted: BTreeSet<_> = delete
        .rows()
        .map(|row| (row["source"], row["record_id"], row["survivor_source"], row["survivor_id"]))
        .collect();
    assert_eq!(deleted, lost);
    let merge = Table::read(&folder.join("merge.csv"));
    let merged: BTreeSet<_> = merge
        .rows()
        .map(|row| (row["duplicate_source"], row["duplicate_id"], row["survivor_source"], row["survivor_id"]))
        .collect();
    assert_eq!(merged, lost);
    assert!(
        merge
            .rows()
            .all(|row| (row["same_source"] == "true") == (row["survivor_source"] == row["duplicate_source"]))
    );
    let update = Table::read(&folder.join("update.csv"));
    assert!(update.len() > 20);
    for row in update.rows() {
        let golden = crate::plan::golden_of(&crate::plan::applied(&desk), row["source"], row["record_id"]);
        assert!(!row["changed"].is_empty());
        for name in row["changed"].split(' ') {
            assert!(update.header.iter().any(|heading| heading == name), "{name}");
        }
        assert_eq!((row["email"], row["city"]), (golden["email"].as_str(), golden["city"].as_str()));
    }
}

#[test]
fn records_of_other_systems_are_left_out_and_counted() {
    let desk = Desk::new();
    crate::plan::sample_run(&desk);
    let rehearsed = crate::plan::printed(&desk, "apply", &["out", "--dry-run", "--package", "salesforce"]);
    assert!(!desk.path("out/applied").exists());
    assert!(rehearsed.contains("Package salesforce:"), "{rehearsed}");
    let told = apply(&desk, &["salesforce", "business-central"]);
    assert!(
        told.contains("left out: `webshop` (61 records) is an export of no system that is known"),
        "{told}"
    );
    assert!(told.contains("`salesforce_contacts` (56 records) is an export of another system"), "{told}");
    let crosswalk = crate::plan::applied(&desk).table("crosswalk");
    let own: BTreeSet<&str> = crosswalk
        .rows()
        .filter(|row| row["source"] == "salesforce_contacts")
        .map(|row| row["record_id"])
        .collect();
    let updates = lines(&packages(&desk).join("salesforce/updates.jsonl"));
    assert!(!updates.is_empty());
    for update in updates {
        let id = update["path"].as_str().unwrap().rsplit('/').next().unwrap().to_string();
        assert!(own.contains(id.as_str()), "{id}");
    }
    // A system that nothing is of is a mistake of who asks, and nothing is written.
    let before = tree(&desk.path(""));
    let refused = desk.alike().args(["apply", "out", "--package", "hubspot"]).assert().code(2);
    let told = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(told.contains("no source is an export of hubspot") && told.contains("`webshop`"), "{told}");
    assert!(tree(&desk.path("")) == before);
    desk.alike().args(["apply", "out", "--package", "sap"]).assert().code(2);
}

#[test]
fn packages_come_and_go_with_the_apply() {
    let desk = Desk::new();
    crate::plan::sample_run(&desk);
    apply(&desk, &[]);
    let plain = tree(&desk.path("out/applied"));
    apply(&desk, &["vcard", "business-central"]);
    assert!(packages(&desk).join("business-central/README.txt").is_file());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            |path: &str| std::fs::metadata(packages(&desk).join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("vcard"), mode("vcard/merged.vcf")), (0o700, 0o600));
    }
    // What a person put there or changed there is theirs.
    let notes = packages(&desk).join("vcard/mine.txt");
    std::fs::write(&notes, "mine").unwrap();
    let refused = desk.alike().args(["apply", "out"]).assert().code(2);
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("packages/vcard/mine.txt"));
    std::fs::remove_file(&notes).unwrap();
    // One merge taken back: the packages, which would merge it again, go.
    let first =
        crate::plan::change_set(&crate::plan::applied(&desk))[0]["merge"].as_str().unwrap().to_string();
    let copy = desk.path("copy");
    copy_folder(&desk.path("out/applied"), &copy);
    let told = crate::plan::printed(&desk, "undo", &["copy", "--merge", &first]);
    assert!(told.contains("`packages` is removed") && !copy.join("packages").exists(), "{told}");
    let marks: Value = serde_json::from_slice(&std::fs::read(copy.join("applied.json")).unwrap()).unwrap();
    assert!(!marks["files"].to_string().contains("packages"));
    // All taken back: what was there before, to the byte.
    crate::plan::printed(&desk, "undo", &["out/applied"]);
    assert!(tree(&desk.path("out/applied")) == plain);
}

fn copy_folder(from: &Path, to: &Path) {
    for (path, bytes) in tree(from) {
        let path = to.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
