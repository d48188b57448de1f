use super::{print, write_file};
use crate::error::Error;
use crate::evaluate::measure_dir;
use std::path::{Path, PathBuf};

/// Measure a run against the truth: precision, recall, F1
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The run folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The truth: a row for each record with its id and the entity it belongs to
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
    /// Write the numbers as JSON to a file, or to the standard output instead of the table with `-`
    #[arg(long, value_name = "FILE|-")]
    json: Option<PathBuf>,
    /// The truth's column of record ids
    #[arg(long, value_name = "COLUMN", default_value = "record_id")]
    truth_id: String,
    /// The truth's column of entities
    #[arg(long, value_name = "COLUMN", default_value = "entity_id")]
    truth_entity: String,
}

const AFTER_HELP: &str = "\
Examples:
  alike evaluate alike-out --truth truth.csv
  alike evaluate alike-out --truth truth.csv --truth-entity person --json - | jq .

Exit codes:
  0  the run is measured, whatever the numbers are
  1  the numbers could not be written
  2  the command line is wrong
  3  the folder is no run folder, or the truth cannot be used";

impl Args {
    /// Measures and prints.
    pub fn run(self) -> Result<(), Error> {
        let report = measure_dir(&self.dir, &self.truth, &self.truth_id, &self.truth_entity)?;
        let Some(path) = &self.json else { return print(&report.to_string()) };
        let json = serde_json::to_string_pretty(&report).map_err(std::io::Error::from)? + "\n";
        if path == Path::new("-") {
            return print(&json);
        }
        write_file(path, &json)?;
        print(&report.to_string())
    }
}
