//! Tables that people take away to decide or judge in: a workbook, or CSV files.

use super::manifest::Again;
use crate::error::Error;
use crate::mask::{self, MASK_KEY, Masker};
use crate::report;
use crate::table::Table;
use crate::write::{self, Asks, PROPOSAL_COLUMNS, ReviewBook, WriteError};
use std::path::{Path, PathBuf};

/// The folder of what outlives a run, when it is named or the run has one.
pub(super) fn outlives(named: Option<&Path>, again: &Again) -> Option<PathBuf> {
    named.map(Path::to_path_buf).or_else(|| again.settings.state.dir.as_ref().map(PathBuf::from))
}

/// The masker of a run: with the secret of its decisions' folder, so that later runs mask alike, or of its own folder.
pub(super) fn masker(dir: &Path, state: Option<&Path>) -> Result<Masker, Error> {
    let folder = state.unwrap_or(dir);
    let failed = |cause| Error::File { path: folder.join(MASK_KEY), cause };
    mask::secret(folder).map(Masker::new).map_err(failed)
}

/// The secret that goes into a run folder, as its file holds it, and the masker of the run's masked report. A folder that is
/// written anew keeps the secret that it had.
pub(super) fn masker_of_run(
    out: &Path,
    state: Option<&str>,
    wanted: bool,
) -> Result<(Option<Vec<u8>>, Option<Masker>), Error> {
    if let Some(state) = state {
        return Ok((None, wanted.then(|| masker(out, Some(Path::new(state)))).transpose()?));
    }
    let path = out.join(MASK_KEY);
    if path.exists() {
        let failed = |cause| Error::File { path: path.clone(), cause };
        let text = std::fs::read(&path).map_err(failed)?;
        return Ok((Some(text), wanted.then(|| masker(out, None)).transpose()?));
    }
    let (key, text) = mask::made();
    Ok((wanted.then(|| text.into_bytes()), wanted.then(|| Masker::new(key))))
}

/// What is handed out.
pub(super) struct Pack<'a> {
    pub proposals: Table,
    pub plan: Table,
    pub asks: Asks,
    pub words: &'a [(&'a str, &'a str)],
}

impl Pack<'_> {
    /// The same, masked.
    pub fn masked(self, masker: &Masker) -> Self {
        let fixed: Vec<&str> = PROPOSAL_COLUMNS.into_iter().chain(["judgement", "comment"]).collect();
        let proposals = mask::proposals(&self.proposals, &fixed, masker);
        Self { proposals, plan: mask::plan(&self.plan, masker), ..self }
    }

    /// Writes it to files that are not there yet; returns their names. A workbook holds both tables; a CSV file holds the
    /// groups, and one beside it the fields.
    pub fn write(&self, path: &Path) -> Result<Vec<PathBuf>, Error> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        match ending.as_str() {
            "xlsx" => {
                let legend = report::legend();
                let book = ReviewBook {
                    proposals: &self.proposals,
                    plan: &self.plan,
                    asks: self.asks,
                    words: self.words,
                    legend: &legend,
                };
                write::review_book(path, &book)?;
                Ok(vec![path.to_path_buf()])
            }
            "csv" => {
                let mut beside = path.file_stem().unwrap_or_default().to_os_string();
                beside.push("-fields.csv");
                let beside = path.with_file_name(beside);
                if let Some(there) = [path, beside.as_path()].into_iter().find(|path| path.exists()) {
                    return Err(WriteError::Exists(there.to_path_buf()).into());
                }
                csv(path, &self.proposals)?;
                csv(&beside, &self.plan)?;
                Ok(vec![path.to_path_buf(), beside])
            }
            _ => Err(Error::Usage(format!(
                "`{}` ends neither in .xlsx nor in .csv; name it so",
                path.display()
            ))),
        }
    }
}

fn csv(path: &Path, table: &Table) -> Result<(), WriteError> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let row =
        |row: usize| (0..names.len()).map(|column| table.cell(column, row as u32).to_string()).collect();
    write::text_table(path, &names, table.rows as usize, &row).map(|_| ())
}
