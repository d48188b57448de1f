//! Delimited text → columns: batches of records are parsed while the batch before is filed into the columns.

use super::scan::{Fault, Scanner, Span, quotes_are_sound};
use super::{Finding, IngestError, Quarantined, frame, headings, mend};
use crate::config::Charset;
use crate::table::{Column, ColumnBuilder};
use csv::StringRecord;
use rayon::prelude::*;
use std::collections::VecDeque;
use std::io::{self, Read};

/// Records parsed before they are filed into the columns: about a megabyte, so that it stays in cache.
const BATCH_RECORDS: usize = 4 * 1024;
/// Bytes after which a batch is filed though it has fewer records (its offsets are 32 bits wide).
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// Bytes that one record may have at most.
const MAX_RECORD_BYTES: usize = 1 << 30;
/// Bytes from the start after which no more headings are looked for.
const LOOKED_AT_BYTES: usize = 64 * 1024;
/// Examples kept of mended rows.
const EXAMPLES: usize = 3;
/// Separators that would clash with quoting or line ends.
const NO_DELIMITERS: &[u8] = b"\"\r\n\0";

/// How to read a text.
pub struct Request<'a> {
    /// Whether undecodable bytes were replaced by U+FFFD already.
    pub lossy: bool,
    /// What rows that are not UTF-8 are supposed to be in.
    pub legacy: Option<Charset>,
    /// Column separator.
    pub delimiter: u8,
    /// Whether the first record holds the headings; when nobody said so, its values tell.
    pub header: Option<bool>,
    /// Line in the file at which `text` starts.
    pub line: u32,
    /// The file and the source, for messages.
    pub path: &'a str,
    pub source: &'a str,
}

/// A table that was read, from text or from a sheet.
#[derive(Debug)]
pub struct Parsed {
    /// Distinct headings in file order.
    pub headings: Vec<String>,
    /// What was changed to make the headings distinct.
    pub notes: Vec<String>,
    /// One column per heading.
    pub columns: Vec<Column>,
    /// The line of each row, its number in a sheet.
    pub lines: Vec<u32>,
    /// Rows that could not be read, or that are no records.
    pub quarantine: Vec<Quarantined>,
    /// What was mended or passed over.
    pub findings: Vec<Finding>,
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
    let mut scanner = Scanner::new(text, request.delimiter, request.line, request.legacy);
    let mut top = look_ahead(&mut scanner, request).map_err(failed)?;
    let at = if request.header == Some(false) { 0 } else { headings_at(&top) };
    let above: Vec<Ahead> = top.drain(..at).collect();
    let mut findings = Vec::new();
    let titles = above.iter().map(|title| (title.span.line, title.raw.trim().to_string())).collect();
    findings.extend(frame::preamble(titles, request.path, request.source));
    let Some(first) = top.front() else {
        return Err(IngestError::Empty { path: request.path.to_string() });
    };
    let value = if request.header.is_none() && at == 0 { first_value(&top) } else { None };
    if let Some(value) = &value {
        findings.push(headings::none(value, first.span.line, request.path, request.source));
    }
    let (headings, notes, header) = if request.header != Some(false) && value.is_none() {
        check_header(&first.record, first.span, request)?;
        let header = first.record.clone();
        top.pop_front();
        let (headings, notes) = headings::distinct(&header);
        (headings, notes, Some(header))
    } else {
        (headings::numbered(first.record.len()), Vec::new(), None)
    };
    let mut work = Work {
        width: headings.len(),
        named: header.as_ref().map_or(headings.len(), headings_up_to_last_name),
        pads: header.as_ref().is_some_and(|header| ends_are_dropped(header.len(), &top)),
        padded: 0,
        padded_examples: Vec::new(),
        header: header.map(|header| header.iter().map(str::to_string).collect()),
        ahead: top,
        totals: VecDeque::new(),
        scanner,
        record: StringRecord::new(),
        cells: vec![(0, 0); headings.len()],
        request,
        quarantine: Vec::new(),
        mended: 0,
        mended_examples: Vec::new(),
    };
    let mut builders: Vec<ColumnBuilder> = headings.iter().map(|_| ColumnBuilder::new()).collect();
    let mut lines = Vec::new();
    let mut batch = Batch::new();
    let mut next = Batch::new();
    work.fill(&mut batch).map_err(failed)?;
    let mut done = 0;
    while !batch.lines.is_empty() {
        check_room(&batch, lines.len(), request)?;
        let (filled, ()) = rayon::join(|| work.fill(&mut next), || batch.file(&mut builders));
        filled.map_err(failed)?;
        lines.extend_from_slice(&batch.lines);
        advanced((batch.end - done) as u64);
        done = batch.end;
        std::mem::swap(&mut batch, &mut next);
    }
    let columns = builders.into_par_iter().map(ColumnBuilder::finish).collect();
    lines.shrink_to_fit();
    findings.extend(frame::findings(&work.quarantine, request.path, request.source));
    findings.extend(work.stray_quotes());
    findings.extend(work.short_rows());
    let strays = work.scanner.strays();
    let legacy = request.legacy.unwrap_or(Charset::Web(encoding_rs::WINDOWS_1252)).name();
    findings.extend(strays.finding("UTF-8", legacy, request.path, request.source));
    Ok(Parsed { headings, notes, columns, lines, quarantine: work.quarantine, findings })
}

