use super::{Field, FieldId, Kind, agree};
use crate::config::DateOrder;
use crate::ingest;
use crate::table::{Arena, Column, MISSING, Room, Table};
use std::collections::{HashMap, HashSet};

/// What one column was taken for, and why; shown by `alike init` and in the report.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedColumn {
    /// Position of the column in its table.
    pub column: usize,
    /// The field, or `None` for an empty column under an unknown heading. An empty column under a known heading has
    /// its field, but no place in [`Dataset::fields`] unless another source fills it.
    pub field: Option<FieldId>,
    /// The reason in words, for people.
    pub why: String,
}

impl MappedColumn {
    /// The name to give the column in settings: a neutral name, the name of a column that is compared without being a
    /// known field, or `ignore` for what is carried along without being compared.
    pub fn neutral_name(&self) -> String {
        match &self.field {
            None | Some(FieldId { field: Field::Other(_, Kind::Carried | Kind::Timestamp), .. }) => {
                Field::Ignore.name().to_string()
            }
            Some(field) => field.to_string(),
        }
    }
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
    /// Per table, the profile that was found or set, for people: its title and name.
    pub profiles: Vec<Option<String>>,
    /// Per table and column, its cells as they are compared, where they differ; see [`Dataset::cells`].
    pub cleaned: Vec<Vec<Option<Column>>>,
    /// Per table and column, the order of day and month, where the profile knows it.
    pub date_orders: Vec<Vec<Option<DateOrder>>>,
    /// What the columns show of a whole table: rows whose cells moved, no field of contacts.
    pub findings: Vec<ingest::Finding>,
}

impl Dataset {
    /// Bytes held in memory, for estimates.
    pub fn heap_bytes(&self) -> usize {
        let cleaned = self.cleaned.iter().flatten().flatten().map(Column::heap_bytes);
        self.tables.iter().map(Table::heap_bytes).chain(cleaned).sum::<usize>() + self.record_ids.heap_bytes()
    }

    /// Puts the columns where they belong.
    pub fn keep_in(&mut self, room: &Room) {
        self.tables.iter_mut().for_each(|table| table.keep_in(room));
        self.cleaned.iter_mut().flatten().flatten().for_each(|column| column.keep_in(room));
        self.record_ids.keep_in(room);
    }

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

    /// A column's cells as they are compared: without the marks that its system puts into values, and without values of
    /// shifted rows that belong into another column. Records that share
    /// a raw value share the value here, too.
    #[inline]
    pub fn cells(&self, table: usize, column: usize) -> &Column {
        let cleaned = self.cleaned.get(table).and_then(|columns| columns[column].as_ref());
        cleaned.unwrap_or(&self.tables[table].columns[column].cells)
    }

    /// The codes of a column's raw values that its system writes for none (`0/0/00`), ascending.
    pub fn nulls(&self, table: usize, column: usize) -> Vec<u32> {
        let (raw, cleaned) = (&self.tables[table].columns[column].cells, self.cells(table, column));
        if std::ptr::eq(raw, cleaned) {
            return Vec::new();
        }
        let rows = 0..self.tables[table].rows;
        let emptied = rows.filter(|&row| cleaned.code(row) == MISSING && raw.code(row) != MISSING);
        let mut codes: Vec<u32> = emptied.map(|row| raw.code(row)).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// The order of day and month in a column, where the profile knows it.
    pub fn date_order(&self, table: usize, column: usize) -> Option<DateOrder> {
        *self.date_orders.get(table)?.get(column)?
    }

    /// The name of the profile of a table, as `configs/profiles` has it.
    pub fn profile_name(&self, table: usize) -> Option<&str> {
        let (_, name) = self.profiles.get(table)?.as_deref()?.rsplit_once("(profile `")?;
        name.strip_suffix("`)")
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

/// Gives ignored columns the name of their heading, so that they can be told apart in what is written. A name under
/// which another column is compared is not taken: who asks to ignore a column does not want it to join that one.
pub(super) fn name_ignored(tables: &[Table], mapping: &mut [Vec<MappedColumn>]) {
    let compared: HashSet<String> = mapping
        .iter()
        .flatten()
        .filter_map(|mapped| mapped.field.as_ref())
        .filter(|id| matches!(&id.field, Field::Other(_, kind) if *kind != Kind::Carried))
        .map(|id| id.field.name().to_string())
        .collect();
    for (table, mapped) in tables.iter().zip(mapping) {
        let mut held: HashSet<FieldId> = mapped
            .iter()
            .filter_map(|mapped| mapped.field.clone())
            .filter(|id| id.field != Field::Ignore)
            .collect();
        for mapped in mapped.iter_mut() {
            if !matches!(&mapped.field, Some(id) if id.field == Field::Ignore) {
                continue;
            }
            let mut field = agree::named(&table.columns[mapped.column].name, Kind::Carried);
            if compared.contains(field.name()) {
                field = Field::Other(format!("ignored_{}", field.name()), Kind::Carried);
            }
            let free =
                (1..=u8::MAX).map(|nth| FieldId { field: field.clone(), nth }).find(|id| !held.contains(id));
            held.extend(free.clone());
            mapped.field = free;
        }
    }
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

/// All fields that a column with values holds: named ones in their order, then the others by name.
pub(super) fn fields(tables: &[Table], mapping: &[Vec<MappedColumn>]) -> Vec<FieldId> {
    let filled = tables.iter().zip(mapping).flat_map(|(table, mapped)| {
        mapped.iter().filter(|mapped| table.columns[mapped.column].cells.filled() > 0)
    });
    let mut fields: Vec<FieldId> = filled.filter_map(|mapped| mapped.field.clone()).collect();
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
