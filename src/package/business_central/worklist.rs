//! The merges, two contacts at a time as the page *Merge Duplicate* does them, in the order in which they depend on each other.

use super::super::layout::Changes;
use super::super::local::Local;
use super::Contacts;
use crate::map::{Field, FieldId, Kind};
use crate::package::{Conflicts, Content, Grid};

/// Fields of the standard setup of the duplicate search; each makes two search strings.
const SEARCHED: [Field; 8] = [
    Field::FullName,
    Field::StreetAndNumber,
    Field::City,
    Field::Phone,
    Field::VatNumber,
    Field::Postcode,
    Field::Email,
    Field::Mobile,
];

pub(super) struct Worklist {
    pub merges_csv: Content,
    pub fields_csv: Content,
    /// How many merges it has.
    pub merges: usize,
}

/// What is merged, in the order in which it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Customer,
    Vendor,
    Company,
    Person,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Vendor => "vendor",
            Self::Company => "company",
            Self::Person => "person",
        }
    }
}

/// One merge of two.
struct Step<'a> {
    stage: Stage,
    merge: String,
    current: (&'a str, &'a str),
    duplicate: (&'a str, &'a str),
    fields: Vec<Differs>,
    conflicts: Option<(u64, String)>,
    search_strings: Option<usize>,
}

/// A field in which the two differ.
struct Differs {
    field: String,
    current: String,
    alternate: String,
    overrides: bool,
    with_updates: bool,
}

pub(super) fn made(contacts: &Contacts<'_>, locals: &[(Local, Changes)], expected: &Conflicts) -> Worklist {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for (local, changes) in locals.iter().filter(|(local, _)| !local.losers.is_empty()) {
        linked_cards(contacts, local, &mut steps);
        pairs(contacts, local, changes, expected, &mut steps);
    }
    // Stable: of one stage in the order of the merges, of one merge in the order of its records.
    steps.sort_by_key(|step| step.stage);
    let mut merges = Vec::with_capacity(steps.len());
    let mut fields = Vec::new();
    for (number, step) in (1u32..).zip(&steps) {
        let number = number.to_string();
        let overrides = step.fields.iter().filter(|field| field.overrides).count();
        let (conflicts, tables) = match &step.conflicts {
            Some((count, tables)) => (count.to_string(), tables.as_str()),
            None => (String::new(), ""),
        };
        let search_strings = step.search_strings.map_or(String::new(), |count| count.to_string());
        let row = [
            number.as_str(),
            step.stage.name(),
            &step.merge,
            step.current.0,
            step.current.1,
            step.duplicate.0,
            step.duplicate.1,
            &step.fields.len().to_string(),
            &overrides.to_string(),
            &conflicts,
            tables,
            &search_strings,
        ];
        merges.push(row.map(String::from).to_vec());
        for field in &step.fields {
            let row = [
                number.as_str(),
                step.current.0,
                step.duplicate.0,
                &field.field,
                &field.current,
                &field.alternate,
                if field.overrides { "override" } else { "keep" },
                if field.with_updates { "true" } else { "false" },
            ];
            fields.push(row.map(String::from).to_vec());
        }
    }
    let merge_head = [
        "step",
        "stage",
        "merge_id",
        "current_no",
        "current_name",
        "duplicate_no",
        "duplicate_name",
        "differing_fields",
        "overrides",
        "expected_conflicts",
        "conflict_tables",
        "search_string_conflicts",
    ];
    let field_head = [
        "step",
        "current_no",
        "duplicate_no",
        "field",
        "current_value",
        "alternate_value",
        "decision",
        "with_updates",
    ];
    let count = merges.len();
    Worklist {
        merges_csv: Content::Csv(Grid::of(&merge_head, merges)),
        fields_csv: Content::Csv(Grid::of(&field_head, fields)),
        merges: count,
    }
}

/// Customers and vendors of the contacts: two that are linked to contacts of one merge have to be merged before these.
fn linked_cards<'a>(contacts: &Contacts<'a>, local: &Local, steps: &mut Vec<Step<'a>>) {
    let data = contacts.applied.data;
    for (stage, field) in [(Stage::Customer, Field::CustomerNo), (Stage::Vendor, Field::VendorNo)] {
        let Some(position) = data.position(&FieldId::first(field)) else { continue };
        let members = std::iter::once(local.survivor).chain(local.losers.iter().copied());
        let mut linked: Vec<(&str, &str)> = Vec::new();
        for member in members {
            let number = data.raw(member, position).trim();
            if !number.is_empty() && linked.iter().all(|(known, _)| *known != number) {
                linked.push((number, contacts.name(member)));
            }
        }
        let Some((current, duplicates)) = linked.split_first() else { continue };
        steps.extend(duplicates.iter().map(|duplicate| Step {
            stage,
            merge: contacts.applied.merges[local.merge].id.to_string(),
            current: *current,
            duplicate: *duplicate,
            fields: Vec::new(),
            conflicts: None,
            search_strings: None,
        }));
    }
}

fn pairs<'a>(
    contacts: &Contacts<'a>,
    local: &Local,
    changes: &Changes,
    expected: &Conflicts,
    steps: &mut Vec<Step<'a>>,
) {
    let (applied, data) = (contacts.applied, contacts.applied.data);
    let merge = &applied.merges[local.merge];
    let proposal = applied.review.proposals[merge.proposal].id.to_string();
    let is_company = contacts.is_company(local.survivor);
    let positions: Vec<usize> = (0..data.fields.len())
        .filter(|&at| {
            data.columns[contacts.table][at].is_some()
                && !matches!(data.fields[at].kind(), Kind::RecordId | Kind::Timestamp)
                && data.columns[contacts.table][at] != contacts.number
        })
        .collect();
    // What the contact that stays has by then: each step may override some of it.
    let mut current: Vec<&str> = positions.iter().map(|&at| data.raw(local.survivor, at).trim()).collect();
    for &loser in &local.losers {
        let mut fields = Vec::new();
        for (&at, current) in positions.iter().zip(&mut current) {
            let (alternate, golden) = (data.raw(loser, at).trim(), merge.value(data, at).trim());
            if alternate == *current {
                continue;
            }
            let overrides = alternate == golden;
            let place = contacts.layout.targets.iter().position(|target| target.position == at);
            fields.push(Differs {
                field: caption(contacts, place, at),
                current: current.to_string(),
                alternate: alternate.to_string(),
                overrides,
                with_updates: place.is_some_and(|place| changes.values.iter().any(|(of, _)| *of == place)),
            });
            if overrides {
                *current = alternate;
            }
        }
        let both = |field: &&Field| {
            [local.survivor, loser].iter().all(|&record| !contacts.raw(record, (*field).clone()).is_empty())
        };
        steps.push(Step {
            stage: if is_company { Stage::Company } else { Stage::Person },
            merge: merge.id.to_string(),
            current: (contacts.no(local.survivor), contacts.name(local.survivor)),
            duplicate: (contacts.no(loser), contacts.name(loser)),
            fields,
            conflicts: expected.expected(&proposal, data.source(loser), data.record_id(loser)),
            search_strings: is_company.then(|| 2 * SEARCHED.iter().filter(both).count()),
        });
    }
}

/// What a field is called in the system.
fn caption(contacts: &Contacts<'_>, place: Option<usize>, position: usize) -> String {
    if let Some(place) = place {
        return contacts.caption(place).to_string();
    }
    let (data, table) = (contacts.applied.data, contacts.table);
    let column = data.columns[table][position];
    column.map_or(String::new(), |column| data.tables[table].columns[column].name.clone())
}
