//! A run with a state: what the nights before left behind goes in, what tonight found is written behind it.
//!
//! Links of two records that are as they were are taken over; all others are found anew. Why that gives the links of a
//! full run is argued in `docs/state.md`.

use super::arrivals::{Arrival, arrive};
use super::matcher::{Frozen, Matcher, prepare, prepare_again};
use super::naming::{self, Named};
use super::outcome::grouped;
use super::summary::number;
use super::{RunOptions, manifest};
use crate::block::{self, GivenUp};
use crate::cluster::Clusters;
use crate::compare;
use crate::config::Settings;
use crate::error::Error;
use crate::ingest::Ingested;
use crate::map::Dataset;
use crate::normalize::{Contacts, Population};
use crate::profile::Quality;
use crate::progress::{Event, Progress};
use crate::propose::{Id, Proposals};
use crate::score::{Earlier, Links, MODEL_VERSION, Model};
use crate::state::{
    ContactTonight, FieldTonight, Finder, GoldenSeq, Happening, Known, LOCK, Lives, ModelUse, Pending,
    RunFacts, SNAPSHOTS, Store, Tonight,
};
use crate::table::Room;
use crate::write::{self, Lock};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What a run with a state is asked beside the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateWishes {
    /// Train and freeze a model, though one is frozen.
    pub retrain: bool,
    /// Compare all pairs, though links are known.
    pub full: bool,
}

/// A night in the making.
pub struct Night {
    /// No other run, and nothing that tidies up, works in the folder meanwhile.
    _lock: Lock,
    dir: PathBuf,
    store: Option<Store>,
    known: Known,
    frozen: Option<(ModelUse, Frozen)>,
    wishes: StateWishes,
    arrivals: Vec<Arrival>,
    run: RunFacts,
    /// Per record: the known contact that it is.
    places: Vec<Option<u32>>,
    contents: Vec<u64>,
    views: Vec<u64>,
    key: String,
    lives: Lives,
    born: Vec<Id>,
    of_record: Vec<GoldenSeq>,
    counts: NightCounts,
}

/// What tonight is in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct NightCounts {
    /// Records that were not known.
    pub new: u64,
    /// Records whose normalized values are not what they were.
    pub changed: u64,
    /// Records that are as they were.
    pub unchanged: u64,
    /// Records that are not there any more.
    pub retired: u64,
    /// Of the unchanged, those compared again, since what the data say of their values has changed.
    pub compared_again: u64,
    /// Links taken over.
    pub links_kept: u64,
    /// Golden ids that are new.
    pub born: u64,
    /// Golden ids that merged into others.
    pub merged: u64,
    /// New golden ids of records that were part of another.
    pub split: u64,
    /// Golden ids of which no record is left.
    pub ended: u64,
}

impl Night {
    /// Opens the state that the settings name, to be written after the run; none when they name none.
    ///
    /// Errors: the state cannot be read or written.
    pub fn open(options: &RunOptions) -> Result<Option<Self>, Error> {
        let Some(dir) = &options.settings.state.dir else { return Ok(None) };
        let dir = PathBuf::from(dir);
        let store = Store::open(&dir)?;
        store.writable()?;
        let lock = write::lock(&dir.join(LOCK))?;
        let known = store.known()?;
        let frozen = match &known.model {
            Some((seq, body)) if !options.wishes.retrain => {
                // A model of another version of alike is trained anew, as one that was never there.
                serde_json::from_str::<Frozen>(body)
                    .ok()
                    .filter(|frozen| frozen.model.version == MODEL_VERSION)
                    .map(|frozen| (ModelUse::Known(*seq), frozen))
            }
            _ => None,
        };
        let started = super::now();
        let settings = hex(manifest::settings_text(&options.settings).as_bytes());
        let place = known.last_run + 1;
        let run = RunFacts {
            id: Id::new('R', &sha(format!("{place} {started} {settings}").as_bytes())).to_string(),
            started,
            version: env!("CARGO_PKG_VERSION").to_string(),
            settings,
            folder: std::path::absolute(&options.out)
                .unwrap_or_else(|_| options.out.clone())
                .display()
                .to_string(),
            compared: "all",
            ..RunFacts::default()
        };
        Ok(Some(Self {
            _lock: lock,
            dir,
            store: Some(store),
            known,
            frozen,
            wishes: options.wishes,
            arrivals: Vec::new(),
            run,
            places: Vec::new(),
            contents: Vec::new(),
            views: Vec::new(),
            key: String::new(),
            lives: Lives::default(),
            born: Vec::new(),
            of_record: Vec::new(),
            counts: NightCounts::default(),
        }))
    }

