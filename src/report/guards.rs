//! What the guards say, for the report.

use super::words;
use crate::guard::{Report, State, Watched};
use serde::Serialize;

/// Sentences of one guard that are shown; all are in `manifest.json`.
const SHOWN: usize = 20;

/// The guards' part of the page.
#[derive(Serialize)]
pub(super) struct GuardsView {
    stopped: bool,
    tripped: Vec<GuardView>,
    accepted: Vec<GuardView>,
    passed: usize,
}

#[derive(Serialize)]
struct GuardView {
    guard: &'static str,
    told: Vec<String>,
    left_out: usize,
    reason: String,
}

/// The view; none when there is nothing to tell: every guard passed, or could not be asked.
pub(super) fn view(report: &Report, chars: usize) -> Option<GuardsView> {
    let of = |state| -> Vec<GuardView> { report.of(state).map(|watched| guard(watched, chars)).collect() };
    let (tripped, accepted) = (of(State::Tripped), of(State::Accepted));
    let passed = report.of(State::Passed).count();
    let tells = !tripped.is_empty() || !accepted.is_empty();
    tells.then_some(GuardsView { stopped: !tripped.is_empty(), tripped, accepted, passed })
}

fn guard(watched: &Watched, chars: usize) -> GuardView {
    GuardView {
        guard: watched.guard.name(),
        told: watched.told.iter().take(SHOWN).map(|text| words::cut(text, chars * 8)).collect(),
        left_out: watched.told.len().saturating_sub(SHOWN),
        reason: words::cut(watched.why.as_deref().unwrap_or_default(), chars * 8),
    }
}
