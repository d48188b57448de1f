use super::super::encoding::Found;
use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Result<Parsed, IngestError> {
    let found = Found::known(crate::config::Charset::Web(encoding_rs::UTF_8), 0);
    parse(text.as_bytes(), false, &Request { bytes: text.as_bytes(), found, path: "a.json", source: "a" })
}

/// Headings, then one line a record, cells joined by `|`.
fn table(text: &str) -> String {
    let read = read(text).expect("reads");
    let mut lines = vec![read.gathered.headings.join("|")];
    for row in 0..read.gathered.lines.len() as u32 {
        let cells: Vec<&str> = read.gathered.columns.iter().map(|column| column.get(row)).collect();
        lines.push(cells.join("|"));
    }
    lines.join("\n")
}

#[test]
fn a_list_of_objects_is_a_table_with_what_is_nested_named_by_its_path() {
    let text = r#"[{"id": 1, "name": "Zo\u00eb \"Z\"", "address": {"city": "Delft", "at": {"lat": 52.0110}}, "tags": ["a", "b"]},
        {"name": null, "id": 2, "emails": [{"value": "a@b.example"}, {"value": "c@d.example"}], "ok": true}]"#;
    assert_eq!(
        table(text),
        "id|name|address.city|address.at.lat|tags|emails.1.value|emails.2.value|ok\n\
         1|Zoë \"Z\"|Delft|52.0110|a;b|||\n\
         2|||||a@b.example|c@d.example|true"
    );
}

