//! Formats whose records name their own cells: JSON and vCard.

use crate::support::{Desk, project};
use std::collections::BTreeMap;

/// Column → field by `alike init FILE --json`; columns of no field are left out.
fn mapping(desk: &Desk, file: &str) -> BTreeMap<String, String> {
    let output = desk.alike().args(["init", file, "--json"]).assert().success().get_output().clone();
    let columns: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    columns
        .iter()
        .filter_map(|column| {
            Some((column["column"].as_str()?.to_string(), column["field"].as_str()?.to_string()))
        })
        .collect()
}

/// Two contacts as Business Central's API v2.0 answers for `contacts`. Written for this test.
const BUSINESS_CENTRAL: &str = r#"{"@odata.context": "https://api.example/v2.0/$metadata#companies(1)/contacts", "value": [
 {"@odata.etag": "W/\"JzE5OzEyMzQ1Njc4OTA7MDA7Jw==\"", "id": "5c8b2a1e-0c1b-ee11-8f6e-6045bd8e5511", "number": "CT000001",
  "type": "Person", "displayName": "Jan van den Berg", "jobTitle": "Inkoper", "companyNumber": "CT000100", "companyName": "Berg BV",
  "businessRelation": "Customer", "addressLine1": "Dorpsstraat 12", "addressLine2": "", "city": "Delft", "state": "", "country": "NL",
  "postalCode": "2611 AB", "phoneNumber": "015-2123456", "mobilePhoneNumber": "06-12345678", "email": "jan@berg.example",
  "website": "", "searchName": "JAN VAN DEN BERG", "privacyBlocked": false, "taxRegistrationNumber": "", "lastInteractionDate": "0001-01-01",
  "lastModifiedDateTime": "2024-03-02T10:11:12.13Z"},
 {"@odata.etag": "W/\"JzE5OzEyMzQ1Njc4OTE7MDA7Jw==\"", "id": "6c8b2a1e-0c1b-ee11-8f6e-6045bd8e5512", "number": "CT000002",
  "type": "Person", "displayName": "J. van den Berg", "jobTitle": "", "companyNumber": "CT000100", "companyName": "Berg BV",
  "businessRelation": "None", "addressLine1": "Dorpsstr. 12", "addressLine2": "", "city": "Delft", "state": "", "country": "NL",
  "postalCode": "2611AB", "phoneNumber": "", "mobilePhoneNumber": "0612345678", "email": "jan@berg.example",
  "website": "", "searchName": "J VAN DEN BERG", "privacyBlocked": false, "taxRegistrationNumber": "", "lastInteractionDate": "0001-01-01",
  "lastModifiedDateTime": "2024-03-05T08:00:00Z"}]}"#;

/// Contacts as Dataverse answers, with formatted values. Written for this test.
const DATAVERSE: &str = r#"{"@odata.context": "https://org.example/api/data/v9.2/$metadata#contacts", "value": [
 {"@odata.etag": "W/\"4711\"", "contactid": "7a1e2d3c-0000-4000-8000-000000000001", "firstname": "Els", "lastname": "Dal", "fullname": "Els Dal",
  "emailaddress1": "els@dal.example", "telephone1": "020-5551234", "mobilephone": "06-23456789", "address1_line1": "Keizersgracht 1",
  "address1_postalcode": "1015 AA", "address1_city": "Amsterdam", "address1_country": "Nederland", "birthdate": "1980-03-22", "gendercode": 2,
  "gendercode@OData.Community.Display.V1.FormattedValue": "Female", "_parentcustomerid_value": "9a1e2d3c-0000-4000-8000-000000000009",
  "_parentcustomerid_value@OData.Community.Display.V1.FormattedValue": "Dal Groep BV", "statecode": 0,
  "modifiedon": "2024-01-31T12:00:00Z"},
 {"@odata.etag": "W/\"4712\"", "contactid": "7a1e2d3c-0000-4000-8000-000000000002", "firstname": "Piet", "lastname": "Kamp", "fullname": "Piet Kamp",
  "emailaddress1": "piet@kamp.example", "telephone1": "020-5551235", "mobilephone": null, "address1_line1": "Herengracht 2",
  "address1_postalcode": "1016 BB", "address1_city": "Amsterdam", "address1_country": "Nederland", "birthdate": null, "gendercode": 1,
  "gendercode@OData.Community.Display.V1.FormattedValue": "Male", "_parentcustomerid_value": null, "statecode": 0,
  "modifiedon": "2024-02-01T12:00:00Z"}]}"#;

