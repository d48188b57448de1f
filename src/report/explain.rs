//! Explanations of single pairs. (Temporary.)

use std::path::Path;

/// Why a pair could not be explained. (Temporary.)
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The folder is no run folder.
    #[error("`{dir}` is no run folder; name the folder that `alike run` wrote")]
    NoRun { dir: String },
}

/// Explains a pair. (Temporary.)
pub fn explain_pair(dir: &Path, _: &str, _: &str) -> Result<String, ExplainError> {
    Err(ExplainError::NoRun { dir: dir.display().to_string() })
}
