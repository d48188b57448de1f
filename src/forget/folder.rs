//! Erasing from the files of a folder.

use super::person::{ends_with, named};
use super::{ForgetError, Person, io};
use crate::review::{EDITS, Sheet};
use crate::write::{self, BETWEEN_KEYS, CHANGE_SET, MASKED_REPORT};
use serde_json::Value;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Stands where something was that is forgotten.
const FORGOTTEN: &str = "(forgotten)";

/// What was erased from one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The file.
    pub path: PathBuf,
    /// What of it, in words.
    pub what: String,
}

/// Erases the person from these files; with `dry` it is only told what would be.
pub fn erase(person: &Person, files: &[PathBuf], dry: bool) -> Result<Vec<Erased>, ForgetError> {
    let mut erased = Vec::new();
    // Whole proposals go: their ids are made of the keys of all of their records.
    let mut proposals: HashSet<String> = HashSet::new();
    for path in files.iter().filter(|path| ends_with(path, "csv")) {
        let sheet = Sheet::of_file(path)?;
        for name in ["proposal_id", "merge_id", "merge"] {
            let Some(id) = sheet.position(name) else { continue };
            let own = (0..sheet.rows()).filter(|&row| person.owns(&sheet, row));
            proposals.extend(own.map(|row| sheet.cell(row, id).to_string()).filter(|id| !id.is_empty()));
        }
    }
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let new = match name.as_str() {
            CHANGE_SET => change_set(person, path)?,
            "manifest.json" => manifest(person, path, &proposals)?,
            "audit.jsonl" => lines(path, |line| {
                let id = line.get("proposal_id").and_then(Value::as_str).unwrap_or_default();
                proposals.contains(id) || person.is_in(&line.to_string())
            })?,
            // What people decided of others stays.
            EDITS => lines(path, |line| {
                let id = line.get("proposal").and_then(Value::as_str).unwrap_or_default();
                proposals.contains(id) || person.is_in(&line.to_string())
            })?,
            // Packed, so that nothing can be looked for in it: it goes with the first proposal that does.
            _ if ["xlsx", "zip"].iter().any(|ending| ends_with(path, ending)) => {
                (!proposals.is_empty()).then(|| (Content::Gone, "the whole file; make it anew".to_string()))
            }
            // Pseudonyms cannot be searched for: it goes with the first proposal that does.
            MASKED_REPORT => (!proposals.is_empty())
                .then(|| (Content::Gone, "the whole file; a new run writes it anew".to_string())),
            _ if ends_with(path, "csv") => table(person, path, &proposals)?,
            _ if ends_with(path, "json") => json(person, path)?,
            _ => whole(person, path)?,
        };
        let Some((content, what)) = new else { continue };
        if !dry {
            let changed = std::fs::metadata(path).and_then(|of| of.modified()).map_err(io(path))?;
            match content {
                Content::Gone => std::fs::remove_file(path).map_err(io(path))?,
                Content::Text(text) => write::private_file(path, &text)?,
                Content::Table(sheet, rows) => write_table(path, &sheet, &rows)?,
            }
            if path.exists() {
                let file = std::fs::File::options().write(true).open(path).map_err(io(path))?;
                file.set_modified(changed).map_err(io(path))?;
            }
        }
        erased.push(Erased { path: path.clone(), what });
    }
    Ok(erased)
}

enum Content {
    Gone,
    Text(String),
    Table(Box<Sheet>, Vec<Vec<String>>),
}

