//! One answer for every proposal that a filter lets through and nobody decided.

use super::filter::Filter;
use super::room::{Author, Change, Refusal, Room};
use crate::review::{Verdict, Wish};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Proposals shown by name in a preview.
const SHOWN: usize = 8;

/// What would be done.
pub struct Preview {
    changes: Vec<Change>,
    /// For the page.
    pub told: Value,
    count: usize,
    digest: String,
}

impl Room {
    /// Works out what one answer for a filter would do; changes nothing.
    pub fn preview(&self, filter: &Filter, verdict: Verdict, comment: &str) -> Preview {
        let mut changes = Vec::new();
        let (mut records, mut lost, mut moves) = (0, 0, 0);
        let (mut decided, mut unable) = (0, 0);
        let mut shown = Vec::new();
        let mut hash = Sha256::new();
        for at in self.queue(filter) {
            let wish = self.desk.wish(at);
            // What a person decided is not decided over; what the lane merges can still be held or kept apart.
            if wish.verdict != Verdict::Open || verdict == Verdict::Merge && !self.is_open(at) {
                decided += 1;
                continue;
            }
            let wish = Wish {
                verdict,
                comment: if comment.trim().is_empty() { wish.comment } else { comment.trim().to_string() },
                overrides: if verdict == Verdict::Apart { Default::default() } else { wish.overrides },
                groups: vec![1; wish.groups.len()],
                survivors: wish.survivors,
            };
            let cells = match (self.may(at, &wish), self.desk.cells_of(at, &wish)) {
                (Ok(()), Ok(cells)) if self.desk.problems[at].is_empty() => cells,
                _ => {
                    unable += 1;
                    continue;
                }
            };
            let entry = &self.entries[at];
            records += wish.groups.len();
            lost += entry.lost;
            moves += entry.moves;
            if shown.len() < SHOWN {
                shown.push(json!({ "id": self.desk.proposals[at].id.to_string(), "label": entry.label }));
            }
            hash.update(format!("{} {}\n", self.desk.proposals[at].id, self.version(at)));
            changes.push(Change { at, cells, what: word(verdict).to_string(), undoes: None });
        }
        let digest: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let told = json!({
            "count": changes.len(), "records": records, "lost": lost, "moves": moves, "decided": decided,
            "unable": unable, "shown": shown, "digest": digest,
        });
        Preview { count: changes.len(), changes, told, digest }
    }

    /// Does what was previewed, when that is still the same and the person typed how many proposals it is.
    pub fn bulk(
        &mut self,
        preview: Preview,
        typed: &str,
        digest: &str,
        who: &Author<'_>,
    ) -> Result<Value, Refusal> {
        if preview.digest != digest {
            return Err(Refusal::Stale);
        }
        if typed.trim() != preview.count.to_string() || preview.count == 0 {
            return Err(Refusal::Wrong(format!("type {} to confirm", preview.count)));
        }
        self.take(preview.changes, who)?;
        Ok(json!({ "count": preview.count }))
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Open => "open",
        Verdict::Merge => "merge",
        Verdict::Approve => "approve",
        Verdict::Apart => "apart",
        Verdict::Hold => "hold",
        Verdict::Split => "split",
    }
}
