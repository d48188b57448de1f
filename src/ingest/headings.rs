//! Headings that can be told apart.

use crate::table::Column;
use std::collections::HashSet;

/// Makes headings unique: a repeated one becomes `name (2)`, an empty one `column N`. Also tells what was changed,
/// in sentences for people.
pub fn distinct<'a>(headings: impl IntoIterator<Item = &'a str>) -> (Vec<String>, Vec<String>) {
    let headings: Vec<&str> = headings.into_iter().collect();
    let mut taken: HashSet<String> = headings.iter().map(|heading| heading.to_string()).collect();
    let mut seen = HashSet::new();
    let mut notes = Vec::new();
    let mut names = Vec::with_capacity(headings.len());
    for (at, &heading) in headings.iter().enumerate() {
        if !heading.trim().is_empty() && seen.insert(heading) {
            names.push(heading.to_string());
            continue;
        }
        let empty = heading.trim().is_empty();
        let name = match empty {
            true => free(&taken, |n| {
                if n == 1 { format!("column {}", at + 1) } else { format!("column {} ({n})", at + 1) }
            }),
            false => free(&taken, |n| format!("{heading} ({})", n + 1)),
        };
        notes.push(match empty {
            true => format!("column {} has no heading; it is called `{name}`", at + 1),
            false => {
                format!("heading `{heading}` stands more than once; column {} is called `{name}`", at + 1)
            }
        });
        taken.insert(name.clone());
        names.push(name);
    }
    (names, notes)
}

/// Headings of a table that has none: `column_1`, `column_2` …
pub fn numbered(columns: usize) -> Vec<String> {
    (1..=columns).map(|nth| format!("column_{nth}")).collect()
}

/// A heading that is more likely a value, when the first line looks like a row: one is an e-mail address, a long number
/// or a date, or several, but not all, stand as values in their own columns.
pub fn like_value<'h>(headings: &'h [String], columns: &[Column]) -> Option<&'h str> {
    /// One heading may be a value by chance (`Mobile` in a column of labels), two hardly.
    const BEYOND_CHANCE: usize = 2;
    /// Distinct values of a column in which its heading is looked for: enough to meet what is frequent, in no time.
    const LOOKED_AT: usize = 10_000;
    let by_itself = headings.iter().find(|heading| is_value(heading));
    let again = || {
        let recurs = |(heading, column): &(&String, &Column)| {
            column.values().iter().take(LOOKED_AT).any(|value| value == *heading)
        };
        let recurring: Vec<&String> =
            headings.iter().zip(columns).filter(recurs).map(|(heading, _)| heading).collect();
        // All of them is the line of headings once more, as in files that were joined.
        let is_row = recurring.len() >= BEYOND_CHANCE && recurring.len() < headings.len();
        recurring.first().copied().filter(|_| is_row)
    };
    by_itself.or_else(again).map(String::as_str)
}

/// Whether a heading is more likely a value: an e-mail address, a long number or a date.
fn is_value(heading: &str) -> bool {
    /// Digits in a heading past which it is a telephone number, an id or a date, not `User 12` or a year.
    const MANY_DIGITS: usize = 7;
    let address =
        heading.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    let number = heading.chars().filter(char::is_ascii_digit).count() >= MANY_DIGITS
        && !heading.chars().any(char::is_alphabetic);
    address || number
}

/// The first of the names for 1, 2, 3 … that is not taken.
pub fn free(taken: &HashSet<String>, name: impl Fn(usize) -> String) -> String {
    (1..).map(name).find(|name| !taken.contains(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_and_empty_headings_get_names() {
        let (names, notes) = distinct(["Naam", "Naam", "", " ", "Naam (2)", "Naam"]);
        assert_eq!(names, ["Naam", "Naam (3)", "column 3", "column 4", "Naam (2)", "Naam (4)"]);
        assert_eq!(notes.len(), 4);
        assert!(notes[0].contains("`Naam`") && notes[0].contains("column 2"));
    }

    #[test]
    fn a_row_instead_of_headings_is_seen() {
        let like = |headings: &[&str], columns: &[&[&str]]| {
            let headings: Vec<String> = headings.iter().map(|heading| heading.to_string()).collect();
            let columns: Vec<Column> =
                columns.iter().map(|cells| Column::from_values(cells.iter().copied())).collect();
            like_value(&headings, &columns).map(str::to_string)
        };
        assert_eq!(
            like(&["Jan", "jan@berg.example"], &[&["Els"], &[""]]).as_deref(),
            Some("jan@berg.example")
        );
        assert_eq!(like(&["Jan", "2021-03-04"], &[&["Els"], &[""]]).as_deref(), Some("2021-03-04"));
        let cities: &[&[&str]] = &[&["Els", "Jan"], &["Gent"], &["Dal"]];
        assert_eq!(like(&["Jan", "Gent", "Berg"], cities).as_deref(), Some("Jan"));
        assert_eq!(like(&["Name", "Mobile"], &[&["Els"], &["Mobile"]]), None);
        assert_eq!(like(&["Name", "City"], &[&["Els", "Name"], &["Gent", "City"]]), None);
        assert_eq!(like(&["Umsatz 2021", "2022"], &[&["1"], &["2"]]), None);
        assert_eq!(numbered(2), ["column_1", "column_2"]);
    }

    #[test]
    fn distinct_headings_are_left_alone() {
        let (names, notes) = distinct(["a", "A", "b"]);
        assert_eq!(names, ["a", "A", "b"]);
        assert!(notes.is_empty());
    }
}
