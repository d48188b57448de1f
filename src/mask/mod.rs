//! Masked packs: enough of each value to decide, and not the whole person.
//!
//! Input: tables of a run folder and a [`Masker`] with the secret of their place. Output: the same tables, with
//! values that people can tell apart and nobody can read.
//!
//! Invariants
//! * Equal values mask equal, different ones different, in every pack that is made with the same secret.
//! * Without the secret a mask cannot be tried out on guessed values: it is a keyed hash.
//! * A masked value is known as one ([`is_masked`]), and is never taken for data.

mod value;
mod tables;
mod secret;

pub use secret::{MASK_KEY, made, secret};
pub use tables::{MASKED, cell, kind_of, plan, proposals, values};
pub use value::{Masker, is_masked};
