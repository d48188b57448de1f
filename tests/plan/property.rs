//! Random decisions on generated contacts: apply and undo are each other's reverse, and nothing is lost or made up.

use crate::support::editing::{EXCEL, Edited, PLAIN, tree};
use crate::support::{Desk, Table};
use alike::package::System;
use alike::pipeline::{ApplyOptions, UndoOptions};
use alike::progress::Silent;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// Rows of the generated export.
const ROWS: usize = 160;

/// What is done to the proposals, one after the other, again and again.
#[derive(Clone, Copy, Debug)]
enum Act {
    Nothing,
    Merge,
    Reject,
    Hold,
    Out,
    Split,
    Survivor,
    Choose,
    Type,
    Clear,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(Act::Nothing),
        Just(Act::Merge),
        Just(Act::Reject),
        Just(Act::Hold),
        Just(Act::Out),
        Just(Act::Split),
        Just(Act::Survivor),
        Just(Act::Choose),
        Just(Act::Type),
        Just(Act::Clear),
    ]
}

/// Does to each proposal what its act says, so that the plan stays sound.
fn edit(run: &Path, acts: &[Act], excel: bool) {
    let mut proposals = Edited::open(&run.join("proposals.csv"));
    let mut plan = Edited::open(&run.join("plan.csv"));
    let all: Vec<_> = proposals.proposals().into_iter().zip(acts.iter().cycle()).collect();
    // One record that is left merges with nobody.
    let is_apart =
        |rows: &[usize], act: &Act| matches!(act, Act::Reject) || matches!(act, Act::Out) && rows.len() == 2;
    let rejected: HashSet<String> =
        all.iter().filter(|((_, rows), act)| is_apart(rows, act)).map(|((id, _), _)| id.clone()).collect();
    for ((id, rows), act) in all {
        if rejected.contains(proposals.get(rows[0], "extends")) {
            // What adds to a proposal that is kept apart is not decided otherwise.
            continue;
        }
        let merge = |proposals: &mut Edited| proposals.set(rows[0], "decision", "merge");
        let free: Vec<usize> = plan
            .find(&[("proposal_id", &id)])
            .into_iter()
            .filter(|&row| plan.get(row, "field") != "id")
            .collect();
        match act {
            Act::Nothing => {}
            Act::Merge => merge(&mut proposals),
            Act::Reject => proposals.set(rows[0], "decision", "reject"),
            Act::Hold => proposals.set(rows[0], "decision", "hold"),
            Act::Out => {
                merge(&mut proposals);
                proposals.set(rows[rows.len() - 1], "decision", "out");
            }
            Act::Split => {
                for (at, &row) in rows.iter().enumerate() {
                    proposals.set(row, "decision", if at < 2 { "group:1" } else { "group:2" });
                }
            }
            Act::Survivor => {
                merge(&mut proposals);
                proposals.set(rows[0], "role", "duplicate");
                proposals.set(rows[1], "role", "survivor");
            }
            Act::Choose | Act::Type | Act::Clear => {
                merge(&mut proposals);
                for row in free.into_iter().step_by(2) {
                    let other = plan.get(row, "other_values").split(" | ").next().unwrap().to_string();
                    match act {
                        Act::Choose => plan.set(row, "override", &other),
                        Act::Type => plan.set(row, "override", "typed by hand"),
                        _ => plan.set(row, "override", "(empty)"),
                    }
                }
            }
        }
    }
    let saved = if excel { EXCEL } else { PLAIN };
    proposals.save_as(saved);
    plan.save_as(saved);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

fn key(row: &BTreeMap<&str, &str>) -> (String, String) {
    (row["source"].to_string(), row["record_id"].to_string())
}

fn check(applied: &Path, source: &Table, run: &Table) {
    let crosswalk = Table::read(&applied.join("crosswalk.csv"));
    assert_eq!(crosswalk.len(), ROWS, "records in = rows of the crosswalk");
    let keys: HashSet<_> = crosswalk.rows().map(|row| key(&row)).collect();
    assert_eq!(keys, run.rows().map(|row| key(&row)).collect(), "each once");
    let mut records: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, golden) in crosswalk.column("golden_id").into_iter().enumerate() {
        records.entry(golden).or_default().push(at);
    }
    // Values that lineage marks as made by a person.
    let text = std::fs::read_to_string(applied.join("changeset.jsonl")).unwrap();
    let mut typed: HashSet<(String, String)> = HashSet::new();
    for line in text.lines().skip(1) {
        let merge: serde_json::Value = serde_json::from_str(line).unwrap();
        for (field, after) in merge["after"].as_object().unwrap() {
            if after["rule"] == "typed" {
                typed.insert((merge["golden_id"].as_str().unwrap().to_string(), field.clone()));
            }
        }
    }
    let golden = Table::read(&applied.join("golden.csv"));
    assert_eq!(golden.len(), records.len());
    for row in golden.rows() {
        let own = &records[row["golden_id"]];
        // One source, in the order of its rows: the crosswalk's row is the export's.
        let cells: HashSet<&str> =
            own.iter().flat_map(|&at| source.cells[at].iter().map(String::as_str)).collect();
        for (field, value) in
            row.iter().filter(|(name, _)| !["golden_id", "members", "merged_record_ids"].contains(name))
        {
            let is_typed = typed.contains(&(row["golden_id"].to_string(), (*field).to_string()));
            assert!(
                value.is_empty() || is_typed || cells.contains(value),
                "{field} `{value}` stands nowhere"
            );
        }
    }
}

#[test]
fn apply_and_undo_are_each_others_reverse_for_any_plan() {
    let desk = Desk::new();
    desk.contacts("crm.csv", ROWS);
    let run = desk.run("out", &["crm.csv"], &[]);
    let (source, crosswalk) = (Table::read(&desk.path("crm.csv")), run.table("crosswalk"));
    let proposals = run.proposals().proposals().len();
    assert!(proposals >= 20, "{proposals}");
    let number = std::cell::Cell::new(0);
    let plans = (
        prop::collection::vec(act(), 1..proposals),
        prop::collection::vec(act(), 1..proposals),
        any::<bool>(),
    );
    let config = ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |((first, second, excel) in plans)| {
        number.set(number.get() + 1);
        let here = |name: &str| desk.path(&format!("{name}-{}", number.get()));
        let (one, two, out) = (here("one"), here("two"), here("applied"));
        copy(&run.path, &one);
        copy(&run.path, &two);
        edit(&one, &first, excel);
        edit(&two, &second, !excel);
        let apply = |dir: &Path| {
            let options = ApplyOptions { dir: dir.to_path_buf(), out: Some(out.clone()), inputs: Vec::new(), dry_run: false, state: None, packages: vec![System::Generic, System::Vcard] };
            alike::pipeline::apply(&options, &Silent).unwrap_or_else(|error| panic!("{}", error.chain()));
        };
        let undo = || {
            let options = UndoOptions { change_set: out.clone(), merge: None, field: None };
            alike::pipeline::undo(&options).unwrap_or_else(|error| panic!("{}", error.chain()));
        };
        apply(&one);
        check(&out, &source, &crosswalk);
        let after_first = tree(&out);
        apply(&two);
        check(&out, &source, &crosswalk);
        undo();
        prop_assert!(tree(&out) == after_first, "the first apply is there again, to the byte");
        undo();
        prop_assert!(!out.exists());
        std::fs::remove_dir_all(&one).unwrap();
        std::fs::remove_dir_all(&two).unwrap();
    });
}
