use super::SourceSettings;
use super::files::{find_heading, heading_hint};
use super::load::Files;
use super::meaning::{exists, text};
use super::shape::Report;
use super::suggest::nearest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// One table whose rows refer to contacts: opportunities, documents, comment lines …
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RelatedSettings {
    /// The file, relative to the settings file.
    #[schemars(example = &"opportunities.csv")]
    pub file: String,
    /// The table's name; the file's stem when left out. The table with references moved is written as `related_NAME`.
    #[schemars(example = &"opportunities")]
    pub name: Option<String>,
    /// Encoding label such as `windows-1252`; detected when left out.
    #[schemars(example = &"windows-1252")]
    pub encoding: Option<String>,
    /// Column separator, one character; detected when left out.
    #[schemars(example = &";")]
    pub delimiter: Option<String>,
    /// The sheet of a workbook to read, by name or by number from 1; the first that holds a table when left out.
    #[schemars(example = &"Sheet1")]
    pub sheet: Option<String>,
    /// The source whose records it refers to; may be left out when there is only one.
    #[schemars(example = &"crm")]
    pub source: Option<String>,
    /// `source_column`, instead of `source`: the column that names the source of the reference row by row.
    pub source_column: Option<String>,
    /// The columns that hold record ids of contacts.
    #[schemars(example = ["Contact No.", "Contact Company No."])]
    pub columns: Vec<String>,
    /// The columns that make the table's key: no two rows may agree in all of them.
    #[schemars(example = ["Contact No.", "Code", "Line No."])]
    pub key: Vec<String>,
    /// What becomes of a row whose key, with the reference moved, is that of another row.
    pub on_conflict: OnConflict,
    /// The column of line numbers, for tables of comment lines: lines that move are numbered behind those that are there.
    #[schemars(example = &"Line No.")]
    pub line_no: Option<String>,
    /// The column of text, for tables of comment lines: lines that move get a line above them that says where they came from.
    #[schemars(example = &"Comment")]
    pub comment: Option<String>,
}

/// What becomes of a row whose key, with the reference moved, is that of another row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnConflict {
    /// It is removed, and listed with all it held.
    Remove,
    /// It moves, and the last key column that holds no reference gets an ending that makes it unique.
    Rename,
    /// It stays as it is, still referring to the merged record, and is listed to be followed up.
    #[default]
    Keep,
}

impl OnConflict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Remove, Self::Rename, Self::Keep];

    /// Its name in settings and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Rename => "rename",
            Self::Keep => "keep",
        }
    }
}

impl RelatedSettings {
    /// The table's name.
    pub fn table_name(&self) -> String {
        let stem = || Path::new(&self.file).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        self.name.clone().or_else(stem).unwrap_or_default()
    }

    /// How the file is read.
    pub fn read_as(&self) -> SourceSettings {
        SourceSettings {
            file: self.file.clone(),
            name: Some(self.table_name()),
            encoding: self.encoding.clone(),
            delimiter: self.delimiter.clone(),
            sheet: self.sheet.clone(),
            ..SourceSettings::default()
        }
    }

    /// The key column that `rename` changes: the last that holds neither a reference, nor its source, nor line numbers.
    pub fn renamed_column(&self) -> Option<&str> {
        let taken = self.columns.iter().chain(&self.source_column).chain(&self.line_no);
        let taken: Vec<&String> = taken.collect();
        self.key.iter().rev().find(|column| !taken.contains(column)).map(String::as_str)
    }
}

/// Characters that file names cannot hold everywhere; a table's name becomes one.
const NOT_IN_NAMES: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

