//! Folding: the comparison form of any text.

/// Accents dropped, transliterated to ASCII, lower case, everything but letters and digits to single blanks.
///
/// `Müller-Lüdenscheidt & Co.` → `muller ludenscheidt co`.
pub fn fold(raw: &str) -> String {
    let _ = raw;
    unimplemented!()
}
