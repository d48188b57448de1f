use super::inputs::{self, Named};
use super::log::LogArgs;
use super::reading::ShapeArgs;
use super::{print, write_file};
use crate::config::{Charset, ColumnTemplate, MapSettings, Settings, SourceTemplate, template};
use crate::error::Error;
use crate::ingest::{self, FileFacts, Ingested};
use crate::map::{self, Dataset, Field, MappedColumn, RecordKey};
use crate::pipeline;
use crate::progress::{Event, counted};
use std::path::{Component, Path, PathBuf};

/// How many values of a column are shown: enough to recognise it, few enough for a line.
const SAMPLES: usize = 3;
/// Characters of a value or heading that are shown to people.
const SHOWN: usize = 40;

/// Write a settings file from what is found in files
///
/// It shows every column with the field it is taken for, why, and three of its values, and writes them with every other
/// setting and its meaning.
/// The settings written are those that `alike run` would use without them, so that they change nothing until edited.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Files to look at (CSV, Excel, Parquet, JSON, vCard), folders of them, patterns, or - for the standard input; NAME=FILE names
    /// the source
    #[arg(value_name = "FILES", required = true)]
    files: Vec<String>,
    /// The settings file to write; `-` is the standard output
    #[arg(short, long, value_name = "FILE", default_value = "alike.toml")]
    out: PathBuf,
    /// Write over a settings file that is there
    #[arg(long)]
    force: bool,
    /// Print a JSON array with an object for each column (file, column, field, why, samples) instead of writing settings
    #[arg(long, conflicts_with_all = ["out", "force"])]
    json: bool,
    #[command(flatten)]
    shape: ShapeArgs,
    #[command(flatten)]
    pub(super) log: LogArgs,
}

const AFTER_HELP: &str = "\
Examples:
  alike init contacts.csv
  alike init crm=export.csv erp=customers.csv -o merge.toml
  alike init contacts.csv --json | jq -r '.[] | select(.field == \"ignore\") | .column'

Exit codes:
  0  the settings are written
  1  writing failed
  2  the settings file is there already (see --force), or the command line is wrong
  3  a file is not there, cannot be read, or is no table";

impl Args {
    /// Looks at the files and writes the settings.
    pub fn run(self) -> Result<(), Error> {
        let to_stdout = self.out == Path::new("-");
        if !self.json && !to_stdout && !self.force && self.out.exists() {
            let out = self.out.display();
            return Err(Error::Usage(format!(
                "`{out}` is there already; name another with -o, or use --force"
            )));
        }
        let Named { mut inputs, passed_over, .. } = inputs::named(&self.files, &Settings::default())?;
        self.shape.tell(&mut inputs);
        let sink = self.log.sink();
        passed_over.tell(sink.as_ref());
        let Ingested { tables, files, .. } = ingest::read(&inputs, sink.as_ref())?;
        let settings =
            MapSettings::of(inputs.iter().map(|input| (input.source.clone(), input.settings.clone())))?;
        let data = map::columns(tables, &settings)?;
        pipeline::tell_findings(&data, sink.as_ref());
        if self.json {
            return print(&columns_as_json(&data));
        }
        let folder = if to_stdout { Path::new("") } else { self.out.parent().unwrap_or(Path::new("")) };
        let sources: Vec<SourceTemplate> = (0..data.tables.len())
            .map(|at| SourceTemplate {
                header: !self.shape.no_header,
                sheet: self.shape.sheet.clone(),
                ..source(&data, at, files.get(at), folder)
            })
            .collect();
        let text = template(&sources);
        if to_stdout {
            return print(&text);
        }
        print(&columns_as_text(&data))?;
        write_file(&self.out, &text)?;
        let note = format!("settings written to {}; use them with `alike run -c`", self.out.display());
        sink.event(Event::Note(&note));
        Ok(())
    }
}

/// A JSON array with an object for each column of each file, one a line.
fn columns_as_json(data: &Dataset) -> String {
    let objects = data.tables.iter().zip(&data.mapping).flat_map(|(table, mapping)| {
        mapping.iter().map(|column| {
            let object = serde_json::json!({
                "file": table.path,
                "column": table.columns[column.column].name,
                "field": column.neutral_name(),
                "why": column.why,
                "samples": map::samples(table, column.column, SAMPLES),
            });
            object.to_string()
        })
    });
    format!("[\n{}\n]\n", objects.collect::<Vec<_>>().join(",\n"))
}

