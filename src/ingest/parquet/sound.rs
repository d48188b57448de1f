//! Whether a Parquet file's own figures can be: the reader asks for as much memory as they say, and a program that does not
//! get it ends. So the footer and the headers of all pages are walked before; their contents are not looked at.
//!
//! Both are Thrift structs in the compact protocol (thrift.apache.org, `thrift-compact-protocol.md`).

use std::collections::HashMap;
use std::ops::Range;

/// Structs in structs; the format has five.
const DEEPEST: usize = 24;
/// The end of a file: the footer's length and the magic bytes.
const TAIL: usize = 8;
/// Fields of a page's header: sizes, and the headers of data pages, dictionary pages and data pages of version 2.
const UNPACKED: i16 = 2;
const PACKED: i16 = 3;
const DATA: i16 = 5;
const DICTIONARY: i16 = 7;
const DATA_2: i16 = 8;

/// Whole numbers of a struct by field (and 0); those of structs in it by both fields.
type Numbers = HashMap<(i16, i16), i64>;

/// Whether every list and text of the footer can be as long as it says.
pub fn has_sound_footer(file: &[u8]) -> bool {
    let Some(end) = file.len().checked_sub(TAIL) else { return false };
    let Some(length) = file[end..].first_chunk().map(|bytes| u32::from_le_bytes(*bytes) as usize) else {
        return false;
    };
    let Some(start) = end.checked_sub(length) else { return false };
    let mut walker = Walker { bytes: &file[start..end] };
    walker.structure(0, None, &mut Numbers::new()).is_some()
}

/// Whether the pages of a column chunk fit into its bytes and hold no more values than it says.
pub fn has_sound_pages(file: &[u8], range: Range<u64>, values: i64) -> bool {
    let place = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
    let Some(bytes) = place.and_then(|(start, end)| file.get(start..end)) else { return false };
    let mut walker = Walker { bytes };
    let mut left = values;
    while left > 0 {
        let mut found = Numbers::new();
        if walker.structure(0, None, &mut found).is_none() {
            return false;
        }
        let number = |outer: i16, inner: i16| found.get(&(outer, inner)).copied();
        let packed = number(PACKED, 0).and_then(|size| usize::try_from(size).ok());
        let fits = packed.filter(|&size| size <= walker.bytes.len());
        let is_size = number(UNPACKED, 0).is_some_and(|size| size >= 0);
        let (Some(packed), true) = (fits, is_size) else { return false };
        // The first field of each of these is how many values there are.
        let count = number(DATA, 1).or(number(DATA_2, 1));
        let entries = number(DICTIONARY, 1).unwrap_or(0);
        if !(0..=i64::from(i32::MAX)).contains(&entries)
            || count.is_some_and(|count| !(0..=left).contains(&count))
        {
            return false;
        }
        left -= count.unwrap_or(0);
        walker.bytes = &walker.bytes[packed..];
    }
    true
}

/// Walks over values; nothing where the bytes end before.
struct Walker<'a> {
    bytes: &'a [u8],
}

impl Walker<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn pass(&mut self, count: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A number whose sign is its last bit.
    fn number(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// Walks over a struct and keeps its numbers; `outer` is the field it stands in.
    fn structure(&mut self, depth: usize, outer: Option<i16>, found: &mut Numbers) -> Option<()> {
        let mut field = 0i16;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            field = match head >> 4 {
                0 => i16::try_from(self.number()?).ok()?,
                step => field.checked_add(i16::from(step))?,
            };
            match head & 0x0F {
                // True and false.
                1 | 2 => {}
                4..=6 => {
                    let number = self.number()?;
                    if depth <= 1 {
                        found.insert(outer.map_or((field, 0), |outer| (outer, field)), number);
                    }
                }
                12 if depth < DEEPEST => self.structure(depth + 1, outer.or(Some(field)), found)?,
                kind => self.value(kind, depth)?,
            }
        }
    }

    fn value(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            1..=3 => self.pass(1),
            4..=6 => self.varint().map(drop),
            7 => self.pass(8),
            8 => {
                let length = self.varint()?;
                self.pass(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let length = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                // Every element takes a byte at least.
                if length > self.bytes.len() as u64 || depth >= DEEPEST {
                    return None;
                }
                (0..length).try_for_each(|_| self.value(head & 0x0F, depth + 1))
            }
            11 => {
                let length = self.varint()?;
                if length > self.bytes.len() as u64 || depth >= DEEPEST {
                    return None;
                }
                let kinds = if length > 0 { self.byte()? } else { 0 };
                (0..length).try_for_each(|_| {
                    self.value(kinds >> 4, depth + 1)?;
                    self.value(kinds & 0x0F, depth + 1)
                })
            }
            12 if depth < DEEPEST => self.structure(depth + 1, Some(0), &mut Numbers::new()),
            _ => None,
        }
    }
}
