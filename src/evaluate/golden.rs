//! How many golden values are right, beside what simple rules would have chosen.
//!
//! Judged are the proposals of the lanes `auto` and `review` whose records are truly one entity, field by field against
//! a list of what is true of each entity. Nothing here knows how values are chosen: all are read from the run folder.

mod form;

use super::{ALONE, EvaluateError, Labels};
use crate::map::{Dataset, Field, FieldId};
use crate::review::{is_joined, is_rebuilt};
use crate::table::Table;
use crate::write::restore;
use foldhash::fast::FixedState;
use form::form;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

type Map<K, V> = HashMap<K, V, FixedState>;

/// What stands between values of the truth that are equally right.
const BETWEEN: char = '|';

/// Cells by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdicts {
    /// The value is one of those that are true; blank where the truth is blank.
    pub right: u64,
    /// The value is another.
    pub wrong: u64,
    /// There is no value, and the truth has one.
    pub blank: u64,
}

impl Verdicts {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.blank += other.blank;
    }

    /// All cells.
    pub fn cells(&self) -> u64 {
        self.right + self.wrong + self.blank
    }
}

/// Ways of choosing a value, side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ways {
    /// The run's golden values.
    pub golden: Verdicts,
    /// The most frequent filled cell, the earlier one when equal.
    pub majority_vote: Verdicts,
    /// The cell of the record that was read first.
    pub first_row: Verdicts,
    /// The cell of the record with the most filled fields, the earlier one when equal.
    pub most_complete: Verdicts,
    /// Cells that choosing well could make right: a true value stands in a record, or the truth is blank.
    pub attainable: u64,
}

impl Ways {
    fn add(&mut self, other: &Self) {
        self.golden.add(other.golden);
        self.majority_vote.add(other.majority_vote);
        self.first_row.add(other.first_row);
        self.most_complete.add(other.most_complete);
        self.attainable += other.attainable;
    }
}

/// One column of the true values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoldenField {
    /// Its heading.
    pub column: String,
    /// The run's field that it is held against; none when the run has no such field: then every value counts as blank.
    pub field: Option<String>,
    /// What was chosen.
    #[serde(flatten)]
    pub ways: Ways,
}

/// Golden values held against the true ones.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Golden {
    /// Proposals judged.
    pub proposals: u64,
    /// Proposals left out, since their records are of several entities or the truth does not know one of them.
    pub impure: u64,
    /// Golden values of all proposals, judged or not, that stand in no merged record and are joined from none.
    pub untraceable: u64,
    /// All columns together.
    pub total: Ways,
    /// Column by column.
    pub fields: Vec<GoldenField>,
}

/// What golden values are judged by.
pub struct GoldenInput<'a> {
    /// The records.
    pub data: &'a Dataset,
    /// The run beside the truth; its crosswalk lists the records of `data` in order.
    pub labels: &'a Labels,
    /// The run's proposals; none when it has none.
    pub proposals: Option<&'a Table>,
    /// Its plan; none when it has no proposals.
    pub plan: Option<&'a Table>,
    /// A row per entity with its true values.
    pub clean: &'a Table,
    /// The column of entities in `clean`.
    pub entity_column: &'a str,
    /// A column of `clean` that is no value: record ids, where it has a row per record.
    pub id_column: &'a str,
}

/// A column of the true values, and where the records hold it.
struct Column {
    at: usize,
    field: Option<usize>,
    is_country: bool,
}

/// A proposal that is to be judged.
struct Proposal {
    members: Vec<u32>,
    /// Per column of the clean list: the golden value.
    chosen: Vec<String>,
}

