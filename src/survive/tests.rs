use super::fixture::{clusters, contacts, dataset, field};
use super::*;
use crate::cluster::Lane;
use crate::config::Rule;
use crate::map::FieldId;
use proptest::prelude::*;

/// Letters and digits in lower case: enough of a normal form for these tests; telephone numbers are Dutch.
pub(super) fn simple(field: &FieldId, raw: &str, _: &str) -> String {
    let folded: String = raw
        .chars()
        .filter(|c| c.is_alphanumeric() || " -@.".contains(*c))
        .flat_map(char::to_lowercase)
        .collect();
    match field.kind() {
        crate::map::Kind::Phone => match raw.strip_prefix('0') {
            Some(rest) => format!("+31{}", rest.replace(' ', "")),
            None => raw.replace(' ', ""),
        },
        _ if folded == "n a" || folded == "na" => String::new(),
        _ => folded.trim().to_string(),
    }
}

pub(super) fn golden_of(
    fields: &[&str],
    rows: &[&[&str]],
    members: usize,
    settings: &SurviveSettings,
) -> (Dataset, Golden) {
    let head: Vec<&str> = std::iter::once("id").chain(fields.iter().copied()).collect();
    let rows: Vec<Vec<String>> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            std::iter::once(format!("r{at:03}")).chain(row.iter().map(ToString::to_string)).collect()
        })
        .collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let data = dataset(&[("crm", &head, &rows)]);
    let members: Vec<u32> = (0..members as u32).collect();
    let found = clusters(&data, &[(&members, Lane::Auto)]);
    let golden = records_by(&data, &contacts(&data), &found, settings, &simple);
    (data, golden)
}

/// The golden value of a field for one cluster of all these rows.
fn chosen(fields: &[&str], rows: &[&[&str]], name: &str) -> (String, &'static str) {
    chosen_among(fields, rows, rows.len(), name, &SurviveSettings::default())
}

fn chosen_among(
    fields: &[&str],
    rows: &[&[&str]],
    members: usize,
    name: &str,
    settings: &SurviveSettings,
) -> (String, &'static str) {
    let (data, golden) = golden_of(fields, rows, members, settings);
    let position = data.position(&field(name)).expect("a field of the test");
    (golden.records[0].value(&data, position).to_string(), golden.records[0].cells[position].rule.name())
}

fn one(values: &[&str], name: &str) -> (String, &'static str) {
    let rows: Vec<[&str; 1]> = values.iter().map(|value| [*value]).collect();
    let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
    chosen(&[name], &rows, name)
}

#[test]
fn the_best_supported_family_wins_with_its_best_spelling() {
    // Two spellings of Mitchell outvote two of Green only together.
    assert_eq!(
        one(&["Mitchell", "Mitchell", "Mitchlel", "Green", "Green"], "last_name"),
        ("Mitchell".into(), "consensus")
    );
    assert_eq!(one(&["", "Kok", ""], "last_name"), ("Kok".into(), "only"));
    assert_eq!(one(&["Kok", "Kok"], "last_name"), ("Kok".into(), "agreed"));
    assert_eq!(one(&["", " "], "last_name"), (String::new(), ""));
}

#[test]
fn without_a_majority_the_commoner_spelling_wins() {
    let rows: &[&[&str]] = &[&["Mitchlel"], &["Mitchell"], &["Mitchell"], &["Mitchell"]];
    let settings = SurviveSettings::default();
    assert_eq!(
        chosen_among(&["last_name"], rows, 2, "last_name", &settings),
        ("Mitchell".into(), "frequency")
    );
}

#[test]
fn the_longest_is_not_the_best() {
    assert_eq!(one(&["Jansen", "Jansen", "Janssenn"], "last_name").0, "Jansen");
    assert_eq!(one(&["jan@voorbeeld", "j@x.nl"], "email"), ("j@x.nl".into(), "validity"));
}

#[test]
fn initials_and_capitals_lose_against_full_names_in_mixed_case() {
    assert_eq!(one(&["J", "J", "Jan"], "first_name").0, "Jan");
    assert_eq!(one(&["MÜLLER", "MÜLLER", "Müller"], "last_name").0, "Müller");
    assert_eq!(one(&["n/a", "n/a", "Kok"], "last_name").0, "Kok");
}

