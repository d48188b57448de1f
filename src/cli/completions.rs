use super::{Cli, print};
use crate::error::Error;
use clap::CommandFactory;
use clap_complete::Shell;

/// Print shell completions
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const AFTER_HELP: &str = "\
Examples:
  alike completions bash > ~/.local/share/bash-completion/completions/alike
  alike completions fish > ~/.config/fish/completions/alike.fish

Exit codes:
  0  the completions are printed
  2  there is no such shell";

impl Args {
    /// Prints the completions.
    pub fn run(self) -> Result<(), Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "alike", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}
