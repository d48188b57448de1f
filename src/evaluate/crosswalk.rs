use super::{ALONE, EvaluateError, FORMAT_VERSION, Report, measure};
use crate::table::{Arena, Table};
use crate::write::restore;
use foldhash::fast::FixedState;
use std::collections::HashMap;

type Map<K, V> = HashMap<K, V, FixedState>;

/// A run's records beside what the truth says of them.
#[derive(Clone, Debug)]
pub struct Labels {
    /// The run's crosswalk.
    crosswalk: Table,
    source_at: usize,
    id_at: usize,
    /// Per record of the truth: its row in the crosswalk, none when the run does not know it.
    rows: Vec<Option<u32>>,
    /// Per record of the truth: its entity.
    entities: Vec<u32>,
    /// Per record of the truth: what it is believed to be part of, or [`ALONE`].
    believed: Vec<u32>,
    /// Per record of the truth: what it was merged into, or [`ALONE`].
    merged: Vec<u32>,
    /// Per row of the crosswalk: its place among the records of the truth, or [`ALONE`].
    place: Vec<u32>,
    /// Names of entities, by number.
    names: Arena,
}

impl Labels {
    /// How many records the truth has.
    pub fn records(&self) -> usize {
        self.entities.len()
    }

    /// The rows of the crosswalk, in the order of the run's records.
    pub fn crosswalk_rows(&self) -> u32 {
        self.crosswalk.rows
    }

    /// The row in the crosswalk of a record of the truth; none when the run does not know it.
    pub fn row(&self, record: u32) -> Option<u32> {
        self.rows[record as usize]
    }

    /// The place among the records of the truth of a row of the crosswalk.
    pub fn place(&self, row: u32) -> Option<u32> {
        self.place.get(row as usize).copied().filter(|&place| place != ALONE)
    }

    /// The true entity of a record of the truth.
    pub fn entity(&self, record: u32) -> u32 {
        self.entities[record as usize]
    }

    /// The name of an entity in the truth.
    pub fn entity_name(&self, entity: u32) -> &str {
        self.names.get(entity)
    }

    /// True entities, per record of the truth.
    pub fn entities(&self) -> &[u32] {
        &self.entities
    }

    /// What is believed (auto and review lanes), per record of the truth; [`ALONE`] for records by themselves.
    pub fn believed(&self) -> &[u32] {
        &self.believed
    }

    /// What is merged without asking, per record of the truth; [`ALONE`] for records by themselves.
    pub fn merged(&self) -> &[u32] {
        &self.merged
    }

    /// The source and id of a row of the crosswalk.
    pub fn key(&self, row: u32) -> (&str, &str) {
        let cell = |at: usize| restore(self.crosswalk.cell(at, row));
        (cell(self.source_at), cell(self.id_at))
    }

    /// Source and id of every record of the run → its row in the crosswalk.
    pub fn rows_by_key(&self) -> HashMap<(&str, &str), u32, FixedState> {
        (0..self.crosswalk.rows).map(|row| (self.key(row), row)).collect()
    }

    /// The scores of the run.
    pub fn report(&self) -> Report {
        Report {
            format_version: FORMAT_VERSION,
            records: self.entities.len() as u64,
            records_not_in_truth: self.place.iter().filter(|&&place| place == ALONE).count() as u64,
            records_not_clustered: self.rows.iter().filter(|row| row.is_none()).count() as u64,
            entity_id: measure(&self.entities, &self.believed),
            golden_id: measure(&self.entities, &self.merged),
            reliability: None,
            errors: None,
            golden: None,
        }
    }
}

