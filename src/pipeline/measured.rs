//! A finished run, held against the truth.

use super::Matcher;
use super::reopened::Reopened;
use crate::compare::{Agreement, Memo, level_of};
use crate::error::Error;
use crate::evaluate::{
    self, ALONE, Cause, Errors, EvaluateError, GoldenInput, Known, Labels, LevelWords, Meeting, PairFacts,
    Report, Sampled, Together,
};
use crate::ingest::{self, Input};
use crate::normalize::{Contacts, key_hash};
use crate::progress::Silent;
use crate::score::probability;
use crate::table::Table;
use crate::write::{self, WriteError, restore};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What is to be measured.
#[derive(Clone, Debug)]
pub struct MeasureOptions {
    /// The run folder.
    pub dir: PathBuf,
    /// The truth: a row per record.
    pub truth: PathBuf,
    /// Its column of record ids.
    pub truth_id: String,
    /// Its column of entities.
    pub truth_entity: String,
    /// Where to write wrong and missed pairs.
    pub errors: Option<PathBuf>,
    /// True values, a row per entity, to hold golden values against.
    pub golden: Option<PathBuf>,
}

/// True pairs, and believed pairs, that are looked at in full: beyond that a sample, so that time and memory stay
/// bounded whatever the truth says.
const PAIRS: u64 = 1_000_000;

/// Columns of the file of wrong and missed pairs.
const COLUMNS: [&str; 15] = [
    "error",
    "cause",
    "relation",
    "hold_reason",
    "merged",
    "source_a",
    "record_id_a",
    "source_b",
    "record_id_b",
    "probability",
    "rules",
    "agree",
    "differ",
    "levels",
    "entities",
];

/// Measures a run; reads its inputs again only where errors or golden values are asked for.
pub fn measure(options: &MeasureOptions) -> Result<Report, Error> {
    let MeasureOptions { dir, truth_id, truth_entity, .. } = options;
    if let Some(errors) = &options.errors {
        spare(errors, [Some(&options.truth), options.golden.as_ref()].into_iter().flatten())?;
    }
    let labels = evaluate::label_dir(dir, &options.truth, truth_id, truth_entity)?;
    let mut report = evaluate::measure_dir(dir, &labels)?;
    if options.errors.is_none() && options.golden.is_none() {
        return Ok(report);
    }
    let run = Reopened::of(dir)?;
    if let Some(errors) = &options.errors {
        spare(errors, run.again.inputs().iter().map(|input| &input.path))?;
    }
    let fits = |row: u32| labels.key(row) == (run.data.source(row), run.data.record_id(row));
    if run.data.records() != labels.crosswalk_rows() || !(0..run.data.records()).all(fits) {
        return Err(EvaluateError::OtherRecords { dir: dir.display().to_string() }.into());
    }
    let proposals = table_of(dir, "proposals");
    if let Some(clean) = &options.golden {
        let golden = evaluate::golden(&GoldenInput {
            data: &run.data,
            labels: &labels,
            proposals: proposals.as_ref(),
            plan: table_of(dir, "plan").as_ref(),
            clean: &evaluate::read(clean)?,
            entity_column: truth_entity,
            id_column: truth_id,
        })?;
        report.golden = Some(golden);
    }
    if let Some(path) = &options.errors {
        let held = held(proposals.as_ref(), &labels);
        report.errors = Some(explain_errors(&run, &labels, held, &report, path)?);
    }
    Ok(report)
}

/// Refuses to write over a file that is read.
fn spare<'a>(out: &Path, mut read: impl Iterator<Item = &'a PathBuf>) -> Result<(), Error> {
    let Ok(there) = out.canonicalize() else { return Ok(()) };
    let is_it = |path: &&PathBuf| path.canonicalize().is_ok_and(|path| path == there);
    read.find(is_it).map_or(Ok(()), |path| {
        let path = path.display();
        Err(Error::Usage(format!("--errors would replace `{path}`, which is read; name another file")))
    })
}

/// Explains wrong and missed pairs, and writes them to a file.
fn explain_errors(
    run: &Reopened,
    labels: &Labels,
    held: Held,
    report: &Report,
    path: &Path,
) -> Result<Errors, Error> {
    let contacts = run.contacts();
    let matchers = run.matchers(&contacts)?;
    let judge = Judge { labels, contacts: &contacts, matchers: &matchers, held };

    let keys: Vec<u64> = (0..labels.records() as u32)
        .map(|at| labels.row(at).map_or_else(|| key_hash("", ""), |row| contacts.key_hash[row as usize]))
        .collect();
    let truly = evaluate::pairs_of(labels.entities(), &keys, PAIRS);
    let mut wrong = evaluate::pairs_of(labels.believed(), &keys, PAIRS);
    wrong.pairs.retain(|&(a, b)| labels.entity(a) != labels.entity(b));
    let (truly_facts, wrong_facts) = (judge.all(&truly.pairs), judge.all(&wrong.pairs));
    let settings = &run.again.settings;
    let bounds = (settings.score.link_floor, settings.cluster.join_at);
    let scores = &report.entity_id;
    let known = Known {
        truly: &truly_facts,
        truly_one_in: truly.one_in,
        wrong: &wrong_facts,
        wrong_one_in: wrong.one_in,
        totals: (scores.true_pairs - scores.right_pairs, scores.found_pairs - scores.right_pairs),
        bounds,
    };
    let errors = evaluate::tally(&known, &|pair| judge.levels(pair));
    write_errors(path, &judge, (&truly, &truly_facts), (&wrong, &wrong_facts), bounds)?;
    Ok(errors)
}

