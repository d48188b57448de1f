use super::rule::Rule;
use super::*;
use crate::config::profiles;
use crate::map::FieldId;

const LAYOUTS: [(&str, &str); 4] = [
    ("business-central", include_str!("tables/business_central.csv")),
    ("salesforce", include_str!("tables/salesforce.csv")),
    ("dataverse", include_str!("tables/dataverse.csv")),
    ("hubspot", include_str!("tables/hubspot.csv")),
];

#[test]
fn the_data_files_are_sound() {
    for (system, text) in LAYOUTS {
        let mut seen = std::collections::HashSet::new();
        for [object, field, to, longest, rule, label] in table::rows(text, ',') {
            assert!(field.parse::<FieldId>().is_ok(), "{system}: {field}");
            assert!(Rule::of_name(rule).is_some(), "{system}: {rule}");
            assert!(longest.parse::<usize>().is_ok() && !label.is_empty(), "{system}: {field}");
            assert!(system == "business-central" || !to.is_empty(), "{system}: {field}");
            assert!(seen.insert((object, field)), "{system}: {object} {field} twice");
        }
    }
    for [field, property, part, _] in table::rows(include_str!("tables/vcard.csv"), ',') {
        assert!(field.parse::<FieldId>().is_ok() && !property.is_empty(), "{field}");
        assert!(part.is_empty() || part.parse::<usize>().is_ok(), "{field}");
    }
    for [package, profile, object] in table::rows(include_str!("tables/systems.csv"), ',') {
        assert!(System::of_name(package).is_some(), "{package}");
        assert!(profiles().iter().any(|known| known.name == profile), "{profile}");
        let objects: Vec<&str> = match object {
            "*" => table::rows::<3>(include_str!("tables/objects.csv"), ',')
                .filter(|[of, ..]| *of == package)
                .map(|[.., object]| object)
                .collect(),
            one => vec![one],
        };
        let layout = LAYOUTS.iter().find(|(system, _)| *system == package);
        for object in objects {
            let has = |text: &'static str| table::rows::<2>(text, ',').any(|[of, _]| of == object);
            assert!(layout.is_none_or(|(_, text)| has(text)), "{package}: {object}");
        }
    }
}

/// What two data files say of one system must be the same.
#[test]
fn lengths_agree_with_those_that_the_quality_report_warns_of() {
    let profile: Vec<[&str; 3]> =
        table::rows(include_str!("../profile/tables/limits_business_central.csv"), ',').collect();
    for [_, field, _, longest, rule, label] in table::rows::<6>(LAYOUTS[0].1, ',') {
        if let Some([_, other, named]) = profile.iter().find(|[name, ..]| *name == field)
            && rule != "hand"
        {
            assert_eq!((longest, label), (*other, *named), "{field}");
        }
    }
}

#[test]
fn every_reason_says_what_to_do() {
    let known: Vec<&str> =
        table::rows::<2>(include_str!("tables/follow_up.csv"), '|').map(|[name, _]| name).collect();
    let code = [
        include_str!("rule.rs"),
        include_str!("layout.rs"),
        include_str!("hubspot.rs"),
        include_str!("address_book.rs"),
        include_str!("business_central/mod.rs"),
        include_str!("business_central/updates.rs"),
        include_str!("business_central/linked.rs"),
    ];
    for name in &known {
        assert!(code.iter().any(|text| text.contains(&format!("\"{name}\""))), "{name} is never given");
    }
    for reason in ["too_long", "unknown_code", "by_hand", "empty_by_hand", "stale_company_name"] {
        assert!(known.contains(&reason), "{reason}");
    }
    for system in System::ALL {
        assert_eq!(System::of_name(system.name()), Some(system));
        assert!(!system.notes().is_empty());
    }
}
