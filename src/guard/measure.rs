use super::{FEW, Previous, Watched};
use crate::cluster::{Clusters, Lane};
use crate::config::{Guard, GuardSettings};
use crate::ingest::{FileFacts, Quarantined};
use crate::map::Dataset;
use crate::profile::Quality;
use crate::score::{Links, Model};
use crate::survive::Golden;
use std::collections::BTreeMap;

/// What a run found, as far as guards look at it.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The sources.
    pub data: &'a Dataset,
    /// How each file was read.
    pub files: &'a [FileFacts],
    /// Rows that could not be read.
    pub quarantine: &'a [Quarantined],
    /// The profile of the sources.
    pub quality: &'a Quality,
    /// The model that judged the pairs.
    pub model: &'a Model,
    /// The links.
    pub links: &'a Links,
    /// The clusters.
    pub clusters: &'a Clusters,
    /// What they would become.
    pub golden: &'a Golden,
}

/// Why what compares with the run before is skipped.
const NO_PREVIOUS: &str = "there is no run before to compare with";

impl Facts<'_> {
    /// The groups that are merged without asking, with their golden records' positions.
    fn merged(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let groups = self.clusters.groups.iter().enumerate();
        groups.filter(|(_, group)| group.lane == Lane::Auto).map(|(at, group)| (at, group.members.as_slice()))
    }

    /// Records that the lane `auto` merges into others.
    fn merged_records(&self) -> u64 {
        self.merged().map(|(_, members)| members.len() as u64 - 1).sum()
    }
}

/// A share with what it is of: `62 % (620 of 1000)`.
fn share(part: u64, whole: u64) -> String {
    format!("{} ({part} of {whole})", percent(part as f64 / whole.max(1) as f64))
}

/// A share for people, as exact as guards need.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent.fract().abs() < 0.05 { format!("{percent:.0} %") } else { format!("{percent:.1} %") }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// How often a source vanishes into itself: of several exports of the same people most records are merged, and rightly so,
/// but few of one system are.
pub(super) fn merges(facts: &Facts<'_>, limit: f64) -> Watched {
    let mut watched = Watched::limited(Guard::Merges, limit);
    let mut merged = vec![0u64; facts.data.tables.len()];
    for (_, members) in facts.merged() {
        // Members are ascending, and records are numbered source by source: those of one source stand together.
        let mut last = None;
        for &member in members {
            let (table, _) = facts.data.locate(member);
            merged[table] += u64::from(last == Some(table));
            last = Some(table);
        }
    }
    for (table, &merged) in facts.data.tables.iter().zip(&merged) {
        let rows = u64::from(table.rows);
        watched.see(Some(&table.source), ratio(merged, rows), None, merged >= FEW, || {
            format!(
                "{} of the records of `{}` would be merged into others of it without asking; at most {} are allowed",
                share(merged, rows),
                table.source,
                percent(limit)
            )
        });
    }
    watched
}

pub(super) fn merge_growth(facts: &Facts<'_>, previous: Option<&Previous>, limit: f64) -> Watched {
    let mut watched = Watched::limited(Guard::MergeGrowth, limit);
    let Some(previous) = previous else { return watched.skipped(NO_PREVIOUS) };
    let (Some(records), Some(merged)) = (previous.records, previous.merged_records) else {
        return watched.skipped("of the run before only the profile is known");
    };
    let same = facts.quality.sources.iter().all(|source| previous.source(&source.source).is_some());
    if !same {
        return watched.skipped("the run before had other sources");
    }
    let (before, now) =
        (ratio(merged, records), ratio(facts.merged_records(), u64::from(facts.data.records())));
    let may_trip = facts.merged_records().saturating_sub(merged) >= FEW;
    watched.see(None, now - before, Some(before), may_trip, || {
        format!(
            "{} of the records would be merged without asking, {} in the run before; at most {} more are allowed",
            share(facts.merged_records(), u64::from(facts.data.records())),
            percent(before),
            percent(limit)
        )
    });
    watched
}

