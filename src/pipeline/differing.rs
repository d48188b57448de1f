//! The side entrance for differences: two run folders → what changed.

use super::{guarding, manifest, profiled};
use crate::diff::{self, Diff, Side};
use crate::error::Error;
use crate::profile::Quality;
use crate::progress::{Event, Progress};
use crate::report;
use crate::review::ReviewError;
use serde_json::Value;
use std::path::Path;

/// The difference of two runs, and the same as a file for programs and a page for people.
#[derive(Clone, Debug)]
pub struct Differing {
    /// The difference.
    pub diff: Diff,
    /// As the text of `diff.json`.
    pub json: String,
    /// As one page.
    pub page: String,
}

/// Compares two run folders.
///
/// Errors: one of them is no run folder, or cannot be read.
pub fn difference(before: &Path, after: &Path) -> Result<Differing, Error> {
    let name = |dir: &Path| dir.display().to_string();
    let (one, other) = rayon::join(|| side(before, &name(before)), || side(after, &name(after)));
    of(&one?, &other?)
}

fn of(before: &Side, after: &Side) -> Result<Differing, Error> {
    let diff = diff::between(before, after);
    let page = report::diff_html(&diff, env!("CARGO_PKG_VERSION"))?;
    Ok(Differing { json: manifest::pretty(&diff), page, diff })
}

fn side(dir: &Path, name: &str) -> Result<Side, Error> {
    let manifest = guarding::manifest(dir)
        .ok_or_else(|| ReviewError::NoRun { dir: dir.to_path_buf(), stem: "manifest".to_string() })?;
    Ok(diff::read(dir, name, &manifest, profiled::load_quality(dir)?)?)
}

/// The files on what changed since an earlier run, for a run folder whose tables are written: name and content. None
/// when the earlier one is a profile only; that it cannot be read is told, and stops nothing.
pub(super) fn files(
    before: &Path,
    dir: &Path,
    name: &Path,
    counts: Value,
    quality: &Quality,
    progress: &dyn Progress,
) -> Vec<(&'static str, String)> {
    if guarding::manifest(before).is_none() {
        return Vec::new();
    }
    let (one, other) = rayon::join(
        || side(before, &before.display().to_string()),
        || {
            let manifest = serde_json::json!({ "counts": counts });
            diff::read(dir, &name.display().to_string(), &manifest, quality.clone()).map_err(Error::from)
        },
    );
    match one.and_then(|one| of(&one, &other?)) {
        Ok(differing) => vec![("diff.json", differing.json), ("diff.html", differing.page)],
        Err(why) => {
            let told = format!("what changed since `{}` is not written: {}", before.display(), why.chain());
            progress.event(Event::Warning(&told));
            Vec::new()
        }
    }
}
