use super::check;
use super::expand::PassedOver;
use super::inputs::{self, Named};
use crate::config::{self, Settings, SettingsError, SettingsFile};
use crate::error::Error;
use crate::ingest::Input;
use std::path::PathBuf;

/// What commands that read tables are told about their files.
#[derive(Debug, clap::Args)]
pub struct ReadArgs {
    /// Files to read (CSV, Excel, Parquet, JSON, vCard), folders of them, patterns, or - for the standard input; NAME=FILE names the
    /// source [default: the sources of the settings]
    #[arg(value_name = "FILES")]
    files: Vec<String>,
    /// Settings to use; the options below go before what they say
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    shape: ShapeArgs,
}

/// What cannot be seen in a file for certain: where its table is, and whether it has headings.
#[derive(Debug, clap::Args)]
pub struct ShapeArgs {
    /// The files have no line of headings: columns are called column_1, column_2 …
    #[arg(long)]
    pub no_header: bool,
    /// The sheet of the workbooks to read, by name or by number from 1 [default: the first that holds a table]
    #[arg(long, value_name = "SHEET")]
    pub sheet: Option<String>,
}

/// What is to be read, and how.
pub struct Reading {
    /// The files, each with the settings of its source.
    pub inputs: Vec<Input>,
    /// The settings, their sources being those of the inputs.
    pub settings: Settings,
    /// The settings file.
    pub settings_file: Option<SettingsFile>,
    /// For each input the entry of the settings it is, where it is one.
    pub entries: Vec<Option<usize>>,
    /// What of it is not read or not used.
    pub passed_over: PassedOver,
}

impl ReadArgs {
    /// What is wrong with the settings, the files they name among it when it is them that would be read.
    fn all_of(&self, few: SettingsError) -> SettingsError {
        match (&self.config, &few) {
            (Some(file), SettingsError::Invalid(_)) if self.files.is_empty() => {
                check::problems(file).err().unwrap_or(few)
            }
            _ => few,
        }
    }

    /// The command line over the settings file over the defaults.
    pub fn reading(&self) -> Result<Reading, Error> {
        let loaded = self.config.as_deref().map(config::load).transpose().map_err(|few| self.all_of(few))?;
        let (mut settings, settings_file) = match loaded {
            Some(loaded) => (loaded.settings, Some(loaded.file)),
            None => (Settings::default(), None),
        };
        let Named { mut inputs, entries, passed_over } = inputs::named(&self.files, &settings)?;
        self.shape.tell(&mut inputs);
        settings.sources = inputs.iter().map(|input| input.settings.clone()).collect();
        Ok(Reading { inputs, settings, settings_file, entries, passed_over })
    }
}

impl ShapeArgs {
    /// Tells every input.
    pub fn tell(&self, inputs: &mut [Input]) {
        for input in inputs {
            if self.no_header {
                input.settings.header = Some(false);
            }
            if self.sheet.is_some() {
                input.settings.sheet.clone_from(&self.sheet);
            }
        }
    }
}
