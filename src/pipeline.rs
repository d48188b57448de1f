//! The picture of the crate's documentation as code.

use crate::config::Settings;
use crate::error::Error;
use crate::ingest::Input;
use crate::progress::Progress;
use std::path::PathBuf;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The files to read.
    pub inputs: Vec<Input>,
    /// Checked settings; `sources` are those of the inputs, in the same order.
    pub settings: Settings,
    /// The run folder to write.
    pub out: PathBuf,
    /// How many threads were asked for.
    pub threads: Option<usize>,
    /// The settings file's text, for the manifest.
    pub settings_text: Option<String>,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Lines for people: what was read, found and written.
    pub summary: Vec<String>,
}

/// Reads, matches and writes a run folder. (Temporary body: the stages are joined here when they are merged.)
pub fn run(options: &RunOptions, progress: &dyn Progress) -> Result<Outcome, Error> {
    let ingested = crate::ingest::read(&options.inputs, progress)?;
    Ok(Outcome { summary: vec![format!("{} sources read", ingested.tables.len())] })
}
