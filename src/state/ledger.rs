use super::{Decision, Key, What};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Whether a decision holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It holds.
    Holds,
    /// Taken back by the entry with this id.
    Revoked(String),
    /// A later decision, with this id, took its place.
    Replaced(String),
    /// It is a revocation, which holds nothing itself.
    Entry,
}

/// All entries of a store, in order, and which of them hold.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// The entries.
    pub entries: Vec<Decision>,
    /// Per entry whether it holds.
    pub status: Vec<Status>,
}

impl Ledger {
    /// Looks which of these entries hold.
    ///
    /// What a person decided of a set of records takes the place of what the same person decided of it before; whoever
    /// decides ends a hold on the records; a value takes the place of the earlier value of the same records and field.
    pub fn of(entries: Vec<Decision>) -> Self {
        let mut status: Vec<Status> = entries
            .iter()
            .map(|entry| if entry.what == What::Revoke { Status::Entry } else { Status::Holds })
            .collect();
        let place: HashMap<&str, usize> =
            entries.iter().enumerate().map(|(at, entry)| (entry.id.as_str(), at)).collect();
        for entry in entries.iter().filter(|entry| entry.what == What::Revoke) {
            if let Some(&at) = place.get(entry.revokes.as_str())
                && status[at] == Status::Holds
            {
                status[at] = Status::Revoked(entry.id.clone());
            }
        }
        // By the records they are about, so that the work does not grow with the square of the store.
        let mut alike: BTreeMap<&[Key], Vec<usize>> = BTreeMap::new();
        let mut holds: HashMap<&Key, Vec<usize>> = HashMap::new();
        for (at, entry) in entries.iter().enumerate().filter(|(at, _)| status[*at] == Status::Holds) {
            alike.entry(&entry.records).or_default().push(at);
            if entry.what == What::Hold {
                holds.entry(&entry.records[0]).or_default().push(at);
            }
        }
        let mut replaced: Vec<(usize, usize)> = Vec::new();
        for same in alike.values() {
            for (nth, &earlier) in same.iter().enumerate() {
                let by = same[nth + 1..].iter().find(|&&later| replaces(&entries[later], &entries[earlier]));
                replaced.extend(by.map(|&later| (earlier, later)));
            }
        }
        for (at, entry) in entries.iter().enumerate() {
            if status[at] != Status::Holds || !matches!(entry.what, What::Merge | What::KeepApart) {
                continue;
            }
            let keys: HashSet<&Key> = entry.records.iter().collect();
            for &hold in entry.records.iter().filter_map(|key| holds.get(key)).flatten() {
                if hold < at && entries[hold].records.iter().all(|key| keys.contains(key)) {
                    replaced.push((hold, at));
                }
            }
        }
        for (earlier, later) in replaced {
            if status[earlier] == Status::Holds {
                status[earlier] = Status::Replaced(entries[later].id.clone());
            }
        }
        Self { entries, status }
    }

    /// The decisions that hold, in order.
    pub fn holding(&self) -> impl Iterator<Item = &Decision> {
        let holds = |(_, status): &(&Decision, &Status)| **status == Status::Holds;
        self.entries.iter().zip(&self.status).filter(holds).map(|(entry, _)| entry)
    }

    /// The entry with an id, or the only one whose id begins so.
    pub fn find(&self, id: &str) -> Option<usize> {
        let mut found = (0..self.entries.len()).filter(|&at| self.entries[at].id.starts_with(id));
        let first = found.next()?;
        (self.entries[first].id == id || found.next().is_none()).then_some(first)
    }

    /// How many different people approved merging exactly these records, ascending, as this proposal had them, with this
    /// survivor if it is not the one that the run proposed.
    pub fn approvals(&self, fingerprint: &str, records: &[Key], survivor: Option<&Key>) -> usize {
        people(self.holding().filter(|decision| {
            decision.what.joins()
                && decision.fingerprint == fingerprint
                && decision.records == records
                && decision.survivor.as_ref() == survivor
        }))
    }

    /// How many different people want this value for these records, ascending.
    pub fn approvals_of_value(&self, records: &[Key], field: &str, value: &str) -> usize {
        people(self.holding().filter(|decision| {
            decision.what == What::Value
                && decision.field == field
                && decision.value == value
                && decision.records == records
        }))
    }
}

/// How many different people there are.
fn people<'a>(decisions: impl Iterator<Item = &'a Decision>) -> usize {
    decisions.map(Decision::person).collect::<HashSet<_>>().len()
}

/// Whether a later decision on the same records takes the place of an earlier one.
fn replaces(later: &Decision, earlier: &Decision) -> bool {
    use What::{Approve, Hold, KeepApart, Merge, Value};
    match (earlier.what, later.what) {
        // The same value from another person is one more who wants it.
        (Value, Value) => {
            earlier.field == later.field
                && (earlier.person() == later.person() || earlier.value != later.value)
        }
        (Merge | KeepApart | Hold, Merge | KeepApart | Hold) | (Approve, KeepApart | Hold | Approve) => {
            earlier.person() == later.person()
        }
        _ => false,
    }
}
