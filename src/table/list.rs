use super::{Column, ColumnBuilder, Flat, Room};

/// Zero or more values per record (e-mail addresses, telephone numbers), coded like a [`Column`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListColumn {
    /// Where each record's entries start; one longer than the records. Empty when all lists are empty.
    offsets: Flat<u32>,
    /// One code per entry, records one after another, in order and without repeats inside a record.
    entries: Column,
}

impl Default for ListColumn {
    fn default() -> Self {
        Self::missing()
    }
}

impl ListColumn {
    /// A column in which every list is empty.
    pub fn missing() -> Self {
        Self { offsets: Flat::default(), entries: Column::missing() }
    }

    /// The codes of a record's values, in their order in the source.
    #[inline]
    pub fn codes(&self, record: u32) -> &[u32] {
        if self.offsets.is_empty() {
            return &[];
        }
        let (start, end) = (self.offsets[record as usize], self.offsets[record as usize + 1]);
        &self.entries.codes()[start as usize..end as usize]
    }

    /// A record's values.
    pub fn get(&self, record: u32) -> impl Iterator<Item = &str> {
        self.codes(record).iter().map(|&code| self.entries.value(code))
    }

    /// The distinct value behind a code.
    #[inline]
    pub fn value(&self, code: u32) -> &str {
        self.entries.value(code)
    }

    /// How many records hold the value behind a code.
    #[inline]
    pub fn count(&self, code: u32) -> u32 {
        self.entries.count(code)
    }

    /// How many distinct values there are, the missing one (code 0, in no list) included.
    pub fn distinct(&self) -> usize {
        self.entries.distinct()
    }

    /// Whether every list is empty.
    pub fn is_missing(&self) -> bool {
        self.offsets.is_empty()
    }

    /// All entries, flattened.
    pub fn entries(&self) -> &Column {
        &self.entries
    }

    /// Bytes held in memory, for estimates.
    pub fn heap_bytes(&self) -> usize {
        self.offsets.heap_bytes() + self.entries.heap_bytes()
    }

    /// Puts the column where it belongs.
    pub fn keep_in(&mut self, room: &Room) {
        room.keep(&mut self.offsets);
        self.entries.keep_in(room);
    }
}

/// Builds a [`ListColumn`] record by record.
#[derive(Default)]
pub struct ListColumnBuilder {
    offsets: Vec<u32>,
    entries: ColumnBuilder,
    open: Vec<u32>,
}

impl ListColumnBuilder {
    /// A builder without records.
    pub fn new() -> Self {
        Self { offsets: vec![0], ..Self::default() }
    }

    /// The code of a value, giving it a new one when it was not seen before.
    pub fn intern(&mut self, value: &str) -> u32 {
        self.entries.intern(value)
    }

    /// The codes of many values, handed over one by one.
    pub fn intern_all<'v>(&mut self, values: impl IntoIterator<Item = &'v str>, mut each: impl FnMut(u32)) {
        self.entries.intern_all(values, |_, code| each(code));
    }

    /// Adds a value to the record being built; empty values and repeats are passed over.
    pub fn add(&mut self, value: &str) {
        if !value.is_empty() {
            let code = self.entries.intern(value);
            self.add_code(code);
        }
    }

    /// Adds a value that has a code already; the missing code and repeats are passed over.
    pub fn add_code(&mut self, code: u32) {
        if code != super::MISSING && !self.open.contains(&code) {
            self.open.push(code);
        }
    }

    /// Ends the record being built and begins the next.
    pub fn end_record(&mut self) {
        for &code in &self.open {
            self.entries.push_code(code);
        }
        self.open.clear();
        self.offsets.push(self.entries.len() as u32);
    }

    /// The finished column.
    pub fn finish(mut self) -> ListColumn {
        if self.entries.is_empty() {
            return ListColumn::missing();
        }
        self.offsets.shrink_to_fit();
        ListColumn { offsets: self.offsets.into(), entries: self.entries.finish() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_order_and_drop_repeats() {
        let mut builder = ListColumnBuilder::new();
        builder.add("b");
        builder.add("a");
        builder.add("b");
        builder.end_record();
        builder.end_record();
        builder.add("a");
        builder.end_record();
        let column = builder.finish();
        assert_eq!(column.get(0).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(column.codes(1), &[] as &[u32]);
        assert_eq!(column.codes(2), &column.codes(0)[1..]);
        assert_eq!(column.count(column.codes(2)[0]), 2);
    }

    #[test]
    fn empty_lists_everywhere_cost_nothing() {
        let mut builder = ListColumnBuilder::new();
        builder.end_record();
        assert_eq!(builder.finish(), ListColumn::missing());
    }
}
