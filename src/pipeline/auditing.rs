//! Acceptance sampling: a sample of the sure merges out, judgements in, and the gate before `apply`.

use super::deciding::now;
use super::manifest::Again;
use super::packs::{Pack, masker, outlives};
use super::reopened::load;
use super::reviewing::is_workbook;
use super::summary::{number, quoted};
use crate::audit::{self, AuditError, Group, JUDGEMENT, Judgement, MEANINGS, Standing, Verdict};
use crate::error::Error;
use crate::report::explain::percent;
use crate::review::{self, Answer, LaneName, Review, Sheet, Sheets};
use crate::table::{ColumnBuilder, RawColumn, Table};
use crate::write::Asks;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Columns of `proposals` that a judge has no use for.
const NOT_SHOWN: [&str; 4] = ["lane", "hold_reason", "extends", "decision"];

/// How an audit is drawn or judged.
#[derive(Clone, Debug, Default)]
pub struct AuditOptions {
    /// The run folder.
    pub dir: PathBuf,
    /// The file to write the sample to.
    pub out: Option<PathBuf>,
    /// A sample that was judged.
    pub import: Option<PathBuf>,
    /// The share of wrong merges to prove; that of the settings when left out.
    pub bound: Option<f64>,
    /// How confident the statement is; as the settings say when left out.
    pub confidence: Option<f64>,
    /// How many groups to draw, instead of what the bound needs.
    pub size: Option<u64>,
    /// Which sample; that of the judgements on file, or the first, when left out.
    pub seed: Option<u64>,
    /// Mask what is written.
    pub masked: bool,
    /// The folder of the decisions; that of the run when left out.
    pub state: Option<PathBuf>,
    /// Who judged.
    pub by: String,
    /// Why, for judgements without a comment of their own.
    pub why: String,
}

/// What became of an audit.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Audited {
    /// What the judgements on file prove.
    pub standing: Standing,
    /// Files written.
    pub files: Vec<String>,
    /// Groups in them.
    pub drawn: u64,
    /// Judgements taken from a file.
    pub taken: usize,
    /// The run folder, as named.
    #[serde(skip)]
    dir: String,
}

/// An audit as it stands.
struct Open {
    again: Again,
    sheets: Sheets,
    groups: Vec<Group>,
    file: PathBuf,
    state: Option<PathBuf>,
    judgements: Vec<Judgement>,
}

impl Open {
    fn of(dir: &Path, state: Option<&Path>) -> Result<Self, Error> {
        let again: Again = load(dir, "manifest.json")?;
        again.is_readable(dir)?;
        let sheets = review::read(dir)?;
        let groups = audit::groups(&sheets);
        let state = outlives(state, &again);
        let file = audit::place(dir, state.as_deref());
        let judgements = audit::read(&file)?;
        Ok(Self { again, sheets, groups, file, state, judgements })
    }

    /// The seed that is named, or that people judged by, or the first.
    fn seed(&self, named: Option<u64>) -> u64 {
        named.or_else(|| self.judgements.last().map(|said| said.seed)).unwrap_or(audit::SEED)
    }
}