/// Judges the golden values of a run.
pub fn golden(input: &GoldenInput<'_>) -> Result<Golden, EvaluateError> {
    let GoldenInput { data, clean, .. } = input;
    let way_out = "Name the column of true entities with --truth-entity.";
    let entity_at = super::crosswalk::column(clean, input.entity_column, way_out)?;
    let columns = columns(input, entity_at);
    if columns.iter().all(|column| column.field.is_none()) {
        let quoted = |names: Vec<String>| format!("`{}`", names.join("`, `"));
        return Err(EvaluateError::NoValues {
            path: clean.path.clone(),
            available: quoted(clean.columns.iter().map(|column| column.name.clone()).collect()),
            fields: quoted(data.fields.iter().map(ToString::to_string).collect()),
        });
    }
    let mut facts: Map<&str, u32> = Map::default();
    for row in 0..clean.rows {
        facts.entry(clean.cell(entity_at, row)).or_insert(row);
    }
    let mut fields: Vec<GoldenField> = columns
        .iter()
        .map(|column| GoldenField {
            column: clean.columns[column.at].name.clone(),
            field: column.field.map(|at| data.fields[at].to_string()),
            ways: Ways::default(),
        })
        .collect();
    let (proposals, untraceable) = read(input, &columns)?;
    let (mut judged, mut impure) = (0, 0);
    for proposal in &proposals {
        let Some(&row) = entity_of(input.labels, &proposal.members).and_then(|name| facts.get(name)) else {
            impure += 1;
            continue;
        };
        judged += 1;
        let country = columns.iter().find(|column| column.is_country);
        let country = country.map_or("", |column| clean.cell(column.at, row));
        let country = country.split(BETWEEN).next().unwrap_or_default();
        let filled = |&member: &u32| {
            (0..data.fields.len()).filter(|&at| !data.raw(member, at).trim().is_empty()).count()
        };
        let mut members = proposal.members.clone();
        members.sort_unstable();
        let fullest =
            members.iter().copied().max_by_key(|member| (filled(member), std::cmp::Reverse(*member)));
        for ((column, chosen), field) in columns.iter().zip(&proposal.chosen).zip(&mut fields) {
            let kind = column.field.map(|at| &data.fields[at]);
            let truth = clean.cell(column.at, row);
            let right: BTreeSet<String> = truth.split(BETWEEN).map(|one| form(kind, one, country)).collect();
            let cell = |member: u32| column.field.map_or("", |at| data.raw(member, at));
            let judge = |value: &str| {
                let value = form(kind, value, country);
                let verdict = |is: bool| u64::from(is);
                let is_right = right.contains(&value);
                Verdicts {
                    right: verdict(is_right),
                    blank: verdict(!is_right && value.is_empty()),
                    wrong: verdict(!is_right && !value.is_empty()),
                }
            };
            let held = members.iter().any(|&member| right.contains(&form(kind, cell(member), country)));
            field.ways.add(&Ways {
                golden: judge(chosen),
                majority_vote: judge(majority(members.iter().map(|&member| cell(member)))),
                first_row: judge(members.first().map_or("", |&member| cell(member))),
                most_complete: judge(fullest.map_or("", cell)),
                attainable: u64::from(held || right.contains("")),
            });
        }
    }
    let mut total = Ways::default();
    fields.iter().for_each(|field| total.add(&field.ways));
    Ok(Golden { proposals: judged, impure, untraceable, total, fields })
}

/// The columns of the clean list that are values: all but those of ids, and of the type, which is no value to choose.
fn columns(input: &GoldenInput<'_>, entity_at: usize) -> Vec<Column> {
    let data = input.data;
    let held_in = |name: &str| {
        let named = data.tables.iter().zip(&data.mapping).flat_map(|(table, mapping)| {
            mapping.iter().filter(|mapped| table.columns[mapped.column].name == name)
        });
        let of_column = named.filter_map(|mapped| data.position(mapped.field.as_ref()?)).next();
        of_column.or_else(|| data.fields.iter().position(|field| field.to_string() == name))
    };
    let columns = input.clean.columns.iter().enumerate().map(|(at, column)| (at, column.name.as_str()));
    columns
        .filter(|&(at, name)| at != entity_at && name != input.id_column)
        .map(|(at, name)| {
            let field = held_in(name);
            let is = |wanted: Field| {
                let of_field = field.is_some_and(|at| data.fields[at].field == wanted);
                of_field || name == FieldId::first(wanted).to_string()
            };
            (
                Column { at, field, is_country: is(Field::Country) || is(Field::CountryCode) },
                is(Field::Type) || is(Field::Id),
            )
        })
        .filter(|(_, is_no_value)| !is_no_value)
        .map(|(column, _)| column)
        .collect()
}

/// The name of the entity that all these records of the run are; none when they are several, or are not in the truth.
fn entity_of<'a>(labels: &'a Labels, members: &[u32]) -> Option<&'a str> {
    let entity = |&member: &u32| labels.place(member).map_or(ALONE, |place| labels.entity(place));
    let first = members.first().map(entity).filter(|&entity| entity != ALONE)?;
    members.iter().all(|member| entity(member) == first).then(|| labels.entity_name(first))
}

