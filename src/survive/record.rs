//! One cluster → one golden record.

use super::ballot::{Ballot, Cells, Stage};
use super::contest::{self, Contest, ELSEWHERE, Outcome};
use super::groups::Excluded;
use super::kin::{self, Likeness};
use super::rules::{self, Choice};
use super::{Conditions, GoldenCell, GoldenRecord, OtherValue, Reason};
use super::{conditions, full_name, kept, letter_case};
use crate::config::Rule;
use crate::map::{Field, Kind};

/// A golden record in the making; members by their place in the cluster.
pub(super) struct Draft<'b> {
    /// Per field: the member and the field whose cell is taken, and why.
    pub cells: Vec<Option<(usize, usize, Reason)>>,
    /// Joined texts.
    pub joined: Vec<(u16, String)>,
    /// Per field: the contest and who won it, where there was one.
    pub contests: Vec<Option<(Contest<'b>, Outcome)>>,
    /// The normal form of a whole name that was taken to agree with its parts.
    pub full_name: Option<String>,
}

/// Chooses every field's value for one cluster.
pub(super) fn make(stage: &Stage<'_>, members: &[u32]) -> GoldenRecord {
    make_for(stage, members, None)
}

/// As [`make`], for a survivor that is given.
pub(super) fn make_for(stage: &Stage<'_>, members: &[u32], survivor: Option<u32>) -> GoldenRecord {
    let ballot = Ballot::new(stage, members);
    let fields = stage.data.fields.len();
    let cells: Vec<Cells> = (0..fields).map(|position| ballot.cells(position)).collect();
    let mut excluded = Excluded::of(&ballot, &cells);
    let given = survivor.and_then(|record| members.iter().position(|&member| member == record));
    let survivor = given.unwrap_or_else(|| ballot.survivor());

    // A user of one system is nobody in another: where sources meet, the survivor keeps its own owner.
    let source = |member: usize| stage.data.source(members[member]);
    let many_sources = (0..members.len()).any(|member| source(member) != source(survivor));
    let is_own = |position: usize| {
        many_sources
            && matches!(stage.data.fields[position].field, Field::Owner | Field::OwnerId)
            && ballot.is_filled(survivor, position)
    };
    let mut draft =
        Draft { cells: vec![None; fields], joined: Vec::new(), contests: Vec::new(), full_name: None };
    draft.contests.resize_with(fields, || None);
    let mut contests = Vec::new();
    for (position, &state) in cells.iter().enumerate() {
        let rule = stage.rules[position];
        let is_id = stage.layout.ids.contains(&position)
            || rule == Rule::Consensus && state != Cells::Empty && is_own(position);
        if state == Cells::Differ && rule == Rule::Consensus && !is_id {
            let contest = excluded.contest(&ballot, position);
            if !contest.forms.is_empty() {
                contests.push(contest);
            }
            continue;
        }
        let counts = |member: usize| excluded.counts(position, member);
        draft.cells[position] = match state {
            Cells::Empty => None,
            _ if is_id => Some((survivor, position, Reason::Survivor)),
            Cells::One(member) => counts(member).then_some((member, position, Reason::Only)),
            Cells::Same => {
                let best = ballot
                    .best((0..members.len()).filter(|&at| counts(at) && ballot.is_filled(at, position)));
                best.map(|member| (member, position, Reason::Agreed))
            }
            Cells::Differ => match rules::choose(&ballot, position, rule, counts) {
                Some(Choice::Cell(member, reason)) => Some((member, position, reason)),
                Some(Choice::Joined(member, text)) => {
                    draft.joined.push((position as u16, text));
                    Some((member, position, Reason::CollectAll))
                }
                None => None,
            },
        };
    }
    demote_mobiles(&ballot, &mut contests);
    let outcomes = contest::decide_all(&contests, &ballot.standings);
    for (contest, outcome) in contests.into_iter().zip(outcomes) {
        let position = contest.position;
        let (_, member) = contest.forms[outcome.form].pick(&ballot.standings);
        let reason = match (contest.forms.len(), contest.forms[outcome.form].support) {
            (1, _) if excluded.by_group(position) => Reason::Group,
            (1, 1) => Reason::Only,
            _ => outcome.reason,
        };
        draft.cells[position] = Some((member, position, reason));
        draft.contests[position] = Some((contest, outcome));
    }
    kept::place(&ballot, &cells, &mut draft);
    letter_case::mend(&ballot, &cells, &excluded, &mut draft);
    full_name::agree(&ballot, &cells, &mut draft);
    finish(&ballot, &cells, survivor, &excluded, draft)
}

/// A number that stands among the mobile numbers of the cluster is no good choice for the land line.
fn demote_mobiles(ballot: &Ballot<'_>, contests: &mut [Contest<'_>]) {
    let layout = &ballot.stage.layout;
    for contest in contests.iter_mut().filter(|contest| layout.phones.contains(&contest.position)) {
        let filled = |&at: &usize, mobile: usize| ballot.is_filled(at, mobile);
        for &mobile in &layout.mobiles {
            for member in (0..ballot.members.len()).filter(|at| filled(at, mobile)) {
                let number = ballot.normal(member, mobile);
                let found =
                    contest.forms.iter_mut().find(|form| form.normal == number && form.penalty < ELSEWHERE);
                found.into_iter().for_each(|form| form.penalty += ELSEWHERE);
            }
        }
    }
}

