//! Names of organisations.

use super::text::repair;
use super::{junk, table};
use std::sync::OnceLock;

/// An organisation's name, folded for comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanyName {
    /// Words without legal form; `&` and its like and a leading "the" dropped.
    pub core: String,
    /// Legal form in a canonical spelling: `bv`, `gmbh`, `ltd`; empty when none stands there.
    pub legal_form: String,
}

/// What stands for "and" between the words of a firm's name.
const CONNECTORS: [&str; 8] = ["and", "und", "en", "et", "y", "i", "e", "ve"];

/// Takes an organisation's name apart.
pub fn parse(raw: &str) -> CompanyName {
    let raw = bare(raw);
    if raw.is_empty() || junk::is_junk(raw) {
        return CompanyName::default();
    }
    let text = words_of(raw);
    let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let joined = join_letters(&mut words);
    let mut words: Vec<&str> =
        words.iter().enumerate().map(|(at, word)| joined[at].as_deref().unwrap_or(word)).collect();
    while words.last() == Some(&"&") {
        words.pop();
    }
    let lead = words.iter().take_while(|word| **word == "&").count();
    words.drain(..lead);
    // A department or branch behind the legal form: `Zonnehof BV afd. Inkoop`.
    if form_at_end(&words).is_none()
        && let Some(at) =
            (2..words.len()).find(|&at| is_part(words[at]) && form_at_end(&words[..at]).is_some())
    {
        words.truncate(at);
    }
    let mut legal_form = "";
    // `GmbH & Co. KG Holding B.V.` may end in more than one form; the last counts.
    while let Some((form, length)) = form_at_end(&words) {
        words.truncate(words.len() - length);
        if legal_form.is_empty() {
            legal_form = form;
        }
    }
    if let Some((form, length)) = form_at_start(&words) {
        words.drain(..length);
        if legal_form.is_empty() {
            legal_form = form;
        }
    }
    if words.len() > 1 && matches!(words[0], "the" | "de firma" | "firma") {
        words.remove(0);
    }
    let last = words.len().saturating_sub(1);
    let core = words
        .iter()
        .enumerate()
        .filter(|&(at, word)| at == 0 || at == last || !(*word == "&" || CONNECTORS.contains(word)))
        .filter(|(_, word)| **word != "&")
        .map(|(_, word)| expand(word))
        .collect::<Vec<_>>()
        .join(" ");
    CompanyName { core, legal_form: legal_form.to_string() }
}

/// Whether a folded word begins the name of a department or branch.
pub(super) fn is_part(word: &str) -> bool {
    static PARTS: OnceLock<table::Words> = OnceLock::new();
    PARTS
        .get_or_init(|| table::rows(include_str!("tables/company_parts.csv")).map(|[word]| word).collect())
        .contains(word)
}

/// The name without the kind of record that vTiger writes before it (`Accounts::::Zonnehof`).
pub fn bare(raw: &str) -> &str {
    raw.rsplit_once("::::").map_or(raw, |(_, name)| name)
}

/// Whether a text names an organisation by its legal form.
pub fn has_legal_form(raw: &str) -> bool {
    !parse(raw).legal_form.is_empty()
}

/// Whether a text reads as an organisation: a legal form stands in it beside words that are not only particles (`de Sa`).
pub fn looks_like(raw: &str) -> bool {
    if ends_like_a_surname(raw) {
        return false;
    }
    let name = parse(raw);
    !name.legal_form.is_empty() && !name.core.split(' ').all(super::name::is_particle)
}

/// Legal forms that are surnames too, unless dots or capitals say otherwise: Els Vos is no `v.o.s.`, Fatima Sa no `SA`.
const SURNAMES: &[&str] = &["ab", "ag", "as", "sa", "vos"];

/// Whether a name of several words ends in a legal form that is written like a surname.
fn ends_like_a_surname(raw: &str) -> bool {
    let mut words = raw.split_whitespace();
    let Some(last) = words.next_back().filter(|_| words.next().is_some()) else { return false };
    let form = super::text::fold(last);
    let is_capitals = last.chars().all(char::is_uppercase);
    // Vos is a surname a thousand times as often as a Czech partnership without its dots.
    last.chars().all(char::is_alphabetic)
        && SURNAMES.contains(&form.as_str())
        && (!is_capitals || form == "vos")
}

/// Whether a name without a legal form names an organisation by one of its words (`Bakkerij Jansen`, `City Council`).
pub fn has_organisation_word(raw: &str) -> bool {
    static WORDS: OnceLock<table::Words> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        table::rows(include_str!("tables/organisation_words.csv")).map(|[word]| word).collect()
    });
    let folded = super::text::fold(raw);
    // A word that stands alone may be a nickname or a family name (`Hotel`).
    folded.contains(' ') && !raw.contains(',') && folded.split(' ').any(|word| words.contains(word))
}

/// The canonical spelling of a legal form that stands alone in its cell; folded as it is when unknown.
pub fn legal_form(raw: &str) -> String {
    if junk::is_junk(raw) {
        return String::new();
    }
    // A word before it, so that the form is at the end of a name.
    let name = parse(&format!("x0 {raw}"));
    if name.legal_form.is_empty() { super::text::fold(raw) } else { name.legal_form }
}

/// Folded words with `&` as a word of its own; apostrophes join (`Smith's` → `smiths`).
fn words_of(raw: &str) -> String {
    let raw = repair(raw);
    let mut prepared = String::with_capacity(raw.len() + 4);
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' | '+' => {
                super::text::fold_into(&prepared, &mut out);
                prepared.clear();
                out.push_str(if out.is_empty() { "&" } else { " &" });
            }
            '\'' | '\u{2019}' | '`' | '\u{b4}' => {}
            c => prepared.push(c),
        }
    }
    super::text::fold_into(&prepared, &mut out);
    out
}

