//! `alike profile`: the table, the files, findings, rules that stop, what changed since.

use crate::support::{Desk, samples};
use predicates::prelude::*;
use serde_json::Value;
use std::fs;

/// One of each kind of damage, lines 2 to 5.
const DAMAGED: &str = "\
Customer No.,First name,Last name,Company,Phone,Email,Postcode,City,Country,Birth date
1,JAN,DE VRIES,Zonnehof BV,4.91521E+11,jan@gmial.com,1067,Dresden,DE,29221
2,Piet,Bakker,Zonnehof BV,010 4123456 / 06 12345678,info@zonnehof.nl,3011AB,Rotterdam,NL,1980-02-31
3,test,xxx,n/a,010 4123456,kees@zonnehof.nl; a@b.nl,3011AB,Rotterdam,NL,1980-02-01
4,Kees,Smit,Zonnehof BV,010 4123456,kees@,3011AB,Rotterdam aan den Maas in Zuid-Holland,NL,1980-02-01
";

fn json(desk: &Desk, args: &[&str]) -> Value {
    let output = desk.alike().arg("profile").args(args).args(["--json", "-q"]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_table_fits_and_every_column_has_a_line() {
    let desk = Desk::new();
    for width in ["80", "120"] {
        let mut command = desk.alike();
        let output = command.env("COLUMNS", width).arg("profile").args(samples()).arg("-q").output().unwrap();
        assert!(output.status.success());
        assert!(output.stderr.is_empty(), "quiet tells nothing on the way");
        let quiet = output.stdout;
        let mut command = desk.alike();
        let output = command.env("COLUMNS", width).arg("profile").args(samples()).output().unwrap();
        assert_eq!(output.stdout, quiet, "the result is printed all the same");
        let text = String::from_utf8(output.stdout).unwrap();
        let width: usize = width.parse().unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        assert!(text.contains("business_central: 74 records") && text.contains("Findings"), "{text}");
        assert!(text.lines().any(|line| line.starts_with("Tussenv")), "{text}");
    }
}

#[test]
fn damage_is_found_with_line_and_value() {
    let desk = Desk::new();
    desk.file("crm.csv", DAMAGED);
    let quality = json(&desk, &["crm.csv"]);
    let findings = quality["findings"].as_array().unwrap();
    let example = |rule: &str, field: &str| {
        let found = findings.iter().find(|found| found["rule"] == rule && found["field"] == field);
        let found = found.unwrap_or_else(|| panic!("no {rule} of {field} in {findings:#?}"));
        assert!(found["advice"].as_str().is_some_and(|advice| !advice.is_empty()));
        (found["examples"][0]["line"].clone(), found["examples"][0]["value"].as_str().unwrap().to_string())
    };
    for (rule, field, line, value) in [
        ("spreadsheet_number", "phone", 2, "4.91521E+11"),
        ("typo_domain", "email", 2, "jan@gmial.com"),
        ("lost_zero", "postcode", 2, "1067"),
        ("serial_date", "birth_date", 2, "29221"),
        ("all_caps", "last_name", 2, "DE VRIES"),
        ("several_values", "phone", 3, "010 4123456 / 06 12345678"),
        ("role_mailbox", "email", 3, "info@zonnehof.nl"),
        ("invalid_date", "birth_date", 3, "1980-02-31"),
        ("junk_value", "last_name", 4, "xxx"),
        ("invalid_email", "email", 5, "kees@"),
        ("too_long", "city", 5, "Rotterdam aan den Maas in Zuid-Holland"),
    ] {
        assert_eq!(example(rule, field), (line.into(), value.to_string()), "{rule}");
    }
}

#[test]
fn a_run_has_the_same_profile_and_shows_it() {
    let desk = Desk::new();
    let file = desk.file("crm.csv", DAMAGED);
    let alone = json(&desk, &["crm.csv"]);
    let run = desk.run("out", &[file], &[]);
    assert_eq!(run.json("quality"), alone);
    let page = String::from_utf8(run.bytes("report.html")).unwrap();
    assert!(page.contains("power of ten") && page.contains("4.91521E+11"));
}

#[test]
fn the_profile_is_written_as_folder_or_file() {
    let desk = Desk::new();
    desk.file("crm.csv", DAMAGED);
    let profile = |out: &str| desk.alike().args(["profile", "crm.csv", "-o", out]).assert();
    profile("deep/quality").success();
    let page = fs::read_to_string(desk.path("deep/quality/quality.html")).unwrap();
    assert!(
        page.contains("jan@gmial.com")
            && !page.contains("<script")
            && !page.contains("http://")
            && !page.contains("https://")
    );
    let text = fs::read_to_string(desk.path("deep/quality/quality.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json(&desk, &["crm.csv"]));
    profile("only.json").success();
    profile("only.html").success();
    assert_eq!(fs::read_to_string(desk.path("only.json")).unwrap(), text);
    assert_eq!(fs::read_to_string(desk.path("only.html")).unwrap(), page);
    // A file that is there, and the folder of a run, are left alone.
    profile("crm.csv").code(2);
    desk.run("out", &["crm.csv"], &[]);
    profile("out").code(2).stderr(predicate::str::contains("the folder of a run"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(desk.path("only.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn text_of_files_is_no_command_to_terminal_or_page() {
    let desk = Desk::new();
    desk.file("crm.csv", "Name,City\n\u{1b}[31mred,<script>alert(1)</script>\n");
    let output = desk.alike().args(["profile", "crm.csv", "-o", "out"]).output().unwrap();
    assert!(!output.stdout.contains(&0x1b));
    assert!(!fs::read_to_string(desk.path("out/quality.html")).unwrap().contains("<script>"));
}

#[test]
fn a_broken_rule_stops_before_anything_is_written() {
    let desk = Desk::new();
    desk.file("crm.csv", DAMAGED);
    let rule = |severity: &str| {
        let text = format!(
            "[[source]]\nfile = 'crm.csv'\n[[quality.rule]]\nfield = 'email'\nmeasure = 'validity'\n\
             at_least = 0.95\nseverity = '{severity}'\n"
        );
        desk.file("alike.toml", text);
    };
    rule("error");
    let told =
        predicate::str::contains("crm: validity of email is 0.75, at least 0.95 is asked for (rule 1)");
    let run = || desk.alike().args(["run", "-c", "alike.toml", "-o", "out"]).assert();
    run().code(4).stdout("").stderr(told.clone());
    assert_eq!(desk.names().into_iter().collect::<Vec<_>>(), ["alike.toml", "crm.csv"]);
    // The profile shows why.
    let profile = || desk.alike().args(["profile", "-c", "alike.toml", "-o", "out.json"]).assert();
    profile().code(4).stdout(predicate::str::contains("invalid_email")).stderr(told.clone());
    assert!(desk.path("out.json").exists());
    rule("warning");
    profile().success().stderr(told.clone());
    run().success().stderr(told);
}

#[test]
fn what_changed_since_an_earlier_run_is_told() {
    let desk = Desk::new();
    let file = desk.file("crm.csv", DAMAGED);
    desk.run("out", &[file], &[]);
    let profile = |more: &[&str]| {
        desk.alike().args(["profile", "crm.csv", "-q", "--against", "out"]).args(more).output().unwrap()
    };
    let same: Value = serde_json::from_slice(&profile(&["--json"]).stdout).unwrap();
    assert_eq!(same["drift"]["sources"][0]["fields"], serde_json::json!([]));
    desk.file(
        "crm.csv",
        DAMAGED.replace("kees@,", "kees@zonnehof.nl,").replace("Country", "Land code X") + "5,,,,,,,,,\n",
    );
    let now: Value = serde_json::from_slice(&profile(&["--json"]).stdout).unwrap();
    let drift = &now["drift"]["sources"][0];
    assert_eq!((&drift["rows_before"], &drift["rows"]), (&4.into(), &5.into()));
    assert_eq!(drift["gone_columns"], serde_json::json!(["Country"]));
    let told = desk
        .alike()
        .args(["profile", "crm.csv", "--against", "out/quality.json", "-o", "new"])
        .assert()
        .success();
    told.stdout(
        predicate::str::contains("crm: 5 records, 4 before")
            .and(predicate::str::contains("valid 100 %, 75.0 % before")),
    );
    assert!(fs::read_to_string(desk.path("new/quality.html")).unwrap().contains("column is gone"));
    // What cannot be compared with is told before anything is read.
    let wrong =
        |path: &str| desk.alike().args(["profile", "crm.csv", "--against", path]).assert().code(3).stdout("");
    wrong("nowhere").stderr(predicate::str::contains("cannot compare with the profile `nowhere`"));
    wrong("crm.csv").stderr(predicate::str::contains("no profile of alike"));
    desk.file("alike.toml", "[[quality.rule]]\nmeasure = 'drift'\nat_most = 0.1\n");
    let gated =
        |more: &[&str]| desk.alike().args(["profile", "crm.csv", "-c", "alike.toml"]).args(more).assert();
    gated(&["--against", "out"]).code(4).stderr(predicate::str::contains("drift is 1, at most 0.1"));
    gated(&[]).success().stderr(predicate::str::contains("drift cannot be measured"));
}

#[test]
fn a_run_tells_what_changed_since_an_earlier_one_and_stops_where_a_rule_says_so() {
    let desk = Desk::new();
    let file = desk.file("crm.csv", DAMAGED);
    let before = desk.run("out", std::slice::from_ref(&file), &[]);
    assert_eq!(before.json("quality")["drift"], Value::Null);
    desk.file("crm.csv", DAMAGED.replace("kees@,", "kees@zonnehof.nl,") + "5,,,,,,,,,\n");
    let changed = "changed since the earlier run: crm: 5 records, 4 before";
    // Also against the folder that is replaced.
    for out in ["new", "out"] {
        let run = desk.run(out, std::slice::from_ref(&file), &["--against", "out"]);
        assert!(run.stderr().contains(changed), "{}", run.stderr());
        assert_eq!(run.json("quality")["drift"]["sources"][0]["rows_before"], 4);
        let page = String::from_utf8(run.bytes("report.html")).unwrap();
        assert!(page.contains("Changed since the earlier run") && page.contains("5 records, 4 before"));
    }
    let same = desk.run("same", &[file], &["--against", "out"]);
    assert!(same.stderr().contains("nothing changed in the data"), "{}", same.stderr());
    desk.file("crm.csv", DAMAGED);
    desk.file("alike.toml", "[[quality.rule]]\nmeasure = 'drift'\nat_most = 0.05\n");
    let run = |more: &[&str]| desk.alike().args(["run", "crm.csv", "-o", "gated"]).args(more).assert();
    run(&["--against", "same", "-c", "alike.toml"]).code(4).stderr(predicate::str::contains("drift is"));
    assert!(!desk.path("gated").exists());
    run(&["--against", "nowhere"])
        .code(3)
        .stderr(predicate::str::contains("cannot compare with the profile"));
    // Without a rule it is told, and stops nothing.
    run(&["--against", "same"]).success();
}

#[test]
fn what_reading_found_is_told_everywhere() {
    let desk = Desk::new();
    let mut text = b"Contacts of May\nexported,2024\n\
        No.,Name,City,E-mail\n1,Zo\xC3\xAB Berg,Gent,zoe@berg.example\n2,Ana\xC3\xAFs \xC3\x96zer,\xC3\x89vry,a@b.example\n"
        .to_vec();
    text.extend(b"3,Fran\xE7ois Dal,Li\xE8ge,f@dal.example\n4,\"Jan \"Johnny\" Vos\",#N/A,j@vos.example\n");
    text.extend("5,JosÃ© Smit,Gent,jose@smit.example\nNo.,Name,City,E-mail\nTotal: 5,,,\n".as_bytes());
    let file = desk.file("crm.csv", text);
    let run = desk.run("out", &[file], &[]);
    let quality = run.json("quality");
    let found: Vec<&str> = quality["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect();
    let page = String::from_utf8(run.bytes("report.html")).unwrap();
    for (rule, said) in [
        ("mojibake", "was garbled"),
        ("mixed_encoding", "each is read as what it is"),
        ("null_mark", "instead of a value"),
        ("stray_quote", "are not doubled"),
        ("repeated_heading", "the headings stand once more"),
        ("totals_line", "of totals"),
        ("preamble", "above the headings"),
    ] {
        assert!(found.contains(&rule), "{rule}: {found:?}");
        assert!(run.stderr().contains(said), "{rule}: {}", run.stderr());
        assert!(page.contains(said), "{rule} in the report");
    }
    let golden = run.table("golden");
    for name in ["Zoë Berg", "Anaïs Özer", "François Dal", "José Smit"] {
        assert!(golden.column("full_name").contains(&name), "{name}");
    }
    // Set aside as no records, told apart from what cannot be read.
    let reasons = run.table("quarantine").column("reason").join("|");
    assert_eq!(reasons, "it is the headings once more|it is a line of totals, or the end of a report");
}
