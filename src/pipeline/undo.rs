//! The way back: a whole change set, one merge of it, or one field.

use super::apply::event;
use super::summary::number;
use crate::apply::{ApplyError, Before, ChangeSet, Diverged, History, Lists, one_merge};
use crate::error::Error;
use crate::review::{ReviewError, Sheet};
use crate::write::{self, BEFORE, PACKAGES, WriteError};
use std::collections::HashSet;
use std::path::PathBuf;

/// What is to be taken back.
#[derive(Clone, Debug)]
pub struct UndoOptions {
    /// The change set: its file, or the apply folder.
    pub change_set: PathBuf,
    /// One merge of it.
    pub merge: Option<String>,
    /// One field of the merge.
    pub field: Option<String>,
}

/// Takes a change set, a merge or a field back; returns what to tell a person.
pub fn undo(options: &UndoOptions) -> Result<Vec<String>, Error> {
    let history = History::of_change_set(&options.change_set);
    let explain = |error| history.explain(&options.change_set, error);
    let header = ChangeSet::read_header(&options.change_set).map_err(explain)?;
    let (folder, id) = (history.folder.display(), header.change_set.clone());
    let Some(present) = history.present() else {
        let why =
            "it does not stand in a folder that `alike apply` wrote; name the one in that folder".to_string();
        return Err(ApplyError::NoChangeSet { path: options.change_set.clone(), why }.into());
    };
    let Some(merge) = &options.merge else {
        if present != id {
            return Err(ApplyError::NotNow(format!(
                "`{id}` is not the last change set of `{folder}`: `{present}` was applied after it; undo that first, or \
                 take single merges back with --merge"
            ))
            .into());
        }
        let before = history.before();
        if before == Before::Deleted {
            return Err(ApplyError::NotNow(format!(
                "what `{folder}` held before `{id}` was removed from it (`{BEFORE}`), so it cannot be put back; single \
                 merges can be taken back with --merge"
            ))
            .into());
        }
        write::take_applied(&history.folder).and_then(write::Place::put_back).map_err(undoable)?;
        history.append(&event("undo", &id, None, None))?;
        let left = match before {
            Before::Nothing => format!("there was nothing before: `{folder}` is gone"),
            _ => format!("`{folder}` is as it was before"),
        };
        return Ok(vec![format!("{id} is undone ({}); {left}", number(header.merges, "merge", "merges"))]);
    };

    let set = ChangeSet::read(&options.change_set)?;
    let merge = set.find(merge)?;
    if let Some(before) = history.undone(&id, &merge.merge, options.field.as_deref()) {
        let what = options.field.as_ref().map_or(String::new(), |field| format!("field `{field}` of "));
        return Err(ApplyError::NotNow(format!(
            "{what}`{}` was undone at {} already",
            merge.merge, before.time
        ))
        .into());
    }
    let place = write::take_applied_again(&history.folder)?;
    let golden = Sheet::of_run(&history.folder, "golden")?;
    let crosswalk = Sheet::of_run(&history.folder, "crosswalk")?;
    // What the crosswalk was before this very change set: inside the folder that the change set stands in.
    let inside = if options.change_set.is_dir() {
        options.change_set.join(BEFORE)
    } else {
        options.change_set.with_file_name(BEFORE)
    };
    let before = if inside.is_dir() { Some(Sheet::of_run(&inside, "crosswalk")?) } else { None };
    let tables: HashSet<&str> = merge.related.iter().map(|change| change.table.as_str()).collect();
    let written = set.header.related.iter().filter(|file| tables.contains(file.table.as_str()));
    let sheets = match &options.field {
        Some(_) => Vec::new(),
        None => written
            .map(|file| {
                let stem = file.written.rsplit_once('.').map_or(file.written.as_str(), |(stem, _)| stem);
                Ok((file.table.clone(), Sheet::of_run(&history.folder, stem)?))
            })
            .collect::<Result<Vec<(String, Sheet)>, ReviewError>>()?,
    };
    let mut restored = one_merge(merge, options.field.as_deref(), &golden, &crosswalk, before.as_ref())?;
    let related = restored.related(merge, &sheets);
    let had_packages = history.folder.join(PACKAGES).is_dir();
    let event = event("undo", &id, Some(&merge.merge), options.field.as_deref());
    restored.write(place, &history, &event, &Lists::read(&history.folder)?)?;

    let survivor = format!("{}:{}", merge.survivor.source, merge.survivor.record_id);
    let what = options
        .field
        .as_ref()
        .map_or_else(|| merge.merge.clone(), |field| format!("field `{field}` of {}", merge.merge));
    let mut told = vec![format!("{what} is undone in `{folder}`")];
    for key in &restored.records {
        told.push(format!("  {}:{} stands on its own again", key.source, key.record_id));
    }
    for (field, now, before) in &restored.fields {
        told.push(format!("  {survivor}, {field}: `{now}` is `{before}` again"));
    }
    for (file, rows, _) in related.iter().filter(|(_, rows, _)| *rows > 0) {
        told.push(format!("  {file}: {} as before the merge", number(*rows, "row is", "rows are")));
    }
    let changed = related.iter().filter(|(.., lines)| !lines.is_empty());
    let changed: Vec<String> = changed
        .map(|(file, _, lines)| {
            let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
            format!("  {file}: the rows of lines {} of the table's own file", lines.join(", "))
        })
        .collect();
    if !restored.diverged.is_empty() || !changed.is_empty() {
        told.push("Changed since the merge, and left as it is:".to_string());
        told.extend(restored.diverged.iter().map(since));
        told.extend(changed);
    }
    if had_packages {
        told.push(format!(
            "`{PACKAGES}` is removed, for its files would merge again what was taken back: change the decision in the run \
             folder, and apply again with --package"
        ));
    }
    Ok(told)
}

/// An undo has no other folder to write to.
fn undoable(error: WriteError) -> Error {
    match error {
        WriteError::Changed { dir, files } => ApplyError::NotNow(format!(
            "`{}` holds what `alike apply` did not write or what was changed since, which an undo would lose: `{}`; move \
             it away first, or take single merges back with --merge",
            dir.display(),
            files.join("`, `")
        ))
        .into(),
        other => other.into(),
    }
}

fn since(diverged: &Diverged) -> String {
    let Diverged { record, field, then, now } = diverged;
    let record = format!("{}:{}", record.source, record.record_id);
    match field.as_str() {
        "" => format!("  {record}: then part of {then}, now {now}"),
        field => format!("  {record}, {field}: then `{then}`, now `{now}`"),
    }
}
