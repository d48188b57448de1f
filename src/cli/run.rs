use super::expand::PassedOver;
use super::log::{Heard, LogArgs};
use super::reading::{ReadArgs, Reading};
use super::{inputs, print, write_file};
use crate::budget::{self, Memory};
use crate::config::{Format, Guard, Settings, nearest};
use crate::error::Error;
use crate::guard::Accepted;
use crate::ingest::Input;
use crate::pipeline::{self, Outcome, RunOptions, StateWishes};
use crate::progress::{Event, Json, Progress};
use clap::ValueEnum;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Where a run is written when neither the command line nor the settings say.
pub(super) const DEFAULT_DIR: &str = "alike-out";

/// Find duplicates in files and write what was found to a run folder
///
/// The folder holds merge proposals, golden records, the crosswalk of every record and a report.
/// Nothing outside the run folder is touched. The folder appears whole or not at all.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    read: ReadArgs,
    /// The run folder to write [default: what the settings say, else alike-out]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Format of the tables in the run folder [default: what the settings say, else csv]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<FormatArg>,
    /// Which duplicate search to show: alike's own, or beside it Business Central's, in bc_duplicates.csv and in the
    /// report [default: what the settings say, else alike]
    #[arg(long, value_enum, value_name = "RULES")]
    rules: Option<RulesArg>,
    /// The rules of bc-classic: an export of Business Central's Duplicate Search String Setup (CSV, Excel …)
    /// [default: what the settings say, else its standard setup]
    #[arg(long, value_name = "FILE")]
    setup: Option<PathBuf>,
    /// Tell what changed in the data since an earlier run: its folder, or a quality.json; a [[quality.rule]] with
    /// measure = "drift" can stop the run
    #[arg(long, value_name = "DIR|FILE")]
    against: Option<PathBuf>,
    /// Let a guard of [guards] pass that would stop the run, with the reason, which is kept in the manifest and the report;
    /// may be given several times
    #[arg(long, value_name = "GUARD=REASON", value_parser = accepted)]
    accept: Vec<Accepted>,
    /// The folder of the state: golden ids, decisions of people, the model and what was found go on from run to run
    /// [default: what the settings say, else none]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Train the model anew, and keep it from now on; without, the first run's model is used
    #[arg(long)]
    retrain: bool,
    /// Compare all pairs again with the model that is kept, not only those that changed
    #[arg(long)]
    full: bool,
    /// Write report-masked.html, too: the report with pseudonyms, partial e-mails and telephones and the year of birth in
    /// the stead of the values, for people who must not see everything
    #[arg(long)]
    masked_report: bool,
    /// Write figures of the run as OpenMetrics text, for a collector of such files (its name should end in .prom)
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
    /// Threads to use; results do not depend on it [default: all the machine has]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Memory to use at most, such as 8GiB; past it columns and keys go to files beside the run folder; results do not
    /// depend on it [default: 80 % of what the machine or its container has]
    #[arg(long, value_name = "SIZE", value_parser = budget::parse_size)]
    memory: Option<u64>,
    #[command(flatten)]
    pub(super) log: LogArgs,
}

const AFTER_HELP: &str = "\
Examples:
  alike run contacts.csv
  alike run crm=export.csv erp=customers.parquet -o merged
  alike run exports/ phone=contacts.vcf     all tables of a folder, and cards
  curl -s https://example.com/api/contacts | alike run crm=-
  alike run contacts.xlsx --rules bc-classic --setup search_strings.xlsx
  alike run contacts.csv -o today --against yesterday
  alike run contacts.csv --state state      every night: ids stay, only what changed is compared
  alike run -c alike.toml --accept 'merges=first run after the take-over'
  alike run -c alike.toml --threads 4 --log json 2> run.log

Exit codes:
  0  the run folder is written
  1  writing failed: the run folder, or the standard output
  2  the command line or the settings are wrong
  3  a file is not there, cannot be read, or is no table
  4  the data breaks a [[quality.rule]] of severity error, bc-classic finds too many pairs, or decisions on file
     contradict each other: nothing is written; or a guard of [guards] trips: the run folder stays as it is, and what
     was found is in DIR.stopped, to look at
  5  another run is writing the same folder, or the state";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    Csv,
    Parquet,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum RulesArg {
    /// alike's own search alone
    Alike,
    /// Business Central's duplicate search too, exactly: companies whose search strings agree
    BcClassic,
}

