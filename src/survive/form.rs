//! How well a value is formed, judged from its text alone.

use super::kin::Likeness;
use crate::map::{FieldId, Kind};

/// Signs of text that went through the wrong code page.
const BROKEN: [&str; 5] = ["\u{fffd}", "Ã", "Â", "â€", "ï¿½"];

/// Whether a value looks like what its field should hold.
pub(super) fn is_valid(field: &FieldId, likeness: Likeness, raw: &str, normal: &str) -> bool {
    let broken = || BROKEN.iter().any(|sign| raw.contains(sign));
    match field.kind() {
        Kind::Email => is_mail_address(normal),
        Kind::Phone => normal.starts_with('+'),
        Kind::Date => is_day(normal) && !normal.ends_with("-01-01"),
        Kind::PersonName => !broken() && !raw.contains(|c: char| c.is_ascii_digit() || "?@=<>_".contains(c)),
        Kind::Country => normal.len() == 2,
        _ if matches!(likeness, Likeness::Words | Likeness::Names) => !broken() && !raw.contains('?'),
        _ => true,
    }
}

fn is_mail_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    !local.is_empty()
        && !domain.contains('@')
        && domain.rsplit_once('.').is_some_and(|(name, top)| !name.is_empty() && top.len() > 1)
        && !text.contains(' ')
}

fn is_day(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() })
}

/// How carefully a value is written: the best of several spellings with the same normal form.
///
/// Mixed case before capitals or small letters only, accents before none, no blanks at the ends, no title or
/// inversion that normalizing had to undo.
pub(super) fn care(likeness: Likeness, raw: &str, normal: &str) -> u32 {
    if !matches!(likeness, Likeness::Names | Likeness::Words) {
        return u32::from(raw.trim().len() == raw.len());
    }
    let upper = raw.contains(char::is_uppercase);
    let lower = raw.contains(char::is_lowercase);
    let mixed = upper && lower;
    let accents = !raw.is_ascii() && !BROKEN.iter().any(|sign| raw.contains(sign));
    let trimmed = raw.trim().len() == raw.len();
    // Letter for letter what the normal form has: nothing had to be turned around, spelled out or taken off.
    let plain = raw.chars().filter(|c| c.is_alphanumeric()).count()
        == normal.chars().filter(|c| c.is_alphanumeric()).count();
    u32::from(mixed) * 8 + u32::from(plain) * 4 + u32::from(accents) * 2 + u32::from(trimmed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survive::fixture::field;

    #[test]
    fn malformed_values_are_seen() {
        let valid = |name: &str, raw: &str, normal: &str| {
            let id = field(name);
            is_valid(&id, super::super::kin::likeness(&id), raw, normal)
        };
        assert!(
            valid("email", "Jan@X.nl", "jan@x.nl")
                && !valid("email", "jan@x", "jan@x")
                && !valid("email", "jan", "jan")
        );
        assert!(valid("phone", "06 1234", "+311234") && !valid("phone", "1234", "1234"));
        assert!(
            valid("birth_date", "", "1980-03-05")
                && !valid("birth_date", "", "1980-01-01")
                && !valid("birth_date", "", "80")
        );
        assert!(
            valid("last_name", "Müller", "muller")
                && !valid("last_name", "MÃ¼ller", "")
                && !valid("last_name", "Kok2", "")
        );
        assert!(!valid("city", "Z?rich", ""));
    }

    #[test]
    fn careful_spelling_wins() {
        let care = |raw: &str, normal: &str| care(Likeness::Names, raw, normal);
        assert!(care("Müller", "muller") > care("Muller", "muller"));
        assert!(care("Muller", "muller") > care("MULLER", "muller"));
        assert!(care("Jan", "jan") > care("Dr. Jan", "jan"));
        assert!(care("Jan", "jan") > care(" Jan", "jan"));
    }
}
