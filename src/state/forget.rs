//! Erasing what is kept of records: the one exception to a store that only grows.

use super::store::failed;
use super::{Key, StateError, Store};
use rusqlite::{Connection, TransactionBehavior, params};
use std::collections::BTreeSet;

/// What was erased from the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Decisions, revocations of them included.
    pub decisions: usize,
    /// Rows of other tables.
    pub rows: usize,
    /// Other records of these decisions: what was decided of them has to be decided again.
    pub others: Vec<Key>,
}

impl Store {
    /// Erases all decisions on these records, and every row of another table that is about them, from the file and not only
    /// from sight. The triggers that keep the store from being changed are taken off in the same transaction and put back.
    ///
    /// Errors: the disk refuses, or another alike is writing; nothing is erased then.
    pub fn forget(&mut self, keys: &[Key]) -> Result<Forgotten, StateError> {
        let path = self.path.clone();
        let told = |cause| failed(&path, cause);
        // What is deleted is overwritten, too.
        self.connection.execute_batch("PRAGMA secure_delete = ON").map_err(told)?;
        let erasing =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(told)?;
        let forgotten = erase(&erasing, keys).map_err(told)?;
        erasing.commit().map_err(told)?;
        // Pages that were freed before deleting was secure.
        self.connection.execute_batch("VACUUM").map_err(told)?;
        Ok(forgotten)
    }

    /// Notes that the rows of a source are kept in another file.
    pub fn keep_instead(&mut self, source: &str, snapshot: &str, sha256: &str) -> Result<(), StateError> {
        let sql = "UPDATE source SET snapshot = ?1, sha256 = ?2 WHERE name = ?3";
        let done = self.connection.execute(sql, params![snapshot, sha256, source]);
        done.map(drop).map_err(|cause| failed(&self.path, cause))
    }

    /// How many decisions are on these records.
    pub fn decisions_on(&self, keys: &[Key]) -> Result<usize, StateError> {
        sequence(&self.connection, keys).map(|found| found.len()).map_err(|cause| failed(&self.path, cause))
    }

    /// How many cells of the store hold one of these texts.
    pub fn holds(&self, texts: &[String]) -> Result<usize, StateError> {
        let count = || -> rusqlite::Result<usize> {
            let mut found = 0;
            for table in tables(&self.connection)? {
                for column in columns(&self.connection, &table)? {
                    let sql = format!(
                        "SELECT count(*) FROM {} WHERE instr({}, ?1) > 0",
                        quoted(&table),
                        quoted(&column)
                    );
                    let mut query = self.connection.prepare(&sql)?;
                    for text in texts {
                        found += query.query_row(params![text], |row| row.get::<_, i64>(0))? as usize;
                    }
                }
            }
            Ok(found)
        };
        count().map_err(|cause| failed(&self.path, cause))
    }
}

fn erase(connection: &Connection, keys: &[Key]) -> rusqlite::Result<Forgotten> {
    let triggers = triggers(connection)?;
    for (name, _) in &triggers {
        connection.execute_batch(&format!("DROP TRIGGER {}", quoted(name)))?;
    }
    let mut forgotten = Forgotten::default();
    let mut others: BTreeSet<Key> = BTreeSet::new();
    let mut ids = Vec::new();
    for seq in sequence(connection, keys)? {
        let mut query = connection.prepare("SELECT source, record_id FROM record WHERE seq = ?1")?;
        let found = query.query_map(params![seq], |row| {
            Ok(Key::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        for key in found {
            others.insert(key?);
        }
        ids.push(connection.query_row("SELECT id FROM decision WHERE seq = ?1", params![seq], |row| {
            row.get::<_, String>(0)
        })?);
        connection.execute("DELETE FROM record WHERE seq = ?1", params![seq])?;
        forgotten.decisions += connection.execute("DELETE FROM decision WHERE seq = ?1", params![seq])?;
    }
    for id in ids {
        let revocations =
            "DELETE FROM decision WHERE what = 'revoke' AND json_extract(body, '$.revokes') = ?1";
        forgotten.decisions += connection.execute(revocations, params![id])?;
    }
    // Links name contacts by their place, so the row stays, without what is known of the record; as nobody has its name any
    // more, the next run retires it.
    let blank = "UPDATE contact SET record_id = 'forgotten-' || seq, content = 0, view = 0
                 WHERE source = (SELECT seq FROM source WHERE name = ?1) AND record_id = ?2";
    for key in keys {
        forgotten.rows += connection.execute(blank, params![key.source, key.record_id])?;
    }
    for table in tables(connection)?.into_iter().filter(|table| table != "contact") {
        let columns = columns(connection, &table)?;
        if ["source", "record_id"].iter().all(|name| columns.iter().any(|column| column == name)) {
            let sql = format!("DELETE FROM {} WHERE source = ?1 AND record_id = ?2", quoted(&table));
            for key in keys {
                forgotten.rows += connection.execute(&sql, params![key.source, key.record_id])?;
            }
        }
    }
    for (_, sql) in &triggers {
        connection.execute_batch(sql)?;
    }
    forgotten.others = others.into_iter().filter(|key| !keys.contains(key)).collect();
    Ok(forgotten)
}

fn sequence(connection: &Connection, keys: &[Key]) -> rusqlite::Result<BTreeSet<i64>> {
    let mut found = BTreeSet::new();
    let mut query = connection.prepare("SELECT seq FROM record WHERE source = ?1 AND record_id = ?2")?;
    for key in keys {
        for seq in query.query_map(params![key.source, key.record_id], |row| row.get(0))? {
            found.insert(seq?);
        }
    }
    Ok(found)
}

fn names(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut query = connection.prepare(sql)?;
    let found = query.query_map([], |row| row.get(0))?;
    found.collect()
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    names(
        connection,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    names(connection, &format!("SELECT name FROM pragma_table_info({})", quoted(table)))
}

fn triggers(connection: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut query =
        connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")?;
    let found = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    found.collect()
}

/// A name as SQL takes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Decision, What};

    #[test]
    fn what_is_forgotten_is_not_in_the_file_and_the_store_only_grows_again() {
        let desk = tempfile::tempdir().unwrap();
        let mut store = Store::open(desk.path()).unwrap();
        let key = |id: &str| Key::new("crm", id);
        let mut merge =
            Decision::new(What::Merge, "anna", "2026-01-01T00:00:00Z", vec![key("Gone-1"), key("B")]);
        merge.why = "Zebedeus Quist called".into();
        let merge = merge.sound().unwrap();
        let revoke = Decision::revoke(&merge.id, "anna", "2026-01-02T00:00:00Z", "no").sound().unwrap();
        let stays = Decision::new(What::Merge, "anna", "2026-01-01T00:00:00Z", vec![key("C"), key("D")])
            .sound()
            .unwrap();
        store.append(&[merge, revoke, stays.clone()]).unwrap();
        assert_eq!(store.holds(&["Zebedeus Quist".into()]).unwrap(), 1);
        let forgotten = store.forget(&[key("Gone-1")]).unwrap();
        assert_eq!((forgotten.decisions, forgotten.others), (2, vec![key("B")]));
        assert_eq!(store.ledger().unwrap().entries, [stays]);
        assert_eq!(store.holds(&["Zebedeus Quist".into(), "Gone-1".into()]).unwrap(), 0);
        assert!(store.connection.execute("DELETE FROM decision", []).is_err(), "the triggers are back");
        drop(store);
        for entry in std::fs::read_dir(desk.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains("Zebedeus"));
        }
    }
}
