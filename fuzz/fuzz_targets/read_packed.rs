//! gzip, zstd and zip: damaged data, and files that unpack to too much.
#![no_main]

use alike::config::SourceSettings;
use alike_fuzz::reading::{check_limit, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let is_packed = [&b"\x1F\x8B\x08"[..], b"\x28\xB5\x2F\xFD", b"PK\x03\x04"];
    if is_packed.iter().any(|magic| data.starts_with(magic))
        && let Some(read) = read(data, SourceSettings::default())
    {
        check_limit(&read, data.len());
    }
});
