//! What a run leaves behind, written in one transaction.

use super::known::Known;
use super::lives::{GoldenSeq, Happening, Lives};
use super::store::failed;
use super::{StateError, Store};
use crate::propose::Id;
use rusqlite::{Connection, Statement, ToSql, params};
use sha2::{Digest, Sha256};

/// A run, as the state keeps it.
#[derive(Clone, Debug, Default)]
pub struct RunFacts {
    /// Its id.
    pub id: String,
    /// When it was started and finished, UTC.
    pub started: String,
    /// When it was finished.
    pub finished: String,
    /// The version of alike.
    pub version: String,
    /// SHA-256 of its settings.
    pub settings: String,
    /// The run folder.
    pub folder: String,
    /// `all` or `changed`: which pairs were compared.
    pub compared: &'static str,
    /// Its counts, as JSON.
    pub counts: String,
}

/// The model of a run.
#[derive(Clone, Debug)]
pub enum ModelUse {
    /// One that is in the state.
    Known(u32),
    /// One that is frozen by this run, as JSON.
    New(String),
}

/// A source in a run.
#[derive(Clone, Debug, Default)]
pub struct SourceTonight {
    /// Its name.
    pub name: String,
    /// Its settings, as JSON.
    pub settings: String,
    /// The file with all of its rows, in the folder of snapshots.
    pub snapshot: String,
    /// SHA-256 of that file.
    pub snapshot_sha256: String,
    /// `full`, `delta`, `unchanged` or `missing`.
    pub what: &'static str,
    /// The input, as named; empty when there was none.
    pub file: String,
    /// SHA-256 of the input.
    pub sha256: String,
    /// Rows of the input.
    pub rows: u64,
    /// Of these, quarantined.
    pub quarantined: u64,
}

/// A contact of tonight.
#[derive(Clone, Copy, Debug)]
pub struct ContactTonight<'a> {
    /// Its position among the contacts that are known; none when it is new.
    pub known: Option<u32>,
    /// Position of its source in [`Tonight::sources`].
    pub source: u16,
    /// Its id in the source.
    pub record_id: &'a str,
    /// Hash of its normalized values.
    pub content: u64,
    /// Hash of everything that decides how it is compared.
    pub view: u64,
    /// Its golden id.
    pub golden: GoldenSeq,
}

/// One measured field.
#[derive(Clone, Debug)]
pub struct FieldTonight {
    /// The source.
    pub source: String,
    /// The field.
    pub field: String,
    /// Records of the source.
    pub rows: u64,
    /// Share of filled cells.
    pub completeness: f64,
    /// Share of valid ones among them.
    pub validity: Option<f64>,
}

/// Everything that a run leaves behind.
pub struct Tonight<'a> {
    /// The run.
    pub run: RunFacts,
    /// The model.
    pub model: ModelUse,
    /// The sources.
    pub sources: Vec<SourceTonight>,
    /// The contacts, those that are new in the order in which they are to be numbered.
    pub contacts: &'a mut dyn Iterator<Item = ContactTonight<'a>>,
    /// Which group has which id.
    pub lives: &'a Lives,
    /// The ids that are born, in the order of [`Lives::born`].
    pub born: Vec<Id>,
    /// What was measured.
    pub quality: Vec<FieldTonight>,
    /// What the links were made with.
    pub key: String,
    /// Blocking keys given up, as JSON.
    pub given_up: String,
}

/// Links of tonight by contact numbers, given when these are known.
pub type LinksOf<'a> = &'a dyn Fn(&[u32]) -> Vec<u8>;

/// A night that is written, but does not count yet: dropped, it never was.
pub struct Pending {
    store: Store,
    committed: bool,
}

impl Pending {
    /// Makes it count.
    pub fn commit(mut self) -> Result<(), StateError> {
        self.store.connection.execute_batch("COMMIT").map_err(|cause| failed(&self.store.path, cause))?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.committed {
            // The database goes back by itself when this fails, too: the transaction was never committed.
            let _ = self.store.connection.execute_batch("ROLLBACK");
        }
    }
}

/// Pages of the database that are held while a night is written, in KiB: a first night writes a hundred megabytes.
const CACHE_KIB: u32 = 65_536;

impl Store {
    /// Whether the state can be written; better asked before the long work.
    pub fn writable(&self) -> Result<(), StateError> {
        self.batch("BEGIN IMMEDIATE; ROLLBACK")
    }

    fn batch(&self, statements: &str) -> Result<(), StateError> {
        self.connection.execute_batch(statements).map_err(|cause| failed(&self.path, cause))
    }

