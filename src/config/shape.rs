use super::schema::{resolve, schema, words};
use super::suggest::nearest;
use serde_json::{Map, Value};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Takes one problem: where, what, and what to do about it.
pub(super) type Report<'r> = dyn FnMut(Range<usize>, String, Option<String>) + 'r;

/// Compares a document with the schema: unknown keys, wrong types, numbers out of range, unknown words.
pub(super) fn check(document: &DeTable<'_>, report: &mut Report<'_>) {
    table(schema(), "", document, report);
}

/// Checks a table whose keys the schema lists, or whose values all share one schema.
fn table(node: &'static Value, path: &str, found: &DeTable<'_>, report: &mut Report<'_>) {
    let known = node.get("properties").and_then(Value::as_object);
    for (key, value) in found {
        let name: &str = key.get_ref();
        let here = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        let any = node.get("additionalProperties").filter(|schema| schema.is_object());
        match (known.and_then(|known| known.get(name)), any) {
            (Some(schema), _) | (None, Some(schema)) => value_of(resolve(schema), &here, value, report),
            (None, None) => {
                let place = if path.is_empty() { String::new() } else { format!(" in `{path}`") };
                report(key.span(), format!("unknown key `{name}`{place}"), key_hint(name, known));
            }
        }
    }
}

/// Checks one value.
fn value_of(node: &'static Value, path: &str, found: &Spanned<DeValue<'_>>, report: &mut Report<'_>) {
    if let Some(choices) = node.get("anyOf").and_then(Value::as_array) {
        return one_of_several(choices, path, found, report);
    }
    let words = words(node);
    let wanted = match node.get("type").and_then(Value::as_str) {
        _ if !words.is_empty() => "string",
        Some(wanted) => wanted,
        None => return,
    };
    match (wanted, found.get_ref()) {
        ("object", DeValue::Table(inner)) => table(node, path, inner, report),
        ("array", DeValue::Array(items)) => {
            if let Some(schema) = node.get("items") {
                items.iter().for_each(|item| value_of(resolve(schema), path, item, report));
            }
        }
        ("string", DeValue::String(text)) if !words.is_empty() => {
            if !words.iter().any(|(word, _)| word == text) {
                let known = words.iter().map(|(word, _)| *word);
                let hint = did_you_mean(nearest(text, known.clone())).unwrap_or_else(|| one_of(known));
                report(found.span(), format!("`{path}` cannot be `{text}`"), Some(hint));
            }
        }
        ("string", DeValue::String(_)) | ("boolean", DeValue::Boolean(_)) => {}
        ("integer" | "number", DeValue::Integer(number)) => {
            // What is too large for 64 bits is out of any range, and keeps its sign.
            let huge = if number.as_str().starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
            let number =
                i64::from_str_radix(number.as_str(), number.radix()).map_or(huge, |number| number as f64);
            range(node, path, number, found, report);
        }
        ("number", DeValue::Float(number)) => match number.as_str().parse::<f64>() {
            Ok(number) => range(node, path, number, found, report),
            Err(_) => report(found.span(), format!("`{path}` is no number"), None),
        },
        (wanted, other) => {
            let hint = type_hint(wanted, other, path, &words);
            let other =
                if matches!(other, DeValue::Float(_)) { "a fraction" } else { article(other.type_str()) };
            report(found.span(), format!("`{path}` wants {}, not {other}", article(wanted)), hint);
        }
    }
}

