//! One pair of a finished run, looked at again.

use super::Matcher;
use super::manifest::Again;
use super::reopened::Reopened;
use crate::cluster::{Doubt, HoldReason};
use crate::error::Error;
use crate::ingest::{self, Input};
use crate::map::Dataset;
use crate::normalize::{Contacts, Population};
use crate::progress::Silent;
use crate::report::explain::{self, ClusterView, ExplainError, PairExplanation, RecordView};
use crate::score::probability;
use crate::table::Table;
use crate::write::restore;
use std::collections::HashSet;
use std::path::Path;

/// Explains in words why two records of a run folder are, or are not, believed to be one.
///
/// The inputs named in the manifest are read again (and must be unchanged); the run's own model judges the pair.
/// Records are named by their id, or `SOURCE:ID`.
pub fn explain_pair(dir: &Path, a: &str, b: &str) -> Result<String, Error> {
    let run = Reopened::of(dir)?;
    let Reopened { again, data, .. } = &run;
    let (a, b) = (explain::find_record(data, a)?, explain::find_record(data, b)?);
    if a == b {
        let id = format!("{}:{}", data.source(a), data.record_id(a));
        return Err(ExplainError::OneRecord { id }.into());
    }
    let contacts = run.contacts();
    let matchers = run.matchers(&contacts)?;
    let looking = Looking { again, data, contacts: &contacts, matchers: &matchers };
    let (clusters, members) = cluster_views(dir, data, [a, b])?;
    let mut pair = looking.pair(a, b);
    pair.clusters = clusters;
    let lane = pair.clusters[0].as_ref().filter(|_| !members.is_empty()).map(|cluster| cluster.lane.as_str());
    if lane.is_some_and(|lane| lane != "auto") {
        let hold = pair.clusters[0].as_ref().and_then(|cluster| cluster.hold_reason.as_deref());
        let hold = hold.and_then(HoldReason::named);
        let doubts = looking.doubts(&members, [a, b]);
        let name = |record: u32| format!("{}:{}", data.source(record), data.record_id(record));
        pair.doubts = explain::doubts_in_words(hold, &doubts, name);
    }
    Ok(explain::render(&pair))
}

/// What pairs of a run are looked at with.
pub(super) struct Looking<'a> {
    pub again: &'a Again,
    pub data: &'a Dataset,
    pub contacts: &'a Contacts,
    pub matchers: &'a [Matcher<'a>],
}

impl Looking<'_> {
    fn matcher(&self, record: u32) -> Option<&Matcher<'_>> {
        let population = self.contacts.population[record as usize];
        self.matchers.iter().find(|matcher| matcher.plan.population == population)
    }

    /// The weight of two records taken apart; what became of them is not in it.
    pub fn pair(&self, a: u32, b: u32) -> PairExplanation {
        let (data, contacts) = (self.data, self.contacts);
        let mut pair = PairExplanation {
            a: view(data, contacts, a),
            b: view(data, contacts, b),
            same_population: contacts.population[a as usize] == contacts.population[b as usize],
            link_floor: self.again.settings.score.link_floor,
            join_at: self.again.settings.cluster.join_at,
            ..PairExplanation::default()
        };
        let Some(matcher) = self.matcher(a).filter(|_| pair.same_population) else { return pair };
        let (weight, pattern) = matcher.pair(a, b);
        let parts = matcher.explain(pattern, a.min(b), a.max(b));
        pair.shared_rules = matcher.plan.shared_rules(a, b).into_iter().map(String::from).collect();
        pair.rules_cut = matcher.plan.rules_cut(contacts, a, b);
        pair.prior_microbits = parts.prior;
        pair.steps = parts.steps;
        if a > b {
            pair.steps.iter_mut().for_each(|step| std::mem::swap(&mut step.value_a, &mut step.value_b));
        }
        pair.total_microbits = weight;
        pair.probability = probability(weight);
        pair.against_class = parts.against;
        if matcher.scorer().is_vetoed(pattern) {
            pair.vetoes.push(
                "the names plainly differ, and nothing that belongs to one person only agrees".to_string(),
            );
        }
        pair
    }

    /// Why a group of records is not merged without asking; none where nothing can be compared.
    pub fn doubts(&self, members: &[u32], about: [u32; 2]) -> Vec<Doubt> {
        super::matcher::doubts(self.matchers, self.contacts, members, about, &self.again.settings.cluster)
    }
}