/// Judges pairs of the truth the way the run did.
struct Judge<'a> {
    labels: &'a Labels,
    contacts: &'a Contacts,
    matchers: &'a [Matcher<'a>],
    held: Held,
}

impl Judge<'_> {
    /// What the run did with each of these pairs of records of the truth.
    fn all(&self, pairs: &[(u32, u32)]) -> Vec<PairFacts> {
        let mut facts: Vec<PairFacts> = pairs
            .par_iter()
            .with_min_len(256)
            .map_init(Memo::new, |memo, &(a, b)| self.one(a, b, memo))
            .collect();
        for (at, matcher) in (0u8..).zip(self.matchers) {
            let keyless = |fact: &PairFacts| fact.model == Some(at) && fact.meeting == Meeting::NoSharedKey;
            let places: Vec<usize> = (0..facts.len()).filter(|&place| keyless(&facts[place])).collect();
            let records: Vec<(u32, u32)> =
                places.iter().filter_map(|&place| self.records(pairs[place])).collect();
            let cut = matcher.plan.rules_cut_of(self.contacts, &records);
            for (place, _) in places.into_iter().zip(cut).filter(|(_, cut)| !cut.is_empty()) {
                facts[place].meeting = Meeting::KeyGivenUp;
            }
        }
        facts
    }

    /// The records of the run of a pair of the truth.
    fn records(&self, (a, b): (u32, u32)) -> Option<(u32, u32)> {
        self.labels.row(a).zip(self.labels.row(b))
    }

    fn one(&self, a: u32, b: u32, memo: &mut Memo) -> PairFacts {
        let together = |of: &[u32]| of[a as usize] == of[b as usize] && of[a as usize] != ALONE;
        let mut facts = PairFacts {
            believed: together(self.labels.believed()),
            merged: together(self.labels.merged()),
            ..PairFacts::default()
        };
        let Some((a, b)) = self.records((a, b)) else { return facts };
        facts.held = self.held.reason(a, b);
        let population = self.contacts.population[a as usize];
        let matcher = self.matchers.iter().position(|matcher| matcher.plan.population == population);
        let Some(at) = matcher.filter(|_| self.contacts.population[b as usize] == population) else {
            facts.meeting = Meeting::MatchedApart;
            return facts;
        };
        let matcher = &self.matchers[at];
        let (weight, pattern) = matcher.pair_with(a, b, memo);
        facts.model = Some(at as u8);
        facts.pattern = pattern;
        facts.vetoed = matcher.scorer().is_vetoed(pattern);
        facts.probability = probability(weight);
        let meets = !matcher.plan.shared_rules(a, b).is_empty();
        facts.meeting = if meets { Meeting::Compared } else { Meeting::NoSharedKey };
        facts
    }

    /// What the levels of a pair say.
    fn levels(&self, pair: &PairFacts) -> LevelWords {
        let Some(matcher) = pair.model.map(|at| &self.matchers[usize::from(at)]) else {
            return LevelWords::default();
        };
        let mut words =
            LevelWords { relation: matcher.relation(pair.pattern).to_string(), ..LevelWords::default() };
        for (at, comparison) in matcher.comparator.comparisons().iter().enumerate() {
            match comparison.levels[level_of(pair.pattern, at) as usize].agreement {
                Agreement::Near | Agreement::Exact => words.agree.push(comparison.name.clone()),
                Agreement::Differ => words.differ.push(comparison.name.clone()),
                Agreement::Missing | Agreement::Around => {}
            }
        }
        words
    }

    /// All levels of a pair that are evidence, in words.
    fn in_words(&self, pair: &PairFacts) -> String {
        let Some(matcher) = pair.model.map(|at| &self.matchers[usize::from(at)]) else {
            return String::new();
        };
        let comparisons = matcher.comparator.comparisons().iter().enumerate();
        let told = comparisons.filter_map(|(at, comparison)| {
            let level = &comparison.levels[level_of(pair.pattern, at) as usize];
            (level.agreement != Agreement::Missing).then(|| format!("{}: {}", comparison.name, level.name))
        });
        told.collect::<Vec<_>>().join("; ")
    }

    /// The rules that bring two records together.
    fn rules(&self, pair: &PairFacts, records: (u32, u32)) -> String {
        let matcher = pair.model.map(|at| &self.matchers[usize::from(at)]);
        matcher.map_or(String::new(), |matcher| matcher.plan.shared_rules(records.0, records.1).join(", "))
    }
}

