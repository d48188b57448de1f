use super::print;
use crate::config;
use crate::error::Error;

/// Print the JSON schema of the settings, for editors that complete and check
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {}

const AFTER_HELP: &str = "\
Examples:
  alike schema > alike.schema.json
  then, as the first line of alike.toml:  #:schema ./alike.schema.json

Exit codes:
  0  the schema is printed
  2  the command line is wrong";

impl Args {
    /// Prints the schema.
    pub fn run(self) -> Result<(), Error> {
        print(&config::json_schema())
    }
}
