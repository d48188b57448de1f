//! The picture of the crate's documentation as code: one run, from files to a run folder.

mod classic;
mod apply;
mod arrivals;
mod clean;
mod deciding;
mod differing;
mod guarding;
mod history;
mod inspect;
mod manifest;
mod matcher;
mod measured;
mod naming;
mod nightly;
mod metrics;
mod notify;
mod outcome;
mod profiled;
mod related;
mod reopened;
mod reviewing;
mod packs;
mod auditing;
mod forgetting;
mod sampled;
mod serving;
mod status;
mod summary;
mod undo;
mod verify;
mod within;

pub use apply::{APPLY_DIR, ApplyOptions, ApplyOutcome, apply};
pub use auditing::{AuditOptions, Audited, audit};
pub use clean::{CleanOptions, clean};
pub use deciding::now;
pub use differing::{Differing, difference};
pub use forgetting::{ForgetOptions, forget};
pub use history::{dated, keep as keep_runs, latest as latest_run};
pub use inspect::explain_pair;
pub use matcher::{MatchError, Matcher, plan, prepare};
pub use measured::{MeasureOptions, measure};
pub use metrics::{metrics, now_seconds, summary_json};
pub use nightly::StateWishes;
pub use notify::notify;
pub use outcome::{Counts, SourceCounts, tell_findings, tell_idle_rules};
pub use profiled::{Profiled, profile_files};
pub use reviewing::{ImportOptions, Imported, import_review, write_sheet};
pub use sampled::make_sample;
pub use serving::{ReviewOptions, serve_review};
pub use status::{Status, dry_guards, guard_lines, status};
pub use summary::Outcome;
pub use undo::{UndoOptions, undo};
pub use verify::{VerifyOptions, differs, verify};

use crate::block::{self, Plan};
use crate::budget::Memory;
use crate::classic::Setup;
use crate::cluster::{self, Judge};
use crate::config::{self, MapSettings, Settings, SettingsError, SettingsFile, SourceFile};
use crate::error::Error;
use crate::guard::{self, Accepted};
use crate::ingest::{self, Input};
use crate::map;
use crate::normalize;
use crate::profile;
use crate::progress::{Event, Progress};
use crate::propose;
use crate::report::{self, ReportInput};
use crate::score::{Links, MODEL_VERSION, Model};
use crate::state::Pending;
use crate::survive;
use crate::table::Table;
use crate::write::{self, RunParts};
use classic::Sides;
use manifest::Clock;
use nightly::Night;
use std::path::{Path, PathBuf};
use summary::Facts;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The files to read.
    pub inputs: Vec<Input>,
    /// Checked settings; `sources` are those of the inputs, in the same order.
    pub settings: Settings,
    /// The run folder to write.
    pub out: PathBuf,
    /// How many threads were asked for.
    pub threads: Option<usize>,
    /// How much memory may be used; none for as much as it takes.
    pub memory: Option<Memory>,
    /// The settings file, for the manifest and to place problems in it.
    pub settings_file: Option<SettingsFile>,
    /// Per input: the `[[source]]` of the settings file whose settings it has; none when it has none of its own.
    pub entries: Vec<Option<usize>>,
    /// An earlier profile to compare with: a folder that holds `quality.json`, or such a file.
    pub against: Option<PathBuf>,
    /// What is asked of a run with a state.
    pub wishes: StateWishes,
    /// Write a masked report, too.
    pub masked_report: bool,
    /// Guards that may trip without stopping the run, with the reason.
    pub accept: Vec<Accepted>,
}

/// Reads, matches and writes a run folder; with a state, what the nights before left behind goes in, too.
pub fn run(options: &RunOptions, progress: &dyn Progress) -> Result<Outcome, Error> {
    let Some(mut night) = Night::open(options)? else {
        arrivals::no_delta(options)?;
        return run_once(options, None, progress);
    };
    let done =
        night.arrive(options, progress).and_then(|options| run_once(&options, Some(&mut night), progress));
    done.inspect_err(|error| night.failed(error))
}

