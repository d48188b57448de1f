//! An edit in the page is the same edit in the tables, it is durable, and nobody's is lost.

use super::server::{Server, ids, sample};
use crate::support::Desk;
use crate::support::editing::Edited;
use serde_json::{Value, json};
use std::fs;

fn dry_run(desk: &Desk) -> String {
    let done = desk.alike().args(["apply", "out", "--dry-run", "--quiet"]).assert().success();
    drop(done);
    let done = desk.alike().args(["apply", "out", "--dry-run"]).assert().success();
    String::from_utf8_lossy(&done.get_output().stdout).into_owned()
}

/// A decision on one proposal in every way there is: what the page sends, and what people write.
fn every_way(server: &Server, review: &[(String, usize)]) -> Vec<String> {
    let three: Vec<&str> =
        review.iter().filter(|(_, records)| *records > 2).map(|(id, _)| id.as_str()).collect();
    let two: Vec<&str> =
        review.iter().filter(|(_, records)| *records == 2).map(|(id, _)| id.as_str()).collect();
    let ok = |answer: super::server::Answer| assert_eq!(answer.status, 200, "{}", answer.body);
    ok(server.edit(two[0], "anna", |wish| wish["verdict"] = json!("merge")));
    ok(server.edit(two[1], "anna", |wish| wish["verdict"] = json!("apart")));
    ok(server.edit(two[2], "anna", |wish| {
        wish["verdict"] = json!("hold");
        wish["comment"] = json!("ask");
    }));
    ok(server.edit(three[0], "anna", |wish| {
        wish["verdict"] = json!("merge");
        let out = wish["survivors"].as_array().unwrap().iter().position(|is| is == false).unwrap();
        wish["groups"][out] = json!(0);
        wish["overrides"]["city"] = json!("Typed City");
    }));
    [two[0], two[1], two[2], three[0]].map(str::to_string).to_vec()
}

#[test]
fn apply_takes_what_the_page_saved_as_if_it_stood_in_the_tables() {
    let desk = Desk::new();
    let run = sample(&desk, &[]);
    let server = Server::start(&run.path, &[]);
    every_way(&server, &ids(&run, "review"));
    server.kill();
    let page = dry_run(&desk);
    assert!(page.contains("2 decided by you"), "{page}");
    assert!(page.contains("1 typed"), "{page}");
    // Write the same into the tables themselves, by way of a workbook.
    desk.alike().args(["review", "out", "--sheet", "out.xlsx"]).assert().success();
    let edits = fs::read_to_string(run.path.join("edits.jsonl")).unwrap();
    write_into_tables(&run, &edits);
    fs::remove_file(run.path.join("edits.jsonl")).unwrap();
    let without_id =
        |text: &str| text.lines().filter(|line| !line.contains("C-")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_id(&dry_run(&desk)), without_id(&page));
}

/// Writes the cells of the edits into `proposals.csv` and `plan.csv`, as a person would.
fn write_into_tables(run: &crate::support::Folder, edits: &str) {
    let mut cells: Vec<(String, Value)> = Vec::new();
    for line in edits.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let Some(of) = line["cells"].as_array() else { continue };
        cells.retain(|(id, _)| *id != line["proposal"]);
        cells.extend(of.iter().map(|cell| (line["proposal"].as_str().unwrap().to_string(), cell.clone())));
    }
    for (name, is_plan) in [("proposals", false), ("plan", true)] {
        let mut table = Edited::open(&run.path.join(format!("{name}.csv")));
        if !is_plan {
            table.header.push("comment".into());
            table.rows.iter_mut().for_each(|row| row.push(String::new()));
        }
        for (id, cell) in cells.iter().filter(|(_, cell)| cell["field"].is_string() == is_plan) {
            let text = |name: &str| cell[name].as_str().unwrap_or_default();
            let key = match is_plan {
                true => vec![("proposal_id", id.as_str()), ("field", text("field"))],
                false => {
                    vec![
                        ("proposal_id", id.as_str()),
                        ("source", text("source")),
                        ("record_id", text("record_id")),
                    ]
                }
            };
            let rows = table.find(&key);
            assert_eq!(rows.len(), 1, "{key:?}");
            table.set(rows[0], text("column"), text("is"));
        }
        table.save();
    }
}

