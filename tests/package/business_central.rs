//! The package for Business Central.

use super::{apply, choose, decide, export, lines, packages, sheet, strangers};
use crate::support::editing::{Edited, tree};
use crate::support::{Desk, Table};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const BC: [&str; 18] = [
    "No.",
    "Type",
    "Name",
    "First Name",
    "Surname",
    "Company No.",
    "Company Name",
    "Address",
    "Post Code",
    "City",
    "Country/Region Code",
    "Phone No.",
    "Mobile Phone No.",
    "Email",
    "VAT Registration No.",
    "Salesperson Code",
    "Business Relation",
    "Search Name",
];

const BC_FIELDS: [&str; 7] = ["No.", "First Name", "Surname", "Address", "Post Code", "City", "Phone No."];

/// Two companies that are one, a person of one of them, and a person three times.
fn business_central(desk: &Desk) {
    let company: [&[(&str, &str)]; 2] = [
        &[
            ("No.", "CT01"),
            ("Type", "Company"),
            ("Name", "Quispel Scheepswerf B.V."),
            ("Company No.", "CT01"),
            ("Company Name", "Quispel Scheepswerf B.V."),
            ("Address", "Werfkade 1"),
            ("Post Code", "3361 AC"),
            ("City", "Sliedrecht"),
            ("Country/Region Code", "NL"),
            ("Phone No.", "0184 55 5101"),
            ("Email", "info@quispel.example"),
            ("Business Relation", "Customer"),
        ],
        &[
            ("No.", "CT02"),
            ("Type", "Company"),
            ("Name", "Quispel Scheepswerf"),
            ("Company No.", "CT02"),
            ("Company Name", "Quispel Scheepswerf"),
            ("Address", "Werfkade 1"),
            ("Post Code", "3361 AC"),
            ("City", "Sliedrecht"),
            ("Country/Region Code", "NL"),
            ("Phone No.", "0184 55 5101"),
            ("Email", "info@quispel.example"),
        ],
    ];
    let person = [
        ("Type", "Person"),
        ("Name", "Wilhelmina Quackenbos"),
        ("First Name", "Wilhelmina"),
        ("Surname", "Quackenbos"),
        ("Address", "Havenkade 7"),
        ("Post Code", "4381 AA"),
        ("City", "Vlissingen"),
        ("Country/Region Code", "NL"),
        ("Email", "wilhelmina@quackenbos.example"),
        ("Company No.", "CT02"),
        ("Company Name", "Quispel Scheepswerf"),
        ("Salesperson Code", "JO"),
    ];
    let of = |more: &[(&'static str, &'static str)]| [&person[..], more].concat();
    let persons = [
        of(&[("No.", "CT03"), ("Phone No.", "0118 55 5101")]),
        of(&[("No.", "CT04"), ("Mobile Phone No.", "06 5555 0177")]),
        of(&[("No.", "CT05"), ("Phone No.", "0118 55 5101")]),
    ];
    let further: Vec<&[(&str, &str)]> =
        company.into_iter().chain(persons.iter().map(Vec::as_slice)).collect();
    desk.file("bc.csv", export(&BC, BC_FIELDS, &further));
    desk.run("out", &["bc.csv"], &[]);
    decide(desk, &["CT03", "CT04", "CT05"], "merge");
    decide(desk, &["CT01", "CT02"], "merge");
}

