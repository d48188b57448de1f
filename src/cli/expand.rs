//! Files of the command line as a person names them: folders, patterns and the standard input too.

use crate::config::SourceSettings;
use crate::error::Error;
use crate::ingest::{self, IngestError};
use crate::progress::{Event, Progress};
use glob::{MatchOptions, glob_with};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Endings of files that are read when their folder is named. What is named by itself is read whatever its ending.
const ENDINGS: [&str; 26] = [
    "csv", "tsv", "tab", "psv", "txt", "asc", "dat", "parquet", "pq", "json", "jsonl", "ndjson", "jcard",
    "vcf", "vcard", "xlsx", "xlsm", "xltx", "xlsb", "xls", "ods", "gz", "gzip", "zst", "zstd", "zip",
];
/// Names listed in one note.
const NAMED: usize = 5;
/// A pattern is matched as shells do it: `*` stops at folders and passes over hidden files.
const AS_SHELLS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// What is not read or not used: what a person may miss, which is a warning, and what nobody will.
#[derive(Debug, Default)]
pub struct PassedOver {
    pub warnings: Vec<String>,
    pub notes: Vec<String>,
}

impl PassedOver {
    /// Tells it.
    pub fn tell(&self, progress: &dyn Progress) {
        self.warnings.iter().for_each(|text| progress.event(Event::Warning(text)));
        self.notes.iter().for_each(|text| progress.event(Event::Note(text)));
    }
}

/// The arguments with each folder and pattern replaced by its files in order of their names, and what was passed over.
///
/// Errors: a folder or pattern without a file, or a name given to several files.
pub fn arguments(arguments: &[String]) -> Result<(Vec<String>, PassedOver), Error> {
    let mut expanded = Vec::with_capacity(arguments.len());
    let mut told = PassedOver::default();
    for argument in arguments {
        let (name, path) = super::inputs::split(argument);
        let Some(found) = files_of(path, &mut told)? else {
            expanded.push(argument.clone());
            continue;
        };
        match (name, found.as_slice()) {
            (None, _) => expanded.extend(named_apart(found)),
            (Some(name), [one]) => expanded.push(format!("{name}={one}")),
            (Some(name), several) => {
                return Err(Error::Usage(format!(
                    "`{path}` stands for {} files, which cannot all be called `{name}`; name them one by one, or without `{name}=`",
                    several.len()
                )));
            }
        }
    }
    Ok((expanded, told))
}

/// The sources of the settings with each folder and pattern replaced by its files, which all have its settings; and for
/// each the position of the source it comes from. What was passed over is added.
///
/// Errors: as in [`arguments`].
pub fn sources(
    settings: &[SourceSettings],
    told: &mut PassedOver,
) -> Result<(Vec<SourceSettings>, Vec<usize>), Error> {
    let (mut expanded, mut from) = (Vec::new(), Vec::new());
    for (at, source) in settings.iter().enumerate() {
        let found = if source.file.is_empty() { None } else { files_of(&source.file, told)? };
        let Some(found) = found else {
            expanded.push(source.clone());
            from.push(at);
            continue;
        };
        if let (Some(name), true) = (&source.name, found.len() > 1) {
            return Err(Error::Usage(format!(
                "`{}` stands for {} files, which cannot all be called `{name}`; leave `name` out of this source of the settings",
                source.file,
                found.len()
            )));
        }
        for file in named_apart(found) {
            let (name, path) = super::inputs::split(&file);
            let name = source.name.clone().or_else(|| name.map(String::from));
            expanded.push(SourceSettings { file: path.to_string(), name, ..source.clone() });
            from.push(at);
        }
    }
    Ok((expanded, from))
}

/// The files of a folder or a pattern; none for anything else.
fn files_of(path: &str, told: &mut PassedOver) -> Result<Option<Vec<String>>, Error> {
    Ok(match () {
        () if Path::new(path).is_dir() => Some(files_of_folder(path, told)?),
        () if is_pattern(path) => Some(files_of_pattern(path, &mut told.warnings)?),
        () => None,
    })
}

fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[']) && !Path::new(path).exists()
}

fn files_of_pattern(pattern: &str, notes: &mut Vec<String>) -> Result<Vec<String>, Error> {
    let wrong = |why: &str| Error::Usage(format!("the pattern `{pattern}` is wrong: {why}"));
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in glob_with(pattern, AS_SHELLS).map_err(|error| wrong(error.msg))? {
        match entry {
            Ok(path) => found.push(path),
            Err(error) => {
                let path = error.path().display().to_string();
                return Err(IngestError::Io { path, cause: error.into() }.into());
            }
        }
    }
    let (files, folders): (Vec<PathBuf>, Vec<PathBuf>) = found.into_iter().partition(|path| !path.is_dir());
    pass_over(&format!("`{pattern}`"), &folders, "folders", notes);
    let files = as_text(files, pattern, notes);
    match files.is_empty() {
        true => Err(IngestError::NoMatch { pattern: pattern.to_string() }.into()),
        false => Ok(files),
    }
}

