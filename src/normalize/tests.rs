//! The whole stage on small data sets, and the form of the data files.

use super::*;
use crate::config::DateOrder;
use crate::map::{Field, RecordKey};
use crate::progress::Silent;
use crate::table::{Column, RawColumn, Table};
use proptest::prelude::*;

/// A data set of one source: headings are field names.
pub(super) fn data(headings: &[&str], rows: &[&[&str]]) -> Dataset {
    let fields: Vec<FieldId> =
        headings.iter().map(|name| name.parse().expect("headings are field names")).collect();
    let columns = headings.iter().enumerate().map(|(at, name)| RawColumn {
        name: (*name).to_string(),
        cells: Column::from_values(rows.iter().map(|row| row[at])),
    });
    let count = rows.len() as u32;
    Dataset {
        tables: vec![Table {
            source: "crm".into(),
            columns: columns.collect(),
            rows: count,
            ..Table::default()
        }],
        mapping: vec![Vec::new()],
        keys: vec![RecordKey::Content("test".into())],
        record_ids: (0..count).map(|row| format!("R{row}")).collect(),
        starts: vec![0, count],
        columns: vec![(0..fields.len()).map(Some).collect()],
        fields,
        ..Dataset::default()
    }
}

fn normalize(data: &Dataset) -> Contacts {
    contacts(data, &NormalizeSettings::default(), &Silent)
}

#[test]
fn what_a_profile_knows_is_obeyed() {
    let mut data =
        data(&["birth_date", "company"], &[&["3/4/1980", "Accounts::::Zonnehof"], &["5/6/1981", "Quay"]]);
    let cleaned = Column::from_values(["Zonnehof", "Quay"]);
    assert_eq!(normalize(&data).birth_date.get(0), "1980-04-03");
    data.date_orders = vec![vec![Some(DateOrder::MonthFirst), None]];
    data.cleaned = vec![vec![None, Some(cleaned)]];
    let contacts = normalize(&data);
    assert_eq!((contacts.birth_date.get(0), contacts.company.get(0)), ("1980-03-04", "zonnehof"));
}

#[test]
fn a_row_is_normalized_by_its_country() {
    let data = data(
        &[
            "type",
            "first_name",
            "last_name",
            "company",
            "email",
            "phone",
            "street",
            "house_number",
            "postcode",
            "city",
            "country",
            "birth_date",
            "vat_number",
        ],
        &[
            &[
                "Persoon",
                "Dhr. Jan",
                "van den Berg",
                "Zonnehof B.V.",
                "Jan@Zonnehof.nl",
                "06-55501234",
                "Kerkstr.",
                "12 A",
                "3011 ab",
                "Den Haag",
                "Nederland",
                "09-04-1971",
                "",
            ],
            &[
                "Person",
                "Anna",
                "Müller",
                "",
                "test@test.com",
                "000000",
                "Hauptstr. 5",
                "",
                "D-10160",
                "Koeln",
                "Germany",
                "1971-04-09",
                "",
            ],
            &[
                "Person",
                "",
                "Zonnehof Bouw B.V.",
                "",
                "",
                "0136.295",
                "",
                "",
                "1000",
                "Bruxelles",
                "BE",
                "",
                "0136.295.787",
            ],
        ],
    );
    let contacts = normalize(&data);
    let row = |row: u32| {
        let columns = [
            &contacts.given,
            &contacts.particles,
            &contacts.family,
            &contacts.company,
            &contacts.legal_form,
            &contacts.street,
            &contacts.house_number,
        ];
        let more =
            [&contacts.unit, &contacts.postcode, &contacts.city, &contacts.country, &contacts.birth_date];
        columns.iter().chain(&more).map(|column| column.get(row).to_string()).collect::<Vec<_>>().join("|")
    };
    assert_eq!(row(0), "jan|van den|berg|zonnehof|bv|kerkstraat|12|a|3011AB|den haag|NL|1971-04-09");
    assert_eq!(row(1), "anna||muller|||hauptstrasse|5||10160|koln|DE|1971-04-09");
    assert_eq!(row(2), "|||zonnehof bouw|bv||||1000|brussel|BE|");
    assert_eq!(contacts.population, [Population::Person, Population::Person, Population::Company]);
    assert_eq!(contacts.phone.get(0).collect::<Vec<_>>(), ["+31655501234"]);
    assert!(contacts.phone.codes(1).is_empty() && contacts.email.codes(1).is_empty());
    assert_eq!(contacts.identifiers[0].values.get(2), "BE0136295787");
}

