//! Rules on the quality of data, from the settings: each measures one thing and holds it against its bounds.

use super::{Quality, SourceQuality, share};
use crate::config::{Measure, QualityRule, Severity};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What one rule of the settings found in one source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleResult {
    /// Position of the rule in the settings, from 1.
    pub rule: usize,
    /// The source that was measured.
    pub source: String,
    /// The field, if the rule names one.
    pub field: Option<String>,
    /// What was measured: `completeness`, `validity`, `distinct`, `rows`, `findings`, `drift`.
    pub measure: String,
    /// The rule of findings that were counted, if one was named.
    pub finding: Option<String>,
    /// The measured value; null when there was nothing to measure (no values, nothing to compare with).
    pub value: Option<f64>,
    /// The lower bound.
    pub at_least: Option<f64>,
    /// The upper bound.
    pub at_most: Option<f64>,
    /// What breaking the rule means.
    pub severity: Severity,
    /// Whether the value keeps within the bounds; what cannot be measured does.
    pub passed: bool,
}

/// Holds the profile against rules: one result per rule and source that it is for, in order.
///
/// A rule without a source is for every source that has its field; when none has it, for all of them, so that a
/// column that vanished is noticed.
pub(super) fn check(quality: &Quality, rules: &[QualityRule]) -> Vec<RuleResult> {
    let mut results = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let Some(measure) = rule.measure else { continue };
        let named = |source: &&SourceQuality| rule.source.as_ref().is_none_or(|name| *name == source.source);
        let has_field = |source: &&SourceQuality| match &rule.field {
            Some(field) => source.fields.iter().any(|other| other.field.as_ref() == Some(field)),
            None => true,
        };
        let named: Vec<&SourceQuality> = quality.sources.iter().filter(named).collect();
        let having: Vec<&SourceQuality> = named.iter().copied().filter(has_field).collect();
        for source in if having.is_empty() { named } else { having } {
            let value = measured(quality, source, rule, measure);
            let within = |value: f64| {
                rule.at_least.is_none_or(|least| value >= least)
                    && rule.at_most.is_none_or(|most| value <= most)
            };
            results.push(RuleResult {
                rule: at + 1,
                source: source.source.clone(),
                field: rule.field.clone(),
                measure: measure.name().to_string(),
                finding: rule.finding.clone(),
                value,
                at_least: rule.at_least,
                at_most: rule.at_most,
                severity: rule.severity,
                passed: value.is_none_or(within),
            });
        }
    }
    results
}

fn measured(quality: &Quality, source: &SourceQuality, rule: &QualityRule, measure: Measure) -> Option<f64> {
    let field = source.fields.iter().find(|field| field.field.is_some() && field.field == rule.field);
    match measure {
        Measure::Completeness => Some(field.and_then(|field| share(field.filled, field.rows)).unwrap_or(0.0)),
        Measure::Validity => field.and_then(|field| field.validity),
        Measure::Distinct => Some(field.map_or(0.0, |field| field.distinct as f64)),
        Measure::Rows => Some(source.rows as f64),
        Measure::Drift => {
            let sources = &quality.drift.as_ref()?.sources;
            sources.iter().find(|drift| drift.source == source.source)?.largest(rule.field.as_deref())
        }
        Measure::Findings => {
            let counts = |finding: &&super::Finding| {
                finding.source == source.source
                    && rule.finding.as_ref().is_none_or(|name| *name == finding.rule)
                    && (rule.field.is_none() || finding.field == rule.field)
            };
            Some(quality.findings.iter().filter(counts).map(|finding| finding.count as f64).sum())
        }
    }
}

impl fmt::Display for RuleResult {
    /// `crm: validity of email is 0.91, at least 0.95 is asked for (rule 2)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let measure = match &self.finding {
            Some(finding) => format!("count of `{finding}`"),
            None if self.measure == "findings" => "count of findings".to_string(),
            None => self.measure.clone(),
        };
        write!(f, "{}: {measure}", self.source)?;
        if let Some(field) = &self.field {
            write!(f, " of {field}")?;
        }
        match self.value {
            Some(value) => write!(f, " is {value}")?,
            None => write!(f, " cannot be measured")?,
        }
        let bounds = match (self.at_least, self.at_most) {
            (Some(least), Some(most)) => format!("from {least} to {most}"),
            (Some(least), None) => format!("at least {least}"),
            (None, Some(most)) => format!("at most {most}"),
            (None, None) => return write!(f, " (rule {})", self.rule),
        };
        write!(f, ", {bounds} is asked for (rule {})", self.rule)
    }
}

/// Rules of severity `error` that the data breaks: the command stops.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", told(.0))]
pub struct GateError(pub Vec<RuleResult>);

fn told(broken: &[RuleResult]) -> String {
    let rules = if broken.len() == 1 { "a rule of the settings" } else { "rules of the settings" };
    let mut text = format!("the data breaks {rules}:");
    for result in broken {
        text.push_str("\n  ");
        text.push_str(&result.to_string());
    }
    text.push_str("\nmend the data, or change the rules under [[quality.rule]]");
    text
}

