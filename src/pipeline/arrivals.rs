//! What each source brought tonight: all of its records, changes, the same as last time, or nothing.
//!
//! The run itself always reads whole sources. So changes are put into what is known of their source first, and a source
//! that brought nothing is read as it was known; both from snapshots in the folder of the state, which are never changed
//! once written. They count only when the night counts.

use super::RunOptions;
use crate::config::{DeleteMarker, MapSettings, SourceMode, SourceSettings};
use crate::error::Error;
use crate::ingest::{self, FileFacts, Ingested, Input, Quarantined, STDIN};
use crate::map;
use crate::progress::{Event, Progress, Silent};
use crate::state::{KnownSource, SNAPSHOTS, SourceTonight, StateError};
use crate::table::{Column, ColumnBuilder, Table};
use crate::write;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

/// What a source brought, and where all of its records are.
pub struct Arrival {
    /// What the state is to note of it.
    pub noted: SourceTonight,
    /// Rows of the delta that could not be read.
    quarantine: Vec<Quarantined>,
    /// Rows of the delta: upserts, deletions, rows that were older than what is known.
    pub changes: [u64; 3],
    /// Since when a missing source is as it is: the run that last read it.
    pub since: u32,
    /// A snapshot in the making, of a source that brought all of its records.
    copying: Option<JoinHandle<Result<Snapshot, String>>>,
}

/// A finished snapshot.
struct Snapshot {
    name: String,
    sha256: String,
    /// Of what was copied.
    input: String,
}

/// Looks what every source brought; the options come back with files that hold whole sources.
///
/// `known` are the sources of the state in `dir`. Errors: a delta does not say what identifies its rows, or cannot be read.
pub fn arrive(
    options: &RunOptions,
    dir: &Path,
    known: &[KnownSource],
    progress: &dyn Progress,
) -> Result<(RunOptions, Vec<Arrival>), Error> {
    let mut whole = options.clone();
    let mut arrivals = Vec::new();
    for input in &mut whole.inputs {
        let before = known.iter().find(|known| known.name == input.source && !known.retired);
        let settings = json(&input.settings);
        let before = before.filter(|before| !before.snapshot.is_empty());
        let file = input.path.display().to_string();
        let noted = SourceTonight { name: input.source.clone(), settings, file, ..Default::default() };
        if input.path == Path::new(STDIN) {
            input.path = spool(dir, &input.source)?;
        }
        let is_there = input.path.exists();
        let arrival = match (before, input.settings.mode) {
            (Some(before), _) if !is_there => {
                as_known(input, dir, before);
                missing(noted, before)
            }
            (before, SourceMode::Delta) if is_there => delta(input, dir, before, noted, progress)?,
            // A file that is not there is told when it is read.
            _ => Arrival::of(SourceTonight { what: "full", ..noted }),
        };
        arrivals.push(arrival);
    }
    for before in known.iter().filter(|known| !known.retired && !known.snapshot.is_empty()) {
        if whole.inputs.iter().any(|input| input.source == before.name) {
            continue;
        }
        // What we wrote; settings of another version of alike that cannot be read are those of a file without any.
        let settings: SourceSettings = serde_json::from_str(&before.settings).unwrap_or_default();
        let mut input = Input { path: PathBuf::new(), source: before.name.clone(), settings };
        as_known(&mut input, dir, before);
        let name = before.name.clone();
        arrivals.push(missing(SourceTonight { name, ..Default::default() }, before));
        whole.inputs.push(input);
        whole.entries.push(None);
    }
    whole.settings.sources = whole.inputs.iter().map(|input| input.settings.clone()).collect();
    Ok((whole, arrivals))
}

/// Refuses deltas in a run without a state: nobody knows what they change.
pub fn no_delta(options: &RunOptions) -> Result<(), Error> {
    match options.inputs.iter().find(|input| input.settings.mode == SourceMode::Delta) {
        None => Ok(()),
        Some(input) => Err(Error::Usage(format!(
            "source `{}` has mode = \"delta\", so the run needs the state that knows its records; name its folder with --state",
            input.source
        ))),
    }
}

