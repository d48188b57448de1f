//! What changed since an earlier profile of the same sources.

use super::{FieldQuality, Quality, SourceQuality};
use serde::{Deserialize, Serialize};

/// The changes of all sources; sources and columns that did not change are not listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// Every source of either profile, those of now first.
    pub sources: Vec<SourceDrift>,
}

/// The changes of one source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceDrift {
    /// The source's name.
    pub source: String,
    /// Records before; null for a source that is new.
    pub rows_before: Option<u64>,
    /// Records now; null for a source that is gone.
    pub rows: Option<u64>,
    /// Headings that were not there before.
    pub new_columns: Vec<String>,
    /// Headings that are there no more.
    pub gone_columns: Vec<String>,
    /// Columns of both that changed, in the order of now.
    pub fields: Vec<FieldDrift>,
}

/// The changes of one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldDrift {
    /// The column's heading.
    pub column: String,
    /// The field it is taken for now.
    pub field: Option<String>,
    /// Share of filled records before and now.
    pub completeness_before: f64,
    pub completeness: f64,
    /// Share of valid values before and now; null where it could not be told.
    pub validity_before: Option<f64>,
    pub validity: Option<f64>,
    /// Different values before and now.
    pub distinct_before: u64,
    pub distinct: u64,
}

/// Compares two profiles; sources are matched by name, columns by heading.
pub(super) fn between(before: &Quality, now: &Quality) -> Drift {
    let old = |name: &str| before.sources.iter().find(|source| source.source == name);
    let of_now = now.sources.iter().map(|source| match old(&source.source) {
        Some(old) => source_drift(old, source),
        None => {
            SourceDrift { source: source.source.clone(), rows: Some(source.rows), ..SourceDrift::default() }
        }
    });
    let is_gone = |old: &&SourceQuality| now.sources.iter().all(|source| source.source != old.source);
    let gone = before.sources.iter().filter(is_gone).map(|old| SourceDrift {
        source: old.source.clone(),
        rows_before: Some(old.rows),
        ..SourceDrift::default()
    });
    Drift { sources: of_now.chain(gone).collect() }
}

fn source_drift(before: &SourceQuality, now: &SourceQuality) -> SourceDrift {
    let find = |source: &SourceQuality, column: &str| -> Option<usize> {
        source.fields.iter().position(|field| field.column == column)
    };
    let only = |one: &SourceQuality, other: &SourceQuality| -> Vec<String> {
        let missing = one.fields.iter().filter(|field| find(other, &field.column).is_none());
        missing.map(|field| field.column.clone()).collect()
    };
    let fields = now.fields.iter().filter_map(|field| {
        let old = &before.fields[find(before, &field.column)?];
        field_drift(old, field)
    });
    SourceDrift {
        source: now.source.clone(),
        rows_before: Some(before.rows),
        rows: Some(now.rows),
        new_columns: only(now, before),
        gone_columns: only(before, now),
        fields: fields.collect(),
    }
}

fn field_drift(before: &FieldQuality, now: &FieldQuality) -> Option<FieldDrift> {
    let key = |field: &FieldQuality| (field.completeness, field.validity, field.distinct);
    (key(before) != key(now)).then(|| FieldDrift {
        column: now.column.clone(),
        field: now.field.clone(),
        completeness_before: before.completeness,
        completeness: now.completeness,
        validity_before: before.validity,
        validity: now.validity,
        distinct_before: before.distinct,
        distinct: now.distinct,
    })
}

impl SourceDrift {
    /// The largest change of completeness or validity, of one field or of all columns; a column that is gone counts as
    /// 1 where no field is named. None for a source that was not there before.
    pub(super) fn largest(&self, field: Option<&str>) -> Option<f64> {
        self.rows_before?;
        let of = self.fields.iter().filter(|drift| field.is_none() || drift.field.as_deref() == field);
        let change = |drift: &FieldDrift| {
            let valid =
                drift.validity.zip(drift.validity_before).map_or(0.0, |(now, before)| (now - before).abs());
            valid.max((drift.completeness - drift.completeness_before).abs())
        };
        let gone = if field.is_none() && !self.gone_columns.is_empty() { 1.0 } else { 0.0 };
        // As exact as the shares it is made of.
        Some((of.map(change).fold(gone, f64::max) * 1e4).round() / 1e4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, rows: u64, columns: &[(&str, f64, Option<f64>)]) -> SourceQuality {
        let field = |&(column, completeness, validity): &(&str, f64, Option<f64>)| FieldQuality {
            column: column.into(),
            field: Some(column.to_lowercase()),
            completeness,
            validity,
            ..FieldQuality::default()
        };
        SourceQuality { source: name.into(), rows, fields: columns.iter().map(field).collect() }
    }

    #[test]
    fn changes_are_matched_by_name() {
        let before = Quality {
            sources: vec![
                source("crm", 100, &[("Email", 0.9, Some(0.99)), ("City", 1.0, None), ("Fax", 0.1, None)]),
                source("old", 5, &[]),
            ],
            ..Quality::default()
        };
        let now = Quality {
            sources: vec![
                source("new", 7, &[]),
                source("crm", 90, &[("City", 1.0, None), ("Email", 0.85, Some(0.8)), ("Mobile", 0.2, None)]),
            ],
            ..Quality::default()
        };
        let drift = between(&before, &now);
        let names: Vec<&str> = drift.sources.iter().map(|source| source.source.as_str()).collect();
        assert_eq!(names, ["new", "crm", "old"]);
        let crm = &drift.sources[1];
        assert_eq!((crm.rows_before, crm.rows), (Some(100), Some(90)));
        assert_eq!(
            (crm.new_columns.as_slice(), crm.gone_columns.as_slice()),
            (&["Mobile".to_string()][..], &["Fax".to_string()][..])
        );
        assert_eq!(crm.fields.iter().map(|field| field.column.as_str()).collect::<Vec<_>>(), ["Email"]);
        assert_eq!(
            (crm.largest(Some("email")), crm.largest(Some("city")), crm.largest(None)),
            (Some(0.19), Some(0.0), Some(1.0))
        );
        assert_eq!(drift.sources[0].largest(None), None);
        assert_eq!(between(&now, &now).sources.iter().map(|source| source.fields.len()).sum::<usize>(), 0);
    }
}
