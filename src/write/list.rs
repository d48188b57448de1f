//! A cleaned list: the raw columns of all sources with the normalized ones beside them, and the list of changes.

use super::table::{Cells, Head, Holds, Table};
use super::{WriteError, workbook};
use crate::config::Format;
use crate::map::Dataset;
use crate::normalize::display::{Cleaned, Shown};
use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Format of a cleaned list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListFormat {
    /// Comma-separated UTF-8, RFC 4180.
    #[default]
    Csv,
    /// Apache Parquet.
    Parquet,
    /// A workbook with one sheet, every cell text.
    Xlsx,
}

impl ListFormat {
    /// The ending of file names.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format that a file's name asks for.
    pub fn of_name(path: &Path) -> Option<Self> {
        let ending = path.extension()?;
        [Self::Csv, Self::Parquet, Self::Xlsx]
            .into_iter()
            .find(|format| ending.eq_ignore_ascii_case(format.extension()))
    }
}

/// What stands before the columns of a list of several sources.
const SOURCE: &str = "n_source";

/// Writes the list; returns how many rows it has. The file appears whole or not at all, in the stead of one that was there.
pub fn cleaned_list(
    path: &Path,
    format: ListFormat,
    data: &Dataset,
    cleaned: &Cleaned,
) -> Result<u64, WriteError> {
    whole(path, format, &list(data, cleaned))
}

/// Writes the list as CSV to a stream, such as the standard output; returns how many rows it has.
pub fn cleaned_list_to(out: &mut dyn Write, data: &Dataset, cleaned: &Cleaned) -> std::io::Result<u64> {
    list(data, cleaned).table().csv(out)
}

/// Writes the changes and findings; returns how many there are.
pub fn changes(path: &Path, data: &Dataset, cleaned: &Cleaned) -> Result<u64, WriteError> {
    let names = ["file", "line", "record_id", "column", "field", "from", "to", "rule", "note"];
    let holds = |name: &str| if name == "line" { Holds::Count } else { Holds::Text };
    let head = names.iter().map(|name| ((*name).to_string(), holds(name))).collect();
    let starts: Vec<usize> = cleaned
        .tables
        .iter()
        .scan(0, |sum, table| {
            let start = *sum;
            *sum += table.changes.len();
            Some(start)
        })
        .collect();
    let rows = move |at: usize, out: &mut dyn Cells| {
        let table_at = starts.partition_point(|start| *start <= at) - 1;
        let (table, shown) = (&data.tables[table_at], &cleaned.tables[table_at]);
        let change = &shown.changes[at - starts[table_at]];
        let column = change.column as usize;
        let line = table.lines.get(change.row as usize).copied().unwrap_or(change.row + 1);
        out.text(&table.path);
        out.count(line);
        out.text(data.record_id(data.starts[table_at] + change.row));
        out.text(&table.columns[column].name);
        out.plain(change.to.name());
        out.text(table.cell(column, change.row));
        out.text(shown.get(change.to, change.row));
        out.plain(change.rule);
        out.text(&change.note);
        out.end_row();
    };
    let units = cleaned.tables.iter().map(|table| table.changes.len()).sum();
    whole(path, ListFormat::Csv, &Made { head, units, rows: Box::new(rows) })
}

/// Writes a table of text as CSV, whole or not at all; returns how many rows it has. `row` gives the cells of a row by
/// its number, as many as there are `names`.
pub fn text_table(
    path: &Path,
    names: &[&str],
    rows: usize,
    row: &(dyn Fn(usize) -> Vec<String> + Sync),
) -> Result<u64, WriteError> {
    let head = names.iter().map(|name| ((*name).to_string(), Holds::Text)).collect();
    let write = move |at: usize, out: &mut dyn Cells| {
        row(at).iter().for_each(|cell| out.text(cell));
        out.end_row();
    };
    whole(path, ListFormat::Csv, &Made { head, units: rows, rows: Box::new(write) })
}

/// Writes a table of text as Parquet, whole or not at all; returns how many rows it has. `cell` gives a cell by column and
/// row.
pub fn text_parquet<'t>(
    path: &Path,
    names: &[String],
    rows: usize,
    cell: &(dyn Fn(usize, usize) -> &'t str + Sync),
) -> Result<u64, WriteError> {
    let head: Vec<Head> = names.iter().map(|name| (name.clone(), Holds::Text)).collect();
    let columns = head.len();
    let write = move |row: usize, out: &mut dyn Cells| {
        (0..columns).for_each(|column| out.text(cell(column, row)));
        out.end_row();
    };
    whole(path, ListFormat::Parquet, &Made { head, units: rows, rows: Box::new(write) })
}

