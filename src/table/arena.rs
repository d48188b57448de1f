use super::{Flat, Room};

/// Bytes of text after which ends begin again at 0. Small in unit tests, so that all of them cross it.
const WRAP: u64 = if cfg!(test) { 1 << 7 } else { 1 << 32 };

/// Append-only store of strings in one buffer; a string is found again by its position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arena {
    bytes: Flat<u8>,
    /// Where each string ends, less the multiples of [`WRAP`] that `wraps` tells: half as many bytes as whole offsets.
    ends: Flat<u32>,
    /// Positions of strings whose end passed a multiple of [`WRAP`], ascending; once for each multiple.
    wraps: Vec<u32>,
}

impl Arena {
    /// An arena that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a string and returns its position.
    pub fn push(&mut self, value: &str) -> u32 {
        let at = self.ends.len() as u32;
        let bytes = self.bytes.to_mut();
        let before = bytes.len() as u64 / WRAP;
        bytes.extend_from_slice(value.as_bytes());
        let end = bytes.len() as u64;
        for _ in before..end / WRAP {
            self.wraps.push(at);
        }
        self.ends.to_mut().push((end % WRAP) as u32);
        at
    }

    /// What the end of a string is short of.
    #[cold]
    fn wrapped(&self, at: u32) -> usize {
        self.wraps.partition_point(|&wrap| wrap <= at) * WRAP as usize
    }

    /// The string at a position.
    #[inline]
    pub fn get(&self, at: u32) -> &str {
        let ends: &[u32] = &self.ends;
        let mut end = ends[at as usize] as usize;
        let mut start = if at == 0 { 0 } else { ends[at as usize - 1] as usize };
        if !self.wraps.is_empty() {
            end += self.wrapped(at);
            start += at.checked_sub(1).map_or(0, |before| self.wrapped(before));
        }
        let bytes = &self.bytes[start..end];
        // SAFETY: whole strings were pushed, and ends are where they end.
        unsafe { std::str::from_utf8_unchecked(bytes) }
    }

    /// How many strings are stored.
    #[inline]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing is stored.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All strings in order of position.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|at| self.get(at))
    }

    /// Bytes of text stored.
    pub fn text_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes held in memory, for estimates.
    pub fn heap_bytes(&self) -> usize {
        self.bytes.heap_bytes() + self.ends.heap_bytes()
    }

    /// Gives back spare capacity.
    pub fn shrink_to_fit(&mut self) {
        self.bytes.to_mut().shrink_to_fit();
        self.ends.to_mut().shrink_to_fit();
    }

    /// Puts the strings where they belong. To be called when no more are pushed.
    pub fn keep_in(&mut self, room: &Room) {
        room.keep(&mut self.bytes);
        room.keep(&mut self.ends);
    }
}

impl std::ops::Index<usize> for Arena {
    type Output = str;

    #[inline]
    fn index(&self, at: usize) -> &str {
        // Positions are 32 bits wide; a larger one is past the end, which `get` refuses.
        self.get(u32::try_from(at).unwrap_or(u32::MAX))
    }
}

impl<S: AsRef<str>> Extend<S> for Arena {
    fn extend<I: IntoIterator<Item = S>>(&mut self, values: I) {
        for value in values {
            self.push(value.as_ref());
        }
    }
}

impl<S: AsRef<str>> FromIterator<S> for Arena {
    fn from_iter<I: IntoIterator<Item = S>>(values: I) -> Self {
        let mut arena = Self::new();
        arena.extend(values);
        arena
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_may_be_longer_than_an_end_is_wide() {
        let long = "ä".repeat(WRAP as usize);
        let values: Vec<String> =
            (0..500).map(|n| format!("v{n}")).chain([long, String::new(), "end".into()]).collect();
        let mut arena: Arena = values.iter().collect();
        assert!(arena.text_bytes() as u64 > 5 * WRAP);
        assert_eq!(arena.iter().collect::<Vec<_>>(), values);
        let dir = tempfile::tempdir().unwrap();
        arena.keep_in(&Room::with_smallest(dir.path(), 1));
        assert_eq!(arena.heap_bytes(), 0);
        assert_eq!(arena.iter().collect::<Vec<_>>(), values);
        assert_eq!(arena.push("more"), 503);
        assert_eq!(arena.get(503), "more");
    }

    #[test]
    fn strings_come_back_by_position() {
        let mut arena = Arena::new();
        let a = arena.push("");
        let b = arena.push("Zoë");
        let c = arena.push("x");
        assert_eq!((arena.get(a), arena.get(b), arena.get(c)), ("", "Zoë", "x"));
        assert_eq!(arena.len(), 3);
        assert_eq!(arena.iter().collect::<Vec<_>>(), ["", "Zoë", "x"]);
        assert_eq!(&arena[1], "Zoë");
        assert_eq!(arena, ["", "Zoë", "x"].into_iter().collect());
    }
}
