//! Names of organisations as people want to read them, the legal form apart.

use super::super::text::fold;
use super::super::{company, junk, table};
use super::case::{self, Writing};
use std::sync::OnceLock;

/// An organisation's name taken apart, as it should be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirmShown {
    /// The name without legal form: `Bakker & Zoon`.
    pub name: String,
    /// The legal form in its usual spelling: `BV`, `GmbH & Co. KG`.
    pub legal_form: String,
    /// Department or branch behind the legal form: `Afdeling Inkoop`.
    pub department: String,
}

/// Takes an organisation's name apart.
pub fn parse(raw: &str, iso2: &str) -> FirmShown {
    let text = case::tidy(company::bare(raw)).replace("&amp;", "&");
    if text.is_empty() || junk::is_junk(&text) {
        return FirmShown::default();
    }
    let (text, glued) = without_glued(&text);
    let words: Vec<&str> = text.split(' ').collect();
    let (mut from, mut to) = (0, words.len());
    let (mut form, mut department) = (glued.to_string(), String::new());
    let at_end = form_at_end(&words, iso2).is_some();
    if let Some((at, length, found)) = form_inside(&words, iso2).filter(|_| !at_end) {
        // Behind the form stands a department, parted by a dash, comma or bracket.
        department = trim(&words[at + length..].join(" "));
        to = at;
        form = found;
    }
    while let Some((length, found)) = form_at_end(&words[from..to], iso2) {
        to -= length;
        if form.is_empty() {
            form = found;
        }
    }
    if let Some((length, found)) = form_at_start(&words[from..to], iso2) {
        from += length;
        if form.is_empty() {
            form = found;
        }
    }
    let name = trim(&words[from..to].join(" "));
    FirmShown { name: cased(&name, iso2), legal_form: form, department }
}

/// A name without the legal form that is written to it without a blank (`株式会社トヨタ`).
fn without_glued(text: &str) -> (&str, &'static str) {
    if text.is_ascii() {
        return (text, "");
    }
    let mut forms = table::rows::<2>(include_str!("../tables/legal_forms_glued.csv"));
    let found = forms.find_map(|[form, shown]| {
        let rest = text.strip_prefix(form).or_else(|| text.strip_suffix(form))?.trim();
        rest.chars().any(char::is_alphanumeric).then_some((rest, shown))
    });
    found.unwrap_or((text, ""))
}

/// Without separators at its ends; brackets are kept in pairs.
fn trim(text: &str) -> String {
    let text =
        text.trim_matches(|c: char| matches!(c, ' ' | ',' | ';' | '-' | '\u{2013}' | '\u{2014}' | '/' | '|'));
    match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) if !inner.contains(['(', ')']) => inner.trim().to_string(),
        _ => text.to_string(),
    }
}

/// The usual spelling of a legal form that stands in a cell of its own; as written when unknown.
pub fn legal_form(raw: &str, iso2: &str) -> String {
    let text = case::tidy(raw);
    if junk::is_junk(&text) {
        return String::new();
    }
    form_of(&text.split(' ').collect::<Vec<_>>(), iso2).unwrap_or(text)
}

struct Forms {
    shown: table::Lookup<String>,
    /// Country and spelling → form, where a spelling means something else there.
    local: std::collections::HashMap<String, String>,
    leading: table::Words,
    /// Words of the longest form, counted as written (`Sp. z o. o.` is four).
    longest: usize,
}

fn forms() -> &'static Forms {
    static FORMS: OnceLock<Forms> = OnceLock::new();
    FORMS.get_or_init(|| {
        let mut forms = Forms {
            shown: table::Lookup::default(),
            local: Default::default(),
            leading: table::Words::default(),
            longest: 1,
        };
        for [canonical, spellings, place, _, usual] in table::rows(include_str!("../tables/legal_forms.csv"))
        {
            let mut usual = usual.split('|');
            let first =
                usual.next().filter(|form| !form.is_empty()).map_or(canonical.to_uppercase(), str::to_string);
            let own: Vec<(&str, &str)> = usual.filter_map(|pair| pair.split_once('=')).collect();
            for (spelling, form) in &own {
                if let Some((spelling, iso2)) = spelling.split_once('@') {
                    forms.local.insert(format!("{iso2} {spelling}"), (*form).to_string());
                }
            }
            for spelling in spellings.split('|') {
                let form = own
                    .iter()
                    .find(|(known, _)| *known == spelling)
                    .map_or(first.clone(), |(_, form)| (*form).to_string());
                forms.shown.insert(spelling, form);
                forms.longest = forms.longest.max(spelling.split(' ').count() + 3);
                if place == "both" {
                    forms.leading.insert(spelling);
                }
            }
        }
        forms
    })
}