/// Proposals of the lane `hold`, by their records.
#[derive(Default)]
struct Held {
    /// Record → the proposals it is in: the proposal, its reason.
    of_record: HashMap<u32, Vec<(u32, u32)>>,
    reasons: Vec<String>,
}

impl Held {
    /// The reason of a proposal that two records are both in.
    fn reason(&self, a: u32, b: u32) -> Option<String> {
        let (one, other) = (self.of_record.get(&a)?, self.of_record.get(&b)?);
        let shared = one.iter().find(|(proposal, _)| other.iter().any(|(also, _)| also == proposal))?;
        Some(self.reasons[shared.1 as usize].clone())
    }
}

/// What a run's proposals hold; nothing when it has none.
fn held(proposals: Option<&Table>, labels: &Labels) -> Held {
    let Some(table) = proposals else { return Held::default() };
    let at = |name: &str| table.position(name);
    let (Some(proposal), Some(lane), Some(reason), Some(source), Some(id)) =
        (at("proposal_id"), at("lane"), at("hold_reason"), at("source"), at("record_id"))
    else {
        return Held::default();
    };
    let rows = labels.rows_by_key();
    let mut held = Held {
        reasons: table.columns[reason].cells.values().iter().map(String::from).collect(),
        ..Held::default()
    };
    for row in (0..table.rows).filter(|&row| table.cell(lane, row) == "hold") {
        let key = (restore(table.cell(source, row)), restore(table.cell(id, row)));
        if let Some(&record) = rows.get(&key) {
            let code = |column: usize| table.columns[column].cells.code(row);
            held.of_record.entry(record).or_default().push((code(proposal), code(reason)));
        }
    }
    held
}

/// A table of a run folder, CSV or Parquet; none when it is not there, or has no rows.
fn table_of(dir: &Path, stem: &str) -> Option<Table> {
    let names = [format!("{stem}.csv"), format!("{stem}.parquet")];
    let file = names.iter().map(|name| dir.join(name)).find(|path| path.exists());
    let input = Input { path: file?, source: stem.to_string(), settings: Default::default() };
    // A run without proposals has a table without rows, which is no input.
    ingest::read(&[input], &Silent).ok()?.tables.pop()
}

/// Writes missed pairs, then wrong ones.
fn write_errors(
    path: &Path,
    judge: &Judge<'_>,
    (truly, truly_facts): (&Sampled, &[PairFacts]),
    (wrong, wrong_facts): (&Sampled, &[PairFacts]),
    (floor, threshold): (f64, f64),
) -> Result<u64, Error> {
    let missed: Vec<usize> = (0..truly_facts.len()).filter(|&at| !truly_facts[at].believed).collect();
    let row = |at: usize| {
        let (is_missed, pair, fact) = match missed.get(at) {
            Some(&at) => (true, truly.pairs[at], &truly_facts[at]),
            None => (false, wrong.pairs[at - missed.len()], &wrong_facts[at - missed.len()]),
        };
        let cause = match is_missed {
            true => Cause::of(fact, floor, threshold).name(),
            false => Together::of(fact, threshold).name(),
        };
        let key = |record: u32| {
            let row = judge.labels.row(record);
            row.map_or((String::new(), String::new()), |row| {
                let (source, id) = judge.labels.key(row);
                (source.to_string(), id.to_string())
            })
        };
        let ((source_a, id_a), (source_b, id_b)) = (key(pair.0), key(pair.1));
        let LevelWords { relation, agree, differ } = judge.levels(fact);
        let name = |record: u32| judge.labels.entity_name(judge.labels.entity(record));
        let (one, other) = (name(pair.0), name(pair.1));
        vec![
            if is_missed { "missed" } else { "wrong" }.to_string(),
            cause.to_string(),
            relation,
            fact.held.clone().unwrap_or_default(),
            if fact.merged { "true" } else { "false" }.to_string(),
            source_a,
            id_a,
            source_b,
            id_b,
            format!("{:.4}", fact.probability),
            judge.records(pair).map_or(String::new(), |records| judge.rules(fact, records)),
            agree.join(", "),
            differ.join(", "),
            judge.in_words(fact),
            if one == other { one.to_string() } else { format!("{one} | {other}") },
        ]
    };
    write::text_table(path, &COLUMNS, missed.len() + wrong_facts.len(), &row).map_err(|error| match error {
        WriteError::Io { path, cause } => Error::File { path, cause },
        other => other.into(),
    })
}
