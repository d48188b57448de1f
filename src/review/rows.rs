//! Rows of `proposals` → the members of each proposal, known to the run and to the records as they are now.

use super::{LaneName, Problem, Review, Sheet, Sheets, required};
use crate::map::Dataset;
use crate::propose::Id;
use crate::write::{PROPOSAL_COLUMNS, field_headings};
use foldhash::fast::FixedState;
use std::collections::{HashMap, HashSet};

type Map<K, V> = HashMap<K, V, FixedState>;

/// Where the columns of `proposals` stand.
pub(super) struct ProposalColumns {
    pub proposal_id: usize,
    pub lane: usize,
    pub extends: usize,
    pub role: usize,
    pub source: usize,
    pub record_id: usize,
    pub decision: usize,
    pub fingerprint: usize,
}

/// Where the columns of `plan` stand.
pub(super) struct PlanColumns {
    pub proposal_id: usize,
    pub lane: usize,
    pub field: usize,
    pub value: usize,
    pub rule: usize,
    pub from_source: usize,
    pub from_record_id: usize,
    pub other: usize,
    pub fingerprint: usize,
}

/// Where everything stands.
pub(super) struct Columns {
    pub proposals: ProposalColumns,
    pub plan: PlanColumns,
    /// Per field of the data as it is now: its column in `proposals`, when the run had it.
    pub fields: Vec<Option<usize>>,
    /// Names of the fields of the data as it is now.
    pub names: Vec<String>,
    /// Position of each of them.
    pub positions: Map<String, usize>,
    /// Per field: values that a system writes for none (`0/0/00`).
    pub nulls: Vec<HashSet<String>>,
    /// Whether the plan has fields that no input has any more.
    pub lost: bool,
    /// In the crosswalk: source, record id, lane, entity id.
    pub crosswalk: [usize; 4],
}

impl Columns {
    /// Finds the columns by their headings; tells those that are not there.
    pub fn of(sheets: &Sheets, data: &Dataset, problems: &mut Vec<Problem>) -> Option<Self> {
        let fields = field_headings(&PROPOSAL_COLUMNS, &data.fields);
        // A run without proposals may have tables without headings (Parquet).
        let bare = |sheet: &Sheet| sheet.rows() == 0 && sheet.table.columns.is_empty();
        let before = problems.len();
        for ((stem, names), sheet) in required().into_iter().zip([&sheets.proposals, &sheets.plan]) {
            for name in names.iter().filter(|name| !bare(sheet) && sheet.position(name).is_none()) {
                let is_unknown =
                    |name: &&str| !names.contains(name) && !fields.iter().any(|field| field == name);
                let headings = sheet.table.columns.iter().map(|column| column.name.as_str());
                let unknown: Vec<String> =
                    headings.filter(is_unknown).map(|name| format!("`{name}`")).collect();
                let instead = match unknown.as_slice() {
                    [] => String::new(),
                    names => format!("; not known are {}", names.join(", ")),
                };
                problems.push(Problem::of_headings(
                    &sheet.file,
                    name,
                    format!("there is no such heading{instead}"),
                    format!("headings of {stem} are not to be changed; put it back (columns may be moved or added)"),
                ));
            }
        }
        if problems.len() > before {
            return None;
        }
        let proposals = |name| sheets.proposals.position(name).unwrap_or_default();
        let plan = |name| sheets.plan.position(name).unwrap_or_default();
        let crosswalk = |name| sheets.crosswalk.position(name).unwrap_or_default();
        Some(Self {
            proposals: ProposalColumns {
                proposal_id: proposals("proposal_id"),
                lane: proposals("lane"),
                extends: proposals("extends"),
                role: proposals("role"),
                source: proposals("source"),
                record_id: proposals("record_id"),
                decision: proposals("decision"),
                fingerprint: proposals("fingerprint"),
            },
            plan: PlanColumns {
                proposal_id: plan("proposal_id"),
                lane: plan("lane"),
                field: plan("field"),
                value: plan("value"),
                rule: plan("rule"),
                from_source: plan("from_source"),
                from_record_id: plan("from_record_id"),
                other: plan("override"),
                fingerprint: plan("fingerprint"),
            },
            fields: fields.iter().map(|name| sheets.proposals.position(name)).collect(),
            lost: sheets.plan.position("field").is_some_and(|column| {
                let names = sheets.plan.table.columns[column].cells.values().iter();
                let is_known = |name: &str| data.fields.iter().any(|field| field.to_string() == name);
                names.filter(|name| !name.is_empty()).any(|name| !is_known(name))
            }),
            positions: data.fields.iter().enumerate().map(|(at, field)| (field.to_string(), at)).collect(),
            names: data.fields.iter().map(ToString::to_string).collect(),
            nulls: (0..data.fields.len()).map(|at| nulls(data, at)).collect(),
            crosswalk: ["source", "record_id", "lane", "entity_id"].map(crosswalk),
        })
    }
}

