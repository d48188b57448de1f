//! Forgetting a person: nothing of it is found again, and the rest goes on.

use crate::support::editing::Edited;
use crate::support::{Desk, samples};
use std::path::Path;

fn said(desk: &Desk, arguments: &[&str], code: i32) -> String {
    let assert = desk.alike().args(arguments).assert().code(code);
    let output = assert.get_output();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Files of a folder that hold a text.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(text) {
            found.push(path.display().to_string());
        }
    }
    found
}

struct Case {
    desk: Desk,
    /// `source:id` of a record of a sure merge.
    key: String,
    proposal: String,
    /// A telephone or mail address that only it has.
    value: String,
}

fn case() -> Case {
    let desk = Desk::new();
    let folder = desk.run("out", &samples(), &["--state", "state"]);
    assert!(folder.output.status.success());
    let edited = Edited::open(&desk.path("out/proposals.csv"));
    let golden = std::fs::read_to_string(desk.path("out/golden.csv")).unwrap();
    let all = std::fs::read_to_string(desk.path("out/proposals.csv")).unwrap();
    let row = edited
        .find(&[("lane", "auto")])
        .into_iter()
        .find(|&row| {
            let value = edited.get(row, "street_and_number");
            value.len() > 8 && all.matches(value).count() == 1 && golden.matches(value).count() <= 1
        })
        .unwrap();
    let key = format!("{}:{}", edited.get(row, "source"), edited.get(row, "record_id"));
    let (proposal, value) =
        (edited.get(row, "proposal_id").to_string(), edited.get(row, "street_and_number").to_string());
    // A decision on it, and a merge of it that was applied.
    let mut edited = edited;
    edited.set(row, "decision", "merge");
    edited.save();
    said(&desk, &["review", "out", "--import", "out/proposals.csv", "--by", "anna"], 0);
    said(&desk, &["apply", "out", "-o", "master"], 0);
    said(&desk, &["apply", "out", "-o", "master"], 0);
    Case { desk, key, proposal, value }
}

#[test]
fn nothing_of_a_forgotten_person_is_found_again() {
    let Case { desk, key, proposal, value } = case();
    assert!(holding(&desk.path("out"), &value).len() >= 3);
    assert!(holding(&desk.path("master"), &value).len() >= 2);
    let dry = said(&desk, &["forget", &key, "--in", "out", "master", "--state", "state", "--dry-run"], 0);
    assert!(dry.contains("would be erased") && dry.contains("--dry-run"), "{dry}");
    assert!(holding(&desk.path("out"), &value).len() >= 3);

    let told = said(&desk, &["forget", &key, "--in", "out", "master", "--state", "state"], 0);
    assert!(told.contains("Searched again") && told.contains("decision"), "{told}");
    assert!(told.contains("Taken for the same person, and not erased"), "{told}");
    for folder in ["out", "master", "state"] {
        assert_eq!(holding(&desk.path(folder), &value), Vec::<String>::new());
        assert_eq!(holding(&desk.path(folder), &proposal_free(&key)), Vec::<String>::new());
    }
    let list = said(&desk, &["decisions", "list", "--state", "state", "--all"], 0);
    assert!(!list.contains(&key), "{list}");
    // Its merge cannot be undone any more, and says why; another can.
    let undo = said(&desk, &["undo", "master", "--merge", &proposal], 2);
    assert!(undo.contains("forgotten"), "{undo}");
    let crosswalk = Edited::open(&desk.path("master/crosswalk.csv"));
    let other = (0..crosswalk.rows.len()).map(|row| crosswalk.get(row, "merge_id")).find(|id| !id.is_empty());
    said(&desk, &["undo", "master", "--merge", other.unwrap()], 0);
    // The folders go on as they were left.
    said(&desk, &["apply", "out", "--dry-run"], 0);
    // Nothing is known of it now.
    said(&desk, &["forget", &key, "--in", "out", "master", "--state", "state"], 2);
}

/// The key as `merged_record_ids` and links write it, with what follows it.
fn proposal_free(key: &str) -> String {
    format!("{key};")
}

#[test]
fn what_is_no_folder_of_ours_is_left_alone() {
    let desk = Desk::new();
    desk.file("crm.csv", "id,name\n1,Anna\n");
    let told = said(&desk, &["forget", "crm:1", "--in", "."], 2);
    assert!(told.contains("only those are looked through"), "{told}");
    assert_eq!(std::fs::read_to_string(desk.path("crm.csv")).unwrap(), "id,name\n1,Anna\n");
    said(&desk, &["forget", "nobody", "--state", "state"], 2);
}

#[test]
fn rows_that_a_state_keeps_are_forgotten_too() {
    let desk = Desk::new();
    let crm =
        desk.file("crm.csv", "Id,Name,E-mail\n1,Zebedeus Quist,zq@quist.example\n2,Anna Vos,a@vos.example\n");
    let shop = desk.file("shop.csv", "Id,Name,E-mail\n7,Bo Berg,bo@berg.example\n");
    desk.run("out", &[crm, shop.clone()], &["--state", "state"]);
    said(&desk, &["forget", "crm:1", "--in", "out", "--state", "state", "--dry-run"], 0);
    said(&desk, &["state", "check", "--state", "state"], 0);
    let told = said(&desk, &["forget", "crm:1", "--in", "out", "--state", "state"], 0);
    assert!(told.contains("1 row"), "{told}");
    assert_eq!(holding(&desk.path("state"), "Quist"), Vec::<String>::new());
    // The source brings nothing tonight: its rows are those that are kept.
    let later = desk.run("later", &[shop], &["--state", "state"]);
    let mut ids =
        later.table("crosswalk").column("record_id").into_iter().map(str::to_string).collect::<Vec<_>>();
    ids.sort_unstable();
    assert_eq!(ids, ["2", "7"]);
    said(&desk, &["state", "check", "--state", "state"], 0);
}
