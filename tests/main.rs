//! Integration tests: one binary, a module a command or a promise.

mod support;

mod architecture;
mod audit;
mod masked;
mod cards;
mod classic;
mod cli;
mod config;
mod decisions;
mod evaluate;
mod explain;
mod folder;
mod forget;
mod guards;
mod inputs;
mod named_inputs;
mod no_wrong_merges;
mod normalize;
mod package;
mod plan;
mod profile;
mod run_folder;
mod reading;
mod related;
mod same_result;
mod sample;
mod serve;
mod settings;
mod sheets;
mod state;
mod story;
mod vetoes;