#[test]
fn answers_of_business_central_and_dataverse_are_lists_of_contacts() {
    let desk = Desk::new();
    desk.file("bc.json", BUSINESS_CENTRAL);
    desk.file("crm.json", DATAVERSE);
    let fields = mapping(&desk, "bc.json");
    for (column, field) in [
        ("displayName", "full_name"),
        ("companyName", "company"),
        ("addressLine1", "street_and_number"),
        ("postalCode", "postcode"),
        ("city", "city"),
        ("country", "country_code"),
        ("companyNumber", "company_id"),
        ("@odata.etag", "ignore"),
        ("phoneNumber", "phone"),
        ("mobilePhoneNumber", "mobile"),
        ("email", "email"),
        ("jobTitle", "job_title"),
        ("type", "type"),
        ("lastModifiedDateTime", "modified_at"),
    ] {
        assert_eq!(fields.get(column).map(String::as_str), Some(field), "{column}: {fields:?}");
    }
    let fields = mapping(&desk, "crm.json");
    for (column, field) in [
        ("contactid", "id"),
        ("firstname", "first_name"),
        ("lastname", "last_name"),
        ("emailaddress1", "email"),
        ("telephone1", "phone"),
        ("address1_line1", "street_and_number"),
        ("address1_postalcode", "postcode"),
        ("birthdate", "birth_date"),
        ("_parentcustomerid_value@OData.Community.Display.V1.FormattedValue", "company"),
    ] {
        assert_eq!(fields.get(column).map(String::as_str), Some(field), "{column}: {fields:?}");
    }
    let run = desk.run("out", &["bc.json", "crm.json"], &[]);
    assert_eq!(run.table("crosswalk").len(), 4);
    assert!(run.table("proposals").len() >= 2);
    let explained = desk.alike().args(["explain", "out", "CT000001", "CT000002"]).assert();
    let code = explained.get_output().status.code();
    assert!(code == Some(0) || code == Some(3), "{explained:?}");
}

/// File, content, and the fields that its columns are.
type Service = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// A contact each as the web services of Google, HubSpot and the standard SCIM give it. Written for this test.
const SERVICES: [Service; 3] = [
    (
        "people.json",
        r#"{"connections": [{"resourceName": "people/c1", "names": [{"displayName": "Jan Berg", "givenName": "Jan", "familyName": "Berg"}],
            "emailAddresses": [{"value": "jan@berg.example", "type": "work"}, {"value": "jb@home.example"}],
            "phoneNumbers": [{"value": "015-2123456", "canonicalForm": "+31152123456", "type": "home"}],
            "addresses": [{"streetAddress": "Laan 1", "city": "Gent", "postalCode": "9000", "country": "Belgium"}],
            "organizations": [{"name": "Berg BV", "title": "Buyer"}]}], "nextPageToken": "x"}"#,
        &[
            ("names.1.displayName", "full_name"),
            ("names.1.givenName", "first_name"),
            ("names.1.familyName", "last_name"),
            ("emailAddresses.1.value", "email"),
            ("emailAddresses.2.value", "email_2"),
            ("phoneNumbers.1.value", "phone"),
            ("addresses.1.streetAddress", "street_and_number"),
            ("addresses.1.city", "city"),
            ("addresses.1.postalCode", "postcode"),
            ("organizations.1.name", "company"),
            ("organizations.1.title", "job_title"),
        ],
    ),
    (
        "hubspot.json",
        r#"{"results": [{"id": "51", "properties": {"email": "jan@berg.example", "firstname": "Jan", "lastname": "Berg", "zip": "9000",
            "phone": "015-2123456", "company": "Berg BV", "city": "Gent"}}], "paging": {"next": {"after": "52"}}}"#,
        &[
            ("id", "id"),
            ("properties.email", "email"),
            ("properties.firstname", "first_name"),
            ("properties.lastname", "last_name"),
            ("properties.zip", "postcode"),
            ("properties.company", "company"),
        ],
    ),
    (
        "scim.json",
        r#"{"id": "1", "name": {"formatted": "Jan Berg", "familyName": "Berg", "givenName": "Jan"}, "emails": [{"value": "jan@berg.example"}],
            "addresses": [{"streetAddress": "Laan 1", "locality": "Gent", "postalCode": "9000"}], "tags": ["a", "b"]}"#,
        &[
            ("name.formatted", "full_name"),
            ("name.familyName", "last_name"),
            ("name.givenName", "first_name"),
            ("tags", "labels"),
        ],
    ),
];

