//! The folder that `alike apply` writes: whether one is ours as it was left, and keeping what it held before.

use super::WriteError;
use super::file::{MARKER, OF_FILE_MANAGERS};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// The file that marks an apply folder; written last.
pub const APPLIED: &str = "applied.json";
/// The change set in it.
pub const CHANGE_SET: &str = "changeset.jsonl";
/// The folder in it that holds what the apply folder held before.
pub const BEFORE: &str = "before";
/// The folder in it for what goes back into systems.
pub const PACKAGES: &str = "packages";

/// Whether a folder was written by `alike apply`.
pub fn is_applied(folder: &Path) -> bool {
    marks(folder).is_some()
}

/// What `applied.json` says, when it is ours.
fn marks(folder: &Path) -> Option<Value> {
    let text = fs::read_to_string(folder.join(APPLIED)).ok()?;
    let value: Value = serde_json::from_str(&text).ok()?;
    (value.get(MARKER.0).and_then(Value::as_str) == Some(MARKER.1) && value.get("change_set").is_some())
        .then_some(value)
}

/// Checks that an apply folder may be put at this path: nothing is there, or an empty folder, or an apply folder as
/// it was left.
pub(super) fn may_replace_applied(target: &Path) -> Result<(), WriteError> {
    check(target, true)
}

/// As [`may_replace_applied`], for a command that carries on what people changed in the folder.
pub(super) fn may_rewrite_applied(target: &Path) -> Result<(), WriteError> {
    check(target, false)
}

fn check(target: &Path, unchanged: bool) -> Result<(), WriteError> {
    let io = |cause| WriteError::io(target, cause);
    match fs::symlink_metadata(target) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(io(cause)),
        Ok(found) if !found.is_dir() => return Err(WriteError::NotApplied(target.to_path_buf())),
        Ok(_) => {}
    }
    if fs::read_dir(target).map_err(io)?.next().is_none() {
        return Ok(());
    }
    let Some(marks) = marks(target) else { return Err(WriteError::NotApplied(target.to_path_buf())) };
    if !unchanged {
        return Ok(());
    }
    let ours: Vec<&str> =
        marks["files"].as_array().into_iter().flatten().filter_map(Value::as_str).chain([APPLIED]).collect();
    let written = fs::metadata(target.join(APPLIED)).and_then(|found| found.modified()).map_err(io)?;
    let mut files = Vec::new();
    of_people(target, "", &ours, written, &mut files).map_err(io)?;
    files.sort();
    if files.is_empty() { Ok(()) } else { Err(WriteError::Changed { dir: target.to_path_buf(), files }) }
}

/// Adds the files of an apply folder that no apply wrote or that were changed since, by their paths with `/` between parts.
fn of_people(
    dir: &Path,
    above: &str,
    ours: &[&str],
    written: SystemTime,
    found: &mut Vec<String>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let file_name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{above}{file_name}");
        let metadata = entry.metadata()?;
        if metadata.is_dir() && path == BEFORE {
            continue;
        }
        let inside = format!("{path}/");
        if metadata.is_dir() && ours.iter().any(|file| file.starts_with(&inside)) {
            of_people(&entry.path(), &inside, ours, written, found)?;
            continue;
        }
        let of_manager = metadata.is_file() && OF_FILE_MANAGERS.contains(&file_name.as_str());
        let of_apply = metadata.is_file() && ours.contains(&path.as_str());
        if !of_manager && (!of_apply || metadata.modified()? > written) {
            found.push(path);
        }
    }
    Ok(())
}

/// Puts everything that stands in one folder into another that is not there yet, as hard links where the file system
/// has them, so that what is kept costs no room.
pub(super) fn keep(from: &Path, to: &Path) -> Result<(), WriteError> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(to).map_err(|cause| WriteError::io(to, cause))?;
    carry(from, to, &[])
}

/// As [`keep`], into a folder that is there, without the files of these names.
pub(super) fn carry(from: &Path, to: &Path, except: &[&str]) -> Result<(), WriteError> {
    for entry in fs::read_dir(from).map_err(|cause| WriteError::io(from, cause))? {
        let entry = entry.map_err(|cause| WriteError::io(from, cause))?;
        let (path, kept) = (entry.path(), to.join(entry.file_name()));
        if except.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type().map_err(|cause| WriteError::io(&path, cause))?.is_dir() {
            keep(&path, &kept)?;
        } else if fs::hard_link(&path, &kept).is_err() {
            copy(&path, &kept).map_err(|cause| WriteError::io(&kept, cause))?;
        }
    }
    super::file::sync_dir(to)
}

/// Copies a file with the time of its last change, by which a later command tells whether people changed it.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::copy(from, to)?;
    let modified = fs::metadata(from)?.modified()?;
    let file = fs::File::options().write(true).open(to)?;
    file.set_modified(modified)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("golden.csv"), "a\n").unwrap();
        let marks = r#"{"program": "alike", "change_set": "C-1", "files": ["golden.csv"]}"#;
        fs::write(folder.join(APPLIED), marks).unwrap();
    }

    #[test]
    fn an_apply_folder_may_be_replaced_as_it_was_left() {
        let desk = tempfile::tempdir().unwrap();
        let folder = desk.path().join("applied");
        assert!(may_replace_applied(&folder).is_ok());
        applied(&folder);
        assert!(is_applied(&folder) && may_replace_applied(&folder).is_ok());
        fs::write(folder.join("notes.txt"), "x").unwrap();
        assert!(
            matches!(may_replace_applied(&folder), Err(WriteError::Changed { files, .. }) if files == ["notes.txt"])
        );
        fs::remove_file(folder.join("notes.txt")).unwrap();
        let later = fs::metadata(folder.join(APPLIED)).unwrap().modified().unwrap()
            + std::time::Duration::from_secs(1);
        let golden = fs::File::options().write(true).open(folder.join("golden.csv")).unwrap();
        golden.set_modified(later).unwrap();
        assert!(matches!(may_replace_applied(&folder), Err(WriteError::Changed { .. })));
        assert!(may_rewrite_applied(&folder).is_ok());
        fs::write(folder.join(APPLIED), "{}").unwrap();
        assert!(matches!(may_rewrite_applied(&folder), Err(WriteError::NotApplied(_))));
    }

    #[test]
    fn what_is_kept_is_the_same_to_the_byte_and_the_second() {
        let desk = tempfile::tempdir().unwrap();
        let (from, to) = (desk.path().join("from"), desk.path().join("to"));
        applied(&from);
        applied(&from.join(BEFORE));
        keep(&from, &to).unwrap();
        assert_eq!(fs::read(to.join(BEFORE).join("golden.csv")).unwrap(), b"a\n");
        let time = |folder: &Path| fs::metadata(folder.join("golden.csv")).unwrap().modified().unwrap();
        assert_eq!(time(&from), time(&to));
        copy(&from.join("golden.csv"), &to.join("copy.csv")).unwrap();
        assert_eq!(fs::metadata(to.join("copy.csv")).unwrap().modified().unwrap(), time(&from));
    }
}
