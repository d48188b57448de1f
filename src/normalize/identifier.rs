//! Identifiers: VAT and enterprise numbers, IBAN, national and customer numbers.

use super::text::compact_upper;
use super::{junk, vat};
use crate::map::Field;

/// Shorter numbers identify nothing.
const SHORTEST: usize = 4;

/// The canonical identifier: compact, upper case, VAT numbers with their country prefix; empty for fillers.
pub fn canonical(field: &Field, raw: &str, iso2: &str) -> String {
    if raw.is_empty() || junk::is_junk(raw) {
        return String::new();
    }
    let compact = compact_upper(raw);
    let first = compact.as_bytes().first();
    if compact.len() < SHORTEST || compact.bytes().all(|byte| Some(&byte) == first) {
        return String::new();
    }
    match field {
        Field::VatNumber => vat::read(raw, iso2).text,
        Field::EnterpriseNumber => enterprise(compact, raw, iso2),
        Field::Iban => compact.strip_prefix("IBAN").map_or(compact.clone(), str::to_string),
        _ => compact,
    }
}

/// Where an enterprise number is the VAT number, both have one form.
fn enterprise(compact: String, raw: &str, iso2: &str) -> String {
    let number = vat::read(raw, iso2);
    if vat::is_enterprise_number(number.country) && number.valid.is_some() { number.text } else { compact }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_vat_number_agree() {
        for (raw, iso) in [
            ("BE0136295787", ""),
            ("be 136.295.787", "BE"),
            ("0136.295.787", "BE"),
            ("BTW BE 0136.295.787", "BE"),
            ("136.295.787", "BE"),
            ("136295787", "BE"),
            ("BE 136.295.787", "NL"),
            ("TVA BE0136.295.787", ""),
        ] {
            for field in [Field::VatNumber, Field::EnterpriseNumber] {
                assert_eq!(canonical(&field, raw, iso), "BE0136295787", "{raw}");
            }
        }
        for raw in ["CHE-116.281.710", "CHE-116.281.710 MWST", "CHE116281710TVA", "116.281.710"] {
            assert_eq!(canonical(&Field::VatNumber, raw, "CH"), "CHE116281710", "{raw}");
        }
        assert_eq!(canonical(&Field::VatNumber, "nl 421542810b03", "NL"), "NL421542810B03");
        assert_eq!(canonical(&Field::VatNumber, "421.542.810.B03", "NL"), "NL421542810B03");
        assert_eq!(canonical(&Field::EnterpriseNumber, "0136.295.787", "BE"), "BE0136295787");
        assert_eq!(canonical(&Field::EnterpriseNumber, "12345678", "NL"), "12345678");
        assert_eq!(canonical(&Field::Iban, "IBAN NL02 ABNA 0123 4567 89", ""), "NL02ABNA0123456789");
        assert_eq!(canonical(&Field::NationalId, "1804974", "AU"), "1804974");
    }

    #[test]
    fn fillers_are_dropped() {
        for raw in ["n/a", "000000", "111111111", ".", "12"] {
            assert_eq!(canonical(&Field::VatNumber, raw, "NL"), "", "{raw}");
        }
    }

    proptest! {
        #[test]
        fn idempotent(raw in "[A-Z]{0,2}[ .]?[0-9. ]{0,12}[A-Z]?[0-9]{0,2}", iso in prop::sample::select(vec!["NL", "BE", "GR", ""])) {
            let once = canonical(&Field::VatNumber, &raw, iso);
            prop_assert_eq!(canonical(&Field::VatNumber, &once, iso), once);
        }
    }
}
