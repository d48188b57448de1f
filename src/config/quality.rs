use super::meaning::{field_hint, section, text};
use super::shape::Report;
use super::suggest::nearest;
use crate::map::FieldId;
use crate::profile;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Checks what types cannot say of the rules on quality: names, bounds, and keys that belong together. Without `names`
/// the sources come from the command line and cannot be known here.
pub(super) fn check(document: &DeTable<'_>, names: &[String], report: &mut Report<'_>) {
    let rules = section(document, "quality").and_then(|table| table.get("rule")?.get_ref().as_array());
    for value in rules.into_iter().flat_map(|list| list.iter()) {
        if let Some(table) = value.get_ref().as_table() {
            // A table in an array has no place of its own: its first key has.
            let first = table.iter().map(|(key, _)| key.span()).min_by_key(|span| span.start);
            rule(table, first.unwrap_or(value.span()), names, report);
        }
    }
}

fn rule(table: &DeTable<'_>, whole: Range<usize>, names: &[String], report: &mut Report<'_>) {
    if let Some((field, span)) = text(table, "field")
        && field.parse::<FieldId>().is_err()
    {
        report(span, format!("unknown field `{field}`"), Some(field_hint(field)));
    }
    if let Some((source, span)) = text(table, "source")
        && !names.is_empty()
        && !names.iter().any(|name| name == source)
    {
        let hint = match nearest(source, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("sources here: {}", names.join(", ")),
        };
        report(span, format!("no source is named `{source}`"), Some(hint));
    }
    let measure = text(table, "measure").map(|(measure, _)| measure);
    let needs_field = matches!(measure, Some("completeness" | "validity" | "distinct"));
    if needs_field && !table.contains_key("field") {
        let hint = "add `field = \"email\"`, or another field".to_string();
        report(whole.clone(), "this measure needs a `field`".to_string(), Some(hint));
    }
    if let Some((finding, span)) = text(table, "finding") {
        if measure != Some("findings") {
            let hint = "write `measure = \"findings\"`, or leave `finding` out".to_string();
            report(span, "`finding` goes with `measure = \"findings\"` only".to_string(), Some(hint));
        } else if !profile::rules().any(|rule| rule.name == finding) {
            let hint = nearest(finding, profile::rules().map(|rule| rule.name))
                .map(|near| format!("did you mean `{near}`?"))
                .unwrap_or_else(|| "the rules are listed in docs/formats.md".to_string());
            report(span, format!("no finding is called `{finding}`"), Some(hint));
        }
    }
    if !table.contains_key("measure") {
        let hint = "for instance `measure = \"validity\"`".to_string();
        report(whole.clone(), "a rule needs a `measure`".to_string(), Some(hint));
    }
    bounds(table, measure, whole, report);
}

fn bounds(table: &DeTable<'_>, measure: Option<&str>, whole: Range<usize>, report: &mut Report<'_>) {
    let number = |key: &str| {
        let value = table.get(key)?;
        let number = match value.get_ref() {
            DeValue::Float(number) => number.as_str().parse::<f64>().ok()?,
            DeValue::Integer(number) => number.as_str().parse::<f64>().ok()?,
            _ => return None,
        };
        Some((number, value.span()))
    };
    let (least, most) = (number("at_least"), number("at_most"));
    if !table.contains_key("at_least") && !table.contains_key("at_most") {
        let hint = "for instance `at_least = 0.95`".to_string();
        report(whole, "a rule needs a bound: `at_least` or `at_most`".to_string(), Some(hint));
    }
    if matches!(measure, Some("completeness" | "validity" | "drift")) {
        for (bound, span) in [&least, &most].into_iter().flatten().filter(|(bound, _)| *bound > 1.0) {
            let hint = format!("shares go from 0 to 1: {} % is {}", bound, bound / 100.0);
            report(span.clone(), "a share cannot be more than 1".to_string(), Some(hint));
        }
    }
    if let (Some((least, _)), Some((most, span))) = (least, most)
        && least > most
    {
        let message = format!("`at_most` ({most}) is below `at_least` ({least})");
        report(span, message, Some("no value can keep both".to_string()));
    }
}

#[cfg(test)]
mod tests {
    use crate::config::parse;

    fn problems(text: &str) -> Vec<(usize, usize, String)> {
        let problems = parse("alike.toml", text).unwrap_err();
        problems.0.into_iter().map(|problem| (problem.line, problem.column, problem.message)).collect()
    }

    #[test]
    fn good_rules_are_read() {
        let text = "[[quality.rule]]\nfield = 'email'\nmeasure = 'validity'\nat_least = 0.95\n\
                    [[quality.rule]]\nmeasure = 'findings'\nfinding = 'duplicate_id'\nat_most = 0\nseverity = 'warning'\n";
        assert_eq!(parse("alike.toml", text).unwrap().quality.rules.len(), 2);
    }

    #[test]
    fn what_a_rule_lacks_is_placed() {
        let text = "[[quality.rule]]\nfield = 'emial'\nmeasure = 'validity'\nat_least = 95\n\
                    [[quality.rule]]\nmeasure = 'completeness'\n\
                    [[quality.rule]]\nmeasure = 'findings'\nfinding = 'junk_valu'\nat_least = 3\nat_most = 2\n\
                    [[quality.rule]]\nfinding = 'all_caps'\nat_most = 2\n";
        let found = problems(text);
        let places: Vec<(usize, usize)> = found.iter().map(|(line, column, _)| (*line, *column)).collect();
        assert_eq!(
            places,
            [(2, 9), (4, 12), (6, 1), (6, 1), (9, 11), (11, 11), (13, 1), (13, 11)],
            "{found:?}"
        );
    }

    #[test]
    fn sources_are_known_when_the_settings_name_them() {
        let text = "[[source]]\nfile = 'crm.csv'\n[[quality.rule]]\nsource = 'crn'\nmeasure = 'rows'\nat_least = 1\n";
        assert_eq!(problems(text), [(4, 10, "no source is named `crn`".to_string())]);
    }
}
