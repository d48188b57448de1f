//! What waits: proposals that nobody decided, that a person holds, and those whose records changed since review.

use super::{Applied, is_merged, superseded};
use crate::map::Dataset;
use crate::propose::{is_compared, letters};
use crate::review::{Answer, Review, Reviewed, Standing};
use crate::write::{PROPOSAL_COLUMNS, field_headings};

/// A proposal that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its place in [`Review::proposals`].
    pub proposal: usize,
    /// `record_changed`, `record_gone`, `decision_hold` or `undecided`.
    pub reason: &'static str,
    /// What is to be told of its records.
    pub rows: Vec<HeldRow>,
}

/// One line on a record that waits; a record of which several values changed has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// The record's row in `proposals`.
    pub row: u32,
    /// The position of the field that changed.
    pub field: Option<usize>,
}

/// The proposals that wait, and per record the one that holds it.
///
/// Records of a sure merge that a waiting proposal extends are merged, and do not wait. `merged` tells per record its merge.
pub(super) fn of(data: &Dataset, review: &Review, merged: &[u32]) -> (Vec<Held>, Vec<u32>) {
    let mut held_by = vec![Applied::NONE; data.records() as usize];
    let mut held = Vec::new();
    let superseded = superseded(review);
    let headings = field_headings(&PROPOSAL_COLUMNS, &data.fields);
    let columns: Vec<Option<usize>> =
        headings.iter().map(|name| review.sheets.proposals.position(name)).collect();
    for (at, reviewed) in review.proposals.iter().enumerate() {
        let Some(reason) = reason(reviewed).filter(|_| !superseded.contains(&reviewed.id)) else { continue };
        let mut rows = Vec::new();
        for (&row, record) in reviewed.rows.iter().zip(&reviewed.records) {
            let before = rows.len();
            if reviewed.extends.is_some()
                && record.is_some_and(|record| merged[record as usize] != Applied::NONE)
            {
                continue;
            }
            if let Some(record) = *record {
                held_by[record as usize] = at as u32;
                if reason == "record_changed" {
                    let fields = changed(data, review, &columns, row, record);
                    rows.extend(fields.into_iter().map(|field| HeldRow { row, field: Some(field) }));
                }
            }
            if rows.len() == before {
                rows.push(HeldRow { row, field: None });
            }
        }
        held.push(Held { proposal: at, reason, rows });
    }
    (held, held_by)
}

/// Why a proposal waits; nothing when it is merged or kept apart.
fn reason(reviewed: &Reviewed) -> Option<&'static str> {
    match (&reviewed.answer, reviewed.standing) {
        (answer, standing) if is_merged(answer, standing) => None,
        (Answer::Apart, _) => None,
        (Answer::Hold, _) => Some("decision_hold"),
        (Answer::Undecided, _) => Some("undecided"),
        (Answer::Merge { .. }, Standing::Gone) => Some("record_gone"),
        (Answer::Merge { .. }, _) => Some("record_changed"),
    }
}

/// The fields that a decision is about and that are not as they were reviewed.
fn changed(data: &Dataset, review: &Review, columns: &[Option<usize>], row: u32, record: u32) -> Vec<usize> {
    let was = |at: usize| columns[at].map_or("", |column| review.sheets.proposals.cell(row, column));
    (0..data.fields.len())
        .filter(|&at| {
            is_compared(data.fields[at].kind()) && letters(was(at)) != letters(data.raw(record, at))
        })
        .collect()
}