#[test]
fn a_record_that_errs_elsewhere_is_believed_less() {
    let fields = &["last_name", "city", "birth_date"];
    let rows: &[&[&str]] = &[
        &["Mitchlel", "Rotterdm", "1980-03-06"],
        &["Mitchell", "Rotterdam", "1980-03-05"],
        &["Mitchell", "Rotterdam", ""],
        &["Mitchell", "Rotterdam", ""],
    ];
    let settings = SurviveSettings::default();
    assert_eq!(chosen_among(fields, rows, 2, "birth_date", &settings), ("1980-03-05".into(), "reliability"));
}

#[test]
fn an_address_comes_from_one_place() {
    let fields = &["street", "house_number", "postcode", "city", "modified_at"];
    let rows: &[&[&str]] = &[
        &["Kerkstraat", "12", "3011AB", "Rotterdam", "2020-01-01"],
        &["Kerkstrat", "12", "", "Rotterdam", "2019-01-01"],
        &["Dorpsweg", "99", "9712CD", "Groningen", "2024-01-01"],
    ];
    let (data, golden) = golden_of(fields, rows, 3, &SurviveSettings::default());
    let record = &golden.records[0];
    let value = |name: &str| record.value(&data, data.position(&field(name)).expect("there"));
    assert_eq!(
        ["street", "house_number", "postcode", "city"].map(value),
        ["Kerkstraat", "12", "3011AB", "Rotterdam"]
    );
    // The misspelt street is not lost, the other address is.
    let street = data.position(&field("street")).expect("there");
    let others: Vec<_> = record.others(street).map(|other| (other.value(&data), other.lost)).collect();
    assert_eq!(others, [("Dorpsweg", true), ("Kerkstrat", false)]);
}

#[test]
fn between_two_addresses_the_latest_wins() {
    let fields = &["street", "city", "modified_at"];
    let rows: &[&[&str]] =
        &[&["Kerkstraat", "Rotterdam", "2020-01-01"], &["Dorpsweg", "Groningen", "2024-01-01"]];
    assert_eq!(chosen(fields, rows, "street").0, "Dorpsweg");
    assert_eq!(chosen(fields, rows, "city").0, "Groningen");
}

#[test]
fn swapped_names_do_not_count() {
    let rows: &[&[&str]] = &[&["Jansen", "Piet"], &["Piet", "Jansen"], &["Piet", "Jansen"]];
    let (data, golden) = golden_of(&["first_name", "last_name"], rows, 3, &SurviveSettings::default());
    let record = &golden.records[0];
    assert_eq!((record.value(&data, 0), record.value(&data, 1)), ("Piet", "Jansen"));
    assert!(record.others.iter().all(|other| !other.lost), "both names are kept, in their fields");
}

#[test]
fn second_mail_addresses_fill_the_second_column() {
    let fields = &["email", "email_2"];
    let rows: &[&[&str]] =
        &[&["jan@werk.nl", ""], &["jan@werk.nl", ""], &["jan@huis.nl", ""], &["jan@elders.nl", ""]];
    let (data, golden) = golden_of(fields, rows, 4, &SurviveSettings::default());
    let record = &golden.records[0];
    assert_eq!((record.value(&data, 0), record.cells[1].rule.name()), ("jan@werk.nl", "kept"));
    let lost: Vec<_> =
        record.others.iter().filter(|other| other.lost).map(|other| other.value(&data)).collect();
    assert_eq!(lost.len(), 1, "one of the two others finds no column: {lost:?}");
}

