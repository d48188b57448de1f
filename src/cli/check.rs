use super::expand::PassedOver;
use super::{expand, inputs, print};
use crate::config::{self, MapSettings, Settings, SettingsError, SourceSettings, Surroundings};
use crate::error::Error;
use crate::ingest::{self, IngestError};
use crate::map;
use crate::pipeline;
use crate::progress::{Quiet, Silent};
use crate::table::Table;
use std::path::{Path, PathBuf};

/// Check a settings file and tell every problem in it, with its place and a way out
///
/// The files that it names are read too, so that columns they lack are found before a run.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The settings file
    #[arg(value_name = "SETTINGS")]
    file: PathBuf,
    /// Tell the guards too: their limits, beside what the last run measured
    #[arg(long)]
    guards: bool,
}

const AFTER_HELP: &str = "\
Examples:
  alike check alike.toml
  alike check alike.toml && alike run -c alike.toml
  alike check alike.toml --guards           what the guards would say to the last run

Exit codes:
  0  the settings can be used; warnings on stderr say what in them does nothing
  2  there are problems; they are listed on stderr";

/// Everything that is wrong with a settings file and the files it names.
pub(super) fn problems(file: &Path) -> Result<(), SettingsError> {
    config::check(file, &mut Files::default()).map(drop)
}

impl Args {
    /// Checks the file, and the files it names.
    pub fn run(self) -> Result<(), Error> {
        let mut files = Files::default();
        let loaded = config::check(&self.file, &mut files)?;
        let settings = loaded.settings;
        if !files.tables.is_empty() {
            // Sources without names of their own are named by their files, and what a column means depends on its
            // settings: so the tables are mapped as a run would map them.
            let inputs = inputs::named(&[], &settings)?.inputs;
            let mapping = MapSettings::of(inputs.into_iter().map(|input| (input.source, input.settings)))?;
            let data = map::columns(files.tables, &mapping)?;
            pipeline::tell_idle_rules(Some(&loaded.file), &data, &Quiet);
        }
        let sources = match settings.sources.len() {
            0 => "no sources (name files on the command line)".to_string(),
            1 => "1 source".to_string(),
            count => format!("{count} sources"),
        };
        let mapped: usize = settings.sources.iter().map(|source| source.columns.len()).sum();
        let good = format!("{}: good; {sources}, {mapped} columns mapped", self.file.display());
        print(&if self.guards { format!("{good}\n{}", guards(&settings)) } else { good })
    }
}

/// The guards with their limits, and what the last run would say to them.
fn guards(settings: &Settings) -> String {
    let dir = settings.output.history.as_ref().or(settings.output.dir.as_ref());
    let last = dir.and_then(|dir| pipeline::status(Path::new(dir)).ok());
    let title = match &last {
        Some(status) => format!("Guards, by what the last run measured ({}):", status.run.display()),
        None => "Guards (there is no run yet to measure):".to_string(),
    };
    let report = pipeline::dry_guards(&settings.guards, last.as_ref().map(|status| &status.guards));
    let mut lines = vec![title];
    lines.extend(pipeline::guard_lines(&report));
    lines.join("\n")
}

/// The files of the sources, read as a run reads them.
#[derive(Default)]
struct Files {
    tables: Vec<Table>,
}

impl Surroundings for Files {
    fn headings(&mut self, source: &SourceSettings) -> Result<Option<Vec<String>>, String> {
        // What is passed over in folders is told by the run.
        let (sources, _) = expand::sources(std::slice::from_ref(source), &mut PassedOver::default())
            .map_err(|error| error.chain())?;
        // A column must be in each of the files.
        let mut common: Option<Vec<String>> = None;
        for source in &sources {
            let input = inputs::of_source(source).map_err(|error| error.chain())?;
            let read = match ingest::read(&[input], &Silent) {
                // It may stand beside others that have rows.
                Err(IngestError::HeaderOnly { .. }) => continue,
                read => read.map_err(|error| error.to_string())?,
            };
            if let Some(table) = read.tables.first() {
                let mut names: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
                names.retain(|name| common.as_ref().is_none_or(|others| others.contains(name)));
                common = Some(names);
            }
            self.tables.extend(read.tables);
        }
        Ok(common)
    }

    fn related_headings(&mut self, table: &SourceSettings) -> Result<Option<Vec<String>>, String> {
        let input = inputs::of_source(table).map_err(|error| error.chain())?;
        match ingest::read(&[input], &Silent) {
            Err(IngestError::HeaderOnly { .. }) => Ok(None),
            Err(error) => Err(error.to_string()),
            Ok(read) => Ok(read
                .tables
                .first()
                .map(|table| table.columns.iter().map(|column| column.name.clone()).collect())),
        }
    }

    fn model(&mut self, path: &Path) -> Result<(), String> {
        pipeline::load_model(path).map(drop).map_err(|error| error.chain())
    }
}
