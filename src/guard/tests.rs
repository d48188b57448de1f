use super::*;
use crate::cluster::{Cluster, Clusters, Lane};
use crate::ingest::{FileFacts, Quarantined};
use crate::map::Dataset;
use crate::normalize::Population;
use crate::profile::{FieldQuality, Quality, SourceQuality};
use crate::score::{ClassModel, ComparisonModel, Links, Model, PopulationModel, micro_log2};
use crate::survive::fixture::dataset;
use crate::survive::{Golden, GoldenCell, GoldenRecord, Reason};

/// A healthy run of two sources with two fields each, to make ill in one respect.
struct Run {
    data: Dataset,
    files: Vec<FileFacts>,
    quarantine: Vec<Quarantined>,
    quality: Quality,
    model: Model,
    links: Links,
    clusters: Clusters,
    golden: Golden,
}

const ROWS: usize = 100;

fn source(name: &str, rows: u64, filled: u64) -> SourceQuality {
    let field = |column: &str, filled| FieldQuality {
        column: column.into(),
        rows,
        filled,
        ..FieldQuality::default()
    };
    SourceQuality { source: name.into(), rows, fields: vec![field("mail", filled), field("city", rows)] }
}

fn run() -> Run {
    let rows: Vec<[String; 3]> =
        (0..ROWS).map(|at| [format!("{at:03}"), format!("m{at}@x.example"), "Gent".to_string()]).collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let names: &[&str] = &["id", "email", "city"];
    let data = dataset(&[("crm", names, &rows), ("erp", names, &rows)]);
    let file = |source: &str| FileFacts {
        source: source.into(),
        file: format!("{source}.csv"),
        bytes: 1,
        sha256: String::new(),
        format: "csv".into(),
        encoding: "UTF-8".into(),
        delimiter: Some(','),
        rows_in: ROWS as u64,
        quarantined: 0,
    };
    Run {
        files: vec![file("crm"), file("erp")],
        quarantine: Vec::new(),
        quality: Quality {
            sources: vec![source("crm", 100, 100), source("erp", 100, 80)],
            ..Quality::default()
        },
        model: model(&[("name", 0.9, 0.1), ("mail", 0.8, 0.01), ("phone", 0.7, 0.05)], 300_000, true),
        links: Links::default(),
        clusters: Clusters::of(Vec::new(), data.records()),
        golden: Golden::default(),
        data,
    }
}

/// A model with two classes: per comparison the probability of its exact level among matches and among others.
fn model(comparisons: &[(&str, f64, f64)], match_ppm: u64, converged: bool) -> Model {
    let class = |name: &str, share_ppm, pick: fn(&(&str, f64, f64)) -> f64| ClassModel {
        name: name.into(),
        share_ppm,
        log2_probability: comparisons
            .iter()
            .map(|of| vec![0, micro_log2(1.0 - pick(of)), micro_log2(pick(of))])
            .collect(),
    };
    let comparison = |&(name, ..): &(&str, f64, f64)| ComparisonModel {
        name: name.into(),
        code: name.to_uppercase(),
        levels: ["missing", "different", "exact"].map(String::from).into(),
    };
    let population = PopulationModel {
        population: Population::Person,
        comparisons: comparisons.iter().map(comparison).collect(),
        classes: vec![
            class("match", match_ppm, |of| of.1),
            class("unrelated", 1_000_000 - match_ppm, |of| of.2),
        ],
        rounds: 9,
        converged,
        training_pairs: 5_000,
    };
    Model { version: 1, populations: vec![population] }
}

