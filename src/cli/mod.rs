//! The command line: clap lives only here.
//!
//! Input: arguments. Output: one call into the library with checked options, data on stdout, messages on stderr.
//! One file a command, each an `Args` and a `run`.
//!
//! Invariants
//! * The rest of the program never sees clap.
//! * Every flag does what its help says; every help page has examples and tells the exit codes.

mod apply;
mod audit;
mod check;
mod completions;
mod decisions;
mod diff;
mod evaluate;
mod expand;
mod explain;
mod forget;
mod init;
mod inputs;
mod log;
mod man;
mod normalize;
mod profile;
mod reading;
mod review;
mod run;
mod sample;
mod schema;
mod state;
mod status;
mod undo;
mod verify;

use crate::error::Error;
use clap::{Parser, Subcommand};

/// Finds the contacts that are alike, shows what merging them would do, and merges them when you say yes.
#[derive(Debug, Parser)]
#[command(name = "alike", version, after_help = AFTER_HELP, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  alike run contacts.csv                    find duplicates, write a run folder
  alike profile contacts.csv                how good the data is, and what to mend first
  alike init contacts.csv -o alike.toml     write the settings that run would use, to adapt them
  alike run -c alike.toml                   run with these settings
  alike normalize contacts.csv -o clean.csv only clean: normalized columns beside the raw ones
  alike explain alike-out C00120 C00348     why two records are, or are not, one
  alike sample --rows 10000                 make contacts to try it on
  alike review alike-out --import alike-out/proposals.csv   keep what you decided for later runs
  alike audit alike-out                     judge a sample of the sure merges
  alike apply alike-out --dry-run           what would be merged, as you edited the plan
  alike diff yesterday today                what changed between two runs
  alike status                              the last good run, what waits, how near the guards are
  alike undo alike-out/applied              take it back

Exit codes:
  0  done
  1  failed: output could not be written, or a mistake in alike
  2  usage or settings
  3  an input cannot be used
  4  stopped: a guard tripped, the data breaks a rule on its quality, or is not what was planned
  5  another run is writing the same folder";

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    Normalize(normalize::Args),
    Profile(profile::Args),
    Init(init::Args),
    Check(check::Args),
    Explain(explain::Args),
    Review(review::Args),
    Decisions(decisions::Args),
    State(state::Args),
    Audit(audit::Args),
    Diff(diff::Args),
    Apply(apply::Args),
    Undo(undo::Args),
    Verify(verify::Args),
    Forget(forget::Args),
    Evaluate(evaluate::Args),
    Sample(sample::Args),
    Status(status::Args),
    Schema(schema::Args),
    #[command(hide = true)]
    Completions(completions::Args),
    #[command(hide = true)]
    Man(man::Args),
}

impl Cli {
    /// Reads the command line; nothing is left to do when it asks for help or the version, which are printed. A wrong
    /// one is told on stderr and ends the process with exit code 2.
    ///
    /// Errors: help or version cannot be printed.
    pub fn from_command_line() -> Result<Option<Self>, Error> {
        match Self::try_parse() {
            Ok(cli) => Ok(Some(cli)),
            Err(told) if told.use_stderr() => told.exit(),
            Err(told) => {
                // Written and flushed here, for clap passes over a failure.
                use std::io::Write;
                told.print()?;
                std::io::stdout().flush()?;
                Ok(None)
            }
        }
    }

    /// How many threads the command line asks for.
    pub fn threads(&self) -> Option<usize> {
        match &self.command {
            Command::Run(args) => args.threads(),
            Command::Sample(args) => args.threads(),
            _ => None,
        }
    }

    /// Does what the command line asks.
    pub fn run(self) -> Result<(), Error> {
        match self.command {
            Command::Run(args) => args.run(),
            Command::Normalize(args) => args.run(),
            Command::Profile(args) => args.run(),
            Command::Init(args) => args.run(),
            Command::Check(args) => args.run(),
            Command::Explain(args) => args.run(),
            Command::Review(args) => args.run(),
            Command::Decisions(args) => args.run(),
            Command::State(args) => args.run(),
            Command::Audit(args) => args.run(),
            Command::Diff(args) => args.run(),
            Command::Apply(args) => args.run(),
            Command::Undo(args) => args.run(),
            Command::Verify(args) => args.run(),
            Command::Forget(args) => args.run(),
            Command::Evaluate(args) => args.run(),
            Command::Sample(args) => args.run(),
            Command::Status(args) => args.run(),
            Command::Schema(args) => args.run(),
            Command::Completions(args) => args.run(),
            Command::Man(args) => args.run(),
        }
    }

    /// Whether errors are told as JSON lines.
    pub fn speaks_json(&self) -> bool {
        match &self.command {
            Command::Run(args) => args.log.is_json(),
            Command::Normalize(args) => args.log.is_json(),
            Command::Profile(args) => args.log.is_json(),
            Command::Init(args) => args.log.is_json(),
            Command::Sample(args) => args.log.is_json(),
            Command::Review(args) => args.log.is_json(),
            Command::Audit(args) => args.log.is_json(),
            Command::Apply(args) => args.log.is_json(),
            Command::Verify(args) => args.log.is_json(),
            _ => false,
        }
    }
}

/// Writes text to the standard output, with a line end after it.
fn print(text: &str) -> Result<(), Error> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// Writes text to a file, whole or not at all: to a sibling first, then renamed.
fn write_file(path: &std::path::Path, text: &str) -> Result<(), Error> {
    let failed = |cause| Error::File { path: path.to_path_buf(), cause };
    // A pipe or a device is written to and never replaced; nor is a link.
    if std::fs::symlink_metadata(path).is_ok_and(|facts| !facts.is_file()) {
        return std::fs::write(path, text).map_err(failed);
    }
    let mut sibling = path.file_name().unwrap_or_default().to_os_string();
    sibling.push(format!(".{}.tmp", std::process::id()));
    let sibling = path.with_file_name(sibling);
    let written = std::fs::write(&sibling, text).and_then(|()| std::fs::rename(&sibling, path));
    written.map_err(|cause| {
        // The write has failed already; a sibling that cannot be removed either adds nothing to say.
        let _ = std::fs::remove_file(&sibling);
        failed(cause)
    })
}
