use super::*;
use crate::table::Table;

fn step(comparison: &str, a: &str, b: &str, level: &str, weight_microbits: i64, note: &str) -> Step {
    Step {
        comparison: comparison.into(),
        value_a: a.into(),
        value_b: b.into(),
        level: level.into(),
        weight_microbits,
        note: note.into(),
    }
}

fn record(source: &str, id: &str, label: &str) -> RecordView {
    RecordView {
        source: source.into(),
        record_id: id.into(),
        population: "person".into(),
        label: label.into(),
    }
}

fn cluster(proposal_id: &str, lane: &str) -> ClusterView {
    ClusterView {
        proposal_id: proposal_id.into(),
        lane: lane.into(),
        hold_reason: (lane == "hold").then(|| "household".into()),
        members: 2,
    }
}

/// Invented people.
fn pair() -> PairExplanation {
    PairExplanation {
        a: record("crm", "C-17", "Wim van Dalen"),
        b: record("erp", "10432", "W. v. Daalen"),
        same_population: true,
        shared_rules: vec!["email".into(), "phonetic surname + postcode".into()],
        rules_cut: Vec::new(),
        steps: vec![
            step("given_name", "wim", "w", "initial", 1_250_000, ""),
            step("family_name", "dalen", "daalen", "one letter off", 6_400_000, "rare name +1.10"),
            step("email", "wim@dalen.example", "wim@dalen.example", "exact", 9_800_000, ""),
            step("birth_date", "1961-04-02", "", "missing", 0, ""),
            step("phone", "+31101234567", "+31107654321", "different", -2_100_000, ""),
        ],
        prior_microbits: -3_000_000,
        total_microbits: 12_330_000,
        probability: 0.999_81,
        against_class: "household".into(),
        link_floor: 0.05,
        join_at: 0.45,
        clusters: [Some(cluster("P-7f3a", "auto")), Some(cluster("P-7f3a", "auto"))],
        vetoes: Vec::new(),
        doubts: Vec::new(),
    }
}

