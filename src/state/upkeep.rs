//! Looking after the state: is it sound, a copy of it, the copy back, less room.

use super::store::failed;
use super::{STORE, StateError, Store};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder, beside the store, with all rows of each source.
pub const SNAPSHOTS: &str = "snapshots";

/// The lock of a folder of state: who runs with it, or tidies it up.
pub const LOCK: &str = ".lock";

/// What a sound state holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Good runs.
    pub runs: u64,
    /// Sources.
    pub sources: u64,
    /// Contacts that are there, and that are retired.
    pub contacts: [u64; 2],
    /// Golden ids that live, and that have ended.
    pub golden: [u64; 2],
    /// Decisions of people.
    pub decisions: u64,
    /// Bytes of the store and of its snapshots.
    pub bytes: u64,
}

/// A question to the store, how it is told when the answer is not 0.
const QUESTIONS: [(&str, &str); 9] = [
    ("SELECT count(*) - count(DISTINCT source || char(31) || record_id) FROM contact", "contacts are there twice"),
    ("SELECT count(*) - count(DISTINCT id) FROM golden", "golden ids were given twice"),
    (
        "SELECT count(*) FROM contact JOIN golden ON golden.seq = contact.golden
         WHERE contact.retired_run IS NULL AND golden.ended IS NOT NULL",
        "contacts have a golden id that has ended",
    ),
    (
        "SELECT count(*) FROM golden WHERE ended IS NULL AND seq NOT IN (SELECT golden FROM contact WHERE retired_run IS NULL)",
        "golden ids live without a contact",
    ),
    ("SELECT count(*) FROM golden WHERE into_golden = seq OR (into_golden IS NOT NULL AND ended IS NULL)", "golden ids merged and live"),
    (
        "WITH RECURSIVE chain(start, at, steps) AS (
           SELECT seq, into_golden, 1 FROM golden WHERE into_golden IS NOT NULL
           UNION ALL SELECT start, golden.into_golden, steps + 1 FROM chain JOIN golden ON golden.seq = chain.at
           WHERE golden.into_golden IS NOT NULL AND steps < 10000)
         SELECT count(*) FROM chain WHERE steps >= 10000",
        "golden ids merge into each other in a circle",
    ),
    (
        "SELECT abs(contacts - (SELECT count(*) FROM contact WHERE retired_run IS NULL)) FROM run
         WHERE seq = (SELECT max(seq) FROM run WHERE good = 1)",
        "contacts more or less than the last good run had",
    ),
    (
        "SELECT abs(golden - (SELECT count(*) FROM golden WHERE ended IS NULL)) FROM run
         WHERE seq = (SELECT max(seq) FROM run WHERE good = 1)",
        "golden ids more or less than the last good run had",
    ),
    (
        "SELECT (SELECT count(*) FROM contact) - coalesce((SELECT max(seq) FROM contact), 0)
         + (SELECT count(*) FROM golden) - coalesce((SELECT max(seq) FROM golden), 0)",
        "contacts or golden ids are gone from the store",
    ),
];