fn json(settings: &SourceSettings) -> String {
    // Settings were read from TOML or are defaults, so they can be written as JSON.
    serde_json::to_string(settings).unwrap_or_default()
}

/// Reads a source from its snapshot.
fn as_known(input: &mut Input, dir: &Path, before: &KnownSource) {
    input.path = dir.join(SNAPSHOTS).join(&before.snapshot);
    if before.snapshot.ends_with(PARQUET) {
        plain(&mut input.settings);
    }
}

/// How a snapshot that we made of rows is called.
const PARQUET: &str = ".parquet";

/// Takes out what holds for the file that the rows came from, and not for ours.
fn plain(settings: &mut SourceSettings) {
    (settings.encoding, settings.delimiter, settings.header, settings.sheet) = (None, None, None, None);
}

fn missing(noted: SourceTonight, before: &KnownSource) -> Arrival {
    let mut arrival = Arrival::of(SourceTonight {
        what: "missing",
        snapshot: before.snapshot.clone(),
        snapshot_sha256: before.sha256.clone(),
        sha256: before.input.clone(),
        ..noted
    });
    arrival.since = before.last_run;
    arrival
}

impl Arrival {
    fn of(noted: SourceTonight) -> Self {
        Self { noted, quarantine: Vec::new(), changes: [0; 3], since: 0, copying: None }
    }

    /// Completes what was read with what only the arrival knows; begins to keep the rows of a whole source.
    pub fn read(
        arrivals: &mut [Self],
        dir: &Path,
        known: &[KnownSource],
        options: &RunOptions,
        read: &mut Ingested,
    ) {
        for ((arrival, facts), input) in arrivals.iter_mut().zip(&mut read.files).zip(&options.inputs) {
            let lost = arrival.quarantine.len() as u64;
            facts.rows_in += lost;
            facts.quarantined += lost;
            read.quarantine.append(&mut arrival.quarantine);
            if arrival.noted.what != "full" {
                continue;
            }
            let noted = &mut arrival.noted;
            (noted.rows, noted.quarantined) = (facts.rows_in, facts.quarantined);
            noted.sha256.clone_from(&facts.sha256);
            let before = known.iter().find(|known| known.name == noted.name && known.input == facts.sha256);
            match before.filter(|before| dir.join(SNAPSHOTS).join(&before.snapshot).is_file()) {
                Some(before) if !before.snapshot.is_empty() => {
                    noted.what = "unchanged";
                    noted.snapshot.clone_from(&before.snapshot);
                    noted.snapshot_sha256.clone_from(&before.sha256);
                }
                _ => arrival.copying = Some(copy(&input.path, dir, &noted.name, facts)),
            }
        }
    }

    /// What the state is to note, when the snapshot is finished.
    ///
    /// Errors: the disk refuses, or the file is not what was read.
    pub fn finish(mut self, dir: &Path) -> Result<SourceTonight, Error> {
        let Some(copying) = self.copying.take() else { return Ok(self.noted) };
        let path = dir.join(SNAPSHOTS);
        let io = |why: String| StateError::Io { path: path.clone(), why };
        let done = copying.join().map_err(|_| io("a snapshot could not be made".to_string()))?.map_err(io)?;
        if done.input != self.noted.sha256 {
            let why = format!("`{}` was changed while it was read; run again", self.noted.file);
            return Err(io(why).into());
        }
        (self.noted.snapshot, self.noted.snapshot_sha256) = (done.name, done.sha256);
        Ok(self.noted)
    }
}

/// The beginning of a snapshot's name: letters of the source that every disk takes.
fn stem(source: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    source.chars().map(plain).take(40).collect()
}