/// Checks a value that may be of several types: as the one that it is of.
fn one_of_several(
    choices: &'static [Value],
    path: &str,
    found: &Spanned<DeValue<'_>>,
    report: &mut Report<'_>,
) {
    let kind = |node: &'static Value| match words(node).is_empty() {
        true => node.get("type").and_then(Value::as_str).unwrap_or("string"),
        false => "string",
    };
    let found_kind = match found.get_ref() {
        DeValue::Table(_) => "object",
        DeValue::Array(_) => "array",
        DeValue::String(_) => "string",
        _ => "",
    };
    let mut choices = choices.iter().map(resolve);
    match choices.clone().find(|node| kind(node) == found_kind) {
        Some(node) => value_of(node, path, found, report),
        None => {
            let wanted: Vec<&str> = choices.clone().map(|node| article(kind(node))).collect();
            let known: Vec<&str> = choices.by_ref().flat_map(words).map(|(word, _)| word).collect();
            let other = article(found.get_ref().type_str());
            let hint = (!known.is_empty()).then(|| one_of(known.into_iter()));
            report(found.span(), format!("`{path}` wants {}, not {other}", wanted.join(" or ")), hint);
        }
    }
}

/// Checks a number against the schema's bounds. Not-a-number is out of every range.
fn range(node: &Value, path: &str, number: f64, found: &Spanned<DeValue<'_>>, report: &mut Report<'_>) {
    let bound = |key| node.get(key).and_then(Value::as_f64);
    let (least, most) = (bound("minimum"), bound("maximum"));
    let inside = !number.is_nan()
        && least.is_none_or(|least| number >= least)
        && most.is_none_or(|most| number <= most);
    if !inside {
        let hint = match (least, most) {
            (Some(least), Some(most)) => Some(format!("it goes from {least} to {most}")),
            (Some(least), None) => Some(format!("it is at least {least}")),
            (None, Some(most)) => Some(format!("it is at most {most}")),
            (None, None) => None,
        };
        report(found.span(), format!("`{path}` is out of range"), hint);
    }
}

/// Where a mistyped or misplaced key belongs: a near name in this table, else the table that has it.
fn key_hint(name: &str, known: Option<&'static Map<String, Value>>) -> Option<String> {
    let known = known?;
    let here = nearest(name, known.keys().map(String::as_str));
    let elsewhere = || {
        let root = schema().get("properties").and_then(Value::as_object)?;
        root.iter().find_map(|(table, node)| {
            let node = resolve(node);
            let inner = if node.get("items").is_some() { resolve(&node["items"]) } else { node };
            let has = inner.get("properties").is_some_and(|keys| keys.get(name).is_some());
            let brackets = if node.get("items").is_some() { ("[[", "]]") } else { ("[", "]") };
            has.then(|| format!("`{name}` belongs under {}{table}{}", brackets.0, brackets.1))
        })
    };
    did_you_mean(here).or_else(elsewhere).or_else(|| Some(one_of(known.keys().map(String::as_str))))
}

fn did_you_mean(name: Option<&str>) -> Option<String> {
    name.map(|name| format!("did you mean `{name}`?"))
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    format!("known: {}", words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "))
}

/// How to write what was meant.
fn type_hint(wanted: &str, found: &DeValue<'_>, path: &str, words: &[(&str, &str)]) -> Option<String> {
    let key = path.rsplit('.').next().unwrap_or(path);
    match (wanted, found) {
        ("array", DeValue::Table(_)) => {
            Some(format!("write [[{path}]] with double brackets, once for each {key}"))
        }
        ("array", DeValue::String(text)) => Some(format!("write {key} = [{}]", super::template::quote(text))),
        ("integer" | "number", DeValue::String(text)) if text.parse::<f64>().is_ok() => {
            Some(format!("write {text} without quotes"))
        }
        ("boolean", DeValue::String(text)) => match text.to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some("write true without quotes".to_string()),
            "false" | "no" | "off" | "0" => Some("write false without quotes".to_string()),
            _ => None,
        },
        ("string", DeValue::Integer(number)) => Some(format!("write \"{number}\" in quotes")),
        ("string", _) if !words.is_empty() => Some(one_of(words.iter().map(|(word, _)| *word))),
        _ => None,
    }
}

/// A type's name in a sentence.
fn article(kind: &str) -> &'static str {
    match kind {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" | "table" => "a table",
        _ => "a date",
    }
}
