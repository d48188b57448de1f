//! How things stand: the last good run, what waits for a person, how near each guard is to its limit.

use super::{guarding, history};
use crate::config::{Guard, GuardSettings};
use crate::error::Error;
use crate::guard::{Report, State, Watched};
use crate::review::{ReviewError, Sheet};
use crate::write;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How things stand at a run folder.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// The last good run.
    pub run: PathBuf,
    /// When it was written, in UTC.
    pub written: Option<String>,
    /// The counts of its manifest.
    pub counts: serde_json::Value,
    /// Proposals to review without a decision.
    pub waiting_review: u64,
    /// Proposals on hold without a decision.
    pub waiting_hold: u64,
    /// What the guards said of it.
    pub guards: Report,
    /// A later run that guards stopped, and what they said.
    pub stopped: Option<(PathBuf, Vec<Watched>)>,
}

/// Reads how things stand. `dir` is a run folder, or a folder of dated ones.
///
/// Errors: there is no run, or its proposals cannot be read.
pub fn status(dir: &Path) -> Result<Status, Error> {
    let no_run = || ReviewError::NoRun { dir: dir.to_path_buf(), stem: "manifest".to_string() };
    let run = match guarding::manifest(dir) {
        Some(_) => dir.to_path_buf(),
        None => history::latest(dir).ok_or_else(no_run)?,
    };
    let manifest = guarding::manifest(&run).ok_or_else(no_run)?;
    let guards = |manifest: &serde_json::Value| -> Report {
        serde_json::from_value(manifest["guards"].clone()).unwrap_or_default()
    };
    let stopped = stopped_beside(&run).and_then(|path| {
        let report = guards(&guarding::manifest(&path)?);
        Some((path, report.of(State::Tripped).cloned().collect()))
    });
    let waiting = waiting(&Sheet::of_run(&run, "proposals")?);
    Ok(Status {
        written: written(&run),
        counts: manifest["counts"].clone(),
        waiting_review: waiting[0],
        waiting_hold: waiting[1],
        guards: guards(&manifest),
        stopped,
        run,
    })
}

/// The folder of a stopped run beside this one: its own, or of a later date.
fn stopped_beside(run: &Path) -> Option<PathBuf> {
    let own = write::aside(run);
    let is_later = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        history::is_stopped(&name) && Some(name.as_str()) > run.file_name().and_then(|name| name.to_str())
    };
    let beside = || {
        run.file_name().and_then(|name| name.to_str()).filter(|name| history::is_dated(name))?;
        let entries = std::fs::read_dir(run.parent()?).ok()?.flatten();
        entries.map(|entry| entry.path()).filter(is_later).max()
    };
    beside().or_else(|| own.is_dir().then_some(own))
}

/// When a run was written: its manifest is the last file.
fn written(run: &Path) -> Option<String> {
    let modified = std::fs::metadata(run.join("manifest.json")).ok()?.modified().ok()?;
    Some(jiff::Timestamp::try_from(modified).ok()?.strftime("%F %T UTC").to_string())
}

/// Proposals without a decision in the lanes `review` and `hold`.
fn waiting(sheet: &Sheet) -> [u64; 2] {
    let [id, lane, decision] = ["proposal_id", "lane", "decision"].map(|name| sheet.position(name));
    let (Some(id), Some(lane)) = (id, lane) else { return [0, 0] };
    let decided = |row: &u32| decision.is_some_and(|at| !["", "hold"].contains(&sheet.cell(*row, at).trim()));
    let done: BTreeSet<&str> = (0..sheet.rows()).filter(decided).map(|row| sheet.cell(row, id)).collect();
    ["review", "hold"].map(|name| {
        let of_lane = (0..sheet.rows()).filter(|&row| sheet.cell(row, lane) == name);
        let waiting: BTreeSet<&str> = of_lane.map(|row| sheet.cell(row, id)).collect();
        waiting.difference(&done).count() as u64
    })
}

/// The guards of a last run as they would stand with other limits; without a run every guard with its limit alone.
pub fn dry_guards(settings: &GuardSettings, last: Option<&Report>) -> Report {
    let limits = serde_json::to_value(settings).unwrap_or_default();
    let limit = |guard: Guard| limits.get(guard.setting()?)?.as_f64();
    let watch = |guard: Guard| {
        let seen = last.and_then(|report| report.guards.iter().find(|watched| watched.guard == guard));
        let mut watched = seen.cloned().unwrap_or(Watched { state: State::Skipped, ..Watched::new(guard) });
        watched.limit = limit(guard).or(watched.limit);
        if guard == Guard::RowRange {
            watched.limit = settings.max_records.map(|most| most as f64);
        }
        let is_past = |(value, limit): (f64, f64)| value > limit;
        if settings.off.contains(&guard) {
            watched.state = State::Off;
        } else if watched.value.zip(watched.limit).is_some_and(is_past) {
            watched.state = State::Tripped;
        } else if watched.value.is_some() {
            watched.state = State::Passed;
        }
        watched
    };
    Report { previous: last.and_then(|report| report.previous.clone()), guards: Guard::ALL.map(watch).into() }
}

/// One line a guard: how it stands, what it measured, its limit.
pub fn guard_lines(report: &Report) -> Vec<String> {
    let line = |watched: &Watched| {
        let number = |value: f64| {
            let is_share = watched.guard.setting().is_some_and(|name| name != "max_group");
            if is_share { format!("{:.1} %", value * 100.0) } else { format!("{value}") }
        };
        let measured = match (watched.value, watched.limit) {
            (Some(value), Some(limit)) => format!("{} of {}", number(value), number(limit)),
            (Some(value), None) => number(value),
            (None, Some(limit)) => format!("- of {}", number(limit)),
            (None, None) => "-".to_string(),
        };
        let near = watched
            .nearness()
            .map_or(String::new(), |near| format!("{:.0} % of the way", near.max(0.0) * 100.0));
        let why = watched.why.as_deref().or(watched.of.as_deref()).unwrap_or_default();
        let text = format!(
            "  {:<15} {:<9} {measured:<20} {near:<16} {why}",
            watched.guard.name(),
            watched.state.name()
        );
        text.trim_end().to_string()
    };
    report.guards.iter().map(line).collect()
}
