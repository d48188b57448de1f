//! Looking back: nights, ids, and what an old id is called now.

use super::known::golden_id;
use super::store::failed;
use super::{Key, StateError, Store};
use crate::propose::Id;
use rusqlite::params;

/// A run, for people.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct NightRow {
    /// Its id.
    pub id: String,
    /// When it was finished.
    pub finished: String,
    /// Whether it went through.
    pub good: bool,
    /// Why not.
    pub why: String,
    /// The id of its model: the run that froze it.
    pub model: String,
    /// `all` or `changed`: which pairs were compared.
    pub compared: String,
    /// Contacts that were there after it.
    pub contacts: u64,
    /// Golden ids that lived after it.
    pub golden: u64,
}

/// What happened to an id in a run.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Told {
    /// The run.
    pub run: String,
    /// `born`, `grown`, `merged`, `split`, `moved`, `retired` or `returned`.
    pub what: String,
    /// The id it happened to.
    pub golden: String,
    /// The other id.
    pub other: Option<String>,
    /// How many records it is about.
    pub records: u64,
    /// What decided it.
    pub rule: String,
}

/// The life of an id.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct IdStory {
    /// The id.
    pub id: String,
    /// What it is called now; none when it is retired.
    pub current: Option<String>,
    /// The ids on the way there.
    pub chain: Vec<String>,
    /// The records that have the current id.
    pub records: Vec<Key>,
    /// What happened to it, the earliest first.
    pub events: Vec<Told>,
}

/// One row of the crosswalk over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossing {
    /// An id that was ever given.
    pub id: Id,
    /// What it is called now; none when it is retired.
    pub current: Option<Id>,
    /// `alive`, `merged` or `retired`.
    pub status: &'static str,
    /// The run in which it was born.
    pub born: String,
    /// The run in which it ended; empty while it lives.
    pub ended: String,
}

