//! Headings that can be told apart.

use super::Finding;
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

/// What a cell is when its text alone shows that it is a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evident {
    Email,
    /// A telephone number, a day, a long id.
    Number,
    Postcode,
}

fn evident(cell: &str) -> Option<Evident> {
    /// Characters of the longest postcode.
    const LONGEST_POSTCODE: usize = 10;
    let cell = cell.trim();
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let letters = cell.bytes().filter(u8::is_ascii_alphabetic).count();
    // `1012 LG`, `EC1A 1AA`, `00-950`: capitals, digits and one sign between them, two digits at least.
    let is_postcode = || {
        let rest = cell.len() - digits - letters;
        let capitals = cell.bytes().all(|byte| !byte.is_ascii_lowercase()) && cell.is_ascii();
        let parts = cell.split([' ', '-']).all(|part| !part.is_empty() && part.len() <= 4);
        capitals
            && parts
            && rest == 1
            && digits >= 2
            && (letters == 2 || letters == 3 || letters == 4 || letters == 0)
    };
    match () {
        () if is_value(cell) => Some(if cell.contains('@') { Evident::Email } else { Evident::Number }),
        () if cell.len() <= LONGEST_POSTCODE && is_postcode() => Some(Evident::Postcode),
        () => None,
    }
}

/// The first value in the place of the headings, when the first of some rows is one of data: one of its cells is evidently
/// a value, as most cells below it are.
pub fn missing<'r>(rows: &[Vec<&'r str>]) -> Option<&'r str> {
    let (first, below) = rows.split_first()?;
    let is_alike = |at: usize, kind: Evident| {
        let cells = below.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.trim().is_empty());
        let (mut all, mut same) = (0, 0);
        for cell in cells {
            all += 1;
            same += usize::from(evident(cell) == Some(kind));
        }
        // A single row holds an address, and nothing else could be told.
        if all == 0 { kind == Evident::Email && below.is_empty() } else { same * 2 > all }
    };
    let mut cells = first.iter().enumerate();
    cells.find(|(at, cell)| evident(cell).is_some_and(|kind| is_alike(*at, kind))).map(|(_, cell)| *cell)
}

/// The finding of a table without headings.
pub fn none(value: &str, line: u32, path: &str, source: &str) -> Finding {
    Finding {
        source: source.to_string(),
        file: path.to_string(),
        rule: "no_headings".to_string(),
        message: "the first line is a row, not headings, and is read as one; the columns are called column_1, column_2 … \
                  (if it does hold the headings, set `header = true` of its source in the settings)"
            .to_string(),
        count: 1,
        examples: vec![super::frame::example(line, value)],
    }
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
    fn a_first_row_of_data_is_known_by_its_values() {
        let first = |rows: &[&[&str]]| {
            missing(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>()).map(str::to_string)
        };
        assert_eq!(
            first(&[&["Jan", "j@j.nl", "0612345678"], &["An", "a@s.nl", ""]]).as_deref(),
            Some("j@j.nl")
        );
        assert_eq!(first(&[&["Jan", "0612345678"], &["An", "0687654321"]]).as_deref(), Some("0612345678"));
        assert_eq!(first(&[&["Jan", "1980-01-02"], &["An", "1981-02-03"]]).as_deref(), Some("1980-01-02"));
        assert_eq!(first(&[&["Jan", "1012 LG"], &["An", "3011 AB"]]).as_deref(), Some("1012 LG"));
        assert_eq!(first(&[&["Jan", "jan@x.nl"]]).as_deref(), Some("jan@x.nl"));
        assert_eq!(first(&[&["name", "email"], &["An", "a@s.nl"]]), None);
        // Months as headings over amounts; codes of columns.
        assert_eq!(first(&[&["name", "2024-01-31"], &["An", "12.50"]]), None);
        assert_eq!(first(&[&["ADR 12", "NAME"], &["x", "y"]]), None);
        assert_eq!(first(&[]), None);
    }

    #[test]
    fn distinct_headings_are_left_alone() {
        let (names, notes) = distinct(["a", "A", "b"]);
        assert_eq!(names, ["a", "A", "b"]);
        assert!(notes.is_empty());
    }
}
