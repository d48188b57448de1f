//! Rows of `plan`: are they what the run wrote, and may what a person prefers be used?

use super::member::same;
use super::rows::{Columns, Rows};
use super::{Answer, LaneName, Problem, Sheets};
use crate::map::{Dataset, Kind};
use crate::propose::Id;
use crate::survive::{Reason, rule_of_text};
use std::collections::HashMap;

/// What is known of a proposal from its members.
pub(super) struct Known<'a> {
    pub group: &'a Rows,
    pub lane: LaneName,
    pub fingerprint: Option<Id>,
    pub answer: &'a Answer,
    /// Whether the members' cells are as the run wrote them.
    pub cells_hold: bool,
}

/// Tells mistakes in the rows of one proposal.
pub(super) fn check(
    sheets: &Sheets,
    columns: &Columns,
    data: &Dataset,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) {
    let Known { group, lane, fingerprint, answer, cells_hold } = *known;
    let (plan, own) = (&sheets.plan, &columns.plan);
    let mut seen: HashMap<&str, u32> = HashMap::new();
    for &row in &group.plan {
        let cell = |column: usize| plan.cell(row, column);
        let mut tell = |column: &str, what: String, way_out: &str| {
            problems.push(Problem::at(plan, row, column, what, way_out));
        };
        if cell(own.lane) != lane.name() {
            let what = format!("`{}` was `{}` when the run wrote it", cell(own.lane), lane.name());
            tell("lane", what, "the lane is not to be edited; decide in `decision` of the proposals");
        }
        if fingerprint.is_some_and(|print| Id::parse(cell(own.fingerprint)) != Some(print)) {
            let what = format!("`{}` is not the fingerprint of `{}`", cell(own.fingerprint), group.id);
            tell("fingerprint", what, "fingerprints are not to be edited; put back what the run wrote");
        }
        let name = cell(own.field);
        let position = columns.positions.get(name).copied();
        let column = position.map_or_else(|| sheets.proposals.position(name), |at| columns.fields[at]);
        if let Some(first) = seen.insert(name, row) {
            let what =
                format!("field `{name}` of `{}` stands in line {} already", group.id, plan.line(first));
            tell("field", what, "remove the row that was added");
        } else if column.is_none() && position.is_none() {
            let what = format!("`{name}` is no field of these records");
            tell("field", what, "fields are not to be edited; put back what the run wrote");
            continue;
        }
        if rule_of_text(cell(own.rule)).is_none() {
            let what = format!("`{}` is no rule", cell(own.rule));
            tell("rule", what, "rules are not to be edited; write the value you want into `override`");
        } else if cells_hold && !stands(sheets, columns, group, row, column) {
            let what = format!("`{}` does not stand in the record it is said to come from", cell(own.value));
            tell(
                "value",
                what,
                "values and where they come from are not to be edited; write the value you want into `override`",
            );
        }
        if cell(own.other).is_empty() {
            continue;
        }
        if crate::mask::is_masked(cell(own.other)) {
            let what = format!("`{}` comes from a masked pack, and is no value", cell(own.other));
            tell(
                "override",
                what,
                "write the value in full, or import the masked pack with `alike review --import`",
            );
        }
        let way_out = "remove it, or change the decision in the proposals";
        match answer {
            Answer::Apart => {
                tell(
                    "override",
                    format!("the records of `{}` are kept apart, so nothing can be overridden", group.id),
                    way_out,
                );
            }
            Answer::Merge { groups, .. } if groups.len() > 1 => {
                let what = format!(
                    "`{}` is split into several groups, and a value cannot be meant for all of them",
                    group.id
                );
                tell("override", what, way_out);
            }
            _ => {}
        }
        if position.is_some_and(|at| data.fields[at].kind() == Kind::RecordId) {
            let what = "an id is that of the survivor".to_string();
            tell(
                "override",
                what,
                "remove it; to keep another id make its record the `survivor` in the proposals",
            );
        }
    }
    // A field that a member fills and that has no row would be lost.
    for (at, column) in columns.fields.iter().enumerate() {
        let Some(column) = *column else { continue };
        let name = &columns.names[at];
        let filled = |row: &u32| {
            let cell = sheets.proposals.cell(*row, column);
            !cell.trim().is_empty() && !columns.nulls[at].contains(cell)
        };
        if seen.contains_key(name.as_str()) || !cells_hold || !group.members.iter().any(filled) {
            continue;
        }
        let file = &plan.file;
        let way_out = format!(
            "put it back from a fresh copy of {file}; to leave a field empty write `{}` into `override`",
            super::CLEARED
        );
        let what = format!("`{}` has no row for field `{name}` in {file}", group.id);
        problems.push(match group.plan.first() {
            Some(&row) => Problem::at(plan, row, "field", what, way_out),
            None => Problem::at(&sheets.proposals, group.members[0], "proposal_id", what, way_out),
        });
    }
}

