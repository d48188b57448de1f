//! What people edited in the page: one line an edit, in a file of the run folder, and what it makes of the tables.

use super::{Problem, ReviewError, Sheet, Sheets};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The file in the run folder.
pub const EDITS: &str = "edits.jsonl";

/// One cell that an edit changes: of `proposals` it is told by the record, of `plan` by the field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellEdit {
    /// The record's source; empty in `plan`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The record's id; empty in `plan`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub record_id: String,
    /// The field, in `plan`; empty in `proposals`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// The column: `decision`, `role`, `comment` or `override`.
    pub column: String,
    /// What stood in the file.
    #[serde(default)]
    pub was: String,
    /// What stands there now.
    #[serde(default)]
    pub is: String,
}

/// What one person made of one proposal. The last edit of a proposal counts, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Its number: 1, 2, 3 … in the file; the version of the proposal.
    pub n: u64,
    /// The proposal.
    pub proposal: String,
    /// Who.
    pub by: String,
    /// When, UTC.
    pub at: String,
    /// What was done, in a word: `merge`, `apart`, `hold`, `split`, `open`, `value`, `survivor`, `comment`, `undo`.
    pub what: String,
    /// The browser window it was done in, so that its own edits can be taken back there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub window: String,
    /// The number of the first edit that was made together with this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<u64>,
    /// The edit that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
    /// Every cell in which the proposal differs from the file after this edit.
    #[serde(default)]
    pub cells: Vec<CellEdit>,
}

/// That decisions of an edit are in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    kept: u64,
    decisions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Kept(Kept),
    Edit(Edit),
}

/// All edits of a run folder.
#[derive(Clone, Debug, Default)]
pub struct Edits {
    /// In the order in which they were made.
    pub all: Vec<Edit>,
    /// Edits whose decisions are in the store: number → ids of the decisions.
    pub kept: BTreeMap<u64, Vec<String>>,
    /// Bytes of the file that are whole lines; what follows was never told as saved.
    whole: u64,
}

impl Edits {
    /// Reads the file of a run folder; none is no edits.
    ///
    /// Errors: it cannot be read, or a line is none of ours.
    pub fn read(dir: &Path) -> Result<Self, ReviewError> {
        let path = dir.join(EDITS);
        match fs::read(&path) {
            Ok(bytes) => Self::of(&path, &bytes),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(cause) => Err(ReviewError::Io { path, cause }),
        }
    }

    fn of(path: &Path, bytes: &[u8]) -> Result<Self, ReviewError> {
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let mut edits = Self { whole: whole as u64, ..Self::default() };
        let lines = bytes[..whole].split(|&byte| byte == b'\n').enumerate();
        for (at, line) in lines.filter(|(_, line)| !line.is_empty()) {
            match serde_json::from_slice(line) {
                Ok(Line::Edit(edit)) => edits.all.push(edit),
                Ok(Line::Kept(kept)) => {
                    edits.kept.insert(kept.kept, kept.decisions);
                }
                Err(cause) => {
                    return Err(ReviewError::NoTable {
                        path: path.to_path_buf(),
                        line: at as u32 + 1,
                        why: format!(
                            "it is no edit of the review page ({cause}); put the line back as it was"
                        ),
                    });
                }
            }
        }
        Ok(edits)
    }

    /// The edit that counts of every proposal, by its place in [`Edits::all`].
    pub fn latest(&self) -> BTreeMap<&str, usize> {
        self.all.iter().enumerate().map(|(at, edit)| (edit.proposal.as_str(), at)).collect()
    }

