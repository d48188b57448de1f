//! What the tests of the program share: calling it, and reading what it wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

pub mod editing;

mod generator;

/// The program, with an environment that does not change what it says.
pub fn alike() -> assert_cmd::Command {
    let mut command = assert_cmd::Command::cargo_bin("alike").unwrap();
    command.env("COLUMNS", "100").env_remove("RUST_BACKTRACE");
    command
}

/// A file of the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The sample exports, in order of their names.
pub fn samples() -> Vec<PathBuf> {
    ["business_central", "google_contacts", "salesforce_contacts", "webshop"]
        .map(|name| project(&format!("sample-data/exports/{name}.csv")))
        .to_vec()
}

/// A folder for one test.
pub struct Desk(tempfile::TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a file on the desk.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Puts generated contacts on the desk.
    pub fn contacts(&self, name: &str, rows: usize) -> PathBuf {
        let path = self.path(name);
        generator::contacts(&path, rows, 7).unwrap();
        path
    }

    /// The program, called here.
    pub fn alike(&self) -> assert_cmd::Command {
        let mut command = alike();
        command.current_dir(self.0.path());
        command
    }

    /// `alike run FILES -o OUT MORE`, which must succeed.
    pub fn run<P: AsRef<Path>>(&self, out: &str, files: &[P], more: &[&str]) -> Folder {
        let mut command = self.alike();
        command.arg("run").args(files.iter().map(|path| path.as_ref())).args(["-o", out]).args(more);
        let output = command.assert().success().get_output().clone();
        Folder { path: self.path(out), output }
    }

    /// `alike run` on text that is put on the desk as `data.csv`.
    pub fn run_text(&self, content: impl AsRef<[u8]>) -> Folder {
        let file = self.file("data.csv", content);
        self.run("out", &[file], &[])
    }

    /// Names of everything here, hidden files too.
    pub fn names(&self) -> BTreeSet<String> {
        names(self.0.path())
    }
}

/// Names of everything in a folder.
pub fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

/// A run folder and what the run said.
pub struct Folder {
    pub path: PathBuf,
    pub output: Output,
}

impl Folder {
    pub fn table(&self, name: &str) -> Table {
        Table::read(&self.path.join(format!("{name}.csv")))
    }

    pub fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_slice(&self.bytes(&format!("{name}.json"))).unwrap()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path.join(name)).unwrap()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// The manifest without the keys in which equal runs differ.
    pub fn manifest(&self) -> serde_json::Value {
        let mut manifest = self.json("manifest");
        manifest.as_object_mut().unwrap().remove("seconds").unwrap();
        manifest.as_object_mut().unwrap().remove("peak_mib").unwrap();
        // Guards say what they compared with: the run before in the same place.
        manifest.as_object_mut().unwrap().remove("guards").unwrap();
        manifest
    }

    /// Which records are one entity: sets of `source:record_id`, alone ones too.
    pub fn partition(&self, id: &str) -> BTreeSet<BTreeSet<String>> {
        let mut of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in self.table("crosswalk").rows() {
            let record = format!("{}:{}", row["source"], row["record_id"]);
            of.entry(row[id].to_string()).or_default().insert(record);
        }
        of.into_values().collect()
    }

    /// Records per entity, largest first: what does not depend on how records are named.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes: Vec<usize> = self.partition("entity_id").iter().map(BTreeSet::len).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        sizes
    }
}

/// A table of a run folder, with cells as they stand in the file but for the apostrophe before formulas.
#[derive(Debug, PartialEq)]
pub struct Table {
    pub header: Vec<String>,
    pub cells: Vec<Vec<String>>,
}

impl Table {
    pub fn read(path: &Path) -> Self {
        Self::of(&fs::read_to_string(path).unwrap(), b',')
    }

    /// A Parquet table, as the program itself reads it.
    pub fn read_parquet(path: &Path) -> Self {
        let input = alike::ingest::Input {
            path: path.to_path_buf(),
            source: "table".into(),
            settings: Default::default(),
        };
        let read = alike::ingest::read(&[input], &alike::progress::Silent).unwrap();
        let table = &read.tables[0];
        Self {
            header: table.columns.iter().map(|column| column.name.clone()).collect(),
            cells: (0..table.rows)
                .map(|row| (0..table.columns.len()).map(|at| table.cell(at, row).to_string()).collect())
                .collect(),
        }
    }

    pub fn of(text: &str, delimiter: u8) -> Self {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().unwrap().iter().map(String::from).collect();
        let restored = |row: csv::StringRecord| {
            row.iter().map(|cell| alike::write::restore(cell).to_string()).collect::<Vec<String>>()
        };
        let cells = reader.records().map(|row| restored(row.unwrap())).collect();
        Self { header, cells }
    }

    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Rows as heading → cell.
    pub fn rows(&self) -> impl Iterator<Item = BTreeMap<&str, &str>> {
        self.cells
            .iter()
            .map(|row| self.header.iter().map(String::as_str).zip(row.iter().map(String::as_str)).collect())
    }

    /// The cells of a column.
    pub fn column(&self, name: &str) -> Vec<&str> {
        let at = self.header.iter().position(|heading| heading == name).unwrap_or_else(|| {
            panic!("no column {name} in {:?}", self.header);
        });
        self.cells.iter().map(|row| row[at].as_str()).collect()
    }
}
