//! A finished run, read again: its inputs, its settings and its model.

use super::manifest::Again;
use super::matcher::{Frozen, prepare_again};
use super::{Matcher, map_settings_of, plan, prepare};
use crate::error::Error;
use crate::ingest;
use crate::map::{self, Dataset};
use crate::normalize::{self, Contacts};
use crate::progress::Silent;
use crate::report::explain::ExplainError;
use crate::score::Model;
use crate::table::Room;
use std::fs;
use std::path::Path;

/// What a run folder and its inputs tell of a run.
pub struct Reopened {
    /// Inputs and settings, by the manifest.
    pub again: Again,
    /// The model that judged.
    pub model: Model,
    /// The records, numbered as in the run.
    pub data: Dataset,
}

impl Reopened {
    /// Reads the inputs that the manifest names, which must be unchanged.
    pub fn of(dir: &Path) -> Result<Self, Error> {
        let again: Again = load(dir, "manifest.json")?;
        let model: Model = load(dir, "model.json")?;
        if let Some(once) = again.inputs.iter().find(|input| input.file == ingest::STDIN) {
            return Err(ExplainError::ReadOnce { source_name: once.source.clone() }.into());
        }
        let raw = ingest::read(&again.inputs(), &Silent).map_err(|_| changed(&again))?;
        for (then, now) in again.inputs.iter().zip(&raw.files) {
            if then.sha256 != now.sha256 {
                return Err(ExplainError::Changed { file: then.file.clone() }.into());
            }
        }
        let data = map::columns(raw.tables, &map_settings_of(&again.inputs())?)?;
        Ok(Self { again, model, data })
    }

    /// The records as they were compared.
    pub fn contacts(&self) -> Contacts {
        normalize::contacts(&self.data, &self.again.settings.normalize, &Silent)
    }

    /// The run's plans and models.
    pub fn matchers<'a>(&self, contacts: &'a Contacts) -> Result<Vec<Matcher<'a>>, Error> {
        let settings = &self.again.settings;
        if let Some(choices) = self.again.state.as_ref().and_then(|state| state.choices.clone()) {
            let frozen = Frozen { model: self.model.clone(), choices };
            return Ok(prepare_again(
                contacts,
                &frozen,
                &[],
                (&settings.block, &settings.score),
                &Room::default(),
            )?);
        }
        let plans = plan(contacts, &settings.block);
        Ok(prepare(contacts, plans, Some(&self.model), &self.again.settings.score)?)
    }
}

/// Reads a JSON file of a run folder.
pub(super) fn load<T: serde::de::DeserializeOwned>(dir: &Path, name: &str) -> Result<T, ExplainError> {
    let no_run = || ExplainError::NoRun { dir: dir.display().to_string() };
    let text = fs::read_to_string(dir.join(name)).map_err(|_| no_run())?;
    serde_json::from_str(&text).map_err(|_| no_run())
}

/// The first input that cannot be read any more.
fn changed(again: &Again) -> ExplainError {
    let gone = again.inputs.iter().find(|input| fs::File::open(&input.path).is_err());
    ExplainError::Changed {
        file: gone.or(again.inputs.first()).map_or(String::new(), |input| input.file.clone()),
    }
}
