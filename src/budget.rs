//! Threads and chunk sizes of a run.
//!
//! Results never depend on these numbers, only speed and memory do.

use crate::error::Error;
use std::num::NonZero;

/// Candidate pairs in one batch between blocking and scoring: large enough to keep every core busy, small enough
/// that a batch (two record numbers, a pattern and a weight a pair, some 24 MB) is nothing beside the columns.
pub const PAIRS_PER_BATCH: usize = 1 << 20;

/// Distinct values one task works through: some 10 to 1000 µs of work, so that neither handing out tasks nor waiting
/// for the last one shows.
pub const VALUES_PER_TASK: usize = 1 << 10;

/// Rows or pairs one task works through where each costs tens of nanoseconds.
pub const ROWS_PER_TASK: usize = 1 << 14;

/// How many threads a run uses when it is not told: what the machine or its container allows.
pub fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// Sets the number of threads of the process, once, for our own work and for polars alike.
///
/// Must be called from `main` before any other thread exists and before polars is used: it sets an environment
/// variable, which polars reads when its pool is first needed.
pub fn set_threads(threads: Option<usize>) -> Result<(), Error> {
    let threads = threads.unwrap_or_else(default_threads);
    // SAFETY: called while the process has one thread (see above), so that nobody reads the environment meanwhile.
    unsafe { std::env::set_var("POLARS_MAX_THREADS", threads.to_string()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|at| format!("alike-{at}"))
        .build_global()
        .map_err(|cause| Error::Threads { threads, cause })
}