#[test]
fn a_stale_edit_is_refused_with_what_the_other_did() {
    let desk = Desk::new();
    let run = sample(&desk, &[]);
    let server = Server::start(&run.path, &[]);
    let id = &ids(&run, "review")[0].0;
    let seen = server.proposal(id);
    assert_eq!(server.edit(id, "anna", |wish| wish["verdict"] = json!("apart")).status, 200);
    let mut wish = seen["wish"].clone();
    wish["verdict"] = json!("merge");
    let late = server.post(
        "/api/edit",
        &json!({ "id": id, "version": seen["version"], "wish": wish, "by": "bob", "window": "b" }),
    );
    assert_eq!(late.status, 409);
    let told = late.json();
    assert_eq!(told["proposal"]["history"][0]["by"], "anna");
    assert_eq!(told["proposal"]["wish"]["verdict"], "apart");
    // Knowing it, he may.
    assert_eq!(server.edit(id, "bob", |wish| wish["verdict"] = json!("open")).status, 200);
    let changes = server.get("/api/changes?since=0").json();
    assert_eq!(changes["edits"].as_array().unwrap().len(), 2);
}

#[test]
fn a_killed_server_loses_nothing_and_undo_still_works() {
    let desk = Desk::new();
    let run = sample(&desk, &[]);
    let server = Server::start(&run.path, &[]);
    let decided = every_way(&server, &ids(&run, "review"));
    let before: Vec<Value> = decided.iter().map(|id| server.proposal(id)["wish"].clone()).collect();
    server.kill();
    // The power went while a line was written.
    let path = run.path.join("edits.jsonl");
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend_from_slice(b"{\"n\":99,\"proposal\":\"P-");
    fs::write(&path, bytes).unwrap();
    let server = Server::start(&run.path, &[]);
    let after: Vec<Value> = decided.iter().map(|id| server.proposal(id)["wish"].clone()).collect();
    assert_eq!(after, before);
    // What was done last is taken back first, and only by the window that did it.
    assert_eq!(server.post("/api/undo", &json!({ "window": "bob" })).status, 404);
    let undone = server.post("/api/undo", &json!({ "window": "anna", "by": "anna" }));
    assert_eq!(undone.json()["proposal"]["id"], decided[3].as_str());
    let undone = server.post("/api/undo", &json!({ "window": "anna", "by": "anna" }));
    assert_eq!(undone.json()["proposal"]["id"], decided[2].as_str());
    assert_eq!(server.proposal(&decided[2])["wish"]["verdict"], "open");
    assert_eq!(server.proposal(&decided[1])["wish"]["verdict"], "apart");
}

#[test]
fn edits_of_one_proposal_are_taken_back_one_by_one() {
    let desk = Desk::new();
    let run = sample(&desk, &[]);
    let server = Server::start(&run.path, &[]);
    let id = &ids(&run, "review")[0].0;
    let first = server.proposal(id)["wish"].clone();
    assert_eq!(server.edit(id, "anna", |wish| wish["overrides"]["city"] = json!("Typed City")).status, 200);
    let second = server.proposal(id)["wish"].clone();
    assert_eq!(server.edit(id, "anna", |wish| wish["verdict"] = json!("merge")).status, 200);
    for wish in [second, first] {
        let undone = server.post("/api/undo", &json!({ "window": "anna", "by": "anna" }));
        assert_eq!(undone.status, 200, "{}", undone.body);
        assert_eq!(server.proposal(id)["wish"], wish);
    }
    assert_eq!(server.post("/api/undo", &json!({ "window": "anna" })).status, 404);
}

