//! The place of a run folder: taken before the long work, filled at its end, whole or not at all.

use super::WriteError;
use super::applied_folder::{BEFORE, carry, keep, may_replace_applied, may_rewrite_applied};
use super::file::{may_replace, sync_dir};
use super::held;
use super::lock::{self, Lock};
use std::fs;
use std::path::{Path, PathBuf};

/// A run folder being made beside the place where it will stand.
///
/// While it is held, no other run can make the same folder (a lock file beside it says so). Dropped before
/// it is published, it leaves nothing behind; killed, it leaves hidden files that the next run clears.
pub struct Place {
    /// As the caller named it.
    named: PathBuf,
    target: PathBuf,
    partial: PathBuf,
    old: PathBuf,
    lock_path: PathBuf,
    lock: Lock,
    /// Whether a folder may be put there.
    may_replace: MayReplace,
    /// Folders above the place that were not there before, outermost first.
    made: Made,
}

type MayReplace = fn(&Path) -> Result<(), WriteError>;

/// Takes the place of an apply folder, as [`take`] does of a run folder: what is there must be an apply folder of ours
/// as it was left.
pub fn take_applied(target: &Path) -> Result<Place, WriteError> {
    take_for(target, may_replace_applied)
}

/// As [`take_applied`], where what people changed in the files of the folder is carried on.
pub fn take_applied_again(target: &Path) -> Result<Place, WriteError> {
    take_for(target, may_rewrite_applied)
}

/// Takes the place of a run folder: locks it, clears what a killed run left, and makes an empty hidden folder, so that
/// what would keep the run from writing is known before the long work.
///
/// Errors: the path names no folder or holds something that is no run folder of ours as its run left it, the system
/// refuses, or another run holds it.
pub fn take(target: &Path) -> Result<Place, WriteError> {
    take_for(target, may_replace)
}

fn take_for(target: &Path, may_replace: MayReplace) -> Result<Place, WriteError> {
    let name = target.file_name().ok_or_else(|| WriteError::NoName(target.into()))?;
    let name = name.to_str().ok_or_else(|| WriteError::NoName(target.into()))?;
    // Asked before anything is made, and again under the lock.
    may_replace(target)?;
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new(""),
    };
    let made = Made::folders(parent)?;
    let lock_path = parent.join(format!(".{name}.lock"));
    let lock = lock::take(&lock_path)?;
    let place = Place {
        named: target.to_path_buf(),
        target: parent.join(name),
        partial: parent.join(format!(".{name}.partial-{}", std::process::id())),
        old: parent.join(format!(".{name}.old-{}", std::process::id())),
        lock_path,
        lock,
        may_replace,
        made,
    };
    place.clear_leftovers(here(parent), name)?;
    may_replace(&place.target)?;
    held::hold(&place.partial, &place.lock_path);
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&place.partial).map_err(|cause| WriteError::io(&place.partial, cause))?;
    Ok(place)
}

/// The current folder has a name only where it is listed.
fn here(parent: &Path) -> &Path {
    if parent.as_os_str().is_empty() { Path::new(".") } else { parent }
}

impl Place {
    /// Where the files are to be written.
    pub(crate) fn dir(&self) -> &Path {
        &self.partial
    }

    /// Where files without a name may be put while the folder is made: on the same disk, readable by its owner only.
    pub(crate) fn scratch(&self) -> &Path {
        // Elsewhere than on Unix, open files keep their folder from being moved.
        if cfg!(unix) { &self.partial } else { self.target.parent().unwrap_or(Path::new("")) }
    }

    /// The run folder, as the caller named it.
    pub(crate) fn named(&self) -> &Path {
        &self.named
    }

    /// A sentence on the run before that ended without tidying up, if there was one.
    pub fn taken_over(&self) -> Option<String> {
        let before = self.lock.before.as_ref()?;
        let folder = self.named.display();
        Some(format!(
            "the run before, {before}, was ended before `{folder}` was written; this run takes its place"
        ))
    }

    /// Keeps what the folder in the place holds now as [`BEFORE`] in the new one; says whether there was anything.
    pub(crate) fn keep_before(&self) -> Result<bool, WriteError> {
        let there = self.target.exists();
        if there {
            keep(&self.target, &self.partial.join(BEFORE))?;
        }
        Ok(there)
    }

