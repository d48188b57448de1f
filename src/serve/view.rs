//! One proposal, and the queue, as JSON for the page.

use super::filter::Filter;
use super::room::Room;
use super::weights::Weights;
use crate::cluster::Doubt;
use crate::map::Kind;
use crate::report::explain::MICRO;
use crate::review::{Answer, Reviewed, Standing};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Room {
    /// What the page needs once.
    pub fn start(&self) -> Value {
        let mut sources: BTreeSet<&str> = BTreeSet::new();
        let mut reasons: BTreeSet<&str> = BTreeSet::new();
        let mut fields: BTreeSet<&str> = BTreeSet::new();
        let mut holds: BTreeSet<&str> = BTreeSet::new();
        for entry in &self.entries {
            sources.extend(entry.sources.iter().map(String::as_str));
            reasons.extend(entry.reasons.iter().map(String::as_str));
            fields.extend(entry.differ.iter().map(String::as_str));
            holds.extend(Some(entry.hold.as_str()).filter(|hold| !hold.is_empty()));
        }
        json!({
            "name": self.name, "by": self.by, "approvals": self.approvals, "store": self.keeper.is_some(),
            "sources": sources, "reasons": reasons, "fields": fields, "holds": holds,
            "now": self.now(), "progress": self.progress(),
        })
    }

    /// A part of the queue.
    pub fn listed(&self, filter: &Filter, from: usize, count: usize) -> Value {
        let mut all = 0;
        let mut rows = Vec::with_capacity(count);
        for at in self.queue(filter) {
            if all >= from && rows.len() < count {
                rows.push(self.row(at));
            }
            all += 1;
        }
        json!({ "all": all, "from": from, "rows": rows, "now": self.now(), "progress": self.progress() })
    }

    /// Where a proposal stands in a queue, and which come before and after it.
    pub fn around(&self, filter: &Filter, at: usize) -> Value {
        let places: Vec<usize> = self.queue(filter).collect();
        let id = |at: Option<&usize>| at.map(|&at| self.desk.proposals[at].id.to_string());
        match places.iter().position(|&place| place == at) {
            Some(nth) => json!({
                "nth": nth, "all": places.len(), "next": id(places.get(nth + 1)),
                "previous": nth.checked_sub(1).and_then(|before| id(places.get(before))),
            }),
            None => json!({ "all": places.len(), "next": id(places.first()) }),
        }
    }

    fn row(&self, at: usize) -> Value {
        let (entry, reviewed) = (&self.entries[at], &self.desk.proposals[at]);
        json!({
            "id": reviewed.id.to_string(), "label": entry.label, "lane": entry.lane, "hold": entry.hold,
            "records": reviewed.rows.len(), "probability": entry.probability, "reasons": entry.reasons,
            "sources": entry.sources, "lost": entry.lost, "moves": entry.moves, "conflicts": entry.conflicts,
            "state": self.state(at), "by": self.latest[at].map(|edit| &self.journal.edits.all[edit].by),
        })
    }

    /// What is to be done with a proposal, in a word.
    fn state(&self, at: usize) -> &'static str {
        let reviewed = &self.desk.proposals[at];
        match (&reviewed.answer, self.desk.problems[at].is_empty(), reviewed.standing) {
            (_, _, Standing::Changed | Standing::Gone) => "changed",
            (_, false, _) => "mistake",
            (Answer::Merge { by_person: false, .. }, ..) => "auto",
            (Answer::Merge { groups, .. }, ..) if groups.iter().any(|group| group.number > 0) => "split",
            (Answer::Merge { .. }, ..) => "merge",
            (Answer::Apart, ..) => "apart",
            (Answer::Hold, ..) => "hold",
            (Answer::Undecided, ..) => "open",
        }
    }

    /// One proposal, whole.
    pub fn proposal(&self, at: usize) -> Value {
        let (sheet, plan) = (&self.desk.sheets.proposals, &self.desk.sheets.plan);
        let reviewed = &self.desk.proposals[at];
        let of = |row: u32, name: &str| sheet.position(name).map_or("", |column| sheet.cell(row, column));
        let planned = |row: u32, name: &str| plan.position(name).map_or("", |column| plan.cell(row, column));
        let members: Vec<Value> = reviewed
            .rows
            .iter()
            .map(|&row| {
                json!({
                    "source": of(row, "source"), "record_id": of(row, "record_id"), "reasons": of(row, "reasons"),
                    "probability": of(row, "probability").parse::<f64>().ok(),
                    "proposed": sheet.position("role").is_some_and(|at| sheet.filed(row, at) == "survivor"),
                })
            })
            .collect();
        let fields: Vec<Value> = reviewed
            .plan
            .iter()
            .map(|&row| {
                let name = planned(row, "field");
                let (column, kind) = self.desk.field(name);
                let cells: Vec<&str> = reviewed
                    .rows
                    .iter()
                    .map(|&row| column.map_or("", |column| sheet.cell(row, column)))
                    .collect();
                let key = (planned(row, "from_source"), planned(row, "from_record_id"));
                let from =
                    reviewed.rows.iter().position(|&row| (of(row, "source"), of(row, "record_id")) == key);
                json!({
                    "field": name, "value": planned(row, "value"), "rule": planned(row, "rule"), "from": from,
                    "lost": split(planned(row, "lost")), "cells": cells,
                    "differs": self.entries[at].differ.iter().any(|field| field == name),
                    "compared": kind.is_some_and(crate::propose::is_compared),
                    "fixed": kind == Some(Kind::RecordId),
                })
            })
            .collect();
        let id = reviewed.id.to_string();
        let history = self.journal.edits.all.iter().filter(|edit| edit.proposal == id);
        let history: Vec<Value> = history
            .map(|edit| json!({ "n": edit.n, "by": edit.by, "at": edit.at, "what": edit.what }))
            .collect();
        let extended = self.desk.extended_by(at).iter().map(|&at| self.desk.proposals[at].id.to_string());
        json!({
            "id": id, "version": self.version(at), "row": self.row(at), "wish": self.desk.wish(at),
            "members": members, "fields": fields, "history": history,
            "extends": reviewed.extends.map(|id| id.to_string()), "extended": extended.collect::<Vec<_>>(),
            "problems": self.desk.problems[at].iter().map(ToString::to_string).collect::<Vec<_>>(),
            "standing": standing(reviewed), "related": self.related.get(&id),
            "approved": self.approved(at),
        })
    }

    /// Who approved of merging a proposal, where more than one must.
    fn approved(&self, at: usize) -> Option<Vec<String>> {
        let keeper = self.keeper.as_ref().filter(|_| self.approvals > 1)?;
        let mut keys = self.desk.keys(at);
        keys.sort_unstable();
        keeper.approvals(&keys, &self.desk.proposals[at].fingerprint.to_string()).ok()
    }

    /// The weights of two members of a proposal, and what keeps it from being merged without asking.
    pub fn weights(&self, weights: &Weights, at: usize, a: usize, b: usize) -> Value {
        let weigher = match weights.get() {
            None => return json!({ "wait": true }),
            Some(Err(why)) => return json!({ "why_not": why }),
            Some(Ok(weigher)) => weigher,
        };
        let reviewed = &self.desk.proposals[at];
        let records: Option<Vec<u32>> = reviewed.records.iter().copied().collect();
        let Some(records) = records.filter(|records| a < records.len() && b < records.len() && a != b) else {
            return json!({ "why_not": "" });
        };
        let (pair, doubts) = weigher(records[a], records[b], &records);
        let bits = |micro: i64| micro as f64 / MICRO;
        let steps: Vec<Value> = pair
            .steps
            .iter()
            .map(|step| {
                json!({ "comparison": step.comparison, "a": step.value_a, "b": step.value_b, "level": step.level,
                        "bits": bits(step.weight_microbits) })
            })
            .collect();
        let place = |record: u32| records.iter().position(|&member| member == record);
        let doubts: Vec<Value> = doubts
            .iter()
            .map(|doubt| match doubt {
                Doubt::Unsure([a, b], p, asked) => {
                    json!({ "kind": "unsure", "a": place(*a), "b": place(*b), "p": p, "asked": asked })
                }
                Doubt::Pair([a, b], words) => {
                    json!({ "kind": "pair", "a": place(*a), "b": place(*b), "words": words })
                }
                Doubt::Core(sure, of) => {
                    json!({ "kind": "core", "sure": sure.iter().map(|&at| place(at)).collect::<Vec<_>>(), "of": of })
                }
                Doubt::Support(record, p, asked) => {
                    json!({ "kind": "support", "a": place(*record), "p": p, "asked": asked })
                }
                Doubt::Group => json!({ "kind": "group" }),
            })
            .collect();
        json!({
            "steps": steps, "prior": bits(pair.prior_microbits), "total": bits(pair.total_microbits),
            "probability": pair.probability, "against": pair.against_class, "vetoes": pair.vetoes,
            "same_population": pair.same_population, "doubts": doubts,
        })
    }
}

fn split(values: &str) -> Vec<&str> {
    values.split(" | ").filter(|value| !value.is_empty()).collect()
}

fn standing(reviewed: &Reviewed) -> &'static str {
    match reviewed.standing {
        Standing::Same => "same",
        Standing::Touched => "touched",
        Standing::Changed => "changed",
        Standing::Gone => "gone",
    }
}
