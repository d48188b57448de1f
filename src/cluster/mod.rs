//! Stage 8: links → clusters.
//!
//! Input: [`crate::score::Links`]. Output: [`Clusters`]: which records are believed to be one entity, how sure
//! that is, and what may be done without asking.
//!
//! Invariants
//! * Every record is in exactly one cluster (alone, if it has no link).
//! * The result does not depend on row order or thread count.

/// What may be done with a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Merged without asking.
    Auto,
    /// Proposed; a person decides.
    Review,
    /// Held back for a named reason; a person decides with care.
    Hold(HoldReason),
}

/// Why a cluster is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HoldReason {
    /// Looks like several members of one household.
    Household,
    /// Same name, address or line, but birth dates or generation marks clash.
    FatherAndSon,
    /// Same surname, birth date and address, different given names.
    Twins,
    /// Same name in the same town, and nothing else that agrees.
    Namesake,
    /// Held together by a mailbox that several people use.
    SharedMailbox,
    /// Held together by a telephone line that many records share.
    Switchboard,
    /// One record links two groups that do not support each other.
    BridgeRecord,
    /// A strong identifier differs.
    StrongIdClash,
    /// Two records of a source that is declared free of duplicates.
    CleanSource,
    /// More records than a cluster may have.
    TooLarge,
}

impl HoldReason {
    /// The name in files and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::FatherAndSon => "father_and_son",
            Self::Twins => "twins",
            Self::Namesake => "namesake",
            Self::SharedMailbox => "shared_mailbox",
            Self::Switchboard => "switchboard",
            Self::BridgeRecord => "bridge_record",
            Self::StrongIdClash => "strong_id_clash",
            Self::CleanSource => "clean_source",
            Self::TooLarge => "too_large",
        }
    }
}

impl Lane {
    /// The lane's name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Review => "review",
            Self::Hold(_) => "hold",
        }
    }
}

/// One cluster of two or more records.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// Its records, ascending by record number.
    pub members: Vec<u32>,
    /// Per member: the mean match probability to the other members.
    pub support: Vec<f32>,
    /// Mean match probability over all pairs of members.
    pub cohesion: f32,
    /// The smallest of [`Cluster::support`]: how sure the least sure member is.
    pub probability: f32,
    /// What may be done.
    pub lane: Lane,
    /// Codes of the evidence that binds and of what speaks against, such as `+NAME +EMAIL -BIRTH`.
    pub reasons: String,
}

/// All clusters of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clusters {
    /// Per record: the position of its cluster in `groups`, or [`Clusters::ALONE`].
    pub of_record: Vec<u32>,
    /// Clusters of two or more records, by their smallest record key, so that row order does not matter.
    pub groups: Vec<Cluster>,
}

impl Clusters {
    /// Marks a record that is in no cluster of two or more.
    pub const ALONE: u32 = u32::MAX;
}
