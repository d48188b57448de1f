//! What the nights before left behind, read for a run.

use super::lives::GoldenSeq;
use super::store::failed;
use super::{StateError, Store};
use crate::propose::Id;
use crate::table::Arena;
use foldhash::fast::FixedState;
use rusqlite::{OptionalExtension, Row};
use std::collections::HashMap;
use std::hash::BuildHasher;

/// Everything that is known before tonight.
#[derive(Debug, Default)]
pub struct Known {
    /// The number of the last run, good or not; 0 before the first.
    pub last_run: u32,
    /// The last good run.
    pub last_good: Option<GoodRun>,
    /// The sources, by their numbers from 1.
    pub sources: Vec<KnownSource>,
    /// The contacts, by their numbers from 1.
    pub contacts: KnownContacts,
    /// The golden ids, by their numbers from 1.
    pub golden: Vec<KnownGolden>,
    /// The frozen model and its number.
    pub model: Option<(u32, String)>,
    /// The links of the last good run.
    pub matching: Option<Matching>,
}

/// A finished run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoodRun {
    /// Its number.
    pub seq: u32,
    /// Its id.
    pub id: String,
    /// When it was finished.
    pub finished: String,
}

/// A source that was read before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownSource {
    /// Its name.
    pub name: String,
    /// Its settings, as JSON.
    pub settings: String,
    /// The file with all of its rows, in the folder of snapshots.
    pub snapshot: String,
    /// SHA-256 of that file.
    pub sha256: String,
    /// SHA-256 of the last input that was taken over.
    pub input: String,
    /// The number of the run that last read it.
    pub last_run: u32,
    /// Whether it was given up: its records are retired by the next run.
    pub retired: bool,
}

/// The contacts that were ever read.
#[derive(Debug, Default)]
pub struct KnownContacts {
    /// Position of the source.
    pub source: Vec<u16>,
    /// Ids in the source.
    pub record_id: Arena,
    /// Hash of the normalized values.
    pub content: Vec<u64>,
    /// Hash of everything that decides how the contact is compared.
    pub view: Vec<u64>,
    /// The golden id.
    pub golden: Vec<GoldenSeq>,
    /// Whether it is not there any more.
    pub retired: Vec<bool>,
}

/// A golden id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownGolden {
    /// The id.
    pub id: Id,
    /// Whether it lives.
    pub alive: bool,
    /// What it merged into; 0 for nothing.
    pub into: GoldenSeq,
}

/// What the last good run found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matching {
    /// The run.
    pub run: u32,
    /// What it was made with: other links are found with another.
    pub key: String,
    /// Number of the one contact, of the other, and the packed levels; little end first, 16 bytes a link.
    pub links: Vec<u8>,
    /// Blocking keys given up, as JSON.
    pub given_up: String,
}

impl KnownContacts {
    /// How many.
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }
}

/// Finds contacts by source and id.
pub struct Finder<'a> {
    contacts: &'a KnownContacts,
    of_key: HashMap<u64, u32, FixedState>,
    /// Contacts whose hash another has, too.
    others: Vec<u32>,
}

impl<'a> Finder<'a> {
    /// Prepares to find.
    pub fn new(contacts: &'a KnownContacts) -> Self {
        let mut of_key = HashMap::with_capacity_and_hasher(contacts.len(), FixedState::with_seed(0x51));
        let mut others = Vec::new();
        for at in 0..contacts.len() as u32 {
            let hash = hash(contacts.source[at as usize], contacts.record_id.get(at));
            if *of_key.entry(hash).or_insert(at) != at {
                others.push(at);
            }
        }
        Self { contacts, of_key, others }
    }

    /// The position of a contact.
    pub fn find(&self, source: u16, record_id: &str) -> Option<u32> {
        let is_it = |at: &u32| {
            self.contacts.source[*at as usize] == source && self.contacts.record_id.get(*at) == record_id
        };
        let first = self.of_key.get(&hash(source, record_id)).copied().filter(is_it);
        first.or_else(|| self.others.iter().copied().find(is_it))
    }
}

fn hash(source: u16, record_id: &str) -> u64 {
    FixedState::with_seed(0x52).hash_one((source, record_id))
}