fn run_once(
    options: &RunOptions,
    mut night: Option<&mut Night>,
    progress: &dyn Progress,
) -> Result<Outcome, Error> {
    let settings = &options.settings;
    let mut clock = Clock::start(progress);
    sources_stay(options)?;
    // Held from here on: a second run into the folder stops at once, and not after it has read and matched.
    let place = write::take(&options.out)?;
    if let Some(notice) = place.taken_over() {
        progress.event(Event::Note(&notice));
    }

    let saved = saved_model(settings)?;
    let setup = settings.classic.enabled.then(|| Setup::of(&settings.classic)).transpose()?;
    // Read before anything else: the folder may be the one that this run replaces.
    let before = options.against.as_deref().map(profiled::load_quality).transpose()?;
    let previous = guarding::previous(options, before.as_ref());
    let map_settings = map_settings_of(&options.inputs)?;
    within::before_reading(options)?;
    let mut raw = clock.time("read", || ingest::read(&options.inputs, progress))?;
    if let Some(night) = &mut night {
        night.read(options, &mut raw);
    }
    fit(options, &raw.tables)?;
    let mut data = clock.time("map", || map::columns(raw.tables, &map_settings))?;
    let (room, _watch) = within::room(options, &data, place.scratch(), progress)?;
    data.keep_in(&room);
    within::settle(&room)?;
    outcome::tell_keys(&data, progress);
    // Before the long work: what is wrong with these tables is known at once.
    let related = clock.time("related", || crate::related::read(&settings.related, &data, progress))?;
    outcome::tell_idle_rules(options.settings_file.as_ref(), &data, progress);
    let contacts = clock.time("normalize", || {
        let mut contacts = normalize::contacts(&data, &settings.normalize, progress);
        contacts.keep_in(&room);
        contacts
    });
    within::settle(&room)?;
    let quality = clock.time("profile", || {
        profile::measure(&data, &contacts, &raw.findings, &settings.quality, before.as_ref())
    });
    outcome::tell_drift(&quality, progress);
    outcome::tell_rules(&quality, progress);
    quality.gate()?;
    let search = |setup| crate::classic::search(&data, &contacts, setup, settings.classic.max_pairs);
    let searched = setup.map(|setup| clock.time("classic", || search(setup))).transpose()?;
    for note in searched.iter().flat_map(|searched| &searched.notes) {
        progress.event(Event::Warning(note));
    }
    // Read before the long part: decisions that contradict each other stop the run at once.
    let honoured = deciding::on_file(settings, &data)?;
    honoured.iter().for_each(|honoured| deciding::tell(honoured, progress));
    let (decided, preferred) =
        honoured.as_ref().map(|of| (of.decided.clone(), of.preferred.clone())).unwrap_or_default();
    let matchers = match &mut night {
        Some(night) => clock.time("match", || night.matchers(&contacts, settings, saved.as_ref(), &room))?,
        None => {
            let plans = clock.time("block", || block::plan(&contacts, &settings.block, &room));
            within::settle(&room)?;
            clock.time("train", || prepare(&contacts, plans, saved.as_ref(), &settings.score))?
        }
    };
    within::settle(&room)?;
    let plans: Vec<&Plan> = matchers.iter().map(|matcher| &matcher.plan).collect();
    outcome::announce(&contacts, &plans, &settings.block, &room, progress);
    let model =
        Model { version: MODEL_VERSION, populations: matchers.iter().map(|m| m.model.clone()).collect() };
    let links = clock.time("score", || match &mut night {
        Some(night) => night.links((&data, &contacts), &matchers, settings, progress),
        None => find_links(&matchers, settings.score.link_floor, progress),
    });
    within::settle(&room)?;
    let judges: Vec<Judge<'_>> = matchers.iter().map(Matcher::judge).collect();
    let clusters = clock.time("cluster", || {
        let groups = cluster::group(&contacts, &links, &judges, &settings.cluster, &decided);
        cluster::hold(groups, &data, &contacts, &settings.sources, &decided)
    });
    let rules = settings.survive.trusting(trusted(&options.inputs));
    let golden = clock.time("survive", || survive::records(&data, &contacts, &clusters, &rules, &preferred));
    within::settle(&room)?;
    let mut proposals = clock.time("propose", || propose::changes(&data, &clusters, &golden));
    if let Some(night) = &mut night {
        clock.time("name", || night.name(&contacts, &clusters, &mut proposals));
    }

    let forecast = related::forecast(&data, &related, &clusters, &golden, &proposals);
    forecast.tell(progress);

    let sides = Sides {
        data: &data,
        contacts: &contacts,
        clusters: &clusters,
        matchers: &matchers,
        cluster: &settings.cluster,
    };
    let facts = guard::Facts {
        data: &data,
        files: &raw.files,
        quarantine: &raw.quarantine,
        quality: &quality,
        model: &model,
        links: &links,
        clusters: &clusters,
        golden: &golden,
    };
    let guards = guard::check(&facts, previous.as_ref(), &settings.guards, &options.accept);
    let guards = guarding::lenient(guards, &settings.guards);
    guarding::tell(&guards, progress);

    let both_searches = searched.as_ref().map(|searched| sides.compare(searched));
    let blocking = report::rules(matchers.iter().map(|matcher| &matcher.plan));
    let settings_toml = manifest::settings_text(settings);
    let rules: Vec<String> = matchers.iter().flat_map(Matcher::rule_names).collect();
    let (mask_key, masker) =
        packs::masker_of_run(&options.out, settings.state.dir.as_deref(), options.masked_report)?;
    let (page, masked) = clock.time("report", || {
        let input = ReportInput {
            version: env!("CARGO_PKG_VERSION"),
            started: "",
            data: &data,
            contacts: &contacts,
            files: &raw.files,
            quarantine: &raw.quarantine,
            quality: &quality,
            blocking: &blocking,
            model: &model,
            links: &links,
            clusters: &clusters,
            golden: &golden,
            proposals: &proposals,
            classic: both_searches.as_ref(),
            related: &forecast.counts,
            guards: &guards,
            pair_steps: &|a, b| matcher::steps(&matchers, &contacts, a, b),
            doubts: &|cluster| {
                let members = &cluster.members;
                let about = members.first().zip(members.get(1)).map_or([0, 0], |(&a, &b)| [a, b]);
                matcher::doubts(&matchers, &contacts, members, about, &settings.cluster)
            },
            timings: &[],
            settings_toml: &settings_toml,
        };
        let masked = masker.as_ref().map(|masker| report::masked_html(&input, masker)).transpose()?;
        Ok::<_, report::ReportError>((report::html(&input)?, masked))
    })?;
    let mut further = forecast.files.clone();
    further.extend(masked.map(|page| (write::MASKED_REPORT, page.into_bytes(), 0)));
    further.extend(mask_key.map(|key| (crate::mask::MASK_KEY, key, 0)));
    let counts = outcome::count(&data, &raw.files, &raw.quarantine, &clusters, &links);
    let beside = manifest::Beside {
        classic: both_searches.as_ref(),
        related: &forecast.counts,
        honoured: honoured.as_ref(),
        state: night.as_ref().map(|night| night.manifest()),
        guards: &guards,
    };
    let manifest = manifest::json(options, &raw.files, &counts, &model, beside, &clock);
    let since = |dir: &Path| match options.against.as_deref() {
        Some(before) => {
            differing::files(before, dir, &options.out, serde_json::json!(counts), &quality, progress)
        }
        None => Vec::new(),
    };
    let parts = RunParts {
        data: &data,
        contacts: &contacts,
        clusters: &clusters,
        decided: &decided,
        golden: &golden,
        proposals: &proposals,
        links: &links,
        model: &model,
        rules: &rules,
        quarantine: &raw.quarantine,
        classic: searched.as_ref(),
        further: &further,
        since: &since,
        quality: &manifest::pretty(&quality),
        report: &page,
        manifest: &manifest,
    };
    let told = night.as_ref().map_or_else(Vec::new, |night| night.told());
    // A night that is stopped is none: ids, model and links stay those of the last good one.
    let pending = match night.as_mut().filter(|_| !guards.is_stopped()) {
        Some(night) => {
            Some(clock.time("state", || night.write(&data, &quality, &matchers, &links, &counts))?)
        }
        None => None,
    };
    // A run that is stopped leaves the folder as it is, and is written beside it.
    let place = if guards.is_stopped() { guarding::aside(&guards, options, progress)? } else { place };
    let written = clock.time("write", || write::run_folder(place, settings.output.format, &parts))?;
    let sources = outcome::count_sources(&data, &raw.files, &clusters, &golden);
    outcome::reconcile(&sources, &written)?;
    guarding::end(&guards, options)?;
    // The folder stands: now the night counts. Killed before this line, the next run does it again from the night before.
    pending.map(Pending::commit).transpose()?;
    if let Some(night) = &night {
        night.tidy();
    }
    let summed = summary::tell(Facts {
        counts,
        sources,
        data: &data,
        clusters: &clusters,
        quarantine: &raw.quarantine,
        model: &model,
        classic: both_searches.as_ref(),
        related: &forecast.counts,
        honoured: honoured.as_ref(),
        night: &told,
        dir: &written.dir,
    });
    Ok(Outcome { seconds: clock.timings().to_vec(), guards, ..summed })
}

