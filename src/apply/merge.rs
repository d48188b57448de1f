//! Answers → merges with their golden values.

use super::values::{self, from_golden};
use super::{ApplyError, is_merged, superseded};
use crate::map::Dataset;
use crate::propose::{Compared, Id, by_key};
use crate::review::{Answer, Group, Review, Reviewed, Standing, is_joined, is_rebuilt};
use crate::survive::{Chosen, Conditions, GoldenRecord, Reason, rule_text};
use rayon::prelude::*;
use std::borrow::Cow;

/// Where a golden value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// There is none.
    Nothing,
    /// In the cell of a record, in the field at a position.
    Cell { record: u32, field: u16 },
    /// In [`Merging::texts`], at a position: joined from several cells, or typed by a person.
    Text(u16),
}

/// Why a golden value was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// By a survivorship rule, and conditions of the settings that put other values aside.
    Rule(Reason, Conditions),
    /// A person chose it among the values of the records.
    Chosen,
    /// A person typed it: it stands in no record.
    Typed,
    /// A person wants the field empty.
    Cleared,
    /// It is the company that a person belongs to, and that was merged into this one.
    Repointed,
}

impl Why {
    /// The name in files.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Rule(reason, given) => rule_text(reason, given),
            Self::Chosen => Cow::Borrowed("chosen"),
            Self::Typed => Cow::Borrowed("typed"),
            Self::Cleared => Cow::Borrowed("cleared"),
            Self::Repointed => Cow::Borrowed("repointed"),
        }
    }
}

/// One golden value of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Where it stands.
    pub holds: Holds,
    /// Why it was taken.
    pub why: Why,
}

impl Cell {
    pub(super) const EMPTY: Self =
        Self { holds: Holds::Nothing, why: Why::Rule(Reason::Empty, Conditions::NONE) };
}

/// One merge.
#[derive(Clone, Debug, PartialEq)]
pub struct Merging {
    /// Made of the keys of its records: the proposal's id when they are all of its members.
    pub id: Id,
    /// The proposal, by its place in [`Review::proposals`].
    pub proposal: usize,
    /// What decided: `auto`, `merge`, `group:N`.
    pub decision: String,
    /// The records, ascending.
    pub members: Vec<u32>,
    /// The one that stays.
    pub survivor: u32,
    /// One per field.
    pub cells: Box<[Cell]>,
    /// Values that stand in no single cell.
    pub texts: Vec<String>,
}

impl Merging {
    /// The golden value of the field at a position.
    pub fn value<'a>(&'a self, data: &'a Dataset, position: usize) -> &'a str {
        match self.cells[position].holds {
            Holds::Nothing => "",
            Holds::Cell { record, field } => data.raw(record, field as usize),
            Holds::Text(at) => &self.texts[at as usize],
        }
    }

    /// Checks every value against the cells of the records, whatever lineage says.
    pub(super) fn check(&self, data: &Dataset) -> Result<(), ApplyError> {
        for (position, cell) in self.cells.iter().enumerate() {
            let value = self.value(data, position);
            let own = || self.members.iter().map(|&member| data.raw(member, position));
            let is_by = |wanted| matches!(cell.why, Why::Rule(reason, _) if reason == wanted);
            let anywhere = || {
                let fields = 0..data.fields.len();
                fields.into_iter().any(|at| self.members.iter().any(|&member| data.raw(member, at) == value))
            };
            let joined = || is_by(Reason::CollectAll) && is_joined(value, &own().collect::<Vec<_>>());
            let rebuilt = || {
                let fields = 0..data.fields.len();
                let cells =
                    fields.flat_map(|at| self.members.iter().map(move |&member| data.raw(member, at)));
                is_by(Reason::Rebuilt) && is_rebuilt(value, &cells.collect::<Vec<_>>())
            };
            let stands = value.is_empty()
                // Typed by a person; or the id of the company that is kept, which `links` put there.
                || matches!(cell.why, Why::Typed | Why::Repointed)
                || own().any(|raw| raw == value)
                || anywhere()
                || joined()
                || rebuilt();
            if !stands {
                return Err(ApplyError::FromNowhere {
                    merge: self.id.to_string(),
                    field: data.fields[position].to_string(),
                    value: value.to_string(),
                });
            }
        }
        Ok(())
    }
}

