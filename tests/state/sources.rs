//! Sources with different rhythms: what is absent, changed, late or missing means what is said of it.

use super::{HEAD, Nights, PEOPLE, csv, golden, night};

/// The sources of a night by name: what each brought.
fn brought(folder: &crate::support::Folder) -> Vec<(String, String)> {
    let of = |source: &serde_json::Value| {
        (source["source"].as_str().unwrap().to_string(), source["what"].as_str().unwrap().to_string())
    };
    night(folder)["sources"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn what_a_full_snapshot_lacks_is_retired() {
    let mut nights = Nights::new();
    nights.run(csv(&PEOPLE), &[]);
    let second = nights.run(csv(&PEOPLE[2..]), &[]);
    assert_eq!(night(&second)["counts"]["retired"], 2);
    assert_eq!(golden(&second).len(), 12);
    assert!(second.stdout().contains("2 retired"), "{}", second.stdout());
}

#[test]
fn a_source_that_brings_nothing_keeps_its_records_until_it_is_forgotten() {
    let mut nights = Nights::new();
    nights.desk.file("crm.csv", csv(&PEOPLE[..8]));
    nights.desk.file("shop.csv", csv(&PEOPLE[4..]));
    let first = golden(&nights.run_files(&["crm.csv", "shop.csv"], &[]));
    assert_eq!(first["crm:5"], first["shop:5"], "one person in two sources");
    // Not named, and named but not there.
    let second = nights.run_files(&["crm.csv"], &[]);
    assert_eq!(golden(&second), first);
    assert_eq!(brought(&second), [("crm".into(), "unchanged".into()), ("shop".into(), "missing".into())],);
    assert!(second.stdout().contains("`shop` brought nothing tonight"), "{}", second.stdout());
    std::fs::remove_file(nights.desk.path("crm.csv")).unwrap();
    let third = nights.run_files(&["crm.csv", "shop.csv"], &[]);
    assert_eq!(golden(&third), first);
    assert_eq!(brought(&third)[0].1, "missing");
    // The run folder can be applied: what was not there tonight is read from where it is kept.
    nights.desk.alike().args(["apply", "out3"]).assert().success();
    nights.said(&["check"]);
    nights.said(&["forget", "shop"]);
    let fourth = nights.run_files(&["crm.csv"], &[]);
    assert_eq!(golden(&fourth).len(), 8);
    assert_eq!(night(&fourth)["counts"]["retired"], 10);
    nights.said(&["check"]);
    nights.state(&["forget", "nobody"]).code(2);
}

const DELTA: &str = "[[source]]\nfile = \"crm.csv\"\nid = \"id\"\nmode = \"delta\"\nversion = \"changed_at\"\n\
    deleted = { column = \"change\", values = [\"D\", \"deleted\"] }\n";

fn delta(rows: &[[&str; 7]]) -> String {
    let rows: String = rows.iter().map(|row| row.join(",") + "\n").collect();
    format!("{HEAD},changed_at,change\n{rows}")
}

#[test]
fn a_delta_adds_changes_and_deletes_and_leaves_the_others() {
    let mut nights = Nights::new();
    nights.desk.file("alike.toml", DELTA);
    let base: Vec<[&str; 7]> =
        PEOPLE.iter().map(|[a, b, c, d, e]| [*a, *b, *c, *d, *e, "2026-05-01", "I"]).collect();
    let with = ["-c", "alike.toml"];
    let first = nights.run(delta(&base), &with);
    assert_eq!(golden(&first).len(), 14);
    assert!(!first.table("golden").header.contains(&"change".to_string()), "the marker is no field");
    let changes = [
        ["13", "", "", "", "", "2026-05-02", "deleted"],
        ["14", "Eva", "Lange", "eva.lang@post.example", "Ulm", "2026-05-02", "U"],
        ["15", "Bo", "Jansen", "bo@jansen.example", "Ede", "2026-05-02", "I"],
        ["", "No", "Body", "no@body.example", "Ede", "2026-05-02", "I"],
    ];
    let second = nights.run(delta(&changes), &with);
    let ids = golden(&second);
    assert_eq!(ids.len(), 14);
    assert!(!ids.contains_key("crm:13") && ids.contains_key("crm:15"));
    assert_eq!(ids["crm:14"], golden(&first)["crm:14"]);
    let quarantine = second.table("quarantine");
    assert_eq!(quarantine.len(), 1, "a change without an id changes nobody");
    assert!(second.stdout().contains("2 rows new or changed, 1 deleted"), "{}", second.stdout());
    let city = |folder: &crate::support::Folder, id: &str| {
        let golden = folder.table("golden");
        let row = golden.rows().find(|row| row["id"] == id).map(|row| row["last_name"].to_string());
        row.unwrap()
    };
    assert_eq!(city(&second, "14"), "Lange");
    // A file that comes late, and one that comes twice, change nothing.
    let late = [["14", "Eva", "Old", "eva.lang@post.example", "Ulm", "2026-04-01", "U"]];
    let third = nights.run(delta(&late), &with);
    assert_eq!(city(&third, "14"), "Lange");
    assert!(third.stdout().contains("1 older than what is known"), "{}", third.stdout());
    let fourth = nights.run(delta(&changes), &with);
    assert_eq!(golden(&fourth), ids);
    assert_eq!(night(&fourth)["counts"]["changed"], 0);
    // No file tonight.
    std::fs::remove_file(nights.desk.path("crm.csv")).unwrap();
    let fifth = nights.run_files(&[], &with);
    assert_eq!(golden(&fifth), ids);
    nights.said(&["check"]);
}

#[test]
fn a_delta_must_say_what_identifies_a_record_and_have_its_columns() {
    let mut nights = Nights::new();
    nights.desk.file("alike.toml", "[[source]]\nfile = \"crm.csv\"\nmode = \"delta\"\n");
    nights.desk.file("crm.csv", csv(&PEOPLE));
    let run = ["run", "-c", "alike.toml", "--state", "state", "-o", "out"];
    let told = |nights: &Nights| {
        let refused = nights.desk.alike().args(run).assert().code(2);
        String::from_utf8_lossy(&refused.get_output().stderr).into_owned()
    };
    assert!(told(&nights).contains("id = "));
    nights.desk.file("alike.toml", DELTA);
    assert!(told(&nights).contains("no column `change`"));
    // A run that failed is noted, and leaves nothing else.
    assert_eq!(nights.runs().len(), 2);
    assert!(nights.runs().iter().all(|run| run["good"] == false));
    nights.desk.file("alike.toml", "[[source]]\nfile = \"crm.csv\"\nid = \"id\"\nmode = \"delta\"\n");
    let without = ["run", "-c", "alike.toml", "-o", "out"];
    let refused = nights.desk.alike().args(without).assert().code(2);
    assert!(
        String::from_utf8_lossy(&refused.get_output().stderr).contains("--state"),
        "a delta needs a state"
    );
    nights.last += 1;
    nights.run(csv(&PEOPLE), &["-c", "alike.toml"]);
}
