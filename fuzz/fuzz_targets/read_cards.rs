//! vCard 2.1, 3.0 and 4.0. No card is lost.
#![no_main]

use alike::config::SourceSettings;
use alike_fuzz::reading::read;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(read) = read(data, SourceSettings::default()) else { return };
    let facts = &read.files[0];
    let Ok(text) = std::str::from_utf8(data) else { return };
    // A card within a card, and a value that goes on with the next line, may hold the word without being one.
    let is_plain =
        !text.contains("=\n") && !text.contains("=\r") && !text.to_ascii_uppercase().contains("AGENT");
    if facts.format == "vcard" && is_plain {
        let begins = text.split('\n').filter(|line| line.trim_end() == "BEGIN:VCARD").count() as u64;
        assert!(begins <= facts.rows_in, "{begins} cards begin, {} are told", facts.rows_in);
    }
});
