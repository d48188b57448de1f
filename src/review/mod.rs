//! Stage 11: the edited plan, read back as decisions.
//!
//! Input: `proposals` and `plan` of a run folder as people left them, the run's crosswalk, and the records as they are
//! now. Output: [`Review`], one answer per proposal.
//!
//! Invariants
//! * Every mistake is told at once, with file, line, column and a way out; with a mistake there is no review.
//! * What a person did not decide is decided by the lane: `auto` merges, `review` and `hold` wait.
//! * Cells that are not to be edited are as the run wrote them, or it is told.
//! * A proposal whose records changed in a field that the decision was about is never merged, nor is anything kept of it.
//! * Tables that nobody edited give no decisions to keep ([`taken`]).

mod sheet;
mod problem;
mod words;
mod rows;
mod answer;
mod plan;
mod member;
mod decide;
mod approved;
mod edits;
mod wish;
mod desk;
mod unmask;

pub use crate::survive::CLEARED;
pub use decide::{Person, Taken, taken, taken_of};
pub use desk::Desk;
pub use edits::{CellEdit, EDITS, Edit, Edits, Journal};
pub use plan::{is_joined, is_rebuilt};
pub use problem::{Problem, Problems, ReviewError};
pub use sheet::Sheet;
pub use wish::{Verdict, Wish};
pub use words::{MEANINGS, Word};

use crate::map::Dataset;
use crate::propose::{Compared, Id, key_id};
use crate::write::{PLAN_COLUMNS, PROPOSAL_COLUMNS};
use rayon::prelude::*;
use std::path::Path;

/// The tables of a run folder, read back.
pub struct Sheets {
    /// `proposals`.
    pub proposals: Sheet,
    /// `plan`.
    pub plan: Sheet,
    /// `crosswalk`, which nobody edits: what the run knew of each record.
    pub crosswalk: Sheet,
}

/// The lane of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneName {
    Auto,
    Review,
    Hold,
}

impl LaneName {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Review => "review",
            Self::Hold => "hold",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        [Self::Auto, Self::Review, Self::Hold].into_iter().find(|lane| lane.name() == name)
    }
}

/// How the records of a proposal stand to what was reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Every cell is as it was.
    Same,
    /// Cells differ that the decision was not about: a time stamp, a note, the way something is written.
    Touched,
    /// A value differs that the decision was about.
    Changed,
    /// A record is not in the inputs any more.
    Gone,
}

/// What is to be done with a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Merge these groups of its members; who is in none stays apart.
    Merge {
        /// Groups of two or more.
        groups: Vec<Group>,
        /// Whether a person said so; else the lane did.
        by_person: bool,
    },
    /// Keep the members apart.
    Apart,
    /// A person wants to decide later.
    Hold,
    /// The lane does not merge, and nobody decided.
    Undecided,
}

/// Members of a proposal that are to be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The members, by their place in [`Reviewed::rows`].
    pub members: Vec<usize>,
    /// The member that stays, by its place; the best one when none of them is marked.
    pub survivor: Option<usize>,
    /// The number that a person gave it; 0 when the proposal was not split.
    pub number: u32,
}

/// One proposal with its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Reviewed {
    /// Its id.
    pub id: Id,
    /// What its records were when it was made.
    pub fingerprint: Id,
    /// Its lane.
    pub lane: LaneName,
    /// Rows of its members in `proposals`, by source and record id.
    pub rows: Vec<u32>,
    /// Per row: the record as it is now, if it is there.
    pub records: Vec<Option<u32>>,
    /// Rows of its fields in `plan`.
    pub plan: Vec<u32>,
    /// The sure proposal that this one adds records to.
    pub extends: Option<Id>,
    /// What is to be done.
    pub answer: Answer,
    /// How its records stand now.
    pub standing: Standing,
}

/// All decisions of a run folder.
pub struct Review {
    /// The tables they were read from.
    pub sheets: Sheets,
    /// Proposals in the order of their first row in `proposals`.
    pub proposals: Vec<Reviewed>,
    /// Per record now: the row of the run's crosswalk, or [`Review::NEW`].
    pub crosswalk_rows: Vec<u32>,
    /// Per row of `proposals`: the record's row in the crosswalk.
    pub known: Vec<u32>,
}

impl Review {
    /// Marks a record that the run did not know.
    pub const NEW: u32 = u32::MAX;
}

/// What decisions are checked against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// The records as they are now.
    pub data: &'a Dataset,
    /// Per table of `data`: whether its file is the very file that the run read.
    pub unchanged: &'a [bool],
    /// How many proposals the run made.
    pub proposals: Option<u64>,
}

