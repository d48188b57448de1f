//! Files as they come: what can be read is read, what cannot is said with a way out.

use crate::support::{Desk, names, samples};
use predicates::prelude::*;

const PEOPLE: &str = "id,name,email\n1,Jan Berg,jan@berg.example\n2,Els Dal,els@dal.example\n";

/// `alike run data.csv` on such a file fails with this code and says this, and leaves no folder.
fn fails(name: &str, content: &[u8], code: i32, says: &str) {
    let desk = Desk::new();
    desk.file(name, content);
    let assert = desk.alike().args(["run", name]).assert().code(code).stdout("");
    let text = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(text.contains(says) && text.contains(name), "{name}: {text}");
    assert!(!text.contains("panicked"), "{name}: {text}");
    assert_eq!(desk.names(), [name.to_string()].into(), "{name} left something behind");
}

#[test]
fn what_is_no_table_is_refused_with_a_way_out() {
    fails("empty.csv", b"", 3, "export it again");
    fails("blank.csv", b"\n\n  \n", 3, "");
    fails("header.csv", b"id,name,email\n", 3, "header but no rows");
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".as_slice(), &[0xff; 300]];
    fails("photo.csv", &png.concat(), 3, "CSV");
    let workbook = [b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0".as_slice(), &[7; 300]].concat();
    fails("book.xlsx", &workbook, 3, "CSV");
    fails("letter.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\n", 3, "CSV");
    fails("cut.parquet", b"PAR1 and nothing that is Parquet PAR1", 3, "");
}

#[test]
fn a_missing_file_and_a_folder_are_no_input() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("exports")).unwrap();
    desk.file("good.csv", PEOPLE);
    for (args, says) in [
        (&["run", "gone.csv"][..], "`gone.csv` does not exist"),
        (&["run", "good.csv", "gone.csv"], "`gone.csv` does not exist"),
        (&["run", "exports"], "`exports` is a folder without a file"),
        (&["run", "*.tsv"], "no file is called as in `*.tsv`"),
    ] {
        desk.alike().args(args).assert().code(3).stderr(predicate::str::contains(says));
    }
    assert!(!desk.path("alike-out").exists());
}

#[test]
fn ragged_rows_go_to_quarantine() {
    let desk = Desk::new();
    let run = desk.run_text(
        "id,name,email\n\
         1,Jan Berg,jan@berg.example\n\
         2,Dal, Els,els@dal.example\n\
         3,Piet Kamp,piet@kamp.example\n\
         4,Jan Berg,jan@berg.example\n",
    );
    let quarantine = run.table("quarantine");
    let row = quarantine.rows().next().unwrap();
    assert_eq!((quarantine.len(), row["source"], row["line"]), (1, "data", "3"));
    assert!(row["reason"].contains("4 cells where the header has 3"), "{row:?}");
    assert_eq!(row["raw"], "2,Dal, Els,els@dal.example");
    assert_eq!(run.table("crosswalk").column("record_id"), ["1", "3", "4"]);
    assert!(run.stdout().contains("  data  4 = 2 + 1 + 1\n"));
}

#[test]
fn headings_that_repeat_or_are_empty_lose_no_column() {
    let desk = Desk::new();
    let run = desk.run_text(
        "name,email,email,,city\n\
         Jan Berg,jan@berg.example,jan@werk.example,A,Gent\n\
         Els Dal,els@dal.example,,B,Delft\n",
    );
    let golden = run.table("golden");
    let cells: Vec<&str> = golden.cells.iter().flatten().map(String::as_str).collect();
    for value in ["jan@berg.example", "jan@werk.example", "A", "B", "Gent"] {
        assert!(cells.contains(&value), "{value} is lost: {golden:?}");
    }
    let mut header = golden.header.clone();
    header.sort();
    header.dedup();
    assert_eq!(header.len(), golden.header.len(), "{:?}", golden.header);
}

#[test]
fn a_header_without_rows_beside_other_files_is_only_told() {
    let desk = Desk::new();
    let files = [desk.file("people.csv", PEOPLE), desk.file("new.csv", "id,name\n")];
    let run = desk.run("out", &files, &[]);
    assert!(run.stderr().contains("has a header but no rows"), "{}", run.stderr());
    assert_eq!(run.table("crosswalk").len(), 2);
}

