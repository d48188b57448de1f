//! Google Contacts and Outlook: merged contacts in the columns of the export, and those that they replace.
//!
//! Both import their own export again, whatever its language, so the export's headings are the layout.

use super::follow_up::FollowUp;
use super::{Content, Grid, Made, Source, follow_up, local};
use crate::apply::Applied;
use crate::config::{Profile, profiles};
use crate::map::{Field, FieldId};

/// Where the value of a column comes from.
enum From {
    /// The field at a position.
    Field(usize),
    /// The export's own cell.
    Own(usize),
}

pub(super) fn made(applied: &Applied<'_>, source: &Source) -> Made {
    let data = applied.data;
    let table = &data.tables[source.table];
    let profile = profiles().iter().find(|profile| profile.name == source.profile);
    let mut head: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let own: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut from: Vec<From> = (0..own.len())
        .map(|column| {
            let position = (0..data.fields.len()).find(|&at| data.columns[source.table][at] == Some(column));
            position.map_or(From::Own(column), From::Field)
        })
        .collect();
    // Fields that the layout counts (`E-mail 3 - Value`) and this export has too few of.
    let mut absent = Vec::new();
    for (at, id) in data.fields.iter().enumerate() {
        if data.columns[source.table][at].is_some() {
            continue;
        }
        match profile.and_then(|profile| counted(profile, id)) {
            Some(heading) if !head.contains(&heading) => {
                head.push(heading);
                from.push(From::Field(at));
            }
            _ if profile.is_some_and(|profile| knows(profile, id)) => absent.push(at),
            _ => {}
        }
    }
    let (mut merged, mut replaced, mut follow) = (Vec::new(), Vec::new(), Vec::new());
    for local in local::of_source(applied, source.table) {
        let merge = &applied.merges[local.merge];
        let row = data.locate(local.survivor).1;
        let values: Vec<String> = from
            .iter()
            .map(|from| match from {
                From::Field(at) => merge.value(data, *at).to_string(),
                From::Own(column) => table.cell(*column, row).to_string(),
            })
            .collect();
        let cells = |row: u32| (0..own.len()).map(move |column| table.cell(column, row).to_string());
        let is_new = !local.losers.is_empty()
            || values[..own.len()].iter().zip(cells(row)).any(|(new, old)| *new != old)
            || values[own.len()..].iter().any(|value| !value.is_empty());
        for &at in absent.iter().filter(|&&at| !merge.value(data, at).is_empty()) {
            follow.push(FollowUp {
                merge: merge.id.to_string(),
                record_id: data.record_id(local.survivor).to_string(),
                field: data.fields[at].to_string(),
                value: merge.value(data, at).to_string(),
                current: String::new(),
                reason: "no_column",
            });
        }
        if !is_new {
            continue;
        }
        merged.push(values);
        for &record in std::iter::once(&local.survivor).chain(&local.losers) {
            replaced.push(cells(data.locate(record).1).collect());
        }
    }
    // Columns that were added and stay empty say nothing.
    for column in (own.len()..head.len()).rev() {
        if merged.iter().all(|row| row[column].is_empty()) {
            head.remove(column);
            merged.iter_mut().for_each(|row| drop(row.remove(column)));
        }
    }
    let counts = vec![
        (merged.len(), "merged contacts"),
        (replaced.len(), "contacts that they replace"),
        (follow.len(), "to follow up"),
    ];
    let files = vec![
        ("merged.csv", Content::Csv(Grid { head, rows: merged })),
        ("replaced.csv", Content::Csv(Grid::of(&own, replaced))),
        ("follow_up.csv", follow_up::list(&follow)),
    ];
    Made { files, counts }
}

/// The heading of a field in a layout that counts it.
fn counted(profile: &Profile, id: &FieldId) -> Option<String> {
    const NUMBER: &str = "#";
    let named = |(heading, field): (&String, &String)| {
        (heading.contains(NUMBER) && field == id.field.name()).then(|| heading.clone())
    };
    let heading = profile.columns.iter().find_map(named)?;
    Some(heading.replace(NUMBER, &id.nth.to_string()))
}

/// Whether a layout has the field at all.
fn knows(profile: &Profile, id: &FieldId) -> bool {
    let name = id.to_string();
    id.field != Field::Ignore && profile.columns.values().any(|field| *field == name)
}
