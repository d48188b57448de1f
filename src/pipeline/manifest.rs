//! `manifest.json`: what went into a run, with which settings, and what came out.

use super::outcome::Counts;
use super::{RunOptions, deciding};
use crate::block::Choice;
use crate::budget;
use crate::config::{RelatedSettings, Settings};
use crate::guard;
use crate::ingest::{FileFacts, Input, STDIN};
use crate::progress::{Event, Progress};
use crate::related::TableCounts;
use crate::report::ClassicReport;
use crate::score::Model;
use crate::state::Honoured;
use crate::write::{FORMAT_VERSION, MARKER};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Instant;

/// Times the stages of a run, for the manifest only: no stage and no other output knows a clock.
pub struct Clock<'a> {
    progress: &'a dyn Progress,
    timings: Vec<(&'static str, f64)>,
    /// The most memory in use up to the end of each stage, in bytes, where the system says it.
    peaks: Vec<(&'static str, u64)>,
}

/// Stages that report their own beginning and end.
const TELL_THEMSELVES: [&str; 3] = ["read", "normalize", "score"];

impl<'a> Clock<'a> {
    pub fn start(progress: &'a dyn Progress) -> Self {
        Self { progress, timings: Vec::new(), peaks: Vec::new() }
    }

    /// Runs a stage.
    pub fn time<T>(&mut self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let tells = !TELL_THEMSELVES.contains(&stage);
        if tells {
            self.progress.event(Event::Started { stage, total: None, unit: "" });
        }
        let start = Instant::now();
        let done = work();
        self.timings.push((stage, start.elapsed().as_secs_f64()));
        self.peaks.extend(budget::peak().map(|peak| (stage, peak)));
        if tells {
            self.progress.event(Event::Finished { stage, summary: "" });
        }
        done
    }

    /// Stages and what they took in seconds, in running order.
    pub fn timings(&self) -> &[(&'static str, f64)] {
        &self.timings
    }

    /// Seconds and the highest memory so far in MiB, stage by stage, in running order.
    fn json(&self) -> [Value; 2] {
        // Milliseconds tell enough, and read better than sixteen digits.
        let round = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
        let seconds = self.timings.iter().map(|&(stage, seconds)| (stage.to_string(), json!(round(seconds))));
        let peaks = self.peaks.iter().map(|&(stage, bytes)| (stage.to_string(), json!(bytes >> 20)));
        [Value::Object(seconds.collect()), Value::Object(peaks.collect())]
    }
}

/// The part of a manifest that a later command needs to look at the run again.
#[derive(Debug, Serialize, Deserialize)]
pub struct Again {
    /// Format version of the run folder.
    pub format_version: u32,
    /// The inputs, in order.
    pub inputs: Vec<ManifestInput>,
    /// The settings in force.
    pub settings: Settings,
    /// The related tables that were read.
    #[serde(default)]
    pub related: Vec<ManifestTable>,
    /// How many proposals there are.
    #[serde(default)]
    pub counts: ProposalCounts,
    /// What the guards said.
    #[serde(default)]
    pub guards: guard::Report,
    /// What a run with a state used again.
    #[serde(default)]
    pub state: Option<ManifestState>,
}

/// The part of a night that a later command needs.
#[derive(Debug, Serialize, Deserialize)]
pub struct ManifestState {
    /// The blocking that was chosen when the model was frozen.
    #[serde(default)]
    pub choices: Option<Vec<Choice>>,
}

/// Proposals of a run, by lane.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ProposalCounts {
    auto_proposals: Option<u64>,
    review_proposals: Option<u64>,
    hold_proposals: Option<u64>,
}

impl ProposalCounts {
    /// All of them, when the manifest says so.
    pub fn proposals(&self) -> Option<u64> {
        Some(self.auto_proposals? + self.review_proposals? + self.hold_proposals?)
    }
}

/// An input as the manifest names it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ManifestInput {
    pub source: String,
    /// As named on the command line.
    pub file: String,
    /// Where it was, so that the run can be looked at from another folder.
    pub path: String,
    pub sha256: String,
}

