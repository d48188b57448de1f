//! What is measured on: contacts that `alike sample` makes, so that nothing outside the project is needed.

use alike::config::Format;
use alike::ingest::{self, Input};
use alike::map;
use alike::normalize::{self, Contacts};
use alike::progress::Silent;
use alike::sample::{self, Options};
use std::path::Path;

/// The sample that every bench uses.
const SEED: u64 = 42;

/// The tables of a sample of so many rows, made in a folder.
pub fn inputs(folder: &Path, rows: u64) -> Vec<Input> {
    let out = folder.join(format!("sample_{rows}"));
    let options = Options { rows, seed: SEED, out: out.clone(), format: Format::Csv };
    let made = sample::contacts(&options, &Silent).expect("the temporary folder can be written");
    let input = |(source, _): (String, u64)| Input {
        path: out.join(sample::EXPORTS).join(format!("{source}.csv")),
        source,
        settings: Default::default(),
    };
    made.sources.into_iter().map(input).collect()
}

/// The same, read, mapped and normalized.
#[allow(dead_code, reason = "not every bench starts from records")]
pub fn contacts(rows: u64) -> Contacts {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let inputs = inputs(folder.path(), rows);
    let raw = ingest::read(&inputs, &Silent).expect("the generated files can be read");
    let data = map::columns(raw.tables, &Default::default()).expect("nothing is asked of columns");
    normalize::contacts(&data, &Default::default(), &Silent)
}