/// Lays a crosswalk beside the truth, both as they were read.
pub(super) fn label(
    crosswalk: Table,
    truth: &Table,
    id_column: &str,
    entity_column: &str,
) -> Result<Labels, EvaluateError> {
    let no_run = "Is this the crosswalk of a run folder?";
    let source_at = column(&crosswalk, "source", no_run)?;
    let id_at = column(&crosswalk, "record_id", no_run)?;
    let entity_at = column(&crosswalk, "entity_id", no_run)?;
    let golden_at = column(&crosswalk, "golden_id", no_run)?;
    let known = Known::new(&crosswalk, source_at, id_at);
    let Truth { path, keys, entities, names } = Truth::new(truth, &known, id_column, entity_column)?;

    let mut rows: Vec<Option<u32>> = Vec::with_capacity(entities.len());
    let mut place = vec![ALONE; crosswalk.rows as usize];
    for (at, key) in (0u32..).zip(&keys) {
        let row = known.find(key, &path)?;
        if let Some(row) = row {
            place[row as usize] = at;
        }
        rows.push(row);
    }
    if rows.iter().all(Option::is_none) {
        return Err(EvaluateError::NothingInCommon {
            path,
            records: keys.len() as u64,
            example: keys[0].to_string(),
            known: if crosswalk.rows > 0 {
                restore(crosswalk.cell(id_at, 0)).to_string()
            } else {
                String::new()
            },
            column: id_column.to_string(),
        });
    }

    let cells = |at: usize| &crosswalk.columns[at].cells;
    let clusters = |at: usize| -> Vec<u32> {
        // An empty cluster cell is "alone", as a record that is not there at all; code 0 is the empty cell.
        let code = |row: u32| Some(cells(at).code(row)).filter(|&code| code != crate::table::MISSING);
        rows.iter().map(|row| row.and_then(code).unwrap_or(ALONE)).collect()
    };
    let (believed, merged) = (clusters(entity_at), clusters(golden_at));
    Ok(Labels { source_at, id_at, rows, entities, believed, merged, place, names, crosswalk })
}

/// How a truth names a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key<'a> {
    source: Option<&'a str>,
    id: &'a str,
}

impl std::fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.source {
            Some(source) => write!(f, "{source}:{}", self.id),
            None => f.write_str(self.id),
        }
    }
}

/// The records of a crosswalk, by their names.
struct Known<'a> {
    /// Id → the row that holds it, or all of them when several sources do.
    by_id: Map<&'a str, Vec<u32>>,
    crosswalk: &'a Table,
    source_at: usize,
}

impl<'a> Known<'a> {
    fn new(crosswalk: &'a Table, source_at: usize, id_at: usize) -> Self {
        let mut by_id: Map<&'a str, Vec<u32>> =
            Map::with_capacity_and_hasher(crosswalk.rows as usize, FixedState::with_seed(0));
        for row in 0..crosswalk.rows {
            by_id.entry(restore(crosswalk.cell(id_at, row))).or_default().push(row);
        }
        Self { by_id, crosswalk, source_at }
    }

    fn source(&self, row: u32) -> &'a str {
        restore(self.crosswalk.cell(self.source_at, row))
    }

    fn has_source(&self, source: &str) -> bool {
        let sources = self.crosswalk.columns[self.source_at].cells.values();
        sources.iter().any(|known| restore(known) == source)
    }

    fn is_source_and_id(&self, source: &str, id: &str) -> bool {
        self.by_id.get(id).is_some_and(|rows| rows.iter().any(|&row| self.source(row) == source))
    }

    /// The row of a record; `None` when the run does not know it.
    fn find(&self, key: &Key<'_>, truth: &str) -> Result<Option<u32>, EvaluateError> {
        let Some(rows) = self.by_id.get(key.id) else { return Ok(None) };
        match &key.source {
            Some(source) => Ok(rows.iter().copied().find(|&row| self.source(row) == *source)),
            None if rows.len() == 1 => Ok(Some(rows[0])),
            None => {
                let sources: Vec<&str> = rows.iter().map(|&row| self.source(row)).collect();
                Err(EvaluateError::Ambiguous {
                    path: truth.to_string(),
                    record: key.id.to_string(),
                    first: sources[0].to_string(),
                    sources: sources.join(", "),
                })
            }
        }
    }
}

/// The truth: one key and one entity per record.
struct Truth<'a> {
    path: String,
    keys: Vec<Key<'a>>,
    entities: Vec<u32>,
    names: Arena,
}

