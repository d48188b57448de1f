//! Whether an old Excel workbook's own figures can be. Its reader follows chains of sectors that may run in circles, reserves
//! what a sheet says of its size, and lays every sheet out as a block from its first to its last cell; a program that does
//! not get the memory for that ends. So sectors and records are walked before, by the same rules.
//!
//! A compound file ([MS-CFB]) is a file system in sectors; one of its streams is the workbook, a row of records ([MS-XLS]).

use std::borrow::Cow;
use std::ops::Range;

/// Cells of all blocks together: a full sheet has 65,536 rows of 256 columns, and two of them take about a GiB.
const MOST_CELLS: u64 = 2 * 65_536 * 256;
/// A sheet that says it has more cells than this is not taken at its word.
const MOST_TOLD: u64 = 1 << 20;

const HEADER: usize = 512;
const MINI_SECTOR: usize = 64;
const ENTRY: usize = 128;
/// Streams below this are kept in small sectors.
const SMALL: u64 = 4096;
/// Numbers from here on are no sectors, but marks.
const MARKS: u32 = 0xFFFF_FFFA;
const CHAIN_END: u32 = 0xFFFF_FFFE;
/// Names of the stream that holds the workbook.
const WORKBOOK: [&str; 2] = ["workbook", "book"];

/// Records of a workbook.
mod record {
    pub const BEGIN: u16 = 0x0809;
    pub const END: u16 = 0x000A;
    pub const PASSWORD: u16 = 0x002F;
    pub const SHEET: u16 = 0x0085;
    pub const DIMENSIONS: u16 = 0x0200;
    /// An empty cell, which readers pass.
    pub const BLANK: u16 = 0x0201;
    pub const NUMBERS: u16 = 0x00BD;
    /// Formula, rich text, shared text, number, text, truth or error, packed number.
    pub const CELLS: [u16; 7] = [0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E];
}

/// The file, when what it says can be; sizes that a sheet only claims are taken out of a copy.
pub fn sound(file: &[u8]) -> Option<Cow<'_, [u8]>> {
    let compound = Compound::of(file)?;
    let mut sound = Cow::Borrowed(file);
    let streams = compound.directory.iter().filter(|entry| WORKBOOK.contains(&entry.name.as_str()));
    for entry in streams {
        let sectors = compound.stream(entry)?;
        let stream: Vec<u8> = sectors.iter().flat_map(|place| &file[place.clone()]).copied().collect();
        for at in check(&stream)? {
            let (low, high) = record::BLANK.to_le_bytes().into();
            sound.to_mut()[place_of(&sectors, at)?] = low;
            sound.to_mut()[place_of(&sectors, at + 1)?] = high;
        }
    }
    Some(sound)
}

/// Where in the file a byte of a stream is.
fn place_of(sectors: &[Range<usize>], at: usize) -> Option<usize> {
    let mut left = at;
    for sector in sectors {
        if left < sector.len() {
            return Some(sector.start + left);
        }
        left -= sector.len();
    }
    None
}

struct Entry {
    /// In lower case.
    name: String,
    start: u32,
    size: u64,
}

struct Compound<'a> {
    file: &'a [u8],
    sector: usize,
    next: Vec<u32>,
    small: Vec<Range<usize>>,
    next_small: Vec<u32>,
    directory: Vec<Entry>,
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn longs(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four))
}

