//! Decisions → what they mean for the records of a run.

use super::consistent::{Groups, contradictions};
use super::{Decision, Key, Ledger, StateError, What};
use crate::cluster::{Decided, HoldReason};
use crate::map::{Dataset, Kind};
use crate::survive::Preferred;
use foldhash::fast::FixedState;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What decisions mean for the records of a data set.
#[derive(Clone, Debug, Default)]
pub struct Honoured {
    /// For the clusters.
    pub decided: Decided,
    /// For the golden records.
    pub preferred: Vec<Preferred>,
    /// Decisions that must be made again, with what has changed.
    pub reopened: Vec<Reopened>,
    /// How many decisions hold for these records.
    pub in_force: usize,
}

/// A decision whose records have changed in fields that it rested on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopened {
    /// The decision.
    pub decision: Decision,
    /// Record and field, in order.
    pub changed: Vec<(Key, String)>,
}

impl Reopened {
    /// What it is and why it must be made again.
    pub fn text(&self) -> String {
        let Decision { id, what, by, at, .. } = &self.decision;
        let changed: Vec<String> =
            self.changed.iter().map(|(key, field)| format!("{field} of {key}")).collect();
        format!(
            "{} {id} ({}) of {by}, {at}, is open again: {} changed",
            what.name(),
            self.decision.about(),
            changed.join(", ")
        )
    }
}

/// Where the records that decisions name are.
struct Place<'a> {
    data: &'a Dataset,
    records: HashMap<(&'a str, &'a str), u32, FixedState>,
    /// Old key → the key of today.
    alias: HashMap<&'a Key, &'a Key>,
}

impl<'a> Place<'a> {
    fn of(data: &'a Dataset, decisions: &[&'a Decision]) -> Self {
        let mut records: HashMap<(&str, &str), u32, FixedState> = HashMap::default();
        for key in decisions.iter().flat_map(|decision| &decision.records) {
            records.insert((&key.source, &key.record_id), u32::MAX);
        }
        for (at, table) in data.tables.iter().enumerate() {
            for record in data.starts[at]..data.starts[at + 1] {
                if let Some(found) = records.get_mut(&(table.source.as_str(), data.record_id(record))) {
                    *found = record;
                }
            }
        }
        let aliases = decisions.iter().filter(|decision| decision.what == What::Alias);
        Self { data, records, alias: aliases.map(|alias| (&alias.records[0], &alias.records[1])).collect() }
    }

    /// The record of a key, or of the key it is known by now.
    fn record(&self, key: &Key) -> Option<u32> {
        let found = |key: &Key| {
            let record = self.records.get(&(key.source.as_str(), key.record_id.as_str())).copied();
            record.filter(|&record| record != u32::MAX)
        };
        let mut at = key;
        // Aliases of aliases, each once, so that a ring ends.
        for _ in 0..=self.alias.len() {
            match (found(at), self.alias.get(at)) {
                (Some(record), _) => return Some(record),
                (None, Some(next)) => at = next,
                (None, None) => return None,
            }
        }
        None
    }

    /// What has changed of what a decision rested on.
    fn changed(&self, decision: &Decision) -> Vec<(Key, String)> {
        let Some(basis) = &decision.basis else { return Vec::new() };
        let of = |(nth, key): (usize, &Key)| {
            let fields = self.record(key).map(|record| basis.changed(self.data, nth, record));
            fields.into_iter().flatten().map(|field| (key.clone(), field)).collect::<Vec<_>>()
        };
        decision.records.iter().enumerate().flat_map(of).collect()
    }
}

/// Decisions that hold and must be made again, for the records are not what they were.
pub fn reopened(ledger: &Ledger, data: &Dataset) -> Vec<Reopened> {
    let holding: Vec<&Decision> = ledger.holding().collect();
    let place = Place::of(data, &holding);
    let again = |decision: &&Decision| {
        let changed = place.changed(decision);
        (!changed.is_empty()).then(|| Reopened { decision: (*decision).clone(), changed })
    };
    holding.iter().filter_map(again).collect()
}

/// Works out what the decisions that hold mean for these records.
///
/// Errors: they contradict each other.
pub fn honour(ledger: &Ledger, data: &Dataset) -> Result<Honoured, StateError> {
    let holding: Vec<&Decision> =
        ledger.holding().filter(|decision| decision.what != What::Comment).collect();
    let place = Place::of(data, &holding);
    let mut honoured = Honoured::default();
    let mut in_force: Vec<&Decision> = Vec::with_capacity(holding.len());
    for &decision in &holding {
        let changed = place.changed(decision);
        if changed.is_empty() {
            in_force.push(decision);
            continue;
        }
        let records: Vec<u32> = records(&place, decision);
        if decision.what != What::Value && records.len() > 1 {
            honoured.decided.held.push((records, HoldReason::Reopened));
        }
        honoured.reopened.push(Reopened { decision: decision.clone(), changed });
    }
    let found = contradictions(&in_force);
    if !found.is_empty() {
        return Err(StateError::Contradictions(found));
    }
    // Records that are gone still lead from one to another.
    let groups = Groups::of(&in_force);
    let mut one: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
    for (number, key) in groups.keys.iter().enumerate() {
        if let Some(record) = place.record(key) {
            one.entry(groups.root(number)).or_default().insert(record);
        }
    }
    let stands_for = |key: &Key| {
        let root = groups.root(*groups.number.get(key)?);
        one.get(&root).and_then(BTreeSet::first).copied()
    };
    for &decision in &in_force {
        let records = records(&place, decision);
        honoured.in_force += usize::from(!records.is_empty());
        match decision.what {
            What::KeepApart => {
                let all: BTreeSet<u32> = decision.records.iter().filter_map(stands_for).collect();
                let all: Vec<u32> = all.into_iter().collect();
                for (at, &a) in all.iter().enumerate() {
                    honoured.decided.apart.extend(all[at + 1..].iter().map(|&b| (a, b)));
                }
            }
            What::Hold if records.len() > 1 => {
                honoured.decided.held.push((records, HoldReason::OnHold));
            }
            What::Value if !records.is_empty() => {
                // An id is that of the survivor.
                let field = data
                    .fields
                    .iter()
                    .position(|field| field.kind() != Kind::RecordId && field.to_string() == decision.field);
                honoured.preferred.extend(field.map(|field| Preferred {
                    members: records,
                    value: Some((field, decision.value.clone())),
                    survivor: None,
                }));
            }
            What::Merge | What::Approve => {
                if let Some(survivor) = decision.survivor.as_ref().and_then(|key| place.record(key)) {
                    honoured.preferred.push(Preferred {
                        members: records,
                        value: None,
                        survivor: Some(survivor),
                    });
                }
            }
            _ => {}
        }
    }
    honoured.decided.one =
        one.into_values().filter(|set| set.len() > 1).map(|set| set.into_iter().collect()).collect();
    honoured.decided.one.sort_unstable();
    Ok(honoured)
}

/// The records of a decision that are there, ascending.
fn records(place: &Place<'_>, decision: &Decision) -> Vec<u32> {
    let found: BTreeSet<u32> = decision.records.iter().filter_map(|key| place.record(key)).collect();
    found.into_iter().collect()
}
