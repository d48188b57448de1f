use super::expand::{self, PassedOver};
use crate::config::{Settings, SourceSettings};
use crate::error::Error;
use crate::ingest::{Input, STDIN};
use std::path::{Path, PathBuf};

/// What a command reads.
#[derive(Debug)]
pub struct Named {
    /// The files, folders and patterns resolved.
    pub inputs: Vec<Input>,
    /// For each the position of the source in the settings whose settings it takes, if any.
    pub entries: Vec<Option<usize>>,
    /// What a person should know: files passed over, settings not used.
    pub passed_over: PassedOver,
}

/// The inputs of a command: the files of the command line, else the sources of the settings; both may be folders and
/// patterns.
pub fn named(files: &[String], settings: &Settings) -> Result<Named, Error> {
    if files.is_empty() {
        let mut passed_over = PassedOver::default();
        let (sources, from) = expand::sources(&settings.sources, &mut passed_over)?;
        let inputs = resolve(&[], &Settings { sources, ..settings.clone() })?;
        return Ok(Named { inputs, entries: from.into_iter().map(Some).collect(), passed_over });
    }
    let (files, mut passed_over) = expand::arguments(files)?;
    let inputs = resolve(&files, settings)?;
    passed_over.notes.extend(unused(&inputs, settings));
    let entries = files.iter().map(|file| entry(file, settings)).collect();
    Ok(Named { inputs, entries, passed_over })
}

/// The inputs of a run: the files of the command line, else the sources of the settings.
///
/// A file of the command line takes the settings of the source with the same name or the same file.
fn resolve(files: &[String], settings: &Settings) -> Result<Vec<Input>, Error> {
    let inputs: Vec<Input> = if files.is_empty() {
        settings.sources.iter().map(of_source).collect::<Result<_, _>>()?
    } else {
        files.iter().map(|file| from_argument(file, settings)).collect()
    };
    if inputs.is_empty() {
        let way_out = "name files, as in `alike run contacts.csv`, or a settings file with sources, as in `alike run -c alike.toml`";
        return Err(Error::Usage(format!("nothing to read: {way_out}")));
    }
    for (at, input) in inputs.iter().enumerate() {
        if input.path == Path::new(STDIN) && inputs[..at].iter().any(|other| other.path == input.path) {
            return Err(Error::Usage("`-` is named twice; the standard input can be read once".into()));
        }
        if input.path.as_os_str().is_empty() {
            return Err(Error::Usage(
                "the name of a file is empty; name files as in `alike run contacts.csv`".into(),
            ));
        }
        let is_twice = |other: &&Input| other.source == input.source && is_same(&other.path, &input.path);
        if inputs[..at].iter().any(|other| is_twice(&other)) {
            let file = input.path.display();
            return Err(Error::Usage(format!("`{file}` is named twice; name it once")));
        }
        if let Some(other) = inputs[..at].iter().find(|other| other.source == input.source) {
            return Err(Error::Usage(format!(
                "two sources are named `{name}`: `{}` and `{}`; give one another name, as in `{name}2={}`",
                other.path.display(),
                input.path.display(),
                input.path.display(),
                name = input.source,
            )));
        }
    }
    Ok(inputs)
}

/// Files of the command line by the source they stand for: `SOURCE=FILE`, or the file's name without its ending.
///
/// Errors: a source is named twice.
pub fn by_source(files: &[String]) -> Result<Vec<(String, PathBuf)>, Error> {
    let mut named: Vec<(String, PathBuf)> = Vec::new();
    for argument in files {
        let (name, path) = split(argument);
        let path = PathBuf::from(path);
        let source = name.map_or_else(|| stem(&path), str::to_string);
        if named.iter().any(|(other, _)| *other == source) {
            return Err(Error::Usage(format!("source `{source}` is named twice; name one file for it")));
        }
        named.push((source, path));
    }
    Ok(named)
}

/// Warnings of files that are read more than once under several names: each of their records will be its own duplicate.
pub fn repeated(inputs: &[Input]) -> Vec<String> {
    let of = |(at, input): (usize, &Input)| {
        let other = inputs[..at].iter().find(|other| is_same(&other.path, &input.path))?;
        Some(format!(
            "sources `{}` and `{}` are the same file `{}`: every record in it will have a duplicate",
            other.source,
            input.source,
            input.path.display()
        ))
    };
    inputs.iter().enumerate().filter_map(of).collect()
}

