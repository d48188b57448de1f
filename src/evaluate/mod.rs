//! Measuring a clustering against the truth.
