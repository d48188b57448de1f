//! Salesforce: merge requests of the SOAP API, and updates of records that stand alone.

use super::layout::Layout;
use super::{Content, Made, Source, follow_up, local};
use crate::apply::Applied;
use serde_json::{Map, Value, json};

/// Records that one request merges into its master.
const MOST_LOSERS: usize = 2;
/// The version of the REST API in paths.
const VERSION: &str = "v60.0";

pub(super) fn made(applied: &Applied<'_>, source: &Source) -> Made {
    let layout = Layout::of(include_str!("tables/salesforce.csv"), source.object, applied, source.table);
    let (mut merges, mut updates, mut follow) = (Vec::new(), Vec::new(), Vec::new());
    let mut merged = 0;
    for local in local::of_source(applied, source.table) {
        let changes = layout.changes(applied, &local);
        follow.extend(changes.follow_up);
        let (id, merge) =
            (applied.data.record_id(local.survivor), applied.merges[local.merge].id.to_string());
        let mut values = Map::new();
        let mut emptied = Vec::new();
        for (at, value) in &changes.values {
            let to = layout.targets[*at].to;
            if value.is_empty() {
                emptied.push(to)
            } else {
                drop(values.insert(to.to_string(), json!(value)))
            }
        }
        if local.losers.is_empty() {
            if !changes.values.is_empty() {
                values.extend(emptied.iter().map(|to| (to.to_string(), Value::Null)));
                let path = format!("/services/data/{VERSION}/sobjects/{}/{id}", source.object);
                updates.push(json!({"merge_id": merge, "method": "PATCH", "path": path, "body": values}));
            }
            continue;
        }
        merged += local.losers.len();
        for (step, losers) in local.losers.chunks(MOST_LOSERS).enumerate() {
            let mut master =
                Map::from_iter([("type".into(), json!(source.object)), ("Id".into(), json!(id))]);
            // Once is enough: a master's own values win in every later step.
            let first = step == 0;
            if first {
                master.extend(std::mem::take(&mut values));
                if !emptied.is_empty() {
                    master.insert("fieldsToNull".into(), json!(emptied));
                }
            }
            let losers: Vec<&str> = losers.iter().map(|&loser| applied.data.record_id(loser)).collect();
            merges.push(json!({
                "merge_id": merge,
                "step": step + 1,
                "request": {"masterRecord": master, "recordToMergeIds": losers},
            }));
        }
    }
    let counts = vec![
        (merges.len(), "merge requests"),
        (merged, "records merged into another"),
        (updates.len(), "updates"),
        (follow.len(), "to follow up"),
    ];
    let files = vec![
        ("merges.jsonl", Content::Lines(merges)),
        ("updates.jsonl", Content::Lines(updates)),
        ("follow_up.csv", follow_up::list(&follow)),
    ];
    Made { files, counts }
}
