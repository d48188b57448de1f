//! A person is forgotten: in run and apply folders, and in the decisions; and it is proven.

use super::arrivals;
use super::summary::number;
use crate::apply;
use crate::error::Error;
use crate::forget::{self, ForgetError, Person};
use crate::state::{Key, LOCK, SNAPSHOTS, STORE, Store};
use crate::write;
use std::path::{Path, PathBuf};

/// Who is to be forgotten, and where.
#[derive(Clone, Debug)]
pub struct ForgetOptions {
    /// `SOURCE:ID` of the records.
    pub keys: Vec<String>,
    /// Run and apply folders.
    pub folders: Vec<PathBuf>,
    /// The folder of the decisions.
    pub state: Option<PathBuf>,
    /// Only say what would be erased.
    pub dry_run: bool,
}

/// Erases, searches again, and returns the lines to tell.
///
/// Errors: a folder cannot be read or written, nothing is known of the records, or something is left.
pub fn forget(options: &ForgetOptions) -> Result<Vec<String>, Error> {
    let mut keys = Vec::new();
    for key in &options.keys {
        let Some((source, record_id)) =
            key.split_once(':').filter(|(source, id)| !source.is_empty() && !id.is_empty())
        else {
            return Err(Error::Usage(format!(
                "`{key}` names no record; write SOURCE:ID, such as crm:C00120"
            )));
        };
        keys.push(apply::Key { source: source.to_string(), record_id: record_id.to_string() });
    }
    let mut files = Vec::new();
    for folder in &options.folders {
        files.extend(forget::files(folder)?);
    }
    // Judgements beside the decisions.
    let store = options.state.as_deref().map(Store::must_read).transpose()?;
    if let Some(state) = &options.state {
        files.extend([state.join("audit.jsonl")].into_iter().filter(|path| path.is_file()));
    }
    let person = Person::of(keys.clone(), &files)?;
    let own: Vec<Key> = keys.iter().map(|key| Key::new(&key.source, &key.record_id)).collect();
    let decisions = store.as_ref().map(|store| store.decisions_on(&own)).transpose()?.unwrap_or_default();
    drop(store);
    let erased = forget::erase(&person, &files, options.dry_run)?;
    if erased.is_empty() && decisions == 0 {
        return Err(ForgetError::Unknown(format!(
            "nothing is known of {} there; name the folders, and the decisions with --state",
            options.keys.join(", ")
        ))
        .into());
    }
    let would = if options.dry_run { "would be erased" } else { "erased" };
    let mut lines: Vec<String> =
        erased.iter().map(|of| format!("{would}: {}: {}", of.path.display(), of.what)).collect();
    if let Some(state) = options.state.as_deref().filter(|_| decisions > 0) {
        let place = state.join(STORE);
        if options.dry_run {
            lines.push(format!(
                "{would}: {}: {}",
                place.display(),
                number(decisions as u64, "decision", "decisions")
            ));
        } else {
            let forgotten = Store::open(state)?.forget(&own)?;
            let what = number(forgotten.decisions as u64, "decision", "decisions");
            lines.push(format!("{would}: {}: {what}", place.display()));
            if !forgotten.others.is_empty() {
                let names: Vec<String> =
                    forgotten.others.iter().map(|key| format!("{}:{}", key.source, key.record_id)).collect();
                lines.push(format!("  to be decided again: {}", names.join(", ")));
            }
        }
    }
    if let Some(state) = options.state.as_deref().filter(|state| state.join(STORE).is_file()) {
        lines.extend(forget_rows(state, &own, would, options.dry_run)?);
    }
    if person.shared > 0 {
        let shared = number(person.shared as u64, "value is", "values are");
        lines.push(format!("{shared} also another record's, and stay there"));
    }
    if !person.companions.is_empty() {
        let names: Vec<String> =
            person.companions.iter().map(|key| format!("{}:{}", key.source, key.record_id)).collect();
        lines.push(format!("Taken for the same person, and not erased: {}", names.join(", ")));
        lines.push("  name them, too, if they are".to_string());
    }
    if options.dry_run {
        lines.push("Nothing was erased (--dry-run)".to_string());
        return Ok(lines);
    }
    lines.push(proof(options, &person)?);
    lines.push(
        "The exports themselves are not touched: erase the record there, too, or the next run finds it again"
            .to_string(),
    );
    Ok(lines)
}

/// Takes the records out of what a state keeps: rows of sources, and which golden record is theirs.
fn forget_rows(dir: &Path, keys: &[Key], would: &str, dry_run: bool) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    let mut store = Store::open(dir)?;
    for known in store.sources()?.iter().filter(|known| !known.snapshot.is_empty()) {
        let ids: Vec<&str> =
            keys.iter().filter(|key| key.source == known.name).map(|key| key.record_id.as_str()).collect();
        let path = dir.join(SNAPSHOTS).join(&known.snapshot);
        if ids.is_empty() || !path.is_file() {
            continue;
        }
        let _lock = write::lock(&dir.join(LOCK))?;
        let Some((name, sha256)) = arrivals::without(dir, known, &ids)? else { continue };
        let new = dir.join(SNAPSHOTS).join(&name);
        lines.push(format!("{would}: {}: {}", path.display(), number(ids.len() as u64, "row", "rows")));
        let gone = if dry_run { &new } else { &path };
        if !dry_run {
            store.keep_instead(&known.name, &name, &sha256)?;
        }
        std::fs::remove_file(gone).map_err(|cause| ForgetError::Io { path: gone.clone(), cause })?;
    }
    if !dry_run {
        store.forget(keys)?;
    }
    Ok(lines)
}

/// Searches every place again.
fn proof(options: &ForgetOptions, person: &Person) -> Result<String, Error> {
    let mut files = Vec::new();
    for folder in &options.folders {
        files.extend(forget::files(folder)?);
    }
    let searched = files.len();
    let mut left: Vec<String> =
        forget::search(person, &files)?.into_iter().map(|found| found.0.display().to_string()).collect();
    if let Some(state) = &options.state
        && let Some(store) = Store::read(state)?
    {
        let mut texts: Vec<String> = person.values.iter().cloned().collect();
        let json = |text: &String| serde_json::to_string(text).unwrap_or_default();
        texts.extend(person.keys.iter().map(|key| {
            format!("{{\"source\":{},\"record_id\":{}}}", json(&key.source), json(&key.record_id))
        }));
        if store.holds(&texts)? > 0 {
            left.push(state.join(STORE).display().to_string());
        }
        let own: Vec<Key> = person.keys.iter().map(|key| Key::new(&key.source, &key.record_id)).collect();
        if store.decisions_on(&own)? > 0 {
            left.push(format!("{} (keys)", state.join(STORE).display()));
        }
    }
    if left.is_empty() {
        return Ok(format!(
            "Searched again: {}{} hold neither the record nor any of {} that only it had",
            number(searched as u64, "file", "files"),
            if options.state.is_some() {
                " and the decisions"
            } else {
                " (no decisions were named: --state)"
            },
            number(person.values.len() as u64, "value", "values")
        ));
    }
    Err(ForgetError::Left(format!(
        "something of it is still in: {}; look there, and remove what is left by hand",
        left.join(", ")
    ))
    .into())
}
