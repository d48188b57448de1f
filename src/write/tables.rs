//! The columns and rows of each table of a run folder; `docs/formats.md` is their description for people.

use super::RunParts;
use super::WriteError;
use super::table::{Cells, Head, Holds, Table};
use crate::classic::{Classic, contact_no};
use crate::cluster::{Cluster, Clusters, Lane};
use crate::config::Format;
use crate::map::{Dataset, FieldId};
use crate::score::Model;
use crate::survive::rule_text;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// What stands between several values in one cell.
const BETWEEN_VALUES: &str = " | ";
/// What stands between several record keys in one cell.
pub const BETWEEN_KEYS: &str = ";";

type Done = Result<(String, u64), WriteError>;

pub(crate) fn head(names: &[(&str, Holds)]) -> Vec<Head> {
    names.iter().map(|(name, holds)| (name.to_string(), *holds)).collect()
}

/// The fixed columns, then one for every field of the data set.
pub(crate) fn with_fields(mut head: Vec<Head>, data: &Dataset) -> Vec<Head> {
    let fixed: Vec<&str> = head.iter().map(|(name, _)| name.as_str()).collect();
    let fields = field_headings(&fixed, &data.fields);
    head.extend(fields.into_iter().map(|name| (name, Holds::Text)));
    head
}

/// The headings of fields behind these fixed columns. A field may be called like a fixed column (`source`); then the
/// field gives way.
pub fn field_headings(fixed: &[&str], fields: &[FieldId]) -> Vec<String> {
    let heading = |field: &FieldId| {
        let mut name = field.to_string();
        while fixed.contains(&name.as_str()) {
            name.insert_str(0, "field_");
        }
        name
    };
    fields.iter().map(heading).collect()
}

/// The fixed columns of `proposals`, before those of the fields.
pub const PROPOSAL_COLUMNS: [&str; 11] = [
    "proposal_id",
    "lane",
    "hold_reason",
    "extends",
    "role",
    "source",
    "record_id",
    "probability",
    "reasons",
    "decision",
    "fingerprint",
];

/// The columns of `plan`.
pub const PLAN_COLUMNS: [&str; 11] = [
    "proposal_id",
    "lane",
    "field",
    "value",
    "rule",
    "from_source",
    "from_record_id",
    "other_values",
    "lost",
    "override",
    "fingerprint",
];

/// A record's own cells, one for every field of the data set.
pub(crate) fn raw_fields(data: &Dataset, record: u32, out: &mut dyn Cells) {
    let (table, row) = data.locate(record);
    let cells = &data.tables[table].columns;
    for column in &data.columns[table] {
        out.text(column.map_or("", |column| cells[column].cells.get(row)));
    }
}

fn hold_reason(lane: Lane) -> &'static str {
    match lane {
        Lane::Hold(reason) => reason.name(),
        _ => "",
    }
}

/// One row per member of each cluster, survivor first.
pub(super) fn proposals(dir: &Path, format: Format, parts: &RunParts<'_>) -> Done {
    let data = parts.data;
    let holds = |name| if name == "probability" { Holds::Probability } else { Holds::Text };
    let head = head(&PROPOSAL_COLUMNS.map(|name| (name, holds(name))));
    let rows = |at: usize, out: &mut dyn Cells| {
        let cluster = &parts.clusters.groups[at];
        let survivor = parts.golden.records[at].survivor;
        let row = |(&member, &support): (&u32, &f32), out: &mut dyn Cells| {
            out.plain(parts.proposals.proposals[at].id.text().as_str());
            out.plain(cluster.lane.name());
            out.plain(hold_reason(cluster.lane));
            extended(parts, cluster, out);
            out.plain(if member == survivor { "survivor" } else { "duplicate" });
            out.text(data.source(member));
            out.text(&data.record_ids[member as usize]);
            out.probability(support);
            out.text(&cluster.reasons);
            out.plain(parts.decided.word(cluster));
            out.plain(parts.proposals.proposals[at].fingerprint.text().as_str());
            raw_fields(data, member, out);
            out.end_row();
        };
        let members = || cluster.members.iter().zip(&cluster.support);
        members().filter(|(member, _)| **member == survivor).for_each(|member| row(member, out));
        members().filter(|(member, _)| **member != survivor).for_each(|member| row(member, out));
    };
    let head = with_fields(head, data);
    Table { head, units: parts.clusters.groups.len(), rows: &rows }.write(dir, "proposals", format)
}

