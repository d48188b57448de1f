//! Names of which given names and family name stand in cells of their own, read cell by cell.

use super::junk;
use super::name::Name;
use super::name_words::{Words, titles};

/// What [`alone`] says of a cell that can only be read together with the other.
pub(super) const ODD: &str = "?";

/// How the cell of given names, or of a family name, joins the other: the folded words of the cell where none of them is a mark or a
/// title, so that the other cell does not change how they are read; nothing for a filler; else [`ODD`].
pub(super) fn alone(raw: &str, is_family: bool) -> String {
    if raw.is_empty() || junk::is_junk(raw) {
        return String::new();
    }
    let words = Words::of(raw);
    let all = words.all();
    let has_marks = words.has_comma
        || all.iter().any(|word| word.aside || is_family && titles().lead.contains(word.text))
        || Name::default().without_marks(&all).len() != all.len();
    if all.is_empty() || has_marks { ODD.to_string() } else { words.text }
}

/// Whether a name of two cells can be read cell by cell: then its words are [`joined`], and the rest of it is of the one cell or of
/// the other. Both are given as [`alone`] says.
pub(super) fn can_join(given: &str, family: &str) -> bool {
    let is_repeated = |word: &str| family.split(' ').any(|other| other == word);
    given != ODD
        && family != ODD
        && (given.is_empty() || family.is_empty() || !given.split(' ').any(is_repeated))
}

/// The words of a name whose given and family names were parsed apart: both are sorted and distinct.
pub(super) fn joined(given: &str, family: &str) -> String {
    if given.is_empty() || family.is_empty() {
        return [given, family].concat();
    }
    let mut out = String::with_capacity(given.len() + 1 + family.len());
    let (mut given, mut family) = (given.split(' ').peekable(), family.split(' ').peekable());
    loop {
        let word = match (given.peek(), family.peek()) {
            (Some(one), Some(other)) if one == other => {
                given.next();
                family.next()
            }
            (Some(one), Some(other)) if one < other => given.next(),
            (Some(_), None) => given.next(),
            _ => family.next(),
        };
        let Some(word) = word else { return out };
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::super::name::{NameParts, PersonName, parse};
    use super::*;
    use proptest::prelude::*;

    fn name(given: &str, family: &str) -> PersonName {
        parse(NameParts { given, family, ..NameParts::default() })
    }

    #[test]
    fn cells_that_change_each_other_are_not_joined() {
        let can_join = |given: &str, family: &str| can_join(&alone(given, false), &alone(family, true));
        assert!(can_join("Jan", "van den Berg") && can_join("", "Smith") && can_join("Jan", "n/a"));
        for (given, family) in [
            ("", "Smith, John"),
            ("Jan", "Jan Jansen"),
            ("Smith, John", ""),
            ("Dr. Jan", "Berg"),
            ("Jan", "Berg Jr"),
            ("Jan", "Smith, John"),
            ("William \"Bill\"", "Gates"),
        ] {
            assert!(!can_join(given, family), "{given} {family}");
        }
    }

    proptest! {
        #[test]
        fn names_that_are_joined_are_what_is_read_at_once(
            given in "((Jan|Els|J\\.|Dr|Mevr\\.|van|Zoë|Sr|Mc|test|vandenberg|[A-Za-zé',-]{0,6})[ -]?){0,3}",
            family in "((van|den|v|d|Mc|de|Berg|Vandenberg|Jr|Sir|Jan|O'|Smith|ten|x|III|[A-Za-zé',-]{0,6})[ -]?){0,4}",
        ) {
            if can_join(&alone(&given, false), &alone(&family, true)) {
                let whole = name(&given, &family);
                let (given, family) = (name(&given, ""), name("", &family));
                prop_assert_eq!(&given.given, &whole.given);
                let parts = |name: &PersonName| {
                    [&name.particles, &name.family, &name.generation].map(String::clone)
                };
                prop_assert_eq!(parts(&family), parts(&whole));
                prop_assert_eq!(joined(&given.words, &family.words), whole.words);
            }
        }
    }
}
