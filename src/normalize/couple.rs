//! Two people in one cell: `Jan & Marie Peeters`.

use super::name_words::titles;
use super::text::fold;
use super::{nickname, table};
use std::sync::OnceLock;

/// The names of two people that stand in one cell, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Couple<'a> {
    pub one: &'a str,
    /// What stands between them: `&`, `en`.
    pub joint: &'a str,
    pub other: &'a str,
}

impl<'a> Couple<'a> {
    /// Two people, when that is certain: what stands on both sides of the only `&`, `and`, `en` … begins with a given name.
    /// `Marks & Spencer` does not, and neither does `Ortega y Gasset`.
    pub fn of(raw: &'a str) -> Option<Self> {
        let couple = Self::split(raw)?;
        let begins = |text: &str| behind_titles(text).next().is_some_and(|word| is_given(&word));
        (begins(couple.one) && begins(couple.other)).then_some(couple)
    }

    /// What stands on both sides of the only such word, whatever it is.
    pub fn split(raw: &'a str) -> Option<Self> {
        let mut joints = words(raw).filter(|word| is_joint(word));
        let (joint, None) = (joints.next()?, joints.next()) else { return None };
        // `joint` is a part of `raw`: the length before it is its place.
        let at = joint.as_ptr() as usize - raw.as_ptr() as usize;
        let (one, other) = (raw[..at].trim(), raw[at + joint.len()..].trim());
        (!one.is_empty() && !other.is_empty() && !raw.contains(',')).then_some(Self { one, joint, other })
    }
}

/// Whether a name is nothing but given names, titles and forms of address passed over.
pub(super) fn is_only_given(name: &str) -> bool {
    behind_titles(name).all(|word| is_given(&word))
}

fn is_given(word: &str) -> bool {
    word.len() > 1 && nickname::is_known(word)
}

/// The folded words of a name from the first that is no title.
fn behind_titles(name: &str) -> impl Iterator<Item = String> {
    words(name).map(fold).skip_while(|word| titles().lead.contains(word.as_str()))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

fn is_joint(word: &str) -> bool {
    static JOINTS: OnceLock<table::Words> = OnceLock::new();
    let joints = JOINTS
        .get_or_init(|| table::rows(include_str!("tables/couple_words.csv")).map(|[word]| word).collect());
    // Short and rare: hardly any word comes as far as the table.
    word.len() <= 3 && joints.contains(word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_people_are_seen_where_it_is_certain() {
        for (raw, one, other) in [
            ("Jan & Marie Peeters", "Jan", "Marie Peeters"),
            ("Jan en Marie Peeters", "Jan", "Marie Peeters"),
            ("Jan Peeters & Marie Janssens", "Jan Peeters", "Marie Janssens"),
            ("JOHN AND MARY SMITH", "JOHN", "MARY SMITH"),
            ("Dhr. Jan en Mevr. Marie Peeters", "Dhr. Jan", "Mevr. Marie Peeters"),
        ] {
            let couple = Couple::of(raw).unwrap_or_else(|| panic!("{raw} are two people"));
            assert_eq!((couple.one, couple.other), (one, other));
        }
        for raw in [
            "Marks & Spencer",
            "Smith & Jones",
            "Ortega y Gasset",
            "Jan en",
            "& Marie",
            "Jan & Marie & Els",
            "Peeters, Jan & Marie",
            "Dhr. en Mevr. Peeters",
            "Jan Peeters",
            "",
        ] {
            assert_eq!(Couple::of(raw), None, "{raw}");
        }
    }
}
