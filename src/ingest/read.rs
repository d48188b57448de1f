//! One file after the other → [`Ingested`]; each file is read on all cores.

use super::bytes::Bytes;
use super::stray::{self, Strays};
use super::{FINDING_RULES, FileFacts, Finding, IngestError, Ingested, Input, Quarantined, STDIN};
use super::{archive, damage, delimited, encoding, headings, parquet, records, sniff, workbook};
use crate::progress::{Event, Progress, counted};
use crate::table::{Column, RawColumn, Table};
use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The stage's name in progress events.
const STAGE: &str = "read";

/// Rules whose findings a person must hear of, whatever else is not told.
const LOUD: [&str; 1] = ["no_headings"];

/// Gives inputs whose source name is taken another one (`crm`, `crm-2`); returns a note for each.
///
/// Call it before settings are looked up by source name. [`read`] does the same, so that calling it is never an error.
pub fn name_sources(inputs: &mut [Input]) -> Vec<String> {
    let mut taken: HashSet<String> = inputs.iter().map(|input| input.source.clone()).collect();
    let mut seen = HashSet::new();
    let mut notes = Vec::new();
    for input in inputs {
        if !seen.insert(input.source.clone()) {
            let name = headings::free(&taken, |n| format!("{}-{}", input.source, n + 1));
            notes.push(format!(
                "two sources are called `{}`; {} is read as source `{name}`",
                input.source,
                input.path.display()
            ));
            taken.insert(name.clone());
            seen.insert(name.clone());
            input.source = name;
        }
    }
    notes
}

/// Reads all inputs.
///
/// Errors name the file and a way out; a file that is there but cannot be used is an error, a row that cannot be
/// used is quarantined. A file without rows is an error only when no input has any.
pub fn read(inputs: &[Input], progress: &dyn Progress) -> Result<Ingested, IngestError> {
    if inputs.is_empty() {
        return Err(IngestError::NoInput);
    }
    let mut inputs = Cow::Borrowed(inputs);
    let mut names = HashSet::new();
    if !inputs.iter().all(|input| names.insert(input.source.as_str())) {
        for note in name_sources(inputs.to_mut()) {
            progress.event(Event::Warning(&note));
        }
    }
    let mut total = 0;
    for input in inputs.iter() {
        total += size(&input.path)?;
    }
    progress.event(Event::Started { stage: STAGE, total: Some(total), unit: "bytes" });
    let mut read = Ingested::default();
    for input in inputs.iter() {
        let one = read_file(input, progress)?;
        read.tables.push(one.table);
        read.quarantine.extend(one.quarantine);
        read.files.push(one.facts);
        for finding in &one.findings {
            let examples = match finding.examples.is_empty() {
                true => String::new(),
                false => format!(" ({})", finding.examples.join("; ")),
            };
            let text = format!("{}: {}{examples}", finding.file, finding.message);
            match LOUD.contains(&finding.rule.as_str()) {
                true => progress.event(Event::Warning(&text)),
                false => progress.event(Event::Note(&text)),
            }
        }
        read.findings.extend(one.findings);
    }
    let rows: u64 = read.tables.iter().map(|table| u64::from(table.rows)).sum();
    let tables = read.tables.iter().zip(&read.files);
    for (table, facts) in tables.filter(|(table, _)| table.rows == 0) {
        // Records name their columns themselves; there is no line of headings to speak of.
        let is_number = |heading: &str| heading.trim().parse::<f64>().is_ok();
        let is_value = matches!(table.columns.as_slice(), [only] if is_number(&only.name));
        let has_headings = !facts.format.starts_with("json") && !is_value;
        let path = table.path.clone();
        match rows {
            0 if has_headings => return Err(IngestError::HeaderOnly { path }),
            0 => return Err(IngestError::NoRecords { path }),
            _ if has_headings => {
                progress.event(Event::Warning(&format!("`{path}` has a header but no rows")))
            }
            _ => progress.event(Event::Warning(&format!("`{path}` holds no records"))),
        }
    }
    if rows > u64::from(u32::MAX - 1) {
        let path = read.tables[read.tables.len() - 1].path.clone();
        return Err(IngestError::TooLarge {
            path,
            limit: "all inputs together have more than 4,294,967,294 rows",
        });
    }
    let columns: usize = read.tables.iter().map(|table| table.columns.len()).sum();
    let quarantined = match read.quarantine.len() {
        0 => String::new(),
        count => format!(", {count} quarantined"),
    };
    let files =
        if read.files.len() == 1 { String::new() } else { format!(" from {} files", read.files.len()) };
    let summary =
        format!("{}, {}{files}{quarantined}", counted(rows, "row"), counted(columns as u64, "column"));
    progress.event(Event::Finished { stage: STAGE, summary: &summary });
    Ok(read)
}

