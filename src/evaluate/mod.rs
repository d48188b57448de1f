//! Measuring a run against the truth.
//!
//! Input: a run folder's crosswalk and a file that says which records are one entity in truth. Output: a
//! [`Report`] with pairwise and B-cubed precision, recall and F1, for what alike believes (`entity_id`, the auto
//! and review lanes) and for what it merged by itself (`golden_id`, the auto lane); how far probabilities can be believed
//! ([`Reliability`]); when asked for, wrong and missed pairs by cause ([`Errors`]) and golden values against true ones
//! ([`Golden`]).
//!
//! Invariants
//! * Only records of the truth count. A record that the run does not know counts as alone.
//! * Counts and pairwise scores do not depend on the order of rows in either file.

mod crosswalk;
mod errors;
mod golden;
mod pairs;
mod reliability;
mod scores;

pub use crosswalk::Labels;
pub use errors::{
    Budget, Cause, Errors, Known, LevelWords, Meeting, Missed, PairFacts, Together, Wrong, tally,
};
pub use golden::{Golden, GoldenField, GoldenInput, Verdicts, Ways, golden};
pub use pairs::{Sampled, pairs_of};
pub use reliability::{Bin, Reliability};
pub use scores::{ALONE, Rates, Scores, measure};

use crate::config::SourceSettings;
use crate::ingest::{self, IngestError, Input};
use crate::progress::Silent;
use crate::table::Table;
use serde::Serialize;
use std::fmt;
use std::path::Path;

/// Version of the JSON form of a [`Report`]; keys may be added at any time.
const FORMAT_VERSION: u32 = 1;

/// What a run is worth, measured against the truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Version of this report's JSON form.
    pub format_version: u32,
    /// Records in the truth: the ones that count.
    pub records: u64,
    /// Records of the run that the truth does not know; they are left out of every score.
    pub records_not_in_truth: u64,
    /// Records of the truth that the run does not know; they count as alone.
    pub records_not_clustered: u64,
    /// What alike believes: the auto and review lanes together.
    pub entity_id: Scores,
    /// What was merged without asking: the auto lane alone.
    pub golden_id: Scores,
    /// Whether links are right as often as their probability says; none without links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reliability: Option<Reliability>,
    /// Wrong and missed pairs by cause, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Errors>,
    /// How many golden values are right, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub golden: Option<Golden>,
}

/// Why a run could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The folder holds no crosswalk.
    #[error("`{dir}` holds no crosswalk.csv or crosswalk.parquet; name the folder that `alike run` wrote")]
    NoCrosswalk { dir: String },
    /// A file could not be read.
    #[error(transparent)]
    Read(#[from] IngestError),
    /// A file lacks a column.
    #[error("`{path}` has no column `{column}`; it has: {available}. {way_out}")]
    NoColumn { path: String, column: String, available: String, way_out: String },
    /// A clean list has nothing to judge values by.
    #[error(
        "`{path}` has no column that the run has a field for; it has: {available}; the run has: {fields}. Name its columns as \
         those of the inputs, or as the fields"
    )]
    NoValues { path: String, available: String, fields: String },
    /// What the crosswalk lists is not what the inputs hold.
    #[error(
        "the crosswalk of `{dir}` does not list the records of the run's inputs; run again, then measure"
    )]
    OtherRecords { dir: String },
    /// The truth has no rows.
    #[error("`{path}` holds no records; the truth needs one row per record")]
    Empty { path: String },
    /// One record has two entities.
    #[error(
        "`{path}`: record `{record}` stands twice, with entity `{one}` and with entity `{other}`; keep one row per \
         record, or add a column `source` if the id belongs to records of several sources"
    )]
    TwoEntities { path: String, record: String, one: String, other: String },
    /// Record ids of the run repeat across its sources and the truth does not say which it means.
    #[error(
        "`{path}`: record id `{record}` occurs in several sources ({sources}); add a column `source` to the truth, \
         or write ids as `{first}:{record}`"
    )]
    Ambiguous { path: String, record: String, sources: String, first: String },
    /// No record of the truth is in the run.
    #[error(
        "none of the {records} records of `{path}` is in the run: the truth has `{example}`, the run has `{known}`; \
         check that `{column}` is the column whose ids the run used"
    )]
    NothingInCommon { path: String, records: u64, example: String, known: String, column: String },
}

