use super::{
    ClassicSettings, GuardSettings, NotifySettings, Profile, RelatedSettings, SettingsError, SurviveSettings,
};
use crate::normalize::Population;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Everything a run can be told. Every key has a default; an empty file is valid.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Sources to read when no files are named on the command line, and settings of single sources.
    #[serde(rename = "source")]
    pub sources: Vec<SourceSettings>,
    /// Tables that refer to the contacts: their references are counted, and moved when contacts are merged.
    pub related: Vec<RelatedSettings>,
    /// How values are normalized.
    pub normalize: NormalizeSettings,
    /// What the data quality profile looks for.
    pub quality: QualitySettings,
    /// Which pairs are compared.
    #[serde(rename = "blocking")]
    pub block: BlockSettings,
    /// How pairs are judged.
    #[serde(rename = "matching")]
    pub score: ScoreSettings,
    /// How links become clusters, and clusters get their lane.
    pub cluster: ClusterSettings,
    /// How golden values are chosen.
    #[serde(rename = "survivorship")]
    pub survive: SurviveSettings,
    /// Business Central's own duplicate search, done over again (`alike run --rules bc-classic`).
    pub classic: ClassicSettings,
    /// When a run stops itself.
    #[serde(skip_serializing_if = "GuardSettings::is_default")]
    pub guards: GuardSettings,
    /// What is written.
    pub output: OutputSettings,
    /// Who is told how `alike run` ended.
    #[serde(skip_serializing_if = "NotifySettings::is_default")]
    pub notify: NotifySettings,
    /// What later runs keep to: decisions of people, golden ids, the model.
    #[serde(skip_serializing_if = "StateSettings::is_default")]
    pub state: StateSettings,
    /// What a decision needs.
    #[serde(skip_serializing_if = "ReviewSettings::is_default")]
    pub review: ReviewSettings,
    /// What the lane `auto` needs.
    #[serde(skip_serializing_if = "AutoSettings::is_default")]
    pub auto: AutoSettings,
}

/// What later runs keep to: decisions of people, golden ids, the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StateSettings {
    /// The folder of the state, relative to the settings file; nothing is kept between runs when left out.
    #[schemars(example = &"state")]
    pub dir: Option<String>,
}

impl StateSettings {
    /// Whether nothing is set: then nothing is said of it in a manifest.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What a decision needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewSettings {
    /// How many different people must have approved a merge on file, as it is proposed, before `alike apply` takes it; up
    /// to 1 the edited plan alone is enough.
    #[schemars(range(min = 0, max = 9))]
    pub approvals: u32,
}

impl Default for ReviewSettings {
    fn default() -> Self {
        Self { approvals: 1 }
    }
}

impl ReviewSettings {
    /// Whether nothing is set: then nothing is said of it in a manifest.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What the lane `auto` needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AutoSettings {
    /// `alike apply` merges what is sure only when judgements on a sample (`alike audit`) prove that at most this share of
    /// it is wrong; nothing is asked for when left out.
    #[schemars(range(min = 0.000_01, max = 0.5), example = 0.005)]
    pub require_audit: Option<f64>,
    /// How confident that statement is.
    #[schemars(range(min = 0.5, max = 0.999_999))]
    pub confidence: f64,
}

impl Default for AutoSettings {
    fn default() -> Self {
        /// What acceptance sampling usually asks for.
        const CONFIDENCE: f64 = 0.95;
        Self { require_audit: None, confidence: CONFIDENCE }
    }
}

