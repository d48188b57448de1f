//! One merge, or one field of it, taken back later: in the golden list and the crosswalk as they are now.

use super::change_set::{ChangeSet, Key, LinkChange, Merge};
use super::crosswalk::positions;
use super::{ApplyError, Event, History, Lists, told};
use crate::config::Format;
use crate::propose::key_id;
use crate::related::{Back, BackTable, take_back};
use crate::review::Sheet;
use crate::write::{APPLIED, BETWEEN_KEYS, Cells, Holds, PACKAGES, Place, Table, WriteError};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// The columns of a golden list before its fields.
const GOLDEN: [&str; 3] = ["golden_id", "members", "merged_record_ids"];

/// Something that is not any more as the merge left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diverged {
    /// The record.
    pub record: Key,
    /// The field; empty when it is about the record as a whole.
    pub field: String,
    /// What the merge made of it.
    pub then: String,
    /// What it is now.
    pub now: String,
}

/// The golden list and the crosswalk without a merge.
pub struct Restored<'a> {
    merge: &'a Merge,
    golden: &'a Sheet,
    crosswalk: &'a Sheet,
    /// Rows of the golden list that change, and those that come in; by the record's row in the crosswalk.
    rows: BTreeMap<u32, Vec<String>>,
    /// Rows of the crosswalk that change.
    crosswalk_rows: HashMap<u32, Vec<String>>,
    /// Per row of the golden list: its record's row in the crosswalk, by which the list is ordered.
    order: Vec<u32>,
    /// Records that stand on their own again.
    pub records: Vec<Key>,
    /// Per source: how many of these are in the inputs.
    apart: BTreeMap<String, u64>,
    /// Fields of the survivor that went back: field, value now, value before.
    pub fields: Vec<(String, String, String)>,
    /// Related tables, without the rows of the merge.
    tables: Vec<(String, BackTable<'a>)>,
    /// What is not any more as the merge left it; it stays as it is.
    pub diverged: Vec<Diverged>,
}

fn key_of(sheet: &Sheet, row: u32, at: [usize; 2]) -> Key {
    Key { source: sheet.cell(row, at[0]).to_string(), record_id: sheet.cell(row, at[1]).to_string() }
}

fn named(key: &Key) -> String {
    format!("{}:{}", key.source, key.record_id)
}

fn own_id(prefix: char, key: &Key) -> String {
    key_id(prefix, std::iter::once((key.source.as_str(), key.record_id.as_str()))).to_string()
}

/// Takes a merge, or one field of it, back. `before` is the crosswalk as it was before the merge was applied.
///
/// Errors: the merge is undone already, its records are gone, it does not change the field, or the field has another
/// value since.
pub fn one_merge<'a>(
    merge: &'a Merge,
    field: Option<&str>,
    golden: &'a Sheet,
    crosswalk: &'a Sheet,
    before: Option<&Sheet>,
) -> Result<Restored<'a>, ApplyError> {
    let at = positions(crosswalk);
    let (own, into) = ([at[0], at[1]], [at[6], at[7]]);
    let wanted: HashSet<(&str, &str)> = std::iter::once(&merge.survivor)
        .chain(&merge.losers)
        .map(|key| (key.source.as_str(), key.record_id.as_str()))
        .collect();
    let mut found: HashMap<Key, u32> = HashMap::new();
    for row in 0..crosswalk.rows() {
        if wanted.contains(&(crosswalk.cell(row, own[0]), crosswalk.cell(row, own[1]))) {
            found.insert(key_of(crosswalk, row, own), row);
        }
    }
    let gone = |key: &Key| {
        ApplyError::NotNow(format!(
            "record `{}` of `{}` is not in the crosswalk any more",
            named(key),
            merge.merge
        ))
    };
    let survivor = *found.get(&merge.survivor).ok_or_else(|| gone(&merge.survivor))?;
    let golden_id = crosswalk.cell(survivor, at[3]);
    let id_column = golden.position(GOLDEN[0]).unwrap_or_default();
    let row = (0..golden.rows()).find(|&row| golden.cell(row, id_column) == golden_id);
    let row = row.ok_or_else(|| gone(&merge.survivor))?;

    let mut restored = Restored {
        merge,
        golden,
        crosswalk,
        rows: BTreeMap::new(),
        crosswalk_rows: HashMap::new(),
        order: order(golden, crosswalk, &at),
        records: Vec::new(),
        apart: BTreeMap::new(),
        fields: Vec::new(),
        tables: Vec::new(),
        diverged: Vec::new(),
    };
    let (together, apart): (Vec<&Key>, Vec<&Key>) = merge
        .losers
        .iter()
        .partition(|loser| found.get(*loser).is_some_and(|&row| crosswalk.cell(row, at[3]) == golden_id));
    if together.is_empty() {
        return Err(ApplyError::NotNow(format!(
            "the records of `{}` are not merged any more: nothing is left to undo",
            merge.merge
        )));
    }
    for loser in apart {
        let now = found
            .get(loser)
            .map_or("not in the crosswalk".to_string(), |&row| crosswalk.cell(row, at[3]).to_string());
        restored.diverged.push(Diverged {
            record: loser.clone(),
            field: String::new(),
            then: golden_id.to_string(),
            now,
        });
    }
    let host = key_of(crosswalk, survivor, into);
    if host != merge.survivor {
        let (then, now) = (merge.golden_id.clone(), golden_id.to_string());
        restored.diverged.push(Diverged { record: merge.survivor.clone(), field: String::new(), then, now });
    }

    let mut cells: Vec<String> =
        (0..golden.table.columns.len()).map(|column| golden.cell(row, column).to_string()).collect();
    restored.take_back(merge, field, &mut cells)?;
    let place = restored.order[row as usize];
    if field.is_none() {
        restored.split(merge, &together, &found, before, &at);
        restored.members_left(golden_id, &mut cells, &at);
        if host == merge.survivor && cells[golden.position(GOLDEN[1]).unwrap_or_default()] == "1" {
            let mut alone = restored.crosswalk_row(survivor);
            alone[at[2]] = own_id('E', &merge.survivor);
            alone[at[8]].clear();
            alone[at[9]].clear();
            restored.crosswalk_rows.insert(survivor, alone);
        }
    }
    restored.rows.insert(place, cells);
    if field.is_none() {
        restored.links(merge, &at);
    }
    Ok(restored)
}

