use super::*;
use crate::config::SourceSettings;
use crate::table::{Column, RawColumn};

/// A table from headings and rows.
fn table(source: &str, headings: &[&str], rows: &[&[&str]]) -> Table {
    let columns = headings
        .iter()
        .enumerate()
        .map(|(at, name)| RawColumn {
            name: name.to_string(),
            cells: Column::from_values(rows.iter().map(|row| row[at])),
        })
        .collect();
    let rows = rows.len() as u32;
    Table {
        source: source.into(),
        path: format!("{source}.csv"),
        columns,
        rows,
        lines: (2..rows + 2).collect(),
    }
}

fn map_one(table: Table) -> Vec<(String, String)> {
    let data = columns(vec![table], &MapSettings::default()).expect("nothing is asked that is not there");
    named(&data, 0)
}

/// Heading and field of each column.
fn named(data: &Dataset, table: usize) -> Vec<(String, String)> {
    let name = |mapped: &MappedColumn| mapped.field.as_ref().map_or("-".to_string(), FieldId::to_string);
    let heading = |mapped: &MappedColumn| data.tables[table].columns[mapped.column].name.clone();
    data.mapping[table].iter().map(|mapped| (heading(mapped), name(mapped))).collect()
}

fn fields(headings: &[&str], rows: &[&[&str]]) -> Vec<String> {
    map_one(table("t", headings, rows)).into_iter().map(|(_, field)| field).collect()
}

mod layouts {
    use super::*;
    use crate::config::NO_PROFILE;
    use crate::ingest::{self, Input};
    use crate::progress::Silent;
    use std::path::Path;

    #[test]
    fn every_column_of_every_layout_is_what_it_should_be() {
        let (right, wrong) = measure(None);
        assert!(wrong.is_empty(), "{} wrong, {right} right:\n{}", wrong.len(), wrong.join("\n"));
    }