fn size(path: &Path) -> Result<u64, IngestError> {
    if path == Path::new(STDIN) {
        return Ok(0);
    }
    let facts = std::fs::metadata(path).map_err(|cause| io_error(path, cause))?;
    match facts.is_dir() {
        true => Err(IngestError::Folder { path: path.display().to_string() }),
        false => Ok(facts.len()),
    }
}

fn io_error(path: &Path, cause: std::io::Error) -> IngestError {
    let path = path.display().to_string();
    match cause.kind() {
        ErrorKind::NotFound => IngestError::NotFound { path },
        _ => IngestError::Io { path, cause },
    }
}

struct One {
    table: Table,
    quarantine: Vec<Quarantined>,
    facts: FileFacts,
    findings: Vec<Finding>,
}

/// A file's content, before its hash is added.
struct Content {
    format: &'static str,
    encoding: String,
    delimiter: Option<char>,
    headings: Vec<String>,
    notes: Vec<String>,
    columns: Vec<Column>,
    lines: Vec<u32>,
    quarantine: Vec<Quarantined>,
    findings: Vec<Finding>,
}

/// Bytes from the start of a file in which its format and its separator show.
const HEAD_BYTES: u64 = 128 * 1024;

fn read_file(input: &Input, progress: &dyn Progress) -> Result<One, IngestError> {
    let path = input.path.display().to_string();
    let failed = |cause| io_error(&input.path, cause);
    let bytes = Bytes::new(&input.path).map_err(failed)?;
    let (hashed, content) = rayon::join(|| bytes.hash(), || read_content(&bytes, input, &path, progress));
    let (mut content, (sha256, size)) = (content?, hashed.map_err(failed)?);
    let damage = damage::mend(&mut content.columns, &content.lines, &path, &input.source);
    content.findings.extend(damage);
    debug_assert!(content.findings.iter().all(|found| FINDING_RULES.contains(&found.rule.as_str())));
    for note in &content.notes {
        progress.event(Event::Note(&format!("{path}: {note}")));
    }
    // Files of other formats always name their columns.
    let is_told = content.findings.iter().any(|finding| finding.rule == "no_headings");
    let may_lack_headings = content.format == "csv" && input.settings.header.is_none() && !is_told;
    if may_lack_headings && let Some(value) = headings::like_value(&content.headings, &content.columns) {
        progress.event(Event::Warning(&format!(
            "{path}: the first line looks like a row, not like headings (`{value}`), and rows in the place of headings are \
             no records; if the file has no headings, say so with --no-header, or `header = false` of its source in the \
             settings (and `header = true` if it has)"
        )));
    }
    let quarantined = content.quarantine.len() as u64;
    let rows = content.lines.len();
    if let (0, Some(first)) = (rows, content.quarantine.first()) {
        return Err(IngestError::NothingReadable {
            path,
            rows: quarantined,
            line: first.line,
            reason: first.reason.clone(),
        });
    }
    let facts = FileFacts {
        source: input.source.clone(),
        file: path.clone(),
        bytes: size,
        sha256,
        format: match bytes.packing() {
            Some(packing) => format!("{} ({packing})", content.format),
            None => content.format.to_string(),
        },
        encoding: content.encoding,
        delimiter: content.delimiter,
        rows_in: rows as u64 + quarantined,
        quarantined,
    };
    let columns = content.headings.into_iter().zip(content.columns);
    let columns = columns.map(|(name, cells)| RawColumn { name, cells }).collect();
    let table =
        Table { source: input.source.clone(), path, columns, rows: rows as u32, lines: content.lines };
    Ok(One { table, quarantine: content.quarantine, facts, findings: content.findings })
}

