//! Pairs that a person keeps apart, as rows of the table Contact Duplicate (5085).

use super::{Contacts, config_sheet};
use crate::apply::Applied;
use crate::package::Content;
use crate::review::{Answer, Reviewed};
use std::collections::BTreeSet;

/// How many pairs, and the workbook.
pub(super) fn made(contacts: &Contacts<'_>) -> (usize, Content) {
    let applied = contacts.applied;
    let mut pairs: BTreeSet<(&str, &str)> = BTreeSet::new();
    for reviewed in &applied.review.proposals {
        for (a, b) in apart(reviewed) {
            let [a, b] = [stays(contacts, a), stays(contacts, b)];
            let (Some(a), Some(b)) = (a, b) else { continue };
            if a != b {
                let (a, b) = (contacts.no(a), contacts.no(b));
                pairs.insert((a.min(b), a.max(b)));
            }
        }
    }
    let captions = ["Contact No.", "Duplicate Contact No.", "Separate Contacts"].map(String::from).to_vec();
    let row = |(a, b): &(&str, &str)| [*a, *b, "true"].map(String::from).to_vec();
    let count = pairs.len();
    (
        count,
        config_sheet(
            "ALIKE-SEPARATE",
            "Contact Duplicate",
            "5085",
            captions,
            pairs.iter().map(row).collect(),
        ),
    )
}

/// The pairs of records that the answer to a proposal keeps apart.
fn apart(reviewed: &Reviewed) -> Vec<(u32, u32)> {
    let groups = match &reviewed.answer {
        Answer::Apart => &[][..],
        Answer::Merge { groups, by_person: true } => groups.as_slice(),
        _ => return Vec::new(),
    };
    let group = |member: usize| groups.iter().position(|group| group.members.contains(&member));
    let mut pairs = Vec::new();
    for a in 0..reviewed.records.len() {
        for b in a + 1..reviewed.records.len() {
            let together = group(a).is_some() && group(a) == group(b);
            if let (Some(first), Some(second), false) = (reviewed.records[a], reviewed.records[b], together) {
                pairs.push((first, second));
            }
        }
    }
    pairs
}

/// The contact of this source that a record has become; none when it is of another source.
fn stays(contacts: &Contacts<'_>, record: u32) -> Option<u32> {
    if !contacts.records().contains(&record) {
        return None;
    }
    let at = contacts.applied.of_record[record as usize];
    match at {
        Applied::NONE => Some(record),
        at => contacts.stays.get(&(at as usize)).copied(),
    }
}
