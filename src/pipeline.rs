//! The picture of the crate's documentation as code.
