use super::{CLEARED, Conditions};
use crate::map::Dataset;

/// The golden records of all clusters of two or more, in the order of [`crate::cluster::Clusters::groups`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Golden {
    /// One per cluster.
    pub records: Vec<GoldenRecord>,
}

/// What one cluster becomes.
///
/// A value is kept as the cell it stands in, never as a copy of its text: a million golden values cost eight
/// megabytes, and a value that stands in no source cell cannot be written down at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GoldenRecord {
    /// The member that stays.
    pub survivor: u32,
    /// One per field of the data set, in the same order.
    pub cells: Box<[GoldenCell]>,
    /// Values that were not chosen, by field; within a field most supported first.
    pub others: Box<[OtherValue]>,
    /// Values joined from several cells by the rules `collect_all` and `rebuilt`: the field's position and the text.
    pub joined: Vec<(u16, String)>,
    /// Values that a person decided on: the field's position and what was written down.
    pub preferred: Vec<(u16, String)>,
}

/// Where one golden value stands, and why it was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoldenCell {
    /// The member whose cell holds the value; none when no member has one.
    pub from: Option<u32>,
    /// The position of the field whose cell holds the value: the cell's own, except for [`Reason::Kept`].
    pub field: u16,
    /// What chose it.
    pub rule: Reason,
    /// Conditions of the settings that put values of other members aside.
    pub given: Conditions,
}

/// What chose a golden value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// No member has a value.
    #[default]
    Empty,
    /// Only one member has a value.
    Only,
    /// All members that have a value have the same.
    Agreed,
    /// Most members hold it or a spelling variant of it.
    Consensus,
    /// As well supported as another value, and commoner in the whole data set.
    Frequency,
    /// As well supported as another value, and better formed.
    Validity,
    /// As well supported as another value, and from the record whose other values are right more often.
    Reliability,
    /// As well supported as another value, and from the more complete record or field group.
    Completeness,
    /// As well supported as another value, and from the record that changed last.
    Recency,
    /// As well supported as another value, and from the more trusted source.
    Trust,
    /// Nothing told the values apart but the order of the record keys.
    Key,
    /// Taken with the rest of its field group.
    Group,
    /// The survivor's own.
    Survivor,
    /// A second value, kept from another column of its kind.
    Kept,
    /// A whole name, joined from the parts that were chosen: no member's own agrees with them.
    Rebuilt,
    /// The setting `most_recent`.
    MostRecent,
    /// The setting `most_complete`.
    MostComplete,
    /// The setting `source_priority`.
    SourcePriority,
    /// The setting `most_frequent`.
    MostFrequent,
    /// The setting `longest`.
    Longest,
    /// The setting `min`.
    Min,
    /// The setting `max`.
    Max,
    /// The setting `collect_all`.
    CollectAll,
    /// The setting `strictest`.
    Strictest,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::Empty,
        Self::Only,
        Self::Agreed,
        Self::Consensus,
        Self::Frequency,
        Self::Validity,
        Self::Reliability,
        Self::Completeness,
        Self::Recency,
        Self::Trust,
        Self::Key,
        Self::Group,
        Self::Rebuilt,
        Self::Survivor,
        Self::Kept,
        Self::MostRecent,
        Self::MostComplete,
        Self::SourcePriority,
        Self::MostFrequent,
        Self::Longest,
        Self::Min,
        Self::Max,
        Self::CollectAll,
        Self::Strictest,
    ];

    /// The reason of a name, as [`Reason::name`] gives it.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// The name in files and reports; empty for an empty cell.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "",
            Self::Only => "only",
            Self::Agreed => "agreed",
            Self::Consensus => "consensus",
            Self::Frequency => "frequency",
            Self::Validity => "validity",
            Self::Reliability => "reliability",
            Self::Completeness => "completeness",
            Self::Recency => "recency",
            Self::Trust => "trust",
            Self::Key => "key",
            Self::Group => "group",
            Self::Survivor => "survivor",
            Self::Kept => "kept",
            Self::Rebuilt => "rebuilt",
            Self::MostRecent => "most_recent",
            Self::MostComplete => "most_complete",
            Self::SourcePriority => "source_priority",
            Self::MostFrequent => "most_frequent",
            Self::Longest => "longest",
            Self::Min => "min",
            Self::Max => "max",
            Self::CollectAll => "collect_all",
            Self::Strictest => "strictest",
        }
    }
}

/// A value that was not chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherValue {
    /// The position of the field.
    pub field: u16,
    /// A member that holds it.
    pub from: u32,
    /// How many members hold it.
    pub holders: u32,
    /// Whether the information disappears: neither a spelling variant of a golden value nor kept in another column.
    pub lost: bool,
}

impl OtherValue {
    /// The raw value.
    pub fn value<'a>(&self, data: &'a Dataset) -> &'a str {
        data.raw(self.from, self.field as usize)
    }

    /// The members among `members` that hold it.
    pub fn members<'a>(&'a self, data: &'a Dataset, members: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
        let value = self.value(data);
        members.iter().copied().filter(move |&member| data.raw(member, self.field as usize) == value)
    }
}

impl GoldenCell {
    /// A cell without a value.
    pub fn empty(field: u16) -> Self {
        Self { from: None, field, rule: Reason::Empty, given: Conditions::NONE }
    }
}

impl GoldenRecord {
    /// The golden value of the field at a position; empty when no member has one. What a person decided goes first.
    pub fn value<'a>(&'a self, data: &'a Dataset, position: usize) -> &'a str {
        match self.preferred(position) {
            Some(CLEARED) => "",
            Some(value) => value,
            None => self.chosen(data, position),
        }
    }

    /// The value that the rules chose.
    pub fn chosen<'a>(&'a self, data: &'a Dataset, position: usize) -> &'a str {
        let cell = self.cells[position];
        if matches!(cell.rule, Reason::CollectAll | Reason::Rebuilt)
            && let Some((_, text)) = self.joined.iter().find(|(field, _)| *field as usize == position)
        {
            return text;
        }
        cell.from.map_or("", |member| data.raw(member, cell.field as usize))
    }

    /// The values of the field at a position that were not chosen, most supported first.
    pub fn others(&self, position: usize) -> impl Iterator<Item = &OtherValue> {
        let start = self.others.partition_point(|other| (other.field as usize) < position);
        self.others[start..].iter().take_while(move |other| other.field as usize == position)
    }
}
