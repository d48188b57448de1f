//! What a single value shows: damage by spreadsheets, fillers, slips, several values in one cell.

use super::table;
use crate::map::{Field, FieldId, Kind};
use crate::normalize::couple::Couple;
use crate::normalize::{date, email, junk, phone};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Something a value shows by itself. The names are those of the finding rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    SpreadsheetNumber,
    SerialDate,
    YearlessDate,
    JunkValue,
    SeveralValues,
    TypoDomain,
    RoleMailbox,
    AllCaps,
    SeveralPeople,
}

impl Sign {
    /// The rule's name.
    pub fn rule(self) -> &'static str {
        match self {
            Self::SpreadsheetNumber => "spreadsheet_number",
            Self::SerialDate => "serial_date",
            Self::YearlessDate => "yearless_date",
            Self::JunkValue => "junk_value",
            Self::SeveralValues => "several_values",
            Self::TypoDomain => "typo_domain",
            Self::RoleMailbox => "role_mailbox",
            Self::AllCaps => "all_caps",
            Self::SeveralPeople => "several_people",
        }
    }

    /// Whether a value that shows this is not also told of as invalid: the sign says why it is.
    pub fn explains(self) -> bool {
        matches!(
            self,
            Self::SpreadsheetNumber
                | Self::SerialDate
                | Self::YearlessDate
                | Self::JunkValue
                | Self::SeveralValues
        )
    }
}

/// Whether values of a field can show anything.
pub(super) fn can_show(id: &FieldId) -> bool {
    !matches!(id.kind(), Kind::Category | Kind::Text | Kind::Carried)
}

/// What a value of a field shows. It is not blank.
pub(super) fn of(id: &FieldId, value: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    let kind = id.kind();
    if !matches!(kind, Kind::RecordId | Kind::Timestamp) && junk::is_junk(value) {
        return vec![Sign::JunkValue];
    }
    match kind {
        Kind::Phone | Kind::Identifier | Kind::Postcode | Kind::RecordId if is_power_of_ten(value) => {
            signs.push(Sign::SpreadsheetNumber);
        }
        Kind::Date | Kind::Timestamp if is_day_number(value) => signs.push(Sign::SerialDate),
        Kind::Date if date::without_year(value).is_some() => signs.push(Sign::YearlessDate),
        Kind::Email => mailbox(value, &mut signs),
        Kind::Phone if is_several_numbers(value) => signs.push(Sign::SeveralValues),
        Kind::Website if value.matches("://").count() > 1 || value.contains(['|', ';']) => {
            signs.push(Sign::SeveralValues);
        }
        Kind::PersonName | Kind::Company => {
            if is_shouted(&id.field, value) {
                signs.push(Sign::AllCaps);
            }
            if matches!(id.field, Field::FullName | Field::FirstName) && Couple::of(value).is_some() {
                signs.push(Sign::SeveralPeople);
            }
        }
        _ => {}
    }
    signs
}

/// A number as spreadsheets write long ones: `4.91521E+11`, with a comma in many countries.
pub(super) fn is_power_of_ten(value: &str) -> bool {
    let Some((number, power)) = value.trim().split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    // Without a sign it may be a part number; an identifier such as `12E4` is one.
    power.strip_prefix('+').is_some_and(digits) && whole.len() == 1 && digits(whole) && digits(fraction)
}

/// Days that spreadsheets count from the end of 1899: 10,000 is in 1927, 59,999 in 2064.
const DAY_NUMBERS: std::ops::Range<u32> = 10_000..60_000;

fn is_day_number(value: &str) -> bool {
    let value = value.trim();
    let (day, time) = value.split_once(['.', ',']).unwrap_or((value, "0"));
    day.len() == 5
        && day.parse::<u32>().is_ok_and(|day| DAY_NUMBERS.contains(&day))
        && time.bytes().all(|byte| byte.is_ascii_digit())
}

fn mailbox(value: &str, signs: &mut Vec<Sign>) {
    if value.matches('@').count() > 1 && email::addresses(value).len() > 1 {
        signs.push(Sign::SeveralValues);
        return;
    }
    let address = value.trim();
    let lower = address.to_lowercase();
    let (local, domain) = (email::local_part(&lower), email::domain(&lower));
    if domain.is_empty() {
        return;
    }
    if meant(domain).is_some() {
        signs.push(Sign::TypoDomain);
    }
    if email::is_role(local) {
        signs.push(Sign::RoleMailbox);
    }
}

/// The domain that a slip of it stands for; none for a domain that looks right.
pub(super) fn meant(domain: &str) -> Option<String> {
    static SLIPS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        table::rows(include_str!("tables/typo_domains.csv"), ',').map(|[typo, meant]| (typo, meant)).collect()
    });
    if let Some(meant) = SLIPS.get(domain) {
        return Some((*meant).to_string());
    }
    let dot = domain.rfind('.')?;
    SLIPS.get(&domain[dot..]).map(|ending| format!("{}{ending}", &domain[..dot]))
}

