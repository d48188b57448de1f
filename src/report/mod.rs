//! The self-contained HTML report, and explanations of single pairs.

pub mod explain;
