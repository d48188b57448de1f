//! The side entrance for the data quality profile: files → quality, and nothing else.

use super::{RunOptions, fit, manifest, map_settings_of, outcome};
use crate::error::Error;
use crate::ingest;
use crate::map;
use crate::normalize;
use crate::profile::{self, Quality};
use crate::progress::{Event, Progress};
use crate::report::{self, ProfileInput};

/// The profile of files, and how they were read.
#[derive(Clone, Debug)]
pub struct Profiled {
    /// What the files hold.
    pub quality: Quality,
    /// The same as the text of `quality.json`.
    pub json: String,
    /// The same as a page for people.
    pub page: String,
}

/// Reads files and measures them as a run does, and stops there. Of the options `out` and the threads are not used.
///
/// Broken rules are no error here: ask [`Quality::gate`] after the profile was shown.
pub fn profile_files(options: &RunOptions, progress: &dyn Progress) -> Result<Profiled, Error> {
    let settings = &options.settings;
    let raw = ingest::read(&options.inputs, progress)?;
    fit(options, &raw.tables)?;
    let data = map::columns(raw.tables, &map_settings_of(&options.inputs))?;
    let contacts = normalize::contacts(&data, &settings.normalize, progress);
    progress.event(Event::Started { stage: "profile", total: None, unit: "" });
    let quality = profile::measure(&data, &contacts, &raw.findings, &settings.quality);
    outcome::tell_rules(&quality, progress);
    let page = report::profile_html(&ProfileInput {
        version: env!("CARGO_PKG_VERSION"),
        data: &data,
        files: &raw.files,
        quarantine: &raw.quarantine,
        quality: &quality,
    })?;
    progress.event(Event::Finished { stage: "profile", summary: "" });
    Ok(Profiled { json: manifest::pretty(&quality), quality, page })
}