/// Per row of the golden list: the row of its record in the crosswalk.
fn order(golden: &Sheet, crosswalk: &Sheet, at: &[usize; 11]) -> Vec<u32> {
    let mut place: HashMap<&str, u32> = HashMap::new();
    for row in 0..crosswalk.rows() {
        let is_own = crosswalk.cell(row, at[0]) == crosswalk.cell(row, at[6])
            && crosswalk.cell(row, at[1]) == crosswalk.cell(row, at[7]);
        if is_own {
            place.entry(crosswalk.cell(row, at[3])).or_insert(row);
        }
    }
    let id = golden.position(GOLDEN[0]).unwrap_or_default();
    (0..golden.rows()).map(|row| place.get(golden.cell(row, id)).copied().unwrap_or(u32::MAX)).collect()
}

impl<'a> Restored<'a> {
    fn crosswalk_row(&self, row: u32) -> Vec<String> {
        self.crosswalk_rows.get(&row).cloned().unwrap_or_else(|| {
            (0..self.crosswalk.table.columns.len())
                .map(|column| self.crosswalk.cell(row, column).to_string())
                .collect()
        })
    }

    /// Lets the links of other records lead to the company of the merge again that they led to.
    fn links(&mut self, merge: &Merge, at: &[usize; 11]) {
        let wanted: HashMap<(&str, &str), Vec<&LinkChange>> =
            merge.links.iter().fold(HashMap::new(), |mut wanted, link| {
                let key = (link.key.source.as_str(), link.key.record_id.as_str());
                wanted.entry(key).or_insert_with(Vec::new).push(link);
                wanted
            });
        if wanted.is_empty() {
            return;
        }
        let id = self.golden.position(GOLDEN[0]).unwrap_or_default();
        let rows: HashMap<&str, u32> =
            (0..self.golden.rows()).map(|row| (self.golden.cell(row, id), row)).collect();
        for row in 0..self.crosswalk.rows() {
            let key = (self.crosswalk.cell(row, at[0]), self.crosswalk.cell(row, at[1]));
            let Some(links) = wanted.get(&key) else { continue };
            let Some(&golden) = rows.get(self.crosswalk.cell(row, at[3])) else { continue };
            let place = self.order[golden as usize];
            let mut cells = self.rows.remove(&place).unwrap_or_else(|| {
                let columns = 0..self.golden.table.columns.len();
                columns.map(|column| self.golden.cell(golden, column).to_string()).collect()
            });
            for link in links {
                let Some(column) = self.golden.position(&heading(&link.field)) else { continue };
                if cells[column] == link.after {
                    cells[column].clone_from(&link.before);
                } else if cells[column] != link.before {
                    self.diverged.push(Diverged {
                        record: link.key.clone(),
                        field: link.field.clone(),
                        then: link.after.clone(),
                        now: cells[column].clone(),
                    });
                }
            }
            self.rows.insert(place, cells);
        }
    }

