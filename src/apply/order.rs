//! In which order merges are to be made in the system that the records come from, and what is left for people to do.

use super::{Applied, Key};
use crate::map::{Dataset, Field, RecordKey, linked_number};
use crate::normalize::{Evidence, Population, decide};

/// Customers and vendors come first: links of contacts to them would clash.
pub const CUSTOMERS: u8 = 1;
/// Then companies, so that persons move to the company that is kept.
pub const COMPANIES: u8 = 2;
/// Then persons.
pub const PERSONS: u8 = 3;

/// Something that a merge leaves for people, or for a later step, to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// [`CUSTOMERS`], [`COMPANIES`] or [`PERSONS`].
    pub order: u8,
    /// The merge.
    pub merge: String,
    /// The record to look at.
    pub key: Key,
    /// What it is about: `merge_customers_first`, `merge_vendors_first`, `stale_company_name`, `reference_kept`.
    pub what: &'static str,
    /// The field, or the table.
    pub field: String,
    /// What is there now.
    pub now: String,
    /// What is wanted.
    pub wanted: String,
}

/// The place of a record in the order of merging.
pub(super) fn of_record(data: &Dataset, record: u32) -> u8 {
    let table = data.locate(record).0;
    if let RecordKey::Column(column) = data.keys[table]
        && linked_number(&data.tables[table].columns[column].name).is_some()
    {
        return CUSTOMERS;
    }
    let has = |field: &Field| data.positions(field).iter().any(|&at| data.columns[table][at].is_some());
    let cell = |field: &Field| data.positions(field).first().map_or("", |&at| data.raw(record, at));
    let evidence = Evidence {
        record_type: cell(&Field::Type),
        given: cell(&Field::FirstName),
        family: cell(&Field::LastName),
        full: cell(&Field::FullName),
        company: cell(&Field::Company),
        has_names: has(&Field::FirstName) || has(&Field::LastName) || has(&Field::FullName),
        has_company: has(&Field::Company),
    };
    match decide(&evidence, None).population {
        Population::Company => COMPANIES,
        Population::Person | Population::Other => PERSONS,
    }
}

impl Applied<'_> {
    /// What is left to do, in the order of merging.
    pub fn follow_up(&self) -> Vec<FollowUp> {
        let mut all = self.numbers_first();
        all.extend(self.stale_names());
        all.extend(self.references_kept());
        all.sort_by(|a, b| (a.order, &a.key, a.what, &a.now).cmp(&(b.order, &b.key, b.what, &b.now)));
        all
    }

    /// Merges whose records are linked to different customers or vendors: these are to be merged before.
    fn numbers_first(&self) -> Vec<FollowUp> {
        let data = self.data;
        let mut all = Vec::new();
        for (field, what) in
            [(Field::CustomerNo, "merge_customers_first"), (Field::VendorNo, "merge_vendors_first")]
        {
            let Some(position) = data.positions(&field).first().copied() else { continue };
            for merge in &self.merges {
                let mut numbers: Vec<&str> =
                    merge.members.iter().map(|&member| data.raw(member, position).trim()).collect();
                numbers.retain(|number| !number.is_empty());
                numbers.sort_unstable();
                numbers.dedup();
                if numbers.len() > 1 {
                    all.push(FollowUp {
                        order: CUSTOMERS,
                        merge: merge.id.to_string(),
                        key: super::change_set::key(data, merge.survivor),
                        what,
                        field: self.header.fields[position].clone(),
                        now: numbers.join(" | "),
                        wanted: merge.value(data, position).to_string(),
                    });
                }
            }
        }
        all
    }

    /// Rows of related tables that keep their reference to a merged record.
    fn references_kept(&self) -> Vec<FollowUp> {
        let Some((related, repointed)) = &self.related else { return Vec::new() };
        let of = |kept: &crate::related::Kept| {
            let linked = &related.tables[kept.table];
            FollowUp {
                order: of_record(self.data, kept.record),
                merge: self.merges[kept.merge].id.to_string(),
                key: super::change_set::key(self.data, kept.record),
                what: "reference_kept",
                field: linked.name.clone(),
                now: format!("line {}", linked.line(kept.row)),
                wanted: format!("its key is that of line {}", linked.line(kept.onto)),
            }
        };
        repointed.kept.iter().map(of).collect()
    }
}
