//! The fields of a system that one source has columns for, and what a merge changes in them.

use super::follow_up::FollowUp;
use super::local::Local;
use super::rule::Rule;
use super::table;
use crate::apply::Applied;
use crate::map::FieldId;
use std::collections::HashSet;

/// One field of a system.
#[derive(Debug)]
pub(super) struct Target<'a> {
    /// Its name in the interface; empty when it has none there.
    pub to: &'static str,
    /// What the system calls it.
    pub label: &'static str,
    /// The heading of the source's own column.
    pub heading: &'a str,
    /// Most UTF-16 units.
    pub longest: usize,
    /// What its values must be.
    pub rule: Rule,
    /// The position of its field.
    pub position: usize,
    /// The values that the source has, where only those are written.
    known: HashSet<String>,
}

/// A field that the system has, and of which the source has no column.
#[derive(Debug)]
struct Absent {
    label: &'static str,
    position: usize,
}

/// The fields of a system, as one source has them.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    /// Fields that can be written, in the order of the data file.
    pub targets: Vec<Target<'a>>,
    absent: Vec<Absent>,
}

/// What a merge changes in the record that stays.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Field, by its place in [`Layout::targets`], and its new value; empty to empty the field.
    pub values: Vec<(usize, String)>,
    /// What is left to a person.
    pub follow_up: Vec<FollowUp>,
}

impl<'a> Layout<'a> {
    /// The layout of an object of a system, from the text of its data file.
    pub fn of(text: &'static str, object: &str, applied: &Applied<'a>, source: usize) -> Self {
        let data = applied.data;
        let mut layout = Self { targets: Vec::new(), absent: Vec::new() };
        for [of, field, to, longest, rule, label] in table::rows(text, ',') {
            if of != object {
                continue;
            }
            // The data files are part of the program and tested.
            let (Ok(field), Some(rule)) = (field.parse::<FieldId>(), Rule::of_name(rule)) else { continue };
            let Some(position) = data.position(&field) else { continue };
            let Some(column) = data.columns[source][position] else {
                // The codes and links of another system mean nothing here.
                if rule != Rule::Hand && !rule.is_known_only() {
                    layout.absent.push(Absent { label, position });
                }
                continue;
            };
            if layout.targets.iter().any(|target| target.label == label) {
                continue;
            }
            let column = &data.tables[source].columns[column];
            let longest = longest.parse().unwrap_or(0);
            let known = match rule.is_known_only() {
                true => {
                    column.cells.values().iter().filter_map(|value| rule.fit(value, longest).ok()).collect()
                }
                false => HashSet::new(),
            };
            layout.targets.push(Target { to, label, heading: &column.name, longest, rule, position, known });
        }
        // What another column writes is not absent.
        let Self { targets, absent } = &mut layout;
        absent.retain(|absent| targets.iter().all(|target| target.label != absent.label));
        layout
    }

    /// The place of a field by its neutral name.
    pub fn place(&self, applied: &Applied<'_>, field: &str) -> Option<usize> {
        let is = |target: &Target<'_>| applied.data.fields[target.position].to_string() == field;
        self.targets.iter().position(is)
    }

    /// What a merge changes in the record of this source that stays.
    pub fn changes(&self, applied: &Applied<'_>, local: &Local) -> Changes {
        let (data, merge) = (applied.data, &applied.merges[local.merge]);
        let mut changes = Changes::default();
        let follow = |field: &str, value: &str, current: &str, reason: &'static str| FollowUp {
            merge: merge.id.to_string(),
            record_id: data.record_id(local.survivor).to_string(),
            field: field.to_string(),
            value: value.to_string(),
            current: current.to_string(),
            reason,
        };
        for (at, target) in self.targets.iter().enumerate() {
            let (value, current) =
                (merge.value(data, target.position), data.raw(local.survivor, target.position));
            if value.trim() == current.trim() {
                continue;
            }
            match target.rule.fit(value, target.longest) {
                Err(reason) => changes.follow_up.push(follow(target.label, value, current, reason)),
                // Written otherwise, and the same to the system.
                Ok(fitted) if target.rule.fit(current, usize::MAX).as_deref() == Ok(&fitted) => {}
                Ok(_) if value.is_empty() && target.rule == Rule::Hand => {
                    changes.follow_up.push(follow(target.label, value, current, "by_hand"));
                }
                Ok(fitted)
                    if !fitted.is_empty()
                        && target.rule.is_known_only()
                        && !target.known.contains(&fitted) =>
                {
                    changes.follow_up.push(follow(target.label, value, current, "unknown_code"));
                }
                Ok(fitted) => changes.values.push((at, fitted)),
            }
        }
        for absent in &self.absent {
            let value = merge.value(data, absent.position);
            if !value.is_empty() {
                changes.follow_up.push(follow(absent.label, value, "", "no_column"));
            }
        }
        changes
    }
}