/// Reads the tables of a run folder, with what was edited in the page.
///
/// Errors: the folder is no run folder, or a file cannot be read as a table.
pub fn read(dir: &Path) -> Result<Sheets, ReviewError> {
    let mut sheets = read_filed(dir)?;
    let edits = Edits::read(dir)?;
    edits.put_into(&mut sheets);
    let mark = edits.mark();
    sheets.proposals.settle(&mark);
    sheets.plan.settle(&mark);
    Ok(sheets)
}

/// As [`read`], without what was edited in the page.
///
/// Errors: the folder is no run folder, or a file cannot be read as a table.
pub fn read_filed(dir: &Path) -> Result<Sheets, ReviewError> {
    let (proposals, (plan, crosswalk)) = rayon::join(
        || Sheet::of_run(dir, "proposals"),
        || rayon::join(|| Sheet::of_run(dir, "plan"), || Sheet::of_run(dir, "crosswalk")),
    );
    Ok(Sheets { proposals: proposals?, plan: plan?, crosswalk: crosswalk? })
}

/// Checks what people wrote into the tables and makes decisions of it.
///
/// Errors: every mistake, all at once.
pub fn decisions(sheets: Sheets, against: &Against<'_>) -> Result<Review, ReviewError> {
    match sound_part(sheets, against)? {
        (review, problems) if problems.is_empty() => Ok(review),
        (_, problems) => Err(Problems::of(problems)),
    }
}

/// As [`decisions`], but proposals with mistakes count as undecided, and their mistakes are handed back.
///
/// Errors: mistakes in the tables as a whole, such as headings that are not there.
pub fn sound_part(sheets: Sheets, against: &Against<'_>) -> Result<(Review, Vec<Problem>), ReviewError> {
    Desk::open(sheets, *against).map(Desk::into_review)
}

/// Looks at every proposal by itself.
fn check_all(
    sheets: &Sheets,
    columns: &rows::Columns,
    linked: &rows::Linked,
    against: &Against<'_>,
    groups: Vec<rows::Rows>,
) -> Vec<(Reviewed, Vec<Problem>)> {
    let compared = Compared::of(against.data);
    groups
        .into_par_iter()
        .map(|group| {
            let mut problems = Vec::new();
            let reviewed = one(sheets, columns, linked, against, &compared, group, &mut problems);
            (reviewed, problems)
        })
        .collect()
}

fn one(
    sheets: &Sheets,
    columns: &rows::Columns,
    linked: &rows::Linked,
    against: &Against<'_>,
    compared: &Compared<'_>,
    group: rows::Rows,
    problems: &mut Vec<Problem>,
) -> Reviewed {
    let sheet = &sheets.proposals;
    let cell = |row: u32, column: usize| sheet.cell(row, column);
    let own = &columns.proposals;
    let keys = group.members.iter().map(|&row| (cell(row, own.source), cell(row, own.record_id)));
    let is_whole = key_id('P', keys) == group.id;
    if !is_whole {
        rows::tell_members(sheets, columns, linked, &group, problems);
    }
    let lane = rows::lane(sheets, columns, linked, &group, problems);
    let extends = rows::extends(sheets, columns, &group, problems);
    let fingerprint = rows::fingerprint(sheets, columns, &group, problems);
    let records: Vec<Option<u32>> = group
        .members
        .iter()
        .map(|&row| Some(linked.records[row as usize]).filter(|&record| record != Review::NEW))
        .collect();
    // What else is wrong with a proposal whose members are not its own follows from that.
    let answer =
        if is_whole { answer::of(sheet, columns, &group, lane, problems) } else { Answer::Undecided };
    let before = problems.len();
    let standing = match fingerprint {
        Some(fingerprint) if is_whole => {
            let seen =
                member::Seen { sheet, columns, against, compared, rows: &group.members, records: &records };
            member::standing(&seen, fingerprint, problems)
        }
        _ => Standing::Changed,
    };
    if is_whole {
        // Values cannot be looked up in cells that somebody edited.
        let cells_hold = problems.len() == before;
        let known = plan::Known { group: &group, lane, fingerprint, answer: &answer, cells_hold };
        plan::check(sheets, columns, against.data, &known, problems);
    }
    Reviewed {
        id: group.id,
        fingerprint: fingerprint.unwrap_or(group.id),
        lane,
        rows: group.members,
        records,
        plan: group.plan,
        extends,
        answer,
        standing,
    }
}

/// The headings that must be there.
fn required() -> [(&'static str, &'static [&'static str]); 2] {
    [("proposals", &PROPOSAL_COLUMNS), ("plan", &PLAN_COLUMNS)]
}