    /// Puts the edits that count into the tables. Tells cells that were changed in the file, too, and to something else.
    pub fn put_into(&self, sheets: &mut Sheets) {
        let latest = self.latest();
        if latest.is_empty() {
            return;
        }
        let rows = rows_of(&sheets.proposals, &["source", "record_id"], &latest);
        let fields = rows_of(&sheets.plan, &["field"], &latest);
        for (id, at) in latest {
            let edit = &self.all[at];
            for cell in &edit.cells {
                let (sheet, row) = match cell.field.is_empty() {
                    true => {
                        let key = [id, cell.source.as_str(), cell.record_id.as_str()].join("\u{1f}");
                        (&mut sheets.proposals, rows.get(&key))
                    }
                    false => (&mut sheets.plan, fields.get(&[id, cell.field.as_str()].join("\u{1f}"))),
                };
                let Some(&row) = row else {
                    let what = format!("{} has an edit of `{id}`, which has no such row here", EDITS);
                    let way_out = format!("put the row back from a fresh copy, or move {EDITS} away");
                    sheet.problems.push(Problem::of_headings(
                        &sheet.file.clone(),
                        "proposal_id",
                        what,
                        way_out,
                    ));
                    continue;
                };
                let column = sheet.column(&cell.column);
                let filed = sheet.filed(row, column);
                if filed != cell.was && filed != cell.is {
                    let what = format!(
                        "`{filed}` stands in the file, and {} made it `{}` in the page, of `{}`",
                        edit.by, cell.is, cell.was
                    );
                    let way_out = format!("write `{}` or `{}` into the file", cell.was, cell.is);
                    let problem = Problem::at(sheet, row, &cell.column, what, way_out);
                    sheet.problems.push(problem);
                }
                sheet.set(row, column, &cell.is);
            }
        }
    }

    /// What tells these edits from others, for the hash of what was decided.
    pub(super) fn mark(&self) -> String {
        self.latest()
            .values()
            .map(|&at| serde_json::to_string(&self.all[at].cells).unwrap_or_default())
            .collect()
    }
}

/// Rows of proposals that have an edit, by proposal and the cells of these columns.
fn rows_of(sheet: &Sheet, key: &[&str], latest: &BTreeMap<&str, usize>) -> HashMap<String, u32> {
    let mut found = HashMap::new();
    let Some(ids) = sheet.position("proposal_id") else { return found };
    let columns: Vec<usize> = key.iter().filter_map(|name| sheet.position(name)).collect();
    for row in 0..sheet.rows() {
        let id = sheet.filed(row, ids);
        if latest.contains_key(id) {
            let cells = columns.iter().map(|&column| sheet.filed(row, column));
            let parts: Vec<&str> = std::iter::once(id).chain(cells).collect();
            found.insert(parts.join("\u{1f}"), row);
        }
    }
    found
}

/// The file, open for adding to it: held by one server at a time.
pub struct Journal {
    file: File,
    path: PathBuf,
    /// What it holds.
    pub edits: Edits,
}

