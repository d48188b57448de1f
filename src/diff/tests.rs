use super::*;
use crate::review::Sheet;
use crate::table::{Column, RawColumn, Table};
use proptest::prelude::*;

fn sheet(headings: &[&str], rows: &[Vec<String>]) -> Sheet {
    let column = |(at, name): (usize, &&str)| RawColumn {
        name: name.to_string(),
        cells: Column::from_values(rows.iter().map(|row| row[at].as_str())),
    };
    let mut sheet = Sheet::default();
    sheet.table = Table {
        columns: headings.iter().enumerate().map(column).collect(),
        rows: rows.len() as u32,
        ..Table::default()
    };
    sheet
}

/// A run whose records (letters) are in groups; a record that is given alone is in no group.
fn run(groups: &[&str]) -> Side {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for group in groups {
        let first = group.chars().min().unwrap();
        let lane = if group.len() > 1 { "auto" } else { "single" };
        rows.extend(group.chars().map(|record| {
            ["crm", &record.to_string(), &format!("E-{first}"), &format!("G-{first}"), lane]
                .map(String::from)
                .into()
        }));
    }
    Side {
        name: "run".into(),
        crosswalk: sheet(&["source", "record_id", "entity_id", "golden_id", "lane"], &rows),
        ..Side::default()
    }
}

/// Kind, ids before and after, records gained and lost, of every change.
fn told(before: &[&str], after: &[&str]) -> Vec<String> {
    let diff = between(&run(before), &run(after));
    diff.groups
        .iter()
        .flat_map(|listed| {
            assert_eq!(listed.count as usize, listed.groups.len());
            listed.groups.iter().map(|of| {
                format!(
                    "{} {}>{} +{} -{}",
                    listed.kind.name(),
                    of.before.join(","),
                    of.after.join(","),
                    of.gained.join(","),
                    of.lost.join(",")
                )
            })
        })
        .collect()
}

#[test]
fn every_kind_of_change() {
    assert_eq!(told(&["ab", "c"], &["ab", "c"]), [""; 0]);
    assert_eq!(told(&["a", "b"], &["ab"]), ["new >E-a + -"]);
    assert_eq!(told(&["ab", "c"], &["abc"]), ["grown E-a>E-a +crm:c -"]);
    assert_eq!(told(&["ab"], &["abz"]), ["grown E-a>E-a +crm:z -"], "a record that was not there");
    assert_eq!(told(&["abc"], &["ab", "c"]), ["shrunk E-a>E-a + -crm:c"]);
    assert_eq!(told(&["abc"], &["bc"]), ["shrunk E-a>E-b + -crm:a"], "a record that is gone");
    assert_eq!(told(&["abc", "d"], &["abd", "c"]), ["changed E-a>E-a +crm:d -crm:c"]);
    assert_eq!(told(&["abcd"], &["ab", "cd"]), ["split E-a>E-a,E-c + -"]);
    assert_eq!(told(&["ab", "cd"], &["abcd"]), ["merged E-a,E-c>E-a + -"]);
    assert_eq!(told(&["ab"], &["a", "b"]), ["resolved E-a> + -"]);
    assert_eq!(told(&["ab"], &["c"]), ["resolved E-a> + -"]);
    // Pieces of two groups find each other: one is split, and its piece is merged.
    assert_eq!(told(&["abcd", "ef"], &["ab", "cdef"]), ["split E-a>E-a,E-c + -", "merged E-a,E-e>E-c + -"]);
}

#[test]
fn records_are_counted_by_source_and_id() {
    let diff = between(&run(&["a", "b", "c"]), &run(&["b", "x", "y", "z"]));
    assert_eq!((diff.new_records, diff.gone_records), (3, 2));
}

