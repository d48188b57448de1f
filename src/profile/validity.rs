//! Which filled values are not what their field asks for.

use super::Normalize;
use crate::map::{Dataset, Field, FieldId, Kind};
use crate::normalize::{Contacts, iban, vat};
use crate::table::{Column, MISSING};
use rayon::prelude::*;

/// Distinct values are judged in runs of this many, so that one huge column uses all threads.
const CHUNK: usize = 4_096;

/// A value that is not valid, or only because normalizing mends it, in records of one country.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bad {
    /// The value's code.
    pub code: u32,
    /// Records.
    pub count: u64,
    /// Whether it is a postcode that lost its leading zero.
    pub lost_zero: bool,
    /// Whether it is not what the field asks for, even after normalizing.
    pub invalid: bool,
}

/// The values of a column that are not valid or were mended, ascending by code and country.
pub(super) fn invalid(
    data: &Dataset,
    contacts: &Contacts,
    table: usize,
    column: usize,
    field: &FieldId,
    normalize: Normalize<'_>,
) -> Vec<Bad> {
    let cells = &data.tables[table].columns[column].cells;
    let judged = match field.kind() {
        Kind::Phone | Kind::Postcode | Kind::Identifier if depends_on_country(field) => {
            by_country(data, contacts, table, column, field)
        }
        _ => (1..cells.distinct() as u32).map(|code| (code, MISSING, u64::from(cells.count(code)))).collect(),
    };
    // Its last digits are gone, though what is left may look like a number.
    let damaged = |code: u32| field.kind() == Kind::Phone && super::signs::is_power_of_ten(cells.value(code));
    let any_text = FieldId::first(Field::Notes);
    let judge = if takes_any_text(field) { &any_text } else { field };
    judged
        .par_chunks(CHUNK)
        .flat_map_iter(|chunk| {
            chunk.iter().filter_map(|&(code, country, count)| {
                let iso2 = if country == MISSING { "" } else { contacts.country.value(country) };
                let normal = normalize(judge, cells.value(code), iso2);
                let invalid = !is_valid(field, &normal, iso2) || damaged(code);
                let lost_zero =
                    field.kind() == Kind::Postcode && super::shape::lost_zero(cells.value(code), iso2);
                (invalid || lost_zero).then_some(Bad { code, count, lost_zero, invalid })
            })
        })
        .collect()
}

/// Whether the same value may be right in one country and wrong in another.
fn depends_on_country(field: &FieldId) -> bool {
    field.kind() != Kind::Identifier || matches!(field.field, Field::VatNumber | Field::EnterpriseNumber)
}

/// Records per invalid value, ascending by code.
pub(super) fn by_value(bad: &[Bad]) -> Vec<(u32, u64)> {
    // One value may be invalid in several countries.
    let mut merged: Vec<(u32, u64)> = Vec::with_capacity(bad.len());
    for &Bad { code, count, .. } in bad.iter().filter(|bad| bad.invalid) {
        match merged.last_mut() {
            Some(last) if last.0 == code => last.1 += count,
            _ => merged.push((code, count)),
        }
    }
    merged
}

/// The distinct (value, country) combinations of a column that still have to be judged, as
/// (code, country code, records), ascending.
///
/// A telephone cell is passed over when the record's normalized numbers prove it valid: normalizing a number
/// is the dearest step there is, and `Contacts` already holds the result.
fn by_country(
    data: &Dataset,
    contacts: &Contacts,
    table: usize,
    column: usize,
    field: &FieldId,
) -> Vec<(u32, u32, u64)> {
    let source = &data.tables[table];
    let cells = &source.columns[column].cells;
    let start = data.starts[table];
    let phones = PhoneColumns::of(data, table, field);
    let damaged: Vec<bool> =
        cells.values().iter().map(|value| phones.is_some() && super::signs::is_power_of_ten(value)).collect();
    let mut pairs: Vec<u64> = (0..source.rows)
        .into_par_iter()
        .filter_map(|row| {
            let code = cells.code(row);
            let record = start + row;
            let proven = || {
                !damaged[code as usize]
                    && phones.as_ref().is_some_and(|phones| phones.prove(contacts, record, row))
            };
            if code == MISSING || proven() {
                return None;
            }
            Some(u64::from(code) << 32 | u64::from(contacts.country.code(record)))
        })
        .collect();
    pairs.par_sort_unstable();
    let runs = pairs.chunk_by(|left, right| left == right);
    runs.map(|run| ((run[0] >> 32) as u32, run[0] as u32, run.len() as u64)).collect()
}

/// The telephone columns of a table whose numbers end up in [`Contacts::phone`] (fax numbers do not).
struct PhoneColumns<'a>(Vec<&'a Column>);