impl Store {
    /// All runs, the latest last.
    pub fn nights(&self) -> Result<Vec<NightRow>, StateError> {
        let query =
            "SELECT run.id, run.finished, run.good, run.why, coalesce((SELECT other.id FROM run AS other
                WHERE other.model = run.model ORDER BY other.seq LIMIT 1), ''),
            run.compared, run.contacts, run.golden FROM run ORDER BY run.seq";
        self.all(query, |row| {
            Ok(NightRow {
                id: row.get(0)?,
                finished: row.get(1)?,
                good: row.get(2)?,
                why: row.get(3)?,
                model: row.get(4)?,
                compared: row.get(5)?,
                contacts: row.get::<_, i64>(6)? as u64,
                golden: row.get::<_, i64>(7)? as u64,
            })
        })
    }

    /// The golden id of a record, if the state knows the record.
    pub fn golden_of(&self, key: &Key) -> Result<Option<Id>, StateError> {
        let query = "SELECT golden.id FROM contact JOIN source ON source.seq = contact.source
            JOIN golden ON golden.seq = contact.golden WHERE source.name = ?1 AND contact.record_id = ?2";
        let mut query = self.connection.prepare(query).map_err(|cause| failed(&self.path, cause))?;
        let mut rows = query
            .query_map(params![key.source, key.record_id], |row| Ok(golden_id(row.get(0)?)))
            .map_err(|cause| failed(&self.path, cause))?;
        rows.next().transpose().map_err(|cause| failed(&self.path, cause))
    }

    /// The life of an id; none when it was never given.
    pub fn story(&self, id: Id) -> Result<Option<IdStory>, StateError> {
        let bits = id.bits() as i64;
        let find = format!("SELECT seq, ended IS NOT NULL, into_golden FROM golden WHERE id = {bits}");
        type Place = (i64, bool, Option<i64>);
        let place = |row: &rusqlite::Row<'_>| -> rusqlite::Result<Place> {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        };
        let Some(first) = self.one(&find, place)? else { return Ok(None) };
        let (mut at, mut chain) = (first, Vec::new());
        while let Some(into) = at.2 {
            let next = format!("SELECT seq, ended IS NOT NULL, into_golden FROM golden WHERE seq = {into}");
            let Some(found) = self.one(&next, place)? else { break };
            chain.push(self.id_of(found.0)?);
            at = found;
        }
        let current = if at.1 { None } else { Some(self.id_of(at.0)?) };
        let records = format!(
            "SELECT source.name, contact.record_id FROM contact JOIN source ON source.seq = contact.source
             WHERE contact.golden = {} AND contact.retired_run IS NULL ORDER BY 1, 2",
            at.0
        );
        let records =
            self.all(&records, |row| Ok(Key::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let seq = first.0;
        let born = format!(
            "SELECT run.id, (SELECT id FROM golden AS other WHERE other.seq = golden.split_from) FROM golden
             JOIN run ON run.seq = golden.born WHERE golden.seq = {seq}"
        );
        let born = self.one(&born, |row| {
            Ok(Told {
                run: row.get(0)?,
                what: "born".to_string(),
                golden: id.to_string(),
                other: row.get::<_, Option<i64>>(1)?.map(|bits| golden_id(bits).to_string()),
                records: 0,
                rule: String::new(),
            })
        })?;
        let mut events: Vec<Told> = born.into_iter().collect();
        events.extend(self.told(&format!("event.golden = {seq} OR event.other = {seq}"))?);
        Ok(Some(IdStory { id: id.to_string(), current, chain, records, events }))
    }

    /// What happened in a run; births are counted only.
    pub fn told_of(&self, run: &str) -> Result<Vec<Told>, StateError> {
        let quoted = run.replace('\'', "''");
        self.told(&format!("run.id = '{quoted}'"))
    }

    fn told(&self, condition: &str) -> Result<Vec<Told>, StateError> {
        let query = format!(
            "SELECT run.id, event.what, golden.id, (SELECT id FROM golden AS other WHERE other.seq = event.other),
             event.records, event.rule FROM event JOIN run ON run.seq = event.run
             JOIN golden ON golden.seq = event.golden WHERE {condition} ORDER BY event.seq"
        );
        self.all(&query, |row| {
            Ok(Told {
                run: row.get(0)?,
                what: row.get(1)?,
                golden: golden_id(row.get(2)?).to_string(),
                other: row.get::<_, Option<i64>>(3)?.map(|bits| golden_id(bits).to_string()),
                records: row.get::<_, i64>(4)? as u64,
                rule: row.get(5)?,
            })
        })
    }

    fn id_of(&self, seq: i64) -> Result<String, StateError> {
        let id = self.one(&format!("SELECT id FROM golden WHERE seq = {seq}"), |row| row.get(0))?;
        Ok(id.map_or(String::new(), |bits| golden_id(bits).to_string()))
    }

    /// Every id that was ever given, with what it is called now, in the order of birth.
    pub fn crossings(&self) -> Result<Vec<Crossing>, StateError> {
        let query = "SELECT golden.id, golden.ended IS NULL, coalesce(golden.into_golden, 0), born.id, coalesce(ended.id, '')
            FROM golden JOIN run AS born ON born.seq = golden.born LEFT JOIN run AS ended ON ended.seq = golden.ended
            ORDER BY golden.seq";
        type Row = (Id, bool, usize, String, String);
        let rows: Vec<Row> = self.all(query, |row| {
            let into = row.get::<_, i64>(2)? as usize;
            Ok((golden_id(row.get(0)?), row.get(1)?, into, row.get(3)?, row.get(4)?))
        })?;
        let current = |mut at: usize| {
            // An id only merges into another, so the chain ends; a broken state must not hang the program.
            for _ in 0..rows.len() {
                match rows.get(at) {
                    Some((id, true, ..)) => return Some(*id),
                    Some((_, false, into, ..)) if *into > 0 => at = into - 1,
                    _ => break,
                }
            }
            None
        };
        let crossing = |(at, (id, alive, into, born, ended)): (usize, &Row)| Crossing {
            id: *id,
            current: current(at),
            status: match (alive, into) {
                (true, _) => "alive",
                (false, 0) => "retired",
                (false, _) => "merged",
            },
            born: born.clone(),
            ended: ended.clone(),
        };
        Ok(rows.iter().enumerate().map(crossing).collect())
    }
}
