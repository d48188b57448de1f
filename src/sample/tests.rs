use super::*;
use crate::progress::Silent;
use std::collections::BTreeMap;
use std::path::Path;

fn made(rows: u64, seed: u64, format: Format, at: &Path) -> (Sampled, BTreeMap<String, Vec<u8>>) {
    let made = contacts(&Options { rows, seed, out: at.to_path_buf(), format }, &Silent).unwrap();
    let folders = [at.to_path_buf(), at.join(EXPORTS)].into_iter();
    let entries = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    (made, files.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect())
}

#[test]
fn a_seed_gives_the_same_bytes_for_any_number_of_threads() {
    let desk = tempfile::tempdir().unwrap();
    let with = |threads: usize, format, name: &str| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| made(12_000, 3, format, &desk.path().join(name)).1)
    };
    let one = with(1, Format::Csv, "one");
    assert_eq!(one.len(), 8, "five sources, truth, clean and sums");
    assert!(one == with(3, Format::Csv, "three"));
    assert!(with(1, Format::Parquet, "p1") == with(2, Format::Parquet, "p2"));
    assert!(
        one["clean.csv"][..2_000]
            != made(50, 4, Format::Csv, &desk.path().join("four")).1["clean.csv"][..2_000]
    );
}

#[test]
fn the_sums_are_as_asked_and_the_sizes_as_documented() {
    let desk = tempfile::tempdir().unwrap();
    let (made, _) = made(9_001, 5, Format::Csv, &desk.path().join("s"));
    assert_eq!(made.sources.iter().map(|(_, rows)| rows).sum::<u64>(), 9_001);
    let sizes = made.entities_by_rows;
    assert_eq!(sizes.iter().sum::<u64>(), made.entities);
    assert_eq!((1..).zip(sizes).map(|(rows, entities)| rows * entities).sum::<u64>(), 9_001);
    for (at, &per_mille) in record::CLUSTER_SIZES[..4].iter().enumerate() {
        let found = sizes[at] as usize * 1000 / made.entities as usize;
        assert!(found.abs_diff(per_mille) < 25, "{per_mille} of a thousand have {} rows: {found}", at + 1);
    }
}

#[test]
fn the_first_row_is_what_it_was() {
    // A change here breaks every published figure on samples: say so in the changelog.
    let desk = tempfile::tempdir().unwrap();
    let (_, files) = made(50, 1, Format::Csv, &desk.path().join("s"));
    let text = String::from_utf8(files["clean.csv"].clone()).unwrap();
    let first = "E000000001,company,,,,,,Van den Berg Drukkerij B.V.,,sales@vandenbergdrukkerij-xtp.nl,+31303289803,,Marktdijk,2,3549 FG,Utrecht,NL,,NL586553865B33,www.vandenbergdrukkerij-xtp.nl";
    assert_eq!(text.lines().nth(1), Some(first));
}

#[test]
fn one_row_is_enough() {
    let desk = tempfile::tempdir().unwrap();
    let (made, files) = made(1, 1, Format::Csv, &desk.path().join("s"));
    assert_eq!((made.entities, made.true_pairs), (1, 0));
    assert_eq!(files["truth.csv"].iter().filter(|&&byte| byte == b'\n').count(), 2);
}
