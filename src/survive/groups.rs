//! Fields that belong together: which members do not count for them.

use super::Conditions;
use super::ballot::{Ballot, Cells};
use super::conditions::Verdict;
use super::contest::Contest;
use super::kin::{Likeness, are_kin, are_near};
use crate::config::Rule;
use std::cmp::Reverse;

/// Above this many members addresses are not compared in pairs: such a cluster is held anyway.
const MOST_MEMBERS: usize = 200;
/// An address of at least this weight names a place; less (a city alone) goes with any that does not contradict it.
const PLACE: u32 = 3;

/// Per field: the members (by place) that do not count, or nothing when all do.
pub(super) struct Excluded<'b> {
    of_field: Vec<Option<Vec<bool>>>,
    /// Per field: whether a group of fields leaves members out, beside conditions of the settings.
    by_group: Vec<bool>,
    /// Per field: the conditions that put values aside.
    given: Vec<Conditions>,
    /// Contests among all members that were needed to decide.
    contests: Vec<Option<Contest<'b>>>,
}

impl<'b> Excluded<'b> {
    /// Whether a member counts for a field.
    pub fn counts(&self, position: usize, member: usize) -> bool {
        self.of_field[position].as_ref().is_none_or(|out| !out[member])
    }

    /// Whether somebody is left out for a field.
    fn any(&self, position: usize) -> bool {
        self.of_field[position].is_some()
    }

    /// Whether somebody is left out for a field because of the fields that belong to it.
    pub fn by_group(&self, position: usize) -> bool {
        self.by_group[position]
    }

    /// The conditions that put values of a field aside.
    pub fn given(&self, position: usize) -> Conditions {
        self.given[position]
    }

    /// The contest of a field among the members that count for it; asked for once.
    pub fn contest(&mut self, ballot: &'b Ballot<'_>, position: usize) -> Contest<'b> {
        let known = self.contests[position].take().filter(|_| !self.any(position));
        known.unwrap_or_else(|| ballot.contest(position, |member| self.counts(position, member)))
    }

    /// Decides for all groups of fields of a cluster.
    pub fn of(ballot: &'b Ballot<'_>, cells: &[Cells]) -> Self {
        let fields = cells.len();
        let mut contests = Vec::new();
        contests.resize_with(fields, || None);
        let mut excluded = Self {
            of_field: vec![None; fields],
            by_group: vec![false; fields],
            given: vec![Conditions::NONE; fields],
            contests,
        };
        let few = ballot.members.len() <= MOST_MEMBERS;
        let addresses = &ballot.stage.layout.addresses;
        for parts in addresses {
            let positions: Vec<usize> = parts.iter().map(|part| part.0).collect();
            let verdict = excluded.conditions(ballot, cells, &positions);
            let aside = verdict.map_or_else(|| vec![false; ballot.members.len()], |verdict| verdict.out);
            let (out, decided) =
                if few { other_addresses(ballot, cells, parts, &aside) } else { (None, Vec::new()) };
            if let Some(out) = out {
                positions.iter().for_each(|&position| excluded.leave_out(position, &out));
            }
            decided.into_iter().for_each(|contest| {
                let position = contest.position;
                excluded.contests[position] = Some(contest);
            });
        }
        if few && let Some(out) = swapped_names(ballot, cells) {
            ballot.stage.layout.name_parts.iter().for_each(|&position| excluded.leave_out(position, &out));
        }
        let asked = if ballot.stage.asked.anything() { 0..fields } else { 0..0 };
        for position in asked {
            if cells[position] != Cells::Empty && !addresses.iter().flatten().any(|part| part.0 == position) {
                excluded.conditions(ballot, cells, &[position]);
            }
        }
        // A part that only the others have (a country, mostly) is better than none where it cannot contradict.
        for (position, out) in excluded.of_field.iter_mut().enumerate() {
            let left = |out: &Vec<bool>| {
                (0..out.len()).any(|member| !out[member] && ballot.is_filled(member, position))
            };
            if ballot.stage.layout.goes_with_any(position) && out.as_ref().is_some_and(|out| !left(out)) {
                *out = None;
                excluded.by_group[position] = false;
                excluded.given[position] = Conditions::NONE;
            }
        }
        excluded
    }

    /// Leaves out, for fields that are taken together, the members that do not meet the conditions of the settings; unless
    /// nobody would be left.
    fn conditions(&mut self, ballot: &Ballot<'_>, cells: &[Cells], positions: &[usize]) -> Option<Verdict> {
        let verdict = ballot.stage.asked.verdict(ballot, positions)?;
        let left = |position: usize| {
            (0..ballot.members.len()).any(|member| {
                !verdict.out[member] && self.counts(position, member) && ballot.is_filled(member, position)
            })
        };
        if let &[position] = positions
            && !left(position)
        {
            self.given[position] = Conditions::UNMET;
            return None;
        }
        for &position in positions {
            // Of one value that all have it is told only when the value itself is not as it should be.
            let is_wrong = verdict.why == Conditions::UNMET && verdict.failed.any_of(Conditions::OF_VALUE);
            if cells[position] == Cells::Differ || is_wrong && cells[position] != Cells::Empty {
                self.given[position] = verdict.why;
            }
            if verdict.out.contains(&true) {
                self.put_aside(position, &verdict.out);
            }
        }
        Some(verdict)
    }

    fn leave_out(&mut self, position: usize, out: &[bool]) {
        self.by_group[position] = true;
        self.put_aside(position, out);
    }

    fn put_aside(&mut self, position: usize, out: &[bool]) {
        match &mut self.of_field[position] {
            Some(all) => all.iter_mut().zip(out).for_each(|(all, out)| *all |= out),
            none => *none = Some(out.to_vec()),
        }
    }
}