fn read_content(
    bytes: &Bytes<'_>,
    input: &Input,
    path: &str,
    progress: &dyn Progress,
) -> Result<Content, IngestError> {
    let failed = |cause| io_error(&input.path, cause);
    let advanced = |by: u64| progress.event(Event::Advanced { stage: STAGE, by });
    let mut head = Vec::new();
    bytes.stream().and_then(|text| text.take(HEAD_BYTES).read_to_end(&mut head)).map_err(failed)?;
    if head.starts_with(parquet::MAGIC) {
        let whole = bytes.all().map_err(failed)?;
        let parsed = parquet::parse(&whole, path)?;
        advanced(whole.len() as u64);
        return Ok(Content {
            format: "parquet",
            encoding: "UTF-8".to_string(),
            delimiter: None,
            headings: parsed.headings,
            notes: parsed.notes,
            columns: parsed.columns,
            lines: (1..=parsed.rows as u32).collect(),
            quarantine: Vec::new(),
            findings: Vec::new(),
        });
    }
    if head.starts_with(workbook::COMPOUND) || head.starts_with(archive::MAGIC) {
        let whole = bytes.all().map_err(failed)?;
        let kind = match head.starts_with(archive::MAGIC) {
            true => archive::kind(&whole, path)?,
            false => workbook::Kind::Xls,
        };
        let table = workbook::parse(&whole, kind, input, path)?;
        advanced(whole.len() as u64);
        return Ok(Content {
            format: kind.name(),
            encoding: "UTF-8".to_string(),
            delimiter: None,
            headings: table.headings,
            notes: table.notes,
            columns: table.columns,
            lines: table.lines,
            quarantine: table.quarantine,
            findings: table.findings,
        });
    }
    refuse(sniff::foreign(&head), path)?;
    let stream = bytes.stream().map_err(failed)?;
    let found = encoding::find(&head, input.settings.encoding.as_deref(), path, stream)?;
    // UTF-8 is parsed as it streams in; anything else is decoded in memory first.
    let decoded = match found.is_utf8() && !has_old_line_ends(&head) {
        true => None,
        false => Some(decode(&bytes.all().map_err(failed)?, found)),
    };
    let start = match &decoded {
        Some(Decoded { text, .. }) => &text.as_bytes()[..text.len().min(HEAD_BYTES as usize)],
        None => &head[found.mark..],
    };
    if let Some(format) = records::format(start) {
        let whole = bytes.all().map_err(failed)?;
        let request = records::Request { bytes: &whole, found, path, source: &input.source };
        let parsed = records::parse(format, &request)?;
        advanced(whole.len() as u64);
        return Ok(Content {
            format: parsed.format,
            encoding: found.label(),
            delimiter: None,
            headings: parsed.gathered.headings,
            notes: found.note().into_iter().chain(parsed.notes).collect(),
            columns: parsed.gathered.columns,
            lines: parsed.gathered.lines,
            quarantine: parsed.quarantine,
            findings: parsed.findings,
        });
    }
    refuse(sniff::foreign_text(start), path)?;
    let (skip, declared) = separator_line(start);
    let delimiter = match (&input.settings.delimiter, declared) {
        (Some(setting), _) => delimited::parse_delimiter(setting, path)?,
        (None, Some(declared)) => declared,
        (None, None) => sniff::delimiter(start),
    };
    let text: Box<dyn Read + Send + '_> = match &decoded {
        Some(Decoded { text, .. }) => Box::new(&text.as_bytes()[skip..]),
        None => {
            let mut stream = bytes.stream().map_err(failed)?;
            let passed = (found.mark + skip) as u64;
            io::copy(&mut stream.by_ref().take(passed), &mut io::sink()).map_err(failed)?;
            stream
        }
    };
    let lossy = decoded.as_ref().is_some_and(|decoded| decoded.lossy);
    let line = 1 + u32::from(declared.is_some());
    let header = input.settings.header;
    let (source, legacy) = (input.source.as_str(), found.stray);
    let request = delimited::Request { lossy, legacy, delimiter, header, line, path, source };
    // The text may be shorter or longer than the file it was decoded from; the bar counts the file's bytes.
    let total = std::fs::metadata(&input.path).map_or(0, |facts| facts.len());
    let told = AtomicU64::new(0);
    let in_file = |by: u64| {
        let by = by.min(total.saturating_sub(told.load(Relaxed)));
        told.fetch_add(by, Relaxed);
        advanced(by);
    };
    let mut parsed = delimited::parse(text, &request, &in_file)?;
    in_file(total);
    let may_be_split = input.settings.delimiter.is_none() && declared.is_none() && parsed.headings.len() == 1;
    if may_be_split && let Some(sign) = sniff::other_separator(start) {
        progress.event(Event::Warning(&format!(
                "{path}: it is read as a table of one column only, but its lines hold {sign}; if that separates columns, \
                 export the file with another separator, or set `delimiter` of its source in the settings"
            )));
    }
    let strays = decoded.map(|decoded| decoded.strays);
    parsed.findings.extend(strays.and_then(|strays| strays.finding(&found.label(), "UTF-8", path, source)));
    Ok(Content {
        format: "csv",
        encoding: found.label(),
        delimiter: Some(char::from(delimiter)),
        headings: parsed.headings,
        notes: found.note().into_iter().chain(parsed.notes).collect(),
        columns: parsed.columns,
        lines: parsed.lines,
        quarantine: parsed.quarantine,
        findings: parsed.findings,
    })
}

