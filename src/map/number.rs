//! Columns of one field → `email`, `email_2`, `email_3`.

use super::agree::{self, MOST_OF_A_FIELD};
use super::decide::Choice;
use super::look::Look;
use super::{Field, FieldId, Kind, MappedColumn};
use std::collections::{BTreeMap, HashMap};

/// A column of a field goes behind the others when it is filled this many times less than the fullest.
const MUCH_LESS_FILLED: usize = 10;

/// Which of several addresses a column belongs to, by its heading: its qualifier's rank and its number.
type AddressKey = (u8, u8);

fn address(choice: &Choice) -> AddressKey {
    (choice.rank, choice.number.unwrap_or(1))
}

fn is_address(field: Option<&Field>) -> bool {
    let part =
        |kind| matches!(kind, Kind::Address | Kind::Postcode | Kind::City | Kind::Region | Kind::Country);
    // A second line has a number of its own, which is not the address's.
    field.is_some_and(|field| !matches!(field, Field::Other(..) | Field::AddressLine2) && part(field.kind()))
}

/// How well each address is filled: as its fullest part. So all parts of an address get the same number, and the state of
/// one never joins the street of another.
fn addresses(choices: &[Choice], looks: &[Look]) -> HashMap<AddressKey, usize> {
    let mut filled = HashMap::new();
    for (choice, look) in choices.iter().zip(looks).filter(|(choice, _)| is_address(choice.field.as_ref())) {
        let most = filled.entry(address(choice)).or_insert(0);
        *most = look.filled.max(*most);
    }
    filled
}

/// Numbers the columns of one field: main one first, then by the number in the heading, then as they stand in the file.
pub fn columns(choices: Vec<Choice>, names: &[&str], looks: &[Look]) -> Vec<MappedColumn> {
    // Fields of their own belong together by name, whatever their values look like.
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, choice) in choices.iter().enumerate() {
        if let Some(field) = &choice.field {
            groups.entry(field.name()).or_default().push(at);
        }
    }
    let mut numbers: Vec<Option<u8>> = vec![None; choices.len()];
    let addresses = addresses(&choices, looks);
    for (name, mut members) in groups {
        let filled = |at: usize| {
            let whole = is_address(choices[at].field.as_ref()).then(|| addresses.get(&address(&choices[at])));
            whole.flatten().copied().unwrap_or(looks[at].filled)
        };
        let fullest = members.iter().map(|&at| filled(at)).max().unwrap_or(0);
        let label = name.ends_with("_label");
        members.sort_by_key(|&at| {
            let choice = &choices[at];
            let scarce = filled(at) * MUCH_LESS_FILLED < fullest;
            (scarce, choice.rank, choice.number.unwrap_or(1), looks[at].filled == 0, choice.inexact, at)
        });
        // A label keeps the number of what it labels, a field of its own the number in its name.
        let wanted = |at: usize| match &choices[at].field {
            Some(Field::Other(..)) => agree::trailing_number(names[at]),
            _ => choices[at].number.filter(|_| label),
        };
        if name == Field::Ignore.name() {
            // They get names of their own, see `dataset::name_ignored`.
            members.iter().for_each(|&at| numbers[at] = Some(1));
            continue;
        }
        for &at in &members {
            numbers[at] = choices[at].declared;
        }
        let is_free = |numbers: &[Option<u8>], nth: u8| members.iter().all(|&at| numbers[at] != Some(nth));
        for &at in members.iter().filter(|&&at| choices[at].declared.is_none()) {
            numbers[at] = wanted(at).filter(|&nth| nth > 0 && is_free(&numbers, nth));
        }
        for &at in &members {
            numbers[at] = numbers[at].or_else(|| (1..=MOST_OF_A_FIELD).find(|&nth| is_free(&numbers, nth)));
        }
    }
    let mapped = choices.into_iter().zip(numbers).enumerate().map(|(at, (choice, nth))| {
        let mut why = choice.why;
        let field = choice.field.zip(nth).map(|(field, nth)| FieldId { field, nth });
        if field.is_none() && looks[at].filled > 0 {
            why.push_str("; there are too many columns of this field, so it is left out");
        }
        MappedColumn { column: at, field, why }
    });
    mapped.collect()
}
