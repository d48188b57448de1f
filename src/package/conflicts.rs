//! Rows of related tables that would get in the way of a merge: what `related` of the run folder forecasts.

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
pub struct Conflicts {
    /// By proposal, source (empty where the forecast names none) and record id.
    counts: HashMap<[String; 3], Vec<InTable>>,
    is_there: bool,
}

impl Conflicts {
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
        let source = sheet.position("source");
        let mut found = Self { is_there: true, ..Self::default() };
        for row in 0..sheet.rows() {
            let source = source.map_or("", |column| sheet.cell(row, column));
            let key = [sheet.cell(row, proposal), source, sheet.cell(row, record)].map(String::from);
            // What is no number was written by no run, and says nothing.
            let conflicts = sheet.cell(row, conflicts).parse().unwrap_or(0);
            let of = InTable { table: sheet.cell(row, table).to_string(), conflicts };
            found.counts.entry(key).or_default().push(of);
        }
        found
    }

    /// How many rows of related tables keep a record from being merged, and which tables they are of; none when
    /// nothing is known.
    pub(super) fn expected(&self, proposal: &str, source: &str, record_id: &str) -> Option<(u64, String)> {
        if !self.is_there {
            return None;
        }
        let named = |source: &str| self.counts.get(&[proposal, source, record_id].map(String::from));
        let of = named(source).or_else(|| named(""));
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
        let read = |text: &str| {
            std::fs::write(desk.path().join("related.csv"), text).unwrap();
            Conflicts::of_run(desk.path()).unwrap()
        };
        assert_eq!(Conflicts::of_run(desk.path()).unwrap().expected("P-1", "bc", "2"), None);
        let rows = "P-1,alt,bc,2,5,1\nP-1,groups,bc,2,3,2\nP-1,notes,bc,2,9,0\nP-1,notes,crm,2,9,7\n";
        let found = read(&format!("proposal_id,table,source,record_id,references,conflicts\n{rows}"));
        assert_eq!(found.expected("P-1", "bc", "2"), Some((3, "alt: 1; groups: 2".into())));
        assert_eq!(found.expected("P-1", "bc", "3"), Some((0, String::new())));
        let found = read("proposal_id,table,record_id,references,conflicts\nP-1,alt,2,5,1\n");
        assert_eq!(found.expected("P-1", "bc", "2"), Some((1, "alt: 1".into())));
    }
}