    /// Looks what every source brought; the run goes on with what comes back.
    pub fn arrive(&mut self, options: &RunOptions, progress: &dyn Progress) -> Result<RunOptions, Error> {
        let (options, arrivals) = arrive(options, &self.dir, &self.known.sources, progress)?;
        self.arrivals = arrivals;
        for arrival in self.arrivals.iter().filter(|arrival| arrival.noted.what == "missing") {
            progress.event(Event::Warning(&self.said_of_missing(arrival)));
        }
        Ok(options)
    }

    fn said_of_missing(&self, arrival: &Arrival) -> String {
        let name = &arrival.noted.name;
        format!(
            "source `{name}` brought nothing tonight: its records stay as they were last seen (run {}); `alike state forget \
             {name}` gives it up",
            arrival.since
        )
    }

    /// Completes what was read.
    pub fn read(&mut self, options: &RunOptions, read: &mut Ingested) {
        Arrival::read(&mut self.arrivals, &self.dir, &self.known.sources, options, read);
    }

    /// The matchers of tonight: with the frozen model where there is one, else with one that is frozen now.
    pub fn matchers<'a>(
        &mut self,
        contacts: &'a Contacts,
        settings: &Settings,
        saved: Option<&Model>,
        room: &Room,
    ) -> Result<Vec<Matcher<'a>>, Error> {
        let both = (&settings.block, &settings.score);
        if saved.is_some_and(|saved| self.frozen.as_ref().is_some_and(|(_, frozen)| frozen.model != *saved)) {
            self.frozen = None;
        }
        let before = self.given_up();
        let mut matchers = match &self.frozen {
            Some((_, frozen)) => prepare_again(contacts, frozen, &before, both, room)?,
            None => prepare(contacts, block::plan(contacts, &settings.block, room), saved, &settings.score)?,
        };
        let knows = |population: Population| {
            self.frozen.as_ref().is_some_and(|(_, frozen)| frozen.model.of(population).is_some())
        };
        if self.frozen.is_none() || matchers.iter().any(|matcher| !knows(matcher.plan.population)) {
            let old = self.frozen.take().map(|(_, frozen)| frozen);
            let frozen = freeze(&matchers, old);
            drop(matchers);
            matchers = prepare_again(contacts, &frozen, &before, both, room)?;
            // Structures of ours, which can be written as JSON.
            let body = serde_json::to_string(&frozen).unwrap_or_default();
            self.frozen = Some((ModelUse::New(body), frozen));
        }
        Ok(matchers)
    }

    /// The keys that the last run gave up, by population.
    fn given_up(&self) -> Vec<(Population, GivenUp)> {
        let text = self.known.matching.as_ref().map_or("", |matching| matching.given_up.as_str());
        let keys: Vec<(Population, String)> = serde_json::from_str(text).unwrap_or_default();
        keys.into_iter()
            .filter_map(|(population, text)| Some((population, GivenUp::of_text(&text)?)))
            .collect()
    }

    /// The links of tonight.
    pub fn links(
        &mut self,
        (data, contacts): (&Dataset, &Contacts),
        matchers: &[Matcher<'_>],
        settings: &Settings,
        progress: &dyn Progress,
    ) -> Links {
        self.find_places(data);
        self.contents = compare::contents(contacts);
        self.views = self.contents.clone();
        for matcher in matchers {
            matcher.comparator.add_surroundings(&matcher.plan.members, &mut self.views);
        }
        self.key = self.key_of(settings);
        let has_changed = self.count_changes();
        let earlier = self.earlier(&has_changed);
        let Some(earlier) = earlier else {
            return super::find_links(matchers, settings.score.link_floor, progress);
        };
        self.run.compared = "changed";
        progress.event(Event::Started { stage: "score", total: None, unit: "pairs" });
        let (mut first_rule, mut parts) = (0, Vec::new());
        for matcher in matchers {
            let own =
                |link: &&(u32, u32, u64)| contacts.population[link.0 as usize] == matcher.plan.population;
            let links: Vec<(u32, u32, u64)> = earlier.iter().filter(own).copied().collect();
            let earlier = Earlier { links: &links, has_changed: &has_changed };
            parts.push(matcher.links_again(settings.score.link_floor, first_rule, &earlier, progress));
            first_rule += matcher.plan.rules.len() as u16;
        }
        self.counts.links_kept = earlier.len() as u64;
        let links = Links::join(parts);
        let summary = format!("{} pairs compared, {} links", links.compared, links.len());
        progress.event(Event::Finished { stage: "score", summary: &summary });
        links
    }

    fn find_places(&mut self, data: &Dataset) {
        let finder = Finder::new(&self.known.contacts);
        let sources: Vec<Option<u16>> = data
            .tables
            .iter()
            .map(|table| self.known.sources.iter().position(|known| known.name == table.source))
            .map(|at| at.map(|at| at as u16))
            .collect();
        self.places = (0..data.records())
            .map(|record| finder.find(sources[data.locate(record).0]?, data.record_id(record)))
            .collect();
    }

    /// What links depend on beside the records: with another, all pairs are compared again.
    fn key_of(&self, settings: &Settings) -> String {
        let model = match &self.frozen {
            Some((ModelUse::New(body), _)) => hex(body.as_bytes()),
            Some((ModelUse::Known(seq), _)) => self
                .known
                .model
                .as_ref()
                .filter(|known| known.0 == *seq)
                .map_or(String::new(), |(_, body)| hex(body.as_bytes())),
            None => String::new(),
        };
        // What hashes of ours say of a text: an alike that hashes otherwise must not take hashes over.
        let canary = compare::canary();
        let (floor, max_block) = (settings.score.link_floor, settings.block.max_block);
        format!("{} {model} {floor} {max_block} {canary:016x}", self.run.version)
    }

    /// Per record: whether it must be compared again.
    fn count_changes(&mut self) -> Vec<bool> {
        let contacts = &self.known.contacts;
        let mut met = vec![false; contacts.len()];
        let mut has_changed = vec![true; self.places.len()];
        let counts = &mut self.counts;
        for (record, place) in self.places.iter().enumerate() {
            match place.map(|place| place as usize) {
                None => counts.new += 1,
                Some(place) => {
                    met[place] = true;
                    let is_same =
                        contacts.content[place] == self.contents[record] && !contacts.retired[place];
                    has_changed[record] = !is_same || contacts.view[place] != self.views[record];
                    counts.changed += u64::from(!is_same);
                    counts.unchanged += u64::from(is_same);
                    counts.compared_again += u64::from(is_same && has_changed[record]);
                }
            }
        }
        let gone = |(met, retired): &(&bool, &bool)| !**met && !**retired;
        counts.retired = met.iter().zip(&contacts.retired).filter(gone).count() as u64;
        has_changed
    }

    /// The links of the last run between records that are as they were; none when all pairs must be compared.
    fn earlier(&self, has_changed: &[bool]) -> Option<Vec<(u32, u32, u64)>> {
        let matching = self.known.matching.as_ref()?;
        if self.wishes.full || matching.key != self.key {
            return None;
        }
        const NONE: u32 = u32::MAX;
        let mut record_of = vec![NONE; self.known.contacts.len() + 1];
        for (record, place) in (0u32..).zip(&self.places) {
            if let Some(place) = place.filter(|_| !has_changed[record as usize]) {
                record_of[place as usize + 1] = record;
            }
        }
        let record = |bytes: &[u8]| -> Option<u32> {
            let seq = u32::from_le_bytes(bytes.try_into().ok()?);
            record_of.get(seq as usize).copied().filter(|record| *record != NONE)
        };
        let link = |bytes: &[u8]| -> Option<(u32, u32, u64)> {
            let pattern = u64::from_le_bytes(bytes[8..].try_into().ok()?);
            Some((record(&bytes[..4])?, record(&bytes[4..8])?, pattern))
        };
        Some(matching.links.chunks_exact(LINK_BYTES).filter_map(link).collect())
    }

    /// Gives every record its golden id, in the stead of the one made from its key.
    pub fn name(&mut self, contacts: &Contacts, clusters: &Clusters, proposals: &mut Proposals) {
        let Named { lives, born, of_record, golden_ids } =
            naming::name(&self.known, &self.places, (contacts, clusters), &proposals.golden_ids);
        let count = |what: Happening| lives.events.iter().filter(|event| event.what == what).count() as u64;
        self.counts.born = lives.born.len() as u64;
        self.counts.merged = count(Happening::Merged);
        self.counts.ended = count(Happening::Retired);
        self.counts.split = count(Happening::Split);
        proposals.golden_ids = golden_ids;
        (self.lives, self.born, self.of_record) = (lives, born, of_record);
    }

    /// What the manifest says of the night.
    pub fn manifest(&self) -> Value {
        let sources = self.arrivals.iter().map(|arrival| {
            let [upserts, deleted, late] = arrival.changes;
            json!({
                "source": arrival.noted.name, "what": arrival.noted.what, "file": arrival.noted.file, "upserts": upserts,
                "deleted": deleted, "late": late,
            })
        });
        let choices = self.frozen.as_ref().map(|(_, frozen)| &frozen.choices);
        let model = match &self.frozen {
            Some((ModelUse::Known(seq), _)) => json!(seq),
            _ => json!("frozen by this run"),
        };
        json!({
            "run": self.run.id, "before": self.known.last_good.as_ref().map(|run| &run.id), "model": model,
            "compared": self.run.compared, "counts": self.counts, "sources": sources.collect::<Vec<_>>(),
            "choices": choices,
        })
    }

    /// Lines for people.
    pub fn told(&self) -> Vec<String> {
        let counts = &self.counts;
        let model = match (&self.frozen, &self.known.model) {
            (Some((ModelUse::Known(_), _)), _) => "with the model as before",
            (_, Some(_)) => "with a model trained anew",
            _ => "with a model that is kept from now on",
        };
        let compared = match self.run.compared {
            "changed" => format!("only what changed was compared, {model}"),
            _ => format!("all was compared, {model}"),
        };
        let mut lines = vec![
            format!(
                "State: {} new, {} changed, {} unchanged, {} retired; {compared}",
                number(counts.new, "record", "records"),
                grouped(counts.changed),
                grouped(counts.unchanged),
                grouped(counts.retired)
            ),
            format!(
                "Golden ids: {} born ({} of them split off), {} merged into others, {} ended",
                grouped(counts.born),
                grouped(counts.split),
                grouped(counts.merged),
                grouped(counts.ended)
            ),
        ];
        for arrival in &self.arrivals {
            let name = &arrival.noted.name;
            let [upserts, deleted, late] = arrival.changes;
            match arrival.noted.what {
                "missing" => lines.push(self.said_of_missing(arrival)),
                "delta" => lines.push(format!(
                    "Source `{name}` brought changes: {} new or changed, {} deleted, {} older than what is known",
                    number(upserts, "row", "rows"),
                    grouped(deleted),
                    grouped(late)
                )),
                _ => {}
            }
        }
        lines
    }

    /// Writes the night; it counts when what comes back is committed.
    pub fn write(
        &mut self,
        data: &Dataset,
        quality: &Quality,
        matchers: &[Matcher<'_>],
        links: &Links,
        counts: &impl serde::Serialize,
    ) -> Result<Pending, Error> {
        let sources = std::mem::take(&mut self.arrivals)
            .into_iter()
            .map(|arrival| arrival.finish(&self.dir))
            .collect::<Result<Vec<_>, _>>()?;
        let given_up: Vec<(Population, String)> = matchers
            .iter()
            .map(|matcher| (matcher.plan.population, matcher.plan.given_up().to_text()))
            .collect();
        let mut run = self.run.clone();
        run.finished = super::now();
        run.counts = json!({ "run": counts, "state": self.counts }).to_string();
        let fields = quality.sources.iter().flat_map(|source| {
            source.fields.iter().filter_map(|field| {
                Some(FieldTonight {
                    source: source.source.clone(),
                    field: field.field.clone()?,
                    rows: field.rows,
                    completeness: field.completeness,
                    validity: field.validity,
                })
            })
        });
        let mut contacts = (0..data.records()).map(|record| {
            let at = record as usize;
            ContactTonight {
                known: self.places[at],
                source: data.locate(record).0 as u16,
                record_id: data.record_id(record),
                content: self.contents[at],
                view: self.views[at],
                golden: self.of_record[at],
            }
        });
        let model = match self.frozen.take() {
            Some((model, frozen)) => {
                let use_of = model.clone();
                self.frozen = Some((model, frozen));
                use_of
            }
            None => ModelUse::New(String::new()),
        };
        let tonight = Tonight {
            run,
            model,
            sources,
            contacts: &mut contacts,
            lives: &self.lives,
            born: self.born.clone(),
            quality: fields.collect(),
            key: self.key.clone(),
            given_up: serde_json::to_string(&given_up).unwrap_or_default(),
        };
        let bytes = |seqs: &[u32]| {
            let mut bytes = Vec::with_capacity(links.len() * LINK_BYTES);
            for link in 0..links.len() {
                bytes.extend_from_slice(&seqs[links.a[link] as usize].to_le_bytes());
                bytes.extend_from_slice(&seqs[links.b[link] as usize].to_le_bytes());
                bytes.extend_from_slice(&links.pattern[link].to_le_bytes());
            }
            bytes
        };
        let store = match self.store.take() {
            Some(store) => store,
            None => Store::open(&self.dir)?,
        };
        Ok(store.night(&self.known, tonight, &bytes)?)
    }

    /// Gives back the room of snapshots that neither tonight nor the night before needs; the night must count already.
    pub fn tidy(&self) {
        let Ok(Some(now)) =
            Store::read(&self.dir).and_then(|store| store.map(|store| store.sources()).transpose())
        else {
            return;
        };
        let needed: HashSet<&str> =
            now.iter().chain(&self.known.sources).map(|source| source.snapshot.as_str()).collect();
        let entries = std::fs::read_dir(self.dir.join(SNAPSHOTS)).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let is_needed =
                path.file_name().is_some_and(|name| needed.contains(name.to_string_lossy().as_ref()));
            if !is_needed {
                // What cannot be removed tonight is removed by the next night, or by `alike state compact`.
                let _ = std::fs::remove_file(&path);
            }
        }
    }

    /// Notes that the run failed. The run's own error is told; that the state cannot be written either adds nothing.
    pub fn failed(&mut self, error: &Error) {
        let mut run = self.run.clone();
        run.finished = super::now();
        run.counts = "{}".to_string();
        let store = match self.store.take() {
            Some(store) => Ok(store),
            None => Store::open(Path::new(&self.dir)),
        };
        let _ = store.and_then(|store| store.note_failed(&run, &error.chain()));
    }
}

/// Bytes of a link in the state: two numbers of contacts and the pattern.
const LINK_BYTES: usize = 16;

/// What these matchers know, over what was frozen before.
fn freeze(matchers: &[Matcher<'_>], old: Option<Frozen>) -> Frozen {
    let (mut model, mut choices) = old.map_or_else(
        || (Model { version: MODEL_VERSION, populations: Vec::new() }, Vec::new()),
        |old| (old.model, old.choices),
    );
    for matcher in matchers {
        if model.of(matcher.plan.population).is_none() {
            model.populations.push(matcher.model.clone());
            choices.push(matcher.plan.choice());
        }
    }
    model.populations.sort_by_key(|model| model.population);
    Frozen { model, choices }
}

fn sha(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn hex(bytes: &[u8]) -> String {
    sha(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
