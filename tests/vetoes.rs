//! Facts that forbid merging without a person: every one of them ends in the lane `hold`, with its name.

use crate::support::{Desk, Folder};

/// Contacts of a small company, each of which is there once, so that the model has something to learn from.
fn others(columns: usize) -> String {
    let names = ["Zonnehof", "Beekman", "Korenaar", "Dornbusch", "Harbour", "Lindon", "Pieraerts", "Hellwig"];
    let row = |(at, name): (usize, &&str)| {
        let cells = format!(
            "A{at},Company,{name} Bouw NV,,Molenweg {at},{}{at},Gent,+32 9 22{at} 11 0{at},info@{}.be",
            900 + at,
            name.to_lowercase()
        );
        format!("{cells}{}\n", ",".repeat(columns - 9))
    };
    names.iter().enumerate().map(row).collect()
}

const HEAD: &str = "No.,Type,Name,Company No.,Address,Post Code,City,Phone No.,E-Mail";

/// A firm that is there twice, word by word, with further cells.
fn twice(more: [&str; 2]) -> String {
    let row = |number: &str, more: &str| {
        format!("{number},Company,De Korenaar Bakkerij BV,,Kerkstraat 12,3011 AB,Rotterdam,+31 10 555 01 50,info@korenaar.nl,{more}\n")
    };
    row("CT1", more[0]) + &row("CT2", more[1])
}

/// The lane of the cluster that holds a record, and why it is held.
fn lane_of(run: &Folder, record: &str) -> (String, String) {
    let table = run.table("proposals");
    let row = table.rows().find(|row| row["record_id"] == record);
    row.map_or(("single".into(), String::new()), |row| (row["lane"].into(), row["hold_reason"].into()))
}

fn lane(further: &str, more: [&str; 2]) -> (String, String) {
    let desk = Desk::new();
    let columns = 9 + further.split(',').count();
    let run = desk.run_text(format!("{HEAD},{further}\n{}{}", twice(more), others(columns)));
    lane_of(&run, "CT1")
}

fn held(reason: &str) -> (String, String) {
    ("hold".into(), reason.into())
}

#[test]
fn without_a_veto_the_firm_is_merged() {
    assert_eq!(lane("Remark", ["a", "b"]).0, "auto");
}

#[test]
fn blocked_for_privacy_or_minor() {
    assert_eq!(lane("Privacy Blocked", ["Yes", "No"]), held("privacy_blocked"));
    assert_eq!(lane("Privacy Blocked", ["No", "No"]).0, "auto");
    assert_eq!(lane("Geblokkeerd vanwege privacy", ["Nee", "Ja"]), held("privacy_blocked"));
    assert_eq!(lane("Minor", ["true", "false"]), held("minor"));
    assert_eq!(lane("Minderjährig", ["0", "1"]), held("minor"));
    assert_eq!(lane("Minor", ["Biology", "Biology"]).0, "auto", "what someone studies");
}

#[test]
fn linked_to_different_customers_or_vendors() {
    assert_eq!(lane("Customer No.", ["C00010", "C00020"]), held("different_customers"));
    assert_eq!(lane("Customer No.", ["C00010", "C00010"]).0, "auto");
    assert_eq!(lane("Customer No.", ["C00010", ""]).0, "auto");
    assert_eq!(lane("Leveranciersnr.", ["V0010", "V0020"]), held("different_vendors"));
    // In Business Central a customer has one contact, so two contacts of customers have two.
    assert_eq!(lane("Business Relation", ["Customer", "Customer"]), held("different_customers"));
    assert_eq!(lane("Zakenrelatie", ["Leverancier", "Meerdere"]), held("different_vendors"));
    assert_eq!(lane("Business Relation", ["Customer", "None"]).0, "auto");
    assert_eq!(lane("Business Relation", ["Customer", "Vendor"]).0, "auto");
    let both = lane("Business Relation,Customer No.", ["Customer,C00010", "Customer,C00010"]);
    assert_eq!(both.0, "auto", "the number says that it is one customer");
}

#[test]
fn different_valid_numbers_of_the_firm() {
    let numbers = "VAT Registration No.,Enterprise No.";
    // Both pass the check digits of Belgium.
    assert_eq!(lane(numbers, ["BE0136295787,", ",0417.497.106"]), held("strong_id_clash"));
    assert_eq!(lane(numbers, ["BE0136295787,", ",0136.295.787"]).0, "auto");
    let slip = lane(numbers, ["BE0136295787,", "BE0136295788,"]);
    assert_ne!(slip.0, "hold", "a number that cannot be right says nothing for sure");
}

#[test]
fn a_person_by_its_type_and_a_company() {
    let desk = Desk::new();
    let rows = twice(["x", "x"]).replacen("CT2,Company", "CT2,Person", 1);
    let run = desk.run_text(format!("{HEAD},Remark\n{rows}{}", others(10)));
    assert_eq!(lane_of(&run, "CT1"), held("type_mismatch"));
    let rows = rows.replace("Bakkerij BV,,Kerk", "Bakkerij BV,CT1,Kerk");
    let run = desk.run("own", &[desk.file("own.csv", format!("{HEAD},Remark\n{rows}{}", others(10)))], &[]);
    assert_eq!(lane_of(&run, "CT1"), held("own_company"));
}

#[test]
fn a_clean_source_has_no_duplicates() {
    let desk = Desk::new();
    let rows = twice(["x", "x"]);
    let (one, other) = rows.split_once('\n').unwrap();
    let crm = desk.file("crm.csv", format!("{HEAD},Remark\n{rows}{}", others(10)));
    let settings = |clean: bool| {
        let text = format!("[[source]]\nname = \"crm\"\nclean = {clean}\n");
        desk.file("alike.toml", text).to_str().unwrap().to_string()
    };
    let run = desk.run("clean", &[&crm], &["-c", &settings(true)]);
    assert_eq!(lane_of(&run, "CT1"), held("clean_source"));
    let run = desk.run("unclean", &[&crm], &["-c", &settings(false)]);
    assert_eq!(lane_of(&run, "CT1").0, "auto");
    // One record of each source may be one.
    let crm = desk.file("crm.csv", format!("{HEAD},Remark\n{one}\n{}", others(10)));
    let erp = desk.file("erp.csv", format!("{HEAD},Remark\n{other}"));
    let run = desk.run("two", &[&crm, &erp], &["-c", &settings(true)]);
    assert_eq!(lane_of(&run, "CT1").0, "auto");
}
