//! What a stranger's files look like: folders of all formats, old encodings, files without headings, shifted rows.

use crate::support::{Desk, project};
use predicates::prelude::*;
use predicates::str::contains;
use std::io::Write;

const PEOPLE: &str = "id,name,email\n1,Jan Berg,jan@berg.example\n2,Els Dal,els@dal.example\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

fn zip(names: &[&str]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in names {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(PEOPLE.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["People", "More"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (row, line) in PEOPLE.lines().enumerate() {
            for (column, cell) in line.split(',').enumerate() {
                sheet.write_string(row as u32, column as u16, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// Column → field, as `alike init --json` tells.
fn fields(desk: &Desk, file: &str) -> Vec<(String, String)> {
    let output = desk.alike().args(["init", file, "--json", "-q"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let columns: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
    columns
        .as_array()
        .unwrap()
        .iter()
        .map(|column| (text(&column["column"]), text(&column["field"])))
        .collect()
}

#[test]
fn every_format_is_read_from_a_folder() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("in")).unwrap();
    desk.file("in/a.csv.gz", gzip(PEOPLE));
    desk.file("in/b.xlsx", workbook());
    desk.file("in/c.zip", zip(&["people.csv"]));
    desk.file("in/d.csv.zst", zstd::encode_all(PEOPLE.as_bytes(), 1).unwrap());
    desk.file("in/e.xlsb", std::fs::read(project("tests/workbooks/contacts.xlsb")).unwrap());
    desk.file("in/f.xls", std::fs::read(project("tests/workbooks/contacts.xls")).unwrap());
    desk.file("in/several.zip", zip(&["a.csv", "b.csv"]));
    desk.file("in/picture.png", b"\x89PNG\r\n");
    let run = desk.run("out", &["in"], &["-q"]);
    let sources: Vec<String> = run.json("manifest")["inputs"]
        .as_array()
        .map(|files| files.iter().map(|file| file["file"].as_str().unwrap().to_string()).collect())
        .unwrap_or_default();
    let all = run.table("crosswalk").column("source").join(" ");
    for source in ["a", "b", "c", "d", "e", "f"] {
        assert!(all.split(' ').any(|other| other == source), "{source} is not read: {sources:?} {all}");
    }
    // Quiet does not hide what is left out.
    assert!(run.stderr().contains("picture.png, several.zip"), "{}", run.stderr());
    desk.alike().args(["profile", "in", "-q"]).assert().success();
    desk.alike().args(["normalize", "in", "-q"]).assert().success().stdout(contains("jan@berg.example"));
}

#[test]
fn old_encodings_are_told_and_can_be_set() {
    let desk = Desk::new();
    let bytes = b"Name;Ort;Strasse\nJ\x81rgen M\x81ller;K\x94ln;K\x94nigsstra\xE1e 1\nBj\x94rn Wei\xE1;D\x81sseldorf;Markt 2\n";
    let run = desk.run_text(bytes);
    assert!(run.stderr().contains("taken for IBM850"), "{}", run.stderr());
    let golden = String::from_utf8(run.bytes("golden.csv")).unwrap();
    assert!(golden.contains("Jürgen Müller") && golden.contains("Königsstraße 1"), "{golden}");
    desk.file("set.toml", "[[source]]\nfile = 'data.csv'\nencoding = 'cp850'\n");
    desk.alike().args(["check", "set.toml"]).assert().success();
    let run = desk.run::<&str>("out", &[], &["-c", "set.toml"]);
    assert!(!run.stderr().contains("is taken for"), "{}", run.stderr());
}

#[test]
fn the_first_contact_does_not_vanish_as_headings() {
    let desk = Desk::new();
    let rows = "Jan Jansen,jan@j.example,0612345678\nPiet Puk,piet@p.example,0687654321\n";
    let file = desk.file("data.csv", rows);
    let run = desk.run("out", &[&file], &["-q"]);
    assert_eq!(run.table("crosswalk").len(), 2);
    assert!(run.stderr().contains("warning: ") && run.stderr().contains("header = true"), "{}", run.stderr());
    let title = "Export, made by Jan, on Monday\nnr,naam,mail\n1,Jan,j@j.example\n2,Piet,p@p.example\n";
    desk.file("title.csv", title);
    assert_eq!(fields(&desk, "title.csv")[2], ("mail".to_string(), "email".to_string()));
}

#[test]
fn shifted_rows_are_found_and_not_compared() {
    let desk = Desk::new();
    let rows = "klant_id;naam;postcode;land;telefoon;geboren;email\n\
                1;Jan Jansen;1012 LG;NL;0612345678;04-05-1980;jan@j.example\n\
                2;Els Dal;3011 AB;NL;0687654321;05-06-1981;els@d.example\n\
                3;Piet;piet@x.example;1012 LG;NL;0611223344;12-03-1970\n\
                4;An Smit;3011 AC;BE;0475112233;13-05-1980;an@s.example\n";
    let run = desk.run_text(rows);
    assert!(run.stderr().contains("in one row cells stand in the wrong columns"), "{}", run.stderr());
    let quality = run.json("quality");
    let finding =
        quality["findings"].as_array().unwrap().iter().find(|found| found["rule"] == "shifted_cells");
    assert_eq!(finding.unwrap()["examples"][0]["line"], 4);
}

#[test]
fn rows_that_leave_out_their_last_cells_are_filled_up() {
    let desk = Desk::new();
    let run =
        desk.run_text("id,name,email,phone,note\n1,Jan,j@j.example\n2,Piet,p@p.example,0612345678\n3,An\n");
    assert_eq!(run.table("crosswalk").len(), 3);
    assert!(run.stderr().contains("3 rows have fewer cells"), "{}", run.stderr());
}

#[test]
fn rare_separators_are_read_and_lone_columns_told() {
    let desk = Desk::new();
    for sign in ["^", ":"] {
        desk.file("data.csv", PEOPLE.replace(',', sign));
        assert_eq!(fields(&desk, "data.csv").len(), 3, "{sign}");
    }
    desk.file("data.csv", PEOPLE.replace(',', "    "));
    desk.alike().args(["profile", "data.csv", "-q"]).assert().success().stderr(contains("one column only"));
}

#[test]
fn prose_is_told_to_be_no_contacts() {
    let desk = Desk::new();
    let text = "Permission is hereby granted\nfree of charge to any person\nobtaining a copy of it\n";
    let file = desk.file("LICENSE.txt", text);
    let run = desk.run("out", &[file], &["-q"]);
    assert!(run.stderr().contains("no column is a field of contacts"), "{}", run.stderr());
}

#[test]
fn the_result_of_profile_is_printed_though_quiet() {
    let desk = Desk::new();
    desk.file("data.csv", PEOPLE);
    desk.alike().args(["profile", "data.csv", "-q"]).assert().success().stdout(contains("email"));
    desk.file("book.xlsx", workbook());
    for command in ["profile", "normalize"] {
        desk.alike()
            .args([command, "book.xlsx", "--sheet", "More", "-q"])
            .assert()
            .success()
            .stdout(contains("email"));
        desk.alike().args([command, "book.xlsx", "--sheet", "None"]).assert().code(3);
    }
}

#[test]
fn files_without_records_are_told_what_they_are() {
    let desk = Desk::new();
    for text in ["[]", "42"] {
        desk.file("data.json", text);
        let told = contains("holds no records").and(contains("header").not());
        desk.alike().args(["run", "data.json"]).assert().code(3).stderr(told);
    }
    desk.file("data.zip", zip(&[]));
    desk.alike().args(["run", "data.zip"]).assert().code(3).stderr(contains("an empty zip archive"));
}

#[test]
fn places_that_are_meant_for_something_else_are_refused() {
    let desk = Desk::new();
    desk.file("data.csv", PEOPLE);
    desk.alike()
        .args(["run", "data.csv", "-o", "data.csv"])
        .assert()
        .code(2)
        .stderr(contains("names the folder"));
    desk.alike().args(["run", "data.csv", "-o", "new.csv"]).assert().code(2).stderr(contains("`-o new`"));
    desk.alike()
        .args(["normalize", "data.csv", "-o", "clean.pdf"])
        .assert()
        .code(2)
        .stderr(contains(".csv, .parquet or .xlsx"));
    desk.alike().args(["normalize", "data.csv", "-o", "clean.txt", "--format", "csv"]).assert().success();
    desk.file("zz.toml", "[[source]]\nfile = 'data.csv'\n[normalize]\ndefault_country = 'ZZ'\n");
    desk.alike().args(["check", "zz.toml"]).assert().code(2).stderr(contains("`ZZ` is no country code"));
}

#[test]
fn one_is_counted_as_one() {
    let desk = Desk::new();
    let run = desk.run_text("name\nJan Berg\n");
    assert!(run.stderr().contains("1 row, 1 column") && !run.stderr().contains("1 rows"), "{}", run.stderr());
}

#[test]
fn rules_that_are_left_out_take_one_line() {
    let desk = Desk::new();
    desk.contacts("contacts.csv", 200);
    let run = desk.run("out", &["contacts.csv"], &[]);
    let lines = run.stderr().lines().filter(|line| line.contains("left out")).count();
    assert!(lines <= 1, "{}", run.stderr());
}
