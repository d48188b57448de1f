//! What the report and the page of `alike profile` show of the quality of the data.

use super::page::Limits;
use super::words;
use crate::config::Severity;
use crate::map::{Dataset, RecordKey};
use crate::profile::{Counted, Drift, FieldQuality, Finding, Quality};
use serde::Serialize;

/// One source: what its columns were taken for and how good they are.
#[derive(Serialize)]
pub(super) struct SourceView {
    source: String,
    rows: u64,
    key: String,
    columns: Vec<ColumnView>,
    columns_left_out: usize,
}

#[derive(Serialize)]
pub(super) struct ColumnView {
    heading: String,
    field: Option<String>,
    why: String,
    filled: u64,
    rows: u64,
    valid: Option<u64>,
    distinct: u64,
    lengths: Option<(u32, u32)>,
    top: Vec<(String, u64)>,
    patterns: Vec<(String, u64)>,
    invalid: Vec<(String, u64)>,
}

/// One finding about the data.
#[derive(Serialize)]
pub(super) struct FindingView {
    severity: &'static str,
    source: String,
    column: Option<String>,
    field: Option<String>,
    count: u64,
    message: String,
    advice: String,
    examples: Vec<(Option<u32>, String)>,
}

/// The sources, column by column, as far as the page has room.
pub(super) fn sources(data: &Dataset, quality: &Quality, limits: &Limits) -> Vec<SourceView> {
    (0..data.tables.len().min(limits.sources)).map(|at| source(data, quality, at, limits)).collect()
}

/// The findings, worst first, as far as the page has room.
pub(super) fn findings(quality: &Quality, limits: &Limits) -> Vec<FindingView> {
    let view = |finding: &Finding| FindingView {
        severity: severity(finding.severity),
        source: words::cut(&finding.source, limits.chars),
        column: finding.column.as_deref().map(|column| words::cut(column, limits.chars)),
        field: finding.field.as_deref().map(words::plain),
        count: finding.count,
        message: words::cut(&words::quoted(&finding.message), limits.chars * 4),
        advice: words::cut(&words::quoted(&finding.advice), limits.chars * 4),
        examples: finding
            .examples
            .iter()
            .map(|example| (example.line, words::cut(&example.value, limits.chars)))
            .collect(),
    };
    quality.findings.iter().take(limits.findings).map(view).collect()
}

/// What changed since an earlier profile, in words.
pub(super) fn changes(drift: &Drift) -> impl Iterator<Item = String> {
    let share = |value: Option<f64>| value.map_or("–".to_string(), super::explain::percent);
    drift.sources.iter().flat_map(move |source| {
        let name = &source.source;
        let rows = match (source.rows_before, source.rows) {
            (None, Some(rows)) => Some(format!("{name}: new source, {} records", words::count(rows))),
            (Some(rows), None) => Some(format!("{name}: gone; it had {} records", words::count(rows))),
            (Some(before), Some(now)) if before != now => {
                Some(format!("{name}: {} records, {} before", words::count(now), words::count(before)))
            }
            _ => None,
        };
        let new = source.new_columns.iter().map(move |column| format!("{name} › {column}: new column"));
        let gone = source.gone_columns.iter().map(move |column| format!("{name} › {column}: column is gone"));
        let fields = source.fields.iter().map(move |field| {
            let mut parts = Vec::new();
            if field.completeness != field.completeness_before {
                let (now, before) = (share(Some(field.completeness)), share(Some(field.completeness_before)));
                parts.push(format!("filled {now}, {before} before"));
            }
            if field.validity != field.validity_before {
                let (now, before) = (share(field.validity), share(field.validity_before));
                parts.push(format!("valid {now}, {before} before"));
            }
            if field.distinct != field.distinct_before {
                let (now, before) = (words::count(field.distinct), words::count(field.distinct_before));
                parts.push(format!("{now} distinct, {before} before"));
            }
            format!("{name} › {}: {}", field.column, parts.join("; "))
        });
        rows.into_iter().chain(new).chain(gone).chain(fields)
    })
}

/// A severity in a word.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

fn source(data: &Dataset, quality: &Quality, at: usize, limits: &Limits) -> SourceView {
    let table = &data.tables[at];
    let heading = |column: usize| table.columns.get(column).map_or("", |column| column.name.as_str());
    let key = match data.keys.get(at) {
        Some(RecordKey::Column(column)) => format!("Records are known by the column “{}”.", heading(*column)),
        Some(RecordKey::Content(why)) => format!("Records are known by their content: {why}."),
        None => String::new(),
    };
    let fields = quality.sources.get(at).map_or(&[][..], |source| &source.fields);
    let why = |column: usize| {
        let mapping = data.mapping.get(at).into_iter().flatten();
        mapping.into_iter().find(|mapped| mapped.column == column).map_or("", |mapped| mapped.why.as_str())
    };
    let columns = fields.iter().enumerate().take(limits.columns);
    SourceView {
        source: words::cut(&table.source, limits.chars),
        rows: u64::from(table.rows),
        key: words::cut(&words::quoted(&key), limits.chars * 2),
        columns: columns.map(|(column, field)| of_column(field, why(column), limits)).collect(),
        columns_left_out: fields.len().saturating_sub(limits.columns),
    }
}

fn of_column(field: &FieldQuality, why: &str, limits: &Limits) -> ColumnView {
    /// Enough to recognise a column by; the rest is in `quality.json`.
    const EXAMPLES: usize = 3;
    let listed = |values: &[Counted]| -> Vec<(String, u64)> {
        values.iter().take(EXAMPLES).map(|counted| (words::cut(&counted.value, 40), counted.count)).collect()
    };
    ColumnView {
        heading: words::cut(&field.column, limits.chars),
        field: field.field.as_deref().map(words::plain),
        why: words::cut(&words::quoted(why), limits.chars * 2),
        filled: field.filled,
        rows: field.rows,
        valid: field.valid,
        distinct: field.distinct,
        lengths: field.min_length.zip(field.max_length),
        top: listed(&field.top),
        patterns: listed(&field.patterns),
        invalid: listed(&field.invalid),
    }
}
