//! What a run tells people: the plan before the long work, the counts after it.

use crate::block::Plan;
use crate::budget;
use crate::cluster::{Clusters, Lane};
use crate::config::{self, BlockSettings, SettingsFile, Severity, nearest};
use crate::error::Error;
use crate::ingest::{FileFacts, Finding, Quarantined};
use crate::map::{Dataset, Field, FieldId, RecordKey};
use crate::normalize::Contacts;
use crate::profile::Quality;
use crate::progress::{Event, Progress};
use crate::report;
use crate::score::Links;
use crate::survive::Golden;
use crate::table::Room;
use crate::write::Written;
use serde::Serialize;

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
    /// Proposals to review that add records to a sure one.
    pub extending_proposals: u64,
    /// Records that the auto lane merges into others.
    pub merged_records: u64,
    /// Records after the auto lane: records − merged.
    pub golden_records: u64,
    /// Entities that alike believes in (auto and review lanes merged).
    pub entities: u64,
}

/// What became of the rows of one source: rows = kept + merged + quarantined.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceCounts {
    /// The source.
    pub source: String,
    /// Rows found in its file.
    pub rows: u64,
    /// Records that stay, alone or as the survivor of an `auto` merge.
    pub kept: u64,
    /// Records that an `auto` merge merges into another.
    pub merged: u64,
    /// Rows that could not be read.
    pub quarantined: u64,
}

