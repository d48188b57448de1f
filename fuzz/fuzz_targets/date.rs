//! Dates and moments.
#![no_main]

use alike::map::Field;
use alike::normalize::date::{self, Order};
use alike::normalize::display::day;
use alike_fuzz::values::{check, says_something, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (country, raw) = split(data);
    check(&[Field::BirthDate, Field::CreatedAt, Field::BirthYear, Field::BirthMonth], &raw, country);
    for order in [Order::DayFirst, Order::MonthFirst] {
        let once = date::canonical(&raw, order);
        assert_eq!(date::canonical(&once, order), once, "a date stays: {raw:?}");
    }
    for order in [None, Some(Order::DayFirst), Some(Order::MonthFirst)] {
        let once = day::day(&raw, order, country);
        assert_eq!(day::day(&once, order, country), once, "a shown day stays: {raw:?} ({country})");
        let is_value = says_something(&raw) && !date::is_placeholder_day(&raw);
        assert!(!is_value || !once.is_empty(), "a shown day is not emptied: {raw:?}");
    }
    let mut parts = raw.split(['-', '/', '\n']);
    let mut next = || parts.next().unwrap_or_default();
    date::from_parts(next(), next(), next());
});
