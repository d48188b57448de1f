//! Business Central: new values, a worklist of merges in dependency order, pairs to keep apart, and what is left to a person.
//!
//! Invariant: nothing is proposed for deletion, for deleting a contact loses its links.

mod linked;
mod separate;
mod updates;
mod worklist;

use super::layout::{Changes, Layout};
use super::local::{self, Local};
use super::rule::Rule;
use super::{Conflicts, Content, Made, Source, follow_up};
use crate::apply::Applied;
use crate::map::{Dataset, Field, FieldId};
use crate::normalize::{Population, stated_population};
use std::collections::HashMap;

/// The profile of answers of the API, whose ids are system ids, and whose headings are properties.
const API_PROFILE: &str = "business-central-api";
/// The property of the API that holds the number.
const API_NUMBER: &str = "number";

/// What all files of one source are made from.
struct Contacts<'a> {
    applied: &'a Applied<'a>,
    table: usize,
    layout: Layout<'a>,
    /// The column of numbers, where the record id is the system id.
    number: Option<usize>,
    is_api: bool,
    /// The record that stays, by the place of the merge.
    stays: HashMap<usize, u32>,
}

impl<'a> Contacts<'a> {
    fn of(applied: &'a Applied<'a>, source: &Source) -> Self {
        let layout =
            Layout::of(include_str!("../tables/business_central.csv"), source.object, applied, source.table);
        let is_api = source.profile == API_PROFILE;
        let number = applied.data.tables[source.table].position(API_NUMBER).filter(|_| is_api);
        let stays = local::of_source(applied, source.table);
        let stays = stays.into_iter().map(|local| (local.merge, local.survivor)).collect();
        Self { applied, table: source.table, layout, number, is_api, stays }
    }

    /// The number of a contact.
    fn no(&self, record: u32) -> &'a str {
        let data: &'a Dataset = self.applied.data;
        match self.number {
            Some(column) => data.tables[self.table].cell(column, data.locate(record).1),
            None => data.record_id(record),
        }
    }

    /// The records of this source.
    fn records(&self) -> std::ops::Range<u32> {
        let starts = &self.applied.data.starts;
        starts[self.table]..starts[self.table + 1]
    }

    fn raw(&self, record: u32, field: Field) -> &'a str {
        self.applied.data.raw_field(record, &FieldId::first(field))
    }

    fn name(&self, record: u32) -> &'a str {
        match self.raw(record, Field::FullName) {
            "" => self.raw(record, Field::Company),
            name => name,
        }
    }

    /// Whether a contact is a company: by its type, else by bearing the name of its company.
    fn is_company(&self, record: u32) -> bool {
        match stated_population(self.raw(record, Field::Type)) {
            Some(population) => population == Population::Company,
            None => {
                let company = self.raw(record, Field::Company);
                !company.is_empty() && company == self.name(record)
            }
        }
    }

    /// The caption of a field of the layout in the language of the export; in English for the API.
    fn caption(&self, at: usize) -> &str {
        let target = &self.layout.targets[at];
        if self.is_api { target.label } else { target.heading }
    }

    /// What a merge changes; values that a Belgian contact may not have are left to a person.
    fn changes(&self, local: &Local) -> Changes {
        let data = self.applied.data;
        let mut changes = self.layout.changes(self.applied, local);
        let country = self
            .layout
            .place(self.applied, "country_code")
            .map_or("", |at| self.applied.merges[local.merge].value(data, self.layout.targets[at].position));
        let has_enterprise = self.layout.place(self.applied, "enterprise_number").is_some();
        if !has_enterprise || !(country.is_empty() || country.trim().eq_ignore_ascii_case("BE")) {
            return changes;
        }
        let is_refused =
            |at: usize, value: &str| self.layout.targets[at].rule == Rule::Vat && !value.is_empty();
        for (at, value) in changes.values.iter().filter(|(at, value)| is_refused(*at, value)) {
            changes.follow_up.push(follow_up::FollowUp {
                merge: self.applied.merges[local.merge].id.to_string(),
                record_id: data.record_id(local.survivor).to_string(),
                field: self.layout.targets[*at].label.to_string(),
                value: value.clone(),
                current: data.raw(local.survivor, self.layout.targets[*at].position).to_string(),
                reason: "belgian_vat",
            });
        }
        changes.values.retain(|(at, value)| !is_refused(*at, value));
        changes
    }
}

pub(super) fn made(applied: &Applied<'_>, source: &Source, expected: &Conflicts) -> Made {
    let contacts = Contacts::of(applied, source);
    let locals: Vec<(Local, Changes)> = local::of_source(applied, source.table)
        .into_iter()
        .map(|local| {
            let changes = contacts.changes(&local);
            (local, changes)
        })
        .collect();
    let updates = updates::made(&contacts, &locals);
    let worklist = worklist::made(&contacts, &locals, expected);
    let (pairs, separate) = separate::made(&contacts);
    let mut follow: Vec<_> = locals.iter().flat_map(|(_, changes)| changes.follow_up.clone()).collect();
    follow.extend(updates.follow_up);
    follow.extend(linked::found(&contacts, &locals));
    if contacts.number.is_some() {
        // People know a contact by its number.
        let number = |record: u32| (applied.data.record_id(record), contacts.no(record));
        let numbers: HashMap<&str, &str> = contacts.records().map(number).collect();
        for of in &mut follow {
            if let Some(number) = numbers.get(of.record_id.as_str()) {
                of.record_id = number.to_string();
            }
        }
    }
    let counts = vec![
        (updates.contacts, "contacts with new values"),
        (worklist.merges, "merges"),
        (pairs, "separate pairs"),
        (follow.len(), "to follow up"),
    ];
    let files = vec![
        ("updates.xlsx", updates.workbook),
        ("updates_api.jsonl", updates.api),
        ("merge_worklist.csv", worklist.merges_csv),
        ("merge_fields.csv", worklist.fields_csv),
        ("separate_pairs.xlsx", separate),
        ("follow_up.csv", follow_up::list(&follow)),
    ];
    Made { files, counts }
}

/// A sheet as configuration packages have it: package, table and its number in the first row, captions in the third,
/// data from the fourth.
fn config_sheet(
    package: &str,
    table: &'static str,
    number: &str,
    captions: Vec<String>,
    data: Vec<Vec<String>>,
) -> Content {
    let first = vec![package.to_string(), table.to_string(), number.to_string()];
    let rows = [first, Vec::new(), captions].into_iter().chain(data).collect();
    Content::Workbook { sheet: table, rows }
}
