//! Judgements on file: JSON Lines to which lines are only added.

use super::AuditError;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file of judgements, in the folder of the decisions or, without one, in the run folder.
const FILE: &str = "audit.jsonl";

/// What a person says of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The records are one.
    Right,
    /// They are not.
    Wrong,
    /// Nobody can tell from what is there.
    Unsure,
}

/// One judgement of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The proposal.
    pub proposal_id: String,
    /// What its records were.
    pub fingerprint: String,
    /// What was said.
    pub judgement: Verdict,
    /// Who said it.
    pub by: String,
    /// When, UTC.
    pub at: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// The seed of the sample that was drawn.
    pub seed: u64,
}

/// Where the judgements of a run are: beside its decisions, so that later runs go on with them, or in its folder.
pub fn place(run: &Path, state: Option<&Path>) -> PathBuf {
    state.unwrap_or(run).join(FILE)
}

/// All judgements, in the order in which they were made; none when there is no file.
///
/// Errors: the file cannot be read, or a line is none of ours.
pub fn read(path: &Path) -> Result<Vec<Judgement>, AuditError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(AuditError::Io { path: path.into(), cause }),
    };
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(line, number)| {
            serde_json::from_str(line).map_err(|cause| AuditError::Line {
                path: path.into(),
                line: number,
                why: cause.to_string(),
            })
        })
        .collect()
}

/// Adds judgements, and brings them to the disk.
///
/// Errors: the disk refuses.
pub fn append(path: &Path, judgements: &[Judgement]) -> Result<(), AuditError> {
    let io = |cause| AuditError::Io { path: path.into(), cause };
    if judgements.is_empty() {
        return Ok(());
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(io)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut text = String::new();
    for judgement in judgements {
        text.push_str(&serde_json::to_string(judgement).map_err(|cause| io(cause.into()))?);
        text.push('\n');
    }
    let mut file = options.open(path).map_err(io)?;
    // In one go, so that two people who add at once do not write into each other's lines.
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)
}