/// Joins runs of single letters (`b v` → `bv`); the joined words stand beside the first letter of each run.
fn join_letters(words: &mut Vec<&str>) -> Vec<Option<String>> {
    let is_letter = |word: &str| word.len() == 1 && word.as_bytes()[0].is_ascii_alphabetic();
    let mut kept = Vec::with_capacity(words.len());
    let mut joined = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let run = words[at..].iter().take_while(|word| is_letter(word)).count();
        kept.push(words[at]);
        if run >= 2 {
            joined.push(Some(words[at..at + run].concat()));
            at += run;
        } else {
            joined.push(None);
            at += 1;
        }
    }
    *words = kept;
    joined
}

struct Forms {
    canonical: table::Lookup<&'static str>,
    leading: table::Lookup<&'static str>,
    longest: usize,
}

fn forms() -> &'static Forms {
    static FORMS: OnceLock<Forms> = OnceLock::new();
    FORMS.get_or_init(|| {
        let mut forms =
            Forms { canonical: table::Lookup::default(), leading: table::Lookup::default(), longest: 1 };
        for [canonical, spellings, place, _countries] in table::rows(include_str!("tables/legal_forms.csv")) {
            for spelling in spellings.split('|') {
                forms.canonical.insert(spelling, canonical);
                forms.longest = forms.longest.max(spelling.split(' ').count());
                if place == "both" {
                    forms.leading.insert(spelling, canonical);
                }
            }
        }
        forms
    })
}

/// The legal form that ends a name, and how many words it takes; at least one word stays.
fn form_at_end(words: &[&str]) -> Option<(&'static str, usize)> {
    let forms = forms();
    (1..words.len()).rev().filter(|length| *length <= forms.longest + 1).find_map(|length| {
        let tail = &words[words.len() - length..];
        let nothing_left = words[..words.len() - length].iter().all(|word| *word == "&");
        if nothing_left || matches!(tail[0], "&" | "und" | "and") {
            return None;
        }
        forms.canonical.get(phrase(tail).as_str()).map(|form| (*form, length))
    })
}

fn form_at_start(words: &[&str]) -> Option<(&'static str, usize)> {
    let forms = forms();
    (1..words.len())
        .rev()
        .filter(|length| *length <= forms.longest)
        .filter(|length| words[*length..].iter().any(|word| *word != "&"))
        .find_map(|length| forms.leading.get(phrase(&words[..length]).as_str()).map(|form| (*form, length)))
}

/// Words without connectors, single blanks.
fn phrase(words: &[&str]) -> String {
    words.iter().filter(|word| !matches!(**word, "&" | "und" | "and")).copied().collect::<Vec<_>>().join(" ")
}

/// Common abbreviations inside names of firms, written out.
fn expand(word: &str) -> &str {
    static WORDS: OnceLock<table::Lookup<&'static str>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        table::rows(include_str!("tables/company_words.csv")).map(|[short, long]| (short, long)).collect()
    });
    words.get(word).copied().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(raw: &str) -> (String, String) {
        let name = parse(raw);
        (name.core, name.legal_form)
    }

    #[test]
    fn spellings_of_one_firm_agree() {
        for raw in [
            "Bakker & Zoon B.V.",
            "bakker en zoon bv",
            "BAKKER AND ZOON B V",
            "The Bakker & Zoon BVBA",
            "Bakker&Zoon, B.V.",
        ] {
            assert_eq!(parts(raw), ("bakker zoon".into(), "bv".into()), "{raw}");
        }
        for raw in
            ["Müller GmbH & Co. KG", "Müller GmbH und Co. KG", "Müller GmbH&Co.KG", "MÜLLER GMBH & CO KG"]
        {
            assert_eq!(parts(raw), ("muller".into(), "gmbh co kg".into()), "{raw}");
        }
        for raw in [
            "Kamex Sp. z o.o.",
            "Kamex sp. z o. o.",
            "Kamex Sp. zo.o.",
            "Kamex sp z oo",
            "Kamex Spółka z o.o.",
        ] {
            assert_eq!(parts(raw), ("kamex".into(), "sp zoo".into()), "{raw}");
        }
        for raw in ["Dupont S.à r.l.", "Dupont SARL", "SARL Dupont", "Dupont S.A.R.L."] {
            assert_eq!(parts(raw), ("dupont".into(), "sarl".into()), "{raw}");
        }
        for raw in ["Zonnehof BV", "Zonnehof B.V. afd. Inkoop", "Zonnehof BV - Vestiging Utrecht"] {
            assert_eq!(parts(raw), ("zonnehof".into(), "bv".into()), "{raw}");
        }
        assert_eq!(parts("Service Zonnehof BV").0, "service zonnehof");
        for raw in ["Acme, Inc.", "ACME Incorporated", "Acme Inc"] {
            assert_eq!(parts(raw), ("acme".into(), "inc".into()), "{raw}");
        }
    }

    #[test]
    fn names_that_are_all_form_keep_their_words() {
        assert_eq!(parts("BV"), ("bv".into(), "".into()));
        assert_eq!(parts("I.B.M."), ("ibm".into(), "".into()));
        assert_eq!(parts("Accounts::::Zonnehof B.V."), ("zonnehof".into(), "bv".into()));
        assert_eq!(parts("n/a"), ("".into(), "".into()));
        assert!(!has_legal_form("Jan de Vries"));
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_letters_stay(raw in ".{0,40}|[A-Za-z&. ]{0,30}") {
            let name = parse(&raw);
            if !junk::is_junk(&raw) && raw.bytes().any(|b| b.is_ascii_alphanumeric()) && !raw.contains("::::") {
                prop_assert!(!name.core.is_empty());
            }
        }
    }
}
