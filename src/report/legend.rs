//! Names of files in words, for the legend of a workbook.

use super::words;
use crate::cluster::{HoldReason, Lane};

/// What the words of `proposals` and `plan` mean: section, name, meaning.
pub fn legend() -> Vec<(String, String, String)> {
    let line = |section: &str, name: &str, meaning: &str| {
        (section.to_string(), name.to_string(), meaning.to_string())
    };
    let mut lines = vec![
        line(
            "column",
            "decision",
            "What is to be done; one row of a proposal is enough, but for out and group:N.",
        ),
        line("column", "comment", "Why. It is kept with the decision."),
        line("column", "role", "survivor: the record that stays; duplicate: it is merged into the survivor."),
        line(
            "column",
            "override",
            "Sheet Fields: the value to take instead, or (empty) to leave the field empty.",
        ),
        line("column", "extends", "The proposal adds records to this sure one."),
        line("column", "probability", "How sure it is that this record is one with the others, 0 to 1."),
        line(
            "column",
            "other_values",
            "Values of the records that were not chosen; lost: those that no column keeps.",
        ),
        line("reason", "EMAIL+", "The values of that comparison agree in most pairs of the records."),
        line("reason", "EMAIL-", "They differ in one pair at least."),
    ];
    for lane in [Lane::Auto, Lane::Review] {
        lines.push(line("lane", lane.name(), words::lane(lane)));
    }
    for reason in HoldReason::ALL {
        lines.push(line("hold_reason", reason.name(), words::hold(reason)));
    }
    lines
}
