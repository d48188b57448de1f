//! What each stage of a run costs on ten thousand contacts of five sources: one benchmark a stage, in running order.

mod support;

use alike::cluster::{self, Decided, Judge};
use alike::config::{Format, QualitySettings, Settings};
use alike::ingest;
use alike::pipeline::{self, Matcher};
use alike::progress::Silent;
use alike::score::{Links, MODEL_VERSION, Model};
use alike::write::{self, MARKER, RunParts};
use alike::{map, normalize, profile, propose, survive};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

const ROWS: u64 = 10_000;

fn links_of(matchers: &[Matcher<'_>], floor: f64) -> Links {
    let mut first_rule = 0;
    let mut parts = Vec::new();
    for matcher in matchers {
        parts.push(matcher.links(floor, first_rule, &Silent));
        first_rule += matcher.plan.rules.len() as u16;
    }
    Links::join(parts)
}

fn stages(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let settings = Settings::default();
    let inputs = support::inputs(folder.path(), ROWS);
    let read = || ingest::read(&inputs, &Silent).expect("the generated file can be read");

    let mut group = criterion.benchmark_group("stages");
    group.sample_size(20).throughput(Throughput::Elements(ROWS));
    group.bench_function("1 read", |bencher| bencher.iter(read));
    let raw = read();
    let mapped = |tables| map::columns(tables, &Default::default()).expect("nothing is asked of columns");
    group.bench_function("2 map", |bencher| {
        bencher.iter_batched(|| raw.tables.clone(), mapped, BatchSize::LargeInput);
    });
    let data = mapped(raw.tables.clone());
    let normalized = || normalize::contacts(&data, &settings.normalize, &Silent);
    group.bench_function("3 normalize", |bencher| bencher.iter(normalized));
    let contacts = normalized();
    let rules = QualitySettings::default();
    group.bench_function("4 profile", |bencher| {
        bencher.iter(|| profile::measure(&data, &contacts, &[], &rules, None));
    });
    let plan = || pipeline::plan(&contacts, &settings.block);
    group.bench_function("5 block", |bencher| bencher.iter(plan));
    let prepare =
        |plans| pipeline::prepare(&contacts, plans, None, &settings.score).expect("no saved model to fit");
    group.bench_function("6 train", |bencher| bencher.iter_batched(plan, prepare, BatchSize::LargeInput));
    let matchers = prepare(plan());
    let links = links_of(&matchers, settings.score.link_floor);
    group.throughput(Throughput::Elements(links.compared));
    group.bench_function("7 score, by pair", |bencher| {
        bencher.iter(|| links_of(&matchers, settings.score.link_floor));
    });
    group.throughput(Throughput::Elements(ROWS));
    let judges: Vec<Judge<'_>> = matchers.iter().map(Matcher::judge).collect();
    let cluster = || cluster::group(&contacts, &links, &judges, &settings.cluster, &Decided::default());
    group.bench_function("8 cluster", |bencher| bencher.iter(cluster));
    let clusters = cluster();
    let survive = || survive::records(&data, &contacts, &clusters, &settings.survive, &[]);
    group.bench_function("9 survive", |bencher| bencher.iter(survive));
    let golden = survive();
    let proposals = propose::changes(&data, &clusters, &golden);
    let populations = matchers.iter().map(|matcher| matcher.model.clone()).collect();
    let model = Model { version: MODEL_VERSION, populations };
    let rules: Vec<String> = matchers.iter().flat_map(Matcher::rule_names).collect();
    let manifest = format!("{{\"{}\": \"{}\"}}", MARKER.0, MARKER.1);
    let out = folder.path().join("out");
    group.bench_function("10 write", |bencher| {
        bencher.iter(|| {
            let parts = RunParts {
                since: &|_| Vec::new(),
                decided: &Decided::default(),
                data: &data,
                contacts: &contacts,
                clusters: &clusters,
                classic: None,
                further: &[],
                golden: &golden,
                proposals: &proposals,
                links: &links,
                model: &model,
                rules: &rules,
                quarantine: &raw.quarantine,
                quality: "",
                report: "",
                manifest: &manifest,
            };
            let place = write::take(&out).expect("the temporary folder can be written");
            write::run_folder(place, Format::Csv, &parts).expect("the temporary folder can be written")
        });
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