fn files_of_folder(folder: &str, told: &mut PassedOver) -> Result<Vec<String>, Error> {
    let failed = |cause| IngestError::Io { path: folder.to_string(), cause };
    let mut files = Vec::new();
    let mut others = Vec::new();
    let (mut hidden, mut hidden_tables) = (Vec::new(), Vec::new());
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '~']));
        match () {
            () if is_hidden && !is_lock(&path) && path.is_file() && is_table(&path) => {
                hidden_tables.push(path)
            }
            () if is_hidden => hidden.push(path),
            () if path.is_dir() => folders.push(path),
            () if path.is_file() && is_table(&path) => files.push(path),
            () => others.push(path),
        }
    }
    let of = format!("folder `{folder}`");
    pass_over(&of, &folders, "folders in it", &mut told.warnings);
    pass_over(&of, &hidden_tables, "tables in hidden files", &mut told.warnings);
    pass_over(&of, &hidden, "hidden files", &mut told.notes);
    pass_over(&of, &others, "files that are no tables by their ending or content", &mut told.warnings);
    let files = as_text(files, &of, &mut told.warnings);
    match files.is_empty() {
        true => Err(IngestError::EmptyFolder { path: folder.to_string() }.into()),
        false => Ok(files),
    }
}

/// What Office puts beside a file that is open.
fn is_lock(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$"))
}

/// By its ending, and as far as its beginning shows. What cannot be read is told when it is read.
fn is_table(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
        && !ingest::refusal(path).is_ok_and(|refusal| refusal.is_some())
}

/// Notes what is not read.
fn pass_over(of: &str, paths: &[PathBuf], what: &str, notes: &mut Vec<String>) {
    if paths.is_empty() {
        return;
    }
    let mut names: Vec<String> = paths
        .iter()
        .map(|path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned())
        .collect();
    names.sort();
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    names.truncate(NAMED);
    notes.push(format!("{of}: not read are {what}: {}{more}", names.join(", ")));
}

/// Paths as text, in order; a note on those whose names are no text.
fn as_text(mut paths: Vec<PathBuf>, of: &str, notes: &mut Vec<String>) -> Vec<String> {
    paths.sort();
    let (text, other): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| path.to_str().is_some());
    pass_over(of, &other, "files whose names are no Unicode (rename them)", notes);
    text.into_iter().filter_map(|path| path.to_str().map(String::from)).collect()
}

