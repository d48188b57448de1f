//! A fresh export held against a change set.

use super::map_settings_of;
use super::summary::number;
use crate::apply::{self, ApplyError, ChangeSet, History, Verified};
use crate::error::Error;
use crate::ingest::{self, Input};
use crate::map;
use crate::progress::Progress;
use crate::write;
use std::path::PathBuf;

/// What is to be verified.
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// The change set: its file, or the apply folder.
    pub change_set: PathBuf,
    /// Fresh exports, by source.
    pub files: Vec<(String, PathBuf)>,
    /// Column and value by which a record is marked as merged.
    pub marked: Option<(String, String)>,
    /// Where the differences are written as CSV.
    pub out: Option<PathBuf>,
}

/// Differences told one by one.
const TOLD: usize = 50;

/// Reads exports and holds them against a change set; returns what to tell a person, and how many differences there are.
pub fn verify(options: &VerifyOptions, progress: &dyn Progress) -> Result<(Vec<String>, usize), Error> {
    let history = History::of_change_set(&options.change_set);
    let set =
        ChangeSet::read(&options.change_set).map_err(|error| history.explain(&options.change_set, error))?;
    let mut inputs = Vec::new();
    for (name, path) in &options.files {
        let Some(source) = set.header.sources.iter().find(|source| source.source == *name) else {
            let known: Vec<&str> = set.header.sources.iter().map(|source| source.source.as_str()).collect();
            return Err(Error::Usage(format!(
                "the change set has no source `{name}`; name files as SOURCE=FILE, with one of: {}",
                known.join(", ")
            )));
        };
        inputs.push(Input { path: path.clone(), source: name.clone(), settings: source.settings.clone() });
    }
    let raw = ingest::read(&inputs, progress)?;
    let data = map::columns(raw.tables, &map_settings_of(&inputs)?)?;
    let id = &set.header.change_set;
    let undone = |merge: &str, field: Option<&str>| history.undone(id, merge, field).is_some();
    let marked = options.marked.as_ref().map(|(column, value)| (column.as_str(), value.as_str()));
    let verified = apply::verify(&set, &data, &undone, marked);
    if let Some(path) = &options.out {
        write::private_file(path, &apply::differences_csv(&verified.differences))?;
    }
    Ok((tell(&verified, id), verified.differences.len()))
}

fn tell(verified: &Verified, id: &str) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for difference in verified.differences.iter().take(TOLD) {
        let record = format!("{}:{}", difference.record.source, difference.record.record_id);
        let field =
            if difference.field.is_empty() { String::new() } else { format!(", {}", difference.field) };
        told.push(format!(
            "{}: {record}{field}: planned `{}`, found `{}`",
            difference.merge, difference.planned, difference.found
        ));
    }
    if let Some(more) = verified.differences.len().checked_sub(TOLD).filter(|&more| more > 0) {
        told.push(format!("and {more} more; -o FILE writes all of them"));
    }
    if !told.is_empty() {
        told.push(String::new());
    }
    let as_planned = if verified.differences.is_empty() { ": all as planned" } else { "" };
    told.push(format!("{id}: {} looked at{as_planned}", number(verified.merges, "merge", "merges")));
    told.push(format!(
        "  merged records: {} gone, {} marked; {} with {}, {} of them written another way",
        verified.gone,
        verified.marked,
        number(verified.survivors, "survivor", "survivors"),
        number(verified.values, "value", "values"),
        verified.rewritten
    ));
    let notes = [
        (verified.undone, "undone since, and not looked at", "merge", "merges"),
        (
            verified.without_column,
            "for which the survivor's export has no column, and not looked at",
            "value",
            "values",
        ),
    ];
    for (count, what, one, many) in notes.into_iter().filter(|(count, ..)| *count > 0) {
        told.push(format!("  {} {what}", number(count, one, many)));
    }
    if !verified.not_given.is_empty() {
        told.push(format!("  no export was given of: {}", verified.not_given.join(", ")));
    }
    told
}

/// The error that a command with differences ends in.
pub fn differs(differences: usize) -> Error {
    ApplyError::Differs { differences }.into()
}
