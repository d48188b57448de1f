//! Whether a record stands for a person, a company or neither.

use super::contacts::Population;
use super::text::fold;
use super::{company, junk, table};
use std::sync::OnceLock;

/// What one row says about what it is, as it stands in the source.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    pub record_type: &'a str,
    pub given: &'a str,
    pub family: &'a str,
    pub full: &'a str,
    pub company: &'a str,
    /// Whether the source has columns for names of persons.
    pub has_names: bool,
    /// Whether the source has a column for organisations.
    pub has_company: bool,
}

/// What a row is, and where its organisation's name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict<'a> {
    pub population: Population,
    /// The organisation's name as written: the company cell, else the name cell of a company.
    pub company_name: &'a str,
    /// The family name cell holds the organisation's name.
    pub family_is_company: bool,
    /// The full name cell holds the organisation's name.
    pub full_is_company: bool,
}

/// Decides what a row is. A fixed population is obeyed; else the row's type column counts, unless its name cells hold
/// a firm (a legal form and no given name); without a type, a name makes a person and a company name alone a company.
pub fn decide<'a>(evidence: &Evidence<'a>, fixed: Option<Population>) -> Verdict<'a> {
    let filled = |raw: &str| !raw.is_empty() && !junk::is_junk(raw);
    let (given, family, full) = (filled(evidence.given), filled(evidence.family), filled(evidence.full));
    let has_company = filled(company::bare(evidence.company));
    let stated = (!evidence.record_type.is_empty()).then(|| of_type(evidence.record_type)).flatten();
    // A word is weaker than a legal form: it does not speak against the row's own type.
    let by_word = full
        && !given
        && !family
        && stated != Some(Population::Person)
        && company::has_organisation_word(evidence.full);
    let firm_in_family = family && !given && company::looks_like(evidence.family);
    let firm_in_full = full
        && !given
        && !family
        && (company::looks_like(evidence.full)
            || by_word
            || has_company && same(evidence.full, evidence.company));
    let population = match (fixed, stated) {
        (Some(fixed), _) => fixed,
        (None, _) if (firm_in_family && !has_company) || firm_in_full => Population::Company,
        (None, Some(stated)) => stated,
        (None, None) if given || family || full => Population::Person,
        (None, None) if has_company => Population::Company,
        (None, None) if evidence.has_names => Population::Person,
        (None, None) if evidence.has_company => Population::Company,
        (None, None) => Population::Other,
    };
    let company = population == Population::Company;
    let family_is_company = firm_in_family || (company && family && !given && !has_company);
    let full_is_company = firm_in_full || (company && full && !given && !family);
    let company_name = match () {
        () if has_company => evidence.company,
        () if family_is_company => evidence.family,
        () if full_is_company => evidence.full,
        () => "",
    };
    Verdict { population, company_name, family_is_company, full_is_company }
}

fn same(a: &str, b: &str) -> bool {
    a == b || fold(a) == fold(b)
}

/// The population that a word in a type column means.
pub(super) fn of_type(raw: &str) -> Option<Population> {
    static TYPES: OnceLock<table::Lookup<Population>> = OnceLock::new();
    let types = TYPES.get_or_init(|| {
        table::rows(include_str!("tables/record_types.csv"))
            .map(|[word, population]| {
                (word, if population == "person" { Population::Person } else { Population::Company })
            })
            .collect()
    });
    types.get(fold(raw).as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(record_type: &str, given: &str, family: &str, full: &str, company: &str) -> Verdict<'static> {
        let leak = |text: &str| -> &'static str { Box::leak(text.to_string().into_boxed_str()) };
        let evidence = Evidence {
            record_type: leak(record_type),
            given: leak(given),
            family: leak(family),
            full: leak(full),
            company: leak(company),
            has_names: true,
            has_company: true,
        };
        decide(&evidence, None)
    }

    #[test]
    fn the_type_counts_unless_the_name_is_a_firm() {
        assert_eq!(of("Persoon", "Jan", "Smit", "", "Zonnehof BV").population, Population::Person);
        assert_eq!(of("Company", "", "", "", "Zonnehof").population, Population::Company);
        let typed_in = of("Person", "", "Zonnehof Bouw B.V.", "", "");
        assert_eq!((typed_in.population, typed_in.company_name), (Population::Company, "Zonnehof Bouw B.V."));
        assert!(typed_in.family_is_company);
        assert_eq!(of("Person", "", "de Sa", "", "").population, Population::Person);
        assert_eq!(of("Customer", "", "", "", "Zonnehof").population, Population::Company);
    }

    #[test]
    fn without_a_type_the_filled_cells_count() {
        assert_eq!(of("", "Jan", "", "", "Zonnehof").population, Population::Person);
        assert_eq!(of("", "", "", "Els Vos", "").population, Population::Person);
        assert_eq!(of("", "", "", "ELS VOS", "").population, Population::Person);
        assert_eq!(of("", "", "", "Fatima Sa", "").population, Population::Person);
        assert_eq!(of("", "", "", "Zonnehof SA", "").population, Population::Company);
        assert_eq!(of("", "", "", "Novák v.o.s.", "").population, Population::Company);
        assert_eq!(of("", "", "", "Jan Smit", "Zonnehof").population, Population::Person);
        assert_eq!(of("", "", "", "Zonnehof", "Zonnehof").population, Population::Company);
        assert_eq!(of("", "", "", "Harbour Ltd", "").population, Population::Company);
        assert_eq!(of("", "", "", "Bakkerij Jansen", "").population, Population::Company);
        assert_eq!(of("", "", "", "Jan Bakker", "").population, Population::Person);
        assert_eq!(of("", "", "", "", "").population, Population::Person);
        let none = Evidence::default();
        assert_eq!(decide(&none, None).population, Population::Other);
        assert_eq!(decide(&none, Some(Population::Company)).population, Population::Company);
    }
}
