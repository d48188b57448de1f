use crate::profile::Quality;
use serde::{Deserialize, Serialize};

/// The figures of an earlier run: all that guards know of it, wherever they were kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Previous {
    /// What it is called in messages: its folder, say.
    pub from: String,
    /// Whether somebody named this run to compare with. Of a run that happens to stand where the new one goes, other
    /// sources are no surprise.
    pub named: bool,
    /// Its records; none when it is known by its profile only.
    pub records: Option<u64>,
    /// Records that its lane `auto` merged into others; none when it is known by its profile only.
    pub merged_records: Option<u64>,
    /// Its sources.
    pub sources: Vec<Source>,
}

/// A source of an earlier run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub source: String,
    /// Its records.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column of an earlier run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its heading.
    pub column: String,
    /// Records that filled it.
    pub filled: u64,
}

impl Previous {
    /// The figures of a run: of its profile, and of its manifest where that is known (`counts.records` and
    /// `counts.merged_records`).
    pub fn of(from: &str, named: bool, quality: &Quality, manifest: Option<&serde_json::Value>) -> Self {
        let count = |name: &str| manifest?.get("counts")?.get(name)?.as_u64();
        let source = |source: &crate::profile::SourceQuality| Source {
            source: source.source.clone(),
            rows: source.rows,
            columns: source
                .fields
                .iter()
                .map(|field| Column { column: field.column.clone(), filled: field.filled })
                .collect(),
        };
        Self {
            from: from.to_string(),
            named,
            records: count("records"),
            merged_records: count("merged_records"),
            sources: quality.sources.iter().map(source).collect(),
        }
    }

    /// A source by its name.
    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.source == name)
    }
}
