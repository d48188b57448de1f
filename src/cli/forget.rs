use super::print;
use crate::error::Error;
use crate::pipeline::{self, ForgetOptions};
use std::path::PathBuf;

/// Erase one person from run folders, apply folders and decisions, and prove it
///
/// Erased are: the record's rows, the proposals and plans that it is in, its merges in change sets (they cannot be undone
/// then), judgements and decisions on it, what only it had in golden records and profiles, and as a whole the files that
/// cannot be cut: reports and links. Then every file is searched for the record and its values. What other records hold,
/// too, stays theirs. Exports are never touched. This cannot be taken back.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The person's records
    #[arg(value_name = "SOURCE:ID", required = true, num_args = 1..)]
    keys: Vec<String>,
    /// Run folders and apply folders to erase from; folders in them are looked through, too
    #[arg(long = "in", value_name = "DIR", num_args = 1..)]
    folders: Vec<PathBuf>,
    /// The folder of the decisions
    #[arg(long, value_name = "DIR", required_unless_present = "folders")]
    state: Option<PathBuf>,
    /// Only say what would be erased
    #[arg(long)]
    dry_run: bool,
}

const AFTER_HELP: &str = "\
Examples:
  alike forget crm:C00120 --in alike-out master --state state --dry-run
  alike forget crm:C00120 shop:K0042 --in alike-out master --state state

Exit codes:
  0  it is erased, and nothing of it was found again
  1  a file cannot be read or written
  2  the command line is wrong, or nothing is known of the record
  3  a table cannot be read
  4  something is left; the files are named
  5  another alike is writing decisions";

impl Args {
    /// Erases and says what.
    pub fn run(self) -> Result<(), Error> {
        let Self { keys, folders, state, dry_run } = self;
        print(&pipeline::forget(&ForgetOptions { keys, folders, state, dry_run })?.join("\n"))
    }
}
