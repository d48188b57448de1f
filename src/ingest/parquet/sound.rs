//! Whether a Parquet file's own figures can be: the reader asks for as much memory as they say, and a program that does not
//! get it ends. So the footer and the headers of all pages are walked before; their contents are not looked at.

use super::super::unpack::{ALWAYS, MOST_TIMES};
use super::layout::{FOOTER, PAGE, SCHEMA_ELEMENT};
use super::thrift::{Kind, Walker};
use std::ops::Range;

/// The end of a file: the footer's length and the magic bytes.
const TAIL: usize = 8;
/// Groups in groups that a column may stand in. Lists are two deep; what is deeper has no text anyway, and the reader takes
/// a piece of the stack for each.
const DEEPEST_GROUP: usize = 16;
/// Bytes that a cell takes at least once it is read.
const CELL: u64 = 16;
/// Bytes that a page may unpack to, whatever its size. Writers make pages of one MiB; some make one of a whole row group.
const PAGE_ALWAYS: i64 = 64 << 20;
/// Times its size that a page may unpack to beyond that: what gzip can do at most.
const PAGE_TIMES: i64 = 1032;

/// Fields of the footer and of a schema's element.
const SCHEMA: i16 = 2;
const WIDTH: i16 = 2;
const CHILDREN: i16 = 5;
/// Fields of a page's header: its kind, its sizes, and the headers of data pages, dictionary pages and data pages of version 2.
const PAGE_KIND: i16 = 1;
const UNPACKED: i16 = 2;
const PACKED: i16 = 3;
const DATA: i16 = 5;
const DICTIONARY: i16 = 7;
const DATA_2: i16 = 8;

/// What a footer says of the columns.
pub struct Schema {
    /// Bytes of the widest values of a fixed width; nothing when there are none.
    widest: u64,
}

impl Schema {
    /// Whether a file of so many bytes can hold so many cells: columns without values and repeated values take next to no
    /// room in the file, but all of it in memory.
    pub fn may_hold(&self, cells: u64, size: usize) -> bool {
        let most = (2 * ALWAYS).max((size as u64).saturating_mul(MOST_TIMES));
        cells.saturating_mul(self.widest.max(CELL)) <= most
    }
}

/// The footer's schema, when every list and text of the footer can be as long as it says, and is what the format has there.
pub fn footer(file: &[u8]) -> Option<Schema> {
    let end = file.len().checked_sub(TAIL)?;
    let length = file[end..].first_chunk().map(|bytes| u32::from_le_bytes(*bytes) as usize)?;
    let mut walker = Walker { bytes: &file[end.checked_sub(length)?..end] };
    let (mut field, mut schema) = (0, Schema { widest: 0 });
    loop {
        let told;
        (field, told) = walker.field(field)?;
        match (told, FOOTER.iter().find(|(number, _)| *number == field)) {
            (0, _) => return Some(schema),
            (9, _) if field == SCHEMA => schema = elements(&mut walker)?,
            (told, Some((_, kind))) if kind.is(told) => walker.known(*kind, 0)?,
            (_, Some(_)) => return None,
            (1 | 2, None) => {}
            (told, None) => walker.value(told, 0)?,
        }
    }
}

/// The elements of a schema: a tree, in which each element says how many of the next ones stand in it.
fn elements(walker: &mut Walker<'_>) -> Option<Schema> {
    let (count, told) = walker.list()?;
    if count > 0 && !Kind::Struct(SCHEMA_ELEMENT).is(told) {
        return None;
    }
    let mut schema = Schema { widest: 0 };
    // How many elements are still to come in each group that is open.
    let mut open: Vec<i64> = Vec::new();
    for _ in 0..count {
        let found = walker.numbers(SCHEMA_ELEMENT)?;
        let number = |field| found.get(&(field, 0)).copied().unwrap_or(0);
        schema.widest = schema.widest.max(u64::try_from(number(WIDTH)).ok()?);
        let children = number(CHILDREN);
        if !(0..count as i64).contains(&children) {
            return None;
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        open.push(children);
        while open.last() == Some(&0) {
            open.pop();
        }
        if open.len() > DEEPEST_GROUP {
            return None;
        }
    }
    Some(schema)
}

/// Whether the pages of a column chunk fit into its bytes and hold no more values than it says.
pub fn has_sound_pages(file: &[u8], range: Range<u64>, values: i64) -> bool {
    let place = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
    let Some(bytes) = place.and_then(|(start, end)| file.get(start..end)) else { return false };
    let mut walker = Walker { bytes };
    let mut left = values;
    // A dictionary is read even where no values are told.
    let mut is_first = !bytes.is_empty();
    while left > 0 || is_first {
        is_first = false;
        let Some(count) = page(&mut walker) else { return false };
        if !(0..=left).contains(&count) {
            return false;
        }
        left -= count;
    }
    left == 0
}

/// Passes a page. How many values it holds; nothing where its sizes cannot be.
fn page(walker: &mut Walker<'_>) -> Option<i64> {
    let found = walker.numbers(PAGE)?;
    let number = |outer: i16, inner: i16| found.get(&(outer, inner)).copied();
    let (packed, unpacked) = (number(PACKED, 0)?, number(UNPACKED, 0)?);
    let most = PAGE_ALWAYS.max(packed.saturating_mul(PAGE_TIMES));
    if !(0..=most.min(i64::from(i32::MAX))).contains(&unpacked) {
        return None;
    }
    walker.bytes = walker.bytes.get(usize::try_from(packed).ok()?..)?;
    // The first field of each header is how many values there are.
    match number(PAGE_KIND, 0)? {
        0 => number(DATA, 1),
        3 => number(DATA_2, 1),
        // Every entry of a dictionary takes a byte at least: texts have four for their length.
        2 => (0..=unpacked).contains(&number(DICTIONARY, 1)?).then_some(0),
        _ => Some(0),
    }
}
