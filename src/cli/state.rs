use super::{print, run};
use crate::config;
use crate::error::Error;
use crate::pipeline;
use crate::propose::Id;
use crate::state::{IdStory, Key, LOCK, STORE, StateError, Store};
use crate::write;
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// Look after what runs with a state leave behind: golden ids, decisions, the model, snapshots of the sources
///
/// The state is a folder, `--state`, or `dir` under [state] in the settings. A run changes it as its last step, all or
/// nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  alike state check --state state
  alike state backup copies/2026-05-04 --state state
  alike state restore copies/2026-05-04 --state state
  alike state runs --state state
  alike state show G-3f9c0a1b2c4d5e6f --state state
  alike state show crm:C00120 --state state
  alike state crosswalk --state state -o ids.csv
  alike state forget old_shop --state state

Exit codes:
  0  done
  1  the state cannot be read or written
  2  the command line is wrong, or there is no such state, id, record, run or source
  3  the state was written by a newer alike, is something else, or is not sound
  5  another alike is writing the state";

#[derive(Debug, Subcommand)]
enum Command {
    /// Look the whole state through: the database, what refers to what, the sums, the snapshots
    Check {
        #[command(flatten)]
        place: Place,
    },
    /// Copy the state into a new folder; a run may go on meanwhile
    Backup {
        /// The folder of the copy, which must not be there
        to: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Put a copy in the place of the state; the state that was there is kept beside it
    Restore {
        /// The folder of the copy
        from: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Give room back that the state does not need any more
    Compact {
        #[command(flatten)]
        place: Place,
    },
    /// List the runs, the latest last: whether each was good, which model it used, what it left
    Runs {
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Tell the life of a golden id, the id of a record, or what happened in a run, as JSON
    Show {
        /// A golden id, SOURCE:ID of a record, or the id of a run
        of: String,
        #[command(flatten)]
        place: Place,
    },
    /// Write every golden id that was ever given with what it is called now, as CSV
    Crosswalk {
        #[command(flatten)]
        place: Place,
        /// The file to write [default: the standard output]
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Give a source up that will not come any more: the next run retires its records
    Forget {
        /// The name of the source
        source: String,
        #[command(flatten)]
        place: Place,
    },
}

/// Where the state is.
#[derive(Debug, clap::Args)]
struct Place {
    /// The folder of the state [default: what the settings say]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Settings that name it
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Place {
    fn dir(&self) -> Result<PathBuf, Error> {
        let settings = match &self.config {
            Some(file) => config::load(file)?.settings,
            None => config::Settings::default(),
        };
        run::state_dir(self.state.as_deref(), &settings).map(PathBuf::from).ok_or_else(|| {
            Error::Usage(
                "no folder of a state is named; name it with --state DIR, or the settings that do with -c FILE"
                    .to_string(),
            )
        })
    }

    fn store(&self) -> Result<Store, Error> {
        Ok(Store::must_read(&self.dir()?)?)
    }

    /// As [`Place::store`], brought to the schema of today.
    fn nights(&self) -> Result<Store, Error> {
        let dir = self.dir()?;
        let store = Store::must_read(&dir)?;
        if store.has_nights()? { Ok(store) } else { Err(StateError::None(dir).into()) }
    }
}

impl Args {
    /// Does what is asked.
    pub fn run(self) -> Result<(), Error> {
        match self.command {
            Command::Check { place } => check(&place),
            Command::Backup { to, place } => {
                place.store()?.backup(&to)?;
                print(&format!("The state is copied to {}, and the copy is sound", to.display()))
            }
            Command::Restore { from, place } => restore(&from, &place.dir()?),
            Command::Compact { place } => {
                let dir = place.dir()?;
                Store::must_read(&dir)?;
                let _lock = write::lock(&dir.join(LOCK))?;
                let [before, after] = Store::open(&dir)?.compact()?;
                print(&format!("{} before, {} now", megabytes(before), megabytes(after)))
            }
            Command::Runs { json, place } => runs(&place.nights()?, json),
            Command::Show { of, place } => show(&place.nights()?, &of),
            Command::Crosswalk { place, out } => crosswalk(&place.nights()?, out.as_deref()),
            Command::Forget { source, place } => {
                place.nights()?;
                let _lock = write::lock(&place.dir()?.join(LOCK))?;
                match Store::open(&place.dir()?)?.give_up(&source)? {
                    true => print(&format!("`{source}` is given up: the next run retires its records")),
                    false => Err(StateError::NoSuch(format!("the state knows no source `{source}`")).into()),
                }
            }
        }
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn check(place: &Place) -> Result<(), Error> {
    let census = place.store()?.check()?;
    print(&format!(
        "The state is sound: {} good runs, {} sources, {} contacts and {} retired, {} golden ids and {} ended, {} decisions, \
         {}",
        census.runs,
        census.sources,
        census.contacts[0],
        census.contacts[1],
        census.golden[0],
        census.golden[1],
        census.decisions,
        megabytes(census.bytes)
    ))
}

fn restore(from: &Path, dir: &Path) -> Result<(), Error> {
    let _lock = match dir.join(STORE).is_file() {
        true => Some(write::lock(&dir.join(LOCK))?),
        false => None,
    };
    let kept = Store::restore(from, dir, &pipeline::now())?;
    let mut told = format!("{} is what {} was", dir.display(), from.display());
    if let Some(kept) = kept {
        told.push_str(&format!("; the state before is in {}", kept.display()));
    }
    print(&told)
}

fn runs(store: &Store, json: bool) -> Result<(), Error> {
    let nights = store.nights()?;
    if json {
        return print(&serde_json::to_string_pretty(&nights).unwrap_or_default());
    }
    let line = |night: &crate::state::NightRow| match night.good {
        true => format!(
            "{}  {}  good  {} contacts, {} golden ids; {} compared, model of {}",
            night.id, night.finished, night.contacts, night.golden, night.compared, night.model
        ),
        // Of a message only the first line, and no escape sequence of a file's name.
        false => format!("{}  {}  failed: {}", night.id, night.finished, first_line(&night.why)),
    };
    let lines: Vec<String> = nights.iter().map(line).collect();
    print(&if lines.is_empty() { "no runs".to_string() } else { lines.join("\n") })
}

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn show(store: &Store, of: &str) -> Result<(), Error> {
    let none = || -> Error {
        let why = format!("the state knows no golden id, record (SOURCE:ID) or run `{of}`");
        StateError::NoSuch(why).into()
    };
    let id = Id::parse(of);
    if id.is_some_and(|id| id.prefix() == 'R') {
        let told = store.told_of(of)?;
        let night = store.nights()?.into_iter().find(|night| night.id == of).ok_or_else(none)?;
        let shown = serde_json::json!({ "run": night, "events": told });
        return print(&serde_json::to_string_pretty(&shown).unwrap_or_default());
    }
    let id = match (id, of.split_once(':')) {
        (Some(id), _) => id,
        (None, Some((source, record_id))) => {
            store.golden_of(&Key::new(source, record_id))?.ok_or_else(none)?
        }
        (None, None) => return Err(none()),
    };
    let story: IdStory = store.story(id)?.ok_or_else(none)?;
    print(&serde_json::to_string_pretty(&story).unwrap_or_default())
}

fn crosswalk(store: &Store, out: Option<&Path>) -> Result<(), Error> {
    let crossings = store.crossings()?;
    let mut text = String::from("golden_id,current_id,status,born_run,ended_run\n");
    for crossing in &crossings {
        let current = crossing.current.map_or(String::new(), |id| id.to_string());
        // Ids and run ids of ours: nothing in them needs quotes.
        text.push_str(&format!(
            "{},{current},{},{},{}\n",
            crossing.id, crossing.status, crossing.born, crossing.ended
        ));
    }
    match out {
        Some(file) => Ok(write::private_file(file, &text)?),
        None => print(&text),
    }
}