fn refuse(found: Option<sniff::Foreign>, path: &str) -> Result<(), IngestError> {
    match found {
        Some(found) => {
            Err(IngestError::OtherFormat { path: path.to_string(), what: found.what, way_out: found.way_out })
        }
        None => Ok(()),
    }
}

/// Old Macintosh files end lines with CR alone.
fn has_old_line_ends(head: &[u8]) -> bool {
    head.contains(&b'\r') && !head.contains(&b'\n')
}

/// A whole text in UTF-8 with line feeds, so that lines can be counted.
struct Decoded {
    text: String,
    /// Whether bytes were replaced.
    lossy: bool,
    /// Lines that were UTF-8 already.
    strays: Strays,
}

fn decode(bytes: &[u8], found: encoding::Found) -> Decoded {
    let (text, lossy, strays) = match found.guessed && found.charset.is_single_byte() {
        true => stray::decode_lines(bytes, found.charset),
        false => {
            let (text, lossy) = found.decode(bytes);
            (text.into_owned(), lossy, Strays::default())
        }
    };
    match has_old_line_ends(text.as_bytes()) {
        true => Decoded { text: text.replace('\r', "\n"), lossy, strays },
        false => Decoded { text, lossy, strays },
    }
}

/// The first line `sep=;` that tells Excel the separator: how long it is, and what it says.
fn separator_line(text: &[u8]) -> (usize, Option<u8>) {
    let Some(end) = text.iter().take(16).position(|&byte| byte == b'\n') else { return (0, None) };
    let line = text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter @ (b',' | b';' | b'|' | b'\t' | b':')] => {
            (end + 1, Some(*delimiter))
        }
        _ => (0, None),
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
