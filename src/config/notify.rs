use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who is told how `alike run` ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NotifySettings {
    /// A program and its arguments; it gets the run's summary as JSON on its standard input, after success and failure.
    /// No shell is in between. A program with a path is relative to the settings file.
    #[schemars(example = ["./tell-me.sh", "--nightly"])]
    pub command: Vec<String>,
    /// Seconds it may take; then it is ended. That it fails is a warning, and changes nothing else.
    #[schemars(range(min = 0, max = 3600))]
    pub timeout_seconds: u32,
}

impl Default for NotifySettings {
    fn default() -> Self {
        Self { command: Vec::new(), timeout_seconds: 30 }
    }
}

impl NotifySettings {
    /// Whether nothing is set: then nothing is said of it in a manifest.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
