//! Stage 7: levels → links, by a Fellegi–Sunter model with several classes of non-matches.
//!
//! Input: pair batches and their level patterns. Output: [`Links`].
//!
//! A two-class model calls everything a match that looks unlike random pairs: members of a household, colleagues,
//! namesakes. Here each such relation is a class of its own, and the match weight of a pair is the log2 odds of
//! *match* against all of them together: `log2 P(match | pattern) / P(not match | pattern)`.
//!
//! Invariants
//! * Log probabilities are quantised once to integers (micro-bits) and summed as integers: no order of summation,
//!   thread or machine can change a result.

mod links;
mod model;
mod scorer;

pub use links::{Earlier, Links, find, renew};
pub use model::{ClassModel, ComparisonModel, MODEL_VERSION, Model, PopulationModel};
pub(crate) use scorer::micro_log2;
pub use scorer::{Scorer, Step, probability};

/// Micro-bits in a bit: weights are log2 odds × 1e6.
pub const MICRO: f64 = 1e6;
