//! Files → tables whose references are resolved to records.

use crate::config::{OnConflict, RelatedSettings, find_heading};
use crate::ingest::{self, FileFacts, IngestError, Input, Quarantined};
use crate::map::Dataset;
use crate::progress::{Event, Progress, Silent};
use crate::table::{MISSING, Table};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// All related tables.
#[derive(Clone, Debug, Default)]
pub struct Related {
    /// In the order of the settings.
    pub tables: Vec<Linked>,
}

/// A table whose references are resolved.
#[derive(Clone, Debug)]
pub struct Linked {
    /// Its name.
    pub name: String,
    /// What the settings say of conflicts.
    pub on_conflict: OnConflict,
    /// How its file was read.
    pub facts: FileFacts,
    /// Its cells.
    pub table: Table,
    /// Rows that could not be read.
    pub quarantine: Vec<Quarantined>,
    /// The columns that refer to contacts.
    pub columns: Vec<usize>,
    /// The columns of the key.
    pub key: Vec<usize>,
    /// The column that names the source of the reference.
    pub source_column: Option<usize>,
    /// The column of line numbers.
    pub line_no: Option<usize>,
    /// The column of comment text.
    pub comment: Option<usize>,
    /// The key column that `rename` changes.
    pub renamed: Option<usize>,
    /// Per column of `columns` and row: the record, or [`Linked::EMPTY`] or [`Linked::DANGLING`].
    pub refs: Vec<Vec<u32>>,
}

/// Why related tables cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RelatedError {
    /// It is not there to be read.
    #[error("related table `{name}`: there is no file `{}`; correct `file` under [[related]]", path.display())]
    Gone {
        /// The table.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read as a table.
    #[error("related table `{name}`: {cause}")]
    Ingest {
        /// The table.
        name: String,
        /// Why.
        cause: IngestError,
    },
    /// It has no such column.
    #[error("related table `{name}` has no column `{column}`; its columns: {}", there.join(", "))]
    NoColumn {
        /// The table.
        name: String,
        /// The column.
        column: String,
        /// What it has.
        there: Vec<String>,
    },
    /// Its source is none of the inputs.
    #[error("related table `{name}` {what}; sources here: {}", there.join(", "))]
    Source {
        /// The table.
        name: String,
        /// What is wrong.
        what: String,
        /// The sources.
        there: Vec<String>,
    },
    /// The sums are off: a mistake in alike.
    #[error(
        "the rows of related table `{name}` do not add up: {why}; nothing was applied; please report this"
    )]
    Sums {
        /// The table.
        name: String,
        /// The equation that does not hold.
        why: String,
    },
}

impl Linked {
    /// Marks an empty cell.
    pub const EMPTY: u32 = u32::MAX;
    /// Marks a reference to no record.
    pub const DANGLING: u32 = u32::MAX - 1;

    /// Whether a reference may lead to a record of another source.
    pub fn across(&self) -> bool {
        self.source_column.is_some()
    }

    /// The record that a cell refers to.
    pub fn record(&self, column: usize, row: u32) -> Option<u32> {
        Some(self.refs[column][row as usize]).filter(|&record| record < Self::DANGLING)
    }

    /// The place in `columns` of a column of the table.
    pub fn reference(&self, column: usize) -> Option<usize> {
        self.columns.iter().position(|&other| other == column)
    }

    /// The line of the file at which a row starts.
    pub fn line(&self, row: u32) -> u32 {
        self.table.lines.get(row as usize).copied().unwrap_or(row + 1)
    }
}

/// Reads the tables of the settings and finds the records that they refer to.
///
/// Errors: a file is not there or no table, a column is not in it, or it refers to no source of these.
pub fn read(
    settings: &[RelatedSettings],
    data: &Dataset,
    progress: &dyn Progress,
) -> Result<Related, RelatedError> {
    let tables = settings.iter().filter_map(|settings| one(settings, data, progress).transpose());
    Ok(Related { tables: tables.collect::<Result<_, _>>()? })
}

fn one(
    settings: &RelatedSettings,
    data: &Dataset,
    progress: &dyn Progress,
) -> Result<Option<Linked>, RelatedError> {
    let name = settings.table_name();
    let path = PathBuf::from(&settings.file);
    if !path.is_file() {
        return Err(RelatedError::Gone { name, path });
    }
    let input = Input { path, source: name.clone(), settings: settings.read_as() };
    let read = match ingest::read(&[input], &Silent) {
        Ok(read) => read,
        Err(IngestError::HeaderOnly { path }) => {
            progress.event(Event::Warning(&format!(
                "`{path}` has a header but no rows: nothing refers to contacts"
            )));
            return Ok(None);
        }
        Err(cause) => return Err(RelatedError::Ingest { name, cause }),
    };
    for finding in &read.findings {
        progress.event(Event::Warning(&format!("{}: {}", finding.file, finding.message)));
    }
    // One input gives one table and its facts.
    let (Some(table), Some(facts)) = (read.tables.into_iter().next(), read.files.into_iter().next()) else {
        let cause = IngestError::HeaderOnly { path: settings.file.clone() };
        return Err(RelatedError::Ingest { name, cause });
    };
    link(settings, name, data, table, facts, read.quarantine).map(Some)
}

