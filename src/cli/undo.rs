use super::print;
use crate::error::Error;
use crate::pipeline::{self, UndoOptions};
use std::path::PathBuf;

/// Take back what `alike apply` did: all of it, one merge, or one field
///
/// Without --merge the apply folder is put back as it was before, to the byte; when it was not there before, it is
/// gone. With --merge one merge is taken back in the golden list and the crosswalk as they are now; what has changed
/// since is left as it is, and listed. Each undo is noted in the history beside the folder.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The folder that `alike apply` wrote, or a changeset.jsonl in it
    #[arg(value_name = "CHANGESET")]
    change_set: PathBuf,
    /// Only this merge: its id, P-…, from the crosswalk or the change set
    #[arg(long, value_name = "ID")]
    merge: Option<String>,
    /// Only this field of the merge; its records stay merged
    #[arg(long, value_name = "NAME", requires = "merge")]
    field: Option<String>,
}

const AFTER_HELP: &str = "\
Examples:
  alike undo alike-out/applied
  alike undo alike-out/applied --merge P-0123456789abcdef
  alike undo alike-out/applied --merge P-0123456789abcdef --field phone
  alike undo master/before/changeset.jsonl --merge P-0123456789abcdef    a merge of the apply before the last

Exit codes:
  0  it is undone
  1  writing failed
  2  the command line is wrong; it was undone already; a later apply stands before it; or people changed the folder
  3  there is no change set
  4  the field has another value since, so nothing was changed
  5  another apply or undo is writing the same folder";

impl Args {
    /// Undoes and says what.
    pub fn run(self) -> Result<(), Error> {
        let options = UndoOptions { change_set: self.change_set, merge: self.merge, field: self.field };
        print(&pipeline::undo(&options)?.join("\n"))
    }
}