impl Args {
    /// How many threads are asked for.
    pub(super) fn threads(&self) -> Option<usize> {
        self.threads.map(usize::from)
    }

    /// Runs the pipeline.
    pub fn run(self) -> Result<(), Error> {
        let heard = Heard::new(self.log.sink());
        let (options, passed_over) = self.options().inspect_err(|error| self.measure(Err(error), &heard))?;
        passed_over.tell(&heard);
        for warning in inputs::repeated(&options.inputs) {
            heard.event(Event::Warning(&warning));
        }
        let ended = pipeline::run(&options, &heard);
        self.after(&options, ended.as_ref(), &heard);
        let outcome = ended?;
        let mut look_at = heard.warnings();
        // The bars are taken down before anything is said.
        drop(heard);
        look_at.extend(outcome.findings.iter().cloned());
        if self.log.is_quiet() {
            return Ok(());
        }
        if self.log.is_json() {
            Json::emit(serde_json::json!({
                "event": "done",
                "out": options.out.display().to_string(),
                "counts": outcome.counts,
                "sources": outcome.sources,
                "look_at": look_at,
                "summary": outcome.sums.iter().chain(&outcome.next).collect::<Vec<_>>(),
            }));
            return Ok(());
        }
        let apart = if std::io::stdout().is_terminal() { "\n" } else { "" };
        print(&format!("{apart}{}", told(&outcome, &look_at)))
    }

    /// What is left to do when a run has ended, however it ended. That it fails is a warning: the run is what it is.
    fn after(&self, options: &RunOptions, ended: Result<&Outcome, &Error>, heard: &Heard) {
        let output = &options.settings.output;
        if let (Ok(_), Some(history), None) = (ended, &output.history, &self.out) {
            match pipeline::keep_runs(Path::new(history), &options.out, output.keep) {
                Ok(removed) if removed.is_empty() => {}
                Ok(removed) => {
                    let names: Vec<String> = removed.iter().map(|path| path.display().to_string()).collect();
                    heard.event(Event::Note(&format!(
                        "old runs removed ([output] keep): {}",
                        names.join(", ")
                    )));
                }
                Err(why) => {
                    heard.event(Event::Warning(&format!("old runs are not cleared: {}", why.chain())))
                }
            }
        }
        self.measure(ended, heard);
        if !options.settings.notify.command.is_empty() {
            let out = options.out.display().to_string();
            let mut look_at = heard.warnings();
            look_at.extend(ended.iter().flat_map(|outcome| outcome.findings.iter().cloned()));
            let summary = pipeline::summary_json(ended, &out, &look_at).to_string();
            if let Err(why) = pipeline::notify(&options.settings.notify, &summary) {
                heard.event(Event::Warning(&why));
            }
        }
    }

    /// Writes the figures, where they are asked for.
    fn measure(&self, ended: Result<&Outcome, &Error>, heard: &Heard) {
        let Some(path) = &self.metrics else { return };
        let before = std::fs::read_to_string(path).ok();
        let text = pipeline::metrics(ended, pipeline::now_seconds(), before.as_deref());
        if let Err(why) = write_file(path, &text) {
            heard.event(Event::Warning(&why.chain()));
        }
    }

