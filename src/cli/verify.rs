use super::log::LogArgs;
use super::{inputs, print};
use crate::error::Error;
use crate::pipeline::{self, VerifyOptions, differs};
use std::path::PathBuf;

/// Hold a fresh export against a change set: is everything as planned?
///
/// Merged records must be gone from the export, or marked; survivors must have the values that were planned. Values
/// that differ only in case, blanks or punctuation are counted, and are no differences; time stamps are not looked at.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The folder that `alike apply` wrote, or a changeset.jsonl
    #[arg(value_name = "CHANGESET")]
    change_set: PathBuf,
    /// Fresh exports; SOURCE=FILE names the source as the run did
    #[arg(value_name = "FILES", required = true)]
    files: Vec<String>,
    /// How the system marks records that were merged [default: the field `deleted` is filled, and was not so before]
    #[arg(long, value_name = "COLUMN=VALUE")]
    marked: Option<String>,
    /// Write all differences to a CSV file
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) log: LogArgs,
}

const AFTER_HELP: &str = "\
Examples:
  alike verify alike-out/applied crm=crm-after.csv
  alike verify alike-out/applied crm=crm-after.csv --marked Blocked=All -o differences.csv

Exit codes:
  0  the export is as planned
  1  the differences could not be written
  2  the command line is wrong
  3  there is no change set, or an export cannot be read
  4  something differs; it is listed";

impl Args {
    /// Compares and tells.
    pub fn run(self) -> Result<(), Error> {
        let marked = match self.marked.as_deref().map(|text| text.split_once('=')) {
            None => None,
            Some(Some((column, value))) if !column.is_empty() && !value.is_empty() => {
                Some((column.to_string(), value.to_string()))
            }
            Some(_) => {
                return Err(Error::Usage("--marked is COLUMN=VALUE, as in `--marked Blocked=All`".into()));
            }
        };
        let sink = self.log.sink();
        let options = VerifyOptions {
            change_set: self.change_set.clone(),
            files: inputs::by_source(&self.files)?,
            marked,
            out: self.out.clone(),
        };
        let (told, differences) = pipeline::verify(&options, &*sink)?;
        drop(sink);
        print(&told.join("\n"))?;
        if differences > 0 { Err(differs(differences)) } else { Ok(()) }
    }
}
