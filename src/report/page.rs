//! The page: what each section shows, within bounds, and the template that lays it out.

use super::figures::{DRAWN, Figures, Reconciled, figures};
use super::guards::{self, GuardsView};
use super::proposals::{self, ProposalView};
use super::quality::{self, FindingView, SourceView};
use super::summary::{self, ClassView, Summary};
use super::words::{self, Codes};
use super::{ClassicReport, ReportError, ReportInput, RuleReport, chart, explain};
use crate::related::TableCounts;
use crate::score::{ClassModel, PopulationModel};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Value};
use serde::Serialize;

/// A page is never larger: it must open at once on a telephone and travel by mail.
pub const MAX_BYTES: usize = 1_500_000;

/// How much of each list is shown.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most certain, and as many least certain, proposals.
    pub proposals: usize,
    /// Classes of reasons.
    pub classes: usize,
    /// Members of a proposal.
    pub members: usize,
    /// Fields of a proposal.
    pub fields: usize,
    /// Comparisons of a pair or a model.
    pub steps: usize,
    /// Characters of a value.
    pub chars: usize,
    /// Sources, and files.
    pub sources: usize,
    /// Columns of a source.
    pub columns: usize,
    /// Findings about the data.
    pub findings: usize,
    /// Blocking rules.
    pub rules: usize,
    /// Quarantined rows.
    pub quarantine: usize,
    /// Lines of the settings.
    pub settings: usize,
}

impl Limits {
    /// What people read: the brief's twenty, a screen of members, every field of a usual export.
    pub(super) const USUAL: Self = Self {
        proposals: 20,
        classes: 30,
        members: 6,
        fields: 40,
        steps: 24,
        chars: 100,
        sources: 24,
        columns: 60,
        findings: 100,
        rules: 60,
        quarantine: 20,
        settings: 400,
    };

    /// Every list a so-manieth as long.
    pub(super) fn divided(self, by: usize) -> Self {
        Self {
            proposals: self.proposals / by,
            classes: self.classes / by,
            members: (self.members / by).max(2),
            fields: self.fields / by,
            steps: self.steps / by,
            chars: (self.chars / by).max(8),
            sources: self.sources / by,
            columns: self.columns / by,
            findings: self.findings / by,
            rules: self.rules / by,
            quarantine: self.quarantine / by,
            settings: self.settings / by,
        }
    }
}

/// Renders the page; when the data is so wide that it grows too large, again with shorter lists.
pub fn render(input: &ReportInput<'_>) -> Result<String, ReportError> {
    let environment = environment()?;
    let template = environment.get_template("report.html")?;
    let figures = figures(input);
    let mut by = 1;
    loop {
        let limits = Limits::USUAL.divided(by);
        let page = template.render(Value::from(Serde(page(input, &figures, &limits))))?;
        // Without lists nothing is left to cut, and the rest is a few kilobytes.
        if page.len() <= MAX_BYTES || limits.rules == 0 {
            return Ok(page);
        }
        by *= 2;
    }
}

/// The templates and what they may call.
pub(super) fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_filter("n", words::count);
    environment.add_filter("percent", explain::percent);
    environment.add_filter("plain", |name: &str| words::plain(name));
    environment.add_function("share", words::share);
    environment.add_function("bar", |part: f64, whole: f64, class: &str| {
        Value::from_safe_string(chart::bar(if whole > 0.0 { part / whole } else { 0.0 }, class))
    });
    // Both pages begin with the macros that they share.
    let with_shared = |page: &str| {
        format!(
            "{}{page}",
            concat!(include_str!("templates/quality.html"), include_str!("templates/guards.html"))
        )
    };
    environment.add_template_owned("report.html", with_shared(include_str!("templates/report.html")))?;
    environment
        .add_template_owned("evaluation.html", with_shared(include_str!("templates/evaluation.html")))?;
    environment.add_template_owned("diff.html", with_shared(include_str!("templates/diff.html")))?;
    environment.add_template_owned("profile.html", with_shared(include_str!("templates/profile.html")))?;
    Ok(environment)
}