/// The folder of snapshots, which is made where there is none.
fn snapshots(dir: &Path) -> Result<PathBuf, Error> {
    let path = dir.join(SNAPSHOTS);
    write::private_dir(&path)?;
    Ok(path)
}

/// Keeps the standard input, which can be read once.
fn spool(dir: &Path, source: &str) -> Result<PathBuf, Error> {
    let folder = snapshots(dir)?;
    let path = folder.join(format!(".{}.{}.tmp", stem(source), std::process::id()));
    let failed = |cause: io::Error| StateError::Io { path: path.clone(), why: cause.to_string() };
    // What a killed process of the same number left.
    let _ = fs::remove_file(&path);
    let mut hash = Hashed { inner: write::create(&path)?, hash: Sha256::new() };
    io::copy(&mut io::stdin().lock(), &mut hash).map_err(failed)?;
    let to = folder.join(format!("{}-{}.input", stem(source), &hex(hash.hash)[..DIGITS]));
    fs::rename(&path, &to).map_err(failed)?;
    Ok(to)
}

/// Hexadecimal digits of a hash in a file's name: enough to tell the snapshots of one source apart.
const DIGITS: usize = 16;

/// Level of zstd: a quarter of the size at the speed of a disk.
const LEVEL: i32 = 1;

/// Copies an input beside the run; text is compressed.
fn copy(path: &Path, dir: &Path, source: &str, facts: &FileFacts) -> JoinHandle<Result<Snapshot, String>> {
    let (from, dir, source) = (path.to_path_buf(), dir.to_path_buf(), stem(source));
    let is_text = ["csv", "json", "jsonl", "vcard", "jcard"].contains(&facts.format.as_str());
    let input = facts.sha256.clone();
    std::thread::spawn(move || {
        let folder = snapshots(&dir).map_err(|error| error.to_string())?;
        let name = format!(
            "{source}-{}.{}",
            &input[..DIGITS.min(input.len())],
            if is_text { "zst" } else { "input" }
        );
        let beside = folder.join(format!(".{name}.{}.tmp", std::process::id()));
        let _ = fs::remove_file(&beside);
        let work = || -> io::Result<Snapshot> {
            let file = write::create(&beside).map_err(io::Error::other)?;
            let out = Hashed { inner: file, hash: Sha256::new() };
            let mut reader = HashedRead { inner: File::open(&from)?, hash: Sha256::new() };
            let out = if is_text {
                let mut packed = zstd::Encoder::new(out, LEVEL)?;
                io::copy(&mut reader, &mut packed)?;
                packed.finish()?
            } else {
                let mut out = out;
                io::copy(&mut reader, &mut out)?;
                out
            };
            out.inner.sync_all()?;
            fs::rename(&beside, folder.join(&name))?;
            Ok(Snapshot { name: name.clone(), sha256: hex(out.hash), input: hex(reader.hash) })
        };
        work().map_err(|cause| {
            // The copy has failed already; a part of it that cannot be removed adds nothing to say.
            let _ = fs::remove_file(&beside);
            cause.to_string()
        })
    })
}

struct Hashed<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