/// Refuses to replace a folder that an input stands in: the input would be gone.
fn sources_stay(options: &RunOptions) -> Result<(), Error> {
    let Ok(out) = options.out.canonicalize() else { return Ok(()) };
    let inside = |path: &&Path| path.canonicalize().is_ok_and(|path| path.starts_with(&out));
    let inputs = options.inputs.iter().map(|input| input.path.as_path());
    let related = options.settings.related.iter().map(|table| Path::new(&table.file));
    match inputs.chain(related).find(inside) {
        None => Ok(()),
        Some(path) => Err(Error::Usage(format!(
            "`{}` is in the run folder `{}`, which this run would replace; name another folder with -o",
            path.display(),
            options.out.display()
        ))),
    }
}

/// Sources with their settings, for [`config::SurviveSettings::trusting`].
fn trusted(inputs: &[Input]) -> impl Iterator<Item = (&str, &config::SourceSettings)> {
    inputs.iter().map(|input| (input.source.as_str(), &input.settings))
}

fn map_settings_of(inputs: &[Input]) -> Result<MapSettings, Error> {
    Ok(MapSettings::of(inputs.iter().map(|input| (input.source.clone(), input.settings.clone())))?)
}

/// The links of all populations; rule numbers run on from one population to the next.
fn find_links(matchers: &[Matcher<'_>], floor: f64, progress: &dyn Progress) -> Links {
    let planned = matchers.iter().map(|matcher| matcher.plan.planned_pairs()).sum();
    progress.event(Event::Started { stage: "score", total: Some(planned), unit: "pairs" });
    let mut first_rule = 0;
    let mut parts = Vec::new();
    for matcher in matchers {
        parts.push(matcher.links(floor, first_rule, progress));
        first_rule += matcher.plan.rules.len() as u16;
    }
    let links = Links::join(parts);
    let summary = format!("{} pairs compared, {} links", links.compared, links.len());
    progress.event(Event::Finished { stage: "score", summary: &summary });
    links
}

/// Checks that the files have the columns that the settings file names.
fn fit(options: &RunOptions, tables: &[Table]) -> Result<(), SettingsError> {
    let Some(file) = &options.settings_file else { return Ok(()) };
    let files: Vec<SourceFile<'_>> = options
        .entries
        .iter()
        .zip(tables)
        .filter_map(|(entry, table)| {
            Some(SourceFile { entry: (*entry)?, path: &table.path, headings: headings_of(table) })
        })
        .collect();
    config::missing_columns(file, &files).map_err(SettingsError::Invalid)
}

fn headings_of(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| column.name.as_str()).collect()
}

fn saved_model(settings: &Settings) -> Result<Option<Model>, Error> {
    settings.score.model.as_deref().map(|path| load_model(Path::new(path))).transpose()
}

/// Reads a model that a run wrote.
pub fn load_model(path: &Path) -> Result<Model, Error> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| Error::Model { path: path.into(), why: cause.to_string() })?;
    let model: Model = serde_json::from_str(&text).map_err(|cause| {
        let why = format!("it is no model of alike ({cause}); a run writes one as `model.json`");
        Error::Model { path: path.into(), why }
    })?;
    if model.version != MODEL_VERSION {
        let why = format!("it has version {}, this program reads version {MODEL_VERSION}", model.version);
        return Err(Error::Model { path: path.into(), why });
    }
    Ok(model)
}
