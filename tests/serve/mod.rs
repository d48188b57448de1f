//! The review page: who gets an answer, and what an edit in it is worth.

mod edits;
mod guard;
mod server;
