//! Stage 1: files → tables.
//!
//! Input: files as named on the command line or in the settings. Output: [`Ingested`], one [`Table`] per source
//! with every cell as text, and the rows that could not be read.
//!
//! Invariants
//! * Every data row of a file is in its table or in quarantine, and the counts say so.
//! * Nothing but the encoding of a cell is changed: no trimming, no type guessing. What is mended (mistaken encodings,
//!   quotes that are not doubled) or read as empty (error values) is told as a [`Finding`].
//! * A file's format is known by its content, never by its name.
//!
//! Blank lines are no rows. Quarantined are: rows with cells missing, rows with more cells than headings (unless
//! the extra ones are empty), rows with undecodable bytes or NUL, rows in which a quote is not closed, and rows in
//! which every cell is empty. Set aside there, too, are lines that are no records: the headings once more, and lines of
//! totals at the end. What stands above the headings is told, and is no row.

mod accents;
mod archive;
mod bytes;
mod compound;
mod damage;
mod delimited;
mod encoding;
mod error;
mod frame;
mod gather;
mod grid;
mod headings;
mod json;
mod mend;
mod mojibake;
mod number_format;
mod parquet;
mod plain;
mod probe;
mod read;
mod records;
mod scan;
mod sheet;
mod sniff;
mod stray;
mod tee;
mod unpack;
mod vcard;
mod exact;
mod workbook;

pub use error::IngestError;
pub use exact::{ExactRow, exact_sheets};
pub use probe::refusal;
pub use read::{name_sources, read};

use crate::config::SourceSettings;
use crate::table::Table;
use std::path::PathBuf;

/// The path that stands for the standard input.
pub const STDIN: &str = "-";

/// A file to read, and what is known of it.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where it is; [`STDIN`] is the standard input, which can be read once.
    pub path: PathBuf,
    /// The source's name.
    pub source: String,
    /// Encoding, delimiter, id column and column meanings, when given.
    pub settings: SourceSettings,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The source it belongs to.
    pub source: String,
    /// The file, as named.
    pub file: String,
    /// The line at which the row starts, 1-based.
    pub line: u32,
    /// Why, in words a person can act on.
    pub reason: String,
    /// The raw text of the row, undecodable bytes replaced.
    pub raw: String,
}

impl Quarantined {
    /// Whether the row was read and is none: headings once more, totals, nothing but separators. The others could not
    /// be read.
    pub fn is_no_record(&self) -> bool {
        [frame::AGAIN, frame::TOTALS, "every cell is empty", "every value is empty"]
            .contains(&self.reason.as_str())
    }
}

/// How one file was read; shown on the terminal, in the report and in the manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct FileFacts {
    /// The source's name.
    pub source: String,
    /// The file, as named.
    pub file: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Format: `csv`, `parquet`, `xlsx`, `xlsb`, `xls`, `ods`, `json`, `jsonl`, `vcard` or `jcard`; how it is compressed
    /// behind it, as in `csv (gzip)`.
    pub format: String,
    /// Encoding label, such as `UTF-8`.
    pub encoding: String,
    /// Column separator (CSV only).
    pub delimiter: Option<char>,
    /// Data rows found: read + quarantined.
    pub rows_in: u64,
    /// Of these, quarantined.
    pub quarantined: u64,
}

/// Something about a file that a person should know: what was repaired, dropped or looks damaged.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The source.
    pub source: String,
    /// The file, as named.
    pub file: String,
    /// The rule that found it: `repeated_heading`, `mojibake`, `totals_line` …
    pub rule: String,
    /// What it is and what was done, in words a person can act on.
    pub message: String,
    /// How often.
    pub count: u64,
    /// Up to three examples, such as `line 7: "JosÃ©" → "José"`.
    pub examples: Vec<String>,
}

/// Every rule by which reading finds something; `profile/tables/finding_rules.csv` has how bad each is.
pub const FINDING_RULES: &[&str] = &[
    "mojibake",
    "mixed_encoding",
    "null_mark",
    "spreadsheet_error",
    "number_format",
    "stray_quote",
    "short_rows",
    "no_headings",
    "repeated_heading",
    "preamble",
    "totals_line",
    "more_pages",
    "beside_the_list",
    "binary_left_out",
    "agent_left_out",
    "line_without_property",
    "broken_character",
    "encoding_supposed",
];

/// Everything that was read.
#[derive(Clone, Debug, Default)]
pub struct Ingested {
    /// One table per input, in order.
    pub tables: Vec<Table>,
    /// Rows that could not be read, in order of file and line.
    pub quarantine: Vec<Quarantined>,
    /// One entry per input, in order.
    pub files: Vec<FileFacts>,
    /// What was repaired, dropped or looks damaged, in order of file.
    pub findings: Vec<Finding>,
}
