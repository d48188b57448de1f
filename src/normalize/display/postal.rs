//! Postcodes in the layout of their country, and postcodes found in lines of text.

use super::super::text::compact_upper;
use super::super::{country, table};
use std::sync::OnceLock;

/// What a country's postcodes look like.
pub(super) struct Postal {
    layouts: Vec<&'static str>,
    zero: bool,
    /// The code stands before the city; else behind it.
    pub first: bool,
    /// It is not known where codes stand.
    anywhere: bool,
    prefixes: Vec<&'static str>,
}

/// The postcodes of a country; none where they are not known.
pub(super) fn of_country(iso2: &str) -> Option<&'static Postal> {
    static ALL: OnceLock<table::Lookup<Postal>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        table::rows(include_str!("../tables/postcode_layouts.csv"))
            .map(|[iso2, layouts, zero, place, prefixes]| {
                let prefixes = prefixes.split('|').filter(|prefix| !prefix.is_empty()).collect();
                let postal = Postal {
                    layouts: layouts.split('|').filter(|layout| !layout.is_empty()).collect(),
                    zero: zero == "yes",
                    first: place != "last",
                    anywhere: place == "any",
                    prefixes,
                };
                (iso2, postal)
            })
            .collect()
    });
    all.get(iso2)
}

/// What holds for most countries that the table does not list.
fn any_country() -> &'static Postal {
    static ANY: OnceLock<Postal> = OnceLock::new();
    ANY.get_or_init(|| Postal {
        layouts: vec!["99999", "999999", "9999"],
        zero: false,
        first: true,
        anywhere: true,
        prefixes: Vec::new(),
    })
}

/// A postcode in its country's layout (`3011ab` → `3011 AB`), a country prefix dropped and a lost leading zero put back;
/// a text that is no postcode of the country stays as written, in capitals. `iso2` is the row's country or empty.
pub(super) fn shown(tidy: &str, iso2: &str) -> String {
    let own = country::of_postcode(tidy);
    let postal = of_country(if iso2.is_empty() { own } else { iso2 });
    let compact = compact_upper(tidy);
    let found = postal.and_then(|postal| {
        let zero = postal.zero.then(|| format!("0{compact}")).and_then(|code| postal.pour(&code));
        postal.read(&compact).or(zero)
    });
    found.unwrap_or_else(|| tidy.to_uppercase())
}

impl Postal {
    /// A compact code in the country's layout, its prefix dropped; none when it is no code of the country.
    pub fn read(&self, compact: &str) -> Option<String> {
        let bare = |prefix: &&&str| compact.strip_prefix(**prefix).and_then(|rest| self.pour(rest));
        self.pour(compact).or_else(|| self.prefixes.iter().find_map(|prefix| bare(&prefix)))
    }

    fn pour(&self, compact: &str) -> Option<String> {
        self.layouts.iter().find_map(|layout| pour(layout, compact))
    }
}

/// Fills a layout with the letters and digits of a code; none when they do not fit.
fn pour(layout: &str, compact: &str) -> Option<String> {
    let mut rest = compact.chars();
    let mut out = String::with_capacity(layout.len());
    for place in layout.chars() {
        match place {
            ' ' | '-' => out.push(place),
            _ => {
                let c = rest.next()?;
                let fits = match place {
                    '9' => c.is_ascii_digit(),
                    // Layouts of islands begin with letters of their own.
                    'A' => c.is_ascii_uppercase(),
                    '?' => c.is_ascii_alphanumeric(),
                    own => c == own,
                };
                if !fits {
                    return None;
                }
                out.push(c);
            }
        }
    }
    rest.next().is_none().then_some(out)
}

