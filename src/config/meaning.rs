use super::charset::Charset;
use super::classic;
use super::files::{find_heading, heading_hint};
use super::load::Files;
use super::profile::profiles;
use super::quality;
use super::related;
use super::settings::{NO_PROFILE, SourceSettings};
use super::shape::Report;
use super::suggest::nearest;
use super::survivorship;
use crate::map::{Field, FieldId};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Checks what types cannot say: field names, encodings, separators, names that occur twice, thresholds that
/// contradict each other, and with `files` whether they exist and hold what the settings say of them. Values of a wrong type are passed over:
/// `shape` has told of them.
pub(super) fn check(document: &DeTable<'_>, mut files: Option<Files<'_>>, report: &mut Report<'_>) {
    let sources: Vec<&DeTable<'_>> = document
        .get("source")
        .and_then(|sources| sources.get_ref().as_array())
        .map(|list| list.iter().filter_map(|source| source.get_ref().as_table()).collect())
        .unwrap_or_default();
    for table in &sources {
        source(table, files.as_mut(), report);
    }
    let names = source_names(document, &sources, report);
    country(document, report);
    model(document, files.as_mut(), report);
    search_setup(document, files.as_ref(), report);
    thresholds(document, report);
    survivorship::check(document, &names, report);
    quality::check(document, &names, report);
    related::check(document, &names, files.as_mut(), report);
    classic::check(document, report);
}

pub(super) fn text<'d>(table: &'d DeTable<'_>, key: &str) -> Option<(&'d str, Range<usize>)> {
    let value = table.get(key)?;
    Some((value.get_ref().as_str()?, value.span()))
}

pub(super) fn section<'d, 'i>(document: &'d DeTable<'i>, key: &str) -> Option<&'d DeTable<'i>> {
    document.get(key)?.get_ref().as_table()
}

/// Checks one source by itself.
fn source(table: &DeTable<'_>, files: Option<&mut Files<'_>>, report: &mut Report<'_>) {
    if let Some((profile, span)) = text(table, "profile") {
        if profile.ends_with(".toml") {
            if let Some(files) = files.as_deref() {
                exists(profile, span, files, report);
            }
        } else if profile != NO_PROFILE && !profiles().iter().any(|known| known.name == profile) {
            let known = || profiles().iter().map(|known| known.name.as_str()).chain([NO_PROFILE]);
            let hint = match nearest(profile, known()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!(
                    "a file that ends in `.toml`, or one of {}",
                    known().collect::<Vec<_>>().join(", ")
                ),
            };
            report(span, format!("there is no profile `{profile}`"), Some(hint));
        }
    }
    if let (Some((file, span)), Some(files)) = (text(table, "file"), files)
        && (stands_for_many(file, files) || exists(file, span.clone(), files, report))
    {
        let label = text(table, "encoding").map(|(label, _)| label);
        let delimiter = text(table, "delimiter").map(|(delimiter, _)| delimiter);
        let header = table.get("header").and_then(|value| value.get_ref().as_bool());
        let read_as = SourceSettings {
            file: files.base.join(file).to_string_lossy().into_owned(),
            name: text(table, "name").map(|(name, _)| name.to_string()),
            // What is wrong with these is told below; the file may be readable without.
            encoding: label.filter(|label| is_encoding(label)).map(str::to_string),
            delimiter: delimiter.filter(|delimiter| is_delimiter(delimiter)).map(str::to_string),
            header,
            ..SourceSettings::default()
        };
        match files.around.headings(&read_as) {
            Ok(Some(headings)) => {
                columns_of(table, file, &headings.iter().map(String::as_str).collect::<Vec<_>>(), report);
            }
            Ok(None) => {}
            Err(why) => report(span, why, None),
        }
    }
    if let Some((label, span)) = text(table, "encoding")
        && !is_encoding(label)
    {
        let known = [
            "utf-8",
            "windows-1252",
            "windows-1250",
            "iso-8859-15",
            "cp850",
            "macintosh",
            "utf-16le",
            "utf-16be",
        ];
        let hint = match nearest(label, known) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("for instance {}; leave it out to have it detected", known.join(", ")),
        };
        report(span, format!("unknown encoding `{label}`"), Some(hint));
    }
    if let Some((delimiter, span)) = text(table, "delimiter")
        && !is_delimiter(delimiter)
    {
        let hint = "for instance \";\", \",\", \"|\" or \"\\t\" for a tab; leave it out to have it detected";
        report(span, "a delimiter is one ASCII character, not a quote".to_string(), Some(hint.to_string()));
    }
    if let Some(columns) = section(table, "columns") {
        mapping(columns, text(table, "id").map(|(heading, _)| heading), report);
    }
}