/// One row per cluster and field that any of its members fills.
pub(super) fn plan(dir: &Path, format: Format, parts: &RunParts<'_>) -> Done {
    let data = parts.data;
    let head = head(&PLAN_COLUMNS.map(|name| (name, Holds::Text)));
    let names: Vec<String> = data.fields.iter().map(ToString::to_string).collect();
    let rows = |at: usize, out: &mut dyn Cells| {
        let record = &parts.golden.records[at];
        for (field, cell) in record.cells.iter().enumerate() {
            let mut others = record.others(field).peekable();
            let preferred = record.preferred(field);
            if cell.from.is_none() && others.peek().is_none() && preferred.is_none() {
                continue;
            }
            let (mut all, mut lost) = (String::new(), String::new());
            for other in others {
                let value = other.value(data);
                for (list, take) in [(&mut all, true), (&mut lost, other.lost)] {
                    if take {
                        list.push_str(if list.is_empty() { "" } else { BETWEEN_VALUES });
                        list.push_str(value);
                    }
                }
            }
            out.plain(parts.proposals.proposals[at].id.text().as_str());
            out.plain(parts.clusters.groups[at].lane.name());
            out.text(&names[field]);
            out.text(record.chosen(data, field));
            out.plain(&rule_text(cell.rule, cell.given));
            out.text(cell.from.map_or("", |from| data.source(from)));
            out.text(cell.from.map_or("", |from| &data.record_ids[from as usize]));
            out.text(&all);
            out.text(&lost);
            out.text(preferred.unwrap_or_default());
            out.plain(parts.proposals.proposals[at].fingerprint.text().as_str());
            out.end_row();
        }
    };
    Table { head, units: parts.clusters.groups.len(), rows: &rows }.write(dir, "plan", format)
}

/// The cluster that is merged without asking and holds this record.
fn merged(clusters: &Clusters, record: u32) -> Option<(usize, &Cluster)> {
    clusters.merged(record).map(|at| (at, &clusters.groups[at]))
}

/// The id of the proposal that a cluster extends; empty when it extends none.
fn extended(parts: &RunParts<'_>, cluster: &Cluster, out: &mut dyn Cells) {
    match cluster.extends {
        Some(at) => out.plain(parts.proposals.proposals[at as usize].id.text().as_str()),
        None => out.plain(""),
    }
}

/// One row per entity that is left after the `auto` lane, at the place of its survivor.
pub(super) fn golden(dir: &Path, format: Format, parts: &RunParts<'_>) -> Done {
    let data = parts.data;
    let head =
        head(&[("golden_id", Holds::Text), ("members", Holds::Count), ("merged_record_ids", Holds::Text)]);
    let rows = |unit: usize, out: &mut dyn Cells| {
        let record = unit as u32;
        let merged = merged(parts.clusters, record);
        if merged.is_some_and(|(at, _)| parts.golden.records[at].survivor != record) {
            return;
        }
        out.plain(parts.proposals.golden_ids[unit].text().as_str());
        match merged {
            Some((at, cluster)) => {
                let golden = &parts.golden.records[at];
                merged_records(data, &cluster.members, out);
                (0..data.fields.len()).for_each(|field| out.text(golden.value(data, field)));
            }
            None => {
                out.count(1);
                out.text(&key(data, record));
                raw_fields(data, record, out);
            }
        }
        out.end_row();
    };
    let head = with_fields(head, data);
    Table { head, units: data.records() as usize, rows: &rows }.write(dir, "golden", format)
}

/// How many records a golden record was made of, and their keys, sorted.
pub(crate) fn merged_records(data: &Dataset, members: &[u32], out: &mut dyn Cells) {
    out.count(members.len() as u32);
    let mut keys: Vec<String> = members.iter().map(|&member| key(data, member)).collect();
    keys.sort_unstable();
    out.text(&keys.join(BETWEEN_KEYS));
}

/// `source:record_id`, as commands take it.
pub(crate) fn key(data: &Dataset, record: u32) -> String {
    format!("{}:{}", data.source(record), data.record_id(record))
}

