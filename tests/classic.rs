//! `alike run --rules bc-classic`: Business Central's own duplicate search, as a user calls it.

use crate::support::Desk;
use std::fs;

const HEADINGS: &str =
    "No.,Type,Name,Address,City,Phone No.,VAT Registration No.,Post Code,E-Mail,Mobile Phone No.";

/// Eight companies of which three pairs share ten or more of the sixteen standard strings, and two persons alike.
const CONTACTS: &str = "\
CT000010,Company,United Furnishing Ltd.,45 Lindon Road,London,+44 20 7123 4567,GB123456789,SW39GY,info@unitedfurnishing.co.uk,
CT000009,Company,United Furnishing Limited,45 Lindon Road,London,+44 20 7123 4567,GB123456789,SW39GY,info@unitedfurnishing.co.uk,
CT000030,Company,United Furnishing Ltd.,45 Lindon Road,London,+44 20 7123 4567,,SW39GY,,
CT000040,Company,Globe Traders plc,45 Lindon Road,London,+44 20 7999 1111,GB987654321,SW39GY,sales@globetraders.com,
CT000051,Company,Société Générale,Rue Haute 12,Bruxelles,+32 2 123 45 67,,1000,,
CT000052,Company,Societe Generale,Rue Haute 12,Brussel,02 123 45 67,,1000,,
CT000061,Company,Harbour Cranes,,,+31 10 555 0150,,,info@harbourcranes.nl,
CT000062,Company,Harbour Cranes,,,+31 10 555 0150,,,info@harbourcranes.nl,
CT000071,Person,Ann Peeters,Kerkstraat 1,Gent,+32 9 123 45 67,BE0136295787,9000,ann@peeters.be,+32 470 12 34 56
CT000072,Person,Ann Peeters,Kerkstraat 1,Gent,+32 9 123 45 67,BE0136295787,9000,ann@peeters.be,+32 470 12 34 56
";

fn contacts() -> String {
    format!("{HEADINGS}\n{CONTACTS}")
}

#[test]
fn its_pairs_are_in_a_file_of_their_own_beside_all_others() {
    let desk = Desk::new();
    let file = desk.file("contacts.csv", contacts());
    let run = desk.run("out", &[&file], &["--rules", "bc-classic"]);
    let text = fs::read_to_string(run.path.join("bc_duplicates.csv")).unwrap();
    assert_eq!(
        text,
        "contact_no,duplicate_contact_no,matching_strings\n\
         CT000009,CT000010,13\n\
         CT000010,CT000030,10\n"
    );
    for name in ["proposals.csv", "plan.csv", "golden.csv", "crosswalk.csv", "report.html"] {
        assert!(run.path.join(name).exists(), "{name}");
    }
    let counts = &run.json("manifest")["classic"];
    let of = |key: &str| counts[key].as_u64().unwrap();
    assert_eq!((of("companies"), of("threshold"), of("pairs"), of("too_sparse")), (8, 10, 2, 2));
    assert_eq!(of("pairs"), of("both") + of("only_classic"));
    assert_eq!(of("alike_pairs"), of("both") + of("only_alike"));
    let reasons = counts["why_not_alike"].as_array().unwrap();
    assert_eq!(
        reasons.iter().map(|reason| reason["pairs"].as_u64().unwrap()).sum::<u64>(),
        of("only_classic")
    );
    let told = run.stdout();
    assert!(
        told.contains("bc-classic: 2 pairs of 8 companies with 10 or more of 16 strings equal"),
        "{told}"
    );
}

#[test]
fn a_run_without_it_says_nothing_of_it() {
    let desk = Desk::new();
    let file = desk.file("contacts.csv", contacts());
    let run = desk.run("out", &[&file], &[]);
    assert!(!run.path.join("bc_duplicates.csv").exists());
    assert!(run.json("manifest").get("classic").is_none());
    assert!(!String::from_utf8(run.bytes("report.html")).unwrap().contains("bc-classic"));
    let with = desk.run("out", &[&file], &["--rules", "bc-classic"]);
    // Its place may be taken by the next run, with or without it.
    assert!(with.path.join("bc_duplicates.csv").exists());
    let without = desk.run("out", &[&file], &["--rules", "alike"]);
    assert!(!without.path.join("bc_duplicates.csv").exists());
    assert_eq!(run.manifest(), without.manifest());
}

#[test]
fn the_report_shows_both_and_why_they_differ() {
    let desk = Desk::new();
    let file = desk
        .file("contacts.csv", contacts().replace("CT000061,Company,Harbour", "CT000061,Company,<b>Harbour"));
    let run = desk.run("out", &[&file], &["--rules", "bc-classic"]);
    let page = String::from_utf8(run.bytes("report.html")).unwrap();
    let section =
        page.split("<section id=\"bc-classic\">").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(section.contains("<b>10</b> of 16 equal strings (60 %)"), "{section}");
    assert!(section.contains("first 5 of VAT Registration No."));
    let counts = &run.json("manifest")["classic"];
    for (key, heading) in [("only_classic", "Only bc-classic: why"), ("only_alike", "Only alike: why")] {
        assert_eq!(section.contains(heading), counts[key].as_u64().unwrap() > 0, "{key}");
    }
    assert!(!section.contains("<b>Harbour"));
}