#[test]
fn business_central_gets_new_values_that_fit_and_nothing_is_cut() {
    let desk = Desk::new();
    business_central(&desk);
    let long = "x".repeat(31);
    choose(&desk, "CT03", "city", &long);
    choose(&desk, "CT03", "postcode", "4381 ab");
    choose(&desk, "CT03", "country_code", "XX");
    choose(&desk, "CT03", "phone", "0118 55 5101 ask for Mina");
    choose(&desk, "CT03", "email", "=1+1@quackenbos.example");
    choose(&desk, "CT03", "street_and_number", "(empty)");
    let told = apply(&desk, &["business-central"]);
    assert!(
        told.contains("Package business-central: contacts with new values")
            || told.contains("with new values"),
        "{told}"
    );
    let folder = packages(&desk).join("business-central");

    let (name, rows) = sheet(&folder.join("updates.xlsx"));
    assert_eq!(name, "Contact");
    assert_eq!(rows[0][..3], ["ALIKE-CONTACTS", "Contact", "5050"]);
    assert!(rows[1].iter().all(String::is_empty));
    let follow = Table::read(&folder.join("follow_up.csv"));
    let survivor = rows[3..].iter().find(|row| row[0].as_str() >= "CT03").unwrap();
    let values: BTreeMap<&str, &str> =
        rows[2].iter().map(String::as_str).zip(survivor.iter().map(String::as_str)).collect();
    assert_eq!((values["Post Code"], values["Email"]), ("4381 AB", "=1+1@quackenbos.example"));
    for unchanged in ["City", "Country/Region Code", "Address", "Surname", "Search Name"] {
        assert!(!values.contains_key(unchanged), "{unchanged} is not to change");
    }
    let why = |field: &str| {
        let row = follow.rows().find(|row| row["record_id"] == survivor[0] && row["field"] == field);
        row.map(|row| (row["reason"].to_string(), row["value"].to_string())).unwrap_or_default()
    };
    assert_eq!(why("City"), ("too_long".into(), long));
    assert_eq!(why("Country/Region Code"), ("unknown_code".into(), "XX".into()));
    assert_eq!(why("Phone No."), ("letters_in_phone".into(), "0118 55 5101 ask for Mina".into()));
    assert_eq!(why("Address"), ("empty_by_hand".into(), String::new()));
    assert!(follow.rows().all(|row| !row["what_to_do"].is_empty()));

    let request = lines(&folder.join("updates_api.jsonl"));
    let request = request.iter().find(|line| line["number"] == survivor[0].as_str()).unwrap();
    assert_eq!(request["method"], "PATCH");
    assert_eq!(request["find"], format!("contacts?$filter=number eq '{}'", survivor[0]));
    assert!(request["headers"]["If-Match"].as_str().unwrap().contains("@odata.etag"));
    assert_eq!(request["body"]["postalCode"], "4381 AB");
    assert_eq!(request["body"]["addressLine1"], "");
    assert!(request["body"].get("city").is_none() && request["body"].get("country").is_none());

    // The workbook is read again as what it is: contacts by their numbers.
    let read = desk.alike().args(["init", "--json"]).arg(folder.join("updates.xlsx")).assert().success();
    let columns: Value = serde_json::from_slice(&read.get_output().stdout).unwrap();
    let field = |column: &str| {
        columns.as_array().unwrap().iter().find(|of| of["column"] == column).unwrap()["field"].clone()
    };
    assert_eq!((field("No."), field("Email")), ("id".into(), "email".into()));
}

