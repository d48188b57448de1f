//! Second values: what the first column of a field cannot hold goes into its further columns (`email_2`).

use super::Reason;
use super::ballot::{Ballot, Cells};
use super::kin::{are_kin, values_in};
use super::record::Draft;

/// Fills the columns of repeated fields one after another, no value twice.
///
/// A column whose chosen value stands in an earlier column already takes its next best; an empty column takes the
/// best value that would be lost otherwise.
pub(super) fn place(ballot: &Ballot<'_>, cells: &[Cells], draft: &mut Draft<'_>) {
    for columns in &ballot.stage.layout.repeated {
        if columns.iter().all(|&column| cells[column] == Cells::Empty) {
            continue;
        }
        let mut taken: Vec<&str> = Vec::new();
        for &column in columns {
            let Some((member, from, _)) = draft.cells[column] else { continue };
            let normal = ballot.normal(member, from);
            if normal.is_empty() || !values_in(normal).all(|value| taken.contains(&value)) {
                taken.extend(values_in(normal));
            } else {
                draft.cells[column] = None;
            }
        }
        let mut spare = spare(ballot, columns, &taken).into_iter();
        for &column in columns {
            if draft.cells[column].is_none() {
                let fresh = |&(member, from): &(usize, usize)| {
                    !values_in(ballot.normal(member, from)).all(|value| taken.contains(&value))
                };
                let Some((member, from)) = spare.find(fresh) else { break };
                taken.extend(values_in(ballot.normal(member, from)));
                draft.cells[column] = Some((member, from, Reason::Kept));
            }
        }
    }
}

/// The values of these columns that are not taken, each once: most held, then of the best member.
fn spare(ballot: &Ballot<'_>, columns: &[usize], taken: &[&str]) -> Vec<(usize, usize)> {
    let mut found: Vec<(&str, Vec<(usize, usize)>)> = Vec::new();
    for &column in columns {
        for member in (0..ballot.members.len()).filter(|&member| ballot.is_filled(member, column)) {
            let normal = ballot.normal(member, column);
            // Neither what is taken already, nor a misspelling of it.
            let known = |value: &str| {
                taken
                    .iter()
                    .any(|other| *other == value || are_kin(ballot.stage.likeness[column], other, value))
            };
            if normal.is_empty() || values_in(normal).all(known) {
                continue;
            }
            match found.iter_mut().find(|(seen, _)| *seen == normal) {
                Some((_, holders)) => holders.push((member, column)),
                None => found.push((normal, vec![(member, column)])),
            }
        }
    }
    let best = |holders: &[(usize, usize)]| {
        holders.iter().copied().min_by_key(|&(member, column)| (ballot.standings[member].order(), column))
    };
    found.sort_by_key(|(_, holders)| {
        (
            std::cmp::Reverse(holders.len()),
            best(holders).map(|(member, column)| (ballot.standings[member].order(), column)),
        )
    });
    found.iter().filter_map(|(_, holders)| best(holders)).collect()
}