/// The proposals that are believed, with their golden values; and how many values of all proposals come from nowhere.
fn read(input: &GoldenInput<'_>, columns: &[Column]) -> Result<(Vec<Proposal>, u64), EvaluateError> {
    let (Some(table), Some(plan)) = (input.proposals, input.plan) else { return Ok((Vec::new(), 0)) };
    let no_run = "Is this the proposals or plan file of a run folder?";
    let at = |table: &Table, name: &str| super::crosswalk::column(table, name, no_run);
    let (id_at, lane_at) = (at(table, "proposal_id")?, at(table, "lane")?);
    let (source_at, record_at) = (at(table, "source")?, at(table, "record_id")?);
    let rows = input.labels.rows_by_key();
    let mut place: Map<&str, usize> = Map::default();
    let mut all: Vec<(Proposal, bool)> = Vec::new();
    for row in 0..table.rows {
        let at = *place.entry(table.cell(id_at, row)).or_insert_with(|| {
            let chosen = vec![String::new(); columns.len()];
            all.push((Proposal { members: Vec::new(), chosen }, table.cell(lane_at, row) != "hold"));
            all.len() - 1
        });
        let key = (restore(table.cell(source_at, row)), restore(table.cell(record_at, row)));
        all[at].0.members.extend(rows.get(&key));
    }
    let (id_at, field_at) = (at(plan, "proposal_id")?, at(plan, "field")?);
    let (value_at, rule_at) = (at(plan, "value")?, at(plan, "rule")?);
    let fields: Map<String, usize> =
        input.data.fields.iter().enumerate().map(|(at, field)| (field.to_string(), at)).collect();
    let mut untraceable = 0;
    for row in 0..plan.rows {
        let value = restore(plan.cell(value_at, row));
        let Some(&at) = place.get(plan.cell(id_at, row)) else { continue };
        let Some(&field) = fields.get(plan.cell(field_at, row)) else { continue };
        let proposal = &mut all[at].0;
        let rule = plan.cell(rule_at, row);
        untraceable += u64::from(!stands(input.data, &proposal.members, field, value, rule));
        for (column, chosen) in columns.iter().zip(&mut proposal.chosen) {
            if column.field == Some(field) {
                *chosen = value.to_string();
            }
        }
    }
    Ok((
        all.into_iter().filter(|(_, believed)| *believed).map(|(proposal, _)| proposal).collect(),
        untraceable,
    ))
}

/// Whether a golden value stands in a cell of its records, or is joined from such cells by a rule that does so.
fn stands(data: &Dataset, members: &[u32], field: usize, value: &str, rule: &str) -> bool {
    let own = || members.iter().map(|&member| data.raw(member, field));
    let any =
        || (0..data.fields.len()).flat_map(|at| members.iter().map(move |&member| data.raw(member, at)));
    value.is_empty()
        || own().any(|cell| cell == value)
        || any().any(|cell| cell == value)
        || rule == "collect_all" && is_joined(value, &own().collect::<Vec<_>>())
        || rule == "rebuilt" && is_rebuilt(value, &any().collect::<Vec<_>>())
}

/// The most frequent filled cell, the first of those that are equally frequent; empty when none is filled.
fn majority<'a>(cells: impl Iterator<Item = &'a str>) -> &'a str {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for cell in cells.filter(|cell| !cell.trim().is_empty()) {
        match counts.iter_mut().find(|(value, _)| *value == cell) {
            Some((_, count)) => *count += 1,
            None => counts.push((cell, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max();
    counts.iter().find(|(_, count)| Some(*count) == most).map_or("", |(value, _)| value)
}

impl fmt::Display for Golden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Golden values of {} proposals whose records are one entity ({} others left out); untraceable values: {}",
            self.proposals, self.impure, self.untraceable
        )?;
        let share = |part: u64, whole: u64| {
            format!("{:>8.4}", if whole == 0 { 0.0 } else { part as f64 / whole as f64 })
        };
        let width = self.fields.iter().map(|field| field.column.chars().count()).max().unwrap_or(0).max(9);
        writeln!(
            f,
            "  {:width$}     right     wrong     blank  attainable  majority vote  first row  most complete",
            ""
        )?;
        let all = GoldenField { column: "all cells".to_string(), field: None, ways: self.total };
        for GoldenField { column, ways, .. } in self.fields.iter().chain([&all]) {
            let cells = ways.golden.cells();
            writeln!(
                f,
                "  {column:width$}  {}  {}  {}    {}       {}   {}       {}",
                share(ways.golden.right, cells),
                share(ways.golden.wrong, cells),
                share(ways.golden.blank, cells),
                share(ways.attainable, cells),
                share(ways.majority_vote.right, cells),
                share(ways.first_row.right, cells),
                share(ways.most_complete.right, cells)
            )?;
        }
        let unknown: Vec<&str> = self
            .fields
            .iter()
            .filter(|field| field.field.is_none())
            .map(|field| field.column.as_str())
            .collect();
        if !unknown.is_empty() {
            writeln!(
                f,
                "  The run has no field for: {}; every value of it counts as blank",
                unknown.join(", ")
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_majority_is_the_first_of_the_most_frequent() {
        assert_eq!(majority(["", "b", "a", "a", "b", " "].into_iter()), "b");
        assert_eq!(majority(["a", "b", "b"].into_iter()), "b");
        assert_eq!(majority(["", " "].into_iter()), "");
    }

    #[test]
    fn every_cell_has_one_verdict() {
        let mut sum = Verdicts::default();
        sum.add(Verdicts { right: 1, ..Verdicts::default() });
        sum.add(Verdicts { blank: 1, wrong: 1, ..Verdicts::default() });
        assert_eq!(sum.cells(), 3);
    }
}
