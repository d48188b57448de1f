//! What is found once per distinct value: normal forms of values that many records hold, and which values are blank.

use crate::map::Dataset;
use crate::table::Column;
use rayon::prelude::*;
use std::sync::OnceLock;

/// A distinct value's normal form and the code of the country it was read in.
type Slot = OnceLock<(u32, Box<str>)>;

/// Per table and column, one slot for each distinct value; no slots where nearly every record has its own value
/// (telephone numbers), since looking there costs more than it saves.
pub(super) struct Memo {
    columns: Vec<Vec<Vec<Slot>>>,
}

/// A column is worth remembering when its values are held by so many records on average.
const RECORDS_PER_VALUE: u64 = 2;

impl Memo {
    /// An empty memo for a data set.
    pub fn of(data: &Dataset) -> Self {
        let of_table = |columns: &crate::table::Table| {
            let slots = |column: &crate::table::RawColumn| {
                let (distinct, filled) = (column.cells.distinct(), column.cells.filled());
                let worth = distinct as u64 * RECORDS_PER_VALUE <= filled;
                if worth { std::iter::repeat_with(Slot::new).take(distinct).collect() } else { Vec::new() }
            };
            columns.columns.iter().map(slots).collect()
        };
        Self { columns: data.tables.iter().map(of_table).collect() }
    }

    /// The normal form of the value behind a code, when the memo has room for it and it was read in this country;
    /// `make` finds it the first time.
    pub fn get(
        &self,
        table: usize,
        column: usize,
        code: u32,
        country: u32,
        make: impl FnOnce() -> String,
    ) -> Option<&str> {
        let slot = self.columns[table][column].get(code as usize)?;
        let (read_in, normal) = slot.get_or_init(|| (country, make().into()));
        (*read_in == country).then_some(normal)
    }
}

/// Per table and column, the codes of values that are nothing but blanks, or that the system writes for none: mostly
/// none.
pub(super) struct Blanks {
    columns: Vec<Vec<Vec<u32>>>,
}

impl Blanks {
    /// Looks at every distinct value of a data set.
    pub fn of(data: &Dataset) -> Self {
        let blank = |cells: &Column| {
            let values = cells.values().iter().enumerate();
            values
                .filter(|(_, value)| value.trim_start().is_empty())
                .map(|(code, _)| code as u32)
                .collect::<Vec<u32>>()
        };
        let of_table = |(at, table): (usize, &crate::table::Table)| {
            let of_column = |(column, raw): (usize, &crate::table::RawColumn)| {
                let mut codes = blank(&raw.cells);
                codes.extend(data.nulls(at, column));
                codes
            };
            table.columns.par_iter().enumerate().map(of_column).collect()
        };
        Self { columns: data.tables.iter().enumerate().map(of_table).collect() }
    }

    /// Whether the value behind a code is missing, nothing but blanks, or a mark for none.
    pub fn has(&self, table: usize, column: usize, code: u32) -> bool {
        code == crate::table::MISSING || self.columns[table][column].contains(&code)
    }
}
