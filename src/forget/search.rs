//! Looking for what must be gone.

use super::person::ends_with;
use super::{ForgetError, Person, io};
use crate::review::Sheet;
use std::path::PathBuf;

/// A file that still holds something of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found(pub PathBuf);

/// Searches all files, byte by byte and cell by cell.
pub fn search(person: &Person, files: &[PathBuf]) -> Result<Vec<Found>, ForgetError> {
    let mut found = Vec::new();
    for path in files {
        let is_table = ends_with(path, "csv") || ends_with(path, "parquet");
        let is_in = in_bytes(person, &std::fs::read(path).map_err(io(path))?)
            || is_table && in_table(person, &Sheet::of_file(path)?);
        if is_in {
            found.push(Found(path.clone()));
        }
    }
    Ok(found)
}

/// Whether cells hold something of the person.
pub(super) fn in_table(person: &Person, sheet: &Sheet) -> bool {
    let is_in = |row: u32| {
        let texts = (0..sheet.table.columns.len()).any(|at| person.is_in(sheet.cell(row, at)));
        // Links name their two records in pairs of columns.
        let pair = |source: &str, id: &str| {
            let (Some(source), Some(id)) = (sheet.position(source), sheet.position(id)) else { return false };
            person
                .keys
                .iter()
                .any(|key| sheet.cell(row, source) == key.source && sheet.cell(row, id) == key.record_id)
        };
        texts || person.owns(sheet, row) || pair("source_a", "record_id_a") || pair("source_b", "record_id_b")
    };
    (0..sheet.rows()).any(is_in)
}

/// Whether bytes hold something of the person, as text, in JSON or in HTML.
pub(super) fn in_bytes(person: &Person, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    if person.is_in(&text) {
        return true;
    }
    person.values.iter().any(|value| {
        let json = serde_json::to_string(value).unwrap_or_default();
        let json = json.trim_matches('"');
        let html = html(value);
        json != value && text.contains(json) || html != *value && text.contains(&html)
    })
}

/// A value as a page writes it.
fn html(value: &str) -> String {
    value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#x27;")
        .replace('/', "&#x2f;")
}
