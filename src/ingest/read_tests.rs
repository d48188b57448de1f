use super::*;
use crate::config::SourceSettings;
use crate::progress::Silent;
use proptest::prelude::*;
use std::sync::Mutex;

fn input(dir: &Path, name: &str, bytes: &[u8]) -> Input {
    let path = dir.join(name);
    std::fs::write(&path, bytes).expect("writes to a temporary folder");
    let source = name.split('.').next().unwrap_or(name).to_string();
    Input { path, source, settings: SourceSettings::default() }
}

fn read_one(bytes: &[u8]) -> Result<Ingested, IngestError> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    read(&[input(dir.path(), "crm.csv", bytes)], &Silent)
}

fn rows(read: &Ingested) -> Vec<Vec<String>> {
    let table = &read.tables[0];
    (0..table.rows)
        .map(|row| (0..table.columns.len()).map(|column| table.cell(column, row).to_string()).collect())
        .collect()
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Progress for Heard {
    fn event(&self, event: Event<'_>) {
        self.0.lock().expect("no panic while held").push(format!("{event:?}"));
    }
}

#[test]
fn a_file_becomes_a_table_with_its_facts() {
    let read =
        read_one("naam;plaats\r\nZoë;Delft\r\n\r\n\"de \"\"Boer\"\"\r\nBV\";\r\n".as_bytes()).expect("reads");
    assert_eq!(rows(&read), [["Zoë", "Delft"], ["de \"Boer\"\r\nBV", ""]]);
    let table = &read.tables[0];
    assert_eq!((table.source.as_str(), table.lines.as_slice()), ("crm", &[2, 4][..]));
    let facts = &read.files[0];
    assert_eq!(
        (facts.format.as_str(), facts.encoding.as_str(), facts.delimiter),
        ("csv", "UTF-8", Some(';'))
    );
    assert_eq!((facts.rows_in, facts.quarantined), (2, 0));
    assert_eq!(facts.sha256.len(), 64);
}

#[test]
fn the_hash_is_that_of_the_file() {
    let read = read_one(b"a\nb\n").expect("reads");
    // sha256sum of the four bytes.
    assert_eq!(read.files[0].sha256, "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2");
}

#[test]
fn bad_rows_are_quarantined_with_line_reason_and_text() {
    let read = read_one(b"a,b,c\n1,2,3\n1,2\n1,2,3,\n1,2,3,4\n,,\n1,\0,3\n\x81,\xC3\xA9,\xC3\xA9\xC3\xA9\xC3\xA9\n5,\"x,6\n7,8,9\n")
        .expect("reads");
    assert_eq!(rows(&read), [["1", "2", "3"], ["1", "2", "3"], ["7", "8", "9"]]);
    let found: Vec<(u32, &str)> = read.quarantine.iter().map(|row| (row.line, row.reason.as_str())).collect();
    let expected =
        [(3, "missing"), (5, "separator"), (6, "empty"), (7, "NUL"), (8, "UTF-8"), (9, "a quote is opened")];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((line, reason), (at, word)) in found.iter().zip(expected) {
        assert!(*line == at && reason.contains(word), "line {line}: {reason}");
    }
    assert_eq!(read.quarantine[0].raw, "1,2");
    assert_eq!((read.files[0].rows_in, read.files[0].quarantined), (9, 6));
}

#[test]
fn cells_may_be_missing_under_trailing_headings_without_a_name() {
    let read = read_one(b"a,b,,\n1,2\n3,4,,\n5,6,7,\n").expect("reads");
    assert_eq!(rows(&read)[2], ["5", "6", "7", ""]);
    assert_eq!(read.tables[0].columns[2].name, "column 3");
    assert!(read.quarantine.is_empty());
}

#[test]
fn headings_are_told_apart_and_the_change_is_told() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let heard = Heard::default();
    let read = read(&[input(dir.path(), "crm.csv", b"Phone,Phone\n1,2\n")], &heard).expect("reads");
    assert_eq!(read.tables[0].columns[1].name, "Phone (2)");
    let heard = heard.0.into_inner().expect("no panic while held");
    assert!(
        heard.iter().any(|event| event.contains("Note") && event.contains("more than once")),
        "{heard:?}"
    );
    assert!(
        heard.iter().any(|event| event.contains("Finished") && event.contains("1 row, 2 columns")),
        "{heard:?}"
    );
}

#[test]
fn encodings_give_the_same_table() {
    let text = "naam;plaats\nJürgen Groß;Köln\nZoë;Zürich\n";
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let plain = rows(&read_one(text.as_bytes()).expect("reads"));
    for bytes in
        [&latin[..], &utf16, format!("\u{feff}{text}").as_bytes(), text.replace('\n', "\r").as_bytes()]
    {
        let read = read_one(bytes).expect("reads");
        assert_eq!(rows(&read), plain, "{}", read.files[0].encoding);
        assert_eq!(read.tables[0].lines, [2, 3]);
    }
}

#[test]
fn excels_separator_line_is_obeyed() {
    let read = read_one(b"sep=|\r\na|b\r\n1|2\r\n").expect("reads");
    assert_eq!(rows(&read), [["1", "2"]]);
    assert_eq!((read.files[0].delimiter, read.tables[0].lines[0]), (Some('|'), 3));
}

