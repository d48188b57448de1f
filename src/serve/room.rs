//! The review that browsers share: what stands on the desk, in the journal and in the store, and how it changes.

use super::filter::Filter;
use super::index::{self, Entry};
use super::keeper::Keeper;
use crate::propose::Id;
use crate::review::{Answer, CellEdit, Desk, Edit, Journal, LaneName, Standing, Verdict, Wish};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Everything of one run folder that the page shows and changes.
pub struct Room {
    pub(super) desk: Desk<'static>,
    pub(super) journal: Journal,
    pub(super) keeper: Option<Keeper>,
    /// Per proposal, in the desk's order.
    pub(super) entries: Vec<Entry>,
    /// Places in the order of the queue.
    order: Vec<u32>,
    /// Per proposal: the place in the journal of the edit that counts.
    pub(super) latest: Vec<Option<usize>>,
    /// Rows of `related.csv` by proposal id.
    pub(super) related: HashMap<String, Vec<Value>>,
    /// What the page calls the folder.
    pub(super) name: String,
    /// Who reviews, unless a browser names somebody else.
    pub(super) by: String,
    /// How many people must approve of a merge.
    pub(super) approvals: u32,
    clock: fn() -> String,
}

/// Why an edit is not taken.
#[derive(Debug)]
pub enum Refusal {
    /// Somebody edited the proposal in the meantime.
    Stale,
    /// It is wrong; the text says how.
    Wrong(String),
    /// There is no such proposal, or nothing to take back.
    None,
    /// The disk or the store refuses.
    Failed(String),
}

/// What a room is made of.
pub struct Parts {
    /// The proposals.
    pub desk: Desk<'static>,
    /// The edits.
    pub journal: Journal,
    /// The store, if there is one.
    pub keeper: Option<Keeper>,
    /// What related tables say, by proposal id.
    pub related: HashMap<String, Vec<Value>>,
    /// What the page calls the folder.
    pub name: String,
    /// Who reviews.
    pub by: String,
    /// How many people must approve of a merge.
    pub approvals: u32,
    /// Now, UTC.
    pub clock: fn() -> String,
}

impl Room {
    /// Opens the room. Edits that are not in the store yet go there.
    ///
    /// Errors: they contradict what is there.
    pub fn open(parts: Parts) -> Result<Self, crate::error::Error> {
        let Parts { desk, journal, keeper, related, name, by, approvals, clock } = parts;
        let count = |rows: &[Value], key: &str| rows.iter().filter_map(|row| row[key].as_u64()).sum::<u64>();
        let sums = related
            .iter()
            .map(|(id, rows)| (id.clone(), (count(rows, "moves"), count(rows, "conflicts"))))
            .collect();
        let entries = index::entries(&desk, &sums);
        let mut order: Vec<u32> = (0..entries.len() as u32).collect();
        // Equal ones in the order of the file.
        order.sort_by(|&a, &b| {
            entries[b as usize].worth.total_cmp(&entries[a as usize].worth).then(a.cmp(&b))
        });
        let mut latest = vec![None; entries.len()];
        for (id, at) in journal.edits.latest() {
            if let Some(place) = Id::parse(id).and_then(|id| desk.place(id)) {
                latest[place] = Some(at);
            }
        }
        let mut room =
            Self { desk, journal, keeper, entries, order, latest, related, name, by, approvals, clock };
        room.catch_up()?;
        Ok(room)
    }