/// Whether a cell holds more than one number; a number written in two ways is one.
fn is_several_numbers(value: &str) -> bool {
    value.contains([';', ',', '|', '\n', '/', ':']) && phone::numbers(value, "").len() > 1
}

/// Letters a name has at least before capitals say anything: `KPN`, `J.P.` and `NV` are written so.
const FEWEST_LETTERS: usize = 4;

/// Whether a name is in capitals only. One word of a company is taken for an abbreviation.
fn is_shouted(field: &Field, value: &str) -> bool {
    match field {
        Field::Initials | Field::Suffix | Field::Title | Field::LegalForm | Field::Salutation => {
            return false;
        }
        Field::Company if !value.trim().contains(' ') => return false,
        _ => {}
    }
    let mut letters = 0;
    for c in value.chars().filter(|c| c.is_alphabetic()) {
        if !c.is_uppercase() {
            return false;
        }
        letters += 1;
    }
    letters >= FEWEST_LETTERS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(field: Field, value: &str) -> Vec<Sign> {
        of(&FieldId::first(field), value)
    }

    #[test]
    fn spreadsheet_damage() {
        for damaged in ["4.91521E+11", "4,91521E+11", " 3.1e+10 ", "3E+10"] {
            assert_eq!(signs(Field::Phone, damaged), [Sign::SpreadsheetNumber], "{damaged}");
        }
        for fine in ["+31 10 1234567", "12E4", "E+11", "4.9E+", "44.91E+11"] {
            assert!(!signs(Field::VatNumber, fine).contains(&Sign::SpreadsheetNumber), "{fine}");
        }
        assert_eq!(signs(Field::BirthDate, "29221"), [Sign::SerialDate]);
        assert_eq!(signs(Field::ModifiedAt, "45291.5416"), [Sign::SerialDate]);
        assert_eq!(signs(Field::BirthDate, "--0415"), [Sign::YearlessDate]);
        for fine in ["1980", "19800102", "05121", "99999", "1980-01-02"] {
            assert!(signs(Field::BirthDate, fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn mailboxes() {
        assert_eq!(signs(Field::Email, "jan@gmial.com"), [Sign::TypoDomain]);
        assert_eq!(signs(Field::Email, "Jan@Zonnehof.CON"), [Sign::TypoDomain]);
        assert_eq!(signs(Field::Email, "info@zonnehof.nl"), [Sign::RoleMailbox]);
        assert_eq!(signs(Field::Email, "jan@x.nl; piet@y.nl"), [Sign::SeveralValues]);
        for fine in ["jan@gmail.com", "jan@ymail.com", "jan@mail.com", "jan", "jan@x.nl; JAN@x.nl"] {
            assert!(signs(Field::Email, fine).is_empty(), "{fine}");
        }
        assert_eq!(meant("zonnehof.con").as_deref(), Some("zonnehof.com"));
    }

    #[test]
    fn several_numbers_are_two_that_stand_alone() {
        assert_eq!(signs(Field::Phone, "010 1234567 / 06 12345678"), [Sign::SeveralValues]);
        assert!(signs(Field::Phone, "0800/1234567").is_empty());
        assert!(signs(Field::Phone, "+31 (0)10-1234567").is_empty());
    }

    #[test]
    fn capitals_and_fillers() {
        assert_eq!(signs(Field::LastName, "DE VRIES"), [Sign::AllCaps]);
        assert_eq!(signs(Field::Company, "ZONNEHOF INTERNATIONAAL BV"), [Sign::AllCaps]);
        for (field, fine) in [
            (Field::Company, "ASML"),
            (Field::Initials, "J.P.F.A."),
            (Field::LastName, "Li"),
            (Field::City, "EDE"),
        ] {
            assert!(signs(field, fine).is_empty(), "{fine}");
        }
        assert_eq!(signs(Field::FullName, "Jan & Marie Peeters"), [Sign::SeveralPeople]);
        assert!(signs(Field::FullName, "Marks & Spencer").is_empty());
        assert_eq!(signs(Field::LastName, "xxx"), [Sign::JunkValue]);
        assert_eq!(signs(Field::Phone, "000000"), [Sign::JunkValue]);
    }

    #[test]
    fn the_slips_are_not_what_they_stand_for() {
        for [typo, meant] in table::rows::<2>(include_str!("tables/typo_domains.csv"), ',') {
            assert!(!meant.is_empty() && typo != meant, "{typo}");
            assert_eq!(super::meant(meant), None, "{meant}");
            assert!(!email::is_free_provider(typo), "{typo}");
        }
    }
}