/// A related table as the manifest names it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ManifestTable {
    /// Its name.
    pub name: String,
    /// Where it was.
    pub path: String,
}

impl Again {
    /// The settings of the related tables, with files that can be read from any folder.
    pub fn related(&self) -> Vec<RelatedSettings> {
        let mut tables = self.settings.related.clone();
        for table in &mut tables {
            let name = table.table_name();
            if let Some(read) = self.related.iter().find(|read| read.name == name) {
                table.name = Some(name);
                table.file.clone_from(&read.path);
            }
        }
        // What had no rows at the run is not looked for again.
        tables.retain(|table| self.related.iter().any(|read| read.path == table.file));
        tables
    }

    /// The inputs to read once more.
    pub fn inputs(&self) -> Vec<Input> {
        let settings = |at: usize| self.settings.sources.get(at).cloned().unwrap_or_default();
        let input = |(at, input): (usize, &ManifestInput)| Input {
            path: input.path.clone().into(),
            source: input.source.clone(),
            settings: settings(at),
        };
        self.inputs.iter().enumerate().map(input).collect()
    }
}

/// What stands in a manifest only when it was asked for.
pub struct Beside<'a> {
    /// Business Central's own search.
    pub classic: Option<&'a ClassicReport>,
    /// What the related tables say.
    pub related: &'a [TableCounts],
    /// The decisions on file.
    pub honoured: Option<&'a Honoured>,
    /// The night, of a run with a state.
    pub state: Option<Value>,
    /// What the guards say.
    pub guards: &'a guard::Report,
}

/// The manifest's text. Everything but `seconds` and `peak_mib` is the same for the same input, settings and version.
pub fn json(
    options: &RunOptions,
    files: &[FileFacts],
    counts: &Counts,
    model: &Model,
    beside: Beside<'_>,
    clock: &Clock<'_>,
) -> String {
    let inputs: Vec<Value> = files
        .iter()
        .map(|file| {
            json!({
                "source": file.source, "file": file.file, "path": absolute(&file.file), "bytes": file.bytes, "sha256": file.sha256,
                "format": file.format, "encoding": file.encoding, "delimiter": file.delimiter,
                "rows": file.rows_in, "quarantined": file.quarantined,
            })
        })
        .collect();
    let models: Vec<Value> = model
        .populations
        .iter()
        .map(|model| {
            json!({
                "population": model.population, "converged": model.converged, "rounds": model.rounds,
                "training_pairs": model.training_pairs,
            })
        })
        .collect();
    let [seconds, peak_mib] = clock.json();
    let mut manifest = json!({
        MARKER.0: MARKER.1,
        "format_version": FORMAT_VERSION,
        "version": env!("CARGO_PKG_VERSION"),
        "inputs": inputs,
        "counts": counts,
        "models": models,
        "guards": beside.guards,
        "settings": options.settings,
        "settings_file": options.settings_file.as_ref().map(|file| &file.text),
        "seconds": seconds,
        "peak_mib": peak_mib,
    });
    if let Some(honoured) = beside.honoured {
        manifest["decisions"] = deciding::json(honoured);
    }
    if let Some(state) = beside.state {
        manifest["state"] = state;
    }
    if let Some(classic) = beside.classic {
        manifest["classic"] = json!(classic.counts);
    }
    if !beside.related.is_empty() {
        manifest["related"] = json!(beside.related);
    }
    pretty(&manifest)
}

/// A path from the root; as it is when it is the standard input, or the current folder is unknown.
pub(super) fn absolute(file: &str) -> String {
    if file == STDIN {
        return file.to_string();
    }
    std::path::absolute(file).map_or_else(|_| file.to_string(), |path| path.display().to_string())
}

/// The settings in force as TOML, for people.
pub fn settings_text(settings: &Settings) -> String {
    // Settings were read from TOML or are defaults, so they can be written as TOML.
    toml::to_string_pretty(settings).unwrap_or_default()
}

/// Readable JSON with a line end.
pub fn pretty(value: &impl Serialize) -> String {
    // Values of ours have text keys and finite numbers, so they can be written as JSON.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}