#[test]
fn unusable_files_get_an_error_with_a_way_out() {
    let error = |bytes: &[u8]| read_one(bytes).expect_err("cannot be used").to_string();
    assert!(error(b"").contains("is empty"));
    assert!(error(b"\xEF\xBB\xBF\r\n\r\n").contains("is empty"));
    assert!(error(b"a,b\n").contains("no rows"));
    assert!(error(b"PK\x03\x04xl/workbook.xml").contains("save the sheet as CSV"));
    assert!(error(b"\x89PNG\r\n\x1a\n\0\0\0").contains("PNG"));
    assert!(error(&[7, 0, 200, 1, 10].repeat(40)).contains("binary"));
    assert!(error(b"a,b\n1,2,3\n4,5,6\n").contains("none of its 2 rows"));
    assert!(error(b",,\n1,2,3\n").contains("line 1"));
    let missing =
        Input { path: "no/such.csv".into(), source: "x".into(), settings: SourceSettings::default() };
    let missing = read(&[missing], &Silent).expect_err("is not there");
    assert!(matches!(missing, IngestError::NotFound { .. }));
    assert!(matches!(read(&[], &Silent), Err(IngestError::NoInput)));
}

#[test]
fn settings_are_obeyed_or_refused() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut one = input(dir.path(), "crm.csv", b"a:b;c\n1:2;3\n");
    one.settings.delimiter = Some(":".to_string());
    assert_eq!(rows(&read(&[one.clone()], &Silent).expect("reads")), [["1", "2;3"]]);
    one.settings.delimiter = Some("::".to_string());
    assert!(matches!(read(&[one.clone()], &Silent), Err(IngestError::BadDelimiter { .. })));
    one.settings = SourceSettings { encoding: Some("klingon".to_string()), ..SourceSettings::default() };
    assert!(matches!(read(&[one], &Silent), Err(IngestError::UnknownEncoding { .. })));
}

#[test]
fn sources_of_one_name_are_told_apart_and_an_empty_one_does_not_stop_the_rest() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    std::fs::create_dir_all(&a).and_then(|()| std::fs::create_dir_all(&b)).expect("makes folders");
    let heard = Heard::default();
    let inputs = [input(&a, "crm.csv", b"a\n1\n"), input(&b, "crm.csv", b"a\n")];
    let read = read(&inputs, &heard).expect("reads");
    assert_eq!((read.tables[0].source.as_str(), read.tables[1].source.as_str()), ("crm", "crm-2"));
    assert_eq!((read.tables[0].rows, read.tables[1].rows), (1, 0));
    let heard = heard.0.into_inner().expect("no panic while held");
    assert_eq!(heard.iter().filter(|event| event.starts_with("Warning")).count(), 2, "{heard:?}");
}

#[test]
fn progress_adds_up_to_the_size_of_the_file() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for text in
        ["naam\nZoë\n".as_bytes().to_vec(), b"\xFF\xFEa\0\n\0b\0\n\0".to_vec(), b"n\nJ\xFCrgen\n".to_vec()]
    {
        let heard = Heard::default();
        read(&[input(dir.path(), "crm.csv", &text)], &heard).expect("reads");
        let heard = heard.0.into_inner().expect("no panic while held");
        let by = |event: &String| event.split("by: ").nth(1)?.split(' ').next()?.parse::<usize>().ok();
        assert_eq!(heard.iter().filter_map(by).sum::<usize>(), text.len(), "{heard:?}");
    }
}

/// A batch holds 4,096 records; several of them must come out in order.
#[test]
fn many_batches_keep_their_order() {
    let mut text = String::from("n,parity\n");
    for n in 0..20_000 {
        text.push_str(&format!("{n},{}\n", n % 2));
    }
    let read = read_one(text.as_bytes()).expect("reads");
    let table = &read.tables[0];
    assert_eq!(table.rows, 20_000);
    assert!(
        (0..table.rows)
            .all(|row| table.cell(0, row) == row.to_string() && table.lines[row as usize] == row + 2)
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_and_every_row_is_accounted_for(bytes in proptest::collection::vec(
        prop_oneof![4 => proptest::sample::select(b"ab,;\"\n\r\t \xC3\xA9".to_vec()), 1 => any::<u8>()], 0..200)) {
        if let Ok(read) = read_one(&bytes) {
            let facts = &read.files[0];
            prop_assert_eq!(facts.rows_in, u64::from(read.tables[0].rows) + read.quarantine.len() as u64);
            prop_assert!(read.quarantine.iter().all(|row| !row.reason.is_empty() && row.line > 0));
        }
    }

    #[test]
    fn what_is_written_as_csv_is_read_back(cells in proptest::collection::vec(("[a-zé;\"\n ]{0,6}x", "[a-zé,\"\r\n ]{0,6}"), 1..40)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["one", "two"]).expect("writes to memory");
        for (one, two) in &cells {
            writer.write_record([one, two]).expect("writes to memory");
        }
        let read = read_one(&writer.into_inner().expect("writes to memory")).expect("reads");
        let expected: Vec<Vec<String>> = cells.into_iter().map(|(one, two)| vec![one, two]).collect();
        prop_assert_eq!(rows(&read), expected);
    }
}