    /// Carries everything that the folder in the place holds on into the new one, but these files.
    pub(crate) fn carry(&self, except: &[&str]) -> Result<(), WriteError> {
        carry(&self.target, &self.partial, except)
    }

    /// Puts back what the folder in the place held before, or takes the folder away when there was nothing. Killed
    /// on the way, the next command finds the folder as it was.
    pub fn put_back(mut self) -> Result<(), WriteError> {
        (self.may_replace)(&self.target)?;
        let before = self.old.join(BEFORE);
        held::in_one(|| {
            fs::rename(&self.target, &self.old).map_err(|cause| WriteError::io(&self.target, cause))?;
            match before.is_dir() {
                true => fs::rename(&before, &self.target).map_err(|cause| WriteError::io(&before, cause)),
                false => Ok(()),
            }
        })?;
        self.made.keep();
        // A folder that is half removed must not be taken for the last good one by the next command: it leaves under
        // the name of what is unfinished.
        fs::remove_dir_all(&self.partial).map_err(|cause| WriteError::io(&self.partial, cause))?;
        fs::rename(&self.old, &self.partial).map_err(|cause| WriteError::io(&self.old, cause))?;
        fs::remove_dir_all(&self.partial).map_err(|cause| WriteError::io(&self.partial, cause))?;
        match self.target.parent() {
            Some(parent) => sync_dir(here(parent)),
            None => Ok(()),
        }
    }

    /// Puts the folder in its place, in the stead of the run folder that was there.
    pub(crate) fn publish(mut self) -> Result<(), WriteError> {
        let io = |path: &Path| {
            let path = path.to_path_buf();
            move |cause| WriteError::io(&path, cause)
        };
        sync_dir(&self.partial)?;
        // A run takes a while: people may have worked in the old folder meanwhile.
        (self.may_replace)(&self.target)?;
        let replaces = self.target.exists();
        held::in_one(|| {
            if replaces {
                fs::rename(&self.target, &self.old).map_err(io(&self.target))?;
            }
            if let Err(cause) = fs::rename(&self.partial, &self.target) {
                if replaces {
                    fs::rename(&self.old, &self.target).map_err(io(&self.old))?;
                }
                return Err(WriteError::io(&self.target, cause));
            }
            Ok(())
        })?;
        self.made.keep();
        if let Some(parent) = self.target.parent() {
            sync_dir(here(parent))?;
        }
        if replaces {
            fs::remove_dir_all(&self.old).map_err(io(&self.old))?;
        }
        Ok(())
    }

    /// A run killed between its two renames left the last good folder under its old name: it is put back.
    fn clear_leftovers(&self, parent: &Path, name: &str) -> Result<(), WriteError> {
        let (partial, old) = (format!(".{name}.partial-"), format!(".{name}.old-"));
        let entries = fs::read_dir(parent).map_err(|cause| WriteError::io(parent, cause))?;
        for entry in entries {
            let entry = entry.map_err(|cause| WriteError::io(parent, cause))?;
            let file_name = entry.file_name();
            let Some(text) = file_name.to_str() else { continue };
            let path = entry.path();
            let of_process = |prefix: &str| {
                text.strip_prefix(prefix)
                    .is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit()))
            };
            if of_process(&old) && !self.target.exists() {
                fs::rename(&path, &self.target).map_err(|cause| WriteError::io(&path, cause))?;
            } else if of_process(&old) || of_process(&partial) {
                fs::remove_dir_all(&path).map_err(|cause| WriteError::io(&path, cause))?;
            }
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Best effort: what cannot be removed now is cleared by the next run. The lock itself is freed after this.
        let _ = fs::remove_dir_all(&self.partial);
        let _ = fs::remove_file(&self.lock_path);
        held::release(&self.partial);
    }
}

/// Folders that were made on the way to a place; removed again, as far as empty, when they are not kept.
struct Made(Vec<PathBuf>);

impl Made {
    fn folders(parent: &Path) -> Result<Self, WriteError> {
        let missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        let made = Self(parent.ancestors().take_while(missing).map(Path::to_path_buf).collect());
        fs::create_dir_all(here(parent)).map_err(|cause| WriteError::io(parent, cause))?;
        Ok(made)
    }

    fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for folder in &self.0 {
            // Innermost first; one that somebody used meanwhile is not empty and stays.
            let _ = fs::remove_dir(folder);
        }
    }
}
