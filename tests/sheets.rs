//! Workbooks: the right sheet, its table wherever it begins, values as people see them.

use crate::support::{Desk, Folder, project};
use predicates::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use std::io::{Read, Write};

/// Writes rows of text from a row (1-based) on.
fn put(sheet: &mut Worksheet, from: u32, rows: &[&[&str]]) {
    for (at, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(from - 1 + at as u32, column as u16, *cell).unwrap();
        }
    }
}

const HEAD: &[&str] = &["No.", "Name", "E-mail", "Phone"];
const JAN: &[&str] = &["C1", "Jan Berg", "jan@berg.example", "0470 12 34 56"];
const ELS: &[&str] = &["C2", "Els Dal", "els@dal.example", "0471 98 76 54"];
const JAN_AGAIN: &[&str] = &["C3", "Jan Berg", "jan@berg.example", "0470123456"];

fn book(sheets: &[(&str, u32, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, from, rows) in sheets {
        put(book.add_worksheet().set_name(*name).unwrap(), *from, rows);
    }
    book.save_to_buffer().unwrap()
}

fn run(desk: &Desk, name: &str, bytes: &[u8], more: &[&str]) -> Folder {
    let file = desk.file(name, bytes);
    desk.run("out", &[file], more)
}

#[test]
fn a_workbook_is_read_like_its_csv() {
    let desk = Desk::new();
    // Known by content: the name says nothing.
    let workbook = desk.file("book.csv", book(&[("Contacts", 1, &[HEAD, JAN, ELS, JAN_AGAIN])]));
    let rows = [HEAD, JAN, ELS, JAN_AGAIN].map(|row| row.join(",")).join("\n");
    let text = desk.file("text.csv", rows);
    let (one, other) = (desk.run("one", &[workbook], &[]), desk.run("other", &[text], &[]));
    let names = |run: &Folder| {
        let sets = run.partition("entity_id").into_iter();
        sets.map(|set| set.iter().map(|id| id.split_once(':').unwrap().1.to_string()).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&one), names(&other));
    assert_eq!(names(&one), [vec!["C1", "C3"], vec!["C2"]]);
    assert_eq!(one.json("manifest")["inputs"][0]["format"], "xlsx");
}

#[test]
fn values_are_text_as_people_see_it() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    put(sheet, 1, &[&["No.", "Name", "Phone", "Birth date", "Modified", "Active", "Note"]]);
    for row in 1..=2 {
        sheet.write_number(row, 0, 100.0 + f64::from(row)).unwrap();
        sheet.write_string(row, 1, "Jan Berg").unwrap();
        sheet.write_number(row, 2, 32470123456.0).unwrap();
        sheet
            .write_datetime_with_format(row, 3, ExcelDateTime::parse_from_str("1980-03-04").unwrap(), &date)
            .unwrap();
        let modified = ExcelDateTime::parse_from_str("2024-05-06 07:08:09").unwrap();
        sheet.write_datetime_with_format(row, 4, modified, &date).unwrap();
        sheet.write_boolean(row, 5, true).unwrap();
    }
    sheet.write_formula(1, 6, rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A")).unwrap();
    let desk = Desk::new();
    let run = run(&desk, "book.xlsx", &book.save_to_buffer().unwrap(), &[]);
    let golden = run.table("golden");
    let cells: Vec<&str> = golden.cells[0].iter().map(String::as_str).collect();
    for value in ["1980-03-04", "2024-05-06T07:08:09", "true"] {
        assert!(cells.contains(&value), "{value}: {golden:?}");
    }
    assert_eq!(run.table("crosswalk").column("record_id"), ["101", "102"]);
    assert!(run.stderr().contains("1 cell holds an error"), "{}", run.stderr());
    assert!(run.stderr().contains("G2 #N/A"), "{}", run.stderr());
}

#[test]
fn zeros_and_signs_of_number_formats_are_read() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    put(sheet, 1, &[&["No.", "Name", "Postcode", "Phone", "Discount"]]);
    let format = |code: &str| Format::new().set_num_format(code);
    for row in 1..=2 {
        sheet.write_number_with_format(row, 0, f64::from(row), &format("\"C\"0000")).unwrap();
        sheet.write_string(row, 1, "Jan Berg").unwrap();
        sheet.write_number_with_format(row, 2, 1234.0, &format("00000")).unwrap();
        sheet.write_number_with_format(row, 3, 102_030_405.0, &format("00\\ 00\\ 00\\ 00\\ 00")).unwrap();
        sheet.write_number_with_format(row, 4, 0.25, &format("0%")).unwrap();
    }
    let desk = Desk::new();
    let run = run(&desk, "book.xlsx", &book.save_to_buffer().unwrap(), &[]);
    let golden = run.table("golden");
    assert_eq!(golden.column("id")[0], "C0001");
    assert_eq!(golden.column("postcode")[0], "01234");
    assert_eq!(golden.column("phone")[0], "01 02 03 04 05");
    let discount = golden.header.iter().position(|name| name.eq_ignore_ascii_case("discount")).unwrap();
    assert_eq!(golden.cells[0][discount], "0.25");
    assert!(run.stderr().contains("6 numbers are read with the zeros and signs"), "{}", run.stderr());
}

