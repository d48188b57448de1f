//! `alike normalize`: raw columns as they were, normalized columns beside them, changes with their rules.

use crate::support::{Desk, alike};
use std::collections::BTreeMap;
use std::path::Path;

type Row = BTreeMap<String, String>;

fn read(path: &Path) -> (Vec<String>, Vec<Row>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
    let rows = reader
        .records()
        .map(|row| head.iter().cloned().zip(row.unwrap().iter().map(str::to_string)).collect());
    (head.clone(), rows.collect())
}

const CONTACTS: &str = "\
No.,First Name,Last Name,Company Name,Phone No.,E-Mail,Address,Post Code,City,Country/Region Code,VAT Registration No.,Birth Date
C1,JAN,VAN DEN BERG,Zonnehof B.V.,06-55501234 / 010 5550123,Jan+x@Gmial.com,Kerkstr. 12 A,3011ab,ROTTERDAM,NL,nl 004495445b01,09-04-1971
C2,Ana,García López,,+34 91 234 56 78,n/a,\"C/ Mayor 4, 2º B\",28013,Madrid,España,ES54362315K,
C3,,,Müller GmbH & Co. KG,4.91521E+11,info@mueller.example,Hauptstr. 5a,1067,Dresden,Deutschland,DE136695977,
";

#[test]
fn normalized_columns_stand_beside_the_raw_ones() {
    let desk = Desk::new();
    let contacts = desk.file("contacts.csv", CONTACTS);
    let (out, changes) = (desk.path("clean.csv"), desk.path("changes.csv"));
    alike()
        .arg("normalize")
        .arg(&contacts)
        .arg("-o")
        .arg(&out)
        .arg("--changes")
        .arg(&changes)
        .assert()
        .success()
        .stdout("");
    let (head, rows) = read(&out);
    let raw: Vec<&str> = CONTACTS.lines().next().unwrap().split(',').collect();
    assert_eq!(head[..raw.len()], raw);
    assert_eq!((head[raw.len()].as_str(), head.len()), ("n_type", raw.len() + 38));
    assert_eq!(rows[0]["Last Name"], "VAN DEN BERG");
    let shown = |row: usize, names: &[&str]| {
        names.iter().map(|name| rows[row][&format!("n_{name}")].clone()).collect::<Vec<_>>().join("|")
    };
    assert_eq!(
        shown(0, &["first_name", "surname_prefix", "last_name", "full_name"]),
        "Jan|van den|Berg|Jan van den Berg"
    );
    assert_eq!(
        shown(0, &["phone", "phone_type", "phone_valid"]),
        "+31655501234;+31105550123|mobile;fixed_line|true;true"
    );
    assert_eq!(
        shown(0, &["street", "house_number", "unit", "postcode", "city"]),
        "Kerkstraat|12|A|3011 AB|Rotterdam"
    );
    assert_eq!(
        shown(0, &["email", "email_valid", "birth_date", "vat_number", "vat_valid"]),
        "jan+x@gmial.com|true|1971-04-09|NL004495445B01|true"
    );
    assert_eq!(
        shown(1, &["last_name", "email", "street", "house_number", "unit", "country_code"]),
        "García López||Calle Mayor|4|2º B|ES"
    );
    assert_eq!(
        shown(2, &["type", "company", "legal_form", "house_number", "postcode"]),
        "company|Müller|GmbH & Co. KG|5a|01067"
    );
    assert_eq!(
        shown(2, &["phone", "phone_valid", "vat_valid", "email_role"]),
        "4.91521E+11|false|false|true"
    );

    let (head, changes) = read(&changes);
    assert_eq!(head, ["file", "line", "record_id", "column", "field", "from", "to", "rule", "note"]);
    let has = |line: &str, column: &str, field: &str, rule: &str| {
        changes.iter().any(|row| {
            row["line"] == line && row["column"] == column && row["field"] == field && row["rule"] == rule
        })
    };
    assert!(has("2", "Phone No.", "n_phone", "phone_split"));
    assert!(has("2", "E-Mail", "n_email", "finding_email_domain"));
    assert!(has("3", "E-Mail", "n_email", "filler"));
    assert!(has("4", "Phone No.", "n_phone", "finding_phone"));
    assert!(has("4", "VAT Registration No.", "n_vat_number", "finding_vat_number"));
    assert!(changes.iter().all(|row| row["from"] != row["to"] || row["rule"].starts_with("finding_")));
}

#[test]
fn several_files_become_one_list() {
    let desk = Desk::new();
    let one = desk.file("one.csv", "id,phone,city\n1,0105550123,Gent\n");
    let two = desk.file("two.csv", "id,email,phone\nA,a@b.nl,0655501234\n");
    let out = desk.path("clean.csv");
    alike()
        .arg("normalize")
        .args([&one, &two])
        .arg("-o")
        .arg(&out)
        .args(["--default-country", "Nederland"])
        .assert()
        .success();
    let (head, rows) = read(&out);
    assert_eq!(head[..6], ["id", "phone", "city", "email", "n_source", "n_type"]);
    assert_eq!((rows[0]["n_source"].as_str(), rows[1]["n_source"].as_str()), ("one", "two"));
    assert_eq!(
        (rows[0]["email"].as_str(), rows[1]["email"].as_str(), rows[1]["id"].as_str()),
        ("", "a@b.nl", "A")
    );
    assert_eq!(rows[1]["n_phone"], "+31655501234");
}

#[test]
fn the_list_goes_to_the_standard_output_and_is_the_same_for_any_threads() {
    let desk = Desk::new();
    let contacts = desk.file("contacts.csv", CONTACTS);
    let output = alike().arg("normalize").arg(&contacts).assert().success().get_output().stdout.clone();
    let out = desk.path("clean.csv");
    alike()
        .arg("normalize")
        .arg(&contacts)
        .arg("-o")
        .arg(&out)
        .env("RAYON_NUM_THREADS", "1")
        .assert()
        .success();
    assert_eq!(output, std::fs::read(&out).unwrap());
}

#[test]
fn wrong_wishes_end_with_2_and_inputs_are_never_written() {
    let desk = Desk::new();
    let contacts = desk.file("contacts.csv", CONTACTS);
    let run = |args: &[&str]| alike().arg("normalize").arg(&contacts).args(args).assert().code(2).stdout("");
    run(&["--default-country", "Narnia"]);
    run(&["--format", "parquet"]);
    alike().arg("normalize").arg(&contacts).arg("-o").arg(&contacts).assert().code(2);
    assert_eq!(std::fs::read_to_string(&contacts).unwrap(), CONTACTS);
    alike().args(["normalize", "no-such.csv"]).assert().code(3);
    let nowhere = desk.path("no-folder/clean.csv");
    let told = predicates::str::contains("no-folder/clean.csv`");
    alike().arg("normalize").arg(&contacts).arg("-o").arg(&nowhere).assert().code(1).stderr(told);
}

#[test]
fn the_name_of_the_file_says_the_format() {
    let desk = Desk::new();
    let contacts = desk.file("contacts.csv", CONTACTS);
    for (name, magic) in [("clean.parquet", &b"PAR1"[..]), ("clean.xlsx", b"PK\x03\x04")] {
        let out = desk.path(name);
        let write = || {
            alike().arg("normalize").arg(&contacts).arg("-o").arg(&out).assert().success();
            std::fs::read(&out).unwrap()
        };
        let written = write();
        assert_eq!(written[..4], *magic);
        assert_eq!(written, write(), "{name}");
    }
}
