use crate::config::Guard;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a person let pass, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The guard.
    pub guard: Guard,
    /// The person's reason.
    pub reason: String,
}

/// How a guard stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its measure is within its limit.
    Passed,
    /// Its measure is past its limit: the run stops.
    Tripped,
    /// Its measure is past its limit, and a person let it pass.
    Accepted,
    /// It could not be measured.
    Skipped,
    /// The settings switch it off.
    Off,
}

impl State {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Tripped => "tripped",
            Self::Accepted => "accepted",
            Self::Skipped => "skipped",
            Self::Off => "off",
        }
    }
}

/// One guard and what it saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watched {
    /// The guard.
    pub guard: Guard,
    /// How it stands.
    pub state: State,
    /// The measure, of what is worst; shares from 0 to 1.
    pub value: Option<f64>,
    /// The limit; the guard trips past it.
    pub limit: Option<f64>,
    /// The same measure of the run before, where it is compared.
    pub before: Option<f64>,
    /// What the measure is of: a source, or a source and its column.
    pub of: Option<String>,
    /// A sentence for each thing past the limit.
    pub told: Vec<String>,
    /// Why it was skipped, or accepted.
    pub why: Option<String>,
}

impl Watched {
    /// A guard that saw nothing yet.
    pub fn new(guard: Guard) -> Self {
        Self {
            guard,
            state: State::Passed,
            value: None,
            limit: None,
            before: None,
            of: None,
            told: Vec::new(),
            why: None,
        }
    }

    pub(super) fn limited(guard: Guard, limit: f64) -> Self {
        Self { limit: Some(limit), ..Self::new(guard) }
    }

    pub(super) fn off(self) -> Self {
        Self { state: State::Off, ..self }
    }

    pub(super) fn skipped(self, why: &str) -> Self {
        Self { state: State::Skipped, why: Some(why.to_string()), ..self }
    }

    /// Sees one measure; `told` is asked for when it trips the guard.
    pub(super) fn see(
        &mut self,
        of: Option<&str>,
        value: f64,
        before: Option<f64>,
        may_trip: bool,
        told: impl FnOnce() -> String,
    ) {
        /// Measures are written with so many parts of one; more digits tell nothing.
        const PARTS: f64 = 1e4;
        if self.value.is_none_or(|worst| value > worst) {
            self.value = Some((value * PARTS).round() / PARTS);
            self.before = before.map(|before| (before * PARTS).round() / PARTS);
            self.of = of.map(String::from);
        }
        if may_trip && self.limit.is_some_and(|limit| value > limit) {
            self.state = State::Tripped;
            self.told.push(told());
        }
    }

    pub(super) fn accept(mut self, accepted: &[Accepted]) -> Self {
        if self.state == State::Tripped
            && let Some(by) = accepted.iter().find(|accepted| accepted.guard == self.guard)
        {
            self.state = State::Accepted;
            self.why = Some(by.reason.clone());
        }
        self
    }

    /// How far the measure has come to its limit: 1 is at it. None where there is no measure, or the limit is 0.
    pub fn nearness(&self) -> Option<f64> {
        Some(self.value? / self.limit.filter(|limit| *limit > 0.0)?)
    }
}

/// What all guards say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The run that was compared with; none when there was none.
    pub previous: Option<String>,
    /// Every guard, in the order of [`Guard::ALL`].
    pub guards: Vec<Watched>,
}

impl Report {
    /// The guards in a state.
    pub fn of(&self, state: State) -> impl Iterator<Item = &Watched> {
        self.guards.iter().filter(move |watched| watched.state == state)
    }

    /// Whether the run is to be stopped.
    pub fn is_stopped(&self) -> bool {
        self.of(State::Tripped).next().is_some()
    }

    /// Sentences of guards that tripped and were accepted, with the reason.
    pub fn accepted(&self) -> impl Iterator<Item = String> {
        self.of(State::Accepted).map(|watched| {
            let reason = watched.why.as_deref().unwrap_or_default();
            format!("guard `{}` was let pass ({reason}): {}", watched.guard.name(), watched.told.join("; "))
        })
    }

    /// The error that ends the command when a guard tripped; `aside` is where the run was written to look at.
    pub fn stopped(&self, aside: Option<PathBuf>) -> Result<(), Stopped> {
        let tripped: Vec<Watched> = self.of(State::Tripped).cloned().collect();
        if tripped.is_empty() { Ok(()) } else { Err(Stopped { tripped, aside }) }
    }
}

/// Guards tripped: the command stops.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", told(.tripped, .aside.as_ref()))]
pub struct Stopped {
    /// The guards that tripped.
    pub tripped: Vec<Watched>,
    /// The folder that the run was written to, to look at.
    pub aside: Option<PathBuf>,
}

/// Sentences told of one guard; all of them are in the manifest and the report.
const TOLD: usize = 5;

fn told(tripped: &[Watched], aside: Option<&PathBuf>) -> String {
    let guards = if tripped.len() == 1 { "a guard".to_string() } else { format!("{} guards", tripped.len()) };
    let mut text = format!("stopped by {guards}; nothing is put in place:");
    for watched in tripped {
        for sentence in watched.told.iter().take(TOLD) {
            text.push_str(&format!("\n  {}: {sentence}", watched.guard.name()));
        }
        if watched.told.len() > TOLD {
            text.push_str(&format!("\n  {}: and {} more", watched.guard.name(), watched.told.len() - TOLD));
        }
    }
    if let Some(aside) = aside {
        text.push_str(&format!(
            "\nwhat the run found is in `{0}`, to look at: {0}/report.html; the run folder is as it was",
            aside.display()
        ));
    }
    let accept: Vec<String> =
        tripped.iter().map(|watched| format!("--accept {}=REASON", watched.guard.name())).collect();
    text.push_str(&format!(
        "\nmend the data or the limits under [guards]; or, if this is right, run again with {}",
        accept.join(" ")
    ));
    text
}