impl Run {
    fn facts(&self) -> Facts<'_> {
        Facts {
            data: &self.data,
            files: &self.files,
            quarantine: &self.quarantine,
            quality: &self.quality,
            model: &self.model,
            links: &self.links,
            clusters: &self.clusters,
            golden: &self.golden,
        }
    }

    /// Merges groups without asking; golden values are taken from a member of each group.
    fn merge(&mut self, groups: &[(&[u32], u32)]) {
        let cluster = |members: &[u32]| Cluster {
            members: members.to_vec(),
            support: vec![0.99; members.len()],
            cohesion: 0.99,
            probability: 0.99,
            lane: Lane::Auto,
            reasons: String::new(),
            extends: None,
        };
        self.clusters = Clusters::of(
            groups.iter().map(|(members, _)| vec![cluster(members)]).collect(),
            self.data.records(),
        );
        let cell = |field, from| GoldenCell {
            from: Some(from),
            field,
            rule: Reason::Consensus,
            given: Default::default(),
        };
        let golden = |&(members, from): &(&[u32], u32)| GoldenRecord {
            survivor: members[0],
            cells: (0..self.data.fields.len() as u16).map(|field| cell(field, from)).collect(),
            ..GoldenRecord::default()
        };
        self.golden = Golden { records: groups.iter().map(golden).collect() };
    }

    fn check(&self, previous: Option<&Previous>) -> Report {
        check(&self.facts(), previous, &GuardSettings::default(), &[])
    }

    /// Names of the guards that trip.
    fn trips(&self, previous: Option<&Previous>) -> Vec<&'static str> {
        self.check(previous).of(State::Tripped).map(|watched| watched.guard.name()).collect()
    }

    /// Itself as the run before.
    fn previous(&self) -> Previous {
        let manifest = serde_json::json!({ "counts": { "records": 200, "merged_records": 0 } });
        Previous::of("yesterday", true, &self.quality, Some(&manifest))
    }
}

/// Pairs within the first source.
fn pairs(count: u32) -> Vec<[u32; 2]> {
    (0..count).map(|at| [at * 2, at * 2 + 1]).collect()
}

#[test]
fn a_healthy_run_passes_with_and_without_a_run_before() {
    let run = run();
    assert_eq!(run.trips(None), [""; 0]);
    let report = run.check(Some(&run.previous()));
    assert_eq!(report.of(State::Tripped).count(), 0);
    assert_eq!(report.previous.as_deref(), Some("yesterday"));
    let skipped: Vec<_> = report.of(State::Skipped).map(|watched| watched.guard).collect();
    assert_eq!(skipped, [Guard::RowRange], "without bounds there is nothing to hold the records against");
    let skipped: Vec<_> = run.check(None).of(State::Skipped).map(|watched| watched.guard.name()).collect();
    assert_eq!(
        skipped,
        [
            "merge_growth",
            "missing_source",
            "missing_column",
            "emptied_column",
            "row_drop",
            "row_growth",
            "row_range"
        ]
    );
}

#[test]
fn a_source_that_vanishes_into_itself_stops_the_run() {
    let mut run = run();
    // 50 of 100 records are at the limit, and not past it.
    let pairs = pairs(50);
    let groups: Vec<(&[u32], u32)> = pairs.iter().map(|pair| (pair.as_slice(), pair[0])).collect();
    run.merge(&groups);
    assert_eq!(run.trips(None), [""; 0]);
    let triples: Vec<[u32; 3]> = (0..33).map(|at| [at * 3, at * 3 + 1, at * 3 + 2]).collect();
    let groups: Vec<(&[u32], u32)> = triples.iter().map(|members| (members.as_slice(), members[0])).collect();
    run.merge(&groups);
    let report = run.check(None);
    let tripped: Vec<_> = report.of(State::Tripped).collect();
    assert_eq!(tripped.len(), 1);
    assert_eq!(
        (tripped[0].guard, tripped[0].value, tripped[0].of.as_deref()),
        (Guard::Merges, Some(0.66), Some("crm"))
    );
    assert!(tripped[0].told[0].contains("66 % (66 of 100) of the records of `crm`"), "{:?}", tripped[0].told);
}

