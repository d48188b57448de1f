//! What survives a run: the decisions of people, the golden ids and what else the next run needs, in one file.
//!
//! Input: decisions, each with who, when, why and on which records; what a run found ([`Tonight`]); the time is handed in.
//! Output: [`Ledger`], which decisions hold, and [`Honoured`], what they mean for the records of a run; [`Known`], what the
//! nights before left behind; [`Lives`], which group of records has which golden id.
//!
//! Invariants
//! * Decisions only grow: one is taken back by another entry, and the database itself refuses changes. Only forgetting a
//!   person ([`Store::forget`]) takes something out.
//! * A night is written in one transaction, or not at all.
//! * A golden id is born once and never given to others; what it merged into can be followed to what lives.
//! * No two decisions that hold contradict each other, whatever lies between: what would, is not written.
//! * A decision holds until a field it rested on has changed in its letters or digits; then it is told, with the field.
//! * The file can be read by its owner only; an older alike refuses a newer file.

mod basis;
mod consistent;
mod decision;
mod history;
mod forget;
mod honour;
mod known;
mod ledger;
mod lines;
mod lists;
mod lives;
mod night;
mod on_file;
mod schema;
mod store;
mod upkeep;
#[cfg(test)]
mod tests;

pub use basis::Basis;
pub use consistent::{Contradiction, contradictions};
pub use decision::{Decision, Key, What};
pub use forget::Forgotten;
pub use history::{Crossing, IdStory, NightRow, Told};
pub use honour::{Honoured, Reopened, honour, reopened};
pub use known::{Finder, GoodRun, Known, KnownContacts, KnownGolden, KnownSource, Matching};
pub use ledger::{Ledger, Status};
pub use lines::{read_lines, write_lines};
pub use lists::read_list;
pub use lives::{GoldenSeq, Group, Happening, LifeEvent, LifeRule, Lives, live};
pub use night::{ContactTonight, FieldTonight, ModelUse, Pending, RunFacts, SourceTonight, Tonight};
pub use on_file::OnFile;
pub use store::{Appended, SCHEMA_VERSION, STORE, Store};
pub use upkeep::{Census, LOCK, SNAPSHOTS};

use std::path::PathBuf;

/// Why the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// No decisions were ever kept here.
    #[error("`{}` holds no state ({STORE}); name the folder with --state, or with `dir` under [state] in the settings", .0.display())]
    None(PathBuf),
    /// A later alike wrote the store.
    #[error("`{}` was written by a newer alike (schema {found}, this program knows {SCHEMA_VERSION}); use that one, nothing was changed", path.display())]
    Newer {
        /// The store.
        path: PathBuf,
        /// Its schema.
        found: i64,
    },
    /// The file is something else.
    #[error("`{}` is no store of alike; move it away, or name another folder with --state", .0.display())]
    NotOurs(PathBuf),
    /// Somebody else is writing.
    #[error("`{}` is being written by another alike; try again in a moment", .0.display())]
    Busy(PathBuf),
    /// Another run was written since this one read the state.
    #[error("another run has changed `{}` since this one began, so nothing was written; run again", .0.display())]
    Overtaken(PathBuf),
    /// The state is damaged, or does not fit together.
    #[error("`{}` is not sound:\n  {}\nput the last copy back with `alike state restore`", path.display(), problems.join("\n  "))]
    Unsound {
        /// The store.
        path: PathBuf,
        /// What is wrong.
        problems: Vec<String>,
    },
    /// A place that is to be new.
    #[error("`{}` is there already; name another folder, or move it away", .0.display())]
    Taken(PathBuf),
    /// The disk or the database refused.
    #[error("cannot use `{}`: {why}", path.display())]
    Io {
        /// The store, its folder, or a file to be imported.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Lines of an imported file that cannot be used.
    #[error("{}: {} of its lines cannot be used; nothing was written{}", file, problems.len(), listed(problems))]
    Lines {
        /// The file.
        file: String,
        /// Line and what is wrong with it.
        problems: Vec<(u64, String)>,
    },
    /// Decisions say that records are one and are not.
    #[error("{} in the decisions; nothing was written{}", count(.0.len()), told(.0))]
    Contradictions(Vec<Contradiction>),
    /// There is no such decision to be shown or revoked.
    #[error("{0}")]
    NoSuch(String),
}

/// Problems told one by one.
const TOLD: usize = 20;

fn listed(problems: &[(u64, String)]) -> String {
    let mut text: String =
        problems.iter().take(TOLD).map(|(line, what)| format!("\n  line {line}: {what}")).collect();
    if problems.len() > TOLD {
        text.push_str(&format!("\n  and {} more", problems.len() - TOLD));
    }
    text
}

fn count(contradictions: usize) -> String {
    if contradictions == 1 { "1 contradiction".into() } else { format!("{contradictions} contradictions") }
}

fn told(contradictions: &[Contradiction]) -> String {
    let mut text: String =
        contradictions.iter().take(TOLD).map(|contradiction| format!("\n{contradiction}")).collect();
    if contradictions.len() > TOLD {
        text.push_str(&format!("\n  and {} more", contradictions.len() - TOLD));
    }
    text.push_str("\nrevoke one of each with `alike decisions revoke ID`, or leave the new one away");
    text
}
