//! Rows whose cells stand in the wrong columns: a telephone number under `country`, a day under `e-mail`.
//!
//! A separator too many or too few, or a slip in a spreadsheet, moves the rest of a row. A single strange cell is none of
//! these; several that are plainly what other columns of the table hold are. Such values are not compared, nor is the text
//! between them.

use super::look::plain_kind;
use super::{Kind, MappedColumn};
use crate::ingest::Finding;
use crate::table::{Column, MISSING, Table};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// Cells of a row that must stand in wrong columns: one is a slip of another kind.
const CELLS: u32 = 2;
/// Rows shown to people.
const EXAMPLES: usize = 3;

/// The rule's name.
const RULE: &str = "shifted_cells";

/// What was found in a table: for people, and per column the values that belong into another.
pub struct Shifted {
    pub finding: Finding,
    pub values: Vec<(usize, HashSet<String>)>,
}

/// Finds the rows whose cells stand in the wrong columns; `cells` are the columns as they are compared.
pub fn find<'a>(
    table: &Table,
    mapped: &[MappedColumn],
    cells: impl Fn(usize) -> &'a Column + Sync,
) -> Option<Shifted> {
    let kinds: Vec<(usize, Kind)> = mapped
        .iter()
        .filter_map(|mapped| Some((mapped.column, mapped.field.as_ref()?.kind())))
        .filter(|(_, kind)| may_misfit(*kind))
        .collect();
    let held: HashSet<Kind> = kinds.iter().map(|(_, kind)| *kind).collect();
    let misplaced = |&(at, kind): &(usize, Kind)| {
        let column = cells(at);
        let codes = MISSING + 1..column.distinct() as u32;
        // Most names have nothing in them that could be anything else.
        let may_be =
            |value: &str| !is_text(kind) || value.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
        let is_misplaced = |&code: &u32| {
            may_be(column.value(code))
                && plain_kind(column.value(code))
                    .is_some_and(|plain| held.contains(&plain) && misfits(kind, plain))
        };
        let codes: HashSet<u32> = codes.into_par_iter().filter(is_misplaced).collect();
        (!codes.is_empty()).then_some((at, codes))
    };
    let columns: Vec<(usize, HashSet<u32>)> = kinds.iter().filter_map(misplaced).collect();
    if columns.len() < CELLS as usize {
        return None;
    }
    let mut counts = vec![0u32; table.rows as usize];
    for (at, codes) in &columns {
        let column = cells(*at);
        let add = |(count, code): (&mut u32, &u32)| *count += u32::from(codes.contains(code));
        counts.par_iter_mut().zip(column.codes()).for_each(add);
    }
    let rows: Vec<u32> = (0..table.rows).filter(|&row| counts[row as usize] >= CELLS).collect();
    if rows.is_empty() {
        return None;
    }
    let all: Vec<(usize, Kind)> =
        mapped.iter().filter_map(|mapped| Some((mapped.column, mapped.field.as_ref()?.kind()))).collect();
    let between = text_between(&rows, &all, &columns, &cells);
    let in_rows = |(at, codes): (usize, HashSet<u32>)| {
        let column = cells(at);
        let found = rows.iter().map(|&row| column.code(row)).filter(|code| codes.contains(code));
        let values: HashSet<String> = found.map(|code| column.value(code).to_string()).collect();
        (!values.is_empty()).then_some((at, values))
    };
    let mut values: Vec<(usize, HashSet<String>)> = columns.into_iter().filter_map(in_rows).collect();
    for (at, more) in between {
        match values.iter_mut().find(|(column, _)| *column == at) {
            Some((_, values)) => values.extend(more),
            None => values.push((at, more)),
        }
    }
    values.sort_unstable_by_key(|(at, _)| *at);
    let example = |&row: &u32| {
        let shown = values.iter().filter_map(|(at, values)| {
            let value = cells(*at).get(row);
            values.contains(value).then(|| format!("`{value}` under `{}`", table.columns[*at].name))
        });
        let line = table.lines.get(row as usize).copied().unwrap_or_default();
        format!("line {line}: {}", shown.collect::<Vec<_>>().join(", "))
    };
    let message = match rows.len() {
        1 => "in one row cells stand in the wrong columns; they are not compared".to_string(),
        count => format!("in {count} rows cells stand in the wrong columns; they are not compared"),
    };
    let finding = Finding {
        source: table.source.clone(),
        file: table.path.clone(),
        rule: RULE.to_string(),
        message,
        count: rows.len() as u64,
        examples: rows.iter().take(EXAMPLES).map(example).collect(),
    };
    Some(Shifted { finding, values })
}

/// Text between the misplaced cells of rows that are moved by one column: a city under `street`, a name under `city`. Text
/// does not show by itself that it is misplaced, so only values that stand in that column in no other row are taken.
fn text_between<'a>(
    rows: &[u32],
    kinds: &[(usize, Kind)],
    misplaced: &[(usize, HashSet<u32>)],
    cells: &impl Fn(usize) -> &'a Column,
) -> Vec<(usize, HashSet<String>)> {
    let kind_of = |at: usize| kinds.iter().find(|(column, _)| *column == at).map(|(_, kind)| *kind);
    let mut seen: HashMap<(usize, u32), u32> = HashMap::new();
    for &row in rows {
        let found = misplaced.iter().filter(|(at, codes)| codes.contains(&cells(*at).code(row)));
        let places: Vec<usize> = found.map(|(at, _)| *at).collect();
        let (Some(&first), Some(&last)) = (places.iter().min(), places.iter().max()) else { continue };
        let is_at_home = |at: usize, home: Option<usize>| {
            let plain = plain_kind(cells(at).get(row));
            plain.is_some() && plain == home.and_then(kind_of)
        };
        let right = places.iter().all(|&at| is_at_home(at, at.checked_sub(1)));
        let left = places.iter().all(|&at| is_at_home(at, at.checked_add(1)));
        if right == left {
            continue;
        }
        let is_prose = |kind: Kind| is_text(kind) || kind == Kind::Address;
        for (at, _) in kinds.iter().filter(|(at, kind)| (first..last).contains(at) && is_prose(*kind)) {
            let code = cells(*at).code(row);
            if code != MISSING {
                *seen.entry((*at, code)).or_default() += 1;
            }
        }
    }
    let mut values: HashMap<usize, HashSet<String>> = HashMap::new();
    for ((at, code), count) in seen {
        let column = cells(at);
        if column.count(code) == count {
            values.entry(at).or_default().insert(column.value(code).to_string());
        }
    }
    // Sorted by the caller: nothing depends on the order of the map.
    values.into_iter().collect()
}

