//! Settings: TOML → checked values. One struct a stage, defaults that need no file.
//!
//! Input: a settings file ([`load`]) or none ([`Settings::default`]). Output: [`Settings`] whose numbers are in
//! range, whose names are known and whose paths are resolved against the file's folder.
//!
//! Invariants
//! * Unknown keys are errors, and every problem of a file is reported at once, with line and column.
//! * The types of `settings.rs` are the only list of settings: schema, checks, template and help are made from them.
//! * Stages get their struct as an argument and never read files.

mod settings;
mod classic;
mod files;
mod guards;
mod charset;
mod load;
mod shape;
mod meaning;
mod notify;
mod problem;
mod profile;
mod quality;
mod related;
mod schema;
mod survivorship;
mod suggest;
mod template;

pub use charset::{Charset, CodePage};
pub use classic::{ClassicRule, ClassicSettings, Part};
pub use files::{SettingsFile, SourceFile, Surroundings, find_heading, missing_columns};
pub use guards::{Guard, GuardSettings};
pub use load::{Loaded, SettingsError, check, load, parse};
pub use notify::NotifySettings;
pub use problem::{Problem, Problems};
pub use profile::{Cleaning, DateOrder, Profile, profiles};
pub use related::{OnConflict, RelatedSettings};
pub use schema::{json_schema, schema};
pub use settings::{
    BlockSettings, ClusterSettings, DeleteMarker, Format, MapSettings, Measure, NO_PROFILE,
    NormalizeSettings, OutputSettings, QualityRule, QualitySettings, ReviewSettings, ScoreSettings, Settings,
    Severity, SourceMode, SourceSettings, StateSettings, Target,
};
pub use suggest::nearest;
pub use survivorship::{
    Age, FieldRule, FieldSettings, GroupRules, Rule, SurviveSettings, TieBreak, When, Words, idle_rules,
};
pub use template::{ColumnTemplate, SourceTemplate, template};
