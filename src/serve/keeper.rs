//! Edits of the page → decisions in the store.

use crate::review::{Desk, Person, taken_of};
use crate::state::{self, Decision, Ledger, Reopened, StateError, Status, Store, What};
use std::collections::{HashMap, HashSet};

/// The store, with what does not change while the page is served.
pub struct Keeper {
    store: Store,
    /// Decisions that were open again when the page was opened.
    reopened: Vec<Reopened>,
    /// The reason for everything that has none of its own.
    why: String,
}

/// What became of edits in the store.
#[derive(Debug, Default)]
pub struct Stored {
    /// Decisions by proposal, by its place: those that hold now because of the page.
    pub of: HashMap<usize, Vec<String>>,
    /// Proposals whose records changed since the run: nothing is kept of them.
    pub changed: u64,
}

impl Keeper {
    /// Takes a store.
    ///
    /// Errors: it cannot be read.
    pub fn new(store: Store, desk: &Desk<'_>, why: &str) -> Result<Self, StateError> {
        let reopened = state::reopened(&store.ledger()?, desk.data());
        Ok(Self { store, reopened, why: why.to_string() })
    }

    /// Makes what the store holds of these proposals, by one person in the page, what the tables say now. `before` are the
    /// decisions that earlier edits of a proposal brought into the store.
    ///
    /// Errors: decisions contradict each other, or the store cannot be written; nothing is kept.
    pub fn keep(
        &mut self,
        desk: &Desk<'_>,
        some: &[usize],
        before: &HashMap<usize, Vec<String>>,
        (by, at): (&str, &str),
    ) -> Result<Stored, StateError> {
        let ledger = self.store.ledger()?;
        let person = Decision::new(What::Comment, by, at, Vec::new()).person();
        let earlier: HashSet<&str> =
            some.iter().filter_map(|at| before.get(at)).flatten().map(String::as_str).collect();
        let is_own = |entry: &Decision| earlier.contains(entry.id.as_str()) && entry.person() == person;
        let own: Vec<Decision> = ledger.holding().filter(|entry| is_own(entry)).cloned().collect();
        // As if the person had not decided here yet.
        let rest: HashSet<&str> = own.iter().map(|entry| entry.id.as_str()).collect();
        let others = match rest.is_empty() {
            true => ledger.clone(),
            false => Ledger::of(
                ledger.entries.iter().filter(|entry| !rest.contains(entry.id.as_str())).cloned().collect(),
            ),
        };
        let holds: HashSet<&str> = others.holding().map(|entry| entry.id.as_str()).collect();
        let open: Vec<Reopened> =
            self.reopened.iter().filter(|open| holds.contains(open.decision.id.as_str())).cloned().collect();
        let who = Person { by, at, why: &self.why };
        let taken =
            taken_of((&desk.sheets, &desk.proposals), some.iter().copied(), desk.data(), &others, &open, who);
        let (kept, gone): (Vec<&Decision>, Vec<&Decision>) =
            own.iter().partition(|old| taken.decisions.iter().any(|new| says_the_same(old, new)));
        let why = "taken back in the review page";
        let mut new: Vec<Decision> =
            gone.iter().filter_map(|old| Decision::revoke(&old.id, by, at, why).sound().ok()).collect();
        let wanted: Vec<Decision> = taken
            .decisions
            .into_iter()
            .filter(|wanted| !kept.iter().any(|old| says_the_same(old, wanted)))
            .collect();
        let wanted = anew(wanted, &ledger);
        let ids: Vec<(String, Vec<state::Key>)> = kept
            .iter()
            .map(|old| (old.id.clone(), old.records.clone()))
            .chain(
                wanted
                    .iter()
                    .filter(|entry| entry.what != What::Revoke)
                    .map(|entry| (entry.id.clone(), entry.records.clone())),
            )
            .collect();
        new.extend(wanted);
        if !new.is_empty() {
            self.store.append(&new)?;
        }
        Ok(Stored { of: share(desk, some, ids), changed: taken.changed })
    }

    /// Names of who has approved of merging a proposal as the store has it, you included.
    pub fn approvals(&self, records: &[state::Key], fingerprint: &str) -> Result<Vec<String>, StateError> {
        let ledger = self.store.ledger()?;
        let mut people: Vec<String> = ledger
            .entries
            .iter()
            .zip(&ledger.status)
            .filter(|(entry, status)| {
                **status == Status::Holds
                    && entry.what.joins()
                    && entry.fingerprint == fingerprint
                    && entry.records == records
            })
            .map(|(entry, _)| entry.by.clone())
            .collect();
        people.sort_unstable();
        people.dedup();
        Ok(people)
    }
}

/// Decisions that are on file and hold no more, made anew within the same second, would be taken for those: they get a later one.
fn anew(decisions: Vec<Decision>, ledger: &Ledger) -> Vec<Decision> {
    let known: HashSet<&str> = ledger.entries.iter().map(|entry| entry.id.as_str()).collect();
    let later = |mut decision: Decision| {
        while known.contains(decision.id.as_str()) {
            let at: jiff::Timestamp = decision.at.parse().ok()?;
            decision.at = (at + jiff::SignedDuration::from_secs(1)).strftime("%FT%TZ").to_string();
            decision.id = String::new();
            decision = decision.sound().ok()?;
        }
        Some(decision)
    };
    decisions.into_iter().filter_map(later).collect()
}

/// Whether two decisions say the same, whenever they were made.
fn says_the_same(one: &Decision, other: &Decision) -> bool {
    let bare = |entry: &Decision| Decision { id: String::new(), at: String::new(), ..entry.clone() };
    bare(one) == bare(other)
}

/// Hands decisions to the proposals that hold their records.
fn share(
    desk: &Desk<'_>,
    some: &[usize],
    ids: Vec<(String, Vec<state::Key>)>,
) -> HashMap<usize, Vec<String>> {
    let mut of: HashMap<usize, Vec<String>> = some.iter().map(|&at| (at, Vec::new())).collect();
    if let [only] = some {
        of.insert(*only, ids.into_iter().map(|(id, _)| id).collect());
        return of;
    }
    let mut place: HashMap<state::Key, Vec<usize>> = HashMap::new();
    for &at in some {
        for key in desk.keys(at) {
            place.entry(key).or_default().push(at);
        }
    }
    for (id, records) in ids {
        let all = |at: &&usize| records.iter().all(|key| place.get(key).is_some_and(|of| of.contains(at)));
        let first = records.first().and_then(|key| place.get(key)).and_then(|of| of.iter().find(all));
        if let Some(at) = first {
            of.entry(*at).or_default().push(id);
        }
    }
    of
}
