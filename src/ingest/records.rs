//! Text whose records name their own cells, so that there are no headings and no separator: JSON and cards.

use super::encoding::Found;
use super::gather::{Gathered, Gatherer};
use super::{Finding, IngestError, Quarantined, headings, json, vcard};
use std::borrow::Cow;

/// Columns past which a file is no list of contacts: mostly an object whose keys are ids. A spreadsheet holds as many.
const MAX_COLUMNS: usize = 16_384;

/// Cells of a table past which nearly all must not be empty: 400 MB of memory.
const MANY_CELLS: u64 = 100_000_000;
/// Cells a value in a table of so many: records that bring one key of their own each would fill the memory.
const CELLS_PER_VALUE: u64 = 100;

/// What a text is by its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON, JSON Lines or jCard.
    Json,
    /// vCard.
    Cards,
}

/// A text to read.
pub struct Request<'a> {
    /// The file as it is on the disk.
    pub bytes: &'a [u8],
    /// The encoding found for it.
    pub found: Found,
    /// The file, as named.
    pub path: &'a str,
    /// The source it belongs to.
    pub source: &'a str,
}

/// A text that was read.
#[derive(Debug)]
pub struct Parsed {
    /// `json`, `jsonl`, `vcard` or `jcard`.
    pub format: &'static str,
    /// The records.
    pub gathered: Gathered,
    /// What was changed in headings.
    pub notes: Vec<String>,
    /// Records that could not be read, in order.
    pub quarantine: Vec<Quarantined>,
    /// What a person should know.
    pub findings: Vec<Finding>,
}

/// Recognises such text by its beginning, which is decoded.
pub fn format(text: &[u8]) -> Option<Format> {
    let start = text.trim_ascii_start();
    let then = start.get(1..).unwrap_or_default().trim_ascii_start();
    match (start.first(), then.first()) {
        (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'{' | b'[' | b']')) => Some(Format::Json),
        (Some(b'['), _) if then.starts_with(b"\"vcard\"") => Some(Format::Json),
        _ => vcard::is_cards(text).then_some(Format::Cards),
    }
}

/// Reads a whole text.
///
/// Errors: it is damaged as a whole, or holds no list of records. A record that is damaged is quarantined.
pub fn parse(format: Format, request: &Request<'_>) -> Result<Parsed, IngestError> {
    match format {
        Format::Json => {
            // Bytes that are not UTF-8 are found where they stand.
            let (text, lossy): (Cow<'_, [u8]>, bool) = match request.found.is_utf8() {
                true => (Cow::Borrowed(&request.bytes[request.found.mark.min(request.bytes.len())..]), false),
                false => {
                    let (text, lossy) = request.found.decode(request.bytes);
                    (Cow::Owned(text.into_owned().into_bytes()), lossy)
                }
            };
            json::parse(&text, lossy, request)
        }
        Format::Cards => vcard::parse(request),
    }
}

/// What is gathered of a file's records, sound and damaged.
pub struct Collector<'a> {
    request: &'a Request<'a>,
    lossy: bool,
    gatherer: Gatherer,
    /// Cells that records brought, over all.
    filled: u64,
    quarantine: Vec<Quarantined>,
    findings: Vec<Finding>,
}

impl<'a> Collector<'a> {
    /// Nothing yet. `lossy`: bytes that the encoding does not know were replaced by U+FFFD.
    pub fn new(request: &'a Request<'a>, lossy: bool) -> Self {
        let gatherer = Gatherer::default();
        Self { request, lossy, gatherer, filled: 0, quarantine: Vec::new(), findings: Vec::new() }
    }

    /// Adds a record; one without a value is quarantined, one with too many, and one with bytes that were replaced. `raw` is its text.
    ///
    /// Says whether it is one. Errors: together they have more columns than a list of contacts can.
    pub fn row<N: AsRef<str>, V: AsRef<str>>(
        &mut self,
        line: u32,
        cells: &[(N, V)],
        raw: &[u8],
    ) -> Result<bool, IngestError> {
        if cells.iter().all(|(_, value)| value.as_ref().is_empty()) {
            self.damaged(line, "every value is empty", raw);
            return Ok(false);
        }
        if self.lossy && cells.iter().any(|(_, value)| value.as_ref().contains('\u{fffd}')) {
            self.damaged(line, "bytes that are not valid in the file's encoding", raw);
            return Ok(false);
        }
        if cells.len() > MAX_COLUMNS {
            self.damaged(line, "it has more than 16,384 values", raw);
            return Ok(false);
        }
        self.filled += cells.len() as u64;
        self.gatherer.row(line, cells.iter().map(|(name, value)| (name, value)));
        if self.gatherer.columns() > MAX_COLUMNS {
            let limit = "its records have more than 16,384 different columns";
            return Err(IngestError::TooLarge { path: self.request.path.to_string(), limit });
        }
        let all = self.gatherer.columns() as u64 * self.gatherer.rows() as u64;
        if all > MANY_CELLS && all / self.filled > CELLS_PER_VALUE {
            let limit = "its records have hardly a column in common";
            return Err(IngestError::TooLarge { path: self.request.path.to_string(), limit });
        }
        Ok(true)
    }

    /// How many records there are.
    pub fn rows(&self) -> usize {
        self.gatherer.rows()
    }

    /// Adds a record that cannot be read.
    pub fn damaged(&mut self, line: u32, reason: impl Into<String>, raw: &[u8]) {
        self.quarantine.push(Quarantined {
            source: self.request.source.to_string(),
            file: self.request.path.to_string(),
            line,
            reason: reason.into(),
            raw: String::from_utf8_lossy(raw).into_owned(),
        });
    }

    /// Adds something a person should know.
    pub fn found(&mut self, rule: &str, message: String, count: u64, examples: Vec<String>) {
        self.findings.push(Finding {
            source: self.request.source.to_string(),
            file: self.request.path.to_string(),
            rule: rule.to_string(),
            message,
            count,
            examples,
        });
    }

    /// The finished table.
    pub fn finish(self, format: &'static str) -> Parsed {
        let mut gathered = self.gatherer.finish();
        let (names, notes) = headings::distinct(gathered.headings.iter().map(String::as_str));
        gathered.headings = names;
        Parsed { format, gathered, notes, quarantine: self.quarantine, findings: self.findings }
    }
}
