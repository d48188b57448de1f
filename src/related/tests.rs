use super::repoint::Moved;
use super::*;
use crate::config::{OnConflict, RelatedSettings};
use crate::ingest::FileFacts;
use crate::table::{Arena, Column, RawColumn, Table};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// Two sources whose records are called A0, A1 … and B0, B1 …
fn data(records: [u32; 2]) -> Dataset {
    let mut record_ids = Arena::new();
    let mut tables = Vec::new();
    for (source, count) in ["A", "B"].into_iter().zip(records) {
        for at in 0..count {
            record_ids.push(&format!("{source}{at}"));
        }
        tables.push(Table { source: source.into(), rows: count, ..Table::default() });
    }
    Dataset { tables, record_ids, starts: vec![0, records[0], records[0] + records[1]], ..Dataset::default() }
}

fn linked(data: &Dataset, settings: &RelatedSettings, headings: &[&str], rows: &[Vec<String>]) -> Linked {
    let column = |at: usize| RawColumn {
        name: headings[at].to_string(),
        cells: Column::from_values(rows.iter().map(|row| row[at].as_str())),
    };
    let table = Table {
        columns: (0..headings.len()).map(column).collect(),
        rows: rows.len() as u32,
        lines: (0..rows.len() as u32).map(|row| row + 2).collect(),
        ..Table::default()
    };
    let facts = FileFacts {
        source: "t".into(),
        file: "t.csv".into(),
        bytes: 0,
        sha256: String::new(),
        format: "csv".into(),
        encoding: "UTF-8".into(),
        delimiter: Some(','),
        rows_in: rows.len() as u64,
        quarantined: 0,
    };
    super::read::link(settings, "t".into(), data, table, facts, Vec::new()).unwrap()
}

/// The rows as they are afterwards, without the lines that were added.
fn afterwards(linked: &Linked, moved: &Moved) -> Vec<(u32, Vec<String>)> {
    let cell = |row: u32, column: usize| {
        moved.cells.get(&(row, column)).cloned().unwrap_or_else(|| linked.table.cell(column, row).to_string())
    };
    let columns = linked.table.columns.len();
    (0..linked.table.rows)
        .filter(|row| !moved.removed.contains_key(row))
        .map(|row| (row, (0..columns).map(|column| cell(row, column)).collect()))
        .collect()
}

fn settings(on_conflict: OnConflict) -> RelatedSettings {
    RelatedSettings {
        file: "t.csv".into(),
        source: Some("A".into()),
        columns: vec!["ref".into(), "other".into()],
        key: vec!["ref".into(), "code".into()],
        on_conflict,
        ..Default::default()
    }
}

