//! What hangs on contacts and does not follow a merge by itself.

use super::super::follow_up::FollowUp;
use super::super::layout::Changes;
use super::super::local::Local;
use super::super::table;
use super::Contacts;
use crate::map::Field;
use std::collections::HashMap;

/// Everything of this kind that a person has to see to.
pub(super) fn found(contacts: &Contacts<'_>, locals: &[(Local, Changes)]) -> Vec<FollowUp> {
    let data = contacts.applied.data;
    let mut found = Vec::new();
    let mut moved: HashMap<&str, &Local> = HashMap::new();
    for (local, changes) in locals {
        let mut follow = |field: &str, reason: &'static str| {
            found.push(FollowUp {
                merge: contacts.applied.merges[local.merge].id.to_string(),
                record_id: data.record_id(local.survivor).to_string(),
                field: field.to_string(),
                value: String::new(),
                current: contacts.raw(local.survivor, Field::BusinessRelation).to_string(),
                reason,
            });
        };
        let members = || std::iter::once(&local.survivor).chain(&local.losers);
        let linked = members().filter(|&&record| contacts.is_linked(record)).count();
        if linked > 1 && members().all(|&record| contacts.raw(record, Field::CustomerNo).is_empty()) {
            follow("", "merge_customers_first");
        }
        if linked > 0 && (!changes.values.is_empty() || linked < local.losers.len() + 1) {
            follow("", "linked_card");
        }
        let companies = members().filter(|&&record| contacts.is_company(record)).count();
        if companies > 0 && companies < local.losers.len() + 1 {
            follow("", "type_mismatch");
        }
        moved.extend(local.losers.iter().map(|&loser| (contacts.no(loser), local)));
    }
    // Persons whose company is merged into another: its number follows, its name does not.
    for person in contacts.records() {
        let company = contacts.raw(person, Field::CompanyId);
        let Some(local) = moved.get(company).filter(|_| !company.is_empty()) else { continue };
        let (kept, own) = (contacts.name(local.survivor), contacts.raw(person, Field::Company));
        if local.losers.contains(&person) || own == kept {
            continue;
        }
        found.push(FollowUp {
            merge: contacts.applied.merges[local.merge].id.to_string(),
            record_id: data.record_id(person).to_string(),
            field: "Company Name".to_string(),
            value: kept.to_string(),
            current: own.to_string(),
            reason: "stale_company_name",
        });
    }
    found
}

impl Contacts<'_> {
    /// Whether a contact has a customer, vendor or bank account of its own.
    fn is_linked(&self, record: u32) -> bool {
        let relation = self.raw(record, Field::BusinessRelation).trim().to_lowercase();
        let mut none = table::rows::<1>(include_str!("../tables/no_relation.csv"), ',');
        !relation.is_empty() && none.all(|[word]| word != relation)
    }
}
