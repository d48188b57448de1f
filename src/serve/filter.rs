//! Which proposals are asked for.

use super::index::{Entry, fold};
use serde::{Deserialize, Serialize};

/// A filter of the queue; what is left empty lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// `auto`, `review` or `hold`.
    pub lane: String,
    /// A hold reason.
    pub hold: String,
    /// A source that one of the records is of.
    pub source: String,
    /// A reason code with its sign.
    pub reason: String,
    /// A field in which the records differ.
    pub field: String,
    /// The least sure member is at least so sure, 0 to 1.
    pub from: Option<f64>,
    /// And at most so sure.
    pub to: Option<f64>,
    /// `open`: nobody decided, and the lane does not merge; `done`: the others.
    pub state: String,
    /// Words that all occur in its records.
    pub search: String,
}

impl Filter {
    /// The filter made ready for many proposals.
    pub(super) fn ready(&self) -> Ready<'_> {
        let words = fold(&self.search).split_whitespace().map(str::to_string).collect();
        Ready { filter: self, words }
    }
}

pub(super) struct Ready<'a> {
    filter: &'a Filter,
    words: Vec<String>,
}

impl Ready<'_> {
    /// Whether a proposal is asked for; `is_open` says whether it waits for a person.
    pub fn lets(&self, entry: &Entry, is_open: bool) -> bool {
        let filter = self.filter;
        let any = |wanted: &str, have: &[String]| wanted.is_empty() || have.iter().any(|one| one == wanted);
        let is = |wanted: &str, have: &str| wanted.is_empty() || wanted == have;
        is(&filter.lane, entry.lane)
            && is(&filter.hold, &entry.hold)
            && any(&filter.source, &entry.sources)
            && any(&filter.reason, &entry.reasons)
            && any(&filter.field, &entry.differ)
            && filter.from.is_none_or(|from| entry.probability >= from)
            && filter.to.is_none_or(|to| entry.probability <= to)
            && match filter.state.as_str() {
                "open" => is_open,
                "done" => !is_open,
                _ => true,
            }
            && self.words.iter().all(|word| entry.text.contains(word.as_str()))
    }
}
