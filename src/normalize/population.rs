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

/// Where the name of a row's organisation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameIn {
    Nowhere,
    Company,
    Family,
    Full,
}

/// A verdict without the row's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub population: Population,
    pub name_in: NameIn,
    pub family_is_company: bool,
    pub full_is_company: bool,
}

/// What is to be known of a row's cells to decide what it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Which cells hold something that is no filler.
    pub given: bool,
    pub family: bool,
    pub full: bool,
    pub company: bool,
    /// Whether the name cells hold a firm.
    pub firm_in_family: bool,
    pub firm_in_full: bool,
    /// What the type column says.
    pub stated: Option<Population>,
    /// As in [`Evidence`].
    pub has_names: bool,
    pub has_company: bool,
}

/// Whether a cell holds something that is no filler.
pub(super) fn is_filled(raw: &str) -> bool {
    !raw.is_empty() && !junk::is_junk(raw)
}

/// Whether a company cell holds something that is no filler.
pub(super) fn is_company_filled(raw: &str) -> bool {
    is_filled(company::bare(raw))
}

/// Decides what a row is. A fixed population is obeyed; else the row's type column counts, unless its name cells hold
/// a firm (a legal form and no given name); without a type, a name makes a person and a company name alone a company.
pub fn decide<'a>(evidence: &Evidence<'a>, fixed: Option<Population>) -> Verdict<'a> {
    let Judged { population, name_in, family_is_company, full_is_company } = judge(&see(evidence), fixed);
    let company_name = match name_in {
        NameIn::Company => evidence.company,
        NameIn::Family => evidence.family,
        NameIn::Full => evidence.full,
        NameIn::Nowhere => "",
    };
    Verdict { population, company_name, family_is_company, full_is_company }
}

/// What the cells of a row show.
pub(super) fn see(evidence: &Evidence<'_>) -> Seen {
    let [given, family, full] = [evidence.given, evidence.family, evidence.full].map(is_filled);
    let company = is_company_filled(evidence.company);
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
            || company && same(evidence.full, evidence.company));
    let (has_names, has_company) = (evidence.has_names, evidence.has_company);
    Seen { given, family, full, company, firm_in_family, firm_in_full, stated, has_names, has_company }
}

/// As [`decide`], by what the cells show.
pub(super) fn judge(seen: &Seen, fixed: Option<Population>) -> Judged {
    let Seen { given, family, full, company: has_company, firm_in_family, firm_in_full, .. } = *seen;
    let population = match (fixed, seen.stated) {
        (Some(fixed), _) => fixed,
        (None, _) if (firm_in_family && !has_company) || firm_in_full => Population::Company,
        (None, Some(stated)) => stated,
        (None, None) if given || family || full => Population::Person,
        (None, None) if has_company => Population::Company,
        (None, None) if seen.has_names => Population::Person,
        (None, None) if seen.has_company => Population::Company,
        (None, None) => Population::Other,
    };
    let company = population == Population::Company;
    let family_is_company = firm_in_family || (company && family && !given && !has_company);
    let full_is_company = firm_in_full || (company && full && !given && !family);
    let name_in = match () {
        () if has_company => NameIn::Company,
        () if family_is_company => NameIn::Family,
        () if full_is_company => NameIn::Full,
        () => NameIn::Nowhere,
    };
    Judged { population, name_in, family_is_company, full_is_company }
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