/// Folded words of a phrase with runs of single letters joined and connectors left out, as the table has them.
fn key(words: &[&str]) -> String {
    let folded = fold(&words.join(" ").replace('&', " "));
    let mut out = String::with_capacity(folded.len());
    let mut letter_before = false;
    for word in folded.split(' ').filter(|word| !matches!(*word, "und" | "and")) {
        let joins = letter_before && word.len() == 1;
        if !(out.is_empty() || joins) {
            out.push(' ');
        }
        letter_before = word.len() == 1;
        out.push_str(word);
    }
    out
}

fn form_of(words: &[&str], iso2: &str) -> Option<String> {
    if matches!(words.first().copied().unwrap_or(""), "&" | "und" | "and" | "-" | "+") {
        return None;
    }
    let (forms, key) = (forms(), key(words));
    let local = if iso2.is_empty() { None } else { forms.local.get(&format!("{iso2} {key}")) };
    local.or_else(|| forms.shown.get(key.as_str())).cloned()
}

/// How many words at the end are a legal form, the longest first; one word stays.
fn form_at_end(words: &[&str], iso2: &str) -> Option<(usize, String)> {
    let most = words.len().saturating_sub(1).min(forms().longest);
    (1..=most).rev().find_map(|length| {
        let tail = &words[words.len() - length..];
        let rest = words[..words.len() - length].iter().any(|word| word.chars().any(char::is_alphanumeric));
        rest.then(|| form_of(tail, iso2)).flatten().map(|form| (length, form))
    })
}

fn form_at_start(words: &[&str], iso2: &str) -> Option<(usize, String)> {
    let most = words.len().saturating_sub(1).min(forms().longest);
    (1..=most).rev().find_map(|length| {
        let leads = forms().leading.contains(key(&words[..length]).as_str());
        leads.then(|| form_of(&words[..length], iso2)).flatten().map(|form| (length, form))
    })
}

/// A legal form inside the name with something parted behind it: `Zonnehof B.V. - Inkoop`, `Acme Ltd (Leeds)`.
fn form_inside(words: &[&str], iso2: &str) -> Option<(usize, usize, String)> {
    let parts = |at: usize| {
        let next = words.get(at).copied().unwrap_or("");
        let before = words[at - 1];
        matches!(next, "-" | "\u{2013}" | "\u{2014}" | "/" | "|")
            || next.starts_with('(')
            || before.ends_with(',')
            || company::is_part(&fold(next))
    };
    (1..words.len()).find_map(|at| {
        let most = (words.len() - at).min(forms().longest);
        (1..=most).rev().find_map(|length| {
            let end = at + length;
            if end >= words.len() || !parts(end) {
                return None;
            }
            form_of(&words[at..end], iso2).map(|form| (at, length, form))
        })
    })
}

/// Words of this many letters and fewer may be abbreviations and keep their capitals.
const LONGEST_ABBREVIATION: usize = 4;

/// Whether a word is an abbreviation that no rule tells from a word (`IBM`, `ING`).
fn is_acronym(word: &str) -> bool {
    static ACRONYMS: OnceLock<table::Words> = OnceLock::new();
    ACRONYMS
        .get_or_init(|| table::rows(include_str!("../tables/acronyms.csv")).map(|[word]| word).collect())
        .contains(fold(word).as_str())
}