impl Journal {
    /// Opens the file of a run folder, which is made when it is not there, and cuts off a line that was never finished.
    ///
    /// Errors: another server holds it, the disk refuses, or a line is none of ours.
    pub fn open(dir: &Path) -> Result<Self, ReviewError> {
        let path = dir.join(EDITS);
        let io = |cause| ReviewError::Io { path: path.clone(), cause };
        let mut options = fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ReviewError::Served { dir: dir.to_path_buf() }),
            Err(TryLockError::Error(cause)) => return Err(io(cause)),
        }
        let edits = Edits::read(dir)?;
        file.set_len(edits.whole).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
        // The name is on the disk, too, before anything is told as saved.
        #[cfg(unix)]
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(io)?;
        Ok(Self { file, path, edits })
    }

    /// The number that the next edit gets.
    pub fn next(&self) -> u64 {
        self.edits.all.last().map_or(1, |edit| edit.n + 1)
    }

    /// Adds edits, all or none, and brings them to the disk before it returns.
    ///
    /// Errors: the disk refuses; then the file is as it was.
    pub fn append(&mut self, edits: Vec<Edit>) -> Result<(), ReviewError> {
        let lines: String =
            edits.iter().map(|edit| serde_json::to_string(edit).unwrap_or_default() + "\n").collect();
        self.write(&lines)?;
        self.edits.all.extend(edits);
        Ok(())
    }

    /// Notes that decisions of edits are in the store.
    ///
    /// Errors: the disk refuses.
    pub fn note_kept(&mut self, kept: Vec<(u64, Vec<String>)>) -> Result<(), ReviewError> {
        let line = |(kept, decisions): &(u64, Vec<String>)| {
            let kept = Kept { kept: *kept, decisions: decisions.clone() };
            serde_json::to_string(&kept).unwrap_or_default() + "\n"
        };
        let lines: String = kept.iter().map(line).collect();
        self.write(&lines)?;
        self.edits.kept.extend(kept);
        Ok(())
    }

    fn write(&mut self, lines: &str) -> Result<(), ReviewError> {
        let written = self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_data());
        if let Err(cause) = written {
            // Half a line is cut off, or the next one would follow on it; when even that fails, reading passes over it.
            let _ = self.file.set_len(self.edits.whole);
            let _ = self.file.seek(SeekFrom::End(0));
            return Err(ReviewError::Io { path: self.path.clone(), cause });
        }
        self.edits.whole += lines.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(n: u64, is: &str) -> Edit {
        let cell = CellEdit {
            source: "crm".into(),
            record_id: "1".into(),
            column: "decision".into(),
            is: is.into(),
            ..CellEdit::default()
        };
        Edit { n, proposal: "P-1".into(), by: "anna".into(), cells: vec![cell], ..Edit::default() }
    }

    fn sheets(decision: &str) -> Sheets {
        let text = format!("proposal_id,source,record_id,decision\nP-1,crm,1,{decision}\nP-1,crm,2,\n");
        Sheets {
            proposals: Sheet::of_text("proposals.csv", &text),
            plan: Sheet::of_text("plan.csv", "proposal_id,field,override\n"),
            crosswalk: Sheet::default(),
        }
    }

    #[test]
    fn a_line_that_was_never_finished_is_cut_off() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(dir.path()).unwrap();
        journal.append(vec![edit(1, "merge")]).unwrap();
        drop(journal);
        let path = dir.path().join(EDITS);
        let whole = fs::read(&path).unwrap();
        let mut torn = whole.clone();
        torn.extend_from_slice(b"{\"n\":2,\"prop");
        fs::write(&path, torn).unwrap();
        assert_eq!(Edits::read(dir.path()).unwrap().all, [edit(1, "merge")]);
        let mut journal = Journal::open(dir.path()).unwrap();
        assert_eq!((fs::read(&path).unwrap(), journal.next()), (whole, 2));
        journal.append(vec![edit(2, "reject")]).unwrap();
        journal.note_kept(vec![(2, vec!["D-1".into()])]).unwrap();
        drop(journal);
        let edits = Edits::read(dir.path()).unwrap();
        assert_eq!((edits.all.len(), edits.kept[&2].len()), (2, 1));
    }

    #[test]
    fn a_second_server_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let first = Journal::open(dir.path()).unwrap();
        assert!(matches!(Journal::open(dir.path()), Err(ReviewError::Served { .. })));
        drop(first);
        Journal::open(dir.path()).unwrap();
    }

    #[test]
    fn the_last_edit_counts_and_what_the_file_says_otherwise_is_told() {
        let edits = Edits { all: vec![edit(1, "merge"), edit(2, "reject")], ..Edits::default() };
        for (filed, told) in [("", 0), ("reject", 0), ("hold", 1)] {
            let mut sheets = sheets(filed);
            edits.put_into(&mut sheets);
            assert_eq!(sheets.proposals.problems.len(), told, "{filed}");
            assert_eq!(sheets.proposals.cell(0, 3), "reject");
            let before = sheets.proposals.sha256.clone();
            sheets.proposals.settle(&edits.mark());
            assert_eq!(sheets.proposals.filed(0, 3), "reject");
            assert_eq!(sheets.proposals.sha256 == before, filed == "reject");
        }
    }
}
