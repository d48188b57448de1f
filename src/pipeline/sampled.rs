//! The side entrance for making contacts: the generator under the clock.

use crate::progress::Progress;
use crate::sample::{self, Options, Sampled};
use crate::write::WriteError;
use std::time::Instant;

/// Makes contacts; returns what was made and the seconds it took.
pub fn make_sample(options: &Options, progress: &dyn Progress) -> Result<(Sampled, f64), WriteError> {
    let start = Instant::now();
    let made = sample::contacts(options, progress)?;
    Ok((made, start.elapsed().as_secs_f64()))
}