    /// Takes the rows of the merge back in the related tables; `sheets` are these tables as they are now, by name.
    /// Returns what is told of it: the table's file, rows that went back, lines that changed since.
    pub fn related(&mut self, merge: &Merge, sheets: &'a [(String, Sheet)]) -> Vec<(String, u64, Vec<u32>)> {
        let mut told = Vec::new();
        for (name, sheet) in sheets {
            let changes: Vec<_> = merge.related.iter().filter(|change| change.table == *name).collect();
            let back = take_back(sheet, &changes, |before, after| {
                after == merge.survivor.record_id && merge.losers.iter().any(|key| key.record_id == before)
            });
            told.push((back.file().to_string(), back.restored, back.diverged.clone()));
            self.tables.push((name.clone(), back));
        }
        told
    }

    /// Gives the survivor back what it had, as far as it has what the merge gave it.
    fn take_back(
        &mut self,
        merge: &Merge,
        field: Option<&str>,
        cells: &mut [String],
    ) -> Result<(), ApplyError> {
        if let Some(field) = field
            && !merge.changes().any(|(name, ..)| name == field)
        {
            let changed: Vec<&str> = merge.changes().map(|(name, ..)| name).collect();
            let changed = if changed.is_empty() { "nothing".to_string() } else { changed.join(", ") };
            return Err(ApplyError::NotNow(format!(
                "`{}` does not change field `{field}` of its survivor; it changes {changed}",
                merge.merge
            )));
        }
        for (name, before, after) in
            merge.changes().filter(|(name, ..)| field.is_none_or(|field| field == *name))
        {
            let Some(column) = self.golden.position(&heading(name)) else { continue };
            let now = std::mem::take(&mut cells[column]);
            if now == after.value {
                self.fields.push((name.to_string(), now, before.to_string()));
                cells[column] = before.to_string();
                continue;
            }
            if now != before {
                let (record, then) = (merge.survivor.clone(), after.value.clone());
                self.diverged.push(Diverged { record, field: name.to_string(), then, now: now.clone() });
            }
            cells[column] = now;
        }
        match (field, self.diverged.iter().find(|diverged| Some(diverged.field.as_str()) == field)) {
            (Some(field), Some(since)) => Err(ApplyError::Diverged(format!(
                "field `{field}` is not any more what `{}` made of it: then `{}`, now `{}`; nothing was changed",
                merge.merge, since.then, since.now
            ))),
            (Some(field), None) if self.fields.is_empty() => Err(ApplyError::NotNow(format!(
                "field `{field}` has its value from before `{}` already",
                merge.merge
            ))),
            _ => Ok(()),
        }
    }

    /// Makes records of the losers again, and gives each what had been merged into it before.
    fn split(
        &mut self,
        merge: &Merge,
        losers: &[&Key],
        found: &HashMap<Key, u32>,
        before: Option<&Sheet>,
        at: &[usize; 11],
    ) {
        let mut chained: HashMap<Key, Vec<Key>> = HashMap::new();
        if let Some(before) = before {
            let at = positions(before);
            for row in 0..before.rows() {
                let (own, into) = (key_of(before, row, [at[0], at[1]]), key_of(before, row, [at[6], at[7]]));
                if own != into && losers.contains(&&into) {
                    chained.entry(into).or_default().push(own);
                }
            }
        }
        let follows: HashMap<&Key, &Key> =
            chained.iter().flat_map(|(into, own)| own.iter().map(move |own| (own, into))).collect();
        let followers: Vec<(u32, Key)> = match follows.is_empty() {
            true => Vec::new(),
            false => (0..self.crosswalk.rows())
                .filter_map(|row| {
                    let key = key_of(self.crosswalk, row, [at[0], at[1]]);
                    follows.get(&key).filter(|_| !found.contains_key(&key)).map(|into| (row, (*into).clone()))
                })
                .collect(),
        };
        for loser in losers {
            let row = found[*loser];
            let mut cells = self.crosswalk_row(row);
            cells[at[2]] = own_id('E', loser);
            cells[at[8]].clear();
            cells[at[9]].clear();
            self.point(&mut cells, loser, at);
            if cells[at[10]] == "true" {
                *self.apart.entry(loser.source.clone()).or_default() += 1;
            }
            self.crosswalk_rows.insert(row, cells);
            self.rows.insert(row, self.golden_row(merge, loser));
            self.records.push((*loser).clone());
        }
        for (row, into) in followers {
            let mut cells = self.crosswalk_row(row);
            cells[at[2]] = own_id('E', &into);
            self.point(&mut cells, &into, at);
            self.crosswalk_rows.insert(row, cells);
        }
    }

