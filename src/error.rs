//! Errors a user can meet, and the exit codes they end in.
//!
//! One variant a stage; a stage's own error says what happened and the way out. The table of exit codes:
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | failed: output could not be written, or a mistake in alike |
//! | 2 | usage or settings |
//! | 3 | an input cannot be used, or not even be read |
//! | 4 | stopped by a guard: a limit under `[guards]` is passed, a rule on quality is broken, bc-classic finds too many pairs, an export is not what was planned, a value diverged, decisions contradict each other, too few sure merges were judged |
//! | 5 | another run holds the lock, or is writing the decisions |

use crate::apply::ApplyError;
use crate::audit::AuditError;
use crate::classic::ClassicError;
use crate::config::SettingsError;
use crate::evaluate::EvaluateError;
use crate::forget::ForgetError;
use crate::guard::Stopped;
use crate::ingest::IngestError;
use crate::map::MapError;
use crate::package::NoSource;
use crate::pipeline::MatchError;
use crate::profile::GateError;
use crate::related::RelatedError;
use crate::report::ReportError;
use crate::report::explain::ExplainError;
use crate::review::ReviewError;
use crate::state::StateError;
use crate::table::SpillError;
use crate::write::WriteError;
use std::io;
use std::path::PathBuf;

/// What can end a command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A file cannot be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// Columns cannot be mapped as the settings ask.
    #[error(transparent)]
    Map(#[from] MapError),
    /// Business Central's search has no setup to go by, or finds too much.
    #[error(transparent)]
    Classic(#[from] ClassicError),
    /// The data breaks a rule on its quality.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// Guards tripped.
    #[error(transparent)]
    Guards(#[from] Stopped),
    /// An earlier profile cannot be read.
    #[error("cannot compare with the profile `{}`: {why}", path.display())]
    Profile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A run cannot be measured.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// A pair cannot be explained.
    #[error(transparent)]
    Explain(#[from] ExplainError),
    /// A related table cannot be used.
    #[error(transparent)]
    Related(#[from] RelatedError),
    /// The edited plan cannot be used.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// The sure merges cannot be audited, or are refused until they are.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// Nothing can be applied, undone or verified.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// Somebody cannot be forgotten.
    #[error(transparent)]
    Forget(#[from] ForgetError),
    /// A package was asked for that nothing would be in.
    #[error(transparent)]
    Package(#[from] NoSource),
    /// The review page cannot be served.
    #[error(
        "cannot serve the review page on port {port}: {cause}; name another with --port, or none for a free one"
    )]
    Serve {
        /// The port that was asked for; 0 for any.
        port: u16,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The decisions on file cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The run folder cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// What does not fit into memory cannot be put on disk.
    #[error(transparent)]
    Spill(#[from] SpillError),
    /// A saved model does not fit the files.
    #[error(transparent)]
    Match(#[from] MatchError),
    /// A saved model cannot be read.
    #[error("cannot use the model `{}`: {why}", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The report could not be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The counts of a run do not add up: a mistake in alike, never in the data.
    #[error(
        "the counts of source `{source_name}` do not add up: {read} rows read, {kept} in the crosswalk, {quarantined} in quarantine; please report this"
    )]
    Reconcile {
        /// The source.
        source_name: String,
        /// Rows read.
        read: u64,
        /// Records in the crosswalk.
        kept: u64,
        /// Rows in quarantine.
        quarantined: u64,
    },
    /// The golden records of a run are not the records that stay: a mistake in alike, never in the data.
    #[error("{golden} golden records were written where {stay} records stay; please report this")]
    ReconcileGolden {
        /// Records that stay.
        stay: u64,
        /// Golden records written.
        golden: u64,
    },
    /// The threads of the run could not be started.
    #[error("cannot start {threads} threads; ask for fewer with --threads")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the system says.
        #[source]
        cause: rayon::ThreadPoolBuildError,
    },
    /// A file could not be written.
    #[error("cannot write `{}`: {cause}; {}", path.display(), way_out(cause.kind()))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The standard output could not be written.
    #[error("cannot write to the standard output")]
    Stdout(#[from] io::Error),
}

/// What to do about a file that cannot be written.
fn way_out(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound => "make its folder first, or name a file in a folder that is there",
        io::ErrorKind::IsADirectory => "it is a folder; name a file in it",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room, or name a file on another disk"
        }
        _ => "name a file in a folder in which you may write",
    }
}

impl Error {
    /// The exit code of this error; see the table above.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Stdout(_) if self.is_closed_pipe() => 0,
            Self::Write(WriteError::Locked { .. }) => 5,
            Self::Write(
                WriteError::NotOurs(_)
                | WriteError::NotEmpty(_)
                | WriteError::NotApplied(_)
                | WriteError::Exists(_)
                | WriteError::Changed { .. }
                | WriteError::NoName(_),
            ) => 2,
            Self::State(StateError::Contradictions(_)) => 4,
            Self::State(StateError::Busy(_) | StateError::Overtaken(_)) => 5,
            Self::State(StateError::Io { .. }) => 1,
            Self::State(StateError::Newer { .. } | StateError::NotOurs(_) | StateError::Unsound { .. }) => 3,
            Self::State(
                StateError::None(_) | StateError::Lines { .. } | StateError::NoSuch(_) | StateError::Taken(_),
            ) => 2,
            Self::Audit(AuditError::NotMet(_)) => 4,
            Self::Audit(AuditError::Problems(_) | AuditError::Nothing(_)) => 2,
            Self::Audit(AuditError::Line { .. }) => 3,
            Self::Forget(ForgetError::Left(_)) => 4,
            Self::Forget(ForgetError::Unknown(_)) => 2,
            Self::Forget(ForgetError::Review(_)) => 3,
            Self::Forget(_) => 1,
            Self::Audit(AuditError::Io { .. }) => 1,
            Self::Match(_) | Self::Model { .. } => 2,
            Self::Review(ReviewError::Served { .. }) => 5,
            Self::Review(ReviewError::Problems(_)) | Self::Apply(ApplyError::NotNow(_)) => 2,
            Self::Review(_) | Self::Apply(ApplyError::NoChangeSet { .. }) => 3,
            Self::Apply(ApplyError::Differs { .. } | ApplyError::Diverged(_)) => 4,
            Self::Apply(_) | Self::Related(RelatedError::Sums { .. }) => 1,
            Self::Related(RelatedError::NoColumn { .. } | RelatedError::Source { .. }) => 2,
            Self::Related(_) => 3,
            Self::Write(_) | Self::Report(_) | Self::Reconcile { .. } | Self::ReconcileGolden { .. } => 1,
            Self::Spill(_)
            | Self::Serve { .. }
            | Self::Threads { .. }
            | Self::File { .. }
            | Self::Stdout(_) => 1,
            // A column that the settings name and the file lacks is a mistake in the settings.
            Self::Usage(_) | Self::Settings(_) | Self::Map(_) | Self::Package(_) => 2,
            Self::Gate(_) | Self::Guards(_) | Self::Classic(ClassicError::TooMany { .. }) => 4,
            Self::Classic(_) => 3,
            Self::Ingest(_) | Self::Profile { .. } | Self::Evaluate(_) | Self::Explain(_) => 3,
        }
    }

    /// Whether the reader of our output went away, as `head` does: it has what it wanted, nothing failed.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Stdout(cause) if cause.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The message with its causes, each once.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let message = error.to_string();
            if !text.contains(&message) {
                text.push_str(": ");
                text.push_str(&message);
            }
            cause = error.source();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let closed = Error::Stdout(io::ErrorKind::BrokenPipe.into());
        assert!(closed.is_closed_pipe());
        assert_eq!(closed.exit_code(), 0);
        assert_eq!(Error::Stdout(io::ErrorKind::StorageFull.into()).exit_code(), 1);
    }

    #[test]
    fn the_chain_tells_every_cause_once() {
        let cause = io::Error::new(io::ErrorKind::StorageFull, "disk full");
        let error = Error::File { path: "out.json".into(), cause };
        assert_eq!(
            error.chain(),
            "cannot write `out.json`: disk full; make room, or name a file on another disk"
        );
        let stdout = Error::Stdout(io::Error::other("gone"));
        assert_eq!(stdout.chain(), "cannot write to the standard output: gone");
    }
}
