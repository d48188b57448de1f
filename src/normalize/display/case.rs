//! Proper case for text that was typed in capitals only or in small letters only. Mixed case is somebody's choice and stays.

use super::super::text::{fold, repair};
use super::super::{name, table};
use std::sync::OnceLock;

/// The text without damage of code pages, control characters, and blanks at its ends or side by side.
pub fn tidy(raw: &str) -> String {
    let text = repair(raw);
    let visible = |c: char| !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}');
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        let gap = !out.is_empty();
        for (at, c) in word.chars().filter(|c| visible(*c)).enumerate() {
            if at == 0 && gap {
                out.push(' ');
            }
            out.push(c);
        }
    }
    out
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Capitals only, two letters at least.
    Capitals,
    /// Small letters only.
    Small,
    /// Both, or a script without cases.
    Mixed,
}

/// How a text is written.
pub fn writing(text: &str) -> Writing {
    let upper = text.chars().filter(|c| c.is_uppercase()).count();
    let lower = text.chars().filter(|c| c.is_lowercase()).count();
    match (upper, lower) {
        (0, 1..) => Writing::Small,
        (2.., 0) => Writing::Capitals,
        _ => Writing::Mixed,
    }
}

/// One word with a capital first, and after hyphens, dots, strokes and elided articles (`O'Brien`, `d'Artagnan`).
///
/// `iso2` is the row's country or empty: it tells Dutch `IJ`, the Turkish dotless `ı`, and whether `D'` is small.
pub fn proper(word: &str, iso2: &str) -> String {
    if let Some(known) = known(word) {
        return known.to_string();
    }
    let small = lower(word, iso2);
    let mut out = String::with_capacity(small.len());
    let mut part = String::new();
    for c in small.chars() {
        if c.is_alphanumeric() || is_apostrophe(c) || unicode_normalization::char::is_combining_mark(c) {
            part.push(c);
        } else {
            push_part(&mut out, &part, iso2);
            part.clear();
            out.push(c);
        }
    }
    push_part(&mut out, &part, iso2);
    out
}

/// Small letters, by the rules of the country.
pub fn lower(word: &str, iso2: &str) -> String {
    if matches!(iso2, "TR" | "AZ") {
        let dotless = |c: char| match c {
            'I' => 'ı',
            'İ' => 'i',
            c => c,
        };
        return word.chars().map(dotless).collect::<String>().to_lowercase();
    }
    word.to_lowercase()
}

/// Whether a character is one of the apostrophes people type.
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '`' | '\u{b4}' | '\u{02bc}')
}

fn push_part(out: &mut String, part: &str, iso2: &str) {
    // Between hyphens these stay small: `Jansen-de Vries`, `Villeneuve-sur-Lot`, `Stratford-upon-Avon`.
    if !out.is_empty() && is_small_word(part) {
        out.push_str(part);
        return;
    }
    if let Some(at) = part.find(is_apostrophe) {
        let (before, rest) = part.split_at(at);
        let width = rest.chars().next().map_or(0, char::len_utf8);
        let (mark, after) = rest.split_at(width);
        let letters = after.chars().count();
        match (before, letters) {
            // `'t`, `'s`
            ("", 0..=1) => out.push_str(part),
            ("", _) => {
                out.push_str(mark);
                push_part_plain(out, after, iso2);
            }
            // `d'Artagnan` in French and where nothing is known, `D'Angelo` elsewhere.
            ("d", 2..) if matches!(iso2, "" | "FR" | "BE" | "LU" | "CH" | "MC") => {
                out.push('d');
                out.push_str(mark);
                push_part_plain(out, after, iso2);
            }
            (before, 2..) if before.chars().count() <= LONGEST_ELISION => {
                push_part_plain(out, before, iso2);
                out.push_str(mark);
                push_part_plain(out, after, iso2);
            }
            // `Smith's`
            _ => {
                push_part_plain(out, before, iso2);
                out.push_str(mark);
                out.push_str(after);
            }
        }
        return;
    }
    push_part_plain(out, part, iso2);
}

/// Letters of the longest elided article before an apostrophe (`Dell'Acqua`).
const LONGEST_ELISION: usize = 4;

