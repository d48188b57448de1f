//! `related.csv` as people edited it → what becomes of conflicts, proposal by proposal.

use super::Related;
use super::files::FORECAST;
use crate::config::{OnConflict, nearest};
use crate::map::Dataset;
use crate::review::{Problem, Problems, ReviewError, Sheet};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// What people wrote in `override`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// By proposal, table and record.
    by_line: HashMap<(String, usize, u32), OnConflict>,
    /// SHA-256 of the file; empty when it is not there.
    pub sha256: String,
}

impl Answers {
    /// What becomes of a row of a table that cannot move, since the record of its key is merged by a proposal.
    pub(super) fn of(&self, proposal: &str, table: usize, record: u32) -> Option<OnConflict> {
        // Without answers, which is the rule, no text is made.
        if self.by_line.is_empty() {
            return None;
        }
        self.by_line.get(&(proposal.to_string(), table, record)).copied()
    }
}

/// Reads `related.csv` of a run folder back; a folder without it has no answers. `proposals` are the ids of the plan.
///
/// Errors: a heading is gone, or a cell cannot be understood or does not fit the run; all of them at once.
pub fn answers(
    dir: &Path,
    data: &Dataset,
    related: &Related,
    proposals: &HashSet<String>,
) -> Result<Answers, ReviewError> {
    if related.tables.is_empty() || !dir.join(format!("{FORECAST}.csv")).is_file() {
        return Ok(Answers::default());
    }
    let sheet = Sheet::of_run(dir, FORECAST)?;
    let mut problems: Vec<Problem> = sheet.problems().to_vec();
    let names = ["proposal_id", "table", "source", "record_id", "override"];
    let columns: Vec<Option<usize>> = names.iter().map(|name| sheet.position(name)).collect();
    for (name, _) in names.iter().zip(&columns).filter(|(_, column)| column.is_none()) {
        problems.push(Problem {
            file: sheet.file.clone(),
            line: 1,
            cell: None,
            column: name.to_string(),
            what: "there is no such heading".into(),
            way_out: "headings of related are not to be changed; put it back (columns may be moved or added)"
                .into(),
        });
    }
    let mut answers = Answers { sha256: sheet.sha256.clone(), ..Answers::default() };
    if let [Some(proposal), Some(table), Some(source), Some(record), Some(other)] = columns[..] {
        let wanted: HashSet<(&str, &str)> = (0..sheet.rows())
            .filter(|&row| !sheet.cell(row, other).trim().is_empty())
            .map(|row| (sheet.cell(row, source), sheet.cell(row, record)))
            .collect();
        let records: HashMap<(&str, &str), u32> = match wanted.is_empty() {
            true => HashMap::new(),
            false => (0..data.records())
                .map(|record| ((data.source(record), data.record_id(record)), record))
                .filter(|(key, _)| wanted.contains(key))
                .collect(),
        };
        for row in 0..sheet.rows() {
            let written = sheet.cell(row, other).trim().to_lowercase();
            if written.is_empty() {
                continue;
            }
            let mut wrong = |column: &str, what: String, way_out: String| {
                let (file, line) = (sheet.file.clone(), sheet.line(row));
                problems.push(Problem { file, line, column: column.into(), cell: None, what, way_out });
            };
            let id = sheet.cell(row, proposal);
            if !proposals.contains(id) {
                let way_out = "take it from proposals.csv, or run again".to_string();
                wrong("proposal_id", format!("there is no proposal `{id}`"), way_out);
                continue;
            }
            let name = sheet.cell(row, table);
            let Some(at) = related.tables.iter().position(|linked| linked.name == name) else {
                let there: Vec<&str> = related.tables.iter().map(|linked| linked.name.as_str()).collect();
                let way_out = format!("the tables are {}", there.join(", "));
                wrong("table", format!("no related table is named `{name}`"), way_out);
                continue;
            };
            let key = (sheet.cell(row, source), sheet.cell(row, record));
            let Some(&of) = records.get(&key) else {
                let way_out = "take it from a fresh copy, or run again".to_string();
                wrong("record_id", format!("there is no record `{}` in source `{}`", key.1, key.0), way_out);
                continue;
            };
            let Some(answer) = OnConflict::ALL.into_iter().find(|answer| answer.name() == written) else {
                let known = OnConflict::ALL.map(OnConflict::name);
                let way_out = nearest(&written, known).map_or_else(
                    || format!("write {}, or leave it empty", known.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                wrong("override", format!("`{written}` is no answer"), way_out);
                continue;
            };
            if answer == OnConflict::Rename && related.tables[at].renamed.is_none() {
                let way_out = "write remove or keep".to_string();
                wrong("override", format!("table `{name}` has no key column to rename"), way_out);
                continue;
            }
            let key = (id.to_string(), at, of);
            if answers.by_line.insert(key, answer).is_some_and(|before| before != answer) {
                let way_out = "one of them is to go".to_string();
                wrong("override", "another line of the same record says otherwise".into(), way_out);
            }
        }
    }
    match problems.is_empty() {
        true => Ok(answers),
        false => Err(ReviewError::Problems(Problems(problems))),
    }
}
