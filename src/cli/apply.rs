use super::inputs;
use super::log::LogArgs;
use super::print;
use crate::audit::AuditError;
use crate::error::Error;
use crate::package::System;
use crate::pipeline::{self, ApplyOptions};
use crate::progress::{Json, Progress};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;

/// Merge what the plan of a run folder says, as you edited it
///
/// Reads `proposals` and `plan` back, checks every cell, reads the exports again, and writes the golden list, the
/// crosswalk of every record and a change set by which all of it can be undone. Groups whose records changed since
/// the run are held back. Your exports and the run's own files are not touched.
///
/// In `proposals.csv`, column `decision`: merge (or approve), reject (or keep_apart), hold, out (this record is
/// another), group:1, group:2 ... (split), or nothing: then the lane decides, `auto` merges and the others wait. Column
/// `role`: the survivor. In `plan.csv`, column `override`: the value to take instead, or (empty).
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The run folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Check everything and print the same summary, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// The folder to write; an earlier apply in it is kept, and continued [default: DIR/applied]
    #[arg(short, long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Files to read instead of those of the run, such as fresh exports; SOURCE=FILE names the source
    #[arg(long, value_name = "FILES", num_args = 1..)]
    inputs: Vec<String>,
    /// Import files for the systems that the records came from, in FOLDER/packages; may be given several times
    #[arg(long = "package", value_name = "NAME", num_args = 1.., value_delimiter = ',',
          value_parser = PossibleValuesParser::new(System::ALL.map(System::name)).map(|name| System::of_name(&name)))]
    packages: Vec<Option<System>>,
    /// The folder of the decisions, where the settings ask for approvals ([review] approvals) [default: that of the run]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    #[command(flatten)]
    pub(super) log: LogArgs,
}

const AFTER_HELP: &str = "\
Examples:
  alike apply alike-out --dry-run           what would be merged, and every mistake in the edited plan
  alike apply alike-out                     merge; the result is in alike-out/applied
  alike apply alike-out -o master           continue the crosswalk of earlier applies in the folder master
  alike apply alike-out --inputs crm=today.csv
  alike apply alike-out --package business-central   and files that bring the merges back into Business Central

Exit codes:
  0  the apply folder is written; with --dry-run: it could be
  1  writing failed, or a sum or a value does not hold (a mistake in alike)
  2  the command line is wrong, the edited plan has mistakes (each is told with file, line and column), or the
     folder at -o is not replaced because it is somebody's work
  3  the folder is no run folder, or an export cannot be read again
  4  the settings ask for an audit of what is sure, and it is not there (alike audit): nothing of the lane auto is merged;
     what people decided is, when there is any; or the folder is that of a run that guards stopped
  5  another apply is writing the same folder";

impl Args {
    /// The systems that were named, each once, in their order.
    fn systems(&self) -> Vec<System> {
        let mut systems: Vec<System> = self.packages.iter().flatten().copied().collect();
        systems.sort_unstable();
        systems.dedup();
        systems
    }

    /// Applies.
    pub fn run(self) -> Result<(), Error> {
        let sink = self.log.sink();
        let options = ApplyOptions {
            dir: self.dir.clone(),
            out: self.out.clone(),
            inputs: inputs::by_source(&self.inputs)?,
            dry_run: self.dry_run,
            packages: self.systems(),
            state: self.state.clone(),
        };
        let outcome = pipeline::apply(&options, &*sink)?;
        let refused = outcome.refused.clone();
        self.tell(sink, &options, &outcome)?;
        // What people decided is merged; that the rest is not must be heard by a scheduler, too.
        refused.map_or(Ok(()), |why| Err(AuditError::NotMet(why).into()))
    }

    fn tell(
        &self,
        sink: Box<dyn Progress>,
        options: &ApplyOptions,
        outcome: &pipeline::ApplyOutcome,
    ) -> Result<(), Error> {
        // The bars are taken down before anything is said.
        drop(sink);
        if self.log.is_quiet() {
            return Ok(());
        }
        if self.log.is_json() {
            Json::emit(serde_json::json!({
                "event": "done",
                "written": !options.dry_run,
                "counts": outcome.tally,
                "summary": outcome.sums.iter().chain(&outcome.next).collect::<Vec<_>>(),
            }));
            return Ok(());
        }
        print(&outcome.text())
    }
}
