//! A file's content, unpacked when it is compressed, and its hash.

use super::STDIN;
use super::unpack::{self, Packing};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, ErrorKind, Read, Seek};
use std::path::Path;

/// Bytes hashed at a time.
const CHUNK_BYTES: usize = 1024 * 1024;

/// A file's content, from the start, as often as needed: off the disk, or out of memory when it can be read but once (a pipe).
pub struct Bytes<'a> {
    path: &'a Path,
    whole: Option<Vec<u8>>,
    packing: Packing,
    /// Bytes of the file as it stands.
    size: u64,
}

/// What can be read from any place.
trait Source: Read + Seek + Send {}
impl<T: Read + Seek + Send> Source for T {}

impl<'a> Bytes<'a> {
    /// Looks at a file; reads it when it is a pipe, or the standard input.
    pub fn new(path: &'a Path) -> io::Result<Self> {
        let whole = match path == Path::new(STDIN) {
            true => {
                let mut whole = Vec::new();
                io::stdin().lock().read_to_end(&mut whole)?;
                Some(whole)
            }
            false if std::fs::metadata(path)?.is_file() => None,
            false => Some(std::fs::read(path)?),
        };
        let size = match &whole {
            Some(bytes) => bytes.len() as u64,
            None => std::fs::metadata(path)?.len(),
        };
        let mut bytes = Self { path, whole, packing: Packing::None, size };
        let packing = unpack::packing(&mut bytes.raw()?)?;
        bytes.packing = packing;
        Ok(bytes)
    }

    fn raw(&self) -> io::Result<Box<dyn Source + '_>> {
        Ok(match &self.whole {
            Some(bytes) => Box::new(Cursor::new(bytes.as_slice())),
            None => Box::new(File::open(self.path)?),
        })
    }

    /// How the file is compressed: `gzip`, `zstd` or `zip`.
    pub fn packing(&self) -> Option<&'static str> {
        self.packing.name()
    }

    /// Bytes of the content, unless it is compressed.
    pub fn size(&self) -> Option<u64> {
        self.packing.name().is_none().then_some(self.size)
    }

    /// Reads the content from the start.
    pub fn stream(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        unpack::stream(self.raw()?, self.packing, self.size)
    }

    /// The whole content at once.
    pub fn all(&self) -> io::Result<Cow<'_, [u8]>> {
        if let (Some(bytes), Packing::None) = (&self.whole, self.packing) {
            return Ok(Cow::Borrowed(bytes));
        }
        let mut content = Vec::with_capacity(self.size().unwrap_or_default() as usize);
        self.stream()?.read_to_end(&mut content)?;
        Ok(Cow::Owned(content))
    }

    /// SHA-256 (hexadecimal) and size of the file as it stands.
    pub fn hash(&self) -> io::Result<(String, u64)> {
        let mut stream = self.raw()?;
        let (mut hasher, mut size) = (Sha256::new(), 0);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match stream.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => {
                    hasher.update(&chunk[..read]);
                    size += read as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok((hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), size))
    }
}