#[test]
fn the_rules_come_from_an_export_of_the_setup() {
    let desk = Desk::new();
    let file = desk.file("contacts.csv", contacts());
    let setup = desk.file(
        "setup.csv",
        "Veldnr.;Veldnaam;Deel van veld;Lengte\n2;Naam;Eerste;7\n9;Telefoonnr.;Laatste;5\n102;E-mail;Laatste;10\n",
    );
    let setup = setup.to_str().unwrap();
    let run = desk.run("out", &[&file], &["--rules", "bc-classic", "--setup", setup]);
    let pairs = run.table("bc_duplicates");
    // ceiling(3 × 60 %) = 2: the Harbours too, and the two generals by name end and telephone.
    assert_eq!(pairs.column("contact_no"), ["CT000009", "CT000009", "CT000010", "CT000061"]);
    assert_eq!(pairs.column("duplicate_contact_no"), ["CT000010", "CT000030", "CT000030", "CT000062"]);
    assert_eq!(pairs.column("matching_strings"), ["3", "2", "2", "3"]);

    let settings = desk.file(
        "alike.toml",
        "[classic]\nenabled = true\nhit_percent = 100\n[[classic.rule]]\nfield = \"Name\"\npart = \"last\"\nlength = 2\n",
    );
    let run = desk.run("out2", &[&file], &["-c", settings.to_str().unwrap()]);
    let pairs = run.table("bc_duplicates");
    assert_eq!(
        pairs.column("contact_no"),
        ["CT000010", "CT000051", "CT000061"],
        "Ltd. and Ltd., Cranes and Cranes"
    );
    assert!(pairs.column("duplicate_contact_no").contains(&"CT000030"));
}

#[test]
fn several_sources_are_searched_as_one() {
    let desk = Desk::new();
    let rows: Vec<&str> = CONTACTS.lines().collect();
    let old = desk.file("old.csv", format!("{HEADINGS}\n{}\n{}\n", rows[0], rows[3]));
    let new = desk.file("new.csv", format!("{HEADINGS}\n{}\n{}\n", rows[1], rows[4]));
    let run = desk.run("out", &[&old, &new], &["--rules", "bc-classic"]);
    let pairs = run.table("bc_duplicates");
    assert_eq!(pairs.cells, [["new:CT000009", "old:CT000010", "13"]]);
}

#[test]
fn an_address_in_two_columns_is_one_value() {
    let desk = Desk::new();
    let row = |id: &str, company: &str| {
        format!("{id},{company},Kerkstraat,12,9000,Gent,+32 9 123 45 67,info@zonnehof.be,BE0136295787\n")
    };
    let head = "id,company,street,house_number,postcode,city,phone,email,vat_number\n";
    let file = desk.file(
        "firms.csv",
        format!("{head}{}{}", row("1", "Zonnehof Bouw NV"), row("2", "Bouwbedrijf Zonnehof BVBA")),
    );
    let run = desk.run("out", &[file], &["--rules", "bc-classic"]);
    assert_eq!(run.table("bc_duplicates").cells, [["1", "2", "12"]]);
}

#[test]
fn what_cannot_be_done_is_told() {
    let desk = Desk::new();
    let file = desk.file("contacts.csv", contacts());
    let setup = desk.file("setup.csv", "Field Name,Part of Field,Length\nName,First,5\nName,Middle,5\n");
    let call = |more: &[&str]| {
        let mut command = desk.alike();
        command.arg("run").arg(&file).args(["-o", "out"]).args(more);
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = call(&["--setup", "setup.csv"]);
    assert!(code == 2 && told.contains("add --rules bc-classic"), "{code} {told}");
    let (code, told) = call(&["--rules", "bc-classic", "--setup", setup.to_str().unwrap()]);
    assert!(code == 3 && told.contains("line 3: `Middle` is no part of a field"), "{code} {told}");
    let (code, told) = call(&["--rules", "bc-classic", "--setup", "gone.csv"]);
    assert!(code == 3 && told.contains("gone.csv"), "{code} {told}");
    let few = desk.file("few.toml", "[classic]\nenabled = true\nmax_pairs = 1\n");
    let (code, told) = call(&["-c", few.to_str().unwrap()]);
    assert!(code == 4 && told.contains("more than 1 pairs"), "{code} {told}");
    assert!(!desk.path("out").exists());
    let bad = desk.file(
        "bad.toml",
        "[classic]\nhit_percent = 101\nsetup = \"gone.xlsx\"\n[[classic.rule]]\nlength = 11\n[[classic.rule]]\nfield = \"Name\"\n[[classic.rule]]\nfield = \"name\"\npart = \"first\"\n",
    );
    let output = desk.alike().arg("check").arg(bad).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    for what in [
        "`classic.hit_percent` is out of range",
        "there is no file `gone.xlsx`",
        "the rules are given twice",
        "a rule needs a `field`",
        "`classic.rule.length` is out of range",
        "a second rule for the first characters of `name`",
    ] {
        assert!(told.contains(what), "{what}: {told}");
    }
}

#[test]
fn threads_and_order_of_rows_change_nothing() {
    let desk = Desk::new();
    let mut rows: Vec<&str> = CONTACTS.lines().collect();
    let pairs = |name: &str, rows: &[&str], threads: &str| {
        let file = desk.file("contacts.csv", format!("{HEADINGS}\n{}\n", rows.join("\n")));
        let more = ["--rules", "bc-classic", "--threads", threads];
        desk.run(name, &[file], &more).bytes("bc_duplicates.csv")
    };
    let one = pairs("one", &rows, "1");
    rows.reverse();
    assert_eq!(String::from_utf8(one), String::from_utf8(pairs("two", &rows, "2")));
}
