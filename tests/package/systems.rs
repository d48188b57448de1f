//! Packages for Salesforce, Dataverse, HubSpot and address books.

use super::{apply, choose, decide, export, lines, packages};
use crate::support::editing::Edited;
use crate::support::{Desk, Table};
use std::collections::BTreeSet;

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
