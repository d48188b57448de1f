//! vCard 2.1, 3.0 and 4.0, and jCard → records, one a card.
//!
//! Input: bytes, and the encoding found for them. Output: [`Parsed`] with columns under the neutral field names.
//!
//! Invariants
//! * Every card is a record or in quarantine; text outside of cards is in quarantine too.
//! * Every property of a card fills a cell or is counted in a finding; a value is unescaped and decoded, never
//!   reworded. Repeated ones get columns of their own: `phone`, `phone_2` …
//! * The preferred of several telephones, addresses … comes first, then those of work, those of the home last.

mod card;
mod jcard;
mod property;
mod split;

use super::IngestError;
use super::encoding::Found;
use super::records::{Collector, Parsed, Request};
use crate::config::Charset;
use card::Sheet;
use encoding_rs::UTF_8;
use property::Version;
use rayon::prelude::*;
use serde_json::value::RawValue;
use split::{Piece, pieces};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Cards made into records at a time, on all cores.
const BATCH: usize = 4 * 1024;
/// Examples shown of one finding.
const EXAMPLES: usize = 3;
/// Column of the identifier that a card brings; the record's id when every card has one.
const UID: &str = "uid";

/// Recognises cards by lines that begin and end one.
pub fn is_cards(text: &[u8]) -> bool {
    let mut lines = text.split(|&byte| byte == b'\n' || byte == b'\r');
    let Some(first) = lines.find(|line| !line.trim_ascii().is_empty()) else { return false };
    let begins = split::is_mark(first, "BEGIN:VCARD");
    begins || (first.contains(&b':') && lines.any(|line| split::is_mark(line, "BEGIN:VCARD")))
}

/// Reads cards. Errors: together they have more columns than a list of contacts can.
pub fn parse(request: &Request<'_>) -> Result<Parsed, IngestError> {
    let found = request.found;
    let mut bytes = Cow::Borrowed(&request.bytes[found.mark.min(request.bytes.len())..]);
    let mut inner = Found { mark: 0, ..found };
    // Values may be in encodings of their own, so that each is decoded by itself; of UTF-16 the lines would not be found.
    if !found.charset.is_ascii_compatible() {
        bytes = Cow::Owned(found.decode(request.bytes).0.into_owned().into_bytes());
        inner.charset = Charset::Web(UTF_8);
    }
    if !bytes.contains(&b'\n') {
        // Old Macintosh files.
        bytes.to_mut().iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }
    let pieces = pieces(&bytes);
    let mut cards = Cards::new(Collector::new(request, false));
    for batch in pieces.chunks(BATCH) {
        let sheets: Vec<Result<Sheet, String>> = batch.par_iter().map(|piece| read(piece, inner)).collect();
        for (piece, sheet) in batch.iter().zip(sheets) {
            cards.add(piece.line, sheet, piece.raw)?;
        }
    }
    Ok(cards.finish("vcard"))
}

/// Reads cards in JSON (RFC 7095): one, or a list of them.
pub fn parse_json(cards: &[&RawValue], collector: Collector<'_>) -> Result<Parsed, IngestError> {
    let mut read = Cards::new(collector);
    for (number, card) in (1..).zip(cards) {
        read.add(number, jcard::properties(card).map(Sheet::of), card.get().as_bytes())?;
    }
    Ok(read.finish("jcard"))
}

fn read(piece: &Piece<'_>, found: Found) -> Result<Sheet, String> {
    if let Some(fault) = piece.fault {
        return Err(fault.to_string());
    }
    let (properties, told) = property::properties(piece.raw, Version::of(piece.raw), found)?;
    let mut sheet = Sheet::of(properties);
    sheet.told.extend(told);
    Ok(sheet)
}

/// Records and findings of the cards so far.
struct Cards<'a> {
    collector: Collector<'a>,
    /// Rule → how often, and examples.
    told: BTreeMap<card::Told, (u64, Vec<String>)>,
    identified: usize,
}

impl<'a> Cards<'a> {
    fn new(collector: Collector<'a>) -> Self {
        Self { collector, told: BTreeMap::new(), identified: 0 }
    }

    fn add(&mut self, line: u32, sheet: Result<Sheet, String>, raw: &[u8]) -> Result<(), IngestError> {
        let sheet = match sheet {
            Ok(sheet) => sheet,
            Err(reason) => {
                self.collector.damaged(line, reason, raw);
                return Ok(());
            }
        };
        if self.collector.row(line, &sheet.cells, raw)? {
            self.identified +=
                usize::from(sheet.cells.iter().any(|(name, value)| name == UID && !value.is_empty()));
        }
        for (told, what) in sheet.told {
            let (count, examples) = self.told.entry(told).or_default();
            *count += 1;
            if examples.len() < EXAMPLES {
                examples.push(format!("line {line}: {what}"));
            }
        }
        Ok(())
    }

    fn finish(mut self, format: &'static str) -> Parsed {
        for (told, (count, examples)) in self.told {
            self.collector.found(told.rule(), told.message(count), count, examples);
        }
        let rows = self.collector.rows();
        let mut parsed = self.collector.finish(format);
        if self.identified == rows
            && let Some(heading) = parsed.gathered.headings.iter_mut().find(|heading| *heading == UID)
        {
            *heading = "id".to_string();
        }
        parsed
    }
}

#[cfg(test)]
mod tests;
