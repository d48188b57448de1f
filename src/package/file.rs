//! The files of packages, and their place in the apply folder.

use super::{Made, System};
use crate::config::Format;
use crate::write::{Cells, Holds, Table, WriteError, head, private_dir, text_sheet, write_new};
use std::collections::HashSet;
use std::fmt::Write;
use std::path::Path;

/// The folder of all packages in an apply folder.
pub const PACKAGES: &str = crate::write::PACKAGES;
/// The file that tells a person what to do with a package.
const NOTES: &str = "README.txt";

/// Rows under a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// The headings.
    pub head: Vec<String>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<String>>,
}

impl Grid {
    pub(super) fn of(head: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self { head: head.iter().map(|name| name.to_string()).collect(), rows }
    }
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Text as it is.
    Text(String),
    /// JSON Lines: one value a line, exactly as it is.
    Lines(Vec<serde_json::Value>),
    /// CSV with a heading; cells that a spreadsheet would run are neutralised.
    Csv(Grid),
    /// A workbook with one sheet of text cells, row by row.
    Workbook {
        /// The name of the sheet.
        sheet: &'static str,
        /// Its rows from the first.
        rows: Vec<Vec<String>>,
    },
}

/// A source whose records are no part of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// Its name.
    pub source: String,
    /// How many records it has.
    pub records: u32,
    /// Why, as a sentence goes on behind its name.
    pub why: String,
}

impl LeftOut {
    /// In words.
    pub fn told(&self) -> String {
        format!("`{}` ({} records) {}", self.source, self.records, self.why)
    }
}

/// The files for one system.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// The system.
    pub system: System,
    /// Paths in the folder of packages, with `/` between their parts, and contents.
    pub files: Vec<(String, Content)>,
    /// How many, of what.
    pub counts: Vec<(usize, &'static str)>,
    left_out: Vec<LeftOut>,
}

impl Package {
    /// A package of what was made for each source; several sources get a folder each.
    pub(super) fn of(system: System, made: Vec<(String, Made)>, left_out: Vec<LeftOut>) -> Self {
        let several = made.len() > 1;
        let mut taken = HashSet::new();
        let mut package = Self { system, files: Vec::new(), counts: Vec::new(), left_out };
        let notes = (NOTES, Content::Text(system.notes().to_string()));
        package.files.push((format!("{}/{}", system.name(), notes.0), notes.1));
        for (source, made) in made {
            let folder = match several {
                true => format!("{}/{}", system.name(), folder_name(&source, &mut taken)),
                false => system.name().to_string(),
            };
            for (name, content) in made.files {
                package.files.push((format!("{folder}/{name}"), content));
            }
            for (count, what) in made.counts {
                match package.counts.iter_mut().find(|(_, known)| *known == what) {
                    Some((sum, _)) => *sum += count,
                    None => package.counts.push((count, what)),
                }
            }
        }
        package
    }

    /// Lines for people: what is in it, and what is not.
    pub fn told(&self) -> Vec<String> {
        let counts: Vec<String> = self.counts.iter().map(|(count, what)| format!("{what} {count}")).collect();
        let mut lines = vec![format!("Package {}: {}", self.system.name(), counts.join(", "))];
        lines.extend(self.left_out.iter().map(|left_out| format!("  left out: {}", left_out.told())));
        lines
    }
}

/// A name for the folder of a source that every file system takes, and no other source has.
fn folder_name(source: &str, taken: &mut HashSet<String>) -> String {
    let safe = |letter: char| if letter.is_alphanumeric() || "-_".contains(letter) { letter } else { '_' };
    let name: String = source.chars().map(safe).take(64).collect();
    let numbered = |n: u32| if n == 1 { name.clone() } else { format!("{name}-{n}") };
    // Case-insensitive file systems are common; the numbers do not run out.
    let free = (1..).map(numbered).find(|name| taken.insert(name.to_lowercase()));
    free.unwrap_or(name)
}

/// Writes packages into the folder of an apply; returns the paths of the files in it, with `/` between their parts.
///
/// Errors: the disk refuses, or a sheet cannot hold what there is.
pub fn write(packages: &[Package], dir: &Path) -> Result<Vec<String>, WriteError> {
    let mut written = Vec::new();
    for (name, content) in packages.iter().flat_map(|package| &package.files) {
        let name = format!("{PACKAGES}/{name}");
        let path = dir.join(&name);
        if let Some(folder) = path.parent() {
            private_dir(folder)?;
        }
        match content {
            Content::Text(text) => write_new(&path, text)?,
            Content::Lines(lines) => {
                let mut text = String::new();
                for line in lines {
                    // Writing to memory cannot fail.
                    let _ = writeln!(text, "{line}");
                }
                write_new(&path, &text)?;
            }
            Content::Csv(grid) => csv(&path, grid)?,
            Content::Workbook { sheet, rows } => text_sheet(&path, sheet, rows)?,
        }
        written.push(name);
    }
    Ok(written)
}

fn csv(path: &Path, grid: &Grid) -> Result<(), WriteError> {
    let names: Vec<(&str, Holds)> = grid.head.iter().map(|name| (name.as_str(), Holds::Text)).collect();
    let rows = |at: usize, out: &mut dyn Cells| {
        grid.rows[at].iter().for_each(|cell| out.text(cell));
        out.end_row();
    };
    let table = Table { head: head(&names), units: grid.rows.len(), rows: &rows };
    let (folder, stem) = (path.parent().unwrap_or(Path::new("")), path.file_stem().unwrap_or_default());
    table.write(folder, &stem.to_string_lossy(), Format::Csv).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_sources_are_safe_and_apart() {
        let mut taken = HashSet::new();
        assert_eq!(folder_name("../crm a", &mut taken), "___crm_a");
        assert_eq!(folder_name("CRM", &mut taken), "CRM");
        assert_eq!(folder_name("crm", &mut taken), "crm-2");
    }
}
