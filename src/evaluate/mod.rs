//! Measuring a clustering against the truth.

/// What a run is worth. (Temporary.)
#[derive(Debug, serde::Serialize)]
pub struct Report {}

impl std::fmt::Display for Report {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

/// Why a run could not be measured. (Temporary.)
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The folder holds no crosswalk.
    #[error("`{dir}` holds no crosswalk.csv or crosswalk.parquet; name the folder that `alike run` wrote")]
    NoCrosswalk { dir: String },
}

/// Measures a run folder. (Temporary.)
pub fn measure_dir(
    dir: &std::path::Path,
    _: &std::path::Path,
    _: &str,
    _: &str,
) -> Result<Report, EvaluateError> {
    Err(EvaluateError::NoCrosswalk { dir: dir.display().to_string() })
}
