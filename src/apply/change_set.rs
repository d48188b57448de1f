//! The change set: what one apply did, with every merged record as it was. JSON Lines: a header, then a line per merge.

use super::merge::{Holds, Why};
use super::{Applied, ApplyError};
use crate::config::SourceSettings;
use crate::map::{Dataset, Kind};
use crate::related::RowChange;
use crate::write::CHANGE_SET;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Version of the change set's form; raised when a key is renamed, removed or changes meaning.
pub const CHANGE_SET_VERSION: u32 = 1;

/// What one apply did.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeSet {
    /// What it is and was made from.
    pub header: Header,
    /// The merges, in the order of the proposals.
    pub merges: Vec<Merge>,
}

/// The first line of a change set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// `alike`.
    pub program: String,
    /// [`CHANGE_SET_VERSION`].
    pub format_version: u32,
    /// The change set's own id, `C-…`: the same plan on the same files after the same change set gives the same.
    pub change_set: String,
    /// The change set that was applied before into the same folder.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous: Option<String>,
    /// SHA-256 over the edited `proposals` and `plan`.
    pub plan: String,
    /// Version of the program.
    pub version: String,
    /// The files that were read, in order.
    pub sources: Vec<SourceFile>,
    /// Names of the fields, in the order of columns.
    pub fields: Vec<String>,
    /// Related tables whose references were moved, in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub related: Vec<RelatedFile>,
    /// Merges that were erased, for somebody in them was forgotten: they cannot be undone.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub forgotten: Vec<String>,
    /// How many merges follow.
    pub merges: u64,
}

/// A related table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedFile {
    /// Its name.
    pub table: String,
    /// The file it was read from, as named.
    pub file: String,
    /// SHA-256 of that file.
    pub sha256: String,
    /// The file in the apply folder that holds it with its references moved.
    pub written: String,
}

/// A file that the records were read from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceFile {
    /// The source's name.
    pub source: String,
    /// The file, as named.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// How it was read, so that a later export can be read alike.
    pub settings: SourceSettings,
}

/// A record's key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The source.
    pub source: String,
    /// The id in the source.
    pub record_id: String,
}

/// One merge: records that became one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Merge {
    /// Its id, made of the keys of its records: the proposal's own when all of its members were merged.
    pub merge: String,
    /// The proposal.
    pub proposal_id: String,
    /// Its lane.
    pub lane: String,
    /// What decided: `auto` (the lane), `merge`, or `group:N`.
    pub decision: String,
    /// The golden id.
    pub golden_id: String,
    /// The record that stays.
    pub survivor: Key,
    /// The records that are merged into it, by source and record id.
    pub losers: Vec<Key>,
    /// Its place in the order of merging: 1 customers and vendors, 2 companies, 3 persons.
    #[serde(default)]
    pub order: u8,
    /// All records as they were, survivor first.
    pub before: Vec<Image>,
    /// The survivor as it is to be: every field that has a value, before or after.
    pub after: BTreeMap<String, After>,
    /// Links of other records to a company of this merge, which now lead to the survivor.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub links: Vec<LinkChange>,
    /// Rows of related tables that it changes.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub related: Vec<RowChange>,
}

/// The link of a record to its company, which was moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkChange {
    /// The record.
    #[serde(flatten)]
    pub key: Key,
    /// The field that holds the link.
    pub field: String,
    /// The id of the company that was merged.
    pub before: String,
    /// The id of the company that is kept.
    pub after: String,
}

/// A record as it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// Its key.
    #[serde(flatten)]
    pub key: Key,
    /// Its cells by field, letter for letter; empty ones are left out.
    pub values: BTreeMap<String, String>,
}

/// A golden value with its lineage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct After {
    /// The value; empty when there is none.
    pub value: String,
    /// What chose it: a survivorship rule, or `chosen`, `typed`, `cleared`.
    pub rule: String,
    /// The cell it stands in; none when it is empty, typed or joined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<Origin>,
}

/// A cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The record.
    #[serde(flatten)]
    pub key: Key,
    /// The field, when it is another than the value's own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
}

impl Merge {
    /// A record as it was; none when it is not of this merge.
    pub fn image(&self, key: &Key) -> Option<&Image> {
        self.before.iter().find(|image| image.key == *key)
    }

    /// The survivor's value of a field before.
    pub fn survivor_before(&self, field: &str) -> &str {
        self.image(&self.survivor).and_then(|image| image.values.get(field)).map_or("", String::as_str)
    }

    /// The fields that the merge changes in the survivor, with their values before and after.
    pub fn changes(&self) -> impl Iterator<Item = (&str, &str, &After)> {
        self.after.iter().filter_map(|(field, after)| {
            let before = self.survivor_before(field);
            (before != after.value).then_some((field.as_str(), before, after))
        })
    }
}

impl ChangeSet {
    /// Reads a change set: a file, or the folder that `alike apply` wrote.
    ///
    /// Errors: nothing is there, or it is no change set that this version reads.
    pub fn read(path: &Path) -> Result<Self, ApplyError> {
        let (header, lines, bad) = open(path)?;
        let mut merges = Vec::new();
        for (number, line) in lines {
            let wrong = |why: String| bad(number + 1, why);
            let line = line.map_err(|cause| wrong(cause.to_string()))?;
            merges.push(serde_json::from_str(&line).map_err(|cause| wrong(cause.to_string()))?);
        }
        if merges.len() as u64 != header.merges {
            let (there, said) = (merges.len(), header.merges);
            return Err(bad(there, format!("it is cut off: {there} of {said} merges are there")));
        }
        Ok(Self { header, merges })
    }

