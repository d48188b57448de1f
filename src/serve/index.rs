//! What the queue knows of every proposal, made once.

use crate::map::Kind;
use crate::propose::{is_compared, letters};
use crate::review::{Desk, Sheet};
use std::collections::HashMap;

/// One proposal in the queue.
pub struct Entry {
    /// Its lane.
    pub lane: &'static str,
    /// Its hold reason; may be empty.
    pub hold: String,
    /// Sources of its records, each once.
    pub sources: Vec<String>,
    /// Reason codes with their signs.
    pub reasons: Vec<String>,
    /// Compared fields in which the records differ.
    pub differ: Vec<String>,
    /// Match probability of the least sure member, 0 to 1.
    pub probability: f64,
    /// Values that would be lost.
    pub lost: usize,
    /// References of related tables that would be moved, and keys that would clash.
    pub moves: u64,
    pub conflicts: u64,
    /// What is found by searching, folded.
    pub text: String,
    /// What to call it.
    pub label: String,
    /// How uncertain it is, times how much hangs on it; the queue is in descending order of this.
    pub worth: f64,
}

/// Columns of `proposals` that the queue reads.
struct Columns {
    hold: Option<usize>,
    source: Option<usize>,
    record: Option<usize>,
    reasons: Option<usize>,
    probability: Option<usize>,
    lost: Option<usize>,
    field: Option<usize>,
}

/// Text for searching: small letters without accents.
pub fn fold(text: &str) -> String {
    any_ascii::any_ascii(text).to_lowercase()
}

/// Makes the index; `related` are moves and conflicts by proposal id.
pub fn entries(desk: &Desk<'_>, related: &HashMap<String, (u64, u64)>) -> Vec<Entry> {
    use rayon::prelude::*;
    let (sheet, plan) = (&desk.sheets.proposals, &desk.sheets.plan);
    let columns = Columns {
        hold: sheet.position("hold_reason"),
        source: sheet.position("source"),
        record: sheet.position("record_id"),
        reasons: sheet.position("reasons"),
        probability: sheet.position("probability"),
        lost: plan.position("lost"),
        field: plan.position("field"),
    };
    (0..desk.proposals.len()).into_par_iter().map(|at| entry(desk, &columns, related, at)).collect()
}

fn cell(sheet: &Sheet, row: u32, column: Option<usize>) -> &str {
    column.map_or("", |column| sheet.cell(row, column))
}

fn entry(desk: &Desk<'_>, columns: &Columns, related: &HashMap<String, (u64, u64)>, at: usize) -> Entry {
    let (sheet, plan) = (&desk.sheets.proposals, &desk.sheets.plan);
    let reviewed = &desk.proposals[at];
    let of = |row: u32, column| cell(sheet, row, column);
    let mut sources: Vec<String> = Vec::new();
    let mut reasons: Vec<String> = Vec::new();
    let mut probability = 1.0_f64;
    let mut text = format!("{} ", reviewed.id).to_lowercase();
    for &row in &reviewed.rows {
        let source = of(row, columns.source);
        if !sources.iter().any(|known| known == source) {
            sources.push(source.to_string());
        }
        for reason in of(row, columns.reasons).split_whitespace() {
            if !reasons.iter().any(|known| known == reason) {
                reasons.push(reason.to_string());
            }
        }
        probability = probability.min(of(row, columns.probability).parse().unwrap_or(1.0));
        text.push_str(&fold(of(row, columns.record)));
        text.push(' ');
    }
    let mut differ = Vec::new();
    let mut lost = 0;
    let mut names: Vec<String> = Vec::new();
    for &row in &reviewed.plan {
        let name = cell(plan, row, columns.field);
        lost += cell(plan, row, columns.lost).split(" | ").filter(|value| !value.is_empty()).count();
        let (column, kind) = desk.field(name);
        let kind = kind.unwrap_or(Kind::Carried);
        let filled = reviewed.rows.iter().map(|&row| cell(sheet, row, column));
        let filled: Vec<&str> = filled.filter(|value| !value.trim().is_empty()).collect();
        if is_compared(kind) {
            let mut forms = filled.iter().map(|value| letters(value));
            if let Some(first) = forms.next()
                && forms.any(|form| form != first)
            {
                differ.push(name.to_string());
            }
        }
        if is_shown(kind) {
            for value in &filled {
                text.push_str(&fold(value));
                text.push(' ');
            }
        }
        if matches!(kind, Kind::PersonName | Kind::Company) && !name.ends_with("_2") {
            names.push(plan.position("value").map_or("", |at| plan.cell(row, at)).to_string());
        }
    }
    let (moves, conflicts) = related.get(&reviewed.id.to_string()).copied().unwrap_or_default();
    let hold = of(reviewed.rows[0], columns.hold).to_string();
    let mut entry = Entry {
        lane: reviewed.lane.name(),
        label: label(&names),
        hold,
        sources,
        reasons,
        differ,
        probability,
        lost,
        moves,
        conflicts,
        text,
        worth: 0.0,
    };
    entry.worth = uncertainty(&entry) * impact(&entry, reviewed.rows.len());
    entry
}

/// Fields that people search by.
fn is_shown(kind: Kind) -> bool {
    use Kind::{Address, City, Company, Email, Identifier, PersonName, Phone, Postcode, RecordId, Website};
    matches!(
        kind,
        RecordId | PersonName | Company | Email | Phone | Address | Postcode | City | Identifier | Website
    )
}

/// What to call a proposal: the first names of the golden record, each once.
fn label(names: &[String]) -> String {
    /// Given name, surname, and a company, say.
    const PARTS: usize = 3;
    let mut parts: Vec<&str> = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let is_new = !parts.iter().any(|part| part.contains(name));
        if is_new && parts.len() < PARTS {
            parts.push(name);
        }
    }
    parts.join(" ")
}

/// The entropy of the answer in bits, 0 to 1. Where something speaks against a group that looks alike, nobody knows.
fn uncertainty(entry: &Entry) -> f64 {
    if entry.lane == "hold" {
        return 1.0;
    }
    let p = entry.probability.clamp(1e-6, 1.0 - 1e-6);
    -(p * p.log2() + (1.0 - p) * (1.0 - p).log2())
}

/// What hangs on the answer: records, values that would go, references that would move. Each further one counts for less.
fn impact(entry: &Entry, records: usize) -> f64 {
    let parts = [records as f64, entry.lost as f64, (entry.moves + entry.conflicts) as f64];
    parts.into_iter().map(|part| (1.0 + part).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_nothing_twice() {
        let label = |names: &[&str]| label(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(label(&["Jan", "", "Dam", "Jan", "Bouw BV", "X"]), "Jan Dam Bouw BV");
        assert_eq!(label(&[]), "");
    }
}
