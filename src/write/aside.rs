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
    discard(&aside(out)).map(drop)
}

/// Removes a run folder as its run left it; says whether it did. One in which people worked, or that is none, stays.
///
/// Errors: the system refuses.
pub fn discard(dir: &Path) -> Result<bool, WriteError> {
    let is_empty = || fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none());
    if !dir.is_dir() || is_empty() || may_replace(dir).is_err() {
        return Ok(false);
    }
    // Half removed it must not be taken for a run: it leaves under a name that nothing reads.
    let mut name = std::ffi::OsString::from(".");
    name.push(dir.file_name().unwrap_or_default());
    name.push(format!(".partial-{}", std::process::id()));
    let leaving = dir.with_file_name(name);
    fs::rename(dir, &leaving).map_err(|cause| WriteError::io(dir, cause))?;
    fs::remove_dir_all(&leaving).map_err(|cause| WriteError::io(&leaving, cause))?;
    Ok(true)
}
