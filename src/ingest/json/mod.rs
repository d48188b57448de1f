//! JSON → records: a list of objects, one object a line, or an answer of a web service that holds one list.
//!
//! Input: text in UTF-8. Output: [`Parsed`], one record per object.
//!
//! Invariants
//! * Every object of the list is a record or in quarantine.
//! * Numbers stay as they are written; `null` is an empty cell; what is nested is named by its path (`address.city`).
//! * Keys in braces around the list are no records; those with something in them are told.

mod flatten;

use super::records::{Collector, Parsed, Request};
use super::{IngestError, vcard};
use flatten::{Record, flatten, members};
use rayon::prelude::*;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;

/// Objects made into records at a time, on all cores.
const BATCH: usize = 8 * 1024;
/// How deep in an answer its list is looked for (`{"d": {"results": […]}}`).
const LIST_DEPTH: usize = 3;
/// Examples shown of one finding.
const EXAMPLES: usize = 3;
/// Keys under which answers say that there is more than they hold: OData 4, OData 2 and 3, JSON:API, and plain ones.
const MORE_PAGES: [&str; 7] =
    ["@odata.nextLink", "odata.nextLink", "__next", "nextLink", "next_page", "nextPageToken", "next"];

/// Reads a JSON document, or JSON Lines.
///
/// `lossy`: bytes that the file's encoding does not know were replaced by U+FFFD. Errors: a document that is damaged (with line and column), or one in which there is not one list of objects.
pub fn parse(text: &[u8], lossy: bool, request: &Request<'_>) -> Result<Parsed, IngestError> {
    let collector = Collector::new(request, lossy);
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    let first = values.next();
    let rest = &text[values.byte_offset().min(text.len())..];
    match first {
        Some(Ok(document)) if rest.trim_ascii().is_empty() => {
            read_document(document, request.path, collector)
        }
        _ if is_lines(text) => read_lines(text, collector),
        _ => read_sequence(text, request.path, collector),
    }
}

/// One object a line: one of the first two lines is an object by itself.
fn is_lines(text: &[u8]) -> bool {
    let filled = text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let is_object = |line: &[u8]| {
        line.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<&RawValue>(line).is_ok()
    };
    text.trim_ascii_start().starts_with(b"{") && filled.take(2).any(is_object)
}

fn read_lines(text: &[u8], mut collector: Collector<'_>) -> Result<Parsed, IngestError> {
    let numbered = (1..).zip(text.split(|&byte| byte == b'\n'));
    let mut lines = numbered.filter(|(_, line)| !line.trim_ascii().is_empty());
    loop {
        let batch: Vec<(u32, &[u8])> = lines.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return Ok(collector.finish("jsonl"));
        }
        let records: Vec<(u32, &[u8], Result<Record<'_>, String>)> =
            batch.into_par_iter().map(|(number, line)| (number, line.trim_ascii(), of_line(line))).collect();
        collect(&mut collector, records)?;
    }
}

fn of_line(line: &[u8]) -> Result<Record<'_>, String> {
    match serde_json::from_slice::<&RawValue>(line.trim_ascii()) {
        Ok(value) => flatten(value),
        Err(error) => Err(format!("no sound JSON at column {}: {}", error.column(), reason(&error))),
    }
}

/// Objects one after the other, each over several lines.
fn read_sequence(text: &[u8], path: &str, mut collector: Collector<'_>) -> Result<Parsed, IngestError> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    let (mut line, mut counted) = (1, 0);
    while let Some(value) = values.next() {
        let value = value.map_err(|error| damaged(&error, path))?;
        let start = values.byte_offset() - value.get().len();
        line += text[counted..start].iter().filter(|&&byte| byte == b'\n').count() as u32;
        counted = start;
        collect(&mut collector, [(line, value.get().as_bytes(), flatten(value))])?;
    }
    Ok(collector.finish("json"))
}

fn read_document(
    document: &RawValue,
    path: &str,
    mut collector: Collector<'_>,
) -> Result<Parsed, IngestError> {
    let failed = |error: serde_json::Error| damaged(&error, path);
    if document.get().starts_with('{') {
        let (list, name) = match find_lists(document).as_slice() {
            [] => return read_single(document, collector),
            [(path, list)] => (*list, path.clone()),
            several => {
                let names: Vec<String> =
                    several.iter().map(|(path, _)| format!("`{}`", path.join("."))).collect();
                let reason = format!("it holds several lists of objects ({})", names.join(", "));
                return Err(no_list(path, &reason));
            }
        };
        tell_what_stands_beside(document, &name, &mut collector);
        read_list(&serde_json::from_str::<Vec<&RawValue>>(list.get()).map_err(failed)?, &mut collector)?;
        return Ok(collector.finish("json"));
    }
    let list: Vec<&RawValue> = serde_json::from_str(document.get()).map_err(failed)?;
    let is_card = |value: &RawValue| {
        value.get().strip_prefix('[').is_some_and(|inner| inner.trim_ascii_start().starts_with("\"vcard\""))
    };
    if is_card(document) {
        return vcard::parse_json(&[document], collector);
    }
    if list.first().is_some_and(|first| is_card(first)) {
        return vcard::parse_json(&list, collector);
    }
    if !list.is_empty() && !list.iter().any(|value| value.get().starts_with('{')) {
        return Err(no_list(path, "it is a list, but not of objects"));
    }
    read_list(&list, &mut collector)?;
    Ok(collector.finish("json"))
}

/// An object in which there is no list is one record, or holds records under keys.
fn read_single<'d>(document: &'d RawValue, mut collector: Collector<'_>) -> Result<Parsed, IngestError> {
    if let Some(records) = keyed(document) {
        let of = |(number, (key, value)): (u32, &(String, &'d RawValue))| {
            (number, value.get().as_bytes(), with_key(key, value))
        };
        collect(&mut collector, (1..).zip(&records).map(of))?;
        return Ok(collector.finish("json"));
    }
    collect(&mut collector, [(1, document.get().as_bytes(), flatten(document))])?;
    Ok(collector.finish("json"))
}

