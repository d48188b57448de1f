use super::{Arena, Flat, MISSING, Room};
use foldhash::fast::FixedState;
use std::hash::BuildHasher;

/// One value per record, stored as codes into the list of distinct values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// One code per record; empty when the column is missing for every record.
    codes: Flat<u32>,
    /// Distinct values; position 0 is the empty string.
    values: Arena,
    /// How many records hold each distinct value.
    counts: Flat<u32>,
}

impl Default for Column {
    fn default() -> Self {
        Self::missing()
    }
}

impl Column {
    /// A column in which every value is missing.
    pub fn missing() -> Self {
        let mut values = Arena::new();
        values.push("");
        Self { codes: Flat::default(), values, counts: vec![0].into() }
    }

    /// Builds a column from one value per record.
    pub fn from_values<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut builder = ColumnBuilder::new();
        for value in values {
            builder.push(value);
        }
        builder.finish()
    }

    /// The code of a record's value; [`MISSING`] when it has none.
    #[inline]
    pub fn code(&self, record: u32) -> u32 {
        if self.codes.is_empty() { MISSING } else { self.codes[record as usize] }
    }

    /// A record's value; empty when it has none.
    #[inline]
    pub fn get(&self, record: u32) -> &str {
        self.values.get(self.code(record))
    }

    /// The distinct value behind a code.
    #[inline]
    pub fn value(&self, code: u32) -> &str {
        self.values.get(code)
    }

    /// How many records hold the value behind a code.
    #[inline]
    pub fn count(&self, code: u32) -> u32 {
        self.counts[code as usize]
    }

    /// How many records hold a value that is not missing.
    pub fn filled(&self) -> u64 {
        if self.codes.is_empty() { 0 } else { self.codes.len() as u64 - u64::from(self.counts[0]) }
    }

    /// How many distinct values there are, the missing one included.
    #[inline]
    pub fn distinct(&self) -> usize {
        self.values.len()
    }

    /// Whether no record has a value.
    pub fn is_missing(&self) -> bool {
        self.filled() == 0
    }

    /// The codes, one per record (empty when all are missing).
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The distinct values in order of code.
    pub fn values(&self) -> &Arena {
        &self.values
    }

    /// A new column with each distinct value replaced; equal results share a code.
    ///
    /// `map` gets each distinct value once. Used where a transformation does not depend on the record.
    pub fn map_distinct(&self, mut map: impl FnMut(&str) -> String) -> Column {
        let mut builder = ColumnBuilder::new();
        let new_code: Vec<u32> = self.values.iter().map(|value| builder.intern(&map(value))).collect();
        for &code in self.codes.iter() {
            builder.push_code(new_code[code as usize]);
        }
        builder.finish()
    }

    /// Bytes held in memory, for estimates.
    pub fn heap_bytes(&self) -> usize {
        self.codes.heap_bytes() + self.counts.heap_bytes() + self.values.heap_bytes()
    }

    /// Puts the column where it belongs.
    pub fn keep_in(&mut self, room: &Room) {
        room.keep(&mut self.codes);
        room.keep(&mut self.counts);
        self.values.keep_in(room);
    }
}

/// A place in the builder's table. The hash stands beside the code, so that other values are passed over, and the
/// table grows, without a look at their text.
#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u32,
    /// Code + 1; 0 = free.
    code: u32,
}

/// Slots from which on a table is too large for the caches next to a core (a megabyte).
const FAR_SLOTS: usize = 128 * 1024;

/// Values looked up side by side: as many reads as a core has under way at a time, about.
const BLOCK: usize = 16;

/// Builds a [`Column`] value by value. Codes are given in order of first appearance.
pub struct ColumnBuilder {
    codes: Vec<u32>,
    values: Arena,
    counts: Vec<u32>,
    /// Open-addressed table.
    slots: Vec<Slot>,
    hasher: FixedState,
}

impl Default for ColumnBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl ColumnBuilder {
    /// A builder that holds only the missing value.
    pub fn new() -> Self {
        let mut builder = Self {
            codes: Vec::new(),
            values: Arena::new(),
            counts: Vec::new(),
            slots: vec![Slot::default(); 64],
            hasher: FixedState::with_seed(0x5eed),
        };
        builder.intern("");
        builder
    }

    /// The code of a value, giving it a new one when it was not seen before. Adds no record.
    pub fn intern(&mut self, value: &str) -> u32 {
        // Three quarters full: linear probing stays short, and half as much memory is used as at one half.
        if (self.values.len() + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        // 32 bits of the hash are enough: a column has fewer than 2^32 values, and equal hashes are only looked at twice.
        let hash = self.hasher.hash_one(value.as_bytes()) as u32;
        self.find(value, hash)
    }

    /// The code of a value with this hash; there is room for it.
    #[inline]
    fn find(&mut self, value: &str, hash: u32) -> u32 {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.code == 0 {
                break;
            }
            if slot.hash == hash && self.values.get(slot.code - 1) == value {
                return slot.code - 1;
            }
            at = (at + 1) & mask;
        }
        let code = self.values.push(value);
        self.counts.push(0);
        self.slots[at] = Slot { hash, code: code + 1 };
        code
    }

