//! Same in, same out: for any number of threads, order of rows, encoding and file format.

use crate::support::{Desk, Folder, Table, names, project, samples};
use alike::budget::Memory;
use alike::config::{Settings, SourceSettings};
use alike::ingest::Input;
use alike::pipeline::RunOptions;
use alike::progress::Silent;

/// Every file but the manifest equal to the byte; the manifest equal but for its seconds and memory.
fn assert_equal(one: &Folder, other: &Folder) {
    assert_eq!(names(&one.path), names(&other.path));
    for name in names(&one.path).iter().filter(|name| *name != "manifest.json") {
        assert!(one.bytes(name) == other.bytes(name), "{name} differs");
    }
    assert_eq!(one.manifest(), other.manifest());
}

#[test]
fn threads_do_not_change_a_byte() {
    let desk = Desk::new();
    let one = desk.run("one", &samples(), &["--threads", "1"]);
    let two = desk.run("two", &samples(), &["--threads", "2"]);
    assert_equal(&one, &two);
    let contacts = [desk.contacts("contacts.csv", 600)];
    let one = desk.run("one", &contacts, &["--threads", "1"]);
    assert!(one.json("manifest")["counts"]["auto_proposals"].as_u64() > Some(20));
    for threads in ["2", "5"] {
        assert_equal(&one, &desk.run("more", &contacts, &["--threads", threads]));
    }
}

/// Where columns and keys lie changes nothing: every list goes to disk here, however small.
#[test]
fn memory_does_not_change_a_byte() {
    let desk = Desk::new();
    let files = [desk.contacts("contacts.csv", 600), project("sample-data/exports/business_central.csv")];
    let run = |out: &str, memory: Option<Memory>| {
        let input = |(at, path): (usize, &std::path::PathBuf)| Input {
            path: path.clone(),
            source: format!("source{at}"),
            settings: SourceSettings::default(),
        };
        let options = RunOptions {
            entries: vec![None; files.len()],
            inputs: files.iter().enumerate().map(input).collect(),
            settings: Settings {
                sources: vec![SourceSettings::default(); files.len()],
                ..Settings::default()
            },
            out: desk.path(out),
            threads: None,
            memory,
            settings_file: None,
            against: None,
            wishes: Default::default(),
            masked_report: false,
            accept: Vec::new(),
        };
        alike::pipeline::run(&options, &Silent).unwrap();
        names(&desk.path(out))
    };
    let usual = run("memory", None);
    assert_eq!(run("disk", Some(Memory::everything_on_disk())), usual, "nothing is left behind");
    for name in usual.iter().filter(|name| *name != "manifest.json") {
        let [one, other] = ["memory", "disk"].map(|out| std::fs::read(desk.path(out).join(name)).unwrap());
        assert!(one == other, "{name} differs");
    }
}

#[test]
fn a_budget_is_kept_or_refused_before_the_long_work() {
    let desk = Desk::new();
    let contacts = [desk.contacts("contacts.csv", 600)];
    let free = desk.run("free", &contacts, &[]);
    let tight = desk.run("tight", &contacts, &["--memory", "70MiB", "--format", "csv"]);
    assert!(tight.stderr().contains("70 MiB allowed"), "{}", tight.stderr());
    assert_equal(&free, &tight);
    let large = desk.file("large.csv", format!("name\n{}", "x\n".repeat(10_000_000)));
    let mut command = desk.alike();
    command.arg("run").arg(&large).args(["-o", "large", "--memory", "70 MiB"]);
    let refused = command.assert().code(2).get_output().clone();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("too little for these files: about "), "{told}");
    assert!(!desk.path("large").exists());
}

#[test]
fn the_order_of_rows_does_not_change_clusters() {
    let desk = Desk::new();
    let shuffle = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        let header = lines.remove(0);
        // By a hash of the line: an order that has nothing to do with the one in the file.
        lines.sort_by_key(|line| {
            line.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            })
        });
        format!("{header}\n{}\n", lines.join("\n"))
    };
    let contacts = desk.contacts("contacts.csv", 600);
    // This sample has no line breaks inside cells, so its lines are its rows.
    for path in [contacts, project("sample-data/exports/business_central.csv")] {
        let text = std::fs::read_to_string(path).unwrap();
        // A desk each: guards hold a run against the one in its place.
        let desk = Desk::new();
        let straight = desk.file("contacts.csv", &text);
        let before = desk.run("before", &[straight], &[]);
        let shuffled = desk.file("contacts.csv", shuffle(&text));
        let after = desk.run("after", &[shuffled], &[]);
        assert_ne!(before.bytes("crosswalk.csv"), after.bytes("crosswalk.csv"));
        for id in ["entity_id", "golden_id"] {
            assert!(before.partition(id) == after.partition(id), "{id} depends on the order of rows");
        }
        assert_eq!(before.bytes("model.json"), after.bytes("model.json"));
        let sorted = |folder: &Folder, name: &str| {
            let mut table = folder.table(name);
            table.cells.sort();
            table
        };
        for name in ["golden", "plan", "proposals", "crosswalk"] {
            assert!(sorted(&before, name) == sorted(&after, name), "{name} depends on the order of rows");
        }
    }
}