type New = Result<Option<(Content, String)>, ForgetError>;

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Rows of the person, and of proposals with it, go; golden records of several lose what only the person had.
fn table(person: &Person, path: &Path, proposals: &HashSet<String>) -> New {
    let sheet = Sheet::of_file(path)?;
    let at = |name| sheet.position(name);
    let (id, extends, members, number) =
        (at("proposal_id"), at("extends"), at("merged_record_ids"), at("members"));
    let (mut gone, mut cleared) = (0, 0);
    let mut rows = Vec::new();
    for row in 0..sheet.rows() {
        let is_of = |column: Option<usize>| column.is_some_and(|at| proposals.contains(sheet.cell(row, at)));
        if person.owns(&sheet, row) || is_of(id) || is_of(extends) {
            gone += 1;
            continue;
        }
        let mut cells: Vec<String> =
            (0..sheet.table.columns.len()).map(|at| sheet.cell(row, at).to_string()).collect();
        let before = cells.clone();
        if let Some(at) = members.filter(|&at| person.is_among(sheet.cell(row, at))) {
            let is_other = |of: &&str| !person.keys.iter().any(|key| named(key) == **of);
            let left: Vec<&str> = before[at].split(BETWEEN_KEYS).filter(is_other).collect();
            if let Some(number) = number {
                cells[number] = left.len().to_string();
            }
            cells[at] = left.join(BETWEEN_KEYS);
        }
        // Keys of the person that other rows point to: the record that a merged one went into.
        let pair = at("golden_source").zip(at("golden_record_id"));
        if let Some((source, record)) = pair
            && person.keys.iter().any(|key| cells[source] == key.source && cells[record] == key.record_id)
        {
            cells[record] = FORGOTTEN.to_string();
        }
        for cell in &mut cells {
            if person.is_in(cell) {
                cell.clear();
            }
        }
        cleared += usize::from(cells != before);
        rows.push(cells);
    }
    if gone + cleared == 0 {
        return Ok(None);
    }
    let mut what = Vec::new();
    if gone > 0 {
        what.push(count(gone, "row"));
    }
    if cleared > 0 {
        what.push(format!("values in {}", count(cleared, "other row")));
    }
    Ok(Some((Content::Table(Box::new(sheet), rows), what.join(", "))))
}

fn write_table(path: &Path, sheet: &Sheet, rows: &[Vec<String>]) -> Result<(), ForgetError> {
    let names: Vec<&str> = sheet.table.columns.iter().map(|column| column.name.as_str()).collect();
    write::text_table(path, &names, rows.len(), &|row| rows[row].clone())?;
    Ok(())
}

/// Merges of the person go, with all that could undo them; the header says which.
fn change_set(person: &Person, path: &Path) -> New {
    let text = std::fs::read_to_string(path).map_err(io(path))?;
    let mut lines = text.lines();
    let header: Option<Value> = lines.next().and_then(|line| serde_json::from_str(line).ok());
    let Some(mut header) = header else { return whole(person, path) };
    let (mut kept, mut gone) = (Vec::new(), Vec::new());
    for line in lines {
        let merge: Value = serde_json::from_str(line).unwrap_or_default();
        match holds_key(person, &merge) || person.is_in(line) {
            true => gone.push(merge.get("merge").cloned().unwrap_or_default()),
            false => kept.push(line),
        }
    }
    if gone.is_empty() {
        return Ok(None);
    }
    let what = format!("{} with all that could undo it", count(gone.len(), "merge"));
    if let Some(header) = header.as_object_mut() {
        header.insert("merges".into(), kept.len().into());
        let mut all = header.get("forgotten").and_then(Value::as_array).cloned().unwrap_or_default();
        all.extend(gone);
        header.insert("forgotten".into(), all.into());
    }
    let mut new = vec![header.to_string()];
    new.extend(kept.iter().map(ToString::to_string));
    Ok(Some((Content::Text(new.join("\n") + "\n"), what)))
}

/// Whether a value holds a key of the person, as an object or a text.
fn holds_key(person: &Person, value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            let text = |name| object.get(name).and_then(Value::as_str);
            let is_key = |key: &crate::apply::Key| {
                text("source") == Some(key.source.as_str())
                    && text("record_id") == Some(key.record_id.as_str())
            };
            person.keys.iter().any(is_key) || object.values().any(|value| holds_key(person, value))
        }
        Value::Array(values) => values.iter().any(|value| holds_key(person, value)),
        Value::String(text) => person.is_among(text),
        _ => false,
    }
}

