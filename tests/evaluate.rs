//! `alike evaluate`: errors by cause, reliability, golden values.

use crate::support::{Desk, Table, project, samples};
use predicates::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn evaluated(desk: &Desk, arguments: &[&str]) -> Value {
    let mut command = desk.alike();
    command.args(["evaluate", "out", "--json", "-"]).args(arguments);
    let output = command.assert().success().stderr("").get_output().stdout.clone();
    serde_json::from_slice(&output).unwrap()
}

fn sum(counts: &Value) -> u64 {
    counts.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum()
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// Two that are one, a third of the same entity that shares nothing with them, a person typed as a firm, and two
/// couples of records that are not one.
const CONTACTS: &str = "id,type,first_name,last_name,company,email,phone,street,house_number,postcode,city\n\
    1,Person,Jan,Berg,,jan@berg.example,020 555 0101,Dorpsstraat,1,1234 AB,Gouda\n\
    2,Person,Jan,Berg,,jan@berg.example,020 555 0101,Dorpsstraat,1,1234 AB,Gouda\n\
    3,Person,Wilhelmina,Quist,,mina@quist.example,030 555 0999,Kade,77,9876 ZX,Delft\n\
    4,Company,,,Berg Advies B.V.,info@bergadvies.example,040 555 0404,Markt,4,5611 EB,Eindhoven\n\
    5,Person,Els,Dal,,els@dal.example,050 555 0505,Laan,5,4811 AA,Breda\n\
    6,Person,Els,Dal,,els@dal.example,050 555 0505,Laan,5,4811 AA,Breda\n";

fn contacts() -> Desk {
    let desk = Desk::new();
    desk.run_text(CONTACTS);
    desk
}

#[test]
fn every_missed_pair_has_one_cause() {
    let desk = contacts();
    desk.file("truth.csv", "record_id,entity_id\n1,a\n2,a\n3,a\n4,a\n5,b\n6,c\n99,a\n");
    let report = evaluated(&desk, &["--truth", "truth.csv", "--errors"]);
    let errors = &report["errors"];
    assert_eq!((count(&errors["budget"]["true_pairs"]), count(&errors["budget"]["one_in"])), (10, 1));
    assert_eq!(count(&errors["budget"]["believed"]), 1, "{errors}");
    let causes = &errors["missed"]["by_cause"];
    assert_eq!(sum(causes), 9);
    assert_eq!(count(&causes["not_in_run"]), 4, "record 99");
    assert_eq!(count(&causes["matched_apart"]), 3, "the firm");
    assert_eq!(count(&causes["no_shared_key"]), 2, "record 3");
    // 5 and 6 are one to the run, and two to the truth.
    assert_eq!((count(&errors["wrong"]["pairs"]), count(&errors["wrong"]["by_way"]["own_link"])), (1, 1));
    assert_eq!(sum(&errors["wrong"]["by_relation"]), 1);

    let table = Table::read(&desk.path("errors.csv"));
    let rows: Vec<BTreeMap<&str, &str>> = table.rows().collect();
    let of = |error: &str, cause: &str| {
        rows.iter().filter(|row| row["error"] == error && row["cause"] == cause).count()
    };
    assert_eq!((rows.len(), of("missed", "no_shared_key"), of("wrong", "own_link")), (10, 2, 1));
    let wrong = rows.iter().find(|row| row["error"] == "wrong").unwrap();
    assert_eq!((wrong["record_id_a"], wrong["record_id_b"], wrong["entities"]), ("5", "6", "b | c"));
    assert!(wrong["agree"].contains("family_name") && wrong["levels"].contains("family_name: exact"));
    assert!(!wrong["rules"].is_empty() && wrong["differ"].is_empty(), "{wrong:?}");
}

#[test]
fn errors_of_the_samples_add_up() {
    let desk = Desk::new();
    let run = desk.run("out", &samples(), &[]);
    let truth = project("sample-data/truth.csv");
    let report = evaluated(&desk, &["--errors", "found.csv", "--truth", truth.to_str().unwrap()]);
    let (scores, errors) = (&report["entity_id"], &report["errors"]);
    let (truly, found, right) =
        (count(&scores["true_pairs"]), count(&scores["found_pairs"]), count(&scores["right_pairs"]));
    let budget = &errors["budget"];
    assert_eq!((count(&budget["true_pairs"]), count(&budget["believed"])), (truly, right));
    assert_eq!(count(&budget["merged"]), count(&report["golden_id"]["right_pairs"]));
    assert_eq!(count(&errors["missed"]["pairs"]), truly - right);
    assert_eq!(sum(&errors["missed"]["by_cause"]), truly - right);
    assert_eq!(count(&errors["missed"]["by_cause"]["held"]), sum(&errors["missed"]["held"]));
    assert_eq!(count(&errors["wrong"]["pairs"]), found - right);
    assert_eq!(sum(&errors["wrong"]["by_relation"]), found - right);
    let steps =
        ["true_pairs", "comparable", "compared", "linked", "joinable"].map(|step| count(&budget[step]));
    assert!(steps.is_sorted_by(|one, next| one >= next), "{steps:?}");

    let entities: BTreeMap<(String, String), String> = run
        .table("crosswalk")
        .rows()
        .map(|row| ((row["source"].into(), row["record_id"].into()), row["entity_id"].into()))
        .collect();
    let table = Table::read(&desk.path("found.csv"));
    assert_eq!(table.len() as u64, truly + found - 2 * right);
    for row in table.rows() {
        let of = |letter: &str| {
            let (source, id) = (format!("source_{letter}"), format!("record_id_{letter}"));
            &entities[&(row[source.as_str()].to_string(), row[id.as_str()].to_string())]
        };
        assert_eq!(of("a") == of("b"), row["error"] == "wrong", "{row:?}");
        assert_eq!(row["cause"] == "held", !row["hold_reason"].is_empty(), "{row:?}");
    }
    let reliability = &report["reliability"];
    let bins = reliability["bins"].as_array().unwrap();
    assert_eq!(bins.iter().map(|bin| count(&bin["links"])).sum::<u64>(), count(&reliability["links"]));
    assert!(bins.iter().all(|bin| count(&bin["right"]) <= count(&bin["links"])));
    let off = reliability["expected_calibration_error"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&off), "{off}");
}