#[test]
fn answers_of_other_services_are_mapped_field_by_field() {
    let desk = Desk::new();
    for (name, text, fields) in SERVICES {
        // The lists in one contact are no lists of contacts.
        let text = if name == "scim.json" { format!("[{text}]") } else { text.to_string() };
        desk.file(name, text);
        let found = mapping(&desk, name);
        for (column, field) in fields {
            assert_eq!(found.get(*column).map(String::as_str), Some(*field), "{name}, {column}: {found:?}");
        }
    }
    let told = desk.alike().args(["init", "people.json", "--json"]).assert().success().get_output().clone();
    assert!(String::from_utf8_lossy(&told.stderr).contains("the list goes on"), "{told:?}");
}

#[test]
fn broken_lines_are_quarantined_and_a_broken_list_is_refused() {
    let desk = Desk::new();
    let lines = "{\"name\": \"Jan Berg\", \"email\": \"jan@berg.example\"}\n{\"name\": \"Els\n{\"name\": \"Piet Kamp\"}\n";
    let file = desk.file("people.jsonl", lines);
    let run = desk.run("out", &[file], &[]);
    let quarantine = run.table("quarantine");
    let row = quarantine.rows().next().unwrap();
    assert_eq!((quarantine.len(), row["line"], row["raw"]), (1, "2", "{\"name\": \"Els"));
    assert_eq!(run.table("crosswalk").len(), 2);
    desk.file("cut.json", "[{\"name\": \"Jan\"},\n{\"name\": ");
    let output = desk.alike().args(["run", "cut.json"]).assert().code(3).get_output().clone();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("line 2, column") && text.contains("JSON Lines"), "{text}");
}

/// A card file of a real program (see the licence beside it).
fn card(name: &str) -> Vec<u8> {
    std::fs::read(project(&format!("tests/vcards/{name}"))).unwrap()
}

