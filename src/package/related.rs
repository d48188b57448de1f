//! What is known of the rows of related tables that refer to records: `related` of the run folder.

use crate::review::{ReviewError, Sheet};
use std::collections::HashMap;
use std::path::Path;

/// Rows of one related table.
#[derive(Clone, Debug, PartialEq)]
struct InTable {
    /// The table.
    table: String,
    /// Rows that cannot be given to the record that stays, for their key is taken.
    conflicts: u64,
}

/// Rows of related tables by proposal and record; empty when the run read no related tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Related {
    /// By proposal and record id.
    counts: HashMap<(String, String), Vec<InTable>>,
    is_there: bool,
}

impl Related {
    /// Reads `related` of a run folder, if there is one.
    ///
    /// Errors: it is there and cannot be read as a table.
    pub fn of_run(dir: &Path) -> Result<Self, ReviewError> {
        const STEM: &str = "related";
        if !["csv", "parquet"].iter().any(|ending| dir.join(format!("{STEM}.{ending}")).is_file()) {
            return Ok(Self::default());
        }
        Ok(Self::of(&Sheet::of_run(dir, STEM)?))
    }

    fn of(sheet: &Sheet) -> Self {
        let names = ["proposal_id", "record_id", "table", "conflicts"];
        let [Some(proposal), Some(record), Some(table), Some(conflicts)] =
            names.map(|name| sheet.position(name))
        else {
            return Self::default();
        };
        let mut related = Self { is_there: true, ..Self::default() };
        for row in 0..sheet.rows() {
            let key = (sheet.cell(row, proposal).to_string(), sheet.cell(row, record).to_string());
            // What is no number was written by no run, and says nothing.
            let conflicts = sheet.cell(row, conflicts).parse().unwrap_or(0);
            let of = InTable { table: sheet.cell(row, table).to_string(), conflicts };
            related.counts.entry(key).or_default().push(of);
        }
        related
    }

    /// How many rows of related tables keep a record from being merged, and which tables they are of; none when
    /// nothing is known.
    pub(super) fn conflicts(&self, proposal: &str, record_id: &str) -> Option<(u64, String)> {
        if !self.is_there {
            return None;
        }
        let of = self.counts.get(&(proposal.to_string(), record_id.to_string()));
        let of: Vec<&InTable> = of.into_iter().flatten().filter(|of| of.conflicts > 0).collect();
        let tables: Vec<String> = of.iter().map(|of| format!("{}: {}", of.table, of.conflicts)).collect();
        Some((of.iter().map(|of| of.conflicts).sum(), tables.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_are_summed_over_tables() {
        let desk = tempfile::tempdir().unwrap();
        assert_eq!(Related::of_run(desk.path()).unwrap().conflicts("P-1", "2"), None);
        let text = "proposal_id,table,record_id,references,conflicts\nP-1,alt,2,5,1\nP-1,groups,2,3,2\nP-1,notes,2,9,0\n";
        std::fs::write(desk.path().join("related.csv"), text).unwrap();
        let related = Related::of_run(desk.path()).unwrap();
        assert_eq!(related.conflicts("P-1", "2"), Some((3, "alt: 1; groups: 2".into())));
        assert_eq!(related.conflicts("P-1", "3"), Some((0, String::new())));
    }
}