#[test]
fn a_merged_pair_is_a_waterfall() {
    insta::assert_snapshot!(render(&pair()), @r#"
    A  crm:C-17  (person)  Wim van Dalen
    B  erp:10432  (person)  W. v. Daalen

    Merged: believed to be one.

    comparison       A                  B                  how alike        bits                        sum
    starting point                                         prior           -3.00        --|           -3.00
    given_name       wim                w                  initial         +1.25          |+          -1.75
    family_name      dalen              daalen             one letter off  +6.40          |+++++      +4.65  rare name +1.10
    email            wim@dalen.example  wim@dalen.example  exact           +9.80          |++++++++  +14.45
    birth_date       1961-04-02                            missing             0          |          +14.45
    phone            +31101234567       +31107654321       different       -2.10        --|          +12.35
    other relations                                        also possible   -0.02         -|          +12.33
    Total +12.33 bits: 5149 times as likely one as not.

    Probability that A and B are one: 99.98 %, weighed against pairs of the class `household`
    Compared: yes, because they share email, phonetic surname + postcode.
    Both are in proposal P-7f3a (2 records, lane auto).
    "#);
}

#[test]
fn a_pair_never_compared_says_why() {
    let apart = PairExplanation {
        shared_rules: Vec::new(),
        rules_cut: vec!["surname + city (too many records share it)".into()],
        clusters: [None, None],
        total_microbits: -4_000_000,
        prior_microbits: -3_000_000,
        probability: 0.058,
        steps: vec![step("family_name", "jansen", "jansen", "exact", -1_000_000, "frequent name -4.20")],
        ..pair()
    };
    insta::assert_snapshot!(render(&apart), @r#"
    A  crm:C-17  (person)  Wim van Dalen
    B  erp:10432  (person)  W. v. Daalen

    Never compared: every key that A and B share was given up.

    comparison      A       B       how alike   bits                       sum
    starting point                  prior      -3.00  --------|          -3.00
    family_name     jansen  jansen  exact      -1.00  --------|          -4.00  frequent name -4.20
    Total -4.00 bits: 16 times as likely not one as one.

    Probability that A and B are one: 5.8 %, weighed against pairs of the class `household`
    Compared: no; keys given up: surname + city (too many records share it). The weights above are what a comparison would give.
    Neither is in a proposal.
    "#);
}

#[test]
fn every_verdict_names_its_reason() {
    let with = |change: &dyn Fn(&mut PairExplanation)| {
        let mut pair = PairExplanation { clusters: [None, None], ..pair() };
        change(&mut pair);
        verdict(&pair)
    };
    assert!(with(&|pair| pair.same_population = false).starts_with("Never compared: A is a person"));
    assert!(with(&|pair| pair.shared_rules.clear()).contains("no blocking rule"));
    assert!(with(&|pair| pair.probability = 0.01).contains("below the floor of 5.0 %"));
    assert!(with(&|pair| pair.vetoes = vec!["two VAT numbers".into()]).contains("a fact forbids"));
    assert!(with(&|pair| pair.probability = 0.2).contains("less sure than the 45.0 %"));
    assert!(with(&|_| ()).contains("group as a whole"));
    let held = Some(cluster("P-1", "hold"));
    assert!(with(&|pair| pair.clusters = [held.clone(), held.clone()]).starts_with("Held"));
    let other = Some(cluster("P-2", "auto"));
    assert!(with(&|pair| pair.clusters = [held.clone(), other.clone()]).starts_with("Kept apart"));
}

#[test]
fn where_the_two_ended_is_told_in_each_case() {
    let told = |clusters| proposed(&PairExplanation { clusters, ..pair() });
    let (one, two) = (|| Some(cluster("P-1", "review")), || Some(cluster("P-2", "hold")));
    assert_eq!(told([one(), one()]), "Both are in proposal P-1 (2 records, lane review).");
    assert_eq!(
        told([one(), two()]),
        "They are in different proposals: A in proposal P-1 (2 records, lane review), \
         B in proposal P-2 (2 records, lane hold: household)."
    );
    assert_eq!(told([one(), None]), "A is in proposal P-1 (2 records, lane review); B is in no proposal.");
    assert_eq!(
        told([None, two()]),
        "A is in no proposal; B is in proposal P-2 (2 records, lane hold: household)."
    );
    assert_eq!(told([None, None]), "Neither is in a proposal.");
}

#[test]
fn probabilities_are_never_rounded_to_certainty() {
    let shown: Vec<String> = [0.0, 1e-9, 0.005, 0.5, 0.995, 0.999_999_9, 1.0].map(percent).to_vec();
    assert_eq!(shown, ["0 %", "< 0.01 %", "0.50 %", "50.0 %", "99.50 %", "> 99.99 %", "100 %"]);
}

#[test]
fn hostile_values_stay_on_their_line() {
    let pair = PairExplanation {
        steps: vec![step("name", "a\nb\u{1b}[31m", &"é".repeat(500), "different", i64::MIN / 4, "")],
        prior_microbits: 0,
        ..pair()
    };
    let text = render(&pair);
    assert!(!text.contains('\u{1b}') && text.lines().all(|line| line.chars().count() < 200), "{text}");
}

#[test]
fn records_are_found_by_id_or_source_and_id() {
    let table = |source: &str| Table { source: source.into(), rows: 2, ..Table::default() };
    let data = Dataset {
        tables: vec![table("crm"), table("erp")],
        record_ids: ["1", "2", "1", "a:b"].into_iter().collect(),
        starts: vec![0, 2, 4],
        ..Dataset::default()
    };
    assert_eq!(find_record(&data, "2"), Ok(1));
    assert_eq!(find_record(&data, "erp:1"), Ok(2));
    assert_eq!(find_record(&data, "a:b"), Ok(3));
    assert_eq!(find_record(&data, "erp:a:b"), Ok(3));
    assert_eq!(
        find_record(&data, "1").unwrap_err().to_string(),
        "several sources have a record `1`; write one of: crm:1, erp:1"
    );
    assert!(find_record(&data, "erp:2").unwrap_err().to_string().contains("the sources are crm, erp"));
}

#[test]
fn doubts_stand_at_the_end() {
    let name = |record: u32| format!("crm:{record}");
    let doubts = [
        Doubt::Unsure([1, 2], 0.9, 0.95),
        Doubt::Pair([1, 2], "given names are merely alike"),
        Doubt::Core(vec![3, 4], 5),
        Doubt::Support(1, 0.5, 0.99),
        Doubt::Group,
    ];
    let doubts = doubts_in_words(Some(HoldReason::Twins), &doubts, name);
    let told = render(&PairExplanation { doubts, ..pair() });
    let end = told.split_once("Both are in proposal").map(|(_, end)| end).unwrap_or_default();
    insta::assert_snapshot!(end, @r#"
     P-7f3a (2 records, lane auto).
    Not merged without asking, since:
      - it is held: Same surname, birth date and address, different given names.
      - crm:1 and crm:2: 90.0 % sure, and 95.0 % is asked of a pair
      - crm:1 and crm:2: given names are merely alike
      - of the 5 records only these are sure: crm:3, crm:4
      - crm:1 is supported by the others to 50.0 % on average, and 99.0 % is asked of everybody in a group of this size
      - no two of the records are sure enough together, and some of the group speak against others
    "#);
}
