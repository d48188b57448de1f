//! The side entrance for the data quality profile: files → quality, and nothing else.

use super::{RunOptions, fit, manifest, map_settings_of, outcome};
use crate::error::Error;
use crate::ingest;
use crate::map;
use crate::normalize;
use crate::profile::{self, Quality};
use crate::progress::{Event, Progress};
use crate::report::{self, ProfileInput};
use std::path::Path;

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
    let before = options.against.as_deref().map(load_quality).transpose()?;
    let raw = ingest::read(&options.inputs, progress)?;
    fit(options, &raw.tables)?;
    let data = map::columns(raw.tables, &map_settings_of(&options.inputs)?)?;
    outcome::tell_findings(&data, progress);
    let contacts = normalize::contacts(&data, &settings.normalize, progress);
    progress.event(Event::Started { stage: "profile", total: None, unit: "" });
    let quality = profile::measure(&data, &contacts, &raw.findings, &settings.quality, before.as_ref());
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

/// Reads the profile that a run or `alike profile -o` wrote.
pub(super) fn load_quality(path: &Path) -> Result<Quality, Error> {
    let file = if path.is_dir() { path.join("quality.json") } else { path.to_path_buf() };
    let failed = |why: String| Error::Profile { path: file.clone(), why };
    let text = std::fs::read_to_string(&file).map_err(|cause| failed(cause.to_string()))?;
    let quality: Quality = serde_json::from_str(&text).map_err(|cause| {
        failed(format!("it is no profile of alike ({cause}); `alike profile -o` writes one"))
    })?;
    if quality.format_version != profile::FORMAT_VERSION {
        let (version, ours) = (quality.format_version, profile::FORMAT_VERSION);
        return Err(failed(format!("it has version {version}, this program reads version {ours}")));
    }
    Ok(quality)
}
