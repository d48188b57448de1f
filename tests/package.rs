//! `alike apply --package`: the files that bring merges back into the systems that the records came from.

use crate::support::editing::{Edited, tree};
use crate::support::{Desk, Table};
use calamine::{Reader, Xlsx, open_workbook};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
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

/// One person so many times, in a layout: id, given name, family name, street, postcode, city, phone, and a mobile in the last.
fn one_person(desk: &Desk, headings: &[&str], fields: [&str; 7], mobile: &str, email: &str, ids: &[&str]) {
    let [id_of, given_of, family_of, street_of, postcode_of, city_of, phone_of] = fields;
    let rows: Vec<Vec<(&str, &str)>> = ids
        .iter()
        .map(|id| {
            let mut row = vec![
                (id_of, *id),
                (given_of, "Wilhelmina"),
                (family_of, "Quackenbos"),
                (street_of, "Havenkade 7"),
                (postcode_of, "4381 AA"),
                (city_of, "Vlissingen"),
                (phone_of, "0118 55 5101"),
                (email, "wilhelmina@quackenbos.example"),
            ];
            if id == ids.last().unwrap() {
                row.push((mobile, "06 5555 0177"));
            }
            row
        })
        .collect();
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    desk.file("crm.csv", export(headings, fields, &rows));
    desk.run("out", &["crm.csv"], &[]);
}

#[test]
fn salesforce_merges_at_most_three_at_a_time() {
    let desk = Desk::new();
    let headings = [
        "Id",
        "IsDeleted",
        "AccountId",
        "LastName",
        "FirstName",
        "MailingStreet",
        "MailingPostalCode",
        "MailingCity",
        "Phone",
        "MobilePhone",
        "Email",
        "OwnerId",
        "SystemModstamp",
    ];
    let fields =
        ["Id", "FirstName", "LastName", "MailingStreet", "MailingPostalCode", "MailingCity", "Phone"];
    let ids = ["003A1", "003A2", "003A3", "003A4", "003A5", "003A6"];
    one_person(&desk, &headings, fields, "MobilePhone", "Email", &ids);
    decide(&desk, &ids, "merge");
    choose(&desk, "003A1", "city", "Flushing");
    choose(&desk, "003A1", "phone", "(empty)");
    let told = apply(&desk, &["salesforce"]);
    assert!(told.contains("merge requests 3, records merged into another 5"), "{told}");
    let merges = lines(&packages(&desk).join("salesforce/merges.jsonl"));
    assert_eq!(merges.len(), 3);
    let master = merges[0]["request"]["masterRecord"]["Id"].clone();
    let mut seen = BTreeSet::from([master.as_str().unwrap()]);
    for (step, merge) in (1..).zip(&merges) {
        assert_eq!((&merge["step"], &merge["request"]["masterRecord"]["Id"]), (&step.into(), &master));
        assert_eq!(merge["request"]["masterRecord"]["type"], "Contact");
        let losers = merge["request"]["recordToMergeIds"].as_array().unwrap();
        assert!((1..=2).contains(&losers.len()));
        seen.extend(losers.iter().map(|loser| loser.as_str().unwrap()));
    }
    assert_eq!(seen, BTreeSet::from(ids));
    let first = &merges[0]["request"]["masterRecord"];
    assert_eq!(
        (&first["MailingCity"], &first["fieldsToNull"]),
        (&"Flushing".into(), &serde_json::json!(["Phone"]))
    );
}

#[test]
fn dataverse_gets_bodies_of_its_merge_action() {
    let desk = Desk::new();
    let headings = [
        "contactid",
        "firstname",
        "lastname",
        "address1_line1",
        "address1_postalcode",
        "address1_city",
        "telephone1",
        "mobilephone",
        "emailaddress1",
        "statecode",
        "createdon",
    ];
    let fields = [
        "contactid",
        "firstname",
        "lastname",
        "address1_line1",
        "address1_postalcode",
        "address1_city",
        "telephone1",
    ];
    let ids = ["7a-1", "7a-2", "7a-3"];
    one_person(&desk, &headings, fields, "mobilephone", "emailaddress1", &ids);
    decide(&desk, &ids, "merge");
    choose(&desk, "7a-1", "city", "Flushing");
    apply(&desk, &["dataverse"]);
    let merges = lines(&packages(&desk).join("dataverse/merges.jsonl"));
    assert_eq!(merges.len(), 2);
    for merge in &merges {
        let body = &merge["body"];
        assert_eq!(body["Target"]["@odata.type"], "Microsoft.Dynamics.CRM.contact");
        assert_ne!(body["Target"]["contactid"], body["Subordinate"]["contactid"]);
        assert_eq!(body["Target"], merges[0]["body"]["Target"]);
        assert_eq!(body["UpdateContent"]["address1_city"], "Flushing");
        assert_eq!(body["PerformParentingChecks"], false);
    }
}

