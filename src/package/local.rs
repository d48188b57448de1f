//! One merge, as one source sees it: those of its records that stand there, and which of them stays.

use crate::apply::Applied;
use crate::propose::by_key;

/// The records of a merge that one source has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Local {
    /// The merge, by its place in [`Applied::merges`].
    pub merge: usize,
    /// The record that stays in this source.
    pub survivor: u32,
    /// The others, by record id.
    pub losers: Vec<u32>,
}

/// The merges that have records in a source, in their order.
///
/// The merge's own survivor stays where it is of this source; else the record that has most of the golden values
/// already, of equals the one with the smallest key.
pub(super) fn of_source(applied: &Applied<'_>, table: usize) -> Vec<Local> {
    let data = applied.data;
    let local = |(at, merge): (usize, &crate::apply::Merging)| {
        let own: Vec<u32> =
            merge.members.iter().copied().filter(|&member| data.locate(member).0 == table).collect();
        let own = by_key(data, &own);
        let held = |record: u32| {
            let holds = |&at: &usize| {
                let value = merge.value(data, at);
                !value.is_empty() && data.raw(record, at) == value
            };
            (0..data.fields.len()).filter(holds).count()
        };
        let best = || own.iter().copied().rev().max_by_key(|&record| held(record));
        let survivor = if own.contains(&merge.survivor) { merge.survivor } else { best()? };
        let losers = own.into_iter().filter(|&member| member != survivor).collect();
        Some(Local { merge: at, survivor, losers })
    };
    applied.merges.iter().enumerate().filter_map(local).collect()
}
