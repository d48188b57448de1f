//! Errors a user can meet, and the exit codes they end in.