impl AutoSettings {
    /// Whether nothing is set: then nothing is said of it in a manifest.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// One source: a file and what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SourceSettings {
    /// The file, relative to the settings file; or a folder, or a pattern (`exports/*.csv`), whose files then all have
    /// these settings.
    #[schemars(example = &"contacts.csv")]
    pub file: String,
    /// The source's name; the file's stem when left out.
    #[schemars(example = &"crm")]
    pub name: Option<String>,
    /// Encoding label such as `windows-1252`; detected when left out.
    #[schemars(example = &"windows-1252")]
    pub encoding: Option<String>,
    /// Column separator, one character; detected when left out.
    #[schemars(example = &";")]
    pub delimiter: Option<String>,
    /// Whether the first line holds headings (true when left out); without, columns are called `column_1`, `column_2` …
    #[schemars(example = false)]
    pub header: Option<bool>,
    /// The sheet of a workbook to read, by name or by number from 1; the first that holds a table when left out.
    #[schemars(example = &"Contacts")]
    pub sheet: Option<String>,
    /// The column that identifies a row; found by itself when left out.
    #[schemars(example = &"No.")]
    pub id: Option<String>,
    /// The layout of the export: a profile's name, a file with one of your own (`….toml`, relative to the settings
    /// file), or `none`; found from the headings when left out.
    #[schemars(example = &"google-contacts")]
    pub profile: Option<String>,
    /// Whether this source is known to hold no duplicates within itself (at most one of its records per entity).
    pub clean: bool,
    /// How far this source is trusted in survivorship, higher wins ties; 0 by default.
    #[schemars(range(min = -1000, max = 1000))]
    pub trust: i32,
    /// Heading → field name (`"Plaats" = "city"`); `ignore` carries a column without comparing it.
    #[schemars(example = BTreeMap::from([("Plaats", "city")]))]
    pub columns: BTreeMap<String, String>,
    /// What the file holds, for runs with a state: all records of the source, or only those that changed.
    #[serde(skip_serializing_if = "SourceMode::is_full")]
    pub mode: SourceMode,
    /// Of `mode = "delta"`: how a row says that its record was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<DeleteMarker>,
    /// Of `mode = "delta"`: the column that says which of two states of a record is the later, such as the time of its last
    /// change; a row that is older than what is known is passed over. The last file wins when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"modified_at")]
    pub version: Option<String>,
}

/// What a file holds of its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceMode {
    /// All records: one that is not in it is not there any more.
    #[default]
    Full,
    /// New, changed and deleted records: the others stay as they were.
    Delta,
}

impl SourceMode {
    /// Whether it is the default: then nothing is said of it in a manifest.
    fn is_full(&self) -> bool {
        *self == Self::Full
    }
}

/// How a row of a delta says that its record was deleted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteMarker {
    /// The column.
    #[schemars(example = &"change")]
    pub column: String,
    /// What stands in it then; upper and lower case and blanks around do not matter.
    #[schemars(example = &["D", "deleted"])]
    pub values: Vec<String>,
}

/// How the name of a file with a profile ends.
const PROFILE_FILE: &str = ".toml";

/// The part of the settings that mapping needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapSettings {
    /// Settings of the sources, by source name.
    pub sources: BTreeMap<String, SourceSettings>,
    /// The profiles that sources bring along in files of their own, by source name.
    pub profiles: BTreeMap<String, Profile>,
}

/// The profile's name that says that none holds.
pub const NO_PROFILE: &str = "none";

/// How values are normalized.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NormalizeSettings {
    /// Two-letter ISO code of the country of rows that show none; inferred per row when left out.
    #[schemars(example = &"NL")]
    pub default_country: Option<String>,
    /// What all rows are; each row is looked at when left out.
    #[schemars(example = Population::Person)]
    pub population: Option<Population>,
}

/// What the data quality profile looks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QualitySettings {
    /// The system the records are to be loaded into; values longer than it allows are found.
    pub target: Target,
    /// Rules that the data must keep; breaking one of severity `error` ends `alike profile` and `alike run` with exit code 4.
    #[serde(rename = "rule")]
    pub rules: Vec<QualityRule>,
}

/// A rule on the quality of the data: what is measured, and its bounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QualityRule {
    /// The source it is for; every source that has the field when left out.
    #[schemars(example = &"crm")]
    pub source: Option<String>,
    /// The field that is measured; not needed for `rows`, `findings` and `drift`.
    #[schemars(example = &"email")]
    pub field: Option<String>,
    /// What is measured.
    #[schemars(example = Measure::Validity)]
    pub measure: Option<Measure>,
    /// The key `finding` names the rule whose findings `findings` counts, such as `duplicate_id`; all when left out.
    pub finding: Option<String>,
    /// The measured value must not be less. Shares go from 0 to 1.
    #[schemars(example = 0.95, range(min = 0.0))]
    pub at_least: Option<f64>,
    /// The measured value must not be more.
    #[schemars(example = 1.0, range(min = 0.0))]
    pub at_most: Option<f64>,
    /// What breaking it means: `error` ends the command, the others are told.
    pub severity: Severity,
}

/// What a rule measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Share of the records that fill the field, 0 to 1.
    Completeness,
    /// Share of the filled values that are valid, 0 to 1.
    Validity,
    /// How many different values the field has.
    Distinct,
    /// How many records the source has.
    Rows,
    /// How many records have findings.
    Findings,
    /// Largest change of completeness or validity since the profile that `--against` names, 0 to 1.
    Drift,
}

impl Measure {
    /// Its name in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Completeness => "completeness",
            Self::Validity => "validity",
            Self::Distinct => "distinct",
            Self::Rows => "rows",
            Self::Findings => "findings",
            Self::Drift => "drift",
        }
    }
}

