//! Delimited text → columns: batches of records are parsed while the batch before is filed into the columns.

use super::scan::{Fault, Scanner, Span};
use super::{IngestError, Quarantined, headings};
use crate::table::{Column, ColumnBuilder};
use csv::StringRecord;
use rayon::prelude::*;
use std::io::{self, Read};

/// Records parsed before they are filed into the columns: about a megabyte, so that it stays in cache.
const BATCH_RECORDS: usize = 4 * 1024;
/// Bytes after which a batch is filed though it has fewer records (its offsets are 32 bits wide).
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Bytes that one record may have at most.
const MAX_RECORD_BYTES: usize = 1 << 30;
/// Separators that would clash with quoting or line ends.
const NO_DELIMITERS: &[u8] = b"\"\r\n\0";

/// How to read a text.
pub struct Request<'a> {
    /// Size of the text in bytes, where it is known; the more, the more room is checked for.
    pub size: u64,
    /// Whether undecodable bytes were replaced by U+FFFD already.
    pub lossy: bool,
    /// Column separator.
    pub delimiter: u8,
    /// Whether the first record holds the headings.
    pub header: bool,
    /// Line in the file at which `text` starts.
    pub line: u32,
    /// The file and the source, for messages.
    pub path: &'a str,
    pub source: &'a str,
}

/// What was read.
#[derive(Debug)]
pub struct Parsed {
    /// Distinct headings in file order.
    pub headings: Vec<String>,
    /// What was changed to make the headings distinct.
    pub notes: Vec<String>,
    /// One column per heading.
    pub columns: Vec<Column>,
    /// The line of each row.
    pub lines: Vec<u32>,
    /// Rows that could not be read.
    pub quarantine: Vec<Quarantined>,
}

/// Checks a column separator from the settings.
pub fn parse_delimiter(setting: &str, path: &str) -> Result<u8, IngestError> {
    let bad = || IngestError::BadDelimiter { path: path.to_string(), delimiter: setting.to_string() };
    match setting {
        "\\t" | "tab" => Ok(b'\t'),
        one if one.len() == 1 && one.is_ascii() && !NO_DELIMITERS.contains(&one.as_bytes()[0]) => {
            Ok(one.as_bytes()[0])
        }
        _ => Err(bad()),
    }
}

/// Parses a text in UTF-8 without byte order mark (it may hold damaged bytes); `advanced` is told how many bytes
/// were done.
pub fn parse<'a>(
    text: Box<dyn Read + Send + 'a>,
    request: &Request<'a>,
    advanced: &(dyn Fn(u64) + Sync),
) -> Result<Parsed, IngestError> {
    let failed = |cause: io::Error| IngestError::Io { path: request.path.to_string(), cause };
    let mut scanner = Scanner::new(text, request.delimiter, request.line);
    let mut first = StringRecord::new();
    let Some(span) = scanner.next(&mut first).map_err(failed)? else {
        return Err(IngestError::Empty { path: request.path.to_string() });
    };
    let (headings, notes) = if request.header {
        check_header(&first, span, request)?;
        headings::distinct(&first)
    } else {
        (headings::numbered(first.len()), Vec::new())
    };
    let mut work = Work {
        width: headings.len(),
        named: if request.header { headings_up_to_last_name(&first) } else { headings.len() },
        pending: (!request.header).then_some((first, span)),
        scanner,
        record: StringRecord::new(),
        request,
        quarantine: Vec::new(),
    };
    let mut builders: Vec<ColumnBuilder> = headings.iter().map(|_| ColumnBuilder::new()).collect();
    let mut lines = Vec::new();
    let mut batch = Batch::new();
    let mut next = Batch::new();
    work.fill(&mut batch).map_err(failed)?;
    let mut done = 0;
    while !batch.lines.is_empty() {
        check_room(&batch, &builders, lines.len(), request)?;
        let (filled, ()) = rayon::join(|| work.fill(&mut next), || batch.file(&mut builders));
        filled.map_err(failed)?;
        lines.extend_from_slice(&batch.lines);
        advanced((batch.end - done) as u64);
        done = batch.end;
        std::mem::swap(&mut batch, &mut next);
    }
    let columns = builders.into_par_iter().map(ColumnBuilder::finish).collect();
    lines.shrink_to_fit();
    Ok(Parsed { headings, notes, columns, lines, quarantine: work.quarantine })
}

/// How many headings there are up to the last one that is not empty.
fn headings_up_to_last_name(header: &StringRecord) -> usize {
    (1..=header.len()).rev().find(|&at| !header[at - 1].trim().is_empty()).unwrap_or(0)
}

fn check_header(header: &StringRecord, span: Span, request: &Request<'_>) -> Result<(), IngestError> {
    let reason = match span.fault {
        Some(Fault::Quote { .. }) => "a quote is opened in it and not closed",
        Some(Fault::Encoding) => {
            "it holds bytes that are not in the file's encoding; set `encoding` in the settings"
        }
        None if header.iter().any(|heading| heading.contains('\0')) => {
            "it holds NUL bytes, so this is no text file"
        }
        None if header.iter().all(|heading| heading.trim().is_empty()) => "all of them are empty",
        None => return Ok(()),
    };
    Err(IngestError::BadHeader {
        path: request.path.to_string(),
        line: span.line,
        reason: reason.to_string(),
    })
}

