//! A card in JSON (RFC 7095) → its properties.

use super::property::Property;
use serde_json::Value;
use serde_json::value::RawValue;

/// The properties of `["vcard", [[name, parameters, type, value, …], …]]`.
///
/// Errors: it has another shape; the reason in words.
pub fn properties(card: &RawValue) -> Result<Vec<Property>, String> {
    let wrong = || "not a card: `[\"vcard\", […]]`".to_string();
    let (kind, properties, ..): (String, Vec<Vec<Value>>) =
        serde_json::from_str(card.get()).map_err(|_| wrong())?;
    if !kind.eq_ignore_ascii_case("vcard") {
        return Err(wrong());
    }
    properties.iter().map(|fields| property(fields).ok_or_else(wrong)).collect()
}

fn property(fields: &[Value]) -> Option<Property> {
    let [name, params, _, values @ ..] = fields else { return None };
    let params = params.as_object()?;
    let param = |name: &str| params.get(name).map(texts).unwrap_or_default();
    let mut types: Vec<String> = param("type").iter().map(|kind| kind.to_lowercase()).collect();
    let is_preferred = types.iter().any(|kind| kind == "pref");
    types.retain(|kind| !matches!(kind.as_str(), "pref" | "voice" | "internet" | ""));
    let pref = param("pref").first().and_then(|pref| pref.parse().ok());
    // One value with parts is a list; several values stand one after the other.
    let parts: Vec<Vec<String>> = match values {
        [Value::Array(parts)] => parts.iter().map(texts).collect(),
        several => vec![several.iter().flat_map(texts).collect()],
    };
    let text = parts.iter().map(|part| part.join(",")).collect::<Vec<_>>().join(";");
    Some(Property {
        group: param("group").concat().to_lowercase(),
        name: name.as_str()?.to_uppercase(),
        types,
        pref: pref.unwrap_or(u8::from(is_preferred)),
        label: param("label").join("\n"),
        omitted_year: String::new(),
        is_binary: text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")),
        parts,
        text,
    })
}

/// A value as text, or those of a list.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.trim().to_string()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Null => vec![String::new()],
        other => vec![other.to_string()],
    }
}