/// Every column with what it was taken for, why, and a few of its values, for people.
fn columns_as_text(data: &Dataset) -> String {
    let mut out = String::new();
    for (table, mapping) in data.tables.iter().zip(&data.mapping) {
        let heading = |column: &MappedColumn| shortened(&table.columns[column.column].name);
        let widest = |cells: &mut dyn Iterator<Item = String>| {
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let columns = widest(&mut mapping.iter().map(heading));
        let fields = widest(&mut mapping.iter().map(MappedColumn::neutral_name));
        let (rows, width) = (counted(u64::from(table.rows), "row"), counted(mapping.len() as u64, "column"));
        out.push_str(&format!("{} ({rows}, {width})\n", table.path));
        for column in mapping {
            let (heading, field) = (heading(column), column.neutral_name());
            out.push_str(&format!("  {heading:columns$}  {field:fields$}  {}\n", one_line(&column.why)));
            let samples: Vec<String> =
                map::samples(table, column.column, SAMPLES).iter().map(|value| shortened(value)).collect();
            if !samples.is_empty() {
                out.push_str(&format!("  {:columns$}  {:fields$}  e.g. {}\n", "", "", samples.join(" | ")));
            }
        }
        out.push('\n');
    }
    out
}

/// Text on one line that a terminal may show: control characters become blanks.
fn one_line(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

/// The first part of a heading or value.
fn shortened(text: &str) -> String {
    let mut short: String = one_line(text).chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}

/// What the template says of one source.
fn source(data: &Dataset, at: usize, facts: Option<&FileFacts>, folder: &Path) -> SourceTemplate {
    let table = &data.tables[at];
    let is_text = facts.filter(|facts| facts.format.starts_with("csv"));
    let label = is_text.map(|facts| facts.encoding.clone());
    SourceTemplate {
        // The standard input is named anew in each run.
        file: if table.path == ingest::STDIN {
            String::new()
        } else {
            relative(Path::new(&table.path), folder)
        },
        name: table.source.clone(),
        encoding: label.filter(|label| Charset::of_label(label).is_some()),
        delimiter: is_text.and_then(|facts| facts.delimiter),
        header: true,
        sheet: None,
        id: match &data.keys[at] {
            RecordKey::Column(column) => Ok(table.columns[*column].name.clone()),
            RecordKey::Content(why) => Err(why.clone()),
        },
        columns: data.mapping[at]
            .iter()
            .map(|column| ColumnTemplate {
                heading: table.columns[column.column].name.clone(),
                // Settings can only name the fields that have a name; others are what alike makes of them.
                field: column
                    .field
                    .as_ref()
                    .filter(|id| !matches!(id.field, Field::Other(..)))
                    .map(ToString::to_string),
                why: column.why.clone(),
                samples: map::samples(table, column.column, SAMPLES)
                    .iter()
                    .map(|text| text.to_string())
                    .collect(),
            })
            .collect(),
    }
}

/// A path as seen from the settings file's folder; absolute when the two have nothing in common but the root.
fn relative(path: &Path, folder: &Path) -> String {
    // Links and `..` among folders are followed first: what lies between cannot be seen from names. A link to a file
    // stays: it may lead to another file tomorrow.
    let real = |folder: &Path| match folder.as_os_str().is_empty() {
        true => std::env::current_dir(),
        false => folder.canonicalize().or_else(|_| std::path::absolute(folder)),
    };
    let seen = || {
        let (to, from) = (real(path.parent()?).ok()?.join(path.file_name()?), real(folder).ok()?);
        let shared = to.components().zip(from.components()).take_while(|(one, other)| one == other).count();
        // The root, and on Windows the drive, are components too.
        let named = |part: &Component<'_>| matches!(part, Component::Normal(_));
        to.components().take(shared).any(|part| named(&part)).then_some(())?;
        let up = from.components().skip(shared).map(|_| Component::ParentDir);
        Some(up.chain(to.components().skip(shared)).collect::<PathBuf>())
    };
    if folder.as_os_str().is_empty() || path.is_absolute() {
        return path.to_string_lossy().into_owned();
    }
    let seen = seen().or_else(|| std::path::absolute(path).ok()).unwrap_or_else(|| path.to_path_buf());
    seen.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_settings_file() {
        assert_eq!(relative(Path::new("a.csv"), Path::new("")), "a.csv");
        assert_eq!(relative(Path::new("in/a.csv"), Path::new("in")), "a.csv");
        assert_eq!(relative(Path::new("a.csv"), Path::new("in/deep")), "../../a.csv");
        assert_eq!(relative(Path::new("in/a.csv"), Path::new("out")), "../in/a.csv");
        #[cfg(unix)]
        assert_eq!(relative(Path::new("/data/a.csv"), Path::new("out")), "/data/a.csv");
        // Both are there: `src/..` is the project's folder.
        assert_eq!(relative(Path::new("Cargo.toml"), Path::new("src/../tests")), "../Cargo.toml");
    }
}
