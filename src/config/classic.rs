use super::meaning::{section, text};
use super::shape::Report;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

/// Business Central's own duplicate search, done over again (`alike run --rules bc-classic`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClassicSettings {
    /// Whether it is done beside the search of alike; `--rules bc-classic` turns it on, too.
    pub enabled: bool,
    /// Search Hit %: the share of the rules whose strings must be equal, rounded up to whole strings.
    #[schemars(range(min = 1, max = 100))]
    pub hit_percent: u32,
    /// An export of Business Central's table Duplicate Search String Setup to take the rules from, relative to the
    /// settings file; in place of the rules below.
    pub setup: Option<String>,
    /// The run stops when more pairs are found than this: no person looks through them.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub max_pairs: u64,
    /// The rules; Business Central's standard ones (eight fields, first and last, five characters) when there are none.
    #[serde(rename = "rule")]
    pub rules: Vec<ClassicRule>,
}

impl Default for ClassicSettings {
    fn default() -> Self {
        // 60 is what a new company of Business Central has; ten million rows are a file of 300 MB.
        Self { enabled: false, hit_percent: 60, setup: None, max_pairs: 10_000_000, rules: Vec::new() }
    }
}

/// A row of Duplicate Search String Setup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClassicRule {
    /// The field: its caption in Business Central, the heading of a column, or a field's name here.
    #[schemars(example = &"VAT Registration No.")]
    pub field: Option<String>,
    /// Which end of the value is compared.
    pub part: Part,
    /// How many characters.
    #[schemars(range(min = 2, max = 10))]
    pub length: u32,
}

impl Default for ClassicRule {
    fn default() -> Self {
        Self { field: None, part: Part::First, length: 5 }
    }
}

/// An end of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The first characters.
    #[default]
    First,
    /// The last characters.
    Last,
}

impl Part {
    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
        }
    }
}

/// Checks what types cannot say: rules without a field, rules there twice, rules beside a file of rules.
pub(super) fn check(document: &DeTable<'_>, report: &mut Report<'_>) {
    let Some(table) = section(document, "classic") else { return };
    let rules = table.get("rule").and_then(|rules| rules.get_ref().as_array());
    let rules: Vec<_> = rules.into_iter().flat_map(|list| list.iter()).collect();
    if let Some((setup, span)) = text(table, "setup")
        && !setup.is_empty()
        && !rules.is_empty()
    {
        let hint = Some("leave out `setup`, or every [[classic.rule]]".to_string());
        report(span, "the rules are given twice, in a file and here".to_string(), hint);
    }
    let mut seen: Vec<(String, String)> = Vec::new();
    for value in rules {
        let DeValue::Table(rule) = value.get_ref() else { continue };
        // A table in an array has no place of its own: its first key has.
        let whole = rule.iter().map(|(key, _)| key.span()).min_by_key(|span| span.start);
        let whole = whole.unwrap_or(value.span());
        let Some((field, span)) = text(rule, "field").filter(|(field, _)| !field.trim().is_empty()) else {
            let hint = Some("for instance `field = \"VAT Registration No.\"`".to_string());
            report(whole, "a rule needs a `field`".to_string(), hint);
            continue;
        };
        let part = text(rule, "part").map_or(Part::First.name(), |(part, _)| part);
        let key = (field.to_lowercase(), part.to_string());
        if seen.contains(&key) {
            let hint = Some("Business Central has one rule for each end of a field".to_string());
            report(span, format!("a second rule for the {part} characters of `{field}`"), hint);
        }
        seen.push(key);
    }
}