    /// Brings edits into the store that are not there: the server was killed, or the store is new.
    fn catch_up(&mut self) -> Result<(), crate::error::Error> {
        let Some(keeper) = &mut self.keeper else { return Ok(()) };
        let edits = &self.journal.edits;
        let mut of: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, at) in self.latest.iter().enumerate() {
            if let Some(edit) = at.map(|at| &edits.all[at]).filter(|edit| !edits.kept.contains_key(&edit.n)) {
                of.entry(edit.by.clone()).or_default().push(place);
            }
        }
        let mut people: Vec<(String, Vec<usize>)> = of.into_iter().collect();
        people.sort_unstable();
        for (by, places) in people {
            let before = before(&self.desk, &self.journal, &places);
            let stored = keeper.keep(&self.desk, &places, &before, (&by, &(self.clock)()))?;
            let number = |place: &usize| self.latest[*place].map(|at| self.journal.edits.all[at].n);
            let kept = stored.of.into_iter().filter_map(|(place, ids)| Some((number(&place)?, ids)));
            let kept = kept.collect();
            self.journal.note_kept(kept)?;
        }
        Ok(())
    }

    /// The version of a proposal: the number of the edit that counts, 0 for none.
    pub fn version(&self, at: usize) -> u64 {
        self.latest[at].map_or(0, |edit| self.journal.edits.all[edit].n)
    }

    /// The number of the last edit of all.
    pub fn now(&self) -> u64 {
        self.journal.next() - 1
    }

    /// The place of a proposal.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.desk.place(Id::parse(id)?)
    }

    /// Whether a proposal waits for a person.
    pub fn is_open(&self, at: usize) -> bool {
        let reviewed = &self.desk.proposals[at];
        reviewed.answer == Answer::Undecided
            || self.approvals > 1
                && reviewed.lane == LaneName::Auto
                && matches!(reviewed.answer, Answer::Merge { by_person: false, .. })
    }

    /// Places of the proposals that a filter lets through, in the order of the queue.
    pub fn queue<'a>(&'a self, filter: &'a Filter) -> impl Iterator<Item = usize> + 'a {
        let ready = filter.ready();
        let places = self.order.iter().map(|&at| at as usize);
        places.filter(move |&at| ready.lets(&self.entries[at], self.is_open(at)))
    }

    /// Takes an edit of one proposal, on the disk before this returns.
    pub fn edit(&mut self, at: usize, version: u64, wish: &Wish, who: &Author<'_>) -> Result<(), Refusal> {
        if self.version(at) != version {
            return Err(Refusal::Stale);
        }
        self.may(at, wish)?;
        let before = self.desk.wish(at);
        let cells = self.desk.cells_of(at, wish).map_err(Refusal::Wrong)?;
        if cells == self.desk.cells(at) {
            return Ok(());
        }
        let what = what(&before, wish).to_string();
        self.take(vec![Change { at, cells, what, undoes: None }], who).map(|_| ())
    }

    /// Whether a proposal can be decided at all.
    pub(super) fn may(&self, at: usize, wish: &Wish) -> Result<(), Refusal> {
        let standing = self.desk.proposals[at].standing;
        if wish.verdict != Verdict::Open && matches!(standing, Standing::Changed | Standing::Gone) {
            let text = "its records changed since the run; run again and decide anew";
            return Err(Refusal::Wrong(text.to_string()));
        }
        Ok(())
    }

    /// Takes back the last edit that was made in a browser window and still counts, with all that were made together with it.
    /// Returns the places of what was taken back.
    pub fn undo(&mut self, who: &Author<'_>) -> Result<Vec<usize>, Refusal> {
        let edits = &self.journal.edits.all;
        let undone: std::collections::HashSet<u64> = edits.iter().filter_map(|edit| edit.undoes).collect();
        let is_own =
            |edit: &&Edit| edit.window == who.window && edit.undoes.is_none() && !undone.contains(&edit.n);
        let last = edits.iter().rev().find(is_own).ok_or(Refusal::None)?;
        let batch: Vec<usize> = match last.batch {
            None => vec![(last.n, last)],
            Some(_) => {
                edits.iter().filter(|edit| edit.batch == last.batch).map(|edit| (edit.n, edit)).collect()
            }
        }
        .into_iter()
        .filter_map(|(n, edit)| {
            let place = self.place(&edit.proposal)?;
            // What somebody edited since is theirs.
            (self.stands(place) == n).then_some(place)
        })
        .collect();
        if batch.is_empty() {
            return Err(Refusal::Stale);
        }
        let changes = batch.iter().map(|&at| self.earlier(at)).collect();
        self.take(changes, who)?;
        Ok(batch)
    }

    /// The number of the edit that a proposal stands at: what was taken back does not count; 0 for none.
    fn stands(&self, at: usize) -> u64 {
        let edits = &self.journal.edits.all;
        let mut counts = self.latest[at];
        while let Some(place) = counts {
            let edit = &edits[place];
            let Some(undone) = edit.undoes else { return edit.n };
            let earlier = |&other: &usize| edits[other].n < undone && edits[other].proposal == edit.proposal;
            counts = (0..place).rev().find(earlier);
        }
        0
    }

    /// A proposal as it was before the edit that it stands at.
    fn earlier(&self, at: usize) -> Change {
        let n = self.stands(at);
        let id = self.desk.proposals[at].id.to_string();
        let before = self.journal.edits.all.iter().rev().find(|edit| edit.n < n && edit.proposal == id);
        let cells = before.map_or_else(Vec::new, |edit| edit.cells.clone());
        Change { at, cells, what: "undo".to_string(), undoes: Some(n) }
    }

    /// Takes changes, all or none.
    pub(super) fn take(&mut self, changes: Vec<Change>, who: &Author<'_>) -> Result<u64, Refusal> {
        let mut done: Vec<(usize, Vec<CellEdit>)> = Vec::with_capacity(changes.len());
        for change in &changes {
            let before = self.desk.cells(change.at);
            let problems = self.desk.edit(change.at, &change.cells);
            if let Some(problem) = problems.first() {
                let text = format!("{}; {}", problem.what, problem.way_out);
                self.put_back(done);
                return Err(Refusal::Wrong(text));
            }
            done.push((change.at, before));
        }
        let at = (self.clock)();
        let first = self.journal.next();
        let batch = (changes.len() > 1).then_some(first);
        let places: Vec<usize> = changes.iter().map(|change| change.at).collect();
        let edits: Vec<Edit> = changes
            .into_iter()
            .zip(first..)
            .map(|(change, n)| Edit {
                n,
                proposal: self.desk.proposals[change.at].id.to_string(),
                by: who.by.to_string(),
                at: at.clone(),
                what: change.what,
                window: who.window.to_string(),
                batch,
                undoes: change.undoes,
                cells: change.cells,
            })
            .collect();
        let from = self.journal.edits.all.len();
        let earlier = self.keeper.is_some().then(|| before(&self.desk, &self.journal, &places));
        if let Err(cause) = self.journal.append(edits) {
            self.put_back(done);
            return Err(Refusal::Failed(cause.to_string()));
        }
        let was: Vec<Option<usize>> = places.iter().map(|&place| self.latest[place]).collect();
        for (nth, &place) in places.iter().enumerate() {
            self.latest[place] = Some(from + nth);
        }
        let Some((keeper, earlier)) = self.keeper.as_mut().zip(earlier) else { return Ok(first) };
        match keeper.keep(&self.desk, &places, &earlier, (who.by, &at)) {
            Ok(mut stored) => {
                let kept = places
                    .iter()
                    .zip(first..)
                    .map(|(place, n)| (n, stored.of.remove(place).unwrap_or_default()))
                    .collect();
                // Without the note the same decisions are found on file at the next start.
                let _ = self.journal.note_kept(kept);
                Ok(first)
            }
            Err(cause) => {
                self.give_up(done, &places, was, who);
                Err(Refusal::Wrong(cause.to_string()))
            }
        }
    }

    /// Undoes changes that the store does not take.
    fn give_up(
        &mut self,
        done: Vec<(usize, Vec<CellEdit>)>,
        places: &[usize],
        was: Vec<Option<usize>>,
        who: &Author<'_>,
    ) {
        let first = self.journal.next();
        let edits = done.iter().zip(first..).map(|((at, cells), n)| Edit {
            n,
            proposal: self.desk.proposals[*at].id.to_string(),
            by: was[places.iter().position(|place| place == at).unwrap_or_default()]
                .map_or(who.by.to_string(), |at| self.journal.edits.all[at].by.clone()),
            at: (self.clock)(),
            what: "refused".to_string(),
            undoes: Some(self.version(*at)),
            cells: cells.clone(),
            ..Edit::default()
        });
        let edits: Vec<Edit> = edits.collect();
        let from = self.journal.edits.all.len();
        // What cannot be written down is found, and refused again, at the next start.
        if self.journal.append(edits).is_ok() {
            let of = |nth: usize| {
                let at = was[nth]?;
                self.journal.edits.kept.get(&self.journal.edits.all[at].n).cloned()
            };
            let kept =
                (0..places.len()).map(|nth| (first + nth as u64, of(nth).unwrap_or_default())).collect();
            let _ = self.journal.note_kept(kept);
            for (nth, &place) in places.iter().enumerate() {
                self.latest[place] = Some(from + nth);
            }
        }
        self.put_back(done);
    }

    fn put_back(&mut self, done: Vec<(usize, Vec<CellEdit>)>) {
        for (at, cells) in done.into_iter().rev() {
            // It was so before, so there is no mistake in it that was not there.
            let _ = self.desk.edit(at, &cells);
        }
    }

    /// What others did since an edit: at most so many edits, the last first.
    pub fn changes(&self, since: u64, most: usize) -> Value {
        let edits = &self.journal.edits.all;
        let new = edits.iter().rev().take_while(|edit| edit.n > since).take(most);
        let told: Vec<Value> = new
            .map(|edit| {
                json!({ "n": edit.n, "proposal": edit.proposal, "by": edit.by, "at": edit.at, "what": edit.what,
                        "window": edit.window })
            })
            .collect();
        json!({ "now": self.now(), "edits": told, "progress": self.progress() })
    }

    /// How many proposals of each lane there are, and how many of them wait.
    pub fn progress(&self) -> Value {
        let mut lanes: [(u64, u64); 3] = Default::default();
        for (at, reviewed) in self.desk.proposals.iter().enumerate() {
            let lane = &mut lanes[reviewed.lane as usize];
            lane.0 += 1;
            lane.1 += u64::from(self.is_open(at));
        }
        let of = |(all, open): (u64, u64)| json!({ "all": all, "open": open });
        json!({ "auto": of(lanes[0]), "review": of(lanes[1]), "hold": of(lanes[2]) })
    }
}

