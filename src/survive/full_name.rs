//! The whole name agrees with the parts that were chosen: another member's whole name, or one rebuilt from the parts.

use super::Reason;
use super::ballot::{Ballot, Cells};
use super::record::Draft;
use crate::map::FieldId;
use crate::normalize::Population;
use std::cmp::Reverse;

/// Where the parts of a name stand, by position; the first columns of each field.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NameFields {
    pub full: Option<usize>,
    pub first: Option<usize>,
    pub middle: Option<usize>,
    pub prefix: Option<usize>,
    pub last: Option<usize>,
}

/// The parts that were chosen, as written.
struct Chosen<'b> {
    first: &'b str,
    middle: &'b str,
    prefix: &'b str,
    last: &'b str,
}

/// Sees to it that the whole name says what the chosen parts say.
///
/// Of the members' whole names that agree the one most held is taken (rule `group`); when none agrees, it is rebuilt
/// from the parts (rule `rebuilt`). Names of organisations, and members that say the same throughout, stay.
pub(super) fn agree(ballot: &Ballot<'_>, cells: &[Cells], draft: &mut Draft<'_>) {
    let fields = ballot.stage.layout.name_fields;
    let (Some(full), Some(last)) = (fields.full, fields.last) else { return };
    let Some((member, from, _)) = draft.cells[full].filter(|(_, from, _)| *from == full) else { return };
    let Some((bearer, ..)) = draft.cells[last] else { return };
    let is_person = |member: usize| {
        ballot.stage.contacts.population[ballot.members[member] as usize] == Population::Person
    };
    if !is_person(bearer) || draft.joined.iter().any(|(at, _)| is_of(&fields, *at as usize)) {
        return;
    }
    let as_written = |part: Option<usize>| {
        let (member, from, _) = part.and_then(|part| draft.cells[part])?;
        Some(ballot.raw(member, from).trim())
    };
    let text = |part| as_written(part).unwrap_or("");
    let chosen = Chosen {
        first: text(fields.first),
        middle: text(fields.middle),
        prefix: text(fields.prefix),
        last: text(fields.last),
    };
    let parts = [fields.first, fields.prefix, fields.last].into_iter().flatten();
    let differs = parts.clone().chain([full]).any(|part| cells[part] == Cells::Differ);
    let own = |part: usize| draft.cells[part].is_none_or(|(_, at, _)| ballot.is_filled(member, at));
    if !differs && parts.clone().all(own) {
        return;
    }
    let wanted = Wanted::of(ballot, bearer, &chosen);
    if wanted.is_met(ballot.normal(member, from)) {
        return;
    }
    let mut agreeing: Vec<Vec<usize>> = ballot.values(full, |_| true);
    agreeing.retain(|holders| wanted.is_met(ballot.normal(holders[0], full)));
    let best = |holders: &[usize]| ballot.best(holders.iter().copied()).unwrap_or(holders[0]);
    let order = |holders: &Vec<usize>| (Reverse(holders.len()), ballot.standings[best(holders)].order());
    if let Some(holders) = agreeing.iter().min_by_key(|holders| order(holders)) {
        draft.cells[full] = Some((best(holders), full, Reason::Group));
    } else {
        let text = chosen.joined();
        draft.cells[full] = Some((bearer, full, Reason::Rebuilt));
        draft.joined.push((full as u16, text));
    }
    let set = draft.cells[full].map(|(member, ..)| match agreeing.is_empty() {
        true => whole(ballot, bearer, &chosen.joined()),
        false => ballot.normal(member, full).to_string(),
    });
    draft.full_name = set;
}

fn is_of(fields: &NameFields, position: usize) -> bool {
    [fields.full, fields.first, fields.middle, fields.prefix, fields.last].contains(&Some(position))
}

/// The normal form of a whole name.
fn whole(ballot: &Ballot<'_>, member: usize, text: &str) -> String {
    let full = FieldId::first(crate::map::Field::FullName);
    (ballot.stage.normal)(&full, text, ballot.country(member))
}

impl Chosen<'_> {
    /// The whole name: given names, particles, family name. `Berg, van den` is turned round.
    fn joined(&self) -> String {
        let turned;
        let (prefix, last) = match self.last.split_once(',') {
            Some((core, particles)) => {
                turned = format!("{} {}", particles.trim(), core.trim());
                ("", turned.trim())
            }
            None => (self.prefix, self.last),
        };
        // `Yasmina El` and `El Idrissi`: the particle stands in both cells.
        let given_ends = [self.first, self.middle].into_iter().rfind(|part| !part.is_empty());
        let given_end = given_ends.and_then(|part| part.rsplit(' ').next()).unwrap_or("").to_lowercase();
        let last = match last.split_once(' ') {
            Some((word, rest)) if prefix.is_empty() && word.to_lowercase() == given_end => rest,
            _ => last,
        };
        let has_prefix = last.to_lowercase().starts_with(&format!("{} ", prefix.to_lowercase()));
        let mut out = String::new();
        for part in [self.first, self.middle, if has_prefix { "" } else { prefix }, last] {
            if !part.is_empty() {
                // `d'` stands beside the name.
                if !out.is_empty() && !out.ends_with(['\'', '\u{2019}']) {
                    out.push(' ');
                }
                out.push_str(part);
            }
        }
        out
    }
}

/// What a whole name must say, in words of the normal form.
struct Wanted {
    first: Vec<String>,
    middle: Vec<String>,
    last: Vec<String>,
}

impl Wanted {
    fn of(ballot: &Ballot<'_>, member: usize, chosen: &Chosen<'_>) -> Self {
        let first = words(&given(ballot, member, chosen.first));
        let middle = words(&given(ballot, member, chosen.middle));
        let whole = words(&whole(ballot, member, &Chosen { middle: "", ..*chosen }.joined()));
        // What stands behind the given names is the family name with its particles.
        let lead = whole.iter().zip(&first).take_while(|(a, b)| a == b).count();
        Self { middle, last: whole[lead..].to_vec(), first }
    }

    fn is_met(&self, full: &str) -> bool {
        let words: Vec<&str> = full.split(' ').filter(|word| !word.is_empty()).collect();
        let needed = self.first.len() + self.last.len();
        if words.len() < needed || self.last.is_empty() {
            return false;
        }
        let (front, back) = words.split_at(words.len() - self.last.len());
        if back.iter().eq(self.last.iter()) && front.iter().zip(&self.first).all(|(a, b)| a == b) {
            let between = &front[self.first.len()..];
            let known = |word: &&str| {
                self.middle.iter().any(|own| own == word || own.starts_with(*word) && word.len() == 1)
            };
            return self.middle.is_empty() || between.iter().all(known);
        }
        // The family name first.
        let mut all: Vec<&str> = self.first.iter().chain(&self.last).map(String::as_str).collect();
        let mut words = words;
        all.sort_unstable();
        words.sort_unstable();
        all == words
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_string).collect()
}

/// The normal form of given names.
fn given(ballot: &Ballot<'_>, member: usize, text: &str) -> String {
    (ballot.stage.normal)(&FieldId::first(crate::map::Field::FirstName), text, ballot.country(member))
}