fn read_list(list: &[&RawValue], collector: &mut Collector<'_>) -> Result<(), IngestError> {
    for (batch, values) in list.chunks(BATCH).enumerate() {
        let before = batch * BATCH;
        let records: Vec<Result<Record<'_>, String>> =
            values.par_iter().map(|&value| flatten(value)).collect();
        let numbered = (before as u32 + 1..).zip(values).zip(records);
        collect(
            collector,
            numbered.map(|((number, value), record)| (number, value.get().as_bytes(), record)),
        )?;
    }
    Ok(())
}

fn collect<'r>(
    collector: &mut Collector<'_>,
    records: impl IntoIterator<Item = (u32, &'r [u8], Result<Record<'r>, String>)>,
) -> Result<(), IngestError> {
    for (line, raw, record) in records {
        match record {
            Ok(cells) => drop(collector.row(line, &cells, raw)?),
            Err(reason) => collector.damaged(line, reason, raw),
        }
    }
    Ok(())
}

/// A value in a document, and the keys that lead to it.
type Found<'a> = (Vec<String>, &'a RawValue);

/// The lists of objects in an object: those directly in it, else those in the objects in it.
fn find_lists(document: &RawValue) -> Vec<Found<'_>> {
    let mut level = vec![(Vec::new(), document)];
    for _ in 0..LIST_DEPTH {
        let mut inner = Vec::new();
        for (path, object) in level {
            let below = |key: String| path.iter().cloned().chain([key]).collect();
            inner.extend(
                members(object).unwrap_or_default().into_iter().map(|(key, value)| (below(key), value)),
            );
        }
        let (lists, others): (Vec<Found<'_>>, Vec<_>) =
            inner.into_iter().partition(|(_, value)| holds_objects(value));
        if !lists.is_empty() {
            return lists;
        }
        // An answer without a record.
        if let Some(empty) = others.iter().find(|(path, value)| *path == ["value"] && value.get() == "[]") {
            return vec![empty.clone()];
        }
        level = others.into_iter().filter(|(_, value)| value.get().starts_with('{')).collect();
    }
    Vec::new()
}

/// Objects under keys of their own, as databases of documents export them: all members are objects, and they have keys
/// in common.
fn keyed(document: &RawValue) -> Option<Vec<(String, &RawValue)>> {
    let records = members(document).ok()?;
    let keys = |value: &RawValue| -> HashSet<String> {
        members(value).unwrap_or_default().into_iter().map(|(key, _)| key).collect()
    };
    let [(_, first), others @ ..] = records.as_slice() else { return None };
    let common = keys(first);
    let is_alike = |(_, value): &(String, &RawValue)| !common.is_disjoint(&keys(value));
    (!others.is_empty() && others.iter().all(is_alike)).then_some(records)
}

/// A record of [`keyed`] objects: its key is a cell, too.
fn with_key<'a>(key: &str, value: &'a RawValue) -> Result<Record<'a>, String> {
    let mut record = flatten(value)?;
    let name = if record.iter().any(|(name, _)| name == "key") { "@key" } else { "key" };
    record.insert(0, (name.to_string(), Cow::Owned(key.to_string())));
    Ok(record)
}

fn holds_objects(value: &RawValue) -> bool {
    value.get().strip_prefix('[').is_some_and(|inner| inner.trim_ascii_start().starts_with('{'))
}

/// Findings on what an answer says besides its list.
fn tell_what_stands_beside(document: &RawValue, list: &[String], collector: &mut Collector<'_>) {
    let mut beside = Vec::new();
    let mut object = Some(document);
    for step in list {
        let held = object.take().and_then(|object| members(object).ok()).unwrap_or_default();
        let (inner, others): (Vec<_>, Vec<_>) = held.into_iter().partition(|(key, _)| key == step);
        object = inner.first().map(|(_, value)| *value);
        beside.extend(others);
    }
    beside.retain(|(_, value)| !matches!(value.get(), "null" | "\"\"" | "false" | "[]" | "{}"));
    // Some say it in an object about the pages.
    let inner = beside.iter().flat_map(|(_, value)| members(value).unwrap_or_default());
    let mut said = beside.iter().cloned().chain(inner);
    let is_more = |(key, value): &(String, &RawValue)| {
        MORE_PAGES.contains(&key.as_str()) && !matches!(value.get(), "null" | "\"\"" | "false")
    };
    if let Some((key, _)) = said.find(is_more) {
        let message = format!(
            "the list goes on: `{key}` names a further page, whose records are not in this file; save all pages and name their files together"
        );
        collector.found("more_pages", message, 1, Vec::new());
    }
    beside.retain(|(key, _)| !key.contains("odata."));
    if !beside.is_empty() {
        let examples =
            beside.iter().take(EXAMPLES).map(|(key, value)| format!("{key}: {}", shortened(value.get())));
        let list = list.join(".");
        let message = format!("the records are the objects of `{list}`; what stands beside is not read");
        collector.found("beside_the_list", message, beside.len() as u64, examples.collect());
    }
}

fn shortened(text: &str) -> String {
    /// Enough to recognise a value.
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// What is wrong, without the place, which is said apart.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_string())
}

fn damaged(error: &serde_json::Error, path: &str) -> IngestError {
    IngestError::Json {
        path: path.to_string(),
        line: error.line(),
        column: error.column(),
        reason: reason(error),
    }
}

fn no_list(path: &str, reason: &str) -> IngestError {
    IngestError::NoList { path: path.to_string(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests;
