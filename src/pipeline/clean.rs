//! The side entrance for people who only want a clean list: read, map, show, write.

use super::{map_settings_of, outcome};
use crate::config::Settings;
use crate::error::Error;
use crate::ingest::{self, Input};
use crate::map;
use crate::normalize::display;
use crate::progress::{Event, Progress, counted};
use crate::write::{self, ListFormat};
use std::io::Write;
use std::path::PathBuf;

/// What is to be cleaned, and where to.
#[derive(Clone, Debug)]
pub struct CleanOptions {
    /// The files to read.
    pub inputs: Vec<Input>,
    /// Checked settings.
    pub settings: Settings,
    /// The list to write; the standard output when left out.
    pub out: Option<PathBuf>,
    /// Format of the list.
    pub format: ListFormat,
    /// Where changes and findings are written, as CSV; nowhere when left out.
    pub changes: Option<PathBuf>,
}

/// Reads files and writes them with normalized columns beside their own; returns what to tell a person.
///
/// `stdout` takes the list when no file is named for it.
pub fn clean(
    options: &CleanOptions,
    stdout: &mut dyn Write,
    progress: &dyn Progress,
) -> Result<Vec<String>, Error> {
    let raw = ingest::read(&options.inputs, progress)?;
    let quarantined: u64 = raw.files.iter().map(|file| file.quarantined).sum();
    for row in raw.quarantine.iter().take(QUARANTINED_TOLD) {
        progress.event(Event::Note(&format!("left out: {} line {}: {}", row.file, row.line, row.reason)));
    }
    let data = map::columns(raw.tables, &map_settings_of(&options.inputs)?)?;
    outcome::tell_findings(&data, progress);
    let cleaned = display::clean(&data, &options.settings.normalize, progress);
    let mut told = Vec::new();
    if let Some(path) = &options.changes {
        let count = write::changes(path, &data, &cleaned)?;
        told.push(format!(
            "{} of changes and findings written to {}",
            counted(count, "line"),
            path.display()
        ));
    }
    let rows = match &options.out {
        Some(path) => {
            let rows = write::cleaned_list(path, options.format, &data, &cleaned)?;
            told.push(format!("{} written to {}", counted(rows, "row"), path.display()));
            rows
        }
        None => {
            let rows = write::cleaned_list_to(stdout, &data, &cleaned)?;
            stdout.flush()?;
            rows
        }
    };
    if quarantined > 0 {
        told.push(format!(
            "{quarantined} of {} could not be read and are left out of the list",
            counted(rows + quarantined, "row")
        ));
    }
    Ok(told)
}

/// Rows in quarantine that are told one by one.
const QUARANTINED_TOLD: usize = 20;
