//! A run in figures for a monitoring system: OpenMetrics text, for collectors that read files.

use super::summary::Outcome;
use crate::error::Error;
use crate::guard::{State, Watched};
use serde_json::Value;
use std::fmt::Write;

/// The time of the last good run; carried over from the file before when a run fails.
const LAST_SUCCESS: &str = "alike_last_success_timestamp_seconds";

/// Seconds since 1970 by the system's clock.
pub fn now_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// The text for a run that ended at `now` (seconds since 1970), given the text of the run before, if there is one.
pub fn metrics(ended: Result<&Outcome, &Error>, now: i64, before: Option<&str>) -> String {
    let mut out = Text(String::new());
    let code = ended.map_or_else(|error| i64::from(error.exit_code()), |_| 0);
    out.gauge(
        "alike_run_success",
        "Whether the last run did what it was asked to.",
        [("", i64::from(code == 0))],
    );
    out.gauge("alike_exit_code", "Exit code of the last run.", [("", code)]);
    out.gauge("alike_last_run_timestamp_seconds", "When the last run ended.", [("", now)]);
    let last = if code == 0 { Some(now) } else { before.and_then(last_success) };
    out.gauge(LAST_SUCCESS, "When the last good run ended.", last.map(|last| ("", last)));
    let tripped = match ended {
        Ok(outcome) => {
            let counts = serde_json::to_value(&outcome.counts).unwrap_or_default();
            for (name, count) in counts.as_object().into_iter().flatten() {
                let help = format!("Count `{name}` of the run's manifest.");
                out.gauge(&format!("alike_{name}"), &help, count.as_i64().map(|count| ("", count)));
            }
            let rows = outcome.sources.iter().flat_map(|of| {
                [("kept", of.kept), ("merged", of.merged), ("quarantined", of.quarantined)]
                    .map(|(what, rows)| (labels(&[("source", &of.source), ("outcome", what)]), rows))
            });
            out.gauge("alike_source_rows", "What became of the rows of a source.", rows);
            let seconds = outcome.seconds.iter().map(|(stage, took)| (labels(&[("stage", stage)]), *took));
            out.gauge("alike_stage_seconds", "What a stage took.", seconds);
            outcome.guards.guards.as_slice()
        }
        Err(Error::Guards(stopped)) => stopped.tripped.as_slice(),
        Err(_) => &[],
    };
    let of = |pick: fn(&Watched) -> Option<f64>| {
        tripped
            .iter()
            .filter_map(move |watched| Some((labels(&[("guard", watched.guard.name())]), pick(watched)?)))
    };
    out.gauge("alike_guard_value", "What a guard measured.", of(|watched| watched.value));
    out.gauge("alike_guard_limit", "The limit past which a guard trips.", of(|watched| watched.limit));
    let trips = |watched: &Watched| Some(f64::from(u8::from(watched.state == State::Tripped)));
    out.gauge("alike_guard_tripped", "Whether a guard stopped the run.", of(trips));
    out.0.push_str("# EOF\n");
    out.0
}

/// The time of the last good run that a text tells.
fn last_success(text: &str) -> Option<i64> {
    text.lines().find_map(|line| line.strip_prefix(LAST_SUCCESS)?.trim().parse().ok())
}

struct Text(String);

impl Text {
    /// One family of values with their labels; none is written when there are no values.
    fn gauge<L: AsRef<str>, V: std::fmt::Display>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, V)>,
    ) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return;
        }
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# TYPE {name} gauge\n# HELP {name} {help}");
        for (labels, value) in values {
            let _ = writeln!(self.0, "{name}{} {value}", labels.as_ref());
        }
    }
}

/// Labels as they stand behind a name; what would end a value is escaped.
fn labels(of: &[(&str, &str)]) -> String {
    let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let of: Vec<String> = of.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    format!("{{{}}}", of.join(","))
}

/// How a run ended, for programs: what [`super::notify()`] hands on.
pub fn summary_json(ended: Result<&Outcome, &Error>, out: &str, look_at: &[String]) -> Value {
    match ended {
        Ok(outcome) => serde_json::json!({
            "event": "done",
            "exit_code": 0,
            "out": out,
            "counts": outcome.counts,
            "sources": outcome.sources,
            "look_at": look_at,
            "guards": outcome.guards,
        }),
        Err(error) => {
            let tripped = match error {
                Error::Guards(stopped) => stopped.tripped.as_slice(),
                _ => &[],
            };
            serde_json::json!({
                "event": "error",
                "exit_code": error.exit_code(),
                "message": error.chain(),
                "out": out,
                "guards": tripped,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::SourceCounts;

    fn outcome() -> Outcome {
        Outcome {
            sources: vec![SourceCounts {
                source: "a\"b\\c\n".into(),
                rows: 3,
                kept: 2,
                merged: 1,
                quarantined: 0,
            }],
            seconds: vec![("read", 0.25)],
            ..Outcome::default()
        }
    }

    #[test]
    fn a_good_run_tells_its_figures() {
        let text = metrics(Ok(&outcome()), 1_800_000_000, None);
        for line in [
            "alike_run_success 1",
            "alike_exit_code 0",
            "alike_last_success_timestamp_seconds 1800000000",
            "alike_records 0",
            "alike_source_rows{source=\"a\\\"b\\\\c\\n\",outcome=\"kept\"} 2",
            "alike_stage_seconds{stage=\"read\"} 0.25",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("\n# EOF\n"));
        // Each family stands together, and is declared once.
        let mut declared: Vec<&str> = text.lines().filter(|line| line.starts_with("# TYPE")).collect();
        let all = declared.len();
        declared.dedup();
        assert_eq!(declared.len(), all);
    }

    #[test]
    fn a_failed_run_keeps_the_time_of_the_last_good_one() {
        let good = metrics(Ok(&outcome()), 1_800_000_000, None);
        let error = Error::Usage("no".into());
        let bad = metrics(Err(&error), 1_800_000_100, Some(&good));
        assert!(bad.contains("\nalike_run_success 0\n") || bad.contains("alike_run_success 0\n"));
        assert!(bad.contains("\nalike_exit_code 2\n"));
        assert!(bad.contains("\nalike_last_run_timestamp_seconds 1800000100\n"));
        assert!(bad.contains("\nalike_last_success_timestamp_seconds 1800000000\n"));
        let worse = metrics(Err(&error), 1_800_000_200, Some(&bad));
        assert!(worse.contains("\nalike_last_success_timestamp_seconds 1800000000\n"));
        assert!(!metrics(Err(&error), 1, None).contains(LAST_SUCCESS));
    }
}
