use super::schema::{resolve, schema, words};
use serde_json::Value;
use std::fmt::Write;

/// What a template says of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceTemplate {
    /// The file, as it is to stand in the settings.
    pub file: String,
    /// The source's name.
    pub name: String,
    /// The encoding it was read with, when it is text.
    pub encoding: Option<String>,
    /// The separator it was read with, when it is delimited text.
    pub delimiter: Option<char>,
    /// Whether its first line holds headings.
    pub header: bool,
    /// The sheet that was asked for, when it is a workbook.
    pub sheet: Option<String>,
    /// The heading of the column that identifies rows, or why none does.
    pub id: Result<String, String>,
    /// Its columns in file order.
    pub columns: Vec<ColumnTemplate>,
}

/// What a template says of one column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnTemplate {
    /// The heading.
    pub heading: String,
    /// The named field it was taken for; `None` for a column of its own meaning or of none.
    pub field: Option<String>,
    /// Why, in words.
    pub why: String,
    /// A few of its values.
    pub samples: Vec<String>,
}

/// A settings file for these sources, with every other setting, its default and its meaning as comments.
///
/// The settings it holds are those that a run without it would use, so that writing it changes nothing.
pub fn template(sources: &[SourceTemplate]) -> String {
    let mut out = String::from(
        "# Settings of alike. Lines that begin with `#` are comments: explanations begin with `# `,\n\
         # settings at their default with `#` alone. Check this file with `alike check`, use it with `alike run -c`.\n",
    );
    for source in sources {
        source_table(&mut out, source);
    }
    let sections = schema().get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, node) in sections.filter(|(name, _)| *name != "source") {
        match node.get("items") {
            Some(items) => {
                out.push('\n');
                meaning(&mut out, node);
                list_table(&mut out, name, resolve(items));
            }
            None => section(&mut out, name, node),
        }
    }
    out
}

/// One `[[source]]` with its columns.
fn source_table(out: &mut String, source: &SourceTemplate) {
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    line("\n[[source]]");
    line(&format!("file = {}", quote(&source.file)));
    line(&format!("name = {}", quote(&source.name)));
    if let Some(encoding) = &source.encoding {
        line(&format!("encoding = {}", quote(encoding)));
    }
    if let Some(delimiter) = source.delimiter {
        line(&format!("delimiter = {}", quote(&delimiter.to_string())));
    }
    if !source.header {
        line("header = false");
    }
    if let Some(sheet) = &source.sheet {
        line(&format!("sheet = {}", quote(sheet)));
    }
    match &source.id {
        Ok(heading) => line(&format!("id = {}", quote(heading))),
        Err(why) => line(&format!(
            "# No column identifies the rows ({}); name one with `id` if one should.",
            one_line(why)
        )),
    }
    line("# Whether it is known to hold no duplicates within itself.\n#clean = false");
    line("# How far it is trusted when golden values are chosen; higher wins ties.\n#trust = 0");
    line("\n[source.columns]");
    for column in &source.columns {
        let samples: Vec<String> = column.samples.iter().map(|sample| shortened(sample)).collect();
        let samples =
            if samples.is_empty() { String::new() } else { format!("; e.g. {}", samples.join(" | ")) };
        line(&format!("# {}{samples}", one_line(&column.why)));
        match &column.field {
            Some(field) => line(&format!("{} = {}", quote(&column.heading), quote(field))),
            None => line(&format!("#{} = \"ignore\"", quote(&column.heading))),
        }
    }
}

/// One section of settings: meaning and default of each key, commented out.
fn section(out: &mut String, name: &str, node: &'static Value) {
    let description = node.get("description").or_else(|| resolve(node).get("description"));
    // Writing to a string cannot fail.
    let _ = write!(out, "\n# {}\n[{name}]\n", description.and_then(Value::as_str).unwrap_or(""));
    let keys = resolve(node).get("properties").and_then(Value::as_object).into_iter().flatten();
    // Lists of tables; a list of words is a key as any other.
    let is_tables = |node: &'static Value| {
        node.get("items").is_some_and(|items| resolve(items).get("properties").is_some())
    };
    let (lists, keys): (Vec<_>, Vec<_>) = keys.partition(|(_, node)| is_tables(node));
    let (tables, plain): (Vec<_>, Vec<_>) =
        keys.into_iter().partition(|(_, node)| node.get("additionalProperties").is_some());
    for (key, node) in plain {
        meaning(out, node);
        match node.get("default").or_else(|| example(node)) {
            Some(value) => drop(writeln!(out, "#{key} = {}", literal(value))),
            None => drop(writeln!(out, "#{key} = \"\"")),
        }
    }
    for (key, node) in tables {
        out.push('\n');
        meaning(out, node);
        let _ = writeln!(out, "[{name}.{key}]");
        for (key, value) in example(node).and_then(Value::as_object).into_iter().flatten() {
            let _ = writeln!(out, "#{key} = {}", literal(value));
        }
    }
    for (key, node) in lists {
        out.push('\n');
        meaning(out, node);
        list_table(out, &format!("{name}.{key}"), resolve(&node["items"]));
    }
}

