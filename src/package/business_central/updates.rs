//! New values of the contacts that stay: a workbook for a configuration package, and requests for API v2.0.

use super::super::follow_up::FollowUp;
use super::super::layout::Changes;
use super::super::local::Local;
use super::{Contacts, config_sheet};
use crate::package::Content;
use serde_json::{Map, Value, json};

/// What the heading of the tag is called in answers of the API.
const ETAG: &str = "@odata.etag";
/// Stands where the tag has to be filled in.
const ETAG_TO_GET: &str = "the @odata.etag of the contact that `find` gives";

pub(super) struct Updates {
    pub workbook: Content,
    pub api: Content,
    pub follow_up: Vec<FollowUp>,
    /// Contacts that get new values.
    pub contacts: usize,
}

pub(super) fn made(contacts: &Contacts<'_>, locals: &[(Local, Changes)]) -> Updates {
    let data = contacts.applied.data;
    let fills = |changes: &Changes, at: usize| {
        changes
            .values
            .iter()
            .find(|(of, value)| *of == at && !value.is_empty())
            .map(|(_, value)| value.clone())
    };
    // Only columns that change somewhere.
    let columns: Vec<usize> = (0..contacts.layout.targets.len())
        .filter(|&at| locals.iter().any(|(_, changes)| fills(changes, at).is_some()))
        .collect();
    let mut captions = vec![contacts.key_caption().to_string()];
    captions.extend(columns.iter().map(|&at| contacts.caption(at).to_string()));
    let (mut rows, mut requests, mut follow_up) = (Vec::new(), Vec::new(), Vec::new());
    let mut updated = 0;
    for (local, changes) in locals.iter().filter(|(_, changes)| !changes.values.is_empty()) {
        updated += 1;
        let merge = contacts.applied.merges[local.merge].id.to_string();
        if columns.iter().any(|&at| fills(changes, at).is_some()) {
            // An empty cell would say that the field is empty: what does not change keeps the value of the export.
            let kept =
                |at: usize| data.raw(local.survivor, contacts.layout.targets[at].position).trim().to_string();
            let mut row = vec![contacts.no(local.survivor).to_string()];
            row.extend(columns.iter().map(|&at| fills(changes, at).unwrap_or_else(|| kept(at))));
            rows.push(row);
        }
        for (at, _) in changes.values.iter().filter(|(_, value)| value.is_empty()) {
            let target = &contacts.layout.targets[*at];
            follow_up.push(FollowUp {
                merge: merge.clone(),
                record_id: data.record_id(local.survivor).to_string(),
                field: target.label.to_string(),
                value: String::new(),
                current: data.raw(local.survivor, target.position).to_string(),
                reason: "empty_by_hand",
            });
        }
        requests.extend(request(contacts, local, changes, &merge));
    }
    Updates {
        workbook: config_sheet("ALIKE-CONTACTS", "Contact", "5050", captions, rows),
        api: Content::Lines(requests),
        follow_up,
        contacts: updated,
    }
}

/// One PATCH; none when the API has none of the fields.
fn request(contacts: &Contacts<'_>, local: &Local, changes: &Changes, merge: &str) -> Option<Value> {
    let mut body = Map::new();
    for (at, value) in &changes.values {
        let to = contacts.layout.targets[*at].to;
        if !to.is_empty() && !body.contains_key(to) {
            body.insert(to.to_string(), json!(value));
        }
    }
    if body.is_empty() {
        return None;
    }
    let (data, number) = (contacts.applied.data, contacts.no(local.survivor));
    let table = &data.tables[contacts.table];
    let tag = table.position(ETAG).map(|column| table.cell(column, data.locate(local.survivor).1));
    let tag = tag.filter(|tag| !tag.is_empty()).unwrap_or(ETAG_TO_GET);
    let id = if contacts.is_api { data.record_id(local.survivor) } else { "{id}" };
    Some(json!({
        "merge_id": merge,
        "number": number,
        "find": format!("contacts?$filter=number eq '{}'", number.replace('\'', "''")),
        "method": "PATCH",
        "path": format!("contacts({id})"),
        "headers": {"Content-Type": "application/json", "If-Match": tag},
        "body": body,
    }))
}

impl Contacts<'_> {
    /// The caption of the number in the language of the export.
    fn key_caption(&self) -> &str {
        let data = self.applied.data;
        match data.keys[self.table] {
            crate::map::RecordKey::Column(column) if !self.is_api => {
                &data.tables[self.table].columns[column].name
            }
            _ => "No.",
        }
    }
}
