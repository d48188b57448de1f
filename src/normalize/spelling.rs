//! Spellings that only the data itself can settle, learned from all sources before any row is normalized.
//!
//! * `Mueller` is `Müller` when some cell writes it with the umlaut; `Koeks` stays, because nobody writes `Köks`.
//! * `Desmet` is `De Smet` when some cell writes the particle apart; `Dekker` stays, because nobody writes `De Kker`.
//!
//! Both are facts about the set of distinct values, so they do not depend on the order of rows.

use super::name::{self, NameParts};
use super::text::{fold, repair};
use crate::map::{Dataset, Field, FieldId, Kind};
use crate::table::Column;
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;

type Learned<V> = HashMap<String, V, FixedState>;

/// What was learned.
#[derive(Debug, Default)]
pub struct Spellings {
    /// Folded word with a digraph → the folded word that is written with an umlaut: `mueller` → `muller`.
    digraphs: Learned<String>,
    /// Folded joined name → particles and core: `desmet` → (`de`, `smet`).
    glued: Learned<(String, String)>,
}

/// Cores shorter than this are too easily the end of another name.
const SHORTEST_CORE: usize = 4;

impl Spellings {
    /// Learns from the name, company and address columns of all sources.
    pub fn learn(data: &Dataset) -> Self {
        let columns = |wanted: &(dyn Fn(&FieldId) -> bool + Sync)| -> Vec<&Column> {
            let positions = (0..data.fields.len()).filter(|&at| wanted(&data.fields[at]));
            positions
                .flat_map(|at| (0..data.tables.len()).map(move |table| (table, at)))
                .filter_map(|(table, at)| data.columns[table][at].map(|column| data.cells(table, column)))
                .collect()
        };
        let mut spellings = Self::default();
        let texts = columns(&|field| {
            matches!(field.kind(), Kind::PersonName | Kind::Company)
                || matches!(field.field, Field::Street | Field::StreetAndNumber)
        });
        for column in texts {
            let found: Vec<(String, String)> = (1..column.distinct() as u32)
                .into_par_iter()
                .map(|code| column.value(code))
                .filter(|value| !value.is_ascii())
                .flat_map_iter(digraphs)
                .collect();
            spellings.digraphs.extend(found);
        }
        for column in columns(&|field| field.field == Field::LastName) {
            let found: Vec<(String, (String, String))> = (1..column.distinct() as u32)
                .into_par_iter()
                .filter_map(|code| apart(column.value(code)))
                .collect();
            // Two ways to take one name apart: the smaller text, whatever the order of rows.
            for (joined, parts) in found {
                let kept = spellings.glued.entry(joined).or_insert_with(|| parts.clone());
                if parts < *kept {
                    *kept = parts;
                }
            }
        }
        spellings
    }

    /// A folded text with the digraphs that stand for umlauts replaced; nothing when there are none.
    pub fn without_digraphs(&self, folded: &str) -> Option<String> {
        let bytes = folded.as_bytes();
        let may_have = bytes.windows(2).any(|pair| matches!(pair, b"ae" | b"oe" | b"ue" | b"aa"));
        if !may_have
            || self.digraphs.is_empty()
            || !folded.split(' ').any(|word| self.digraphs.contains_key(word))
        {
            return None;
        }
        let words = folded.split(' ').map(|word| self.digraphs.get(word).map_or(word, String::as_str));
        Some(words.collect::<Vec<_>>().join(" "))
    }

    /// Brings a parsed name to the spellings learned.
    pub fn apply(&self, name: &mut name::PersonName) {
        for text in [&mut name.given, &mut name.family] {
            if let Some(better) = self.without_digraphs(text) {
                *text = better;
            }
        }
        let mut words_changed = false;
        if let Some(better) = self.without_digraphs(&name.words) {
            name.words = better;
            words_changed = true;
        }
        if name.particles.is_empty()
            && let Some((particles, core)) = self.glued.get(&name.family)
        {
            let words = name.words.split(' ').map(|word| if word == name.family { core } else { word });
            name.words = words.collect::<Vec<_>>().join(" ");
            name.family.clone_from(core);
            name.particles.clone_from(particles);
            words_changed = true;
        }
        if words_changed {
            let mut words: Vec<&str> = name.words.split(' ').collect();
            words.sort_unstable();
            words.dedup();
            name.words = words.join(" ");
        }
    }
}

/// The words of a text that are written with an umlaut: as a digraph, and folded.
fn digraphs(value: &str) -> Vec<(String, String)> {
    let text = repair(value);
    let is_part = |c: char| c.is_alphanumeric();
    text.split(|c: char| !is_part(c))
        .filter(|word| word.chars().any(|c| digraph(c).is_some()))
        .map(|word| {
            let long: String = word
                .chars()
                .flat_map(|c| digraph(c).map_or(vec![c], |pair| pair.chars().collect()))
                .collect();
            (fold(&long), fold(word))
        })
        .filter(|(long, short)| long != short)
        .collect()
}

fn digraph(c: char) -> Option<&'static str> {
    match c {
        'ä' | 'Ä' => Some("ae"),
        'ö' | 'Ö' | 'ø' | 'Ø' => Some("oe"),
        'ü' | 'Ü' => Some("ue"),
        'å' | 'Å' => Some("aa"),
        _ => None,
    }
}

/// A family name with particles, joined, and its parts.
fn apart(value: &str) -> Option<(String, (String, String))> {
    let (first, _) = value.split_once(' ')?;
    if !value.contains(',') && !name::is_particle(&fold(first)) {
        return None;
    }
    let name = name::parse(NameParts { family: value, ..NameParts::default() });
    let usable =
        !name.particles.is_empty() && name.family.len() >= SHORTEST_CORE && !name.family.contains(' ');
    usable.then(|| {
        let joined = name.particles.replace(' ', "") + &name.family;
        (joined, (name.particles, name.family))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::data;
    use super::*;

    fn learned() -> Spellings {
        let rows: [&[&str]; 4] =
            [&["Jürgen", "Müller"], &["Jan", "De Smet"], &["Piet", "Koeks"], &["An", "De Kk"]];
        Spellings::learn(&data(&["first_name", "last_name"], &rows))
    }

    fn name(given: &str, family: &str) -> (String, String, String, String) {
        let mut name = name::parse(NameParts { given, family, ..NameParts::default() });
        learned().apply(&mut name);
        (name.given, name.particles, name.family, name.words)
    }

    #[test]
    fn what_the_data_writes_apart_or_with_an_umlaut_is_known() {
        let expect = |parts: [&str; 4]| parts.map(str::to_string).into();
        assert_eq!(name("Juergen", "Mueller"), expect(["jurgen", "", "muller", "jurgen muller"]));
        assert_eq!(name("Jan", "Desmet"), expect(["jan", "de", "smet", "jan smet"]));
    }

    #[test]
    fn other_names_stay() {
        let expect = |parts: [&str; 4]| parts.map(str::to_string).into();
        assert_eq!(name("Joep", "Koeks"), expect(["joep", "", "koeks", "joep koeks"]));
        assert_eq!(name("Jan", "Dekk"), expect(["jan", "", "dekk", "dekk jan"]));
    }
}