    /// What the profiles know of these layouts is known of layouts without a profile, too, but for what only a system
    /// calls so.
    #[test]
    fn general_knowledge_is_enough_for_most_columns() {
        let (right, wrong) = measure(Some(NO_PROFILE));
        /// `company` for a telephone, `statecode` for a status, and a heading that Dynamics puts before the id.
        const ONLY_KNOWN_TO_PROFILES: usize = 3;
        assert!(
            wrong.len() <= ONLY_KNOWN_TO_PROFILES,
            "{} wrong, {right} right:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }

    #[test]
    fn every_layout_is_recognised() {
        for (file, data, _) in layouts(None) {
            let profile = data.profiles[0].as_deref().unwrap_or_default();
            let name = profile.rsplit('`').nth(1).unwrap_or_default();
            let words: Vec<&str> = name.split('-').collect();
            // `outlook_de_cp1252.csv` is found by `outlook-de`.
            let fits = |word: &&str| file.contains(*word) || matches!(*word, "dynamics" | "365");
            assert!(!name.is_empty() && words.iter().all(fits), "{file}: {profile}");
        }
    }

    /// How many columns are what the layouts say, and which are not.
    fn measure(profile: Option<&str>) -> (usize, Vec<String>) {
        let (mut right, mut wrong) = (0, Vec::new());
        for (file, data, meaning) in layouts(profile) {
            for mapped in &data.mapping[0] {
                let heading = &data.tables[0].columns[mapped.column].name;
                let expected = meaning.get(heading).and_then(|name| name.as_str());
                let found = mapped.neutral_name();
                // A column without a meaning is empty and may be anything.
                match expected.is_none_or(|expected| expected == found) {
                    true => right += 1,
                    false => {
                        wrong.push(format!("{file}: {heading}: {expected:?} but {found}, {}", mapped.why))
                    }
                }
            }
        }
        (right, wrong)
    }

    /// Each layout's file name, what it is mapped to, and what its columns should be.
    fn layouts(profile: Option<&str>) -> Vec<(String, Dataset, serde_json::Value)> {
        let dir = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/layouts"));
        let list = std::fs::read_to_string(dir.join("layouts.jsonl")).expect("the list of layouts is there");
        let read = |line: &str| {
            let layout: serde_json::Value = serde_json::from_str(line).expect("one JSON object a line");
            let file = layout["file"].as_str().expect("a file name").to_string();
            let settings =
                SourceSettings { profile: profile.map(str::to_string), ..SourceSettings::default() };
            let input = Input { path: dir.join(&file), source: file.clone(), settings: settings.clone() };
            let read = ingest::read(&[input], &Silent).expect("every layout can be read");
            assert!(read.quarantine.is_empty(), "{file}: {:?}", read.quarantine);
            assert_eq!(u64::from(read.tables[0].rows), layout["rows"].as_u64().expect("rows"), "{file}");
            let settings = MapSettings::of([(file.clone(), settings)]).expect("no profile in a file");
            let data = columns(read.tables, &settings).expect("maps");
            (file, data, layout["meaning"].clone())
        };
        list.lines().map(read).collect()
    }
}

#[path = "systems_tests.rs"]
mod headings_of_systems;

#[test]
fn a_name_is_a_persons_or_an_organisations_by_the_table() {
    let person = fields(&["Name", "First Name", "E-mail"], &[&["Jan Vos", "Jan", "j@vos.nl"]]);
    assert_eq!(person, ["full_name", "first_name", "email"]);
    let account = fields(
        &["Name", "Phone"],
        &[&["Bakkerij Zonnehof B.V.", "0105550100"], &["Harbour Ltd", "02079460123"]],
    );
    assert_eq!(account, ["company", "phone"]);
    let people = fields(
        &["naam", "plaats"],
        &[&["Jan Vos", "Delft"], &["Maria de Wit", "Gouda"], &["Kees Bos", "Breda"]],
    );
    assert_eq!(people, ["full_name", "city"]);
}

#[test]
fn names_that_no_list_knows_are_persons_unless_something_speaks_for_organisations() {
    let with = |heading: &str, value: &str| {
        let rows: [&[&str]; 3] = [&["Els Dal", value], &["Ruud Waas", value], &["Zjef van der Quist", value]];
        fields(&["name", heading], &rows).remove(0)
    };
    assert_eq!(with("email", "info@dal.example"), "full_name");
    assert_eq!(with("phone", "010 555 01 23"), "full_name");
    // Given names in a list are persons, whatever stands beside them.
    assert_eq!(with("website", "www.dal.example"), "full_name");
    let accounts = fields(
        &["Id", "Name", "ParentId", "BillingStreet"],
        &[&["001A03", "Els Dal", "", "Kerkstraat 12"], &["001A04", "Blue Harbour", "", "Lindenallee 7"]],
    );
    assert_eq!(accounts[1], "company");
    let firms = fields(
        &["name", "email"],
        &[&["Blue Harbour", "a@x.example"], &["Waas Consulting", "b@x.example"], &["Red Sky", "c@x.example"]],
    );
    assert_eq!(firms[0], "company");
    let beside_websites = |names: &[&str]| {
        let rows: Vec<[&str; 3]> = names.iter().map(|name| [*name, "www.x.example", "Delft"]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
        fields(&["name", "website", "city"], &rows).remove(0)
    };
    // Written like names of persons, but neither known as such nor of a table of persons.
    assert_eq!(beside_websites(&["Blue Harbour", "Red Sky", "Green Valley"]), "company");
    assert_eq!(beside_websites(&["Blue Harbour", "Waas Consulting", "Red Sky"]), "company");
    assert_eq!(beside_websites(&["Maria de Wit", "Kees Bos", "Jan Vos"]), "full_name");
}

#[test]
fn a_column_of_firms_and_persons_is_left_to_the_rows() {
    let mixed = |names: &[&str]| {
        let rows: Vec<[&str; 2]> = names.iter().map(|name| [*name, "010 555 01 23"]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
        fields(&["name", "phone"], &rows).remove(0)
    };
    assert_eq!(
        mixed(&["Jan Vos", "Zonnehof B.V.", "Maria de Wit", "Harbour Ltd", "Dal Holding"]),
        "full_name"
    );
    assert_eq!(
        mixed(&["Zonnehof B.V.", "Harbour Ltd", "Dal Holding", "Müller GmbH", "Jan Vos Bouw B.V."]),
        "company"
    );
}

#[test]
fn names_in_any_letters_are_persons_unless_they_show_firms() {
    let with = |names: &[&str], heading: &str, value: &str| {
        let rows: Vec<[&str; 2]> = names.iter().map(|name| [*name, value]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
        fields(&["name", heading], &rows).remove(0)
    };
    let persons: [&[&str]; 6] = [
        &["王伟", "李娜", "欧阳修"],
        &["محمد علي", "فاطمة الزهراء", "خالد بن الوليد"],
        &["Иван Петров", "Анна Каренина", "Пётр Ильич Чайковский"],
        &["王伟", "Иван Петров", "محمد علي", "Jan Vos"],
        &["김민준", "이서연"],
        &["山田 太郎", "佐藤 花子"],
    ];
    for names in persons {
        assert_eq!(with(names, "email", "a@x.example"), "full_name", "{names:?}");
        assert_eq!(with(names, "website", "www.x.example"), "full_name", "{names:?}");
    }
    let firms: [&[&str]; 4] = [
        &["北京光明有限公司", "上海东方集团", "中国银行"],
        &["ООО Ромашка", "ЗАО Вектор", "ООО Заря"],
        &["شركة النور", "مؤسسة الأمل"],
        &["株式会社山田", "佐藤商事株式会社"],
    ];
    for names in firms {
        assert_eq!(with(names, "email", "a@x.example"), "company", "{names:?}");
    }
}

#[test]
fn restaurants_and_products_are_mapped_too() {
    let headings = ["name", "addr", "city", "phone", "type"];
    let rows: [&[&str]; 4] = [
        &["arnie morton's of chicago", "435 s. la cienega blv.", "los angeles", "310/246-1501", "american"],
        &["art's delicatessen", "12224 ventura blvd.", "studio city", "818/762-1221", "american"],
        &["hotel bel-air", "701 stone canyon rd.", "bel air", "310/472-1211", "californian"],
        &["cafe bizou", "14016 ventura blvd.", "sherman oaks", "818/788-3536", "french"],
    ];
    assert_eq!(fields(&headings, &rows), ["company", "street_and_number", "city", "phone", "other_type"]);
    let headings = ["sku", "title", "description", "price"];
    let rows: [&[&str]; 3] = [
        &["A-1001", "garden hose 20 m", "a hose of twenty metres, green", "12.50"],
        &["A-1002", "garden hose 30 m", "a hose of thirty metres, green", "17.50"],
        &["B-2001", "rake", "a rake with a handle of ash", "22.00"],
    ];
    let found = fields(&headings, &rows);
    assert_eq!(&found[..2], ["id", "other_title"]);
}

#[test]
fn title_is_a_form_of_address_or_a_job_by_its_values() {
    let last = |title: [&str; 2], headings: [&str; 2]| {
        fields(&headings, &[&["Vos", title[0]], &["Bos", title[1]]]).remove(1)
    };
    assert_eq!(last(["Dhr.", "Mevr."], ["Last Name", "Title"]), "salutation");
    assert_eq!(last(["Head of Sales", "Buyer"], ["Last Name", "Title"]), "job_title");
}

#[test]
fn a_profile_says_how_values_are_written() {
    let headings = [
        "Given Name",
        "Family Name",
        "Additional Name",
        "Yomi Name",
        "Group Membership",
        "Short Name",
        "E-mail 1 - Value",
        "Organization 1 - Name",
    ];
    let mail = "jan@x.example ::: jan@y.example";
    let rows: [&[&str]; 2] = [
        &["Jan", "Vos", "", "", "", "", mail, "Zonnehof ::: Quay"],
        &["Els", "Bos", "", "", "", "", "els@x.example", "Quay"],
    ];
    let data = columns(vec![table("g", &headings, &rows)], &MapSettings::default()).expect("maps");
    assert!(
        data.profiles[0].as_deref().is_some_and(|name| name.contains("google-contacts-legacy")),
        "{:?}",
        data.profiles
    );
    assert_eq!(data.cells(0, 6).get(0), "jan@x.example;jan@y.example");
    assert_eq!((data.cells(0, 7).get(0), data.cells(0, 7).get(1)), ("Zonnehof", "Quay"));
    assert_eq!((data.tables[0].cell(6, 0), data.tables[0].cell(7, 0)), (mail, "Zonnehof ::: Quay"));
    assert!(data.nulls(0, 6).is_empty());
    let own = crate::config::Profile {
        name: "own".to_string(),
        columns: [("Wann".to_string(), "birth_date".to_string())].into(),
        clean: vec![crate::config::Cleaning {
            nulls: vec!["never".to_string()],
            date_order: Some(DateOrder::MonthFirst),
            ..Default::default()
        }],
        ..Default::default()
    };
    let settings = MapSettings { profiles: [("t".to_string(), own)].into(), ..MapSettings::default() };
    let born = table("t", &["Wann"], &[&["3/4/1980"], &["Never"], &["3/4/1980"]]);
    let data = columns(vec![born], &settings).expect("maps");
    assert_eq!(data.mapping[0][0].neutral_name(), "birth_date");
    assert!(data.mapping[0][0].why.starts_with("profile `own`"), "{}", data.mapping[0][0].why);
    assert_eq!(data.date_order(0, 0), Some(DateOrder::MonthFirst));
    assert_eq!((data.cells(0, 0).filled(), data.nulls(0, 0).len()), (2, 1));
}

#[test]
fn values_speak_where_no_heading_does() {
    let headings = ["q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "Phone"];
    let rows: [&[&str]; 3] = [
        &[
            "jan@x.example",
            "Kerkstraat 12a",
            "3011 AB",
            "Rotterdam",
            "Nederland",
            "www.zonnehof.example",
            "Zonnehof B.V.",
            "Dhr.",
            "Jan Vos",
            "010 555 01 23",
        ],
        &[
            "els@y.example",
            "221 Victoria Street",
            "SW1E 6DE",
            "London",
            "United Kingdom",
            "http://quay.example",
            "Harbour Ltd",
            "Mrs",
            "Maria de Wit",
            "020 7946 0123",
        ],
        &[
            "ria@z.example",
            "Lindenallee 7",
            "00-950",
            "München",
            "Deutschland",
            "mueller.example",
            "Müller GmbH",
            "Frau",
            "Anna Groß",
            "+49 89 5550144",
        ],
    ];
    let expected = [
        "email",
        "street_and_number",
        "postcode",
        "city",
        "country",
        "website",
        "company",
        "salutation",
        "full_name",
        "phone",
    ];
    assert_eq!(fields(&headings, &rows), expected);
}

#[test]
fn values_speak_against_a_heading() {
    let found = fields(
        &["company", "email", "notes", "Postcode"],
        &[
            &["+31 10 555 01 23", "Delft", "call", "3011 AB"],
            &["020 7946 0123", "Gouda", "do not call", "SW1E 6DE"],
        ],
    );
    assert_eq!(found, ["company_phone", "other_email", "notes", "postcode"]);
}

#[test]
fn columns_of_one_field_are_numbered_main_one_first() {
    let row: &[&str] = &["a@x.nl", "b@x.nl", "c@x.nl", "x"];
    assert_eq!(
        fields(&["Other Email", "E-mail 2", "Email", "column 4"], &[row]),
        ["email_3", "email_2", "email", "column_4"]
    );
}

#[test]
fn the_parts_of_an_address_stay_together() {
    let headings =
        ["Business Street", "Business City", "Business State", "Home Street", "Home City", "Home State"];
    let home: &[&str] = &["", "", "", "Kerkstraat 12", "Rotterdam", ""];
    let mut rows = vec![home; 20];
    rows[7] = &["Dorpsweg 3", "Delft", "Zuid-Holland", "", "", ""];
    assert_eq!(
        fields(&headings, &rows),
        ["street_and_number_2", "city_2", "state_2", "street_and_number", "city", "state"]
    );
}

#[test]
fn a_street_has_a_number_unless_a_column_has_it() {
    assert_eq!(fields(&["Straat"], &[&["Kerkstraat 12a"]]), ["street_and_number"]);
    assert_eq!(fields(&["Adres", "Huisnummer"], &[&["Kerkstraat", "12"]]), ["street", "house_number"]);
    assert_eq!(
        fields(&["Adres"], &[&["Kerkstraat 12a, 3011 AB Rotterdam, Nederland"]]),
        ["address_one_line"]
    );
}

#[test]
fn settings_win_and_wrong_ones_are_refused() {
    let people = || table("crm", &["Naam", "X", "Y"], &[&["Vos", "a", "1"], &["Bos", "b", "2"]]);
    let map = |source: SourceSettings| {
        columns(
            vec![people()],
            &MapSettings { sources: [("crm".to_string(), source)].into(), ..MapSettings::default() },
        )
    };
    let set = |pairs: &[(&str, &str)]| SourceSettings {
        columns: pairs.iter().map(|(column, field)| (column.to_string(), field.to_string())).collect(),
        ..SourceSettings::default()
    };
    let data = map(set(&[("Naam", "last_name"), ("x", "ignore")])).expect("maps");
    assert_eq!(named(&data, 0)[0].1, "last_name");
    assert_eq!(named(&data, 0)[1].1, "x");
    assert_eq!(data.mapping[0][1].neutral_name(), "ignore");
    assert!(matches!(map(set(&[("Z", "city")])), Err(MapError::NoSuchColumn { .. })));
    assert!(matches!(map(set(&[("X", "shoe_size")])), Err(MapError::NoSuchField { .. })));
    assert!(matches!(map(set(&[("X", "city"), ("Y", "city")])), Err(MapError::FieldTwice { .. })));
    let data = map(SourceSettings { id: Some("Y".to_string()), ..SourceSettings::default() }).expect("maps");
    assert_eq!((data.keys[0].clone(), data.record_id(1)), (RecordKey::Column(2), "2"));
}

#[test]
fn an_id_that_repeats_gives_way_to_the_content() {
    let rows: Vec<Vec<String>> =
        (0..20).map(|n| vec![format!("C{}", n.max(1)), format!("Name {n}")]).collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let data = columns(vec![table("crm", &["Customer No", "Full name"], &rows)], &MapSettings::default())
        .expect("maps");
    assert!(matches!(&data.keys[0], RecordKey::Content(why) if why.contains("`C1`")), "{:?}", data.keys[0]);
    assert!(data.mapping[0][0].why.contains("more than once"));
}

#[test]
fn content_ids_do_not_depend_on_the_order_of_rows_or_columns() {
    let ids = |headings: &[&str], rows: &[&[&str]]| {
        let data = columns(vec![table("t", headings, rows)], &MapSettings::default()).expect("maps");
        let mut ids: Vec<String> = data.record_ids.iter().map(str::to_string).collect();
        ids.sort();
        ids
    };
    let first = ids(&["a", "b"], &[&["x", "y"], &["x", ""], &["", "x"], &["x", "y"]]);
    assert_eq!(first, ids(&["b", "a"], &[&["y", "x"], &["y", "x"], &["x", ""], &["", "x"]]));
    assert_eq!(first.iter().filter(|id| id.ends_with("-2")).count(), 1);
    assert_eq!(first.iter().collect::<std::collections::HashSet<_>>().len(), 4);
}

#[test]
fn sources_are_joined_field_by_field() {
    let one = table("one", &["id", "Plaats", "colour"], &[&["1", "Delft", "red"], &["2", "Gouda", "blue"]]);
    let two = table("two", &["City", "email", "colour"], &[&["Breda", "a@b.nl", "red"]]);
    let data = columns(vec![one, two], &MapSettings::default()).expect("maps");
    let names: Vec<String> = data.fields.iter().map(FieldId::to_string).collect();
    assert_eq!(names, ["id", "email", "city", "colour"]);
    assert_eq!(data.starts, [0, 2, 3]);
    assert_eq!(data.columns, [vec![Some(0), None, Some(1), Some(2)], vec![None, Some(1), Some(0), Some(2)]]);
    assert_eq!((data.raw(2, 2), data.raw_field(0, &FieldId::first(Field::City))), ("Breda", "Delft"));
    assert_eq!((data.source(1), data.record_id(1)), ("one", "2"));
}

#[test]
fn samples_are_the_most_frequent_values() {
    let table = table("t", &["a"], &[&["x"], &["y"], &["y"], &[""], &["z"]]);
    assert_eq!(samples(&table, 0, 2), ["y", "x"]);
    assert_eq!(samples(&table, 0, 9), ["y", "x", "z"]);
    assert!(samples(&table, 0, 0).is_empty());
}

mod invariants {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof!["", "[0-9+ ]{0,12}", "[a-z@.]{0,12}", "(19|20)[0-9]{2}-0[1-9]-1[0-9]", ".{0,8}"]
    }

    fn heading() -> impl Strategy<Value = String> {
        prop_oneof![
            proptest::sample::select(vec![
                "Name",
                "Title",
                "Email",
                "E-mail 2",
                "Phone 1 - Label",
                "id",
                "type",
                "Adres",
                "note"
            ])
            .prop_map(str::to_string),
            ".{0,10}"
        ]
    }

    proptest! {
        #[test]
        fn a_field_has_one_column_and_a_record_one_id(
            headings in proptest::collection::vec(heading(), 1..6),
            cells in proptest::collection::vec(cell(), 1..60),
        ) {
            let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let rows: Vec<&[&str]> = cells.chunks_exact(headings.len()).collect();
            prop_assume!(!rows.is_empty());
            let count = rows.len();
            let data = columns(vec![table("t", &headings, &rows)], &MapSettings::default()).expect("nothing is asked");
            let held: Vec<&FieldId> = data.mapping[0].iter().filter_map(|mapped| mapped.field.as_ref()).collect();
            prop_assert_eq!(held.iter().collect::<HashSet<_>>().len(), held.len());
            let names: HashSet<String> = held.iter().map(|field| field.to_string()).collect();
            prop_assert_eq!(names.len(), held.len());
            prop_assert_eq!(data.record_ids.iter().collect::<HashSet<_>>().len(), count);
            prop_assert!(data.mapping[0].iter().all(|mapped| !mapped.why.is_empty()));
        }
    }
}

#[test]
fn a_column_of_addresses_is_no_id() {
    let rows: [&[&str]; 3] =
        [&["Kerkstraat 1", "a@x.nl"], &["Kerkstraat 2", "b@x.nl"], &["Dorpsweg 3", "c@x.nl"]];
    for heading in ["Nr", "Code", "Ref."] {
        assert_eq!(fields(&[heading, "email"], &rows), ["street_and_number", "email"], "{heading}");
    }
}

#[test]
fn a_code_that_is_written_like_a_postcode_is_one() {
    let rows: [&[&str]; 3] = [&["00-210", "Warszawa"], &["00-211", "Warszawa"], &["30-001", "Kraków"]];
    assert_eq!(fields(&["Kod", "Miejscowość"], &rows), ["postcode", "city"]);
}

#[test]
fn co_is_a_company_or_an_addition_to_the_address() {
    let firms: [&[&str]; 2] = [&["Maes Inc", "Els"], &["Jacobs Ltd", "Jan"]];
    assert_eq!(fields(&["co", "fname"], &firms)[0], "company");
    let rooms: [&[&str]; 2] = [&["Els Dal", "Els"], &["J. Vos", "Jan"]];
    assert_eq!(fields(&["c/o", "fname"], &rooms)[0], "address_line_2");
}

#[test]
fn days_without_separators_are_a_birth_date_when_the_heading_says_so() {
    let rows: [&[&str]; 3] = [&["271243", "An"], &["140640", "Eva"], &["221195", "Els"]];
    assert_eq!(fields(&["Gebdat", "Roepnaam"], &rows), ["birth_date", "first_name"]);
    assert_ne!(fields(&["Kolom", "Roepnaam"], &rows)[0], "birth_date");
}

#[test]
fn a_property_that_a_program_added_is_named_by_its_heading() {
    assert_eq!(fields(&["full_name", "x_foo"], &[&["Jan Vos", "bar"], &["Els Dal", "bar 2"]])[1], "x_foo");
}

#[test]
fn a_table_without_a_field_of_contacts_is_told() {
    let prose = table("t", &["Permission is hereby granted"], &[&["free of charge"], &["to any person"]]);
    let data = columns(vec![prose], &MapSettings::default()).expect("maps");
    assert_eq!(
        data.findings.iter().map(|found| found.rule.as_str()).collect::<Vec<_>>(),
        ["no_contact_field"]
    );
    let people = table("t", &["email"], &[&["a@b.example"]]);
    assert!(columns(vec![people], &MapSettings::default()).expect("maps").findings.is_empty());
}
