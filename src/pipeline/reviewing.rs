//! From what people wrote into the tables of a run to decisions on file.

use super::apply::inputs;
use super::deciding::now;
use super::manifest::Again;
use super::map_settings_of;
use super::packs::{Pack, masker, outlives};
use super::reopened::load;
use super::summary::{number, quoted};
use crate::error::Error;
use crate::ingest;
use crate::map;
use crate::progress::{Event, Progress};
use crate::review::{self, Against, Person, Sheet, Sheets};
use crate::state::{self, Store, What};
use crate::write::{Asks, FIELDS_SHEET, GROUPS_SHEET};
use std::path::{Path, PathBuf};

/// Which decisions are taken over, and whose they are.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// The run folder.
    pub dir: PathBuf,
    /// Edited tables: `proposals`, `plan` or a workbook of both; those of the run folder stand in for what is not named.
    pub files: Vec<PathBuf>,
    /// Files to read in the stead of those of the run, by source.
    pub inputs: Vec<(String, PathBuf)>,
    /// The folder of the decisions; that of the run when left out.
    pub state: Option<PathBuf>,
    /// Who decided.
    pub by: String,
    /// Why, for decisions without a reason of their own.
    pub why: String,
    /// Take what is sound when other proposals have mistakes.
    pub partial: bool,
}

/// What was taken over.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Imported {
    /// Decisions written, by their kind.
    pub merge: usize,
    pub keep_apart: usize,
    pub value: usize,
    pub hold: usize,
    pub comment: usize,
    pub approve: usize,
    /// Decisions that were open again and are made anew.
    pub decided_anew: usize,
    /// Proposals whose records changed since the run: nothing was taken of them.
    pub changed: u64,
    /// Proposals passed over for their mistakes, with `partial`.
    pub mistakes: usize,
    /// The folder of the decisions.
    pub state: String,
}

/// The folder of the decisions of a run: the one that is named, or that of the run.
pub(super) fn state_dir(named: Option<&Path>, again: &Again) -> Result<PathBuf, Error> {
    named.map(Path::to_path_buf).or_else(|| again.settings.state.dir.as_ref().map(PathBuf::from)).ok_or_else(|| {
        Error::Usage(
            "the run knows no folder for decisions; name one with --state DIR, and name it to `alike run`, too, so that \
             later runs keep to them"
                .to_string(),
        )
    })
}

/// Takes decisions from edited tables into the store: all of them, or none.
pub fn import_review(options: &ImportOptions, progress: &dyn Progress) -> Result<Imported, Error> {
    let again: Again = load(&options.dir, "manifest.json")?;
    again.is_readable(&options.dir)?;
    let state = state_dir(options.state.as_deref(), &again)?;
    let inputs = inputs(&again, &options.inputs)?;
    let (raw, sheets) = rayon::join(
        || ingest::read(&inputs, progress),
        || sheets(&options.dir, &options.files, Some(&state)),
    );
    let (raw, sheets) = (raw?, sheets?);
    let unchanged: Vec<bool> =
        again.inputs.iter().zip(&raw.files).map(|(then, now)| then.sha256 == now.sha256).collect();
    let data = map::columns(raw.tables, &map_settings_of(&inputs)?)?;
    let against = Against { data: &data, unchanged: &unchanged, proposals: again.counts.proposals() };
    let (review, mistakes) = match options.partial {
        true => review::sound_part(sheets, &against)?,
        false => (review::decisions(sheets, &against)?, Vec::new()),
    };
    for mistake in &mistakes {
        progress.event(Event::Warning(&mistake.to_string()));
    }
    let mut store = Store::open(&state)?;
    let ledger = store.ledger()?;
    let at = now();
    let person = Person { by: &options.by, at: &at, why: &options.why };
    let taken = review::taken(&review, &data, &ledger, &state::reopened(&ledger, &data), person);
    store.append(&taken.decisions)?;
    let count = |what: What| taken.decisions.iter().filter(|decision| decision.what == what).count();
    Ok(Imported {
        merge: count(What::Merge),
        keep_apart: count(What::KeepApart),
        value: count(What::Value),
        hold: count(What::Hold),
        comment: count(What::Comment),
        approve: count(What::Approve),
        decided_anew: count(What::Revoke),
        changed: taken.changed,
        mistakes: mistakes.len(),
        state: state.display().to_string(),
    })
}

/// Endings of workbooks.
const WORKBOOKS: [&str; 3] = ["xlsx", "xlsb", "ods"];

pub(super) fn is_workbook(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    WORKBOOKS.contains(&ending.as_str())
}

