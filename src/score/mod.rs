//! Stage 7: levels → links, by a Fellegi–Sunter model with several classes of non-matches.
//!
//! Input: pair batches and their level patterns. Output: [`Links`].
//!
//! Invariants
//! * Weights are quantised once to integers and summed as integers: no order of summation, thread or machine
//!   can change a result.

mod links;
mod model;

pub use links::Links;
pub use model::{ClassModel, ComparisonModel, Model, PopulationModel};
