//! What the targets share: reading bytes as a file, and the promises that are checked.

pub mod reading;
pub mod values;
