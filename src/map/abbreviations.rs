//! Abbreviated words of headings, and the ways in which they can be written out.

use super::headings::{rows, words};
use any_ascii::any_ascii;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

/// Letters from which on the beginning of a word stands for it, when a dot says that it is cut.
const SHORTEST_BEGINNING: usize = 3;
/// Ways of writing a heading out that are tried: several words of several meanings each would make thousands.
const MOST_WAYS: usize = 600;

/// Abbreviated word → the words that it may stand for, the most likely first.
static KNOWN: LazyLock<HashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut known: HashMap<String, Vec<&'static str>> = HashMap::new();
    for [short, long, _] in rows(include_str!("tables/abbreviations.csv")) {
        known.entry(any_ascii(short).to_ascii_lowercase()).or_default().push(long);
    }
    known
});

/// Every word of the known headings, and every one that says which of several columns is meant.
static WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let headings = rows::<3>(include_str!("tables/headers.csv")).flat_map(|[heading, ..]| words(heading));
    headings
        .chain(rows::<4>(include_str!("tables/qualifiers.csv")).map(|[word, ..]| word.to_string()))
        .collect()
});

/// A heading with its abbreviations written out, in every way that they may be meant; the most likely first. Empty when
/// nothing in it is a known abbreviation. `take_apart`: words may be two that are written as one.
pub fn ways(heading: &str, take_apart: bool) -> Vec<String> {
    let options = |word: &String| {
        let mut options: Vec<String> =
            KNOWN.get(word).into_iter().flatten().map(|long| long.to_string()).collect();
        if options.is_empty() && take_apart {
            options = glued(word);
        }
        options.push(word.clone());
        options
    };
    all(heading, words(heading).iter().map(options).collect())
}

/// A heading with each word that a dot cuts off written out as every known word that begins like it.
pub fn completions(heading: &str) -> Vec<String> {
    let cut = cut_off(heading);
    let options = |word: &String| {
        let mut options: Vec<String> =
            KNOWN.get(word).into_iter().flatten().map(|long| long.to_string()).collect();
        if cut.contains(word) && word.len() >= SHORTEST_BEGINNING {
            let longer = WORDS.range(word.clone()..).take_while(|known| known.starts_with(word.as_str()));
            options.extend(longer.filter(|known| known.len() > word.len()).cloned());
        }
        options.push(word.clone());
        options
    };
    if cut.is_empty() { Vec::new() } else { all(heading, words(heading).iter().map(options).collect()) }
}

/// Whether a heading says by itself that words in it are abbreviated.
fn cut_off(heading: &str) -> HashSet<String> {
    let pieces = heading.split_inclusive('.').filter(|piece| piece.ends_with('.'));
    pieces.filter_map(|piece| words(piece).pop()).collect()
}

/// Two words written as one, of which at least one is abbreviated: `gebdat`, `ondernemingsnr`. A word that known
/// headings hold is one word.
fn glued(word: &str) -> Vec<String> {
    if WORDS.contains(word) {
        return Vec::new();
    }
    let meant = |part: &str| {
        let long = KNOWN.get(part).into_iter().flatten().map(|long| long.to_string());
        long.chain([part.to_string()]).collect::<Vec<_>>()
    };
    // Words of headings are ASCII here, so that every place is between two characters.
    let places = (2..word.len().saturating_sub(1)).rev();
    let pairs = places
        .map(|at| word.split_at(at))
        .filter(|(left, right)| KNOWN.contains_key(*left) || KNOWN.contains_key(*right));
    let joined = |(left, right): (&str, &str)| {
        let rights = meant(right);
        let both =
            move |left: String| rights.iter().map(|right| format!("{left} {right}")).collect::<Vec<_>>();
        meant(left).into_iter().flat_map(both).collect::<Vec<_>>()
    };
    pairs.flat_map(joined).filter(|text| text.split(' ').collect::<String>() != word).collect()
}

/// Every choice of one option a word, but the heading as it stands.
fn all(heading: &str, options: Vec<Vec<String>>) -> Vec<String> {
    if options.iter().all(|options| options.len() == 1) {
        return Vec::new();
    }
    let mut ways = vec![String::new()];
    for options in options {
        let longer = |way: &String| {
            let join =
                |option: &String| if way.is_empty() { option.clone() } else { format!("{way} {option}") };
            options.iter().map(join).collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(longer).take(MOST_WAYS).collect();
    }
    let as_it_stands = words(heading).join(" ");
    ways.retain(|way| *way != as_it_stands);
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_out_in_every_way() {
        let has = |heading: &str, way: &str| ways(heading, true).iter().any(|other| other == way);
        assert!(has("Str./Nr.", "straße nummer") && has("Str./Nr.", "street nr"));
        assert!(has("KdNr", "kunden nummer") && has("KDNR", "kunden nummer"));
        assert!(has("Gebdat", "geboorte datum"));
        assert!(has("Ondernemingsnr.", "ondernemings nummer"));
        assert!(["Voornaam", "", "???", "Emergency"].iter().all(|heading| ways(heading, true).is_empty()));
    }

    #[test]
    fn a_dot_cuts_a_word_off() {
        assert!(completions("Nachnam.").contains(&"nachname".to_string()));
        assert!(completions("Nachnam").is_empty());
    }

    #[test]
    fn long_headings_take_no_time() {
        assert!(ways(&"nr dat str adr tel ".repeat(10), true).len() <= MOST_WAYS);
    }

    #[test]
    fn abbreviations_end() {
        for (short, longs) in KNOWN.iter() {
            for word in longs.iter().flat_map(|long| words(long)) {
                assert!(!KNOWN.contains_key(&word), "{short} is {word}, which is short for more");
            }
        }
    }
}
