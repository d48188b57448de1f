//! Consent: which fields are about it, and which of two answers is the stricter.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a consent field's *yes* means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// Yes forbids: an opt-out, a do-not-call.
    Restricting,
    /// Yes allows: an opt-in.
    Permitting,
}

struct Table {
    fields: Vec<(String, Consent)>,
    values: HashMap<&'static str, bool>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { fields: Vec::new(), values: HashMap::new() };
    let lines = include_str!("tables/consent.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    for (what, words) in lines.filter_map(|line| line.split_once(',')) {
        match what {
            "restricting" => table.fields.push((format!(" {words} "), Consent::Restricting)),
            "permitting" => table.fields.push((format!(" {words} "), Consent::Permitting)),
            _ => drop(table.values.insert(words, what == "yes")),
        }
    }
    table
});

/// What a field's name says about consent; opt-outs are looked for first (`newsletter_opt_out`).
pub(super) fn of_field(name: &str) -> Option<Consent> {
    let words = format!(" {} ", folded(name));
    TABLE.fields.iter().find(|(phrase, _)| words.contains(phrase.as_str())).map(|(_, consent)| *consent)
}

/// How strict an answer is: 2 forbids, 1 is not understood, 0 allows.
pub(super) fn strictness(consent: Consent, value: &str) -> u32 {
    match TABLE.values.get(folded(value).as_str()) {
        Some(yes) if *yes == (consent == Consent::Restricting) => 2,
        Some(_) => 0,
        None => 1,
    }
}

fn folded(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_yes_means() {
        assert_eq!(of_field("email_opt_out"), Some(Consent::Restricting));
        assert_eq!(of_field("newsletter opt-out"), Some(Consent::Restricting));
        assert_eq!(of_field("newsletter"), Some(Consent::Permitting));
        assert_eq!(of_field("last_name"), None);
    }

    #[test]
    fn the_stricter_answer_counts_more() {
        assert!(strictness(Consent::Restricting, "Ja") > strictness(Consent::Restricting, "perhaps"));
        assert!(strictness(Consent::Restricting, "perhaps") > strictness(Consent::Restricting, "no"));
        assert!(strictness(Consent::Permitting, "FALSE") > strictness(Consent::Permitting, "1"));
    }
}
