//! Threads, memory and chunk sizes of a run.