#[test]
fn two_exports_of_the_same_people_are_no_blast() {
    let mut run = run();
    let across: Vec<[u32; 2]> = (0..100).map(|at| [at, at + 100]).collect();
    let groups: Vec<(&[u32], u32)> = across.iter().map(|pair| (pair.as_slice(), pair[0])).collect();
    run.merge(&groups);
    assert_eq!(run.trips(None), [""; 0]);
    // But it is more than yesterday, when nothing was merged.
    assert_eq!(run.trips(Some(&run.previous())), ["merge_growth"]);
}

#[test]
fn a_few_records_trip_no_share() {
    let mut run = run();
    let few: Vec<u32> = (0..20).collect();
    run.merge(&[(&few, 0)]);
    let settings = GuardSettings { max_merged_share: 0.1, ..GuardSettings::default() };
    assert!(!check(&run.facts(), None, &settings, &[]).is_stopped(), "19 are few");
    let more: Vec<u32> = (0..21).collect();
    run.merge(&[(&more, 0)]);
    assert!(check(&run.facts(), None, &settings, &[]).is_stopped());
}

#[test]
fn a_group_too_large_and_too_many_changed_fields_stop_the_run() {
    let mut run = run();
    let all: Vec<u32> = (0..51).collect();
    run.merge(&[(&all, 0)]);
    let report = run.check(None);
    let tripped: Vec<_> = report.of(State::Tripped).map(|watched| watched.told[0].clone()).collect();
    assert_eq!(tripped.len(), 1);
    assert!(tripped[0].starts_with("a group of 51 records, crm:000 among them"), "{tripped:?}");

    // Of each pair one mailbox of two fields changes.
    let pairs = pairs(30);
    let groups: Vec<(&[u32], u32)> = pairs.iter().map(|pair| (pair.as_slice(), pair[1])).collect();
    run.merge(&groups);
    let settings = GuardSettings { max_changed_share: 0.5, ..GuardSettings::default() };
    assert!(!check(&run.facts(), None, &settings, &[]).is_stopped(), "half is at the limit");
    let settings = GuardSettings { max_changed_share: 0.49, ..GuardSettings::default() };
    let report = check(&run.facts(), None, &settings, &[]);
    let told: Vec<_> = report.of(State::Tripped).map(|watched| watched.told[0].clone()).collect();
    assert!(told.len() == 1 && told[0].starts_with("50 % (30 of 60)"), "{told:?}");
}

#[test]
fn rows_that_could_not_be_read_count_and_headings_once_more_do_not() {
    let mut run = run();
    let row = |line: u32, reason: &str| Quarantined {
        source: "erp".into(),
        file: "erp.csv".into(),
        line,
        reason: reason.into(),
        raw: String::new(),
    };
    run.quarantine = (0..30).map(|line| row(line, "every cell is empty")).collect();
    assert_eq!(run.trips(None), [""; 0]);
    run.quarantine = (0..30).map(|line| row(line, "a quote is not closed")).collect();
    assert_eq!(run.trips(None), ["quarantine"]);
}

#[test]
fn what_was_there_yesterday_is_missed() {
    let mut run = run();
    let previous = run.previous();
    run.quality.sources[0].fields.remove(0);
    assert_eq!(run.trips(Some(&previous)), ["missing_column"]);
    run.quality.sources[0] = source("crm", 100, 49);
    assert_eq!(run.trips(Some(&previous)), ["emptied_column"]);
    run.quality.sources[0] = source("crm", 100, 50);
    assert_eq!(run.trips(Some(&previous)), [""; 0], "half is at the limit");
    run.quality.sources[0] = source("crm", 79, 79);
    assert_eq!(run.trips(Some(&previous)), ["row_drop"]);
    run.quality.sources[0] = source("crm", 151, 151);
    assert_eq!(run.trips(Some(&previous)), ["row_growth"]);
    run.quality.sources.remove(0);
    assert_eq!(run.trips(Some(&previous)), ["missing_source"]);
    // A run that happens to stand where this one goes may have been of other files.
    assert_eq!(run.trips(Some(&Previous { named: false, ..previous })), [""; 0]);
}

