//! Headings that can be told apart.

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
    fn distinct_headings_are_left_alone() {
        let (names, notes) = distinct(["a", "A", "b"]);
        assert_eq!(names, ["a", "A", "b"]);
        assert!(notes.is_empty());
    }
}
