//! Delimited text: every encoding, broken quoting, separators declared, guessed and set.
//!
//! The first byte chooses the settings, the rest is the file.
#![no_main]

use alike::config::SourceSettings;
use alike_fuzz::reading::{ENCODINGS, check_lines, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&first, text)) = data.split_first() else { return };
    let mut settings = SourceSettings::default();
    let has_header = first & 1 == 0;
    settings.header = (!has_header).then_some(false);
    settings.delimiter = match first >> 1 & 3 {
        1 => Some(";".to_string()),
        2 => Some("\\t".to_string()),
        _ => None,
    };
    settings.encoding = ENCODINGS.get(usize::from(first >> 3 & 15)).map(|label| label.to_string());
    let is_detected = settings.encoding.is_none();
    if let Some(read) = read(text, settings)
        && is_detected
    {
        check_lines(text, &read, has_header);
    }
});