/// Files of one folder whose names differ only in the ending are sources of names that tell them apart.
fn named_apart(files: Vec<String>) -> Vec<String> {
    let mut taken = HashSet::new();
    let name_of = |file: &str| {
        let path = Path::new(file);
        let text = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        (text(path.file_stem()), text(path.extension()))
    };
    files
        .into_iter()
        .map(|file| {
            let (stem, ending) = name_of(&file);
            if taken.insert(stem.clone()) {
                return file;
            }
            let name = format!("{stem}-{ending}");
            // A third one of the name is told when sources are resolved.
            if taken.insert(name.clone()) { format!("{name}={file}") } else { file }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn expand(text: String) -> Result<(Vec<String>, PassedOver), Error> {
        arguments(&[text])
    }

    #[test]
    fn a_folder_is_its_tables_in_order_of_names() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| dir.path().join(name).display().to_string();
        for (name, text) in [
            ("b.csv", "a\n1\n"),
            ("a.json", "[]"),
            ("a.csv", "a\n1\n"),
            (".hidden.csv", "a\n1\n"),
            (".DS_Store", "x"),
            ("~$a.csv", "a\n1\n"),
            ("notes.md", "# x"),
            ("fake.csv", "%PDF-1.7"),
        ] {
            fs::write(at(name), text).expect("writes to a temporary folder");
        }
        fs::create_dir(at("old")).expect("makes a folder");
        let (files, told) = expand(dir.path().display().to_string()).expect("a folder with files");
        assert_eq!(files, [at("a.csv"), format!("a-json={}", at("a.json")), at("b.csv")]);
        let PassedOver { warnings, notes } = told;
        assert_eq!((warnings.len(), notes.len()), (3, 1), "{warnings:?} {notes:?}");
        assert!(warnings[0].ends_with("old") && warnings[1].ends_with(".hidden.csv"), "{warnings:?}");
        assert!(warnings[2].ends_with("content: fake.csv, notes.md"), "{warnings:?}");
        assert!(notes[0].ends_with(".DS_Store, ~$a.csv"), "{notes:?}");
        assert!(matches!(expand(at("old")), Err(Error::Ingest(IngestError::EmptyFolder { .. }))));
        assert!(matches!(expand(format!("crm={}", dir.path().display())), Err(Error::Usage(_))));
    }

    /// A damaged export would be missed in silence; reading it tells what is wrong.
    #[test]
    fn a_damaged_file_of_a_folder_is_not_passed_over() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| dir.path().join(name).display().to_string();
        let damaged: [(&str, &[u8]); 3] = [
            ("b.csv.gz", b"\x1F\x8B\x08\0\0\0\0\0\0\x03damaged"),
            ("c.xlsx", b"PK\x03\x04 damaged"),
            ("d.csv.zst", b"\x28\xB5\x2F\xFDdamaged"),
        ];
        fs::write(at("a.csv"), "a\n1\n").expect("writes to a temporary folder");
        for (name, bytes) in damaged {
            fs::write(at(name), bytes).expect("writes to a temporary folder");
        }
        let (files, told) = expand(dir.path().display().to_string()).expect("a folder with files");
        assert_eq!(files, ["a.csv", "b.csv.gz", "c.xlsx", "d.csv.zst"].map(at));
        assert!(told.warnings.is_empty() && told.notes.is_empty(), "{told:?}");
        for (name, _) in damaged {
            let input = ingest::Input {
                path: at(name).into(),
                source: "s".into(),
                settings: SourceSettings::default(),
            };
            let error =
                ingest::read(&[input], &crate::progress::Silent).expect_err("it is damaged").to_string();
            assert!(error.contains(name) && error.contains("damaged"), "{error}");
        }
    }

    #[test]
    fn a_pattern_is_its_files_unless_a_file_has_that_name() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| dir.path().join(name).display().to_string();
        for name in ["b1.csv", "a1.csv", "a2.txt", "[x].csv", ".a.csv"] {
            fs::write(at(name), "a\n1\n").expect("writes to a temporary folder");
        }
        let (files, _) = expand(at("*.csv")).expect("matches");
        assert_eq!(files, [at("[x].csv"), at("a1.csv"), at("b1.csv")]);
        assert_eq!(expand(at("[x].csv")).expect("is a file").0, [at("[x].csv")]);
        assert_eq!(
            expand(format!("crm={}", at("a?.txt"))).expect("matches").0,
            [format!("crm={}", at("a2.txt"))]
        );
        assert!(matches!(expand(at("z*.csv")), Err(Error::Ingest(IngestError::NoMatch { .. }))));
        assert!(matches!(expand(at("a***b")), Err(Error::Usage(_))));
    }

    #[test]
    fn sources_of_the_settings_may_be_folders_and_patterns() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| dir.path().join(name).display().to_string();
        for name in ["b.csv", "a.csv", "c.txt"] {
            fs::write(at(name), "a,b\n1,2\n").expect("writes to a temporary folder");
        }
        let source = |file: String, name: Option<&str>| SourceSettings {
            file,
            name: name.map(String::from),
            trust: 7,
            ..SourceSettings::default()
        };
        let settings =
            [source("gone.csv".into(), Some("x")), source(at("*.csv"), None), source(at("c.*"), Some("c"))];
        let (found, from) = sources(&settings, &mut PassedOver::default()).expect("matches");
        assert_eq!(
            found.iter().map(|one| one.file.clone()).collect::<Vec<_>>(),
            ["gone.csv".into(), at("a.csv"), at("b.csv"), at("c.txt")]
        );
        assert_eq!(from, [0, 1, 1, 2]);
        assert!(found.iter().all(|one| one.trust == 7));
        assert_eq!(found[3].name.as_deref(), Some("c"));
        let several = sources(&[source(at("*.csv"), Some("crm"))], &mut PassedOver::default());
        assert!(several.is_err_and(|error| error.to_string().contains("2 files")));
        fs::write(at("notes.md"), "# x").expect("writes to a temporary folder");
        let mut told = PassedOver::default();
        let folder = sources(&[source(dir.path().display().to_string(), None)], &mut told);
        assert_eq!(folder.expect("a folder").0.len(), 3);
        assert!(told.warnings.len() == 1 && told.warnings[0].ends_with("notes.md"), "{told:?}");
    }

    #[test]
    fn other_arguments_stay() {
        for text in ["-", "crm=-", "gone.csv", "", "crm=gone.csv"] {
            assert_eq!(expand(text.to_string()).expect("stays").0, [text]);
        }
    }
}
