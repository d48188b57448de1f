//! The lock file: one run a folder at a time. The system frees it when its process ends, however it ends.

use super::WriteError;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

/// A lock that is held until it is dropped or the process ends.
pub struct Lock {
    _file: File,
    /// The process that held it before and ended without tidying up.
    pub before: Option<String>,
}

/// Takes the lock, or says which run holds it.
pub fn take(path: &Path) -> Result<Lock, WriteError> {
    let io = |cause| WriteError::io(path, cause);
    loop {
        let mut options = fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = holder(&mut file).unwrap_or_else(|| "a process".to_string());
                return Err(WriteError::Locked { lock: path.to_path_buf(), holder });
            }
            Err(TryLockError::Error(cause)) => return Err(io(cause)),
        }
        // The run before may have removed the file between our opening and our locking it.
        if same_file(&file, path) {
            let before = holder(&mut file);
            sign(&mut file).map_err(|cause| {
                // The disk is full, say: no lock is left that names nobody.
                let _ = fs::remove_file(path);
                io(cause)
            })?;
            return Ok(Lock { _file: file, before });
        }
    }
}

/// Writes our process into the file; the time of writing says since when.
fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    std::io::Seek::rewind(file)?;
    write!(file, "{}", std::process::id())
}

/// The process that a lock file names, and since when: `process 4711 (since 2026-01-31 02:00:00 UTC)`.
fn holder(file: &mut File) -> Option<String> {
    let mut text = String::new();
    // Some systems let nobody read what is locked; then the holder is unknown.
    file.read_to_string(&mut text).ok()?;
    let pid: u32 = text.trim().parse().ok()?;
    let modified = file.metadata().and_then(|facts| facts.modified()).ok();
    Some(match modified.and_then(|time| jiff::Timestamp::try_from(time).ok()) {
        Some(since) => format!("process {pid} (since {})", since.strftime("%F %T UTC")),
        None => format!("process {pid}"),
    })
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let inode =
        |metadata: std::io::Result<fs::Metadata>| metadata.ok().map(|found| (found.dev(), found.ino()));
    let ours = inode(file.metadata());
    ours.is_some() && ours == inode(fs::metadata(path))
}

#[cfg(not(unix))]
fn same_file(_: &File, _: &Path) -> bool {
    true // an open file cannot be removed there
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_taker_hears_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".out.lock");
        let first = take(&path).unwrap();
        assert_eq!(first.before, None);
        let Err(WriteError::Locked { holder, .. }) = take(&path) else { panic!("taken twice") };
        assert!(holder.starts_with(&format!("process {} (since 2", std::process::id())), "{holder}");
    }

    #[test]
    fn the_lock_of_the_dead_is_taken_over_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".out.lock");
        fs::write(&path, "4000000000").unwrap();
        let lock = take(&path).unwrap();
        assert!(lock.before.is_some_and(|before| before.starts_with("process 4000000000 (since")));
        assert_eq!(fs::read_to_string(&path).unwrap(), std::process::id().to_string());
    }
}
