use super::decisions::Who;
use super::log::LogArgs;
use super::print;
use crate::error::Error;
use crate::pipeline::{self, AuditOptions};
use crate::progress::Json;
use std::path::PathBuf;

/// Judge a sample of the sure merges, and prove how many of them can be wrong
///
/// Draws groups of the lane `auto` by lot, in proportion to what speaks for them, their probability, size and sources, and
/// writes them into a workbook or CSV file. Write right, wrong or unsure into it and import it: the bound that follows
/// is told ("of 1,200 sure merges at most 0.4 % are wrong, with 95 % confidence"), by the exact binomial of Clopper and
/// Pearson. Unsure counts as wrong; what is not right is not merged. Judgements are kept with the decisions (or in the run
/// folder, when there is no folder of decisions), and hold in later runs for groups that have not changed.
///
/// With `require_audit` under [auto] in the settings, `alike apply` merges what is sure only once that is proven.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The run folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The file to write: .xlsx, or .csv with a second file of the fields beside it; it must not be there yet [default: DIR-audit.xlsx]
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["import", "status"])]
    out: Option<PathBuf>,
    /// Read judgements back from such a file
    #[arg(long, value_name = "FILE", conflicts_with = "status")]
    import: Option<PathBuf>,
    /// Only say what is proven so far, and how many more are to be judged
    #[arg(long)]
    status: bool,
    /// The share of wrong merges to prove, such as 0.005 [default: require_audit of the settings, or 0.005]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    bound: Option<f64>,
    /// How confident the statement is [default: confidence of the settings, 0.95]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    confidence: Option<f64>,
    /// Draw a sample of so many groups, whatever the bound needs
    #[arg(long, value_name = "GROUPS", conflicts_with = "import", value_parser = clap::value_parser!(u64).range(1..))]
    size: Option<u64>,
    /// Draw another sample than the first [default: that of the judgements on file]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Write pseudonyms, partial e-mails and telephones and the year of birth in the stead of the values
    #[arg(long, conflicts_with_all = ["import", "status"])]
    masked: bool,
    /// The folder of the decisions [default: that of the run]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    pub(super) log: LogArgs,
}

const AFTER_HELP: &str = "\
Examples:
  alike audit alike-out                              draw what proves at most 0.5 % wrong, into alike-out-audit.xlsx
  alike audit alike-out --import alike-out-audit.xlsx --by anna
  alike audit alike-out --status --bound 0.001       how many more are to be judged for 0.1 %
  alike audit alike-out -o sample.csv --masked --size 200

Exit codes:
  0  the sample is written, or the judgements are kept
  1  a file cannot be written
  2  the command line is wrong, the file is there already, judgements have mistakes (each is told with its line or cell;
     nothing is kept), or nothing is left to judge
  3  the folder is no run folder, or a file cannot be read";

/// A share above none and below all.
fn share(text: &str) -> Result<f64, String> {
    let wrong = || "it is a share between 0 and 1, such as 0.005".to_string();
    text.parse::<f64>().ok().filter(|share| *share > 0.0 && *share < 1.0).ok_or_else(wrong)
}

impl Args {
    /// Draws or imports.
    pub fn run(self) -> Result<(), Error> {
        let by = if self.import.is_some() { self.who.name()? } else { String::new() };
        let out = match self.import.is_some() || self.status {
            true => None,
            false => Some(self.out.clone().unwrap_or_else(|| self.beside())),
        };
        let audited = pipeline::audit(&AuditOptions {
            dir: self.dir.clone(),
            out,
            import: self.import.clone(),
            bound: self.bound,
            confidence: self.confidence,
            size: self.size,
            seed: self.seed,
            masked: self.masked,
            state: self.state.clone(),
            by,
            why: self.who.why.clone(),
        })?;
        if self.log.is_quiet() {
            return Ok(());
        }
        if self.log.is_json() {
            Json::emit(
                serde_json::json!({ "event": "done", "audit": audited, "statement": audited.statement() }),
            );
            return Ok(());
        }
        print(&audited.text())
    }

    /// Beside the run folder, for what lies in it keeps a later run from writing it anew.
    fn beside(&self) -> PathBuf {
        let mut name = self.dir.file_name().unwrap_or_default().to_os_string();
        name.push("-audit.xlsx");
        self.dir.with_file_name(name)
    }
}
