use super::*;
use crate::map::{Field, MappedColumn};
use crate::table::{ListColumnBuilder, RawColumn, Table};

/// One source with the given columns.
fn dataset(columns: &[(&str, Option<Field>, &[&str])]) -> Dataset {
    let rows = columns[0].2.len() as u32;
    let raw = |(name, _, cells): &(&str, Option<Field>, &[&str])| RawColumn {
        name: (*name).to_string(),
        cells: Column::from_values(cells.iter().copied()),
    };
    let mapped = |(column, (_, field, _)): (usize, &(&str, Option<Field>, &[&str]))| MappedColumn {
        column,
        field: field.clone().map(FieldId::first),
        why: String::new(),
    };
    Dataset {
        tables: vec![Table {
            source: "crm".into(),
            columns: columns.iter().map(raw).collect(),
            rows,
            ..Table::default()
        }],
        mapping: vec![columns.iter().enumerate().map(mapped).collect()],
        starts: vec![0, rows],
        ..Dataset::default()
    }
}

/// A stand-in for the real normalization: telephones need ten digits, anything else is taken as it is.
fn plain(field: &FieldId, raw: &str, country: &str) -> String {
    match field.kind() {
        Kind::Phone if raw.len() == 10 && country == "NL" => format!("+31{}", &raw[1..]),
        _ if raw == "n/a" => String::new(),
        _ => raw.to_string(),
    }
}

fn measured(data: &Dataset, contacts: &Contacts) -> Vec<FieldQuality> {
    measure_with(data, contacts, &[], &QualitySettings::default(), &plain).sources.remove(0).fields
}

#[test]
fn counts_lengths_and_top_values() {
    let data = dataset(&[("City", Some(Field::City), &["Rotterdam", "Ede", "", "Ede", "  ", "n/a"])]);
    let fields = measured(&data, &Contacts::default());
    let city = &fields[0];
    assert_eq!((city.rows, city.filled, city.distinct, city.valid), (6, 4, 3, Some(3)));
    assert_eq!((city.completeness, city.validity), (0.6667, Some(0.75)));
    assert_eq!((city.min_length, city.max_length), (Some(3), Some(9)));
    assert_eq!(city.top[0], Counted { value: "Ede".into(), count: 2 });
    assert_eq!(city.top[1].value, "Rotterdam");
    assert_eq!(city.invalid, [Counted { value: "n/a".into(), count: 1 }]);
    assert_eq!(city.patterns[0], Counted { value: "Aa".into(), count: 3 });
}

#[test]
fn each_kind_is_judged_by_its_own_rule() {
    let data = dataset(&[
        ("Mail", Some(Field::Email), &["a@b.nl", "a@b", "@b.nl"]),
        ("Born", Some(Field::BirthDate), &["1980-02-29", "1981-02-29", "soon"]),
        ("Country", Some(Field::Country), &["NL", "Narnia", ""]),
        ("Notes", Some(Field::Notes), &["x", "y", "z"]),
        ("Whatever", None, &["x", "", ""]),
    ]);
    let fields = measured(&data, &Contacts::default());
    let valid: Vec<Option<u64>> = fields.iter().map(|field| field.valid).collect();
    assert_eq!(valid, [Some(1), Some(1), Some(1), None, None]);
    assert_eq!(fields[4].field, None);
    assert_eq!(fields[4].filled, 1);
}

#[test]
fn a_postcode_is_judged_by_its_records_country() {
    let data = dataset(&[("Zip", Some(Field::Postcode), &["1000", "1000", "1000"])]);
    let contacts = Contacts { country: Column::from_values(["BE", "NL", "BE"]), ..Contacts::default() };
    let fields = measured(&data, &contacts);
    assert_eq!(fields[0].valid, Some(2));
    assert_eq!(fields[0].invalid, [Counted { value: "1000".into(), count: 1 }]);
}

#[test]
fn normalized_numbers_prove_a_phone_and_nothing_else_does() {
    let data = dataset(&[
        ("Phone", Some(Field::Phone), &["010 1234567", "0101234567", "junk", "12"]),
        ("Mobile", Some(Field::Mobile), &["", "0612345678", "0612345678", ""]),
    ]);
    let mut phone = ListColumnBuilder::new();
    for numbers in [&["+31101234567"][..], &["+31101234567", "+31612345678"], &["+31612345678"], &["12"]] {
        numbers.iter().for_each(|number| phone.add(number));
        phone.end_record();
    }
    let country = Column::from_values(["NL"; 4]);
    let contacts = Contacts { phone: phone.finish(), country, ..Contacts::default() };
    let fields = measured(&data, &contacts);
    // Row 0 is proven though the stand-in would refuse it; row 2 is judged cell by cell.
    assert_eq!((fields[0].valid, fields[1].valid), (Some(2), Some(2)));
    assert_eq!(fields[0].invalid.iter().map(|bad| bad.value.as_str()).collect::<Vec<_>>(), ["12", "junk"]);
}

#[test]
fn nothing_divides_by_zero() {
    let data = dataset(&[("Mail", Some(Field::Email), &[])]);
    let field = &measured(&data, &Contacts::default())[0];
    assert_eq!(
        (field.completeness, field.valid, field.validity, field.min_length),
        (0.0, Some(0), None, None)
    );
    assert!(field.top.is_empty() && field.patterns.is_empty());
}

#[test]
fn long_values_are_cut_at_a_character() {
    let long = "é".repeat(200);
    let data = dataset(&[("Notes", Some(Field::Notes), &[&long])]);
    let field = &measured(&data, &Contacts::default())[0];
    assert_eq!(field.top[0].value.chars().count(), LISTED_CHARS + 1);
    assert_eq!(field.max_length, Some(200));
}

