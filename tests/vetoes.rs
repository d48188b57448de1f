//! Facts that forbid merging without a person: every one of them ends in the lane `hold`, with its name.

use crate::support::{Desk, Folder};

/// Headings of Business Central, so that its profile is found.
const HEAD: &str = "No.,Type,Name,Company No.,Address,Post Code,City,Phone No.,E-Mail,Salesperson Code";

/// Belgian firms that nobody takes for each other.
const FIRMS: [&str; 12] = [
    "Korenaar",
    "Zonnehof",
    "Beekman",
    "Dornbusch",
    "Harbour",
    "Lindon",
    "Pieraerts",
    "Hellwig",
    "Molenbeke",
    "Sint-Joris",
    "Vlaslinnen",
    "Waterkant",
];

/// A firm's record: everything but its number depends on which firm it is.
fn record(number: usize, firm: usize, kind: &str, company: &str, more: &str) -> String {
    let name = FIRMS[firm];
    format!(
        "CT{number:06},{kind},{name} Bouw NV,{company},{name}straat {},9{firm:02}0,Gent,+32 9 22{firm} 1{firm} 0{firm},\
         info@{}.be,JO,{more}\n",
        10 + firm,
        name.to_lowercase(),
    )
}

/// The lane of the cluster that holds a record, and why it is held.
fn lane_of(run: &Folder, record: &str) -> (String, String) {
    let table = run.table("proposals");
    let row = table.rows().find(|row| row["record_id"] == record);
    row.map_or(("single".into(), String::new()), |row| (row["lane"].into(), row["hold_reason"].into()))
}

/// Runs on firms that are there twice with other further cells, and compares their lanes with what they should be.
fn lanes(further: &str, cases: &[(&str, &str, &str)]) {
    let desk = Desk::new();
    let rows: String = cases
        .iter()
        .enumerate()
        .flat_map(|(firm, (one, other, _))| {
            [(1, one), (2, other)].map(|(nth, more)| record(firm * 10 + nth, firm, "Company", "", more))
        })
        .collect();
    let run = desk.run_text(format!("{HEAD},{further}\n{rows}"));
    for (firm, (one, other, expected)) in cases.iter().enumerate() {
        let (lane, reason) = lane_of(&run, &format!("CT{:06}", firm * 10 + 1));
        let found = if lane == "hold" { reason } else { lane };
        assert_eq!(found, *expected, "{further}: {one} | {other}");
    }
}

#[test]
fn every_veto_has_its_name() {
    lanes(
        "Privacy Blocked,Minor,Customer No.,Vendor No.,VAT Registration No.,Enterprise No.",
        &[
            ("No,No,,,,", "No,No,,,,", "auto"),
            ("Yes,No,,,,", "No,No,,,,", "privacy_blocked"),
            ("No,No,,,,", "No,Yes,,,,", "minor"),
            ("No,No,C00010,,,", "No,No,C00020,,,", "different_customers"),
            ("No,No,C00030,,,", "No,No,C00030,,,", "auto"),
            ("No,No,C00040,,,", "No,No,,,,", "auto"),
            ("No,No,,V00010,,", "No,No,,V00020,,", "different_vendors"),
            // Both pass the check digits of Belgium.
            ("No,No,,,BE0136295787,", "No,No,,,,0417.497.106", "strong_id_clash"),
            ("No,No,,,BE0403170701,", "No,No,,,,0403.170.701", "auto"),
            // What cannot be right is a slip.
            ("No,No,,,BE0403170701,", "No,No,,,BE0403170702,", "auto"),
            // The heaviest fact is the one that is told.
            ("Yes,No,C00050,,,", "No,Yes,C00060,,,", "privacy_blocked"),
        ],
    );
}

#[test]
fn other_languages_say_the_same() {
    lanes(
        "Geblokkeerd vanwege privacy,Minderjährig,Klantnr.,Code fournisseur,Zakenrelatie",
        &[
            ("Ja,nein,,,", "Nee,nein,,,", "privacy_blocked"),
            ("Nee,ja,,,", "Nee,nein,,,", "minor"),
            ("Nee,nein,10010,,", "Nee,nein,10020,,", "different_customers"),
            ("Nee,nein,,20010,", "Nee,nein,,20020,", "different_vendors"),
            // In Business Central a customer has one contact, so two contacts of customers have two.
            ("Nee,nein,,,Klant", "Nee,nein,,,Klant", "different_customers"),
            ("Nee,nein,,,Leverancier", "Nee,nein,,,Meerdere", "different_vendors"),
            ("Nee,nein,10030,,Klant", "Nee,nein,10030,,Klant", "auto"),
            ("Nee,nein,,,Klant", "Nee,nein,,,Leverancier", "auto"),
            ("Nee,nein,,,Klant", "Nee,nein,,,", "auto"),
        ],
    );
}

#[test]
fn a_minor_is_what_someone_studies_elsewhere() {
    lanes("Minor", &[("Biology", "Biology", "auto"), ("History", "History", "auto")]);
}

#[test]
fn a_person_by_its_type_and_a_company() {
    let desk = Desk::new();
    let rows = [
        record(1, 0, "Company", "CT000001", ""),
        record(2, 0, "Person", "", ""),
        record(11, 1, "Company", "CT000011", ""),
        record(12, 1, "Person", "CT000011", ""),
        record(21, 2, "Company", "", ""),
        record(22, 2, "", "", ""),
    ];
    let run = desk.run_text(format!("{HEAD},Remark\n{}", rows.concat()));
    let held = |reason: &str| ("hold".to_string(), reason.to_string());
    assert_eq!(lane_of(&run, "CT000001"), held("type_mismatch"));
    assert_eq!(lane_of(&run, "CT000011"), held("own_company"));
    assert_eq!(lane_of(&run, "CT000021").0, "auto");
}

#[test]
fn a_clean_source_has_no_duplicates() {
    let desk = Desk::new();
    let twice = |firm: usize| [1, 2].map(|nth| record(firm * 10 + nth, firm, "Company", "", ""));
    let ([one, other], [third, fourth]) = (twice(0), twice(1));
    let crm = desk.file("crm.csv", format!("{HEAD},Remark\n{one}{other}{third}"));
    let erp = desk.file("erp.csv", format!("{HEAD},Remark\n{fourth}"));
    let run = |out: &str, clean: bool| {
        let settings = desk.file("alike.toml", format!("[[source]]\nname = \"crm\"\nclean = {clean}\n"));
        desk.run(out, &[&crm, &erp], &["-c", settings.to_str().unwrap()])
    };
    let clean = run("clean", true);
    assert_eq!(lane_of(&clean, "CT000001"), ("hold".to_string(), "clean_source".to_string()));
    assert_eq!(lane_of(&clean, "CT000011").0, "auto", "one record of each source may be one");
    assert_eq!(lane_of(&run("unclean", false), "CT000001").0, "auto");
}
