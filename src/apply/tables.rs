//! The files of an apply folder; `docs/formats.md` is their description for people.

use super::crosswalk::{COLUMNS, positions};
use super::{Applied, Event, History, told};
use crate::config::Format;
use crate::write::{
    APPLIED, CHANGE_SET, Cells, Holds, Place, Table, WriteError, head, key, merged_records, raw_fields,
    with_fields,
};
use rayon::prelude::*;
use std::io::Write;
use std::path::Path;

/// Merges that are written as text before they go to the disk.
const MERGES_PER_PIECE: usize = 8_192;

/// Writes the apply folder at its place, what it held before inside it, and the event into the history beside it.
/// `further` writes further files into the folder before it is seen, and returns their paths in it.
///
/// Errors: the disk refuses, or somebody worked in the folder meanwhile.
pub fn write(
    place: Place,
    format: Format,
    applied: &Applied<'_>,
    history: &History,
    event: &Event,
    further: impl FnOnce(&Path) -> Result<Vec<String>, WriteError>,
) -> Result<(), WriteError> {
    let to = place.dir();
    let before = place.keep_before()?;
    let (tables, changes) = rayon::join(
        || {
            Ok::<_, WriteError>([
                golden(to, format, applied)?,
                crosswalk(to, format, applied)?,
                held_back(to, applied)?,
                reconciliation(to, applied)?,
            ])
        },
        || change_set(to, applied),
    );
    let mut files: Vec<String> = tables?.into();
    changes?;
    files.push(follow_up(to, applied)?);
    if let Some((related, repointed)) = &applied.related {
        files.extend(crate::related::write_tables(to, related, repointed)?);
        // Numbers and text can be written as JSON.
        files.push(told::table_sums(to, &serde_json::to_value(&repointed.sums).unwrap_or_default())?);
        let merge = |at: usize| applied.merges[at].id.to_string();
        let removed = crate::related::removed_csv(related, repointed, &merge);
        let name = format!("{}.csv", told::REMOVED);
        crate::write::write_new(&to.join(&name), &removed)?;
        files.push(name);
    }
    files.push(CHANGE_SET.to_string());
    files.extend(further(to)?);
    let marks = serde_json::json!({
        "program": "alike",
        "format_version": super::CHANGE_SET_VERSION,
        "change_set": applied.header.change_set,
        "previous": applied.header.previous,
        "before": before,
        "files": files,
        "counts": applied.tally(),
        "sources": applied.sums,
        "related": applied.related.as_ref().map_or(&[][..], |(_, repointed)| &repointed.sums),
    });
    crate::write::write_new(&to.join(APPLIED), format!("{marks:#}\n"))?;
    place.publish()?;
    history.append(event)
}

fn follow_up(dir: &Path, applied: &Applied<'_>) -> Result<String, WriteError> {
    let names = ["order", "merge", "source", "record_id", "what", "field", "now", "wanted"];
    let head = head(&names.map(|name| (name, if name == "order" { Holds::Count } else { Holds::Text })));
    let all = applied.follow_up();
    let rows = |at: usize, out: &mut dyn Cells| {
        let todo = &all[at];
        out.count(todo.order.into());
        out.plain(&todo.merge);
        out.text(&todo.key.source);
        out.text(&todo.key.record_id);
        out.plain(todo.what);
        out.text(&todo.field);
        out.text(&todo.now);
        out.text(&todo.wanted);
        out.end_row();
    };
    Ok(Table { head, units: all.len(), rows: &rows }.write(dir, "follow_up", Format::Csv)?.0)
}

fn golden(dir: &Path, format: Format, applied: &Applied<'_>) -> Result<String, WriteError> {
    let data = applied.data;
    let head =
        head(&[("golden_id", Holds::Text), ("members", Holds::Count), ("merged_record_ids", Holds::Text)]);
    let linked = applied.linked();
    let rows = |unit: usize, out: &mut dyn Cells| {
        let record = unit as u32;
        let merge = applied.merge_of(record);
        if merge.is_some_and(|merge| merge.survivor != record) {
            return;
        }
        out.plain(applied.golden_id(record).text().as_str());
        match merge {
            Some(merge) => {
                merged_records(data, &merge.members, out);
                (0..data.fields.len()).for_each(|field| out.text(merge.value(data, field)));
            }
            None => {
                out.count(1);
                out.text(&key(data, record));
                match linked.is_empty() {
                    true => raw_fields(data, record, out),
                    false => (0..data.fields.len()).for_each(|field| {
                        let company = linked.get(&(record, field)).copied();
                        out.text(company.unwrap_or_else(|| data.raw(record, field)));
                    }),
                }
            }
        }
        out.end_row();
    };
    let head = with_fields(head, data);
    Ok(Table { head, units: data.records() as usize, rows: &rows }.write(dir, "golden", format)?.0)
}