    /// Makes a row of the crosswalk lead to a record that stands on its own.
    fn point(&self, cells: &mut [String], to: &Key, at: &[usize; 11]) {
        cells[at[3]] = own_id('G', to);
        cells[at[6]] = to.source.clone();
        cells[at[7]] = to.record_id.clone();
    }

    /// The row that a record has in the golden list on its own.
    fn golden_row(&self, merge: &Merge, key: &Key) -> Vec<String> {
        let image = merge.image(key);
        let values: HashMap<String, &String> = image
            .into_iter()
            .flat_map(|image| &image.values)
            .map(|(field, value)| (heading(field), value))
            .collect();
        let cell = |name: &str| match name {
            "golden_id" => own_id('G', key),
            "members" => "1".to_string(),
            "merged_record_ids" => named(key),
            field => values.get(field).map_or(String::new(), |value| (*value).clone()),
        };
        self.golden.table.columns.iter().map(|column| cell(&column.name)).collect()
    }

    /// Counts and names anew who is left in a golden record.
    fn members_left(&self, golden_id: &str, cells: &mut [String], at: &[usize; 11]) {
        let mut keys: Vec<String> = (0..self.crosswalk.rows())
            .filter(|row| {
                !self.crosswalk_rows.contains_key(row)
                    && self.crosswalk.cell(*row, at[3]) == golden_id
                    && self.crosswalk.cell(*row, at[10]) == "true"
            })
            .map(|row| named(&key_of(self.crosswalk, row, [at[0], at[1]])))
            .collect();
        keys.sort_unstable();
        for (name, value) in
            [(GOLDEN[1], keys.len().max(1).to_string()), (GOLDEN[2], keys.join(BETWEEN_KEYS))]
        {
            if let Some(column) = self.golden.position(name) {
                cells[column] = value;
            }
        }
    }

    /// Writes the folder at its place with what has changed, everything else carried on, and the event into the history.
    ///
    /// `lists` are those of the folder.
    ///
    /// Errors: the disk refuses.
    pub fn write(
        &self,
        place: Place,
        history: &History,
        event: &Event,
        lists: &Lists,
    ) -> Result<(), WriteError> {
        let to = place.dir();
        let format = if self.golden.file.ends_with(".parquet") { Format::Parquet } else { Format::Csv };
        let mut changed = vec![
            self.golden.file.as_str(),
            self.crosswalk.file.as_str(),
            "reconciliation.csv",
            APPLIED,
            PACKAGES,
        ];
        changed.extend(self.tables.iter().map(|(_, table)| table.file()));
        let whole = event.field.is_none();
        let table_sums = format!("{}.csv", told::TABLE_SUMS);
        if whole {
            changed.extend(lists.files());
            changed.push(&table_sums);
        }
        place.carry(&changed)?;
        self.golden_table(to, format)?;
        self.crosswalk_table(to, format)?;
        self.tables.iter().try_for_each(|(_, table)| table.write(to))?;
        let marks = history.folder.join(APPLIED);
        let io = |cause| WriteError::Io { path: marks.clone(), cause };
        let text = std::fs::read_to_string(&marks).map_err(io)?;
        let mut marks: serde_json::Value = serde_json::from_str(&text).map_err(|cause| io(cause.into()))?;
        // A package would merge again what was taken back here.
        let is_packaged = |file: &serde_json::Value| {
            let path = file.as_str().and_then(|path| path.strip_prefix(PACKAGES));
            path.is_some_and(|rest| rest.starts_with('/'))
        };
        if let Some(files) = marks["files"].as_array_mut() {
            files.retain(|file| !is_packaged(file));
        }
        for source in marks["sources"].as_array_mut().into_iter().flatten() {
            let back = source["source"].as_str().and_then(|name| self.apart.get(name)).copied().unwrap_or(0);
            for (name, more) in [("kept", true), ("merged", false)] {
                let count = source[name].as_u64().unwrap_or(0);
                source[name] = if more { count + back } else { count.saturating_sub(back) }.into();
            }
        }
        super::tables::sums(to, &marks["sources"])?;
        if whole {
            lists.write_without(&self.merge.merge, to)?;
            // What an earlier apply merged is not in the sums of this one.
            if marks["change_set"] == event.change_set.as_str() {
                let back = |name: &str| {
                    let of = self.tables.iter().find(|(table, _)| table == name);
                    of.map_or(Back::default(), |(_, table)| table.counts)
                };
                let golden = self.order.iter().filter(|place| !self.rows.contains_key(place)).count()
                    + self.rows.len();
                told::without(&mut marks, self.merge, golden as u64, lists, back);
            }
            if marks["related"].as_array().is_some_and(|tables| !tables.is_empty()) {
                told::table_sums(to, &marks["related"])?;
            }
        }
        crate::write::write_new(&to.join(APPLIED), format!("{marks:#}\n"))?;
        place.publish()?;
        history.append(event)
    }

