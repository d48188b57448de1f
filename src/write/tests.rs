use super::*;
use crate::cluster::{Clusters, HoldReason, Lane};
use crate::config::{Format, SurviveSettings};
use crate::ingest::Quarantined;
use crate::map::Dataset;
use crate::normalize::{Contacts, Population};
use crate::propose::{self, Proposals};
use crate::score::{ComparisonModel, Links, Model, PopulationModel};
use crate::survive::fixture::{clusters, contacts, dataset};
use crate::survive::{self, Golden};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

struct Run {
    data: Dataset,
    contacts: Contacts,
    clusters: Clusters,
    golden: Golden,
    proposals: Proposals,
    links: Links,
    model: Model,
    quarantine: Vec<Quarantined>,
}

fn run() -> Run {
    let head: &[&str] = &["id", "last_name", "notes", "labels"];
    let data = dataset(&[
        (
            "crm",
            head,
            &[&["1", "Berg", "=1+1", "a"], &["2", "Berg", "say \"hi\", twice", ""], &["3", "Kok", "", ""]],
        ),
        ("erp", head, &[&["1", "Berg", "", "b"], &["9", "Kok", "", ""]]),
    ]);
    let contacts = contacts(&data);
    let clusters = clusters(&data, &[(&[0, 1, 3], Lane::Auto), (&[2, 4], Lane::Hold(HoldReason::Namesake))]);
    let golden =
        survive::records_by(&data, &contacts, &clusters, &SurviveSettings::default(), &|_, raw, _| {
            raw.to_lowercase()
        });
    let proposals = propose::changes(&data, &clusters, &golden);
    let links = Links {
        a: vec![0, 0, 2],
        b: vec![1, 3, 4],
        weight: vec![12_500_000, 9_000_000, -1_000_000],
        pattern: vec![0x23, 0x03, 0x10],
        rule: vec![0, 1, 0],
        compared: 3,
    };
    let comparison = |name: &str| ComparisonModel {
        name: name.into(),
        code: "X".into(),
        levels: vec!["missing".into(); 4],
    };
    let population = PopulationModel {
        population: Population::Person,
        comparisons: vec![comparison("given_name"), comparison("family_name")],
        classes: Vec::new(),
        rounds: 1,
        converged: true,
        training_pairs: 1,
    };
    let quarantine = vec![Quarantined {
        source: "erp".into(),
        file: "erp.csv".into(),
        line: 7,
        reason: "has 5 cells, the heading has 4".into(),
        raw: "a,b,c,d,e".into(),
    }];
    Run {
        data,
        contacts,
        clusters,
        golden,
        proposals,
        links,
        model: Model { version: 1, populations: vec![population] },
        quarantine,
    }
}

fn write(run: &Run, dir: &Path, format: Format) -> Result<Written, WriteError> {
    let decided = crate::cluster::Decided::default();
    let parts = RunParts {
        decided: &decided,
        data: &run.data,
        contacts: &run.contacts,
        clusters: &run.clusters,
        golden: &run.golden,
        proposals: &run.proposals,
        links: &run.links,
        model: &run.model,
        rules: &["email".to_string(), "phone".to_string()],
        quarantine: &run.quarantine,
        classic: None,
        further: &[],
        since: &|_| Vec::new(),
        quality: "{}",
        report: "<html></html>",
        manifest: r#"{"program": "alike", "format_version": 1}"#,
    };
    run_folder(take(dir)?, format, &parts)
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("a table");
    let head = reader.headers().expect("a heading").clone();
    let row =
        |row: csv::StringRecord| head.iter().map(String::from).zip(row.iter().map(String::from)).collect();
    reader.records().map(|record| row(record.expect("well formed"))).collect()
}