#[test]
fn numbers_stay_as_they_are_written() {
    assert_eq!(
        table(r#"[{"a": 12345678901234567890, "b": 1e10, "c": -0.50}]"#),
        "a|b|c\n12345678901234567890|1e10|-0.50"
    );
}

#[test]
fn one_object_a_line_knows_its_line_and_a_broken_one_is_quarantined() {
    let read = read("\n{\"a\": 1}\n\n{\"a\": 2\n{\"a\": 3}\n[4]\n{\"a\": \"\\ud800\"}\n{}\n").expect("reads");
    assert_eq!((read.format, &read.gathered.lines[..]), ("jsonl", &[2, 5][..]));
    let seen: Vec<(u32, &str)> = read.quarantine.iter().map(|row| (row.line, row.reason.as_str())).collect();
    assert_eq!(read.quarantine[0].raw, "{\"a\": 2");
    for ((line, reason), (at, word)) in
        seen.iter().zip([(4, "column 7"), (6, "not an object"), (7, "`a`"), (8, "empty")])
    {
        assert!(*line == at && reason.contains(word), "{seen:?}");
    }
    assert_eq!(seen.len(), 4);
    // The first line may be the broken one.
    let text = "{\"a\": 1,}\n{\"a\": 2}\n";
    assert_eq!(table(text), "a\n2");
}

#[test]
fn objects_over_several_lines_may_follow_each_other() {
    let text = "{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n";
    assert_eq!(table(text), "a\n1\n2");
    assert_eq!(read(text).expect("reads").gathered.lines, [1, 4]);
}

#[test]
fn an_answer_of_a_service_is_its_list() {
    let text = r#"{"@odata.context": "https://x.example/$metadata", "@odata.count": 7, "total": 7,
        "value": [{"@odata.etag": "W/\"1\"", "number": "C001"}, {"number": "C002"}],
        "@odata.nextLink": "https://x.example/?page=2"}"#;
    assert_eq!(table(text), "@odata.etag|number\nW/\"1\"|C001\n|C002");
    let findings = read(text).expect("reads").findings;
    let rules: Vec<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, ["more_pages", "beside_the_list"]);
    assert_eq!(findings[1].examples, ["total: 7"]);
    assert_eq!(table(r#"{"d": {"results": [{"a": 1}]}}"#), "a\n1");
    assert_eq!(table(r#"{"value": []}"#), "");
    let pages =
        |text: &str| read(text).expect("reads").findings.iter().any(|finding| finding.rule == "more_pages");
    assert!(pages(r#"{"d": {"results": [{"a": 1}], "__next": "https://x.example"}}"#));
    assert!(pages(r#"{"results": [{"a": 1}], "paging": {"next": {"after": "52"}}}"#));
    assert!(!pages(r#"{"results": [{"a": 1}], "next": null}"#));
    // Objects under keys of their own.
    assert_eq!(table(r#"{"C1": {"a": 1}, "C2": {"a": 2, "key": 3}}"#), "key|a|@key\nC1|1|\n3|2|C2");
    // No list: one contact.
    assert_eq!(table(r#"{"name": "Jan", "home": {"city": "Gent"}}"#), "name|home.city\nJan|Gent");
}

#[test]
fn what_holds_no_one_list_is_refused_with_the_place_or_the_names() {
    let error = |text: &str| read(text).expect_err("cannot be read").to_string();
    assert!(
        error("[{\"a\": 1},\n {\"a\": 2\n").contains("line 3, column 0"),
        "{}",
        error("[{\"a\": 1},\n {\"a\": 2\n")
    );
    assert!(error("[{\"a\": 1},\n {\"a\" 2}]").contains("line 2, column 7"));
    assert!(error("[{\"a\": 1}] x").contains("line 1, column 12"));
    assert!(error(r#"{"a": [{"x": 1}], "b": [{"x": 2}]}"#).contains("(`a`, `b`)"));
    assert!(error(r#"[["name", "city"], ["Jan", "Gent"]]"#).contains("not of objects"));
    let keys =
        |from: usize| (from..from + 2_000).map(|n| format!("\"k{n}\": 1")).collect::<Vec<_>>().join(",");
    let own: Vec<String> = (0..10).map(|nth| format!("{{{}}}", keys(nth * 2_000))).collect();
    assert!(error(&own.join("\n")).contains("different columns"));
}

#[test]
fn keys_that_repeat_lose_no_value() {
    let text = r#"[{"a": 1, "a": 2, "b.c": 3, "b": {"c": 4}, "": 5}, {"a": 6}]"#;
    assert_eq!(table(text), "a|a (2)|b.c|b.c (2)|column 5\n1|2|3|4|5\n6||||");
}

#[test]
fn a_record_with_too_many_values_is_quarantined() {
    let many: Vec<String> = (0..20_000).map(|_| "\"a\": 1".to_string()).collect();
    let read = read(&format!("[{{{}}}, {{\"a\": 1}}]", many.join(","))).expect("reads");
    assert_eq!(read.gathered.lines, [2]);
    assert!(read.quarantine[0].reason.contains("16,384"));
}

#[test]
fn what_is_nested_too_deep_is_kept_as_text() {
    let text = format!("[{{\"a\": {}1{}}}]", "[".repeat(100_000), "]".repeat(100_000));
    let read = read(&text).expect("reads");
    assert_eq!(read.gathered.columns.len(), 1);
    assert!(read.gathered.columns[0].get(0).starts_with("[[[["));
}

#[test]
fn many_batches_keep_their_order() {
    let lines: Vec<String> = (0..20_000).map(|n| format!("{{\"n\": {n}}}")).collect();
    let one = read(&lines.join("\n")).expect("reads");
    let other = read(&format!("[{}]", lines.join(",\n"))).expect("reads");
    assert_eq!((one.format, other.format), ("jsonl", "json"));
    for read in [one, other] {
        assert!((0..20_000).all(|n| {
            read.gathered.columns[0].get(n) == n.to_string() && read.gathered.lines[n as usize] == n + 1
        }));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(bytes in proptest::collection::vec(prop_oneof![
        8 => proptest::sample::select(vec!["{", "}", "[", "]", "\"a\"", ":", ",", "1", "null", "\n", " ", "\"vcard\"", "\"\\u12", "{}", "[{\"a\":1}]", "{\"value\":"])
            .prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..4)], 0..40)) {
        let bytes = bytes.concat();
        let found = Found::known(crate::config::Charset::Web(encoding_rs::UTF_8), 0);
        let _ = parse(&bytes, false, &Request { bytes: &bytes, found, path: "a.json", source: "a" });
    }

    #[test]
    // The first line, which tells that lines are objects, stays whole.
    fn every_mangled_line_is_a_record_or_in_quarantine(at in 50usize..400, byte in any::<u8>()) {
        let lines: Vec<String> = (0..20).map(|n| format!("{{\"name\": \"Zo\u{eb} {n}\", \"n\": {n}, \"tags\": [\"a\"]}}")).collect();
        let mut bytes = lines.join("\n").into_bytes();
        bytes[at] = byte;
        let filled = bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        let found = Found::known(crate::config::Charset::Web(encoding_rs::UTF_8), 0);
        let read = parse(&bytes, false, &Request { bytes: &bytes, found, path: "a.jsonl", source: "a" }).expect("lines");
        prop_assert_eq!(read.gathered.lines.len() + read.quarantine.len(), filled);
    }
}