struct HashedRead<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for HashedRead<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.hash.update(&into[..read]);
        Ok(read)
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts a delta into what is known of its source; the input is the result.
fn delta(
    input: &mut Input,
    dir: &Path,
    before: Option<&KnownSource>,
    noted: SourceTonight,
    progress: &dyn Progress,
) -> Result<Arrival, Error> {
    let source = input.source.clone();
    let usage = |what: String| Error::Usage(format!("source `{source}` has mode = \"delta\", {what}"));
    let Some(id) = input.settings.id.clone() else {
        return Err(usage(
            "so it must say which column identifies a record: add `id = \"…\"` to it".to_string(),
        ));
    };
    let brought = ingest::read(std::slice::from_ref(input), progress)?;
    let facts = &brought.files[0];
    let changes =
        Changes { id, deleted: input.settings.deleted.clone(), version: input.settings.version.clone() };
    let mut known = Table::default();
    if let Some(before) = before {
        if before.input == facts.sha256 && before.snapshot.ends_with(PARQUET) {
            progress.event(Event::Note(&format!(
                "source `{source}` brought the same file as last time: nothing is changed by it"
            )));
        }
        let mut whole = input.clone();
        as_known(&mut whole, dir, before);
        known = ingest::read(&[whole], progress)?.tables.remove(0);
    }
    let mut arrival = Arrival::of(SourceTonight {
        what: "delta",
        sha256: facts.sha256.clone(),
        rows: facts.rows_in,
        quarantined: facts.quarantined,
        ..noted
    });
    arrival.quarantine = brought.quarantine;
    let merged = changes.merge(&known, &brought.tables[0], &mut arrival).map_err(usage)?;
    let names: Vec<String> = merged.columns.iter().map(|column| column.0.clone()).collect();
    let cell = |column: usize, row: usize| merged.columns[column].1.get(row as u32);
    let (name, sha256) = keep_rows(dir, &source, &names, merged.rows as usize, &cell)?;
    input.path = dir.join(SNAPSHOTS).join(&name);
    plain(&mut input.settings);
    (arrival.noted.snapshot, arrival.noted.snapshot_sha256) = (name, sha256);
    Ok(arrival)
}

/// Writes rows as a snapshot of a source; returns its name and hash.
fn keep_rows<'t>(
    dir: &Path,
    source: &str,
    names: &[String],
    rows: usize,
    cell: &(dyn Fn(usize, usize) -> &'t str + Sync),
) -> Result<(String, String), Error> {
    let folder = snapshots(dir)?;
    let beside = folder.join(format!(".{}.{}{PARQUET}", stem(source), std::process::id()));
    write::text_parquet(&beside, names, rows, cell)?;
    let failed = |cause: io::Error| StateError::Io { path: beside.clone(), why: cause.to_string() };
    let sha256 = hex(Sha256::new_with_prefix(fs::read(&beside).map_err(failed)?));
    let name = format!("{}-{}{PARQUET}", stem(source), &sha256[..DIGITS]);
    fs::rename(&beside, folder.join(&name)).map_err(failed)?;
    Ok((name, sha256))
}

/// Writes the snapshot of a source again without some of its records; returns its new name and hash, and none when it has
/// none of them. The old file is left to the caller.
pub fn without(dir: &Path, known: &KnownSource, ids: &[&str]) -> Result<Option<(String, String)>, Error> {
    let settings: SourceSettings = serde_json::from_str(&known.settings).unwrap_or_default();
    let mut input = Input { path: PathBuf::new(), source: known.name.clone(), settings: settings.clone() };
    as_known(&mut input, dir, known);
    let of_source = MapSettings::of([(known.name.clone(), settings)])?;
    let data = map::columns(ingest::read(&[input], &Silent)?.tables, &of_source)?;
    let rows: Vec<u32> =
        (0..data.records()).filter(|&record| !ids.contains(&data.record_id(record))).collect();
    if rows.len() == data.records() as usize {
        return Ok(None);
    }
    let columns = &data.tables[0].columns;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let cell = |column: usize, row: usize| columns[column].cells.get(rows[row]);
    keep_rows(dir, &known.name, &names, rows.len(), &cell).map(Some)
}

/// How rows of a delta are understood.
struct Changes {
    id: String,
    deleted: Option<DeleteMarker>,
    version: Option<String>,
}

/// The rows of a source after a delta.
struct Merged {
    columns: Vec<(String, Column)>,
    rows: u32,
}

/// Where a row of the result stands.
#[derive(Clone, Copy)]
enum From {
    Known(u32),
    /// A row of the delta, over the known row that it replaces.
    Delta(u32, Option<u32>),
}