/// Says what is about to be done: records, pairs, memory; and which rule names in the settings mean nothing.
pub fn announce(
    contacts: &Contacts,
    plans: &[&Plan],
    settings: &BlockSettings,
    room: &Room,
    progress: &dyn Progress,
) {
    let pairs: u64 = plans.iter().map(|plan| plan.planned_pairs()).sum();
    let bytes = contacts.heap_bytes() + plans.iter().map(|plan| plan.heap_bytes()).sum::<usize>();
    let rules: usize = plans.iter().flat_map(|plan| &plan.costs).filter(|cost| cost.pairs > 0).count();
    let on_disk = match room.spilled_bytes() {
        0 => String::new(),
        bytes => format!(" in memory, {} written to disk", budget::size(bytes)),
    };
    progress.event(Event::Note(&format!(
        "{}; at most {} to compare by {}; about {} for columns and keys{on_disk}",
        many(u64::from(contacts.records), "record"),
        many(pairs, "pair"),
        many(rules as u64, "blocking rule"),
        mebibytes(bytes)
    )));
    let left_out: usize = plans.iter().map(|plan| plan.left_out.len()).sum();
    if left_out > 0 {
        let rules = if left_out == 1 { "rule is" } else { "rules are" };
        progress.event(Event::Note(&format!(
            "{left_out} blocking {rules} left out; the report says which, and why"
        )));
    }
    for plan in plans {
        let dropped: u64 = plan.costs.iter().map(|cost| cost.dropped_records).sum();
        if dropped > 0 {
            progress.event(Event::Note(&format!(
                "blocks too large even when divided were given up ({dropped} keys); see the rules in the report"
            )));
        }
    }
    let sets: u64 = plans.iter().map(|plan| plan.repeats.len() as u64).sum();
    if sets > 0 {
        let copies = plans.iter().flat_map(|plan| &plan.repeats).map(|set| set.copies.len() as u64 + 2).sum();
        progress.event(Event::Warning(&format!(
            "{} records are rows that repeat themselves many times ({} different ones): two of each are compared, \
             the others follow them",
            grouped(copies),
            grouped(sets)
        )));
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

/// A count in groups of three digits with its word.
fn many(count: u64, word: &str) -> String {
    format!("{} {word}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// Warns of what the columns of whole tables show.
pub fn tell_findings(data: &Dataset, progress: &dyn Progress) {
    for Finding { file, message, examples, .. } in &data.findings {
        let examples =
            if examples.is_empty() { String::new() } else { format!(" ({})", examples.join("; ")) };
        progress.event(Event::Warning(&format!("{file}: {message}{examples}")));
    }
}

/// Says which profile each source was read by, and how its rows are identified where no column does it; that an id
/// column will not do is a warning.
pub fn tell_keys(data: &Dataset, progress: &dyn Progress) {
    tell_findings(data, progress);
    for (table, profile) in data.tables.iter().zip(&data.profiles) {
        if let Some(profile) = profile {
            progress.event(Event::Note(&format!("`{}`: its headings are those of {profile}", table.source)));
        }
    }
    for ((table, key), mapping) in data.tables.iter().zip(&data.keys).zip(&data.mapping) {
        let RecordKey::Content(why) = key else { continue };
        let source = &table.source;
        let is_id = |id: &FieldId| matches!(id, FieldId { field: Field::Id, nth: 1 });
        let has_id = mapping.iter().any(|column| column.field.as_ref().is_some_and(is_id));
        let made = "record ids are made from the rows' content";
        if has_id {
            progress.event(Event::Warning(&format!(
                "`{source}`: {why}, so it cannot name the rows and {made} instead: a row that is changed later \
                 will be another record to later runs. Mend the column in the export, or name another with `id` \
                 in the settings"
            )));
        } else {
            progress.event(Event::Note(&format!("`{source}`: {made}; {why}")));
        }
    }
}

/// Says which survivorship rules are about fields or sources that are not there.
pub fn tell_idle_rules(file: Option<&SettingsFile>, data: &Dataset, progress: &dyn Progress) {
    // A rule for `phone` is the rule of `phone_2`, too.
    let names = |id: &FieldId| [id.field.name().to_string(), id.to_string()];
    let mut held: Vec<String> = data.fields.iter().flat_map(names).collect();
    held.dedup();
    let sources: Vec<String> = data.tables.iter().map(|table| table.source.clone()).collect();
    for problem in file.into_iter().flat_map(|file| config::idle_rules(file, &held, &sources)) {
        progress.event(Event::Warning(&problem.in_short()));
    }
}

/// Says which rules on the quality of the data are broken or could not be measured; those that stop the command are
/// told by the error that ends it.
pub fn tell_rules(quality: &Quality, progress: &dyn Progress) {
    for (severity, text) in quality.told_rules() {
        progress.event(match severity {
            Severity::Info => Event::Note(&text),
            Severity::Warning | Severity::Error => Event::Warning(&text),
        });
    }
}

/// Says what changed since the run that this one is held against.
pub fn tell_drift(quality: &Quality, progress: &dyn Progress) {
    /// Changes told one by one; all of them are in the report and in `quality.json`.
    const TOLD: usize = 12;
    let Some(drift) = &quality.drift else { return };
    let changes = report::changes(drift);
    if changes.is_empty() {
        progress.event(Event::Note("nothing changed in the data since the earlier run"));
    }
    for change in changes.iter().take(TOLD) {
        progress.event(Event::Note(&format!("changed since the earlier run: {change}")));
    }
    if changes.len() > TOLD {
        let more = format!("{} further changes are in the report", changes.len() - TOLD);
        progress.event(Event::Note(&more));
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
        counts.extending_proposals += u64::from(cluster.extends.is_some());
        let fewer = clusters.merged_away(cluster);
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

/// What became of the rows of each source.
pub fn count_sources(
    data: &Dataset,
    files: &[FileFacts],
    clusters: &Clusters,
    golden: &Golden,
) -> Vec<SourceCounts> {
    let mut sources: Vec<SourceCounts> = files
        .iter()
        .map(|file| SourceCounts {
            source: file.source.clone(),
            rows: file.rows_in,
            kept: file.rows_in - file.quarantined,
            merged: 0,
            quarantined: file.quarantined,
        })
        .collect();
    let merges = clusters.groups.iter().zip(&golden.records).filter(|(group, _)| group.lane == Lane::Auto);
    for (group, record) in merges {
        for &member in group.members.iter().filter(|&&member| member != record.survivor) {
            let source = &mut sources[data.locate(member).0];
            source.merged += 1;
            source.kept -= 1;
        }
    }
    sources
}

/// Checks that every row of every source was written to the crosswalk or to quarantine, and that the golden records
/// written are the records that stay.
pub fn reconcile(sources: &[SourceCounts], written: &Written) -> Result<(), Error> {
    for source in sources {
        let of = |counts: &std::collections::BTreeMap<String, u64>| {
            counts.get(&source.source).copied().unwrap_or(0)
        };
        let (kept, quarantined) = (of(&written.crosswalk), of(&written.quarantined));
        if kept != source.kept + source.merged || quarantined != source.quarantined {
            let source_name = source.source.clone();
            return Err(Error::Reconcile { source_name, read: source.rows, kept, quarantined });
        }
    }
    let stay: u64 = sources.iter().map(|source| source.kept).sum();
    let golden = written.files.iter().find(|(name, _)| name.starts_with("golden."));
    match golden.and_then(|(_, rows)| *rows) {
        Some(golden) if golden != stay => Err(Error::ReconcileGolden { stay, golden }),
        _ => Ok(()),
    }
}

/// A number with thin groups of three: `1 234 567`.
pub(super) fn grouped(number: u64) -> String {
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
