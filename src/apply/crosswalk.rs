//! Every record, now and of earlier applies, with what it has become.

use super::Applied;
use crate::map::Dataset;
use crate::propose::{Id, by_key, key_id};
use crate::review::{Answer, LaneName, Review, Sheet};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;

/// The columns of the crosswalk that an apply writes.
pub(super) const COLUMNS: [&str; 11] = [
    "source",
    "record_id",
    "entity_id",
    "golden_id",
    "lane",
    "probability",
    "golden_source",
    "golden_record_id",
    "merge_id",
    "change_set",
    "in_inputs",
];

/// A record of an earlier apply that is not in the inputs any more.
pub(super) struct Earlier {
    /// Its row in the earlier crosswalk.
    pub row: u32,
    /// The record that it was merged into, when that one is in the inputs.
    pub into: Option<u32>,
}

type Map<K, V> = HashMap<K, V, FixedState>;

/// Where the columns of an earlier crosswalk stand.
pub(super) fn positions(sheet: &Sheet) -> [usize; 11] {
    // An apply folder is marked as ours, so its crosswalk has our columns.
    COLUMNS.map(|name| sheet.position(name).unwrap_or_default())
}

/// The records of an earlier crosswalk that are not in the inputs, in its order, and how many that were merged are there
/// again on their own.
pub(super) fn earlier(data: &Dataset, sheet: Option<&Sheet>, of_record: &[u32]) -> (Vec<Earlier>, u64) {
    let Some(sheet) = sheet else { return (Vec::new(), 0) };
    let [source, record_id, _, _, _, _, golden_source, golden_record, ..] = positions(sheet);
    let mut now: Map<(&str, &str), u32> = Map::default();
    now.extend((0..data.records()).map(|record| ((data.source(record), data.record_id(record)), record)));
    let (mut rows, mut came_back) = (Vec::new(), 0);
    for row in 0..sheet.rows() {
        let key = (sheet.cell(row, source), sheet.cell(row, record_id));
        let golden = (sheet.cell(row, golden_source), sheet.cell(row, golden_record));
        match now.get(&key) {
            None => rows.push(Earlier { row, into: now.get(&golden).copied() }),
            Some(&record) if key != golden && of_record[record as usize] == Applied::NONE => came_back += 1,
            Some(_) => {}
        }
    }
    (rows, came_back)
}

impl Applied<'_> {
    /// Per record: the entity that it is part of, after what people decided.
    pub(super) fn entity_ids(&self) -> Vec<Id> {
        let data = self.data;
        let own = |record: u32| key_id('E', std::iter::once((data.source(record), data.record_id(record))));
        let mut entities: Vec<Id> = (0..data.records()).into_par_iter().map(own).collect();
        let mut join = |members: &[u32]| {
            if let Some(&first) = by_key(data, members).first() {
                let entity = own(first);
                members.iter().for_each(|&member| entities[member as usize] = entity);
            }
        };
        let believed = |held: &&super::Held, extends: bool| {
            let reviewed = &self.review.proposals[held.proposal];
            // What waits is still believed to be one, unless its lane speaks against it; a split is a decision.
            let is_split = matches!(&reviewed.answer, Answer::Merge { groups, .. } if groups.len() > 1);
            reviewed.lane != LaneName::Hold && !is_split && reviewed.extends.is_some() == extends
        };
        let records = |held: &super::Held| -> Vec<u32> {
            self.review.proposals[held.proposal].records.iter().flatten().copied().collect()
        };
        self.held.iter().filter(|held| believed(held, false)).for_each(|held| join(&records(held)));
        self.merges.iter().for_each(|merge| join(&merge.members));
        // What would be added to a merge is believed to be one with it.
        self.held.iter().filter(|held| believed(held, true)).for_each(|held| join(&records(held)));
        entities
    }

    /// What the run's crosswalk says of a record in a column; of a record that the run did not know, what it says of
    /// those that stand alone.
    pub(super) fn of_run(&self, record: u32, column: Option<usize>, alone: &'static str) -> &str {
        let row = self.review.crosswalk_rows[record as usize];
        match column {
            Some(column) if row != Review::NEW => self.review.sheets.crosswalk.cell(row, column),
            _ => alone,
        }
    }
}
