//! Writing: the run folder, whole or not at all.