fn nulls(data: &Dataset, position: usize) -> HashSet<String> {
    let of_table = |(table, columns): (usize, &Vec<Option<usize>>)| {
        columns[position].map_or_else(Vec::new, |column| {
            let values = data.tables[table].columns[column].cells.values();
            data.nulls(table, column).into_iter().map(|code| values.get(code).to_string()).collect::<Vec<_>>()
        })
    };
    data.columns.iter().enumerate().flat_map(of_table).collect()
}

/// What the rows of `proposals` are in the run and now.
pub(super) struct Linked {
    /// Per row of `proposals`: the record now, or [`Review::NEW`] for none.
    pub records: Vec<u32>,
    /// Per row of `proposals`: the row in the crosswalk, or [`Review::NEW`] for none.
    pub known: Vec<u32>,
    /// Per record now: its row in the crosswalk, or [`Review::NEW`].
    pub crosswalk_rows: Vec<u32>,
}

/// Finds the records of all rows; tells records that stand in several rows.
pub(super) fn link(
    sheets: &Sheets,
    columns: &Columns,
    data: &Dataset,
    problems: &mut Vec<Problem>,
) -> Linked {
    let (sheet, crosswalk) = (&sheets.proposals, &sheets.crosswalk);
    let [source, record_id, ..] = columns.crosswalk;
    // A record may be in a proposal and in the one that extends it.
    let mut rows: Map<(&str, &str, bool), u32> =
        Map::with_capacity_and_hasher(sheet.rows() as usize, FixedState::default());
    for row in 0..sheet.rows() {
        let key = (
            sheet.cell(row, columns.proposals.source),
            sheet.cell(row, columns.proposals.record_id),
            !sheet.cell(row, columns.proposals.extends).is_empty(),
        );
        if let Some(&first) = rows.get(&key) {
            problems.push(Problem::at(
                sheet,
                row,
                "record_id",
                format!("record `{}:{}` stands in line {} already", key.0, key.1, sheet.line(first)),
                "a record is in one proposal, and in one that extends it, once; remove the row that was added",
            ));
        } else {
            rows.insert(key, row);
        }
    }
    let mut known = vec![Review::NEW; sheet.rows() as usize];
    let mut of_run: Map<(&str, &str), u32> =
        Map::with_capacity_and_hasher(crosswalk.rows() as usize, FixedState::default());
    for row in 0..crosswalk.rows() {
        let key = (crosswalk.cell(row, source), crosswalk.cell(row, record_id));
        of_run.insert(key, row);
        for extends in [false, true] {
            if let Some(&of) = rows.get(&(key.0, key.1, extends)) {
                known[of as usize] = row;
            }
        }
    }
    let mut records = vec![Review::NEW; sheet.rows() as usize];
    let mut crosswalk_rows = vec![Review::NEW; data.records() as usize];
    for (at, table) in data.tables.iter().enumerate() {
        for record in data.starts[at]..data.starts[at + 1] {
            let key = (table.source.as_str(), data.record_id(record));
            if let Some(&row) = of_run.get(&key) {
                crosswalk_rows[record as usize] = row;
            }
            for extends in [false, true] {
                if let Some(&row) = rows.get(&(key.0, key.1, extends)) {
                    records[row as usize] = record;
                }
            }
        }
    }
    Linked { records, known, crosswalk_rows }
}

/// The rows of one proposal.
pub(super) struct Rows {
    pub id: Id,
    /// In `proposals`, by source and record id.
    pub members: Vec<u32>,
    /// In `plan`, in its order.
    pub plan: Vec<u32>,
}