#[test]
fn hubspot_merges_pairs_and_then_updates() {
    let desk = Desk::new();
    let headings = [
        "Record ID",
        "First Name",
        "Last Name",
        "Street Address",
        "Postal Code",
        "City",
        "Phone Number",
        "Mobile Phone Number",
        "Email",
        "Lifecycle Stage",
        "Contact owner",
        "Create Date",
    ];
    let fields =
        ["Record ID", "First Name", "Last Name", "Street Address", "Postal Code", "City", "Phone Number"];
    let ids = ["101", "102", "103"];
    one_person(&desk, &headings, fields, "Mobile Phone Number", "Email", &ids);
    decide(&desk, &ids, "merge");
    choose(&desk, "101", "city", "Flushing");
    apply(&desk, &["hubspot"]);
    let folder = packages(&desk).join("hubspot");
    let merges = lines(&folder.join("merges.jsonl"));
    let primary = merges[0]["body"]["primaryObjectId"].clone();
    assert_eq!(merges.len(), 2);
    assert!(merges.iter().all(|merge| merge["path"] == "/crm/v3/objects/contacts/merge"));
    assert!(merges.iter().all(|merge| merge["body"]["primaryObjectId"] == primary));
    assert_eq!(merges[0]["step"], 1);
    let updates = lines(&folder.join("updates.jsonl"));
    assert_eq!(updates[0]["path"], format!("/crm/v3/objects/contacts/{}", primary.as_str().unwrap()));
    assert_eq!(updates[0]["body"]["properties"]["city"], "Flushing");
}

#[test]
fn address_books_get_their_own_layout_back() {
    for (package, headings, fields, mobile, email, extra) in [
        (
            "google-contacts",
            vec![
                "First Name",
                "Last Name",
                "Labels",
                "File As",
                "Organization Name",
                "Organization Title",
                "E-mail 1 - Label",
                "E-mail 1 - Value",
                "Phone 1 - Label",
                "Phone 1 - Value",
                "Phone 2 - Label",
                "Phone 2 - Value",
                "Address 1 - Street",
                "Address 1 - City",
                "Address 1 - Postal Code",
                "Custom Field 1 - Label",
            ],
            [
                "",
                "First Name",
                "Last Name",
                "Address 1 - Street",
                "Address 1 - Postal Code",
                "Address 1 - City",
                "Phone 1 - Value",
            ],
            "Phone 2 - Value",
            "E-mail 1 - Value",
            "Address 1 - City",
        ),
        (
            "outlook",
            vec![
                "First Name",
                "Last Name",
                "Company",
                "Business Street",
                "Business City",
                "Business Postal Code",
                "Business Phone",
                "Mobile Phone",
                "E-mail Address",
                "E-mail Display Name",
                "E-mail Type",
                "Home Postal Code",
                "Web Page",
            ],
            [
                "",
                "First Name",
                "Last Name",
                "Business Street",
                "Business Postal Code",
                "Business City",
                "Business Phone",
            ],
            "Mobile Phone",
            "E-mail Address",
            "Business City",
        ),
    ] {
        let desk = Desk::new();
        one_person(&desk, &headings, fields, mobile, email, &["1", "2"]);
        let mut proposals = Edited::open(&desk.path("out/proposals.csv"));
        let rows = proposals.find(&[("last_name", "Quackenbos")]);
        assert_eq!(rows.len(), 2, "{package}");
        proposals.set(rows[0], "decision", "merge");
        let record = proposals.get(rows[0], "record_id").to_string();
        proposals.save();
        choose(&desk, &record, "city", "Flushing");
        apply(&desk, &[package]);
        let folder = packages(&desk).join(package);
        let merged = Table::read(&folder.join("merged.csv"));
        assert_eq!(merged.header[..headings.len()], headings[..], "{package}");
        let row = merged.rows().find(|row| row["Last Name"] == "Quackenbos").unwrap();
        assert_eq!((row[extra], row[mobile]), ("Flushing", "06 5555 0177"), "{package}");
        let replaced = Table::read(&folder.join("replaced.csv"));
        let rows: Vec<_> = replaced.rows().filter(|row| row["Last Name"] == "Quackenbos").collect();
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().all(|row| row[extra] == "Vlissingen"));
    }
}

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
    assert!(told.contains("Package vcard: cards 60"), "{told}");
    let cards = packages(&desk).join("vcard/merged.vcf");
    let text = std::fs::read_to_string(&cards).unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= 75));
    assert_eq!(text.matches("\r\nVERSION:4.0\r\n").count(), 60);
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
    assert_eq!((table.rows, read.quarantine.len()), (60, 0));
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
