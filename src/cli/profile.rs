use super::expand::PassedOver;
use super::log::{Heard, LogArgs};
use super::print;
use super::reading::{ReadArgs, Reading};
use crate::error::Error;
use crate::pipeline::{self, Profiled, RunOptions};
use crate::progress::{Event, Progress};
use crate::report;
use crate::write;
use std::path::{Path, PathBuf};

/// Columns of a terminal that does not tell how many it has.
const USUAL_WIDTH: usize = 100;
/// A table wider than this is harder to read than one whose values are cut.
const WIDEST: usize = 140;

/// Measure the quality of the data in files: what is filled, valid, damaged or doubtful
///
/// Prints a table for people, every column a line, and below it what was found and what to do about it.
/// Nothing is matched and no file is changed.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    read: ReadArgs,
    /// Write quality.json and quality.html to this folder; a name ending in .json or .html is that one file
    #[arg(short, long, value_name = "DIR|FILE")]
    out: Option<PathBuf>,
    /// Tell what changed since an earlier profile: the folder of a run or of `-o`, or a quality.json
    #[arg(long, value_name = "DIR|FILE")]
    against: Option<PathBuf>,
    /// Print the profile as JSON (quality.json) instead of the table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) log: LogArgs,
}

const AFTER_HELP: &str = "\
Examples:
  alike profile contacts.csv
  alike profile crm=export.csv erp=customers.parquet -o quality
  alike profile contacts.csv --against alike-out
  alike profile -c alike.toml --json | jq '.findings[] | select(.severity == \"error\")'

Exit codes:
  0  the profile is printed, and written where asked
  1  writing failed
  2  the command line or the settings are wrong
  3  a file is not there, cannot be read, or is no table
  4  the data breaks a [[quality.rule]] of severity error; the profile is printed and written all the same";

impl Args {
    /// Measures the files.
    pub fn run(self) -> Result<(), Error> {
        let (options, passed_over) = self.options()?;
        let places = self.out.as_deref().map(Places::of).transpose()?;
        let heard = Heard::new(self.log.sink());
        passed_over.tell(&heard);
        let profiled = pipeline::profile_files(&options, &heard)?;
        if let Some(places) = places {
            for (path, text) in places.files(&profiled) {
                write::private_file(path, text)?;
                heard.event(Event::Note(&format!("written to {}", path.display())));
            }
        }
        // The bars are taken down before anything is said.
        drop(heard);
        match self.json {
            true => print(&profiled.json)?,
            false => print(&report::profile_text(&profiled.quality, width()))?,
        }
        // Told after the profile, which shows why.
        Ok(profiled.quality.gate()?)
    }

    fn options(&self) -> Result<(RunOptions, PassedOver), Error> {
        let Reading { inputs, settings, settings_file, entries, passed_over } = self.read.reading()?;
        let options = RunOptions {
            inputs,
            settings,
            out: PathBuf::new(),
            threads: None,
            memory: None,
            settings_file,
            entries,
            against: self.against.clone(),
            wishes: pipeline::StateWishes::default(),
            masked_report: false,
            accept: Vec::new(),
        };
        Ok((options, passed_over))
    }
}

/// Where the profile is written.
struct Places {
    json: Option<PathBuf>,
    page: Option<PathBuf>,
}

impl Places {
    /// What `-o` means. A run folder is left alone: its own `quality.json` belongs to the run.
    fn of(out: &Path) -> Result<Self, Error> {
        let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("json") if !out.is_dir() => return Ok(Self { json: Some(out.into()), page: None }),
            Some("html" | "htm") if !out.is_dir() => {
                return Ok(Self { json: None, page: Some(out.into()) });
            }
            _ => {}
        }
        if out.is_file() {
            return Err(Error::Usage(format!(
                "`{}` is a file; name a folder, or a file that ends in .json or .html",
                out.display()
            )));
        }
        if out.join("manifest.json").exists() {
            return Err(Error::Usage(format!(
                "`{}` is the folder of a run, which has a profile of its own; name another folder with -o",
                out.display()
            )));
        }
        std::fs::create_dir_all(out).map_err(|cause| Error::File { path: out.into(), cause })?;
        Ok(Self { json: Some(out.join("quality.json")), page: Some(out.join("quality.html")) })
    }

    /// The files and what goes into them.
    fn files<'a>(&'a self, profiled: &'a Profiled) -> impl Iterator<Item = (&'a Path, &'a str)> {
        let json = self.json.as_deref().map(|path| (path, profiled.json.as_str()));
        json.into_iter().chain(self.page.as_deref().map(|path| (path, profiled.page.as_str())))
    }
}

/// How many columns the terminal has, as the shell tells it.
fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse::<usize>().ok());
    told.unwrap_or(USUAL_WIDTH).min(WIDEST)
}
