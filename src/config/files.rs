//! Settings held against the files they are for.

use super::load::{in_order, parse_document};
use super::meaning::columns_of;
use super::problem::{Problem, Problems};
use super::settings::SourceSettings;
use super::suggest::nearest;
use std::path::Path;

/// A settings file as it was read: what a problem found later is placed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsFile {
    /// The file, as named.
    pub name: String,
    /// Its text, without a byte order mark.
    pub text: String,
}

/// What `check` looks at beside the settings file. Errors are sentences for people.
pub trait Surroundings {
    /// The headings of a source's file, which is there; none when it has nothing but headings.
    fn headings(&mut self, source: &SourceSettings) -> Result<Option<Vec<String>>, String>;
    /// As [`Surroundings::headings`], of a related table.
    fn related_headings(&mut self, table: &SourceSettings) -> Result<Option<Vec<String>>, String>;
    /// Whether the file, which is there, is a model that can be used.
    fn model(&mut self, path: &Path) -> Result<(), String>;
}

/// Position of a column by its heading: exactly, else without regard to case and outer blanks.
pub fn find_heading<'a>(headings: impl Iterator<Item = &'a str> + Clone, wanted: &str) -> Option<usize> {
    let plain = |heading: &str| heading.trim().to_lowercase();
    headings
        .clone()
        .position(|heading| heading == wanted)
        .or_else(|| headings.clone().position(|heading| plain(heading) == plain(wanted)))
}

/// A file that takes the settings of a source.
pub struct SourceFile<'a> {
    /// Position of the `[[source]]` in the settings.
    pub entry: usize,
    /// The file, as named.
    pub path: &'a str,
    /// Its headings.
    pub headings: Vec<&'a str>,
}

/// Every column that the settings name and a file lacks.
pub fn missing_columns(file: &SettingsFile, files: &[SourceFile<'_>]) -> Result<(), Problems> {
    let mut problems = Vec::new();
    parse_document(&file.text, |document| {
        let sources = document.get("source").and_then(|sources| sources.get_ref().as_array());
        for of in files {
            let source = sources.and_then(|list| list.get(of.entry));
            if let Some(source) = source.and_then(|source| source.get_ref().as_table()) {
                columns_of(source, of.path, &of.headings, &mut |span, message, hint| {
                    problems.push(Problem::at(&file.name, &file.text, span, message, hint));
                });
            }
        }
    });
    if problems.is_empty() { Ok(()) } else { Err(in_order(problems)) }
}

/// What to do about a heading that a file lacks.
pub(super) fn heading_hint(wanted: &str, headings: &[&str]) -> String {
    /// Headings listed when none is near: a line full, more hides the answer.
    const LISTED: usize = 12;
    if let Some(near) = nearest(wanted, headings.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    let listed: Vec<String> = headings.iter().take(LISTED).map(|heading| format!("`{heading}`")).collect();
    match headings.len().saturating_sub(LISTED) {
        0 => format!("its columns: {}", listed.join(", ")),
        more => format!("its columns: {} and {more} more", listed.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SettingsFile {
        SettingsFile { name: "alike.toml".to_string(), text: text.to_string() }
    }

    #[test]
    fn headings_are_found_as_people_write_them() {
        let headings = ["No.", "naam", "Naam"];
        assert_eq!(find_heading(headings.into_iter(), "Naam"), Some(2));
        assert_eq!(find_heading(headings.into_iter(), " NO. "), Some(0));
        assert_eq!(find_heading(headings.into_iter(), "No"), None);
    }

    #[test]
    fn every_missing_column_is_placed() {
        let text =
            "[[source]]\nfile = 'a.csv'\nid = 'Nr'\ncolumns = { Plats = 'city', Naam = 'full_name' }\n";
        let missing = |entry: usize, headings: &[&str]| {
            let of = SourceFile { entry, path: "new.csv", headings: headings.to_vec() };
            missing_columns(&file(text), &[of])
        };
        let problems = missing(0, &["Nr.", "Naam", "Plaats"]).unwrap_err();
        assert_eq!(problems.0[0].message, "`new.csv` has no column `Nr`");
        let places: Vec<_> = problems.0.iter().map(|problem| (problem.line, problem.column)).collect();
        assert_eq!(places, [(3, 6), (4, 13)]);
        let hints: Vec<_> = problems.0.iter().flat_map(|problem| problem.hint.as_deref()).collect();
        assert_eq!(hints, ["did you mean `Nr.`?", "did you mean `Plaats`?"]);
        assert_eq!(missing(0, &["Nr", "Naam", "plats "]), Ok(()));
        assert_eq!(missing(7, &[]), Ok(()));
    }
}
