//! The sums: every row that came in is kept, merged into another, held or quarantined.

use super::merge::{Holds, Why};
use super::{Applied, ApplyError, Merging};
use crate::ingest::FileFacts;
use crate::map::Dataset;
use crate::review::Answer;
use serde::Serialize;

/// What became of the rows of one source: rows = kept + merged + held + quarantined.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceSums {
    /// The source.
    pub source: String,
    /// Rows in its file.
    pub rows: u64,
    /// Records that stay: alone, kept apart, or as the survivor of a merge.
    pub kept: u64,
    /// Records merged into another.
    pub merged: u64,
    /// Records of proposals that wait.
    pub held: u64,
    /// Rows that could not be read.
    pub quarantined: u64,
}

/// Counts the records of each source by what became of them, and checks that nothing is missing or counted twice.
pub(super) fn sums(
    data: &Dataset,
    files: &[FileFacts],
    merges: &[Merging],
    held_by: &[u32],
) -> Result<Vec<SourceSums>, ApplyError> {
    let mut sums: Vec<SourceSums> = data
        .tables
        .iter()
        .zip(files)
        .map(|(table, file)| SourceSums {
            source: table.source.clone(),
            rows: file.rows_in,
            kept: u64::from(table.rows),
            quarantined: file.quarantined,
            ..SourceSums::default()
        })
        .collect();
    let off = |source: &SourceSums, why: String| ApplyError::Sums { source_name: source.source.clone(), why };
    let mut take = |record: u32, held: bool| -> Result<(), ApplyError> {
        let source = &mut sums[data.locate(record).0];
        source.kept =
            source.kept.checked_sub(1).ok_or_else(|| off(source, "more are merged than there are".into()))?;
        *(if held { &mut source.held } else { &mut source.merged }) += 1;
        Ok(())
    };
    for merge in merges {
        for &member in &merge.members {
            if held_by[member as usize] != Applied::NONE {
                let (source, _) = data.locate(member);
                let record = data.record_id(member);
                return Err(off(
                    &SourceSums { source: data.tables[source].source.clone(), ..Default::default() },
                    format!("record `{record}` is merged and held"),
                ));
            }
            if member != merge.survivor {
                take(member, false)?;
            }
        }
    }
    for record in (0..data.records()).filter(|&record| held_by[record as usize] != Applied::NONE) {
        take(record, true)?;
    }
    for source in &sums {
        let sum = source.kept + source.merged + source.held + source.quarantined;
        if sum != source.rows {
            let SourceSums { rows, kept, merged, held, quarantined, .. } = source;
            return Err(off(
                source,
                format!(
                    "{rows} rows, but {kept} kept + {merged} merged + {held} held + {quarantined} quarantined"
                ),
            ));
        }
    }
    Ok(sums)
}

/// What an apply did, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Merges.
    pub merges: u64,
    /// Of these, by the lane `auto` alone.
    pub auto: u64,
    /// Of these, decided by a person.
    pub decided: u64,
    /// Golden values that a person chose among those of the records.
    pub chosen: u64,
    /// Golden values that a person typed.
    pub typed: u64,
    /// Golden values that a person emptied.
    pub cleared: u64,
    /// Proposals that are kept apart.
    pub apart: u64,
    /// Proposals that nobody decided.
    pub undecided: u64,
    /// Proposals that a person holds.
    pub on_hold: u64,
    /// Proposals whose records changed since review, or are gone.
    pub changed: u64,
    /// Values written in `override` of proposals that wait.
    pub unused_overrides: u64,
    /// Records that the run did not know.
    pub new_records: u64,
    /// Rows of the golden list.
    pub golden_records: u64,
    /// Records of earlier applies that are in the crosswalk only.
    pub earlier: u64,
    /// Records that an earlier apply merged and that stand in the inputs again, on their own.
    pub came_back: u64,
}

impl Applied<'_> {
    /// Counts.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally {
            merges: self.merges.len() as u64,
            golden_records: self.sums.iter().map(|sums| sums.kept + sums.held).sum(),
            new_records: self
                .review
                .crosswalk_rows
                .iter()
                .filter(|&&row| row == crate::review::Review::NEW)
                .count() as u64,
            ..Tally::default()
        };
        for merge in &self.merges {
            *(if merge.decision == "auto" { &mut tally.auto } else { &mut tally.decided }) += 1;
            for cell in &merge.cells {
                match (cell.why, cell.holds) {
                    (Why::Chosen, _) => tally.chosen += 1,
                    (Why::Typed, Holds::Text(_)) => tally.typed += 1,
                    (Why::Cleared, _) => tally.cleared += 1,
                    _ => {}
                }
            }
        }
        tally.apart =
            self.review.proposals.iter().filter(|proposal| proposal.answer == Answer::Apart).count() as u64;
        let plan = &self.review.sheets.plan;
        let written = plan.position("override");
        for held in &self.held {
            *(match held.reason {
                "undecided" => &mut tally.undecided,
                "decision_hold" => &mut tally.on_hold,
                _ => &mut tally.changed,
            }) += 1;
            let rows = &self.review.proposals[held.proposal].plan;
            let is_used = |row: &&u32| written.is_some_and(|column| !plan.cell(**row, column).is_empty());
            tally.unused_overrides += rows.iter().filter(is_used).count() as u64;
        }
        (tally.earlier, tally.came_back) = (self.earlier_rows.len() as u64, self.came_back);
        tally
    }
}
