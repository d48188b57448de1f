//! From an edited plan to an apply folder: read back, read again, merge, check, write.

use super::auditing;
use super::manifest::Again;
use super::reopened::load;
use super::reviewing::state_dir;
use super::summary::{number, quoted};
use super::{map_settings_of, outcome::grouped, related, trusted};
use crate::apply::{
    self, Applied, ApplyError, CHANGE_SET_VERSION, Event, Header, History, Inputs, SourceFile, Tally,
};
use crate::audit::AuditError;
use crate::error::Error;
use crate::ingest::{self, Input, STDIN};
use crate::map::{self, Dataset};
use crate::normalize;
use crate::package::{self, Conflicts, Package, System};
use crate::progress::{Event as Told, Progress};
use crate::related::Related;
use crate::review::{self, Against, Answer, ReviewError, Sheet};
use crate::state::Store;
use crate::survive;
use crate::write::{self, CHANGE_SET};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What is to be applied, and where to.
#[derive(Clone, Debug)]
pub struct ApplyOptions {
    /// The run folder.
    pub dir: PathBuf,
    /// The apply folder; `applied` in the run folder when left out.
    pub out: Option<PathBuf>,
    /// Files to read in the stead of those of the run, by source.
    pub inputs: Vec<(String, PathBuf)>,
    /// Write nothing.
    pub dry_run: bool,
    /// The systems to make import files for.
    pub packages: Vec<System>,
    /// The folder of the decisions; that of the run when left out. Read only where the settings ask for approvals.
    pub state: Option<PathBuf>,
}

/// What an apply did, or would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApplyOutcome {
    /// In numbers.
    pub tally: Tally,
    /// The sums per source, and what was merged: the same whether something is written or not.
    pub sums: Vec<String>,
    /// Where the files are, and what to do next.
    pub next: Vec<String>,
    /// Why what is sure was not merged, when the settings ask for an audit of it that is not there.
    pub refused: Option<String>,
}

/// The apply folder of a run folder.
pub const APPLY_DIR: &str = "applied";

/// Applies the plan of a run folder as people edited it.
pub fn apply(options: &ApplyOptions, progress: &dyn Progress) -> Result<ApplyOutcome, Error> {
    let out = options.out.clone().unwrap_or_else(|| options.dir.join(APPLY_DIR));
    let again: Again = load(&options.dir, "manifest.json")?;
    again.is_readable(&options.dir)?;
    // What guards stopped is there to be looked at; only a run that lets them pass can be applied.
    again.guards.stopped(None)?;
    let inputs = inputs(&again, &options.inputs)?;
    // Held from here on: a second apply into the folder stops at once.
    let place = if options.dry_run { None } else { Some(write::take_applied(&out)?) };
    if let Some(notice) = place.as_ref().and_then(write::Place::taken_over) {
        progress.event(Told::Note(&notice));
    }
    let history = History::of_folder(&out);
    let previous = history.present();
    let (raw, (sheets, earlier)) = rayon::join(
        || ingest::read(&inputs, progress),
        || rayon::join(|| review::read(&options.dir), || earlier(&out, previous.is_some())),
    );
    let (raw, sheets, earlier) = (raw?, sheets?, earlier?);
    let unchanged: Vec<bool> =
        again.inputs.iter().zip(&raw.files).map(|(then, now)| then.sha256 == now.sha256).collect();
    let files = raw.files;
    let data = map::columns(raw.tables, &map_settings_of(&inputs)?)?;
    let related = crate::related::read(&again.related(), &data, progress)?;
    let answers = related::answers(&options.dir, &data, &related, &sheets)?;
    let mut decided = vec![sheets.proposals.sha256.as_bytes(), sheets.plan.sha256.as_bytes()];
    decided.extend(Some(answers.sha256.as_bytes()).filter(|answers| !answers.is_empty()));
    let plan = hash(decided);
    let against = Against { data: &data, unchanged: &unchanged, proposals: again.counts.proposals() };
    let mut review = review::decisions(sheets, &against)?;
    let needed = again.settings.review.approvals;
    let unapproved = if needed > 1 {
        let dir = state_dir(options.state.as_deref(), &again)?;
        let ledger = Store::read(&dir)?.map(|store| store.ledger()).transpose()?.unwrap_or_default();
        review.require(needed as usize, &ledger)
    } else {
        0
    };
    let gate = auditing::gate(&mut review, &again, &options.dir, options.state.as_deref())?;
    let is_decided = review.proposals.iter().any(|reviewed| matches!(reviewed.answer, Answer::Merge { .. }));
    if let Some(refused) = gate.refused.as_ref().filter(|_| !is_decided) {
        return Err(AuditError::NotMet(refused.clone()).into());
    }
    tell_columns(&review.sheets.plan, &data, progress);
    let sources = inputs.iter().zip(&files).map(|(input, file)| SourceFile {
        source: file.source.clone(),
        file: file.file.clone(),
        sha256: file.sha256.clone(),
        settings: input.settings.clone(),
    });
    let mut header = Header {
        program: write::MARKER.1.to_string(),
        format_version: CHANGE_SET_VERSION,
        previous,
        plan: plan.iter().map(|byte| format!("{byte:02x}")).collect(),
        version: env!("CARGO_PKG_VERSION").to_string(),
        sources: sources.collect(),
        fields: data.fields.iter().map(ToString::to_string).collect(),
        ..Header::default()
    };
    header.change_set = change_set_id(&header, &related);
    let parts = Inputs { data: &data, files: &files, review: &review, earlier: earlier.as_ref(), header };
    let mut applied = apply::merge(parts, |groups| {
        let contacts = normalize::contacts(&data, &again.settings.normalize, progress);
        let rules = again.settings.survive.trusting(trusted(&inputs));
        survive::chosen(&data, &contacts, groups, &rules)
    })?;
    applied.repoint(related, &answers)?;
    let packages = match options.packages.is_empty() {
        true => Vec::new(),
        false => package::make(&options.packages, &applied, &Conflicts::of_run(&options.dir)?)?,
    };
    let mut outcome = tell(&applied, &packages, &out, place.is_none());
    if needed > 1 {
        let waiting = number(unapproved, "proposal waits", "proposals wait");
        outcome.sums.push(format!("{waiting} for the approval of {needed} people ([review] approvals)"));
    }
    if gate.doubted > 0 {
        let waiting = number(gate.doubted, "sure merge waits", "sure merges wait");
        outcome.sums.push(format!("{waiting}: judged wrong or unsure (alike audit)"));
    }
    outcome.sums.extend(gate.proven);
    outcome.refused = gate.refused;
    if let Some(place) = place {
        let event = event("apply", &applied.header.change_set, None, None);
        let further = |dir: &Path| package::write(&packages, dir);
        apply::write(place, again.settings.output.format, &applied, &history, &event, further)?;
    }
    Ok(outcome)
}

