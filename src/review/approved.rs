//! Four eyes: a merge is taken only when enough people approved of exactly it.

use super::decide::is_planned;
use super::{Answer, Review};
use crate::state::{Key, Ledger};

impl Review {
    /// Lets merges wait that fewer than `needed` different people approved of: the same records, the same fingerprint, the
    /// same survivor and the same values written over those of the plan. Returns how many proposals wait for that.
    pub fn require(&mut self, needed: usize, ledger: &Ledger) -> u64 {
        let waiting: Vec<usize> =
            (0..self.proposals.len()).filter(|&at| !self.is_approved(at, needed, ledger)).collect();
        for &at in &waiting {
            self.proposals[at].answer = Answer::Undecided;
        }
        waiting.len() as u64
    }

    fn is_approved(&self, at: usize, needed: usize, ledger: &Ledger) -> bool {
        let reviewed = &self.proposals[at];
        let Answer::Merge { groups, .. } = &reviewed.answer else { return true };
        let (proposals, plan) = (&self.sheets.proposals, &self.sheets.plan);
        let cell = |row: u32, name: &str| proposals.position(name).map_or("", |at| proposals.cell(row, at));
        let planned = |row: u32, name: &str| plan.position(name).map_or("", |at| plan.cell(row, at));
        let key = |member: usize| {
            let row = reviewed.rows[member];
            Key::new(cell(row, "source"), cell(row, "record_id"))
        };
        groups.iter().all(|group| {
            let mut members = group.members.clone();
            members.sort_unstable();
            let keys: Vec<Key> = members.iter().map(|&member| key(member)).collect();
            let survivor =
                group.survivor.filter(|&at| !is_planned(&self.sheets, reviewed, &key(at))).map(key);
            let written = reviewed.plan.iter().filter(|&&row| !planned(row, "override").is_empty());
            ledger.approvals(&reviewed.fingerprint.to_string(), &keys, survivor.as_ref()) >= needed
                && written.into_iter().all(|&row| {
                    ledger.approvals_of_value(&keys, planned(row, "field"), planned(row, "override"))
                        >= needed
                })
        })
    }
}
