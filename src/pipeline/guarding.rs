//! Guards around a run: the figures of the run before, and what becomes of a run that is stopped.

use super::manifest::absolute;
use super::{RunOptions, profiled};
use crate::config::{Guard, GuardSettings};
use crate::error::Error;
use crate::guard::{Previous, Report, State};
use crate::ingest::Input;
use crate::profile::Quality;
use crate::progress::{Event, Progress};
use crate::write::{self, MARKER, Place};
use serde_json::Value;
use std::path::Path;

/// The run before: the one that `--against` names, else the one that stands where this run goes if it was the same job, else
/// none.
///
/// What stands there and cannot be read is no run to compare with; the profile that `--against` names was read already.
pub(super) fn previous(options: &RunOptions, named: Option<&Quality>) -> Option<Previous> {
    if let (Some(quality), Some(path)) = (named, options.against.as_deref()) {
        return Some(Previous::of(&path.display().to_string(), true, quality, manifest(path).as_ref()));
    }
    let manifest = manifest(&options.out).filter(|manifest| is_same_job(options, manifest))?;
    let quality = profiled::load_quality(&options.out).ok()?;
    Some(Previous::of(&options.out.display().to_string(), false, &quality, Some(&manifest)))
}

/// Whether an earlier run read the same files, or had the same settings file: who tries one export after the other into one
/// folder is not told that columns vanished.
fn is_same_job(options: &RunOptions, before: &Value) -> bool {
    let text = before.get("settings_file").and_then(Value::as_str);
    if let (Some(now), Some(before)) = (&options.settings_file, text) {
        return now.text == before;
    }
    let inputs = before.get("inputs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let read: Vec<&str> =
        inputs.iter().filter_map(|input| input.get("path").and_then(Value::as_str)).collect();
    let now = |input: &Input| absolute(&input.path.display().to_string());
    options.inputs.iter().map(now).eq(read.iter().map(|path| path.to_string()))
}

/// Guards whose limit holds for any run, with or without one before.
const ABSOLUTE: [Guard; 5] =
    [Guard::Merges, Guard::GroupSize, Guard::ChangedFields, Guard::Quarantine, Guard::Model];

/// Lets what trips by a limit that nobody chose pass with a warning: a list may well hold everybody twice. Who schedules
/// runs sets `[guards]`, and then every limit stops.
pub(super) fn lenient(mut report: Report, settings: &GuardSettings) -> Report {
    if *settings == GuardSettings::default() {
        for watched in &mut report.guards {
            if watched.state == State::Tripped && ABSOLUTE.contains(&watched.guard) {
                watched.state = State::Accepted;
                watched.why = Some("nothing is set under [guards]".to_string());
            }
        }
    }
    report
}

/// The manifest of a run folder.
pub(super) fn manifest(dir: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(dir.join("manifest.json")).ok()?;
    let manifest: Value = serde_json::from_str(&text).ok()?;
    (manifest.get(MARKER.0).and_then(Value::as_str) == Some(MARKER.1)).then_some(manifest)
}

/// Says which guards a person let pass, and which could not be asked.
pub(super) fn tell(report: &Report, progress: &dyn Progress) {
    for accepted in report.accepted() {
        progress.event(Event::Warning(&accepted));
    }
    let skipped: Vec<&str> = report.of(State::Skipped).map(|watched| watched.guard.name()).collect();
    if !skipped.is_empty() && report.previous.is_none() {
        progress.event(Event::Note(&format!(
            "there is no run before to compare with; guards not asked: {}",
            skipped.join(", ")
        )));
    }
}

/// The place of a run that is stopped.
///
/// Errors: that the run is stopped, when its folder cannot be written either (people work in the one of an earlier run,
/// say), which is told.
pub(super) fn aside(report: &Report, options: &RunOptions, progress: &dyn Progress) -> Result<Place, Error> {
    write::take(&write::aside(&options.out)).or_else(|why| {
        progress.event(Event::Warning(&format!("what the run found is not written: {why}")));
        report.stopped(None)?;
        Err(why.into())
    })
}

/// After a run was written: the error that ends the command when it was stopped; else what an earlier stopped run left
/// beside the folder goes.
pub(super) fn end(report: &Report, options: &RunOptions) -> Result<(), Error> {
    report.stopped(Some(write::aside(&options.out)))?;
    write::discard_aside(&options.out)?;
    Ok(())
}
