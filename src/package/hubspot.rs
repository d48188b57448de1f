//! HubSpot: merges of two records each, in order, then updates.

use super::follow_up::FollowUp;
use super::layout::Layout;
use super::{Content, Made, Source, follow_up, local};
use crate::apply::Applied;
use serde_json::{Map, Value, json};

/// Merges that HubSpot allows for one record.
const MOST_MERGES: usize = 250;

pub(super) fn made(applied: &Applied<'_>, source: &Source) -> Made {
    let layout = Layout::of(include_str!("tables/hubspot.csv"), source.object, applied, source.table);
    let (mut merges, mut updates, mut follow) = (Vec::new(), Vec::new(), Vec::new());
    let path = format!("/crm/v3/objects/{}", source.object);
    for local in local::of_source(applied, source.table) {
        let changes = layout.changes(applied, &local);
        follow.extend(changes.follow_up);
        let (id, merge) =
            (applied.data.record_id(local.survivor), applied.merges[local.merge].id.to_string());
        for (step, &loser) in local.losers.iter().enumerate() {
            let loser = applied.data.record_id(loser);
            if step >= MOST_MERGES {
                follow.push(FollowUp {
                    merge: merge.clone(),
                    record_id: loser.to_string(),
                    field: String::new(),
                    value: id.to_string(),
                    current: String::new(),
                    reason: "other_group",
                });
                continue;
            }
            merges.push(json!({
                "merge_id": merge, "step": step + 1, "method": "POST", "path": format!("{path}/merge"),
                "body": {"primaryObjectId": id, "objectIdToMerge": loser},
            }));
        }
        let values: Map<String, Value> = changes
            .values
            .iter()
            .map(|(at, value)| (layout.targets[*at].to.to_string(), json!(value)))
            .collect();
        if !values.is_empty() {
            updates.push(json!({
                "merge_id": merge, "method": "PATCH", "path": format!("{path}/{id}"), "body": {"properties": values},
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
