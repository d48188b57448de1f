//! Whether a Parquet file's own figures can be: the reader asks for as much memory as they say, and a program that does not
//! get it ends. So the footer and the headers of all pages are walked before; their contents are not looked at.

use super::super::unpack::{ALWAYS, MOST_TIMES};
use super::delta::Texts;
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
/// The encoding of texts with shared beginnings.
const DELTA_BYTE_ARRAY: i64 = 7;

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
pub fn has_sound_pages(file: &[u8], range: Range<u64>, values: i64, texts: Texts) -> bool {
    let place = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
    let Some(bytes) = place.and_then(|(start, end)| file.get(start..end)) else { return false };
    let mut walker = Walker { bytes };
    let mut left = values;
    // A dictionary is read even where no values are told.
    let mut is_first = !bytes.is_empty();
    while left > 0 || is_first {
        is_first = false;
        let Some(count) = page(&mut walker, texts) else { return false };
        if !(0..=left).contains(&count) {
            return false;
        }
        left -= count;
    }
    left == 0
}

/// Passes a page. How many values it holds; nothing where its sizes cannot be.
fn page(walker: &mut Walker<'_>, texts: Texts) -> Option<i64> {
    let found = walker.numbers(PAGE)?;
    let number = |outer: i16, inner: i16| found.get(&(outer, inner)).copied();
    let (packed, unpacked) = (number(PACKED, 0)?, number(UNPACKED, 0)?);
    let most = PAGE_ALWAYS.max(packed.saturating_mul(PAGE_TIMES));
    if !(0..=most.min(i64::from(i32::MAX))).contains(&unpacked) {
        return None;
    }
    let content = walker.take(u64::try_from(packed).ok()?)?;
    let has_lengths = |kind: i16, field: i16| number(kind, field) == Some(DELTA_BYTE_ARRAY);
    let levels = || usize::try_from(number(DATA_2, 5)?.checked_add(number(DATA_2, 6)?)?).ok();
    // The first field of each header is how many values there are.
    match number(PAGE_KIND, 0)? {
        0 if has_lengths(DATA, 2) && !texts.are_sound(content, None) => None,
        0 => number(DATA, 1),
        3 if has_lengths(DATA_2, 4) && !texts.are_sound(content, Some(levels()?)) => None,
        3 => number(DATA_2, 1),
        // Every entry of a dictionary takes a byte at least: texts have four for their length.
        2 => (0..=unpacked).contains(&number(DICTIONARY, 1)?).then_some(0),
        _ => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file whose footer is this struct of version 1, the fields behind it given as bytes.
    fn file(fields: &[u8]) -> Vec<u8> {
        let footer = [&[0x15, 0x02], fields, &[0x00]].concat();
        let length = (footer.len() as u32).to_le_bytes();
        [b"PAR1", &footer[..], &length, b"PAR1"].concat()
    }

    /// The field of a schema with these elements, up to 127.
    fn schema(elements: &[&[u8]]) -> Vec<u8> {
        [&[0x19, 0xFC, elements.len() as u8], &elements.concat()[..]].concat()
    }

    const ROOT: &[u8] = &[0x48, 1, b'r', 0x15, 0x02, 0x00];
    const GROUP: &[u8] = &[0x35, 0x00, 0x18, 1, b'g', 0x15, 0x02, 0x00];
    const NUMBER: &[u8] = &[0x15, 0x02, 0x25, 0x00, 0x18, 1, b'x', 0x00];
    /// Values of 2^31 - 1 bytes each.
    const WIDE: &[u8] = &[0x15, 0x0E, 0x15, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0x15, 0x00, 0x18, 1, b'x', 0x00];

    /// The reader calls itself for each group, and ended the program when there were too many.
    #[test]
    fn groups_in_groups_have_an_end() {
        let nested = |groups: usize| {
            let elements = [&[ROOT], &vec![GROUP; groups][..], &[NUMBER]].concat();
            footer(&file(&schema(&elements))).is_some()
        };
        assert!(nested(0) && nested(3));
        assert!(!nested(DEEPEST_GROUP) && !nested(120));
    }

    /// The reader asked for room for all values at once, and ended the program.
    #[test]
    fn cells_that_no_file_of_its_size_holds_are_refused() {
        let narrow = footer(&file(&schema(&[ROOT, NUMBER]))).expect("a sound footer");
        assert!(narrow.may_hold(1_000_000, 100) && !narrow.may_hold(1 << 31, 100));
        let wide = footer(&file(&schema(&[ROOT, WIDE]))).expect("a sound footer");
        assert!(wide.may_hold(1, 100) && !wide.may_hold(3, 100));
    }

    /// The reader would take the text for the list that stands there in sound files.
    #[test]
    fn a_field_of_another_type_than_the_format_has_is_refused() {
        let list = [&schema(&[ROOT, NUMBER])[..], &[0x39, 0x0C]].concat();
        assert!(footer(&file(&list)).is_some());
        let text = [&schema(&[ROOT, NUMBER])[..], &[0x38, 1, 0xFC]].concat();
        assert!(footer(&file(&text)).is_none());
    }

    #[test]
    fn pages_unpack_to_no_more_than_they_can() {
        let texts = Texts { is_plain: true, has_gaps: false, has_lists: false };
        let page = |unpacked: &[u8]| {
            let header =
                [&[0x15, 0x00, 0x15], unpacked, &[0x15, 0x02, 0x2C, 0x15, 0x02, 0x00, 0x00, b'x']].concat();
            has_sound_pages(&header, 0..header.len() as u64, 1, texts)
        };
        assert!(page(&[0x02]));
        assert!(!page(&[0xFE, 0xFF, 0xFF, 0xFF, 0x0F]));
    }
}
