//! Tables for any system: what to update, to merge and to delete, as the plan has it over all sources.

use super::{Content, Grid, Made};
use crate::apply::Applied;
use crate::map::Kind;
use crate::propose::by_key;
use crate::write::field_headings;

/// The fixed columns of `update.csv`.
const UPDATE: [&str; 4] = ["merge_id", "source", "record_id", "changed"];

pub(super) fn made(applied: &Applied<'_>) -> Made {
    let data = applied.data;
    let is_value = |kind: Kind| !matches!(kind, Kind::RecordId | Kind::Timestamp);
    let positions: Vec<usize> =
        (0..data.fields.len()).filter(|&at| is_value(data.fields[at].kind())).collect();
    let fields: Vec<_> = positions.iter().map(|&at| data.fields[at].clone()).collect();
    let names = field_headings(&UPDATE, &fields);
    let (mut update, mut merge, mut delete) = (Vec::new(), Vec::new(), Vec::new());
    for merging in &applied.merges {
        let id = merging.id.to_string();
        let key = |record: u32| [data.source(record).to_string(), data.record_id(record).to_string()];
        let survivor = key(merging.survivor);
        let values: Vec<&str> = positions.iter().map(|&at| merging.value(data, at)).collect();
        let changed: Vec<&str> = positions
            .iter()
            .zip(&values)
            .zip(&names)
            .filter(|((at, value), _)| data.raw(merging.survivor, **at) != **value)
            .map(|(_, name)| name.as_str())
            .collect();
        if !changed.is_empty() {
            let mut row = vec![id.clone()];
            row.extend(survivor.clone());
            row.push(changed.join(" "));
            row.extend(values.iter().map(|value| value.to_string()));
            update.push(row);
        }
        for loser in by_key(data, &merging.members).into_iter().filter(|&member| member != merging.survivor) {
            let [source, record_id] = key(loser);
            let same_source = (source == survivor[0]).to_string();
            let [survivor_source, survivor_id] = survivor.clone();
            merge.push(vec![
                id.clone(),
                survivor_source.clone(),
                survivor_id.clone(),
                source.clone(),
                record_id.clone(),
                same_source.clone(),
            ]);
            delete.push(vec![id.clone(), source, record_id, survivor_source, survivor_id, same_source]);
        }
    }
    let counts = vec![(update.len(), "updates"), (merge.len(), "merges"), (delete.len(), "deletions")];
    let mut head: Vec<&str> = UPDATE.to_vec();
    head.extend(names.iter().map(String::as_str));
    let merge_head =
        ["merge_id", "survivor_source", "survivor_id", "duplicate_source", "duplicate_id", "same_source"];
    let delete_head = ["merge_id", "source", "record_id", "survivor_source", "survivor_id", "same_source"];
    let files = vec![
        ("update.csv", Content::Csv(Grid::of(&head, update))),
        ("merge.csv", Content::Csv(Grid::of(&merge_head, merge))),
        ("delete.csv", Content::Csv(Grid::of(&delete_head, delete))),
    ];
    Made { files, counts }
}