fn push_part_plain(out: &mut String, part: &str, iso2: &str) {
    if let Some(known) = known(part) {
        out.push_str(known);
        return;
    }
    if let Some(rest) = part.strip_prefix("mc")
        && rest.chars().count() >= 3
    {
        out.push_str("Mc");
        capital(out, rest);
        return;
    }
    if matches!(iso2, "NL" | "BE")
        && let Some(rest) = part.strip_prefix("ij")
    {
        out.push_str("IJ");
        out.push_str(rest);
        return;
    }
    if matches!(iso2, "TR" | "AZ")
        && let Some(rest) = part.strip_prefix(['i', 'ı'])
    {
        out.push(if part.starts_with('i') { 'İ' } else { 'I' });
        out.push_str(rest);
        return;
    }
    capital(out, part);
}

fn capital(out: &mut String, part: &str) {
    let mut chars = part.chars();
    if let Some(first) = chars.next() {
        let mut upper = first.to_uppercase();
        match (upper.next(), upper.next()) {
            // The dotless ı shares its capital with i.
            (Some(capital), None) if capital.to_lowercase().eq([first]) => out.push(capital),
            // A letter like ß has no capital of its own.
            _ => out.push(first),
        }
        out.push_str(chars.as_str());
    }
}

/// Words that stay small inside names of places and firms and between hyphens.
pub fn is_small_word(word: &str) -> bool {
    name::is_particle(word) && !matches!(word, "e" | "d" | "t" | "vd")
        || matches!(
            word,
            "sur"
                | "sous"
                | "upon"
                | "on"
                | "under"
                | "by"
                | "am"
                | "an"
                | "im"
                | "bei"
                | "ob"
                | "nad"
                | "pod"
                | "and"
                | "und"
                | "et"
                | "ed"
                | "i"
                | "of"
                | "the"
                | "en"
                | "les"
                | "lez"
                | "aux"
                | "au"
                | "a"
        )
}

/// Spellings no rule gives (`MacLeod`), by the folded word.
fn known(word: &str) -> Option<&'static str> {
    static KNOWN: OnceLock<table::Lookup<&'static str>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        table::rows(include_str!("../tables/cased_names.csv"))
            .map(|[folded, shown]| (folded, shown))
            .collect()
    });
    word.bytes().all(|byte| byte.is_ascii_alphabetic()).then(|| known.get(fold(word).as_str()).copied())?
}

/// A phrase (city, street, firm) in proper case, small words inside it small.
pub fn phrase(text: &str, iso2: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        let small = lower(word, iso2);
        if at > 0 && is_small_word(&small) {
            out.push_str(&small);
        } else {
            out.push_str(&proper(word, iso2));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_get_their_capitals() {
        for (raw, iso, shown) in [
            ("SMITH", "", "Smith"),
            ("müller-lüdenscheidt", "DE", "Müller-Lüdenscheidt"),
            ("O'BRIEN", "IE", "O'Brien"),
            ("D'ARTAGNAN", "FR", "d'Artagnan"),
            ("D'ANGELO", "US", "D'Angelo"),
            ("MCDONALD", "", "McDonald"),
            ("MACLEOD", "", "MacLeod"),
            ("MACHADO", "", "Machado"),
            ("IJSBRAND", "NL", "IJsbrand"),
            ("J.P.", "", "J.P."),
            ("IŞIK", "TR", "Işık"),
            ("JANSEN-DE", "NL", "Jansen-de"),
            ("DELL'ACQUA", "IT", "Dell'Acqua"),
            ("ÉMILE", "FR", "Émile"),
            ("ИВАНОВ", "", "Иванов"),
        ] {
            assert_eq!(proper(raw, iso), shown, "{raw}");
        }
        assert_eq!(phrase("CAPELLE AAN DEN IJSSEL", "NL"), "Capelle aan den IJssel");
        assert_eq!(phrase("'S-GRAVENHAGE", "NL"), "'s-Gravenhage");
        assert_eq!(phrase("VILLENEUVE-SUR-LOT", "FR"), "Villeneuve-sur-Lot");
        assert_eq!(tidy("  Jan\u{a0}\u{200b} Smit\r\n"), "Jan Smit");
    }

    proptest! {
        #[test]
        fn proper_case_stays(raw in "[A-Za-zÀ-ž'. -]{0,16}|.{0,8}", iso in prop::sample::select(vec!["NL", "FR", "TR", "US", ""])) {
            let once = phrase(&raw, iso);
            prop_assert_eq!(phrase(&once, iso), once.clone());
            prop_assert_eq!(tidy(&tidy(&raw)), tidy(&raw));
        }
    }
}
