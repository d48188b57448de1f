//! Which groups of records are new, and what became of those that were.

use super::LISTED;
use super::side::{Side, key};
use crate::review::Sheet;
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// What happened to a group of two or more records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// None of its records were in a group before.
    New,
    /// It has all its records, and more.
    Grown,
    /// Some of its records are alone now, or gone.
    Shrunk,
    /// It lost records and got others.
    Changed,
    /// Its records are in two or more groups now.
    Split,
    /// Records of two or more groups are in it now.
    Merged,
    /// None of its records are in a group any more.
    Resolved,
    /// A decision about it is open again.
    Reopened,
}

impl Kind {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Grown => "grown",
            Self::Shrunk => "shrunk",
            Self::Changed => "changed",
            Self::Split => "split",
            Self::Merged => "merged",
            Self::Resolved => "resolved",
            Self::Reopened => "reopened",
        }
    }

    /// What it means, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::New => "groups whose records were alone or not there before",
            Self::Grown => "groups that got further records",
            Self::Shrunk => "groups of which records are alone now, or gone",
            Self::Changed => "groups that lost records and got others",
            Self::Split => "groups whose records are in several groups now",
            Self::Merged => "groups that hold records of several groups now",
            Self::Resolved => "groups that are none any more",
            Self::Reopened => "proposals whose decision is open again, for their records changed",
        }
    }
}

/// The groups of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listed {
    /// What happened to them.
    pub kind: Kind,
    /// How many there are.
    pub count: u64,
    /// Of these, the first by id, [`LISTED`] at most.
    pub groups: Vec<GroupChange>,
}

impl Listed {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, count: 0, groups: Vec::new() }
    }
}

/// One group and what happened to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct GroupChange {
    /// Entity ids in the earlier run; of a reopened one none.
    pub before: Vec<String>,
    /// Entity ids in the later run; of a reopened one the proposal.
    pub after: Vec<String>,
    /// `auto` when all of it is merged without asking, else `review`; empty for a group that is none any more.
    pub lane: String,
    /// How many records it has (had, when it is none any more).
    pub size: u64,
    /// The first of them.
    pub records: Vec<String>,
    /// Records that it did not have before.
    pub gained: Vec<String>,
    /// Records that it does not have any more.
    pub lost: Vec<String>,
}

/// Records that are named of one group; its id leads to the others.
const NAMED: usize = 50;

impl GroupChange {
    pub(super) fn whole(after: &str, lane: &str, members: &[String]) -> Self {
        Self {
            after: vec![after.to_string()],
            lane: lane.to_string(),
            size: members.len() as u64,
            records: members.iter().take(NAMED).cloned().collect(),
            ..Self::default()
        }
    }
}

/// What the comparison of groups found.
pub(super) struct Compared {
    pub new_records: u64,
    pub gone_records: u64,
    pub unchanged: u64,
    pub listed: Vec<Listed>,
}

/// The groups of one run. Groups are numbered by the codes of the column of entity ids.
struct Groups<'a> {
    sheet: &'a Sheet,
    /// Columns: source, record id, entity id, lane.
    at: [Option<usize>; 4],
    /// Per group its rows: `rows[starts[group]..starts[group + 1]]`.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl<'a> Groups<'a> {
    fn of(sheet: &'a Sheet) -> Self {
        let at = ["source", "record_id", "entity_id", "lane"].map(|name| sheet.position(name));
        let codes = at[2].map(|column| sheet.table.columns[column].cells.codes()).unwrap_or_default();
        let groups = codes.iter().map(|&code| code as usize + 1).max().unwrap_or(0);
        // Counting sort of the rows by group.
        let mut starts = vec![0u32; groups + 1];
        codes.iter().for_each(|&code| starts[code as usize + 1] += 1);
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let mut next = starts.clone();
        let mut rows = vec![0u32; codes.len()];
        for (row, &code) in (0u32..).zip(codes) {
            let place = &mut next[code as usize];
            rows[*place as usize] = row;
            *place += 1;
        }
        Self { sheet, at, starts, rows }
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn members(&self, group: usize) -> &[u32] {
        &self.rows[self.starts[group] as usize..self.starts[group + 1] as usize]
    }

    fn is_group(&self, group: usize) -> bool {
        self.members(group).len() > 1
    }

    fn cell(&self, row: u32, which: usize) -> &'a str {
        self.at[which].map_or("", |column| self.sheet.cell(row, column))
    }

    fn group(&self, row: u32) -> usize {
        self.at[2].map_or(0, |column| self.sheet.table.columns[column].cells.code(row) as usize)
    }

    fn key(&self, row: u32) -> (&'a str, &'a str) {
        (self.cell(row, 0), self.cell(row, 1))
    }

    fn id(&self, group: usize) -> String {
        self.members(group).first().map_or(String::new(), |&row| self.cell(row, 2).to_string())
    }

    /// Names of rows, sorted, the first of them.
    fn names(&self, rows: impl Iterator<Item = u32>) -> Vec<String> {
        let mut names: Vec<String> = rows.map(|row| key(self.cell(row, 0), self.cell(row, 1))).collect();
        names.sort();
        names.truncate(NAMED);
        names
    }

    fn lane(&self, group: usize) -> &'static str {
        let is_auto = |&row: &u32| self.cell(row, 3) == "auto";
        if self.members(group).iter().all(is_auto) { "auto" } else { "review" }
    }

    /// The rows in the order of the other run's rows: per row the row of the other that is the same record.
    fn matched(&self, other: &Groups<'_>) -> Vec<Option<u32>> {
        let mut rows: HashMap<(&str, &str), u32, foldhash::fast::FixedState> =
            HashMap::with_capacity_and_hasher(other.rows.len(), Default::default());
        rows.extend((0..other.sheet.rows()).map(|row| (other.key(row), row)));
        (0..self.sheet.rows()).map(|row| rows.get(&self.key(row)).copied()).collect()
    }
}

