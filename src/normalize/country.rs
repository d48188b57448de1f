//! Countries: from what a cell says, a telephone number, a VAT number, a mail domain or a postcode to an ISO code.

use super::table;
use super::text::fold;
use std::sync::OnceLock;

/// Digits of the longest prefix in `shared_calling_codes.csv`.
const LONGEST_PREFIX: usize = 4;

struct Countries {
    by_name: table::Lookup<&'static str>,
    /// The first country in the table that has a calling code (others share it: +1, +44, +7).
    by_calling_code: table::Lookup<&'static str>,
    calling_code: table::Lookup<&'static str>,
    /// Calling code and area code → country, for the smaller owners of shared calling codes.
    by_prefix: table::Lookup<&'static str>,
}

fn countries() -> &'static Countries {
    static COUNTRIES: OnceLock<Countries> = OnceLock::new();
    COUNTRIES.get_or_init(|| {
        let mut all = Countries {
            by_name: table::Lookup::default(),
            by_calling_code: table::Lookup::default(),
            calling_code: table::Lookup::default(),
            by_prefix: table::rows(include_str!("tables/shared_calling_codes.csv"))
                .flat_map(|[iso2, prefixes]| prefixes.split('|').map(move |prefix| (prefix, iso2)))
                .collect(),
        };
        for [iso2, iso3, calling, names] in table::rows(include_str!("tables/countries.csv")) {
            all.by_name.insert(iso3, iso2);
            all.by_name.insert(iso2, iso2);
            for name in names.split('|') {
                all.by_name.entry(name).or_insert(iso2);
            }
            all.by_calling_code.entry(calling).or_insert(iso2);
            all.calling_code.insert(iso2, calling);
        }
        all
    })
}

/// ISO 3166-1 alpha-2 code of a country written as a code or a name in any of the languages known; empty when unknown.
pub fn code(raw: &str) -> &'static str {
    let all = countries();
    let mut folded = fold(raw);
    // Words of other scripts that fold to two letters are no codes (`عمان`).
    if folded.len() <= 3 && raw.is_ascii() {
        folded.make_ascii_uppercase();
        if let Some(code) = all.by_name.get(folded.as_str()) {
            return code;
        }
        folded.make_ascii_lowercase();
    }
    all.by_name.get(folded.as_str()).copied().unwrap_or("")
}

/// The country of a cell of a country column: as [`code`], also where it is said twice (`NL - Nederland`,
/// `België/Belgique`, `Frankreich (France)`). Empty when the parts disagree.
pub fn of_cell(raw: &str) -> &'static str {
    let code = code(raw);
    if code.is_empty() { of_several(raw) } else { code }
}

fn of_several(raw: &str) -> &'static str {
    let parted =
        |c: char| matches!(c, '/' | '(' | ')' | '|' | ',' | ';' | '[' | ']') || c == '-' || c == '\u{2013}';
    if !raw.contains(parted) {
        return "";
    }
    let mut found = "";
    for part in raw.split(parted).map(str::trim).filter(|part| !part.is_empty()) {
        let folded = fold(part);
        let code = if folded.len() <= 3 { folded.to_ascii_uppercase() } else { folded };
        match countries().by_name.get(code.as_str()) {
            Some(code) if found.is_empty() || found == *code => found = code,
            Some(_) => return "",
            None => {}
        }
    }
    found
}

/// The country a number with calling code belongs to (`31104425117` → `NL`, shared codes to the largest country).
pub fn of_calling_code(digits: &str) -> &'static str {
    // Calling codes have one to three digits and none is the beginning of another.
    (1..=3)
        .filter_map(|length| digits.get(..length))
        .find_map(|start| countries().by_calling_code.get(start).copied())
        .unwrap_or("")
}

/// The calling code of a country (`NL` → `31`); empty when unknown.
pub fn calling_code(iso2: &str) -> &'static str {
    countries().calling_code.get(iso2).copied().unwrap_or("")
}