#[test]
fn mistakes_are_told_and_nothing_is_saved() {
    let desk = Desk::new();
    let run = sample(&desk, &[]);
    let server = Server::start(&run.path, &[]);
    let id = &ids(&run, "review")[0].0;
    for change in [
        |wish: &mut Value| wish["overrides"]["id"] = json!("X"),
        |wish: &mut Value| wish["overrides"]["nothing"] = json!("X"),
        |wish: &mut Value| {
            wish["verdict"] = json!("apart");
            wish["overrides"]["city"] = json!("X");
        },
        |wish: &mut Value| wish["groups"] = json!([1]),
        |wish: &mut Value| wish["survivors"].as_array_mut().unwrap().fill(json!(true)),
    ] {
        let answer = server.edit(id, "anna", change);
        assert_eq!(answer.status, 422, "{}", answer.body);
        assert!(!answer.json()["why"].as_str().unwrap().is_empty());
    }
    assert_eq!(server.proposal(id)["version"], 0);
    assert_eq!(fs::read(run.path.join("edits.jsonl")).unwrap(), b"");
}

#[test]
fn the_store_holds_what_the_page_shows() {
    let desk = Desk::new();
    let run = sample(&desk, &["--state", "state"]);
    let state = desk.path("state");
    let server = Server::start(&run.path, &["--state", state.to_str().unwrap()]);
    let decided = every_way(&server, &ids(&run, "review"));
    let held = |kind: &str| {
        let listed = desk.alike().args(["decisions", "list", "--state", "state"]).assert().success();
        let text = String::from_utf8_lossy(&listed.get_output().stdout).into_owned();
        text.lines().filter(|line| line.contains(kind)).count()
    };
    assert_eq!((held("merge"), held("hold"), held("value")), (2, 1, 1));
    let apart = held("keep_apart");
    assert!(apart >= 2, "{apart}");
    // Another answer takes the place of the first; taking back takes it out of the store.
    assert_eq!(server.edit(&decided[1], "anna", |wish| wish["verdict"] = json!("merge")).status, 200);
    assert_eq!((held("merge"), held("keep_apart")), (3, apart - 1));
    for _ in 0..2 {
        assert_eq!(server.post("/api/undo", &json!({ "window": "anna", "by": "anna" })).status, 200);
    }
    assert_eq!((held("merge"), held("keep_apart"), held("value")), (1, 1, 0));
    // Tables that say no more than the store give nothing new.
    server.kill();
    let told = desk
        .alike()
        .args(["review", "out", "--import", "out/proposals.csv", "--by", "anna"])
        .assert()
        .success();
    let told = String::from_utf8_lossy(&told.get_output().stdout).into_owned();
    assert!(told.contains("No new decisions"), "{told}");
    // A later run keeps to them.
    let again = desk.run("again", &crate::support::samples(), &["--state", "state"]);
    assert_eq!(again.json("manifest")["decisions"]["in_force"], 3);
}

#[test]
fn what_contradicts_the_store_is_refused_and_undone() {
    let desk = Desk::new();
    let run = sample(&desk, &["--state", "state"]);
    let state = desk.path("state");
    let server = Server::start(&run.path, &["--state", state.to_str().unwrap()]);
    let id = &ids(&run, "review")[0].0;
    assert_eq!(server.edit(id, "anna", |wish| wish["verdict"] = json!("merge")).status, 200);
    let refused = server.edit(id, "bob", |wish| wish["verdict"] = json!("apart"));
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(refused.json()["why"].as_str().unwrap().contains("anna"), "{}", refused.body);
    assert_eq!(server.proposal(id)["wish"]["verdict"], "merge");
    server.kill();
    let server = Server::start(&run.path, &["--state", state.to_str().unwrap()]);
    assert_eq!(server.proposal(id)["wish"]["verdict"], "merge");
}

#[test]
fn edits_made_without_a_store_go_into_one_that_is_named_later() {
    let desk = Desk::new();
    let run = sample(&desk, &[]);
    let server = Server::start(&run.path, &[]);
    every_way(&server, &ids(&run, "review"));
    server.kill();
    let state = desk.path("state");
    for _ in 0..2 {
        Server::start(&run.path, &["--state", state.to_str().unwrap()]).kill();
        let listed = desk.alike().args(["decisions", "list", "--state", "state", "--all"]).assert().success();
        let text = String::from_utf8_lossy(&listed.get_output().stdout).into_owned();
        assert_eq!(text.lines().filter(|line| line.contains("merge")).count(), 2, "{text}");
    }
}

