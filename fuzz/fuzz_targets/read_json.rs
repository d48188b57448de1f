//! JSON, JSON Lines and jCard. Where another reader takes the text for a list of objects, every one of them is told.
#![no_main]

use alike::config::SourceSettings;
use alike_fuzz::reading::read;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Some(read) = read(data, SourceSettings::default()) else { return };
    let facts = &read.files[0];
    let objects = match facts.format.as_str() {
        "json" => match serde_json::from_slice(data) {
            Ok(Value::Array(list)) if list.iter().all(Value::is_object) => list.len(),
            _ => return,
        },
        _ => return,
    };
    assert_eq!(facts.rows_in, objects as u64, "every object is a row");
});
