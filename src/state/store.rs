//! The store: one SQLite file.

use super::schema::STEPS;
use super::{Decision, Ledger, StateError, What, contradictions};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file in the folder of the state.
pub const STORE: &str = "decisions.sqlite";

/// The schema that this program writes: how many of the steps below were done.
pub const SCHEMA_VERSION: i64 = STEPS.len() as i64;

/// Marks the file as ours, in the place SQLite has for it: `alik` in ASCII.
const APPLICATION: i64 = 0x616c_696b;

/// How long to wait for another alike that writes: an entry takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// The decisions on file.
pub struct Store {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
}

/// What became of decisions that were to be added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Written.
    pub new: usize,
    /// On file already.
    pub known: usize,
}

impl Store {
    /// Opens the store of a folder to write in it; makes both when they are not there.
    ///
    /// Errors: the file is no store, or of a newer alike, or the disk refuses.
    pub fn open(dir: &Path) -> Result<Self, StateError> {
        let path = dir.join(STORE);
        let io = |cause: std::io::Error| StateError::Io { path: path.clone(), why: cause.to_string() };
        let is_lost = std::fs::metadata(&path).map_or(true, |facts| facts.len() == 0)
            && std::fs::read_dir(dir.join(super::SNAPSHOTS)).is_ok_and(|mut inside| inside.next().is_some());
        if is_lost {
            let problems = vec![
                "the database is gone or empty, though snapshots of sources are there: golden ids and decisions are lost"
                    .to_string(),
            ];
            return Err(StateError::Unsound { path, problems });
        }
        if !path.exists() {
            std::fs::create_dir_all(dir).map_err(io)?;
            // Made before SQLite opens it, so that nobody else can ever read it.
            match crate::write::create(&path) {
                Ok(_) => {}
                Err(_) if path.exists() => {}
                Err(cause) => return Err(StateError::Io { path, why: cause.to_string() }),
            }
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(|cause| failed(&path, cause))?;
        let mut store = Self { connection, path };
        store.connection.busy_timeout(PATIENCE).map_err(|cause| failed(&store.path, cause))?;
        store.migrate()?;
        Ok(store)
    }

    /// Opens the store of a folder to read it, if there is one; changes nothing.
    pub fn read(dir: &Path) -> Result<Option<Self>, StateError> {
        let path = dir.join(STORE);
        if !path.exists() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags).map_err(|cause| failed(&path, cause))?;
        connection.busy_timeout(PATIENCE).map_err(|cause| failed(&path, cause))?;
        let store = Self { connection, path };
        let (_, version) = store.stamp()?;
        // An empty file is a store that nobody has written in yet.
        Ok((version > 0).then_some(store))
    }

    /// As [`Store::read`]; a folder without a store is an error.
    pub fn must_read(dir: &Path) -> Result<Self, StateError> {
        Self::read(dir)?.ok_or_else(|| StateError::None(dir.to_path_buf()))
    }

