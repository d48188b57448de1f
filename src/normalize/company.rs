//! Names of organisations.

/// An organisation's name, folded for comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompanyName {
    /// Words without legal form, `&` and its like unified, "the" dropped.
    pub core: String,
    /// Legal form in a canonical spelling: `bv`, `gmbh`, `ltd`; empty when none stands there.
    pub legal_form: String,
}

/// Takes an organisation's name apart.
pub fn parse(raw: &str) -> CompanyName {
    let _ = raw;
    unimplemented!()
}

/// Whether a text names an organisation by its legal form.
pub fn has_legal_form(raw: &str) -> bool {
    !parse(raw).legal_form.is_empty()
}
