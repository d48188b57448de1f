//! The places this process holds, for the one case in which nothing is dropped: the process is told to end.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Partial folder and lock file of each place.
static HELD: Mutex<Vec<(PathBuf, PathBuf)>> = Mutex::new(Vec::new());

/// The list; while it is borrowed, nothing is abandoned.
fn held() -> MutexGuard<'static, Vec<(PathBuf, PathBuf)>> {
    // Pushing and retaining leave a whole list, even when they panic.
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes a place.
pub(super) fn hold(partial: &Path, lock: &Path) {
    held().push((partial.to_path_buf(), lock.to_path_buf()));
}

/// Forgets a place.
pub(super) fn release(partial: &Path) {
    held().retain(|(other, _)| other != partial);
}

/// Does what must not be cut in two by [`abandon`].
pub(super) fn in_one<T>(work: impl FnOnce() -> T) -> T {
    let _whole = held();
    work()
}

/// Removes what unfinished runs of this process have beside their folders. To be called when the process is about to
/// end (Ctrl-C), never by a run: a run that writes on would fail.
pub fn abandon() {
    let held = held();
    for (partial, lock) in held.iter() {
        // Best effort: what cannot be removed now is cleared by the next run.
        let _ = fs::remove_dir_all(partial);
        let _ = fs::remove_file(lock);
    }
}