/// What the run's proposals say of each of the two, and the records of the proposal that both are in.
type Views = ([Option<ClusterView>; 2], Vec<u32>);

fn view(data: &Dataset, contacts: &Contacts, record: u32) -> RecordView {
    let named = |name: &str| contacts_label(contacts, record, name);
    RecordView {
        source: data.source(record).to_string(),
        record_id: data.record_id(record).to_string(),
        population: match contacts.population[record as usize] {
            Population::Person => "person",
            Population::Company => "company",
            Population::Other => "other",
        }
        .to_string(),
        label: named(" "),
    }
}

/// What a person would call a record: its names as normalized.
fn contacts_label(contacts: &Contacts, record: u32, between: &str) -> String {
    let person = [&contacts.given, &contacts.particles, &contacts.family];
    let parts: Vec<&str> =
        person.iter().map(|part| part.get(record)).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { contacts.company.get(record).to_string() } else { parts.join(between) }
}

/// What the run's proposals say of each of the two records; none for a record in no proposal.
fn cluster_views(dir: &Path, data: &Dataset, pair: [u32; 2]) -> Result<Views, Error> {
    let file =
        ["proposals.csv", "proposals.parquet"].iter().map(|name| dir.join(name)).find(|path| path.exists());
    let Some(path) = file else { return Err(ExplainError::NoRun { dir: dir.display().to_string() }.into()) };
    let input = Input { path, source: "proposals".to_string(), settings: Default::default() };
    // A run without proposals has a table without rows, which is no input.
    let nothing = ([None, None], Vec::new());
    let Ok(read) = ingest::read(&[input], &Silent) else { return Ok(nothing) };
    let Some(table) = read.tables.first() else { return Ok(nothing) };
    let cell = |row: u32, name: &str| table.position(name).map_or("", |column| table.cell(column, row));
    let rows = pair.map(|record| rows_of(table, data.source(record), data.record_id(record)));
    // A sure proposal stands before the one that extends it: the first that both are in says what becomes of the two.
    let shared = rows[0]
        .iter()
        .find(|&&row| rows[1].iter().any(|&other| cell(other, "proposal_id") == cell(row, "proposal_id")));
    let of_proposal = |row: u32| {
        let id = cell(row, "proposal_id");
        (0..table.rows).filter(move |&at| cell(at, "proposal_id") == id)
    };
    let views = rows.each_ref().map(|rows| {
        let row = *shared.or(rows.first())?;
        let hold = cell(row, "hold_reason");
        Some(ClusterView {
            proposal_id: cell(row, "proposal_id").to_string(),
            lane: cell(row, "lane").to_string(),
            hold_reason: (!hold.is_empty()).then(|| hold.to_string()),
            members: of_proposal(row).count() as u32,
        })
    });
    let keys: HashSet<(&str, &str)> = shared
        .into_iter()
        .flat_map(|&row| of_proposal(row))
        .map(|row| (restore(cell(row, "source")), restore(cell(row, "record_id"))))
        .collect();
    let is_member = |record: &u32| keys.contains(&(data.source(*record), data.record_id(*record)));
    let members = if keys.is_empty() { Vec::new() } else { (0..data.records()).filter(is_member).collect() };
    Ok((views, members))
}

/// The rows of a record, one for every proposal it is in.
fn rows_of(table: &Table, source: &str, record_id: &str) -> Vec<u32> {
    let Some((sources, ids)) = table.position("source").zip(table.position("record_id")) else {
        return Vec::new();
    };
    let is_record = |&row: &u32| {
        restore(table.cell(sources, row)) == source && restore(table.cell(ids, row)) == record_id
    };
    (0..table.rows).filter(is_record).collect()
}
