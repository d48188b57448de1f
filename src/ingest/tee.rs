//! A stream that remembers what was read since a mark, so that a row's raw text can be shown, and read again.

use std::io::Read;

/// Bytes forgotten at a time: what is kept must not be moved for every record.
const FORGET_BYTES: usize = 256 * 1024;
/// Bytes asked for at a time when a line is looked for.
const CHUNK_BYTES: usize = 64 * 1024;

/// Reads from `source` and keeps the bytes from the last [`Tee::forget`] on. Positions count from the start of the
/// stream.
pub struct Tee<'a> {
    source: Box<dyn Read + Send + 'a>,
    kept: Vec<u8>,
    /// Position of the first byte kept.
    start: usize,
    /// Position of the next byte to hand out.
    at: usize,
}

impl<'a> Tee<'a> {
    /// Begins at the start of a stream.
    pub fn new(source: Box<dyn Read + Send + 'a>) -> Self {
        Self { source, kept: Vec::new(), start: 0, at: 0 }
    }

    /// The bytes from one position to another; both must be kept.
    pub fn slice(&self, from: usize, to: usize) -> &[u8] {
        &self.kept[from - self.start..to - self.start]
    }

    /// The position up to which the stream was read.
    pub fn end(&self) -> usize {
        self.start + self.kept.len()
    }

    /// Lets go of the bytes before a position.
    pub fn forget(&mut self, before: usize) {
        let dead = before - self.start;
        if dead >= FORGET_BYTES {
            self.kept.drain(..dead);
            self.start = before;
            // A record may have held most of a file; its memory is not kept.
            if self.kept.capacity() > 4 * FORGET_BYTES + 2 * self.kept.len() {
                self.kept.shrink_to(2 * FORGET_BYTES + self.kept.len());
            }
        }
    }

    /// Goes back (or on) to a position that is kept.
    pub fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Where the line that begins at a position ends, its line feed included; the position itself at the end of the stream.
    pub fn line_end(&mut self, from: usize) -> std::io::Result<usize> {
        let mut searched = from;
        loop {
            let found = memchr::memchr(b'\n', &self.kept[searched - self.start..]);
            if let Some(at) = found {
                return Ok(searched + at + 1);
            }
            searched = self.end();
            if self.fill(CHUNK_BYTES)? == 0 {
                return Ok(searched);
            }
        }
    }

    /// Reads up to `most` further bytes of the source; says how many.
    fn fill(&mut self, most: usize) -> std::io::Result<usize> {
        let before = self.kept.len();
        self.kept.resize(before + most, 0);
        let read = loop {
            match self.source.read(&mut self.kept[before..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.kept.truncate(before + *read.as_ref().unwrap_or(&0));
        read
    }
}

impl Read for Tee<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.end() {
            self.fill(buffer.len())?;
        }
        let from = self.at - self.start;
        let size = buffer.len().min(self.kept.len() - from);
        buffer[..size].copy_from_slice(&self.kept[from..from + size]);
        self.at += size;
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_can_be_read_again_until_it_is_forgotten() {
        let text: Vec<u8> = (0..1_000_000u32).map(|n| (n % 251) as u8).collect();
        let mut tee = Tee::new(Box::new(text.as_slice()));
        let mut buffer = vec![0; 700_000];
        tee.read_exact(&mut buffer).expect("reads from memory");
        assert_eq!(tee.slice(300_000, 700_000), &text[300_000..700_000]);
        tee.forget(600_000);
        tee.go_to(650_000);
        let mut rest = Vec::new();
        tee.read_to_end(&mut rest).expect("reads from memory");
        assert_eq!(rest, &text[650_000..]);
        assert_eq!(tee.end(), text.len());
    }

    #[test]
    fn lines_are_found_past_what_was_read() {
        let text = format!("{}\nx", "a".repeat(CHUNK_BYTES * 2));
        let mut tee = Tee::new(Box::new(text.as_bytes()));
        let end = tee.line_end(0).expect("reads from memory");
        assert_eq!(end, CHUNK_BYTES * 2 + 1);
        assert_eq!(tee.line_end(end).ok(), Some(end + 1));
        assert_eq!(tee.line_end(end + 1).ok(), Some(end + 1));
    }
}