#[test]
fn the_order_of_rows_does_not_change_what_the_model_is_trained_on() {
    let desk = Desk::new();
    let text = std::fs::read_to_string(desk.contacts("contacts.csv", 600)).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let turned: Vec<&str> = rows.lines().rev().collect();
    // Far fewer than there are, so that a part of the blocks is chosen.
    desk.file("alike.toml", "[matching]\ntraining_pairs = 1000\n");
    let model = |text: String| {
        desk.run("out", &[desk.file("contacts.csv", text)], &["-c", "alike.toml"]).bytes("model.json")
    };
    assert!(model(text.clone()) == model(format!("{header}\n{}\n", turned.join("\n"))));
}

/// One file in several encodings.
const ROWS: &str = "id;name;email;city\n\
    1;Jürgen Groß;j.gross@post.example;München\n\
    2;Juergen Gross;j.gross@post.example;München\n\
    3;Renée Fürst;renee@post.example;Köln\n\
    4;Zoë Müller;zoe@post.example;Düren\n\
    5;Zoé Muller;zoe@post.example;Düren\n";

#[test]
fn the_encoding_does_not_change_the_result() {
    let utf16 = |little: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(ROWS.encode_utf16());
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let desk = Desk::new();
    let plain = desk.run("plain", &[desk.file("people.csv", ROWS)], &[]);
    assert!(plain.sizes()[0] > 1, "{:?}", plain.sizes());
    let variants = [
        ("UTF-8 with a byte order mark", format!("\u{feff}{ROWS}").into_bytes()),
        ("UTF-16, little end first", utf16(true)),
        ("UTF-16, big end first", utf16(false)),
        ("Windows-1252", encoding_rs::WINDOWS_1252.encode(ROWS).0.into_owned()),
        ("line ends of Windows", ROWS.replace('\n', "\r\n").into_bytes()),
        ("comma", ROWS.replace(';', ",").into_bytes()),
        ("tab", ROWS.replace(';', "\t").into_bytes()),
    ];
    for (name, bytes) in variants {
        let run = desk.run("variant", &[desk.file("people.csv", bytes)], &[]);
        for file in ["golden.csv", "plan.csv", "proposals.csv", "crosswalk.csv", "model.json"] {
            assert!(run.bytes(file) == plain.bytes(file), "{file} differs for {name}");
        }
    }
}

#[test]
fn parquet_holds_what_csv_holds() {
    let desk = Desk::new();
    let csv = desk.run("csv", &samples(), &[]);
    let columns = desk.run("parquet", &samples(), &["--format", "parquet"]);
    for name in ["proposals", "plan", "golden", "crosswalk"] {
        assert!(!columns.path.join(format!("{name}.csv")).exists());
        let (text, typed) =
            (csv.table(name), Table::read_parquet(&columns.path.join(format!("{name}.parquet"))));
        assert_eq!(text.header, typed.header, "{name}");
        assert_eq!(text.len(), typed.len(), "{name}");
        for (one, other) in text.cells.iter().zip(&typed.cells) {
            for ((heading, one), other) in text.header.iter().zip(one).zip(other) {
                // Parquet keeps the probability as a number; CSV shows four decimals of it.
                let shown = match heading.as_str() {
                    "probability" => format!("{:.4}", other.parse::<f64>().unwrap()),
                    _ => other.clone(),
                };
                assert!(*one == shown, "{name}, {heading}: {one:?} in CSV, {other:?} in Parquet");
            }
        }
    }
    assert!(csv.bytes("links.parquet") == columns.bytes("links.parquet"));
}

#[test]
fn parquet_in_gives_what_csv_in_gives() {
    let desk = Desk::new();
    let first = desk.run("first", &[desk.contacts("contacts.csv", 300)], &["--format", "parquet"]);
    // The golden list, once more as input: in either format the same records.
    std::fs::copy(first.path.join("golden.parquet"), desk.path("list.parquet")).unwrap();
    let again = desk.run("again", &[desk.path("contacts.csv")], &[]);
    std::fs::copy(again.path.join("golden.csv"), desk.path("list.csv")).unwrap();
    let columns = desk.run("of_parquet", &[desk.path("list.parquet")], &[]);
    let text = desk.run("of_csv", &[desk.path("list.csv")], &[]);
    assert_eq!(columns.partition("entity_id"), text.partition("entity_id"));
    assert_eq!(columns.table("golden"), text.table("golden"));
}
