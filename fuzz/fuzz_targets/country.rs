//! Countries, stated and inferred.
#![no_main]

use alike::map::Field;
use alike::normalize::country;
use alike::normalize::display::country_of_address;
use alike_fuzz::values::{check, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (iso2, raw) = split(data);
    check(&[Field::Country, Field::CountryCode], &raw, iso2);
    let inferred = [
        country::code(&raw),
        country::of_cell(&raw),
        country::of_phone(&raw),
        country::of_phone_shape(&raw),
        country::of_address(&raw),
        country::of_vat(&raw),
        country::of_domain(&raw),
        country::of_postcode(&raw),
        country_of_address(&raw),
    ];
    for code in inferred {
        let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        assert!(code.is_empty() || is_code, "{code:?} of {raw:?}");
        assert_eq!(country::of_cell(code), code, "a code is its own country");
    }
});