impl<'a> PhoneColumns<'a> {
    fn of(data: &'a Dataset, table: usize, field: &FieldId) -> Option<Self> {
        let counts = |field: &FieldId| field.kind() == Kind::Phone && field.field != Field::Fax;
        if !counts(field) {
            return None;
        }
        let columns = data.mapping[table].iter().filter(|mapped| mapped.field.as_ref().is_some_and(counts));
        Some(Self(columns.map(|mapped| &data.tables[table].columns[mapped.column].cells).collect()))
    }

    /// Whether all cells of a row are valid numbers: it has as many numbers as filled cells, all international.
    fn prove(&self, contacts: &Contacts, record: u32, row: u32) -> bool {
        let numbers = contacts.phone.codes(record);
        let filled = self.0.iter().filter(|cells| cells.code(row) != MISSING).count();
        numbers.len() == filled && numbers.iter().all(|&code| contacts.phone.value(code).starts_with('+'))
    }
}

/// Whether every text but a filler (`n/a`, `xxx`) will do: then a value is judged as plain text, which costs a
/// fraction of taking apart names and addresses only to see that something is left.
fn takes_any_text(field: &FieldId) -> bool {
    match field.kind() {
        Kind::PersonName | Kind::Company => !matches!(field.field, Field::LegalForm),
        Kind::Address | Kind::City | Kind::Region => true,
        _ => false,
    }
}

/// Whether a normal form is what the field asks for, in a country (its two-letter code, empty when unknown).
pub fn is_valid(field: &FieldId, normal: &str, country: &str) -> bool {
    if normal.is_empty() {
        return false;
    }
    match field.kind() {
        Kind::Email => {
            normal.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
        }
        Kind::Phone => normal.starts_with('+'),
        Kind::Postcode => super::shape::fits(normal, country),
        Kind::Country => normal.len() == 2 && normal.bytes().all(|byte| byte.is_ascii_uppercase()),
        Kind::Date => match field.field {
            Field::BirthYear | Field::BirthDay => normal.bytes().all(|byte| byte.is_ascii_digit()),
            Field::BirthMonth => true,
            _ => is_day(normal),
        },
        Kind::Identifier => match field.field {
            Field::VatNumber => {
                // Where the country's rules are not known every number will do.
                let number = vat::read(normal, country);
                number.valid.unwrap_or_else(|| number.text.bytes().any(|byte| byte.is_ascii_digit()))
            }
            // Elsewhere it is no VAT number, and its rules are not known.
            Field::EnterpriseNumber => {
                let number = vat::read(normal, country);
                !vat::is_enterprise_number(number.country) || number.valid != Some(false)
            }
            Field::Iban => iban::is_valid(normal),
            _ => true,
        },
        Kind::Website => normal.contains('.'),
        _ => true,
    }
}

/// Whether a normal form is a day of the calendar, or the year or month of one where no more is known.
fn is_day(normal: &str) -> bool {
    match normal.len() {
        4 => normal.starts_with(['1', '2']) && normal.bytes().all(|byte| byte.is_ascii_digit()),
        7 => format!("{normal}-01").parse::<jiff::civil::Date>().is_ok(),
        _ => normal.parse::<jiff::civil::Date>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid(field: Field, normal: &str, country: &str) -> bool {
        is_valid(&FieldId::first(field), normal, country)
    }

    #[test]
    fn check_digits_of_vat_numbers_and_ibans_count() {
        for (number, country) in [
            ("BE0136295787", ""),
            ("NL004495445B01", "BE"),
            ("DE136695976", ""),
            ("136695976", "DE"),
            ("ZZ12", ""),
            ("123456", ""),
        ] {
            assert!(valid(Field::VatNumber, number, country), "{number}");
        }
        for (number, country) in [
            ("BE0136295788", ""),
            ("NL004495446B01", ""),
            ("136695978", "DE"),
            ("BE136295", ""),
            ("ASKTHEM", "NL"),
        ] {
            assert!(!valid(Field::VatNumber, number, country), "{number}");
        }
        assert!(valid(Field::EnterpriseNumber, "BE0136295787", "BE"));
        assert!(!valid(Field::EnterpriseNumber, "BE0136295788", "BE"));
        assert!(valid(Field::EnterpriseNumber, "12345678", "NL"));
        assert!(
            valid(Field::Iban, "NL91ABNA0417164300", "") && !valid(Field::Iban, "NL91ABNA0417164301", "")
        );
        // Right check digits, wrong length for the country.
        assert!(!valid(Field::Iban, "NL32ABNA041716430", ""));
    }
}
