//! The page and the terminal lines of the difference between two runs.

use super::{ReportError, page, words};
use crate::diff::{Diff, GroupChange, Listed};
use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

/// Groups of a kind, and changed values, that the page shows; `diff.json` has more.
const SHOWN: usize = 100;

/// Records of a group that the page names.
const NAMED: usize = 12;

/// Characters of a value.
const CHARS: usize = 100;

/// Groups of a kind that the terminal shows.
const ON_TERMINAL: usize = 5;

#[derive(Serialize)]
struct View<'a> {
    css: Value,
    version: &'a str,
    diff: &'a Diff,
    trend: Vec<Trend>,
    kinds: Vec<KindView>,
    changes: Vec<[String; 4]>,
    changes_left_out: usize,
    quality: Vec<String>,
    quality_left_out: usize,
}

#[derive(Serialize)]
struct Trend {
    name: String,
    before: Option<u64>,
    after: Option<u64>,
    change: String,
}

#[derive(Serialize)]
struct KindView {
    kind: &'static str,
    meaning: &'static str,
    count: u64,
    groups: Vec<GroupView>,
    left_out: u64,
}

#[derive(Serialize)]
struct GroupView {
    before: String,
    after: String,
    lane: String,
    size: u64,
    records: String,
    gained: String,
    lost: String,
}

/// Makes the page: one file that needs nothing but itself.
pub fn html(diff: &Diff, version: &str) -> Result<String, ReportError> {
    let environment = page::environment()?;
    let template = environment.get_template("diff.html")?;
    let quality = super::changes(&diff.quality);
    let view = View {
        css: page::css(),
        version,
        diff,
        trend: trend(diff),
        kinds: diff.groups.iter().map(kind).collect(),
        changes: diff
            .fields
            .changes
            .iter()
            .take(SHOWN)
            .map(|change| {
                [&change.golden_id, &change.field, &change.before, &change.after]
                    .map(|text| words::cut(text, CHARS))
            })
            .collect(),
        changes_left_out: diff.fields.changes.len().saturating_sub(SHOWN),
        quality: quality.iter().take(SHOWN).map(|text| words::cut(text, CHARS * 4)).collect(),
        quality_left_out: quality.len().saturating_sub(SHOWN),
    };
    Ok(template.render(Value::from(Serde(view)))?)
}

fn kind(listed: &Listed) -> KindView {
    KindView {
        kind: listed.kind.name(),
        meaning: listed.kind.meaning(),
        count: listed.count,
        groups: listed.groups.iter().take(SHOWN).map(group).collect(),
        left_out: listed.count.saturating_sub(SHOWN as u64),
    }
}

fn group(change: &GroupChange) -> GroupView {
    let of = |records: &[String], all: u64| named(records, all, NAMED);
    GroupView {
        before: named(&change.before, change.before.len() as u64, NAMED),
        after: named(&change.after, change.after.len() as u64, NAMED),
        lane: change.lane.clone(),
        size: change.size,
        records: of(&change.records, change.size),
        gained: of(&change.gained, change.gained.len() as u64),
        lost: of(&change.lost, change.lost.len() as u64),
    }
}

/// The first of some names, and how many more there are.
fn named(names: &[String], all: u64, shown: usize) -> String {
    let listed: Vec<String> = names.iter().take(shown).map(|name| words::cut(name, CHARS)).collect();
    match all.saturating_sub(listed.len() as u64) {
        0 => listed.join(", "),
        more => format!("{} and {more} more", listed.join(", ")),
    }
}

fn trend(diff: &Diff) -> Vec<Trend> {
    diff.counts
        .iter()
        .map(|count| {
            let change =
                count.before.zip(count.after).map_or(0, |(before, after)| after as i128 - before as i128);
            Trend {
                name: words::plain(&count.name),
                before: count.before,
                after: count.after,
                change: if change == 0 { String::new() } else { format!("{change:+}") },
            }
        })
        .collect()
}

/// The difference for a terminal, with a line end at its end.
pub fn text(diff: &Diff) -> String {
    let mut lines = vec![format!("{} → {}", diff.before, diff.after), String::new()];
    let trend: Vec<Trend> = trend(diff);
    let width = trend.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    for row in &trend {
        let number = |count: Option<u64>| count.map_or("-".to_string(), words::count);
        let (before, after) = (number(row.before), number(row.after));
        lines.push(
            format!("  {:<width$}  {before:>11}  {after:>11}  {}", row.name, row.change)
                .trim_end()
                .to_string(),
        );
    }
    lines.push(String::new());
    lines.push(format!(
        "records: {} new, {} gone; groups: {} as they were",
        words::count(diff.new_records),
        words::count(diff.gone_records),
        words::count(diff.unchanged_groups)
    ));
    for listed in diff.groups.iter().filter(|listed| listed.count > 0) {
        lines.push(format!(
            "  {:>6} {:<9} {}",
            words::count(listed.count),
            listed.kind.name(),
            listed.kind.meaning()
        ));
        for change in listed.groups.iter().take(ON_TERMINAL) {
            let id = change.after.first().or(change.before.first()).map_or("", String::as_str);
            lines.push(format!("           {id}  {}", named(&change.records, change.size, ON_TERMINAL)));
        }
    }
    for waiting in &diff.waiting {
        lines.push(format!(
            "waiting in {}: {} (before: {})",
            waiting.lane,
            words::count(waiting.after),
            words::count(waiting.before)
        ));
    }
    let fields = &diff.fields;
    lines.push(format!(
        "golden values: {} of {} records that both have changed",
        words::count(fields.records),
        words::count(fields.in_both)
    ));
    for field in &fields.fields {
        lines.push(format!(
            "  {}: {} changed, {} filled, {} emptied",
            field.field,
            words::count(field.changed),
            words::count(field.filled),
            words::count(field.emptied)
        ));
    }
    for (what, names) in [("new fields", &fields.new_fields), ("fields that are gone", &fields.gone_fields)] {
        if !names.is_empty() {
            lines.push(format!("  {what}: {}", names.join(", ")));
        }
    }
    let quality = super::changes(&diff.quality);
    if !quality.is_empty() {
        lines.push("quality:".to_string());
        lines.extend(quality.iter().take(SHOWN).map(|change| format!("  {change}")));
    }
    lines.join("\n") + "\n"
}
