//! Whether a person is addressed as a man or as a woman: from a column of gender, the form of address, or a surname that
//! has both forms.
//!
//! Given names do not tell: Robin, Kim and Andrea are either. Of a couple it is never said.

use super::table;
use super::text::fold;
use std::sync::OnceLock;

/// The longest form of address that may stand before a name, in bytes; longer words are not looked up.
const LONGEST: usize = 12;

fn words() -> &'static table::Lookup<&'static str> {
    static WORDS: OnceLock<table::Lookup<&'static str>> = OnceLock::new();
    WORDS.get_or_init(|| {
        table::rows(include_str!("tables/genders.csv")).map(|[word, gender]| (word, gender)).collect()
    })
}

/// `m`, `f`, or nothing where a cell of gender or of address does not say, or says both (`Dhr. en Mevr.`).
pub fn of_cell(raw: &str) -> &'static str {
    if raw.is_empty() {
        return "";
    }
    let mut found = "";
    for word in fold(raw).split(' ') {
        match words().get(word) {
            Some(&gender) if found.is_empty() || found == gender => found = gender,
            Some(_) => return "",
            None => {}
        }
    }
    found
}

/// The same of the form of address that a name begins with (`Mevr. J. de Wit`); a single letter there is an initial.
pub fn of_name(raw: &str) -> &'static str {
    let raw = raw.trim();
    let first = raw.split([' ', '.']).next().unwrap_or_default();
    let is_all = first.len() == raw.len();
    if is_all || first.len() < 2 || first.len() > LONGEST || raw.contains(['&', '+']) {
        return "";
    }
    if words().contains_key(first.to_lowercase().as_str()) { of_cell(raw) } else { "" }
}

/// What a folded surname says where men and women bear different forms of it, as in Polish: Kowalski and Kowalska.
pub fn of_surname(family: &str) -> &'static str {
    let ends = |end: &str| family.len() > end.len() + 2 && family.ends_with(end);
    match () {
        () if ends("ski") || ends("cki") || ends("dzki") => "m",
        () if ends("ska") || ends("cka") || ends("dzka") => "f",
        () => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_address_in_several_languages() {
        for man in
            ["Mr", "mr.", "Dhr.", "De heer", "Herr", "Herrn", "M.", "Sr.", "Pan", "M", "Male", "männlich"]
        {
            assert_eq!(of_cell(man), "m", "{man}");
        }
        for woman in
            ["Mrs", "Ms.", "Mevr.", "Mw", "Frau", "Mme", "Sra.", "Pani", "V", "F", "female", "Frau Dr."]
        {
            assert_eq!(of_cell(woman), "f", "{woman}");
        }
        for neither in ["", "Dhr. en Mevr.", "Mr & Mrs", "Dr.", "Familie", "x"] {
            assert_eq!(of_cell(neither), "", "{neither}");
        }
    }

    #[test]
    fn a_name_tells_by_what_stands_before_it() {
        assert_eq!(of_name("Mevr. J. de Wit"), "f");
        assert_eq!(of_name("Herr Karl Huber"), "m");
        assert_eq!(of_name("M. Janssens"), "", "an initial");
        assert_eq!(of_name("Don"), "", "a name");
        assert_eq!(of_name("Mr & Mrs Ash"), "");
        assert_eq!(of_name("Mr and Mrs Ash"), "");
    }

    #[test]
    fn surnames_with_two_forms() {
        assert_eq!(of_surname("kowalska"), "f");
        assert_eq!(of_surname("nowakowski"), "m");
        assert_eq!(of_surname("rybicka"), "f");
        assert_eq!(of_surname("novak"), "");
        assert_eq!(of_surname("ska"), "");
    }
}