/// A system whose limits are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// Microsoft Dynamics 365 Business Central, its table of contacts.
    #[default]
    BusinessCentral,
    /// None: the length of values is not looked at.
    None,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warning,
    /// Wrong: values are damaged or lost.
    #[default]
    Error,
}

/// Which pairs are compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BlockSettings {
    /// Budget of candidate pairs per record; rules that cost more than they find are cut first.
    #[schemars(range(min = 1.0, max = 100_000.0))]
    pub pairs_per_record: f64,
    /// A block with more records than this is split by a second key.
    #[schemars(range(min = 2, max = 1_000_000))]
    pub max_block: u32,
    /// Names of rules not to use (see the plan in the report for names).
    pub without: Vec<String>,
}

impl Default for BlockSettings {
    fn default() -> Self {
        Self { pairs_per_record: 20.0, max_block: 200, without: Vec::new() }
    }
}

/// How pairs are judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreSettings {
    /// Pairs below this match probability are not kept as links.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub link_floor: f64,
    /// A trained model to use instead of training on these files, relative to the settings file.
    #[schemars(example = &"model.json")]
    pub model: Option<String>,
    /// How many candidate pairs the model is trained on at most.
    #[schemars(range(min = 1000, max = 1_000_000_000))]
    pub training_pairs: u64,
}

impl Default for ScoreSettings {
    fn default() -> Self {
        Self { link_floor: 0.05, model: None, training_pairs: 500_000 }
    }
}

/// How links become clusters, and clusters get their lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClusterSettings {
    /// Two groups are joined while the average match probability between their members is at least this.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub join_at: f64,
    /// The least match probability of the weakest supported member for the `auto` lane.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub auto_at: f64,
    /// A cluster with more records than this is held for review.
    #[schemars(range(min = 2, max = 1_000_000))]
    pub max_cluster: u32,
}

impl Default for ClusterSettings {
    fn default() -> Self {
        Self { join_at: 0.45, auto_at: 0.95, max_cluster: 50 }
    }
}

/// What is written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OutputSettings {
    /// The run folder, relative to the settings file; `alike-out` in the current folder when left out.
    #[schemars(example = &"alike-out")]
    pub dir: Option<String>,
    /// Format of the tables.
    pub format: Format,
    /// A folder in which each run gets a folder of its own, named by date and time, instead of `dir`; relative to the
    /// settings file. `latest` in it leads to the last good run, which the next one is compared with.
    #[schemars(example = &"runs")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    /// How many run folders stay in `history`; all when it is 0. The last good one stays, and those in which people worked.
    #[schemars(example = 0, range(min = 0, max = 100_000))]
    #[serde(skip_serializing_if = "is_zero")]
    pub keep: u32,
}

/// Whether a number is not set.
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Format of the tables of a run folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated UTF-8, RFC 4180.
    #[default]
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl Settings {
    /// Makes every relative path relative to `base` (the settings file's folder) instead.
    pub(super) fn resolve_paths(&mut self, base: &Path) {
        let resolve = |path: &mut String| {
            if !path.is_empty() {
                *path = base.join(&path).to_string_lossy().into_owned();
            }
        };
        for source in &mut self.sources {
            resolve(&mut source.file);
            source.profile.iter_mut().filter(|name| name.ends_with(PROFILE_FILE)).for_each(resolve);
        }
        self.related.iter_mut().for_each(|table| resolve(&mut table.file));
        self.score.model.iter_mut().for_each(resolve);
        self.classic.setup.iter_mut().for_each(resolve);
        self.output.dir.iter_mut().for_each(resolve);
        self.output.history.iter_mut().for_each(resolve);
        // A name without a path is looked for where the system keeps programs.
        self.notify.command.iter_mut().take(1).filter(|name| name.contains(['/', '\\'])).for_each(resolve);
        self.state.dir.iter_mut().for_each(resolve);
    }
}

impl MapSettings {
    /// The settings of sources by their names; profiles that they name as files are read.
    pub fn of(sources: impl IntoIterator<Item = (String, SourceSettings)>) -> Result<Self, SettingsError> {
        let sources: BTreeMap<String, SourceSettings> = sources.into_iter().collect();
        let mut profiles = BTreeMap::new();
        for (name, settings) in &sources {
            if let Some(path) = settings.profile.as_ref().filter(|name| name.ends_with(PROFILE_FILE)) {
                let text = std::fs::read_to_string(path)
                    .map_err(|cause| SettingsError::Profile { path: path.into(), cause })?;
                profiles.insert(name.clone(), Profile::parse(path, &text).map_err(SettingsError::Invalid)?);
            }
        }
        Ok(Self { sources, profiles })
    }
}
