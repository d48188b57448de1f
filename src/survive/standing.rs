//! Which member of a cluster goes before which, when nothing else tells values apart.

use super::recency::instant;
use crate::config::{SurviveSettings, TieBreak};
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
    /// Which of these goes first.
    pub breaks: [TieBreak; 3],
}

impl Standing {
    /// More complete, then changed later, then more trusted, unless the settings name another order; then the smaller key.
    pub fn order(&self) -> ([Reverse<i64>; 3], u64) {
        (self.breaks.map(|by| Reverse(self.by(by))), self.key)
    }

    /// What a tie-break looks at; more goes first.
    pub fn by(&self, tie_break: TieBreak) -> i64 {
        match tie_break {
            TieBreak::MostComplete => i64::from(self.filled),
            // Seconds of a few thousand years.
            TieBreak::MostRecent => self.changed as i64,
            TieBreak::SourcePriority => self.trust,
        }
    }

    /// Changed later, then as [`Standing::order`].
    pub fn by_recency(&self) -> impl Ord + use<> {
        (Reverse(self.changed), self.order())
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
    breaks: [TieBreak; 3],
}

/// Below the place in any list of sources.
const UNLISTED: i64 = i64::MIN / 2;

/// Per table, how far its source is trusted: by its place in a list; sources not named there come after all that are, by the
/// trust of their own settings.
pub(super) fn trust(data: &Dataset, priority: &[String], settings: &SurviveSettings) -> Vec<i64> {
    let rank = |source: &str| priority.iter().position(|name| name == source).map(|rank| -(rank as i64));
    let own = |source: &str| UNLISTED + i64::from(settings.trust.get(source).copied().unwrap_or(0));
    data.tables.iter().map(|table| rank(&table.source).unwrap_or_else(|| own(&table.source))).collect()
}

impl Measures {
    /// Finds them for a data set.
    pub fn of(data: &Dataset, settings: &SurviveSettings) -> Self {
        let changed =
            [Field::ModifiedAt, Field::CreatedAt].iter().flat_map(|field| data.positions(field)).collect();
        let counts = |&at: &usize| !matches!(data.fields[at].kind(), Kind::RecordId | Kind::Timestamp);
        Self {
            trust: trust(data, &settings.source_priority, settings),
            changed,
            counted: (0..data.fields.len()).filter(counts).collect(),
            breaks: settings.tie_breaks(),
        }
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
            breaks: self.breaks,
        }
    }
}
