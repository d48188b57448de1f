use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a run stops itself: limits past which nothing it found is put in the place of the run before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GuardSettings {
    /// Guards that are not to be asked.
    pub off: Vec<Guard>,
    /// Share of a source's records that the lane `auto` may merge into other records of the same source.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_merged_share: f64,
    /// How much the share of all records that the lane `auto` merges may exceed that of the run before (0.05: five
    /// points of a hundred).
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_merged_growth: f64,
    /// How many records a group in the lane `auto` may have.
    #[schemars(range(min = 2, max = 1_000_000))]
    pub max_group: u32,
    /// Share of the filled fields of survivors that merging may give another value.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_changed_share: f64,
    /// Share of a source's rows that could not be read.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_quarantined_share: f64,
    /// Share of the filled values of a column that may be gone since the run before.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_emptied_share: f64,
    /// Share of a source's records that may be gone since the run before.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_row_drop: f64,
    /// How many records a source may have gained since the run before, as a share of what it had.
    #[schemars(range(min = 0.0, max = 1_000_000.0))]
    pub max_row_growth: f64,
    /// How many records a run must have at least.
    #[schemars(example = 1000, range(min = 0))]
    pub min_records: Option<u64>,
    /// How many records a run may have.
    #[schemars(example = 2_000_000, range(min = 0))]
    pub max_records: Option<u64>,
    /// Share of the candidate pairs that the model may take for matches.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_match_share: f64,
    /// Share of the links whose probability may be neither low nor high (between 0.1 and 0.9).
    #[schemars(range(min = 0.0, max = 1.0))]
    pub max_unsure_share: f64,
}

impl Default for GuardSettings {
    fn default() -> Self {
        Self {
            off: Vec::new(),
            max_merged_share: 0.5,
            max_merged_growth: 0.05,
            max_group: 50,
            max_changed_share: 0.3,
            max_quarantined_share: 0.05,
            max_emptied_share: 0.5,
            max_row_drop: 0.2,
            max_row_growth: 0.5,
            min_records: None,
            max_records: None,
            max_match_share: 0.95,
            max_unsure_share: 0.6,
        }
    }
}

impl GuardSettings {
    /// Whether nothing is set: then nothing is said of it in a manifest's settings.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What a run looks out for before it puts its results in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// Too many records of a source are merged.
    Merges,
    /// Many more records are merged than by the run before.
    MergeGrowth,
    /// A group that is merged is too large.
    GroupSize,
    /// Too many fields get another value.
    ChangedFields,
    /// Too many rows of a source could not be read.
    Quarantine,
    /// A source of the run that `--against` names is not there.
    MissingSource,
    /// A column of the run before is not there.
    MissingColumn,
    /// A column is suddenly empty, or nearly.
    EmptiedColumn,
    /// A source has far fewer records than in the run before.
    RowDrop,
    /// A source has far more records than in the run before.
    RowGrowth,
    /// The run has fewer records than `min_records`, or more than `max_records`.
    RowRange,
    /// The model is in poor health.
    Model,
}

impl Guard {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 12] = [
        Self::Merges,
        Self::MergeGrowth,
        Self::GroupSize,
        Self::ChangedFields,
        Self::Quarantine,
        Self::MissingSource,
        Self::MissingColumn,
        Self::EmptiedColumn,
        Self::RowDrop,
        Self::RowGrowth,
        Self::RowRange,
        Self::Model,
    ];

    /// Its name in settings, on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Merges => "merges",
            Self::MergeGrowth => "merge_growth",
            Self::GroupSize => "group_size",
            Self::ChangedFields => "changed_fields",
            Self::Quarantine => "quarantine",
            Self::MissingSource => "missing_source",
            Self::MissingColumn => "missing_column",
            Self::EmptiedColumn => "emptied_column",
            Self::RowDrop => "row_drop",
            Self::RowGrowth => "row_growth",
            Self::RowRange => "row_range",
            Self::Model => "model",
        }
    }

    /// The guard of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|guard| guard.name() == name)
    }

    /// What sets its limit, as settings name it; none for those that have no limit but to be switched off.
    pub fn setting(self) -> Option<&'static str> {
        Some(match self {
            Self::Merges => "max_merged_share",
            Self::MergeGrowth => "max_merged_growth",
            Self::GroupSize => "max_group",
            Self::ChangedFields => "max_changed_share",
            Self::Quarantine => "max_quarantined_share",
            Self::EmptiedColumn => "max_emptied_share",
            Self::RowDrop => "max_row_drop",
            Self::RowGrowth => "max_row_growth",
            Self::MissingSource | Self::MissingColumn | Self::RowRange | Self::Model => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_settings() {
        for guard in Guard::ALL {
            assert_eq!(serde_json::to_value(guard).unwrap(), guard.name());
            assert_eq!(Guard::named(guard.name()), Some(guard));
        }
        let settings = serde_json::to_value(GuardSettings::default()).unwrap();
        for setting in Guard::ALL.into_iter().filter_map(Guard::setting) {
            assert!(settings.get(setting).is_some(), "{setting}");
        }
    }
}
