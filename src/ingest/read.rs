//! One file after the other → [`Ingested`]; each file is read on all cores.

use super::{FileFacts, IngestError, Ingested, Input, Quarantined};
use super::{delimited, encoding, headings, parquet, sniff};
use crate::progress::{Event, Progress};
use crate::table::{Column, RawColumn, Table};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::Path;

/// The stage's name in progress events.
const STAGE: &str = "read";

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
    }
    let rows: u64 = read.tables.iter().map(|table| u64::from(table.rows)).sum();
    for table in read.tables.iter().filter(|table| table.rows == 0) {
        if rows == 0 {
            return Err(IngestError::HeaderOnly { path: table.path.clone() });
        }
        progress.event(Event::Warning(&format!("`{}` has a header but no rows", table.path)));
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
    let summary = format!("{rows} rows, {columns} columns{files}{quarantined}");
    progress.event(Event::Finished { stage: STAGE, summary: &summary });
    Ok(read)
}

fn size(path: &Path) -> Result<u64, IngestError> {
    let facts = std::fs::metadata(path).map_err(|cause| io(path, cause))?;
    match facts.is_dir() {
        true => Err(IngestError::Folder { path: path.display().to_string() }),
        false => Ok(facts.len()),
    }
}

fn io(path: &Path, cause: std::io::Error) -> IngestError {
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
}

fn read_file(input: &Input, progress: &dyn Progress) -> Result<One, IngestError> {
    let path = input.path.display().to_string();
    let bytes = std::fs::read(&input.path).map_err(|cause| io(&input.path, cause))?;
    let (digest, content) =
        rayon::join(|| Sha256::digest(&bytes), || read_bytes(&bytes, input, &path, progress));
    let content = content?;
    for note in &content.notes {
        progress.event(Event::Note(&format!("{path}: {note}")));
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
        bytes: bytes.len() as u64,
        sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        format: content.format.to_string(),
        encoding: content.encoding,
        delimiter: content.delimiter,
        rows_in: rows as u64 + quarantined,
        quarantined,
    };
    let columns = content
        .headings
        .into_iter()
        .zip(content.columns)
        .map(|(name, cells)| RawColumn { name, cells })
        .collect();
    let table =
        Table { source: input.source.clone(), path, columns, rows: rows as u32, lines: content.lines };
    Ok(One { table, quarantine: content.quarantine, facts })
}

fn read_bytes(
    bytes: &[u8],
    input: &Input,
    path: &str,
    progress: &dyn Progress,
) -> Result<Content, IngestError> {
    let advanced = |by: u64| progress.event(Event::Advanced { stage: STAGE, by });
    if bytes.starts_with(parquet::MAGIC) {
        let parsed = parquet::parse(bytes, path)?;
        advanced(bytes.len() as u64);
        return Ok(Content {
            format: "parquet",
            encoding: "UTF-8".to_string(),
            delimiter: None,
            headings: parsed.headings,
            notes: parsed.notes,
            columns: parsed.columns,
            lines: (1..=parsed.rows as u32).collect(),
            quarantine: Vec::new(),
        });
    }
    let refuse = |found: sniff::Foreign| IngestError::OtherFormat {
        path: path.to_string(),
        what: found.what,
        way_out: found.way_out,
    };
    if let Some(found) = sniff::foreign(bytes) {
        return Err(refuse(found));
    }
    let decoded = encoding::decode(bytes, input.settings.encoding.as_deref(), path)?;
    if let Some(found) = sniff::foreign_text(&decoded.text) {
        return Err(refuse(found));
    }
    let text = line_feeds(&decoded.text);
    let (text, declared) = separator_line(&text);
    let delimiter = match (&input.settings.delimiter, declared) {
        (Some(setting), _) => delimited::parse_delimiter(setting, path)?,
        (None, Some(declared)) => declared,
        (None, None) => sniff::delimiter(text),
    };
    let request = delimited::Request {
        text,
        lossy: decoded.lossy,
        delimiter,
        line: 1 + u32::from(declared.is_some()),
        path,
        source: &input.source,
    };
    let mut parsed = delimited::parse(&request, &advanced)?;
    if parsed.headings.iter().any(|heading| is_value(heading)) {
        let first =
            "the first line looks like data, not headings; if the file has no headings, add a line with them";
        parsed.notes.push(first.to_string());
    }
    Ok(Content {
        format: "csv",
        encoding: decoded.label,
        delimiter: Some(char::from(delimiter)),
        headings: parsed.headings,
        notes: parsed.notes,
        columns: parsed.columns,
        lines: parsed.lines,
        quarantine: parsed.quarantine,
    })
}

/// Old Macintosh line ends (CR alone) as line feeds, so that lines can be counted.
fn line_feeds(text: &[u8]) -> Cow<'_, [u8]> {
    if text.contains(&b'\n') || !text.contains(&b'\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.iter().map(|&byte| if byte == b'\r' { b'\n' } else { byte }).collect())
}

/// Takes off the first line `sep=;` that tells Excel the separator.
fn separator_line(text: &[u8]) -> (&[u8], Option<u8>) {
    let Some(end) = text.iter().take(16).position(|&byte| byte == b'\n') else {
        return (text, None);
    };
    let line = text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter @ (b',' | b';' | b'|' | b'\t' | b':')] => {
            (&text[end + 1..], Some(*delimiter))
        }
        _ => (text, None),
    }
}

/// Whether a heading is more likely a value: an e-mail address or a long number.
fn is_value(heading: &str) -> bool {
    /// Digits in a heading past which it is a telephone number or an id, not `User 12` or a year.
    const MANY_DIGITS: usize = 7;
    let address =
        heading.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    let number = heading.chars().filter(char::is_ascii_digit).count() >= MANY_DIGITS
        && !heading.chars().any(char::is_alphabetic);
    address || number
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
