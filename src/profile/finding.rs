//! Findings: what a person should know of the data, by named rules.
//!
//! Names, severities, meanings and advice are in `tables/finding_rules.csv`; the rules of reading are there too.

use super::table;
use crate::config::Severity;
use crate::ingest;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Examples listed per finding: enough to look them up, few enough to read.
pub(super) const EXAMPLES: usize = 3;

/// Something in a source that is damaged, doubtful or worth a look.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule that found it, such as `spreadsheet_number`; see [`rules`].
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// The source's name.
    pub source: String,
    /// The column's heading; null for what concerns a whole file.
    pub column: Option<String>,
    /// The field the column was taken for, if any.
    pub field: Option<String>,
    /// Records concerned (for a column that is empty: all of them).
    pub count: u64,
    /// What it is, in words.
    pub message: String,
    /// What to do about it; may be empty when the message says it.
    pub advice: String,
    /// Up to three examples, the most frequent first.
    pub examples: Vec<Example>,
}

/// One example of a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The first line of the file that holds it, 1-based; null when there is none to name.
    pub line: Option<u32>,
    /// The value, cut after some 80 characters.
    pub value: String,
}

/// A rule as the data file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingRule {
    /// The rule's name.
    pub name: &'static str,
    /// How bad its findings are.
    pub severity: Severity,
    /// What it finds, in words; findings of reading say it themselves, with their numbers.
    pub what: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

/// Every rule, in the order of the data file.
pub fn rules() -> impl Iterator<Item = FindingRule> {
    table::rows(include_str!("tables/finding_rules.csv"), ';').map(|[name, severity, what, advice]| {
        let severity = match severity {
            "error" => Severity::Error,
            "info" => Severity::Info,
            _ => Severity::Warning,
        };
        FindingRule { name, severity, what, advice }
    })
}

/// The rule of a name; one of reading that the data file does not list is a warning.
pub(super) fn rule(name: &str) -> FindingRule {
    let unknown = FindingRule { name: "", severity: Severity::Warning, what: "", advice: "" };
    rules().find(|rule| rule.name == name).unwrap_or(unknown)
}

/// What reading found, in the same form.
pub(super) fn of_reading(found: &[ingest::Finding]) -> Vec<Finding> {
    let of = |found: &ingest::Finding| {
        let rule = rule(&found.rule);
        Finding {
            rule: found.rule.clone(),
            severity: rule.severity,
            source: found.source.clone(),
            count: found.count,
            message: found.message.clone(),
            advice: rule.advice.to_string(),
            examples: found.examples.iter().take(EXAMPLES).map(|text| placed(text)).collect(),
            ..Finding::default()
        }
    };
    found.iter().map(of).collect()
}

/// `line 7: rest` as line and value.
fn placed(text: &str) -> Example {
    let split = text.strip_prefix("line ").and_then(|rest| rest.split_once(": "));
    match split.and_then(|(line, value)| Some((line.parse().ok()?, value))) {
        Some((line, value)) => Example { line: Some(line), value: super::shortened(value) },
        None => Example { line: None, value: super::shortened(text) },
    }
}

/// Errors first, then warnings; within a severity as they were found (source by source, column by column).
pub(super) fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| Reverse(finding.severity));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_file_is_well_formed() {
        let names: Vec<&str> = rules().map(|rule| rule.name).collect();
        assert!(names.len() > 20);
        for rule in rules() {
            assert!(rule.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{rule:?}");
            assert_eq!(names.iter().filter(|name| **name == rule.name).count(), 1, "{rule:?}");
        }
        let severities = table::rows::<4>(include_str!("tables/finding_rules.csv"), ';');
        for [name, severity, ..] in severities {
            assert!(["error", "warning", "info"].contains(&severity), "{name}");
        }
    }

    #[test]
    fn every_rule_is_documented() {
        let docs = include_str!("../../docs/formats.md");
        for rule in rules() {
            let severity = match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "info",
            };
            let row = format!("| `{}` | {severity} | {}", rule.name, rule.what);
            assert!(docs.contains(&row), "docs/formats.md lacks: {row}");
        }
    }

    #[test]
    fn every_rule_of_reading_is_listed() {
        for name in ingest::FINDING_RULES {
            assert_eq!(rule(name).name, *name);
        }
    }

    #[test]
    fn findings_of_reading_keep_their_lines() {
        let found = ingest::Finding {
            source: "crm".into(),
            file: "crm.csv".into(),
            rule: "mojibake".into(),
            message: "repaired".into(),
            count: 2,
            examples: vec!["line 7: \"JosÃ©\" → \"José\"".into(), "somewhere".into()],
        };
        let finding = &of_reading(&[found])[0];
        assert_eq!(finding.examples[0], Example { line: Some(7), value: "\"JosÃ©\" → \"José\"".into() });
        assert_eq!(finding.examples[1], Example { line: None, value: "somewhere".into() });
        assert_eq!((finding.count, finding.column.as_deref()), (2, None));
    }
}