/// The files to read: those of the run, or what was named in their stead.
pub(super) fn inputs(again: &Again, named: &[(String, PathBuf)]) -> Result<Vec<Input>, Error> {
    let mut inputs = again.inputs();
    for (source, path) in named {
        let Some(input) = inputs.iter_mut().find(|input| input.source == *source) else {
            let known: Vec<&str> = again.inputs.iter().map(|input| input.source.as_str()).collect();
            return Err(Error::Usage(format!(
                "the run has no source `{source}`; name files as SOURCE=FILE, with one of: {}",
                known.join(", ")
            )));
        };
        input.path.clone_from(path);
    }
    let gone = |input: &&Input| input.path == Path::new(STDIN) || !input.path.exists();
    match inputs.iter().find(gone) {
        Some(input) => Err(ReviewError::InputGone {
            source_name: input.source.clone(),
            file: input.path.display().to_string(),
        }
        .into()),
        None => Ok(inputs),
    }
}

/// The crosswalk of the apply before.
fn earlier(out: &Path, is_there: bool) -> Result<Option<Sheet>, ReviewError> {
    if is_there { Sheet::of_run(out, "crosswalk").map(Some) } else { Ok(None) }
}

/// Says which columns the files have lost since the run: what stood there is not in the golden list.
fn tell_columns(plan: &Sheet, data: &Dataset, progress: &dyn Progress) {
    let Some(column) = plan.position("field") else { return };
    let now: Vec<String> = data.fields.iter().map(ToString::to_string).collect();
    let names = plan.table.columns[column].cells.values().iter();
    let lost: Vec<&str> =
        names.filter(|name| !name.is_empty() && !now.iter().any(|now| now == name)).collect();
    if !lost.is_empty() {
        progress.event(Told::Warning(&format!(
            "fields of the plan that no input has any more: {}",
            lost.join(", ")
        )));
    }
}

fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// What decides the outcome decides the id: the plan, the files, and what was applied before.
fn change_set_id(header: &Header, related: &Related) -> String {
    let previous = header.previous.as_deref().unwrap_or_default();
    let files = header.sources.iter().flat_map(|source| [source.source.as_bytes(), source.sha256.as_bytes()]);
    let tables = related.tables.iter();
    let tables = tables.flat_map(|table| [table.name.as_bytes(), table.facts.sha256.as_bytes()]);
    let parts = [previous.as_bytes(), header.plan.as_bytes(), header.version.as_bytes()];
    crate::propose::Id::new('C', &hash(parts.into_iter().chain(files).chain(tables))).to_string()
}

/// An event of now.
pub(super) fn event(what: &str, change_set: &str, merge: Option<&str>, field: Option<&str>) -> Event {
    Event {
        time: jiff::Timestamp::now().strftime("%FT%TZ").to_string(),
        event: what.to_string(),
        change_set: change_set.to_string(),
        merge: merge.map(String::from),
        field: field.map(String::from),
    }
}

