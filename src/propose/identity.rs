//! Ids and fingerprints: what makes a record, a merge and a decision the same tomorrow.

use super::Id;
use crate::map::{Dataset, Kind};
use sha2::{Digest, Sha256};

/// The fields that decisions are about, and what is made of them.
pub struct Compared<'a> {
    data: &'a Dataset,
    /// Position and name.
    fields: Vec<(usize, String)>,
}

/// Whether a decision to merge is about fields of a kind: time stamps, record ids and what is only carried along are
/// not looked at when records are compared.
pub fn is_compared(kind: Kind) -> bool {
    !matches!(kind, Kind::Timestamp | Kind::RecordId | Kind::Carried)
}

impl<'a> Compared<'a> {
    /// The compared fields of a data set.
    pub fn of(data: &'a Dataset) -> Self {
        let fields = data.fields.iter().enumerate().filter(|(_, field)| is_compared(field.kind()));
        Self { data, fields: fields.map(|(at, field)| (at, field.to_string())).collect() }
    }

    /// The id made of the keys of these members, which stand in the order of [`super::by_key`].
    pub fn id(&self, prefix: char, members: &[u32]) -> Id {
        key_id(prefix, members.iter().map(|&member| (self.data.source(member), self.data.record_id(member))))
    }

    /// The fingerprint of these members, which stand in the order of [`super::by_key`].
    pub fn fingerprint(&self, members: &[u32]) -> Id {
        self.fingerprint_of(members.iter().map(|&member| {
            let key = (self.data.source(member), self.data.record_id(member));
            (key, move |at: usize| self.data.raw(member, at))
        }))
    }

    /// As [`Compared::fingerprint`], of records that are told by their key and, per position of a field, their cell.
    ///
    /// Deliberately not over `normalize::value`: a better table of street types in a later version of alike must not
    /// make every decision on file stale.
    pub fn fingerprint_of<'k, C: Fn(usize) -> &'k str>(
        &self,
        members: impl Iterator<Item = ((&'k str, &'k str), C)>,
    ) -> Id {
        let mut hash = Sha256::new();
        let mut text = Vec::new();
        for (key, cell) in members {
            add_key(&mut hash, key);
            text.clear();
            for (at, name) in &self.fields {
                let start = text.len();
                push_letters(&mut text, cell(*at));
                if text.len() > start {
                    text.push(UNIT);
                    text.extend_from_slice(name.as_bytes());
                    text.push(UNIT);
                }
            }
            text.push(RECORD);
            hash.update(&text);
        }
        Id::new('F', &hash.finalize().into())
    }
}

/// The id made of record keys (source, record id), which stand in ascending order.
pub fn key_id<'k>(prefix: char, keys: impl Iterator<Item = (&'k str, &'k str)>) -> Id {
    let mut hash = Sha256::new();
    keys.for_each(|key| add_key(&mut hash, key));
    Id::new(prefix, &hash.finalize().into())
}

/// Adds `source US record_id RS`.
fn add_key(hash: &mut Sha256, (source, record_id): (&str, &str)) {
    hash.update(source.as_bytes());
    hash.update([UNIT]);
    hash.update(record_id.as_bytes());
    hash.update([RECORD]);
}

/// What a fingerprint sees of a value: its letters and digits in lower case.
pub fn letters(raw: &str) -> String {
    let mut text = Vec::new();
    push_letters(&mut text, raw);
    // Whole characters were pushed.
    String::from_utf8_lossy(&text).into_owned()
}

/// Appends letters and digits in lower case.
fn push_letters(text: &mut Vec<u8>, raw: &str) {
    if raw.is_ascii() {
        text.extend(raw.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase()));
    } else {
        let mut utf8 = [0; 4];
        for c in raw.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
            text.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
        }
    }
}

/// Unit separator: stands between the parts of a key or cell.
const UNIT: u8 = 0x1f;
/// Record separator: stands after a key or record.
const RECORD: u8 = 0x1e;
