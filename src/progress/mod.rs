//! What a run tells while it works: events, and the sinks that show them (bars, plain lines, JSON lines).
//!
//! Input: [`Event`]s, from many threads. Output: lines on stderr. Stages report through [`Progress`] and know
//! nothing of terminals or clocks; clocks live in the sinks.
//!
//! Invariants
//! * [`Event::Advanced`] takes no lock that waits for a terminal: it adds to an atomic.
//! * No sink can make a run fail: what cannot be written to stderr is lost.

mod bars;
mod json;
mod plain;
mod running;

pub use bars::Bars;
pub use json::Json;
pub use plain::Plain;

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

/// Shows warnings only.
pub struct Quiet;

impl Progress for Quiet {
    fn event(&self, event: Event<'_>) {
        if let Event::Warning(text) = event {
            say(format_args!("warning: {text}"));
        }
    }
}

/// A count with its word for people: `1 row`, `2 rows`.
pub fn counted(count: u64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// A duration for people: `0.42 s`, `12.3 s`, `2 min 05 s`.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 9.995 => format!("{s:.2} s"),
        s if s < 59.95 => format!("{s:.1} s"),
        s => format!("{} min {:02} s", s.round() as u64 / 60, s.round() as u64 % 60),
    }
}

/// Writes a line to stderr; a closed stderr is no reason to fail.
fn say(line: std::fmt::Arguments<'_>) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(0.004), "0.00 s");
        assert_eq!(duration(9.994), "9.99 s");
        assert_eq!(duration(12.34), "12.3 s");
        assert_eq!(duration(59.97), "1 min 00 s");
        assert_eq!(duration(3725.0), "62 min 05 s");
    }
}