#[test]
fn many_are_decided_at_once_only_as_previewed_and_confirmed() {
    let desk = Desk::new();
    let run = sample(&desk, &[]);
    let server = Server::start(&run.path, &[]);
    let review = ids(&run, "review");
    let body = |typed: Option<&str>, digest: &str| json!({ "filter": { "lane": "review" }, "verdict": "merge", "typed": typed, "digest": digest, "window": "anna" });
    let preview = server.post("/api/bulk", &body(None, "")).json();
    assert_eq!(preview["count"], review.len());
    let digest = preview["digest"].as_str().unwrap();
    let count = review.len().to_string();
    assert_eq!(server.post("/api/bulk", &body(Some("1"), digest)).status, 422);
    assert_eq!(server.post("/api/bulk", &body(Some(&count), "0")).status, 409);
    // Somebody decides on one of them in the meantime.
    assert_eq!(server.edit(&review[0].0, "bob", |wish| wish["verdict"] = json!("hold")).status, 200);
    assert_eq!(server.post("/api/bulk", &body(Some(&count), digest)).status, 409);
    let preview = server.post("/api/bulk", &body(None, "")).json();
    assert_eq!(
        (preview["count"].as_u64().unwrap() as usize, &preview["decided"]),
        (review.len() - 1, &json!(1))
    );
    let count = (review.len() - 1).to_string();
    let done = server.post("/api/bulk", &body(Some(&count), preview["digest"].as_str().unwrap()));
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(server.proposal(&review[0].0)["wish"]["verdict"], "hold");
    assert_eq!(server.get("/api/start").json()["progress"]["review"]["open"], 0);
    // One step takes all of it back, but what somebody edited since.
    assert_eq!(server.edit(&review[1].0, "bob", |wish| wish["comment"] = json!("mine now")).status, 200);
    let undone = server.post("/api/undo", &json!({ "window": "anna" })).json();
    assert_eq!(undone["count"].as_u64().unwrap() as usize, review.len() - 2);
    assert_eq!(server.proposal(&review[1].0)["wish"]["verdict"], "merge");
}

#[test]
fn the_queue_is_filtered_ordered_and_cut_into_pages() {
    let desk = Desk::new();
    let run = sample(&desk, &[]);
    let server = Server::start(&run.path, &[]);
    let ask = |filter: Value, more: &str| {
        let filter: String = filter.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        server.get(&format!("/api/queue?filter={filter}&{more}")).json()
    };
    let all = ask(json!({}), "count=200");
    let total = ["auto", "review", "hold"].map(|lane| ids(&run, lane).len()).iter().sum::<usize>();
    assert_eq!(all["all"], total);
    let page = ask(json!({}), "from=5&count=3");
    assert_eq!(page["rows"], json!(all["rows"].as_array().unwrap()[5..8]));
    for lane in ["auto", "review", "hold"] {
        assert_eq!(ask(json!({ "lane": lane }), "count=1")["all"], ids(&run, lane).len(), "{lane}");
    }
    let none = ask(json!({ "search": "nobody is called so" }), "count=1");
    assert_eq!(none["all"], 0);
    // Accents and case do not matter.
    let label = all["rows"].as_array().unwrap().iter().map(|row| row["label"].as_str().unwrap());
    let accented = label.clone().find(|label| !label.is_ascii()).unwrap();
    assert!(ask(json!({ "search": accented.to_uppercase() }), "count=1")["all"].as_u64().unwrap() >= 1);
    let sure = ask(json!({ "from": 0.9, "to": 0.99 }), "count=200");
    assert!(sure["rows"].as_array().unwrap().iter().all(|row| {
        let p = row["probability"].as_f64().unwrap();
        (0.9..=0.99).contains(&p)
    }));
    assert_eq!(server.get("/api/queue?filter=nonsense").status, 400);
}
