//! What the folders hold of a record.

use super::{ForgetError, io};
use crate::apply::{ChangeSet, Key};
use crate::map::Kind;
use crate::mask::kind_of;
use crate::review::Sheet;
use crate::write::{BETWEEN_KEYS, MARKER, PROPOSAL_COLUMNS, is_applied};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

/// Shortest value that is searched for: shorter ones stand in other words by chance.
const SHORTEST: usize = 5;

/// Columns of golden lists that are none of a record; those of `proposals` stand with what writes them.
const FIXED: [&str; 3] = ["golden_id", "members", "merged_record_ids"];

/// One person, by record keys.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The records.
    pub keys: Vec<Key>,
    /// Their values that no other record has.
    pub values: BTreeSet<String>,
    /// Values that others have, too, and keep.
    pub shared: usize,
    /// Records that were taken for the same person.
    pub companions: BTreeSet<Key>,
}

/// All files of a run or apply folder and the folders in it, in order of their names.
///
/// Errors: it is neither, for what else lies about is not ours to change; or it cannot be read.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, ForgetError> {
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
    let is_run = manifest.get(MARKER.0).and_then(serde_json::Value::as_str) == Some(MARKER.1);
    if !is_run && !is_applied(folder) {
        let told = format!(
            "`{}` is no folder that `alike run` or `alike apply` wrote; only those are looked through",
            folder.display()
        );
        return Err(ForgetError::Unknown(told));
    }
    inside(folder)
}

fn inside(folder: &Path) -> Result<Vec<PathBuf>, ForgetError> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(io(folder))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(io(folder))?;
    paths.sort();
    for path in paths {
        match path.is_dir() {
            true => found.extend(inside(&path)?),
            // The store has rows of its own, and its own way of erasing.
            false if ends_with(&path, "sqlite") => {}
            false => found.push(path),
        }
    }
    Ok(found)
}

/// Whether a field's values can tell who somebody is.
fn is_telling(field: &str) -> bool {
    !matches!(kind_of(field), Kind::City | Kind::Region | Kind::Country | Kind::Category | Kind::Timestamp)
}

pub(super) fn ends_with(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|of| of.eq_ignore_ascii_case(ending))
}

/// `source:record_id`.
pub(super) fn named(key: &Key) -> String {
    format!("{}:{}", key.source, key.record_id)
}

impl Person {
    /// Gathers what these files hold of the records.
    pub fn of(keys: Vec<Key>, files: &[PathBuf]) -> Result<Self, ForgetError> {
        let mut person = Self { keys, ..Self::default() };
        let (mut own, mut others): (HashSet<String>, HashSet<String>) = Default::default();
        for path in files {
            if path.file_name().is_some_and(|name| name == crate::write::CHANGE_SET) {
                let Ok(set) = ChangeSet::read(path) else { continue };
                for image in set.merges.iter().flat_map(|merge| &merge.before) {
                    let of = if person.keys.contains(&image.key) { &mut own } else { &mut others };
                    of.extend(
                        image
                            .values
                            .iter()
                            .filter(|(field, _)| is_telling(field))
                            .map(|(_, value)| value.clone()),
                    );
                }
            } else if ends_with(path, "csv") || ends_with(path, "parquet") {
                person.table(&Sheet::of_file(path)?, &mut own, &mut others);
            }
        }
        let is_long = |value: &&String| value.chars().count() >= SHORTEST;
        let (unique, shared): (Vec<&String>, Vec<&String>) =
            own.iter().filter(is_long).partition(|value| !others.contains(*value));
        person.shared = shared.len();
        person.values = unique.into_iter().cloned().collect();
        Ok(person)
    }

    fn table(&mut self, sheet: &Sheet, own: &mut HashSet<String>, others: &mut HashSet<String>) {
        let (members, id) = (sheet.position("merged_record_ids"), sheet.position("proposal_id"));
        let is_cells = members.is_some() || id.is_some() && sheet.position("role").is_some();
        if !is_cells {
            return;
        }
        let mut groups: HashSet<String> = HashSet::new();
        for row in 0..sheet.rows() {
            let is_own = self.owns(sheet, row);
            if let (Some(id), true) = (id, is_own) {
                groups.insert(sheet.cell(row, id).to_string());
            }
            // A golden record of several is nobody's own.
            if !is_own && members.is_some_and(|at| self.is_among(sheet.cell(row, at))) {
                continue;
            }
            let into = if is_own { &mut *own } else { &mut *others };
            for (column, at) in sheet.table.columns.iter().zip(0..) {
                let is_fixed =
                    FIXED.contains(&column.name.as_str()) || PROPOSAL_COLUMNS.contains(&column.name.as_str());
                if !is_fixed && is_telling(&column.name) && !sheet.cell(row, at).is_empty() {
                    into.insert(sheet.cell(row, at).to_string());
                }
            }
        }
        for row in 0..sheet.rows() {
            if id.is_some_and(|id| groups.contains(sheet.cell(row, id)))
                && !self.owns(sheet, row)
                && let Some(key) = key_of(sheet, row)
            {
                self.companions.insert(key);
            }
        }
    }

    /// Whether a row is one of the person's records, alone.
    pub(super) fn owns(&self, sheet: &Sheet, row: u32) -> bool {
        let alone = |at| self.keys.iter().any(|key| sheet.cell(row, at) == named(key));
        key_of(sheet, row).is_some_and(|key| self.keys.contains(&key))
            || sheet.position("merged_record_ids").is_some_and(alone)
    }

    /// Whether one of the records is in a list of keys.
    pub(super) fn is_among(&self, keys: &str) -> bool {
        keys.split(BETWEEN_KEYS).any(|of| self.keys.iter().any(|key| named(key) == of))
    }

    /// Whether a text holds something that only the person has.
    pub fn is_in(&self, text: &str) -> bool {
        self.values.iter().any(|value| text.contains(value.as_str()))
            || self.keys.iter().any(|key| {
                let key = named(key);
                text.match_indices(&key).any(|(at, _)| {
                    // `crm:1` is neither in `crm:12` nor in `mycrm:1`.
                    !text[at + key.len()..].starts_with(|c: char| c.is_alphanumeric())
                        && !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            })
    }
}

fn key_of(sheet: &Sheet, row: u32) -> Option<Key> {
    let (source, id) = (sheet.position("source")?, sheet.position("record_id")?);
    Some(Key { source: sheet.cell(row, source).to_string(), record_id: sheet.cell(row, id).to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_as_keys_and_values_as_text() {
        let key = Key { source: "crm".into(), record_id: "1".into() };
        let person =
            Person { keys: vec![key], values: BTreeSet::from(["Quist".to_string()]), ..Person::default() };
        assert!(person.is_in("a;crm:1;b") && person.is_in("crm:1") && person.is_in("Zeb Quist-Jansen"));
        assert!(!person.is_in("crm:12;mycrm:1;a_crm:1"));
        assert!(person.is_among("crm:2;crm:1") && !person.is_among("crm:11"));
    }

    #[test]
    fn only_folders_of_ours_are_looked_through() {
        let desk = tempfile::tempdir().unwrap();
        assert!(files(desk.path()).is_err());
        std::fs::write(desk.path().join("manifest.json"), "{\"program\":\"alike\"}").unwrap();
        std::fs::write(desk.path().join("decisions.sqlite"), "").unwrap();
        assert_eq!(files(desk.path()).unwrap().len(), 1);
    }
}
