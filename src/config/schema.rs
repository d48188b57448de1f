use super::Settings;
use serde_json::Value;
use std::sync::OnceLock;

/// The JSON schema of the settings, as a value.
///
/// TOML has no null: what may be left out is optional, never null, so `null` is taken out of the schema.
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let mut value = schemars::schema_for!(Settings).to_value();
        without_null(&mut value);
        value
    })
}

/// The JSON schema of the settings as text, for `alike schema` and `configs/alike.schema.json`.
pub fn json_schema() -> String {
    let mut text = format!("{:#}", schema());
    text.push('\n');
    text
}

/// Removes the null type and null values everywhere in a schema.
fn without_null(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|_, inner| !inner.is_null());
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".to_string(), only);
                }
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
                if let [only] = choices.as_slice()
                    && let Some(reference) = only.get("$ref").cloned()
                {
                    object.shift_remove("anyOf");
                    object.insert("$ref".to_string(), reference);
                }
            }
            object.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// Follows a `$ref` within the schema.
pub(super) fn resolve(node: &'static Value) -> &'static Value {
    let target = node.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
    match target.and_then(|pointer| schema().pointer(pointer)) {
        Some(target) => target,
        None => node,
    }
}

/// The words a schema node allows, each with its meaning; empty when it is no list of words.
pub(super) fn words(node: &'static Value) -> Vec<(&'static str, &'static str)> {
    let node = resolve(node);
    let meaning = |choice: &'static Value| choice.get("description").and_then(Value::as_str).unwrap_or("");
    let single = |choice: &'static Value| choice.get("const").and_then(Value::as_str);
    let listed = node.get("enum").and_then(Value::as_array).into_iter().flatten();
    let described = node.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    listed
        .filter_map(|word| Some((word.as_str()?, "")))
        .chain(described.filter_map(|choice| Some((single(choice)?, meaning(choice)))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_null() {
        assert!(!json_schema().contains("null"), "{}", json_schema());
    }

    #[test]
    fn rules_are_words_with_a_meaning() {
        let rules = words(&schema()["$defs"]["SurviveSettings"]["properties"]["default"]);
        assert!(rules.contains(&("collect_all", "All distinct values, joined by `;`.")), "{rules:?}");
    }
}
