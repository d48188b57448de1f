//! Sure groups in strata: alike in what speaks for them, in probability, size and sources.

use crate::cluster::reason_class;
use crate::review::Sheets;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Strata hold at least this share of all groups; smaller ones are laid together, the finest distinctions first, for
/// each stratum can cost one judgement more than its share.
const LEAST_SHARE: f64 = 0.05;

/// From which probability on a group is in a band; below all of them it is in the last.
const BANDS: [(f64, &str); 3] =
    [(0.9999, "99.99 % and more"), (0.999, "99.9 to 99.99 %"), (0.99, "99 to 99.9 %")];
const LAST_BAND: &str = "below 99 %";

/// A group that the lane `auto` merges.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The proposal.
    pub id: String,
    /// What its records were.
    pub fingerprint: String,
    /// Its rows in `proposals`, in their order.
    pub rows: Vec<u32>,
    /// From the finest description to none.
    names: [String; 4],
}

/// Groups that are drawn from together, in the order in which they are drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Stratum {
    /// What they have in common.
    pub name: String,
    /// Positions of its groups.
    pub groups: Vec<usize>,
}

/// The groups of the lane `auto`, by their ids.
pub fn groups(sheets: &Sheets) -> Vec<Group> {
    let sheet = &sheets.proposals;
    let column = |name: &str| sheet.position(name);
    let cell = |row: u32, column: Option<usize>| column.map_or("", |at| sheet.cell(row, at));
    let (id, lane) = (column("proposal_id"), column("lane"));
    let (reasons, probability, source) = (column("reasons"), column("probability"), column("source"));
    let fingerprint = column("fingerprint");
    let mut rows: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for row in (0..sheet.rows()).filter(|&row| cell(row, lane) == "auto") {
        rows.entry(cell(row, id)).or_default().push(row);
    }
    let group = |(id, rows): (&str, Vec<u32>)| {
        let least = rows.iter().filter_map(|&row| cell(row, probability).parse::<f64>().ok());
        let band = band(least.fold(1.0, f64::min));
        let class = reason_class(cell(rows[0], reasons));
        let sources: BTreeSet<&str> = rows.iter().map(|&row| cell(row, source)).collect();
        let sources = sources.into_iter().collect::<Vec<_>>().join(" + ");
        let size = if rows.len() == 2 { "two records" } else { "three or more" };
        Group {
            id: id.to_string(),
            fingerprint: cell(rows[0], fingerprint).to_string(),
            names: [
                format!("{class}, {band}, {size}, {sources}"),
                format!("{class}, {band}"),
                band.to_string(),
                "others".to_string(),
            ],
            rows,
        }
    };
    rows.into_iter().map(group).collect()
}

fn band(probability: f64) -> &'static str {
    BANDS.iter().find(|(least, _)| probability >= *least).map_or(LAST_BAND, |(_, name)| name)
}

/// Lays groups into strata, each in the order of drawing.
pub(super) fn strata(groups: &[Group], seed: u64) -> Vec<Stratum> {
    let least = (groups.len() as f64 * LEAST_SHARE).ceil() as usize;
    let mut left: Vec<usize> = (0..groups.len()).collect();
    let mut found = Vec::new();
    let levels = groups.first().map_or(0, |group| group.names.len());
    for level in 0..levels {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for at in std::mem::take(&mut left) {
            by_name.entry(&groups[at].names[level]).or_default().push(at);
        }
        for (name, groups) in by_name {
            if groups.len() >= least || level + 1 == levels {
                let name = if level == 0 || level + 1 == levels {
                    name.to_string()
                } else {
                    format!("{name}, others")
                };
                found.push(Stratum { name, groups });
            } else {
                left.extend(groups);
            }
        }
    }
    for stratum in &mut found {
        stratum.groups.sort_by_cached_key(|&at| (lot(&groups[at].id, seed), at));
    }
    found
}

/// A group's lot: its place among all others is as good as random, and hangs on nothing but its records and the seed.
fn lot(id: &str, seed: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(id.as_bytes());
    hash.finalize().into()
}

#[cfg(test)]
impl Group {
    /// A group for tests.
    pub(super) fn of(id: &str, name: &str) -> Self {
        let names = [name, "near", "band", "others"].map(String::from);
        Self { id: id.to_string(), fingerprint: format!("F-{id}"), rows: vec![0, 1], names }
    }
}