#[test]
fn every_record_is_in_the_crosswalk_once() {
    let (run, temp) = (run(), tempfile::tempdir().expect("a folder"));
    let dir = temp.path().join("out");
    let written = write(&run, &dir, Format::Csv).expect("writes");
    assert_eq!(written.crosswalk, BTreeMap::from([("crm".to_string(), 3), ("erp".to_string(), 2)]));
    assert_eq!(written.quarantined, BTreeMap::from([("erp".to_string(), 1)]));
    let crosswalk = rows(&dir.join("crosswalk.csv"));
    let keys: Vec<_> =
        crosswalk.iter().map(|row| format!("{}:{}", row["source"], row["record_id"])).collect();
    assert_eq!(keys, ["crm:1", "crm:2", "crm:3", "erp:1", "erp:9"]);
    assert_eq!(crosswalk[0]["golden_id"], crosswalk[3]["golden_id"]);
    assert_ne!(crosswalk[2]["entity_id"], crosswalk[4]["entity_id"]);
    assert_eq!(crosswalk[2]["lane"], "hold");
    let golden = rows(&dir.join("golden.csv"));
    assert_eq!(golden.len(), 3);
    let members: u32 = golden.iter().map(|row| row["members"].parse::<u32>().expect("a count")).sum();
    assert_eq!(members, 5);
}

#[test]
fn proposals_and_plan_show_what_a_merge_would_do() {
    let (run, temp) = (run(), tempfile::tempdir().expect("a folder"));
    let dir = temp.path().join("out");
    write(&run, &dir, Format::Csv).expect("writes");
    let proposals = rows(&dir.join("proposals.csv"));
    assert_eq!(proposals.len(), 5);
    assert_eq!((proposals[0]["role"].as_str(), proposals[1]["role"].as_str()), ("survivor", "duplicate"));
    assert_eq!(
        (proposals[0]["probability"].as_str(), proposals[3]["hold_reason"].as_str()),
        ("0.9900", "namesake")
    );
    assert!(proposals.iter().any(|row| row["notes"] == "'=1+1" && restore(&row["notes"]) == "=1+1"));
    let plan = rows(&dir.join("plan.csv"));
    let notes = plan.iter().find(|row| row["field"] == "notes").expect("notes are filled");
    assert!(!notes["value"].is_empty() && !notes["lost"].is_empty());
    assert!(
        plan.iter().all(|row| row["field"] != "labels" || row["proposal_id"] == proposals[0]["proposal_id"])
    );
}

#[test]
fn links_are_parquet_with_a_level_per_comparison() {
    use polars::prelude::{ParquetReader, SerReader};
    let (run, temp) = (run(), tempfile::tempdir().expect("a folder"));
    let dir = temp.path().join("out");
    write(&run, &dir, Format::Parquet).expect("writes");
    let read = |name: &str| {
        ParquetReader::new(fs::File::open(dir.join(name)).expect("a file")).finish().expect("a table")
    };
    let links = read("links.parquet");
    assert_eq!(links.height(), 3);
    let numbers = |name: &str| {
        let column = links.column(name).expect("a column").u32().expect("levels");
        (0..links.height()).filter_map(|row| column.get(row)).collect::<Vec<u32>>()
    };
    assert_eq!((numbers("level_given_name"), numbers("level_family_name")), (vec![3, 3, 0], vec![2, 0, 1]));
    assert_eq!(links.column("weight").expect("a column").f64().expect("bits").get(0), Some(12.5));
    assert_eq!(read("crosswalk.parquet").height(), 5);
    assert_eq!(read("golden.parquet").height(), 3);
    assert!(dir.join("quarantine.csv").exists() && !dir.join("golden.csv").exists());
}

#[test]
fn a_run_folder_is_replaced_and_nothing_else() {
    let (run, temp) = (run(), tempfile::tempdir().expect("a folder"));
    let dir = temp.path().join("out");
    write(&run, &dir, Format::Csv).expect("writes");
    fs::write(dir.join(".DS_Store"), "of a file manager").expect("writes");
    write(&run, &dir, Format::Parquet).expect("replaces");
    assert!(!dir.join(".DS_Store").exists() && !dir.join("golden.csv").exists());

    let other = temp.path().join("photos");
    fs::create_dir(&other).expect("a folder");
    fs::write(other.join("cat.jpg"), "meow").expect("a file");
    assert!(matches!(write(&run, &other, Format::Csv), Err(WriteError::NotOurs(_))));
    assert_eq!(fs::read_to_string(other.join("cat.jpg")).expect("still there"), "meow");
    let mut names: Vec<_> = fs::read_dir(temp.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["out", "photos"], "nothing is left beside");
}

