use super::decisions::Who;
use super::inputs;
use super::log::LogArgs;
use super::print;
use crate::error::Error;
use crate::pipeline::{self, ImportOptions, ReviewOptions};
use crate::progress::Json;
use crate::serve::{LANGUAGES, Language, ServeOptions};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;

/// Decide on proposals in a page, in a workbook or in the tables of a run folder, and keep it for later runs
///
/// Without --sheet and --import a page for your browser is served on this machine until Ctrl-C; its link is printed. What you
/// decide in it is saved at once, in `edits.jsonl` of the run folder, and counts for `alike apply` as if you had written it
/// into the tables; with a folder of the state it is kept there, too. Nothing leaves this machine.
///
/// With --import: write decisions into `proposals.csv` and `plan.csv` as for `alike apply`, or into the workbook that --sheet writes,
/// then import them. Each is kept with who,
/// when, why and what the records were, in the folder of the state. A later `alike run --state` keeps to them, and opens
/// one again only when its records have changed. Nothing is kept when there is any mistake.
///
/// A column `comment` says why; `approve` in `decision` adds your approval to a merge that another person decided.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The run folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Write the proposals to decide in: a workbook (.xlsx), or a CSV file with one of the fields beside it; it must not
    /// be there yet
    #[arg(long, value_name = "FILE", conflicts_with_all = ["import", "partial", "port", "lang"])]
    sheet: Option<PathBuf>,
    /// With --sheet: write pseudonyms, partial e-mails and telephones and the year of birth in the stead of the values;
    /// it is imported like a plain one
    #[arg(long, requires = "sheet")]
    masked: bool,
    /// Edited tables to take decisions from: proposals or plan (CSV, Parquet), or the workbook
    #[arg(long, value_name = "FILE", num_args = 1..)]
    import: Vec<PathBuf>,
    /// Take what is sound although other proposals have mistakes; they are told and passed over
    #[arg(long, requires = "import")]
    partial: bool,
    /// The port of the page [default: any free one]
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true, conflicts_with = "import")]
    port: u16,
    /// The language of the page: en or nl [default: that of the browser]
    #[arg(long, value_name = "LANGUAGE", conflicts_with = "import",
          value_parser = PossibleValuesParser::new(LANGUAGES.map(Language::code)).map(|code| Language::of_code(&code)))]
    lang: Option<Option<Language>>,
    /// The folder of the decisions [default: that of the run]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    #[command(flatten)]
    who: Who,
    /// Files to read instead of those of the run, such as fresh exports; SOURCE=FILE names the source
    #[arg(long, value_name = "FILES", num_args = 1..)]
    inputs: Vec<String>,
    #[command(flatten)]
    pub(super) log: LogArgs,
}

const AFTER_HELP: &str = "\
Examples:
  alike review alike-out                                     the page
  alike review alike-out --by anna --port 8080 --lang nl
  alike review alike-out --import alike-out/proposals.csv --by anna
  alike review alike-out --sheet review.xlsx
  alike review alike-out --import review.xlsx --by anna
  alike review alike-out --sheet masked.xlsx --masked     to be decided by people who must not see everything
  alike review alike-out --import edited.csv plan-edited.csv --state state --why \"called them\"

Exit codes:
  0  the decisions are kept, or the page was ended
  1  the store or the workbook cannot be written, or the page cannot be served
  2  the command line is wrong, the workbook to be written is there already, or the edited tables have mistakes (each is told with its place); nothing is kept
  3  the folder is no run folder, an export cannot be read again, or the store is of a newer alike
  4  decisions would contradict each other or those on file; nothing is kept
  5  another alike is writing decisions, or serves the page of this folder";

impl Args {
    /// Serves the page, writes a workbook, or imports.
    pub fn run(self) -> Result<(), Error> {
        if let Some(path) = &self.sheet {
            let line = pipeline::write_sheet(&self.dir, path, self.masked, self.state.as_deref())?;
            return if self.log.is_quiet() { Ok(()) } else { print(&line) };
        }
        if self.import.is_empty() {
            return self.serve();
        }
        let sink = self.log.sink();
        let options = ImportOptions {
            dir: self.dir.clone(),
            files: self.import.clone(),
            inputs: inputs::by_source(&self.inputs)?,
            state: self.state.clone(),
            by: self.who.name()?,
            why: self.who.why.clone(),
            partial: self.partial,
        };
        let imported = pipeline::import_review(&options, &*sink)?;
        drop(sink);
        if self.log.is_quiet() {
            return Ok(());
        }
        if self.log.is_json() {
            Json::emit(serde_json::json!({ "event": "done", "imported": imported }));
            return Ok(());
        }
        print(&imported.text())
    }

    fn serve(self) -> Result<(), Error> {
        let options = ReviewOptions {
            dir: self.dir.clone(),
            inputs: inputs::by_source(&self.inputs)?,
            state: self.state.clone(),
            by: self.who.name()?,
            why: self.who.why.clone(),
            serve: ServeOptions { port: self.port, language: self.lang.flatten() },
        };
        let (json, quiet) = (self.log.is_json(), self.log.is_quiet());
        let sink = self.log.sink();
        let mut ready = |link: &str| match (json, quiet) {
            (true, _) => Json::emit(serde_json::json!({ "event": "serving", "link": link })),
            // Without the link nobody gets in, so it is told in any case.
            (_, true) => eprintln!("{link}"),
            _ => eprintln!(
                "Open this link in your browser; it is good once:\n  {link}\nEnd with Ctrl-C; what you decided is saved."
            ),
        };
        pipeline::serve_review(&options, &*sink, &mut ready)
    }
}