#[derive(Serialize)]
struct Page<'a> {
    css: Value,
    version: &'a str,
    started: &'a str,
    figures: &'a Figures,
    counted: Vec<Reconciled>,
    counted_left_out: usize,
    summary: Summary,
    classes: Vec<ClassView>,
    classes_left_out: usize,
    /// Proposals that stand for their class and are not among those below.
    class_examples: Vec<ProposalView>,
    lane_chart: Value,
    size_rows: Vec<SizeRow>,
    histogram: Option<Histogram>,
    certain: Vec<ProposalView>,
    doubtful: Vec<ProposalView>,
    proposals_left_out: u64,
    classic: Option<ClassicReport>,
    related: &'a [TableCounts],
    guards: Option<GuardsView>,
    /// What changed since an earlier run; none when there is nothing to compare with.
    changes: Option<Vec<String>>,
    findings: Vec<FindingView>,
    findings_left_out: usize,
    quality: Vec<SourceView>,
    sources_left_out: usize,
    blocking: Vec<RuleReport>,
    compared: u64,
    blocking_most: u64,
    rules_left_out: usize,
    models: Vec<ModelView>,
    quarantine: Vec<QuarantineView>,
    quarantine_left_out: usize,
    files: Vec<FileView>,
    files_left_out: usize,
    timings: Vec<(&'a str, f64)>,
    seconds: f64,
    settings: String,
    settings_left_out: usize,
}

#[derive(Serialize)]
struct SizeRow {
    label: &'static str,
    total: u64,
    lanes: [u64; 3],
    chart: Value,
}

#[derive(Serialize)]
struct Histogram {
    chart: Value,
    total: u64,
    low: i64,
    high: i64,
    width: i64,
    rows: Vec<(i64, i64, Vec<u64>)>,
}

#[derive(Serialize)]
struct ModelView {
    population: String,
    converged: bool,
    rounds: u32,
    training_pairs: u64,
    classes: Vec<(String, f64)>,
    comparisons: Vec<ComparisonView>,
    comparisons_left_out: usize,
}

#[derive(Serialize)]
struct ComparisonView {
    name: String,
    /// Level and its probability in each class, most alike first.
    levels: Vec<(String, Vec<String>)>,
}

#[derive(Serialize)]
pub(super) struct QuarantineView {
    file: String,
    line: u32,
    reason: String,
    raw: String,
}

#[derive(Serialize)]
struct FileView {
    source: String,
    file: String,
    size: String,
    rows: u64,
    format: String,
    encoding: String,
    delimiter: String,
    sha256: String,
}

fn page<'a>(input: &'a ReportInput<'_>, figures: &'a Figures, limits: &Limits) -> Page<'a> {
    let codes = Codes::of(input.model);
    let (certain, doubtful, proposals_left_out) = proposals::ranked(input, limits.proposals);
    let shown: Vec<u32> = certain.iter().chain(&doubtful).copied().collect();
    let (classes, examples, classes_left_out) = summary::classes(input, &shown, limits);
    let laid_out = |groups: Vec<u32>| -> Vec<ProposalView> {
        groups.into_iter().map(|group| proposals::view(input, &codes, group, limits)).collect()
    };
    let lanes: Vec<(&str, u64)> = figures.lanes.iter().map(|lane| (lane.lane, lane.proposals)).collect();
    let left_out = |length: usize, limit: usize| length.saturating_sub(limit);
    let settings: Vec<&str> = input.settings_toml.lines().collect();
    Page {
        css: css(),
        version: input.version,
        started: input.started,
        figures,
        counted: figures.sources.iter().take(limits.sources).map(|source| counted(source, limits)).collect(),
        counted_left_out: left_out(figures.sources.len(), limits.sources),
        summary: summary::summary(input, figures, limits),
        classes,
        classes_left_out,
        class_examples: laid_out(examples),
        lane_chart: Value::from_safe_string(chart::stack(&lanes, figures.proposals)),
        size_rows: sizes(figures),
        histogram: histogram(figures),
        certain: laid_out(certain),
        doubtful: laid_out(doubtful),
        proposals_left_out,
        related: input.related,
        guards: guards::view(input.guards, limits.chars),
        classic: input.classic.map(|classic| classic.cut(limits)),
        changes: input.quality.drift.as_ref().map(|drift| {
            quality::changes(drift)
                .take(limits.findings)
                .map(|text| words::cut(&text, limits.chars * 4))
                .collect()
        }),
        findings: quality::findings(input.quality, limits),
        findings_left_out: left_out(input.quality.findings.len(), limits.findings),
        quality: quality::sources(input.data, input.quality, limits),
        sources_left_out: left_out(input.data.tables.len(), limits.sources),
        blocking: input.blocking.iter().take(limits.rules).map(|rule| rule_of(rule, limits)).collect(),
        compared: input.links.compared,
        blocking_most: input.blocking.iter().map(|rule| rule.cost.pairs).max().unwrap_or(0),
        rules_left_out: left_out(input.blocking.len(), limits.rules),
        models: input.model.populations.iter().map(|population| model(population, limits)).collect(),
        quarantine: input
            .quarantine
            .iter()
            .take(limits.quarantine)
            .map(|row| quarantined(row, limits))
            .collect(),
        quarantine_left_out: left_out(input.quarantine.len(), limits.quarantine),
        files: input.files.iter().take(limits.sources).map(|facts| file(facts, limits)).collect(),
        files_left_out: left_out(input.files.len(), limits.sources),
        timings: input.timings.iter().map(|(stage, seconds)| (stage.as_str(), *seconds)).collect(),
        seconds: input.timings.iter().map(|(_, seconds)| seconds).sum(),
        settings: words::cut(
            &settings[..settings.len().min(limits.settings)].join("\n"),
            limits.settings * 200,
        ),
        settings_left_out: left_out(settings.len(), limits.settings),
    }
}

