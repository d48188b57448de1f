//! Names of organisations.
#![no_main]

use alike::map::Field;
use alike::normalize::company;
use alike::normalize::display::firm;
use alike_fuzz::values::{check, says_something, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (country, raw) = split(data);
    check(&[Field::Company, Field::LegalForm], &raw, country);
    company::looks_like(&raw);
    company::has_organisation_word(&raw);
    let shown = firm::parse(&raw, country);
    let is_empty = shown.name.is_empty() && shown.department.is_empty();
    assert!(!says_something(&raw) || !is_empty, "a shown firm is not emptied: {raw:?}");
    let form = firm::legal_form(&raw, country);
    assert_eq!(firm::legal_form(&form, country), form, "a shown legal form stays: {raw:?}");
});
