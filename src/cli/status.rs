use super::print;
use crate::config;
use crate::error::Error;
use crate::pipeline::{self, Status};
use std::path::PathBuf;

/// Tell how things stand: the last good run, what waits for a person, how near each guard is to its limit
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The run folder, or the folder of dated ones [default: what the settings say, else alike-out]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The settings that the runs are made with
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Tell it as JSON
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Examples:
  alike status                              of alike-out
  alike status -c alike.toml                of the folder that the settings name
  alike status runs --json                  for another program

Exit codes:
  0  there is a good run
  2  the settings cannot be used
  3  there is no run, or it cannot be read";

impl Args {
    /// Tells how things stand.
    pub fn run(self) -> Result<(), Error> {
        let settings = self.config.as_deref().map(config::load).transpose()?;
        let of_settings = settings.and_then(|loaded| {
            let output = loaded.settings.output;
            output.history.or(output.dir).map(PathBuf::from)
        });
        let dir = self.dir.or(of_settings).unwrap_or_else(|| PathBuf::from(super::run::DEFAULT_DIR));
        let status = pipeline::status(&dir)?;
        if self.json {
            // Values of ours have text keys and finite numbers, so they can be written as JSON.
            return print(&serde_json::to_string_pretty(&status).unwrap_or_default());
        }
        print(&text(&status))
    }
}

fn text(status: &Status) -> String {
    let count = |name: &str| status.counts.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
    let mut lines = vec![
        format!(
            "Last good run: {} ({})",
            status.run.display(),
            status.written.as_deref().unwrap_or("time unknown")
        ),
        format!(
            "  {} records, {} golden records, {} rows in quarantine",
            count("records"),
            count("golden_records"),
            count("quarantined")
        ),
        format!(
            "Waiting for a decision: {} to review, {} on hold",
            status.waiting_review, status.waiting_hold
        ),
    ];
    if let Some((path, tripped)) = &status.stopped {
        lines.push(format!("A run was stopped by guards since; it is in {}:", path.display()));
        lines.extend(tripped.iter().flat_map(|watched| &watched.told).map(|told| format!("  {told}")));
    }
    lines.push(match &status.guards.previous {
        Some(previous) => format!("Guards, compared with {previous}:"),
        None => "Guards, without a run before to compare with:".to_string(),
    });
    lines.extend(pipeline::guard_lines(&status.guards));
    lines.join("\n")
}
