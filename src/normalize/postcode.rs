//! Postcodes: one compact spelling each.

use super::country;
use super::text::compact_upper;

/// The canonical postcode: upper case, no blanks, country prefix and ZIP+4 extension dropped (`B-1000` → `1000`,
/// `60693-1234` → `60693`, `90-031` → `90031`); empty for a filler of
/// zeros. `iso2` is the record's country or empty.
pub fn canonical(raw: &str, iso2: &str) -> String {
    let mut code = compact_upper(raw);
    let mut digits = code.bytes().filter(u8::is_ascii_digit).peekable();
    let letters = code.bytes().filter(u8::is_ascii_alphabetic).count();
    if letters <= 2 && digits.peek().is_some() && digits.all(|digit| digit == b'0') {
        // A filler: `0000 AA`, `00000`.
        return String::new();
    }
    let own = country::of_postcode(raw);
    let iso2 = if iso2.is_empty() { own } else { iso2 };
    // A country prefix: letters before digits only (`B-1000`, `NL-3011AB`, `PL 90-031`).
    let letters = code.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = &code[letters..];
    let is_prefix = match (letters, iso2) {
        (
            1..=3,
            "BE" | "DE" | "FR" | "ES" | "PL" | "US" | "AT" | "CH" | "LU" | "IT" | "DK" | "NO" | "SE" | "FI"
            | "",
        ) => rest.len() >= 4 && rest.bytes().all(|b| b.is_ascii_digit()),
        (1..=3, "NL") => rest.len() == 6 && rest.as_bytes()[..4].iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if is_prefix {
        code.drain(..letters);
    }
    let all_digits = code.bytes().all(|b| b.is_ascii_digit());
    match (iso2, code.len()) {
        // ZIP+4, also where the country is not known but the hyphen shows it.
        ("US" | "PR", 9) if all_digits => code.truncate(5),
        // A spreadsheet took the leading zero away.
        ("DE" | "FR" | "ES" | "US" | "IT" | "PL", 4) if all_digits => code.insert(0, '0'),
        _ => {}
    }
    code
}

/// The part of a canonical postcode that stands for a town or a quarter of one, where postcodes go deeper than that:
/// `PO18` of `PO180ED`, `3011` of `3011AB`, `K1A` of `K1A0B1`.
pub fn district(code: &[u8]) -> Option<&[u8]> {
    let tail = |letters: usize, code: &[u8]| code.iter().rev().take(letters).all(u8::is_ascii_alphabetic);
    match code {
        [b'0'..=b'9', .., _, _] if code.len() == 6 && tail(2, code) => Some(&code[..4]),
        [b'A'..=b'Z', .., inward, _, _]
            if (5..=7).contains(&code.len()) && inward.is_ascii_digit() && tail(2, code) =>
        {
            Some(&code[..code.len() - 3])
        }
        [b'A'..=b'Z', b'0'..=b'9', b'A'..=b'Z', b'0'..=b'9', b'A'..=b'Z', b'0'..=b'9'] => Some(&code[..3]),
        _ => None,
    }
}

/// The part of a canonical postcode that stands for a region: its leading letters (`PO`), or its first two digits, as in
/// France, Germany, the Netherlands, Belgium, Poland, Spain and Italy; in the United States two of three that stand for one.
pub fn region(code: &[u8]) -> Option<&[u8]> {
    let letters = code.iter().take_while(|letter| letter.is_ascii_alphabetic()).count();
    match letters {
        0 => code.get(..2).filter(|start| code.len() >= 4 && start.iter().all(u8::is_ascii_digit)),
        1 | 2 if code.len() >= 4 => Some(&code[..letters]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_postcode_agree() {
        for (raw, iso, code) in [
            ("3011 ab", "NL", "3011AB"),
            ("NL-3011 AB", "NL", "3011AB"),
            ("B-1000", "BE", "1000"),
            ("D-10160", "DE", "10160"),
            ("60693-1234", "US", "60693"),
            ("60693-1234", "", "60693"),
            ("90-031", "PL", "90031"),
            ("sw1e6de", "GB", "SW1E6DE"),
            ("1067", "DE", "01067"),
            ("F-75001", "", "75001"),
            ("po18 0ed", "", "PO180ED"),
            ("2119", "AU", "2119"),
            ("0000 AA", "NL", ""),
            ("00-000", "PL", ""),
            ("dijk 0", "GB", "DIJK0"),
        ] {
            assert_eq!(canonical(raw, iso), code, "{raw} {iso}");
        }
    }

    #[test]
    fn parts_of_a_postcode_stand_for_a_town_and_for_a_region() {
        let text = |part: Option<&[u8]>| part.map(|part| String::from_utf8_lossy(part).into_owned());
        for (code, town, around) in [
            ("PO180ED", Some("PO18"), Some("PO")),
            ("M11AA", Some("M1"), Some("M")),
            ("SW1A1AA", Some("SW1A"), Some("SW")),
            ("3011AB", Some("3011"), Some("30")),
            ("K1A0B1", Some("K1A"), Some("K")),
            ("10160", None, Some("10")),
            ("1000", None, Some("10")),
            ("AB", None, None),
            ("12", None, None),
            ("", None, None),
        ] {
            let found = (text(district(code.as_bytes())), text(region(code.as_bytes())));
            assert_eq!(found, (town.map(str::to_string), around.map(str::to_string)), "{code}");
        }
    }

    proptest! {
        #[test]
        fn idempotent(raw in "[A-Za-z0-9 -]{0,12}", iso in prop::sample::select(vec!["NL", "BE", "DE", "US", "GB", "PL", ""])) {
            let once = canonical(&raw, iso);
            prop_assert_eq!(canonical(&once, iso), once);
        }
    }
}
