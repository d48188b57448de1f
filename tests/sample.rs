//! Made contacts: the truth knows every row, the clean values every entity, and a run of them can be measured.

use crate::support::{Desk, Table, names};
use std::collections::BTreeSet;

const SOURCES: [&str; 5] = ["business_central", "salesforce", "google", "faktura", "webshop"];

#[test]
fn made_contacts_can_be_matched_and_measured() {
    let desk = Desk::new();
    let said =
        desk.alike().args(["sample", "--rows", "2000", "--seed", "11", "-o", "made"]).assert().success();
    let said = String::from_utf8_lossy(&said.get_output().stdout).into_owned();
    assert!(said.contains("2000 rows in") && said.contains("rows/s"), "{said}");

    let truth = Table::read(&desk.path("made/truth.csv"));
    assert_eq!(truth.header, ["source", "record_id", "entity_id"]);
    assert_eq!(truth.len(), 2_000);
    let entities: BTreeSet<&str> = truth.column("entity_id").into_iter().collect();
    let clean = Table::read(&desk.path("made/clean.csv"));
    assert_eq!(clean.column("entity_id").into_iter().collect::<BTreeSet<_>>(), entities);
    assert_eq!(clean.len(), entities.len());

    let files = SOURCES.map(|name| desk.path(&format!("made/exports/{name}.csv")));
    assert!(files.iter().all(|file| file.is_file()));
    let folder = desk.run("out", &["made/exports"], &[]);
    let crosswalk = folder.table("crosswalk");
    let keys = |table: &Table| -> BTreeSet<(String, String)> {
        table.rows().map(|row| (row["source"].to_string(), row["record_id"].to_string())).collect()
    };
    assert_eq!(keys(&crosswalk), keys(&truth));
    desk.alike().args(["evaluate", "out", "--truth", "made/truth.csv"]).assert().success();
}

#[test]
fn threads_do_not_change_a_sample_and_parquet_holds_the_same() {
    let desk = Desk::new();
    let make = |out: &str, more: &[&str]| {
        desk.alike()
            .args(["sample", "--rows", "300", "-q", "-o", out])
            .args(more)
            .assert()
            .success()
            .stdout("");
    };
    make("one", &["--threads", "1"]);
    make("two", &["--threads", "2"]);
    make("columns", &["--format", "parquet"]);
    assert_eq!(names(&desk.path("one/exports")).len(), SOURCES.len());
    for inside in ["", "exports/"] {
        for name in names(&desk.path(&format!("one/{inside}"))).iter().filter(|name| *name != "exports") {
            let bytes = |folder: &str| std::fs::read(desk.path(&format!("{folder}/{inside}{name}"))).unwrap();
            assert_eq!(bytes("one"), bytes("two"), "{name}");
        }
    }
    for name in SOURCES {
        let bytes = std::fs::read_to_string(desk.path(&format!("one/exports/{name}.csv"))).unwrap();
        let delimiter = if bytes.lines().next().unwrap().contains(';') { b';' } else { b',' };
        let lines = Table::of(bytes.trim_start_matches('\u{feff}'), delimiter);
        let columns = Table::read_parquet(&desk.path(&format!("columns/exports/{name}.parquet")));
        assert_eq!((&lines.header, lines.len()), (&columns.header, columns.len()), "{name}");
        // Reading mends what the webshop garbled.
        if name != "webshop" {
            assert_eq!(lines.cells, columns.cells, "{name}");
        }
    }
}

#[test]
fn a_folder_in_use_is_left_alone() {
    let desk = Desk::new();
    desk.file("letter.txt", "dear");
    let refused = desk.alike().args(["sample", "--rows", "10", "-o", "."]).assert().code(2);
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("error: "), "{said}");
    desk.alike().args(["sample", "--rows", "10", "-o", "new"]).assert().success();
    desk.alike().args(["sample", "--rows", "10", "-o", "new"]).assert().code(2);
    desk.alike().args(["sample", "--rows", "0", "-o", "none"]).assert().code(2);
    assert_eq!(desk.names(), ["letter.txt", "new"].map(String::from).into());
}
