//! Given names and their short forms: `jan` ~ `johannes`, `bill` ~ `william`.

use super::table;
use std::collections::HashMap;
use std::sync::OnceLock;

struct Nicknames {
    /// Folded name → numbers of the groups it is in, each group one formal name with its short forms; sorted.
    groups: HashMap<&'static str, Vec<u16>>,
    /// Group number → formal name.
    formal: Vec<&'static str>,
    /// Folded name → formal name of its largest group, the earlier in the table among equals.
    canonical: HashMap<&'static str, &'static str>,
}

fn nicknames() -> &'static Nicknames {
    static NICKNAMES: OnceLock<Nicknames> = OnceLock::new();
    NICKNAMES.get_or_init(|| {
        let mut all = Nicknames { groups: HashMap::new(), formal: Vec::new(), canonical: HashMap::new() };
        let mut number: HashMap<&'static str, u16> = HashMap::new();
        let english = table::rows(include_str!("tables/nicknames_en.csv")).map(|[formal, _, short]| [formal, short]);
        let european = table::rows(include_str!("tables/nicknames_eu.csv"))
            .flat_map(|[formal, shorts, _language]| shorts.split('|').map(move |short| [formal, short]));
        for [formal, short] in english.chain(european) {
            let group = *number.entry(formal).or_insert_with(|| {
                all.formal.push(formal);
                (all.formal.len() - 1) as u16
            });
            for name in [formal, short] {
                let groups = all.groups.entry(name).or_default();
                if let Err(at) = groups.binary_search(&group) {
                    groups.insert(at, group);
                }
            }
        }
        let mut sizes = vec![0u32; all.formal.len()];
        all.groups.values().flatten().for_each(|&group| sizes[usize::from(group)] += 1);
        for (&name, groups) in &all.groups {
            let largest = groups.iter().max_by_key(|&&group| (sizes[usize::from(group)], std::cmp::Reverse(group)));
            if let Some(&group) = largest {
                all.canonical.insert(name, all.formal[usize::from(group)]);
            }
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

/// A formal name for a folded given name (`bill` → `william`), the name itself when it is unknown.
///
/// For keys: of several groups the one with the most names is taken, so equal results say less than [`related`].
pub fn canonical(given: &str) -> &str {
    nicknames().canonical.get(given).copied().unwrap_or(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_related_in_many_languages() {
        for (a, b) in [
            ("william", "bill"), ("bill", "will"), ("johannes", "jan"), ("hans", "johannes"), ("elisabeth", "els"), ("wilhelmina", "mien"),
            ("jose", "pepe"), ("francisco", "paco"), ("krzysztof", "krzys"), ("malgorzata", "gosia"), ("josef", "sepp"),
            ("cornelis", "kees"), ("hendrik", "henk"), ("margaret", "peggy"),
        ] {
            assert!(related(a, b) && related(b, a), "{a} {b}");
        }
        assert!(!related("jan", "piet"));
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
