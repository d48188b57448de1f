//! Bytes → tables, and what must hold for every reader: rows in = rows + quarantine, and columns that fit together.

use alike::config::SourceSettings;
use alike::ingest::{self, Ingested, Input};
use alike::progress::Silent;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Bytes that a file may unpack to whatever its size, under fuzzing (`ingest/unpack.rs`).
const UNPACKED: usize = 1 << 20;
/// Times its size that it may unpack to beyond that.
const MOST_TIMES: usize = 200;

/// The encodings that a person may set.
pub const ENCODINGS: [&str; 6] = ["utf-8", "windows-1252", "utf-16le", "utf-16be", "iso-8859-2", "shift_jis"];

/// Reads bytes as the file of a source. Nothing when they are refused, which is a person's to know, not a bug.
pub fn read(bytes: &[u8], settings: SourceSettings) -> Option<Ingested> {
    let path = place();
    std::fs::write(path, bytes).expect("the temporary folder can be written to");
    let input = Input { path: path.clone(), source: "fuzz".to_string(), settings };
    let read = match ingest::read(&[input], &Silent) {
        Ok(read) => read,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return None;
        }
    };
    check(&read);
    Some(read)
}

/// One file a process: targets run side by side.
fn place() -> &'static PathBuf {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    PLACE.get_or_init(|| std::env::temp_dir().join(format!("alike-fuzz-{}", std::process::id())))
}

/// Readers of other crates may panic on damaged files: the program catches that, so it is no find. libFuzzer's own hook
/// would end the process first.
pub fn let_panics_be_caught() {
    std::panic::set_hook(Box::new(|_| {}));
}

fn check(read: &Ingested) {
    assert_eq!((read.tables.len(), read.files.len()), (1, 1));
    let (table, facts) = (&read.tables[0], &read.files[0]);
    assert_eq!(facts.quarantined, read.quarantine.len() as u64);
    assert_eq!(facts.rows_in, u64::from(table.rows) + facts.quarantined, "rows in = rows + quarantine");
    assert_eq!(table.lines.len(), table.rows as usize);
    assert!(table.lines.is_sorted() && table.lines.first() != Some(&0));
    let names: HashSet<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names.len(), table.columns.len(), "headings are distinct");
    for column in &table.columns {
        let codes = column.cells.codes();
        assert!(codes.is_empty() || codes.len() == table.rows as usize);
        assert!(codes.iter().all(|&code| (code as usize) < column.cells.distinct()));
    }
    for row in &read.quarantine {
        assert!(!row.reason.is_empty() && row.line > 0);
    }
    assert!(read.findings.iter().all(|finding| finding.count > 0 && !finding.message.is_empty()));
}

/// What a packed file of so many bytes became is no more than its limit.
pub fn check_limit(read: &Ingested, size: usize) {
    let cells = read.tables[0].columns.iter().map(|column| column.cells.values().text_bytes());
    assert!(cells.sum::<usize>() <= UNPACKED.max(size * MOST_TIMES), "more was unpacked than is allowed");
}

/// No line of a plain text is lost. Only where lines can be counted without reading as the program does: UTF-8 without
/// quotes, and line feeds alone.
pub fn check_lines(text: &[u8], read: &Ingested, has_header: bool) {
    let Ok(text) = std::str::from_utf8(text) else { return };
    let facts = &read.files[0];
    if facts.format != "csv" || facts.encoding != "UTF-8" || text.contains(['"', '\r']) {
        return;
    }
    let above =
        read.findings.iter().find(|finding| finding.rule == "preamble").map_or(0, |finding| finding.count);
    let header = u64::from(has_header);
    let declared = u64::from(text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep=")));
    let with_text = text.lines().filter(|line| !line.trim_ascii().is_empty()).count() as u64;
    let filled = text.lines().filter(|line| !line.is_empty()).count() as u64;
    let told = facts.rows_in + above + header;
    assert!(with_text <= told + declared, "{with_text} lines, {told} told");
    assert!(told <= filled, "{filled} lines, {told} told");
}