fn found(read: &Ingested) -> Vec<(&str, u64)> {
    read.findings.iter().map(|finding| (finding.rule.as_str(), finding.count)).collect()
}

#[test]
fn what_stands_around_the_table_is_no_row_of_it() {
    let text = "Contacts of May;;;\r\nExported on;2024-05-01;;\r\n;;;\r\nNo.;Name;City;Phone\r\n1;Jan;Gent;09\r\n\r\nNo.;Name;City;Phone\r\n\
                2;Els;Dal;03\r\nTotal;;;\r\n3;An;Aalst;04\r\nTotal;;;3\r\n3 records\r\n";
    let read = read_one(text.as_bytes()).expect("reads");
    // A line of totals with rows below it is a row.
    assert_eq!(
        rows(&read),
        [
            ["1", "Jan", "Gent", "09"],
            ["2", "Els", "Dal", "03"],
            ["Total", "", "", ""],
            ["3", "An", "Aalst", "04"]
        ]
    );
    assert_eq!(read.tables[0].lines, [5, 8, 9, 10]);
    let aside: Vec<(u32, &str)> = read.quarantine.iter().map(|row| (row.line, row.raw.as_str())).collect();
    assert_eq!(aside, [(7, "No.;Name;City;Phone"), (11, "Total;;;3"), (12, "3 records")]);
    assert_eq!(found(&read), [("preamble", 3), ("repeated_heading", 1), ("totals_line", 2)]);
    assert_eq!((read.files[0].rows_in, read.files[0].quarantined), (7, 3));
    assert_eq!(read.findings[0].examples[1], "line 2: Exported on;2024-05-01");
}

#[test]
fn quotes_are_mended_where_the_row_is_then_right() {
    let text = "No.;Name;City\n1;\"Jan \"Johnny\" Berg\";Gent\n2;\"Els \"x\"; y\" Dal\";Gent\n3;\"open;Gent\n4;5\" An;Gent\n";
    let read = read_one(text.as_bytes()).expect("reads");
    assert_eq!(rows(&read), [["1", "Jan \"Johnny\" Berg", "Gent"], ["4", "5\" An", "Gent"]]);
    assert_eq!(read.quarantine.len(), 2);
    assert_eq!(found(&read), [("stray_quote", 1)]);
}

#[test]
fn a_table_without_headings_keeps_every_row() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut input = input(dir.path(), "crm.csv", b"List\n1,Jan,Gent\n2,Els,Dal\nTotal,,\n");
    input.settings.header = Some(false);
    let read = read(&[input], &Silent).expect("reads");
    assert_eq!(read.tables[0].rows + read.quarantine.len() as u32, 4);
    assert!(read.findings.is_empty());
}

/// Beginnings that lead to each of the readers.
fn beginnings() -> Vec<Vec<u8>> {
    use std::io::Write;
    let text = b"No.,Name,City\n1,Jan,Gent\n2,Els,Dal\n";
    let zipped = |parts: &[&str]| {
        let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for part in parts {
            let options = zip::write::SimpleFileOptions::default();
            writer.start_file(*part, options).and_then(|()| Ok(writer.write_all(text)?)).expect("in memory");
        }
        writer.finish().expect("in memory").into_inner()
    };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text).expect("in memory");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in [["No.", "Name"], ["1", "Jan"], ["2", "Els"]].iter().enumerate() {
        sheet.write_row(row as u32, 0, *cells).expect("a small sheet");
    }
    vec![
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(),
        b"PK\x03\x04".to_vec(),
        b"PAR1".to_vec(),
        b"\x1F\x8B\x08".to_vec(),
        b"\x28\xB5\x2F\xFD".to_vec(),
        b"sep=;\n".to_vec(),
        text.to_vec(),
        zipped(&["a.csv"]),
        zipped(&["xl/workbook.xml", "[Content_Types].xml"]),
        zipped(&["xl/workbook.bin", "xl/worksheets/sheet1.bin"]),
        zipped(&["content.xml", "META-INF/manifest.xml"]),
        gzip.finish().expect("in memory"),
        zstd::encode_all(&text[..], 1).expect("in memory"),
        workbook.save_to_buffer().expect("in memory"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever stands behind the first bytes of a format, and wherever a sound file is damaged or cut: no panic, and
    /// every row accounted for.
    #[test]
    fn damage_to_any_format_is_survived(
        which in 0..14usize,
        tail in proptest::collection::vec(any::<u8>(), 0..200),
        flips in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<proptest::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = beginnings().swap_remove(which);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        match is_cut {
            true => bytes.truncate(cut.index(bytes.len())),
            false => bytes.extend(tail),
        }
        if let Ok(read) = read_one(&bytes) {
            let facts = &read.files[0];
            prop_assert_eq!(facts.rows_in, u64::from(read.tables[0].rows) + facts.quarantined);
            prop_assert_eq!(facts.quarantined, read.quarantine.len() as u64);
        }
    }
}