impl Store {
    /// Looks the whole state through.
    ///
    /// Errors: it is not sound; each problem is told. Nothing is changed.
    pub fn check(&self) -> Result<Census, StateError> {
        let mut problems: Vec<String> = self
            .all("PRAGMA integrity_check(20)", |row| row.get::<_, String>(0))?
            .into_iter()
            .filter(|line| line != "ok")
            .map(|line| format!("the database is damaged: {line}"))
            .collect();
        if !problems.is_empty() {
            return Err(StateError::Unsound { path: self.path.clone(), problems });
        }
        if self.version()? < super::SCHEMA_VERSION {
            let ledger = self.ledger()?;
            return Ok(Census {
                decisions: ledger.entries.len() as u64,
                bytes: self.bytes(),
                ..Census::default()
            });
        }
        let broken = self.all("PRAGMA foreign_key_check", |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(2)?))
        })?;
        let mut kinds: Vec<(String, String)> = broken.clone();
        kinds.sort();
        kinds.dedup();
        for (from, to) in kinds {
            let count = broken.iter().filter(|of| of.0 == from && of.1 == to).count();
            problems.push(format!("{count} rows of `{from}` name a row of `{to}` that is not there"));
        }
        for (question, what) in QUESTIONS {
            match self.one(question, |row| row.get::<_, i64>(0))? {
                None | Some(0) => {}
                Some(count) => problems.push(format!("{count} {what}")),
            }
        }
        let sums = "SELECT links, sha256 FROM matching";
        let sums = self.one(sums, |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)))?;
        if sums.is_some_and(|(links, sha256)| hex(&links) != sha256) {
            problems.push("the links of the last run are not what was written".to_string());
        }
        self.check_snapshots(&mut problems)?;
        self.ledger()?;
        if !problems.is_empty() {
            return Err(StateError::Unsound { path: self.path.clone(), problems });
        }
        self.census()
    }

    fn check_snapshots(&self, problems: &mut Vec<String>) -> Result<(), StateError> {
        for source in self.sources()?.iter().filter(|source| !source.snapshot.is_empty() && !source.retired) {
            let path = self.dir().join(SNAPSHOTS).join(&source.snapshot);
            match fs::read(&path) {
                Err(cause) => problems.push(format!("`{}`: {cause}", path.display())),
                Ok(bytes) if hex(&bytes) != source.sha256 => {
                    problems.push(format!("`{}` is not what was written", path.display()));
                }
                Ok(_) => {}
            }
        }
        Ok(())
    }

    fn census(&self) -> Result<Census, StateError> {
        let count = |of: &str| -> Result<u64, StateError> {
            Ok(self.one(&format!("SELECT count(*) FROM {of}"), |row| row.get::<_, i64>(0))?.unwrap_or(0)
                as u64)
        };
        Ok(Census {
            runs: count("run WHERE good = 1")?,
            sources: count("source WHERE retired = 0")?,
            contacts: [
                count("contact WHERE retired_run IS NULL")?,
                count("contact WHERE retired_run IS NOT NULL")?,
            ],
            golden: [count("golden WHERE ended IS NULL")?, count("golden WHERE ended IS NOT NULL")?],
            decisions: count("decision")?,
            bytes: self.bytes(),
        })
    }

    fn dir(&self) -> PathBuf {
        self.path.parent().map(Path::to_path_buf).unwrap_or_default()
    }

    fn bytes(&self) -> u64 {
        let size = |path: &Path| fs::metadata(path).map_or(0, |facts| facts.len());
        let snapshots = files(&self.dir().join(SNAPSHOTS));
        size(&self.path) + snapshots.iter().map(|path| size(path)).sum::<u64>()
    }

    /// Gives room back: snapshots that no source needs any more, and free pages of the store. Returns bytes before and after.
    pub fn compact(&self) -> Result<[u64; 2], StateError> {
        let before = self.bytes();
        let needed: HashSet<String> = self.sources()?.into_iter().map(|source| source.snapshot).collect();
        for path in files(&self.dir().join(SNAPSHOTS)) {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !needed.contains(&name) {
                fs::remove_file(&path)
                    .map_err(|cause| StateError::Io { path: path.clone(), why: cause.to_string() })?;
            }
        }
        self.connection.execute_batch("VACUUM").map_err(|cause| failed(&self.path, cause))?;
        Ok([before, self.bytes()])
    }

    /// Copies the state into a folder, which must not be there; it may be used meanwhile.
    pub fn backup(&self, to: &Path) -> Result<(), StateError> {
        if to.exists() {
            return Err(StateError::Taken(to.to_path_buf()));
        }
        let io =
            |path: &Path, cause: std::io::Error| StateError::Io { path: path.into(), why: cause.to_string() };
        let beside = beside(to);
        let copy = || -> Result<(), StateError> {
            private(&beside.join(SNAPSHOTS))?;
            let path = beside.join(STORE);
            crate::write::create(&path)
                .map_err(|cause| StateError::Io { path: path.clone(), why: cause.to_string() })?;
            // One consistent state, whatever is written meanwhile.
            self.connection
                .execute("VACUUM INTO ?1", [path.to_string_lossy()])
                .map_err(|cause| failed(&path, cause))?;
            for source in Store::must_read(&beside)?.sources_of_any_schema()? {
                if !source.snapshot.is_empty() && !source.retired {
                    let from = self.dir().join(SNAPSHOTS).join(&source.snapshot);
                    let to = beside.join(SNAPSHOTS).join(&source.snapshot);
                    fs::copy(&from, &to).map_err(|cause| io(&from, cause))?;
                }
            }
            Store::must_read(&beside)?.check()?;
            fs::rename(&beside, to).map_err(|cause| io(to, cause))
        };
        copy().inspect_err(|_| {
            // What was copied so far is of no use; that it cannot be removed either adds nothing to say.
            let _ = fs::remove_dir_all(&beside);
        })
    }

    /// Puts a copy in the place of the state. The state that was there is kept beside it; its new name is returned.
    ///
    /// Errors: the copy is not sound, then nothing is changed.
    pub fn restore(copy: &Path, dir: &Path, at: &str) -> Result<Option<PathBuf>, StateError> {
        let io =
            |path: &Path, cause: std::io::Error| StateError::Io { path: path.into(), why: cause.to_string() };
        let of_copy = Store::must_read(copy)?;
        of_copy.check()?;
        let beside = beside(dir);
        of_copy.backup(&beside)?;
        let mut kept = None;
        if dir.exists() {
            let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let stamp: String = at.chars().filter(char::is_ascii_alphanumeric).collect();
            let old = dir.with_file_name(format!("{name}.before-{stamp}"));
            if old.exists() {
                return Err(StateError::Taken(old));
            }
            fs::rename(dir, &old).map_err(|cause| io(dir, cause))?;
            kept = Some(old);
        }
        fs::rename(&beside, dir).map_err(|cause| io(dir, cause))?;
        Ok(kept)
    }

    fn sources_of_any_schema(&self) -> Result<Vec<super::KnownSource>, StateError> {
        if self.version()? < super::SCHEMA_VERSION { Ok(Vec::new()) } else { self.sources() }
    }

    /// Gives a source up: the next run retires its records. Returns whether it was there.
    pub fn give_up(&self, source: &str) -> Result<bool, StateError> {
        self.connection
            .execute("UPDATE source SET retired = 1 WHERE name = ?1", [source])
            .map(|changed| changed > 0)
            .map_err(|cause| failed(&self.path, cause))
    }
}

/// A folder beside another, on the same disk, that nobody else uses.
fn beside(dir: &Path) -> PathBuf {
    let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    dir.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn private(dir: &Path) -> Result<(), StateError> {
    crate::write::private_dir(dir)
        .map_err(|cause| StateError::Io { path: dir.to_path_buf(), why: cause.to_string() })
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
