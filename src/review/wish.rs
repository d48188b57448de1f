//! What a person wants of a proposal → the cells that say so.

use super::{CellEdit, Desk, Sheet, Word};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is to be done with a proposal as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing said: the lane decides.
    #[default]
    Open,
    /// Merge those who are in.
    Merge,
    /// Merge, and where another decided so before, approve of it.
    Approve,
    /// Keep all apart.
    Apart,
    /// Decide later.
    Hold,
    /// Merge group by group.
    Split,
}

/// What a person wants of one proposal. Members are in the order of [`super::Reviewed::rows`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// The whole.
    pub verdict: Verdict,
    /// Per member its group, from 1; 0 is out.
    pub groups: Vec<u32>,
    /// Per member whether it stays.
    pub survivors: Vec<bool>,
    /// Why.
    #[serde(default)]
    pub comment: String,
    /// Values to take instead of those of the plan, by field.
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
}

/// Which cells of a sheet are read: as they are now, or as they stand in the file.
type Reading = fn(&Sheet, u32, usize) -> &str;

impl Desk<'_> {
    /// What the tables say now of the proposal at a place.
    pub fn wish(&self, at: usize) -> Wish {
        self.wish_by(at, Sheet::cell)
    }

    fn wish_by(&self, at: usize, read: Reading) -> Wish {
        let reviewed = &self.proposals[at];
        let (sheet, own) = (&self.sheets.proposals, &self.columns.proposals);
        let text = |row: u32| read(sheet, row, own.decision).trim().to_ascii_lowercase();
        let words: Vec<Word> =
            reviewed.rows.iter().map(|&row| Word::read(&text(row)).unwrap_or(Word::Nothing)).collect();
        let is_split = words.iter().any(|word| matches!(word, Word::Group(_)));
        let whole = words.iter().find(|word| matches!(word, Word::Merge | Word::Reject | Word::Hold));
        let verdict = match whole {
            _ if is_split => Verdict::Split,
            Some(Word::Reject) => Verdict::Apart,
            Some(Word::Hold) => Verdict::Hold,
            Some(_) if reviewed.rows.iter().any(|&row| text(row) == "approve") => Verdict::Approve,
            Some(_) => Verdict::Merge,
            None if words.contains(&Word::Out) => Verdict::Merge,
            None => Verdict::Open,
        };
        let group = |word: &Word| match word {
            Word::Group(number) => *number,
            Word::Out => 0,
            _ if is_split => 0,
            _ => 1,
        };
        let is_survivor = |&row: &u32| read(sheet, row, own.role).trim().eq_ignore_ascii_case("survivor");
        let comments = self.comments.iter().filter_map(|name| sheet.position(name));
        let mut comments = comments.flat_map(|column| reviewed.rows.iter().map(move |&row| (row, column)));
        let comment = comments.find_map(|(row, column)| {
            Some(read(sheet, row, column).trim()).filter(|text| !text.is_empty()).map(str::to_string)
        });
        let (plan, columns) = (&self.sheets.plan, &self.columns.plan);
        let overrides = reviewed
            .plan
            .iter()
            .map(|&row| (plan.filed(row, columns.field), read(plan, row, columns.other)))
            .filter(|(_, text)| !text.is_empty())
            .map(|(field, text)| (field.to_string(), text.to_string()));
        Wish {
            verdict,
            groups: words.iter().map(group).collect(),
            survivors: reviewed.rows.iter().map(is_survivor).collect(),
            comment: comment.unwrap_or_default(),
            overrides: overrides.collect(),
        }
    }

    /// The cells in which a proposal differs from the files when it is as a person wants it.
    ///
    /// Errors: the wish does not fit the proposal; the text says how.
    pub fn cells_of(&self, at: usize, wish: &Wish) -> Result<Vec<CellEdit>, String> {
        let reviewed = &self.proposals[at];
        let members = reviewed.rows.len();
        if wish.groups.len() != members || wish.survivors.len() != members {
            return Err(format!("the proposal has {members} records"));
        }
        let filed = self.wish_by(at, Sheet::filed);
        let (sheet, own) = (&self.sheets.proposals, &self.columns.proposals);
        let mut cells = Vec::new();
        let mut say = |row: u32, column: &str, was: &str, is: &str| {
            if was != is {
                cells.push(CellEdit {
                    source: sheet.filed(row, own.source).to_string(),
                    record_id: sheet.filed(row, own.record_id).to_string(),
                    column: column.to_string(),
                    was: was.to_string(),
                    is: is.to_string(),
                    ..CellEdit::default()
                });
            }
        };
        // What the file says already stays as it is written there.
        let same = filed.verdict == wish.verdict && filed.groups == wish.groups;
        let words = if same { None } else { Some(words(wish)?) };
        for (nth, &row) in reviewed.rows.iter().enumerate() {
            if let Some(words) = &words {
                say(row, "decision", sheet.filed(row, own.decision), &words[nth]);
            }
            if filed.survivors[nth] != wish.survivors[nth] {
                let role = if wish.survivors[nth] { "survivor" } else { "duplicate" };
                say(row, "role", sheet.filed(row, own.role), role);
            }
        }
        if filed.comment != wish.comment.trim() {
            let Some(name) = self.comments.first() else {
                return Err(
                    "the records have columns `comment` and `why` of their own, so no comment can be kept"
                        .into(),
                );
            };
            let was = |row: u32| sheet.position(name).map_or("", |at| sheet.filed(row, at));
            let first = reviewed.rows[0];
            say(first, name, was(first), wish.comment.trim());
            // What stood in other rows would be read in its stead.
            for &row in &reviewed.rows[1..] {
                say(row, name, was(row), "");
            }
        }
        let (plan, columns) = (&self.sheets.plan, &self.columns.plan);
        let mut unknown = wish.overrides.clone();
        for &row in &reviewed.plan {
            let field = plan.filed(row, columns.field);
            let was = plan.filed(row, columns.other);
            let is = unknown.remove(field).unwrap_or_default();
            if was != is {
                let (field, column) = (field.to_string(), "override".to_string());
                cells.push(CellEdit { field, column, was: was.to_string(), is, ..CellEdit::default() });
            }
        }
        match unknown.keys().next() {
            Some(field) => Err(format!("`{field}` is no field of this proposal")),
            None => Ok(cells),
        }
    }
}

