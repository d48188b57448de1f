//! The words in `decision` and `role` → what is to be done with a proposal.

use super::rows::{Columns, Rows};
use super::words::{DECISIONS, Word};
use super::{Answer, Group, LaneName, Problem, Sheet};
use std::collections::BTreeMap;

/// Makes an answer of the rows of a proposal; tells words that are none or contradict each other.
pub(super) fn of(
    sheet: &Sheet,
    columns: &Columns,
    group: &Rows,
    lane: LaneName,
    problems: &mut Vec<Problem>,
) -> Answer {
    let rows = &group.members;
    let survivors = survivors(sheet, columns, rows, problems);
    let mut words = Vec::with_capacity(rows.len());
    for &row in rows {
        let cell = sheet.cell(row, columns.proposals.decision);
        let word = Word::read(cell);
        if word.is_none() {
            let what = format!("`{}` is no decision", cell.trim());
            problems.push(Problem::at(sheet, row, "decision", what, format!("write {DECISIONS}")));
        }
        words.push(word.unwrap_or(Word::Nothing));
    }
    let said = |of: fn(&Word) -> bool| words.iter().position(of);
    // The first row that says something of the whole proposal; another that says otherwise contradicts it.
    let is_whole = |word: &Word| matches!(word, Word::Merge | Word::Reject | Word::Hold);
    let whole = words.iter().copied().find(is_whole);
    for (at, word) in words.iter().enumerate() {
        if is_whole(word) && Some(*word) != whole {
            problems.push(Problem::at(
                sheet,
                rows[at],
                "decision",
                format!("another row of `{}` says otherwise", group.id),
                "say `merge`, `reject` or `hold` in one row of a proposal, and nothing in the others",
            ));
        }
    }
    let outs = words.iter().filter(|word| **word == Word::Out).count();
    let split = words.iter().any(|word| matches!(word, Word::Group(_)));
    let groups = if split {
        if let Some(at) = said(|word| !matches!(word, Word::Group(_) | Word::Out)) {
            problems.push(Problem::at(
                sheet,
                rows[at],
                "decision",
                format!("`{}` is split, and this row is in no group", group.id),
                "write `group:1`, `group:2` … or `out` into every row of a proposal that is split",
            ));
        }
        let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, word) in words.iter().enumerate() {
            if let Word::Group(number) = word {
                groups.entry(*number).or_default().push(at);
            }
        }
        groups.into_iter().collect()
    } else {
        let stay = (0..rows.len()).filter(|&at| words[at] != Word::Out).collect();
        vec![(0, stay)]
    };
    if outs > 0
        && matches!(whole, Some(Word::Reject | Word::Hold))
        && let Some(at) = said(|word| *word == Word::Out)
    {
        problems.push(Problem::at(
            sheet,
            rows[at],
            "decision",
            "a record cannot be taken out of a proposal that is not merged",
            "leave `out` away, or say `merge` in another row",
        ));
    }
    if outs > 0
        && outs < rows.len()
        && !split
        && whole.is_none()
        && lane != LaneName::Auto
        && let Some(at) = said(|word| *word == Word::Out)
    {
        problems.push(Problem::at(
            sheet,
            rows[at],
            "decision",
            format!("a record is taken out of `{}`, and nothing says what becomes of the others", group.id),
            "say `merge` in a row of the others, or `reject` instead of `out`",
        ));
    }
    let is_whole_group = outs == 0 && !split;
    let groups: Vec<Group> = groups
        .into_iter()
        .filter(|(_, members): &(u32, Vec<usize>)| members.len() > 1)
        .map(|(number, members)| {
            let of_group: Vec<usize> = members.iter().copied().filter(|at| survivors.contains(at)).collect();
            if let Some(&second) = of_group.get(1) {
                let first = sheet.line(rows[of_group[0]]);
                problems.push(Problem::at(
                    sheet,
                    rows[second],
                    "role",
                    format!("`{}` has two survivors, the other in line {first}", group.id),
                    "write `survivor` into one row and `duplicate` into the others",
                ));
            }
            Group { survivor: of_group.first().copied(), members, number }
        })
        .collect();
    if is_whole_group && survivors.is_empty() {
        problems.push(Problem::at(
            sheet,
            rows[0],
            "role",
            format!("`{}` has no survivor", group.id),
            "write `survivor` into the row of the record that is to stay",
        ));
    }
    match whole {
        Some(Word::Reject) => Answer::Apart,
        Some(Word::Hold) => Answer::Hold,
        _ if groups.is_empty() => Answer::Apart,
        Some(_) => Answer::Merge { groups, by_person: true },
        None if split => Answer::Merge { groups, by_person: true },
        None if lane == LaneName::Auto => Answer::Merge { groups, by_person: outs > 0 },
        None => Answer::Undecided,
    }
}

/// The members that are marked to stay; tells words that are no role.
fn survivors(sheet: &Sheet, columns: &Columns, rows: &[u32], problems: &mut Vec<Problem>) -> Vec<usize> {
    let mut survivors = Vec::new();
    for (at, &row) in rows.iter().enumerate() {
        match sheet.cell(row, columns.proposals.role).trim().to_ascii_lowercase().as_str() {
            "survivor" => survivors.push(at),
            "duplicate" => {}
            other => problems.push(Problem::at(
                sheet,
                row,
                "role",
                format!("`{other}` is no role"),
                "write `survivor` (the record that stays) or `duplicate`",
            )),
        }
    }
    survivors
}