fn is_encoding(label: &str) -> bool {
    Charset::of_label(label).is_some()
}

fn is_delimiter(delimiter: &str) -> bool {
    delimiter.len() == 1 && delimiter.is_ascii() && !matches!(delimiter, "\"" | "\n" | "\r")
}

/// Tells of every column that a source's settings name and that is not among the headings.
pub(super) fn columns_of(table: &DeTable<'_>, file: &str, headings: &[&str], report: &mut Report<'_>) {
    let id = text(table, "id");
    let columns = section(table, "columns").into_iter().flatten();
    let columns = columns.map(|(heading, _)| (heading.get_ref().as_ref(), heading.span()));
    for (wanted, span) in id.into_iter().chain(columns) {
        if find_heading(headings.iter().copied(), wanted).is_none() {
            let message = format!("`{file}` has no column `{wanted}`");
            report(span, message, Some(heading_hint(wanted, headings)));
        }
    }
}

/// Checks the fields that a source's columns are taken for, beside the column that `id` names.
fn mapping(columns: &DeTable<'_>, id: Option<&str>, report: &mut Report<'_>) {
    let mut taken: BTreeMap<FieldId, &str> = BTreeMap::new();
    taken.extend(id.map(|heading| (FieldId::first(Field::Id), heading)));
    let mut in_order: Vec<(&Spanned<_>, &Spanned<DeValue<'_>>)> = columns.iter().collect();
    in_order.sort_by_key(|(heading, _)| heading.span().start);
    for (heading, value) in in_order {
        let Some(name) = value.get_ref().as_str() else { continue };
        match name.parse::<FieldId>() {
            Err(_) => report(value.span(), format!("unknown field `{name}`"), Some(field_hint(name))),
            Ok(field) if id == Some(heading.get_ref()) && field.field != Field::Id => {
                let message = format!("column `{}` is the `id` of this source already", heading.get_ref());
                report(value.span(), message, Some("leave this line out, or name another `id`".to_string()));
            }
            Ok(field) if field.field == Field::Ignore => {}
            // Said twice, and the same.
            Ok(field) if id == Some(heading.get_ref()) && field == FieldId::first(Field::Id) => {}
            Ok(field) => {
                let next = next_of(&field);
                if let Some(first) = taken.insert(field, heading.get_ref()) {
                    let message = format!("`{name}` is taken by column `{first}` of this source already");
                    report(value.span(), message, Some(format!("a second one is `{next}`")));
                }
            }
        }
    }
}

fn next_of(field: &FieldId) -> FieldId {
    FieldId { field: field.field.clone(), nth: field.nth.max(1).saturating_add(1) }
}

pub(super) fn field_hint(name: &str) -> String {
    match nearest(name, Field::ALL.iter().map(Field::name)) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "`ignore` carries a column without comparing it; leave the line out to let alike decide"
            .to_string(),
    }
}

/// The names of all sources, none when they cannot be known; telling of those that occur twice or that have neither file nor name.
fn source_names(document: &DeTable<'_>, sources: &[&DeTable<'_>], report: &mut Report<'_>) -> Vec<String> {
    let whole = document.get("source").map_or(0..0, |list| list.span());
    let mut names: Vec<String> = Vec::new();
    // The files of a pattern name sources that cannot be known here.
    let is_many = |table: &&&DeTable<'_>| {
        !table.contains_key("name") && text(table, "file").is_some_and(|(file, _)| is_pattern(file))
    };
    let has_many = sources.iter().any(|table| is_many(&table));
    for table in sources.iter().filter(|table| !is_many(table)) {
        let stem = |file: &str| Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let named = text(table, "name").map(|(name, span)| (name.to_string(), span, false));
        let by_file = || text(table, "file").and_then(|(file, span)| Some((stem(file)?, span, true)));
        match named.or_else(by_file) {
            Some((name, span, from_file)) => {
                if name.is_empty() {
                    report(span, "a source's name cannot be empty".to_string(), None);
                } else if names.contains(&name) {
                    let message = format!("a second source is named `{name}`");
                    let hint = if from_file {
                        "add `name = \"…\"` to one of them"
                    } else {
                        "give one another name"
                    };
                    report(span, message, Some(hint.to_string()));
                } else {
                    names.push(name);
                }
            }
            None if table.contains_key("file") || table.contains_key("name") => {}
            None => {
                let span = table.iter().map(|(key, _)| key.span()).min_by_key(|span| span.start);
                let hint = Some("add `file = \"…\"`".to_string());
                report(
                    span.unwrap_or(whole.clone()),
                    "a source needs a `file` or a `name`".to_string(),
                    hint,
                );
            }
        }
    }
    if has_many { Vec::new() } else { names }
}

