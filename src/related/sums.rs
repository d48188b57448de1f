//! What became of the rows of each related table.

use super::{Linked, RelatedError};
use serde::Serialize;

/// rows + headings = written + removed + quarantined.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableSums {
    /// The table.
    pub table: String,
    /// The file that holds it with its references moved.
    pub file: String,
    /// Rows found in its file.
    pub rows: u64,
    /// Lines that were put above comment lines that moved.
    pub headings: u64,
    /// Rows written.
    pub written: u64,
    /// Rows removed, since their key with the reference moved is that of another.
    pub removed: u64,
    /// Rows that could not be read.
    pub quarantined: u64,
    /// Cells whose reference was moved.
    pub repointed: u64,
    /// Rows that got another key.
    pub renamed: u64,
    /// Comment lines that got another number.
    pub renumbered: u64,
    /// Rows that keep their reference to a merged record.
    pub kept: u64,
    /// References that lead to no record.
    pub dangling: u64,
}

impl TableSums {
    /// Checks that no row is missing or there twice.
    pub(super) fn check(&self, linked: &Linked) -> Result<(), RelatedError> {
        let (left, right) = (self.rows + self.headings, self.written + self.removed + self.quarantined);
        if left == right {
            return Ok(());
        }
        let TableSums { rows, headings, written, removed, quarantined, .. } = self;
        let why = format!(
            "{rows} rows + {headings} lines added, but {written} written + {removed} removed + {quarantined} quarantined"
        );
        Err(RelatedError::Sums { name: linked.name.clone(), why })
    }
}