/// The members whose address is another place than the one that is chosen, and the contests that were held for it.
fn other_addresses<'b>(
    ballot: &'b Ballot<'_>,
    cells: &[Cells],
    parts: &[(usize, u32)],
    aside: &[bool],
) -> (Option<Vec<bool>>, Vec<Contest<'b>>) {
    let weighty: Vec<(usize, u32)> = parts.iter().copied().filter(|(_, weight)| *weight > 0).collect();
    if !weighty.iter().any(|&(position, _)| cells[position] == Cells::Differ) {
        return (None, Vec::new());
    }
    let held = held_forms(ballot, &weighty, aside);
    let out = out_of_place(ballot, &held, weighty[0].0);
    (out, held.into_iter().map(|part| part.2).collect())
}

/// A part of an address: its weight, how its values vary, its contest, and for every member the form it holds.
type Part<'b> = (u32, Likeness, Contest<'b>, Vec<Option<usize>>);

/// The parts as the members hold them that are not put `aside`.
fn held_forms<'b>(ballot: &'b Ballot<'_>, weighty: &[(usize, u32)], aside: &[bool]) -> Vec<Part<'b>> {
    let members = ballot.members.len();
    weighty
        .iter()
        .map(|&(position, weight)| {
            let contest = ballot.contest(position, |member| !aside[member]);
            let mut forms = vec![None; members];
            for (at, form) in contest.forms.iter().enumerate() {
                let holders = form.spellings.iter().flat_map(|spelling| &spelling.holders);
                holders.for_each(|&member| forms[member] = Some(at));
            }
            (weight, ballot.stage.likeness[position], contest, forms)
        })
        .collect()
}

/// Sorts the members by place, chooses one, and says who is not there. `street` is the field whose rule is theirs.
fn out_of_place(ballot: &Ballot<'_>, held: &[Part<'_>], street: usize) -> Option<Vec<bool>> {
    let members = ballot.members.len();
    let weight_of =
        |member: usize| held.iter().filter(|part| part.3[member].is_some()).map(|part| part.0).sum::<u32>();
    // What speaks for and against two members living at one place.
    let balance = |a: usize, b: usize| {
        let mut balance = (0, 0);
        for (weight, likeness, contest, forms) in held {
            let (Some(x), Some(y)) = (forms[a], forms[b]) else { continue };
            let normal = |at: usize| contest.forms[at].normal;
            if x == y || are_near(*likeness, normal(x), normal(y)) {
                balance.0 += weight;
            } else {
                balance.1 += weight;
            }
        }
        balance
    };
    let places: Vec<usize> = (0..members).filter(|&member| weight_of(member) >= PLACE).collect();
    let mut family: Vec<usize> = (0..members).collect();
    for (at, &a) in places.iter().enumerate() {
        for &b in &places[at + 1..] {
            let (for_it, against) = balance(a, b);
            if family[a] != family[b] && for_it > against {
                let (keep, drop) = (family[a], family[b]);
                family.iter_mut().filter(|of| **of == drop).for_each(|of| *of = keep);
            }
        }
    }
    let first = *places.first()?;
    let contradicted = |member: usize, others: &[usize]| {
        others.iter().any(|&other| {
            let (for_it, against) = balance(member, other);
            against > for_it
        })
    };
    let all_one = places.iter().all(|&member| family[member] == family[first]);
    let chosen =
        if all_one { family[first] } else { choose_family(ballot, &places, &family, &weight_of, street) };
    let kept: Vec<usize> = places.iter().copied().filter(|&member| family[member] == chosen).collect();
    let out: Vec<bool> = (0..members)
        .map(|member| {
            let is_place = weight_of(member) >= PLACE;
            if is_place {
                family[member] != chosen
            } else {
                weight_of(member) > 0 && contradicted(member, &kept)
            }
        })
        .collect();
    out.contains(&true).then_some(out)
}