#[test]
fn business_central_merges_companies_before_persons_and_knows_what_is_left() {
    let desk = Desk::new();
    business_central(&desk);
    let proposals = Edited::open(&desk.path("out/proposals.csv"));
    let row = proposals.find(&[("record_id", "CT04")])[0];
    let id = proposals.get(row, "proposal_id");
    let related =
        format!("proposal_id,table,record_id,references,conflicts\n{id},Contact Alt. Address,CT04,3,2\n");
    desk.file("out/related.csv", related);
    apply(&desk, &["business-central"]);
    let folder = packages(&desk).join("business-central");
    let merges = Table::read(&folder.join("merge_worklist.csv"));
    assert_eq!(merges.column("stage"), ["company", "person", "person"]);
    assert_eq!(merges.column("step"), ["1", "2", "3"]);
    let current: BTreeSet<&str> = merges.column("current_no")[1..].iter().copied().collect();
    assert_eq!(current.len(), 1, "a group is merged into one contact, pair by pair");
    let of_ct04 = merges.rows().find(|row| row["duplicate_no"] == "CT04");
    if let Some(row) = of_ct04 {
        assert_eq!((row["expected_conflicts"], row["conflict_tables"]), ("2", "Contact Alt. Address: 2"));
    } else {
        assert_eq!(current, BTreeSet::from(["CT04"]), "it is the one that stays");
    }
    assert_eq!(merges.column("expected_conflicts")[0], "0");
    assert_eq!(merges.column("search_string_conflicts"), ["12", "", ""]);

    // Doing what the list says, field by field, gives the planned values.
    let fields = Table::read(&folder.join("merge_fields.csv"));
    let golden = crate::plan::golden_of(&crate::plan::applied(&desk), "bc", "CT03");
    let export = Table::read(&desk.path("bc.csv"));
    let own = export.rows().find(|row| row["No."] == *current.first().unwrap()).unwrap();
    let mut values: BTreeMap<String, String> =
        own.iter().map(|(name, cell)| (name.to_string(), cell.to_string())).collect();
    for row in fields.rows().filter(|row| row["step"] != "1") {
        assert_eq!(values[row["field"]], row["current_value"]);
        assert!(["keep", "override"].contains(&row["decision"]));
        if row["decision"] == "override" {
            values.insert(row["field"].into(), row["alternate_value"].into());
        }
    }
    for (caption, field) in [("Phone No.", "phone"), ("Mobile Phone No.", "mobile"), ("Email", "email")] {
        assert_eq!(values[caption], golden[field], "{field}");
    }

    let follow = Table::read(&folder.join("follow_up.csv"));
    let reasons: BTreeSet<&str> = follow.column("reason").into_iter().collect();
    assert!(reasons.contains("linked_card"), "{reasons:?}");
    if merges.column("duplicate_no")[0] == "CT02" {
        let stale: Vec<_> = follow.rows().filter(|row| row["reason"] == "stale_company_name").collect();
        assert_eq!(stale.len(), 3);
        assert!(
            stale.iter().all(|row| row["value"].starts_with("Quispel") && row["value"] != row["current"])
        );
    }
    let all = tree(&folder);
    assert!(all.iter().all(|(path, _)| !path.to_string_lossy().contains("delete")));
}

#[test]
fn business_central_is_told_the_pairs_that_are_kept_apart() {
    let desk = Desk::new();
    business_central(&desk);
    decide(&desk, &["CT01", "CT02"], "keep_apart");
    decide(&desk, &["CT03", "CT04", "CT05"], "keep_apart");
    apply(&desk, &["business-central"]);
    let (name, rows) = sheet(&packages(&desk).join("business-central/separate_pairs.xlsx"));
    assert_eq!((name.as_str(), rows[0][2].as_str()), ("Contact Duplicate", "5085"));
    assert_eq!(rows[2], ["Contact No.", "Duplicate Contact No.", "Separate Contacts"]);
    let pairs: BTreeSet<(&str, &str)> =
        rows[3..].iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    let wanted = [("CT01", "CT02"), ("CT03", "CT04"), ("CT03", "CT05"), ("CT04", "CT05")];
    assert!(wanted.iter().all(|pair| pairs.contains(pair)), "{pairs:?}");
    assert!(rows[3..].iter().all(|row| row[2] == "true" && row[0] < row[1]));
    assert!(lines(&packages(&desk).join("business-central/updates_api.jsonl")).is_empty());
}

