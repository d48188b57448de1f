//! What survives a run: the decisions of people, in one file.
//!
//! Input: decisions, each with who, when, why and on which records; the time is handed in. Output: [`Ledger`], which of
//! them hold, and [`Honoured`], what they mean for the records of a run.
//!
//! Invariants
//! * The store only grows: a decision is taken back by another entry, and the database itself refuses changes. Only
//!   forgetting a person ([`Store::forget`]) takes something out.
//! * No two decisions that hold contradict each other, whatever lies between: what would, is not written.
//! * A decision holds until a field it rested on has changed in its letters or digits; then it is told, with the field.
//! * The file can be read by its owner only; an older alike refuses a newer file.

mod basis;
mod consistent;
mod decision;
mod forget;
mod honour;
mod ledger;
mod lines;
mod lists;
mod on_file;
mod store;
#[cfg(test)]
mod tests;

pub use basis::Basis;
pub use consistent::{Contradiction, contradictions};
pub use decision::{Decision, Key, What};
pub use forget::Forgotten;
pub use honour::{Honoured, Reopened, honour, reopened};
pub use ledger::{Ledger, Status};
pub use lines::{read_lines, write_lines};
pub use lists::read_list;
pub use on_file::OnFile;
pub use store::{Appended, SCHEMA_VERSION, STORE, Store};

use std::path::PathBuf;

/// Why the decisions cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// No decisions were ever kept here.
    #[error("`{}` holds no decisions ({STORE}); name the folder with --state, or with `dir` under [state] in the settings", .0.display())]
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
    #[error("`{}` is no store of alike's decisions; move it away, or name another folder with --state", .0.display())]
    NotOurs(PathBuf),
    /// Somebody else is writing.
    #[error("`{}` is being written by another alike; try again in a moment", .0.display())]
    Busy(PathBuf),
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