#[test]
fn titles_repeated_headings_and_totals_are_no_records() {
    let rows: &[&[&str]] = &[
        &["Contact list"],
        &["Exported on", "2024-05-01"],
        &[],
        HEAD,
        JAN,
        ELS,
        HEAD,
        JAN_AGAIN,
        &["Total", "", "", "3"],
    ];
    let desk = Desk::new();
    let run = run(&desk, "list.xlsx", &book(&[("List", 1, rows)]), &[]);
    assert_eq!(run.table("crosswalk").column("record_id"), ["C1", "C2", "C3"]);
    let quarantine = run.table("quarantine");
    assert_eq!(quarantine.column("line"), ["7", "9"]);
    assert!(run.stderr().contains("2 lines above the headings"), "{}", run.stderr());
    assert!(run.stdout().contains("  list  5 = "), "{}", run.stdout());
}

#[test]
fn the_sheet_that_holds_a_table_is_read_or_the_one_asked_for() {
    let sheets: &[(&str, u32, &[&[&str]])] = &[
        ("Cover", 2, &[&["Made for the board"]]),
        ("Contacts", 1, &[HEAD, JAN, ELS]),
        ("Old", 1, &[HEAD, JAN_AGAIN]),
        ("Empty", 1, &[]),
    ];
    let bytes = book(sheets);
    let desk = Desk::new();
    let first = run(&desk, "book.xlsx", &bytes, &[]);
    assert_eq!(first.table("crosswalk").column("record_id"), ["C1", "C2"]);
    assert!(first.stderr().contains("also holds `Cover`, `Old`"), "{}", first.stderr());
    for sheet in ["Old", "old", "3"] {
        let desk = Desk::new();
        let run = run(&desk, "book.xlsx", &bytes, &["--sheet", sheet]);
        assert_eq!(run.table("crosswalk").column("record_id"), ["C3"]);
    }
    let desk = Desk::new();
    desk.file("book.xlsx", &bytes);
    desk.file("alike.toml", "[[source]]\nfile = \"book.xlsx\"\nsheet = \"Old\"\n");
    desk.alike().args(["run", "-c", "alike.toml"]).assert().success();
    desk.alike()
        .args(["run", "book.xlsx", "--sheet", "Gone"])
        .assert()
        .code(3)
        .stderr(predicate::str::contains("has no sheet `Gone`; it has `Cover`, `Contacts`, `Old`, `Empty`"));
}

#[test]
fn a_configuration_package_has_its_headings_in_row_three() {
    let package: &[&[&str]] = &[&["CONTACTS", "Contact", "5050"], &[], HEAD, JAN, ELS];
    let desk = Desk::new();
    let run = run(&desk, "package.xlsx", &book(&[("Contact", 1, package)]), &[]);
    assert_eq!(run.table("crosswalk").column("record_id"), ["C1", "C2"]);
}

#[test]
fn a_protected_workbook_says_so() {
    let desk = Desk::new();
    let name: Vec<u8> = "EncryptedPackage".bytes().flat_map(|byte| [byte, 0]).collect();
    desk.file(
        "locked.xlsx",
        [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 600], &name, &[0; 900]].concat(),
    );
    desk.alike()
        .args(["run", "locked.xlsx"])
        .assert()
        .code(3)
        .stderr(predicate::str::contains("protected with a password; open it and save a copy without one"));
}