#[test]
fn settings_name_other_rules() {
    let with = |rule: Rule, values: &[&str], name: &str| {
        let settings =
            SurviveSettings { fields: [(name.to_string(), rule.into())].into(), ..Default::default() };
        let rows: Vec<Vec<&str>> = values
            .iter()
            .enumerate()
            .map(|(at, value)| vec![*value, ["2021-01-01", "2023-01-01", "2022-01-01"][at % 3]])
            .collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        chosen_among(&[name, "modified_at"], &rows, rows.len(), name, &settings)
    };
    let titles = ["Buyer", "Head of purchasing", "Buyer"];
    assert_eq!(with(Rule::MostRecent, &titles, "job_title"), ("Head of purchasing".into(), "most_recent"));
    assert_eq!(with(Rule::MostFrequent, &titles, "job_title"), ("Buyer".into(), "most_frequent"));
    assert_eq!(with(Rule::Longest, &titles, "job_title"), ("Head of purchasing".into(), "longest"));
    assert_eq!(with(Rule::Min, &["10", "9", "11"], "labels"), ("9".into(), "min"));
    assert_eq!(with(Rule::Max, &["10", "9", "11"], "labels"), ("11".into(), "max"));
    assert_eq!(with(Rule::CollectAll, &["b", "a", "B"], "labels"), ("a;B".into(), "collect_all"));
    assert_eq!(with(Rule::Strictest, &["no", "yes", "no"], "labels"), ("yes".into(), "strictest"));
    assert_eq!(with(Rule::MostComplete, &["", "a", "b"], "labels").1, "most_complete");
}

#[test]
fn trusted_sources_go_first() {
    let head: &[&str] = &["id", "job_title"];
    let data = dataset(&[("crm", head, &[&["1", "Buyer"]]), ("erp", head, &[&["1", "Head"]])]);
    let found = clusters(&data, &[(&[0, 1], Lane::Auto)]);
    for (order, value) in [(["erp", "crm"], "Head"), (["crm", "erp"], "Buyer")] {
        let settings = SurviveSettings {
            default: Rule::SourcePriority,
            source_priority: order.map(String::from).to_vec(),
            ..Default::default()
        };
        let golden = records_by(&data, &contacts(&data), &found, &settings, &simple);
        assert_eq!(golden.records[0].value(&data, 0), value);
        assert_eq!(data.source(golden.records[0].survivor), order[0]);
    }
}

#[test]
fn creation_is_the_earliest_and_change_the_latest() {
    let rows: &[&[&str]] =
        &[&["2020-05-01", "2021-01-01"], &["2019-05-01", "2023-01-01"], &["2020-05-01", "2021-01-01"]];
    assert_eq!(chosen(&["created_at", "modified_at"], rows, "created_at"), ("2019-05-01".into(), "min"));
    assert_eq!(chosen(&["created_at", "modified_at"], rows, "modified_at"), ("2023-01-01".into(), "max"));
}

const RANDOM_FIELDS: &[&str] = &[
    "first_name",
    "last_name",
    "email",
    "email_2",
    "phone",
    "mobile",
    "street",
    "house_number",
    "postcode",
    "city",
    "birth_date",
    "modified_at",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just(String::new()),
        1 => Just(" ".to_string()),
        1 => Just("n/a".to_string()),
        6 => "[abAB]{1,4}( [ab]{1,3})?",
        2 => "[0-9]{1,4}-0[1-3]-0[1-3]",
        1 => "\\PC{0,6}",
    ]
}

fn rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(value(), RANDOM_FIELDS.len()), 2..7)
}

fn rule() -> impl Strategy<Value = Rule> {
    prop::sample::select(vec![
        Rule::Consensus,
        Rule::Consensus,
        Rule::MostRecent,
        Rule::MostComplete,
        Rule::SourcePriority,
        Rule::MostFrequent,
        Rule::Longest,
        Rule::Min,
        Rule::Max,
        Rule::Strictest,
    ])
}

fn golden_values(rows: &[Vec<String>], order: &[usize], rule: Rule) -> (Dataset, Golden) {
    let head: Vec<&str> = std::iter::once("id").chain(RANDOM_FIELDS.iter().copied()).collect();
    let ids: Vec<String> = order.iter().map(|at| format!("r{at}")).collect();
    let rows: Vec<Vec<&str>> = order
        .iter()
        .zip(&ids)
        .map(|(&at, id)| std::iter::once(id.as_str()).chain(rows[at].iter().map(String::as_str)).collect())
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let data = dataset(&[("crm", &head, &rows)]);
    let members: Vec<u32> = (0..rows.len() as u32).collect();
    let found = clusters(&data, &[(&members, Lane::Auto)]);
    let golden = records_by(
        &data,
        &contacts(&data),
        &found,
        &SurviveSettings { default: rule, ..Default::default() },
        &simple,
    );
    (data, golden)
}

