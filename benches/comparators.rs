//! What one comparison costs, on the pairs that blocking makes.

mod support;

use alike::block::{Pair, Sample};
use alike::compare::strings::{is_typo, jaro_winkler, osa_within};
use alike::compare::{Comparator, Memo};
use alike::config::Settings;
use alike::ingest::{self, Input};
use alike::normalize::{self, Contacts, Population};
use alike::pipeline;
use alike::progress::Silent;
use alike::score::Scorer;
use alike::{map, table::Column};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Mutex;

/// Enough records for the model to be as on real files.
const ROWS: usize = 20_000;
/// Pairs a round.
const PAIRS: usize = 4_096;

fn contacts() -> Contacts {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("contacts.csv");
    support::contacts(&path, ROWS, 42).expect("the temporary folder can be written");
    let input = Input { path, source: "contacts".into(), settings: Default::default() };
    let raw = ingest::read(&[input], &Silent).expect("the generated file can be read");
    let data = map::columns(raw.tables, &Default::default()).expect("nothing is asked of columns");
    normalize::contacts(&data, &Default::default(), &Silent)
}

/// Candidate pairs of a plan, evenly from all of them.
fn candidates(plan: &alike::block::Plan) -> Vec<Pair> {
    let all = Mutex::new(Vec::new());
    let collect = |_: &mut (), _: u8, pairs: &[Pair]| all.lock().expect("no thread panics").extend(pairs);
    plan.for_each_batch(Sample::All, || (), collect, |_| ());
    let mut all = all.into_inner().expect("no thread panics");
    all.sort_unstable();
    let step = (all.len() / PAIRS).max(1);
    all.into_iter().step_by(step).take(PAIRS).collect()
}

/// The values of a column in each pair where both have one.
fn values<'a>(column: &'a Column, pairs: &[Pair]) -> Vec<(&'a str, &'a str)> {
    let both = pairs.iter().map(|pair| (column.get(pair.a), column.get(pair.b)));
    both.filter(|(a, b)| !a.is_empty() && !b.is_empty()).collect()
}

fn comparators(criterion: &mut Criterion) {
    let contacts = contacts();
    let settings = Settings::default();
    let plans = pipeline::plan(&contacts, &settings.block);
    let matchers = pipeline::prepare(&contacts, plans, None, &settings.score).expect("no saved model to fit");
    let persons = matchers
        .iter()
        .find(|matcher| matcher.plan.population == Population::Person)
        .expect("the generator makes persons");
    let pairs = candidates(&persons.plan);

    let names = values(&contacts.family, &pairs);
    let mut group = criterion.benchmark_group("strings");
    group.throughput(Throughput::Elements(names.len() as u64));
    let mut each = |name: &str, work: &dyn Fn(&str, &str) -> u64| {
        group.bench_function(name, |bencher| {
            bencher.iter(|| names.iter().map(|(a, b)| work(black_box(a), black_box(b))).sum::<u64>());
        });
    };
    each("jaro_winkler", &|a, b| jaro_winkler(a, b).to_bits() & 1);
    each("jaro_winkler of strsim", &|a, b| strsim::jaro_winkler(a, b).to_bits() & 1);
    each("osa_within 2", &|a, b| osa_within(a, b, 2).unwrap_or(3) as u64);
    each("is_typo", &|a, b| u64::from(is_typo(a, b)));
    group.finish();

    let mut group = criterion.benchmark_group("pairs");
    group.throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function("equality by code", |bencher| {
        let column = &contacts.family;
        bencher.iter(|| {
            pairs.iter().filter(|pair| black_box(column.code(pair.a)) == column.code(pair.b)).count()
        });
    });
    let comparator: &Comparator<'_> = &persons.comparator;
    group.bench_function("pattern of two persons", |bencher| {
        // What is remembered between rounds is what a run remembers between batches.
        let mut memo = Memo::new();
        bencher.iter(|| {
            pairs.iter().map(|pair| comparator.pattern(pair.a, pair.b, &mut memo)).fold(0, u64::wrapping_add)
        });
    });
    let scorer = Scorer::new(&persons.model);
    let mut memo = Memo::new();
    let patterns: Vec<u64> = pairs.iter().map(|pair| comparator.pattern(pair.a, pair.b, &mut memo)).collect();
    group.bench_function("weight of a pattern", |bencher| {
        bencher.iter(|| patterns.iter().map(|&pattern| scorer.weight(black_box(pattern))).sum::<i64>());
    });
    group.finish();
}

criterion_group!(benches, comparators);
criterion_main!(benches);
