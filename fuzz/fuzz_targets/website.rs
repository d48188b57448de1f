//! Websites.
#![no_main]

use alike::map::Field;
use alike::normalize::display::mail;
use alike::normalize::website;
use alike_fuzz::values::{check, says_something, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (country, raw) = split(data);
    check(&[Field::Website], &raw, country);
    website::registrable(&website::canonical(&raw));
    let once = mail::website(&raw);
    assert_eq!(mail::website(&once), once, "a shown website stays: {raw:?}");
    assert!(!says_something(&raw) || !once.is_empty(), "a shown website is not emptied: {raw:?}");
});