/// The country a telephone number states itself (`+31…`, `0031…`); empty for national numbers.
pub fn of_phone(raw: &str) -> &'static str {
    let text = raw.trim_start();
    let digits: String = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        Some(rest) => rest.chars().filter(char::is_ascii_digit).take(LONGEST_PREFIX).collect(),
        None => return "",
    };
    // Where countries share a calling code, the digits behind it tell which.
    if let Some(country) =
        (2..=digits.len()).rev().find_map(|length| countries().by_prefix.get(&digits[..length]))
    {
        return country;
    }
    // The longest first: a two-digit beginning of a three-digit code is no code itself.
    of_calling_code(&digits)
}

/// The country whose national numbers alone are written this way (`(312) 579-7243`, `312.579.7243`); empty otherwise.
pub fn of_phone_shape(raw: &str) -> &'static str {
    let shape: String = raw.trim().chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    // Neither the area code nor what follows it begins with 0 or 1 there.
    let mut digits = raw.bytes().filter(u8::is_ascii_digit);
    if [digits.next(), digits.nth(2)].iter().any(|digit| matches!(digit, Some(b'0' | b'1'))) {
        return "";
    }
    match shape.as_str() {
        // Seven digits after a three-digit area code are written like this in North America only.
        "(999) 999-9999" | "(999)999-9999" | "999-999-9999" | "999.999.9999" => "US",
        _ => "",
    }
}

/// The country that a whole address ends with, on a line or behind a comma of its own; empty when it names none.
pub fn of_address(raw: &str) -> &'static str {
    let mut parts = raw.trim_end_matches([' ', ',', '.', '\n', '\r']).rsplit(['\n', '\r', ',']);
    let last = parts.next().unwrap_or("").trim();
    // Two letters at the end are mostly a state or province (`Bloomington, IN`).
    if parts.next().is_none() || (last.len() < 3 && last != "UK") { "" } else { code(last) }
}

/// The country whose prefix a VAT number carries; empty when it has none.
pub fn of_vat(raw: &str) -> &'static str {
    // An enterprise or VAT number has at least eight characters after the prefix; shorter ones are other numbers.
    const SHORTEST: usize = 8;
    let compact = super::text::compact_upper(raw);
    // Switzerland and Norway write the tax's name behind the number.
    let ending = ["MWST", "TVA", "IVA", "MVA"].iter().find_map(|end| compact.strip_suffix(end));
    let compact = ending.unwrap_or(&compact);
    let (Some(prefix), Some(rest)) = (compact.get(..2), compact.get(2..)) else { return "" };
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    if !prefix.bytes().all(|b| b.is_ascii_alphabetic()) || rest.len() < SHORTEST || digits + 3 < rest.len() {
        return "";
    }
    match prefix {
        "EL" => "GR",
        "XI" => "GB",
        _ => countries().by_name.get(prefix).copied().unwrap_or(""),
    }
}

/// The country of a mail address or website by its top-level domain; empty for `com` and country codes used as generic.
pub fn of_domain(raw: &str) -> &'static str {
    let tld = raw.trim().rsplit('.').next().unwrap_or("");
    if tld.len() != 2 || !raw.contains('.') {
        return "";
    }
    let upper = tld.to_ascii_uppercase();
    match upper.as_str() {
        "UK" => "GB",
        // Sold to the whole world as if they were generic.
        "EU" | "IO" | "CO" | "TV" | "ME" | "AI" | "FM" | "AM" | "CC" | "LY" | "TO" | "NU" | "WS" | "TK"
        | "ML" | "GA" | "CF" | "GG" | "SH" | "VC" | "LA" | "IM" | "MS" | "CD" | "DJ" => "",
        other => countries().by_name.get(other).copied().unwrap_or(""),
    }
}

