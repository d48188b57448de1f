//! How a whole run, and reading alone, grow with their input. `ALIKE_BENCH_1M=1` adds a million rows.

mod support;

use alike::config::{NormalizeSettings, Settings};
use alike::ingest;
use alike::pipeline::{self, RunOptions};
use alike::progress::Silent;
use alike::{map, normalize};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn sizes() -> Vec<u64> {
    let mut sizes = vec![10_000, 100_000];
    if std::env::var_os("ALIKE_BENCH_1M").is_some_and(|value| value == "1") {
        sizes.push(1_000_000);
    }
    sizes
}

fn scale(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut group = criterion.benchmark_group("run");
    group.sample_size(10);
    for rows in sizes() {
        let inputs = support::inputs(folder.path(), rows);
        let sources = inputs.iter().map(|input| input.settings.clone()).collect();
        let options = RunOptions {
            entries: vec![None; inputs.len()],
            against: None,
            wishes: pipeline::StateWishes::default(),
            masked_report: false,
            accept: Vec::new(),
            settings: Settings { sources, ..Settings::default() },
            inputs,
            out: folder.path().join("out"),
            threads: None,
            memory: None,
            settings_file: None,
        };
        group.throughput(Throughput::Elements(rows));
        group.bench_function(BenchmarkId::from_parameter(rows), |bencher| {
            bencher.iter(|| pipeline::run(&options, &Silent).expect("the generated file can be matched"));
        });
    }
    group.finish();
}

/// Reading alone, and up to contacts that can be compared; rows a second, on as many threads as RAYON_NUM_THREADS says.
fn reading(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut group = criterion.benchmark_group("reading");
    group.sample_size(10);
    for rows in sizes() {
        let inputs = support::inputs(folder.path(), rows);
        let read = || ingest::read(&inputs, &Silent).expect("the generated file can be read");
        group.throughput(Throughput::Elements(rows));
        group.bench_function(BenchmarkId::new("read", rows), |bencher| bencher.iter(read));
        group.bench_function(BenchmarkId::new("read and normalize", rows), |bencher| {
            bencher.iter(|| {
                let data =
                    map::columns(read().tables, &Default::default()).expect("nothing is asked of columns");
                normalize::contacts(&data, &NormalizeSettings::default(), &Silent)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, scale, reading);
criterion_main!(benches);
