//! Telephone numbers.
#![no_main]

use alike::map::Field;
use alike::normalize::display::call;
use alike_fuzz::values::{check, says_something, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (country, raw) = split(data);
    check(&[Field::Phone, Field::Mobile, Field::Fax], &raw, country);
    let shown = call::numbers(&raw, country);
    assert!(!says_something(&raw) || !shown.is_empty(), "a shown number is not emptied: {raw:?}");
    for number in shown.into_iter().filter(|number| number.valid) {
        let again: Vec<String> =
            call::numbers(&number.text, country).into_iter().map(|number| number.text).collect();
        assert_eq!(again, [number.text], "a shown number stays");
    }
});