    /// The command line over the settings file over the defaults, and what a person should know of it.
    fn options(&self) -> Result<(RunOptions, PassedOver), Error> {
        let Reading { inputs, mut settings, settings_file, entries, passed_over } = self.read.reading()?;
        if let Some(format) = self.format {
            settings.output.format = match format {
                FormatArg::Csv => Format::Csv,
                FormatArg::Parquet => Format::Parquet,
            };
        }
        self.search(&mut settings)?;
        settings.state.dir = state_dir(self.state.as_deref(), &settings);
        let history = settings.output.history.as_ref().filter(|_| self.out.is_none()).map(PathBuf::from);
        let dated = history.as_deref().map(pipeline::dated);
        let named = self.out.clone().or(dated).or_else(|| settings.output.dir.as_ref().map(PathBuf::from));
        let out = named.unwrap_or_else(|| PathBuf::from(DEFAULT_DIR));
        no_file(&out, &inputs)?;
        let threads = self.threads();
        let memory = self.memory.map(Memory::asked).or_else(Memory::of_machine);
        let against = self.against.clone().or_else(|| pipeline::latest_run(history.as_deref()?));
        let wishes = StateWishes { retrain: self.retrain, full: self.full };
        if settings.state.dir.is_none() && wishes != StateWishes::default() {
            let message = "--retrain and --full are for runs with a state; name its folder with --state";
            return Err(Error::Usage(message.to_string()));
        }
        let options = RunOptions {
            inputs,
            settings,
            out,
            threads,
            memory,
            settings_file,
            entries,
            against,
            wishes,
            masked_report: self.masked_report,
            accept: self.accept.clone(),
        };
        Ok((options, passed_over))
    }

    /// Whether and how Business Central's search is done.
    fn search(&self, settings: &mut Settings) -> Result<(), Error> {
        if let Some(rules) = self.rules {
            settings.classic.enabled = rules == RulesArg::BcClassic;
        }
        if let Some(setup) = &self.setup {
            if !settings.classic.enabled {
                let message = "--setup is for Business Central's search; add --rules bc-classic";
                return Err(Error::Usage(message.to_string()));
            }
            settings.classic.setup = Some(setup.to_string_lossy().into_owned());
            settings.classic.rules.clear();
        }
        Ok(())
    }
}

/// A guard that may pass, and why: `merges=first run after the take-over`.
fn accepted(text: &str) -> Result<Accepted, String> {
    let (name, reason) = text.split_once('=').unwrap_or((text, ""));
    let guard = Guard::named(name.trim()).ok_or_else(|| {
        let names = Guard::ALL.map(Guard::name);
        match nearest(name, names) {
            Some(near) => format!("no guard is called `{name}`; did you mean `{near}`?"),
            None => format!("no guard is called `{name}`; there are {}", names.join(", ")),
        }
    })?;
    match reason.trim() {
        "" => Err(format!("say why, as in `{name}=REASON`: the reason is kept with the run")),
        reason => Ok(Accepted { guard, reason: reason.to_string() }),
    }
}

/// The folder of the state, from the root, so that later commands find it from anywhere.
pub(super) fn state_dir(named: Option<&Path>, settings: &Settings) -> Option<String> {
    let dir = named.map(Path::to_path_buf).or_else(|| settings.state.dir.as_ref().map(PathBuf::from))?;
    Some(std::path::absolute(&dir).unwrap_or(dir).display().to_string())
}

/// Refuses a place for the run folder that is meant for a file.
fn no_file(out: &Path, inputs: &[Input]) -> Result<(), Error> {
    /// Endings of tables; folders have none of them.
    const TABLES: [&str; 9] = ["csv", "tsv", "txt", "xlsx", "xls", "ods", "parquet", "json", "jsonl"];
    let named = out.display();
    let is_input = |input: &Input| matches!((input.path.canonicalize(), out.canonicalize()), (Ok(one), Ok(other)) if one == other);
    if inputs.iter().any(is_input) && out.is_file() {
        return Err(Error::Usage(format!(
            "`{named}` is an input; -o names the folder that the run is written to, as in `-o merged`"
        )));
    }
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.is_some_and(|ending| TABLES.contains(&ending.as_str())) && !out.is_dir() {
        true => Err(Error::Usage(format!(
            "-o names the folder that a run is written to, and `{named}` is the name of a file; write `-o {}`, and take \
             golden.csv from that folder",
            out.with_extension("").display()
        ))),
        false => Ok(()),
    }
}

/// What is printed at the end: the sums, what to look at, what to do next.
fn told(outcome: &Outcome, look_at: &[String]) -> String {
    let mut lines = outcome.sums.clone();
    if !look_at.is_empty() {
        lines.extend([String::new(), "Look at".to_string()]);
        lines.extend(look_at.iter().map(|text| format!("  {text}")));
    }
    lines.push(String::new());
    lines.extend(outcome.next.iter().cloned());
    lines.join("\n")
}