/// Draws a sample of the sure merges and writes it, or takes judgements from one, or only says how things stand.
pub fn audit(options: &AuditOptions) -> Result<Audited, Error> {
    let mut open = Open::of(&options.dir, options.state.as_deref())?;
    let auto = &open.again.settings.auto;
    let bound = options.bound.or(auto.require_audit).unwrap_or(audit::BOUND);
    let confidence = options.confidence.unwrap_or(auto.confidence);
    let seed = open.seed(options.seed);
    let mut taken = 0;
    if let Some(path) = &options.import {
        let sheet = if is_workbook(path) { Sheet::of_workbook(path)?.0 } else { Sheet::of_file(path)? };
        let found = audit::judgements(&sheet, &open.groups).map_err(AuditError::Problems)?;
        let at = now();
        let new = found.into_iter().map(|(group, judgement, comment)| Judgement {
            proposal_id: open.groups[group].id.clone(),
            fingerprint: open.groups[group].fingerprint.clone(),
            judgement,
            by: options.by.clone(),
            at: at.clone(),
            comment: if comment.is_empty() { options.why.clone() } else { comment },
            seed,
        });
        // The same said again by the same person adds nothing.
        let last: HashMap<(String, String, String), (Verdict, String)> = open
            .judgements
            .iter()
            .map(|said| {
                let key = (said.proposal_id.clone(), said.fingerprint.clone(), said.by.clone());
                (key, (said.judgement, said.comment.clone()))
            })
            .collect();
        let is_new = |said: &Judgement| {
            let key = (said.proposal_id.clone(), said.fingerprint.clone(), said.by.clone());
            last.get(&key) != Some(&(said.judgement, said.comment.clone()))
        };
        let new: Vec<Judgement> = new.filter(is_new).collect();
        audit::append(&open.file, &new)?;
        taken = new.len();
        open.judgements.extend(new);
    }
    let (standing, drawn) =
        audit::standing(&open.groups, &open.judgements, seed, (bound, confidence), options.size);
    let mut audited = Audited {
        standing,
        files: Vec::new(),
        drawn: drawn.open.len() as u64,
        taken,
        dir: options.dir.display().to_string(),
    };
    if let Some(path) = &options.out {
        if open.groups.is_empty() {
            return Err(AuditError::Nothing(
                "the run has no sure merges, so there is nothing to judge".into(),
            )
            .into());
        }
        if drawn.open.is_empty() {
            let text = audited.statement();
            return Err(AuditError::Nothing(format!(
                "{text}; nothing is left to judge for that (ask for more with --bound or --size)"
            ))
            .into());
        }
        let mut pack = pack(&open, &drawn.open);
        if options.masked {
            pack = pack.masked(&masker(&options.dir, open.state.as_deref())?);
        }
        audited.files = pack.write(path)?.iter().map(|path| path.display().to_string()).collect();
    } else {
        audited.drawn = 0;
    }
    Ok(audited)
}

/// The rows of groups, with a column to judge in.
fn pack(open: &Open, groups: &[usize]) -> Pack<'static> {
    let rows: Vec<u32> = groups.iter().flat_map(|&at| open.groups[at].rows.iter().copied()).collect();
    let mut proposals = some_rows(&open.sheets.proposals.table, &rows, &NOT_SHOWN);
    for name in ["comment", JUDGEMENT] {
        let cells = ColumnBuilder::new();
        let mut cells = cells;
        rows.iter().for_each(|_| cells.push(""));
        proposals.columns.retain(|column| column.name != name);
        proposals.columns.insert(0, RawColumn { name: name.to_string(), cells: cells.finish() });
    }
    let ids: HashSet<&str> = groups.iter().map(|&at| open.groups[at].id.as_str()).collect();
    let plan = &open.sheets.plan;
    let id = plan.position("proposal_id").unwrap_or_default();
    let rows: Vec<u32> = (0..plan.rows()).filter(|&row| ids.contains(plan.cell(row, id))).collect();
    let plan = some_rows(&plan.table, &rows, &["lane", "override"]);
    Pack { proposals, plan, asks: Asks::Judgements(JUDGEMENT), words: &MEANINGS }
}

fn some_rows(table: &Table, rows: &[u32], but: &[&str]) -> Table {
    let columns = table.columns.iter().filter(|column| !but.contains(&column.name.as_str()));
    let column = |column: &RawColumn| {
        let mut cells = ColumnBuilder::new();
        rows.iter().for_each(|&row| cells.push(column.cells.get(row)));
        RawColumn { name: column.name.clone(), cells: cells.finish() }
    };
    Table { columns: columns.map(column).collect(), rows: rows.len() as u32, ..Table::default() }
}

/// What the judgements do to an apply.
pub(super) struct Gate {
    /// Sure merges that wait because somebody judged them wrong, or was unsure.
    pub doubted: u64,
    /// Why the sure merges are refused, when they are.
    pub refused: Option<String>,
    /// What is proven, when that was asked for.
    pub proven: Option<String>,
}

