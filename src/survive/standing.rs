//! Which member of a cluster goes before which, when nothing else tells values apart.

use super::recency::instant;
use crate::config::SurviveSettings;
use crate::map::{Dataset, Field, Kind};
use crate::normalize::Contacts;
use std::cmp::Reverse;

/// What is known of one member as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// Filled fields.
    pub filled: u32,
    /// When it was changed last (see [`instant`]); 0 when unknown.
    pub changed: u64,
    /// How far its source is trusted; higher is more.
    pub trust: i64,
    /// Hash of its key: the last word, which never depends on row order.
    pub key: u64,
}

impl Standing {
    /// More complete, then changed later, then more trusted, then the smaller key.
    pub fn order(&self) -> (Reverse<u32>, Reverse<u64>, Reverse<i64>, u64) {
        (Reverse(self.filled), Reverse(self.changed), Reverse(self.trust), self.key)
    }

    /// Changed later, then as [`Standing::order`].
    pub fn by_recency(&self) -> impl Ord + use<> {
        (Reverse(self.changed), self.order())
    }

    /// More trusted, then as [`Standing::order`].
    pub fn by_trust(&self) -> impl Ord + use<> {
        (Reverse(self.trust), self.order())
    }
}

/// What standings are made from: found once per run.
pub(super) struct Measures {
    /// Per table: trust.
    trust: Vec<i64>,
    /// Positions of fields that tell of changes, surest first.
    changed: Vec<usize>,
    /// Positions of fields that count for completeness.
    counted: Vec<usize>,
}

impl Measures {
    /// Trust comes from the order of `source_priority`; sources not named there come after all that are.
    pub fn of(data: &Dataset, settings: &SurviveSettings) -> Self {
        let rank = |source: &str| settings.source_priority.iter().position(|name| name == source);
        let trust =
            data.tables.iter().map(|table| rank(&table.source).map_or(i64::MIN, |rank| -(rank as i64)));
        let changed =
            [Field::ModifiedAt, Field::CreatedAt].iter().flat_map(|field| data.positions(field)).collect();
        let counts = |&at: &usize| !matches!(data.fields[at].kind(), Kind::RecordId | Kind::Timestamp);
        Self { trust: trust.collect(), changed, counted: (0..data.fields.len()).filter(counts).collect() }
    }

    /// The standing of one record.
    pub fn standing(&self, data: &Dataset, contacts: &Contacts, record: u32) -> Standing {
        let (table, row) = data.locate(record);
        let (columns, cells) = (&data.columns[table], &data.tables[table].columns);
        let raw = |at: usize| columns[at].map_or("", |column| cells[column].cells.get(row));
        let filled = |&&at: &&usize| {
            columns[at].is_some_and(|column| cells[column].cells.code(row) != crate::table::MISSING)
        };
        Standing {
            filled: self.counted.iter().filter(filled).count() as u32,
            changed: self.changed.iter().map(|&at| instant(raw(at))).find(|&at| at > 0).unwrap_or(0),
            trust: self.trust[table],
            key: contacts.key_hash[record as usize],
        }
    }
}