/// Notes on sources of the settings that have something to say but no file of the command line to say it of:
/// mostly a name that was forgotten.
fn unused(inputs: &[Input], settings: &Settings) -> Vec<String> {
    let has_input = |source: &SourceSettings| {
        let name = source.name.clone().unwrap_or_else(|| stem(Path::new(&source.file)));
        inputs.iter().any(|input| input.source == name || is_same(&input.path, Path::new(&source.file)))
    };
    let is_bare = |source: &SourceSettings| {
        let SourceSettings { file, name, .. } = source.clone();
        *source == SourceSettings { file, name, ..Default::default() }
    };
    let silent = settings.sources.iter().filter(|source| !is_bare(source) && !has_input(source));
    silent
        .map(|source| {
            let name = source.name.clone().unwrap_or_else(|| stem(Path::new(&source.file)));
            format!(
                "the settings of source `{name}` are not used: no file is named `{name}`, as in `{name}=FILE`"
            )
        })
        .collect()
}

/// The input that a source of the settings is.
pub fn of_source(source: &SourceSettings) -> Result<Input, Error> {
    let path = PathBuf::from(&source.file);
    if source.file.is_empty() {
        let Some(name) = source.name.as_deref().filter(|name| !name.is_empty()) else {
            let message = "a source of the settings names no file; add `file = \"contacts.csv\"` to it";
            return Err(Error::Usage(message.to_string()));
        };
        return Err(Error::Usage(format!(
            "source `{name}` of the settings names no file; name it, as in `alike run {name}=contacts.csv`"
        )));
    }
    let name = source.name.clone().unwrap_or_else(|| stem(&path));
    Ok(Input { path, source: name, settings: source.clone() })
}

fn from_argument(argument: &str, settings: &Settings) -> Input {
    let (name, path) = split(argument);
    let path = PathBuf::from(path);
    let mut own =
        entry(argument, settings).map_or_else(SourceSettings::default, |at| settings.sources[at].clone());
    let source = name.map(str::to_string).or_else(|| own.name.clone()).unwrap_or_else(|| stem(&path));
    own.file = path.to_string_lossy().into_owned();
    own.name = Some(source.clone());
    Input { path, source, settings: own }
}

/// The source of the settings whose settings a file of the command line takes: the one of the same name, else of the
/// same file.
fn entry(argument: &str, settings: &Settings) -> Option<usize> {
    let (name, path) = split(argument);
    let path = Path::new(path);
    let wanted = name.map_or_else(|| stem(path), str::to_string);
    let same_name = |source: &SourceSettings| source.name.as_ref().is_some_and(|known| *known == wanted);
    let same_file =
        |source: &SourceSettings| !source.file.is_empty() && is_same(Path::new(&source.file), path);
    let sources = &settings.sources;
    sources.iter().position(same_name).or_else(|| sources.iter().position(same_file))
}

/// `NAME=FILE` or `FILE`. A file that exists under the whole text is that file: names of exports hold all sorts
/// of characters.
pub fn split(argument: &str) -> (Option<&str>, &str) {
    match argument.split_once('=') {
        Some((name, path))
            if !name.is_empty()
                && !path.is_empty()
                && !name.contains(['/', '\\'])
                && !Path::new(argument).exists() =>
        {
            (Some(name), path)
        }
        _ => (None, argument),
    }
}

