use super::{Cli, print};
use crate::error::Error;
use clap::CommandFactory;
use clap_mangen::Man;

/// Print the manual page: of alike, or of one command
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// A command; all of alike when left out
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

const AFTER_HELP: &str = "\
Examples:
  alike man | man -l -
  alike man run > alike-run.1

Exit codes:
  0  the page is printed
  2  there is no such command";

impl Args {
    /// Prints the page.
    pub fn run(self) -> Result<(), Error> {
        let mut all = Cli::command();
        all.build();
        let command = match &self.command {
            None => all,
            Some(name) => {
                let found = all.find_subcommand(name).cloned();
                found.ok_or_else(|| {
                    Error::Usage(format!("there is no command `{name}`; see `alike --help`"))
                })?
            }
        };
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        print(&String::from_utf8_lossy(&page))
    }
}