pub(super) fn group_size(facts: &Facts<'_>, limit: u32) -> Watched {
    let mut watched = Watched::limited(Guard::GroupSize, f64::from(limit));
    for (_, members) in facts.merged() {
        let name = || {
            let first = members[0];
            format!("{}:{}", facts.data.source(first), facts.data.record_id(first))
        };
        let of = (watched.value.is_none_or(|worst| members.len() as f64 > worst)).then(name);
        watched.see(of.as_deref(), members.len() as f64, None, true, || {
            let size = members.len();
            format!("a group of {size} records, {} among them, would be merged without asking; at most {limit} are allowed", name())
        });
    }
    watched
}

/// A survivor's filled fields, and those of them that merging gives another value.
pub(super) fn changed_fields(facts: &Facts<'_>, limit: f64) -> Watched {
    let mut watched = Watched::limited(Guard::ChangedFields, limit);
    let (mut filled, mut changed) = (0u64, 0u64);
    for (at, _) in facts.merged() {
        let golden = &facts.golden.records[at];
        for position in 0..golden.cells.len() {
            let own = facts.data.raw(golden.survivor, position);
            if !own.is_empty() {
                filled += 1;
                changed += u64::from(golden.value(facts.data, position) != own);
            }
        }
    }
    watched.see(None, ratio(changed, filled), None, changed >= FEW, || {
        format!(
            "{} of the filled fields of the records that stay would get another value; at most {} are allowed",
            share(changed, filled),
            percent(limit)
        )
    });
    watched
}

pub(super) fn quarantine(facts: &Facts<'_>, limit: f64) -> Watched {
    let mut watched = Watched::limited(Guard::Quarantine, limit);
    let mut unread: BTreeMap<&str, u64> = BTreeMap::new();
    for row in facts.quarantine.iter().filter(|row| !row.is_no_record()) {
        *unread.entry(&row.source).or_default() += 1;
    }
    for file in facts.files {
        let unread = unread.get(file.source.as_str()).copied().unwrap_or(0);
        watched.see(Some(&file.source), ratio(unread, file.rows_in), None, unread >= FEW, || {
            format!(
                "{} of the rows of `{}` could not be read (quarantine.csv says why); at most {} are allowed",
                share(unread, file.rows_in),
                file.source,
                percent(limit)
            )
        });
    }
    watched
}

pub(super) fn missing_source(facts: &Facts<'_>, previous: Option<&Previous>) -> Watched {
    let mut watched = Watched::limited(Guard::MissingSource, 0.0);
    let Some(previous) = previous else { return watched.skipped(NO_PREVIOUS) };
    if !previous.named {
        return watched.skipped("nobody named the run before with --against: other sources are no surprise");
    }
    let now = |name: &str| facts.quality.sources.iter().any(|source| source.source == name);
    let missing: Vec<_> = previous.sources.iter().filter(|source| !now(&source.source)).collect();
    let first = missing.first().map(|source| source.source.as_str());
    watched.see(first, missing.len() as f64, None, true, || {
        let names: Vec<String> = missing
            .iter()
            .map(|source| format!("`{}` with {} records", source.source, source.rows))
            .collect();
        format!("sources of `{}` are not there: {}", previous.from, names.join(", "))
    });
    watched
}

pub(super) fn missing_column(facts: &Facts<'_>, previous: Option<&Previous>) -> Watched {
    let mut watched = Watched::limited(Guard::MissingColumn, 0.0);
    let Some(previous) = previous else { return watched.skipped(NO_PREVIOUS) };
    for now in &facts.quality.sources {
        let before = previous.source(&now.source).map(|source| source.columns.as_slice()).unwrap_or_default();
        // A column that held next to nothing is not missed.
        let is_missing = |column: &&super::Column| {
            column.filled >= FEW && now.fields.iter().all(|field| field.column != column.column)
        };
        let missing: Vec<_> = before.iter().filter(is_missing).collect();
        watched.see(Some(&now.source), missing.len() as f64, None, true, || {
            let names: Vec<String> = missing
                .iter()
                .map(|column| format!("`{}` ({} were filled)", column.column, column.filled))
                .collect();
            let columns = if names.len() == 1 { "a column is" } else { "columns are" };
            format!("{columns} missing in `{}`: {}", now.source, names.join(", "))
        });
    }
    watched
}