/// Lays a run folder beside the truth: reads `DIR/crosswalk.csv` (or `.parquet`) and the truth, CSV or Parquet.
///
/// The truth has one row per record: its id in `id_column`, its entity in `entity_column`. Where record ids repeat
/// across sources it also has a column `source`, or ids of the form `SOURCE:ID`.
pub fn label_dir(
    dir: &Path,
    truth: &Path,
    id_column: &str,
    entity_column: &str,
) -> Result<Labels, EvaluateError> {
    let crosswalk = ["crosswalk.csv", "crosswalk.parquet"]
        .iter()
        .map(|name| dir.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| EvaluateError::NoCrosswalk { dir: dir.display().to_string() })?;
    let crosswalk = read(&crosswalk)?;
    let truth = read(truth)?;
    crosswalk::label(crosswalk, &truth, id_column, entity_column)
}

/// Measures a run folder against its labels: the scores, and how far its probabilities can be believed.
pub fn measure_dir(dir: &Path, labels: &Labels) -> Result<Report, EvaluateError> {
    let mut report = labels.report();
    let links = dir.join("links.parquet");
    if links.is_file() {
        report.reliability = match read(&links) {
            Ok(links) => reliability::of_links(&links, labels),
            // A run may find no link at all.
            Err(EvaluateError::Read(IngestError::HeaderOnly { .. } | IngestError::NoRecords { .. })) => None,
            Err(error) => return Err(error),
        };
    }
    Ok(report)
}

/// Reads a table: one of a run folder, or what people say of it.
pub fn read(path: &Path) -> Result<Table, EvaluateError> {
    let source = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let input = Input { path: path.to_path_buf(), source, settings: SourceSettings::default() };
    let mut table = ingest::read(&[input], &Silent)?.tables.pop().unwrap_or_default();
    if table.path.is_empty() {
        table.path = path.display().to_string();
    }
    Ok(table)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = ["believed (auto + review)", "merged (auto)"];
        let width = labels[0].len();
        writeln!(f, "{:width$}  precision   recall       F1  B³ precision  B³ recall    B³ F1", "")?;
        for (label, scores) in labels.iter().zip([&self.entity_id, &self.golden_id]) {
            let (pair, cubed) = (&scores.pairwise, &scores.b_cubed);
            writeln!(
                f,
                "{label:width$}  {:>9.5}  {:>7.5}  {:>7.5}  {:>12.5}  {:>9.5}  {:>7.5}",
                pair.precision, pair.recall, pair.f1, cubed.precision, cubed.recall, cubed.f1
            )?;
        }
        writeln!(f)?;
        writeln!(f, "{:width$}  true pairs  found pairs  right pairs", "")?;
        for (label, scores) in labels.iter().zip([&self.entity_id, &self.golden_id]) {
            let (truly, found, right) = (scores.true_pairs, scores.found_pairs, scores.right_pairs);
            writeln!(f, "{label:width$}  {truly:>10}  {found:>11}  {right:>11}")?;
        }
        writeln!(f)?;
        writeln!(f, "{:>12} records in the truth", self.records)?;
        if self.records_not_clustered > 0 {
            writeln!(f, "{:>12} of them not in the run: counted as alone", self.records_not_clustered)?;
        }
        if self.records_not_in_truth > 0 {
            writeln!(f, "{:>12} records of the run not in the truth: left out", self.records_not_in_truth)?;
        }
        if let Some(reliability) = &self.reliability {
            write!(f, "\n{reliability}")?;
        }
        if let Some(errors) = &self.errors {
            write!(f, "\n{errors}")?;
        }
        if let Some(golden) = &self.golden {
            write!(f, "\n{golden}")?;
        }
        Ok(())
    }
}