impl<'a> Truth<'a> {
    fn new(
        table: &'a Table,
        known: &Known<'_>,
        id_column: &str,
        entity_column: &str,
    ) -> Result<Self, EvaluateError> {
        let id_at = column(table, id_column, "Name the column of record ids with --truth-id.")?;
        let entity_at =
            column(table, entity_column, "Name the column of true entities with --truth-entity.")?;
        // A column `source` that names other things than the run's sources is not meant for us.
        let source_at = table.position("source").filter(|&at| {
            let sources = table.columns[at].cells.values();
            sources.iter().any(|source| !source.is_empty() && known.has_source(source))
        });
        let mut truth = Self {
            path: table.path.clone(),
            keys: Vec::new(),
            entities: Vec::new(),
            names: table.columns[entity_at].cells.values().clone(),
        };
        let mut seen: Map<Key<'a>, u32> =
            Map::with_capacity_and_hasher(table.rows as usize, FixedState::with_seed(0));
        for row in 0..table.rows {
            let key = match source_at {
                Some(at) => Key {
                    source: Some(table.cell(at, row)).filter(|source| !source.is_empty()),
                    id: table.cell(id_at, row),
                },
                None => split(table.cell(id_at, row), known),
            };
            let entity = table.columns[entity_at].cells.code(row);
            match seen.insert(key, entity) {
                None => {
                    truth.keys.push(key);
                    truth.entities.push(entity);
                }
                Some(other) if other == entity => {}
                Some(other) => {
                    let cells = &table.columns[entity_at].cells;
                    return Err(EvaluateError::TwoEntities {
                        path: truth.path,
                        record: key.to_string(),
                        one: cells.value(other).to_string(),
                        other: cells.value(entity).to_string(),
                    });
                }
            }
        }
        if truth.keys.is_empty() {
            return Err(EvaluateError::Empty { path: truth.path });
        }
        Ok(truth)
    }
}

/// Reads `SOURCE:ID` where that names a record of the run, else takes the whole cell as the id.
fn split<'a>(cell: &'a str, known: &Known<'_>) -> Key<'a> {
    let mut colons = cell.match_indices(':').map(|(at, _)| (&cell[..at], &cell[at + 1..]));
    match colons.find(|(source, id)| !known.by_id.contains_key(cell) && known.is_source_and_id(source, id)) {
        Some((source, id)) => Key { source: Some(source), id },
        None => Key { source: None, id: cell },
    }
}