/// The number of proposals, from which `apply` knows that none was lost.
fn manifest(person: &Person, path: &Path, proposals: &HashSet<String>) -> New {
    let text = std::fs::read_to_string(path).map_err(io(path))?;
    let mut manifest: Value = serde_json::from_str(&text).unwrap_or_default();
    let dir = path.parent().unwrap_or(Path::new(""));
    let Ok(sheet) = Sheet::of_run(dir, "proposals") else { return Ok(None) };
    let (Some(id), Some(lane)) = (sheet.position("proposal_id"), sheet.position("lane")) else {
        return Ok(None);
    };
    let extends = sheet.position("extends");
    let mut gone: HashSet<(&str, &str)> = HashSet::new();
    for row in 0..sheet.rows() {
        let is_of = |at| proposals.contains(sheet.cell(row, at));
        if is_of(id) || extends.is_some_and(is_of) {
            gone.insert((sheet.cell(row, id), sheet.cell(row, lane)));
        }
    }
    for (_, lane) in &gone {
        let name = format!("/counts/{lane}_proposals");
        if let Some(counted) = manifest.pointer_mut(&name) {
            *counted = counted.as_u64().unwrap_or_default().saturating_sub(1).into();
        }
    }
    // A guard names the record or the group that is its worst.
    let mut named_by_guards = false;
    for of in manifest.pointer_mut("/guards/guards").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(of) = of.get_mut("of").filter(|of| of.as_str().is_some_and(|text| person.is_in(text)))
        else {
            continue;
        };
        *of = FORGOTTEN.into();
        named_by_guards = true;
    }
    if gone.is_empty() && !named_by_guards {
        return Ok(None);
    }
    let text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    Ok(Some((Content::Text(text), format!("the count of {}", count(gone.len(), "proposal")))))
}

/// Texts of a JSON file that hold something of the person.
fn json(person: &Person, path: &Path) -> New {
    fn clear(person: &Person, value: &mut Value, cleared: &mut usize) {
        match value {
            Value::String(text) if person.is_in(text) => {
                *cleared += 1;
                *text = FORGOTTEN.to_string();
            }
            Value::Array(values) => values.iter_mut().for_each(|value| clear(person, value, cleared)),
            Value::Object(object) => object.values_mut().for_each(|value| clear(person, value, cleared)),
            _ => {}
        }
    }
    let text = std::fs::read_to_string(path).map_err(io(path))?;
    let Ok(mut value) = serde_json::from_str::<Value>(&text) else { return whole(person, path) };
    let mut cleared = 0;
    clear(person, &mut value, &mut cleared);
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    Ok((cleared > 0).then(|| (Content::Text(text), count(cleared, "text"))))
}

fn lines(path: &Path, is_gone: impl Fn(&Value) -> bool) -> New {
    let text = std::fs::read_to_string(path).map_err(io(path))?;
    let is_kept = |line: &&str| serde_json::from_str(line).is_ok_and(|line| !is_gone(&line));
    let kept: Vec<&str> = text.lines().filter(is_kept).collect();
    let gone = text.lines().count() - kept.len();
    let text = kept.iter().map(|line| format!("{line}\n")).collect();
    Ok((gone > 0).then(|| (Content::Text(text), count(gone, "line"))))
}

/// A file that holds something of the person and cannot be cut.
fn whole(person: &Person, path: &Path) -> New {
    let is_in = match ends_with(path, "parquet") {
        true => super::search::in_table(person, &Sheet::of_file(path)?),
        false => super::search::in_bytes(person, &std::fs::read(path).map_err(io(path))?),
    };
    Ok(is_in.then(|| (Content::Gone, "the whole file; a new run writes it anew".to_string())))
}
