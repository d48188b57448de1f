//! A sample that people judged, read back.

use super::file::Verdict;
use super::strata::Group;
use crate::review::{Problem, Sheet};
use std::collections::HashMap;

/// The column in which people judge.
pub const JUDGEMENT: &str = "judgement";
/// The words of it with what they mean, in the order in which a list shows them.
pub const MEANINGS: [(&str, &str); 3] = [
    ("right", "The records of the group are one. Say it in one row of a group."),
    ("wrong", "At least one of them is not one with the others. The group is not merged."),
    ("unsure", "It cannot be told from what is there. It counts as wrong, and the group is not merged."),
];

/// Group, verdict, comment.
pub type Judged = (usize, Verdict, String);

/// What a sheet says of groups, in the order of its rows, or everything that is wrong with it.
pub fn judgements(sheet: &Sheet, groups: &[Group]) -> Result<Vec<Judged>, Vec<String>> {
    let mut problems: Vec<String> = sheet.problems().iter().map(ToString::to_string).collect();
    let names = ["proposal_id", JUDGEMENT, "fingerprint"];
    for name in names.iter().filter(|name| sheet.position(name).is_none()) {
        let way_out = "name a file that `alike audit` wrote; its headings are not to be changed";
        problems
            .push(Problem::of_headings(&sheet.file, name, "there is no such heading", way_out).to_string());
    }
    let [Some(id), Some(judgement), Some(fingerprint)] = names.map(|name| sheet.position(name)) else {
        return Err(problems);
    };
    let comment = sheet.position("comment");
    let known: HashMap<&str, usize> =
        groups.iter().zip(0..).map(|(group, at)| (group.id.as_str(), at)).collect();
    let mut found: Vec<Judged> = Vec::new();
    let mut said: HashMap<usize, usize> = HashMap::new();
    for row in 0..sheet.rows() {
        let mut tell = |column: &str, what: String, way_out: &str| {
            problems.push(Problem::at(sheet, row, column, what, way_out).to_string());
        };
        let written = sheet.cell(row, judgement).trim();
        let Some(&at) = known.get(sheet.cell(row, id)) else {
            let what = format!("`{}` is no sure group of this run", sheet.cell(row, id));
            tell("proposal_id", what, "ids are not to be edited; draw the sample of this run anew");
            continue;
        };
        if sheet.cell(row, fingerprint) != groups[at].fingerprint {
            let what = format!("`{}` is another group now than the one that was judged", groups[at].id);
            tell("fingerprint", what, "its records have changed since; draw the sample of this run anew");
            continue;
        }
        let verdict = match written.to_lowercase().as_str() {
            "" => continue,
            "right" => Verdict::Right,
            "wrong" => Verdict::Wrong,
            "unsure" => Verdict::Unsure,
            _ => {
                tell(
                    JUDGEMENT,
                    format!("`{written}` is no judgement"),
                    "write `right`, `wrong`, `unsure`, or nothing",
                );
                continue;
            }
        };
        let why = comment.map_or("", |at| sheet.cell(row, at)).trim();
        match said.get(&at) {
            Some(&before) if found[before].1 != verdict => {
                let what = format!("another row of `{}` says otherwise", groups[at].id);
                tell(JUDGEMENT, what, "say it in one row of a group, and nothing in the others");
            }
            Some(_) => {}
            None => {
                said.insert(at, found.len());
                found.push((at, verdict, why.to_string()));
            }
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}
