//! Stage 2: which column is which contact field.
//!
//! Input: the source tables. Output: a [`Dataset`], the same tables with the meaning of their columns and the
//! identity of their rows. The stage explains every choice ([`MappedColumn::why`]).
//!
//! Invariants
//! * Cells are never changed here.
//! * Within a source every field is held by at most one column.
//! * Every record has a record id that is unique in its source.

mod dataset;
mod field;

pub use dataset::{Dataset, MappedColumn, RecordKey};
pub use field::{Field, FieldId, Kind};

use crate::config::MapSettings;
use crate::table::Table;

/// Decides what each column of each table is and joins the tables into one data set.
pub fn columns(tables: Vec<Table>, settings: &MapSettings) -> Result<Dataset, MapError> {
    let _ = (tables, settings);
    unimplemented!()
}

/// Why columns could not be mapped as asked.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// A setting names a column that the source does not have.
    #[error(
        "source `{source_name}` has no column `{column}` (settings ask for it as `{field}`); it has: {available}"
    )]
    NoSuchColumn { source_name: String, column: String, field: String, available: String },
}
