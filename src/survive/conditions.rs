//! Conditions of the settings: which members' values count for a field.

use super::ballot::Ballot;
use super::recency::{MONTH, instant};
use super::standing;
use super::{Conditions, Reason};
use crate::config::{Age, FieldSettings, SurviveSettings, Words};
use crate::map::{Dataset, FieldId};
use crate::profile;

/// What the settings ask of the values of all fields.
pub(super) struct Asked {
    /// Per field; nothing where every value counts.
    of_field: Vec<Option<Asks>>,
    /// Per field with a list of its own: per table, how far its source is trusted.
    trust: Vec<Option<Vec<i64>>>,
}

/// What the settings ask of one field's values.
struct Asks {
    valid: bool,
    patterns: Vec<glob::Pattern>,
    /// Per table: whether its source is one of those named.
    sources: Option<Vec<bool>>,
    /// Positions of fields that must be filled; none for a field that no source has.
    filled: Vec<Option<usize>>,
    /// Positions of fields, and what they must be, in small letters.
    equals: Vec<(Option<usize>, Vec<String>)>,
    age: Option<Oldest>,
}

enum Oldest {
    /// See [`instant`].
    Since(u64),
    /// Seconds before the newest member.
    Before(u64),
}

/// Which members' values count for a field.
pub(super) struct Verdict {
    /// Members that do not; none when no member meets the conditions, since then all of them count.
    pub out: Vec<bool>,
    /// What put values aside.
    pub why: Conditions,
}

impl Asked {
    /// Reads the settings for the fields of a data set.
    pub fn of(data: &Dataset, settings: &SurviveSettings) -> Self {
        let tables = || data.fields.iter().map(|id| settings.of(id).and_then(crate::config::FieldRule::table));
        let trust = |table: &FieldSettings| {
            let own = table.source_priority.all();
            (!own.is_empty()).then(|| standing::trust(data, own, settings))
        };
        Self {
            of_field: tables().map(|table| table.and_then(|table| Asks::of(data, table))).collect(),
            trust: tables().map(|table| table.and_then(trust)).collect(),
        }
    }

    /// How far a table's source is trusted for a field, where the field has a list of its own.
    pub fn trust(&self, position: usize, table: usize) -> Option<i64> {
        self.trust[position].as_ref().map(|of_table| of_table[table])
    }

    /// Whether anything is asked of one of these fields.
    pub fn any(&self, mut positions: impl Iterator<Item = usize>) -> bool {
        positions.any(|position| self.of_field[position].is_some())
    }

    /// Which members count for fields that are taken from one member together: it meets the conditions of all of them
    /// that it fills. `None` when nothing is put aside.
    pub fn verdict(&self, ballot: &Ballot<'_>, positions: &[usize]) -> Option<Verdict> {
        if !self.any(positions.iter().copied()) {
            return None;
        }
        let newest = ballot.standings.iter().map(|standing| standing.changed).max().unwrap_or(0);
        let mut verdict = Verdict { out: vec![false; ballot.members.len()], why: Conditions::NONE };
        let (mut filled, mut passing) = (false, false);
        for member in 0..ballot.members.len() {
            let mut failed = Conditions::NONE;
            let held = positions.iter().copied().filter(|&position| ballot.is_filled(member, position));
            let mut holds = false;
            for position in held {
                holds = true;
                if let Some(asks) = &self.of_field[position] {
                    failed |= asks.failed(ballot, member, position, newest);
                }
            }
            filled |= holds;
            passing |= holds && failed.is_empty();
            verdict.out[member] = !failed.is_empty();
            verdict.why |= failed;
        }
        match (filled, passing) {
            (true, false) => {
                verdict.out.fill(false);
                verdict.why = Conditions::UNMET;
                Some(verdict)
            }
            _ => verdict.out.contains(&true).then_some(verdict),
        }
    }
}

impl Asks {
    fn of(data: &Dataset, table: &FieldSettings) -> Option<Self> {
        let position = |name: &str| name.parse::<FieldId>().ok().and_then(|id| data.position(&id));
        let small = |words: &Words| words.all().iter().map(|word| plain(word)).collect();
        // What is no pattern or no age was told when the settings were read.
        let patterns: Vec<glob::Pattern> =
            table.pattern.all().iter().filter_map(|pattern| glob::Pattern::new(pattern).ok()).collect();
        let named = table.when.source.all();
        let is_named = |of: &crate::table::Table| named.contains(&of.source);
        let age = table.when.not_older_than.as_ref().and_then(|age| age.parse::<Age>().ok());
        let asks = Self {
            valid: table.valid,
            patterns,
            sources: (!named.is_empty()).then(|| data.tables.iter().map(is_named).collect()),
            filled: table.when.filled.all().iter().map(|name| position(name)).collect(),
            equals: table.when.equals.iter().map(|(name, words)| (position(name), small(words))).collect(),
            age: age.map(|age| match age {
                Age::Since(day) => Oldest::Since(instant(&day)),
                Age::Months(months) => Oldest::Before(months * MONTH),
            }),
        };
        let asks_nothing = !asks.valid
            && asks.patterns.is_empty()
            && asks.sources.is_none()
            && asks.filled.is_empty()
            && asks.equals.is_empty()
            && asks.age.is_none();
        (!asks_nothing).then_some(asks)
    }

    /// The conditions that a member's value does not meet.
    fn failed(&self, ballot: &Ballot<'_>, member: usize, position: usize, newest: u64) -> Conditions {
        let mut failed = Conditions::NONE;
        let mut fail = |holds: bool, condition: Conditions| {
            if !holds {
                failed |= condition;
            }
        };
        if self.valid {
            let field = &ballot.stage.data.fields[position];
            let normal = ballot.normal(member, position);
            fail(profile::is_valid(field, normal, ballot.country(member)), Conditions::VALID);
        }
        if !self.patterns.is_empty() {
            let raw = ballot.raw(member, position).trim();
            let options = glob::MatchOptions { case_sensitive: false, ..Default::default() };
            let fits = self.patterns.iter().any(|pattern| pattern.matches_with(raw, options));
            fail(fits, Conditions::PATTERN);
        }
        if let Some(sources) = &self.sources {
            fail(sources[ballot.table(member)], Conditions::SOURCE);
        }
        for &field in &self.filled {
            fail(field.is_some_and(|field| ballot.is_filled(member, field)), Conditions::FILLED);
        }
        for (field, values) in &self.equals {
            let is = |field: usize| values.contains(&plain(ballot.raw(member, field)));
            fail(field.is_some_and(is), Conditions::EQUALS);
        }
        let changed = ballot.standings[member].changed;
        match self.age {
            Some(Oldest::Since(day)) => fail(changed >= day, Conditions::AGE),
            Some(Oldest::Before(time)) => {
                fail(changed > 0 && changed.saturating_add(time) >= newest, Conditions::AGE);
            }
            None => {}
        }
        failed
    }
}

/// A value without regard to case and outer blanks.
fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether conditions have a say in a value that was chosen for this reason.
pub(super) fn count_for(reason: Reason) -> bool {
    !matches!(reason, Reason::Empty | Reason::Group | Reason::Rebuilt | Reason::Kept | Reason::Survivor)
}
