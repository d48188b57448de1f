//! The rules a setting can name instead of consensus.

use super::Reason;
use super::ballot::Ballot;
use super::consent::{self, Consent};
use super::recency::instant;
use crate::config::{FieldRule, Rule, SurviveSettings};
use crate::map::{Field, FieldId, Kind};
use std::cmp::{Ordering, Reverse};

/// What a rule chose.
pub(super) enum Choice {
    /// A member's cell.
    Cell(usize, Reason),
    /// Values of several members, joined.
    Joined(usize, String),
}

/// Between values that `collect_all` joins.
const BETWEEN: &str = ";";

/// The rule of a field: its own setting, else the first column's, else its group's, else what its meaning asks for (the
/// earliest creation, the latest change, the strictest consent), else the default.
pub(super) fn rule_of(field: &FieldId, settings: &SurviveSettings) -> Rule {
    settings.of(field).and_then(FieldRule::rule).unwrap_or_else(|| match &field.field {
        Field::CreatedAt => Rule::Min,
        Field::ModifiedAt => Rule::Max,
        other if consent::of_field(other.name()).is_some() => Rule::Strictest,
        _ => settings.default,
    })
}

/// Applies a rule other than consensus among the members that count; `None` when none of them has a value.
///
/// Junk (values without a normal form) is taken only where there is nothing else.
pub(super) fn choose(
    ballot: &Ballot<'_>,
    position: usize,
    rule: Rule,
    counts: impl Fn(usize) -> bool,
) -> Option<Choice> {
    let filled = |member: &usize| ballot.is_filled(*member, position) && counts(*member);
    let holders: Vec<usize> = (0..ballot.members.len()).filter(filled).collect();
    let sound = |member: &usize| !ballot.normal(*member, position).is_empty();
    let is_text = ballot.stage.data.fields[position].kind() != Kind::Timestamp;
    let good: Vec<usize> =
        if is_text { holders.iter().copied().filter(sound).collect() } else { holders.clone() };
    let among = if good.is_empty() { holders } else { good };
    let standings = &ballot.standings;
    let raw = |member: usize| ballot.raw(member, position);
    let order = |member: usize| standings[member].order();
    let field = &ballot.stage.data.fields[position];
    let by_value =
        |a: usize, b: usize| compare(field.kind(), key(ballot, a, position), key(ballot, b, position));
    let members = among.iter().copied();
    let (member, reason) = match rule {
        Rule::MostRecent => (members.min_by_key(|&at| standings[at].by_recency())?, Reason::MostRecent),
        Rule::SourcePriority => {
            let trust = |at: usize| ballot.trust(at, position);
            (members.min_by_key(|&at| (Reverse(trust(at)), order(at)))?, Reason::SourcePriority)
        }
        Rule::MostComplete => (members.min_by_key(|&at| order(at))?, Reason::MostComplete),
        Rule::Longest => {
            (members.min_by_key(|&at| (Reverse(raw(at).trim().chars().count()), order(at)))?, Reason::Longest)
        }
        Rule::Min => {
            (members.min_by(|&a, &b| by_value(a, b).then_with(|| order(a).cmp(&order(b))))?, Reason::Min)
        }
        Rule::Max => {
            (members.min_by(|&a, &b| by_value(b, a).then_with(|| order(a).cmp(&order(b))))?, Reason::Max)
        }
        Rule::Strictest => {
            let consent = consent::of_field(field.field.name()).unwrap_or(Consent::Restricting);
            let strictness = |at: usize| Reverse(consent::strictness(consent, raw(at)));
            (members.min_by_key(|&at| (strictness(at), order(at)))?, Reason::Strictest)
        }
        Rule::CollectAll => return collect(ballot, position, &among),
        Rule::Consensus | Rule::MostFrequent => {
            let values = ballot.values(position, |member| among.contains(&member));
            let best = |holders: &Vec<usize>| ballot.best(holders.iter().copied());
            let holders =
                values.iter().min_by_key(|holders| (Reverse(holders.len()), best(holders).map(order)))?;
            (best(holders)?, Reason::MostFrequent)
        }
    };
    Some(Choice::Cell(member, reason))
}

/// All values that differ in their normal form, those of the best members first.
fn collect(ballot: &Ballot<'_>, position: usize, among: &[usize]) -> Option<Choice> {
    let mut members = among.to_vec();
    members.sort_by_key(|&member| ballot.standings[member].order());
    let first = *members.first()?;
    let (mut seen, mut texts): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for member in members {
        let raw = ballot.raw(member, position).trim();
        let normal = ballot.normal(member, position);
        let mark = if normal.is_empty() { raw } else { normal };
        if !seen.contains(&mark) {
            seen.push(mark);
            texts.push(raw);
        }
    }
    Some(Choice::Joined(first, texts.join(BETWEEN)))
}

/// What a value is compared by.
fn key<'b>(ballot: &'b Ballot<'_>, member: usize, position: usize) -> &'b str {
    match ballot.stage.data.fields[position].kind() {
        Kind::Timestamp => ballot.raw(member, position),
        _ => ballot.normal(member, position),
    }
}

/// Numbers and instants by value, everything else by letters and after all numbers.
fn compare(kind: Kind, a: &str, b: &str) -> Ordering {
    if kind == Kind::Timestamp {
        return instant(a).cmp(&instant(b));
    }
    match (a.trim().parse::<f64>(), b.trim().parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        _ => a.cmp(b),
    }
}