fn tell(applied: &Applied<'_>, packages: &[Package], out: &Path, dry: bool) -> ApplyOutcome {
    let tally = applied.tally();
    let mut sums = equations(applied);
    sums.push(String::new());
    sums.push(format!(
        "{}: {} sure (lane auto), {} decided by you",
        number(tally.merges, "merge", "merges"),
        grouped(tally.auto),
        grouped(tally.decided)
    ));
    let by_hand = tally.chosen + tally.typed + tally.cleared;
    if by_hand > 0 {
        sums.push(format!(
            "{} by hand: {} chosen from the records, {} typed, {} emptied",
            number(by_hand, "value", "values"),
            grouped(tally.chosen),
            grouped(tally.typed),
            grouped(tally.cleared)
        ));
    }
    let waiting = tally.undecided + tally.on_hold + tally.changed;
    sums.push(format!(
        "{} kept apart; {} {}: {} undecided, {} on hold, {} with records that changed since the review",
        number(tally.apart, "proposal", "proposals"),
        grouped(waiting),
        if waiting == 1 { "waits" } else { "wait" },
        grouped(tally.undecided),
        grouped(tally.on_hold),
        grouped(tally.changed)
    ));
    let further = [
        (tally.unused_overrides, "written in `override` of proposals that wait: not used", "value", "values"),
        (tally.new_records, "that the run did not know: kept as they are", "record", "records"),
        (
            tally.earlier,
            "of earlier applies that the inputs no longer have: kept in the crosswalk",
            "record",
            "records",
        ),
        (
            tally.came_back,
            "merged by an earlier apply that stand in the inputs again, on their own",
            "record",
            "records",
        ),
    ];
    for (count, what, one, many) in further.into_iter().filter(|(count, ..)| *count > 0) {
        sums.push(format!("{} {what}", number(count, one, many)));
    }
    sums.extend(related::told(applied));
    sums.push(format!("{} in the list", number(tally.golden_records, "golden record", "golden records")));
    sums.extend(packages.iter().flat_map(Package::told));
    let folder = quoted(&out.display().to_string());
    let mut next = if dry {
        vec![format!(
            "Nothing was written (--dry-run); without it, {} is written to {folder}",
            applied.header.change_set
        )]
    } else {
        vec![
            format!("Change set {} is in {}", applied.header.change_set, out.join(CHANGE_SET).display()),
            format!("  take all of it back:  alike undo {folder}"),
            format!("  hold a fresh export against it:  alike verify {folder} SOURCE=FILE"),
        ]
    };
    if !dry && !packages.is_empty() {
        let folder = out.join(write::PACKAGES);
        next.push(format!("  load the packages:  each folder in {} has a README.txt", folder.display()));
    }
    ApplyOutcome { tally, sums, next, refused: None }
}

/// One line a source, its numbers under each other, and their sum.
fn equations(applied: &Applied<'_>) -> Vec<String> {
    let mut rows: Vec<(String, [u64; 5])> = applied
        .sums
        .iter()
        .map(|of| (of.source.clone(), [of.rows, of.kept, of.merged, of.held, of.quarantined]))
        .collect();
    if rows.len() > 1 {
        let sum = [0, 1, 2, 3, 4].map(|at| rows.iter().map(|(_, numbers)| numbers[at]).sum());
        rows.push(("together".to_string(), sum));
    }
    let name_width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4]
        .map(|at| rows.iter().map(|(_, numbers)| grouped(numbers[at]).chars().count()).max().unwrap_or(0));
    let mut lines =
        vec!["Rows in = kept + merged into another + held back + quarantined (checked)".to_string()];
    for (name, numbers) in &rows {
        let cell = |at: usize| format!("{:>width$}", grouped(numbers[at]), width = widths[at]);
        lines.push(format!(
            "  {name:<name_width$}  {} = {} + {} + {} + {}",
            cell(0),
            cell(1),
            cell(2),
            cell(3),
            cell(4)
        ));
    }
    lines
}

impl ApplyOutcome {
    /// The lines, as they are printed.
    pub fn text(&self) -> String {
        let mut lines = self.sums.clone();
        lines.push(String::new());
        lines.extend(self.next.iter().cloned());
        lines.join("\n")
    }
}

impl Again {
    /// Checks that the run folder is of a version that this program reads.
    pub(super) fn is_readable(&self, dir: &Path) -> Result<(), ApplyError> {
        if self.format_version <= write::FORMAT_VERSION {
            return Ok(());
        }
        Err(ApplyError::NotNow(format!(
            "`{}` has format version {}, this program reads {}; use the alike that wrote it",
            dir.display(),
            self.format_version,
            write::FORMAT_VERSION
        )))
    }
}
