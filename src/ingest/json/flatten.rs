//! One JSON object → the cells of a record.

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// Names and values of a record's cells, in order.
pub type Record<'a> = Vec<(String, Cow<'a, str>)>;

/// Levels of nesting past which a value is kept as JSON text in one cell: no list of contacts goes deeper, and each
/// level is read once more.
const MAX_DEPTH: usize = 16;
/// Between the values of a list in one cell.
const BETWEEN: &str = ";";

/// The cells of an object. What is nested is named by its path; of a list of plain values one cell is made, of any
/// other list a cell per value, numbered from 1.
///
/// Errors: the value is no object, or holds text that is no Unicode; the reason in words.
pub fn flatten(value: &RawValue) -> Result<Record<'_>, String> {
    if !value.get().starts_with('{') {
        return Err("not an object: a record is `{…}`".to_string());
    }
    let mut record = Vec::new();
    nested(value, "", 0, &mut record)?;
    tell_apart(&mut record);
    Ok(record)
}

/// Keys and values of an object, in order, repeated keys included.
pub fn members(value: &RawValue) -> serde_json::Result<Vec<(String, &RawValue)>> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            to.write_str("an object")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }
    serde_json::Deserializer::from_str(value.get()).deserialize_map(Members)
}

fn nested<'a>(value: &'a RawValue, path: &str, depth: usize, record: &mut Record<'a>) -> Result<(), String> {
    let no_unicode = |error: serde_json::Error| format!("`{path}` cannot be read: {error}");
    let below = |key: &str| if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
    let text = value.get();
    match text.as_bytes().first() {
        _ if depth == MAX_DEPTH => record.push((path.to_string(), Cow::Borrowed(text))),
        Some(b'{') => {
            for (key, value) in members(value).map_err(no_unicode)? {
                nested(value, &below(&key), depth + 1, record)?;
            }
        }
        Some(b'[') => {
            let values: Vec<&RawValue> = serde_json::from_str(text).map_err(no_unicode)?;
            if values.iter().any(|value| value.get().starts_with(['{', '['])) {
                for (at, value) in values.iter().enumerate() {
                    nested(value, &below(&(at + 1).to_string()), depth + 1, record)?;
                }
            } else {
                let plain: Result<Vec<Cow<'a, str>>, _> = values
                    .into_iter()
                    .map(plain)
                    .filter(|text| !matches!(text, Ok(text) if text.is_empty()))
                    .collect();
                record.push((path.to_string(), Cow::Owned(plain.map_err(no_unicode)?.join(BETWEEN))));
            }
        }
        _ => record.push((path.to_string(), plain(value).map_err(no_unicode)?)),
    }
    Ok(())
}

/// A value that is neither a list nor an object, as text.
fn plain(value: &RawValue) -> serde_json::Result<Cow<'_, str>> {
    let text = value.get();
    match text.as_bytes().first() {
        // Without an escape the text stands there as it is.
        Some(b'"') if !text.contains('\\') => Ok(Cow::Borrowed(text.trim_matches('"'))),
        Some(b'"') => serde_json::from_str(text).map(Cow::Owned),
        Some(b'n') => Ok(Cow::Borrowed("")),
        _ => Ok(Cow::Borrowed(text)),
    }
}

/// Gives cells whose name stands twice in the record (a repeated key, or `a.b` beside `a` with a `b` in it) another one.
fn tell_apart(record: &mut Record<'_>) {
    let mut seen: HashSet<&str> = HashSet::with_capacity(record.len());
    if record.iter().all(|(name, _)| seen.insert(name)) {
        return;
    }
    let mut taken: HashSet<String> = record.iter().map(|(name, _)| name.clone()).collect();
    let mut times: HashMap<String, usize> = HashMap::new();
    for (name, _) in record {
        let nth = times.entry(name.clone()).or_default();
        *nth += 1;
        if *nth > 1 {
            let mut other = format!("{name} ({nth})");
            while !taken.insert(other.clone()) {
                *nth += 1;
                other = format!("{name} ({nth})");
            }
            *name = other;
        }
    }
}
