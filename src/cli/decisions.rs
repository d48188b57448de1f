use super::{print, run};
use crate::config;
use crate::error::Error;
use crate::pipeline;
use crate::state::{self, Decision, Ledger, StateError, Status, Store};
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// Look at the decisions that people made, and write or take back some
///
/// Decisions are kept in one file in the folder of the state, `--state`, or `dir` under [state] in the settings. Nothing
/// in it is ever changed: a decision is taken back by another entry.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  alike decisions list --state state
  alike decisions list --state state --record crm:C00120
  alike decisions show D-3f9c0a1b2c4d5e6f --state state
  alike decisions revoke D-3f9c0a1b2c4d5e6f --state state --why \"another person after all\"
  alike decisions import never.csv --state state
  alike decisions export --state state -o decisions.jsonl

Exit codes:
  0  done
  1  the store cannot be read or written
  2  the command line is wrong, no decisions are there, or lines of the file cannot be used; nothing is written
  3  the store was written by a newer alike, or is something else
  4  decisions would contradict each other (each is told with the chain between them); nothing is written
  5  another alike is writing decisions";

#[derive(Debug, Subcommand)]
enum Command {
    /// List decisions, the latest last
    List {
        #[command(flatten)]
        place: Place,
        /// Only those on this record
        #[arg(long, value_name = "SOURCE:ID")]
        record: Option<String>,
        /// Those that do not hold any more, too
        #[arg(long)]
        all: bool,
    },
    /// Show everything that is known of one decision, as JSON
    Show {
        /// Its id, or as much of the beginning as no other has
        id: String,
        #[command(flatten)]
        place: Place,
    },
    /// Take a decision back
    Revoke {
        /// Its id, or as much of the beginning as no other has
        id: String,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        who: Who,
    },
    /// Write all entries as JSON Lines
    Export {
        #[command(flatten)]
        place: Place,
        /// The file to write [default: the standard output]
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Take decisions over: JSON Lines, or a CSV list of pairs (columns list, source_a, record_id_a, source_b,
    /// record_id_b and, if wanted, why; list is always, never or alias)
    Import {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        who: Who,
    },
}

/// Where decisions are.
#[derive(Debug, clap::Args)]
struct Place {
    /// The folder of the decisions [default: what the settings say]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Settings that name it
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Who decides, and why.
#[derive(Debug, clap::Args)]
pub struct Who {
    /// Who decides [default: who is logged on, as USER or USERNAME says]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
}

impl Who {
    /// The name: as given, or of the system.
    pub fn name(&self) -> Result<String, Error> {
        let of_system = || ["USER", "USERNAME", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
        let name = self.by.clone().or_else(of_system).unwrap_or_default();
        if name.trim().is_empty() {
            return Err(Error::Usage("nobody is named; say who decides with --by NAME".to_string()));
        }
        Ok(name.trim().to_string())
    }
}

impl Place {
    fn dir(&self) -> Result<PathBuf, Error> {
        let settings = match &self.config {
            Some(file) => config::load(file)?.settings,
            None => config::Settings::default(),
        };
        run::state_dir(self.state.as_deref(), &settings).map(PathBuf::from).ok_or_else(|| {
            Error::Usage(
                "no folder of decisions is named; name it with --state DIR, or the settings that do with -c FILE"
                    .to_string(),
            )
        })
    }

    fn ledger(&self) -> Result<Ledger, Error> {
        Ok(Store::must_read(&self.dir()?)?.ledger()?)
    }
}

impl Args {
    /// Does what is asked.
    pub fn run(self) -> Result<(), Error> {
        match self.command {
            Command::List { place, record, all } => list(&place.ledger()?, record.as_deref(), all),
            Command::Show { id, place } => show(&place.ledger()?, &id),
            Command::Revoke { id, place, who } => revoke(&place, &id, &who),
            Command::Export { place, out } => {
                let text = state::write_lines(&place.ledger()?.entries);
                match out {
                    Some(file) => Ok(crate::write::private_file(&file, &text)?),
                    None => print(&text),
                }
            }
            Command::Import { file, place, who } => import(&place, &file, &who),
        }
    }
}

fn list(ledger: &Ledger, record: Option<&str>, all: bool) -> Result<(), Error> {
    let about = |decision: &Decision| {
        record.is_none_or(|record| {
            decision.records.iter().any(|key| key.to_string() == record || key.record_id == record)
        })
    };
    let shown = ledger
        .entries
        .iter()
        .zip(&ledger.status)
        .filter(|(entry, status)| (all || **status == Status::Holds) && about(entry));
    let mut lines: Vec<String> = Vec::new();
    for (entry, status) in shown {
        let why = if entry.why.is_empty() { String::new() } else { format!("  ({})", entry.why) };
        let ended = match status {
            Status::Revoked(by) => format!("  [revoked by {by}]"),
            Status::Replaced(by) => format!("  [replaced by {by}]"),
            Status::Holds | Status::Entry => String::new(),
        };
        lines.push(one_line(&format!(
            "{}  {}  {:<10}  {}  {}{why}{ended}",
            entry.id,
            entry.at,
            entry.what.name(),
            entry.by,
            entry.about()
        )));
    }
    if lines.is_empty() {
        lines.push("no decisions".to_string());
    }
    print(&lines.join("\n"))
}

/// Text of people for a terminal: no line end or escape sequence of theirs gets through.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn found(ledger: &Ledger, id: &str) -> Result<usize, Error> {
    let none =
        || StateError::NoSuch(format!("no decision, or more than one, has an id that begins with `{id}`"));
    Ok(ledger.find(id).ok_or_else(none)?)
}

fn show(ledger: &Ledger, id: &str) -> Result<(), Error> {
    let at = found(ledger, id)?;
    let mut shown = serde_json::json!(ledger.entries[at]);
    shown["status"] = match &ledger.status[at] {
        Status::Holds => "holds".into(),
        Status::Entry => "revocation".into(),
        Status::Revoked(by) => format!("revoked by {by}").into(),
        Status::Replaced(by) => format!("replaced by {by}").into(),
    };
    print(&serde_json::to_string_pretty(&shown).unwrap_or_default())
}

fn revoke(place: &Place, id: &str, who: &Who) -> Result<(), Error> {
    let dir = place.dir()?;
    let ledger = Store::must_read(&dir)?.ledger()?;
    let at = found(&ledger, id)?;
    let entry = &ledger.entries[at];
    match &ledger.status[at] {
        Status::Holds => {}
        Status::Revoked(by) => return print(&format!("{} is revoked already, by {by}", entry.id)),
        Status::Replaced(by) => {
            let why = format!("{} does not hold any more: {by} took its place; revoke that", entry.id);
            return Err(StateError::NoSuch(why).into());
        }
        Status::Entry => {
            let why = format!("{} is a revocation, which cannot be revoked; decide anew instead", entry.id);
            return Err(StateError::NoSuch(why).into());
        }
    }
    let revocation = Decision::revoke(&entry.id, &who.name()?, &pipeline::now(), &who.why);
    let revocation = revocation.sound().map_err(Error::Usage)?;
    Store::open(&dir)?.append(&[revocation])?;
    print(&one_line(&format!("Revoked {}: {} {}", entry.id, entry.what.name(), entry.about())))
}

fn import(place: &Place, file: &Path, who: &Who) -> Result<(), Error> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file)
        .map_err(|cause| StateError::Io { path: file.to_path_buf(), why: cause.to_string() })?;
    let text = String::from_utf8(bytes).map_err(|_| StateError::Lines {
        file: name.clone(),
        problems: vec![(1, "it is not UTF-8; save it as UTF-8".into())],
    })?;
    let is_list = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let decisions = match is_list {
        true => state::read_list(&name, &text, &who.name()?, &pipeline::now())?,
        false => state::read_lines(&name, &text)?,
    };
    let appended = Store::open(&place.dir()?)?.append(&decisions)?;
    print(&format!("{} decisions written, {} on file already", appended.new, appended.known))
}
