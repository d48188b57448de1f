use super::print;
use crate::config;
use crate::error::Error;
use std::path::PathBuf;

/// Check a settings file and tell every problem in it, with its place and a way out
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The settings file
    #[arg(value_name = "SETTINGS")]
    file: PathBuf,
}

const AFTER_HELP: &str = "\
Examples:
  alike check alike.toml
  alike check alike.toml && alike run -c alike.toml

Exit codes:
  0  the settings can be used
  2  there are problems; they are listed on stderr";

impl Args {
    /// Checks the file.
    pub fn run(self) -> Result<(), Error> {
        let settings = config::check(&self.file)?.settings;
        let sources = match settings.sources.len() {
            0 => "no sources (name files on the command line)".to_string(),
            1 => "1 source".to_string(),
            count => format!("{count} sources"),
        };
        let mapped: usize = settings.sources.iter().map(|source| source.columns.len()).sum();
        print(&format!("{}: good; {sources}, {mapped} columns mapped", self.file.display()))
    }
}