#[test]
fn golden_values_that_changed() {
    let golden = |rows: &[[&str; 4]], city: &str| {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(String::from).into()).collect();
        Side { golden: sheet(&["golden_id", "members", "email", city], &rows), ..Side::default() }
    };
    let before =
        golden(&[["G-1", "1", "a@x", "Gent"], ["G-2", "2", "", "Ghent"], ["G-3", "1", "c@x", ""]], "city");
    let after =
        golden(&[["G-2", "1", "b@x", "Gent"], ["G-1", "1", "", "Gent"], ["G-4", "1", "d@x", ""]], "city");
    let fields = between(&before, &after).fields;
    assert_eq!((fields.in_both, fields.records), (2, 2));
    let counts: Vec<_> =
        fields.fields.iter().map(|of| (of.field.as_str(), of.changed, of.filled, of.emptied)).collect();
    assert_eq!(counts, [("email", 0, 1, 1), ("city", 1, 0, 0)]);
    let changes: Vec<_> =
        fields.changes.iter().map(|of| (of.golden_id.as_str(), of.after.as_str())).collect();
    assert_eq!(changes, [("G-1", ""), ("G-2", "Gent"), ("G-2", "b@x")], "by golden id, then field");
    let fields = between(&before, &golden(&[], "town")).fields;
    assert_eq!((fields.new_fields, fields.gone_fields), (vec!["town".to_string()], vec!["city".to_string()]));
}

#[test]
fn decisions_that_are_open_again_are_told_once() {
    let proposal = |id: &str, hold: &str, decided| side::Proposal {
        id: id.into(),
        lane: "hold".into(),
        hold_reason: hold.into(),
        decided,
        members: vec![format!("crm:{id}")],
    };
    let side = |proposals: Vec<side::Proposal>| Side { proposals, ..Side::default() };
    let before = side(vec![proposal("P-1", "reopened", false), proposal("P-2", "household", true)]);
    let after = side(vec![proposal("P-1", "reopened", false), proposal("P-2", "reopened", false)]);
    let diff = between(&before, &after);
    let reopened = diff.groups.iter().find(|listed| listed.kind == Kind::Reopened).unwrap();
    assert_eq!((reopened.count, &reopened.groups[0].after), (1, &vec!["P-2".to_string()]));
    assert_eq!(diff.waiting[1], Waiting { lane: "hold", before: 1, after: 2 });
}

/// Records a to p, each in one of six groups or gone.
fn partitions() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(0usize..8, 16).prop_map(|of| {
        let mut groups = vec![String::new(); 6];
        for (record, group) in ('a'..='p').zip(of) {
            if let Some(group) = groups.get_mut(group) {
                group.push(record);
            }
        }
        groups.retain(|group| !group.is_empty());
        groups
    })
}

proptest! {
    #[test]
    fn groups_add_up(before in partitions(), after in partitions()) {
        let as_str = |groups: &[String]| -> Side { run(&groups.iter().map(String::as_str).collect::<Vec<_>>()) };
        let (one, other) = (as_str(&before), as_str(&after));
        let diff = between(&one, &other);
        let count = |kind: Kind| diff.groups.iter().find(|listed| listed.kind == kind).unwrap().count;
        let large = |groups: &[String]| groups.iter().filter(|group| group.len() > 1).count() as u64;
        // Each group of before is resolved, split, or went into one group; each group of now is told, or is a piece.
        let pieces = diff
            .groups
            .iter()
            .find(|listed| listed.kind == Kind::Split)
            .map_or(0, |listed| listed.groups.iter().map(|of| of.after.len() as u64).sum::<u64>());
        let told = diff.unchanged_groups
            + [Kind::New, Kind::Grown, Kind::Shrunk, Kind::Changed, Kind::Merged].map(count).iter().sum::<u64>();
        prop_assert!(told <= large(&after) && told + pieces >= large(&after));
        prop_assert!(count(Kind::Resolved) + count(Kind::Split) <= large(&before));
        // The other way round, what is new is what was resolved, and a split is a merge.
        let back = between(&other, &one);
        let count_back = |kind: Kind| back.groups.iter().find(|listed| listed.kind == kind).unwrap().count;
        prop_assert_eq!(count(Kind::New), count_back(Kind::Resolved));
        prop_assert_eq!(count(Kind::Merged), count_back(Kind::Split));
        prop_assert_eq!((diff.new_records, diff.unchanged_groups), (back.gone_records, back.unchanged_groups));
        // Against itself nothing changed, and the order of rows says nothing.
        let same = between(&one, &one);
        prop_assert_eq!(same.groups.iter().map(|listed| listed.count).sum::<u64>(), 0);
        let turned: Vec<String> = before.iter().rev().map(|group| group.chars().rev().collect()).collect();
        prop_assert_eq!(between(&as_str(&turned), &other).groups, diff.groups);
    }
}
