//! Compressed files: gzip, zstd, and zip archives that hold one file. Read as a stream, with a limit to what comes out.

use flate2::read::{DeflateDecoder, MultiGzDecoder};
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use zip::{CompressionMethod, ZipArchive};

/// Bytes that a file may unpack to, whatever its size; under fuzzing so few that the limit is met.
pub const ALWAYS: u64 = if cfg!(fuzzing) { 1 << 20 } else { 1 << 30 };
/// Times its size that a file may unpack to beyond that. Text shrinks to a tenth, workbooks to a thirtieth.
pub const MOST_TIMES: u64 = 200;

const GZIP: &[u8] = b"\x1F\x8B\x08";
const ZSTD: &[u8] = b"\x28\xB5\x2F\xFD";

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    None,
    Gzip,
    Zstd,
    /// The only file of a zip archive: where its bytes begin, how many there are, and whether they are deflated.
    Zip {
        start: u64,
        size: u64,
        deflated: bool,
    },
}

impl Packing {
    /// Its name; none when the file is not compressed.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Packing::None => None,
            Packing::Gzip => Some("gzip"),
            Packing::Zstd => Some("zstd"),
            Packing::Zip { .. } => Some("zip"),
        }
    }
}

/// How a file is compressed, by its first bytes. A zip archive of several parts (a workbook is one) is not looked into.
pub fn packing(file: &mut (impl Read + Seek)) -> io::Result<Packing> {
    let mut head = Vec::new();
    file.by_ref().take(4).read_to_end(&mut head)?;
    Ok(match () {
        () if head.starts_with(GZIP) => Packing::Gzip,
        () if head.starts_with(ZSTD) => Packing::Zstd,
        () if head.starts_with(super::archive::MAGIC) => {
            file.seek(SeekFrom::Start(0))?;
            only_file(file).unwrap_or(Packing::None)
        }
        () => Packing::None,
    })
}

/// The only file in a zip archive, folders and what macOS adds left out.
fn only_file(file: impl Read + Seek) -> Option<Packing> {
    /// Archives with more entries hold more than one file.
    const MOST_ENTRIES: usize = 8;
    let mut archive = ZipArchive::new(BufReader::new(file)).ok()?;
    let mut only = None;
    for at in 0..archive.len() {
        if archive.len() > MOST_ENTRIES {
            return None;
        }
        let entry = archive.by_index_raw(at).ok()?;
        let name = entry.name().ok()?;
        if entry.is_dir() || name.starts_with("__MACOSX/") || name.ends_with(".DS_Store") {
            continue;
        }
        let deflated = match entry.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            _ => return None,
        };
        if only.is_some() || entry.encrypted() {
            return None;
        }
        only = Some(Packing::Zip { start: entry.data_start()?, size: entry.compressed_size(), deflated });
    }
    only
}

/// The content of a file of so many bytes that is compressed like this.
pub fn stream<'a>(
    mut file: impl Read + Seek + Send + 'a,
    packing: Packing,
    size: u64,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let left = ALWAYS.max(size.saturating_mul(MOST_TIMES));
    Ok(match packing {
        Packing::None => Box::new(file),
        Packing::Gzip => Box::new(Limited { source: MultiGzDecoder::new(BufReader::new(file)), left }),
        Packing::Zstd => Box::new(Limited { source: zstd::Decoder::new(file)?, left }),
        Packing::Zip { start, size, deflated } => {
            file.seek(SeekFrom::Start(start))?;
            match deflated {
                true => {
                    Box::new(Limited { source: DeflateDecoder::new(BufReader::new(file.take(size))), left })
                }
                false => Box::new(file.take(size)),
            }
        }
    })
}

/// Unpacks up to a limit, and says what is wrong with damaged data.
struct Limited<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::Interrupted => error,
            _ => io::Error::new(
                ErrorKind::InvalidData,
                format!("its compressed data are damaged or cut off ({error})"),
            ),
        })?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            let message = "it unpacks to more than 1 GiB and more than 200 times its own size, as no honest export does";
            io::Error::new(ErrorKind::FileTooLarge, message)
        })?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_ends_at_its_limit() {
        let mut limited = Limited { source: io::repeat(b'x'), left: 1000 };
        let error = io::copy(&mut limited, &mut io::sink()).expect_err("the source is endless");
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
    }
}