type Rows<'a> = Box<dyn Fn(usize, &mut dyn Cells) + Sync + 'a>;

/// A table that owns what makes its rows.
struct Made<'a> {
    head: Vec<Head>,
    units: usize,
    rows: Rows<'a>,
}

impl Made<'_> {
    fn table(&self) -> Table<'_> {
        Table { head: self.head.clone(), units: self.units, rows: &*self.rows }
    }
}

fn list<'a>(data: &'a Dataset, cleaned: &'a Cleaned) -> Made<'a> {
    // The raw columns of all sources by heading, in order of first appearance; a heading that a source has twice counts twice.
    let mut names: Vec<String> = Vec::new();
    let mut place: HashMap<(&str, usize), usize> = HashMap::new();
    let mut columns: Vec<Vec<Option<usize>>> = Vec::with_capacity(data.tables.len());
    for table in &data.tables {
        let mut own = vec![None; names.len()];
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (at, column) in table.columns.iter().enumerate() {
            let nth = seen.entry(column.name.as_str()).or_default();
            let position = *place.entry((column.name.as_str(), *nth)).or_insert_with(|| {
                names.push(column.name.clone());
                names.len() - 1
            });
            *nth += 1;
            own.resize(own.len().max(names.len()), None);
            own[position] = Some(at);
        }
        columns.push(own);
    }
    columns.iter_mut().for_each(|own| own.resize(names.len(), None));
    let several = data.tables.len() > 1;
    let mut head: Vec<Head> = names.into_iter().map(|name| (name, Holds::Text)).collect();
    // A raw heading that is one of ours gives way, and so does one that is there twice.
    let taken: Vec<&str> = Shown::ALL.iter().map(|shown| shown.name()).chain([SOURCE]).collect();
    for at in 0..head.len() {
        while taken.contains(&head[at].0.as_str()) || head[..at].iter().any(|(other, _)| *other == head[at].0)
        {
            head[at].0.insert_str(0, "raw_");
        }
    }
    if several {
        head.push((SOURCE.to_string(), Holds::Text));
    }
    head.extend(Shown::ALL.iter().map(|shown| (shown.name().to_string(), Holds::Text)));
    let rows = move |record: usize, out: &mut dyn Cells| {
        let (table_at, row) = data.locate(record as u32);
        let (table, shown) = (&data.tables[table_at], &cleaned.tables[table_at]);
        for column in &columns[table_at] {
            out.text(column.map_or("", |column| table.cell(column, row)));
        }
        if several {
            out.text(&table.source);
        }
        for column in &shown.columns {
            out.text(column.get(row));
        }
        out.end_row();
    };
    Made { head, units: data.records() as usize, rows: Box::new(rows) }
}

/// Writes a table beside its place and moves it there.
fn whole(path: &Path, format: ListFormat, made: &Made<'_>) -> Result<u64, WriteError> {
    let name = path.file_name().ok_or_else(|| WriteError::NoName(path.to_path_buf()))?;
    // A pipe, a device or a link would be replaced.
    if std::fs::symlink_metadata(path).is_ok_and(|facts| !facts.is_file()) {
        let cause = std::io::Error::other("it is there and no plain file; name another");
        return Err(WriteError::io(path, cause));
    }
    let beside = format!(".{}.{}", name.to_string_lossy(), std::process::id());
    let partial: PathBuf = path.with_file_name(format!("{beside}.{}", format.extension()));
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // What a killed process of the same number left.
    let _ = std::fs::remove_file(&partial);
    let table = made.table();
    let written = match format {
        ListFormat::Csv => table.write(folder, &beside, Format::Csv),
        ListFormat::Parquet => table.write(folder, &beside, Format::Parquet),
        ListFormat::Xlsx => workbook::write(&table, &partial).map(|rows| (beside, rows)),
    };
    let moved = written.and_then(|(_, rows)| {
        std::fs::rename(&partial, path).map_err(|cause| WriteError::io(path, cause))?;
        Ok(rows)
    });
    // A person knows the file by the name given for it.
    let moved = moved.map_err(|error| match error {
        WriteError::Io { cause, .. } => WriteError::io(path, cause),
        other => other,
    });
    if moved.is_err() {
        // The write has failed already; a leftover that cannot be removed adds nothing to say.
        let _ = std::fs::remove_file(&partial);
    }
    moved
}
