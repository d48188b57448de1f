use super::explain::Step;
use super::*;
use crate::block::RuleCost;
use crate::cluster::{Cluster, HoldReason, Lane};
use crate::map::{Field, FieldId, MappedColumn, RecordKey};
use crate::normalize::Population;
use crate::profile::{Counted, FieldQuality, SourceQuality};
use crate::propose::{Id, Proposal};
use crate::score::{ClassModel, ComparisonModel, PopulationModel};
use crate::survive::{Conditions, GoldenCell, GoldenRecord, OtherValue, Reason};
use crate::table::{Column, RawColumn, Table};

/// A whole run, invented, with one cluster per group of `people`.
struct Run {
    data: Dataset,
    contacts: Contacts,
    files: Vec<FileFacts>,
    quarantine: Vec<Quarantined>,
    quality: Quality,
    blocking: Vec<RuleReport>,
    model: Model,
    links: Links,
    clusters: Clusters,
    golden: Golden,
    proposals: Proposals,
    guards: crate::guard::Report,
    timings: Vec<(String, f64)>,
}

const FIELDS: [Field; 6] =
    [Field::FirstName, Field::LastName, Field::Email, Field::Phone, Field::Postcode, Field::City];

/// Rows of one cluster and its lane; all in one source called `crm`.
type Group<'a> = (&'a [[&'a str; 6]], Lane, f32);

fn run(groups: &[Group<'_>], alone: &[[&str; 6]]) -> Run {
    let rows: Vec<[&str; 6]> = groups.iter().flat_map(|group| group.0).chain(alone).copied().collect();
    let records = rows.len() as u32;
    let columns = (0..FIELDS.len()).map(|at| RawColumn {
        name: format!("Column <{at}>"),
        cells: Column::from_values(rows.iter().map(|row| row[at])),
    });
    let mapped = (0..FIELDS.len()).map(|column| MappedColumn {
        column,
        field: Some(FieldId::first(FIELDS[column].clone())),
        why: "heading says so".into(),
    });
    let data = Dataset {
        tables: vec![Table {
            source: "crm".into(),
            columns: columns.collect(),
            rows: records,
            ..Table::default()
        }],
        mapping: vec![mapped.collect()],
        keys: vec![RecordKey::Content("no column is unique".into())],
        record_ids: (0..records).map(|record| format!("C-{record}")).collect(),
        starts: vec![0, records],
        fields: FIELDS.iter().cloned().map(FieldId::first).collect(),
        columns: vec![(0..FIELDS.len()).map(Some).collect()],
        ..Dataset::default()
    };
    let contacts = Contacts {
        records,
        population: (0..records)
            .map(|n| if n % 5 == 4 { Population::Company } else { Population::Person })
            .collect(),
        ..Contacts::default()
    };
    let (clusters, golden, proposals, links) = outcome(&data, groups);
    let quality = quality(&data);
    Run {
        contacts,
        files: vec![FileFacts {
            source: "crm".into(),
            file: "exports/crm.csv".into(),
            bytes: 48_210,
            sha256: "9f".repeat(32),
            format: "csv".into(),
            encoding: "windows-1252".into(),
            delimiter: Some(';'),
            rows_in: u64::from(records) + 1,
            quarantined: 1,
        }],
        quarantine: vec![Quarantined {
            source: "crm".into(),
            file: "exports/crm.csv".into(),
            line: 17,
            reason: "9 cells where the heading has 6".into(),
            raw: "<b>;;;;;;;;".into(),
        }],
        quality,
        blocking: vec![
            RuleReport {
                population: "person".into(),
                name: "email".into(),
                used: true,
                cost: cost([5_200, 310, 6, 402], [0, 0]),
                ..RuleReport::default()
            },
            RuleReport {
                population: "person".into(),
                name: "surname + postcode".into(),
                used: true,
                cost: cost([5_000, 800, 312, 2_950], [2, 640]),
                ..RuleReport::default()
            },
            RuleReport {
                population: "person".into(),
                name: "birth date".into(),
                note: "costs more pairs than it can find".into(),
                ..RuleReport::default()
            },
        ],
        model: model(),
        guards: Default::default(),
        timings: vec![("ingest".into(), 0.21), ("normalize".into(), 0.9), ("compare".into(), 1.4)],
        data,
        links,
        clusters,
        golden,
        proposals,
    }
}

fn outcome(data: &Dataset, groups: &[Group<'_>]) -> (Clusters, Golden, Proposals, Links) {
    let mut entities = Vec::new();
    let (mut golden, mut proposals, mut links) = (Golden::default(), Proposals::default(), Links::default());
    let mut first = 0u32;
    for (at, (rows, lane, probability)) in groups.iter().enumerate() {
        let members: Vec<u32> = (first..first + rows.len() as u32).collect();
        first += rows.len() as u32;
        for &member in &members {
            if member > members[0] {
                links.a.push(members[0]);
                links.b.push(member);
                links.weight.push(
                    (f64::from(*probability) / (1.0 - f64::from(*probability))).log2() as i64 * 1_000_000,
                );

                links.pattern.push(0);
                links.rule.push(0);
            }
        }
        let first_filled =
            |field: usize| members.iter().copied().find(|&member| !data.raw(member, field).is_empty());
        let cell = |field: usize| {
            let value = |member: u32| data.raw(member, field);
            let agreed = |from: u32| {
                members.iter().all(|&other| value(other).is_empty() || value(other) == value(from))
            };
            let from = first_filled(field);
            let rule = match from {
                None => Reason::Empty,
                Some(from) if agreed(from) => Reason::Agreed,
                Some(_) => Reason::Consensus,
            };
            GoldenCell { from, field: field as u16, rule, given: Conditions::NONE }
        };
        let others = |field: usize| {
            let golden = first_filled(field).map_or("", |from| data.raw(from, field));
            let differs = |&&member: &&u32| !["", golden].contains(&data.raw(member, field));
            let other = |&member: &u32| OtherValue {
                field: field as u16,
                from: member,
                holders: 1,
                lost: field == 3,
            };
            members.iter().filter(differs).map(other).collect::<Vec<_>>()
        };
        golden.records.push(GoldenRecord {
            survivor: members[0],
            cells: (0..FIELDS.len()).map(cell).collect(),
            others: (0..FIELDS.len()).flat_map(others).collect(),
            joined: Vec::new(),
            preferred: Vec::new(),
        });
        proposals.proposals.push(Proposal { id: id(at), fingerprint: id(at) });
        entities.push(vec![Cluster {
            support: vec![*probability; members.len()],
            cohesion: *probability,
            probability: *probability,
            members,
            lane: *lane,
            reasons: "NAME+ EMAIL+ PHONE-".into(),
            extends: None,
        }]);
    }
    let clusters = Clusters::of(entities, data.records());
    (clusters, golden, proposals, links)
}

/// `P-0000000000000007` for 7.
fn id(number: usize) -> Id {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&(number as u64).to_be_bytes());
    Id::new('P', &hash)
}

fn quality(data: &Dataset) -> Quality {
    let rows = u64::from(data.records());
    let fields = data.tables[0].columns.iter().enumerate().map(|(at, column)| FieldQuality {
        column: column.name.clone(),
        field: Some(FIELDS[at].name().into()),
        rows,
        filled: rows.saturating_sub(at as u64),
        distinct: 3,
        valid: (at != 1).then(|| rows.saturating_sub(2 * at as u64)),
        top: vec![Counted { value: "<i>x</i>".into(), count: 2 }],
        patterns: vec![Counted { value: "Aa".into(), count: 3 }],
        ..FieldQuality::default()
    });
    let source = SourceQuality { source: "crm".into(), rows, fields: fields.collect() };
    Quality { format_version: 1, records: rows, sources: vec![source], ..Quality::default() }
}

fn model() -> Model {
    let comparison = |name: &str, code: &str| ComparisonModel {
        name: name.into(),
        code: code.into(),
        levels: ["missing", "different", "exact"].map(String::from).to_vec(),
    };
    let class = |name: &str, share_ppm: u64, exact: i64| ClassModel {
        name: name.into(),
        share_ppm,
        log2_probability: vec![vec![0, -3_000_000, exact]; 2],
    };
    let persons = PopulationModel {
        population: Population::Person,
        comparisons: vec![comparison("full_name", "NAME"), comparison("phone", "PHONE")],
        classes: vec![
            class("match", 81_000, -200_000),
            class("household", 120_000, -4_000_000),
            class("unrelated", 799_000, -9_000_000),
        ],
        rounds: 23,
        converged: false,
        training_pairs: 3_352,
    };
    Model { version: 1, populations: vec![persons] }
}

fn steps(_: u32, _: u32) -> Vec<Step> {
    let step = |comparison: &str, level: &str, weight_microbits: i64, note: &str| Step {
        comparison: comparison.into(),
        level: level.into(),
        weight_microbits,
        note: note.into(),
        ..Step::default()
    };
    vec![
        step("family_name", "exact", 6_100_000, "rare name"),
        step("email", "same mailbox", 8_250_000, ""),
        step("birth_date", "missing", 0, ""),
        step("phone", "different", -2_400_000, ""),
    ]
}

fn page(run: &Run) -> String {
    html(&input(run)).unwrap()
}

/// Records, blocks, largest block and pairs; blocks and records that were divided.
fn cost(own: [u64; 4], divided: [u64; 2]) -> RuleCost {
    let mut cost = RuleCost::default();
    [cost.records, cost.blocks, cost.largest, cost.pairs] = own;
    [cost.divided_blocks, cost.divided_records] = divided;
    cost
}

fn input(run: &Run) -> ReportInput<'_> {
    ReportInput {
        version: "0.1.0",
        started: "1 May 2031, 02:00",
        data: &run.data,
        contacts: &run.contacts,
        files: &run.files,
        quarantine: &run.quarantine,
        quality: &run.quality,
        blocking: &run.blocking,
        model: &run.model,
        links: &run.links,
        clusters: &run.clusters,
        golden: &run.golden,
        proposals: &run.proposals,
        classic: None,
        related: &[],
        guards: &run.guards,
        pair_steps: &steps,
        doubts: &|_| vec![crate::cluster::Doubt::Group],
        timings: &run.timings,
        settings_toml: "[matching]\nlink_floor = 0.05\n",
    }
}

const WIM: [&str; 6] = ["Wim", "van Dalen", "wim@dalen.example", "010 1234567", "3011 AB", "Rotterdam"];
const WILLEM: [&str; 6] = ["Willem", "Van Dalen", "wim@dalen.example", "06 12345678", "3011AB", "Rotterdam"];
const ANNA: [&str; 6] = ["Anna", "Brug", "", "", "1012", "Amsterdam"];

#[test]
fn why_a_person_is_asked_stands_in_the_proposal() {
    let asked = |lane| {
        let page = page(&run(&[(&[WIM, WILLEM], lane, 0.8)], &[]));
        (
            page.contains("Why a person is asked"),
            page.contains("no two of the records are sure enough together"),
        )
    };
    assert_eq!(asked(Lane::Review), (true, true));
    assert_eq!(asked(Lane::Hold(HoldReason::Twins)), (true, true));
    assert_eq!(asked(Lane::Auto), (false, false));
}

#[test]
fn text_from_the_data_is_escaped() {
    let evil = ["<script>alert(1)</script>", "O'Brien & \"Co\"", "", "", "", ""];
    let page = page(&run(&[(&[evil, evil], Lane::Auto, 0.99)], &[]));
    assert!(!page.contains("<script"), "a script got through");
    assert!(page.contains("&lt;script&gt;"));
    assert!(
        page.contains("O&#x27;Brien &amp; &quot;Co&quot;")
            || page.contains("O&#39;Brien &amp; &quot;Co&quot;")
    );
    assert!(page.contains("Column &lt;0&gt;") && page.contains("&lt;b&gt;;;") && page.contains("&lt;i&gt;x"));
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let page = page(&run(&[(&[WIM, WILLEM], Lane::Auto, 0.99)], &[ANNA]));
    for foreign in ["http:", "https:", "src=", "<script", "<link", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("prefers-color-scheme:dark") && page.contains("name=\"viewport\""));
    assert!(page.contains("default-src &#x27;none&#x27;") || page.contains("default-src 'none'"));
}

#[test]
fn the_same_run_gives_the_same_page() {
    let run = run(&[(&[WIM, WILLEM], Lane::Auto, 0.99), (&[ANNA, ANNA], Lane::Review, 0.8)], &[]);
    assert_eq!(page(&run), page(&run));
}

#[test]
fn counts_add_up_and_faults_show() {
    let mut run = run(
        &[
            (&[WIM, WILLEM, WIM], Lane::Auto, 0.99),
            (&[ANNA, ANNA], Lane::Review, 0.8),
            (&[WIM, ANNA], Lane::Hold(HoldReason::Household), 0.6),
        ],
        &[ANNA],
    );
    let input_figures = |run: &Run| {
        let contacts = Contacts::default();
        figures::figures(&ReportInput { contacts: &contacts, quarantine: &[], blocking: &[], ..input(run) })
    };
    let figures = input_figures(&run);
    let total = &figures.total;
    assert_eq!((total.rows_in, total.quarantined, total.merged, total.kept), (9, 1, 2, 6));
    assert_eq!((total.survivors, total.waiting, total.adds_up), (1, 4, true));
    assert_eq!((figures.records, figures.entities), (8, 5));
    assert_eq!(figures.sizes.iter().map(|size| size.total).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(figures.weights.bins.iter().flatten().sum::<u64>(), run.links.len() as u64);
    assert!(page(&run).contains("✓ yes"));
    run.files[0].rows_in += 1;
    assert!(!input_figures(&run).total.adds_up);
    assert!(page(&run).contains("✗ no"));
}

#[test]
fn differences_are_marked_with_a_sign() {
    let page = page(&run(&[(&[WIM, WILLEM], Lane::Review, 0.9)], &[]));
    assert!(page.contains("≠</span>&nbsp;06 12345678"), "a lost phone");
    assert!(page.contains("≈</span>&nbsp;Willem"), "a variant");
    assert!(page.contains("<b>Binds:</b> full name, email"), "reasons in words");
    assert!(page.contains("did not converge"));
}

#[test]
fn most_and_least_certain_never_overlap() {
    let people = [WIM, WILLEM];
    let groups: Vec<Group<'_>> =
        (0..50).map(|n| (&people[..], Lane::Review, 0.5 + n as f32 / 101.0)).collect();
    let page = page(&run(&groups, &[]));
    assert!(page.contains("The 20 most certain") && page.contains("The 20 least certain"));
    assert!(page.contains("Not shown here: 10 more proposals; <code>proposals.csv</code> has them all."));
    for at in 0..50 {
        let shown = page.matches(&format!("<code>{}</code>", id(at))).count();
        assert_eq!(shown, usize::from(!(20..30).contains(&at)), "{at}");
    }
}

#[test]
fn a_run_without_anything_is_still_a_page() {
    let mut run = run(&[], &[]);
    run.model = Model::default();
    run.blocking.clear();
    let page = page(&run);
    assert!(page.contains("No duplicates were found.") && page.contains("No pairs were judged."));
}

#[test]
fn hostile_widths_stay_below_the_limit() {
    let giant = "<&\"'>é".repeat(5_000);
    let row = [giant.as_str(); 6];
    let rows = vec![row; 40];
    let groups: Vec<Group<'_>> = (0..60).map(|_| (&rows[..], Lane::Auto, 0.99)).collect();
    let mut run = run(&groups, &[]);
    run.quality.sources[0].fields = (0..3_000)
        .map(|_| FieldQuality {
            column: giant.clone(),
            invalid: vec![Counted { value: giant.clone(), count: 1 }; 5],
            ..FieldQuality::default()
        })
        .collect();
    run.blocking = vec![RuleReport { name: giant.clone(), note: giant, ..RuleReport::default() }; 500];
    let page = page(&run);
    assert!(page.len() <= MAX_BYTES, "{} bytes", page.len());
    assert!(page.contains("</html>") && page.contains("more proposals;"), "shorter lists, not none");
}

#[test]
fn proposals_are_counted_by_their_reasons_and_examples_are_on_the_page() {
    let people = [WIM, WILLEM];
    let run = run(&[(&people, Lane::Auto, 0.99), (&people, Lane::Review, 0.8)], &[ANNA]);
    let page = page(&run);
    assert!(page.contains("<code>+NAME+EMAIL-PHONE</code>"), "the class of both proposals");
    assert!(page.contains("In short"));
    for link in page.split("href=\"#P-").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.contains(&format!("id=\"P-{link}\"")), "P-{link}");
    }
    let masked = masked_html(&input(&run), &crate::mask::Masker::new([7; 32])).unwrap();
    assert!(page.contains(WIM[2]) && !masked.contains(WIM[2]) && !masked.contains(WIM[1]));
}
