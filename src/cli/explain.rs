use super::print;
use crate::error::Error;
use crate::pipeline::explain_pair;
use std::path::PathBuf;

/// Explain why two records of a run are, or are not, believed to be one
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The run folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// One record: its record id, or SOURCE:ID where ids repeat
    #[arg(value_name = "A")]
    a: String,
    /// The other record
    #[arg(value_name = "B")]
    b: String,
}

const AFTER_HELP: &str = "\
Examples:
  alike explain alike-out C00120 C00348
  alike explain alike-out crm:17 erp:17

Exit codes:
  0  the explanation is printed
  2  the command line is wrong
  3  the folder is no run folder, or has no such record";

impl Args {
    /// Prints the explanation.
    pub fn run(self) -> Result<(), Error> {
        print(&explain_pair(&self.dir, &self.a, &self.b)?)
    }
}