/// Finds the columns that the settings name, and the records that the cells refer to.
pub(super) fn link(
    settings: &RelatedSettings,
    name: String,
    data: &Dataset,
    table: Table,
    facts: FileFacts,
    quarantine: Vec<Quarantined>,
) -> Result<Linked, RelatedError> {
    let headings: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let column = |wanted: &String| {
        find_heading(headings.iter().copied(), wanted).ok_or_else(|| RelatedError::NoColumn {
            name: name.clone(),
            column: wanted.clone(),
            there: headings.iter().map(|heading| format!("`{heading}`")).collect(),
        })
    };
    let all = |wanted: &[String]| wanted.iter().map(column).collect::<Result<Vec<_>, _>>();
    let maybe = |wanted: &Option<String>| wanted.as_ref().map(column).transpose();
    let (columns, key) = (all(&settings.columns)?, all(&settings.key)?);
    let source_column = maybe(&settings.source_column)?;
    let (line_no, comment) = (maybe(&settings.line_no)?, maybe(&settings.comment)?);
    let taken = |column: &usize| {
        columns.contains(column) || source_column == Some(*column) || line_no == Some(*column)
    };
    let renamed = key.iter().rev().copied().find(|column| !taken(column));
    let refs = match source_column {
        Some(source) => columns.iter().map(|&column| by_row(data, &table, column, source)).collect(),
        None => {
            let source = source_of(settings, &name, data)?;
            columns.iter().map(|&column| by_column(data, &table, column, source)).collect()
        }
    };
    Ok(Linked {
        on_conflict: settings.on_conflict,
        quarantine,
        name,
        facts,
        table,
        columns,
        key,
        source_column,
        line_no,
        comment,
        renamed,
        refs,
    })
}

/// The source that a table refers to, by its place.
fn source_of(settings: &RelatedSettings, name: &str, data: &Dataset) -> Result<usize, RelatedError> {
    let wrong = |what: String| RelatedError::Source {
        name: name.to_string(),
        what,
        there: data.tables.iter().map(|table| table.source.clone()).collect(),
    };
    match &settings.source {
        Some(source) => data
            .tables
            .iter()
            .position(|table| table.source == *source)
            .ok_or_else(|| wrong(format!("refers to source `{source}`, which is not among the inputs"))),
        None if data.tables.len() == 1 => Ok(0),
        None => Err(wrong("does not say which source it refers to (`source`)".to_string())),
    }
}

/// The records of a source by their ids, as far as these are wanted.
fn wanted_ids<'d>(data: &'d Dataset, source: usize, wanted: &HashSet<&str>) -> HashMap<&'d str, u32> {
    let records = data.starts[source]..data.starts[source + 1];
    records
        .map(|record| (data.record_id(record).trim(), record))
        .filter(|(id, _)| wanted.contains(id))
        .collect()
}

/// References whose source is the same in every row: each distinct value is looked up once.
fn by_column(data: &Dataset, table: &Table, column: usize, source: usize) -> Vec<u32> {
    let cells = &table.columns[column].cells;
    let ids = wanted_ids(data, source, &cells.values().iter().map(str::trim).collect());
    let of_code: Vec<u32> = cells.values().iter().map(|value| found(&ids, value)).collect();
    // A column without any value has no codes: rows are asked one by one.
    let of_row = |code: u32| if code == MISSING { Linked::EMPTY } else { of_code[code as usize] };
    (0..table.rows).map(|row| of_row(cells.code(row))).collect()
}

fn found(ids: &HashMap<&str, u32>, value: &str) -> u32 {
    match value.trim() {
        "" => Linked::EMPTY,
        value => ids.get(value).copied().unwrap_or(Linked::DANGLING),
    }
}

/// References whose source stands in another column.
fn by_row(data: &Dataset, table: &Table, column: usize, source: usize) -> Vec<u32> {
    let (cells, sources) = (&table.columns[column].cells, &table.columns[source].cells);
    let wanted: HashSet<&str> = cells.values().iter().map(str::trim).collect();
    let ids: Vec<HashMap<&str, u32>> =
        (0..data.tables.len()).map(|source| wanted_ids(data, source, &wanted)).collect();
    (0..table.rows)
        .map(|row| {
            let name = sources.get(row).trim();
            match data.tables.iter().position(|table| table.source == name) {
                Some(source) => found(&ids[source], cells.get(row)),
                None if cells.get(row).trim().is_empty() => Linked::EMPTY,
                None => Linked::DANGLING,
            }
        })
        .collect()
}

/// A reference that leads to no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dangling {
    /// The table, by its place.
    pub table: usize,
    /// The row.
    pub row: u32,
    /// The column of the table.
    pub column: usize,
}

/// Every reference that leads to no record, in the order of tables and rows.
pub fn dangling(related: &Related) -> Vec<Dangling> {
    let mut all = Vec::new();
    for (at, linked) in related.tables.iter().enumerate() {
        for row in 0..linked.table.rows {
            let is_dangling = |place: &usize| linked.refs[*place][row as usize] == Linked::DANGLING;
            let places = (0..linked.columns.len()).filter(is_dangling);
            all.extend(places.map(|place| Dangling { table: at, row, column: linked.columns[place] }));
        }
    }
    all
}
