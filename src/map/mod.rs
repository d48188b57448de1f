//! Stage 2: which column is which contact field.
//!
//! Input: the source tables. Output: a [`Dataset`], the same tables with the meaning of their columns and the
//! identity of their rows. The stage explains every choice ([`MappedColumn::why`]).
//!
//! A column is what the settings say; else what the profile of its system says (`configs/profiles`), else what its heading says (`tables/headers.csv`, many languages) when the values
//! fit; else what the values clearly are; else a field of its own, named by the heading, of a kind sniffed from the values.
//!
//! Invariants
//! * Cells are never changed here.
//! * Values are looked at in a bounded sample of distinct ones, so the time does not grow with the rows.
//! * Within a source every field is held by at most one column.
//! * Every record has a record id that is unique in its source.

mod abbreviations;
mod agree;
mod clean;
mod dataset;
mod decide;
mod field;
mod headings;
mod keys;
mod look;
mod number;
mod shifted;

pub use dataset::{Dataset, MappedColumn, RecordKey};
pub use field::{Field, FieldId, Kind};
pub use headings::linked_number;

use crate::config::{DateOrder, MapSettings, NO_PROFILE, Profile, SourceSettings, profiles};
use crate::ingest::Finding;
use crate::table::{Arena, Column, MISSING, Table};

/// Decides what each column of each table is and joins the tables into one data set.
///
/// Settings are looked up by source name. Errors are settings that name a column or field that is not there.
pub fn columns(tables: Vec<Table>, settings: &MapSettings) -> Result<Dataset, MapError> {
    let found: Vec<Option<&Profile>> = tables.iter().map(|table| profile(table, settings)).collect();
    let mut mapping = Vec::with_capacity(tables.len());
    let mut keys = Vec::with_capacity(tables.len());
    let mut record_ids = Arena::new();
    let mut starts = vec![0u32];
    for (table, profile) in tables.iter().zip(&found) {
        let mut mapped = decide::table(table, settings.sources.get(&table.source), *profile)?;
        let key = keys::key(table, &mut mapped);
        keys::record_ids(table, &key, &mut record_ids);
        starts.push(starts[starts.len() - 1] + table.rows);
        mapping.push(mapped);
        keys.push(key);
    }
    record_ids.shrink_to_fit();
    dataset::one_kind_per_name(&mut mapping);
    dataset::name_ignored(&tables, &mut mapping);
    let fields = dataset::fields(&tables, &mapping);
    let columns = mapping.iter().map(|mapped| dataset::positions(&fields, mapped)).collect();
    let known = tables.iter().zip(&mapping).zip(&found);
    let mut cleaned: Vec<Vec<Option<Column>>> =
        known.map(|((table, mapped), profile)| clean::columns(table, mapped, *profile)).collect();
    let mut findings = Vec::new();
    for ((table, mapped), cleaned) in tables.iter().zip(&mapping).zip(&mut cleaned) {
        findings.extend(no_contact_field(table, mapped));
        let compared = |at: usize| cleaned[at].as_ref().unwrap_or(&table.columns[at].cells);
        let Some(shifted) = shifted::find(table, mapped, compared) else { continue };
        for (at, values) in shifted.values {
            let kept = |value: &str| if values.contains(value) { String::new() } else { value.to_string() };
            let column = cleaned[at].as_ref().unwrap_or(&table.columns[at].cells).map_distinct(kept);
            cleaned[at] = Some(column);
        }
        findings.push(shifted.finding);
    }
    let date_orders =
        mapping.iter().zip(&found).map(|(mapped, profile)| date_orders(mapped, *profile)).collect();
    let profiles = found
        .iter()
        .map(|profile| profile.map(|profile| format!("{} (profile `{}`)", profile.title, profile.name)))
        .collect();
    Ok(Dataset {
        tables,
        mapping,
        keys,
        record_ids,
        starts,
        fields,
        columns,
        profiles,
        cleaned,
        date_orders,
        findings,
    })
}

/// The finding of a table in which nothing is what contacts have.
fn no_contact_field(table: &Table, mapped: &[MappedColumn]) -> Option<Finding> {
    let is_of_contacts = |mapped: &MappedColumn| {
        let known = mapped.field.as_ref().filter(|id| !matches!(id.field, Field::Other(..)));
        let of_contacts = known.is_some_and(|id| {
            matches!(
                id.kind(),
                Kind::PersonName
                    | Kind::Company
                    | Kind::Email
                    | Kind::Phone
                    | Kind::Address
                    | Kind::Postcode
                    | Kind::City
                    | Kind::Identifier
            )
        });
        of_contacts && table.columns[mapped.column].cells.filled() > 0
    };
    (table.rows > 0 && !mapped.iter().any(is_of_contacts)).then(|| Finding {
        source: table.source.clone(),
        file: table.path.clone(),
        rule: "no_contact_field".to_string(),
        message: "no column is a field of contacts (name, e-mail, telephone, address), so its rows are compared as \
                  plain text; if this is no list of contacts, leave it out, and if it is, say what its columns are (`alike init`)"
            .to_string(),
        count: u64::from(table.rows),
        examples: Vec::new(),
    })
}

/// The profile of a table: its own, the one that the settings name, or the one that its headings show.
fn profile<'s>(table: &Table, settings: &'s MapSettings) -> Option<&'s Profile> {
    let named =
        settings.sources.get(&table.source).and_then(|SourceSettings { profile, .. }| profile.as_deref());
    match (settings.profiles.get(&table.source), named) {
        (Some(own), _) => Some(own),
        (None, Some(NO_PROFILE)) => None,
        (None, Some(name)) => profiles().iter().find(|profile| profile.name == name),
        (None, None) => {
            let headings: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            headings::recognise(&headings, profiles())
        }
    }
}

/// Per column, the order of day and month that the profile knows.
fn date_orders(mapped: &[MappedColumn], profile: Option<&Profile>) -> Vec<Option<DateOrder>> {
    let order = |mapped: &MappedColumn| profile?.cleaning(mapped.field.as_ref()?.field.name())?.date_order;
    mapped.iter().map(order).collect()
}

/// Up to `n` of a column's values, the most frequent first, to show a person what stands in it.
pub fn samples(table: &Table, column: usize, n: usize) -> Vec<String> {
    let cells = &table.columns[column].cells;
    let mut codes: Vec<u32> = (MISSING + 1..cells.distinct() as u32).collect();
    let rank = |&code: &u32| (std::cmp::Reverse(cells.count(code)), code);
    if n < codes.len() && n > 0 {
        codes.select_nth_unstable_by_key(n - 1, rank);
    }
    codes.truncate(n);
    codes.sort_unstable_by_key(rank);
    codes.into_iter().map(|code| cells.value(code).to_string()).collect()
}

/// Why columns could not be mapped as asked.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// A setting names a column that the source does not have.
    #[error(
        "source `{source_name}` has no column `{column}` (settings ask for it as `{field}`); it has: {available}"
    )]
    NoSuchColumn { source_name: String, column: String, field: String, available: String },
    /// A setting names a field that does not exist.
    #[error(
        "source `{source_name}`: settings ask for column `{column}` as `{field}`, which is no field; fields are: {available}"
    )]
    NoSuchField { source_name: String, column: String, field: String, available: String },
    /// Settings give two columns of a source the same field.
    #[error(
        "source `{source_name}`: settings give both `{first}` and `{second}` the field `{field}`; call one `{field}_2` or `ignore`"
    )]
    FieldTwice { source_name: String, field: String, first: String, second: String },
}

#[cfg(test)]
mod tests;
