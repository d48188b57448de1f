use super::*;
use proptest::prelude::*;
use rusqlite::Connection;

const AT: &str = "2026-05-04T10:00:00Z";

fn key(id: &str) -> Key {
    Key::new("crm", id)
}

fn decision(what: What, by: &str, records: &[&str]) -> Decision {
    Decision::new(what, by, AT, records.iter().map(|id| key(id)).collect()).sound().unwrap()
}

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    (dir, store)
}

#[test]
fn what_was_written_is_read_back_and_written_once() {
    let (dir, mut store) = store();
    let decisions = [decision(What::Merge, "anna", &["2", "1"]), decision(What::Hold, "bob", &["3", "4"])];
    assert_eq!(store.append(&decisions).unwrap(), Appended { new: 2, known: 0 });
    assert_eq!(store.append(&decisions).unwrap(), Appended { new: 0, known: 2 });
    drop(store);
    assert_eq!(Store::must_read(dir.path()).unwrap().ledger().unwrap().entries, decisions);
    assert_eq!(read_lines("x", &write_lines(&decisions)).unwrap(), decisions);
}

#[cfg(unix)]
#[test]
fn the_store_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, _store) = store();
    let mode = std::fs::metadata(dir.path().join(STORE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn nothing_is_changed_or_removed() {
    let (dir, mut store) = store();
    store.append(&[decision(What::Merge, "anna", &["1", "2"])]).unwrap();
    drop(store);
    let connection = Connection::open(dir.path().join(STORE)).unwrap();
    for statement in ["UPDATE decision SET by = 'bob'", "DELETE FROM decision"] {
        let refused = connection.execute(statement, []).unwrap_err();
        assert!(refused.to_string().contains("only added"), "{refused}");
    }
}

#[test]
fn a_newer_store_and_a_strange_file_are_refused() {
    let (dir, store) = store();
    drop(store);
    let path = dir.path().join(STORE);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(connection);
    let before = std::fs::read(&path).unwrap();
    for refused in [Store::open(dir.path()).err(), Store::read(dir.path()).err()] {
        assert!(matches!(refused, Some(StateError::Newer { found: 99, .. })), "{refused:?}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
    std::fs::write(&path, "no database, but long enough to have been one ".repeat(40)).unwrap();
    assert!(matches!(Store::open(dir.path()).err(), Some(StateError::NotOurs(_))));
    let connection = Connection::open(dir.path().join("other.sqlite")).unwrap();
    connection.execute_batch("CREATE TABLE of_somebody (x)").unwrap();
    drop(connection);
    std::fs::rename(dir.path().join("other.sqlite"), &path).unwrap();
    assert!(matches!(Store::open(dir.path()).err(), Some(StateError::NotOurs(_))));
}

#[test]
fn a_store_of_the_first_schema_is_brought_to_this_one() {
    let dir = tempfile::tempdir().unwrap();
    let old = decision(What::Merge, "anna", &["1", "2"]);
    let connection = Connection::open(dir.path().join(STORE)).unwrap();
    connection.execute_batch(store::first_schema()).unwrap();
    let body = serde_json::to_string(&old).unwrap();
    let row = rusqlite::params![old.id, old.at, old.by, "merge", body];
    connection
        .execute("INSERT INTO decision (id, at, by, what, body) VALUES (?1, ?2, ?3, ?4, ?5)", row)
        .unwrap();
    drop(connection);
    assert_eq!(Store::must_read(dir.path()).unwrap().ledger().unwrap().entries, std::slice::from_ref(&old));
    let mut store = Store::open(dir.path()).unwrap();
    store.append(&[decision(What::Hold, "bob", &["3", "4"])]).unwrap();
    assert_eq!(store.ledger().unwrap().entries[0], old);
    let connection = Connection::open(dir.path().join(STORE)).unwrap();
    assert!(connection.execute("DELETE FROM decision", []).is_err());
}

#[test]
fn contradictions_are_found_through_others_and_not_written() {
    let (_dir, mut store) = store();
    store
        .append(&[decision(What::Merge, "anna", &["1", "2"]), decision(What::Merge, "bob", &["2", "3"])])
        .unwrap();
    let refused = store.append(&[decision(What::KeepApart, "cleo", &["1", "3"])]).unwrap_err();
    let told = refused.to_string();
    for part in ["crm:1 = crm:2", "crm:2 = crm:3", "crm:1 ≠ crm:3", "by anna", "by bob", "by cleo"] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(store.ledger().unwrap().entries.len(), 2);
    // The other way round: the two were kept apart first.
    store.append(&[decision(What::KeepApart, "cleo", &["3", "4"])]).unwrap();
    assert!(store.append(&[decision(What::Merge, "anna", &["1", "4"])]).is_err());
}

#[test]
fn the_latest_word_of_a_person_holds_and_a_revoked_one_does_not() {
    let merge = decision(What::Merge, "anna", &["1", "2"]);
    let hold = decision(What::Hold, "bob", &["3", "4"]);
    let apart = decision(What::KeepApart, "anna", &["1", "2"]);
    let end = decision(What::Merge, "cleo", &["3", "4", "5"]);
    let back = Decision::revoke(&end.id, "cleo", AT, "").sound().unwrap();
    let all = [merge.clone(), hold.clone(), apart.clone(), end.clone(), back.clone()];
    let ledger = Ledger::of(all.to_vec());
    assert_eq!(
        ledger.status,
        [
            Status::Replaced(apart.id.clone()),
            Status::Holds,
            Status::Holds,
            Status::Revoked(back.id.clone()),
            Status::Entry
        ]
    );
    let ledger = Ledger::of(all[..4].to_vec());
    assert_eq!(ledger.status[1], Status::Replaced(end.id));
    // Another person's word stands beside it, and contradicts it.
    let other = decision(What::KeepApart, "bob", &["1", "2"]);
    let ledger = Ledger::of(vec![merge, other]);
    assert_eq!(contradictions(&ledger.holding().collect::<Vec<_>>()).len(), 1);
}

#[test]
fn approvals_count_people_on_one_fingerprint() {
    let of = |by: &str, what, fingerprint: &str| {
        let mut approval = decision(what, by, &["1", "2"]);
        (approval.id, approval.fingerprint) = (String::new(), fingerprint.to_string());
        approval.sound().unwrap()
    };
    let ledger = Ledger::of(vec![
        of("anna", What::Merge, "F-1"),
        of("Anna ", What::Approve, "F-1"),
        of("bob", What::Approve, "F-2"),
    ]);
    let keys = [key("1"), key("2")];
    assert_eq!(ledger.approvals("F-1", &keys, None), 1, "one person twice");
    assert_eq!(ledger.approvals("F-2", &keys, None), 1);
    assert_eq!(ledger.approvals("F-1", &keys, Some(&keys[1])), 0, "another survivor");
}

#[test]
fn lines_that_cannot_be_used_are_told_with_their_number() {
    let good = write_lines(&[decision(What::Merge, "anna", &["1", "2"])]);
    let edited = good.replace("\"2\"", "\"3\"");
    let text = format!("{good}\n{edited}{{\"what\":\"merge\"}}\n");
    let Err(StateError::Lines { problems, .. }) = read_lines("d.jsonl", &text) else { panic!() };
    assert_eq!(problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4]);
    assert!(problems[0].1.contains("is not that of its content"), "{problems:?}");
    let list = "list,source_a,record_id_a,source_b,record_id_b\nalways,crm,1,crm,2\nmaybe,crm,1,crm,2\nnever,crm,1,,2\n";
    let Err(StateError::Lines { problems, .. }) = read_list("l.csv", list, "anna", AT) else { panic!() };
    assert_eq!(problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4]);
}

proptest! {
    // Every entry is brought to the disk, so few cases.
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// What the store takes never contradicts itself, whatever it is offered.
    #[test]
    fn what_is_on_file_is_consistent(offered in prop::collection::vec((any::<bool>(), 0u8..6, 0u8..6), 1..20)) {
        let (_dir, mut store) = store();
        for (joins, a, b) in offered.into_iter().filter(|(_, a, b)| a != b) {
            let what = if joins { What::Merge } else { What::KeepApart };
            let _ = store.append(&[decision(what, "anna", &[&a.to_string(), &b.to_string()])]);
            let ledger = store.ledger().unwrap();
            prop_assert!(contradictions(&ledger.holding().collect::<Vec<_>>()).is_empty());
        }
    }

}

proptest! {
    #[test]
    fn no_line_is_too_odd(text in any::<String>()) {
        let _ = read_lines("x", &text);
        let _ = read_list("x", &text, "anna", AT);
    }
}
