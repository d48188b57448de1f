//! Writing: the run folder, cleaned lists, and tables that are written while they are made; whole or not at all.
//!
//! Input: the values of all stages before ([`RunParts`]). Output: the files that `docs/formats.md` describes, and
//! [`Written`], the counts by which a run is reconciled.
//!
//! Invariants
//! * The folder appears with every file in it, or not at all; a folder that is not a run folder, or in
//!   which people put or changed something, is never touched.
//! * Files can be read by their owner only.
//! * Every record of the data set is in the crosswalk once.
//! * The same parts give the same bytes for any number of threads.

mod cells;
mod table;
mod tables;
mod file;
mod held;
mod applied_folder;
mod aside;
mod lock;
pub use lock::{Lock, take as lock};
mod place;
mod run_folder;
mod list;
mod stream;
mod review_book;
mod workbook;

pub use applied_folder::{APPLIED, BEFORE, CHANGE_SET, PACKAGES, is_applied};
pub use aside::{aside, discard, discard_aside};
pub use cells::{neutralise, restore};
pub use file::{MARKER, MASKED_REPORT, private_file};
pub(crate) use file::{create, finish, private_dir, write as write_new};
pub use held::abandon;
pub use list::{ListFormat, changes, cleaned_list, cleaned_list_to, text_parquet, text_table};
pub use place::{Place, take, take_applied, take_applied_again};
pub use review_book::{Asks, FIELDS_SHEET, GROUPS_SHEET, LEGEND_SHEET, ReviewBook, review_book};
pub use run_folder::{FORMAT_VERSION, RunParts, Written, run_folder};
pub use stream::{CsvStyle, PLAIN_CSV, Piece, Rows, StreamFolder, StreamTable};
pub(crate) use table::{Cells, Holds, Table};
pub use tables::{BETWEEN_KEYS, PLAN_COLUMNS, PROPOSAL_COLUMNS, field_headings};
pub(crate) use tables::{head, key, merged_records, raw_fields, with_fields};
pub(crate) use workbook::text_sheet;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why a run folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The disk refused.
    #[error("cannot write `{}`: {cause}; {}", path.display(), way_out(cause.kind()))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The folder holds something else.
    #[error(
        "`{}` exists and is not a run folder of alike, so it is left alone; name another folder with -o, or move it away",
        .0.display()
    )]
    NotOurs(PathBuf),
    /// The folder is to be new, and something is there.
    #[error("`{}` is there already and not empty; name another folder with -o, or move it away", .0.display())]
    NotEmpty(PathBuf),
    /// A file in which somebody may have decided something is not written over.
    #[error("`{}` is there already and may hold what somebody decided; name another file, or move it away", .0.display())]
    Exists(PathBuf),
    /// The folder is no apply folder.
    #[error(
        "`{}` exists and was not written by `alike apply`, so it is left alone; name another folder with -o, or move it away",
        .0.display()
    )]
    NotApplied(PathBuf),
    /// People put or changed something in the run folder.
    #[error(
        "`{}` holds what this program did not write or what was changed since: {}; it is left alone; name another folder with -o, or move it away",
        dir.display(), some(files)
    )]
    Changed {
        /// The run folder.
        dir: PathBuf,
        /// Names in it, sorted.
        files: Vec<String>,
    },
    /// The path does not end in a name.
    #[error("`{}` does not name a folder; give one with -o, such as `-o alike-out`", .0.display())]
    NoName(PathBuf),
    /// Another run is writing the same folder.
    #[error(
        "another run is writing this folder: {holder} holds `{}`; wait for it, or name another folder with -o",
        lock.display()
    )]
    Locked {
        /// The lock file.
        lock: PathBuf,
        /// The process that holds it and since when, as far as known.
        holder: String,
    },
}

/// What to do when the system does not let us write.
fn way_out(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "name a folder in which you may write with -o"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "make room, or name a folder on another disk with -o; nothing was left half-written"
        }
        ErrorKind::InvalidFilename => "name a folder with a shorter name with -o",
        ErrorKind::NotADirectory => "a part of the path is a file; name another folder with -o",
        _ => "name another folder with -o if this one cannot be used",
    }
}

/// Names listed in a message before `and N more`.
const LISTED: usize = 5;

fn some(names: &[String]) -> String {
    let listed = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

impl WriteError {
    fn io(path: &Path, cause: std::io::Error) -> Self {
        Self::Io { path: path.to_path_buf(), cause }
    }
}

#[cfg(test)]
mod tests;
