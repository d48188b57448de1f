//! What one comparison costs, in nanoseconds a call, and how many pairs of persons one core compares and scores a second.
//!
//! `strings` and `codes` run over the names of the pairs that blocking makes; criterion's figure of a benchmark is the time of
//! one call (its throughput is calls a second). `pairs` runs on one thread, so its throughput is pairs a second and core.

mod support;

use alike::block::{Pair, Sample};
use alike::compare::Memo;
use alike::compare::strings::{is_typo, jaro_winkler, osa_within};
use alike::config::Settings;
use alike::normalize::Population;
use alike::pipeline;
use alike::score::Scorer;
use alike::table::Column;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Mutex;

/// Enough records for the model to be as on real files, and for their values not to stay in the processor's cache.
const ROWS: u64 = 50_000;
/// Pairs in blocks as the plan makes them: what a run meets.
const PAIRS: usize = 65_536;
/// Pairs of names.
const NAMES: usize = 4_096;

/// Candidate pairs of a plan in the order of its blocks, from the middle of each batch.
fn candidates(plan: &alike::block::Plan) -> Vec<Pair> {
    let all = Mutex::new(Vec::new());
    let collect = |_: &mut (), rule: u8, pairs: &[Pair]| {
        all.lock().expect("no thread panics").push((rule, pairs.to_vec()));
    };
    plan.for_each_batch(Sample::All, || (), collect, |_| ());
    let mut batches = all.into_inner().expect("no thread panics");
    // Batches come in any order; each keeps its own, which is that of the blocks.
    batches.sort_unstable();
    let total: usize = batches.iter().map(|(_, pairs)| pairs.len()).sum();
    let of = |pairs: &Vec<Pair>| (pairs.len() * PAIRS / total.max(PAIRS)).max(1).min(pairs.len());
    batches.iter().flat_map(|(_, pairs)| pairs[..of(pairs)].to_vec()).take(PAIRS).collect()
}

/// The values of a column in each pair where both have one, evenly from all pairs.
fn values<'a>(column: &'a Column, pairs: &[Pair], like: impl Fn(&str) -> bool) -> Vec<(&'a str, &'a str)> {
    let both = pairs.iter().map(|pair| (column.get(pair.a), column.get(pair.b)));
    // Equal values never come to a comparator: they are known by their codes.
    let met: Vec<_> = both.filter(|(a, b)| like(a) && like(b) && a != b).collect();
    let step = (met.len() / NAMES).max(1);
    met.into_iter().step_by(step).take(NAMES).collect()
}

/// One benchmark of a function of two texts; the work's results are summed, so that none is left out.
fn each(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    values: &[(&str, &str)],
    work: impl Fn(&str, &str) -> u64,
) {
    group.throughput(Throughput::Elements(values.len() as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| values.iter().map(|(a, b)| work(black_box(a), black_box(b))).sum::<u64>());
    });
}

fn comparators(criterion: &mut Criterion) {
    let contacts = support::contacts(ROWS);
    let settings = Settings::default();
    let plans = pipeline::plan(&contacts, &settings.block);
    let matchers = pipeline::prepare(&contacts, plans, None, &settings.score).expect("no saved model to fit");
    let persons = matchers
        .iter()
        .find(|matcher| matcher.plan.population == Population::Person)
        .expect("the sample has persons");
    let pairs = candidates(&persons.plan);
    let word = |value: &str| !value.is_empty() && value.is_ascii();
    let names = values(&contacts.family, &pairs, word);
    let given = values(&contacts.given, &pairs, word);

    let mut group = criterion.benchmark_group("strings");
    each(&mut group, "jaro_winkler, surnames", &names, |a, b| jaro_winkler(a, b).to_bits() & 1);
    each(&mut group, "jaro_winkler, given names", &given, |a, b| jaro_winkler(a, b).to_bits() & 1);
    each(&mut group, "jaro_winkler of strsim, surnames", &names, |a, b| {
        strsim::jaro_winkler(a, b).to_bits() & 1
    });
    each(&mut group, "edit distance within 1, surnames", &names, |a, b| {
        osa_within(a, b, 1).map_or(2, |distance| distance as u64)
    });
    each(&mut group, "edit distance within 2, surnames", &names, |a, b| {
        osa_within(a, b, 2).map_or(3, |distance| distance as u64)
    });
    each(&mut group, "edit distance of strsim, surnames", &names, |a, b| strsim::osa_distance(a, b) as u64);
    each(&mut group, "is_typo, surnames", &names, |a, b| u64::from(is_typo(a, b)));
    group.finish();

    let mut group = criterion.benchmark_group("codes");
    group.throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function("equality by code", |bencher| {
        let column = &contacts.family;
        bencher.iter(|| {
            pairs.iter().filter(|pair| black_box(column.code(pair.a)) == column.code(pair.b)).count()
        });
    });
    group.finish();

    let comparisons = persons.comparator.comparisons().len();
    let scorer = Scorer::new(&persons.model);
    let mut group = criterion.benchmark_group(format!("pairs, {comparisons} comparisons each"));
    group.throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function("compared and scored", |bencher| {
        // What is remembered between rounds is what a run remembers between batches.
        let mut memo = Memo::new();
        bencher.iter(|| {
            let weight = |pair: &Pair| scorer.weight(persons.comparator.pattern(pair.a, pair.b, &mut memo));
            pairs.iter().map(weight).fold(0, i64::wrapping_add)
        });
    });
    group.bench_function("compared and scored, nothing remembered", |bencher| {
        bencher.iter(|| {
            let mut memo = Memo::new();
            let weight = |pair: &Pair| scorer.weight(persons.comparator.pattern(pair.a, pair.b, &mut memo));
            pairs.iter().map(weight).fold(0, i64::wrapping_add)
        });
    });
    let mut memo = Memo::new();
    let patterns: Vec<u64> =
        pairs.iter().map(|pair| persons.comparator.pattern(pair.a, pair.b, &mut memo)).collect();
    group.bench_function("scored only", |bencher| {
        bencher.iter(|| {
            patterns.iter().map(|&pattern| scorer.weight(black_box(pattern))).fold(0, i64::wrapping_add)
        });
    });
    group.finish();
}

criterion_group!(benches, comparators);
criterion_main!(benches);