#[test]
fn the_country_is_inferred_where_none_is_stated() {
    let data = data(
        &["phone", "email", "postcode", "vat_number"],
        &[
            &["0031404425117", "", "", ""],
            &["(312) 579-7243", "", "", ""],
            &["", "a@b.be", "", ""],
            &["", "", "SW1E 6DE", ""],
            &["", "", "", "DE123456789"],
            &["", "a@b.com", "1000", ""],
        ],
    );
    let found = normalize(&data);
    assert_eq!(
        (0..6).map(|row| found.country.get(row)).collect::<Vec<_>>(),
        ["NL", "US", "BE", "GB", "DE", ""]
    );
    let settings = NormalizeSettings { default_country: Some("nl".into()), population: None };
    assert_eq!(contacts(&data, &settings, &Silent).country.get(5), "NL");
}

#[test]
fn slashes_are_read_by_the_majority_of_their_column() {
    let rows: [&[&str]; 3] = [&["4/9/1971"], &["12/25/1980"], &["1980-12-25"]];
    let contacts = normalize(&data(&["birth_date"], &rows));
    assert_eq!(
        (0..3).map(|row| contacts.birth_date.get(row)).collect::<Vec<_>>(),
        ["1971-04-09", "1980-12-25", "1980-12-25"]
    );
}

#[test]
fn results_do_not_depend_on_the_order_of_rows() {
    let rows: [&[&str]; 3] = [&["Jan", "Smit", "Gent"], &["Piet", "de Vries", "Luik"], &["", "", ""]];
    let turned: [&[&str]; 3] = [rows[2], rows[1], rows[0]];
    let (a, b) = (
        normalize(&data(&["first_name", "last_name", "city"], &rows)),
        normalize(&data(&["first_name", "last_name", "city"], &turned)),
    );
    for row in 0..3 {
        assert_eq!(a.name_words.get(row), b.name_words.get(2 - row));
        assert_eq!(a.city.get(row), b.city.get(2 - row));
    }
}

#[test]
fn keys_are_hashed_the_same_for_ever() {
    assert_eq!(key_hash("crm", "R1"), 12_100_603_087_223_488_892);
    assert_ne!(key_hash("crm", "R1"), key_hash("crmR", "1"));
}

#[test]
fn values_of_one_meaning_are_equal() {
    for (field, country, values) in [
        (Field::LastName, "BE", &["Van den Berghe", "Vandenberghe", "VAN DEN BERGHE"][..]),
        (Field::Phone, "NL", &["06-55501234", "+31655501234", "0031 6 5550 1234"]),
        (Field::Company, "NL", &["Bakker & Zn. B.V.", "bakker en zn bv"]),
        (Field::Street, "NL", &["Kerkstr.", "Kerkstraat", "KERKSTRAAT"]),
        (Field::HouseNumber, "NL", &["12 A", "12a", "12-a"]),
        (Field::BirthDate, "NL", &["09-04-1971", "1971-04-09", "9 april 1971"]),
        (Field::Country, "", &["NL", "Nederland", "The Netherlands"]),
        (Field::City, "BE", &["Luik", "Liège", "LIEGE"]),
    ] {
        let field = FieldId::first(field);
        let first = value(&field, values[0], country);
        assert!(!first.is_empty());
        for raw in values {
            assert_eq!(value(&field, raw, country), first, "{field} {raw}");
        }
        assert_eq!(value(&field, "n/a", country), "");
    }
}

