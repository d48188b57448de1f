//! The folder beside a run folder, for a run that was stopped by guards: to look at, never to take for the last good one.

use super::WriteError;
use super::file::may_replace;
use std::fs;
use std::path::{Path, PathBuf};

/// What the name of a stopped run's folder ends in.
const STOPPED: &str = ".stopped";

/// Where a run that is stopped by guards is written: `NAME.stopped`, beside its run folder.
pub fn aside(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_os_string();
    name.push(STOPPED);
    out.with_file_name(name)
}

/// Removes the folder of an earlier stopped run, now that a run was not stopped. One in which people worked stays.
///
/// Errors: the system refuses.
pub fn discard_aside(out: &Path) -> Result<(), WriteError> {
    let stopped = aside(out);
    if !stopped.is_dir() || may_replace(&stopped).is_err() {
        return Ok(());
    }
    // It leaves under a name that the next run clears, should this one be killed half-way.
    let mut name = std::ffi::OsString::from(".");
    name.push(out.file_name().unwrap_or_default());
    name.push(format!(".partial-{}", std::process::id()));
    let leaving = out.with_file_name(name);
    fs::rename(&stopped, &leaving).map_err(|cause| WriteError::io(&stopped, cause))?;
    fs::remove_dir_all(&leaving).map_err(|cause| WriteError::io(&leaving, cause))
}