    /// Notes a run that failed; nothing else changes.
    pub fn note_failed(&self, run: &RunFacts, why: &str) -> Result<(), StateError> {
        let row = params![
            run.id,
            run.started,
            run.finished,
            run.version,
            run.settings,
            run.folder,
            run.compared,
            why,
            run.counts
        ];
        self.connection
            .execute(
                "INSERT INTO run (id, started, finished, version, settings, folder, compared, good, why, counts, contacts,
                 golden) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, 0, 0)",
                row,
            )
            .map(|_| ())
            .map_err(|cause| failed(&self.path, cause))
    }

    /// Writes a night behind `known`; it counts when [`Pending::commit`] is called.
    ///
    /// `links` is handed the number of every contact of tonight, in order. Errors: another run was written since `known` was
    /// read, or the disk refuses.
    pub fn night(
        self,
        known: &Known,
        tonight: Tonight<'_>,
        links: LinksOf<'_>,
    ) -> Result<Pending, StateError> {
        // Checked by `alike state check` instead of row by row.
        self.batch(&format!("PRAGMA foreign_keys = OFF; PRAGMA cache_size = -{CACHE_KIB}; BEGIN IMMEDIATE"))?;
        let pending = Pending { store: self, committed: false };
        let store = &pending.store;
        let last: u32 =
            store.one("SELECT coalesce(max(seq), 0) FROM run WHERE good = 1", |row| row.get(0))?.unwrap_or(0);
        if last != known.last_good.as_ref().map_or(0, |run| run.seq) {
            return Err(StateError::Overtaken(store.path.clone()));
        }
        write(&store.connection, known, tonight, links).map_err(|cause| failed(&store.path, cause))?;
        Ok(pending)
    }
}

fn write(
    connection: &Connection,
    known: &Known,
    tonight: Tonight<'_>,
    links: LinksOf<'_>,
) -> rusqlite::Result<()> {
    let run: u32 = connection.query_row("SELECT coalesce(max(seq), 0) + 1 FROM run", [], |row| row.get(0))?;
    let model = match &tonight.model {
        ModelUse::Known(seq) => *seq,
        ModelUse::New(body) => {
            connection.execute(
                "INSERT INTO model (sha256, frozen_at, body) VALUES (?1, ?2, ?3)",
                params![hex(body.as_bytes()), tonight.run.finished, body],
            )?;
            connection.last_insert_rowid() as u32
        }
    };
    let facts = &tonight.run;
    connection.execute(
        "INSERT INTO run (seq, id, started, finished, version, settings, folder, model, compared, good, why, counts, contacts,
         golden) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, '', ?10, 0, 0)",
        params![
            run, facts.id, facts.started, facts.finished, facts.version, facts.settings, facts.folder, model,
            facts.compared, facts.counts
        ],
    )?;
    let numbers = sources(connection, known, &tonight.sources, run)?;
    golden(connection, known, tonight.lives, &tonight.born, run)?;
    let seqs = contacts(connection, known, tonight.contacts, &numbers, run)?;
    let mut quality = connection.prepare("INSERT INTO quality VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for field in &tonight.quality {
        quality.execute(params![
            run,
            field.source,
            field.field,
            field.rows as i64,
            field.completeness,
            field.validity
        ])?;
    }
    let links = links(&seqs);
    connection.execute("DELETE FROM matching", [])?;
    connection.execute(
        "INSERT INTO matching VALUES (1, ?1, ?2, ?3, ?4, ?5)",
        params![run, tonight.key, links, tonight.given_up, hex(&links)],
    )?;
    connection.execute(
        "UPDATE run SET contacts = (SELECT count(*) FROM contact WHERE retired_run IS NULL),
         golden = (SELECT count(*) FROM golden WHERE ended IS NULL) WHERE seq = ?1",
        [run],
    )?;
    Ok(())
}

/// Numbers of tonight's sources in the state.
fn sources(
    connection: &Connection,
    known: &Known,
    sources: &[SourceTonight],
    run: u32,
) -> rusqlite::Result<Vec<u32>> {
    let mut numbers = Vec::new();
    for source in sources {
        let place = known.sources.iter().position(|known| known.name == source.name);
        let seq = match place {
            Some(at) => at as u32 + 1,
            None => {
                connection.execute(
                    "INSERT INTO source (name, settings, snapshot, sha256, input, last_run, retired)
                     VALUES (?1, '', '', '', '', ?2, 0)",
                    params![source.name, run],
                )?;
                connection.last_insert_rowid() as u32
            }
        };
        if source.what != "missing" {
            connection.execute(
                "UPDATE source SET settings = ?1, snapshot = ?2, sha256 = ?3, input = ?4 WHERE seq = ?5",
                params![source.settings, source.snapshot, source.snapshot_sha256, source.sha256, seq],
            )?;
        }
        connection.execute(
            "INSERT INTO input VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                run,
                seq,
                source.what,
                source.file,
                source.sha256,
                source.rows as i64,
                source.quarantined as i64
            ],
        )?;
        numbers.push(seq);
    }
    Ok(numbers)
}

