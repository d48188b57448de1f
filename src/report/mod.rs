//! The self-contained HTML report, and explanations of single pairs.
//!
//! Input: the saved values of a run ([`ReportInput`]). Output: one HTML page as text ([`html`]), or the explanation of
//! one pair for a terminal ([`explain::render`]).
//!
//! Invariants
//! * The page needs nothing but itself: no network, no script, no font, no image file. It forbids them, too.
//! * Text from the data is escaped, always.
//! * Every list is bounded and says how many entries were left out; the page stays below [`MAX_BYTES`].
//! * The same input gives the same page, byte by byte.

pub mod explain;
mod chart;
mod classic;
mod diff;
mod figures;
mod guards;
mod page;
mod profile;
mod proposals;
mod quality;
mod rules;
mod terminal;
mod evaluation;
mod legend;
mod masked;
mod summary;
mod words;

pub use classic::{ClassicCounts, ClassicExample, ClassicReason, ClassicReport};
pub use diff::{html as diff_html, text as diff_text};
pub use evaluation::evaluation_html;
pub use legend::legend;
pub use masked::masked_html;
pub use page::MAX_BYTES;
pub use profile::text as profile_text;
pub use profile::{ProfileInput, html as profile_html};
pub use rules::{RuleReport, rules};

use crate::cluster::{Cluster, Clusters, Doubt};
use crate::guard;
use crate::ingest::{FileFacts, Quarantined};
use crate::map::Dataset;
use crate::normalize::Contacts;
use crate::profile::{Drift, Quality};
use crate::propose::Proposals;
use crate::related::TableCounts;
use crate::score::{Links, Model};
use crate::survive::Golden;
use explain::Step;

/// What changed since an earlier profile, one change a text; sources and columns that did not change are not told.
pub fn changes(drift: &Drift) -> Vec<String> {
    quality::changes(drift).collect()
}

/// Everything the report shows, borrowed from the run.
#[derive(Clone, Copy)]
pub struct ReportInput<'a> {
    /// The program's version.
    pub version: &'a str,
    /// When the run started, for people; empty leaves it out (and keeps pages comparable).
    pub started: &'a str,
    /// The sources and what their columns were taken for.
    pub data: &'a Dataset,
    /// The normalized records; the report counts persons and companies.
    pub contacts: &'a Contacts,
    /// How each file was read.
    pub files: &'a [FileFacts],
    /// Rows that could not be read.
    pub quarantine: &'a [Quarantined],
    /// The quality of every field.
    pub quality: &'a Quality,
    /// The blocking rules and what each costs; see [`rules`].
    pub blocking: &'a [RuleReport],
    /// The model that weighed the pairs.
    pub model: &'a Model,
    /// Pairs above the floor.
    pub links: &'a Links,
    /// Which records are believed to be one.
    pub clusters: &'a Clusters,
    /// What each cluster would become.
    pub golden: &'a Golden,
    /// The names of clusters and records.
    pub proposals: &'a Proposals,
    /// Business Central's own search beside that of alike, when it was asked for.
    pub classic: Option<&'a ClassicReport>,
    /// The related tables in numbers.
    pub related: &'a [TableCounts],
    /// What the guards say.
    pub guards: &'a guard::Report,
    /// What every comparison of two records weighs, in the order of the model.
    pub pair_steps: &'a dyn Fn(u32, u32) -> Vec<Step>,
    /// What speaks against merging a cluster without asking; asked for those shown only.
    pub doubts: &'a dyn Fn(&Cluster) -> Vec<Doubt>,
    /// Stage and seconds, in running order.
    pub timings: &'a [(String, f64)],
    /// The settings in force, as TOML.
    pub settings_toml: &'a str,
}

/// Why the page could not be made: a fault in its template, not in the data.
#[derive(Debug, thiserror::Error)]
#[error("the report's template does not fit its data: {0}")]
pub struct ReportError(#[from] minijinja::Error);

/// Makes the page.
pub fn html(input: &ReportInput<'_>) -> Result<String, ReportError> {
    page::render(input)
}

#[cfg(test)]
mod tests;