#[test]
fn cards_are_mapped_field_by_field() {
    let desk = Desk::new();
    for (name, fields) in [
        (
            "John_Doe_IPHONE.vcf",
            &[
                ("full_name", "full_name"),
                ("last_name", "last_name"),
                ("first_name", "first_name"),
                ("middle_name", "middle_name"),
                ("prefix", "salutation"),
                ("suffix", "suffix"),
                ("nickname", "nickname"),
                ("company", "company"),
                ("department", "department"),
                ("job_title", "job_title"),
                ("phone", "phone"),
                ("phone_2", "phone_2"),
                ("phone_2_label", "phone_2_label"),
                ("mobile", "mobile"),
                ("fax", "fax"),
                ("email", "email"),
                ("street_and_number", "street_and_number"),
                ("postcode", "postcode"),
                ("city", "city"),
                ("state", "state"),
                ("country", "country"),
                ("address_label", "address_label"),
                ("street_and_number_2", "street_and_number_2"),
                ("postcode_2", "postcode_2"),
                ("city_2", "city_2"),
                ("birth_date", "birth_date"),
                ("website", "website"),
            ][..],
        ),
        (
            "outlook-2003.vcf",
            &[
                ("full_name", "full_name"),
                ("address_line_2", "address_line_2"),
                ("notes", "notes"),
                ("role", "job_title_2"),
                ("birth_date", "birth_date"),
                ("modified_at", "modified_at"),
                ("email", "email"),
            ],
        ),
        (
            "fullcontact.vcf",
            &[
                ("labels", "labels"),
                ("gender", "gender"),
                ("company_2", "company_2"),
                ("extended_address_2", "address_line_2_2"),
                ("street_and_number_2", "street_and_number_2"),
                ("street_and_number_4", "street_and_number_4"),
            ],
        ),
        (
            "jcard-example.json",
            &[
                ("full_name", "full_name"),
                ("company", "company"),
                ("phone", "phone"),
                ("mobile", "mobile"),
                ("suffix", "suffix"),
                ("postcode", "postcode"),
            ],
        ),
    ] {
        desk.file(name, card(name));
        let found = mapping(&desk, name);
        for (column, field) in fields {
            assert_eq!(found.get(*column).map(String::as_str), Some(*field), "{name}, {column}: {found:?}");
        }
    }
}

/// Cards, a spreadsheet export and JSON of the same people. Written for this test.
#[test]
fn one_person_is_found_across_formats() {
    let desk = Desk::new();
    let card = "BEGIN:VCARD\nVERSION:3.0\nUID:u1\nN:Berg;Jan;;;\nFN:Jan van den Berg\nTEL;TYPE=CELL:+31 6 12345678\nEMAIL:jan@berg.example\n\
        ADR;TYPE=WORK:;;Dorpsstraat 12;Delft;;2611 AB;Netherlands\nBDAY:19800322\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nUID:u2\nFN:Els Dal\nN:Dal;Els;;;\nEND:VCARD\n";
    let csv = "id,full_name,mobile,email,street,postcode,city\nC1,J. van den Berg,06-12345678,jan@berg.example,Dorpsstr. 12,2611AB,Delft\nC2,Piet Kamp,,piet@kamp.example,,,\n";
    let files =
        [desk.file("cards.vcf", card), desk.file("crm.csv", csv), desk.file("bc.json", BUSINESS_CENTRAL)];
    let run = desk.run("out", &files, &[]);
    let crosswalk = run.table("crosswalk");
    let entity = |source: &str, id: &str| {
        let row = crosswalk.rows().find(|row| row["source"] == source && row["record_id"] == id);
        row.map(|row| row["entity_id"].to_string())
            .unwrap_or_else(|| panic!("{source}:{id} is lost: {crosswalk:?}"))
    };
    assert_eq!(crosswalk.len(), 6);
    assert_eq!(entity("cards", "u1"), entity("crm", "C1"));
    assert_ne!(entity("cards", "u2"), entity("crm", "C1"));
    assert!(run.manifest().to_string().contains("\"vcard\""));
    desk.alike().args(["explain", "out", "u1", "C1"]).assert().success();
}

#[test]
fn a_card_without_an_end_is_quarantined() {
    let desk = Desk::new();
    let run = desk.run_text("BEGIN:VCARD\nFN:Jan Berg\nBEGIN:VCARD\nFN:Els Dal\nEND:VCARD\n");
    let quarantine = run.table("quarantine");
    let row = quarantine.rows().next().unwrap();
    assert_eq!((quarantine.len(), row["line"], row["raw"]), (1, "1", "BEGIN:VCARD\nFN:Jan Berg"));
    assert!(row["reason"].contains("no END:VCARD"));
    assert!(run.stdout().contains("  data  2 = 1 + 0 + 1"), "{}", run.stdout());
}