/// A merge whose values are not all known yet.
struct Draft {
    proposal: usize,
    decision: String,
    members: Vec<u32>,
    survivor: Option<u32>,
    /// By the plan; a field without a cell is to be chosen anew.
    cells: Vec<Option<Cell>>,
    texts: Vec<String>,
}

/// All merges, in the order of the proposals.
pub(super) fn all(
    data: &Dataset,
    review: &Review,
    choose: impl FnOnce(&[Chosen]) -> Vec<GoldenRecord>,
) -> Vec<Merging> {
    let plan = values::Plan::of(data, review);
    let superseded = superseded(review);
    let mut drafts: Vec<Draft> = review
        .proposals
        .par_iter()
        .enumerate()
        .flat_map_iter(|(at, reviewed)| {
            let groups = match &reviewed.answer {
                _ if superseded.contains(&reviewed.id) => Vec::new(),
                Answer::Merge { groups, by_person } if is_merged(&reviewed.answer, reviewed.standing) => {
                    groups.iter().map(|group| draft(data, &plan, at, reviewed, group, *by_person)).collect()
                }
                _ => Vec::new(),
            };
            groups.into_iter()
        })
        .collect();
    let open: Vec<usize> =
        (0..drafts.len()).filter(|&at| drafts[at].cells.iter().any(Option::is_none)).collect();
    if !open.is_empty() {
        let chosen =
            |&at: &usize| Chosen { members: drafts[at].members.clone(), survivor: drafts[at].survivor };
        let golden = choose(&open.iter().map(chosen).collect::<Vec<_>>());
        for (&at, record) in open.iter().zip(&golden) {
            let draft = &mut drafts[at];
            draft.survivor = Some(record.survivor);
            for position in 0..draft.cells.len() {
                if draft.cells[position].is_none() {
                    draft.cells[position] = Some(from_golden(record, position, &mut draft.texts));
                }
            }
        }
    }
    let compared = Compared::of(data);
    drafts.into_par_iter().map(|draft| finish(data, review, &plan, &compared, draft)).collect()
}

fn draft(
    data: &Dataset,
    plan: &values::Plan<'_>,
    at: usize,
    reviewed: &Reviewed,
    group: &Group,
    by_person: bool,
) -> Draft {
    // All records are there, or the proposal would be held back.
    let mut members: Vec<u32> = group.members.iter().filter_map(|&member| reviewed.records[member]).collect();
    members.sort_unstable();
    let survivor = group.survivor.and_then(|member| reviewed.records[member]);
    let is_whole = group.members.len() == reviewed.rows.len();
    let mut texts = Vec::new();
    let as_planned = is_whole && survivor.is_some_and(|survivor| plan.keeps(reviewed, survivor));
    let cells = match as_planned {
        true => plan.cells(reviewed, reviewed.standing == Standing::Touched, &mut texts),
        false => vec![None; data.fields.len()],
    };
    let decision = match (by_person, group.number) {
        (false, _) => "auto".to_string(),
        (true, 0) => "merge".to_string(),
        (true, number) => format!("group:{number}"),
    };
    Draft { proposal: at, decision, members, survivor, cells, texts }
}

fn finish(
    data: &Dataset,
    review: &Review,
    plan: &values::Plan<'_>,
    compared: &Compared<'_>,
    draft: Draft,
) -> Merging {
    let Draft { proposal, decision, members, survivor, cells, texts } = draft;
    let survivor = survivor.unwrap_or(members[0]);
    let mut merging = Merging {
        id: compared.id('P', &by_key(data, &members)),
        proposal,
        decision,
        survivor,
        cells: cells.into_iter().map(|cell| cell.unwrap_or(Cell::EMPTY)).collect(),
        members,
        texts,
    };
    plan.overrides(&review.proposals[proposal], &mut merging);
    merging
}