#[test]
fn a_title_behind_the_comma_is_no_name() {
    let field = FieldId::first(Field::FirstName);
    assert_eq!(value(&field, "a,mr A", "NL"), "a");
}

/// Found by fuzzing.
#[test]
fn forms_that_once_read_as_something_else_stay() {
    for (field, raw, country) in [
        (Field::PoBox, "D-10160", ""),
        (Field::PoBox, "1051 Budapest, Nádor utca 7. II. em. 3.", "HU"),
        (Field::Company, "Pieters & Z", "NL"),
        (Field::Company, "P&Z", "BE"),
        (Field::Company, "Bakker & Zo & .n-r", "NL"),
        (Field::Phone, "+9 (40) 9 30 00", "DE"),
        (Field::Phone, "2701 34 12335;+32701 34", "DE"),
        (Field::FullName, "Heide, geb. M;n\u{1}a-Le", "DE"),
        (Field::FullName, "De hr.rPi Annader Heide, g@eb. M=.=d)er Hgo", "NL"),
        (Field::Email, "le>mailto:'@zne.jl", ""),
        (Field::Email, "mailto:.`+Ag0alaaj@tn.pli;z", "BE"),
        (
            Field::AddressOneLine,
            "P.O. Box 123, 1600 Pennsylvania Ave NW Apt 5, Washington, DC 20500-0003",
            "US",
        ),
    ] {
        let field = FieldId::first(field);
        let once = value(&field, raw, country);
        assert!(!once.is_empty());
        assert_eq!(value(&field, &once, country), once, "{field} {raw}");
    }
    for (raw, country) in [("201940", "FR"), ("FR R8 300F", "FR"), ("DE O19 6C", "DE"), ("0 7806 8", "IT")] {
        let once = vat::read(raw, country);
        assert_eq!(vat::read(&once.text, country), once, "{raw}");
    }
}

#[test]
fn data_files_hold_folded_words() {
    for (name, text, folded_columns) in [
        ("junk", include_str!("tables/junk.csv"), &[0][..]),
        ("titles", include_str!("tables/titles.csv"), &[0]),
        ("particles", include_str!("tables/particles.csv"), &[0]),
        ("generations", include_str!("tables/generations.csv"), &[0]),
        ("nicknames_eu", include_str!("tables/nicknames_eu.csv"), &[0, 1]),
        ("legal_forms", include_str!("tables/legal_forms.csv"), &[0, 1]),
        ("company_words", include_str!("tables/company_words.csv"), &[0, 1]),
        ("countries", include_str!("tables/countries.csv"), &[3]),
        ("cities", include_str!("tables/cities.csv"), &[0, 2]),
        ("street_types", include_str!("tables/street_types.csv"), &[0]),
        ("address_words", include_str!("tables/address_words.csv"), &[0]),
        ("record_types", include_str!("tables/record_types.csv"), &[0]),
        ("months", include_str!("tables/months.csv"), &[1]),
    ] {
        for row in table::rows::<4>(text) {
            for &column in folded_columns {
                for word in row[column].split('|') {
                    assert_eq!(text::fold(word), word, "{name}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn normalizing_a_value_twice_changes_nothing(raw in "[A-Za-z0-9 .,'-]{0,16}|.{0,10}", country in prop::sample::select(vec!["NL", "DE", "GB", ""])) {
        for field in [Field::FirstName, Field::LastName, Field::Email, Field::Phone, Field::Postcode, Field::City, Field::BirthDate, Field::JobTitle, Field::Website] {
            let field = FieldId::first(field);
            let once = value(&field, &raw, country);
            prop_assert_eq!(value(&field, &once, country), once.clone(), "{}", field);
        }
    }

    #[test]
    fn any_cell_is_survived(raw in ".{0,24}", country in prop::sample::select(vec!["NL", "US", "XX", ""])) {
        for field in Field::ALL {
            value(&FieldId::first(field.clone()), &raw, country);
        }
    }
}
