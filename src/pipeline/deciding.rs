//! Decisions on file: read for a run, and told of.

use super::summary::number;
use crate::cluster::{Clusters, Lane};
use crate::config::Settings;
use crate::error::Error;
use crate::map::Dataset;
use crate::progress::{Event, Progress};
use crate::state::{self, Honoured, Ledger, Store};
use serde_json::{Value, json};
use std::path::Path;

/// Reopened decisions told one by one; all of them are in the manifest.
const TOLD: usize = 12;

/// The time of a decision that is made now, UTC.
pub fn now() -> String {
    jiff::Timestamp::now().strftime("%FT%TZ").to_string()
}

/// What the decisions on file mean for these records; none when no state is named.
pub fn on_file(settings: &Settings, data: &Dataset) -> Result<Option<Honoured>, Error> {
    let Some(dir) = &settings.state.dir else { return Ok(None) };
    let ledger = match Store::read(Path::new(dir))? {
        Some(store) => store.ledger()?,
        // Nobody has decided yet.
        None => Ledger::default(),
    };
    Ok(Some(state::honour(&ledger, data)?))
}

/// Warns of decisions that must be made again.
pub fn tell(honoured: &Honoured, progress: &dyn Progress) {
    for reopened in honoured.reopened.iter().take(TOLD) {
        progress.event(Event::Warning(&reopened.text()));
    }
    let more = honoured.reopened.len().saturating_sub(TOLD);
    if more > 0 {
        let text = format!("{more} further decisions are open again; they are in manifest.json");
        progress.event(Event::Warning(&text));
    }
}

/// What the manifest says of them.
pub fn json(honoured: &Honoured) -> Value {
    let reopened = honoured.reopened.iter().map(|reopened| {
        let changed = reopened
            .changed
            .iter()
            .map(|(key, field)| json!({ "source": key.source, "record_id": key.record_id, "field": field }));
        json!({
            "id": reopened.decision.id, "what": reopened.decision.what, "by": reopened.decision.by,
            "at": reopened.decision.at, "changed": changed.collect::<Vec<_>>(),
        })
    });
    json!({ "in_force": honoured.in_force, "reopened": reopened.collect::<Vec<_>>() })
}

/// One line on them for people.
pub fn line(honoured: &Honoured, clusters: &Clusters) -> String {
    let decided = |group: &&crate::cluster::Cluster| {
        group.lane == Lane::Auto && honoured.decided.word(group) == "merge"
    };
    format!(
        "{} on file: {} decided before, {} kept apart, {} open again",
        number(honoured.in_force as u64, "decision", "decisions"),
        number(clusters.groups.iter().filter(decided).count() as u64, "merge", "merges"),
        number(honoured.decided.apart.len() as u64, "pair", "pairs"),
        number(honoured.reopened.len() as u64, "decision is", "decisions are"),
    )
}
