//! Addresses: each address column alone, and all of them together (one a line). No digit of a shown address is lost.
#![no_main]

use alike::map::Field;
use alike::normalize::address::{self, AddressParts};
use alike::normalize::display::place;
use alike::normalize::junk;
use alike_fuzz::values::{check, split};
use libfuzzer_sys::fuzz_target;

const FIELDS: &[Field] = &[
    Field::Street,
    Field::StreetAndNumber,
    Field::HouseNumber,
    Field::Unit,
    Field::PoBox,
    Field::AddressLine2,
    Field::AddressOneLine,
    Field::AddressBlock,
    Field::Postcode,
    Field::City,
    Field::State,
];

fuzz_target!(|data: &[u8]| {
    let (country, text) = split(data);
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    check(FIELDS, first, country);
    let shown = place::parse(&AddressParts { one_line: first, ..AddressParts::default() }, country);
    if !junk::is_junk(first) && !first.to_lowercase().contains("cedex") {
        let parts = [
            &shown.street,
            &shown.house_number,
            &shown.unit,
            &shown.po_box,
            &shown.postcode,
            &shown.city,
            &shown.state,
            &shown.extra,
        ];
        let kept: usize = parts.iter().map(|part| digits(part)).sum();
        assert!(digits(first) <= kept, "no digit is lost: {first:?} ({country}) {shown:?}");
    }
    let mut next = || lines.next().unwrap_or_default();
    let parts = AddressParts {
        street_and_number: first,
        street: next(),
        house_number: next(),
        unit: next(),
        line_2: next(),
        po_box: next(),
        postcode: next(),
        city: next(),
        state: next(),
        one_line: next(),
        block: &text,
    };
    place::parse(&parts, country);
    address::parse(parts, country);
});

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}
