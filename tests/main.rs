//! Integration tests: one binary, a module a command.

mod cli;
mod config;
