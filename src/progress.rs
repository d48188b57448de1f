//! What a run tells while it works: events, and the sinks that show them (bars, plain lines, JSON lines).
//!
//! Stages report through [`Progress`] and know nothing of terminals or clocks.

/// Something that happened during a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// A stage began; `total` is how many units of work it has, when known.
    Started { stage: &'static str, total: Option<u64>, unit: &'static str },
    /// A stage did `by` more units of work.
    Advanced { stage: &'static str, by: u64 },
    /// A stage ended; `summary` says what it found, in a few words.
    Finished { stage: &'static str, summary: &'a str },
    /// Something worth knowing.
    Note(&'a str),
    /// Something a person should look at.
    Warning(&'a str),
}

/// Receives events; called from many threads.
pub trait Progress: Sync {
    /// Takes one event.
    fn event(&self, event: Event<'_>);
}

/// Shows nothing; for tests and library use.
pub struct Silent;

impl Progress for Silent {
    fn event(&self, _: Event<'_>) {}
}