/// Checks what types cannot say of related tables; with `files`, whether these exist and have the columns. Without
/// `sources` the sources come from the command line and cannot be known here.
pub(super) fn check(
    document: &DeTable<'_>,
    sources: &[String],
    mut files: Option<&mut Files<'_>>,
    report: &mut Report<'_>,
) {
    let tables = document.get("related").and_then(|tables| tables.get_ref().as_array());
    let mut names: Vec<String> = Vec::new();
    for value in tables.into_iter().flat_map(|list| list.iter()) {
        let Some(table) = value.get_ref().as_table() else { continue };
        // A table in an array has no place of its own: its first key has.
        let first = table.iter().map(|(key, _)| key.span()).min_by_key(|span| span.start);
        let whole = first.unwrap_or(value.span());
        one(table, whole.clone(), sources, report);
        let file = text(table, "file");
        let named = text(table, "name").or_else(|| file.clone());
        if let Some((_, span)) = named {
            let of = |key| text(table, key).map(|(found, _)| found.to_string());
            let file = of("file").unwrap_or_default();
            let name = RelatedSettings { file, name: of("name"), ..Default::default() }.table_name();
            if name.trim().is_empty() || name.contains(NOT_IN_NAMES) || name.contains(char::is_control) {
                let hint = Some("it becomes the name of a file: use letters and digits".to_string());
                report(span.clone(), format!("a table cannot be named `{name}`"), hint);
            }
            let name = name.to_lowercase();
            if names.contains(&name) {
                let hint = Some("give it another `name`".to_string());
                report(span, format!("a second related table is named `{name}`"), hint);
            }
            names.push(name);
        }
        if let (Some((file, span)), Some(files)) = (file, files.as_deref_mut())
            && exists(file, span.clone(), files, report)
        {
            headings(table, file, span, files, report);
        }
    }
}

/// The texts of a list, with their places.
fn list<'d>(table: &'d DeTable<'_>, key: &str) -> Vec<(&'d str, Range<usize>)> {
    let values = table.get(key).and_then(|value| value.get_ref().as_array());
    values
        .into_iter()
        .flat_map(|list| list.iter())
        .filter_map(|value| Some((value.get_ref().as_str()?, value.span())))
        .collect()
}

fn one(table: &DeTable<'_>, whole: Range<usize>, sources: &[String], report: &mut Report<'_>) {
    if text(table, "file").is_none_or(|(file, _)| file.is_empty()) {
        let hint = Some("for instance `file = \"opportunities.csv\"`".to_string());
        report(whole.clone(), "a related table needs a `file`".to_string(), hint);
    }
    let (columns, key) = (list(table, "columns"), list(table, "key"));
    if columns.is_empty() {
        let hint = Some("for instance `columns = [\"Contact No.\"]`".to_string());
        report(whole, "a related table needs `columns` that refer to contacts".to_string(), hint);
    }
    for found in [&columns, &key] {
        for (at, (name, span)) in found.iter().enumerate() {
            if found[..at].iter().any(|(other, _)| other == name) {
                report(span.clone(), format!("column `{name}` is named twice"), None);
            }
        }
    }
    let source = text(table, "source");
    if let Some((source, span)) = &source
        && !sources.is_empty()
        && !sources.iter().any(|name| name == source)
    {
        let hint = match nearest(source, sources.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("sources here: {}", sources.join(", ")),
        };
        report(span.clone(), format!("no source is named `{source}`"), Some(hint));
    }
    let source_column = text(table, "source_column");
    match (&source, &source_column) {
        (Some(_), Some((_, span))) => {
            let hint = Some("leave one of them out".to_string());
            report(span.clone(), "`source` and `source_column` say the same thing twice".to_string(), hint);
        }
        (None, None) if sources.len() > 1 => {
            if let Some((_, span)) = columns.first() {
                let hint = Some(format!("add `source`; sources here: {}", sources.join(", ")));
                report(span.clone(), "there are several sources; which one do these refer to?".into(), hint);
            }
        }
        _ => {}
    }
    if let (Some(_), Some((_, span))) = (&source_column, columns.get(1)) {
        let hint = Some("one column can name the source of one reference only; use `source`".to_string());
        report(span.clone(), "a second reference beside a `source_column`".to_string(), hint);
    }
    let line_no = text(table, "line_no");
    if let Some((line, span)) = &line_no
        && !key.iter().any(|(name, _)| name == line)
    {
        let hint = Some("add it to `key`".to_string());
        report(span.clone(), format!("`{line}` is no key column, so no line needs another number"), hint);
    }
    if let (Some((_, span)), None) = (text(table, "comment"), &line_no) {
        let hint = Some("add `line_no`, or leave it out".to_string());
        report(span, "`comment` goes with `line_no` only".to_string(), hint);
    }
    if let Some(("rename", span)) = text(table, "on_conflict") {
        let of = |list: &[(&str, Range<usize>)]| list.iter().map(|(name, _)| name.to_string()).collect();
        let settings = RelatedSettings {
            columns: of(&columns),
            key: of(&key),
            source_column: source_column.map(|(name, _)| name.to_string()),
            line_no: line_no.map(|(name, _)| name.to_string()),
            ..Default::default()
        };
        if settings.renamed_column().is_none() {
            let hint = Some("add it to `key`, or use `remove` or `keep`".to_string());
            report(span, "`rename` needs a key column that holds no reference".to_string(), hint);
        }
    }
}