/// A record that was read before it is its turn.
struct Ahead {
    record: StringRecord,
    span: Span,
    raw: String,
}

/// Reads the records among which the headings are looked for.
fn look_ahead(scanner: &mut Scanner<'_>, request: &Request<'_>) -> io::Result<VecDeque<Ahead>> {
    let most = if request.header == Some(false) { 1 } else { frame::LOOKED_AT };
    let mut top = VecDeque::new();
    let mut record = StringRecord::new();
    while top.len() < most {
        let Some(span) = scanner.next(&mut record)? else { break };
        let raw = scanner.raw(span);
        top.push_back(Ahead { record: std::mem::take(&mut record), span, raw });
        if span.end > LOOKED_AT_BYTES {
            break;
        }
    }
    Ok(top)
}

/// The position of the headings: the first record that is not blank, unless that is plainly a title.
fn headings_at(top: &VecDeque<Ahead>) -> usize {
    if top.front().is_none_or(|first| first.span.fault.is_some()) {
        return 0;
    }
    let sound = |ahead: &Ahead| ahead.span.fault.is_none() && !is_blank(&ahead.record);
    let (places, rows): (Vec<usize>, Vec<Vec<&str>>) = top
        .iter()
        .enumerate()
        .filter(|(_, ahead)| sound(ahead))
        .map(|(at, ahead)| (at, ahead.record.iter().collect::<Vec<_>>()))
        .unzip();
    let at = frame::headings(&rows);
    // Below a blank line only what reads like headings is taken for them.
    rows.get(at).filter(|row| at > 0 || frame::are_names(row)).map_or(0, |_| places[at])
}

/// The value that shows that the first record is a row, if it is.
fn first_value(top: &VecDeque<Ahead>) -> Option<String> {
    let sound = top.iter().filter(|ahead| ahead.span.fault.is_none() && !is_blank(&ahead.record));
    let rows: Vec<Vec<&str>> = sound.map(|ahead| ahead.record.iter().collect()).collect();
    // A blank line above is none of the table.
    let starts = top.front().is_some_and(|first| first.span.fault.is_none() && !is_blank(&first.record));
    if starts { headings::missing(&rows).map(str::to_string) } else { None }
}

/// Whether a file leaves out the empty cells at the end of its rows, as far as its first rows show: many are short, none
/// that is not ends in an empty cell, and they are not the halves of rows that a line break cut in two.
fn ends_are_dropped(width: usize, rows: &VecDeque<Ahead>) -> bool {
    /// Short rows that may be accidents.
    const ACCIDENTS: usize = 2;
    /// One in so many rows must be short.
    const ONE_IN: usize = 10;
    let sound = |ahead: &&Ahead| ahead.span.fault.is_none() && !is_blank(&ahead.record);
    let rows: Vec<&StringRecord> = rows.iter().filter(sound).map(|ahead| &ahead.record).collect();
    let short = rows.iter().filter(|row| row.len() < width).count();
    let whole = rows.iter().filter(|row| row.len() >= width);
    let ends_empty = |row: &&StringRecord| row.get(width - 1).is_some_and(|cell| cell.trim().is_empty());
    let halves = |pair: &[&StringRecord]| {
        pair[0].len() < width && pair[1].len() < width && pair[0].len() + pair[1].len() == width + 1
    };
    let cut = rows.windows(2).filter(|pair| halves(pair)).count();
    let many = whole.clone().count() == 0 || short > ACCIDENTS && short * ONE_IN >= rows.len();
    short > 0 && many && cut * 2 < short && !whole.clone().any(ends_empty)
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

/// Row numbers are 32 bits wide.
fn check_room(batch: &Batch, rows: usize, request: &Request<'_>) -> Result<(), IngestError> {
    if rows + batch.lines.len() >= u32::MAX as usize {
        let limit = "it has more than 4,294,967,294 rows";
        return Err(IngestError::TooLarge { path: request.path.to_string(), limit });
    }
    Ok(())
}

/// A batch of records that can be used: their cells, row by row.
struct Batch {
    text: String,
    /// Where each cell begins and ends in `text`.
    cells: Vec<(u32, u32)>,
    /// One line number per record.
    lines: Vec<u32>,
    /// Byte of the file's text up to which it was read.
    end: usize,
}

impl Batch {
    fn new() -> Self {
        Self { text: String::new(), cells: Vec::new(), lines: Vec::new(), end: 0 }
    }

    fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.lines.clear();
    }

    /// Adds a record as exactly `width` cells: what is missing is empty, what is more (and empty) is dropped.
    fn push(&mut self, record: &StringRecord, width: usize, line: u32) {
        for column in 0..width {
            let start = self.text.len() as u32;
            self.text.push_str(record.get(column).unwrap_or_default());
            self.cells.push((start, self.text.len() as u32));
        }
        self.lines.push(line);
    }

    /// Adds a record as it stands in its file, with the places of its cells in it.
    fn push_plain(&mut self, text: &str, cells: &[(u32, u32)], line: u32) {
        let base = self.text.len() as u32;
        self.text.push_str(text);
        self.cells.extend(cells.iter().map(|(start, end)| (base + start, base + end)));
        self.lines.push(line);
    }

    fn is_full(&self) -> bool {
        self.lines.len() >= BATCH_RECORDS || self.text.len() >= BATCH_BYTES
    }

    fn file(&self, builders: &mut [ColumnBuilder]) {
        let width = builders.len();
        builders.par_iter_mut().enumerate().for_each(|(column, builder)| {
            let cells = self.cells[column.min(self.cells.len())..].iter().step_by(width);
            builder.push_all(cells.map(|&(start, end)| &self.text[start as usize..end as usize]));
        });
    }
}

