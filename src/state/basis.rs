//! What a decision rested on: one short hash per record and filled field, so that no value is kept twice.

use crate::map::Dataset;
use crate::propose::{is_compared, letters};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The fields that were looked at, and what stood in them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Names of the fields.
    pub fields: Vec<String>,
    /// Per record, in the order of the decision's: field → hash of its letters and digits; empty fields are left out.
    pub records: Vec<BTreeMap<String, String>>,
}

/// Hexadecimal digits of a hash that are kept: 64 bits, as in ids. Whoever reads the store can try values against it;
/// it hides nothing, it only keeps the store small.
const DIGITS: usize = 16;

impl Basis {
    /// What these records are now, in one field or in all that are compared.
    pub fn of(data: &Dataset, records: &[u32], field: Option<&str>) -> Self {
        let fields: Vec<(usize, String)> = data
            .fields
            .iter()
            .enumerate()
            .map(|(at, of)| (at, of, of.to_string()))
            .filter(|(_, of, name)| field.map_or_else(|| is_compared(of.kind()), |field| field == name))
            .map(|(at, _, name)| (at, name))
            .collect();
        let record = |&record: &u32| {
            let hashes =
                fields.iter().filter_map(|(at, name)| Some((name.clone(), hash(data.raw(record, *at))?)));
            hashes.collect()
        };
        Self {
            records: records.iter().map(record).collect(),
            fields: fields.into_iter().map(|(_, name)| name).collect(),
        }
    }

    /// The fields of the `nth` record that are not what they were. A field that no source has any more tells nothing.
    pub fn changed(&self, data: &Dataset, nth: usize, record: u32) -> Vec<String> {
        let Some(then) = self.records.get(nth) else { return Vec::new() };
        let position = |name: &str| data.fields.iter().position(|field| field.to_string() == name);
        let differs = |name: &&String| {
            position(name).is_some_and(|at| hash(data.raw(record, at)).as_ref() != then.get(*name))
        };
        self.fields.iter().filter(differs).cloned().collect()
    }
}

/// The hash of a value's letters and digits; none when it has none.
fn hash(raw: &str) -> Option<String> {
    let seen = letters(raw);
    let hex = |hash: &[u8]| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    (!seen.is_empty()).then(|| hex(&Sha256::digest(seen.as_bytes())[..DIGITS / 2]))
}