/// One proposal, and how it is to be.
pub(super) struct Change {
    pub at: usize,
    pub cells: Vec<CellEdit>,
    pub what: String,
    pub undoes: Option<u64>,
}

/// Who edits, and in which browser window.
pub struct Author<'a> {
    /// The name.
    pub by: &'a str,
    /// The window.
    pub window: &'a str,
}

/// Decisions in the store of earlier edits of these proposals.
fn before(desk: &Desk<'_>, journal: &Journal, places: &[usize]) -> HashMap<usize, Vec<String>> {
    let of: HashMap<String, usize> =
        places.iter().map(|&at| (desk.proposals[at].id.to_string(), at)).collect();
    let mut before: HashMap<usize, Vec<String>> = HashMap::new();
    for edit in &journal.edits.all {
        if let Some(&at) = of.get(&edit.proposal)
            && let Some(ids) = journal.edits.kept.get(&edit.n)
        {
            before.entry(at).or_default().extend(ids.iter().cloned());
        }
    }
    before
}

/// What an edit does, in a word.
fn what(before: &Wish, wish: &Wish) -> &'static str {
    if before.verdict != wish.verdict || before.groups != wish.groups {
        return match wish.verdict {
            Verdict::Open => "open",
            Verdict::Merge => "merge",
            Verdict::Approve => "approve",
            Verdict::Apart => "apart",
            Verdict::Hold => "hold",
            Verdict::Split => "split",
        };
    }
    match () {
        () if before.overrides != wish.overrides => "value",
        () if before.survivors != wish.survivors => "survivor",
        () => "comment",
    }
}