/// Row numbers and text offsets of a column are 32 bits wide.
fn check_room(
    batch: &Batch,
    builders: &[ColumnBuilder],
    rows: usize,
    request: &Request<'_>,
) -> Result<(), IngestError> {
    let too_large = |limit| Err(IngestError::TooLarge { path: request.path.to_string(), limit });
    if rows + batch.lines.len() >= u32::MAX as usize {
        return too_large("it has more than 4,294,967,294 rows");
    }
    let limit = u32::MAX as usize;
    // Only a file of more than 4 GiB can fill a column with as much.
    if request.size > limit as u64
        && builders.iter().any(|column| column.text_bytes() + batch.text.len() > limit)
    {
        return too_large("one of its columns holds more than 4 GiB of distinct text");
    }
    Ok(())
}

/// A batch of records that can be used: their cells one after another, row by row.
struct Batch {
    text: String,
    /// Where each cell ends in `text`, behind a leading 0: cell `n` is `ends[n]..ends[n + 1]`.
    ends: Vec<u32>,
    /// One line number per record.
    lines: Vec<u32>,
    /// Byte of the file's text up to which it was read.
    end: usize,
}

impl Batch {
    fn new() -> Self {
        Self { text: String::new(), ends: vec![0], lines: Vec::new(), end: 0 }
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.truncate(1);
        self.lines.clear();
    }

    /// Adds a record as exactly `width` cells: what is missing is empty, what is more (and empty) is dropped.
    fn push(&mut self, record: &StringRecord, width: usize, line: u32) {
        for column in 0..width {
            self.text.push_str(record.get(column).unwrap_or_default());
            self.ends.push(self.text.len() as u32);
        }
        self.lines.push(line);
    }

    fn is_full(&self) -> bool {
        self.lines.len() >= BATCH_RECORDS || self.text.len() >= BATCH_BYTES
    }

    fn file(&self, builders: &mut [ColumnBuilder]) {
        let width = builders.len();
        builders.par_iter_mut().enumerate().for_each(|(column, builder)| {
            for cell in (column..self.ends.len() - 1).step_by(width) {
                builder.push(&self.text[self.ends[cell] as usize..self.ends[cell + 1] as usize]);
            }
        });
    }
}

struct Work<'a> {
    /// How many headings there are, and how many up to the last one that is not empty.
    width: usize,
    named: usize,
    scanner: Scanner<'a>,
    /// The first record of a text without headings, until it is taken.
    pending: Option<(StringRecord, Span)>,
    /// The record being looked at.
    record: StringRecord,
    request: &'a Request<'a>,
    quarantine: Vec<Quarantined>,
}

impl Work<'_> {
    fn fill(&mut self, batch: &mut Batch) -> io::Result<()> {
        batch.clear();
        while !batch.is_full() {
            let next = match self.pending.take() {
                Some((first, span)) => {
                    self.record = first;
                    Some(span)
                }
                None => self.scanner.next(&mut self.record)?,
            };
            let Some(span) = next else { break };
            batch.end = span.end;
            if span.fault.is_none() && self.record.len() == 1 && self.width > 1 && is_blank(&self.record) {
                continue;
            }
            let reason = match self.reason(&self.record, span) {
                None if self.record.as_slice().len() > MAX_RECORD_BYTES => {
                    Some("it is larger than 1 GiB".to_string())
                }
                reason => reason,
            };
            match reason {
                None => batch.push(&self.record, self.width, span.line),
                Some(reason) => self.quarantine.push(Quarantined {
                    source: self.request.source.to_string(),
                    file: self.request.path.to_string(),
                    line: span.line,
                    reason,
                    raw: self.scanner.raw(span),
                }),
            }
        }
        Ok(())
    }

    /// Why a record cannot be used.
    ///
    /// Extra cells that are empty say nothing and are dropped; cells may be missing only under trailing empty
    /// headings. Any other row of the wrong width is set aside: nobody knows which cell is missing.
    fn reason(&self, record: &StringRecord, span: Span) -> Option<String> {
        let width = record.len();
        let cells = record.as_slice();
        match span.fault {
            Some(Fault::Encoding) => return Some("it holds bytes that are not valid UTF-8".to_string()),
            Some(Fault::Quote { until }) => {
                return Some(format!(
                    "a quote is opened in this row and not closed (the cell would run on to line {until}); \
                     reading went on with the next line"
                ));
            }
            None => {}
        }
        if width < self.named {
            return Some(format!("{width} cells where the header has {}: cells are missing", self.width));
        }
        if width > self.width && record.iter().skip(self.width).any(|cell| !cell.trim().is_empty()) {
            return Some(format!(
                "{width} cells where the header has {}: a cell may hold a separator without quotes",
                self.width
            ));
        }
        if cells.contains('\0') {
            return Some("it holds NUL bytes".to_string());
        }
        if self.request.lossy && cells.contains('\u{FFFD}') {
            return Some("it holds bytes that are not in the file's encoding".to_string());
        }
        is_blank(record).then(|| "every cell is empty".to_string())
    }
}

fn is_blank(record: &StringRecord) -> bool {
    record.as_slice().bytes().all(|byte| byte.is_ascii_whitespace())
}
