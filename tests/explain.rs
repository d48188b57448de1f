//! `alike explain`: one pair of a run, in words.

use crate::support::{Desk, samples};
use predicates::prelude::*;

/// Records: two that are one, a namesake with nothing shared but the name, a firm, and ids that repeat.
const CRM: &str = "id,type,name,email,phone,city\n\
    1,Person,Jan Berg,jan@berg.example,020 555 0101,Gent\n\
    2,Person,Jan Berg,jan@berg.example,020 555 0101,Gent\n\
    3,Person,Yvonne Quist,yvonne@quist.example,030 555 0999,Delft\n\
    9,Company,Quist Tuinen B.V.,info@quist.example,030 555 0999,Delft\n";
const SHOP: &str = "id,name,email,phone,city\n1,Anna Visser,els@dal.example,050 555 0202,Breda\n\
    5,Peter Jansen,ruud@waas.example,,Assen\n";

fn desk() -> Desk {
    let desk = Desk::new();
    let files = [desk.file("crm.csv", CRM), desk.file("shop.csv", SHOP)];
    desk.run("out", &files, &[]);
    desk
}

fn explained(desk: &Desk, a: &str, b: &str) -> String {
    let assert = desk.alike().args(["explain", "out", a, b]).assert().success().stderr("");
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn a_pair_of_one_proposal() {
    let desk = Desk::new();
    let run = desk.run("out", &samples(), &[]);
    let proposals = run.table("proposals");
    let rows: Vec<_> = proposals.rows().collect();
    for pair in rows.windows(2).filter(|pair| pair[0]["proposal_id"] == pair[1]["proposal_id"]).take(3) {
        let name = |at: usize| format!("{}:{}", pair[at]["source"], pair[at]["record_id"]);
        let text = explained(&desk, &name(0), &name(1));
        assert!(text.contains(&format!("Both are in proposal {}", pair[0]["proposal_id"])), "{text}");
        assert!(text.contains(&format!("lane {}", pair[0]["lane"])), "{text}");
        assert!(
            text.contains("starting point") && text.contains("Probability that A and B are one"),
            "{text}"
        );
        // Either order tells the same probability.
        let chance = |text: &str| {
            let line = text.lines().find(|line| line.starts_with("Probability")).map(String::from);
            line.unwrap_or_else(|| panic!("{text}"))
        };
        assert_eq!(chance(&text), chance(&explained(&desk, &name(1), &name(0))));
    }
}

#[test]
fn a_pair_that_was_never_compared() {
    let text = explained(&desk(), "crm:1", "shop:5");
    assert!(text.contains("Never compared: no blocking rule brings A and B together."), "{text}");
    assert!(text.contains("they share no key"), "{text}");
}

#[test]
fn a_person_and_a_firm() {
    let text = explained(&desk(), "crm:3", "crm:9");
    assert!(
        text.contains("Never compared: A is a person, B is a company; they are matched apart."),
        "{text}"
    );
}

#[test]
fn an_id_alone_will_do_where_it_is_unique() {
    let desk = desk();
    assert_eq!(explained(&desk, "2", "5"), explained(&desk, "crm:2", "shop:5"));
}

#[test]
fn a_record_with_itself_is_refused() {
    let desk = desk();
    for twin in ["2", "crm:2"] {
        let same = predicate::str::contains("both names mean the record `crm:2`");
        desk.alike().args(["explain", "out", "crm:2", twin]).assert().code(3).stdout("").stderr(same);
    }
}

#[test]
fn what_became_of_the_two_is_true_when_one_or_both_are_alone() {
    let desk = desk();
    assert!(explained(&desk, "crm:1", "crm:2").contains("Both are in proposal P-"));
    let alone = explained(&desk, "crm:1", "crm:3");
    assert!(alone.contains("A is in proposal P-") && alone.contains("B is in no proposal."), "{alone}");
    let alone = explained(&desk, "crm:3", "crm:1");
    assert!(alone.contains("A is in no proposal; B is in proposal P-"), "{alone}");
    assert!(explained(&desk, "crm:3", "shop:5").contains("Neither is in a proposal."));
}

#[test]
fn ids_that_name_no_record_or_two_end_with_3() {
    let desk = desk();
    let fails = |a: &str, says: &str| {
        let says = predicate::str::contains(says.to_string());
        desk.alike().args(["explain", "out", a, "crm:2"]).assert().code(3).stdout("").stderr(says);
    };
    fails("77", "no record `77`");
    fails("erp:1", "erp");
    fails("1", "crm:1");
    fails("1", "shop:1");
}

#[test]
fn inputs_that_changed_are_told() {
    let desk = desk();
    desk.file("crm.csv", CRM.replace("Gent", "Brugge"));
    let changed = predicate::str::contains("crm.csv` is gone or changed");
    desk.alike().args(["explain", "out", "crm:1", "crm:2"]).assert().code(3).stderr(changed);
    desk.file("crm.csv", CRM);
    std::fs::remove_file(desk.path("shop.csv")).unwrap();
    let gone = predicate::str::contains("shop.csv` is gone or changed");
    desk.alike().args(["explain", "out", "crm:1", "crm:2"]).assert().code(3).stderr(gone);
}

#[test]
fn a_run_in_parquet_can_be_explained() {
    let desk = Desk::new();
    desk.run("out", &[desk.file("crm.csv", CRM)], &["--format", "parquet"]);
    let text = explained(&desk, "1", "2");
    assert!(text.contains("Both are in proposal P-"), "{text}");
}

#[test]
fn what_is_not_merged_without_asking_says_why() {
    let desk = Desk::new();
    let run = desk.run("out", &samples(), &[]);
    let proposals = run.table("proposals");
    let rows: Vec<_> = proposals.rows().collect();
    let mut lanes = std::collections::BTreeSet::new();
    for pair in rows.windows(2).filter(|pair| pair[0]["proposal_id"] == pair[1]["proposal_id"]) {
        // One of each lane and reason is enough.
        if !pair[0]["extends"].is_empty() || !lanes.insert((pair[0]["lane"], pair[0]["hold_reason"])) {
            continue;
        }
        let name = |at: usize| format!("{}:{}", pair[at]["source"], pair[at]["record_id"]);
        let text = explained(&desk, &name(0), &name(1));
        let reasons = text.split("Not merged without asking, since:\n").nth(1);
        match pair[0]["lane"] {
            "auto" => assert_eq!(reasons, None, "{text}"),
            lane => {
                let reasons = reasons.unwrap_or_else(|| panic!("{lane}: {text}"));
                assert!(reasons.lines().count() >= 1, "{text}");
                assert!(reasons.lines().all(|line| line.starts_with("  - ")), "{text}");
                assert_eq!(reasons.contains("it is held: "), lane == "hold", "{text}");
            }
        }
    }
    assert!(lanes.len() > 1, "{lanes:?}");
}

#[test]
fn what_is_held_says_why() {
    let desk = Desk::new();
    desk.run_text(
        "id,first_name,last_name,email,birth_date,Privacy Blocked\n\
         1,Jan,Berg,jan@berg.example,1960-03-04,Yes\n2,Jan,Berg,jan@berg.example,1960-03-04,No\n",
    );
    let text = explained(&desk, "1", "2");
    assert!(text.contains("lane hold: privacy_blocked"), "{text}");
    assert!(text.contains("  - it is held: A record is blocked for privacy.\n"), "{text}");
}
