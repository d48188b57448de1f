//! VAT and enterprise numbers, bank accounts, identifiers.
#![no_main]

use alike::map::Field;
use alike::normalize::{iban, vat};
use alike_fuzz::values::{check, split};
use libfuzzer_sys::fuzz_target;

const FIELDS: &[Field] =
    &[Field::VatNumber, Field::EnterpriseNumber, Field::NationalId, Field::Iban, Field::Id, Field::CompanyId];

fuzz_target!(|data: &[u8]| {
    let (country, raw) = split(data);
    check(FIELDS, &raw, country);
    let once = vat::read(&raw, country);
    let twice = vat::read(&once.text, country);
    assert_eq!(twice, once, "a shown number stays: {raw:?} ({country})");
    iban::is_valid(&raw);
});
