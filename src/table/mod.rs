//! Columns between the stages, in memory or in files: text arenas, dictionary-coded columns, list columns and source tables.
//!
//! This module knows nothing of contacts. Every other stage builds on it.
//!
//! Invariants
//! * Code 0 of every dictionary is the empty string and means *missing*.
//! * Equal codes in one column mean equal values, so equality is an integer compare.
//! * A column with an empty `codes` vector is missing for every record (it costs nothing).

mod arena;
mod column;
pub(crate) mod data_file;
mod flat;
mod list;
mod room;
mod source_table;

pub use arena::Arena;
pub use column::{Column, ColumnBuilder};
pub use flat::{Flat, Plain};
pub use list::{ListColumn, ListColumnBuilder};
pub use room::{Growing, Room, SpillError};
pub use source_table::{RawColumn, Table};

/// The code of a missing value in every dictionary.
pub const MISSING: u32 = 0;
