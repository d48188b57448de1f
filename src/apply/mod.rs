//! Stage 12: decisions → what is merged, and the way back.
//!
//! Input: the records as they are now and the [`crate::review::Review`]. Output: [`Applied`], everything that
//! `alike apply` writes; of it, [`ChangeSet`] is what later commands and other programs build upon.
//!
//! Invariants
//! * A proposal that nobody changed is merged with the values of its plan, to the letter. Golden values of a proposal
//!   whose members or survivor were changed are chosen anew by `survive`, from the members that are left.
//! * Every golden value stands in a cell of a merged record, is joined from such cells by a named rule, or is marked
//!   `typed`; each cell is checked ([`Applied::check`]).
//! * Rows in = kept + merged + held + quarantined, per source; checked before anything is written.
//! * Every record is in the crosswalk once; records of earlier applies stay in it, and lead to what they became.
//! * The change set holds every field of every merged record as it was: nothing is needed beside it to go back.

mod merge;
mod values;
mod held;
mod change_set;
mod crosswalk;
mod links;
mod order;
mod reconcile;
mod tables;
mod told;
mod history;
mod restore;
mod verify;

pub use change_set::{
    After, CHANGE_SET_VERSION, ChangeSet, Header, Image, Key, LinkChange, Merge, Origin, RelatedFile,
    SourceFile,
};
pub use held::{Held, HeldRow};
pub use history::{Before, Event, History};
pub use links::Link;
pub use merge::{Cell, Holds, Merging, Why};
pub use order::{COMPANIES, CUSTOMERS, FollowUp, PERSONS};
pub use reconcile::{SourceSums, Tally};
pub use restore::{Diverged, Restored, one_merge};
pub use tables::write;
pub use told::Lists;
pub use verify::{Difference, Verified, differences_csv, verify};

use crate::ingest::FileFacts;
use crate::map::Dataset;
use crate::propose::Id;
use crate::related::{Answers, Group, Joined, Related, RelatedError, Repointed};
use crate::review::{Answer, Review, Sheet, Standing};
use crate::survive::{Chosen, GoldenRecord};
use std::path::PathBuf;

/// Everything that an apply does.
pub struct Applied<'a> {
    /// The records as they are now.
    pub data: &'a Dataset,
    /// The decisions.
    pub review: &'a Review,
    /// The merges, in the order of the proposals.
    pub merges: Vec<Merging>,
    /// Per record: its merge, or [`Applied::NONE`].
    pub of_record: Vec<u32>,
    /// Per record: the proposal that waits and holds it, or [`Applied::NONE`].
    pub held_by: Vec<u32>,
    /// Links to merged companies, which lead to the kept ones; by merge.
    pub links: Vec<Link>,
    /// The related tables, and how they are with their references moved; none when the settings name none.
    pub related: Option<(Related, Repointed)>,
    /// What waits.
    pub held: Vec<Held>,
    /// What became of the rows of each source.
    pub sums: Vec<SourceSums>,
    /// The crosswalk of an earlier apply into the same folder.
    pub earlier: Option<&'a Sheet>,
    /// Its records that are not in the inputs any more.
    earlier_rows: Vec<crosswalk::Earlier>,
    /// How many records that it merged stand in the inputs again, on their own.
    came_back: u64,
    /// The head of the change set.
    pub header: Header,
}

/// What an apply is made from, beside the decisions.
pub struct Inputs<'a> {
    /// The records as they are now.
    pub data: &'a Dataset,
    /// The files they were read from.
    pub files: &'a [FileFacts],
    /// The decisions.
    pub review: &'a Review,
    /// The crosswalk of an earlier apply into the same folder.
    pub earlier: Option<&'a Sheet>,
    /// The head of the change set; the number of merges is filled in.
    pub header: Header,
}

/// Why nothing is applied, or cannot be undone or verified.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A golden value stands in no record: a mistake in alike, never in the data.
    #[error(
        "the golden value of field `{field}` in `{merge}` stands in none of its records: `{value}`; nothing was applied; please report this"
    )]
    FromNowhere {
        /// The merge.
        merge: String,
        /// The field.
        field: String,
        /// The value.
        value: String,
    },
    /// The sums are off: a mistake in alike.
    #[error(
        "the records of source `{source_name}` do not add up: {why}; nothing was applied; please report this"
    )]
    Sums {
        /// The source.
        source_name: String,
        /// The equation that does not hold.
        why: String,
    },
    /// A record is part of two merges: a mistake in alike.
    #[error("record `{record}` is in two merges; nothing was applied; please report this")]
    Twice {
        /// Its key.
        record: String,
    },
    /// There is no change set at the place that was named.
    #[error("`{}` holds no change set: {why}", path.display())]
    NoChangeSet {
        /// The place.
        path: PathBuf,
        /// Why, and the way out.
        why: String,
    },
    /// What was asked for was done before, or cannot be done any more.
    #[error("{0}")]
    NotNow(String),
    /// Nothing can go back, for everything has changed since.
    #[error("{0}")]
    Diverged(String),
    /// An export is not what the plan promised.
    #[error("{differences} differences between the export and the change set; they are listed above")]
    Differs {
        /// How many.
        differences: usize,
    },
}