impl<'a> Compound<'a> {
    fn of(file: &'a [u8]) -> Option<Self> {
        let sector = match short(file, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut compound = Self {
            file,
            sector,
            next: Vec::new(),
            small: Vec::new(),
            next_small: Vec::new(),
            directory: Vec::new(),
        };
        // Sectors that hold the table of next sectors: the first 109 are in the header, the others in a chain.
        let mut tables: Vec<u32> = longs(file.get(76..HEADER)?).collect();
        let mut link = long(file, 68)?;
        while link < MARKS {
            let more = compound.bytes(link)?;
            tables.extend(longs(&file[more]));
            if tables.len() * size_of::<u32>() > file.len() + HEADER {
                return None;
            }
            link = tables.pop()?;
        }
        for table in tables.into_iter().filter(|&id| id < MARKS) {
            let place = compound.bytes(table)?;
            compound.next.extend(longs(&file[place]));
            if compound.next.len() * size_of::<u32>() > file.len() + HEADER {
                return None;
            }
        }
        let directory = compound.chain(long(file, 48)?, u64::MAX)?;
        let bytes: Vec<u8> = directory.into_iter().flat_map(|place| &file[place]).copied().collect();
        compound.directory =
            bytes.as_chunks::<ENTRY>().0.iter().filter_map(|entry| compound.entry(entry)).collect();
        let root = compound.directory.first()?;
        let (start, size) = (root.start, root.size);
        if long(file, 64)? > 0 {
            let stream = compound.chain(start, size)?;
            let whole: Vec<usize> = stream.into_iter().flatten().step_by(MINI_SECTOR).collect();
            compound.small = whole.into_iter().map(|at| at..(at + MINI_SECTOR).min(file.len())).collect();
            let size = u64::from(long(file, 64)?) * sector as u64;
            let tables = compound.chain(long(file, 60)?, size)?;
            compound.next_small = tables.into_iter().flat_map(|place| longs(&file[place])).collect();
        }
        Some(compound)
    }

    fn entry(&self, bytes: &[u8; ENTRY]) -> Option<Entry> {
        let name = bytes[..64].as_chunks::<2>().0.iter().map(|two| u16::from_le_bytes(*two));
        let name = char::decode_utf16(name.take_while(|&unit| unit != 0)).filter_map(Result::ok);
        let size = u64::from(long(bytes, 120)?);
        let more = if self.sector == 512 { 0 } else { u64::from(long(bytes, 124)?) << 32 };
        Some(Entry {
            name: name.collect::<String>().to_lowercase(),
            start: long(bytes, 116)?,
            size: size | more,
        })
    }

    /// Where a sector is; the last one may be cut off.
    fn bytes(&self, id: u32) -> Option<Range<usize>> {
        let start = (id as usize).checked_add(1)?.checked_mul(self.sector)?;
        (start < self.file.len()).then(|| start..(start + self.sector).min(self.file.len()))
    }

    /// The sectors of a chain up to so many bytes; nothing when it runs in a circle or out of the file.
    fn chain(&self, start: u32, size: u64) -> Option<Vec<Range<usize>>> {
        follow(start, size, &self.next, |id| self.bytes(id))
    }

    fn stream(&self, entry: &Entry) -> Option<Vec<Range<usize>>> {
        match entry.size < SMALL {
            true => {
                follow(entry.start, entry.size, &self.next_small, |id| self.small.get(id as usize).cloned())
            }
            false => self.chain(entry.start, entry.size),
        }
    }
}

fn follow(
    start: u32,
    size: u64,
    next: &[u32],
    place: impl Fn(u32) -> Option<Range<usize>>,
) -> Option<Vec<Range<usize>>> {
    let (mut sectors, mut id, mut left) = (Vec::new(), start, size);
    while id != CHAIN_END {
        let mut sector = place(id)?;
        sector.end =
            sector.end.min(sector.start + usize::try_from(left).unwrap_or(usize::MAX).min(sector.len()));
        left -= sector.len() as u64;
        sectors.push(sector);
        if left == 0 {
            break;
        }
        id = *next.get(id as usize)?;
        if sectors.len() > next.len() {
            return None;
        }
    }
    Some(sectors)
}

/// The records of a stream from a place on: where each is, its kind and its content. Ends where a record is cut off.
fn records(stream: &[u8], from: usize) -> impl Iterator<Item = (usize, u16, &[u8])> {
    let mut at = from;
    std::iter::from_fn(move || {
        let (start, kind) = (at, short(stream, at)?);
        let size = usize::from(short(stream, at + 2)?);
        at += 4 + size;
        Some((start, kind, stream.get(start + 4..at)?))
    })
}

/// Whether the blocks of all sheets can be; where sheets claim a size that none has.
fn check(stream: &[u8]) -> Option<Vec<usize>> {
    let mut globals = records(stream, 0).take_while(|(_, kind, _)| *kind != record::END);
    // The reader refuses what is encrypted, before it looks at any cell.
    if globals
        .any(|(_, kind, content)| kind == record::PASSWORD && short(content, 0).is_some_and(|how| how != 0))
    {
        return Some(Vec::new());
    }
    let sheets = records(stream, 0).filter(|(_, kind, _)| *kind == record::SHEET);
    let (mut cells, mut claims) = (0u64, Vec::new());
    for (_, _, sheet) in sheets {
        let mut block = Block::default();
        // Charts in a sheet have records of their own, which are passed.
        let (mut depth, mut begun) = (0, false);
        for (at, kind, content) in records(stream, long(sheet, 0)? as usize) {
            match kind {
                record::BEGIN if begun => depth += 1,
                record::BEGIN => begun = true,
                record::END if depth == 0 => break,
                record::END => depth -= 1,
                _ if depth > 0 => {}
                record::DIMENSIONS if told(content).is_none_or(|told| told > MOST_TOLD) => claims.push(at),
                record::NUMBERS => {
                    let last = content.len().checked_sub(2).and_then(|at| short(content, at));
                    block.add(short(content, 0), short(content, 2));
                    block.add(short(content, 0), last);
                }
                kind if record::CELLS.contains(&kind) => block.add(short(content, 0), short(content, 2)),
                _ => {}
            }
        }
        cells += block.cells();
        if cells > MOST_CELLS {
            return None;
        }
    }
    Some(claims)
}

/// How many cells a sheet says it has; nothing when it cannot have them.
fn told(content: &[u8]) -> Option<u64> {
    let (rows, columns) = match content.len() {
        10 => {
            let rows = u32::from(short(content, 2)?).checked_sub(short(content, 0)?.into())?;
            (rows, short(content, 6)?)
        }
        _ => (long(content, 4)?.checked_sub(long(content, 0)?)?, short(content, 10)?),
    };
    Some(u64::from(rows) * u64::from(columns))
}

/// The smallest block that holds all cells.
#[derive(Default)]
struct Block {
    bounds: Option<(Range<u32>, Range<u32>)>,
}

impl Block {
    fn add(&mut self, row: Option<u16>, column: Option<u16>) {
        let Some((row, column)) = row.zip(column) else { return };
        let (row, column) = (u32::from(row), u32::from(column));
        let (rows, columns) = self.bounds.get_or_insert((row..row + 1, column..column + 1));
        *rows = rows.start.min(row)..rows.end.max(row + 1);
        *columns = columns.start.min(column)..columns.end.max(column + 1);
    }