/// Lists the values that were not chosen and says which of them are lost.
fn finish(
    ballot: &Ballot<'_>,
    cells: &[Cells],
    survivor: usize,
    excluded: &Excluded<'_>,
    draft: Draft<'_>,
) -> GoldenRecord {
    let mut others = Vec::new();
    let mut golden = Vec::with_capacity(cells.len());
    for (position, state) in cells.iter().enumerate() {
        let chosen = draft.cells[position];
        golden.push(match chosen {
            Some((member, field, rule)) => {
                let given =
                    if conditions::count_for(rule) { excluded.given(position) } else { Conditions::NONE };
                GoldenCell { from: Some(ballot.members[member]), field: field as u16, rule, given }
            }
            None => GoldenCell::empty(position as u16),
        });
        // A text that was joined stands in no cell.
        let own = chosen.filter(|(_, field, rule)| *field == position && *rule != Reason::Rebuilt);
        let taken = |holders: &[usize]| own.is_some_and(|(member, ..)| holders.contains(&member));
        if *state == Cells::Empty || (*state != Cells::Differ && own.is_some()) {
            continue;
        }
        let mut values: Vec<Vec<usize>> =
            ballot.values(position, |_| true).into_iter().filter(|holders| !taken(holders)).collect();
        values.sort_by_key(|holders| {
            (
                std::cmp::Reverse(holders.len()),
                ballot.best(holders.iter().copied()).map(|best| ballot.standings[best].order()),
            )
        });
        for holders in values {
            let best = ballot.best(holders.iter().copied()).unwrap_or(holders[0]);
            others.push(OtherValue {
                field: position as u16,
                from: ballot.members[best],
                holders: holders.len() as u32,
                lost: is_lost(ballot, position, best, &draft),
            });
        }
    }
    GoldenRecord {
        survivor: ballot.members[survivor],
        cells: golden.into(),
        others: others.into(),
        joined: draft.joined,
        preferred: Vec::new(),
    }
}

/// Whether a value's information is in no golden value: neither as a spelling of the one chosen, nor in a field of
/// the same kind, nor joined with others.
fn is_lost(ballot: &Ballot<'_>, position: usize, member: usize, draft: &Draft<'_>) -> bool {
    let stage = ballot.stage;
    // Ids of members stand in the crosswalk and in `merged_record_ids`; when a row was touched is no information
    // about its entity.
    let housekeeping =
        stage.layout.ids.contains(&position) || stage.data.fields[position].kind() == Kind::Timestamp;
    let collected = || draft.joined.iter().any(|(at, _)| *at as usize == position);
    let is_full_name = stage.layout.name_fields.full == Some(position);
    let own_whole = draft.full_name.as_deref().filter(|_| is_full_name);
    if housekeeping || (collected() && own_whole.is_none()) {
        return false;
    }
    let field = &stage.data.fields[position];
    let normal = ballot.normal(member, position);
    if normal.is_empty() && draft.cells[position].is_some() {
        return false; // junk
    }
    if let Some(whole) = own_whole {
        // Another spelling may be the right one: the parts had no say from whole names.
        return whole != normal && !kin::abbreviates(normal, whole);
    }
    let golden = |at: usize| draft.cells[at].map_or("", |(holder, from, _)| ballot.normal(holder, from));
    let likeness = stage.likeness[position];
    let several = kin::values_in(normal).nth(1).is_some();
    if let Some((contest, outcome)) = draft.contests[position].as_ref().filter(|_| !several) {
        let winner = contest.forms[outcome.form].family;
        let supports = contest.forms.iter().any(|form| form.normal == normal && form.family == winner);
        if supports && kin::says_the_same(likeness, golden(position), normal) {
            return false;
        }
    } else if draft.cells[position].is_some()
        && kin::are_kin(likeness, golden(position), normal)
        && kin::says_the_same(likeness, golden(position), normal)
    {
        return false;
    }
    if kin::includes(likeness, golden(position), normal) {
        return false;
    }
    let has_sisters = matches!(field.kind(), Kind::PersonName | Kind::Email | Kind::Phone);
    let is_sister =
        |&at: &usize| at == position || (has_sisters && stage.data.fields[at].kind() == field.kind());
    let sisters = || (0..draft.cells.len()).filter(is_sister).map(golden);
    if matches!(likeness, Likeness::Email | Likeness::Phone) {
        let stands = |value| sisters().any(|cell| kin::values_in(cell).any(|own| own == value));
        return normal.is_empty() || !kin::values_in(normal).all(stands);
    }
    normal.is_empty() || !sisters().any(|cell| cell == normal)
}
