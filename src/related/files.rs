//! The files: `related.csv`, `dangling.csv`, the tables with their references moved, and what was removed of them.

use super::repoint::{Moved, heading_cells};
use super::{Forecast, Group, Linked, Related, Repointed};
use crate::config::Format;
use crate::map::Dataset;
use crate::write::{Cells, Holds, Table, WriteError, head};
use std::collections::HashMap;
use std::path::Path;

/// The stem of the forecast in a run folder.
pub(super) const FORECAST: &str = "related";

/// Conflicts listed in one cell before the rest is only counted.
const LISTED: usize = 10;

fn text(table: &Table<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    let _ = table.csv(&mut bytes);
    bytes
}

/// `related.csv`: per proposal, table and record what refers to it. `named` gives id and lane of each proposal.
pub fn forecast_csv(
    data: &Dataset,
    related: &Related,
    forecast: &[Forecast],
    groups: &[Group<'_>],
    named: &(dyn Fn(usize) -> (String, &'static str) + Sync),
) -> Vec<u8> {
    let names = [
        "proposal_id",
        "lane",
        "table",
        "role",
        "source",
        "record_id",
        "references",
        "moves",
        "conflicts",
        "conflict_lines",
        "action",
        "override",
    ];
    let counts = ["references", "moves", "conflicts"];
    let holds = |name: &str| if counts.contains(&name) { Holds::Count } else { Holds::Text };
    let head = head(&names.map(|name| (name, holds(name))));
    let rows = |at: usize, out: &mut dyn Cells| {
        let line = &forecast[at];
        let linked = &related.tables[line.table];
        let (id, lane) = named(line.proposal);
        out.plain(&id);
        out.plain(lane);
        out.text(&linked.name);
        out.plain(if groups[line.proposal].survivor == line.record { "survivor" } else { "duplicate" });
        out.text(data.source(line.record));
        out.text(data.record_id(line.record));
        out.count(line.references);
        out.count(line.moves);
        out.count(line.conflicts.len() as u32);
        let listed = line.conflicts.iter().take(LISTED);
        let mut lines: Vec<String> =
            listed.map(|&(row, onto)| format!("{} meets {}", linked.line(row), linked.line(onto))).collect();
        if line.conflicts.len() > LISTED {
            lines.push(format!("and {} more", line.conflicts.len() - LISTED));
        }
        out.text(&lines.join("; "));
        out.plain(match (line.conflicts.is_empty(), linked.line_no) {
            (true, _) => "",
            (false, Some(_)) => "renumber",
            (false, None) => linked.on_conflict.name(),
        });
        out.plain("");
        out.end_row();
    };
    text(&Table { head, units: forecast.len(), rows: &rows })
}

/// `dangling.csv`: every reference that leads to no record.
pub fn dangling_csv(related: &Related) -> (Vec<u8>, u64) {
    let all = super::dangling(related);
    let head = head(&["table", "file", "line", "column", "source", "value"].map(|name| (name, Holds::Text)));
    let rows = |at: usize, out: &mut dyn Cells| {
        let found = &all[at];
        let linked = &related.tables[found.table];
        out.text(&linked.name);
        out.text(&linked.facts.file);
        out.plain(&linked.line(found.row).to_string());
        out.text(&linked.table.columns[found.column].name);
        out.text(linked.source_column.map_or("", |column| linked.table.cell(column, found.row)));
        out.text(linked.table.cell(found.column, found.row));
        out.end_row();
    };
    let bytes = text(&Table { head, units: all.len(), rows: &rows });
    (bytes, all.len() as u64)
}

fn format_of(linked: &Linked) -> Format {
    if linked.facts.format.starts_with("parquet") { Format::Parquet } else { Format::Csv }
}

fn stem(name: &str) -> String {
    format!("related_{name}")
}

/// The file of a table with its references moved.
pub fn table_file(linked: &Linked) -> String {
    let ending = if format_of(linked) == Format::Parquet { "parquet" } else { "csv" };
    format!("{}.{ending}", stem(&linked.name))
}

/// Writes every table with its references moved into a folder; returns the names of the files.
pub fn write_tables(dir: &Path, related: &Related, repointed: &Repointed) -> Result<Vec<String>, WriteError> {
    let tables = related.tables.iter().zip(&repointed.tables);
    tables.map(|(linked, moved)| write_table(dir, linked, moved)).collect()
}

fn write_table(dir: &Path, linked: &Linked, moved: &Moved) -> Result<String, WriteError> {
    let columns = &linked.table.columns;
    let head = columns.iter().map(|column| (column.name.clone(), Holds::Text)).collect();
    let mut changed: HashMap<u32, Vec<(usize, &str)>> = HashMap::new();
    for (&(row, column), cell) in &moved.cells {
        changed.entry(row).or_default().push((column, cell));
    }
    let rows = |at: usize, out: &mut dyn Cells| {
        let row = at as u32;
        if moved.removed.contains_key(&row) {
            return;
        }
        if let Some((number, text)) = moved.headed.get(&row) {
            heading_cells(linked, row, *number, text, moved).iter().for_each(|(_, cell)| out.text(cell));
            out.end_row();
        }
        let own = changed.get(&row);
        for (at, column) in columns.iter().enumerate() {
            let new = own.and_then(|cells| cells.iter().find(|(column, _)| *column == at));
            out.text(new.map_or_else(|| column.cells.get(row), |(_, cell)| cell));
        }
        out.end_row();
    };
    let table = Table { head, units: linked.table.rows as usize, rows: &rows };
    Ok(table.write(dir, &stem(&linked.name), format_of(linked))?.0)
}

/// `related_removed.csv`: rows that are in no table any more, with all they held. `merge` names a merge.
pub fn removed_csv(
    related: &Related,
    repointed: &Repointed,
    merge: &(dyn Fn(usize) -> String + Sync),
) -> Vec<u8> {
    let names = ["table", "file", "line", "merge", "reason", "raw"];
    let head = head(&names.map(|name| (name, Holds::Text)));
    let mut rows: Vec<[String; 6]> = Vec::new();
    for (linked, moved) in related.tables.iter().zip(&repointed.tables) {
        let file = &linked.facts.file;
        for (&row, &at) in &moved.removed {
            let cells = linked.table.columns.iter().map(|column| column.cells.get(row));
            rows.push([
                linked.name.clone(),
                file.clone(),
                linked.line(row).to_string(),
                merge(at),
                "key_conflict".into(),
                raw(cells, linked.facts.delimiter.unwrap_or(',')),
            ]);
        }
        rows.extend(linked.quarantine.iter().map(|row| {
            let reason = format!("could not be read: {}", row.reason);
            [linked.name.clone(), file.clone(), row.line.to_string(), String::new(), reason, row.raw.clone()]
        }));
    }
    let write = |at: usize, out: &mut dyn Cells| {
        rows[at].iter().for_each(|cell| out.text(cell));
        out.end_row();
    };
    text(&Table { head, units: rows.len(), rows: &write })
}

/// A row as a line of its file: cells with the separator of the file, quoted where they must be.
fn raw<'a>(cells: impl Iterator<Item = &'a str>, delimiter: char) -> String {
    let quoted = |cell: &str| {
        let must = cell.contains([delimiter, '"', '\n', '\r']);
        if must { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_string() }
    };
    cells.map(quoted).collect::<Vec<_>>().join(&delimiter.to_string())
}