#[test]
fn one_row_is_a_list_too() {
    let desk = Desk::new();
    let run = desk.run_text("id,name\n1,Jan Berg\n");
    assert_eq!((run.table("golden").len(), run.table("proposals").len()), (1, 0));
}

#[test]
fn one_column_is_a_table_too() {
    let desk = Desk::new();
    let run = desk.run_text("email\njan@berg.example\nels@dal.example\njan@berg.example\n");
    assert_eq!(run.table("crosswalk").len(), 3);
}

#[test]
fn sources_are_named_by_the_caller() {
    let desk = Desk::new();
    desk.file("january.csv", PEOPLE);
    std::fs::create_dir(desk.path("old")).unwrap();
    desk.file("old/january.csv", PEOPLE);
    desk.alike()
        .args(["run", "january.csv", "old/january.csv"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("january2=old/january.csv"));
    let run = desk.run("out", &["crm=january.csv", "old=old/january.csv"], &[]);
    assert_eq!(run.table("crosswalk").column("source"), ["crm", "crm", "old", "old"]);
    assert_eq!(run.sizes(), [2, 2]);
    // A name is not part of what is read: the inputs are as they were.
    assert_eq!(std::fs::read_to_string(desk.path("january.csv")).unwrap(), PEOPLE);
}

#[test]
fn rows_that_are_equal_keep_names_of_their_own() {
    let desk = Desk::new();
    let run = desk.run_text("name,email\nJan Berg,jan@berg.example\nJan Berg,jan@berg.example\n");
    let crosswalk = run.table("crosswalk");
    let ids = crosswalk.column("record_id");
    assert!(ids[0].starts_with('h') && ids[0].len() == 17, "{ids:?}");
    assert_eq!(ids[1], format!("{}-2", ids[0]));
}

#[test]
fn restaurants_are_matched_as_text() {
    let desk = Desk::new();
    let run = desk.run_text(
        "name,addr,city,phone,type\n\
         arnie morton's of chicago,435 s. la cienega blv.,los angeles,310-246-1501,american\n\
         arnie morton's of chicago,435 s. la cienega blvd.,los angeles,310-246-1501,steakhouses\n\
         art's delicatessen,12224 ventura blvd.,studio city,818-762-1221,american\n\
         art's deli,12224 ventura blvd.,studio city,818-762-1221,delis\n\
         hotel bel-air,701 stone canyon rd.,bel air,310-472-1211,californian\n\
         bel-air hotel,701 stone canyon rd.,bel air,310-472-1211,californian\n\
         campanile,624 s. la brea ave.,los angeles,213-938-1447,american\n\
         chinois on main,2709 main st.,santa monica,310-392-9025,french\n\
         citrus,6703 melrose ave.,los angeles,213-857-0034,californian\n",
    );
    assert_eq!(run.table("golden").len(), 9 - merged(&run));
    assert!(run.json("manifest")["counts"]["pairs_compared"].as_u64() > Some(0));
}

fn merged(run: &crate::support::Folder) -> usize {
    run.json("manifest")["counts"]["merged_records"].as_u64().unwrap() as usize
}

#[test]
fn products_are_matched_as_text() {
    let desk = Desk::new();
    let mut text = String::from("sku,title,brand,price,in_stock\n");
    for at in 0..120 {
        let title = ["Cordless drill", "Angle grinder", "Heat gun", "Jigsaw"][at % 4];
        text +=
            &format!("A{at},{title} {} W,{},{}.95,yes\n", 400 + at / 2 * 10, ["Bosk", "Makito"][at % 2], at);
    }
    let file = desk.file("data.csv", text);
    // Nearly all would be one: that is told, and stops a run only where limits are set.
    let run = desk.run("out", &[file], &[]);
    assert_eq!(run.table("crosswalk").len(), 120);
    assert!(run.stderr().contains("`merges` was let pass"), "{}", run.stderr());
    desk.file("strict.toml", "[guards]\nmax_merged_share = 0.4\n");
    desk.alike().args(["run", "data.csv", "-c", "strict.toml", "-o", "out"]).assert().code(4);
    assert!(!run.stderr().contains("panicked"));
}

#[test]
fn a_value_in_nearly_all_rows_ends_in_time() {
    let desk = Desk::new();
    let mut text = String::from("id,name,email,phone,city\n");
    for at in 0..3000 {
        // 92 of 100 rows have one city and one switchboard.
        let (phone, city) = match at % 100 {
            0..92 => ("020 7946 0000".to_string(), "London"),
            _ => (format!("020 7946 {at:04}"), "Leeds"),
        };
        text += &format!("{at},Person{at} Name{},p{at}@firm.example,{phone},{city}\n", at * 7919 % 3001);
    }
    let run = desk.run_text(text);
    let counts = run.json("manifest")["counts"].clone();
    assert!(counts["pairs_compared"].as_u64() < Some(3000 * 200), "{counts}");
    assert!(run.sizes()[0] < 50, "{:?}", &run.sizes()[..3]);
}

#[test]
fn nothing_beside_the_run_folder_is_written() {
    let desk = Desk::new();
    let before: Vec<Vec<u8>> = samples().iter().map(|path| std::fs::read(path).unwrap()).collect();
    let run = desk.run("deep/down/out", &samples(), &[]);
    let after: Vec<Vec<u8>> = samples().iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert!(before == after);
    assert_eq!(desk.names(), ["deep".to_string()].into());
    assert_eq!(names(&desk.path("deep/down")), ["out".to_string()].into());
    assert!(run.path.join("report.html").is_file());
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_told_with_a_way_out() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let file = desk.file("secret.csv", PEOPLE);
    let forbidden = || {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
        std::fs::File::open(&file).is_err()
    };
    // The administrator may read everything.
    if forbidden() {
        for command in ["run", "init"] {
            let says = predicate::str::contains("`secret.csv`")
                .and(predicate::str::contains("ermission denied"))
                .and(predicate::str::contains("its owner"));
            desk.alike().args([command, "secret.csv"]).assert().code(3).stderr(says);
        }
    }
    let says = predicate::str::contains("`secret.csv/in.csv`").and(predicate::str::contains("the spelling"));
    desk.alike().args(["run", "secret.csv/in.csv"]).assert().code(3).stderr(says);
    assert_eq!(desk.names(), ["secret.csv".to_string()].into());
}

#[test]
fn names_may_hold_blanks_and_any_letters() {
    let desk = Desk::new();
    let file = desk.file("ü näme é 顧客.csv", PEOPLE);
    let run = desk.run("uit voer ü", &[file], &[]);
    assert_eq!(run.table("crosswalk").column("source"), ["ü näme é 顧客"; 2]);
}

#[test]
fn a_file_under_two_names_is_warned_of() {
    let desk = Desk::new();
    desk.file("people.csv", PEOPLE);
    let run = desk.run("out", &["a=people.csv", "b=./people.csv"], &[]);
    assert!(run.stderr().contains("warning: sources `a` and `b` are the same file"), "{}", run.stderr());
    desk.alike()
        .args(["run", "people.csv", "./people.csv"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("named twice"));
}

#[test]
fn a_row_in_the_place_of_headings_is_kept_and_told() {
    let desk = Desk::new();
    let rows =
        "Jan Berg;jan@berg.example;Gent\nEls Dal;els@dal.example;Delft\nJan Berg;jan@berg.example;Gent\n";
    let run = desk.run_text(rows);
    assert_eq!(run.table("crosswalk").len(), 3);
    let warned = run.stderr().contains("warning: ") && run.stderr().contains("`header = true`");
    assert!(warned && run.stderr().contains("jan@berg.example"), "{}", run.stderr());

    let run = desk.run("out", &["data.csv"], &["--no-header"]);
    assert_eq!((run.table("crosswalk").len(), run.sizes()), (3, vec![2, 1]));
    assert!(!run.stderr().contains("header = true"), "{}", run.stderr());
    assert_eq!(run.json("manifest")["counts"]["rows"], 3);

    desk.file(
        "headless.toml",
        "[[source]]\nfile = 'data.csv'\nheader = false\ncolumns = { column_3 = 'city' }\n",
    );
    let run = desk.run::<&str>("out", &[], &["-c", "headless.toml"]);
    assert_eq!(run.table("golden").column("city").len(), 2);
    desk.file("sure.toml", "[[source]]\nfile = 'data.csv'\nheader = true\n");
    let run = desk.run::<&str>("out", &[], &["-c", "sure.toml"]);
    assert_eq!(run.table("crosswalk").len(), 2);
    assert!(!run.stderr().contains("header = true"), "{}", run.stderr());

    // What init writes says so too, and changes nothing.
    desk.alike().args(["init", "data.csv", "--no-header"]).assert().success();
    let text = std::fs::read_to_string(desk.path("alike.toml")).unwrap();
    assert!(text.contains("\nheader = false\n") && text.contains("\"column_2\" = \"email\""), "{text}");
    desk.alike().args(["check", "alike.toml"]).assert().success();
    assert_eq!(desk.run::<&str>("out", &[], &["-c", "alike.toml"]).table("crosswalk").len(), 3);
}

#[test]
fn without_headings_a_row_that_cannot_be_read_is_set_aside() {
    let desk = Desk::new();
    desk.file("data.csv", "Jan Berg,jan@berg.example\nEls Dal\n\nPiet Kamp,piet@kamp.example\n");
    let run = desk.run("out", &["data.csv"], &["--no-header"]);
    assert_eq!(run.table("quarantine").column("line"), ["2"]);
    assert_eq!(run.table("crosswalk").len(), 2);
}

#[test]
fn sources_of_the_settings_may_be_patterns_and_every_command_reads_folders() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("exports")).unwrap();
    for (name, id) in [("north", "N1"), ("south", "S1")] {
        desk.file(&format!("exports/{name}.csv"), format!("Key,Who,Mail\n{id},Jan Berg,jan@berg.example\n"));
    }
    desk.file(
        "alike.toml",
        "[[source]]\nfile = 'exports/*.csv'\nid = 'Key'\ntrust = 3\n[source.columns]\nWho = 'full_name'\nMail = 'email'\n",
    );
    desk.alike().args(["check", "alike.toml"]).assert().success();
    desk.alike().args(["run", "-c", "alike.toml", "-o", "out", "-q"]).assert().success();
    let crosswalk = std::fs::read_to_string(desk.path("out/crosswalk.csv")).unwrap();
    assert!(crosswalk.contains("north,N1") && crosswalk.contains("south,S1"), "{crosswalk}");
    // A column that one of the files lacks is told of that file.
    desk.file("exports/south.csv", "Key,Name,Mail\nS1,Jan Berg,jan@berg.example\n");
    desk.alike().args(["check", "alike.toml"]).assert().code(2);
    desk.alike()
        .args(["run", "-c", "alike.toml", "-o", "out2"])
        .assert()
        .code(2)
        .stderr(predicates::str::contains("south.csv"));
    for command in [&["profile"][..], &["normalize"], &["init", "--json"]] {
        desk.alike().args(command).arg("exports").assert().success();
    }
}

/// As docs/formats.md tells it: the raw text, mended, below the headings of its file.
#[test]
fn quarantined_rows_can_be_mended_and_fed_back() {
    let desk = Desk::new();
    let file = desk.file("crm.csv", "id;name;city\n1;Jan Berg;Gent\n2;Els Dal\n3;An; Vos;Luik\n");
    let first = desk.run("out", std::slice::from_ref(&file), &[]);
    let quarantine = first.table("quarantine");
    assert_eq!(quarantine.column("line"), ["3", "4"]);
    let raw = quarantine.column("raw");
    assert_eq!(raw, ["2;Els Dal", "3;An; Vos;Luik"]);
    let mended = format!("id;name;city\n{};Aalst\n{}\n", raw[0], raw[1].replace("An; Vos", "\"An; Vos\""));
    let mended = desk.file("crm-mended.csv", mended);
    let second = desk.run("again", &[file, mended], &[]);
    let golden = second.table("golden").column("full_name").join("|");
    assert_eq!(golden, "Jan Berg|Els Dal|An; Vos");
    assert_eq!(second.table("crosswalk").column("source").join("|"), "crm|crm-mended|crm-mended");
}
