/// Pairs whose match probability is at least the floor, ordered by (a, b), a < b.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Links {
    /// The record with the smaller number.
    pub a: Vec<u32>,
    /// The record with the larger number.
    pub b: Vec<u32>,
    /// Match weight in micro-bits (log2 likelihood ratio × 1e6), prior included.
    pub weight: Vec<i64>,
    /// Match probability.
    pub probability: Vec<f32>,
    /// Packed comparison levels (see `compare`), 4 bits a comparison, first comparison lowest.
    pub pattern: Vec<u64>,
    /// The blocking rule that made the pair (position in the plan).
    pub rule: Vec<u8>,
}

impl Links {
    /// How many links.
    pub fn len(&self) -> usize {
        self.a.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.a.is_empty()
    }
}
