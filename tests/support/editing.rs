//! Editing the plan of a run folder as a person does it in a spreadsheet.

use std::fs;
use std::path::{Path, PathBuf};

/// How a spreadsheet saves a table.
#[derive(Clone, Copy, Debug)]
pub struct Saved {
    pub delimiter: u8,
    pub mark: bool,
    pub line_end: &'static str,
}

/// As the program itself writes.
pub const PLAIN: Saved = Saved { delimiter: b',', mark: false, line_end: "\n" };
/// As Excel does in countries with a decimal comma.
pub const EXCEL: Saved = Saved { delimiter: b';', mark: true, line_end: "\r\n" };

/// A table being edited; cells as they stand in the file.
pub struct Edited {
    path: PathBuf,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Edited {
    pub fn open(path: &Path) -> Self {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
        let mut rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(String::from).collect()).collect();
        let header = rows.remove(0);
        Self { path: path.to_path_buf(), header, rows }
    }

    pub fn at(&self, name: &str) -> usize {
        self.header.iter().position(|heading| heading == name).unwrap_or_else(|| panic!("no column {name}"))
    }

    pub fn get(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.at(column)]
    }

    pub fn set(&mut self, row: usize, column: &str, value: &str) {
        let at = self.at(column);
        self.rows[row][at] = value.to_string();
    }

    /// The rows of which these cells are so.
    pub fn find(&self, cells: &[(&str, &str)]) -> Vec<usize> {
        let is = |row: &usize| cells.iter().all(|(column, value)| self.get(*row, column) == *value);
        (0..self.rows.len()).filter(is).collect()
    }

    /// Ids of proposals in order, each with its rows.
    pub fn proposals(&self) -> Vec<(String, Vec<usize>)> {
        let mut found: Vec<(String, Vec<usize>)> = Vec::new();
        for row in 0..self.rows.len() {
            let id = self.get(row, "proposal_id");
            match found.iter_mut().find(|(known, _)| known == id) {
                Some((_, rows)) => rows.push(row),
                None => found.push((id.to_string(), vec![row])),
            }
        }
        found
    }

    /// Proposals of a lane with so many members.
    pub fn of_lane(&self, lane: &str, members: std::ops::RangeInclusive<usize>) -> Vec<(String, Vec<usize>)> {
        let mut found = self.proposals();
        found.retain(|(_, rows)| self.get(rows[0], "lane") == lane && members.contains(&rows.len()));
        found
    }

    pub fn save(&self) {
        self.save_as(PLAIN);
    }

    pub fn save_as(&self, saved: Saved) {
        let mut writer = csv::WriterBuilder::new().delimiter(saved.delimiter).from_writer(Vec::new());
        writer.write_record(&self.header).unwrap();
        self.rows.iter().for_each(|row| writer.write_record(row).unwrap());
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap().replace('\n', saved.line_end);
        let mark = if saved.mark { "\u{feff}" } else { "" };
        fs::write(&self.path, format!("{mark}{text}")).unwrap();
    }
}

/// Every file of a folder with its bytes, by its path in it.
pub fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, found);
            } else {
                found.push((path.strip_prefix(root).unwrap().to_path_buf(), fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}