/// Whether a column of a kind can be seen to hold what it should not.
fn may_misfit(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Email
            | Kind::Phone
            | Kind::Postcode
            | Kind::Country
            | Kind::Date
            | Kind::City
            | Kind::Region
            | Kind::PersonName
            | Kind::Company
    )
}

/// Whether a column of a kind holds names, of which hardly any has a digit.
fn is_text(kind: Kind) -> bool {
    matches!(kind, Kind::City | Kind::Region | Kind::PersonName | Kind::Company)
}

/// Whether a value that plainly is of one kind cannot be meant in a column of another.
fn misfits(column: Kind, value: Kind) -> bool {
    match (column, value) {
        _ if column == value => false,
        // `Luxembourg` is a city, a state and a name; `Georgia` is a given name.
        (_, Kind::Country) if is_text(column) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MapSettings, columns};
    use crate::table::{Column, RawColumn, Table};

    fn map(rows: &[[&str; 5]]) -> super::super::Dataset {
        let names = ["name", "postcode", "country", "phone", "email"];
        let cells = |at: usize| Column::from_values(rows.iter().map(|row| row[at]));
        let columns_ = names.iter().enumerate();
        let columns_ = columns_.map(|(at, name)| RawColumn { name: name.to_string(), cells: cells(at) });
        let table = Table {
            source: "t".into(),
            path: "t.csv".into(),
            columns: columns_.collect(),
            rows: rows.len() as u32,
            lines: (2..rows.len() as u32 + 2).collect(),
        };
        columns(vec![table], &MapSettings::default()).expect("maps")
    }

    const SOUND: [&str; 5] = ["Els Dal", "1012 LG", "NL", "0612345678", "els@dal.example"];

    #[test]
    fn cells_that_moved_are_found_and_not_compared() {
        let moved = ["Piet", "piet@x.example", "3011 AB", "DE", "0687654321"];
        let data = map(&[SOUND, SOUND, moved, SOUND]);
        assert_eq!(data.findings.len(), 1, "{:?}", data.findings);
        let finding = &data.findings[0];
        assert_eq!((finding.rule.as_str(), finding.count), ("shifted_cells", 1));
        assert!(finding.examples[0].starts_with("line 4: `piet@x.example` under `postcode`"), "{finding:?}");
        for (column, sound) in SOUND.iter().enumerate().skip(1) {
            assert_eq!(data.cells(0, column).get(2), "", "column {column}");
            assert_eq!(data.cells(0, column).get(1), *sound);
        }
        // The cell itself stays.
        assert_eq!(data.tables[0].cell(1, 2), "piet@x.example");
    }

    #[test]
    fn text_between_moved_cells_moved_with_them() {
        let names = ["name", "phone", "city", "company", "street", "country", "email"];
        let sound = ["Els Dal", "0612345678", "Gent", "Dal BV", "Dok 1", "BE", "els@dal.example"];
        let moved = ["Piet", "", "0687654321", "Rotterdam", "Zonnehof BV", "Coolsingel 5", "NL"];
        // A name that stands in that column in other rows, too, may be meant.
        let other = ["Jan", "0611111111", "Gent", "Zonnehof BV", "Rotterdam", "BE", "jan@x.example"];
        let rows = [sound, moved, other, sound];
        let cells = |at: usize| Column::from_values(rows.iter().map(|row| row[at]));
        let columns_ = names.iter().enumerate();
        let table = Table {
            source: "t".into(),
            path: "t.csv".into(),
            columns: columns_
                .map(|(at, name)| RawColumn { name: name.to_string(), cells: cells(at) })
                .collect(),
            rows: rows.len() as u32,
            lines: (2..rows.len() as u32 + 2).collect(),
        };
        let data = columns(vec![table], &MapSettings::default()).expect("maps");
        assert_eq!(data.findings.len(), 1, "{:?}", data.findings);
        let seen = |column: usize, row: u32| data.cells(0, column).get(row);
        assert_eq!([2, 3, 4, 6].map(|column| seen(column, 1)), ["", "", "", ""]);
        assert_eq!((seen(0, 1), seen(3, 2), seen(4, 2)), ("Piet", "Zonnehof BV", "Rotterdam"));
    }

    #[test]
    fn one_strange_cell_is_no_shift() {
        let strange = ["Piet", "1012 LG", "NL", "piet@x.example", "piet@x.example"];
        let junk = ["Jan", "000000", "xx", "000000", "test"];
        let data = map(&[SOUND, SOUND, strange, junk, SOUND]);
        assert!(data.findings.is_empty(), "{:?}", data.findings);
        assert_eq!(data.cells(0, 3).get(2), "piet@x.example");
    }
}