/// Writes proposals and plan of a run folder, as they are now, as a workbook or CSV files, masked if wanted. Returns the line to be printed.
pub fn write_sheet(dir: &Path, path: &Path, masked: bool, state: Option<&Path>) -> Result<String, Error> {
    let sheets = review::read(dir)?;
    let mut pack = Pack {
        proposals: sheets.proposals.table,
        plan: sheets.plan.table,
        asks: Asks::Decisions,
        words: &review::MEANINGS,
    };
    if masked {
        let again: Again = load(dir, "manifest.json")?;
        pack = pack.masked(&masker(dir, outlives(state, &again).as_deref())?);
    }
    let files = pack.write(path)?;
    let shown: Vec<String> =
        files.iter().map(|file| quoted(&file.display().to_string()).to_string()).collect();
    let (groups, fields) = (pack.proposals.rows, pack.plan.rows);
    let places = match files.as_slice() {
        [file] => format!(
            "{}: {} of records in sheet {GROUPS_SHEET}, {} in sheet {FIELDS_SHEET}",
            file.display(),
            number(u64::from(groups), "row", "rows"),
            number(u64::from(fields), "row", "rows"),
        ),
        _ => format!(
            "{}: {} of records and {} of fields",
            shown.join(", "),
            number(u64::from(groups), "row", "rows"),
            number(u64::from(fields), "row", "rows"),
        ),
    };
    let dir = quoted(&dir.display().to_string()).to_string();
    Ok(format!("{places}\n  decide in it, then:  alike review {dir} --import {}", shown.join(" ")))
}

/// The tables of a run folder, those that people name in the stead of its own.
fn sheets(dir: &Path, files: &[PathBuf], state: Option<&Path>) -> Result<Sheets, Error> {
    let mut sheets = review::read(dir)?;
    let own = (sheets.proposals.clone(), sheets.plan.clone());
    // The run folder's own tables are read with what was edited in the page.
    let is_own = |file: &Path| match (file.canonicalize(), dir.canonicalize()) {
        (Ok(file), Ok(dir)) => {
            let stem = file.file_stem().unwrap_or_default();
            file.parent() == Some(&dir) && (stem == "proposals" || stem == "plan")
        }
        _ => false,
    };
    for file in files.iter().filter(|file| !is_own(file)) {
        if is_workbook(file) {
            (sheets.proposals, sheets.plan) = Sheet::of_workbook(file)?;
            continue;
        }
        let sheet = Sheet::of_file(file)?;
        let has = |names: &[&str]| names.iter().all(|name| sheet.position(name).is_some());
        if has(&["proposal_id", "decision"]) {
            sheets.proposals = sheet;
        } else if has(&["proposal_id", "override"]) {
            sheets.plan = sheet;
        } else {
            return Err(Error::Usage(format!(
                "`{}` is neither an edited proposals table (columns `proposal_id` and `decision`) nor an edited plan \
                 (`proposal_id` and `override`), nor a workbook (.xlsx) of both",
                file.display()
            )));
        }
    }
    // What was masked is laid on the values that it was made of: a masked value is never one of the data.
    if sheets.proposals.is_masked() || sheets.plan.is_masked() {
        let masker = masker(dir, state)?;
        if sheets.proposals.is_masked() {
            sheets.proposals = sheets.proposals.unmask_proposals(&own.0, &masker);
        }
        if sheets.plan.is_masked() {
            sheets.plan = sheets.plan.unmask_plan(&own.1, &own.0, &masker);
        }
    }
    Ok(sheets)
}

impl Imported {
    /// The lines, as they are printed.
    pub fn text(&self) -> String {
        let kinds = [
            (self.merge, "to merge"),
            (self.approve, "to approve a merge"),
            (self.keep_apart, "to keep apart"),
            (self.value, "on a value"),
            (self.hold, "to decide later"),
            (self.comment, "as a comment only"),
        ];
        let all: usize = kinds.iter().map(|(count, _)| count).sum();
        let said =
            kinds.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        let said = said.collect::<Vec<_>>().join(", ");
        let mut lines = vec![match all {
            0 => "No new decisions; everything that is written there is on file already".to_string(),
            all => {
                format!("{} written to {}: {said}", number(all as u64, "decision", "decisions"), self.state)
            }
        }];
        if self.decided_anew > 0 {
            let text = number(
                self.decided_anew as u64,
                "decision that was open again is",
                "decisions that were open again are",
            );
            lines.push(format!("{text} replaced"));
        }
        if self.changed > 0 {
            let text = number(self.changed, "proposal", "proposals");
            lines.push(format!(
                "{text} passed over: records changed since the run; run again and decide anew"
            ));
        }
        if self.mistakes > 0 {
            let text = number(self.mistakes as u64, "mistake", "mistakes");
            lines.push(format!("{text}: the proposals with them were passed over (--partial)"));
        }
        lines.join("\n")
    }
}
