use super::Settings;
use super::files::{SettingsFile, Surroundings};
use super::meaning;
use super::problem::{Problem, Problems};
use super::shape;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Settings as they stand in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The checked settings, with paths resolved against the file's folder.
    pub settings: Settings,
    /// The file as it stands, to place in it what is found later; kept in the manifest.
    pub file: SettingsFile,
}

/// Why a settings file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read the settings `{}`: {cause}; `alike init FILES…` writes a settings file", path.display())]
    Read {
        /// The file, as named.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// A profile cannot be read.
    #[error("cannot read the profile `{}`", path.display())]
    Profile {
        /// The file, as named.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// The file says something it should not.
    #[error("{0}")]
    Invalid(Problems),
}

/// Reads settings for a run. Whether the sources exist is for the run to find out: files named on the command line
/// take their place.
pub fn load(path: &Path) -> Result<Loaded, SettingsError> {
    read(path, None)
}

/// Reads settings and also checks that every file they name exists and has the columns they name.
pub fn check(path: &Path, around: &mut dyn Surroundings) -> Result<Loaded, SettingsError> {
    read(path, Some(around))
}

fn read(path: &Path, around: Option<&mut dyn Surroundings>) -> Result<Loaded, SettingsError> {
    let name = path.display().to_string();
    let bytes =
        std::fs::read(path).map_err(|cause| SettingsError::Read { path: path.to_path_buf(), cause })?;
    let text = decode(&name, bytes).map_err(|problem| SettingsError::Invalid(Problems(vec![problem])))?;
    let base = path.parent().unwrap_or(Path::new(""));
    let files = around.map(|around| Files { base, around });
    let mut settings = parse_with(&name, &text, files).map_err(SettingsError::Invalid)?;
    settings.resolve_paths(base);
    Ok(Loaded { settings, file: SettingsFile { name, text } })
}

/// The text of a settings file, without a byte order mark.
fn decode(name: &str, bytes: Vec<u8>) -> Result<String, Problem> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text)),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let shown = String::from_utf8_lossy(error.as_bytes()).into_owned();
            // Up to the first bad byte the text as shown is the text as it stands, so the place is the same.
            let hint = Some("save the settings file as UTF-8".to_string());
            Err(Problem::at(name, &shown, at..at + '\u{fffd}'.len_utf8(), "this is not UTF-8", hint))
        }
    }
}

/// The files that settings name.
pub(super) struct Files<'a> {
    /// The folder that their paths start at.
    pub base: &'a Path,
    /// What is looked up in them.
    pub around: &'a mut dyn Surroundings,
}

/// Settings from text, or every problem in it. `file` names the text in problems. Paths are left as they stand, and
/// the files they name are not looked at.
pub fn parse(file: &str, text: &str) -> Result<Settings, Problems> {
    parse_with(file, text, None)
}

/// Hands the tables of a text that was parsed before to `look`.
pub(super) fn parse_document(text: &str, look: impl FnOnce(&DeTable<'_>)) {
    let (document, _) = DeTable::parse_recoverable(text);
    look(document.get_ref());
}

fn parse_with(file: &str, text: &str, files: Option<Files<'_>>) -> Result<Settings, Problems> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // What was recovered around a syntax error would only give problems that are none.
        return Err(in_order(errors.iter().map(|error| of_toml(file, text, error)).collect()));
    }
    let mut problems = Vec::new();
    let mut report = |span: std::ops::Range<usize>, message: String, hint: Option<String>| {
        problems.push(Problem::at(file, text, span, message, hint));
    };
    shape::check(document.get_ref(), &mut report);
    meaning::check(document.get_ref(), files, &mut report);
    if !problems.is_empty() {
        return Err(in_order(problems));
    }
    toml::from_str(text).map_err(|error| Problems(vec![of_toml(file, text, &error)]))
}

pub(super) fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Problem {
    Problem::at(file, text, error.span().unwrap_or(0..0), error.message(), None)
}

pub(super) fn in_order(mut problems: Vec<Problem>) -> Problems {
    problems.sort_by_key(|problem| (problem.line, problem.column));
    Problems(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files in which nothing can be looked up.
    struct Nothing;

    impl Surroundings for Nothing {
        fn headings(&mut self, _: &crate::config::SourceSettings) -> Result<Option<Vec<String>>, String> {
            Err("nothing there".to_string())
        }
        fn related_headings(
            &mut self,
            _: &crate::config::SourceSettings,
        ) -> Result<Option<Vec<String>>, String> {
            Err("nothing there".to_string())
        }
        fn model(&mut self, _: &Path) -> Result<(), String> {
            Err("no model".to_string())
        }
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        assert_eq!(parse("alike.toml", ""), Ok(Settings::default()));
    }

    #[test]
    fn paths_are_relative_to_the_settings_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alike.toml");
        std::fs::write(&path, "\u{feff}[[source]]\nfile = 'a.csv'\n[output]\ndir = '/out'\n").unwrap();
        let loaded = load(&path).unwrap();
        assert_eq!(Path::new(&loaded.settings.sources[0].file), folder.path().join("a.csv"));
        assert_eq!(loaded.settings.output.dir.as_deref(), Some("/out"));
        let missing = check(&path, &mut Nothing).unwrap_err().to_string();
        assert!(missing.contains(":2:8: there is no file"), "{missing}");
        std::fs::write(folder.path().join("a.csv"), "").unwrap();
        let unreadable = check(&path, &mut Nothing).unwrap_err().to_string();
        assert!(unreadable.contains(":2:8: nothing there"), "{unreadable}");
    }

    #[test]
    fn every_syntax_error_is_told() {
        let problems =
            parse("alike.toml", "[blocking]\nmax_block = \nwithout = [\"a\nmax_block = 1 2\n").unwrap_err();
        assert!(problems.0.len() >= 2, "{problems}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]a-z_.=\"'{}0-9, \\n\\té]{0,80}") {
            if let Err(problems) = parse("f", &text) {
                assert!(!problems.to_string().is_empty());
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_placed() {
        let problem = decode("f", b"a = 1\nb = \"\xe9\"\n".to_vec()).unwrap_err();
        assert_eq!((problem.line, problem.column, problem.width), (2, 6, 1));
    }
}
