//! What people wrote into the tables of a run → decisions to be kept.

use super::{Answer, LaneName, Review, Reviewed, Sheets, Standing, Word};
use crate::map::Dataset;
use crate::propose::Id;
use crate::state::{Basis, Decision, Key, Ledger, OnFile, Reopened, What};
use crate::survive::Reason;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Who decided, and when.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The name.
    pub by: &'a str,
    /// The time, UTC, as `2026-05-04T10:00:00Z`.
    pub at: &'a str,
    /// The reason for everything that has none of its own.
    pub why: &'a str,
}

/// The decisions in a review.
#[derive(Debug, Default)]
pub struct Taken {
    /// What is new, in the order in which it is to be written.
    pub decisions: Vec<Decision>,
    /// Proposals of which a record changed since the run: nothing is kept of them.
    pub changed: u64,
}

/// Headings under which people may write why.
const COMMENTS: [&str; 2] = ["comment", "why"];

/// Those of them that are no fields of the records themselves.
pub(super) fn comment_headings(data: &Dataset) -> Vec<&'static str> {
    let is_field = |name: &&str| data.fields.iter().any(|field| field.to_string() == *name);
    COMMENTS.into_iter().filter(|name| !is_field(name)).collect()
}

/// Makes decisions of what people wrote. What the run wrote down itself because it was on file before is none, and what
/// is on file already is passed over; so tables that nobody edited give nothing.
pub fn taken(
    review: &Review,
    data: &Dataset,
    ledger: &Ledger,
    reopened: &[Reopened],
    person: Person<'_>,
) -> Taken {
    let all = 0..review.proposals.len();
    taken_of((&review.sheets, &review.proposals), all, data, ledger, reopened, person)
}

/// As [`taken`], of some of the proposals only.
pub fn taken_of(
    (sheets, proposals): (&Sheets, &[Reviewed]),
    some: impl IntoIterator<Item = usize>,
    data: &Dataset,
    ledger: &Ledger,
    reopened: &[Reopened],
    person: Person<'_>,
) -> Taken {
    let open: HashSet<&str> = reopened.iter().map(|reopened| reopened.decision.id.as_str()).collect();
    let holding: Vec<&Decision> =
        ledger.holding().filter(|decision| !open.contains(decision.id.as_str())).collect();
    let taking = Taking {
        sheets,
        proposals,
        data,
        on_file: OnFile::of(&holding),
        person,
        comments: comment_headings(data),
        place: proposals.iter().enumerate().map(|(at, reviewed)| (reviewed.id, at)).collect(),
    };
    let mut taken = Taken::default();
    for reviewed in some.into_iter().map(|at| &proposals[at]) {
        let decisions = taking.of(reviewed);
        if decisions.is_empty() {
            continue;
        }
        if matches!(reviewed.standing, Standing::Changed | Standing::Gone) {
            taken.changed += 1;
            continue;
        }
        taken.decisions.extend(decisions);
    }
    // Who decides anew on records whose decision is open again takes the place of whoever decided before.
    let mut of_key: HashMap<&Key, Vec<usize>> = HashMap::new();
    for (at, reopened) in reopened.iter().enumerate() {
        reopened.decision.records.iter().for_each(|key| of_key.entry(key).or_default().push(at));
    }
    let mut again: Vec<Decision> = Vec::new();
    let mut revoked: HashSet<usize> = HashSet::new();
    for decision in taken.decisions.iter().filter(|decision| decision.what != What::Comment) {
        let mut met: BTreeMap<usize, usize> = BTreeMap::new();
        for &at in decision.records.iter().filter_map(|key| of_key.get(key)).flatten() {
            *met.entry(at).or_default() += 1;
        }
        for (at, _) in met.into_iter().filter(|(_, both)| *both > 1) {
            let open = &reopened[at].decision;
            let is_value = |what| what == What::Value;
            let same_kind = is_value(open.what) == is_value(decision.what) && open.field == decision.field;
            if same_kind && revoked.insert(at) {
                let why = "its records changed; decided anew";
                again.push(Decision::revoke(&open.id, person.by, person.at, why));
            }
        }
    }
    again.append(&mut taken.decisions);
    // Made of parts that were checked, so they are sound.
    taken.decisions = again.into_iter().filter_map(|decision| decision.sound().ok()).collect();
    taken
}