impl Quality {
    /// Stops where a rule of severity `error` is broken.
    pub fn gate(&self) -> Result<(), GateError> {
        let is_broken = |result: &&RuleResult| !result.passed && result.severity == Severity::Error;
        let broken: Vec<RuleResult> = self.rules.iter().filter(is_broken).cloned().collect();
        if broken.is_empty() { Ok(()) } else { Err(GateError(broken)) }
    }

    /// Broken rules that do not stop anything, and rules that could not be measured, in words.
    pub fn told_rules(&self) -> impl Iterator<Item = (Severity, String)> {
        let told = self.rules.iter().filter(|result| {
            result.value.is_none() || (!result.passed && result.severity != Severity::Error)
        });
        told.map(|result| {
            let severity = if result.passed { Severity::Info } else { result.severity };
            (severity, format!("quality: {result}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{FieldQuality, Finding};

    fn quality() -> Quality {
        let field = |name: &str, filled, validity| FieldQuality {
            field: Some(name.into()),
            rows: 100,
            filled,
            validity,
            distinct: 7,
            ..FieldQuality::default()
        };
        let source = |name: &str, fields| SourceQuality { source: name.into(), rows: 100, fields };
        let finding = |source: &str, rule: &str, count| Finding {
            source: source.into(),
            rule: rule.into(),
            field: Some("email".into()),
            count,
            ..Finding::default()
        };
        Quality {
            sources: vec![
                source("crm", vec![field("email", 90, Some(0.91)), field("city", 0, None)]),
                source("erp", vec![field("city", 100, None)]),
            ],
            findings: vec![finding("crm", "junk_value", 3), finding("crm", "all_caps", 4)],
            ..Quality::default()
        }
    }

    fn rule(
        measure: Measure,
        field: Option<&str>,
        at_least: Option<f64>,
        at_most: Option<f64>,
    ) -> QualityRule {
        let field = field.map(Into::into);
        QualityRule { measure: Some(measure), field, at_least, at_most, ..QualityRule::default() }
    }

    fn outcome(rule: QualityRule) -> Vec<(String, Option<f64>, bool)> {
        let results = check(&quality(), &[rule]);
        results.into_iter().map(|result| (result.source, result.value, result.passed)).collect()
    }

    #[test]
    fn every_measure_is_held_against_its_bounds() {
        let crm = |value, passed| vec![("crm".to_string(), Some(value), passed)];
        assert_eq!(outcome(rule(Measure::Completeness, Some("email"), Some(0.9), None)), crm(0.9, true));
        assert_eq!(outcome(rule(Measure::Validity, Some("email"), Some(0.95), None)), crm(0.91, false));
        assert_eq!(outcome(rule(Measure::Distinct, Some("email"), None, Some(6.0))), crm(7.0, false));
        assert_eq!(outcome(rule(Measure::Findings, Some("email"), None, Some(7.0))), crm(7.0, true));
        let junk = QualityRule {
            finding: Some("junk_value".into()),
            ..rule(Measure::Findings, Some("email"), None, Some(2.0))
        };
        assert_eq!(outcome(junk), crm(3.0, false));
        let rows = QualityRule { source: Some("crm".into()), ..rule(Measure::Rows, None, Some(100.0), None) };
        assert_eq!(outcome(rows), crm(100.0, true));
    }

    #[test]
    fn a_rule_is_for_the_sources_that_have_its_field() {
        let both = outcome(rule(Measure::Completeness, Some("city"), Some(0.5), None));
        assert_eq!(both, [("crm".to_string(), Some(0.0), false), ("erp".to_string(), Some(1.0), true)]);
        // Nobody has it any more.
        let gone = outcome(rule(Measure::Completeness, Some("phone"), Some(0.5), None));
        assert!(gone.len() == 2 && gone.iter().all(|(_, _, passed)| !passed), "{gone:?}");
        // There is nothing that could be valid.
        assert!(
            outcome(rule(Measure::Validity, Some("city"), Some(0.5), None))
                .iter()
                .all(|(_, value, passed)| value.is_none() && *passed)
        );
    }

    #[test]
    fn only_errors_stop() {
        let mut broken = rule(Measure::Validity, Some("email"), Some(0.95), None);
        let mut quality = quality();
        quality.rules = check(&quality, &[broken.clone()]);
        let told = quality.gate().unwrap_err().to_string();
        assert!(
            told.contains("crm: validity of email is 0.91, at least 0.95 is asked for (rule 1)"),
            "{told}"
        );
        broken.severity = Severity::Warning;
        quality.rules = check(&quality, &[broken]);
        assert_eq!(quality.gate(), Ok(()));
        assert_eq!(
            quality.told_rules().map(|(severity, _)| severity).collect::<Vec<_>>(),
            [Severity::Warning]
        );
    }
}