/// Gathers the rows of each proposal; tells ids that are none of the run and proposals without rows.
pub(super) fn group(
    sheets: &Sheets,
    columns: &Columns,
    linked: &Linked,
    made: Option<u64>,
    problems: &mut Vec<Problem>,
) -> Vec<Rows> {
    let (sheet, plan) = (&sheets.proposals, &sheets.plan);
    let id_of = |sheet: &Sheet, row: u32, column: usize| {
        Id::parse(sheet.cell(row, column)).filter(|id| id.prefix() == 'P')
    };
    let mut place: Map<Id, usize> = Map::default();
    let mut groups: Vec<Rows> = Vec::new();
    for row in 0..sheet.rows() {
        let Some(id) = id_of(sheet, row, columns.proposals.proposal_id) else {
            problems.push(unknown(sheet, row, columns.proposals.proposal_id));
            continue;
        };
        let at = *place.entry(id).or_insert_with(|| {
            groups.push(Rows { id, members: Vec::new(), plan: Vec::new() });
            groups.len() - 1
        });
        groups[at].members.push(row);
    }
    let mut orphans: HashSet<Id> = HashSet::new();
    for row in 0..plan.rows() {
        match id_of(plan, row, columns.plan.proposal_id) {
            None => problems.push(unknown(plan, row, columns.plan.proposal_id)),
            Some(id) => match place.get(&id) {
                Some(&at) => groups[at].plan.push(row),
                None if orphans.insert(id) => problems.push(Problem::at(
                    plan,
                    row,
                    "proposal_id",
                    format!("`{id}` has no rows in {}", sheet.file),
                    "put its rows back from a fresh copy; to keep its records apart write `reject` into `decision`",
                )),
                None => {}
            },
        }
    }
    let key = |&row: &u32| {
        (sheet.cell(row, columns.proposals.source), sheet.cell(row, columns.proposals.record_id))
    };
    for group in &mut groups {
        group.members.sort_by(|a, b| key(a).cmp(&key(b)));
    }
    // Ids that somebody mistyped are told as what they are: rows of an id without a plan.
    groups.retain(|group| {
        let is_made_up = group.plan.is_empty() && linked.known[group.members[0] as usize] != Review::NEW && {
            let keys = group.members.iter().map(key);
            crate::propose::key_id('P', keys) != group.id
        };
        if is_made_up {
            problems.push(unknown(sheet, group.members[0], columns.proposals.proposal_id));
        }
        !is_made_up
    });
    let found = groups.len() as u64 + orphans.len() as u64;
    if let Some(missing) = made.and_then(|made| made.checked_sub(found)).filter(|&missing| missing > 0)
        && problems.is_empty()
    {
        problems.push(Problem::of_headings(
            &sheet.file,
            "proposal_id",
            format!("{missing} of the run's proposals have no rows any more"),
            "put them back from a fresh copy; to keep records apart write `reject` into `decision`",
        ));
    }
    groups
}

fn unknown(sheet: &Sheet, row: u32, column: usize) -> Problem {
    Problem::at(
        sheet,
        row,
        "proposal_id",
        format!("`{}` is no proposal of this run", sheet.cell(row, column)),
        "ids are not to be edited; put the one of the run back",
    )
}

