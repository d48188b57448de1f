//! Threads of a run, one number for every pool of the process.
//!
//! Results never depend on it, only speed does. How much work a task takes is decided where the work is.

use crate::error::Error;
use std::num::NonZero;

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