/// The country whose postcodes alone have this shape (`3011 AB`, `SW1E 6DE`, `90-031`, `B-1000`); empty when several could.
pub fn of_postcode(raw: &str) -> &'static str {
    let text = raw.trim();
    let mut shape = String::with_capacity(text.len());
    for c in text.chars() {
        shape.push(match c {
            '0'..='9' => '9',
            'a'..='z' | 'A'..='Z' => 'A',
            ' ' | '-' | '\u{2013}' => '-',
            _ => return "",
        });
    }
    let first = text.as_bytes().first().map_or(0, u8::to_ascii_uppercase);
    match shape.as_str() {
        "9999AA" | "9999-AA" => "NL",
        "99-999" => "PL",
        "99999-9999" => "US",
        "9999-999" => "PT",
        "A9A-9A9" | "A9A9A9" => "CA",
        "A9-9AA" | "A99-9AA" | "AA9-9AA" | "AA99-9AA" | "A9A-9AA" | "AA9A-9AA" => "GB",
        "A99AA" | "A999AA" | "AA99AA" | "AA999AA" | "A9A9AA" | "AA9A9AA" => "GB",
        "A-9999" if first == b'B' => "BE",
        "A-9999" if first == b'A' => "AT",
        "A-9999" if first == b'L' => "LU",
        "A-99999" if first == b'D' => "DE",
        "A-99999" if first == b'F' => "FR",
        "A-99999" if first == b'E' => "ES",
        "A-99999" if first == b'I' => "IT",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_in_many_languages() {
        for (raw, iso) in [
            ("NL", "NL"),
            ("nld", "NL"),
            ("The Netherlands", "NL"),
            ("Pays-Bas", "NL"),
            ("België", "BE"),
            ("Duitsland", "DE"),
            ("U.S.A.", "US"),
            ("UK", "GB"),
            ("España", "ES"),
            ("Polska", "PL"),
            ("Österreich", "AT"),
            ("Alemanha", "DE"),
            ("NL - Nederland", "NL"),
            ("Belgique/België", "BE"),
            ("Frankreich (France)", "FR"),
            ("NL/BE", ""),
            ("Guinea-Bissau", "GW"),
            ("Narnia", ""),
            ("", ""),
        ] {
            assert_eq!(of_cell(raw), iso, "{raw}");
        }
    }

    #[test]
    fn hints_from_other_columns() {
        assert_eq!(of_phone("0031404425117"), "NL");
        assert_eq!(of_phone("+352 26 12"), "LU");
        assert_eq!(of_phone("0306239601"), "");
        assert_eq!((of_phone("+1 416 555 0100"), of_phone("+1 312 555 0100")), ("CA", "US"));
        assert_eq!((of_phone("+7 727 250 1234"), of_phone("+7 495 123 45 67")), ("KZ", "RU"));
        assert_eq!(of_phone_shape("(312) 579-7243"), "US");
        assert_eq!(of_phone_shape("030 623 96 01"), "");
        assert_eq!(of_phone_shape("030-623-9601"), "");
        assert_eq!(of_address("Kerkstraat 1, Gent, België"), "BE");
        assert_eq!(of_address("1 Main St, Bloomington, IN"), "");
        assert_eq!(of_address("Belgium"), "");
        assert_eq!(of_vat("BE0136295787"), "BE");
        assert_eq!(of_vat("nl 4215.42810B03"), "NL");
        assert_eq!(of_vat("CHE-100.155.212 MWST"), "CH");
        assert_eq!(of_vat("DEKKERSTRAAT"), "");
        // Amman folds to two letters, which are no code; countries are known in their own script.
        assert_eq!((code("عمان"), code("الأردن"), code("Российская Федерация")), ("", "JO", "RU"));
        assert_eq!(of_domain("jan@ziggo.nl"), "NL");
        assert_eq!(of_domain("a@b.co.uk"), "GB");
        assert_eq!(of_domain("a@b.com"), "");
        assert_eq!(of_postcode("3011 ab"), "NL");
        assert_eq!(of_postcode("SW1E 6DE"), "GB");
        assert_eq!(of_postcode("B-1000"), "BE");
        assert_eq!(of_postcode("1000"), "");
    }
}