/// Compares the groups of two runs. What a group is to the other run is read off the records that both have.
pub(super) fn compare(before: &Side, after: &Side) -> Compared {
    let (old, new) = (Groups::of(&before.crosswalk), Groups::of(&after.crosswalk));
    let (to_new, to_old) = rayon::join(|| old.matched(&new), || new.matched(&old));
    // Groups of two or more that the records of a group are in, in the other run.
    let reach = |from: &Groups<'_>, to: &Groups<'_>, rows: &[Option<u32>], group: usize| -> BTreeSet<usize> {
        let found = from.members(group).iter().filter_map(|&row| rows[row as usize]);
        found.map(|row| to.group(row)).filter(|&group| to.is_group(group)).collect()
    };
    let mut unchanged = 0;
    let mut changes: Vec<(Kind, GroupChange)> = Vec::new();
    for group in (0..new.len()).filter(|&group| new.is_group(group)) {
        let parents = reach(&new, &old, &to_old, group);
        let members = new.members(group);
        let mut change = GroupChange {
            before: ids(&old, &parents),
            after: vec![new.id(group)],
            lane: new.lane(group).to_string(),
            size: members.len() as u64,
            records: new.names(members.iter().copied()),
            ..GroupChange::default()
        };
        let mut parents = parents.into_iter();
        let kind = match (parents.next(), parents.next()) {
            (None, _) => Kind::New,
            (Some(_), Some(_)) => Kind::Merged,
            (Some(parent), None) => {
                // A group in pieces is told once, as split, unless one of the pieces was merged with others.
                if reach(&old, &new, &to_new, parent).len() > 1 {
                    continue;
                }
                let was_in = |row: &u32| to_old[*row as usize].is_some_and(|row| old.group(row) == parent);
                let is_in = |row: &u32| to_new[*row as usize].is_some_and(|row| new.group(row) == group);
                change.gained = new.names(members.iter().copied().filter(|row| !was_in(row)));
                change.lost = old.names(old.members(parent).iter().copied().filter(|row| !is_in(row)));
                match (change.gained.is_empty(), change.lost.is_empty()) {
                    (true, true) => {
                        unchanged += 1;
                        continue;
                    }
                    (false, true) => Kind::Grown,
                    (true, false) => Kind::Shrunk,
                    (false, false) => Kind::Changed,
                }
            }
        };
        changes.push((kind, change));
    }
    for group in (0..old.len()).filter(|&group| old.is_group(group)) {
        let children = reach(&old, &new, &to_new, group);
        let kind = match children.len() {
            0 => Kind::Resolved,
            1 => continue,
            _ => Kind::Split,
        };
        let members = old.members(group);
        changes.push((
            kind,
            GroupChange {
                before: vec![old.id(group)],
                after: ids(&new, &children),
                size: members.len() as u64,
                records: old.names(members.iter().copied()),
                ..GroupChange::default()
            },
        ));
    }
    let absent = |rows: &[Option<u32>]| rows.iter().filter(|row| row.is_none()).count() as u64;
    Compared {
        new_records: absent(&to_old),
        gone_records: absent(&to_new),
        unchanged,
        listed: listed(changes),
    }
}

fn ids(groups: &Groups<'_>, which: &BTreeSet<usize>) -> Vec<String> {
    let mut ids: Vec<String> = which.iter().map(|&group| groups.id(group)).collect();
    ids.sort();
    ids
}

/// The changes by kind, each kind in order of ids.
fn listed(mut changes: Vec<(Kind, GroupChange)>) -> Vec<Listed> {
    let order = |(kind, change): &(Kind, GroupChange)| (*kind, change.after.clone(), change.before.clone());
    changes.sort_by_cached_key(order);
    let mut listed: Vec<Listed> =
        [Kind::New, Kind::Grown, Kind::Shrunk, Kind::Changed, Kind::Split, Kind::Merged, Kind::Resolved]
            .map(Listed::new)
            .into();
    for (kind, change) in changes {
        // The seven kinds stand in the order of the enum.
        let of = &mut listed[kind as usize];
        of.count += 1;
        if of.groups.len() < LISTED {
            of.groups.push(change);
        }
    }
    listed
}