fn crosswalk(dir: &Path, format: Format, applied: &Applied<'_>) -> Result<String, WriteError> {
    let (data, review) = (applied.data, applied.review);
    let holds = |name| if name == "probability" { Holds::Probability } else { Holds::Text };
    let head = head(&COLUMNS.map(|name| (name, holds(name))));
    let entities = applied.entity_ids();
    let earlier = &applied.earlier_rows;
    let at = applied.earlier.map(positions).unwrap_or_default();
    let of_run = |name| review.sheets.crosswalk.position(name);
    let (lane, probability) = (of_run("lane"), of_run("probability"));
    let now = data.records() as usize;
    let rows = |unit: usize, out: &mut dyn Cells| {
        if unit < now {
            let record = unit as u32;
            let survivor = applied.survivor_of(record);
            out.text(data.source(record));
            out.text(data.record_id(record));
            out.plain(entities[unit].text().as_str());
            out.plain(applied.golden_id(record).text().as_str());
            out.plain(applied.of_run(record, lane, "single"));
            // The run wrote it as a number.
            out.probability(applied.of_run(record, probability, "1").parse().unwrap_or(1.0));
            out.text(data.source(survivor));
            out.text(data.record_id(survivor));
            match applied.merge_of(record) {
                Some(merge) => {
                    out.plain(merge.id.text().as_str());
                    out.plain(&applied.header.change_set);
                }
                None => {
                    out.plain("");
                    out.plain("");
                }
            }
            out.plain("true");
            out.end_row();
            return;
        }
        let (Some(sheet), row) = (applied.earlier, &earlier[unit - now]) else { return };
        let cell = |column: usize| sheet.cell(row.row, at[column]);
        out.text(cell(0));
        out.text(cell(1));
        let survivor = row.into.map(|record| applied.survivor_of(record));
        match survivor {
            Some(survivor) => {
                out.plain(entities[survivor as usize].text().as_str());
                out.plain(applied.golden_id(survivor).text().as_str());
            }
            None => {
                out.text(cell(2));
                out.text(cell(3));
            }
        }
        out.text(cell(4));
        out.probability(cell(5).parse().unwrap_or(1.0));
        match survivor {
            Some(survivor) => {
                out.text(data.source(survivor));
                out.text(data.record_id(survivor));
            }
            None => {
                out.text(cell(6));
                out.text(cell(7));
            }
        }
        out.text(cell(8));
        out.text(cell(9));
        out.plain("false");
        out.end_row();
    };
    let table = Table { head, units: now + earlier.len(), rows: &rows };
    Ok(table.write(dir, "crosswalk", format)?.0)
}

fn held_back(dir: &Path, applied: &Applied<'_>) -> Result<String, WriteError> {
    let (data, review) = (applied.data, applied.review);
    let sheet = &review.sheets.proposals;
    let names = ["proposal_id", "lane", "reason", "source", "record_id", "field", "was", "is"];
    let head = head(&names.map(|name| (name, Holds::Text)));
    let own = ["source", "record_id"].map(|name| sheet.position(name).unwrap_or_default());
    let headings = crate::write::field_headings(&crate::write::PROPOSAL_COLUMNS, &data.fields);
    let columns: Vec<Option<usize>> = headings.iter().map(|name| sheet.position(name)).collect();
    let rows = |at: usize, out: &mut dyn Cells| {
        let held = &applied.held[at];
        let reviewed = &review.proposals[held.proposal];
        for row in &held.rows {
            out.plain(reviewed.id.text().as_str());
            out.plain(reviewed.lane.name());
            out.plain(held.reason);
            out.text(sheet.cell(row.row, own[0]));
            out.text(sheet.cell(row.row, own[1]));
            let record =
                reviewed.rows.iter().position(|&other| other == row.row).and_then(|at| reviewed.records[at]);
            match row.field {
                Some(field) => {
                    out.text(&applied.header.fields[field]);
                    out.text(columns[field].map_or("", |column| sheet.cell(row.row, column)));
                    out.text(record.map_or("", |record| data.raw(record, field)));
                }
                None => {
                    out.plain("");
                    out.plain("");
                    out.plain(if record.is_some() { "" } else { "not in the inputs any more" });
                }
            }
            out.end_row();
        }
    };
    Ok(Table { head, units: applied.held.len(), rows: &rows }.write(dir, "held_back", Format::Csv)?.0)
}

fn reconciliation(dir: &Path, applied: &Applied<'_>) -> Result<String, WriteError> {
    // Numbers and text can be written as JSON.
    sums(dir, &serde_json::to_value(&applied.sums).unwrap_or_default())
}

/// Writes `reconciliation.csv` from the sums of the sources, as they stand in `applied.json`.
pub(super) fn sums(dir: &Path, sources: &serde_json::Value) -> Result<String, WriteError> {
    const NAMES: [&str; 6] = ["source", "rows", "kept", "merged", "held", "quarantined"];
    let sources = sources.as_array().map_or(&[][..], Vec::as_slice);
    let head = head(&NAMES.map(|name| (name, Holds::Text)));
    let rows = |at: usize, out: &mut dyn Cells| {
        out.text(sources[at][NAMES[0]].as_str().unwrap_or_default());
        NAMES[1..].iter().for_each(|name| out.plain(&sources[at][*name].as_u64().unwrap_or(0).to_string()));
        out.end_row();
    };
    Ok(Table { head, units: sources.len(), rows: &rows }.write(dir, "reconciliation", Format::Csv)?.0)
}

fn change_set(dir: &Path, applied: &Applied<'_>) -> Result<(), WriteError> {
    let path = dir.join(CHANGE_SET);
    let failed = |cause: std::io::Error| WriteError::Io { path: path.clone(), cause };
    let line =
        |json: serde_json::Result<String>| json.map(|text| text + "\n").map_err(|cause| failed(cause.into()));
    let mut file = crate::write::create(&path)?;
    file.write_all(line(serde_json::to_string(&applied.header))?.as_bytes()).map_err(failed)?;
    for start in (0..applied.merges.len()).step_by(MERGES_PER_PIECE) {
        let end = applied.merges.len().min(start + MERGES_PER_PIECE);
        let lines: Vec<String> = (start..end)
            .into_par_iter()
            .map(|at| line(serde_json::to_string(&applied.change(at))))
            .collect::<Result<_, _>>()?;
        lines.iter().try_for_each(|line| file.write_all(line.as_bytes())).map_err(failed)?;
    }
    crate::write::finish(file, &path)
}
