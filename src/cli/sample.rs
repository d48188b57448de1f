use super::log::LogArgs;
use super::print;
use crate::config::Format;
use crate::error::Error;
use crate::pipeline;
use crate::progress::{Json, duration};
use crate::sample::{EXPORTS, Options, Sampled};
use clap::ValueEnum;
use std::path::PathBuf;

/// Make contacts: a synthetic export of several systems, with the truth beside it
///
/// Persons, companies, households, colleagues, namesakes and branches of eight countries, written down several times by five
/// systems with their own columns and their own mistakes; to try alike without data of your own, and to measure
/// it. The folder holds exports (a table a system), truth.csv (which records are one entity) and clean.csv (what
/// is true of each). The same rows and seed give the same bytes on every machine.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Rows of all tables together
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    rows: u64,
    /// Another seed gives other contacts
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The folder to make; it must not be there yet, or be empty
    #[arg(short, long, value_name = "DIR", default_value = "alike-sample")]
    out: PathBuf,
    /// Format of the systems' tables; truth and clean values are CSV
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "csv")]
    format: FormatArg,
    /// Threads to use; results do not depend on it [default: all the machine has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    #[command(flatten)]
    pub(super) log: LogArgs,
}

const AFTER_HELP: &str = "\
Examples:
  alike sample                              10,000 rows into alike-sample
  alike sample --rows 1000000 --seed 7 -o big --format parquet

Then, to see how well they are matched:
  alike run alike-sample/exports -o alike-out
  alike evaluate alike-out --truth alike-sample/truth.csv

Exit codes:
  0  the folder is made
  1  it could not be written
  2  the command line is wrong, or something is in the folder already
  5  another process is making the same folder";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    Csv,
    Parquet,
}

impl Args {
    /// How many threads are asked for.
    pub(super) fn threads(&self) -> Option<usize> {
        self.threads.map(usize::from)
    }

    /// Makes the folder and tells what is in it.
    pub fn run(self) -> Result<(), Error> {
        let format = match self.format {
            FormatArg::Csv => Format::Csv,
            FormatArg::Parquet => Format::Parquet,
        };
        let options = Options { rows: self.rows, seed: self.seed, out: self.out, format };
        let (made, seconds) = {
            let sink = self.log.sink();
            pipeline::make_sample(&options, &*sink)?
        };
        if self.log.is_quiet() {
            return Ok(());
        }
        if self.log.is_json() {
            let dir = options.out.display().to_string();
            Json::emit(serde_json::json!({ "event": "done", "out": dir, "seconds": seconds, "made": made }));
            return Ok(());
        }
        print(&told(&made, &options, seconds))
    }
}

fn told(made: &Sampled, options: &Options, seconds: f64) -> String {
    let dir = options.out.display();
    let extension = match options.format {
        Format::Csv => "csv",
        Format::Parquet => "parquet",
    };
    let sources: Vec<String> = made
        .sources
        .iter()
        .map(|(name, rows)| format!("  {dir}/{EXPORTS}/{name}.{extension}: {rows} rows"))
        .collect();
    // Less than a tick of the clock is not divided by.
    let rate = made.rows as f64 / seconds.max(1e-6);
    format!(
        "{}\n  {dir}/truth.csv: which rows are one entity ({} entities, {} true pairs)\n  {dir}/clean.csv: what is true of each\n\
         {} rows in {}, {rate:.0} rows/s\n\n\
         Match them:  alike run {dir}/{EXPORTS} -o alike-out\n\
         Measure it:  alike evaluate alike-out --truth {dir}/truth.csv",
        sources.join("\n"),
        made.entities,
        made.true_pairs,
        made.rows,
        duration(seconds),
    )
}