fn golden(
    connection: &Connection,
    known: &Known,
    lives: &Lives,
    born: &[Id],
    run: u32,
) -> rusqlite::Result<()> {
    debug_assert_eq!(lives.first_new as usize, known.golden.len() + 1);
    let mut insert =
        connection.prepare("INSERT INTO golden (seq, id, born, split_from) VALUES (?1, ?2, ?3, ?4)")?;
    for (seq, (id, (_, from))) in (lives.first_new..).zip(born.iter().zip(&lives.born)) {
        insert.execute(params![seq, id.bits() as i64, run, from])?;
    }
    let mut end = connection.prepare("UPDATE golden SET ended = ?1, into_golden = ?2 WHERE seq = ?3")?;
    let mut event = connection.prepare(
        "INSERT INTO event (run, what, golden, other, records, rule) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for happened in &lives.events {
        match happened.what {
            Happening::Merged => end.execute(params![run, happened.other, happened.golden])?,
            Happening::Retired => end.execute(params![run, None::<u32>, happened.golden])?,
            Happening::Returned => end.execute(params![None::<u32>, None::<u32>, happened.golden])?,
            _ => 0,
        };
        event.execute(params![
            run,
            happened.what.name(),
            happened.golden,
            happened.other,
            happened.records,
            happened.rule.name()
        ])?;
    }
    Ok(())
}

/// The number of every contact of tonight.
fn contacts<'a>(
    connection: &Connection,
    known: &Known,
    contacts: &mut dyn Iterator<Item = ContactTonight<'a>>,
    sources: &[u32],
    run: u32,
) -> rusqlite::Result<Vec<u32>> {
    let mut insert = connection.prepare(
        "INSERT INTO contact (seq, source, record_id, content, view, golden, first_run)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut update = connection.prepare(
        "UPDATE contact SET content = ?1, view = ?2, golden = ?3, last_run = NULL, retired_run = NULL WHERE seq = ?4",
    )?;
    let mut met = vec![false; known.contacts.len()];
    let mut seqs = Vec::new();
    let mut next = known.contacts.len() as u32;
    for contact in contacts {
        let seq = match contact.known {
            None => {
                next += 1;
                let (content, view) = (contact.content as i64, contact.view as i64);
                let source = sources[usize::from(contact.source)];
                insert.execute(params![
                    next,
                    source,
                    contact.record_id,
                    content,
                    view,
                    contact.golden,
                    run
                ])?;
                next
            }
            Some(at) => {
                let place = at as usize;
                met[place] = true;
                let of = &known.contacts;
                let is_same = of.content[place] == contact.content
                    && of.view[place] == contact.view
                    && of.golden[place] == contact.golden
                    && !of.retired[place];
                if !is_same {
                    let (content, view) = (contact.content as i64, contact.view as i64);
                    update.execute(params![content, view, contact.golden, at + 1])?;
                }
                at + 1
            }
        };
        seqs.push(seq);
    }
    retire(connection, known, &met, run)?;
    // After the retired contacts were given the last run of their source.
    let mut seen = connection.prepare(
        "UPDATE source SET last_run = ?1, retired = 0 WHERE seq = (SELECT source FROM input WHERE run = ?1 AND source = ?2
         AND what <> 'missing')",
    )?;
    for source in sources {
        seen.execute(params![run, source])?;
    }
    Ok(seqs)
}

fn retire(connection: &Connection, known: &Known, met: &[bool], run: u32) -> rusqlite::Result<()> {
    let mut retire: Statement<'_> =
        connection.prepare("UPDATE contact SET last_run = ?1, retired_run = ?2 WHERE seq = ?3")?;
    for (at, _) in met.iter().enumerate().filter(|(at, met)| !**met && !known.contacts.retired[*at]) {
        let source = usize::from(known.contacts.source[at]);
        let last = known.sources.get(source).map(|source| source.last_run);
        let row: [&dyn ToSql; 3] = [&last, &run, &(at as u32 + 1)];
        retire.execute(row)?;
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
