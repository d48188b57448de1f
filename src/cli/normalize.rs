use super::log::LogArgs;
use super::reading::{ReadArgs, Reading};
use crate::error::Error;
use crate::normalize::country;
use crate::pipeline::{self, CleanOptions};
use crate::progress::Event;
use crate::write::ListFormat;
use clap::ValueEnum;
use std::path::PathBuf;

/// Only clean: write files again with normalized columns beside their own
///
/// Every column of the input stays as it is. The normalized columns stand behind them, their names begin with n_;
/// see docs/formats.md. Several files become one list, with the column n_source.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    read: ReadArgs,
    /// The list to write [default: the standard output]
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Format of the list [default: what the name of the list says, else csv]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<FormatArg>,
    /// Also write every change and finding: file, line, column, field, from, to, rule
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
    /// Country of rows that show none: a two-letter code or a name
    #[arg(long, value_name = "CC")]
    default_country: Option<String>,
    #[command(flatten)]
    pub(super) log: LogArgs,
}

const AFTER_HELP: &str = "\
Examples:
  alike normalize contacts.csv -o clean.csv
  alike normalize crm=export.csv erp=customers.csv -o clean.xlsx --changes changes.csv
  alike normalize phones.csv --default-country NL | cut -d, -f1,22

Exit codes:
  0  the list is written
  1  reading or writing failed
  2  the command line or the settings are wrong
  3  a file is not there, or is nothing that can be read";

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArg {
    Csv,
    Parquet,
    Xlsx,
}

impl Args {
    /// The format that the name of the list says; CSV when it says none.
    fn format_of_name(&self) -> Result<ListFormat, Error> {
        let Some(out) = self.out.as_deref() else { return Ok(ListFormat::default()) };
        match ListFormat::of_name(out) {
            Some(format) => Ok(format),
            None if out.extension().is_none() => Ok(ListFormat::default()),
            None => Err(Error::Usage(format!(
                "`{}`: the ending says no format that can be written; use .csv, .parquet or .xlsx, or say it with --format",
                out.display()
            ))),
        }
    }

    /// Cleans the files.
    pub fn run(self) -> Result<(), Error> {
        let Reading { inputs, mut settings, passed_over, .. } = self.read.reading()?;
        if let Some(named) = &self.default_country {
            let code = country::code(named);
            if code.is_empty() {
                return Err(Error::Usage(format!(
                    "`{named}` is no country alike knows; use a two-letter code, such as NL"
                )));
            }
            settings.normalize.default_country = Some(code.to_string());
        }
        let format = match self.format {
            Some(FormatArg::Csv) => ListFormat::Csv,
            Some(FormatArg::Parquet) => ListFormat::Parquet,
            Some(FormatArg::Xlsx) => ListFormat::Xlsx,
            None => self.format_of_name()?,
        };
        if format != ListFormat::Csv && self.out.is_none() {
            let problem = "only CSV is text for the standard output; name a file with -o";
            return Err(Error::Usage(problem.to_string()));
        }
        let sink = self.log.sink();
        passed_over.tell(sink.as_ref());
        for out in self.out.iter().chain(&self.changes) {
            let is_input = |path: &PathBuf| matches!((path.canonicalize(), out.canonicalize()), (Ok(one), Ok(other)) if one == other);
            if inputs.iter().any(|input| is_input(&input.path)) {
                return Err(Error::Usage(format!(
                    "`{}` is an input; name another file to write",
                    out.display()
                )));
            }
        }
        if self.out.is_some() && self.out == self.changes {
            return Err(Error::Usage("the list and its changes need a file each".to_string()));
        }
        let options = CleanOptions { inputs, settings, out: self.out, format, changes: self.changes };
        let mut stdout = std::io::stdout().lock();
        let told = pipeline::clean(&options, &mut stdout, sink.as_ref())?;
        for line in told {
            sink.event(Event::Note(&line));
        }
        Ok(())
    }
}