    /// The codes of many values, as [`Self::intern`] gives them one by one.
    ///
    /// A lookup of a new value waits for memory. Here some are looked up side by side, so that they wait together; where most
    /// values were seen before, one by one is faster.
    pub fn intern_all<'v>(
        &mut self,
        values: impl IntoIterator<Item = &'v str>,
        mut each: impl FnMut(&mut Self, u32),
    ) {
        let mut values = values.into_iter();
        let mut block: [(&str, u32); BLOCK] = [("", 0); BLOCK];
        loop {
            let mut count = 0;
            for (place, value) in block.iter_mut().zip(values.by_ref()) {
                *place = (value, self.hasher.hash_one(value.as_bytes()) as u32);
                count += 1;
            }
            while (self.values.len() + count) * 4 > self.slots.len() * 3 {
                self.grow();
            }
            let block = &block[..count];
            let mask = self.slots.len() - 1;
            // Nothing is done with what is read: it is only to be in the cache afterwards.
            let mut near = 0;
            for (_, hash) in block {
                let slot = self.slots[*hash as usize & mask];
                if slot.hash == *hash && slot.code > 0 {
                    near ^= self.values.get(slot.code - 1).as_bytes().first().copied().unwrap_or_default();
                }
            }
            std::hint::black_box(near);
            for (value, hash) in block {
                let code = self.find(value, *hash);
                each(self, code);
            }
            if count < BLOCK {
                return;
            }
        }
    }

    /// Adds all records of another column.
    pub(crate) fn append(&mut self, other: &Column, records: u32) {
        if other.codes.is_empty() {
            self.counts[MISSING as usize] += records;
            self.codes.extend(std::iter::repeat_n(MISSING, records as usize));
            return;
        }
        let mut codes = Vec::with_capacity(other.distinct());
        self.intern_all(other.values.iter(), |builder, code| {
            builder.counts[code as usize] += other.counts[codes.len()];
            codes.push(code);
        });
        self.codes.extend(other.codes.iter().map(|&code| codes[code as usize]));
    }

    /// Adds a record with this value.
    #[inline]
    pub fn push(&mut self, value: &str) {
        let code = self.intern(value);
        self.push_code(code);
    }

    /// Adds a record for each value.
    ///
    /// Side by side, as by [`Self::intern_all`], where that pays: in a column of many values that are mostly new.
    pub fn push_all<'v>(&mut self, values: impl IntoIterator<Item = &'v str>) {
        let is_large = self.slots.len() >= FAR_SLOTS;
        if is_large && self.values.len() * 2 > self.codes.len() {
            self.intern_all(values, Self::push_code);
        } else {
            values.into_iter().for_each(|value| self.push(value));
        }
    }

    /// Adds a record with a value that has a code already.
    #[inline]
    pub fn push_code(&mut self, code: u32) {
        self.counts[code as usize] += 1;
        self.codes.push(code);
    }

    /// How many records were added.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether no record was added.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The finished column, without spare capacity.
    pub fn finish(mut self) -> Column {
        self.values.shrink_to_fit();
        self.codes.shrink_to_fit();
        self.counts.shrink_to_fit();
        let all_missing = self.counts[0] as usize == self.codes.len();
        let codes = if all_missing { Vec::new() } else { self.codes };
        Column { codes: codes.into(), values: self.values, counts: self.counts.into() }
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let mask = size - 1;
        let mut slots = vec![Slot::default(); size];
        for slot in self.slots.iter().filter(|slot| slot.code != 0) {
            let mut at = slot.hash as usize & mask;
            while slots[at].code != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_a_code_and_are_counted() {
        let column = Column::from_values(["b", "a", "", "b"]);
        assert_eq!(column.code(0), column.code(3));
        assert_eq!(column.code(2), MISSING);
        assert_eq!(column.count(column.code(0)), 2);
        assert_eq!(column.filled(), 3);
        assert_eq!(column.distinct(), 3);
        assert_eq!(column.get(1), "a");
    }

    #[test]
    fn a_column_without_values_costs_no_codes() {
        let column = Column::from_values(["", ""]);
        assert!(column.codes().is_empty());
        assert!(column.is_missing());
        assert_eq!(column.get(1), "");
    }

    #[test]
    fn the_default_is_a_missing_column() {
        let column = Column::default();
        assert_eq!(column, Column::missing());
        assert_eq!((column.get(7), column.distinct(), column.filled()), ("", 1, 0));
    }

    #[test]
    fn mapping_distinct_values_joins_equal_results() {
        let column = Column::from_values(["A", "a", "B"]).map_distinct(str::to_lowercase);
        assert_eq!(column.code(0), column.code(1));
        assert_eq!(column.count(column.code(0)), 2);
    }

    #[test]
    fn many_at_once_are_the_same_as_one_by_one() {
        let values: Vec<String> = (0..3_000).map(|n| format!("v{}", n * n % 777)).collect();
        let values = || values.iter().map(String::as_str).chain(["", "v1", ""]);
        let mut builder = ColumnBuilder::new();
        builder.intern_all(values(), ColumnBuilder::push_code);
        builder.intern_all([], ColumnBuilder::push_code);
        let whole = builder.finish();
        assert_eq!(whole, Column::from_values(values()));
        let mut joined = ColumnBuilder::new();
        joined.append(&whole, 3_003);
        joined.append(&Column::missing(), 2);
        joined.append(&whole, 3_003);
        assert_eq!(joined.finish(), Column::from_values(values().chain(["", ""]).chain(values())));
    }

    #[test]
    fn many_values_survive_growth() {
        let values: Vec<String> = (0..10_000).map(|n| format!("v{}", n % 5_000)).collect();
        let column = Column::from_values(values.iter().map(String::as_str));
        assert_eq!(column.distinct(), 5_001);
        assert!(values.iter().enumerate().all(|(record, value)| column.get(record as u32) == value));
    }
}
