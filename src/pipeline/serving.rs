//! From a run folder to the page in which it is reviewed.

use super::apply::inputs;
use super::deciding::now;
use super::inspect::Looking;
use super::manifest::Again;
use super::reopened::load;
use super::{map_settings_of, plan, prepare};
use crate::error::Error;
use crate::ingest;
use crate::map::{self, Dataset};
use crate::normalize;
use crate::progress::{Progress, Silent};
use crate::review::{self, Against, Desk, Journal, Sheet};
use crate::score::Model;
use crate::serve::{self, Keeper, Parts, Room, ServeOptions, Weigher, Weights};
use crate::state::Store;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What is reviewed, by whom, and how the page is served.
#[derive(Clone, Debug)]
pub struct ReviewOptions {
    /// The run folder.
    pub dir: PathBuf,
    /// Files to read in the stead of those of the run, by source.
    pub inputs: Vec<(String, PathBuf)>,
    /// The folder of the decisions; that of the run when left out. Without any, decisions stay in the run folder.
    pub state: Option<PathBuf>,
    /// Who decides.
    pub by: String,
    /// Why, for decisions without a reason of their own.
    pub why: String,
    /// How the page is served.
    pub serve: ServeOptions,
}

/// Serves the review page of a run folder until Ctrl-C; `ready` gets the link.
pub fn serve_review(
    options: &ReviewOptions,
    progress: &dyn Progress,
    ready: &mut dyn FnMut(&str),
) -> Result<(), Error> {
    let again: Again = load(&options.dir, "manifest.json")?;
    again.is_readable(&options.dir)?;
    let inputs = inputs(&again, &options.inputs)?;
    // Taken first, so that nobody edits while it is read.
    let journal = Journal::open(&options.dir)?;
    let (raw, sheets) = rayon::join(|| ingest::read(&inputs, progress), || review::read_filed(&options.dir));
    let (raw, mut sheets) = (raw?, sheets?);
    let unchanged: Vec<bool> =
        again.inputs.iter().zip(&raw.files).map(|(then, now)| then.sha256 == now.sha256).collect();
    let is_same = unchanged.iter().all(|same| *same);
    // These live as long as the process: it ends when the page does.
    let data: &'static Dataset = Box::leak(Box::new(map::columns(raw.tables, &map_settings_of(&inputs)?)?));
    let unchanged: &'static [bool] = Box::leak(unchanged.into_boxed_slice());
    journal.edits.put_into(&mut sheets);
    let proposals = again.counts.proposals();
    let desk = Desk::open(sheets, Against { data, unchanged, proposals })?;
    let state = options.state.clone().or_else(|| again.settings.state.dir.as_ref().map(PathBuf::from));
    let keeper = match &state {
        Some(dir) => Some(Keeper::new(Store::open(dir)?, &desk, &options.why)?),
        None => None,
    };
    let room = Room::open(Parts {
        desk,
        journal,
        keeper,
        related: related(&options.dir)?,
        name: options.dir.display().to_string(),
        by: options.by.clone(),
        approvals: again.settings.review.approvals,
        clock: now,
    })?;
    let weights = Weights::default();
    let (filled, dir) = (weights.clone(), options.dir.clone());
    // Preparing takes as long as in a run; the page is there before.
    std::thread::spawn(move || {
        filled.put(match is_same {
            true => weigher(&dir, again, data).map_err(|error| error.chain()),
            false => Err("changed".to_string()),
        });
    });
    let port = options.serve.port;
    serve::serve(room, weights, &options.serve, ready).map_err(|cause| Error::Serve { port, cause })
}

/// Judges pairs as the run did.
fn weigher(dir: &Path, again: Again, data: &'static Dataset) -> Result<Weigher, Error> {
    let model: Model = load(dir, "model.json")?;
    let contacts = normalize::contacts(data, &again.settings.normalize, &Silent);
    let contacts: &'static normalize::Contacts = Box::leak(Box::new(contacts));
    let plans = plan(contacts, &again.settings.block);
    let matchers = prepare(contacts, plans, Some(&model), &again.settings.score)?;
    Ok(Box::new(move |a, b, members| {
        let looking = Looking { again: &again, data, contacts, matchers: &matchers };
        (looking.pair(a, b), looking.doubts(members, [a, b]))
    }))
}

/// What `related.csv` says, by proposal; nothing when the run had no related tables.
fn related(dir: &Path) -> Result<HashMap<String, Vec<Value>>, Error> {
    let mut found: HashMap<String, Vec<Value>> = HashMap::new();
    let path = dir.join("related.csv");
    if !path.is_file() {
        return Ok(found);
    }
    let sheet = Sheet::of_file(&path)?;
    for row in 0..sheet.rows() {
        let cell = |name: &str| sheet.position(name).map_or("", |column| sheet.cell(row, column));
        let count = |name: &str| cell(name).parse::<u64>().unwrap_or_default();
        found.entry(cell("proposal_id").to_string()).or_default().push(json!({
            "table": cell("table"), "source": cell("source"), "record_id": cell("record_id"),
            "references": count("references"), "moves": count("moves"), "conflicts": count("conflicts"),
            "lines": cell("conflict_lines"), "action": cell("action"), "override": cell("override"),
        }));
    }
    Ok(found)
}