    /// Reads only the header of a change set.
    ///
    /// Errors: as [`ChangeSet::read`], but for what follows the header.
    pub fn read_header(path: &Path) -> Result<Header, ApplyError> {
        open(path).map(|(header, ..)| header)
    }

    /// A merge by its id, or that of its proposal when the proposal was not split.
    pub fn merge(&self, id: &str) -> Option<&Merge> {
        let by_id = self.merges.iter().find(|merge| merge.merge == id);
        let mut of_proposal = self.merges.iter().filter(|merge| merge.proposal_id == id);
        by_id.or_else(|| of_proposal.next().filter(|_| of_proposal.next().is_none()))
    }
}

type Lines = std::iter::Enumerate<std::io::Lines<BufReader<File>>>;

/// Opens a change set: its header, the lines behind it with their place (from 0), and how a wrong line is told.
fn open(path: &Path) -> Result<(Header, Lines, impl Fn(usize, String) -> ApplyError + use<>), ApplyError> {
    let file = file(path);
    let opened = File::open(&file).map_err(|cause| ApplyError::NoChangeSet {
        path: path.to_path_buf(),
        why: format!("{cause}; name the folder that `alike apply` wrote, or the {CHANGE_SET} in it"),
    })?;
    let bad = move |line: usize, why: String| ApplyError::NoChangeSet {
        path: file.clone(),
        why: format!("line {}: {why}", line + 1),
    };
    let mut reader = BufReader::new(opened);
    let mut first = String::new();
    reader.read_line(&mut first).map_err(|cause| bad(0, cause.to_string()))?;
    let header: Option<Header> = serde_json::from_str(&first).ok();
    let header = header.filter(|header| header.program == "alike" && !header.change_set.is_empty()).ok_or_else(|| {
        bad(0, format!("it is no change set of alike; name the folder that `alike apply` wrote, or the {CHANGE_SET} in it"))
    })?;
    if header.format_version != CHANGE_SET_VERSION {
        let found = header.format_version;
        return Err(bad(
            0,
            format!("it has version {found}, this program reads version {CHANGE_SET_VERSION}"),
        ));
    }
    // The header is read already: places go on from it.
    Ok((header, reader.lines().enumerate(), bad))
}

/// The file of a change set: itself, or in the folder that is named.
pub(super) fn file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(CHANGE_SET) } else { path.to_path_buf() }
}

/// A record's key.
pub(super) fn key(data: &Dataset, record: u32) -> Key {
    Key { source: data.source(record).to_string(), record_id: data.record_id(record).to_string() }
}

impl Applied<'_> {
    /// One merge, as the change set has it.
    pub fn change(&self, at: usize) -> Merge {
        let (data, merging) = (self.data, &self.merges[at]);
        let proposal = &self.review.proposals[merging.proposal];
        let image = |&record: &u32| Image {
            key: key(data, record),
            values: self
                .header
                .fields
                .iter()
                .enumerate()
                .map(|(at, field)| (field, data.raw(record, at)))
                .filter(|(_, value)| !value.is_empty())
                .map(|(field, value)| (field.clone(), value.to_string()))
                .collect(),
        };
        let losers = crate::propose::by_key(data, &merging.members);
        let losers: Vec<u32> = losers.into_iter().filter(|&member| member != merging.survivor).collect();
        let mut after = BTreeMap::new();
        for (position, cell) in merging.cells.iter().enumerate() {
            let value = merging.value(data, position);
            if value.is_empty() && data.raw(merging.survivor, position).is_empty() && cell.why != Why::Cleared
            {
                continue;
            }
            let from = match cell.holds {
                Holds::Cell { record, field } if !value.is_empty() => Some(Origin {
                    key: key(data, record),
                    field: (field as usize != position).then(|| self.header.fields[field as usize].clone()),
                }),
                _ => None,
            };
            let rule = cell.why.name().into_owned();
            after
                .insert(self.header.fields[position].clone(), After { value: value.to_string(), rule, from });
        }
        Merge {
            merge: merging.id.to_string(),
            proposal_id: proposal.id.to_string(),
            lane: proposal.lane.name().to_string(),
            decision: merging.decision.clone(),
            golden_id: self.golden_id(merging.survivor).to_string(),
            survivor: key(data, merging.survivor),
            losers: losers.iter().map(|&loser| key(data, loser)).collect(),
            order: super::order::of_record(data, merging.survivor),
            before: std::iter::once(&merging.survivor).chain(&losers).map(image).collect(),
            after,
            links: self.link_changes(at),
            related: self.related.as_ref().map_or_else(Vec::new, |(_, moved)| moved.changes[at].clone()),
        }
    }

    /// The whole change set as one value.
    pub fn change_set(&self) -> ChangeSet {
        ChangeSet {
            header: self.header.clone(),
            merges: (0..self.merges.len()).map(|at| self.change(at)).collect(),
        }
    }
}

/// Whether a field of an export can be held against a change set: when a row was touched is nobody's promise.
pub(super) fn is_promised(kind: Kind) -> bool {
    kind != Kind::Timestamp
}