impl Changes {
    /// The error says what of the settings does not fit.
    fn merge(&self, known: &Table, delta: &Table, arrival: &mut Arrival) -> Result<Merged, String> {
        let column =
            |name: &str| delta.position(name).ok_or_else(|| format!("and its file has no column `{name}`"));
        let id = column(&self.id)?;
        let marker = match &self.deleted {
            Some(marker) => Some((column(&marker.column)?, marker)),
            None => None,
        };
        let version = self.version.as_deref().map(column).transpose()?;
        let mut names: Vec<&str> = known.columns.iter().map(|column| column.name.as_str()).collect();
        let known_columns = names.len();
        for (at, column) in delta.columns.iter().enumerate() {
            let is_marker = marker.is_some_and(|(marker, _)| marker == at);
            if !is_marker && !names[..known_columns].contains(&column.name.as_str()) {
                names.push(&column.name);
            }
        }
        if let Some(twice) = twice(&names) {
            return Err(format!("so its columns need names of their own: `{twice}` is there twice"));
        }
        let known_id = known.position(&self.id);
        if known.rows > 0 && known_id.is_none() {
            return Err(format!("and what is known of it has no column `{}`", self.id));
        }
        let known_version = self.version.as_deref().and_then(|name| known.position(name));
        let mut rows: Vec<Option<From>> = (0..known.rows).map(|row| Some(From::Known(row))).collect();
        let mut of_id: HashMap<&str, usize> = HashMap::new();
        if let Some(known_id) = known_id {
            of_id.extend((0..known.rows).map(|row| (known.cell(known_id, row), row as usize)));
        }
        let version_of = |from: From| match (from, known_version, version) {
            (From::Known(row), Some(at), _) => known.cell(at, row),
            (From::Delta(row, _), _, Some(at)) => delta.cell(at, row),
            _ => "",
        };
        for row in 0..delta.rows {
            let key = delta.cell(id, row);
            if key.trim().is_empty() {
                arrival.quarantine.push(Quarantined {
                    source: delta.source.clone(),
                    file: delta.path.clone(),
                    line: delta.lines.get(row as usize).copied().unwrap_or(0),
                    reason: format!("it has no `{}`, so that nobody knows which record it changes", self.id),
                    raw: (0..delta.columns.len())
                        .map(|at| delta.cell(at, row))
                        .collect::<Vec<_>>()
                        .join(" | "),
                });
                continue;
            }
            let place = of_id.get(key).copied();
            if let Some(old) = place.and_then(|at| rows[at])
                && is_older(version_of(From::Delta(row, None)), version_of(old))
            {
                arrival.changes[2] += 1;
                continue;
            }
            let is_deleted = marker.is_some_and(|(at, marker)| {
                let cell = delta.cell(at, row).trim().to_lowercase();
                marker.values.iter().any(|value| value.trim().to_lowercase() == cell)
            });
            let over = match place.and_then(|at| rows[at]) {
                Some(From::Known(known)) => Some(known),
                Some(From::Delta(_, over)) => over,
                None => None,
            };
            let new = if is_deleted { None } else { Some(From::Delta(row, over)) };
            arrival.changes[usize::from(is_deleted)] += 1;
            match place {
                Some(at) => rows[at] = new,
                None => {
                    of_id.insert(key, rows.len());
                    rows.push(new);
                }
            }
        }
        let rows: Vec<From> = rows.into_iter().flatten().collect();
        let columns = names.into_iter().map(|name| {
            let (of_known, of_delta) = (known.position(name), delta.position(name));
            let mut cells = ColumnBuilder::new();
            for &row in &rows {
                let cell = match row {
                    From::Known(row) => of_known.map_or("", |at| known.cell(at, row)),
                    // A delta without a column says nothing of it.
                    From::Delta(row, over) => match (of_delta, of_known.zip(over)) {
                        (Some(at), _) => delta.cell(at, row),
                        (None, Some((at, known_row))) => known.cell(at, known_row),
                        (None, None) => "",
                    },
                };
                cells.push(cell);
            }
            (name.to_string(), cells.finish())
        });
        Ok(Merged { columns: columns.collect(), rows: rows.len() as u32 })
    }
}