impl Applied<'_> {
    /// Marks a record that is in no merge, or in no proposal that waits.
    pub const NONE: u32 = u32::MAX;

    /// The merge of a record.
    pub fn merge_of(&self, record: u32) -> Option<&Merging> {
        let at = self.of_record[record as usize];
        (at != Self::NONE).then(|| &self.merges[at as usize])
    }

    /// The record that stays in the stead of a record: itself, or the survivor of its merge.
    pub fn survivor_of(&self, record: u32) -> u32 {
        self.merge_of(record).map_or(record, |merge| merge.survivor)
    }

    /// The golden id of a record.
    pub fn golden_id(&self, record: u32) -> Id {
        let survivor = self.survivor_of(record);
        crate::propose::key_id(
            'G',
            std::iter::once((self.data.source(survivor), self.data.record_id(survivor))),
        )
    }

    /// Moves the references of related tables to the records that stay.
    ///
    /// Errors: sums that are off, which is a mistake in alike.
    pub fn repoint(&mut self, related: Related, answers: &Answers) -> Result<(), RelatedError> {
        if related.tables.is_empty() {
            return Ok(());
        }
        let joined: Vec<Joined<'_>> = self
            .merges
            .iter()
            .map(|merge| Joined {
                proposal: self.review.proposals[merge.proposal].id.to_string(),
                group: Group { members: &merge.members, survivor: merge.survivor },
            })
            .collect();
        let repointed = crate::related::repoint(self.data, &related, &joined, answers)?;
        self.header.related = related
            .tables
            .iter()
            .map(|linked| RelatedFile {
                table: linked.name.clone(),
                file: linked.facts.file.clone(),
                sha256: linked.facts.sha256.clone(),
                written: crate::related::table_file(linked),
            })
            .collect();
        self.related = Some((related, repointed));
        Ok(())
    }

    /// Checks that every golden value stands in a cell of its records, is joined from such cells, or was typed.
    pub fn check(&self) -> Result<(), ApplyError> {
        use rayon::prelude::*;
        self.merges.par_iter().try_for_each(|merge| merge.check(self.data))
    }
}

/// Makes an apply of decisions; `choose` chooses golden values for groups that a person put together (and is called
/// once, or not at all when there are none).
///
/// Errors are mistakes in alike: a value from nowhere, sums that are off.
pub fn merge<'a>(
    inputs: Inputs<'a>,
    choose: impl FnOnce(&[Chosen]) -> Vec<GoldenRecord>,
) -> Result<Applied<'a>, ApplyError> {
    let Inputs { data, files, review, earlier, mut header } = inputs;
    let mut merges = merge::all(data, review, choose);
    let mut of_record = vec![Applied::NONE; data.records() as usize];
    for (merge, at) in merges.iter().zip(0u32..) {
        for &member in &merge.members {
            let taken = std::mem::replace(&mut of_record[member as usize], at);
            if taken != Applied::NONE {
                return Err(ApplyError::Twice { record: crate::write::key(data, member) });
            }
        }
    }
    let links = links::follow(data, &mut merges, &of_record);
    let (held, held_by) = held::of(data, review, &of_record);
    let sums = reconcile::sums(data, files, &merges, &held_by)?;
    header.merges = merges.len() as u64;
    let (earlier_rows, came_back) = crosswalk::earlier(data, earlier, &of_record);
    let applied = Applied {
        data,
        review,
        merges,
        of_record,
        links,
        related: None,
        held_by,
        held,
        sums,
        earlier,
        earlier_rows,
        came_back,
        header,
    };
    applied.check()?;
    Ok(applied)
}

/// The proposals that another one, which extends them, is merged in the stead of.
fn superseded(review: &Review) -> std::collections::HashSet<Id> {
    let merged = review.proposals.iter().filter(|reviewed| is_merged(&reviewed.answer, reviewed.standing));
    merged.filter_map(|reviewed| reviewed.extends).collect()
}

/// Whether a proposal is merged now.
fn is_merged(answer: &Answer, standing: Standing) -> bool {
    matches!(answer, Answer::Merge { .. }) && matches!(standing, Standing::Same | Standing::Touched)
}
