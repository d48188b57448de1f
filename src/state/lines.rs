//! Decisions as JSON Lines.

use super::{Decision, StateError};

/// One line a decision, in their order.
pub fn write_lines<'a>(decisions: impl IntoIterator<Item = &'a Decision>) -> String {
    // Keys of ours are text, so each can be written as JSON.
    let line = |decision: &Decision| serde_json::to_string(decision).unwrap_or_default() + "\n";
    decisions.into_iter().map(line).collect()
}

/// Reads what [`write_lines`] wrote, or what a person or program wrote like it; blank lines are passed over.
///
/// Errors: every line that is no decision, with its number.
pub fn read_lines(file: &str, text: &str) -> Result<Vec<Decision>, StateError> {
    let mut decisions = Vec::new();
    let mut problems = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1u64..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let read = serde_json::from_str::<Decision>(line).map_err(|cause| cause.to_string());
        match read.and_then(Decision::sound) {
            Ok(decision) => decisions.push(decision),
            Err(why) => problems.push((number, why)),
        }
    }
    if problems.is_empty() { Ok(decisions) } else { Err(StateError::Lines { file: file.into(), problems }) }
}
