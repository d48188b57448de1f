use super::{print, write_file};
use crate::error::Error;
use crate::pipeline::{MeasureOptions, measure};
use crate::report::evaluation_html;
use std::path::{Path, PathBuf};

/// Measure a run against the truth: precision, recall, F1, and what went wrong
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The run folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The truth: a row for each record with its id and the entity it belongs to; with --golden, the file named there
    /// when none is given
    #[arg(long, value_name = "FILE", required_unless_present = "golden")]
    truth: Option<PathBuf>,
    /// Write the numbers as JSON to a file, or to the standard output instead of the table with `-`
    #[arg(long, value_name = "FILE|-")]
    json: Option<PathBuf>,
    /// Write the numbers as a page, with the reliability of probabilities as a curve
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Explain wrong and missed pairs by cause, and write them to a file (errors.csv when none is named); the run's
    /// inputs are read again
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "errors.csv")]
    errors: Option<PathBuf>,
    /// Hold golden values against what is true of each entity: a row for each entity under the headings of the inputs,
    /// values that are equally right joined by `|`; the run's inputs are read again
    #[arg(long, value_name = "FILE")]
    golden: Option<PathBuf>,
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
  alike evaluate alike-out --truth truth.csv --report evaluation.html
  alike evaluate alike-out --truth truth.csv --errors errors.csv
  alike evaluate alike-out --truth truth.csv --golden clean.csv

Exit codes:
  0  the run is measured, whatever the numbers are
  1  the numbers or the pairs could not be written
  2  the command line is wrong
  3  the folder is no run folder, or the truth cannot be used; with --errors or --golden: an input is gone or changed";

/// Refuses a file that is there and no page: nobody means to lose a table to a report.
fn is_page_or_new(path: &std::path::Path) -> Result<(), Error> {
    let is_page = |text: &[u8]| text.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"<!doctype"));
    match std::fs::read(path) {
        Ok(text) if !is_page(&text) => Err(Error::Usage(format!(
            "`{}` is there already and is no page; name another file for --report",
            path.display()
        ))),
        _ => Ok(()),
    }
}

impl Args {
    /// Measures and prints.
    pub fn run(self) -> Result<(), Error> {
        // One of the two is there, as the command line demands.
        let truth = self.truth.or_else(|| self.golden.clone()).unwrap_or_default();
        let report = measure(&MeasureOptions {
            dir: self.dir,
            truth,
            truth_id: self.truth_id,
            truth_entity: self.truth_entity,
            errors: self.errors.clone(),
            golden: self.golden,
        })?;
        let written = self.errors.as_ref().map_or_else(String::new, |path| {
            format!("\nMissed and wrong pairs are in `{}`, one a row.\n", path.display())
        });
        if let Some(path) = &self.report {
            is_page_or_new(path)?;
            write_file(path, &evaluation_html(&report)?)?;
        }
        let table = format!("{report}{written}");
        let Some(path) = &self.json else { return print(&table) };
        let json = serde_json::to_string_pretty(&report).map_err(std::io::Error::from)? + "\n";
        if path == Path::new("-") {
            return print(&json);
        }
        write_file(path, &json)?;
        print(&table)
    }
}
