//! Letter case: what is written in capitals or small letters only gives way to the same text in proper case.

use super::Reason;
use super::ballot::{Ballot, Cells};
use super::groups::Excluded;
use super::record::Draft;
use crate::map::{Field, FieldId, Kind};

/// Letters of the longest text in capitals that may be an abbreviation (`IBM`, `ICT`, `KPMG`), where such stand.
const LONGEST_ABBREVIATION: usize = 4;

/// Takes each value from a member that has it in proper case, where one has.
pub(super) fn mend(ballot: &Ballot<'_>, cells: &[Cells], excluded: &Excluded<'_>, draft: &mut Draft<'_>) {
    for position in 0..draft.cells.len() {
        let Some((member, from, reason)) = draft.cells[position] else { continue };
        let is_made = matches!(reason, Reason::CollectAll | Reason::Survivor | Reason::Strictest);
        if cells[from] != Cells::Differ || is_made {
            continue;
        }
        let field = &ballot.stage.data.fields[from];
        let raw = ballot.raw(member, from);
        if !is_worse(field, raw) {
            continue;
        }
        let small = raw.trim().to_lowercase();
        let twins = (0..ballot.members.len()).filter(|&other| {
            let text = ballot.raw(other, from);
            excluded.counts(from, other)
                && text != raw
                && text.trim().to_lowercase() == small
                && !is_worse(field, text)
        });
        if let Some(twin) = ballot.best(twins) {
            draft.cells[position] = Some((twin, from, reason));
        }
    }
}

/// Whether a value's letter case is lost, so that another of the same letters is better.
fn is_worse(field: &FieldId, raw: &str) -> bool {
    let upper = raw.contains(char::is_uppercase);
    let lower = raw.contains(char::is_lowercase);
    let one_case = upper != lower;
    let short = raw.chars().filter(|c| c.is_alphabetic()).count() <= LONGEST_ABBREVIATION;
    match (&field.field, field.kind()) {
        (Field::CountryCode | Field::HouseNumber | Field::Unit | Field::PoBox, _) => false,
        // Small letters are the usual way.
        (_, Kind::Email | Kind::Website) => upper,
        (_, Kind::PersonName | Kind::Address | Kind::City) => one_case,
        (_, Kind::Company | Kind::Region | Kind::Country | Kind::Text | Kind::Category | Kind::Carried) => {
            one_case && !(upper && short)
        }
        (
            _,
            Kind::RecordId | Kind::Phone | Kind::Postcode | Kind::Date | Kind::Identifier | Kind::Timestamp,
        ) => false,
    }
}