#[test]
fn what_people_put_into_a_run_folder_stays() {
    let (run, temp) = (run(), tempfile::tempdir().expect("a folder"));
    let dir = temp.path().join("out");
    let refused = || match write(&run, &dir, Format::Csv) {
        Err(WriteError::Changed { files, .. }) => files,
        other => panic!("{other:?}"),
    };
    for format in [Format::Csv, Format::Parquet] {
        let written = write(&run, &dir, format).expect("writes");
        assert!(written.files.iter().all(|(name, _)| file::RUN_FILES.contains(&name.as_str())));
    }
    write(&run, &dir, Format::Csv).expect("writes");
    fs::write(dir.join("notes.txt"), "call Jan").expect("writes");
    fs::create_dir_all(dir.join("mine").join("deep")).expect("folders");
    assert_eq!(refused(), ["mine", "notes.txt"]);
    assert_eq!(fs::read_to_string(dir.join("notes.txt")).expect("still there"), "call Jan");
    fs::remove_file(dir.join("notes.txt")).expect("removes");
    fs::remove_dir_all(dir.join("mine")).expect("removes");

    // A filled-in decision: the file is later than the manifest.
    let (manifest, plan) = (dir.join("manifest.json"), dir.join("plan.csv"));
    let written = fs::metadata(&manifest).and_then(|found| found.modified()).expect("a time");
    let touch = |seconds: u64| {
        let file = fs::File::options().write(true).open(&plan).expect("a file");
        file.set_modified(written + std::time::Duration::from_secs(seconds)).expect("a new time");
    };
    touch(1);
    assert_eq!(refused(), ["plan.csv"]);
    assert!(matches!(take(&dir), Err(WriteError::Changed { .. })));
    touch(0);
    // Work that appears while a run is writing is found when the run wants to take the place.
    let staging = take(&dir).expect("begins");
    touch(1);
    assert!(matches!(staging.publish(), Err(WriteError::Changed { .. })));
    touch(0);
    write(&run, &dir, Format::Csv).expect("replaces");
}

#[test]
fn what_a_killed_run_left_is_cleared_and_the_last_good_folder_put_back() {
    let (run, temp) = (run(), tempfile::tempdir().expect("a folder"));
    let dir = temp.path().join("out");
    write(&run, &dir, Format::Csv).expect("writes");
    // Killed between the two renames.
    fs::rename(&dir, temp.path().join(".out.old-1")).expect("renames");
    fs::create_dir(temp.path().join(".out.partial-1")).expect("a folder");
    let staging = take(&dir).expect("begins");
    assert!(dir.join("manifest.json").exists());
    assert!(!temp.path().join(".out.partial-1").exists());
    assert!(matches!(write(&run, &dir, Format::Csv), Err(WriteError::Locked { .. })));
    drop(staging);
    assert!(dir.join("manifest.json").exists());
    write(&run, &dir, Format::Csv).expect("writes");
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let (run, temp) = (run(), tempfile::tempdir().expect("a folder"));
    let dir = temp.path().join("out");
    write(&run, &dir, Format::Csv).expect("writes");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    assert!(
        fs::read_dir(&dir).expect("a folder").all(|entry| mode(&entry.expect("an entry").path()) == 0o600)
    );
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let (run, temp) = (run(), tempfile::tempdir().expect("a folder"));
    let bytes = |threads: usize| {
        let dir = temp.path().join(threads.to_string());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| write(&run, &dir, Format::Csv)).expect("writes");
        ["proposals.csv", "plan.csv", "golden.csv", "crosswalk.csv"]
            .map(|name| fs::read(dir.join(name)).expect("a file"))
    };
    assert_eq!(bytes(1), bytes(4));
}