#[test]
fn what_is_read_is_not_written_over() {
    let desk = contacts();
    let truth = desk.file("truth.csv", "record_id,entity_id\n1,a\n2,a\n");
    for errors in ["truth.csv", "./data.csv"] {
        let refused = predicate::str::contains("which is read; name another file");
        let arguments = ["evaluate", "out", "--truth", "truth.csv", "--errors", errors];
        desk.alike().args(arguments).assert().code(2).stdout("").stderr(refused);
    }
    assert_eq!(std::fs::read_to_string(truth).unwrap(), "record_id,entity_id\n1,a\n2,a\n");
    assert_eq!(std::fs::read_to_string(desk.path("data.csv")).unwrap(), CONTACTS);
    let nowhere = predicate::str::contains("make its folder first");
    let arguments = ["evaluate", "out", "--truth", "truth.csv", "--errors", "no/such/errors.csv"];
    desk.alike().args(arguments).assert().code(1).stderr(nowhere);
}

#[test]
fn errors_need_the_inputs_and_say_so() {
    let desk = contacts();
    desk.file("truth.csv", "record_id,entity_id\n1,a\n2,a\n");
    let plain = ["evaluate", "out", "--truth", "truth.csv"];
    let told = predicate::str::contains("Are links right as often as they say?");
    desk.file("data.csv", CONTACTS.replace("Gouda", "Delft"));
    // What needs the run folder only can still be measured.
    desk.alike().args(plain).assert().success().stdout(told.and(predicate::str::contains("Missed").not()));
    let gone = predicate::str::contains("data.csv` is gone or changed");
    desk.alike().args(plain).arg("--errors").assert().code(3).stderr(gone.clone());
    assert!(!Path::new(&desk.path("errors.csv")).exists());
    desk.file("clean.csv", "entity_id,city\na,Gouda\n");
    desk.alike().args(plain).args(["--golden", "clean.csv"]).assert().code(3).stderr(gone);
}

/// Three records of one person: the city is spelt in two ways, one record has another one, the telephone is written in
/// two ways.
const PERSON: &str = "id,first_name,last_name,birth_date,email,phone,city\n\
    1,Jan,Berg,1960-03-04,jan@berg.example,020-624 1111,Gouda\n\
    2,Jan,Berg,04-03-1960,jan@berg.example,020-6241111,GOUDA\n\
    3,Jan,Berg,1960-03-04,jan@berg.example,,Delft\n";

