//! Files that invite wrong merges: what must not be proposed, or not be merged unseen.

use crate::support::{Desk, Table, project, samples};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const GIVEN: [&str; 10] = ["Maria", "Mark", "Els", "Tom", "Anna", "Peter", "Lotte", "Henk", "Sara", "Willem"];
const FAMILY: [&str; 12] = [
    "Claes", "Dekker", "Kok", "Bakker", "Vermeer", "Jansen", "Peeters", "Maes", "Wouters", "Smit", "Bos",
    "Mertens",
];

/// Sixty firms of five people each, who share a role mailbox, a switchboard and an address; nobody twice.
#[test]
fn colleagues_who_share_everything_but_their_names_are_not_proposed() {
    let mut csv = String::from("id,voornaam,achternaam,bedrijf,e-mail,telefoon,straat,postcode,plaats\n");
    for firm in 0..60 {
        for place in 0..5 {
            let (id, given) = (firm * 5 + place, GIVEN[(firm + place * 3) % GIVEN.len()]);
            let family = FAMILY[(firm * 5 + place * 7) % FAMILY.len()];
            writeln!(
                csv,
                "{id},{given},{family},Firma{firm} BV,info@firma{firm}.nl,020 555{firm:04},Werf {firm},10{firm:02} AB,Amsterdam"
            )
            .unwrap();
        }
    }
    let desk = Desk::new();
    let folder = desk.run("out", &[desk.file("office.csv", csv)], &[]);
    let proposals = folder.table("proposals");
    assert_eq!(proposals.len(), 0, "{proposals:?}");
}

/// One firm in two towns: one name, one site, one mailbox, two addresses. A person decides.
#[test]
fn branches_of_a_firm_are_never_merged_unseen() {
    let towns = [("3510 AB", "Utrecht", "030"), ("8010 AB", "Zwolle", "038"), ("6811 AB", "Arnhem", "026")];
    let mut csv = String::from("id,bedrijfsnaam,e-mail,telefoon,website,straat,postcode,plaats\n");
    for firm in 0..40 {
        let name = format!("{} Tuinen {firm} B.V.", FAMILY[firm % FAMILY.len()]);
        for (branch, (postcode, town, area)) in towns.iter().enumerate().take(1 + firm % 3) {
            writeln!(
                csv,
                "{firm}-{branch},{name},info@tuinen{firm}.nl,{area} 55{firm:02}{branch}01,www.tuinen{firm}.nl,Markt {branch},{postcode},{town}"
            )
            .unwrap();
        }
    }
    let desk = Desk::new();
    let folder = desk.run("out", &[desk.file("branches.csv", csv)], &[]);
    let proposals = folder.table("proposals");
    assert!(proposals.len() > 0);
    assert!(!proposals.column("lane").contains(&"auto"));
}

/// A row that an import repeated three thousand times is one group, on hold, and hides no other match.
#[test]
fn a_row_repeated_endlessly_is_one_group_on_hold() {
    let mut csv = String::from("id,first_name,last_name,email,phone,city\n");
    for at in 0..3_000 {
        writeln!(csv, "x{at},Xaver,Ottenschlager,x.otten@web.de,089 1234567,München").unwrap();
    }
    for at in 0..80 {
        let (given, family) = (GIVEN[at % GIVEN.len()], FAMILY[at / GIVEN.len()]);
        for copy in 0..2 {
            writeln!(csv, "{at}-{copy},{given},{family},{given}.{family}@gmail.com,06 12345{at:03},Gent")
                .unwrap();
        }
    }
    let desk = Desk::new();
    let folder = desk.run("out", &[desk.file("people.csv", csv)], &[]);
    let proposals = folder.table("proposals");
    let held = proposals.column("hold_reason").iter().filter(|reason| **reason == "too_large").count();
    assert_eq!(held, 3_000);
    assert!(proposals.len() - held >= 120, "{} others", proposals.len() - held);
}

/// The sample data hold twins with names alike, fathers and sons, holdings and daughters.
#[test]
fn nothing_wrong_is_merged_unseen_in_the_sample_data() {
    let truth = Table::read(&project("sample-data/truth.csv"));
    let entity: BTreeMap<(&str, &str), &str> =
        truth.rows().map(|row| ((row["source"], row["record_id"]), row["entity_id"])).collect();
    let desk = Desk::new();
    let folder = desk.run("out", &samples(), &[]);
    let crosswalk = folder.table("crosswalk");
    let mut golden: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in crosswalk.rows() {
        if let Some(&entity) = entity.get(&(row["source"], row["record_id"])) {
            golden.entry(row["golden_id"]).or_default().insert(entity);
        }
    }
    let mixed: Vec<_> = golden.iter().filter(|(_, entities)| entities.len() > 1).collect();
    assert!(mixed.is_empty(), "{mixed:?}");
}