/// The family of addresses to take: by the street's rule when it goes by records, else the most members, the latest,
/// the most complete.
fn choose_family(
    ballot: &Ballot<'_>,
    places: &[usize],
    family: &[usize],
    weight_of: &dyn Fn(usize) -> u32,
    street: usize,
) -> usize {
    let standings = &ballot.standings;
    let by_record = |key: &dyn Fn(usize) -> (i64, u64)| {
        places.iter().copied().min_by_key(|&member| (Reverse(key(member)), standings[member].order()))
    };
    let leader = match ballot.stage.rules[street] {
        Rule::MostRecent => by_record(&|member| (0, standings[member].changed)),
        Rule::SourcePriority => by_record(&|member| (ballot.trust(member, street), 0)),
        Rule::MostComplete => by_record(&|_| (0, 0)),
        _ => {
            let key = |&member: &usize| {
                let of = || places.iter().copied().filter(|&other| family[other] == family[member]);
                let latest = of().map(|other| standings[other].changed).max();
                let fullest = of().map(weight_of).max();
                (Reverse(of().count()), Reverse(latest), Reverse(fullest), standings[member].order())
            };
            places.iter().copied().min_by_key(key)
        }
    };
    family[leader.unwrap_or(places[0])]
}

/// The members whose first and last name are swapped.
fn swapped_names(ballot: &Ballot<'_>, cells: &[Cells]) -> Option<Vec<bool>> {
    let (first, last) = ballot.stage.layout.names?;
    if cells[first] != Cells::Differ || cells[last] != Cells::Differ {
        return None;
    }
    let stage = ballot.stage;
    let members = ballot.members.len();
    let name = |member: usize| {
        let both = ballot.is_filled(member, first) && ballot.is_filled(member, last);
        both.then(|| (ballot.normal(member, first), ballot.normal(member, last)))
    };
    let names: Vec<Option<(&str, &str)>> = (0..members).map(name).collect();
    let alike = |a: &str, b: &str| a == b || are_kin(Likeness::Names, a, b);
    let swapped = |a: usize, b: usize| match (&names[a], &names[b]) {
        (Some(a), Some(b)) => alike(a.0, b.1) && alike(a.1, b.0) && !alike(a.0, b.0),
        _ => false,
    };
    let reference = ballot.best((0..members).filter(|&a| (0..members).any(|b| swapped(a, b))))?;
    let turned: Vec<bool> = (0..members).map(|member| swapped(reference, member)).collect();
    let straight: Vec<bool> = (0..members)
        .map(|member| {
            member == reference || (0..members).any(|other| turned[other] && swapped(other, member))
        })
        .collect();
    // How much more usual the names are this way round than the other.
    let usual = |member: usize| {
        let count =
            |position: usize, value: usize| stage.corpus.commonness(position, ballot.raw(member, value), 1);
        count(first, first) + count(last, last) - count(first, last) - count(last, first)
    };
    let vote = |side: &[bool]| {
        let on_side = || (0..members).filter(|&member| side[member]);
        (on_side().count(), on_side().map(usual).max())
    };
    let order = |side: &[bool]| {
        ballot
            .best((0..members).filter(|&member| side[member]))
            .map(|best| Reverse(ballot.standings[best].order()))
    };
    let keep_straight = (vote(&straight), order(&straight)) >= (vote(&turned), order(&turned));
    Some(if keep_straight { turned } else { straight })
}