pub(super) fn column(table: &Table, name: &str, way_out: &str) -> Result<usize, EvaluateError> {
    table.position(name).ok_or_else(|| EvaluateError::NoColumn {
        path: table.path.clone(),
        column: name.to_string(),
        available: table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", "),
        way_out: way_out.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, RawColumn};

    fn table(path: &str, headings: &[&str], rows: &[&[&str]]) -> Table {
        let columns = headings.iter().enumerate().map(|(at, name)| RawColumn {
            name: (*name).to_string(),
            cells: Column::from_values(rows.iter().map(|row| row[at])),
        });
        Table { path: path.into(), columns: columns.collect(), rows: rows.len() as u32, ..Table::default() }
    }

    const HEADINGS: [&str; 4] = ["source", "record_id", "entity_id", "golden_id"];

    fn crosswalk(rows: &[&[&str]]) -> Table {
        table("run/crosswalk.csv", &HEADINGS, rows)
    }

    fn truth(rows: &[&[&str]]) -> Table {
        table("truth.csv", &["record_id", "entity_id"], rows)
    }

    fn score(crosswalk: &Table, truth: &Table) -> Result<Report, EvaluateError> {
        Ok(label(crosswalk.clone(), truth, "record_id", "entity_id")?.report())
    }

    #[test]
    fn believed_and_merged_are_scored_apart() {
        let run = crosswalk(&[
            &["crm", "1", "E1", "G1"],
            &["crm", "2", "E1", "G1"],
            &["erp", "3", "E1", "3"],
            &["erp", "9", "9", "9"],
        ]);
        let report = score(&run, &truth(&[&["1", "a"], &["2", "a"], &["3", "a"], &["4", "b"]])).unwrap();
        assert_eq!((report.records, report.records_not_in_truth, report.records_not_clustered), (4, 1, 1));
        assert_eq!((report.entity_id.right_pairs, report.golden_id.right_pairs), (3, 1));
        assert_eq!(report.golden_id.pairwise.recall, 0.33333);
    }

    #[test]
    fn a_neutralised_id_is_found() {
        let run = crosswalk(&[&["crm", "'-a", "E", "E"], &["crm", "'=2", "E", "E"]]);
        let report = score(&run, &truth(&[&["-a", "a"], &["=2", "a"]])).unwrap();
        assert_eq!((report.entity_id.right_pairs, report.records_not_clustered), (1, 0));
    }

    #[test]
    fn ids_that_repeat_need_a_source() {
        let run = crosswalk(&[&["crm", "1", "E", "1"], &["erp", "1", "E", "1"], &["erp", "2", "2", "2"]]);
        let error = score(&run, &truth(&[&["1", "a"], &["2", "a"]])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`truth.csv`: record id `1` occurs in several sources (crm, erp); add a column `source` to the truth, or \
             write ids as `crm:1`"
        );
        let prefixed = score(&run, &truth(&[&["crm:1", "a"], &["erp:1", "a"], &["erp:2", "b"]])).unwrap();
        let rows: &[&[&str]] = &[&["crm", "1", "a"], &["erp", "1", "a"], &["erp", "2", "b"]];
        let columns = table("truth.csv", &["source", "record_id", "entity_id"], rows);
        assert_eq!(score(&run, &columns).unwrap(), prefixed);
        assert_eq!(prefixed.entity_id.pairwise.f1, 1.0);
    }

    #[test]
    fn an_id_with_a_colon_is_still_an_id() {
        let run = crosswalk(&[&["crm", "a:1", "E", "E"], &["crm", "a:2", "E", "E"]]);
        let report = score(&run, &truth(&[&["a:1", "x"], &["a:2", "x"]])).unwrap();
        assert_eq!(report.entity_id.right_pairs, 1);
    }

    #[test]
    fn a_source_column_of_another_meaning_is_passed_over() {
        let run = crosswalk(&[&["crm", "1", "E", "E"], &["crm", "2", "E", "E"]]);
        let rows: &[&[&str]] = &[&["fair", "1", "a"], &["web", "2", "a"]];
        let truth = table("truth.csv", &["source", "record_id", "entity_id"], rows);
        assert_eq!(score(&run, &truth).unwrap().entity_id.right_pairs, 1);
    }

    #[test]
    fn errors_name_file_column_and_way_out() {
        let run = crosswalk(&[&["crm", "1", "E", "E"]]);
        let wrong = label(run.clone(), &truth(&[&["1", "a"]]), "contact", "entity_id").unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "`truth.csv` has no column `contact`; it has: record_id, entity_id. Name the column of record ids with \
             --truth-id."
        );
        let twice = score(&run, &truth(&[&["1", "a"], &["1", "b"]])).unwrap_err();
        assert!(
            twice.to_string().contains("record `1` stands twice, with entity `a` and with entity `b`"),
            "{twice}"
        );
        let strangers = score(&run, &truth(&[&["X", "a"]])).unwrap_err();
        assert!(strangers.to_string().contains("the truth has `X`, the run has `1`"), "{strangers}");
        assert!(matches!(score(&run, &truth(&[])).unwrap_err(), EvaluateError::Empty { .. }));
        assert!(matches!(
            super::super::label_dir(std::path::Path::new("no/such/folder"), "t".as_ref(), "a", "b"),
            Err(EvaluateError::NoCrosswalk { .. })
        ));
    }

    #[test]
    fn the_terminal_table_is_aligned() {
        let run = crosswalk(&[&["crm", "1", "E1", "1"], &["crm", "2", "E1", "2"], &["crm", "9", "9", "9"]]);
        let report = score(&run, &truth(&[&["1", "a"], &["2", "a"], &["3", "b"]])).unwrap();
        insta::assert_snapshot!(report.to_string(), @r#"
                                  precision   recall       F1  B³ precision  B³ recall    B³ F1
        believed (auto + review)    1.00000  1.00000  1.00000       1.00000    1.00000  1.00000
        merged (auto)               1.00000  0.00000  0.00000       1.00000    0.66667  0.80000

                                  true pairs  found pairs  right pairs
        believed (auto + review)           1            1            1
        merged (auto)                      1            0            0

                   3 records in the truth
                   1 of them not in the run: counted as alone
                   1 records of the run not in the truth: left out
        "#);
    }
}
