//! Files as a person names them: folders, patterns, the standard input.

use crate::support::Desk;

const PEOPLE: &str = "id,name,email\n1,Jan Berg,jan@berg.example\n2,Els Dal,els@dal.example\n";
const CARDS: &str =
    "BEGIN:VCARD\nVERSION:3.0\nUID:u1\nFN:Jan Berg\nN:Berg;Jan;;;\nEMAIL:jan@berg.example\nEND:VCARD\n";

fn sources(run: &crate::support::Folder) -> Vec<String> {
    run.table("crosswalk").column("source").iter().map(|source| source.to_string()).collect()
}

#[test]
fn a_folder_and_a_pattern_are_their_files() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("exports/old")).unwrap();
    desk.file("exports/b.csv", PEOPLE);
    desk.file("exports/a.vcf", CARDS);
    desk.file("exports/notes.md", "# Notes");
    desk.file("exports/.c.csv", PEOPLE);
    let run = desk.run("out", &["exports"], &[]);
    assert_eq!(sources(&run), ["a", "b", "b"]);
    for passed_over in ["notes.md", ".c.csv", "old"] {
        assert!(run.stderr().contains(passed_over), "{passed_over}: {}", run.stderr());
    }
    let run = desk.run("out2", &["exports/*.csv"], &[]);
    assert_eq!(sources(&run), ["b", "b"]);
    let run = desk.run("out3", &["cards=exports/*.vcf", "crm=exports/b.csv"], &[]);
    assert_eq!(sources(&run), ["cards", "crm", "crm"]);
    let two = desk.alike().args(["run", "x=exports"]).assert().code(2).get_output().clone();
    assert!(String::from_utf8_lossy(&two.stderr).contains("2 files"));
    desk.alike().args(["init", "exports", "-o", "alike.toml"]).assert().success();
    let run = desk.alike().args(["run", "-c", "alike.toml", "-o", "out4"]).assert().success();
    assert!(String::from_utf8_lossy(&run.get_output().stdout).contains("together  3 = "), "{run:?}");
}

#[test]
fn the_standard_input_is_a_source_that_can_be_read_once() {
    let desk = Desk::new();
    desk.file("cards.vcf", CARDS);
    desk.alike().args(["run", "-", "cards.vcf", "-o", "out"]).write_stdin(PEOPLE).assert().success();
    let crosswalk = std::fs::read_to_string(desk.path("out/crosswalk.csv")).unwrap();
    assert!(crosswalk.contains("stdin,1,") && crosswalk.contains("cards,u1,"), "{crosswalk}");
    let explained = desk.alike().args(["explain", "out", "stdin:1", "u1"]).assert().code(3);
    let text = String::from_utf8_lossy(&explained.get_output().stderr).into_owned();
    assert!(text.contains("`stdin`") && text.contains("cannot be read again"), "{text}");
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(desk.path("out/manifest.json")).unwrap()).unwrap();
    assert_eq!(
        (manifest["inputs"][0]["path"].as_str(), manifest["inputs"][0]["bytes"].as_u64()),
        (Some("-"), Some(PEOPLE.len() as u64))
    );
    // The name is free; twice is once too often.
    desk.alike().args(["run", "crm=-", "-o", "named"]).write_stdin(PEOPLE).assert().success();
    assert!(std::fs::read_to_string(desk.path("named/crosswalk.csv")).unwrap().contains("crm,1,"));
    desk.alike().args(["run", "a=-", "b=-"]).write_stdin(PEOPLE).assert().code(2);
    desk.alike().args(["run", "-"]).write_stdin("").assert().code(3);
    // Settings made from it have the name, and get the file when they are used.
    desk.alike().args(["init", "crm=-", "-o", "alike.toml"]).write_stdin(PEOPLE).assert().success();
    desk.alike()
        .args(["run", "-c", "alike.toml", "crm=-", "-o", "again"])
        .write_stdin(PEOPLE)
        .assert()
        .success();
}
