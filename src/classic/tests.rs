use super::index::{Index, NONE};
use super::search::pairs;
use super::*;
use crate::config::ClassicSettings;
use crate::map::{self};
use crate::normalize;
use crate::progress::Silent;
use crate::table::{Column, RawColumn, Table};
use proptest::prelude::*;

const HEADINGS: [&str; 10] = [
    "No.",
    "Type",
    "Name",
    "Address",
    "City",
    "Phone No.",
    "VAT Registration No.",
    "Post Code",
    "E-Mail",
    "Mobile Phone No.",
];

type Row<'a> = [&'a str; 10];

/// The record that the others of the reference are compared with.
const BASE: Row<'static> = [
    "1",
    "Company",
    "United Furnishing Ltd.",
    "45 Lindon Road",
    "London",
    "+44 20 7123 4567",
    "GB123456789",
    "SW39GY",
    "info@unitedfurnishing.co.uk",
    "",
];

fn found(rows: &[Row<'_>], settings: &ClassicSettings) -> Classic {
    let columns = HEADINGS.iter().enumerate().map(|(at, name)| RawColumn {
        name: name.to_string(),
        cells: Column::from_values(rows.iter().map(|row| row[at])),
    });
    let count = rows.len() as u32;
    let table = Table {
        source: "bc".into(),
        path: "bc.csv".into(),
        columns: columns.collect(),
        rows: count,
        lines: (2..count + 2).collect(),
    };
    let data = map::columns(vec![table], &Default::default()).unwrap();
    let contacts = normalize::contacts(&data, &Default::default(), &Silent);
    search(&data, &contacts, Setup::of(settings).unwrap(), settings.max_pairs).unwrap()
}

/// A company like the base record with other cells: (column, value).
fn like<'a>(number: &'a str, changes: &[(usize, &'a str)]) -> Row<'a> {
    let mut row = BASE;
    row[0] = number;
    changes.iter().for_each(|&(at, value)| row[at] = value);
    row
}

/// What the reference says of nine pairs: equal strings, and whether it is a pair by the standard setup.
#[test]
fn the_nine_fixtures() {
    let only = |keep: &[usize]| {
        let changes: Vec<(usize, &str)> =
            (2..10).filter(|at| !keep.contains(at)).map(|at| (at, "")).collect();
        changes
    };
    let societe = [
        "",
        "Company",
        "Société Générale",
        "Rue Haute 12",
        "Bruxelles",
        "+32 2 123 45 67",
        "",
        "1000",
        "",
        "",
    ];
    let mut twin = societe;
    (twin[2], twin[4], twin[5]) = ("Societe Generale", "Brussel", "02 123 45 67");
    let places = only(&[2, 3, 4, 7]);
    let reach = only(&[2, 5, 8]);
    let one = |changes: &[(usize, &'static str)]| (BASE, like("2", changes));
    let cases: [(&str, (Row<'_>, Row<'_>), u32, bool); 9] = [
        ("same record", one(&[]), 14, true),
        ("places only", (like("1", &places), like("2", &places)), 8, false),
        ("reach only", (like("1", &reach), like("2", &reach)), 6, false),
        ("Ltd. and Limited", one(&[(2, "United Furnishing Limited")]), 13, true),
        ("national telephone", one(&[(5, "020 7123 4567")]), 13, true),
        (
            "all three",
            one(&[(2, "United Furnishing Limited"), (5, "020 7123 4567"), (3, "45 Lindon Rd.")]),
            11,
            true,
        ),
        ("no VAT number, no mail", one(&[(6, ""), (8, "")]), 10, true),
        (
            "another firm in the building",
            one(&[
                (2, "Globe Traders plc"),
                (5, "+44 20 7999 1111"),
                (6, "GB987654321"),
                (8, "sales@globetraders.com"),
            ]),
            7,
            false,
        ),
        ("accents, languages, notations", (societe, twin), 5, false),
    ];
    for (name, (mut left, mut right), equal, is_pair) in cases {
        (left[0], right[0]) = ("1", "2");
        let classic = found(&[left, right], &ClassicSettings::default());
        assert_eq!((classic.threshold, classic.companies), (10, 2), "{name}");
        assert_eq!(classic.matching(0, 1).unwrap().equal, equal, "{name}");
        let expected: Vec<Pair> =
            is_pair.then_some(Pair { a: 0, b: 1, matching: equal }).into_iter().collect();
        assert_eq!(classic.pairs, expected, "{name}");
    }
}

#[test]
fn persons_are_never_searched_and_numbers_are_in_order() {
    let rows = [like("10", &[]), like("9", &[]), like("2", &[(1, "Person")]), like("11", &[(1, "")])];
    let classic = found(&rows, &ClassicSettings::default());
    assert_eq!(classic.companies, 3, "without a type it is a company by its name");
    let pairs: Vec<(u32, u32)> = classic.pairs.iter().map(|pair| (pair.a, pair.b)).collect();
    assert_eq!(pairs, [(1, 0), (1, 3), (0, 3)]);
    assert_eq!(classic.matching(0, 2), None);
}

#[test]
fn the_settings_decide_what_is_compared() {
    let rule =
        |field: &str, part, length| crate::config::ClassicRule { field: Some(field.into()), part, length };
    let settings = ClassicSettings {
        hit_percent: 67,
        rules: vec![
            rule("vat_number", crate::config::Part::Last, 9),
            rule("Naam", crate::config::Part::First, 2),
            rule("Sector", crate::config::Part::First, 5),
        ],
        ..ClassicSettings::default()
    };
    let classic = found(&[like("1", &[]), like("2", &[(2, "Unity")]), like("3", &[(6, "GB1")])], &settings);
    // ceiling(3 × 0.67) = 3, and no contact has a sector.
    assert_eq!((classic.threshold, classic.pairs.len(), classic.too_sparse), (3, 0, 3));
    assert!(classic.notes[0].contains("no column for Sector;"), "{:?}", classic.notes);
    let classic = found(
        &[like("1", &[]), like("2", &[(2, "Unity")])],
        &ClassicSettings { hit_percent: 60, ..settings },
    );
    assert_eq!(classic.pairs, [Pair { a: 0, b: 1, matching: 2 }]);
}

/// Every pair, counted one by one.
fn by_force(rows: &[Vec<u32>], threshold: u32) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for a in 0..rows.len() {
        for b in a + 1..rows.len() {
            let equal = rows[a].iter().zip(&rows[b]).filter(|(x, y)| x == y && **x != NONE).count() as u32;
            if threshold > 0 && equal >= threshold {
                pairs.push(Pair { a: a as u32, b: b as u32, matching: equal });
            }
        }
    }
    pairs
}

/// Strings as in exports: few rare ones, some common, some blank.
fn skewed() -> impl Strategy<Value = u32> {
    prop_oneof![3 => 0u32..2, 2 => 0u32..12, 1 => 0u32..200, 1 => Just(NONE)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn the_pairs_are_those_that_force_finds(
        rows in prop::collection::vec(prop::collection::vec(skewed(), 7), 0..150),
        threshold in 0u32..=8,
    ) {
        let found = pairs(&Index::of_numbers(&rows, 7), threshold, u64::MAX).unwrap();
        prop_assert_eq!(found.pairs, by_force(&rows, threshold));
    }
}

/// 20 000 companies of one town, one mail domain and one area code, of which every tenth is there twice.
fn one_town() -> Vec<Vec<u32>> {
    let company = |at: u32| vec![at, at, at % 300, at % 500, 0, 0, at % 7, 0, at % 90, 0];
    (0..20_000).map(|at| company(if at % 10 == 9 { at - 5 } else { at })).collect()
}

#[test]
fn a_string_that_all_share_costs_no_square() {
    let index = Index::of_numbers(&one_town(), 10);
    let found = pairs(&index, 9, u64::MAX).unwrap();
    assert_eq!(found.pairs.len(), 2_000);
    assert!(found.pairs.iter().all(|pair| pair.matching == 10));
    assert!(found.compared < 100_000, "{} pairs were looked at", found.compared);
    let looser = pairs(&index, 6, u64::MAX).unwrap();
    assert!(looser.pairs.len() > 2_000 && looser.compared < 20_000_000, "{}", looser.compared);
}

#[test]
fn a_row_there_many_times_is_counted_and_stopped() {
    let rows = vec![vec![1, 2, 3]; 5_000];
    let index = Index::of_numbers(&rows, 3);
    let all = 5_000 * 4_999 / 2;
    let found = pairs(&index, 2, all).unwrap();
    assert_eq!((found.pairs.len() as u64, found.compared), (all, 0));
    assert!(matches!(pairs(&index, 2, all - 1), Err(ClassicError::TooMany { .. })));
}
