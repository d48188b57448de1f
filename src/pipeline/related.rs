//! Related tables in a run and in an apply: the forecast, the answers, and what is told of both.

use super::outcome::grouped;
use super::summary::number;
use crate::apply::Applied;
use crate::cluster::Clusters;
use crate::map::Dataset;
use crate::progress::{Event, Progress};
use crate::propose::Proposals;
use crate::related::{self, Answers, Group, Related, TableCounts, TableSums};
use crate::review::{ReviewError, Sheets};
use crate::survive::Golden;
use std::collections::HashSet;
use std::path::Path;

/// What a run finds in the related tables.
#[derive(Default)]
pub struct Forecast {
    /// Each table in numbers.
    pub counts: Vec<TableCounts>,
    /// `related.csv` and `dangling.csv`, with their rows.
    pub files: Vec<(&'static str, Vec<u8>, u64)>,
}

/// Forecasts what every proposal would do to the related tables.
pub fn forecast(
    data: &Dataset,
    related: &Related,
    clusters: &Clusters,
    golden: &Golden,
    proposals: &Proposals,
) -> Forecast {
    if related.tables.is_empty() {
        return Forecast::default();
    }
    let groups: Vec<Group<'_>> = clusters
        .groups
        .iter()
        .zip(&golden.records)
        .map(|(cluster, record)| Group { members: &cluster.members, survivor: record.survivor })
        .collect();
    let lines = related::forecast(data, related, &groups);
    let named = |at: usize| (proposals.proposals[at].id.to_string(), clusters.groups[at].lane.name());
    let forecast = related::forecast_csv(data, related, &lines, &groups, &named);
    let (dangling, count) = related::dangling_csv(related);
    Forecast {
        counts: related::counts(related, &lines),
        files: vec![("related.csv", forecast, lines.len() as u64), ("dangling.csv", dangling, count)],
    }
}

impl Forecast {
    /// Warns of references that lead nowhere.
    pub fn tell(&self, progress: &dyn Progress) {
        for table in self.counts.iter().filter(|table| table.dangling > 0) {
            let references = number(table.dangling, "reference", "references");
            progress.event(Event::Warning(&format!(
                "related table `{}`: {references} to no record; dangling.csv lists them",
                table.name
            )));
        }
    }
}

/// What people wrote into `related.csv`.
pub fn answers(
    dir: &Path,
    data: &Dataset,
    related: &Related,
    sheets: &Sheets,
) -> Result<Answers, ReviewError> {
    let sheet = &sheets.proposals;
    let ids = sheet.position("proposal_id").map(|column| {
        let rows = 0..sheet.rows();
        rows.map(|row| sheet.cell(row, column).to_string()).collect::<HashSet<String>>()
    });
    related::answers(dir, data, related, &ids.unwrap_or_default())
}

/// Lines on what an apply does to the related tables and to links between contacts.
pub fn told(applied: &Applied<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if !applied.links.is_empty() {
        let links = number(applied.links.len() as u64, "link", "links");
        lines.push(format!("{links} to a merged company moved to the one that is kept"));
    }
    let todo = applied.follow_up().len() as u64;
    if todo > 0 {
        lines.push(format!("{} to follow up: follow_up.csv", number(todo, "thing", "things")));
    }
    if let Some((_, repointed)) = &applied.related {
        lines.push(
            "Related tables: rows + lines added = written + removed + quarantined (checked)".to_string(),
        );
        lines.extend(repointed.sums.iter().map(table));
    }
    lines
}

fn table(sums: &TableSums) -> String {
    let mut text = format!(
        "  {}  {} + {} = {} + {} + {}; {} moved",
        sums.table,
        grouped(sums.rows),
        grouped(sums.headings),
        grouped(sums.written),
        grouped(sums.removed),
        grouped(sums.quarantined),
        number(sums.repointed, "reference", "references"),
    );
    for (count, what) in [
        (sums.renamed, "renamed"),
        (sums.renumbered, "renumbered"),
        (sums.kept, "kept as they are, for their key is taken"),
        (sums.dangling, "dangling"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {} {what}", grouped(count)));
        }
    }
    text
}

/// Lines on what the proposals of a run would do to the related tables.
pub fn found(tables: &[TableCounts]) -> Vec<String> {
    let of = |table: &TableCounts| {
        let mut text = format!(
            "Related `{}`: {}; {} would move, {} of keys",
            table.name,
            number(table.references, "reference to contacts", "references to contacts"),
            grouped(table.moves),
            number(table.conflicts, "conflict", "conflicts"),
        );
        if table.dangling > 0 {
            text.push_str(&format!(", {} dangling", grouped(table.dangling)));
        }
        text
    };
    tables.iter().map(of).collect()
}