proptest! {
    #[test]
    fn rows_add_up_references_lead_to_what_stays_and_keys_stay_unique(
        rows in prop::collection::vec((0u32..9, 0u32..9, 0u32..3), 0..30),
        groups in prop::collection::vec(0usize..5, 10),
        answer in 0usize..3,
    ) {
        // Seven records of A (A7 and A8 are dangling), three of B.
        let data = data([7, 3]);
        let answer = OnConflict::ALL[answer];
        let text = |&(to, other, code): &(u32, u32, u32)| {
            vec![format!("A{to}"), if other == 0 { String::new() } else { format!("A{other}") }, format!("c{code}")]
        };
        let rows: Vec<Vec<String>> = rows.iter().map(text).collect();
        let linked = linked(&data, &settings(answer), &["ref", "other", "code"], &rows);
        let mut members: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (record, &group) in groups.iter().enumerate() {
            members.entry(group).or_default().push(record as u32);
        }
        let members: Vec<Vec<u32>> = members.into_values().filter(|group| group.len() > 1).collect();
        let merges: Vec<Joined<'_>> = members
            .iter()
            .map(|members| Joined {
                proposal: "P".into(),
                group: Group { members, survivor: members[members.len() / 2] },
            })
            .collect();
        let related = Related { tables: vec![linked] };
        let linked = &related.tables[0];
        let done = repoint(&data, &related, &merges, &Answers::default()).unwrap();
        let after = afterwards(linked, &done.tables[0]);
        prop_assert_eq!(after.len() as u64, done.sums[0].written);

        let stays: HashSet<String> = {
            let gone = |record: u32| merges.iter().any(|merge| {
                merge.group.members.contains(&record) && merge.group.target(&data, record, false) != record
            });
            (0..7).filter(|&record| !gone(record)).map(|record| format!("A{record}")).collect()
        };
        let kept: HashSet<u32> = done.kept.iter().map(|kept| kept.row).collect();
        for (row, cells) in after.iter().filter(|(row, _)| !kept.contains(row)) {
            for cell in &cells[..2] {
                let leads = cell.is_empty() || cell == "A7" || cell == "A8" || stays.contains(cell);
                prop_assert!(leads, "row {} refers to {}", row, cell);
            }
        }
        // Keys that were different are so still.
        let key = |cells: &[String]| (cells[0].clone(), cells[2].clone());
        for (at, (row, cells)) in after.iter().enumerate() {
            for (other, others) in &after[..at] {
                let before = |row: &u32| key(&rows[*row as usize]);
                prop_assert!(key(cells) != key(others) || before(row) == before(other));
            }
        }
        // What a merge changes is told, with what was there.
        for change in done.changes.iter().flatten() {
            let row = &rows[change.line as usize - 2];
            for (name, was) in &change.before {
                let at = ["ref", "other", "code"].iter().position(|heading| heading == name).unwrap();
                prop_assert_eq!(&row[at], was);
            }
        }
    }
}

#[test]
fn a_forecast_stands_for_its_proposal_alone() {
    let data = data([4, 1]);
    let rows =
        [["A0", "", "x"], ["A1", "A0", "x"], ["A2", "", "x"]].map(|row| row.map(String::from).to_vec());
    let linked = linked(&data, &settings(OnConflict::Keep), &["ref", "other", "code"], &rows);
    let related = Related { tables: vec![linked] };
    let groups = [Group { members: &[0, 1], survivor: 0 }, Group { members: &[2, 3, 4], survivor: 4 }];
    let lines = forecast(&data, &related, &groups);
    let short: Vec<_> = lines
        .iter()
        .map(|line| (line.proposal, line.record, line.references, line.moves, line.conflicts.clone()))
        .collect();
    // The survivor of the second is of another source: in its own, the record with the smallest id stands for it.
    assert_eq!(short, [(0, 0, 2, 0, vec![]), (0, 1, 1, 1, vec![(1, 0)]), (1, 2, 1, 0, vec![])]);
}

#[test]
fn lines_follow_those_that_are_there() {
    let data = data([3, 0]);
    let settings = RelatedSettings {
        file: "t.csv".into(),
        source: Some("A".into()),
        columns: vec!["ref".into()],
        key: vec!["ref".into(), "line".into()],
        line_no: Some("line".into()),
        comment: Some("text".into()),
        ..Default::default()
    };
    let rows =
        [["A1", "10000", "one"], ["A0", "10000", "two"], ["A0", "x", "three"], ["A2", "20000", "four"]]
            .map(|row| row.map(String::from).to_vec());
    let linked = linked(&data, &settings, &["ref", "line", "text"], &rows);
    let related = Related { tables: vec![linked] };
    let merge = Joined { proposal: "P".into(), group: Group { members: &[0, 1, 2], survivor: 0 } };
    let done = repoint(&data, &related, &[merge], &Answers::default()).unwrap();
    let numbers: Vec<String> =
        afterwards(&related.tables[0], &done.tables[0]).into_iter().map(|(_, row)| row[1].clone()).collect();
    assert_eq!(numbers, ["30000", "10000", "x", "50000"]);
    let headed: Vec<_> = done.tables[0].headed.values().cloned().collect();
    assert_eq!(headed, [(20000, "From A1:".to_string()), (40000, "From A2:".to_string())]);
    assert_eq!((done.sums[0].rows, done.sums[0].headings, done.sums[0].written), (4, 2, 6));
}