/// A zip archive of such parts.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn open_documents_are_read() {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: &[&str]| {
        format!(
            "<table:table-row>{}</table:table-row>",
            cells.iter().map(|text| cell(text)).collect::<String>()
        )
    };
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"Sheet1\">{}</table:table></office:spreadsheet></office:body></office:document-content>",
        [HEAD, JAN, ELS].map(row).concat()
    );
    let bytes = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
        ),
        ("content.xml", &content),
    ]);
    let desk = Desk::new();
    let run = run(&desk, "book.ods", &bytes, &[]);
    assert_eq!(run.table("crosswalk").column("record_id"), ["C1", "C2"]);
    assert_eq!(run.json("manifest")["inputs"][0]["format"], "ods");
}

#[test]
fn compressed_files_are_read_as_they_are() {
    let text = [HEAD, JAN, ELS, JAN_AGAIN].map(|row| row.join(",")).join("\n");
    let gzip = |bytes: &[u8]| {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    };
    let halves = text.split_at(40);
    for (format, bytes) in [
        ("csv (gzip)", gzip(text.as_bytes())),
        ("csv (gzip)", [gzip(halves.0.as_bytes()), gzip(halves.1.as_bytes())].concat()),
        ("csv (zstd)", zstd::encode_all(text.as_bytes(), 3).unwrap()),
        ("csv (zip)", archive(&[("export.csv", &text)])),
        ("xlsx (gzip)", gzip(&book(&[("Contacts", 1, &[HEAD, JAN, ELS, JAN_AGAIN])]))),
    ] {
        let desk = Desk::new();
        let run = run(&desk, "export.bin", &bytes, &[]);
        assert_eq!(run.table("crosswalk").column("record_id"), ["C1", "C2", "C3"], "{format}");
        assert_eq!(run.json("manifest")["inputs"][0]["format"], format);
    }
}

#[test]
fn compressed_files_that_cannot_be_read_say_why() {
    let text = [HEAD, JAN, ELS, JAN_AGAIN].map(|row| row.join(",")).join("\n");
    let mut cut = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    cut.write_all(text.as_bytes()).unwrap();
    let cut = cut.finish().unwrap();
    let mut bomb = zstd::Encoder::new(Vec::new(), 1).unwrap();
    std::io::copy(&mut std::io::repeat(b'a').take((1 << 30) + 4096), &mut bomb).unwrap();
    let mut tar = vec![0; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    for (bytes, says) in [
        (cut[..cut.len() / 2].to_vec(), "damaged or cut off"),
        (bomb.finish().unwrap(), "unpacks to more than 1 GiB"),
        (archive(&[("a.csv", &text), ("b.csv", &text)]), "is a zip archive of several files"),
        (zstd::encode_all(&tar[..], 3).unwrap(), "is a tar archive"),
    ] {
        let desk = Desk::new();
        desk.file("export.bin", &bytes);
        desk.alike().args(["run", "export.bin"]).assert().code(3).stderr(predicate::str::contains(says));
    }
}

#[test]
fn old_and_binary_workbooks_are_read() {
    let desk = Desk::new();
    let run = desk.run("out", &[project("tests/workbooks/contacts.xls")], &[]);
    assert_eq!(run.table("crosswalk").column("record_id"), ["C1", "C2"]);
    assert_eq!(run.json("manifest")["inputs"][0]["format"], "xls");
    let golden = run.table("golden");
    let cells: Vec<&str> = golden.cells.iter().flatten().map(String::as_str).collect();
    for value in ["Zoë Berg", "1980-03-04", "1975-12-31"] {
        assert!(cells.contains(&value), "{value}: {golden:?}");
    }
    let run = desk.run("binary", &[project("tests/workbooks/contacts.xlsb")], &[]);
    assert_eq!(run.table("crosswalk").column("record_id"), ["C1", "C2"]);
    assert_eq!(run.json("manifest")["inputs"][0]["format"], "xlsb");
}
