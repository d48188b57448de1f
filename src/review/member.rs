//! The cells of the members, as they were reviewed and as they are now.

use super::rows::Columns;
use super::{Against, Problem, Sheet, Standing};
use crate::propose::{Compared, Id, is_compared, letters};

/// What is looked at for one proposal.
pub(super) struct Seen<'a> {
    pub sheet: &'a Sheet,
    pub columns: &'a Columns,
    pub against: &'a Against<'a>,
    pub compared: &'a Compared<'a>,
    /// Its rows, by source and record id.
    pub rows: &'a [u32],
    /// Per row: the record as it is now.
    pub records: &'a [Option<u32>],
}

/// How the records of a proposal stand to what was reviewed; tells cells that somebody edited.
pub(super) fn standing(seen: &Seen<'_>, fingerprint: Id, problems: &mut Vec<Problem>) -> Standing {
    let own = &seen.columns.proposals;
    let reviewed = seen.compared.fingerprint_of(seen.rows.iter().map(|&row| {
        let key = (seen.sheet.cell(row, own.source), seen.sheet.cell(row, own.record_id));
        (key, move |at: usize| seen.columns.fields[at].map_or("", |column| seen.sheet.cell(row, column)))
    }));
    let records: Option<Vec<u32>> = seen.records.iter().copied().collect();
    let now = records.as_ref().map(|records| seen.compared.fingerprint(records));
    let before = problems.len();
    let touched = cells(seen, now == Some(fingerprint), problems);
    if reviewed == fingerprint {
        return match now {
            None => Standing::Gone,
            Some(now) if now != fingerprint => Standing::Changed,
            Some(_) if touched => Standing::Touched,
            Some(_) => Standing::Same,
        };
    }
    // A column that the sources have lost since cannot be looked at: then nobody can tell, and nothing is merged.
    if problems.len() == before && !seen.columns.lost {
        problems.push(Problem::at(
            seen.sheet,
            seen.rows[0],
            "fingerprint",
            format!("`{fingerprint}` does not fit the cells of its rows: it or one of them was edited"),
            "put back what the run wrote; values that you prefer go into `override` of the plan",
        ));
    }
    if records.is_some() { Standing::Changed } else { Standing::Gone }
}

/// Whether a cell differs from what it was when it was reviewed. Where only a person can have changed it, it is told:
/// the file is the one that the run read, or the records are known to be unchanged in what the decision was about.
fn cells(seen: &Seen<'_>, is_unchanged: bool, problems: &mut Vec<Problem>) -> bool {
    let data = seen.against.data;
    let mut touched = false;
    for (&row, record) in seen.rows.iter().zip(seen.records) {
        let Some(record) = *record else { continue };
        let is_same_file = seen.against.unchanged[data.locate(record).0];
        for (at, column) in seen.columns.fields.iter().enumerate() {
            let raw = data.raw(record, at);
            let cell = column.map_or("", |column| seen.sheet.cell(row, column));
            if same(cell, raw) {
                continue;
            }
            touched = true;
            let is_edited = match is_same_file {
                true => column.is_some(),
                false => is_unchanged && is_compared(data.fields[at].kind()) && letters(cell) != letters(raw),
            };
            if is_edited {
                let field = data.fields[at].to_string();
                problems.push(Problem::at(
                    seen.sheet,
                    row,
                    &column.map_or(field.clone(), |column| seen.sheet.table.columns[column].name.clone()),
                    format!("`{cell}` is `{raw}` in the source"),
                    format!("cells of records are not to be edited; write the value you want into `override` of the plan, field `{field}`"),
                ));
            }
        }
    }
    touched
}

/// Whether two cells are one, line ends apart: spreadsheets write their own.
pub(super) fn same(cell: &str, raw: &str) -> bool {
    cell == raw
        || (raw.contains('\r') || cell.contains('\r'))
            && cell.replace("\r\n", "\n") == raw.replace("\r\n", "\n")
}
