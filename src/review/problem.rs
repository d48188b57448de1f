use super::Sheet;
use crate::ingest::IngestError;
use std::fmt;
use std::path::PathBuf;

/// One mistake in an edited table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file's name in the run folder.
    pub file: String,
    /// Line of the file at which the row starts, 1-based.
    pub line: u32,
    /// Name of the cell in a workbook, such as `J12`.
    pub cell: Option<String>,
    /// Heading of the column.
    pub column: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub way_out: String,
}

impl Problem {
    /// A mistake in a cell of a row.
    pub(crate) fn at(
        sheet: &Sheet,
        row: u32,
        column: &str,
        what: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Self {
        Self {
            file: sheet.file.clone(),
            line: sheet.line(row),
            cell: sheet.address(row, column),
            column: column.to_string(),
            what: what.into(),
            way_out: way_out.into(),
        }
    }

    /// A mistake in the headings, or in a table as a whole.
    pub(crate) fn of_headings(
        file: &str,
        column: &str,
        what: impl Into<String>,
        way_out: impl Into<String>,
    ) -> Self {
        let (what, way_out) = (what.into(), way_out.into());
        Self { file: file.into(), line: 1, cell: None, column: column.into(), what, way_out }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, what, way_out, .. } = self;
        match &self.cell {
            Some(cell) => write!(f, "{file}, cell {cell} (column `{column}`): {what}; {way_out}"),
            None => write!(f, "{file} line {line}, column `{column}`: {what}; {way_out}"),
        }
    }
}

/// All mistakes of a review, by file and line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    pub(super) fn of(mut problems: Vec<Problem>) -> ReviewError {
        // `proposals` before `plan`, as they are read.
        problems.sort_by(|a, b| {
            (b.file.as_str(), a).partial_cmp(&(a.file.as_str(), b)).unwrap_or(std::cmp::Ordering::Equal)
        });
        problems.dedup();
        ReviewError::Problems(Self(problems))
    }
}

/// Mistakes told before the rest is only counted: more than a person mends in one go.
const TOLD: usize = 100;

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "1 problem in the edited plan; nothing was applied")?,
            count => write!(f, "{count} problems in the edited plan; nothing was applied")?,
        }
        self.0.iter().take(TOLD).try_for_each(|problem| write!(f, "\n  {problem}"))?;
        match self.0.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

/// Why there is no review.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The folder holds no such table.
    #[error("`{}` holds no {stem}.csv or {stem}.parquet; name the folder that `alike run` wrote", dir.display())]
    NoRun {
        /// The folder.
        dir: PathBuf,
        /// The table.
        stem: String,
    },
    /// A file that the run read is not there any more.
    #[error(
        "source `{source_name}`: `{file}` is not there to be read again; name it, or a fresh export, with --inputs {source_name}=FILE"
    )]
    InputGone {
        /// The source.
        source_name: String,
        /// The file.
        file: String,
    },
    /// The disk refused.
    #[error("cannot read `{}`: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file is no table of text.
    #[error("cannot read `{}`, line {line}: {why}", path.display())]
    NoTable {
        /// The file.
        path: PathBuf,
        /// Where, 1-based.
        line: u32,
        /// What is wrong and what to do.
        why: String,
    },
    /// A Parquet file cannot be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The page of this folder is served already.
    #[error("`{}` is being reviewed in a page that another alike serves; open that page, or end that alike first", dir.display())]
    Served {
        /// The folder.
        dir: PathBuf,
    },
    /// What people wrote cannot be understood, or does not fit the run.
    #[error("{0}")]
    Problems(Problems),
}
