/// Append-only store of strings in one buffer; a string is found again by its position.
///
/// Holds at most 4 GiB of text (offsets are 32 bits); [`Arena::push`] panics past that, which a single
/// column of a run cannot reach before `--memory` is exhausted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arena {
    bytes: String,
    ends: Vec<u32>,
}

impl Arena {
    /// An arena that holds nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a string and returns its position.
    pub fn push(&mut self, value: &str) -> u32 {
        let at = self.ends.len() as u32;
        self.bytes.push_str(value);
        let end = u32::try_from(self.bytes.len()).expect("a column holds at most 4 GiB of distinct text");
        self.ends.push(end);
        at
    }

    /// The string at a position.
    #[inline]
    pub fn get(&self, at: u32) -> &str {
        let at = at as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.bytes[start..self.ends[at] as usize]
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

    /// Bytes held, for memory estimates.
    pub fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 4
    }

    /// Gives back spare capacity.
    pub fn shrink_to_fit(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
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