pub(super) fn emptied_column(facts: &Facts<'_>, previous: Option<&Previous>, limit: f64) -> Watched {
    let mut watched = Watched::limited(Guard::EmptiedColumn, limit);
    let Some(previous) = previous else { return watched.skipped(NO_PREVIOUS) };
    for now in &facts.quality.sources {
        let Some(before) = previous.source(&now.source) else { continue };
        for field in &now.fields {
            let Some(old) = before.columns.iter().find(|column| column.column == field.column) else {
                continue;
            };
            let (was, is) = (ratio(old.filled, before.rows), ratio(field.filled, now.rows));
            let lost = if was > 0.0 { (was - is) / was } else { 0.0 };
            // Values that a smaller table of the same kind would hold, and this one does not.
            let missed = (lost * was * now.rows as f64) as u64;
            let of = format!("{}.{}", now.source, field.column);
            watched.see(Some(&of), lost, Some(was), missed >= FEW, || {
                format!(
                    "`{}` of `{}` is filled in {} of the records, {} in the run before; at most {} of it may go",
                    field.column,
                    now.source,
                    percent(is),
                    percent(was),
                    percent(limit)
                )
            });
        }
    }
    watched
}

pub(super) fn row_drop(facts: &Facts<'_>, previous: Option<&Previous>, limit: f64) -> Watched {
    rows(
        facts,
        previous,
        Watched::limited(Guard::RowDrop, limit),
        |before, now| before.saturating_sub(now),
        "fewer",
    )
}

pub(super) fn row_growth(facts: &Facts<'_>, previous: Option<&Previous>, limit: f64) -> Watched {
    rows(
        facts,
        previous,
        Watched::limited(Guard::RowGrowth, limit),
        |before, now| now.saturating_sub(before),
        "more",
    )
}

fn rows(
    facts: &Facts<'_>,
    previous: Option<&Previous>,
    mut watched: Watched,
    by: fn(u64, u64) -> u64,
    word: &str,
) -> Watched {
    let Some(previous) = previous else { return watched.skipped(NO_PREVIOUS) };
    let limit = watched.limit.unwrap_or_default();
    for now in &facts.quality.sources {
        let Some(before) = previous.source(&now.source) else { continue };
        let by = by(before.rows, now.rows);
        watched.see(Some(&now.source), ratio(by, before.rows), Some(before.rows as f64), by >= FEW, || {
            format!(
                "`{}` has {} records, {} in the run before: {} {word}; at most {} are allowed",
                now.source,
                now.rows,
                before.rows,
                percent(ratio(by, before.rows)),
                percent(limit)
            )
        });
    }
    watched
}

pub(super) fn row_range(facts: &Facts<'_>, settings: &GuardSettings) -> Watched {
    let records = u64::from(facts.data.records());
    let mut watched = Watched::new(Guard::RowRange);
    watched.value = Some(records as f64);
    watched.limit = settings.max_records.map(|most| most as f64);
    let (least, most) = (settings.min_records.unwrap_or(0), settings.max_records.unwrap_or(u64::MAX));
    let past = match records {
        few if few < least => Some(format!("the run has {few} records; at least {least} are asked for")),
        many if many > most => Some(format!("the run has {many} records; at most {most} are allowed")),
        _ => None,
    };
    if let Some(past) = past {
        watched.state = super::State::Tripped;
        watched.told.push(past);
    } else if settings.min_records.is_none() && settings.max_records.is_none() {
        return watched.skipped("neither min_records nor max_records is set");
    }
    watched
}
