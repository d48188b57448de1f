use super::LISTED;
use super::groups::{GroupChange, Kind, Listed};
use crate::profile::Quality;
use crate::review::{ReviewError, Sheet};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// One of the two runs, as far as it is compared.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// What it is called.
    pub name: String,
    /// Its crosswalk.
    pub crosswalk: Sheet,
    /// Its golden list.
    pub golden: Sheet,
    /// Its proposals: what is needed of them.
    pub proposals: Vec<Proposal>,
    /// The counts of its manifest.
    pub counts: Map<String, Value>,
    /// Its profile.
    pub quality: Quality,
}

/// A proposal of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposal {
    /// Its id.
    pub id: String,
    /// Its lane.
    pub lane: String,
    /// Why it is held; empty outside of `hold`.
    pub hold_reason: String,
    /// Whether a person decided on it; to decide later is no decision.
    pub decided: bool,
    /// Keys of its members, sorted.
    pub members: Vec<String>,
}

/// Reads a run folder. `name` is what it is called in the difference.
///
/// Errors: the folder holds no run, or a table of it cannot be read.
pub fn read(dir: &Path, name: &str, manifest: &Value, quality: Quality) -> Result<Side, ReviewError> {
    let (crosswalk, (golden, proposals)) = rayon::join(
        || Sheet::of_run(dir, "crosswalk"),
        || rayon::join(|| Sheet::of_run(dir, "golden"), || Sheet::of_run(dir, "proposals")),
    );
    let counts = manifest.get("counts").and_then(Value::as_object).cloned().unwrap_or_default();
    Ok(Side {
        name: name.to_string(),
        crosswalk: crosswalk?,
        golden: golden?,
        proposals: of_sheet(&proposals?),
        counts,
        quality,
    })
}

/// The proposals of a table, by id.
fn of_sheet(sheet: &Sheet) -> Vec<Proposal> {
    let column = |name: &str| sheet.position(name);
    let cell = |row, at: Option<usize>| at.map_or("", |at| sheet.cell(row, at));
    let [id, lane, hold, decision, source, record] =
        ["proposal_id", "lane", "hold_reason", "decision", "source", "record_id"].map(column);
    let mut proposals: BTreeMap<&str, Proposal> = BTreeMap::new();
    for row in 0..sheet.rows() {
        let of = proposals.entry(cell(row, id)).or_insert_with(|| Proposal {
            id: cell(row, id).to_string(),
            lane: cell(row, lane).to_string(),
            hold_reason: cell(row, hold).to_string(),
            ..Proposal::default()
        });
        let decided = cell(row, decision).trim();
        of.decided |= !decided.is_empty() && decided != "hold";
        of.members.push(key(cell(row, source), cell(row, record)));
    }
    let mut proposals: Vec<Proposal> = proposals.into_values().collect();
    proposals.iter_mut().for_each(|proposal| proposal.members.sort());
    proposals
}

/// A record as files name it.
pub(super) fn key(source: &str, record_id: &str) -> String {
    format!("{source}:{record_id}")
}

impl Side {
    /// Proposals of a lane without a decision.
    pub(super) fn waiting(&self, lane: &str) -> u64 {
        self.proposals.iter().filter(|proposal| proposal.lane == lane && !proposal.decided).count() as u64
    }
}

/// Proposals whose decision is open again in the later run, and was not in the earlier one.
pub(super) fn reopened(before: &Side, after: &Side) -> Listed {
    let is_open = |proposal: &&Proposal| proposal.hold_reason == "reopened";
    let earlier: BTreeSet<&[String]> =
        before.proposals.iter().filter(is_open).map(|proposal| proposal.members.as_slice()).collect();
    let mut listed = Listed::new(Kind::Reopened);
    for proposal in after.proposals.iter().filter(is_open) {
        if !earlier.contains(proposal.members.as_slice()) {
            listed.count += 1;
            if listed.groups.len() < LISTED {
                listed.groups.push(GroupChange::whole(&proposal.id, "hold", &proposal.members));
            }
        }
    }
    listed
}
