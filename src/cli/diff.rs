use super::{print, write_file};
use crate::error::Error;
use crate::pipeline;
use crate::report;
use std::path::PathBuf;

/// Tell what is different between two run folders: groups, golden values, counts and quality
///
/// New, grown, shrunk, split, merged, resolved and reopened groups, decisions that wait, golden values that changed, and
/// the trend of counts and quality. Records are known by source and record id; the folders may be of CSV or Parquet.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The earlier run folder
    #[arg(value_name = "RUN_A")]
    before: PathBuf,
    /// The later run folder
    #[arg(value_name = "RUN_B")]
    after: PathBuf,
    /// Write it as one page, too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write it as JSON, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  alike diff yesterday today
  alike diff yesterday today --html changes.html --json changes.json
  alike run contacts.csv -o today --against yesterday   writes both into the run folder

Exit codes:
  0  the difference is told, whatever it is
  1  a file could not be written
  3  a folder is no run folder, or cannot be read";

impl Args {
    /// Compares.
    pub fn run(self) -> Result<(), Error> {
        let differing = pipeline::difference(&self.before, &self.after)?;
        if let Some(path) = &self.html {
            write_file(path, &differing.page)?;
        }
        if let Some(path) = &self.json {
            write_file(path, &differing.json)?;
        }
        print(&report::diff_text(&differing.diff))
    }
}