/// A name in capitals or small letters in proper case, when it has a word that is no abbreviation.
fn cased(name: &str, iso2: &str) -> String {
    let writing = case::writing(name);
    let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
    let long = name.split([' ', '-']).any(|word| letters(word) > LONGEST_ABBREVIATION);
    if writing == Writing::Mixed || (writing == Writing::Capitals && !long) {
        return name.to_string();
    }
    let has_vowel =
        |word: &str| fold(word).bytes().any(|byte| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'));
    let words = name.split(' ').enumerate().map(|(at, word)| {
        let small = case::lower(word, iso2);
        let count = letters(word);
        match () {
            () if is_acronym(word) => word.to_uppercase(),
            () if at > 0 && case::is_small_word(&small) => small,
            // `KPN`, `DHL`, `H&M`: no word has no vowel.
            () if writing == Writing::Capitals
                && (!has_vowel(word) || count < 3 && !case::is_small_word(&small) || word.contains('&')) =>
            {
                word.to_string()
            }
            () => case::proper(word, iso2),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn legal_forms_of_many_countries_are_known() {
        // At least thirty are promised.
        let countries: std::collections::BTreeSet<&str> =
            table::rows(include_str!("../tables/legal_forms.csv"))
                .flat_map(|[_, _, _, countries]| countries.split('|'))
                .collect();
        assert!(countries.len() > 50, "{}", countries.len());
    }

    #[test]
    fn a_department_needs_no_comma() {
        for (raw, department) in [
            ("Zonnehof BV afd. Inkoop", "afd. Inkoop"),
            ("Zonnehof B.V. Vestiging Utrecht", "Vestiging Utrecht"),
            ("Zonnehof GmbH Abteilung Einkauf", "Abteilung Einkauf"),
        ] {
            let firm = parse(raw, "");
            assert_eq!((&*firm.name, &*firm.department), ("Zonnehof", department), "{raw}");
        }
        assert_eq!(parse("BV Service", "").department, "");
    }

    #[test]
    fn legal_forms_are_apart() {
        for (raw, name, form) in [
            ("Bakker & Zoon B.V.", "Bakker & Zoon", "BV"),
            ("Müller GmbH & Co. KG", "Müller", "GmbH & Co. KG"),
            ("Kamex Sp. z o. o.", "Kamex", "Sp. z o.o."),
            ("Kamex Spółka z o.o.", "Kamex", "Sp. z o.o."),
            ("SARL Dupont", "Dupont", "SARL"),
            ("Dupont S.à r.l.", "Dupont", "SARL"),
            ("Acme, Inc.", "Acme", "Inc."),
            ("The Body Shop Ltd", "The Body Shop", "Ltd"),
            ("ZONNEHOF BOUW B.V.", "Zonnehof Bouw", "BV"),
            ("ABN AMRO BANK N.V.", "ABN AMRO BANK", "NV"),
            ("KPN TELECOM", "KPN Telecom", ""),
            ("Jansen BVBA", "Jansen", "BVBA"),
            ("Garcia Hermanos, S.L.", "Garcia Hermanos", "SL"),
            ("Novo A/S", "Novo", "AS"),
            ("Beispiel UG (haftungsbeschränkt)", "Beispiel", "UG"),
            ("Zonnehof B.V. i.o.", "Zonnehof", "BV"),
            ("株式会社トヨタ", "トヨタ", "KK"),
            ("ООО «Ромашка»", "«Ромашка»", "OOO"),
            ("Stichting Het Huis", "Het Huis", "Stichting"),
            ("I.B.M.", "I.B.M.", ""),
            ("IBM NEDERLAND B.V.", "IBM Nederland", "BV"),
            ("kpmg accountants n.v.", "KPMG Accountants", "NV"),
            ("GRUPO BIMBO S.A. DE C.V.", "Grupo Bimbo", "SA de CV"),
            ("Công ty TNHH Samsung Vietnam", "Samsung Vietnam", "TNHH"),
            ("Nordea Bank Abp", "Nordea Bank", "Abp"),
            ("BNP PARIBAS FORTIS SA/NV", "BNP Paribas Fortis", "SA/NV"),
            ("n/a", "", ""),
        ] {
            let firm = parse(raw, "");
            assert_eq!((firm.name.as_str(), firm.legal_form.as_str()), (name, form), "{raw}");
        }
        let firm = parse("Zonnehof B.V. - Afdeling Inkoop", "NL");
        assert_eq!(
            (&*firm.name, &*firm.legal_form, &*firm.department),
            ("Zonnehof", "BV", "Afdeling Inkoop")
        );
        assert_eq!(parse("Novo Nordisk A/S", "DK").legal_form, "A/S");
        assert_eq!(parse("Kancelaria Lex s.c.", "PL").legal_form, "s.c.");
        let firm = parse("Acme Ltd (Leeds)", "GB");
        assert_eq!((&*firm.name, &*firm.department), ("Acme", "Leeds"));
    }

    proptest! {
        #[test]
        fn a_name_stays_and_none_is_lost(raw in "[A-Za-z&.() -]{0,24}|.{0,12}") {
            let once = parse(&raw, "NL");
            if !junk::is_junk(&raw) && raw.bytes().any(|b| b.is_ascii_alphanumeric()) && !raw.contains("::::") {
                prop_assert!(!once.name.is_empty() || !once.department.is_empty());
            }
        }
    }
}