#[test]
fn fewer_rows_do_not_empty_a_column() {
    let mut run = run();
    let previous = run.previous();
    run.quality.sources[0] = source("crm", 85, 85);
    assert_eq!(run.trips(Some(&previous)), [""; 0]);
}

#[test]
fn absolute_bounds_of_records() {
    let run = run();
    let with = |min_records, max_records| {
        let settings = GuardSettings { min_records, max_records, ..GuardSettings::default() };
        check(&run.facts(), None, &settings, &[]).is_stopped()
    };
    assert!(!with(Some(200), Some(200)) && with(Some(201), None) && with(None, Some(199)));
}

#[test]
fn a_sick_model_stops_the_run() {
    let healthy = [("name", 0.9, 0.1), ("mail", 0.8, 0.01), ("phone", 0.7, 0.05)];
    let trips = |model: Model| {
        let mut run = run();
        run.model = model;
        run.check(None).of(State::Tripped).flat_map(|watched| watched.told.clone()).collect::<Vec<_>>()
    };
    assert_eq!(trips(model(&healthy, 300_000, true)), [""; 0]);
    assert!(trips(model(&healthy, 300_000, false))[0].contains("had not settled after 9 rounds"));
    assert!(trips(model(&healthy, 960_000, true))[0].contains("takes 96 % of the candidate pairs"));
    let turned = [("name", 0.1, 0.9), ("mail", 0.01, 0.8), ("phone", 0.7, 0.05)];
    assert!(trips(model(&turned, 300_000, true))[0].contains("in 2 of 3 comparisons: name, mail"));
    // One odd column is no sick model.
    let odd = [("name", 0.1, 0.9), ("mail", 0.8, 0.01), ("phone", 0.7, 0.05)];
    assert_eq!(trips(model(&odd, 300_000, true)), [""; 0]);
    // Of few pairs nothing can be said.
    let mut few = model(&turned, 960_000, false);
    few.populations[0].training_pairs = 999;
    assert_eq!(trips(few), [""; 0]);
}

#[test]
fn links_without_two_modes_stop_the_run() {
    let mut run = run();
    let set = |run: &mut Run, weights: [i64; 2]| {
        run.links = Links {
            a: vec![0; 2000],
            b: vec![1; 2000],
            weight: (0..2000).map(|at| weights[at % 2]).collect(),
            pattern: vec![0; 2000],
            rule: vec![0; 2000],
            compared: 2000,
        };
    };
    set(&mut run, [-4_000_000, 20_000_000]);
    assert_eq!(run.trips(None), [""; 0]);
    set(&mut run, [0, 1_000_000]);
    assert_eq!(run.trips(None), ["model"]);
}

#[test]
fn what_is_accepted_passes_with_its_reason_and_what_is_off_is_not_asked() {
    let mut run = run();
    run.model.populations[0].converged = false;
    let accepted = [Accepted { guard: Guard::Model, reason: "a new export".into() }];
    let report = check(&run.facts(), None, &GuardSettings::default(), &accepted);
    assert!(!report.is_stopped());
    assert!(
        report.accepted().next().is_some_and(|told| told.contains("`model` was let pass (a new export)"))
    );
    let off = GuardSettings { off: vec![Guard::Model], ..GuardSettings::default() };
    let report = check(&run.facts(), None, &off, &[]);
    assert!(!report.is_stopped() && report.of(State::Off).count() == 1);
    // What did not trip is not marked as accepted.
    run.model.populations[0].converged = true;
    let report = check(&run.facts(), None, &GuardSettings::default(), &accepted);
    assert_eq!(report.of(State::Accepted).count(), 0);
}

#[test]
fn the_report_survives_the_manifest() {
    let report = run().check(None);
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}