/// A name that is there twice.
fn twice<'n>(names: &[&'n str]) -> Option<&'n str> {
    let mut seen = HashSet::new();
    names.iter().copied().find(|name| !seen.insert(*name))
}

/// Whether a version is the earlier of two: of numbers the smaller, of times (`2026-01-31…`) and other text the one that
/// sorts first. A version that is not there is no earlier one.
fn is_older(new: &str, old: &str) -> bool {
    let (new, old) = (new.trim(), old.trim());
    if new.is_empty() || old.is_empty() {
        return false;
    }
    match (new.parse::<i128>(), old.parse::<i128>()) {
        (Ok(new), Ok(old)) => new < old,
        _ => new < old,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::RawColumn;

    fn table(head: &[&str], rows: &[&[&str]]) -> Table {
        let column = |(at, name): (usize, &&str)| RawColumn {
            name: name.to_string(),
            cells: Column::from_values(rows.iter().map(|row| row[at])),
        };
        Table {
            source: "crm".into(),
            path: "crm.csv".into(),
            columns: head.iter().enumerate().map(column).collect(),
            rows: rows.len() as u32,
            lines: (2..2 + rows.len() as u32).collect(),
        }
    }

    fn merge(known: &Table, delta: &Table) -> (Vec<Vec<String>>, Arrival) {
        let marker = DeleteMarker { column: "change".into(), values: vec!["D".into()] };
        let changes = Changes { id: "id".into(), deleted: Some(marker), version: Some("at".into()) };
        let mut arrival = Arrival::of(SourceTonight::default());
        let merged = changes.merge(known, delta, &mut arrival).unwrap();
        let row = |row: u32| merged.columns.iter().map(|(_, cells)| cells.get(row).to_string()).collect();
        ((0..merged.rows).map(row).collect(), arrival)
    }

    #[test]
    fn a_delta_changes_adds_and_deletes() {
        let known = table(
            &["id", "name", "city", "at"],
            &[&["1", "Jan", "Rotterdam", "5"], &["2", "Ada", "Gent", "5"]],
        );
        let delta = table(
            &["id", "name", "at", "change"],
            &[&["2", "", "6", " d "], &["3", "Bo", "6", ""], &["1", "Jan P.", "6", "U"], &["", "?", "6", ""]],
        );
        let (rows, arrival) = merge(&known, &delta);
        assert_eq!(rows, [["1", "Jan P.", "Rotterdam", "6"], ["3", "Bo", "", "6"]]);
        assert_eq!(arrival.changes, [2, 1, 0]);
        assert_eq!(arrival.quarantine.len(), 1);
        assert_eq!(arrival.quarantine[0].line, 5);
    }

    #[test]
    fn a_late_row_is_passed_over_and_the_same_delta_twice_changes_nothing() {
        let known = table(&["id", "name", "at"], &[&["1", "Jan", "10"]]);
        let late = table(&["id", "name", "at", "change"], &[&["1", "Old", "9", ""]]);
        let (rows, arrival) = merge(&known, &late);
        assert_eq!((rows, arrival.changes), (vec![vec!["1".into(), "Jan".into(), "10".into()]], [0, 0, 1]));
        let delta = table(&["id", "name", "at", "change"], &[&["1", "New", "11", ""], &["1", "", "12", "D"]]);
        assert!(merge(&known, &delta).0.is_empty());
    }

    #[test]
    fn versions_are_numbers_or_sort_as_text() {
        assert!(is_older("9", "10") && is_older("2026-01-31", "2026-02-01"));
        assert!(!is_older("", "10") && !is_older("10", "") && !is_older("10", "10"));
    }
}