/// One table of a list of tables, as a comment: every key with its meaning and an example.
fn list_table(out: &mut String, name: &str, node: &'static Value) {
    let _ = writeln!(out, "#[[{name}]]");
    for (key, node) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
        meaning(out, node);
        // An empty default shows nobody how the key is written.
        let is_empty =
            |value: &Value| value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
        let default = node.get("default").filter(|value| !is_empty(value) || example(node).is_none());
        if let Some(value) = default.or_else(|| example(node)) {
            let _ = writeln!(out, "#{key} = {}", literal(value));
        }
    }
}

/// The meaning of a key, its range and the words it may be, as comments.
fn meaning(out: &mut String, node: &'static Value) {
    let mut text = node.get("description").and_then(Value::as_str).unwrap_or("").to_string();
    if let (Some(least), Some(most)) = (node.get("minimum"), node.get("maximum")) {
        let _ = write!(text, " ({} to {})", literal(least), literal(most));
    }
    for line in text.lines().filter(|line| !line.is_empty()) {
        let _ = writeln!(out, "# {line}");
    }
    for (word, meaning) in words(node) {
        let _ = match meaning {
            "" => writeln!(out, "#   {word}"),
            meaning => writeln!(out, "#   {word}: {meaning}"),
        };
    }
}

fn example(node: &'static Value) -> Option<&'static Value> {
    node.get("examples").and_then(|examples| examples.get(0))
}

/// A JSON value as TOML.
fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// A TOML basic string, which may stand as a key too.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            control if control.is_control() => drop(write!(quoted, "\\u{:04X}", control as u32)),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Text that may stand in a comment: control characters, line ends among them, become blanks.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// The first part of a value, for a comment.
fn shortened(value: &str) -> String {
    /// Characters of a value that are shown: enough to recognise it, three fit on a line.
    const SHOWN: usize = 30;
    let mut short: String = one_line(value).chars().take(SHOWN).collect();
    if value.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SourceSettings, parse};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn source(columns: Vec<ColumnTemplate>) -> SourceTemplate {
        SourceTemplate {
            file: "a\"b\\c.csv".into(),
            name: "crm".into(),
            encoding: Some("windows-1252".into()),
            delimiter: Some('\t'),
            header: true,
            sheet: None,
            id: Ok("No.".into()),
            columns,
        }
    }

    #[test]
    fn a_source_reads_back() {
        let column = ColumnTemplate {
            heading: "Plaats".into(),
            field: Some("city".into()),
            why: "heading".into(),
            samples: vec!["Den\nHaag".into(), "x".repeat(99)],
        };
        let text = template(&[source(vec![column])]);
        assert!(
            text.contains(&format!("# heading; e.g. Den Haag | {}…\n\"Plaats\" = \"city\"", "x".repeat(30))),
            "{text}"
        );
        let settings = parse("alike.toml", &text).unwrap();
        let expected = SourceSettings {
            file: "a\"b\\c.csv".into(),
            name: Some("crm".into()),
            encoding: Some("windows-1252".into()),
            delimiter: Some("\t".into()),
            id: Some("No.".into()),
            columns: BTreeMap::from([("Plaats".into(), "city".into())]),
            ..Default::default()
        };
        assert_eq!(settings.sources, [expected]);
    }

    proptest! {
        #[test]
        fn any_heading_and_value_reads_back(heading in any::<String>(), why in any::<String>(), sample in any::<String>()) {
            let column = |field| ColumnTemplate {
                heading: heading.clone(),
                field,
                why: why.clone(),
                samples: vec![sample.clone()],
            };
            let text = template(&[source(vec![column(Some("city".into()))])]);
            let settings = parse("alike.toml", &text).unwrap();
            prop_assert_eq!(&settings.sources[0].columns, &BTreeMap::from([(heading.clone(), "city".to_string())]));
            let text = template(&[source(vec![column(None)])]);
            prop_assert!(parse("alike.toml", &text).unwrap().sources[0].columns.is_empty());
        }
    }
}