#[test]
fn answers_of_the_api_come_back_with_their_ids_and_tags() {
    let desk = Desk::new();
    let mut list: Vec<Value> = strangers()
        .iter()
        .enumerate()
        .map(|(at, [given, family, street, postcode, city, phone])| {
            serde_json::json!({"@odata.etag": "W/\"1\"", "id": format!("g-{at}"), "number": format!("CT1{at:03}"), "type": "Person",
                "displayName": format!("{given} {family}"), "addressLine1": street, "postalCode": postcode, "city": city,
                "country": "NL", "phoneNumber": phone, "mobilePhoneNumber": "", "email": "", "taxRegistrationNumber": ""})
        })
        .collect();
    for (id, mobile) in [("g-a", ""), ("g-b", "06 5555 0177")] {
        list.push(serde_json::json!({"@odata.etag": format!("W/\"{id}\""), "id": id, "number": format!("CT-{id}"), "type": "Person",
            "displayName": "Wilhelmina Quackenbos", "addressLine1": "Havenkade 7", "postalCode": "4381 AA", "city": "Vlissingen",
            "country": "NL", "phoneNumber": "0118 55 5101", "mobilePhoneNumber": mobile,
            "email": "wilhelmina@quackenbos.example", "taxRegistrationNumber": ""}));
    }
    desk.file("bc.json", serde_json::json!({"value": list}).to_string());
    desk.run("out", &["bc.json"], &[]);
    decide(&desk, &["g-a", "g-b"], "merge");
    let proposals = Edited::open(&desk.path("out/proposals.csv"));
    let survivor = proposals.rows
        [proposals.find(&[("role", "survivor"), ("full_name", "Wilhelmina Quackenbos")])[0]]
        [proposals.at("record_id")]
    .clone();
    choose(&desk, "g-a", "mobile", "06 5555 0199");
    apply(&desk, &["business-central"]);
    let folder = packages(&desk).join("business-central");
    let requests = lines(&folder.join("updates_api.jsonl"));
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["path"], format!("contacts({survivor})"));
    assert_eq!(requests[0]["headers"]["If-Match"], format!("W/\"{survivor}\""));
    assert_eq!(requests[0]["body"], serde_json::json!({"mobilePhoneNumber": "06 5555 0199"}));
    let (_, rows) = sheet(&folder.join("updates.xlsx"));
    assert_eq!(
        rows[2..],
        [
            vec!["No.".to_string(), "Mobile Phone No.".into()],
            vec![format!("CT-{survivor}"), "06 5555 0199".into()]
        ]
    );
    let merges = Table::read(&folder.join("merge_worklist.csv"));
    assert_eq!(merges.column("current_no"), [format!("CT-{survivor}")]);
}

#[test]
fn a_belgian_contact_gets_no_vat_number_and_no_wrong_enterprise_number() {
    let desk = Desk::new();
    let headings = [&BC[..], &["Enterprise No."]].concat();
    let company = [
        ("Type", "Company"),
        ("Name", "Quispel Scheepswerf NV"),
        ("Company Name", "Quispel Scheepswerf NV"),
        ("Address", "Werfkaai 1"),
        ("Post Code", "8400"),
        ("City", "Oostende"),
        ("Country/Region Code", "BE"),
        ("Phone No.", "059 55 51 01"),
        ("Email", "info@quispel.example"),
        ("VAT Registration No.", "BE0403019261"),
        ("Enterprise No.", "0403.019.261"),
    ];
    let rows = ["CT01", "CT02"].map(|no| [&company[..], &[("No.", no), ("Company No.", no)]].concat());
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    desk.file("bc.csv", export(&headings, BC_FIELDS, &rows));
    desk.run("out", &["bc.csv"], &[]);
    decide(&desk, &["CT01", "CT02"], "merge");
    choose(&desk, "CT01", "vat_number", "BE0136295787");
    choose(&desk, "CT01", "enterprise_number", "0136.295.788");
    choose(&desk, "CT01", "city", "Ostend");
    apply(&desk, &["business-central"]);
    let folder = packages(&desk).join("business-central");
    let requests = lines(&folder.join("updates_api.jsonl"));
    assert_eq!(requests[0]["body"], serde_json::json!({"city": "Ostend"}));
    let follow = Table::read(&folder.join("follow_up.csv"));
    let reasons: BTreeSet<(&str, &str)> = follow.rows().map(|row| (row["field"], row["reason"])).collect();
    assert!(reasons.contains(&("VAT Registration No.", "belgian_vat")), "{reasons:?}");
    assert!(reasons.contains(&("Enterprise No.", "enterprise_check")), "{reasons:?}");
}