    fn cells(&self) -> u64 {
        self.bounds.as_ref().map_or(0, |(rows, columns)| rows.len() as u64 * columns.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record of a workbook.
    fn record(kind: u16, content: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes(), &(content.len() as u16).to_le_bytes(), content].concat()
    }

    /// A workbook with one sheet that holds a number at each of these places.
    fn workbook(claim: (u32, u16), cells: &[(u16, u16)]) -> Vec<u8> {
        let begin = record(record::BEGIN, &[0, 6, 5, 0]);
        let mut sheet = begin.clone();
        let size = [&[0; 4], &claim.0.to_le_bytes()[..], &[0; 2], &claim.1.to_le_bytes(), &[0; 2]].concat();
        sheet.extend(record(record::DIMENSIONS, &size));
        for (row, column) in cells {
            let number =
                [&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 2], &1.5f64.to_le_bytes()].concat();
            sheet.extend(record(0x0203, &number));
        }
        sheet.extend(record(record::END, &[]));
        // A sheet's entry is 4 + 2 + 2 + the name long, and its header 4.
        let at = (begin.len() + 4 + 9 + 4) as u32;
        let named = [&at.to_le_bytes()[..], &[0, 0, 1, 0, b'A']].concat();
        [begin, record(record::SHEET, &named), record(record::END, &[]), sheet].concat()
    }

