//! The proposals of a run on the table: each is looked at anew when somebody edits it, and no other.

use super::rows::{Columns, Linked, Rows};
use super::{
    Against, Answer, CellEdit, Problem, Problems, Review, ReviewError, Reviewed, Sheet, Sheets, rows,
};
use crate::propose::{Compared, Id};
use crate::state::Key;
use std::collections::{HashMap, HashSet};

/// Proposals with their answers, kept up to date edit by edit.
pub struct Desk<'a> {
    /// The tables.
    pub sheets: Sheets,
    /// Proposals in the order of their first row in `proposals`.
    pub proposals: Vec<Reviewed>,
    /// Per proposal: what is wrong with it.
    pub problems: Vec<Vec<Problem>>,
    pub(super) columns: Columns,
    linked: Linked,
    against: Against<'a>,
    compared: Compared<'a>,
    place: HashMap<Id, usize>,
    /// Proposals that extend another: the other's place → theirs.
    extended: HashMap<usize, Vec<usize>>,
    /// Headings under which people may write why.
    pub(super) comments: Vec<&'static str>,
    /// Merged though what they extend is kept apart.
    contradictions: Vec<Problem>,
}

impl<'a> Desk<'a> {
    /// Checks what people wrote into the tables. Proposals with mistakes count as undecided.
    ///
    /// Errors: mistakes in the tables as a whole, such as headings that are not there.
    pub fn open(mut sheets: Sheets, against: Against<'a>) -> Result<Self, ReviewError> {
        let mut problems = std::mem::take(&mut sheets.proposals.problems);
        problems.append(&mut sheets.plan.problems);
        problems.append(&mut sheets.crosswalk.problems);
        let columns = Columns::of(&sheets, against.data, &mut problems);
        let Some(columns) = columns.filter(|_| problems.is_empty()) else {
            return Err(Problems::of(problems));
        };
        let linked = rows::link(&sheets, &columns, against.data, &mut problems);
        let groups = rows::group(&sheets, &columns, &linked, against.proposals, &mut problems);
        let checked = super::check_all(&sheets, &columns, &linked, &against, groups);
        if !problems.is_empty() {
            // What is wrong with whole rows says nothing of the proposals yet; they are looked at for their own mistakes.
            problems.extend(checked.into_iter().flat_map(|(_, found)| found));
            return Err(Problems::of(problems));
        }
        let mut proposals = Vec::with_capacity(checked.len());
        let mut problems = Vec::with_capacity(checked.len());
        for (mut reviewed, found) in checked {
            if !found.is_empty() {
                reviewed.answer = Answer::Undecided;
            }
            problems.push(found);
            proposals.push(reviewed);
        }
        let place: HashMap<Id, usize> =
            proposals.iter().enumerate().map(|(at, reviewed)| (reviewed.id, at)).collect();
        let mut extended: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, reviewed) in proposals.iter().enumerate() {
            if let Some(&core) = reviewed.extends.and_then(|id| place.get(&id)) {
                extended.entry(core).or_default().push(at);
            }
        }
        let contradictions = tell_contradictions(&sheets.proposals, &mut proposals);
        let compared = Compared::of(against.data);
        let comments = super::decide::comment_headings(against.data);
        Ok(Self {
            comments,
            sheets,
            proposals,
            problems,
            columns,
            linked,
            against,
            compared,
            place,
            extended,
            contradictions,
        })
    }

    /// The decisions, and every mistake.
    pub fn into_review(self) -> (Review, Vec<Problem>) {
        let mut problems: Vec<Problem> = self.problems.into_iter().flatten().collect();
        problems.extend(self.contradictions);
        let Linked { crosswalk_rows, known, .. } = self.linked;
        (Review { sheets: self.sheets, proposals: self.proposals, crosswalk_rows, known }, problems)
    }

    /// The place of a proposal.
    pub fn place(&self, id: Id) -> Option<usize> {
        self.place.get(&id).copied()
    }

    /// The proposals that extend the one at a place.
    pub fn extended_by(&self, at: usize) -> &[usize] {
        self.extended.get(&at).map_or(&[], Vec::as_slice)
    }

    /// The keys of the records of the proposal at a place, ascending by the rows' own order.
    pub fn keys(&self, at: usize) -> Vec<Key> {
        let (sheet, own) = (&self.sheets.proposals, &self.columns.proposals);
        let key = |&row: &u32| Key::new(sheet.filed(row, own.source), sheet.filed(row, own.record_id));
        self.proposals[at].rows.iter().map(key).collect()
    }

    /// What the records are now.
    pub fn data(&self) -> &'a crate::map::Dataset {
        self.against.data
    }

    /// The column of a field in `proposals`, and the field's kind.
    pub fn field(&self, name: &str) -> (Option<usize>, Option<crate::map::Kind>) {
        match self.columns.positions.get(name) {
            Some(&at) => (self.columns.fields[at], Some(self.against.data.fields[at].kind())),
            None => (self.sheets.proposals.position(name), None),
        }
    }

    /// Makes these the cells of a proposal in which it differs from the files, and looks at it anew. With a mistake, which is
    /// handed back, everything is as before.
    pub fn edit(&mut self, at: usize, cells: &[CellEdit]) -> Vec<Problem> {
        let before = self.cells(at);
        let reviewed = self.proposals[at].clone();
        self.put(at, cells);
        let mut problems = self.look(at);
        let is_merged = |at: usize| matches!(self.proposals[at].answer, Answer::Merge { .. });
        let core = self.proposals[at].extends.and_then(|id| self.place(id));
        let clash = match &self.proposals[at].answer {
            Answer::Merge { .. } => {
                core.filter(|&core| self.proposals[core].answer == Answer::Apart).map(|core| (at, core))
            }
            Answer::Apart => {
                self.extended_by(at).iter().copied().find(|&other| is_merged(other)).map(|other| (other, at))
            }
            _ => None,
        };
        problems.extend(clash.map(|(outer, core)| {
            contradiction(&self.sheets.proposals, &self.proposals[outer], self.proposals[core].id)
        }));
        if problems.is_empty() {
            self.problems[at].clear();
        } else {
            self.put(at, &before);
            self.proposals[at] = reviewed;
        }
        problems
    }

    /// The cells in which a proposal differs from the files.
    pub fn cells(&self, at: usize) -> Vec<CellEdit> {
        let reviewed = &self.proposals[at];
        let mut cells = Vec::new();
        let mut see = |sheet: &Sheet, row: u32, name: &str, key: [&str; 3]| {
            let Some(column) = sheet.position(name) else { return };
            let (was, is) = (sheet.filed(row, column), sheet.cell(row, column));
            if was != is {
                let [source, record_id, field] = key.map(str::to_string);
                let (was, is) = (was.to_string(), is.to_string());
                cells.push(CellEdit { source, record_id, field, column: name.to_string(), was, is });
            }
        };
        let (own, sheet) = (&self.columns.proposals, &self.sheets.proposals);
        for &row in &reviewed.rows {
            let key = [sheet.filed(row, own.source), sheet.filed(row, own.record_id), ""];
            for name in self.edited() {
                see(sheet, row, name, key);
            }
        }
        for &row in &reviewed.plan {
            let plan = &self.sheets.plan;
            see(plan, row, "override", ["", "", plan.filed(row, self.columns.plan.field)]);
        }
        cells
    }

    /// The columns of `proposals` that people edit.
    fn edited(&self) -> impl Iterator<Item = &'static str> + use<> {
        ["decision", "role"].into_iter().chain(self.comments.first().copied())
    }

    fn put(&mut self, at: usize, cells: &[CellEdit]) {
        let (rows, plan) = (self.proposals[at].rows.clone(), self.proposals[at].plan.clone());
        for name in self.edited() {
            let column = self.sheets.proposals.column(name);
            for &row in &rows {
                let sheet = &self.sheets.proposals;
                let key = (
                    sheet.filed(row, self.columns.proposals.source),
                    sheet.filed(row, self.columns.proposals.record_id),
                );
                let found = cells.iter().find(|cell| {
                    cell.column == name && (cell.source.as_str(), cell.record_id.as_str()) == key
                });
                let text = found.map_or(sheet.filed(row, column), |cell| &cell.is).to_string();
                self.sheets.proposals.set(row, column, &text);
            }
        }
        let column = self.columns.plan.other;
        for row in plan {
            let sheet = &self.sheets.plan;
            let field = sheet.filed(row, self.columns.plan.field);
            let found = cells.iter().find(|cell| cell.column == "override" && cell.field == field);
            let text = found.map_or(sheet.filed(row, column), |cell| &cell.is).to_string();
            self.sheets.plan.set(row, column, &text);
        }
    }

    fn look(&mut self, at: usize) -> Vec<Problem> {
        let Reviewed { id, rows, plan, .. } = &self.proposals[at];
        let group = Rows { id: *id, members: rows.clone(), plan: plan.clone() };
        let mut problems = Vec::new();
        self.proposals[at] = super::one(
            &self.sheets,
            &self.columns,
            &self.linked,
            &self.against,
            &self.compared,
            group,
            &mut problems,
        );
        problems
    }
}

/// Tells proposals that are merged though the one they extend is kept apart; they count as undecided.
fn tell_contradictions(sheet: &Sheet, proposals: &mut [Reviewed]) -> Vec<Problem> {
    let apart: HashSet<Id> = proposals
        .iter()
        .filter(|reviewed| reviewed.answer == Answer::Apart)
        .map(|reviewed| reviewed.id)
        .collect();
    let mut problems = Vec::new();
    for reviewed in proposals {
        if matches!(reviewed.answer, Answer::Merge { .. })
            && let Some(core) = reviewed.extends.filter(|core| apart.contains(core))
        {
            problems.push(contradiction(sheet, reviewed, core));
            reviewed.answer = Answer::Undecided;
        }
    }
    problems
}

fn contradiction(sheet: &Sheet, reviewed: &Reviewed, core: Id) -> Problem {
    Problem::at(
        sheet,
        reviewed.rows[0],
        "decision",
        format!("`{}` is merged, and `{core}`, which it extends, is kept apart", reviewed.id),
        "decide both alike; to take records out write `out` into their `decision`",
    )
}