/// Every record, once; returns also how many were written of each table.
pub(super) fn crosswalk(
    dir: &Path,
    format: Format,
    parts: &RunParts<'_>,
) -> Result<(String, u64, Vec<u64>), WriteError> {
    let data = parts.data;
    let head = head(&[
        ("source", Holds::Text),
        ("record_id", Holds::Text),
        ("entity_id", Holds::Text),
        ("golden_id", Holds::Text),
        ("lane", Holds::Text),
        ("probability", Holds::Probability),
    ]);
    let counts: Vec<AtomicU64> = data.tables.iter().map(|_| AtomicU64::new(0)).collect();
    let rows = |unit: usize, out: &mut dyn Cells| {
        let record = unit as u32;
        let (table, _) = data.locate(record);
        out.text(&data.tables[table].source);
        out.text(&data.record_ids[unit]);
        out.plain(parts.proposals.entity_ids[unit].text().as_str());
        out.plain(parts.proposals.golden_ids[unit].text().as_str());
        match parts.clusters.telling(record) {
            Some(at) => {
                let cluster = &parts.clusters.groups[at];
                let support = cluster.members.binary_search(&record).map_or(0.0, |at| cluster.support[at]);
                out.plain(cluster.lane.name());
                out.probability(support);
            }
            None => {
                out.plain("single");
                out.probability(1.0);
            }
        }
        out.end_row();
        counts[table].fetch_add(1, Ordering::Relaxed);
    };
    let table = Table { head, units: data.records() as usize, rows: &rows };
    let (name, written) = table.write(dir, "crosswalk", format)?;
    Ok((name, written, counts.into_iter().map(AtomicU64::into_inner).collect()))
}

/// Micro-bits in a bit.
const MICRO: f64 = 1e6;
/// Bits of one comparison's level in a pattern.
const LEVEL_BITS: usize = 4;

/// One row per link: keys, weight in bits, probability, blocking rule, and the level of every comparison.
pub(super) fn links(dir: &Path, parts: &RunParts<'_>) -> Done {
    let (data, links) = (parts.data, parts.links);
    let mut head = head(&[
        ("source_a", Holds::Text),
        ("record_id_a", Holds::Text),
        ("source_b", Holds::Text),
        ("record_id_b", Holds::Text),
        ("weight", Holds::Number),
        ("probability", Holds::Probability),
        ("rule", Holds::Text),
    ]);
    let comparisons = comparisons(parts.model);
    head.extend(comparisons.iter().map(|name| (format!("level_{name}"), Holds::Count)));
    // Per population: for every column, where its level stands in the pattern.
    let places: Vec<_> = parts
        .model
        .populations
        .iter()
        .map(|model| {
            let place =
                |name: &&str| model.comparisons.iter().position(|comparison| comparison.name == **name);
            (model.population, comparisons.iter().map(place).collect::<Vec<_>>())
        })
        .collect();
    let rows = |at: usize, out: &mut dyn Cells| {
        for record in [links.a[at], links.b[at]] {
            out.text(data.source(record));
            out.text(&data.record_ids[record as usize]);
        }
        out.number(links.weight[at] as f64 / MICRO);
        out.probability(links.probability(at) as f32);
        out.text(parts.rules.get(links.rule[at] as usize).map_or("", String::as_str));
        let population = parts.contacts.population[links.a[at] as usize];
        let found = places.iter().find(|(of, _)| *of == population).map(|(_, places)| places);
        for column in 0..comparisons.len() {
            let place = found.and_then(|places| places[column]);
            out.count(place.map_or(0, |place| (links.pattern[at] >> (place * LEVEL_BITS)) as u32 & 0xf));
        }
        out.end_row();
    };
    Table { head, units: links.len(), rows: &rows }.write(dir, "links", Format::Parquet)
}

/// The names of the comparisons of all populations, each once.
fn comparisons(model: &Model) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for comparison in model.populations.iter().flat_map(|population| &population.comparisons) {
        if !names.contains(&comparison.name.as_str()) {
            names.push(&comparison.name);
        }
    }
    names
}

/// One row per row that could not be read.
pub(super) fn quarantine(dir: &Path, parts: &RunParts<'_>) -> Done {
    let text = |name| (name, Holds::Text);
    let head = head(&[text("source"), text("file"), ("line", Holds::Count), text("reason"), text("raw")]);
    let rows = |at: usize, out: &mut dyn Cells| {
        let row = &parts.quarantine[at];
        out.text(&row.source);
        out.text(&row.file);
        out.count(row.line);
        out.text(&row.reason);
        out.text(&row.raw);
        out.end_row();
    };
    Table { head, units: parts.quarantine.len(), rows: &rows }.write(dir, "quarantine", Format::Csv)
}

/// One row per pair of companies that Business Central's own search finds.
pub(super) fn bc_duplicates(dir: &Path, data: &Dataset, classic: &Classic) -> Done {
    let head = head(&[
        ("contact_no", Holds::Text),
        ("duplicate_contact_no", Holds::Text),
        ("matching_strings", Holds::Count),
    ]);
    let rows = |at: usize, out: &mut dyn Cells| {
        let pair = classic.pairs[at];
        out.text(&contact_no(data, pair.a));
        out.text(&contact_no(data, pair.b));
        out.count(pair.matching);
        out.end_row();
    };
    Table { head, units: classic.pairs.len(), rows: &rows }.write(dir, "bc_duplicates", Format::Csv)
}
