//! Dataverse: bodies of the Web API action Merge, and updates of records that stand alone.

use super::layout::Layout;
use super::{Content, Made, Source, follow_up, local};
use crate::apply::Applied;
use serde_json::{Map, Value, json};

/// The path of the Web API.
const API: &str = "/api/data/v9.2";

pub(super) fn made(applied: &Applied<'_>, source: &Source) -> Made {
    let layout = Layout::of(include_str!("tables/dataverse.csv"), source.object, applied, source.table);
    let (mut merges, mut updates, mut follow) = (Vec::new(), Vec::new(), Vec::new());
    let entity = source.object;
    let kind = json!(format!("Microsoft.Dynamics.CRM.{entity}"));
    let named = |id: &str| json!({"@odata.type": kind, format!("{entity}id"): id});
    for local in local::of_source(applied, source.table) {
        let changes = layout.changes(applied, &local);
        follow.extend(changes.follow_up);
        let (id, merge) =
            (applied.data.record_id(local.survivor), applied.merges[local.merge].id.to_string());
        let value = |value: &String| if value.is_empty() { Value::Null } else { json!(value) };
        let values: Map<String, Value> = changes
            .values
            .iter()
            .map(|(at, text)| (layout.targets[*at].to.to_string(), value(text)))
            .collect();
        if local.losers.is_empty() {
            if !values.is_empty() {
                updates.push(json!({
                    "merge_id": merge, "method": "PATCH", "path": format!("{API}/{entity}s({id})"),
                    "headers": {"If-Match": "*"}, "body": values,
                }));
            }
            continue;
        }
        let mut content = Map::from_iter([("@odata.type".to_string(), kind.clone())]);
        content.extend(values);
        for (step, &loser) in local.losers.iter().enumerate() {
            merges.push(json!({
                "merge_id": merge, "step": step + 1, "method": "POST", "path": format!("{API}/Merge"),
                "body": {
                    "Target": named(id),
                    "Subordinate": named(applied.data.record_id(loser)),
                    "UpdateContent": content,
                    "PerformParentingChecks": false,
                },
            }));
        }
    }
    let counts = vec![(merges.len(), "merges"), (updates.len(), "updates"), (follow.len(), "to follow up")];
    let files = vec![
        ("merges.jsonl", Content::Lines(merges)),
        ("updates.jsonl", Content::Lines(updates)),
        ("follow_up.csv", follow_up::list(&follow)),
    ];
    Made { files, counts }
}