/// Whether a source is a folder or a pattern; whether there are files in it is seen when they are read.
fn stands_for_many(file: &str, files: &Files<'_>) -> bool {
    let path = files.base.join(file);
    path.is_dir() || (is_pattern(file) && !path.exists())
}

fn is_pattern(file: &str) -> bool {
    file.contains(['*', '?', '['])
}

/// Tells of a file that is not there; whether it is.
pub(super) fn exists(file: &str, span: Range<usize>, files: &Files<'_>, report: &mut Report<'_>) -> bool {
    let base = files.base;
    let path = base.join(file);
    let is_there = path.is_file();
    if !is_there {
        let message = if path.is_dir() {
            format!("`{file}` is a folder")
        } else {
            format!("there is no file `{file}`")
        };
        let folder = if base.as_os_str().is_empty() { Path::new(".") } else { base };
        let hint = format!("paths are relative to the settings file's folder, `{}`", folder.display());
        report(span, message, Some(hint));
    }
    is_there
}

fn country(document: &DeTable<'_>, report: &mut Report<'_>) {
    let Some((code, span)) = section(document, "normalize").and_then(|table| text(table, "default_country"))
    else {
        return;
    };
    // The countries that normalizing knows; a code of no country would be taken for none.
    let table =
        include_str!("../normalize/tables/countries.csv").lines().filter(|line| !line.starts_with('#'));
    let mut known = table.skip(1).filter_map(|line| line.split(',').next());
    if !known.any(|known| known.eq_ignore_ascii_case(code)) {
        let hint = "write its two-letter ISO code, such as \"NL\" or \"DE\"".to_string();
        report(span, format!("`{code}` is no country code"), Some(hint));
    }
}

fn model(document: &DeTable<'_>, files: Option<&mut Files<'_>>, report: &mut Report<'_>) {
    let Some(files) = files else { return };
    if let Some((file, span)) = section(document, "matching").and_then(|table| text(table, "model"))
        && exists(file, span.clone(), files, report)
        && let Err(why) = files.around.model(&files.base.join(file))
    {
        report(span, why, None);
    }
}

fn search_setup(document: &DeTable<'_>, files: Option<&Files<'_>>, report: &mut Report<'_>) {
    if let (Some(files), Some((file, span))) =
        (files, section(document, "classic").and_then(|table| text(table, "setup")))
        && !file.is_empty()
    {
        exists(file, span, files, report);
    }
}

/// A threshold that is passed before the one below it can never work as meant.
fn thresholds(document: &DeTable<'_>, report: &mut Report<'_>) {
    let defaults = super::Settings::default();
    let number = |table: &str, key: &str| {
        let value = section(document, table)?.get(key)?;
        let number = match value.get_ref() {
            DeValue::Float(number) => number.as_str().parse::<f64>().ok()?,
            DeValue::Integer(number) => number.as_str().parse::<f64>().ok()?,
            _ => return None,
        };
        Some((number, value.span()))
    };
    let floor = number("matching", "link_floor");
    let join = number("cluster", "join_at");
    let auto = number("cluster", "auto_at");
    let value =
        |given: &Option<(f64, Range<usize>)>, default: f64| given.as_ref().map_or(default, |given| given.0);
    let (floor_at, join_at) =
        (value(&floor, defaults.score.link_floor), value(&join, defaults.cluster.join_at));
    if floor_at > join_at
        && let Some((_, span)) = floor.or(join.clone())
    {
        let message = format!("`matching.link_floor` ({floor_at}) is above `cluster.join_at` ({join_at})");
        report(
            span,
            message,
            Some("links that should join would be thrown away; lower the floor".to_string()),
        );
    }
    let auto_at = value(&auto, defaults.cluster.auto_at);
    if auto_at < join_at
        && let Some((_, span)) = auto.or(join)
    {
        let message = format!("`cluster.auto_at` ({auto_at}) is below `cluster.join_at` ({join_at})");
        report(
            span,
            message,
            Some("every cluster would be merged without asking; raise auto_at".to_string()),
        );
    }
}
