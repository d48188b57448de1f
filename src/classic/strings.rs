//! Search strings: the end of a value as Business Central compares it.

use crate::config::Part;

/// The longest search string, in UTF-16 code units, in which Business Central counts.
pub const LONGEST: usize = 10;

/// What is looked at of a value, in UTF-16 code units.
const VALUE: usize = 260;

/// Characters that are taken out of a value.
const DELETED: &str = " +\"&/,.;:-_(){}#!£$\\";

/// A search string in UTF-16 code units, zeros behind it.
pub type SearchString = [u16; LONGEST];

/// The search string of a value; none when nothing is left of it.
pub fn compose(value: &str, part: Part, length: u32) -> Option<SearchString> {
    let kept: Vec<u16> = value
        .encode_utf16()
        .take(VALUE)
        .filter(|&unit| !DELETED.encode_utf16().any(|it| it == unit))
        .collect();
    let length = (length as usize).min(kept.len()).min(LONGEST);
    let taken = match part {
        Part::First => &kept[..length],
        Part::Last => &kept[kept.len() - length..],
    };
    let mut string = [0; LONGEST];
    for (to, &unit) in string.iter_mut().zip(taken) {
        *to = upper(unit);
    }
    (length > 0).then_some(string)
}

/// One code unit in capitals. What has no single capital (`ß`) stays, as it does in Business Central.
fn upper(unit: u16) -> u16 {
    let Some(letter) = char::from_u32(u32::from(unit)) else { return unit };
    let mut capitals = letter.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) => u16::try_from(u32::from(capital)).unwrap_or(unit),
        _ => unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(value: &str, part: Part, length: u32) -> Option<String> {
        let string = compose(value, part, length)?;
        Some(String::from_utf16_lossy(&string).trim_end_matches('\0').to_string())
    }

    #[test]
    fn strings_of_the_reference() {
        for (value, first, last) in [
            ("United Furnishing Ltd.", "UNITE", "NGLTD"),
            ("45 Lindon Road", "45LIN", "NROAD"),
            ("London", "LONDO", "ONDON"),
            ("+44 20 7123 4567", "44207", "34567"),
            ("GB123456789", "GB123", "56789"),
            ("SW39GY", "SW39G", "W39GY"),
            ("info@unitedfurnishing.co.uk", "INFO@", "GCOUK"),
            ("Gent", "GENT", "GENT"),
            ("Café Élan", "CAFÉÉ", "ÉÉLAN"),
            ("Straße*?[%€]'", "STRAß", "[%€]'"),
        ] {
            let both = [Part::First, Part::Last].map(|part| shown(value, part, 5));
            assert_eq!(both, [Some(first.to_string()), Some(last.to_string())], "{value}");
        }
        assert_eq!(shown(" + - (), ", Part::First, 5), None);
        assert_eq!(shown("", Part::Last, 2), None);
        assert_eq!(shown("abcdefghijkl", Part::Last, 10).as_deref(), Some("CDEFGHIJKL"));
        assert_eq!(shown("a-b", Part::First, 2).as_deref(), Some("AB"));
    }

    #[test]
    fn only_the_first_260_are_looked_at() {
        let long = format!("{}xyz", "a".repeat(260));
        assert_eq!(shown(&long, Part::Last, 3).as_deref(), Some("AAA"));
    }

    proptest! {
        #[test]
        fn any_value_has_a_string_no_longer_than_asked(value in any::<String>(), length in 2u32..=10) {
            for part in [Part::First, Part::Last] {
                let string = compose(&value, part, length);
                let units = string.map_or(0, |string| string.iter().filter(|unit| **unit != 0).count());
                prop_assert!(units <= length as usize);
            }
        }
    }
}