    /// A compound file with one stream of at least `SMALL` bytes.
    fn compound(mut stream: Vec<u8>) -> Vec<u8> {
        stream.resize(stream.len().max(SMALL as usize).next_multiple_of(512), 0);
        let sectors = (stream.len() / 512) as u32;
        let mut file = vec![0u8; HEADER];
        file[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
        let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
        put(26, &[3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
        put(44, &1u32.to_le_bytes());
        put(48, &1u32.to_le_bytes());
        put(60, &CHAIN_END.to_le_bytes());
        put(68, &CHAIN_END.to_le_bytes());
        put(76, &[0xFF; HEADER - 76]);
        put(76, &0u32.to_le_bytes());
        // Sector 0: which sector comes after which; 1: the directory; from 2 on the stream.
        let mut next = vec![0xFFFF_FFFDu32, CHAIN_END];
        next.extend((3..2 + sectors).chain([CHAIN_END]));
        next.resize(128, u32::MAX);
        file.extend(next.iter().flat_map(|id| id.to_le_bytes()));
        let mut directory = vec![0u8; 512];
        for (entry, (name, kind, start, size)) in
            [("Root Entry", 5u8, CHAIN_END, 0u32), ("Workbook", 2, 2, stream.len() as u32)]
                .into_iter()
                .enumerate()
        {
            let at = entry * ENTRY;
            let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            directory[at..at + units.len()].copy_from_slice(&units);
            directory[at + 66] = kind;
            directory[at + 116..at + 120].copy_from_slice(&start.to_le_bytes());
            directory[at + 120..at + 124].copy_from_slice(&size.to_le_bytes());
        }
        [file, directory, stream].concat()
    }

    #[test]
    fn a_workbook_that_is_sound_stays_as_it_is() {
        let file = compound(workbook((2, 2), &[(0, 0), (1, 1)]));
        assert!(matches!(sound(&file), Some(Cow::Borrowed(_))));
    }

    /// Found by fuzzing: 2 GiB were reserved for a file of 6 KB.
    #[test]
    fn a_size_that_is_only_claimed_is_taken_out() {
        for claim in [(65_536, 256), (u32::MAX, u16::MAX)] {
            let file = compound(workbook(claim, &[(0, 0), (1, 1)]));
            let Some(Cow::Owned(mended)) = sound(&file) else { panic!("{claim:?} is taken at its word") };
            let changed = file.iter().zip(&mended).filter(|(one, other)| one != other).count();
            assert_eq!((mended.len(), changed), (file.len(), 1));
        }
    }

    #[test]
    fn cells_that_make_too_large_a_block_are_refused() {
        assert!(sound(&compound(workbook((2, 2), &[(0, 0), (65_535, 255)]))).is_some());
        assert!(sound(&compound(workbook((2, 2), &[(0, 0), (65_535, 65_535)]))).is_none());
    }

    #[test]
    fn chains_that_run_in_a_circle_are_refused() {
        let file = compound(workbook((2, 2), &[(0, 0)]));
        let mut circle = file.clone();
        // The directory's sector is followed by itself.
        circle[HEADER + 4..HEADER + 8].copy_from_slice(&1u32.to_le_bytes());
        assert!(sound(&circle).is_none());
        for at in 0..file.len() {
            for byte in [0x00, 0x01, 0x7F, 0xFF] {
                let mut damaged = file.clone();
                damaged[at] = byte;
                let _ = sound(&damaged);
            }
        }
    }
}
