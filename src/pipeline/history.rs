//! Run folders by date in one folder: where the next one goes, which is the last good one, which are too old.

use super::guarding;
use crate::error::Error;
use crate::write;
use std::path::{Path, PathBuf};

/// The link to the last good run.
const LATEST: &str = "latest";

/// Names of run folders: the time at which the run began, in UTC, so that their order is that of time.
const FORMAT: &str = "%Y-%m-%dT%H-%M-%SZ";

/// The folder for a run that begins now.
pub fn dated(history: &Path) -> PathBuf {
    history.join(jiff::Timestamp::now().strftime(FORMAT).to_string())
}

/// Whether a name is that of a dated run folder.
pub(super) fn is_dated(name: &str) -> bool {
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 | 13 | 16 => byte == b'-',
        10 => byte == b'T',
        19 => byte == b'Z',
        _ => byte.is_ascii_digit(),
    };
    name.len() == 20 && name.bytes().enumerate().all(shape)
}

/// Whether a name is that of a dated run that guards stopped.
pub(super) fn is_stopped(name: &str) -> bool {
    let whole = write::aside(Path::new("-"));
    let ending = whole.to_string_lossy();
    name.strip_suffix(ending.trim_start_matches('-')).is_some_and(is_dated)
}

/// The dated run folders, oldest first.
fn runs(history: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(history).into_iter().flatten().flatten();
    let mut runs: Vec<PathBuf> = entries
        .filter(|entry| is_dated(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .collect();
    runs.retain(|path| guarding::manifest(path).is_some());
    runs.sort();
    runs
}

/// The last good run: the one that the link names, or else the latest by name.
pub fn latest(history: &Path) -> Option<PathBuf> {
    let linked = std::fs::read_link(history.join(LATEST)).ok().map(|name| history.join(name));
    linked.filter(|path| guarding::manifest(path).is_some()).or_else(|| runs(history).pop())
}

/// After a good run: the link leads to it, and of the older ones `keep` stay (it among them; all when it is 0). One in
/// which people worked stays in any case. Says which were removed.
///
/// Errors: the link cannot be made, or a folder not be removed.
pub fn keep(history: &Path, run: &Path, keep: u32) -> Result<Vec<PathBuf>, Error> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |cause| Error::File { path, cause }
    };
    #[cfg(unix)]
    {
        let link = history.join(LATEST);
        let beside = history.join(format!(".{LATEST}.{}", std::process::id()));
        let name = run.file_name().unwrap_or(run.as_os_str());
        let linked = std::os::unix::fs::symlink(name, &beside).and_then(|()| std::fs::rename(&beside, &link));
        linked.map_err(failed(&link))?;
    }
    #[cfg(not(unix))]
    let _ = (run, failed);
    let mut removed = Vec::new();
    if keep == 0 {
        return Ok(removed);
    }
    let mut old = runs(history);
    old.retain(|path| path != run);
    let surplus = (old.len() + 1).saturating_sub(keep as usize);
    for path in old.into_iter().take(surplus) {
        write::discard_aside(&path)?;
        if write::discard(&path)? {
            removed.push(path);
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(history: &Path, name: &str) -> PathBuf {
        let path = history.join(name);
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("manifest.json"), r#"{"program": "alike"}"#).unwrap();
        path
    }

    #[test]
    fn names_are_those_of_dates() {
        let now = dated(Path::new("x"));
        assert!(is_dated(&now.file_name().unwrap().to_string_lossy()), "{now:?}");
        assert!(
            !is_dated("2031-01-01T00-00-00Z.stopped")
                && !is_dated("latest")
                && !is_dated("2031-01-01 00-00-00Z")
        );
    }

    #[test]
    fn old_runs_go_and_the_last_good_one_and_what_people_worked_in_stay() {
        let history = tempfile::tempdir().unwrap();
        let history = history.path();
        assert_eq!(latest(history), None);
        let names =
            ["2031-01-01T00-00-00Z", "2031-01-02T00-00-00Z", "2031-01-03T00-00-00Z", "2031-01-04T00-00-00Z"];
        let paths = names.map(|name| folder(history, name));
        folder(history, "mine");
        std::fs::write(paths[1].join("notes.txt"), "of a person").unwrap();
        assert!(keep(history, &paths[3], 0).unwrap().is_empty());
        assert_eq!(keep(history, &paths[3], 2).unwrap(), [paths[0].clone()]);
        assert!(paths[1].is_dir() && paths[2].is_dir() && history.join("mine").is_dir());
        // The clock went back: the good run has the smaller name, and stays the last good one.
        assert_eq!(keep(history, &paths[2], 1).unwrap(), [paths[3].clone()]);
        assert_eq!(latest(history), Some(paths[2].clone()));
    }
}