/// Whether the value of a row stands where the row says, by the cells that were reviewed.
fn stands(sheets: &Sheets, columns: &Columns, group: &Rows, row: u32, column: Option<usize>) -> bool {
    let (proposals, plan, own) = (&sheets.proposals, &sheets.plan, &columns.plan);
    let value = plan.cell(row, own.value);
    let key = (plan.cell(row, own.from_source), plan.cell(row, own.from_record_id));
    if value.is_empty() && key == ("", "") {
        return true;
    }
    let is_from = |member: &&u32| {
        key == (
            proposals.cell(**member, columns.proposals.source),
            proposals.cell(**member, columns.proposals.record_id),
        )
    };
    let Some(&from) = group.members.iter().find(is_from) else { return false };
    let reason = rule_of_text(plan.cell(row, own.rule)).map(|(reason, _)| reason);
    if reason == Some(Reason::CollectAll) {
        let cells = column
            .into_iter()
            .flat_map(|column| group.members.iter().map(move |&member| proposals.cell(member, column)));
        return is_joined(value, &cells.collect::<Vec<_>>());
    }
    if reason == Some(Reason::Rebuilt) {
        let cells = columns.fields.iter().flatten();
        let cells =
            cells.flat_map(|&other| group.members.iter().map(move |&member| proposals.cell(member, other)));
        return is_rebuilt(value, &cells.collect::<Vec<_>>());
    }
    column.is_some_and(|column| same(proposals.cell(from, column), value))
        || columns.fields.iter().flatten().any(|&other| same(proposals.cell(from, other), value))
}

/// Whether a value is made of some of these cells, joined as the rule `collect_all` joins them.
pub fn is_joined(value: &str, cells: &[&str]) -> bool {
    is_made_of(value, cells, ';')
}

/// Whether a whole name is made of some of these cells, as the rule `rebuilt` makes it.
///
/// `Berg, van den` may stand in it turned round, and a cell without its first word, which the one before it ends in.
pub fn is_rebuilt(value: &str, cells: &[&str]) -> bool {
    let turned = cells.iter().filter_map(|cell| cell.split_once(','));
    let turned: Vec<String> =
        turned.map(|(core, particles)| format!("{} {}", particles.trim(), core.trim())).collect();
    let rest = cells.iter().filter_map(|cell| cell.trim().split_once(' ')).map(|(_, rest)| rest);
    let all: Vec<&str> = cells.iter().copied().chain(turned.iter().map(String::as_str)).chain(rest).collect();
    is_made_of(value, &all, ' ')
}

fn is_made_of(value: &str, cells: &[&str], by: char) -> bool {
    cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).any(|cell| {
        value.strip_prefix(cell).is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix(by).is_some_and(|rest| is_made_of(rest, cells, by))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_values_are_taken_apart_again() {
        let cells = ["a", " b;c ", ""];
        assert!(is_joined("a;b;c", &cells) && is_joined("b;c", &cells) && is_joined("b;c;a", &cells));
        assert!(
            is_rebuilt("Jan van Dam", &["Jan", "van", "", "Dam"])
                && !is_rebuilt("Jan Dam", &["Jan", "Damme"])
        );
        assert!(is_rebuilt("Hendrik van der Linden", &["Hendrik", "Linden, van der"]));
        assert!(is_rebuilt("Yasmina El Idrissi", &["Yasmina El", "El Idrissi"]));
        assert!(!is_rebuilt("Hendrik der Linden", &["Hendrik", "Linden, van der"]));
        assert!(!is_joined("a;b", &cells) && !is_joined("", &cells) && !is_joined("a;", &cells));
    }
}
