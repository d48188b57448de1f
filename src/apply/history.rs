//! What was applied and undone, in order: a file beside the apply folder that only grows.

use super::ApplyError;
use super::change_set::file;
use crate::write::{APPLIED, BEFORE, CHANGE_SET, WriteError, is_applied};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Something that was done to an apply folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When: UTC, ISO 8601.
    pub time: String,
    /// `apply` or `undo`.
    pub event: String,
    /// The change set.
    pub change_set: String,
    /// The merge, when only one was undone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub merge: Option<String>,
    /// The field, when only one of a merge was undone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
}

/// The history of one apply folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The apply folder.
    pub folder: PathBuf,
    file: PathBuf,
}

/// What an apply folder held before the last apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// It is kept in the folder.
    Kept,
    /// There was no such folder.
    Nothing,
    /// Somebody removed it.
    Deleted,
}

/// What is put behind the folder's name.
const ENDING: &str = ".log.jsonl";

impl History {
    /// The history of an apply folder, which need not be there (any more).
    pub fn of_folder(folder: &Path) -> Self {
        let mut name = folder.file_name().unwrap_or_default().to_os_string();
        name.push(ENDING);
        Self { folder: folder.to_path_buf(), file: folder.with_file_name(name) }
    }

    /// The history of the apply folder that a change set is, or was, in. What an apply folder held before stands in
    /// it, so the folder looked for may be further out.
    pub fn of_change_set(path: &Path) -> Self {
        let is_file = path.is_file() || path.file_name().is_some_and(|name| name == CHANGE_SET);
        let mut folder = if is_file { path.parent().unwrap_or(path) } else { path };
        if folder.as_os_str().is_empty() {
            folder = Path::new(".");
        }
        // `.` and `..` have no name to put the history beside.
        let whole = folder.canonicalize();
        let mut found = match &whole {
            Ok(whole) if folder.file_name().is_none() => whole.as_path(),
            _ => folder,
        };
        while found.file_name().is_some_and(|name| name == BEFORE)
            && let Some(parent) = found.parent().filter(|parent| is_applied(parent))
        {
            found = parent;
        }
        Self::of_folder(found)
    }

    /// What was done, in order. A line that cannot be read is passed over: the history tells, it decides nothing.
    pub fn events(&self) -> Vec<Event> {
        let text = fs::read_to_string(&self.file).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Adds an event, and brings it to the disk.
    pub fn append(&self, event: &Event) -> Result<(), WriteError> {
        let failed = |cause: std::io::Error| WriteError::Io { path: self.file.clone(), cause };
        let mut options = fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let line = serde_json::to_string(event).map_err(|cause| failed(cause.into()))? + "\n";
        let mut file = options.open(&self.file).map_err(failed)?;
        file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
    }

    fn marks(&self) -> Option<serde_json::Value> {
        let text = fs::read_to_string(self.folder.join(APPLIED)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// The change set that stands in the folder now.
    pub fn present(&self) -> Option<String> {
        self.marks()?["change_set"].as_str().map(String::from)
    }

    /// What the folder held before the last apply.
    pub fn before(&self) -> Before {
        let held = self.marks().is_some_and(|marks| marks["before"] == true);
        match (held, self.folder.join(BEFORE).is_dir()) {
            (_, true) => Before::Kept,
            (false, false) => Before::Nothing,
            (true, false) => Before::Deleted,
        }
    }

    /// Whether a merge, or a field of it, of a change set was undone; an undone merge has all fields undone.
    pub fn undone(&self, change_set: &str, merge: &str, field: Option<&str>) -> Option<Event> {
        // An apply after an undo of the same change set starts afresh.
        let events = self.events();
        let start = events
            .iter()
            .rposition(|event| event.event == "apply" && event.change_set == change_set)
            .map_or(0, |at| at + 1);
        events[start..]
            .iter()
            .find(|event| {
                event.event == "undo"
                    && event.change_set == change_set
                    && event.merge.as_deref() == Some(merge)
                    && (event.field.is_none() || event.field.as_deref() == field)
            })
            .cloned()
    }

    /// Why a change set is not where it was named: it was undone, or was never there.
    pub fn explain(&self, path: &Path, otherwise: ApplyError) -> ApplyError {
        if file(path).exists() {
            return otherwise;
        }
        match self.events().last() {
            Some(last) if last.event == "undo" && last.merge.is_none() => ApplyError::NotNow(format!(
                "change set `{}` was undone at {} already; there is nothing left to undo in `{}`",
                last.change_set,
                last.time,
                self.folder.display()
            )),
            _ => otherwise,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_added_and_found() {
        let desk = tempfile::tempdir().unwrap();
        let history = History::of_folder(&desk.path().join("applied"));
        let event = |event: &str, merge: Option<&str>, field: Option<&str>| Event {
            time: "2026-01-31T02:00:00Z".into(),
            event: event.into(),
            change_set: "C-1".into(),
            merge: merge.map(String::from),
            field: field.map(String::from),
        };
        for one in [
            event("apply", None, None),
            event("undo", Some("P-1"), Some("email")),
            event("undo", Some("P-2"), None),
        ] {
            history.append(&one).unwrap();
        }
        assert_eq!(history.events().len(), 3);
        assert!(history.undone("C-1", "P-1", Some("email")).is_some());
        assert!(
            history.undone("C-1", "P-1", Some("phone")).is_none()
                && history.undone("C-1", "P-1", None).is_none()
        );
        assert!(
            history.undone("C-1", "P-2", Some("phone")).is_some()
                && history.undone("C-2", "P-2", None).is_none()
        );
        history.append(&event("apply", None, None)).unwrap();
        assert!(history.undone("C-1", "P-2", None).is_none(), "applied again");
    }
}
