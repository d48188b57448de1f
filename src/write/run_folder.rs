use super::WriteError;
use super::file::{self, MANIFEST};
use super::place::Place;
use super::tables;
use crate::classic::Classic;
use crate::cluster::{Clusters, Decided};
use crate::config::Format;
use crate::ingest::Quarantined;
use crate::map::Dataset;
use crate::normalize::Contacts;
use crate::propose::Proposals;
use crate::score::{Links, Model};
use crate::survive::Golden;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Version of the names and columns of a run folder; raised when one is renamed, removed or changes meaning.
pub const FORMAT_VERSION: u32 = 1;

/// Everything a run folder is made of.
pub struct RunParts<'a> {
    /// The sources.
    pub data: &'a Dataset,
    /// The normalized records; says which comparisons a link's levels are of.
    pub contacts: &'a Contacts,
    /// The clusters.
    pub clusters: &'a Clusters,
    /// What people decided before the run.
    pub decided: &'a Decided,
    /// Their golden records.
    pub golden: &'a Golden,
    /// Their proposals, and the ids of all records.
    pub proposals: &'a Proposals,
    /// The links.
    pub links: &'a Links,
    /// The model that judged them; names the comparisons.
    pub model: &'a Model,
    /// Names of the blocking rules, in the order of the plan.
    pub rules: &'a [String],
    /// Rows that could not be read.
    pub quarantine: &'a [Quarantined],
    /// What Business Central's own search finds, when it was asked for.
    pub classic: Option<&'a Classic>,
    /// Further tables, finished: name, content and rows.
    pub further: &'a [(&'static str, Vec<u8>, u64)],
    /// Makes further files out of the folder once its tables are written: name and content.
    pub since: &'a (dyn Fn(&Path) -> Vec<(&'static str, String)> + Sync),
    /// `quality.json`.
    pub quality: &'a str,
    /// `report.html`.
    pub report: &'a str,
    /// `manifest.json`: a JSON object that holds [`super::MARKER`] and `format_version`.
    pub manifest: &'a str,
}

/// What was written, for reconciling: records in = records in the crosswalk + quarantined rows, per source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The folder.
    pub dir: PathBuf,
    /// File names in order of writing, with their data rows (none for files that are no tables).
    pub files: Vec<(String, Option<u64>)>,
    /// Per source: records in the crosswalk.
    pub crosswalk: BTreeMap<String, u64>,
    /// Per source: rows in quarantine.
    pub quarantined: BTreeMap<String, u64>,
}

/// Writes the run folder at its place, in the stead of the run folder that is there.
///
/// Errors: the disk refuses, or people worked meanwhile in the run folder that is there.
pub fn run_folder(place: Place, format: Format, parts: &RunParts<'_>) -> Result<Written, WriteError> {
    let to = place.dir();
    let mut written = Written { dir: place.named().to_path_buf(), ..Written::default() };
    // Two halves of about equal size, so that one formats while the other waits for the disk.
    let (people, records) = rayon::join(
        || Ok::<_, WriteError>((tables::plan(to, format, parts)?, tables::proposals(to, format, parts)?)),
        || {
            let golden = tables::golden(to, format, parts)?;
            let crosswalk = tables::crosswalk(to, format, parts)?;
            Ok::<_, WriteError>((
                golden,
                crosswalk,
                tables::links(to, parts)?,
                tables::quarantine(to, parts)?,
            ))
        },
    );
    let ((plan, proposals), (golden, crosswalk, links, quarantine)) = (people?, records?);
    let (crosswalk_name, crosswalk_rows, of_table) = crosswalk;
    let done = [proposals, plan, golden, (crosswalk_name, crosswalk_rows), links, quarantine];
    written.files.extend(done.into_iter().map(|(name, rows)| (name, Some(rows))));
    if let Some(classic) = parts.classic {
        let (name, rows) = tables::bc_duplicates(to, parts.data, classic)?;
        written.files.push((name, Some(rows)));
    }
    for (name, content, rows) in parts.further {
        file::write(&to.join(name), content)?;
        written.files.push((name.to_string(), Some(*rows)));
    }
    for (name, content) in (parts.since)(to) {
        file::write(&to.join(name), content)?;
        written.files.push((name.to_string(), None));
    }
    let model = serde_json::to_string_pretty(parts.model)
        .map_err(|cause| WriteError::io(&to.join("model.json"), std::io::Error::other(cause)))?;
    for (name, content) in [
        ("quality.json", parts.quality),
        ("report.html", parts.report),
        ("model.json", model.as_str()),
        (MANIFEST, parts.manifest),
    ] {
        file::write(&to.join(name), content)?;
        written.files.push((name.to_string(), None));
    }
    for (table, records) in parts.data.tables.iter().zip(of_table) {
        *written.crosswalk.entry(table.source.clone()).or_default() += records;
    }
    for row in parts.quarantine {
        *written.quarantined.entry(row.source.clone()).or_default() += 1;
    }
    place.publish()?;
    Ok(written)
}