#[test]
fn golden_values_are_held_against_true_ones() {
    let desk = Desk::new();
    desk.run_text(PERSON);
    desk.file("truth.csv", "record_id,entity_id\n1,a\n2,a\n3,a\n");
    desk.file(
        "clean.csv",
        "entity_id,first_name,last_name,birth_date,email,phone,city,vat_number,country_code\n\
         a,Jan,Bergen,1960-03-04,j@berg.example|JAN@BERG.EXAMPLE,+31206241111,gouda,NL1,NL\n",
    );
    let golden = &evaluated(&desk, &["--truth", "truth.csv", "--golden", "clean.csv"])["golden"];
    assert_eq!((count(&golden["proposals"]), count(&golden["untraceable"])), (1, 0), "{golden}");
    let verdict = |column: &str| {
        let field =
            golden["fields"].as_array().unwrap().iter().find(|field| field["column"] == column).unwrap();
        let of = |way: &str| {
            ["right", "wrong", "blank"].into_iter().find(|verdict| field[way][verdict] == 1).unwrap()
        };
        (
            [of("golden"), of("majority_vote"), of("first_row"), of("most_complete")],
            count(&field["attainable"]),
        )
    };
    for column in ["first_name", "birth_date", "email", "phone", "city"] {
        assert_eq!(verdict(column), (["right"; 4], 1), "{column}");
    }
    assert_eq!(verdict("last_name"), (["wrong"; 4], 0));
    assert_eq!(verdict("vat_number"), (["blank"; 4], 0));
    // The number without a country is right, for the entity's country says which it is of.
    let phone = golden["fields"].as_array().unwrap().iter().find(|field| field["column"] == "phone").unwrap();
    assert_eq!((count(&phone["attainable"]), count(&phone["majority_vote"]["right"])), (1, 1), "{phone}");
    assert_eq!(count(&golden["total"]["golden"]["right"]), 5);
    desk.alike()
        .args(["evaluate", "out", "--truth", "truth.csv", "--golden", "clean.csv"])
        .assert()
        .success()
        .stdout(predicate::str::contains("The run has no field for: vat_number, country_code"));
}

#[test]
fn a_clean_list_by_record_is_its_own_truth() {
    let desk = Desk::new();
    desk.run_text(PERSON);
    desk.file("clean.csv", "record_id,entity_id,last_name\n1,a,Berg\n2,a,Berg\n3,b,Berg\n");
    let golden = &evaluated(&desk, &["--golden", "clean.csv"])["golden"];
    // The three are merged or proposed together, and are two persons by this truth.
    assert_eq!((count(&golden["proposals"]), count(&golden["impure"])), (0, 1), "{golden}");
    assert_eq!(golden["fields"].as_array().unwrap().len(), 1);
    let neither = predicate::str::contains("--truth <FILE>");
    desk.alike().args(["evaluate", "out"]).assert().code(2).stderr(neither);
}

#[test]
fn a_clean_list_without_a_usable_column_ends_with_3() {
    let desk = Desk::new();
    desk.run_text(PERSON);
    desk.file("truth.csv", "record_id,entity_id\n1,a\n2,a\n3,a\n");
    for list in ["entity_id\na\n", "entity_id,shoe size,type\na,43,person\n"] {
        desk.file("clean.csv", list);
        let told = predicate::str::contains("clean.csv` has no column that the run has a field for")
            .and(predicate::str::contains("`last_name`"));
        desk.alike()
            .args(["evaluate", "out", "--truth", "truth.csv", "--golden", "clean.csv"])
            .assert()
            .code(3)
            .stdout("")
            .stderr(told);
    }
}

#[test]
fn a_run_without_links_or_proposals_is_measured() {
    let desk = Desk::new();
    desk.run_text("id,first_name,last_name,city\n1,Jan,Berg,Gouda\n2,Wilhelmina,Quist,Delft\n");
    desk.file("truth.csv", "record_id,entity_id\n1,a\n2,a\n");
    desk.file("clean.csv", "entity_id,city\na,Gouda\n");
    let report = evaluated(&desk, &["--truth", "truth.csv", "--errors", "--golden", "clean.csv"]);
    assert_eq!(report.get("reliability"), None);
    assert_eq!(count(&report["errors"]["missed"]["by_cause"]["no_shared_key"]), 1, "{report}");
    assert_eq!(count(&report["golden"]["proposals"]), 0);
    assert_eq!(Table::read(&desk.path("errors.csv")).len(), 1);
}

#[test]
fn a_report_replaces_pages_only() {
    let desk = Desk::new();
    desk.run("out", &samples(), &[]);
    let truth = project("sample-data/truth.csv");
    std::fs::copy(&truth, desk.path("truth.csv")).unwrap();
    let evaluate = |report: &str, code: i32| {
        let arguments = ["evaluate", "out", "--truth", "truth.csv", "--report", report];
        desk.alike().args(arguments).assert().code(code);
    };
    evaluate("truth.csv", 2);
    assert_eq!(std::fs::read(desk.path("truth.csv")).unwrap(), std::fs::read(truth).unwrap());
    evaluate("page.html", 0);
    evaluate("page.html", 0);
}