struct Work<'a> {
    /// How many headings there are, and how many up to the last one that is not empty.
    width: usize,
    named: usize,
    scanner: Scanner<'a>,
    /// The headings as they stand in the file, if there are any.
    header: Option<Vec<String>>,
    /// Records that were read when the headings were looked for.
    ahead: VecDeque<Ahead>,
    /// Records that are lines of totals if none but such lines come after them.
    totals: VecDeque<Ahead>,
    /// The record being looked at.
    record: StringRecord,
    /// The places of its cells, when it is plain.
    cells: Vec<(u32, u32)>,
    request: &'a Request<'a>,
    quarantine: Vec<Quarantined>,
    /// How many rows had their quotes mended, and the first of them.
    mended: u64,
    mended_examples: Vec<String>,
    /// Whether the file leaves out empty cells at the end of rows, how many rows had some, and the first of them.
    pads: bool,
    padded: u64,
    padded_examples: Vec<String>,
}

impl Work<'_> {
    fn fill(&mut self, batch: &mut Batch) -> io::Result<()> {
        batch.clear();
        while !batch.is_full() {
            if let Some(ahead) = self.ahead.pop_front() {
                self.record = ahead.record;
                self.take(ahead.span, Some(ahead.raw), batch);
                continue;
            }
            if self.take_plain(batch)? {
                continue;
            }
            let Some(span) = self.scanner.next(&mut self.record)? else {
                self.set_totals_aside();
                break;
            };
            self.take(span, None, batch);
        }
        Ok(())
    }

    /// Takes the next record when nothing about it needs a second look, as with most of them.
    fn take_plain(&mut self, batch: &mut Batch) -> io::Result<bool> {
        if self.width < 2 || self.request.lossy || !self.totals.is_empty() {
            return Ok(false);
        }
        let Some((span, line)) = self.scanner.next_plain(&mut self.cells)? else { return Ok(false) };
        let cells = || self.cells.iter().map(|&(start, end)| &line[start as usize..end as usize]);
        // Empty, the headings once more, or a line of totals.
        let needs_look = cells().all(|cell| cell.bytes().all(|byte| byte.is_ascii_whitespace()))
            || self.header.as_ref().is_some_and(|header| {
                cells().next() == header.first().map(String::as_str) || frame::is_total(cells(), self.width)
            });
        if needs_look {
            self.record = StringRecord::from(cells().collect::<Vec<&str>>());
            self.take(span, None, batch);
        } else {
            batch.push_plain(line, &self.cells, span.line);
            batch.end = span.end;
        }
        Ok(true)
    }

    /// Takes `self.record`. A line that may be one of totals waits for what comes after it.
    fn take(&mut self, span: Span, raw: Option<String>, batch: &mut Batch) {
        batch.end = span.end;
        if span.fault.is_none() && self.record.len() == 1 && self.width > 1 && is_blank(&self.record) {
            return;
        }
        if self.header.is_some() && frame::is_total(&self.record, self.width) {
            let raw = raw.unwrap_or_else(|| self.scanner.raw(span));
            self.totals.push_back(Ahead { record: self.record.clone(), span, raw });
            return;
        }
        if !self.totals.is_empty() {
            let this = std::mem::take(&mut self.record);
            for before in std::mem::take(&mut self.totals) {
                self.record = before.record;
                self.file(before.span, Some(before.raw), batch);
            }
            self.record = this;
        }
        self.file(span, raw, batch);
    }

    /// Files `self.record` into the batch or, when it cannot be used, into quarantine.
    fn file(&mut self, mut span: Span, raw: Option<String>, batch: &mut Batch) {
        let is_suspect = match span.fault {
            None => self.record.as_slice().as_bytes().contains(&b'"'),
            fault => matches!(fault, Some(Fault::Quote { .. })),
        };
        if is_suspect && self.mend(span, raw.as_deref()) {
            span.fault = None;
        }
        let again = |header: &Vec<String>| {
            self.record.get(0) == header.first().map(String::as_str) && frame::is_again(&self.record, header)
        };
        let reason = match self.reason(&self.record, span) {
            None if self.record.as_slice().len() > MAX_RECORD_BYTES => {
                Some("it is larger than 1 GiB".to_string())
            }
            None if self.header.as_ref().is_some_and(again) => Some(frame::AGAIN.to_string()),
            reason => reason,
        };
        match reason {
            None => {
                if self.pads && self.record.len() < self.named {
                    self.padded += 1;
                    if self.padded_examples.len() < EXAMPLES {
                        let raw = raw.unwrap_or_else(|| self.scanner.raw(span));
                        self.padded_examples.push(frame::example(span.line, &raw));
                    }
                }
                batch.push(&self.record, self.width, span.line);
            }
            Some(reason) => {
                let raw = raw.unwrap_or_else(|| self.scanner.raw(span));
                self.set_aside(span.line, reason, raw);
            }
        }
    }

    fn set_aside(&mut self, line: u32, reason: String, raw: String) {
        let (source, file) = (self.request.source.to_string(), self.request.path.to_string());
        self.quarantine.push(Quarantined { source, file, line, reason, raw });
    }

    /// The lines that wait are the last ones of the file.
    fn set_totals_aside(&mut self) {
        for line in std::mem::take(&mut self.totals) {
            self.set_aside(line.span.line, frame::TOTALS.to_string(), line.raw);
        }
    }

    /// Mends the quotes of `self.record` where the row then has exactly as many cells as there are headings.
    fn mend(&mut self, span: Span, raw: Option<&str>) -> bool {
        let own;
        let raw = match raw {
            Some(raw) => raw,
            None => {
                own = self.scanner.raw(span);
                &own
            }
        };
        let delimiter = self.request.delimiter;
        if raw.contains('\u{FFFD}') || quotes_are_sound(raw.as_bytes(), delimiter) {
            return false;
        }
        let Some(cells) = mend::cells(raw, delimiter).filter(|cells| cells.len() == self.width) else {
            return false;
        };
        self.record = StringRecord::from(cells);
        self.mended += 1;
        if self.mended_examples.len() < EXAMPLES {
            self.mended_examples.push(frame::example(span.line, raw));
        }
        true
    }

    /// The finding of rows whose quotes were mended.
    fn stray_quotes(&mut self) -> Option<Finding> {
        let message = match self.mended {
            0 => return None,
            1 => "in one row quotes within a cell are not doubled; it is read as it was meant".to_string(),
            count => format!(
                "in {count} rows quotes within a cell are not doubled; they are read as they were meant"
            ),
        };
        Some(Finding {
            source: self.request.source.to_string(),
            file: self.request.path.to_string(),
            rule: "stray_quote".to_string(),
            message,
            count: self.mended,
            examples: std::mem::take(&mut self.mended_examples),
        })
    }

    /// The finding of rows that end before the last heading.
    fn short_rows(&mut self) -> Option<Finding> {
        let message = match self.padded {
            0 => return None,
            1 => "one row has fewer cells than there are headings; those at its end are read as empty"
                .to_string(),
            count => format!(
                "{count} rows have fewer cells than there are headings; those at their ends are read as empty"
            ),
        };
        Some(Finding {
            source: self.request.source.to_string(),
            file: self.request.path.to_string(),
            rule: "short_rows".to_string(),
            message,
            count: self.padded,
            examples: std::mem::take(&mut self.padded_examples),
        })
    }

    /// Why a record cannot be used.
    ///
    /// Extra cells that are empty say nothing and are dropped; cells may be missing only under trailing empty
    /// headings, or where the whole file leaves out empty cells at the end of rows. Any other row of the wrong width is
    /// set aside: nobody knows which cell is missing.
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
        if width < self.named && !self.pads {
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
