//! The guards: what a run found, held against limits and against the run before, ahead of anything being put in place.
//!
//! Input: the values of all stages ([`Facts`]), the limits of the settings, the figures of the run before ([`Previous`],
//! where there was one) and what a person accepted. Output: a [`Report`] with one [`Watched`] a guard, and [`Stopped`]
//! when one of them trips.
//!
//! Invariants
//! * Nothing here knows a file or a clock; where the figures of the run before come from is the caller's business.
//! * A guard trips when its measure is past its limit, never at it; small numbers trip nothing (see [`FEW`]).
//! * What cannot be compared, for there is no run before, is skipped, and says so.
//! * The same facts give the same report.

mod measure;
mod model;
mod previous;
mod watched;

pub use measure::Facts;
pub use previous::{Column, Previous, Source};
pub use watched::{Accepted, Report, State, Stopped, Watched};

use crate::config::{Guard, GuardSettings};

/// So many records, rows or values must be concerned before a share of them trips a guard: five of eight rows are many
/// of few, and no reason to stop.
pub const FEW: u64 = 20;

/// Asks every guard.
pub fn check(
    facts: &Facts<'_>,
    previous: Option<&Previous>,
    settings: &GuardSettings,
    accepted: &[Accepted],
) -> Report {
    let watch = |guard: Guard| -> Watched {
        if settings.off.contains(&guard) {
            return Watched::new(guard).off();
        }
        let measured = match guard {
            Guard::Merges => measure::merges(facts, settings.max_merged_share),
            Guard::MergeGrowth => measure::merge_growth(facts, previous, settings.max_merged_growth),
            Guard::GroupSize => measure::group_size(facts, settings.max_group),
            Guard::ChangedFields => measure::changed_fields(facts, settings.max_changed_share),
            Guard::Quarantine => measure::quarantine(facts, settings.max_quarantined_share),
            Guard::MissingSource => measure::missing_source(facts, previous),
            Guard::MissingColumn => measure::missing_column(facts, previous),
            Guard::EmptiedColumn => measure::emptied_column(facts, previous, settings.max_emptied_share),
            Guard::RowDrop => measure::row_drop(facts, previous, settings.max_row_drop),
            Guard::RowGrowth => measure::row_growth(facts, previous, settings.max_row_growth),
            Guard::RowRange => measure::row_range(facts, settings),
            Guard::Model => model::health(facts, settings),
        };
        measured.accept(accepted)
    };
    Report { previous: previous.map(|previous| previous.from.clone()), guards: Guard::ALL.map(watch).into() }
}

#[cfg(test)]
mod tests;