impl Known {
    /// What an id has become: itself, or what it merged into, and so on.
    pub fn resolve(&self, mut golden: GoldenSeq) -> GoldenSeq {
        // An id only merges into another, so the chain ends; a broken state must not hang the program.
        for _ in 0..self.golden.len() {
            match self.golden.get(golden as usize - 1).map_or(0, |of| of.into) {
                0 => break,
                into => golden = into,
            }
        }
        golden
    }

    /// The ids that live, ascending.
    pub fn alive(&self) -> Vec<GoldenSeq> {
        (1..).zip(&self.golden).filter(|(_, golden)| golden.alive).map(|(seq, _)| seq).collect()
    }
}

impl Store {
    /// Reads everything that a run needs to know.
    pub fn known(&self) -> Result<Known, StateError> {
        let contacts = self.contacts()?;
        let last_good = self
            .one("SELECT seq, id, finished FROM run WHERE good = 1 ORDER BY seq DESC LIMIT 1", |row| {
                Ok(GoodRun { seq: row.get(0)?, id: row.get(1)?, finished: row.get(2)? })
            })?;
        Ok(Known {
            last_run: self.one("SELECT coalesce(max(seq), 0) FROM run", |row| row.get(0))?.unwrap_or(0),
            last_good,
            sources: self.sources()?,
            contacts,
            golden: self.all(
                "SELECT id, ended IS NULL, coalesce(into_golden, 0) FROM golden ORDER BY seq",
                |row| Ok(KnownGolden { id: golden_id(row.get(0)?), alive: row.get(1)?, into: row.get(2)? }),
            )?,
            model: self.one("SELECT seq, body FROM model ORDER BY seq DESC LIMIT 1", |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?,
            matching: self.one("SELECT run, key, links, given_up FROM matching", |row| {
                let (run, key, links, given_up) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                Ok(Matching { run, key, links, given_up })
            })?,
        })
    }

    /// The sources that were read before.
    pub fn sources(&self) -> Result<Vec<KnownSource>, StateError> {
        let columns = "name, settings, snapshot, sha256, input, last_run, retired";
        self.all(&format!("SELECT {columns} FROM source ORDER BY seq"), |row| {
            Ok(KnownSource {
                name: row.get(0)?,
                settings: row.get(1)?,
                snapshot: row.get(2)?,
                sha256: row.get(3)?,
                input: row.get(4)?,
                last_run: row.get(5)?,
                retired: row.get(6)?,
            })
        })
    }

    fn contacts(&self) -> Result<KnownContacts, StateError> {
        let failed = |cause| failed(&self.path, cause);
        let mut known = KnownContacts::default();
        let columns = "source, record_id, content, view, golden, retired_run IS NOT NULL";
        let mut query = self
            .connection
            .prepare(&format!("SELECT {columns} FROM contact ORDER BY seq"))
            .map_err(failed)?;
        let mut rows = query.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let mut take = || -> rusqlite::Result<()> {
                known.source.push(row.get::<_, u16>(0)?.saturating_sub(1));
                known.record_id.push(row.get_ref(1)?.as_str().unwrap_or_default());
                known.content.push(row.get::<_, i64>(2)? as u64);
                known.view.push(row.get::<_, i64>(3)? as u64);
                known.golden.push(row.get(4)?);
                known.retired.push(row.get(5)?);
                Ok(())
            };
            take().map_err(failed)?;
        }
        Ok(known)
    }

    pub(super) fn one<T>(
        &self,
        query: &str,
        take: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StateError> {
        self.connection.query_row(query, [], take).optional().map_err(|cause| failed(&self.path, cause))
    }

    pub(super) fn all<T>(
        &self,
        query: &str,
        take: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StateError> {
        let failed = |cause| failed(&self.path, cause);
        let mut query = self.connection.prepare(query).map_err(failed)?;
        let rows = query.query_map([], |row| take(row)).map_err(failed)?;
        rows.collect::<rusqlite::Result<Vec<T>>>().map_err(failed)
    }
}

/// A golden id from its bits in the state.
pub(super) fn golden_id(bits: i64) -> Id {
    Id::of_bits('G', bits as u64)
}
