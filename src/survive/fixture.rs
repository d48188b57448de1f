//! Small data sets for the tests of this stage and the two after it.

use crate::cluster::{Cluster, Clusters, Lane};
use crate::map::{Dataset, FieldId, RecordKey};
use crate::normalize::{Contacts, Population};
use crate::table::{Column, RawColumn, Table};

/// A source: its name, its fields and its rows; the first column is the record id and no field.
pub(crate) type Source<'a> = (&'a str, &'a [&'a str], &'a [&'a [&'a str]]);

/// A data set of these sources. Field names are the neutral ones.
pub(crate) fn dataset(sources: &[Source<'_>]) -> Dataset {
    let mut fields: Vec<FieldId> =
        sources.iter().flat_map(|(_, names, _)| names[1..].iter().map(|name| field(name))).collect();
    fields.sort();
    fields.dedup();
    let mut data = Dataset { starts: vec![0], fields, ..Dataset::default() };
    for (source, names, rows) in sources {
        let columns = names.iter().enumerate().map(|(at, name)| RawColumn {
            name: name.to_string(),
            cells: Column::from_values(rows.iter().map(|row| row[at])),
        });
        data.columns.push(
            data.fields
                .iter()
                .map(|id| names.iter().skip(1).position(|name| field(name) == *id).map(|at| at + 1))
                .collect(),
        );
        data.tables.push(Table {
            source: source.to_string(),
            path: format!("{source}.csv"),
            columns: columns.collect(),
            rows: rows.len() as u32,
            lines: (2..).take(rows.len()).collect(),
        });
        data.mapping.push(Vec::new());
        data.keys.push(RecordKey::Column(0));
        data.record_ids.extend(rows.iter().map(|row| row[0].to_string()));
        data.starts.push(data.record_ids.len() as u32);
    }
    data
}

/// A field by its neutral name.
pub(crate) fn field(name: &str) -> FieldId {
    name.parse().unwrap_or_else(|name| panic!("no field is called {name}"))
}

/// Contacts without normalized columns, all persons, ordered by record id.
pub(crate) fn contacts(data: &Dataset) -> Contacts {
    let mut order: Vec<usize> = (0..data.record_ids.len()).collect();
    order.sort_by_key(|&record| (&data.record_ids[record], data.source(record as u32)));
    let mut key_hash = vec![0; order.len()];
    order.iter().enumerate().for_each(|(rank, &record)| key_hash[record] = rank as u64);
    Contacts {
        records: data.records(),
        source: (0..data.records()).map(|record| data.locate(record).0 as u16).collect(),
        key_hash: key_hash.into(),
        population: vec![Population::Person; order.len()],
        ..Contacts::default()
    }
}

/// Clusters of these members; records not named stand alone.
pub(crate) fn clusters(data: &Dataset, groups: &[(&[u32], Lane)]) -> Clusters {
    let entity = |(members, lane): &(&[u32], Lane)| {
        vec![Cluster {
            members: members.to_vec(),
            support: vec![0.99; members.len()],
            cohesion: 0.99,
            probability: 0.99,
            lane: *lane,
            reasons: "NAME+".to_string(),
            extends: None,
        }]
    };
    Clusters::of(groups.iter().map(entity).collect(), data.records())
}