struct Taking<'a> {
    sheets: &'a Sheets,
    proposals: &'a [Reviewed],
    data: &'a Dataset,
    on_file: OnFile<'a>,
    person: Person<'a>,
    place: HashMap<Id, usize>,
    comments: Vec<&'static str>,
}

impl Taking<'_> {
    fn cell(&self, row: u32, name: &str) -> &str {
        let sheet = &self.sheets.proposals;
        sheet.position(name).map_or("", |column| sheet.cell(row, column))
    }

    fn key(&self, row: u32) -> Key {
        Key::new(self.cell(row, "source"), self.cell(row, "record_id"))
    }

    /// What a person says of the members at these places.
    fn decision(&self, what: What, reviewed: &Reviewed, members: &[usize]) -> Decision {
        let mut members = members.to_vec();
        members.sort_unstable();
        let keys: Vec<Key> = members.iter().map(|&at| self.key(reviewed.rows[at])).collect();
        let mut decision = Decision::new(what, self.person.by, self.person.at, keys);
        let comment = self.comment(reviewed);
        decision.why = if comment.is_empty() { self.person.why.to_string() } else { comment };
        decision.fingerprint = reviewed.fingerprint.to_string();
        self.rest(&mut decision, reviewed, &members);
        decision
    }

    /// Notes what the records are.
    fn rest(&self, decision: &mut Decision, reviewed: &Reviewed, members: &[usize]) {
        let records: Option<Vec<u32>> = members.iter().map(|&at| reviewed.records[at]).collect();
        let field = (decision.what == What::Value).then_some(decision.field.as_str());
        decision.basis = records.map(|records| Basis::of(self.data, &records, field));
    }

    fn comment(&self, reviewed: &Reviewed) -> String {
        let of_row = |&row: &u32| self.comments.iter().map(move |name| self.cell(row, name).trim());
        reviewed.rows.iter().flat_map(of_row).find(|text| !text.is_empty()).unwrap_or_default().to_string()
    }

    fn of(&self, reviewed: &Reviewed) -> Vec<Decision> {
        let all: Vec<usize> = (0..reviewed.rows.len()).collect();
        let word = |row: &u32| self.cell(*row, "decision").trim().to_lowercase();
        let mut decisions = match &reviewed.answer {
            Answer::Merge { groups, by_person: true } => {
                let approves = reviewed.rows.iter().any(|row| word(row) == "approve");
                self.merged(reviewed, groups, approves)
            }
            Answer::Apart => self.apart(reviewed),
            Answer::Hold => {
                // Of a proposal that extends a sure one, only what it adds is held.
                let members =
                    self.added(reviewed).map_or(all.clone(), |(core, added)| [added, vec![core]].concat());
                vec![self.decision(What::Hold, reviewed, &members)]
            }
            _ => Vec::new(),
        };
        decisions.retain(|decision| !self.is_known(decision, reviewed));
        if !matches!(reviewed.answer, Answer::Apart) {
            decisions.extend(self.values(reviewed, reviewed.rows.iter().any(|row| word(row) == "approve")));
        }
        let is_silent = reviewed.rows.iter().all(|row| Word::read(&word(row)) == Some(Word::Nothing));
        if decisions.is_empty() && is_silent && !self.comment(reviewed).is_empty() {
            let comment = self.decision(What::Comment, reviewed, &all);
            let same = |old: &Decision| old.what == What::Comment && old.why == comment.why;
            if !self.on_file.on(&comment.records).iter().any(|old| same(old)) {
                decisions.push(comment);
            }
        }
        decisions
    }

    fn merged(&self, reviewed: &Reviewed, groups: &[super::Group], approves: bool) -> Vec<Decision> {
        let what = if approves { What::Approve } else { What::Merge };
        let mut decisions = Vec::new();
        for group in groups {
            let mut decision = self.decision(what, reviewed, &group.members);
            decision.survivor = group
                .survivor
                .filter(|&at| !is_planned(self.sheets, reviewed, &self.key(reviewed.rows[at])))
                .map(|at| self.key(reviewed.rows[at]));
            decisions.push(decision);
        }
        let first: Vec<usize> = groups.iter().map(|group| group.members[0]).collect();
        if first.len() > 1 {
            decisions.push(self.decision(What::KeepApart, reviewed, &first));
        }
        let grouped: HashSet<usize> = groups.iter().flat_map(|group| &group.members).copied().collect();
        for out in (0..reviewed.rows.len()).filter(|at| !grouped.contains(at)) {
            let pairs = first.iter().map(|&group| self.decision(What::KeepApart, reviewed, &[out, group]));
            decisions.extend(pairs);
        }
        decisions
    }

    /// Members that are not one. Of a proposal that extends a sure one only that those it adds are not of that.
    fn apart(&self, reviewed: &Reviewed) -> Vec<Decision> {
        let Some((core, added)) = self.added(reviewed) else {
            let all: Vec<usize> = (0..reviewed.rows.len()).collect();
            return vec![self.decision(What::KeepApart, reviewed, &all)];
        };
        added.into_iter().map(|at| self.decision(What::KeepApart, reviewed, &[at, core])).collect()
    }

    /// Of a proposal that extends a sure one: a member of that, and the members that it adds.
    fn added(&self, reviewed: &Reviewed) -> Option<(usize, Vec<usize>)> {
        let core = reviewed.extends.and_then(|id| self.place.get(&id)).map(|&at| &self.proposals[at])?;
        let inner: HashSet<Key> = core.rows.iter().map(|&row| self.key(row)).collect();
        let is_inner = |at: &usize| inner.contains(&self.key(reviewed.rows[*at]));
        let (of_core, added): (Vec<usize>, Vec<usize>) = (0..reviewed.rows.len()).partition(is_inner);
        Some((*of_core.first()?, added))
    }

    /// Whether this person need not say it any more, or the run said it.
    fn is_known(&self, decision: &Decision, reviewed: &Reviewed) -> bool {
        let same = |old: &&&Decision| {
            old.what == decision.what
                && old.person() == decision.person()
                && old.fingerprint == decision.fingerprint
                && old.survivor == decision.survivor
        };
        if self.on_file.on(&decision.records).iter().any(|old| same(&old)) {
            return true;
        }
        // Tables show what others decided; only the word `approve` says it once more.
        let by_whomever = |old: &&&Decision| {
            old.what == decision.what
                && old.fingerprint == decision.fingerprint
                && old.survivor == decision.survivor
        };
        if matches!(decision.what, What::Merge | What::Hold)
            && self.on_file.on(&decision.records).iter().any(|old| by_whomever(&old))
        {
            return true;
        }
        let of_run = reviewed.lane == LaneName::Auto;
        match decision.what {
            What::Merge => of_run && decision.survivor.is_none() && self.on_file.are_one(&decision.records),
            What::KeepApart => self.on_file.are_apart(&decision.records),
            What::Hold => {
                let reason = self.cell(reviewed.rows[0], "hold_reason");
                reason == crate::cluster::HoldReason::OnHold.name()
            }
            _ => false,
        }
    }

    /// Values that a person prefers and that are not on file; who approves of a proposal approves of its values.
    fn values(&self, reviewed: &Reviewed, approves: bool) -> Vec<Decision> {
        let plan = &self.sheets.plan;
        let members: Vec<usize> = match &reviewed.answer {
            Answer::Merge { groups, .. } if groups.len() == 1 => groups[0].members.clone(),
            _ => (0..reviewed.rows.len()).collect(),
        };
        let cell = |row: u32, name: &str| plan.position(name).map_or("", |column| plan.cell(row, column));
        let mut values = Vec::new();
        for &row in reviewed.plan.iter().filter(|&&row| !cell(row, "override").is_empty()) {
            let mut value = self.decision(What::Value, reviewed, &members);
            value.field = cell(row, "field").to_string();
            value.value = cell(row, "override").to_string();
            self.rest(&mut value, reviewed, &members);
            let same = |old: &&&Decision| {
                old.what == What::Value
                    && old.field == value.field
                    && old.value == value.value
                    && (!approves || old.person() == value.person())
            };
            if !self.on_file.on(&value.records).iter().any(|old| same(&old)) {
                values.push(value);
            }
        }
        values
    }
}

/// Whether a record is the survivor that the run proposed.
pub(super) fn is_planned(sheets: &Sheets, reviewed: &Reviewed, key: &Key) -> bool {
    let plan = &sheets.plan;
    let cell = |row: u32, name: &str| plan.position(name).map_or("", |column| plan.cell(row, column));
    let is_of_survivor = |row: &&u32| cell(**row, "rule") == Reason::Survivor.name();
    // Without an id in the sources nothing tells which one it was.
    reviewed
        .plan
        .iter()
        .filter(is_of_survivor)
        .all(|&row| cell(row, "from_source") == key.source && cell(row, "from_record_id") == key.record_id)
}
