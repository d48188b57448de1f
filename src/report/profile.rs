//! The page and the terminal table of `alike profile`.

use super::page::{self, Limits, QuarantineView};
use super::quality::{self, FindingView, SourceView};
use super::{MAX_BYTES, ReportError, terminal, words};
use crate::config::Severity;
use crate::ingest::{FileFacts, Quarantined};
use crate::map::Dataset;
use crate::profile::{Quality, RuleResult};
use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything the page shows.
#[derive(Clone, Copy)]
pub struct ProfileInput<'a> {
    /// The program's version.
    pub version: &'a str,
    /// The sources and what their columns were taken for.
    pub data: &'a Dataset,
    /// How each file was read.
    pub files: &'a [FileFacts],
    /// Rows that could not be read.
    pub quarantine: &'a [Quarantined],
    /// The profile.
    pub quality: &'a Quality,
}

/// Makes the page: one file that needs nothing but itself, never larger than [`MAX_BYTES`].
pub fn html(input: &ProfileInput<'_>) -> Result<String, ReportError> {
    let environment = page::environment()?;
    let template = environment.get_template("profile.html")?;
    let mut by = 1;
    loop {
        let limits = Limits::USUAL.divided(by);
        let text = template.render(Value::from(Serde(view(input, &limits))))?;
        // Without lists nothing is left to cut.
        if text.len() <= MAX_BYTES || limits.findings == 0 {
            return Ok(text);
        }
        by *= 2;
    }
}

/// The profile for a terminal of so many columns, with a line end at its end.
pub fn text(quality: &Quality, width: usize) -> String {
    terminal::profile(quality, width)
}

#[derive(Serialize)]
struct View<'a> {
    css: Value,
    version: &'a str,
    records: u64,
    columns: u64,
    quarantined: u64,
    filled: u64,
    cells: u64,
    valid: u64,
    checked: u64,
    errors: usize,
    warnings: usize,
    notes: usize,
    counted: Vec<Kind>,
    fields: Vec<Filled>,
    changes: Option<Vec<String>>,
    rules: Vec<(&'static str, String)>,
    findings: Vec<FindingView>,
    findings_left_out: usize,
    quality: Vec<SourceView>,
    sources_left_out: usize,
    files: Vec<FileRow>,
    files_left_out: usize,
    quarantine: Vec<QuarantineView>,
    quarantine_left_out: usize,
}

/// The findings of one rule over all columns.
#[derive(Serialize)]
struct Kind {
    rule: String,
    severity: &'static str,
    count: u64,
    /// The largest count of all rules: the width of the chart.
    most: u64,
}

/// How filled a field is over all sources that have it.
#[derive(Serialize)]
struct Filled {
    field: String,
    filled: u64,
    rows: u64,
}

#[derive(Serialize)]
struct FileRow {
    source: String,
    file: String,
    rows: u64,
    quarantined: u64,
    format: String,
}

/// Rows of a chart: what fits beside another on a screen.
const CHART_ROWS: usize = 16;

fn view<'a>(input: &ProfileInput<'a>, limits: &Limits) -> View<'a> {
    let quality = input.quality;
    let fields = || quality.sources.iter().flat_map(|source| &source.fields);
    let of = |severity| quality.findings.iter().filter(|finding| finding.severity == severity).count();
    let left_out = |length: usize, limit: usize| length.saturating_sub(limit);
    let checked = fields().filter(|field| field.valid.is_some());
    View {
        css: page::css(),
        version: input.version,
        records: quality.records,
        columns: fields().count() as u64,
        quarantined: input.quarantine.len() as u64,
        filled: fields().map(|field| field.filled).sum(),
        cells: fields().map(|field| field.rows).sum(),
        valid: fields().filter_map(|field| field.valid).sum(),
        checked: checked.map(|field| field.filled).sum(),
        errors: of(Severity::Error),
        warnings: of(Severity::Warning),
        notes: of(Severity::Info),
        counted: kinds(quality),
        fields: filled(quality),
        changes: quality.drift.as_ref().map(|drift| {
            let cut = |change: String| words::cut(&change, limits.chars * 2);
            quality::changes(drift).take(limits.findings).map(cut).collect()
        }),
        rules: quality.rules.iter().take(limits.findings).map(rule).collect(),
        findings: quality::findings(quality, limits),
        findings_left_out: left_out(quality.findings.len(), limits.findings),
        quality: quality::sources(input.data, quality, limits),
        sources_left_out: left_out(input.data.tables.len(), limits.sources),
        files: input.files.iter().take(limits.sources).map(|facts| file(facts, limits)).collect(),
        files_left_out: left_out(input.files.len(), limits.sources),
        quarantine: input
            .quarantine
            .iter()
            .take(limits.quarantine)
            .map(|row| page::quarantined(row, limits))
            .collect(),
        quarantine_left_out: left_out(input.quarantine.len(), limits.quarantine),
    }
}

/// What became of a rule of the settings: its mark and its sentence.
fn rule(result: &RuleResult) -> (&'static str, String) {
    let mark = match result.value {
        None => "not measured",
        Some(_) if result.passed => "kept",
        Some(_) => "broken",
    };
    (mark, result.to_string())
}

fn kinds(quality: &Quality) -> Vec<Kind> {
    let mut sums: BTreeMap<&str, (Severity, u64)> = BTreeMap::new();
    // Notes are many and need nothing; they stand in the table.
    for finding in quality.findings.iter().filter(|finding| finding.severity > Severity::Info) {
        sums.entry(&finding.rule).or_insert((finding.severity, 0)).1 += finding.count;
    }
    let most = sums.values().map(|(_, count)| *count).max().unwrap_or(0);
    let kind = |(rule, (severity, count)): (&str, (Severity, u64))| Kind {
        rule: rule.to_string(),
        severity: quality::severity(severity),
        count,
        most,
    };
    let mut kinds: Vec<Kind> = sums.into_iter().map(kind).collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.count));
    kinds.truncate(CHART_ROWS);
    kinds
}

fn filled(quality: &Quality) -> Vec<Filled> {
    let mut sums: Vec<Filled> = Vec::new();
    for field in quality.sources.iter().flat_map(|source| &source.fields) {
        let Some(name) = field.field.as_deref() else { continue };
        let name = words::plain(name);
        match sums.iter_mut().find(|sum| sum.field == name) {
            Some(sum) => {
                sum.filled += field.filled;
                sum.rows += field.rows;
            }
            None => sums.push(Filled { field: name, filled: field.filled, rows: field.rows }),
        }
    }
    sums.truncate(CHART_ROWS);
    sums
}

fn file(facts: &FileFacts, limits: &Limits) -> FileRow {
    let delimiter = match facts.delimiter {
        Some('\t') => ", separator tab".to_string(),
        Some(delimiter) => format!(", separator {delimiter}"),
        None => String::new(),
    };
    FileRow {
        source: words::cut(&facts.source, limits.chars),
        file: words::cut(&facts.file, limits.chars * 2),
        rows: facts.rows_in,
        quarantined: facts.quarantined,
        format: format!("{}, {}{delimiter}", facts.format, facts.encoding),
    }
}
