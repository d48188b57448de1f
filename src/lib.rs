//! `alike` finds the contacts that are alike, shows what merging them would do, and merges them when a person
//! says yes.
//!
//! ```text
//!  files ─ingest─▶ Table ─map─▶ Dataset ─normalize─▶ Contacts ─block─▶ pair batches ─compare─▶ levels ─score─▶ Links
//!                                  │                                                                          │
//!                               profile ▶ Quality                                                          cluster
//!                                                                                                             ▼
//!        run folder ◀─write─ Proposals ◀─propose─ Golden + lineage ◀──────────────── survive ◀──────────── Clusters
//!            │
//!          people ─review─▶ decisions ─apply─▶ golden list, crosswalk, change set ─undo─▶ as it was before
//! ```
//!
//! The modules below stand in running order; [`pipeline`] is this picture as code.

pub mod error;
pub mod progress;
pub mod budget;
pub mod config;
pub mod table;
pub mod ingest;
pub mod map;
pub mod profile;
pub mod normalize;
pub mod classic;
pub mod block;
pub mod compare;
pub mod score;
pub mod train;
pub mod cluster;
pub mod survive;
pub mod propose;
pub mod guard;
pub mod write;
pub mod state;
pub mod mask;
pub mod review;
pub mod audit;
pub mod diff;
pub mod related;
pub mod apply;
pub mod package;
pub mod forget;
pub mod evaluate;
pub mod sample;
pub mod report;
pub mod serve;
pub mod pipeline;
pub mod cli;
#[cfg(test)]
pub(crate) mod testing;
