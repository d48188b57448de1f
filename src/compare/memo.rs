//! Levels of value pairs that were compared before.

/// Remembers the level of pairs of distinct values; small, direct-mapped, one per thread.
///
/// A pair of codes that falls on a taken place replaces it, so the memory is fixed and the result never depends on
/// what was remembered.
pub struct Memo {
    keys: Vec<u64>,
    levels: Vec<u8>,
}

/// Places in a memo: 9 bytes each, so that the memo stays in the second-level cache.
const PLACES: usize = 1 << 15;

impl Default for Memo {
    fn default() -> Self {
        Self { keys: vec![u64::MAX; PLACES], levels: vec![0; PLACES] }
    }
}

impl Memo {
    /// An empty memo.
    pub fn new() -> Self {
        Self::default()
    }

    /// The level of a pair of codes under `space` (which comparison), computed when it is not remembered. `compute`
    /// must be symmetric.
    #[inline]
    pub fn level(&mut self, space: u8, a: u32, b: u32, compute: impl FnOnce() -> u8) -> u8 {
        let (low, high) = (a.min(b), a.max(b));
        // Codes stay below 2^28 (268 million distinct values), so that this is one word without loss.
        debug_assert!(high < 1 << 28);
        let key = u64::from(space) << 56 | u64::from(low) << 28 | u64::from(high);
        let place = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 49) as usize & (PLACES - 1);
        if self.keys[place] == key {
            return self.levels[place];
        }
        let level = compute();
        self.keys[place] = key;
        self.levels[place] = level;
        level
    }
}