/// The words of the column `decision`, a member each.
fn words(wish: &Wish) -> Result<Vec<String>, String> {
    let mut words = vec![String::new(); wish.groups.len()];
    let whole = match wish.verdict {
        Verdict::Open => return Ok(words),
        Verdict::Split => {
            for (word, group) in words.iter_mut().zip(&wish.groups) {
                *word = if *group == 0 { "out".to_string() } else { format!("group:{group}") };
            }
            return Ok(words);
        }
        Verdict::Merge => "merge",
        Verdict::Approve => "approve",
        Verdict::Apart => "reject",
        Verdict::Hold => "hold",
    };
    let is_merge = matches!(wish.verdict, Verdict::Merge | Verdict::Approve);
    if is_merge {
        for (word, _) in words.iter_mut().zip(&wish.groups).filter(|(_, group)| **group == 0) {
            *word = "out".to_string();
        }
    }
    let first = if is_merge { wish.groups.iter().position(|group| *group > 0) } else { Some(0) };
    let first = first.ok_or("every record is taken out; keep them apart instead")?;
    if is_merge && wish.groups.iter().filter(|group| **group > 0).count() < 2 {
        return Err("one record that is left merges with nobody; keep them apart instead".to_string());
    }
    words[first] = whole.to_string();
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(verdict: Verdict, groups: &[u32]) -> Wish {
        Wish { verdict, groups: groups.to_vec(), ..Wish::default() }
    }

    #[test]
    fn wishes_are_written_as_people_write_them() {
        let said = |verdict, groups: &[u32]| words(&wish(verdict, groups)).map(|words| words.join(","));
        assert_eq!(said(Verdict::Merge, &[1, 1, 1]).unwrap(), "merge,,");
        assert_eq!(said(Verdict::Approve, &[0, 1, 1]).unwrap(), "out,approve,");
        assert_eq!(said(Verdict::Apart, &[1, 1]).unwrap(), "reject,");
        assert_eq!(said(Verdict::Hold, &[1, 1]).unwrap(), "hold,");
        assert_eq!(said(Verdict::Split, &[1, 0, 2]).unwrap(), "group:1,out,group:2");
        assert_eq!(said(Verdict::Open, &[1, 1]).unwrap(), ",");
        assert!(said(Verdict::Merge, &[1, 0, 0]).is_err() && said(Verdict::Merge, &[0, 0]).is_err());
    }
}
