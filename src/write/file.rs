//! Files: private, on the disk before they are seen; and whether a folder is a run folder as the run left it.

use super::WriteError;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// Creates a file that only its owner can read.
pub(crate) fn create(path: &Path) -> Result<File, WriteError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|cause| WriteError::io(path, cause))
}

/// Makes a folder that only its owner can open, and those above it that are not there.
pub(crate) fn private_dir(path: &Path) -> Result<(), WriteError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|cause| WriteError::io(path, cause))
}

/// Brings a finished file to the disk.
pub(crate) fn finish(file: File, path: &Path) -> Result<(), WriteError> {
    file.sync_all().map_err(|cause| WriteError::io(path, cause))
}

/// Writes a whole file.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), WriteError> {
    let mut file = create(path)?;
    file.write_all(content.as_ref()).map_err(|cause| WriteError::io(path, cause))?;
    finish(file, path)
}

/// Writes a file that only its owner can read, whole or not at all: to a sibling first, then renamed.
pub fn private_file(path: &Path, content: &str) -> Result<(), WriteError> {
    let mut name = path.file_name().ok_or_else(|| WriteError::NoName(path.into()))?.to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let sibling = path.with_file_name(name);
    let renamed = || fs::rename(&sibling, path).map_err(|cause| WriteError::io(path, cause));
    write(&sibling, content).and_then(|()| renamed()).inspect_err(|_| {
        // The write has failed already; a sibling that cannot be removed either adds nothing to say.
        let _ = fs::remove_file(&sibling);
    })
}

/// The file whose [`MARKER`] makes a folder a run folder of ours.
pub(super) const MANIFEST: &str = "manifest.json";
/// Key and value that the manifest holds.
pub const MARKER: (&str, &str) = ("program", "alike");

/// The report over masked records.
pub const MASKED_REPORT: &str = "report-masked.html";

/// Every file that a run writes, in either format.
pub(super) const RUN_FILES: [&str; 20] = [
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
    "bc_duplicates.csv",
    "related.csv",
    "dangling.csv",
    "diff.html",
    "diff.json",
    "quality.json",
    "report.html",
    MASKED_REPORT,
    "model.json",
    MANIFEST,
];

/// Files that file managers leave in every folder they show, and the secret of masked packs; nobody misses them.
pub(super) const OF_FILE_MANAGERS: [&str; 4] = [".DS_Store", "Thumbs.db", "desktop.ini", "mask.key"];

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
pub(super) fn sync_dir(dir: &Path) -> Result<(), WriteError> {
    #[cfg(unix)]
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|cause| WriteError::io(dir, cause))?;
    let _ = dir;
    Ok(())
}
