//! Parquet: damaged footers, pages and types.
#![no_main]

use alike::config::SourceSettings;
use alike_fuzz::reading::{let_panics_be_caught, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: let_panics_be_caught(), |data: &[u8]| {
    if data.starts_with(b"PAR1") {
        checked(|| {
            read(data, SourceSettings::default());
        });
    }
});

/// A panic that comes this far was not caught by the program.
fn checked(run: impl Fn()) {
    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err() {
        std::process::abort();
    }
}
