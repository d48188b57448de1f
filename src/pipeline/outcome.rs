//! What a run tells people: the plan before the long work, the counts after it.

use crate::block::Plan;
use crate::cluster::{Clusters, Lane};
use crate::config::{BlockSettings, nearest};
use crate::error::Error;
use crate::ingest::{FileFacts, Quarantined};
use crate::map::{Dataset, RecordKey};
use crate::normalize::Contacts;
use crate::progress::{Event, Progress};
use crate::score::{Links, Model};
use crate::write::Written;
use serde::Serialize;

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Lines for people: what was read, found and written.
    pub summary: Vec<String>,
}

/// The counts of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Rows found in the files.
    pub rows: u64,
    /// Of these, read as records.
    pub records: u64,
    /// Of these, quarantined.
    pub quarantined: u64,
    /// Candidate pairs compared.
    pub pairs_compared: u64,
    /// Pairs above the floor.
    pub links: u64,
    /// Proposals by lane.
    pub auto_proposals: u64,
    pub review_proposals: u64,
    pub hold_proposals: u64,
    /// Records that the auto lane merges into others.
    pub merged_records: u64,
    /// Records after the auto lane: records − merged.
    pub golden_records: u64,
    /// Entities that alike believes in (auto and review lanes merged).
    pub entities: u64,
}

/// Says what is about to be done: records, pairs, memory; and which rule names in the settings mean nothing.
pub fn announce(contacts: &Contacts, plans: &[Plan], settings: &BlockSettings, progress: &dyn Progress) {
    let pairs: u64 = plans.iter().map(Plan::planned_pairs).sum();
    let bytes = contacts.heap_bytes() + plans.iter().map(Plan::heap_bytes).sum::<usize>();
    let rules: usize = plans.iter().map(|plan| plan.rules.len()).sum();
    progress.event(Event::Note(&format!(
        "{} records; at most {} pairs to compare by {rules} blocking rules; about {} for columns and keys",
        grouped(u64::from(contacts.records)),
        grouped(pairs),
        mebibytes(bytes)
    )));
    for plan in plans {
        for (name, why) in &plan.left_out {
            progress.event(Event::Note(&format!("blocking rule `{name}` is left out: {why}")));
        }
        let dropped: u64 = plan.costs.iter().map(|cost| cost.dropped_records).sum();
        if dropped > 0 {
            progress.event(Event::Note(&format!(
                "blocks too large even when divided were given up ({dropped} keys); see the rules in the report"
            )));
        }
    }
    let cut_off: u64 = plans.iter().map(|plan| plan.cut_off).sum();
    if cut_off > 0 {
        progress.event(Event::Warning(&format!(
            "{} records share every key with more records than blocking.max_block allows and are compared with none \
             (rows repeated many times?); raise it, or remove the repeats first",
            grouped(cut_off)
        )));
    }
    let known: Vec<&str> = plans
        .iter()
        .flat_map(|plan| {
            plan.rules
                .iter()
                .map(|rule| rule.name.as_str())
                .chain(plan.switched_off.iter().map(String::as_str))
        })
        .collect();
    for name in settings.without.iter().filter(|name| !known.contains(&name.as_str())) {
        let hint = nearest(name, known.iter().copied())
            .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        progress
            .event(Event::Warning(&format!("no blocking rule is called `{name}` (blocking.without){hint}")));
    }
}

/// Says which profile each source was read by, and how its rows are identified where no column does it.
pub fn tell_keys(data: &Dataset, progress: &dyn Progress) {
    for (table, profile) in data.tables.iter().zip(&data.profiles) {
        if let Some(profile) = profile {
            progress.event(Event::Note(&format!("`{}`: its headings are those of {profile}", table.source)));
        }
    }
    for (table, key) in data.tables.iter().zip(&data.keys) {
        if let RecordKey::Content(why) = key {
            let source = &table.source;
            progress.event(Event::Note(&format!(
                "`{source}`: record ids are made from the rows' content; {why}"
            )));
        }
    }
}

/// Counts what a run found.
pub fn count(
    data: &Dataset,
    files: &[FileFacts],
    quarantine: &[Quarantined],
    clusters: &Clusters,
    links: &Links,
) -> Counts {
    let records = u64::from(data.records());
    let mut counts = Counts {
        rows: files.iter().map(|file| file.rows_in).sum(),
        records,
        quarantined: quarantine.len() as u64,
        pairs_compared: links.compared,
        links: links.len() as u64,
        golden_records: records,
        entities: records,
        ..Counts::default()
    };
    for cluster in &clusters.groups {
        let fewer = cluster.members.len() as u64 - 1;
        match cluster.lane {
            Lane::Auto => {
                counts.auto_proposals += 1;
                counts.merged_records += fewer;
                counts.golden_records -= fewer;
                counts.entities -= fewer;
            }
            Lane::Review => {
                counts.review_proposals += 1;
                counts.entities -= fewer;
            }
            Lane::Hold(_) => counts.hold_proposals += 1,
        }
    }
    counts
}

/// Checks that every row of every source is in the crosswalk or in quarantine.
pub fn reconcile(files: &[FileFacts], written: &Written) -> Result<(), Error> {
    for file in files {
        let of =
            |counts: &std::collections::BTreeMap<String, u64>| counts.get(&file.source).copied().unwrap_or(0);
        let (kept, quarantined) = (of(&written.crosswalk), of(&written.quarantined));
        if kept + quarantined != file.rows_in {
            let source_name = file.source.clone();
            return Err(Error::Reconcile { source_name, read: file.rows_in, kept, quarantined });
        }
    }
    Ok(())
}

/// The lines a person sees at the end.
pub fn tell(counts: &Counts, model: &Model, written: &Written) -> Outcome {
    let mut summary = vec![
        format!(
            "{} rows in = {} records + {} quarantined",
            grouped(counts.rows),
            grouped(counts.records),
            grouped(counts.quarantined)
        ),
        format!(
            "{} proposals: {} merged by the auto lane, {} to review, {} on hold",
            grouped(counts.auto_proposals + counts.review_proposals + counts.hold_proposals),
            grouped(counts.auto_proposals),
            grouped(counts.review_proposals),
            grouped(counts.hold_proposals)
        ),
        format!(
            "{} golden records ({} records merged into others); {} entities if every proposal to review is approved",
            grouped(counts.golden_records),
            grouped(counts.merged_records),
            grouped(counts.entities)
        ),
    ];
    for model in model.populations.iter().filter(|model| !model.converged) {
        summary.push(format!(
            "note: the model of {:?} records had not settled after {} rounds; look at its health in the report",
            model.population, model.rounds
        ));
    }
    let dir = written.dir.display();
    summary.push(format!("written to {dir}; open {dir}/report.html"));
    Outcome { summary }
}

/// A number with thin groups of three: `1 234 567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

fn mebibytes(bytes: usize) -> String {
    format!("{} MiB", grouped((bytes as u64).div_ceil(1 << 20)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1 234 567");
    }
}
