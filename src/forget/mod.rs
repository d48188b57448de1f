//! Forgetting a person: what run and apply folders hold of a record is erased, and it is searched for again.
//!
//! Input: record keys and folders. Output: what was erased where ([`Erased`]), and what is still found.
//!
//! Invariants
//! * What other records hold, too, stays theirs; it is counted.
//! * Files keep the time at which they were last changed, so that a folder counts as it was left.
//! * A file that cannot be rewritten row by row, such as a report, goes as a whole.

mod person;
mod folder;
mod search;

pub use folder::{Erased, erase};
pub use person::{Person, files};
pub use search::{Found, search};

use crate::review::ReviewError;
use crate::write::WriteError;
use std::path::{Path, PathBuf};

/// Why somebody cannot be forgotten.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// A table cannot be read.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// A table cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file cannot be read, written or removed.
    #[error("cannot erase from `{}`: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// No place holds the record.
    #[error("{0}")]
    Unknown(String),
    /// Something is left.
    #[error("{0}")]
    Left(String),
}

pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> ForgetError {
    let path = path.to_path_buf();
    move |cause| ForgetError::Io { path, cause }
}