/// Tells what is wrong with the members of a proposal whose id is not made of their keys.
pub(super) fn tell_members(
    sheets: &Sheets,
    columns: &Columns,
    linked: &Linked,
    group: &Rows,
    problems: &mut Vec<Problem>,
) {
    let sheet = &sheets.proposals;
    let key = |row: u32| {
        format!(
            "{}:{}",
            sheet.cell(row, columns.proposals.source),
            sheet.cell(row, columns.proposals.record_id)
        )
    };
    let strangers: Vec<u32> =
        group.members.iter().copied().filter(|&row| linked.known[row as usize] == Review::NEW).collect();
    for &row in &strangers {
        problems.push(Problem::at(
            sheet,
            row,
            "record_id",
            format!("the run knows no record `{}`", key(row)),
            "`source` and `record_id` are not to be edited; put back what the run wrote",
        ));
    }
    // Who is believed to be the same entity by the crosswalk, and stands in no row.
    let crosswalk = &sheets.crosswalk;
    let [source, record_id, _, entity] = columns.crosswalk;
    let known: Vec<u32> = group
        .members
        .iter()
        .map(|&row| linked.known[row as usize])
        .filter(|&row| row != Review::NEW)
        .collect();
    let entities: HashSet<&str> = known.iter().map(|&row| crosswalk.cell(row, entity)).collect();
    let missing: Vec<String> = (0..crosswalk.rows())
        .filter(|row| entities.contains(crosswalk.cell(*row, entity)) && !known.contains(row))
        .map(|row| format!("`{}:{}`", crosswalk.cell(row, source), crosswalk.cell(row, record_id)))
        .collect();
    if strangers.is_empty() || !missing.is_empty() {
        let which =
            if missing.is_empty() { String::new() } else { format!(" (missing: {})", missing.join(", ")) };
        problems.push(Problem::at(
            sheet,
            group.members[0],
            "proposal_id",
            format!("the rows of `{}` are not the records that it was made of{which}", group.id),
            "put rows back that were removed, and remove those that were added; to take a record out write `out` into `decision`",
        ));
    }
}

/// The lane of a proposal, as the run's crosswalk has it; tells rows that say otherwise.
pub(super) fn lane(
    sheets: &Sheets,
    columns: &Columns,
    linked: &Linked,
    group: &Rows,
    problems: &mut Vec<Problem>,
) -> LaneName {
    let sheet = &sheets.proposals;
    let mut of_run = None;
    for &row in &group.members {
        let said = sheet.cell(row, columns.proposals.lane);
        let known = linked.known[row as usize];
        if known == Review::NEW {
            continue;
        }
        let lane = sheets.crosswalk.cell(known, columns.crosswalk[2]);
        if lane == LaneName::Auto.name() && !sheet.cell(row, columns.proposals.extends).is_empty() {
            // Of the sure proposal that this one extends.
            continue;
        }
        if said != lane {
            problems.push(Problem::at(
                sheet,
                row,
                "lane",
                format!("`{said}` was `{lane}` when the run wrote it"),
                "the lane is not to be edited; write `merge`, `reject` or `hold` into `decision`",
            ));
        }
        of_run = of_run.or(LaneName::of_name(lane));
    }
    of_run.unwrap_or(LaneName::Hold)
}

/// The proposal that a proposal extends, if it does; tells rows that do not agree.
pub(super) fn extends(
    sheets: &Sheets,
    columns: &Columns,
    group: &Rows,
    problems: &mut Vec<Problem>,
) -> Option<Id> {
    let sheet = &sheets.proposals;
    let cell = |row: u32| sheet.cell(row, columns.proposals.extends);
    let first = cell(group.members[0]);
    let read = Id::parse(first).filter(|id| id.prefix() == 'P');
    for &row in &group.members {
        if cell(row) != first || read.is_none() && !first.is_empty() {
            problems.push(Problem::at(
                sheet,
                row,
                "extends",
                format!("`{}` is not what `{}` extends", cell(row), group.id),
                "`extends` is not to be edited; put back what the run wrote",
            ));
        }
    }
    read
}

/// The fingerprint of a proposal; tells rows that have none, or another.
pub(super) fn fingerprint(
    sheets: &Sheets,
    columns: &Columns,
    group: &Rows,
    problems: &mut Vec<Problem>,
) -> Option<Id> {
    let sheet = &sheets.proposals;
    let mut found: Option<Id> = None;
    let mut sound = true;
    // In the order of the file: a row is held against those that a reader has seen before it.
    let mut rows = group.members.clone();
    rows.sort_unstable();
    for row in rows {
        let cell = sheet.cell(row, columns.proposals.fingerprint);
        let read = Id::parse(cell).filter(|id| id.prefix() == 'F' && found.is_none_or(|found| found == *id));
        if read.is_none() {
            sound = false;
            problems.push(Problem::at(
                sheet,
                row,
                "fingerprint",
                format!("`{cell}` is not the fingerprint of `{}`", group.id),
                "fingerprints are not to be edited; put back what the run wrote",
            ));
        }
        found = found.or(read);
    }
    found.filter(|_| sound)
}
