use super::running::{Running, Stage};
use super::{Event, Progress, say};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// A stage at work reports at most this often, in milliseconds: often enough to see that it lives.
const HEARTBEAT_MS: u64 = 1_000;

/// One JSON object a line: `event`, `stage`, counts, `seconds`, `time`. For machines.
pub struct Json {
    /// Per stage: milliseconds after its beginning at which it last reported.
    running: Running<AtomicU64>,
    /// Whether only warnings are told.
    quiet: bool,
}

impl Json {
    /// A sink that writes to stderr.
    pub fn new() -> Self {
        Self { running: Running::new(), quiet: false }
    }

    /// A sink that tells warnings only.
    pub fn warnings_only() -> Self {
        Self { running: Running::new(), quiet: true }
    }

    /// Writes one event of another kind, such as the end of a run or an error.
    pub fn emit(mut object: Value) {
        if let Value::Object(keys) = &mut object {
            keys.insert("time".to_string(), format!("{:.3}", jiff::Timestamp::now()).into());
        }
        say(format_args!("{object}"));
    }
}

impl Default for Json {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for Json {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::Warning(text) => Self::emit(json!({ "event": "warning", "message": text })),
            _ if self.quiet => {}
            Event::Started { stage, total, unit } => {
                self.running.begin(stage, total, unit, AtomicU64::new(0));
                Self::emit(json!({ "event": "started", "stage": stage, "total": total, "unit": unit }));
            }
            Event::Advanced { stage, by } => self.running.advance(stage, by, |stage, done| {
                if is_due(stage) {
                    Self::emit(counts("advanced", stage, done));
                }
            }),
            Event::Finished { stage, summary } => {
                let mut object = match self.running.end(stage) {
                    Some(ended) => counts("finished", &ended, ended.done.load(Ordering::Relaxed)),
                    None => json!({ "event": "finished", "stage": stage }),
                };
                object["summary"] = summary.into();
                if let Some(bytes) = peak_memory() {
                    object["peak_memory_bytes"] = bytes.into();
                }
                Self::emit(object);
            }
            Event::Note(text) => Self::emit(json!({ "event": "note", "message": text })),
        }
    }
}

fn counts(event: &str, stage: &Stage<AtomicU64>, done: u64) -> Value {
    json!({
        "event": event,
        "stage": stage.name,
        "done": done,
        "total": stage.total,
        "unit": stage.unit,
        "seconds": (stage.seconds() * 1e3).round() / 1e3,
    })
}

/// The most memory that this process has held so far, in bytes, where the system tells it in a file (Linux).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB"));
    Some(kibibytes?.trim().parse::<u64>().ok()? * 1024)
}

/// Whether a stage's next report is due; says so to one of several threads that ask at the same time.
fn is_due(stage: &Stage<AtomicU64>) -> bool {
    let now = stage.began.elapsed().as_millis() as u64;
    let last = stage.shown.load(Ordering::Relaxed);
    now >= last + HEARTBEAT_MS
        && stage.shown.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
}
