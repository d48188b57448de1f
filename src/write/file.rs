//! Files and the folder: private, on the disk before they are seen, whole or not at all.

use super::WriteError;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Creates a file that only its owner can read.
pub(super) fn create(path: &Path) -> Result<File, WriteError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|cause| WriteError::io(path, cause))
}

/// Brings a finished file to the disk.
pub(super) fn finish(file: File, path: &Path) -> Result<(), WriteError> {
    file.sync_all().map_err(|cause| WriteError::io(path, cause))
}

/// Writes a whole file.
pub(super) fn write(path: &Path, content: &str) -> Result<(), WriteError> {
    let mut file = create(path)?;
    file.write_all(content.as_bytes()).map_err(|cause| WriteError::io(path, cause))?;
    finish(file, path)
}

/// A run folder being made beside the place where it will stand.
///
/// While it is held, no other run can make the same folder (a lock file beside it says so). Dropped before
/// [`Staging::publish`], it leaves nothing behind; killed, it leaves hidden folders that the next run clears.
pub(super) struct Staging {
    target: PathBuf,
    partial: PathBuf,
    old: PathBuf,
    lock_path: PathBuf,
    _lock: File,
}

/// The file whose [`MARKER`] makes a folder a run folder of ours.
pub(super) const MANIFEST: &str = "manifest.json";
/// Key and value that the manifest holds.
pub const MARKER: (&str, &str) = ("program", "alike");

/// Every file that a run writes, in either format.
pub(super) const RUN_FILES: [&str; 14] = [
    "proposals.csv",
    "proposals.parquet",
    "plan.csv",
    "plan.parquet",
    "golden.csv",
    "golden.parquet",
    "crosswalk.csv",
    "crosswalk.parquet",
    "links.parquet",
    "quarantine.csv",
    "quality.json",
    "report.html",
    "model.json",
    MANIFEST,
];

/// Files that file managers leave in every folder they show; nobody misses them.
const OF_FILE_MANAGERS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

impl Staging {
    /// Locks the place, clears what a killed run left, and makes an empty partial folder.
    pub fn begin(target: &Path) -> Result<Self, WriteError> {
        let name = target
            .file_name()
            .and_then(|name| name.to_str())
            .ok_or_else(|| WriteError::NoName(target.into()))?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(|cause| WriteError::io(parent, cause))?;
        let lock_path = parent.join(format!(".{name}.lock"));
        let lock = lock(&lock_path)?;
        let staging = Self {
            target: parent.join(name),
            partial: parent.join(format!(".{name}.partial-{}", std::process::id())),
            old: parent.join(format!(".{name}.old-{}", std::process::id())),
            lock_path,
            _lock: lock,
        };
        staging.clear_leftovers(parent, name)?;
        may_replace(&staging.target)?;
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&staging.partial).map_err(|cause| WriteError::io(&staging.partial, cause))?;
        Ok(staging)
    }

    /// Where the files are to be written.
    pub fn dir(&self) -> &Path {
        &self.partial
    }

    /// Puts the folder in its place, in the stead of the run folder that was there.
    pub fn publish(self) -> Result<(), WriteError> {
        let io = |path: &Path| {
            let path = path.to_path_buf();
            move |cause| WriteError::io(&path, cause)
        };
        sync_dir(&self.partial)?;
        // A run takes a while: people may have worked in the old folder meanwhile.
        may_replace(&self.target)?;
        let replaces = self.target.exists();
        if replaces {
            fs::rename(&self.target, &self.old).map_err(io(&self.target))?;
        }
        if let Err(cause) = fs::rename(&self.partial, &self.target) {
            if replaces {
                fs::rename(&self.old, &self.target).map_err(io(&self.old))?;
            }
            return Err(WriteError::io(&self.target, cause));
        }
        if let Some(parent) = self.target.parent() {
            sync_dir(parent)?;
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

impl Drop for Staging {
    fn drop(&mut self) {
        // Best effort: what cannot be removed now is cleared by the next run.
        let _ = fs::remove_dir_all(&self.partial);
        let _ = fs::remove_file(&self.lock_path);
    }
}

/// Takes the lock, or says that another run holds it.
fn lock(path: &Path) -> Result<File, WriteError> {
    loop {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|cause| WriteError::io(path, cause))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(WriteError::Locked(path.to_path_buf())),
            Err(fs::TryLockError::Error(cause)) => return Err(WriteError::io(path, cause)),
        }
        // The run before may have removed the file between our opening and our locking it.
        if same_file(&file, path) {
            return Ok(file);
        }
    }
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

/// Checks that a folder may be put at this path: nothing is there, or an empty folder, or a run folder of ours as the
/// run left it. What people put into a run folder or changed there is theirs.
pub(super) fn may_replace(target: &Path) -> Result<(), WriteError> {
    let io = |cause| WriteError::io(target, cause);
    let not_ours = || WriteError::NotOurs(target.to_path_buf());
    match fs::symlink_metadata(target) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(io(cause)),
        Ok(found) if !found.is_dir() => return Err(not_ours()),
        Ok(_) => {}
    }
    if fs::read_dir(target).map_err(io)?.next().is_none() {
        return Ok(());
    }
    let manifest = fs::read_to_string(target.join(MANIFEST)).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
    if manifest.get(MARKER.0).and_then(serde_json::Value::as_str) != Some(MARKER.1) {
        return Err(not_ours());
    }
    let files = of_people(target).map_err(io)?;
    if files.is_empty() { Ok(()) } else { Err(WriteError::Changed { dir: target.to_path_buf(), files }) }
}

/// Names in a run folder that no run writes, and files of the run that were changed after it; sorted.
fn of_people(dir: &Path) -> std::io::Result<Vec<String>> {
    // The manifest is written last, so nothing that the run wrote is later.
    let written = fs::metadata(dir.join(MANIFEST))?.modified()?;
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let metadata = entry.metadata()?;
        let of_a_run = metadata.is_file() && RUN_FILES.contains(&name.as_str());
        let is_nobodys = metadata.is_file() && OF_FILE_MANAGERS.contains(&name.as_str());
        if !is_nobodys && (!of_a_run || metadata.modified()? > written) {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

/// Brings the names in a folder to the disk, where the system can do that.
fn sync_dir(dir: &Path) -> Result<(), WriteError> {
    #[cfg(unix)]
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|cause| WriteError::io(dir, cause))?;
    let _ = dir;
    Ok(())
}