/// Lets sure merges wait that were judged wrong, and all that nobody decided when less is proven than the settings ask for.
pub(super) fn gate(
    review: &mut Review,
    again: &Again,
    dir: &Path,
    state: Option<&Path>,
) -> Result<Gate, Error> {
    let groups = audit::groups(&review.sheets);
    let state = outlives(state, again);
    let judgements = audit::read(&audit::place(dir, state.as_deref()))?;
    let mut gate = Gate { doubted: 0, refused: None, proven: None };
    let mut last: HashMap<(&str, &str), Verdict> = HashMap::new();
    for said in &judgements {
        last.insert((&said.proposal_id, &said.fingerprint), said.judgement);
    }
    let by_lane = |answer: &Answer| matches!(answer, Answer::Merge { by_person: false, .. });
    for reviewed in review.proposals.iter_mut().filter(|reviewed| by_lane(&reviewed.answer)) {
        let (id, fingerprint) = (reviewed.id.to_string(), reviewed.fingerprint.to_string());
        if last.get(&(id.as_str(), fingerprint.as_str())).is_some_and(|said| *said != Verdict::Right) {
            reviewed.answer = Answer::Undecided;
            gate.doubted += 1;
        }
    }
    let Some(bound) = again.settings.auto.require_audit else { return Ok(gate) };
    let seed = judgements.last().map_or(audit::SEED, |said| said.seed);
    let aim = (bound, again.settings.auto.confidence);
    let (standing, _) = audit::standing(&groups, &judgements, seed, aim, None);
    let audited = Audited { standing, files: Vec::new(), drawn: 0, taken: 0, dir: dir.display().to_string() };
    if audited.standing.met || groups.is_empty() {
        gate.proven = (!groups.is_empty()).then(|| audited.statement());
        return Ok(gate);
    }
    let mut refused = 0;
    for reviewed in review.proposals.iter_mut().filter(|reviewed| by_lane(&reviewed.answer)) {
        if reviewed.lane == LaneName::Auto {
            reviewed.answer = Answer::Undecided;
            refused += 1;
        }
    }
    if refused > 0 {
        gate.refused = Some(format!(
            "{} refused ([auto] require_audit): {}. {}",
            number(refused, "sure merge is", "sure merges are"),
            audited.statement(),
            audited.way_on()
        ));
    }
    Ok(gate)
}

impl Audited {
    /// What is proven, in a sentence.
    pub fn statement(&self) -> String {
        let of = &self.standing;
        let groups = number(of.groups, "sure merge", "sure merges");
        if of.groups == 0 {
            return "The run has no sure merges".to_string();
        }
        if of.counted == of.groups {
            let wrong = number(
                of.wrong + of.unsure,
                "is wrong or unsure, and waits",
                "are wrong or unsure, and wait",
            );
            return format!("All {groups} were judged: {wrong}");
        }
        if of.counted == 0 {
            return format!("Of {groups} none was judged yet, so nothing is proven");
        }
        format!(
            "Of {groups} at most {} are wrong, with {} confidence: {} judged, {} of them wrong, {} unsure (counted as wrong)",
            percent(of.at_most),
            percent(of.confidence),
            of.counted,
            of.wrong,
            of.unsure
        )
    }

    /// What is to be done for the bound.
    fn way_on(&self) -> String {
        let of = &self.standing;
        let more = match of.counted {
            0 => number(of.more, "group", "groups"),
            _ => number(of.more, "more group", "more groups"),
        };
        format!("Judge {more} for at most {}:  alike audit {}", percent(of.bound), quoted(&self.dir))
    }

    /// The lines, as they are printed.
    pub fn text(&self) -> String {
        let of = &self.standing;
        let mut lines = Vec::new();
        if self.taken > 0 {
            lines.push(format!("{} kept", number(self.taken as u64, "judgement", "judgements")));
        }
        lines.push(self.statement());
        let passed = of.judged - of.counted;
        if passed > 0 {
            lines.push(format!(
                "{} not counted yet: groups drawn before them are not judged",
                number(passed, "judgement is", "judgements are")
            ));
        }
        if of.groups > 0 && of.met {
            lines.push(format!("That meets the bound of {}", percent(of.bound)));
        } else if of.groups > 0 && self.files.is_empty() {
            lines.push(self.way_on());
        }
        for (name, groups, judged, bad) in of.strata.iter().filter(|(.., judged, _)| *judged > 0) {
            lines.push(format!("  {judged} of {groups} judged, {bad} wrong or unsure: {name}"));
        }
        if let Some(file) = self.files.first() {
            lines.push(format!(
                "{} to judge: {}",
                number(self.drawn, "group", "groups"),
                self.files.join(", ")
            ));
            lines.push(format!(
                "  write right, wrong or unsure into `{JUDGEMENT}`, then:  alike audit {} --import {}",
                quoted(&self.dir),
                quoted(file)
            ));
        }
        lines.join("\n")
    }
}
