//! Cities: exonyms, bilingual names and abbreviations resolved to one spelling.

use super::text::fold;
use super::{junk, table};
use std::sync::OnceLock;

struct Cities {
    /// Folded variant → (country, canonical); several countries may have a place of that name.
    variants: table::Lookup<Vec<(&'static str, &'static str)>>,
}

fn cities() -> &'static Cities {
    static CITIES: OnceLock<Cities> = OnceLock::new();
    CITIES.get_or_init(|| {
        let mut variants: table::Lookup<Vec<(&'static str, &'static str)>> = table::Lookup::default();
        for [canonical, iso2, names] in table::rows(include_str!("tables/cities.csv")) {
            for name in std::iter::once(canonical).chain(names.split('|')) {
                variants.entry(name).or_default().push((iso2, canonical));
            }
        }
        Cities { variants }
    })
}

/// The comparison form of a city: folded, abbreviations written out, other names of the same place replaced by one.
///
/// `iso2` decides between places that share a name in another language (`Bergen` is Mons in Belgium); empty = unknown.
pub fn canonical(raw: &str, iso2: &str) -> String {
    if raw.is_empty() || junk::is_junk(raw) {
        return String::new();
    }
    let folded = fold(raw);
    let plain = tidy(&folded);
    match lookup(&plain, iso2).or_else(|| lookup(&folded, iso2)) {
        Some(name) => name.to_string(),
        // What is left of `0 1` is a filler.
        None if junk::is_junk(&plain) => String::new(),
        None => plain,
    }
}

/// The country of a well-known city by a name that no other country has; empty otherwise.
pub fn country_of(folded: &str) -> &'static str {
    match cities().variants.get(folded).map(Vec::as_slice) {
        Some([(iso2, _)]) => iso2,
        _ => "",
    }
}

/// Whether a folded name is one of the well-known cities, by any of its names.
pub fn is_known(folded: &str) -> bool {
    cities().variants.contains_key(folded)
}

fn lookup(name: &str, iso2: &str) -> Option<&'static str> {
    let places = cities().variants.get(name)?;
    if iso2.is_empty() {
        // Without a country only a name that leads to one place is replaced.
        let first = places[0].1;
        return places.iter().all(|(_, canonical)| *canonical == first).then_some(first);
    }
    places.iter().find(|(country, _)| *country == iso2).map(|(_, canonical)| *canonical)
}

/// `st niklaas` → `saint niklaas`, `capelle a d ijssel` → `capelle aan den ijssel`; postal district numbers cut.
fn tidy(folded: &str) -> String {
    let words: Vec<&str> = folded.split(' ').collect();
    let mut out: Vec<&str> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let (word, used): (&[&str], usize) = match &words[at..] {
            ["a", "d", _, ..] if at > 0 => (&["aan", "den"], 2),
            ["s", "gravenhage"] => (&["den", "haag"], 2),
            ["st" | "ste" | "sint" | "sainte" | "sankt" | "san" | "santa", _, ..]
                if words[at] != "san" && words[at] != "santa" =>
            {
                (&["saint"], 1)
            }
            ["ft", _, ..] => (&["fort"], 1),
            ["mt", _, ..] => (&["mount"], 1),
            ["cedex", ..] if at > 0 => (&[], words.len() - at),
            // District numbers of large cities: `Paris 15`, `Berlin 12`.
            rest if at > 0 && rest.concat().bytes().all(|b| b.is_ascii_digit()) => (&[], rest.len()),
            _ => (&words[at..=at], 1),
        };
        out.extend(word);
        at += used;
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_one_place_agree() {
        for names in [
            &["Bruxelles", "BRUSSEL", "Brussels", "Brüssel"][..],
            &["Den Haag", "'s-Gravenhage", "The Hague", "s Gravenhage", "La Haye"],
            &["'s-Hertogenbosch", "Den Bosch", "s-Hertogenbosch"],
            &["Köln", "Cologne", "Koeln", "Keulen"],
            &["München", "Munich", "Muenchen"],
            &["Warszawa", "Warsaw", "Warschau"],
            &["Antwerpen", "Anvers", "Antwerp"],
            &["Capelle aan den IJssel", "Capelle a/d IJssel"],
            &["Sint-Niklaas", "St. Niklaas", "St-Niklaas"],
            &["Saint-Étienne", "St Etienne"],
        ] {
            let first = canonical(names[0], "");
            for name in names {
                assert_eq!(canonical(name, ""), first, "{name}");
            }
        }
    }

    #[test]
    fn the_country_decides_between_places_of_one_name() {
        assert_eq!(canonical("Bergen", "BE"), "mons");
        assert_eq!(canonical("Bergen", "NO"), "bergen");
        assert_eq!(canonical("Paris 15", "FR"), "paris");
        assert_eq!(canonical("0:1", "NL"), "");
        assert_eq!(country_of("rotterdam"), "NL");
    }

    proptest! {
        #[test]
        fn idempotent(raw in ".{0,20}|[A-Za-z' -]{0,20}", iso in prop::sample::select(vec!["NL", "BE", "DE", ""])) {
            let once = canonical(&raw, iso);
            prop_assert_eq!(canonical(&once, iso), once);
        }
    }
}