/// The look of all pages.
pub(super) fn css() -> Value {
    Value::from_safe_string(include_str!("templates/report.css").to_string())
}

fn counted(source: &Reconciled, limits: &Limits) -> Reconciled {
    Reconciled { source: words::cut(&source.source, limits.chars), ..source.clone() }
}

fn rule_of(rule: &RuleReport, limits: &Limits) -> RuleReport {
    RuleReport {
        name: words::cut(&rule.name, limits.chars),
        note: words::cut(&rule.note, limits.chars * 2),
        ..rule.clone()
    }
}

fn sizes(figures: &Figures) -> Vec<SizeRow> {
    let most = figures.sizes.iter().map(|size| size.total).max().unwrap_or(0);
    let row = |size: &super::figures::Size| {
        let parts: Vec<(&str, u64)> = DRAWN.into_iter().zip(size.lanes).collect();
        let chart = Value::from_safe_string(chart::stack(&parts, most));
        SizeRow { label: size.label, total: size.total, lanes: size.lanes, chart }
    };
    figures.sizes.iter().map(row).collect()
}

fn histogram(figures: &Figures) -> Option<Histogram> {
    let weights = &figures.weights;
    let rows = weights.bins.iter().zip(0..).map(|(bin, at)| {
        let from = weights.from + at * weights.width;
        (from, from + weights.width, bin.clone())
    });
    (weights.total > 0).then(|| Histogram {
        chart: Value::from_safe_string(chart::histogram(&weights.bins, &DRAWN)),
        total: weights.total,
        low: weights.from,
        high: weights.from + weights.width * weights.bins.len() as i64,
        width: weights.width,
        rows: rows.collect(),
    })
}

fn model(population: &PopulationModel, limits: &Limits) -> ModelView {
    let comparison = |(at, comparison): (usize, &crate::score::ComparisonModel)| {
        // Level 0 is "missing", which is no evidence in any class.
        let levels = comparison.levels.iter().enumerate().skip(1).rev();
        let in_class = |class: &ClassModel, level: usize| {
            let log2 = class.log2_probability.get(at).and_then(|levels| levels.get(level));
            log2.map_or(String::new(), |&log2| explain::percent((log2 as f64 / explain::MICRO).exp2()))
        };
        let row = |(level, name): (usize, &String)| {
            (words::plain(name), population.classes.iter().map(|class| in_class(class, level)).collect())
        };
        ComparisonView { name: words::plain(&comparison.name), levels: levels.map(row).collect() }
    };
    ModelView {
        population: match population.population {
            crate::normalize::Population::Person => "Persons".to_string(),
            crate::normalize::Population::Company => "Companies".to_string(),
            crate::normalize::Population::Other => "Other records".to_string(),
        },
        converged: population.converged,
        rounds: population.rounds,
        training_pairs: population.training_pairs,
        classes: population
            .classes
            .iter()
            .map(|class| (words::plain(&class.name), class.share_ppm as f64 / 1e6))
            .collect(),
        comparisons: population.comparisons.iter().enumerate().take(limits.steps).map(comparison).collect(),
        comparisons_left_out: population.comparisons.len().saturating_sub(limits.steps),
    }
}

pub(super) fn quarantined(row: &crate::ingest::Quarantined, limits: &Limits) -> QuarantineView {
    QuarantineView {
        file: words::cut(&row.file, limits.chars),
        line: row.line,
        reason: words::cut(&words::quoted(&row.reason), limits.chars * 2),
        raw: words::cut(&row.raw, limits.chars),
    }
}

fn file(facts: &crate::ingest::FileFacts, limits: &Limits) -> FileView {
    FileView {
        source: words::cut(&facts.source, limits.chars),
        file: words::cut(&facts.file, limits.chars * 2),
        size: words::bytes(facts.bytes),
        rows: facts.rows_in,
        format: facts.format.clone(),
        encoding: facts.encoding.clone(),
        delimiter: match facts.delimiter {
            Some('\t') => "tab".to_string(),
            Some(delimiter) => delimiter.to_string(),
            None => String::new(),
        },
        sha256: facts.sha256.clone(),
    }
}
