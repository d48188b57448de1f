//! Companies that persons belong to: links to a merged company lead to the one that is kept.

use super::merge::{Cell, Holds, Merging, Why};
use super::{Applied, FollowUp, LinkChange};
use crate::map::{Dataset, Field};
use crate::related::Group;
use crate::table::MISSING;
use std::collections::HashMap;

/// The link of a record to a company that is merged into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The merge of the company.
    pub merge: usize,
    /// The record that stays for the person.
    pub record: u32,
    /// The field that holds the link, by its position.
    pub position: usize,
    /// The company that it led to.
    pub from: u32,
    /// The company that is kept.
    pub to: u32,
}

/// Moves the links of golden records, and lists all that move: those of records outside of merges are in the list only.
pub(super) fn follow(data: &Dataset, merges: &mut [Merging], of_record: &[u32]) -> Vec<Link> {
    let positions = data.positions(&Field::CompanyId);
    if positions.is_empty() {
        return Vec::new();
    }
    // Per source: ids of records that are merged away, with the merge and what is kept.
    let mut gone: Vec<HashMap<&str, (usize, u32, u32)>> = vec![HashMap::new(); data.tables.len()];
    for (at, merge) in merges.iter().enumerate() {
        let group = Group { members: &merge.members, survivor: merge.survivor };
        for &member in &merge.members {
            let to = group.target(data, member, false);
            if to != member {
                gone[data.locate(member).0].insert(data.record_id(member).trim(), (at, member, to));
            }
        }
    }
    let mut links = Vec::new();
    for &position in &positions {
        for (table, gone) in gone.iter().enumerate().filter(|(_, gone)| !gone.is_empty()) {
            let Some(column) = data.columns[table][position] else { continue };
            let cells = &data.tables[table].columns[column].cells;
            let of_code: Vec<Option<(usize, u32, u32)>> =
                cells.values().iter().map(|value| gone.get(value.trim()).copied()).collect();
            for (&code, record) in cells.codes().iter().zip(data.starts[table]..) {
                let found = if code == MISSING { None } else { of_code[code as usize] };
                if let (Some((merge, from, to)), Applied::NONE) = (found, of_record[record as usize]) {
                    links.push(Link { merge, record, position, from, to });
                }
            }
        }
        for merge in merges.iter_mut() {
            let Holds::Cell { record, field } = merge.cells[position].holds else { continue };
            let value = data.raw(record, field as usize).trim();
            let is_link = positions.contains(&(field as usize));
            let Some(&(of, from, to)) = gone[data.locate(record).0].get(value).filter(|_| is_link) else {
                continue;
            };
            links.push(Link { merge: of, record: merge.survivor, position, from, to });
            // A merge has a text or two, never thousands.
            merge.cells[position] =
                Cell { holds: Holds::Text(merge.texts.len() as u16), why: Why::Repointed };
            merge.texts.push(data.record_id(to).to_string());
        }
    }
    links.sort_by_key(|link| (link.merge, link.record, link.position));
    links
}

impl Applied<'_> {
    /// The value that a link outside of merges gets: by record and position.
    pub(super) fn linked(&self) -> HashMap<(u32, usize), &str> {
        let alone = self.links.iter().filter(|link| self.of_record[link.record as usize] == Self::NONE);
        alone.map(|link| ((link.record, link.position), self.data.record_id(link.to))).collect()
    }

    /// The links that a merge moves, as the change set has them.
    pub(super) fn link_changes(&self, merge: usize) -> Vec<LinkChange> {
        let start = self.links.partition_point(|link| link.merge < merge);
        let own = self.links[start..].iter().take_while(|link| link.merge == merge);
        own.map(|link| LinkChange {
            key: super::change_set::key(self.data, link.record),
            field: self.header.fields[link.position].clone(),
            before: self.data.record_id(link.from).to_string(),
            after: self.data.record_id(link.to).to_string(),
        })
        .collect()
    }

    /// Persons that came with a merged company and still carry its name.
    pub(super) fn stale_names(&self) -> Vec<FollowUp> {
        let data = self.data;
        let Some(name) = data.positions(&Field::Company).first().copied() else { return Vec::new() };
        let full = data.positions(&Field::FullName).first().copied();
        let value = |record: u32, position: usize| match self.merge_of(record) {
            Some(merge) => merge.value(data, position),
            None => data.raw(record, position),
        };
        let stale = |link: &Link| {
            let kept = Some(value(link.to, name)).filter(|kept| !kept.is_empty());
            let kept = kept.or_else(|| full.map(|full| value(link.to, full))).unwrap_or_default();
            let now = value(link.record, name);
            (!now.is_empty() && !kept.is_empty() && now != kept).then(|| FollowUp {
                order: super::order::PERSONS,
                merge: self.merges[link.merge].id.to_string(),
                key: super::change_set::key(data, link.record),
                what: "stale_company_name",
                field: self.header.fields[name].clone(),
                now: now.to_string(),
                wanted: kept.to_string(),
            })
        };
        self.links.iter().filter_map(stale).collect()
    }
}
