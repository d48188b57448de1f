//! Bank account numbers (IBAN, ISO 13616).

use super::table;
use std::sync::OnceLock;

/// Whether a compact IBAN has its country's length and its check digits hold.
pub fn is_valid(compact: &str) -> bool {
    let (Some(country), Some(rest)) = (compact.get(..2), compact.get(4..)) else { return false };
    let right_length = lengths().get(country).is_some_and(|length| *length == compact.len());
    right_length
        && compact.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && remainder(rest.bytes().chain(compact[..4].bytes())) == 1
}

/// The remainder by 97 of a number whose letters stand for two digits (`A` = 10), as ISO 7064 reads it.
pub(super) fn remainder(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter.to_ascii_uppercase().saturating_sub(b'A')) + 10) % 97,
    })
}

fn lengths() -> &'static table::Lookup<usize> {
    static LENGTHS: OnceLock<table::Lookup<usize>> = OnceLock::new();
    LENGTHS.get_or_init(|| {
        table::rows(include_str!("tables/iban_lengths.csv"))
            .filter_map(|[iso2, length]| Some((iso2, length.parse().ok()?)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_and_lengths_count() {
        for iban in [
            "NL91ABNA0417164300",
            "BE68539007547034",
            "DE89370400440532013000",
            "GB29NWBK60161331926819",
            "FR1420041010050500013M02606",
            "NO9386011117947",
            "PL61109010140000071219812874",
        ] {
            assert!(is_valid(iban), "{iban}");
        }
        for iban in
            ["NL91ABNA0417164301", "NL91ABNA041716430", "XX91ABNA0417164300", "", "NL", "NL91ABNA04171643é"]
        {
            assert!(!is_valid(iban), "{iban}");
        }
        assert_eq!(lengths().len(), table::rows::<2>(include_str!("tables/iban_lengths.csv")).count());
    }
}