    /// Whose file it is, and its schema; told when it is not ours or newer.
    fn stamp(&self) -> Result<(i64, i64), StateError> {
        let pragma = |name: &str| -> Result<i64, StateError> {
            let value = self.connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0));
            value.map_err(|cause| failed(&self.path, cause))
        };
        let (application, version) = (pragma("application_id")?, pragma("user_version")?);
        let tables: i64 = self
            .connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(|cause| failed(&self.path, cause))?;
        if application != APPLICATION && (application != 0 || version != 0 || tables != 0) {
            return Err(StateError::NotOurs(self.path.clone()));
        }
        if version > SCHEMA_VERSION {
            return Err(StateError::Newer { path: self.path.clone(), found: version });
        }
        Ok((application, version))
    }

    /// The schema of the file.
    pub(super) fn version(&self) -> Result<i64, StateError> {
        Ok(self.stamp()?.1)
    }

    /// Whether runs ever wrote in it: an older store has decisions only.
    pub fn has_nights(&self) -> Result<bool, StateError> {
        Ok(self.version()? >= SCHEMA_VERSION)
    }

    /// Does the steps that were not done yet, all or none.
    fn migrate(&mut self) -> Result<(), StateError> {
        if self.stamp()?.1 == SCHEMA_VERSION {
            return Ok(());
        }
        let path = self.path.clone();
        let failed = |cause| failed(&path, cause);
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
        // Another alike may have done them while this one waited.
        let (_, version) = self.stamp()?;
        for step in STEPS.iter().skip(version as usize) {
            self.connection.execute_batch(step).map_err(failed)?;
        }
        let stamp =
            format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA_VERSION}; COMMIT");
        self.connection.execute_batch(&stamp).map_err(failed)
    }

    /// All entries, in the order in which they were written.
    pub fn ledger(&self) -> Result<Ledger, StateError> {
        entries(&self.connection, &self.path).map(Ledger::of)
    }

    /// Adds decisions that [`Decision::sound`] gave an id, all or none; what is on file is passed over.
    ///
    /// Errors: a revocation of what is not there; a contradiction, which is written neither.
    pub fn append(&mut self, decisions: &[Decision]) -> Result<Appended, StateError> {
        let path = self.path.clone();
        let failed = |cause| failed(&path, cause);
        let writing =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let mut all = entries(&writing, &path)?;
        let mut known: HashSet<String> = all.iter().map(|entry| entry.id.clone()).collect();
        let mut appended = Appended::default();
        let first = all.len();
        for decision in decisions {
            if known.insert(decision.id.clone()) {
                appended.new += 1;
                all.push(decision.clone());
            } else {
                appended.known += 1;
            }
        }
        for entry in all[first..].iter().filter(|entry| entry.what == What::Revoke) {
            match all.iter().find(|other| other.id == entry.revokes) {
                None => {
                    let why = format!("`{}` is no decision on file; nothing was written", entry.revokes);
                    return Err(StateError::NoSuch(why));
                }
                Some(other) if other.what == What::Revoke => {
                    let why = format!(
                        "`{}` is a revocation, which cannot be revoked; decide anew instead",
                        entry.revokes
                    );
                    return Err(StateError::NoSuch(why));
                }
                Some(_) => {}
            }
        }
        let ledger = Ledger::of(all);
        let found = contradictions(&ledger.holding().collect::<Vec<_>>());
        if !found.is_empty() {
            return Err(StateError::Contradictions(found));
        }
        {
            let mut decision = writing
                .prepare("INSERT INTO decision (id, at, by, what, body) VALUES (?1, ?2, ?3, ?4, ?5)")
                .map_err(failed)?;
            let mut record = writing
                .prepare("INSERT INTO record (seq, source, record_id) VALUES (?1, ?2, ?3)")
                .map_err(failed)?;
            for entry in &ledger.entries[first..] {
                // Keys of ours are text, so this can be written as JSON.
                let body = serde_json::to_string(entry).unwrap_or_default();
                let row = params![entry.id, entry.at, entry.by, entry.what.name(), body];
                let seq = decision.insert(row).map_err(failed)?;
                for key in &entry.records {
                    record.execute(params![seq, key.source, key.record_id]).map_err(failed)?;
                }
            }
        }
        writing.commit().map_err(failed)?;
        Ok(appended)
    }
}

fn entries(connection: &Connection, path: &Path) -> Result<Vec<Decision>, StateError> {
    let failed = |cause| failed(path, cause);
    let mut query = connection.prepare("SELECT body FROM decision ORDER BY seq").map_err(failed)?;
    let bodies = query.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
    bodies
        .map(|body| {
            let body = body.map_err(failed)?;
            serde_json::from_str(&body).map_err(|cause| StateError::Io {
                path: path.to_path_buf(),
                why: format!("an entry cannot be read ({cause}); take the last copy of the file"),
            })
        })
        .collect()
}

pub(super) fn failed(path: &Path, cause: rusqlite::Error) -> StateError {
    let path = path.to_path_buf();
    match cause.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StateError::NotOurs(path),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StateError::Busy(path),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            let why = format!("{cause}; name a folder in which you may write with --state");
            StateError::Io { path, why }
        }
        Some(ErrorCode::DiskFull) => {
            let why = format!("{cause}; make room: what was there before is unchanged");
            StateError::Io { path, why }
        }
        _ => StateError::Io { path, why: cause.to_string() },
    }
}

/// The schema that the first stores had.
#[cfg(test)]
pub(super) fn first_schema() -> &'static str {
    const FIRST: &str = "PRAGMA application_id = 1634494827; PRAGMA user_version = 1;";
    debug_assert_eq!(APPLICATION, 1_634_494_827);
    Box::leak(format!("{}{FIRST}", STEPS[0]).into_boxed_str())
}
