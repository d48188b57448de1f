use crate::normalize::Population;
use serde::{Deserialize, Serialize};

/// Version of the model file that this program writes and reads.
pub const MODEL_VERSION: u32 = 1;

/// A trained model: readable, versioned JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Version of the file format.
    pub version: u32,
    /// One model per population present in the data.
    pub populations: Vec<PopulationModel>,
}

/// The model of one population.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PopulationModel {
    /// Which records it is for.
    pub population: Population,
    /// The comparisons, in pattern order.
    pub comparisons: Vec<ComparisonModel>,
    /// The classes of pairs; the first is the matches, the others are relations between different entities.
    pub classes: Vec<ClassModel>,
    /// EM rounds run.
    pub rounds: u32,
    /// Whether EM met its tolerance before its last round.
    pub converged: bool,
    /// How many pairs it was trained on.
    pub training_pairs: u64,
}

impl Model {
    /// The model of a population, if it has one.
    pub fn of(&self, population: Population) -> Option<&PopulationModel> {
        self.populations.iter().find(|model| model.population == population)
    }
}

/// A comparison and its levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonModel {
    /// Name, such as `given_name`.
    pub name: String,
    /// Reason code, such as `NAME`.
    pub code: String,
    /// Level names; level 0 is always `missing`, level 1 the least alike, the last the most alike.
    pub levels: Vec<String>,
}

/// One class of pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassModel {
    /// Name: `match`, `household`, `colleagues`, `namesakes`, `unrelated`, …
    pub name: String,
    /// Share of the candidate pairs, in millionths.
    pub share_ppm: u64,
    /// Per comparison and level: log2 probability in micro-bits (level 0 is always 0: missing is no evidence).
    pub log2_probability: Vec<Vec<i64>>,
}