/// A postcode among words: the code in its layout, and the range of words it takes.
///
/// Codes of digits alone may be house numbers, so only those at an end of the line or before words without digits count.
pub(super) fn find(words: &[&str], iso2: &str) -> Option<(String, usize, usize)> {
    let postal = match of_country(iso2) {
        Some(postal) => postal,
        None if !iso2.is_empty() => any_country(),
        // Without a country only codes that are of one country's making, and digits before what can be a city.
        None => {
            return of_one_country(words).or_else(|| {
                let fits = words[0].len() >= 4
                    && words.get(1).is_some_and(|word| word.chars().next().is_some_and(char::is_alphabetic));
                any_country().read(words[0]).filter(|_| fits).map(|code| (code, 0, 1))
            });
        }
    };
    let mut best = None;
    for start in 0..words.len() {
        for length in (1..=2.min(words.len() - start)).rev() {
            let group = &words[start..start + length];
            let text = group.concat();
            // Words that end a phrase hold no code across it.
            if length == 2 && group[0].ends_with([',', ';']) {
                continue;
            }
            let trimmed = text.trim_matches(|c: char| matches!(c, ',' | '.' | ';' | '(' | ')'));
            let plain = trimmed.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '\u{2013}'));
            let code = if plain { postal.read(&compact_upper(trimmed)) } else { None };
            let Some(code) = code else { continue };
            let (before, after) = (start > 0, start + length < words.len());
            let has_letter = code.chars().any(|c| c.is_ascii_alphabetic());
            let parted = code.contains(['-', ' ']);
            let follows_word = words
                .get(start + length)
                .is_some_and(|word| word.chars().next().is_some_and(char::is_alphabetic));
            let fits = has_letter
                || (postal.first && follows_word)
                || ((!postal.first || postal.anywhere) && !after && start > 0)
                || (!before && !after)
                || (!after && parted);
            if fits {
                best = Some((code, start, start + length));
                // The longest at this place; later places are better.
                break;
            }
        }
    }
    best
}

/// A postcode among words that no other country has.
fn of_one_country(words: &[&str]) -> Option<(String, usize, usize)> {
    (0..words.len()).rev().find_map(|start| {
        (1..=2.min(words.len() - start)).rev().find_map(|length| {
            let text = words[start..start + length].join(" ");
            let own = of_country(country::of_postcode(&text))?;
            own.read(&compact_upper(&text)).map(|code| (code, start, start + length))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn postcodes_get_their_layout() {
        for (raw, iso, code) in [
            ("3011ab", "NL", "3011 AB"),
            ("NL-3011 AB", "NL", "3011 AB"),
            ("sw1e6de", "GB", "SW1E 6DE"),
            ("B-1000", "BE", "1000"),
            ("1067", "DE", "01067"),
            ("90031", "PL", "90-031"),
            ("60693-1234", "US", "60693-1234"),
            ("2134", "US", "02134"),
            ("41134", "SE", "411 34"),
            ("k1a0b1", "CA", "K1A 0B1"),
            ("1009", "LV", "1009"),
            ("3011 ab", "", "3011 AB"),
            ("xyz", "NL", "XYZ"),
        ] {
            assert_eq!(shown(raw, iso), code, "{raw} {iso}");
        }
    }

    #[test]
    fn codes_are_found_in_lines() {
        let at = |line: &str, iso| find(&line.split(' ').collect::<Vec<_>>(), iso);
        assert_eq!(at("3011 AB Rotterdam", "NL"), Some(("3011 AB".into(), 0, 2)));
        assert_eq!(at("Hauptstraße 12345 10115 Berlin", "DE"), Some(("10115".into(), 2, 3)));
        assert_eq!(at("Palo Alto, CA 94303", "US"), Some(("94303".into(), 3, 4)));
        assert_eq!(at("12345 Main Street", "US"), None);
        assert_eq!(at("London NW1 6XE", "GB"), Some(("NW1 6XE".into(), 1, 3)));
        assert_eq!(at("London NW1 6XE", ""), Some(("NW1 6XE".into(), 1, 3)));
    }

    proptest! {
        #[test]
        fn shown_codes_stay(raw in "[A-Za-z0-9 -]{0,10}", iso in prop::sample::select(vec!["NL", "BE", "DE", "US", "GB", "PL", "LV", "SE", ""])) {
            let once = shown(&raw, iso);
            prop_assert_eq!(shown(&once, iso), once);
        }
    }
}
