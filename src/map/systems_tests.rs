//! The headings of many systems, with values of the fields they should be taken for.

use super::*;
use std::collections::HashMap;

#[test]
fn every_heading_is_what_it_should_be() {
    let wrong = wrong(include_str!("../../tests/layouts/headings.csv"));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_abbreviated_heading_is_what_it_should_be() {
    let wrong = wrong(include_str!("../../tests/layouts/abbreviated.csv"));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The headings of a list that are not what they should be.
fn wrong(list: &'static str) -> Vec<String> {
    let samples: HashMap<&str, [&str; 5]> =
        headings::rows::<6>(include_str!("../../tests/layouts/samples.csv"))
            .map(|[field, a, b, c, d, e]| (field, [a, b, c, d, e]))
            .collect();
    let mut systems: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for [system, heading, field] in headings::rows(list) {
        match systems.last_mut().filter(|(name, _)| *name == system) {
            Some((_, columns)) => columns.push((heading, field)),
            None => systems.push((system, vec![(heading, field)])),
        }
    }
    let mut wrong = Vec::new();
    for (system, expected) in &systems {
        let cells = |field: &str| {
            let base = field.trim_end_matches(|char: char| char == '_' || char.is_ascii_digit());
            let found = samples.get(field).or_else(|| samples.get(base));
            let cells = found.unwrap_or_else(|| panic!("no samples of {field}"));
            cells.map(|cell| cell.replace("\\n", "\n").replace(';', ","))
        };
        let values: Vec<[String; 5]> = expected.iter().map(|(_, field)| cells(field)).collect();
        let rows: Vec<Vec<&str>> =
            (0..5).map(|row| values.iter().map(|cells| cells[row].as_str()).collect()).collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let names: Vec<&str> = expected.iter().map(|(heading, _)| *heading).collect();
        let data = columns(vec![table(system, &names, &rows)], &MapSettings::default()).expect("maps");
        for (mapped, (heading, field)) in data.mapping[0].iter().zip(expected) {
            if mapped.neutral_name() != *field {
                let found = mapped.neutral_name();
                wrong.push(format!("{system}: {heading}: {field} but {found}, {}", mapped.why));
            }
        }
    }
    wrong
}
