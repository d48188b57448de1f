//! Zip archives: which workbook one is.

use super::IngestError;
use super::unpack::{ALWAYS, MOST_TIMES};
use super::workbook::Kind;
use std::io::{self, Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// The first bytes of every zip archive that is not empty.
pub const MAGIC: &[u8] = b"PK\x03\x04";

/// Which workbook an archive is.
pub fn kind(bytes: &[u8], path: &str) -> Result<Kind, IngestError> {
    let damaged = |error: ZipError| IngestError::Workbook {
        path: path.to_string(),
        reason: format!("it is a damaged zip archive ({error})"),
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let parts: Vec<String> =
        archive.file_names().filter_map(|part| Some(part.ok()?.to_ascii_lowercase())).collect();
    let has = |name: &str| parts.iter().any(|part| part == name);
    let begins = |start: &str| parts.iter().any(|part| part.starts_with(start));
    let kind = match () {
        () if has("xl/workbook.bin") => Kind::Xlsb,
        () if begins("xl/") => Kind::Xlsx,
        () if has("content.xml") && has("meta-inf/manifest.xml") => Kind::Ods,
        () => {
            let (what, way_out) = match begins("word/") {
                true => ("a Word document", "export the data as a workbook or as CSV"),
                false => (
                    "a zip archive of several files, or of one that is encrypted",
                    "unpack it and name the files",
                ),
            };
            return Err(IngestError::OtherFormat { path: path.to_string(), what, way_out });
        }
    };
    check_size(&mut archive, bytes.len() as u64, path)?;
    Ok(kind)
}

/// Refuses an archive that unpacks to much more than an honest one: it would fill the memory.
fn check_size(archive: &mut ZipArchive<Cursor<&[u8]>>, size: u64, path: &str) -> Result<(), IngestError> {
    /// No part unpacks to more than this many times its size: what the method of compression allows.
    const DEFLATE_TIMES: u64 = 1032;
    let most = ALWAYS.max(size.saturating_mul(MOST_TIMES));
    // Small archives cannot unpack to too much.
    if size.saturating_mul(DEFLATE_TIMES) <= most {
        return Ok(());
    }
    let mut total = 0;
    for at in 0..archive.len() {
        // Counted, for the sizes that an archive gives may be wrong. What cannot be unpacked is told when it is read.
        let Ok(part) = archive.by_index(at) else { continue };
        total += io::copy(&mut part.take(most.saturating_sub(total) + 1), &mut io::sink()).unwrap_or(0);
        if total > most {
            return Err(IngestError::Bomb { path: path.to_string() });
        }
    }
    Ok(())
}