/// Checks that the file has the columns that are named.
fn headings(
    table: &DeTable<'_>,
    file: &str,
    span: Range<usize>,
    files: &mut Files<'_>,
    report: &mut Report<'_>,
) {
    let of = |key| text(table, key).map(|(found, _)| found.to_string());
    let settings = RelatedSettings {
        file: files.base.join(file).to_string_lossy().into_owned(),
        encoding: of("encoding"),
        delimiter: of("delimiter"),
        sheet: match table.get("sheet").map(|value| value.get_ref()) {
            Some(DeValue::String(sheet)) => Some(sheet.to_string()),
            _ => None,
        },
        ..Default::default()
    };
    let found = match files.around.related_headings(&settings.read_as()) {
        Ok(Some(found)) => found,
        Ok(None) => return,
        Err(why) => return report(span, why, None),
    };
    let names: Vec<&str> = found.iter().map(String::as_str).collect();
    let single = ["source_column", "line_no", "comment"].into_iter().filter_map(|key| text(table, key));
    for (wanted, span) in list(table, "columns").into_iter().chain(list(table, "key")).chain(single) {
        if find_heading(names.iter().copied(), wanted).is_none() {
            let message = format!("`{file}` has no column `{wanted}`");
            report(span, message, Some(heading_hint(wanted, &names)));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{OnConflict, parse};

    fn problems(text: &str) -> Vec<(usize, usize, String)> {
        let problems = parse("alike.toml", text).unwrap_err();
        problems.0.into_iter().map(|problem| (problem.line, problem.column, problem.message)).collect()
    }

    #[test]
    fn a_table_is_read() {
        let text = "[[source]]\nfile='crm.csv'\n[[related]]\nfile = 'relations.csv'\nsource = 'crm'\n\
                    columns = ['No']\nkey = ['No', 'Code']\non_conflict = 'rename'\n";
        let settings = parse("alike.toml", text).unwrap();
        let table = &settings.related[0];
        assert_eq!((table.table_name().as_str(), table.on_conflict), ("relations", OnConflict::Rename));
        assert_eq!(table.renamed_column(), Some("Code"));
    }

    #[test]
    fn what_is_wrong_is_placed() {
        let text = "[[source]]\nfile='crm.csv'\n[[source]]\nfile='shop.csv'\n\
                    [[related]]\nname = 'a/b'\n\
                    [[related]]\nfile = 'x.csv'\ncolumns = ['No', 'No']\n\
                    [[related]]\nfile = 'x.csv'\nsource = 'crn'\ncolumns = ['No']\nkey = ['No']\non_conflict = 'rename'\n\
                    line_no = 'Line'\n\
                    [[related]]\nfile = 'y.csv'\nsource = 'crm'\nsource_column = 'S'\ncolumns = ['A', 'B']\ncomment = 'C'\n";
        let found = problems(text);
        let places: Vec<(usize, usize)> = found.iter().map(|(line, column, _)| (*line, *column)).collect();
        assert_eq!(
            places,
            [
                (6, 1),
                (6, 1),
                (6, 8),
                (9, 12),
                (9, 18),
                (11, 8),
                (12, 10),
                (15, 15),
                (16, 11),
                (20, 17),
                (21, 17),
                (22, 11)
            ],
            "{found:#?}"
        );
    }

    #[test]
    fn rename_wants_something_to_rename() {
        let text = "[[related]]\nfile = 'x.csv'\ncolumns = ['No']\nkey = ['No', 'Line']\nline_no = 'Line'\non_conflict = 'rename'\n";
        assert_eq!(
            problems(text),
            [(6, 15, "`rename` needs a key column that holds no reference".to_string())]
        );
    }
}
