//! What the weights of pairs are, once the records are ready for comparing: that takes as long as a run's own preparation.

use crate::cluster::Doubt;
use crate::report::explain::PairExplanation;
use std::sync::{Arc, OnceLock};

/// Explains two records of a group of records: the pair, and what keeps the group from being merged without asking.
pub type Weigher = Box<dyn Fn(u32, u32, &[u32]) -> (PairExplanation, Vec<Doubt>) + Send + Sync>;

/// The weigher, or why there is none (yet).
#[derive(Clone, Default)]
pub struct Weights(Arc<OnceLock<Result<Weigher, String>>>);

impl Weights {
    /// Puts it in, once it is there; a second one is passed over.
    pub fn put(&self, weigher: Result<Weigher, String>) {
        let _ = self.0.set(weigher);
    }

    /// The weigher; none while it is being made.
    pub fn get(&self) -> Option<&Result<Weigher, String>> {
        self.0.get()
    }
}
