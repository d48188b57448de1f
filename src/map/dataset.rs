use super::{Field, FieldId, Kind};
use crate::table::{Arena, Table};
use std::collections::HashMap;

/// What one column was taken for, and why; shown by `alike init` and in the report.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedColumn {
    /// Position of the column in its table.
    pub column: usize,
    /// The field, or `None` when the column is empty or means nothing to alike (its cells are still kept).
    pub field: Option<FieldId>,
    /// The reason in words, for people.
    pub why: String,
}

/// How a source's rows are identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordKey {
    /// By the cells of this column, which are all filled and unique.
    Column(usize),
    /// By a hash of the row's content and an ordinal among equal rows; the reason says why no column would do.
    Content(String),
}

/// All sources of a run with the meaning of their columns: records are numbered 0.. over all tables in order.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    /// The sources.
    pub tables: Vec<Table>,
    /// Per table, what each column was taken for.
    pub mapping: Vec<Vec<MappedColumn>>,
    /// Per table, how rows are identified.
    pub keys: Vec<RecordKey>,
    /// The record id of every record, over all tables.
    pub record_ids: Arena,
    /// The first record number of each table, and the number of records at the end.
    pub starts: Vec<u32>,
    /// The fields that at least one source has, in output order; an `Other` field comes after the named ones.
    pub fields: Vec<FieldId>,
    /// Per table and field of `fields`: the column that holds it.
    pub columns: Vec<Vec<Option<usize>>>,
}

impl Dataset {
    /// How many records there are over all sources.
    pub fn records(&self) -> u32 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The table and row of a record.
    #[inline]
    pub fn locate(&self, record: u32) -> (usize, u32) {
        let table = self.starts.partition_point(|&start| start <= record) - 1;
        (table, record - self.starts[table])
    }

    /// The name of the source a record came from.
    pub fn source(&self, record: u32) -> &str {
        &self.tables[self.locate(record).0].source
    }

    /// The id of a record in its source.
    #[inline]
    pub fn record_id(&self, record: u32) -> &str {
        self.record_ids.get(record)
    }

    /// The position of a field in [`Dataset::fields`].
    pub fn position(&self, field: &FieldId) -> Option<usize> {
        self.fields.iter().position(|other| other == field)
    }

    /// The raw cell of a record in the field at a position; empty when its source has no such column.
    #[inline]
    pub fn raw(&self, record: u32, position: usize) -> &str {
        let (table, row) = self.locate(record);
        match self.columns[table][position] {
            Some(column) => self.tables[table].cell(column, row),
            None => "",
        }
    }

    /// The raw cell of a record in a field.
    pub fn raw_field(&self, record: u32, field: &FieldId) -> &str {
        self.position(field).map_or("", |position| self.raw(record, position))
    }

    /// Positions of all columns of a field, in order (`email`, `email_2`, …).
    pub fn positions(&self, field: &Field) -> Vec<usize> {
        (0..self.fields.len()).filter(|&at| self.fields[at].field == *field).collect()
    }

    /// Positions of all fields of a kind, in order.
    pub fn positions_of_kind(&self, kind: Kind) -> Vec<usize> {
        (0..self.fields.len()).filter(|&at| self.fields[at].kind() == kind).collect()
    }
}

/// Gives columns that share a name but not a kind (few values in one source, many in another) the same kind.
pub(super) fn one_kind_per_name(mapping: &mut [Vec<MappedColumn>]) {
    let mut kinds: HashMap<String, Kind> = HashMap::new();
    let others = |mapping: &mut [Vec<MappedColumn>], each: &mut dyn FnMut(&str, &mut Kind)| {
        for mapped in mapping.iter_mut().flatten() {
            if let Some(FieldId { field: Field::Other(name, kind), .. }) = &mut mapped.field {
                each(name, kind);
            }
        }
    };
    others(mapping, &mut |name, kind| {
        let known = kinds.entry(name.to_string()).or_insert(*kind);
        *known = more_general(*known, *kind);
    });
    others(mapping, &mut |name, kind| *kind = kinds.get(name).copied().unwrap_or(*kind));
}

/// Of two kinds of one column the one that all its values fit.
fn more_general(a: Kind, b: Kind) -> Kind {
    const ORDER: [Kind; 7] = [
        Kind::Carried,
        Kind::Timestamp,
        Kind::Date,
        Kind::Identifier,
        Kind::Category,
        Kind::City,
        Kind::Text,
    ];
    let rank = |kind: Kind| ORDER.iter().position(|other| *other == kind).unwrap_or(ORDER.len());
    if rank(a) >= rank(b) { a } else { b }
}

/// All fields of all sources: named ones in their order, then the others by name.
pub(super) fn fields(mapping: &[Vec<MappedColumn>]) -> Vec<FieldId> {
    let mut fields: Vec<FieldId> =
        mapping.iter().flatten().filter_map(|mapped| mapped.field.clone()).collect();
    // The order of the enum is that of `Field::ALL`, with `Other` behind, by name.
    fields.sort();
    fields.dedup();
    fields
}

/// Per field: the column of one table that holds it.
pub(super) fn positions(fields: &[FieldId], mapped: &[MappedColumn]) -> Vec<Option<usize>> {
    let column =
        |field| mapped.iter().find(|mapped| mapped.field.as_ref() == Some(field)).map(|mapped| mapped.column);
    fields.iter().map(column).collect()
}