    fn golden_table(&self, dir: &Path, format: Format) -> Result<(), WriteError> {
        // Rows in the order of the crosswalk: those that stay, and those that change or come in.
        let mut rows: Vec<(u32, Option<u32>)> = self.rows.keys().map(|&place| (place, None)).collect();
        let stay = self.order.iter().zip(0u32..).filter(|(place, _)| !self.rows.contains_key(place));
        rows.extend(stay.map(|(&place, row)| (place, Some(row))));
        rows.sort_unstable();
        let holds = |name: &str| if name == GOLDEN[1] { Holds::Count } else { Holds::Text };
        let head = self
            .golden
            .table
            .columns
            .iter()
            .map(|column| (column.name.clone(), holds(&column.name)))
            .collect();
        let write = |at: usize, out: &mut dyn Cells| {
            let (place, row) = rows[at];
            for (column, head) in self.golden.table.columns.iter().enumerate() {
                let cell = match row {
                    Some(row) => self.golden.cell(row, column),
                    None => &self.rows[&place][column],
                };
                // The list was written by us: a count is a number.
                if head.name == GOLDEN[1] { out.count(cell.parse().unwrap_or(1)) } else { out.text(cell) }
            }
            out.end_row();
        };
        Table { head, units: rows.len(), rows: &write }.write(dir, "golden", format).map(drop)
    }

    fn crosswalk_table(&self, dir: &Path, format: Format) -> Result<(), WriteError> {
        let columns = &self.crosswalk.table.columns;
        let holds = |name: &str| if name == "probability" { Holds::Probability } else { Holds::Text };
        let head = columns.iter().map(|column| (column.name.clone(), holds(&column.name))).collect();
        let write = |at: usize, out: &mut dyn Cells| {
            let changed = self.crosswalk_rows.get(&(at as u32));
            for (column, head) in columns.iter().enumerate() {
                let cell = changed
                    .map_or_else(|| self.crosswalk.cell(at as u32, column), |cells| cells[column].as_str());
                if head.name == "probability" {
                    out.probability(cell.parse().unwrap_or(1.0))
                } else {
                    out.text(cell)
                }
            }
            out.end_row();
        };
        let units = self.crosswalk.rows() as usize;
        Table { head, units, rows: &write }.write(dir, "crosswalk", format).map(drop)
    }
}

/// The heading of a field in a golden list.
fn heading(field: &str) -> String {
    let mut name = field.to_string();
    while GOLDEN.contains(&name.as_str()) {
        name.insert_str(0, "field_");
    }
    name
}

impl ChangeSet {
    /// A merge by its id; the error lists what there is.
    pub fn find(&self, id: &str) -> Result<&Merge, ApplyError> {
        if self.header.forgotten.iter().any(|merge| merge == id) {
            return Err(ApplyError::NotNow(format!(
                "`{id}` cannot be undone: somebody in it was forgotten (alike forget), and with that what its records were"
            )));
        }
        self.merge(id).ok_or_else(|| {
            let some: Vec<&str> = self.merges.iter().take(5).map(|merge| merge.merge.as_str()).collect();
            ApplyError::NotNow(format!(
                "change set `{}` has no merge `{id}`; it has {} of them{}",
                self.header.change_set,
                self.merges.len(),
                if some.is_empty() { String::new() } else { format!(", such as {}", some.join(", ")) }
            ))
        })
    }
}
