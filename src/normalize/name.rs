//! Names of persons.

/// What the name columns of one row say, as they stand in the source.
#[derive(Clone, Copy, Debug, Default)]
pub struct NameParts<'a> {
    pub salutation: &'a str,
    pub title: &'a str,
    pub full: &'a str,
    pub given: &'a str,
    pub initials: &'a str,
    pub middle: &'a str,
    pub prefix: &'a str,
    pub family: &'a str,
    pub suffix: &'a str,
    pub nickname: &'a str,
    pub maiden: &'a str,
}

/// A person's name, folded for comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName {
    /// Given names in order, titles removed: `jan pieter`; initials as single letters: `j p`.
    pub given: String,
    /// Family name without particles: `berg`; double names keep both words.
    pub family: String,
    /// Particles: `van den`.
    pub particles: String,
    /// Generation mark: `jr`, `sr`, `ii`, `iii`.
    pub generation: String,
    /// All words of all parts, sorted, distinct, without titles and particles.
    pub words: String,
    /// Whether the name reads as an organisation (a legal form stands in it).
    pub looks_like_company: bool,
}

/// Takes a name apart.
pub fn parse(parts: NameParts<'_>) -> PersonName {
    let _ = parts;
    unimplemented!()
}
