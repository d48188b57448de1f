//! Mail addresses.
#![no_main]

use alike::map::Field;
use alike::normalize::display::mail;
use alike::normalize::email;
use alike_fuzz::values::{check, says_something, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (country, raw) = split(data);
    check(&[Field::Email], &raw, country);
    for address in email::addresses(&raw) {
        email::is_role(email::local_part(&address));
        email::organisation(email::domain(&address));
    }
    let shown = mail::addresses(&raw);
    assert!(!says_something(&raw) || !shown.is_empty(), "a shown address is not emptied: {raw:?}");
    for mailbox in shown.into_iter().filter(|mailbox| mailbox.valid) {
        assert_eq!(mail::addresses(&mailbox.text), [mailbox], "a shown address stays");
    }
});
