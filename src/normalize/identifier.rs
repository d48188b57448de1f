//! Identifiers: VAT and enterprise numbers, IBAN, national and customer numbers.

use super::text::compact_upper;
use super::{country, junk};
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
        Field::VatNumber => vat(compact, iso2),
        Field::EnterpriseNumber => enterprise(compact, iso2),
        Field::Iban => compact.strip_prefix("IBAN").map_or(compact.clone(), str::to_string),
        _ => compact,
    }
}

fn vat(compact: String, iso2: &str) -> String {
    let label = ["BTWNR", "BTW", "TVA", "USTIDNR", "USTID", "VATNO", "VAT", "NIP", "CIF"];
    let text = label.iter().find_map(|label| compact.strip_prefix(label)).unwrap_or(&compact);
    // Switzerland and Belgium write the tax's name behind the number.
    let text = text.strip_suffix("BTW").or_else(|| text.strip_suffix("TVA")).unwrap_or(text);
    let stated = country::of_vat(text);
    let (home, number) = match (stated.is_empty(), text.get(2..)) {
        (false, Some(rest)) => (stated, rest),
        _ => (iso2, text),
    };
    let prefix = if home == "GR" { "EL" } else { home };
    let number = number.strip_prefix(prefix).unwrap_or(number);
    // Something else than a number stands there: as it is.
    if !number.bytes().any(|b| b.is_ascii_digit()) {
        return compact;
    }
    format!("{prefix}{}", national_part(home, number))
}

fn enterprise(compact: String, iso2: &str) -> String {
    // In Belgium the enterprise number is the VAT number.
    let stated = country::of_vat(&compact);
    match (stated, iso2, compact.get(2..)) {
        ("BE", _, Some(rest)) => format!("BE{}", national_part("BE", rest)),
        ("", "BE", _) => format!("BE{}", national_part("BE", &compact)),
        _ => compact,
    }
}

fn national_part(home: &str, number: &str) -> String {
    match (home, number.len()) {
        // Numbers given out before 2008 had nine digits.
        ("BE", 9) => format!("0{number}"),
        _ => number.to_string(),
    }
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
        ] {
            assert_eq!(canonical(&Field::VatNumber, raw, iso), "BE0136295787", "{raw}");
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
