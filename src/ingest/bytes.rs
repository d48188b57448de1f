//! A file's bytes, and their hash.

use super::STDIN;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Bytes hashed at a time.
const CHUNK_BYTES: usize = 1024 * 1024;

/// A file's bytes, from the start, as often as needed: off the disk, or out of memory when it can be read but once (a pipe).
pub struct Bytes<'a> {
    path: &'a Path,
    whole: Option<Vec<u8>>,
}

impl<'a> Bytes<'a> {
    /// Looks at a file; reads it when it is a pipe, or the standard input.
    pub fn new(path: &'a Path) -> io::Result<Self> {
        if path == Path::new(STDIN) {
            let mut whole = Vec::new();
            io::stdin().lock().read_to_end(&mut whole)?;
            return Ok(Self { path, whole: Some(whole) });
        }
        let regular = std::fs::metadata(path)?.is_file();
        Ok(Self { path, whole: if regular { None } else { Some(std::fs::read(path)?) } })
    }

    /// Reads from the start.
    pub fn stream(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(match &self.whole {
            Some(bytes) => Box::new(bytes.as_slice()),
            None => Box::new(File::open(self.path)?),
        })
    }

    /// Everything at once.
    pub fn all(&self) -> io::Result<Cow<'_, [u8]>> {
        Ok(match &self.whole {
            Some(bytes) => Cow::Borrowed(bytes),
            None => Cow::Owned(std::fs::read(self.path)?),
        })
    }

    /// SHA-256 (hexadecimal) and size.
    pub fn hash(&self) -> io::Result<(String, u64)> {
        let mut stream = self.stream()?;
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
