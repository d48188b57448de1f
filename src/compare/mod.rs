//! Stage 6: pair batches → comparison levels.