#[test]
fn the_json_shape_is_stable() {
    let data = dataset(&[("E-mail", Some(Field::Email), &["a@b.nl", ""])]);
    let quality = measure_with(&data, &Contacts::default(), &[], &QualitySettings::default(), &plain);
    insta::assert_snapshot!(serde_json::to_string_pretty(&quality).unwrap(), @r#"
    {
      "format_version": 1,
      "records": 2,
      "sources": [
        {
          "source": "crm",
          "rows": 2,
          "fields": [
            {
              "column": "E-mail",
              "field": "email",
              "rows": 2,
              "filled": 1,
              "completeness": 0.5,
              "distinct": 1,
              "valid": 1,
              "validity": 1.0,
              "min_length": 6,
              "max_length": 6,
              "top": [
                {
                  "value": "a@b.nl",
                  "count": 1
                }
              ],
              "patterns": [
                {
                  "value": "a@a.a",
                  "count": 1
                }
              ],
              "pattern_values": 1,
              "invalid": []
            }
          ]
        }
      ],
      "findings": [],
      "rules": []
    }
    "#);
}

fn found(data: &Dataset, contacts: &Contacts) -> Vec<Finding> {
    measure_with(data, contacts, &[], &QualitySettings::default(), &plain).findings
}

fn names(found: &[Finding]) -> Vec<(&str, u64)> {
    found.iter().map(|finding| (finding.rule.as_str(), finding.count)).collect()
}

#[test]
fn findings_count_records_and_name_lines() {
    let cells = ["x@y.nl", "info@y.nl", "n/a", "a@gmial.com", "a@gmial.com", "nonsense", " "];
    let mut data = dataset(&[("Mail", Some(Field::Email), &cells)]);
    data.tables[0].lines = (2..9).collect();
    let found = found(&data, &Contacts::default());
    let named = [("invalid_email", 1), ("junk_value", 1), ("typo_domain", 2), ("role_mailbox", 1)];
    let mut seen = names(&found);
    seen.sort_unstable();
    let mut wanted = named.to_vec();
    wanted.sort_unstable();
    assert_eq!(seen, wanted);
    let typo = found.iter().find(|finding| finding.rule == "typo_domain").unwrap();
    assert_eq!(typo.examples, [Example { line: Some(5), value: "a@gmial.com".into() }]);
    assert_eq!((typo.column.as_deref(), typo.field.as_deref()), (Some("Mail"), Some("email")));
    assert!(!typo.advice.is_empty());
    // Errors and warnings go before notes.
    assert_eq!(found.last().map(|finding| finding.rule.as_str()), Some("role_mailbox"));
}

#[test]
fn a_postcode_lost_its_zero_only_where_the_country_is_known() {
    let data = dataset(&[("Zip", Some(Field::Postcode), &["1067", "1067", "106"])]);
    let contacts = Contacts { country: Column::from_values(["DE", "NL", "DE"]), ..Contacts::default() };
    assert_eq!(names(&found(&data, &contacts)), [("lost_zero", 1), ("invalid_postcode", 2)]);
}

#[test]
fn ids_that_repeat_or_miss_are_told() {
    let data = dataset(&[("No.", Some(Field::Id), &["1", "2", "2", "", "3", "3", "3"])]);
    let found = found(&data, &Contacts::default());
    assert_eq!(names(&found), [("duplicate_id", 5), ("missing_id", 1)]);
    assert_eq!(
        found[0].examples.iter().map(|example| example.value.as_str()).collect::<Vec<_>>(),
        ["3", "2"]
    );
}

#[test]
fn columns_say_what_no_value_says() {
    let same = ["x"; 30];
    let empty = [""; 30];
    let mails: Vec<String> =
        (0..30).map(|at| if at < 10 { "noreply@shop.nl".into() } else { format!("m{at}@x.nl") }).collect();
    let mails: Vec<&str> = mails.iter().map(String::as_str).collect();
    let data = dataset(&[
        ("Owner", Some(Field::Owner), &same),
        ("Nothing", None, &empty),
        ("Mail", Some(Field::Email), &mails),
    ]);
    let mut found = names(&found(&data, &Contacts::default()))
        .into_iter()
        .map(|(rule, count)| (rule.to_string(), count))
        .collect::<Vec<_>>();
    found.retain(|(rule, _)| rule != "role_mailbox");
    found.sort();
    let wanted = [("constant_column", 30), ("empty_column", 30), ("shared_value", 10)];
    assert_eq!(found, wanted.map(|(rule, count)| (rule.to_string(), count)));
}

#[test]
fn the_target_decides_what_is_too_long() {
    let long = "x".repeat(31);
    let data = dataset(&[("City", Some(Field::City), &["Ede", &long])]);
    let of = |target| {
        let settings = QualitySettings { target, ..QualitySettings::default() };
        measure_with(&data, &Contacts::default(), &[], &settings, &plain).findings
    };
    let found = of(crate::config::Target::BusinessCentral);
    assert_eq!(names(&found), [("too_long", 1)]);
    assert!(found[0].message.contains("30 characters") && found[0].message.contains("Business Central"));
    assert!(of(crate::config::Target::None).is_empty());
}

#[test]
fn a_number_whose_digits_are_gone_is_not_valid() {
    let data = dataset(&[("Phone", Some(Field::Phone), &["4.91521E+11", "0101234567"])]);
    let mut phone = ListColumnBuilder::new();
    for number in ["+491521", "+31101234567"] {
        phone.add(number);
        phone.end_record();
    }
    let country = Column::from_values(["NL"; 2]);
    let contacts = Contacts { phone: phone.finish(), country, ..Contacts::default() };
    assert_eq!(measured(&data, &contacts)[0].valid, Some(1));
    assert_eq!(names(&found(&data, &contacts)), [("spreadsheet_number", 1)]);
}
