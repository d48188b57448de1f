//! Given names and their short forms: `jan` ~ `johannes`, `bill` ~ `william`.

use super::table;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::OnceLock;

#[derive(Default)]
struct Nicknames {
    /// Folded name → numbers of the groups it is in, sorted. A group is a formal name with its short forms, or a pair.
    groups: table::Lookup<Vec<u16>>,
    /// Group number → formal name; empty for a pair.
    formal: Vec<&'static str>,
}

impl Nicknames {
    fn add(&mut self, formal: &'static str, names: impl IntoIterator<Item = &'static str>) {
        let group = self.formal.len() as u16;
        self.formal.push(formal);
        for name in names {
            let groups = self.groups.entry(name).or_default();
            if groups.last() != Some(&group) {
                groups.push(group);
            }
        }
    }
}

fn nicknames() -> &'static Nicknames {
    static NICKNAMES: OnceLock<Nicknames> = OnceLock::new();
    NICKNAMES.get_or_init(|| {
        let mut all = Nicknames::default();
        // Our own table first: its order decides which formal name a short form leads to.
        for [formal, shorts, _language] in table::rows(include_str!("tables/nicknames_eu.csv")) {
            all.add(formal, std::iter::once(formal).chain(shorts.split('|')));
        }
        // The English table lists short forms as heads too (`bill` with `robert` and `william`): a head that a larger
        // group lists is no formal name, and its rows are pairs only, or it would relate the formal names.
        let mut english: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
        for [head, _, short] in table::rows(include_str!("tables/nicknames_en.csv")) {
            english.entry(head).or_default().push(short);
        }
        let is_short = |head: &str, size: usize| {
            english.values().any(|shorts| shorts.len() > size && shorts.contains(&head))
        };
        let (short, formal): (Vec<_>, Vec<_>) =
            english.iter().partition(|(head, shorts)| is_short(head, shorts.len()));
        // The largest group first, for the same reason as above.
        let mut formal = formal;
        formal.sort_by_key(|(head, shorts)| (Reverse(shorts.len()), *head));
        for (head, shorts) in formal {
            all.add(head, std::iter::once(*head).chain(shorts.iter().copied()));
        }
        for (head, shorts) in short {
            shorts.iter().for_each(|short| all.add("", [*head, *short]));
        }
        all
    })
}

/// Whether two folded given names are a name and its short form, or two short forms of one name.
///
/// Symmetric; not transitive (`jan` ~ `johannes` ~ `hans` share a group, `alex` stands in several). A name is not
/// related to itself: equality is a stronger fact and the caller's to see.
pub fn related(a: &str, b: &str) -> bool {
    if a == b {
        return false;
    }
    let groups = &nicknames().groups;
    match (groups.get(a), groups.get(b)) {
        (Some(a), Some(b)) => a.iter().any(|group| b.binary_search(group).is_ok()),
        _ => false,
    }
}

/// Whether a folded word stands in the tables as a given name.
pub fn is_known(given: &str) -> bool {
    static USUAL: OnceLock<table::Words> = OnceLock::new();
    let usual = || {
        let rows = table::rows(include_str!("tables/given_names.csv"));
        rows.flat_map(|[_language, names]| names.split(' ')).collect()
    };
    nicknames().groups.contains_key(given) || USUAL.get_or_init(usual).contains(given)
}

/// A formal name for a folded given name (`bill` → `william`), the name itself when it is unknown.
///
/// For keys: a name of several groups leads to the first (the most usual), so equal results say less than [`related`].
pub fn canonical(given: &str) -> &str {
    let all = nicknames();
    let first =
        all.groups.get(given).and_then(|groups| groups.first()).map(|&group| all.formal[usize::from(group)]);
    first.filter(|formal| !formal.is_empty()).unwrap_or(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_related_in_many_languages() {
        for (a, b) in [
            ("william", "bill"),
            ("bill", "will"),
            ("johannes", "jan"),
            ("hans", "johannes"),
            ("elisabeth", "els"),
            ("wilhelmina", "mien"),
            ("jose", "pepe"),
            ("francisco", "paco"),
            ("krzysztof", "krzys"),
            ("malgorzata", "gosia"),
            ("josef", "sepp"),
            ("cornelis", "kees"),
            ("hendrik", "henk"),
            ("margaret", "peggy"),
        ] {
            assert!(related(a, b) && related(b, a), "{a} {b}");
        }
        assert!(!related("william", "robert") && !related("jan", "piet"));
        assert!(!related("jan", "jan"));
        assert!(!related("xqz", "jan"));
    }

    #[test]
    fn short_forms_lead_to_a_formal_name_and_formal_names_to_themselves() {
        assert_eq!(canonical("bill"), "william");
        assert_eq!(canonical("kees"), "cornelis");
        assert_eq!(canonical("william"), "william");
        assert_eq!(canonical("xqz"), "xqz");
    }
}
