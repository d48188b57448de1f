//! Any other text: folding, fillers, categories, and case.
#![no_main]

use alike::map::Field;
use alike::normalize::display::case::{self, Writing};
use alike::normalize::{junk, text};
use alike_fuzz::values::{check, split};
use libfuzzer_sys::fuzz_target;

const FIELDS: &[Field] = &[
    Field::JobTitle,
    Field::Notes,
    Field::Type,
    Field::Gender,
    Field::Department,
    Field::Labels,
    Field::Language,
    Field::PhoneExtension,
];

fuzz_target!(|data: &[u8]| {
    let (country, raw) = split(data);
    check(FIELDS, &raw, country);
    let folded = text::fold(&raw);
    assert_eq!(text::fold(&folded), folded, "folded text stays: {raw:?}");
    assert!(folded.is_ascii());
    junk::is_junk(&raw);
    let tidy = case::tidy(&raw);
    assert_eq!(case::tidy(&tidy), tidy, "tidy text stays: {raw:?}");
    // Mixed case is somebody's choice, and is not written anew.
    let shown = |text: &str| match case::writing(text) {
        Writing::Mixed => text.to_string(),
        _ => case::phrase(text, country),
    };
    let phrase = shown(&raw);
    assert_eq!(shown(&phrase), phrase, "proper case stays: {raw:?} ({country})");
});
