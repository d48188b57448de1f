//! Stage 5: contacts → candidate pairs, in batches.
