//! Tables that refer to contacts: what a merge does to them, and the tables as they are to be afterwards.
//!
//! Input: `[[related]]` of the settings, the records, and groups of records that are to be one ([`Group`]). Output: a
//! [`forecast`] per proposal (references, conflicts of keys), what refers to nothing ([`dangling`]), and at apply
//! [`Repointed`]: every table with its references moved.
//!
//! Invariants
//! * The files are read and never written; the tables with moved references are new files.
//! * Rows in + lines added = rows out + removed rows + rows that could not be read, per table; checked before
//!   anything is written, and every removed row is listed with all it held.
//! * A reference leads to a record of its own source, unless a column of the table names the source row by row.
//! * No row is removed unless the settings or a person said `remove` of its table.

mod read;
mod rekey;
mod lines;
mod forecast;
mod answers;
mod repoint;
mod sums;
mod files;
mod restore;

pub use answers::{Answers, answers};
pub use files::{dangling_csv, forecast_csv, removed_csv, table_file, write_tables};
pub use forecast::{Forecast, TableCounts, counts, forecast};
pub use read::{Linked, Related, RelatedError, dangling, read};
pub use repoint::{Action, Joined, Kept, Repointed, RowChange, repoint};
pub use restore::{Back, BackTable, take_back};
pub use sums::TableSums;

use crate::map::Dataset;

/// Records that are to be one.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// The records.
    pub members: &'a [u32],
    /// The one that stays.
    pub survivor: u32,
}

impl Group<'_> {
    /// The record that a reference to a member is to lead to. Within its own source, that is the survivor when it is of
    /// that source, and else the member with the smallest id; `across` sources it is always the survivor.
    pub fn target(&self, data: &Dataset, record: u32, across: bool) -> u32 {
        let source = data.locate(record).0;
        if across || data.locate(self.survivor).0 == source {
            return self.survivor;
        }
        let own = self.members.iter().copied().filter(|&member| data.locate(member).0 == source);
        own.min_by_key(|&member| data.record_id(member)).unwrap_or(record)
    }
}

#[cfg(test)]
mod tests;
