//! Names of persons: each name column alone, and all of them together (one a line).
#![no_main]

use alike::map::Field;
use alike::normalize::display::person;
use alike::normalize::name::{self, NameParts};
use alike_fuzz::values::{check, says_something, split};
use libfuzzer_sys::fuzz_target;

const FIELDS: &[Field] = &[
    Field::FullName,
    Field::FirstName,
    Field::MiddleName,
    Field::LastName,
    Field::SurnamePrefix,
    Field::Initials,
    Field::Nickname,
    Field::MaidenName,
    Field::Salutation,
    Field::Title,
    Field::Suffix,
];

fuzz_target!(|data: &[u8]| {
    let (country, text) = split(data);
    let mut lines = text.split('\n');
    let mut next = || lines.next().unwrap_or_default();
    let whole = next();
    check(FIELDS, whole, country);
    let shown = person::parse(&NameParts { full: whole, country, ..NameParts::default() });
    assert!(!says_something(whole) || !is_empty(&shown), "a shown name is not emptied: {whole:?}");
    let parts = NameParts {
        given: whole,
        middle: next(),
        family: next(),
        prefix: next(),
        initials: next(),
        salutation: next(),
        title: next(),
        suffix: next(),
        nickname: next(),
        maiden: next(),
        full: next(),
        country,
    };
    let shown = person::parse(&parts);
    let some = [parts.given, parts.family].into_iter().any(says_something);
    assert!(!some || !is_empty(&shown), "a shown name is not emptied: {parts:?}");
    shown.full();
    name::parse(parts);
});

fn is_empty(name: &person::PersonShown) -> bool {
    let parts = [
        &name.salutation,
        &name.title,
        &name.first,
        &name.middle,
        &name.prefix,
        &name.last,
        &name.suffix,
        &name.nickname,
        &name.maiden,
    ];
    parts.iter().all(|part| part.is_empty())
}