proptest! {
    #[test]
    fn every_golden_value_stands_in_a_cell_of_a_member(rows in rows(), rule in rule()) {
        let order: Vec<usize> = (0..rows.len()).collect();
        let (data, golden) = golden_values(&rows, &order, rule);
        let record = &golden.records[0];
        for (position, id) in data.fields.iter().enumerate() {
            let value = record.value(&data, position);
            let filled = |at: usize| (0..rows.len() as u32).any(|member| data.raw(member, at) == value);
            let sisters: Vec<usize> = data.positions(&id.field);
            prop_assert!(value.is_empty() || sisters.iter().any(|&at| filled(at)), "{id}: {value:?}");
            prop_assert_eq!(value.is_empty(), record.cells[position].from.is_none());
            // Every value that is not chosen is listed.
            for member in 0..rows.len() as u32 {
                let raw = data.raw(member, position);
                let listed = raw.trim().is_empty() || raw == value || record.others(position).any(|other| other.value(&data) == raw);
                prop_assert!(listed, "{}: {:?} is neither chosen nor listed", id, raw);
            }
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(rows in rows(), rule in rule()) {
        let order: Vec<usize> = (0..rows.len()).collect();
        let (data, golden) = golden_values(&rows, &order, rule);
        let reversed: Vec<usize> = order.iter().rev().copied().collect();
        let (turned, other) = golden_values(&rows, &reversed, rule);
        for position in 0..data.fields.len() {
            prop_assert_eq!(golden.records[0].value(&data, position), other.records[0].value(&turned, position));
            let losses = |data: &Dataset, golden: &Golden| golden.records[0].others(position).map(|other| (other.value(data).to_string(), other.lost)).collect::<Vec<_>>();
            prop_assert_eq!(losses(&data, &golden), losses(&turned, &other));
        }
        let id = |data: &Dataset, golden: &Golden| data.record_ids[golden.records[0].survivor as usize].to_string();
        prop_assert_eq!(id(&data, &golden), id(&turned, &other));
    }
}

/// The values of one field that would be lost.
fn lost_of(fields: &[&str], rows: &[&[&str]], name: &str) -> Vec<String> {
    let (data, golden) = golden_real(fields, rows);
    let position = data.position(&field(name)).expect("a field of the test");
    let lost = golden.records[0].others(position).filter(|other| other.lost);
    let mut lost: Vec<String> = lost.map(|other| other.value(&data).to_string()).collect();
    lost.sort();
    lost
}

/// As `golden_of` with all rows, with the normal forms of the program.
fn golden_real(fields: &[&str], rows: &[&[&str]]) -> (Dataset, Golden) {
    let head: Vec<&str> = std::iter::once("id").chain(fields.iter().copied()).collect();
    let ids: Vec<String> = (0..rows.len()).map(|at| format!("r{at:03}")).collect();
    let rows: Vec<Vec<&str>> = rows
        .iter()
        .zip(&ids)
        .map(|(row, id)| std::iter::once(&**id).chain(row.iter().copied()).collect())
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let data = dataset(&[("crm", &head, &rows)]);
    let members: Vec<u32> = (0..rows.len() as u32).collect();
    let found = clusters(&data, &[(&members, Lane::Auto)]);
    let golden = records(&data, &contacts(&data), &found, &SurviveSettings::default(), &[]);
    (data, golden)
}

fn real(fields: &[&str], rows: &[&[&str]], name: &str) -> (String, &'static str) {
    let (data, golden) = golden_real(fields, rows);
    let position = data.position(&field(name)).expect("a field of the test");
    (golden.records[0].value(&data, position).to_string(), golden.records[0].cells[position].rule.name())
}

#[test]
fn additions_of_house_numbers_are_not_lost_in_silence() {
    for (name, whole, bare) in
        [("house_number", "1b", "1"), ("street_and_number", "Kerkstraat 1b", "Kerkstraat 1")]
    {
        for rows in [[&[whole][..], &[bare]], [&[bare], &[whole]]] {
            let addition_is_told =
                real(&[name], &rows, name).0 == whole || lost_of(&[name], &rows, name) == [whole];
            assert!(addition_is_told, "{name}");
        }
        // The bare number says nothing that the fuller one does not.
        let rows: [&[&str]; 3] = [&[bare], &[whole], &[whole]];
        assert_eq!(real(&[name], &rows, name).0, whole);
        assert!(lost_of(&[name], &rows, name).is_empty());
        let rows: [&[&str]; 3] = [&[bare], &[bare], &[whole]];
        assert_eq!(real(&[name], &rows, name).0, bare);
        assert_eq!(lost_of(&[name], &rows, name), [whole]);
    }
    let rows: [&[&str]; 2] = [&["1a"], &["1b"]];
    assert_eq!(lost_of(&["house_number"], &rows, "house_number").len(), 1);
    let rows: [&[&str]; 2] = [&["Kerkstraat 12"], &["Kerkstraat 21"]];
    assert_eq!(lost_of(&["street_and_number"], &rows, "street_and_number").len(), 1);
    let rows: [&[&str]; 2] = [&["1"], &["12"]];
    assert_eq!(lost_of(&["house_number"], &rows, "house_number").len(), 1);
    // A misspelt street of the same number is no loss.
    let rows: [&[&str]; 2] = [&["Kerkstraat 12 b"], &["Kerkstrat 12B"]];
    assert!(lost_of(&["street_and_number"], &rows, "street_and_number").is_empty());
}

#[test]
fn a_whole_name_agrees_with_the_parts_that_were_chosen() {
    let fields = &["full_name", "first_name", "surname_prefix", "last_name"];
    // Another member's whole name agrees.
    let rows: &[&[&str]] =
        &[&["Jan Smti", "Jan", "", "Smit"], &["Jan Smti", "Jan", "", "Smit"], &["Jan Smit", "", "", ""]];
    assert_eq!(real(fields, rows, "full_name"), ("Jan Smit".into(), "group"));
    // None does: it is joined from the parts, and what the whole names said is told as lost.
    let rows: &[&[&str]] = &[
        &["P. Bakker", "Jan", "van den", "Berg"],
        &["P. Bakker", "Jan", "van den", "Berg"],
        &["", "J.", "", ""],
    ];
    assert_eq!(real(fields, rows, "full_name"), ("Jan van den Berg".into(), "rebuilt"));
    assert_eq!(lost_of(fields, rows, "full_name"), ["P. Bakker"]);
    // Titles, middle names and the other order agree.
    for whole in ["Dr. Jan P. van den Berg", "Berg, Jan van den", "VAN DEN BERG, JAN"] {
        let rows: &[&[&str]] = &[&[whole, "Jan", "van den", "Berg"], &["", "J", "van den", "Berg"]];
        assert_eq!(real(fields, rows, "full_name").0, whole);
    }
    // Rows that say the same throughout are left as they are.
    let rows: &[&[&str]] = &[&["Familie Berg", "Jan", "", "Berg"], &["Familie Berg", "Jan", "", "Berg"]];
    assert_eq!(real(fields, rows, "full_name"), ("Familie Berg".into(), "agreed"));
    // `Berg, van den` in the last name, particles in two columns, apostrophes.
    let rows: &[&[&str]] = &[&["X", "Jan", "van den", "van den Berg"], &["", "J", "", ""]];
    assert_eq!(real(fields, rows, "full_name").0, "Jan van den Berg");
    let rows: &[&[&str]] = &[&["X", "Jan", "", "Berg, van den"], &["", "J", "", ""]];
    assert_eq!(real(fields, rows, "full_name").0, "Jan van den Berg");
    let rows: &[&[&str]] = &[&["X", "Yasmina El", "", "El Idrissi"], &["", "Y", "", ""]];
    assert_eq!(real(fields, rows, "full_name").0, "Yasmina El Idrissi");
    // A whole name that is spelled otherwise than the parts may be right, and is told.
    let rows: &[&[&str]] = &[&["Lotte Kooistra", "", "", ""], &["", "Lotte", "", "Kooitsra"]];
    assert_eq!(real(fields, rows, "full_name"), ("Lotte Kooitsra".into(), "rebuilt"));
    assert_eq!(lost_of(fields, rows, "full_name"), ["Lotte Kooistra"]);
    let rows: &[&[&str]] = &[&["X", "Luigi", "D'", "Angelo"], &["", "L", "", ""]];
    assert_eq!(real(fields, rows, "full_name").0, "Luigi D'Angelo");
}

#[test]
fn proper_case_wins_where_both_are_held() {
    for (name, lost, proper) in [
        ("last_name", "SMITH", "Smith"),
        ("last_name", "smith", "Smith"),
        ("city", "ROTTERDAM", "Rotterdam"),
        ("job_title", "SALES MANAGER", "Sales Manager"),
        ("department", "SALES", "Sales"),
        ("country", "NETHERLANDS", "Netherlands"),
        ("street", "KERKSTRAAT", "Kerkstraat"),
        ("email", "JAN@X.NL", "jan@x.nl"),
    ] {
        let rows: [&[&str]; 3] = [&[lost], &[lost], &[proper]];
        assert_eq!(real(&[name], &rows, name).0, proper, "{name}");
        let settings = SurviveSettings { default: Rule::MostFrequent, ..SurviveSettings::default() };
        assert_eq!(chosen_among(&[name], &rows, 3, name, &settings).0, proper, "{name}");
    }
    // Codes and abbreviations stay.
    for (name, code) in
        [("vat_number", "NL001234567B01"), ("country_code", "NL"), ("company", "IBM"), ("house_number", "1B")]
    {
        let small = code.to_lowercase();
        let rows: [&[&str]; 3] = [&[code], &[code], &[&small]];
        assert_eq!(real(&[name], &rows, name).0, code, "{name}");
    }
}

#[test]
fn the_second_value_of_a_cell_survives() {
    for (name, both, one, other) in [
        ("email", "a@x.nl;b@x.nl", "a@x.nl", "b@x.nl"),
        ("phone", "020 1234567 / 06 12345678", "06 12345678", "020 1234567"),
    ] {
        // The cell that says more wins, and the others say nothing else.
        let rows: [&[&str]; 3] = [&[one], &[one], &[both]];
        assert_eq!(real(&[name], &rows, name).0, both);
        assert!(lost_of(&[name], &rows, name).is_empty());
        // A value in another cell is told.
        let third = if name == "email" { "c@y.nl" } else { "030 7654321" };
        let rows: [&[&str]; 4] = [&[both], &[third], &[third], &[third]];
        assert_eq!(real(&[name], &rows, name).0, third);
        assert_eq!(lost_of(&[name], &rows, name), [both]);
        // A second column takes what the first does not say.
        let second = format!("{name}_2");
        let rows: [&[&str]; 2] = [&[both, ""], &[one, other]];
        assert_eq!(real(&[name, &second], &rows, name).0, both);
        assert!(lost_of(&[name, &second], &rows, name).is_empty());
        assert!(lost_of(&[name, &second], &rows, &second).is_empty());
    }
}

#[test]
fn an_owner_of_one_system_is_not_written_into_another() {
    let head: &[&str] = &["id", "owner", "city", "modified_at"];
    let bc: &[&[&str]] = &[&["c1", "JO", "Gent", "2019-01-01"]];
    let sf: &[&[&str]] = &[&["s1", "005A0000001", "", "2025-01-01"]];
    let data = dataset(&[("bc", head, bc), ("sf", head, sf)]);
    let found = clusters(&data, &[(&[0, 1], Lane::Auto)]);
    let golden = records(&data, &contacts(&data), &found, &SurviveSettings::default(), &[]);
    let owner = data.position(&field("owner")).expect("a field of the test");
    assert_eq!(data.source(golden.records[0].survivor), "bc");
    assert_eq!(golden.records[0].value(&data, owner), "JO");
}