/// A file's name without its ending, and without that of a compressed file.
fn stem(path: &Path) -> String {
    if path == Path::new(STDIN) {
        return "stdin".to_string();
    }
    const PACKED: [&str; 4] = ["gz", "zst", "zstd", "zip"];
    let is_packed = path
        .extension()
        .is_some_and(|ending| PACKED.iter().any(|packed| ending.eq_ignore_ascii_case(packed)));
    if is_packed
        && let Some(inner) = path.file_stem().map(Path::new).filter(|inner| inner.extension().is_some())
    {
        return stem(inner);
    }
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(file: &str, name: Option<&str>, trust: i32) -> SourceSettings {
        SourceSettings { file: file.into(), name: name.map(Into::into), trust, ..Default::default() }
    }

    #[test]
    fn files_of_the_command_line_keep_the_settings_of_their_source() {
        let sources = vec![source("old/crm.csv", Some("crm"), 1), source("erp.csv", None, 2)];
        let settings = Settings { sources, ..Default::default() };
        let files = ["crm=new/crm.csv", "erp.csv", "other.csv"].map(str::to_string);
        let inputs = resolve(&files, &settings).unwrap();
        let seen: Vec<_> = inputs
            .iter()
            .map(|input| (input.source.as_str(), input.path.to_str(), input.settings.trust))
            .collect();
        assert_eq!(
            seen,
            [("crm", Some("new/crm.csv"), 1), ("erp", Some("erp.csv"), 2), ("other", Some("other.csv"), 0)]
        );
    }

    #[test]
    fn files_know_the_source_whose_settings_they_take() {
        let sources = vec![source("old/crm.csv", Some("crm"), 1), source("erp.csv", None, 2)];
        let settings = Settings { sources, ..Default::default() };
        let files = ["erp.csv", "other.csv", "crm=new/crm.csv"].map(str::to_string);
        assert_eq!(named(&files, &settings).unwrap().entries, [Some(1), None, Some(0)]);
        assert_eq!(named(&[], &settings).unwrap().entries, [Some(0), Some(1)]);
    }

    #[test]
    fn settings_that_no_file_takes_are_told() {
        let sources = vec![source("crm.csv", Some("crm"), 1), source("erp.csv", Some("erp"), 0)];
        let settings = Settings { sources, ..Default::default() };
        let files = ["export.csv".to_string()];
        let notes = unused(&resolve(&files, &settings).unwrap(), &settings);
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].contains("`crm=FILE`"), "{notes:?}");
        let files = ["crm=export.csv".to_string()];
        assert!(unused(&resolve(&files, &settings).unwrap(), &settings).is_empty());
    }

    #[test]
    fn without_files_the_settings_name_them() {
        let settings = Settings { sources: vec![source("a/crm.csv", None, 0)], ..Default::default() };
        let inputs = resolve(&[], &settings).unwrap();
        assert_eq!((inputs[0].source.as_str(), inputs.len()), ("crm", 1));
        assert!(matches!(resolve(&[], &Settings::default()), Err(Error::Usage(_))));
    }

    #[test]
    fn equal_names_are_refused() {
        let files = ["a/crm.csv", "b/crm.csv"].map(str::to_string);
        let error = resolve(&files, &Settings::default()).unwrap_err().to_string();
        assert!(error.contains("as in `crm2=b/crm.csv`"), "{error}");
    }

    #[test]
    fn a_file_that_is_named_twice_is_told() {
        let twice = ["Cargo.toml", "Cargo.toml"].map(str::to_string);
        let error = resolve(&twice, &Settings::default()).unwrap_err().to_string();
        assert_eq!(error, "`Cargo.toml` is named twice; name it once");
        let named = ["a=Cargo.toml", "b=Cargo.toml"].map(str::to_string);
        let warnings = repeated(&resolve(&named, &Settings::default()).unwrap());
        assert!(warnings.len() == 1 && warnings[0].contains("`a` and `b`"), "{warnings:?}");
        assert!(resolve(&[String::new()], &Settings::default()).is_err());
    }

    #[test]
    fn sources_are_named_like_their_files() {
        let names =
            ["a/crm.csv", "crm.2024.csv", "crm.csv.gz", "crm.zip", "crm"].map(|path| stem(Path::new(path)));
        assert_eq!(names, ["crm", "crm.2024", "crm", "crm", "crm"]);
    }

    #[test]
    fn an_equals_sign_may_be_part_of_a_path() {
        assert_eq!(split("crm=a.csv"), (Some("crm"), "a.csv"));
        assert_eq!(split("dir/x=y.csv"), (None, "dir/x=y.csv"));
        assert_eq!(split("=y.csv"), (None, "=y.csv"));
    }
}
