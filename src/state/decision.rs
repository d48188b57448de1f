use super::Basis;
use crate::propose::Id;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// A record, as decisions name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Its source.
    pub source: String,
    /// Its id in the source.
    pub record_id: String,
}

impl Key {
    /// The key of a record.
    pub fn new(source: impl Into<String>, record_id: impl Into<String>) -> Self {
        Self { source: source.into(), record_id: record_id.into() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.record_id)
    }
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The records are one (must-link).
    Merge,
    /// No two of the records are one (cannot-link).
    KeepApart,
    /// A golden value of the records when they are merged.
    Value,
    /// To be decided later, for a reason.
    Hold,
    /// A remark; it decides nothing.
    Comment,
    /// As [`What::Merge`], said of a merge that stands already: one more pair of eyes.
    Approve,
    /// The first record is known by the key of the second now: decisions on it go over.
    Alias,
    /// An earlier decision does not hold any more.
    Revoke,
}

impl What {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::KeepApart => "keep_apart",
            Self::Value => "value",
            Self::Hold => "hold",
            Self::Comment => "comment",
            Self::Approve => "approve",
            Self::Alias => "alias",
            Self::Revoke => "revoke",
        }
    }

    /// Whether it makes its records one.
    pub fn joins(self) -> bool {
        matches!(self, Self::Merge | Self::Approve)
    }
}

/// One decision of one person. Its JSON is a line of the format that `docs/formats.md` describes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Made of the content: the same decision has the same id everywhere.
    #[serde(default)]
    pub id: String,
    /// When, UTC, as `2026-05-04T10:00:00Z`.
    pub at: String,
    /// Who.
    pub by: String,
    /// What.
    pub what: What,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// Fingerprint of the proposal that was looked at, if one was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fingerprint: String,
    /// The records it is about; ascending but for [`What::Alias`], whose first is the old key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Key>,
    /// Of a merge: the record that is to stay, if a person named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survivor: Option<Key>,
    /// Of a value: the field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// Of a value: the value, or `(empty)`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// Of a revocation: the decision that does not hold any more.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub revokes: String,
    /// What the records were, for telling when a decision must be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

impl Decision {
    /// A decision of these parts; records are sorted, and with them what it rests on.
    pub fn new(what: What, by: &str, at: &str, records: Vec<Key>) -> Self {
        Self {
            id: String::new(),
            at: at.to_string(),
            by: by.to_string(),
            what,
            why: String::new(),
            fingerprint: String::new(),
            records,
            survivor: None,
            field: String::new(),
            value: String::new(),
            revokes: String::new(),
            basis: None,
        }
        .sorted()
    }

    /// A revocation.
    pub fn revoke(id: &str, by: &str, at: &str, why: &str) -> Self {
        Self { revokes: id.to_string(), why: why.to_string(), ..Self::new(What::Revoke, by, at, Vec::new()) }
    }

    /// With its records in order.
    fn sorted(mut self) -> Self {
        if self.what != What::Alias && self.basis.is_none() {
            self.records.sort();
        }
        self
    }

    /// Checks it and gives it its id. The error says what is wrong.
    pub fn sound(self) -> Result<Self, String> {
        let mut decision = self.sorted();
        let said = std::mem::take(&mut decision.id);
        decision.check()?;
        // Keys of ours are text, so this can be written as JSON.
        let content = serde_json::to_string(&decision).unwrap_or_default();
        decision.id = Id::new('D', &Sha256::digest(content.as_bytes()).into()).to_string();
        if !said.is_empty() && said != decision.id {
            return Err(format!(
                "`id` {said} is not that of its content ({}); leave `id` away in lines that you wrote or changed",
                decision.id
            ));
        }
        Ok(decision)
    }

    fn check(&self) -> Result<(), String> {
        if self.at.parse::<jiff::Timestamp>().is_err() {
            return Err(format!("`at` {} is no time such as 2026-05-04T10:00:00Z", self.at));
        }
        if self.by.trim().is_empty() {
            return Err("`by` names nobody".to_string());
        }
        let name = self.what.name();
        let count = self.records.len();
        if self.records.iter().any(|key| key.source.is_empty() || key.record_id.is_empty()) {
            return Err("a record needs `source` and `record_id`".to_string());
        }
        let mut keys: Vec<&Key> = self.records.iter().collect();
        keys.sort();
        if keys.windows(2).any(|two| two[0] == two[1]) {
            return Err("a record stands twice in `records`".to_string());
        }
        if self.what != What::Alias && !self.records.is_sorted() {
            return Err("`records` must be in ascending order where `basis` is given".to_string());
        }
        match self.what {
            What::Merge | What::KeepApart | What::Approve | What::Hold | What::Value if count < 2 => {
                return Err(format!("`{name}` needs two records at least"));
            }
            What::Alias if count != 2 => {
                return Err("`alias` needs two records: the old key and the new one".to_string());
            }
            What::Comment if count == 0 => return Err("`comment` needs a record".to_string()),
            What::Value if self.field.is_empty() || self.value.is_empty() => {
                return Err(
                    "`value` needs `field` and `value` (`(empty)` leaves the field empty)".to_string()
                );
            }
            What::Revoke if self.revokes.is_empty() || count > 0 => {
                return Err("`revoke` needs `revokes`, the id of a decision, and no records".to_string());
            }
            _ => {}
        }
        if self.what != What::Value && !(self.field.is_empty() && self.value.is_empty()) {
            return Err(format!("`{name}` has no `field` and no `value`"));
        }
        if self.what != What::Revoke && !self.revokes.is_empty() {
            return Err(format!("`{name}` revokes nothing"));
        }
        if let Some(survivor) = &self.survivor
            && !(self.what.joins() && self.records.contains(survivor))
        {
            return Err("`survivor` is none of the merged records".to_string());
        }
        if self.basis.as_ref().is_some_and(|basis| basis.records.len() != count) {
            return Err("`basis` has not one entry per record".to_string());
        }
        Ok(())
    }

    /// Who decided, so that the case of a name does not make two people of one.
    pub fn person(&self) -> String {
        self.by.trim().to_lowercase()
    }

    /// The records of it, in short.
    pub fn about(&self) -> String {
        /// Records told before the rest is only counted.
        const SHOWN: usize = 4;
        let between = match self.what {
            What::Merge | What::Approve => " = ",
            What::KeepApart => " ≠ ",
            What::Alias => " → ",
            _ => ", ",
        };
        let mut text = self.records.iter().take(SHOWN).map(Key::to_string).collect::<Vec<_>>().join(between);
        if self.records.len() > SHOWN {
            text.push_str(&format!("{between}… ({} records)", self.records.len()));
        }
        match self.what {
            What::Value => format!("{} := {} of {text}", self.field, self.value),
            What::Revoke => self.revokes.clone(),
            _ => text,
        }
    }
}
