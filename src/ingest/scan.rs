//! Delimited text → records, one at a time, each with its line and its raw text; broken quoting does not eat rows.

use super::plain;
use super::stray::{self, Strays};
use super::tee::Tee;
use crate::config::Charset;
use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};
use std::io::{self, Read};

/// Reads records off a stream of UTF-8 text and knows where each of them stands. Positions count from its start.
pub struct Scanner<'a> {
    delimiter: u8,
    reader: Reader<Tee<'a>>,
    /// Where in the stream, and at which line, `reader` began.
    base: usize,
    base_line: u32,
    /// Bytes read in vain behind quotes that are not closed.
    wasted: usize,
    /// What rows that are not UTF-8 are supposed to be in.
    legacy: Option<Charset>,
    /// Rows that were read in another encoding.
    strays: Strays,
    /// Whether the last record was read by [`Scanner::next_plain`]: `reader` is not where `base` is then.
    is_ahead: bool,
    /// Records that `reader` reads before a plain one is looked for again, and how many it reads when the next is not plain.
    pause: usize,
    next_pause: usize,
    /// Plain records since the last one that was not.
    plain: usize,
}

/// Where a record stands, and whether it can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte of the record in the text.
    pub start: usize,
    /// Byte after the record, its line end included.
    pub end: usize,
    /// Line at which it starts, 1-based.
    pub line: u32,
    /// What keeps it from being used.
    pub fault: Option<Fault>,
}

/// What is wrong with a record as such, whatever its table looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Bytes that are not UTF-8.
    Encoding,
    /// A quote that is opened and not closed as it should be; only the record's first line was taken.
    Quote { until: u32 },
}

impl<'a> Scanner<'a> {
    /// Starts at the beginning of a stream; its first line counts as `line`. `legacy` is what rows that are not UTF-8
    /// are supposed to be in.
    pub fn new(text: Box<dyn Read + Send + 'a>, delimiter: u8, line: u32, legacy: Option<Charset>) -> Self {
        let reader = reader(Tee::new(text), delimiter);
        Self {
            delimiter,
            reader,
            base: 0,
            base_line: line,
            wasted: 0,
            legacy,
            strays: Strays::default(),
            is_ahead: false,
            pause: 0,
            next_pause: FIRST_PAUSE,
            plain: 0,
        }
    }

    /// Hands over what was found of rows in another encoding.
    pub fn strays(&mut self) -> Strays {
        std::mem::take(&mut self.strays)
    }

    /// Reads a record that is not UTF-8 into `record` where its encoding is certain; says whether it is.
    fn recode(&mut self, start: usize, end: usize, line: u32, record: &mut StringRecord) -> bool {
        let raw = self.reader.get_ref().slice(start, end);
        let Some(text) = stray::decoded(raw, self.legacy, self.delimiter) else { return false };
        let is_read = reader(text.as_bytes(), self.delimiter).read_record(record).is_ok_and(|read| read);
        if is_read {
            self.strays.add(line, &text);
        }
        is_read
    }

    /// Reads the next record that is not a blank line; `None` at the end. Fails only when the stream does.
    pub fn next(&mut self, record: &mut StringRecord) -> io::Result<Option<Span>> {
        if self.is_ahead {
            self.restart(self.base, self.base_line);
        }
        self.pause = self.pause.saturating_sub(1);
        match self.wasted > self.reader.get_ref().end().max(MIN_WASTE) * MOST_WASTE {
            true => self.next_line(record),
            false => self.next_record(record),
        }
    }

    /// Reads the next record when it is as plain as most are: one line of `cells.len()` cells, see [`plain::cells`]. Otherwise
    /// nothing is read, and [`Self::next`] has to. Gives the record's line without its end, and tells where the cells are in it.
    pub fn next_plain(&mut self, cells: &mut [(u32, u32)]) -> io::Result<Option<(Span, &str)>> {
        if self.pause > 0 || self.wasted > 0 {
            return Ok(None);
        }
        if !self.is_ahead {
            // Where the reader is, but for the rest of a line end.
            let at = self.reader.position();
            let line = u32::try_from(at.line() - 1).unwrap_or(u32::MAX);
            let (mut start, mut line) = (self.base + at.byte() as usize, self.base_line.saturating_add(line));
            let text = self.reader.get_ref();
            let mut rest = text.slice(start, text.end());
            while let [byte @ (b'\r' | b'\n'), behind @ ..] = rest {
                line = line.saturating_add(u32::from(*byte == b'\n'));
                start += 1;
                rest = behind;
            }
            (self.base, self.base_line, self.is_ahead) = (start, line, true);
        }
        let (start, line) = (self.base, self.base_line);
        let text = self.reader.get_mut();
        text.forget(start);
        let end = text.line_end(start)?;
        let raw = text.slice(start, end);
        let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
        let length = raw.strip_suffix(b"\r").unwrap_or(raw).len();
        if let Some(text) = plain::cells(&raw[..length], self.delimiter, cells) {
            self.plain += 1;
            (self.base, self.base_line) = (end, line.saturating_add(1));
            return Ok(Some((Span { start, end, line, fault: None }, text)));
        }
        // To change between both ways costs as much as some records; where hardly any is plain, it is not tried often.
        self.next_pause = match self.plain {
            few if few < self.next_pause * 8 => (self.next_pause * 2).min(LAST_PAUSE),
            _ => FIRST_PAUSE,
        };
        (self.pause, self.plain) = (self.next_pause, 0);
        Ok(None)
    }

    /// Reads one line as a record: what is left when the quotes of a file make no sense. Cells with line breaks are
    /// lost to quarantine then.
    fn next_line(&mut self, record: &mut StringRecord) -> io::Result<Option<Span>> {
        loop {
            let (start, line) = (self.base, self.base_line);
            let text = self.reader.get_mut();
            text.forget(start);
            let end = text.line_end(start)?;
            if end == start {
                return Ok(None);
            }
            self.base = end;
            self.base_line = line.saturating_add(1);
            let raw = text.slice(start, end);
            let fault = match reader(raw, self.delimiter).read_record(record) {
                Ok(false) => continue,
                Ok(true) if quotes_are_sound(raw, self.delimiter) => None,
                Ok(true) => Some(Fault::Quote { until: line }),
                Err(_) if !quotes_are_sound(raw, self.delimiter) => Some(Fault::Quote { until: line }),
                Err(_) => match self.recode(start, end, line, record) {
                    true => None,
                    false => Some(Fault::Encoding),
                },
            };
            return Ok(Some(Span { start, end, line, fault }));
        }
    }

    fn next_record(&mut self, record: &mut StringRecord) -> io::Result<Option<Span>> {
        let before = self.reader.position().clone();
        let mut start = self.base + before.byte() as usize;
        self.reader.get_mut().forget(start);
        let encoded = match self.reader.read_record(record) {
            Ok(false) => return Ok(None),
            Ok(true) => true,
            Err(error) => match error.into_kind() {
                ErrorKind::Io(error) => return Err(error),
                // With `flexible` set, text that is not UTF-8 is the only other error.
                _ => false,
            },
        };
        let end = self.base + self.reader.position().byte() as usize;
        let line_of =
            |relative: u64| self.base_line.saturating_add(u32::try_from(relative - 1).unwrap_or(u32::MAX));
        let mut line = line_of(before.line());
        let until = line_of(self.reader.position().line());
        // The reader passes over blank lines, and over the second half of CR LF, only when it reads on.
        let mut raw = self.reader.get_ref().slice(start, end);
        while let [byte @ (b'\r' | b'\n'), rest @ ..] = raw {
            line = line.saturating_add(u32::from(*byte == b'\n'));
            start += 1;
            raw = rest;
        }
        let has_breaks = match encoded {
            true => record.as_slice().contains('\n'),
            false => raw.trim_ascii_end().contains(&b'\n'),
        };
        if has_breaks && !quotes_are_sound(raw, self.delimiter) {
            self.wasted += raw.len();
            let first = raw.iter().position(|&byte| byte == b'\n');
            let end = first.map_or(end, |at| start + at + 1);
            self.restart(end, line.saturating_add(1));
            // The record may hold the rest of the file; its memory is not kept.
            *record = StringRecord::new();
            return Ok(Some(Span { start, end, line, fault: Some(Fault::Quote { until }) }));
        }
        let is_sound = encoded || self.recode(start, end, line, record);
        let fault = (!is_sound).then_some(Fault::Encoding);
        Ok(Some(Span { start, end, line, fault }))
    }

    /// The text of the record read last without its line end, undecodable bytes replaced.
    pub fn raw(&self, span: Span) -> String {
        let raw = self.reader.get_ref().slice(span.start, span.end);
        let end = raw.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
        let raw = &raw[..end];
        match std::str::from_utf8(raw) {
            Ok(text) => text.to_string(),
            Err(_) => stray::decoded(raw, self.legacy, self.delimiter)
                .unwrap_or_else(|| String::from_utf8_lossy(raw).into_owned()),
        }
    }

    fn restart(&mut self, at: usize, line: u32) {
        self.is_ahead = false;
        self.base = at;
        self.base_line = line;
        let empty = reader(Tee::new(Box::new(io::empty())), self.delimiter);
        let mut text = std::mem::replace(&mut self.reader, empty).into_inner();
        text.go_to(at);
        self.reader = reader(text, self.delimiter);
    }
}

/// Times the text may be read in vain behind quotes that are not closed; then lines are read one by one, or a file
/// with such a quote in every line would take time that grows with the square of its size.
const MOST_WASTE: usize = 2;
/// Bytes below which it is not worth counting.
const MIN_WASTE: usize = 64 * 1024;
/// Records read one by one behind the first that is not plain, and behind one of many.
const FIRST_PAUSE: usize = 4;
const LAST_PAUSE: usize = 4096;
/// Bytes the reader takes at a time.
const BUFFER_BYTES: usize = 64 * 1024;

fn reader<R: Read>(text: R, delimiter: u8) -> Reader<R> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(BUFFER_BYTES)
        .from_reader(text)
}

/// Whether every quoted cell of a record ends with a quote before a separator or the end of the record.
///
/// A lenient reader takes `x,"Foo⏎1,"b"` for one row; here the quote before `b` gives away that rows were eaten.
pub fn quotes_are_sound(raw: &[u8], delimiter: u8) -> bool {
    enum In {
        Start,
        Plain,
        Quoted,
        Closed,
    }
    let mut state = In::Start;
    for &byte in raw {
        state = match (state, byte) {
            (In::Quoted, b'"') => In::Closed,
            (In::Quoted, _) => In::Quoted,
            (In::Closed, b'"') => In::Quoted,
            (_, byte) if byte == delimiter => In::Start,
            (In::Closed, b' ' | b'\r' | b'\n') => In::Closed,
            (In::Closed, _) => return false,
            (In::Start, b'"') => In::Quoted,
            (In::Start | In::Plain, _) => In::Plain,
        };
    }
    !matches!(state, In::Quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u32, Vec<String>, Option<Fault>, String);

    fn scan(text: &str) -> Vec<Row> {
        let mut scanner = Scanner::new(Box::new(text.as_bytes()), b',', 1, None);
        let mut record = StringRecord::new();
        let mut rows = Vec::new();
        while let Some(span) = scanner.next(&mut record).expect("memory can be read") {
            let raw = scanner.raw(span);
            rows.push((span.line, record.iter().map(str::to_string).collect(), span.fault, raw));
        }
        rows
    }

    fn lines(text: &str) -> Vec<u32> {
        scan(text).iter().map(|row| row.0).collect()
    }

    #[test]
    fn lines_are_right_for_every_line_end() {
        assert_eq!(lines("a,b\n1,2\n\n\n3,4\n5,6"), [1, 2, 5, 6]);
        assert_eq!(lines("a,b\r\n1,2\r\n\r\n3,4\r\n5,6\r\n"), [1, 2, 4, 5]);
        assert_eq!(lines("\n\na,b\n\"x\ny\",2\n3,4\n"), [3, 4, 6]);
        assert_eq!(lines("\r\na,b\r\n\"x\r\ny\",2\r\n3,4\r\n"), [2, 3, 5]);
    }

    #[test]
    fn raw_text_is_the_row_as_it_stands() {
        let rows = scan("a,b\r\n\r\n\"x \"\"y\"\"\r\nz\",2\r\n3,4");
        assert_eq!(rows[1].3, "\"x \"\"y\"\"\r\nz\",2");
        assert_eq!(rows[1].1, ["x \"y\"\r\nz", "2"]);
        assert_eq!(rows[2].3, "3,4");
    }

    #[test]
    fn an_open_quote_costs_one_row_not_the_rest() {
        let rows = scan("a,b\n1,\"open\n2,x\n3,y\n");
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[1].2, Some(Fault::Quote { until: 5 }));
        assert_eq!(rows[1].3, "1,\"open");
        assert_eq!((rows[2].0, rows[2].1.join("|")), (3, "2|x".to_string()));
        assert_eq!(rows[3].0, 4);
    }

    #[test]
    fn an_open_quote_before_damaged_bytes_costs_one_row_too() {
        let text = b"a,b\n1,\"open\n2,x\n\x81,y\n3,z\n";
        let mut scanner = Scanner::new(Box::new(&text[..]), b',', 1, None);
        let mut record = StringRecord::new();
        let mut faults = Vec::new();
        while let Some(span) = scanner.next(&mut record).expect("memory can be read") {
            faults.push((span.line, span.fault));
        }
        let expected = [
            (1, None),
            (2, Some(Fault::Quote { until: 6 })),
            (3, None),
            (4, Some(Fault::Encoding)),
            (5, None),
        ];
        assert_eq!(faults, expected);
    }

    #[test]
    fn a_quote_that_closes_rows_later_is_seen() {
        // Read leniently the second and third line are one row with the right number of cells.
        let rows = scan("a,b,c\n1,\"open,2\n3,\"q x\",4\n5,6,7\n");
        assert_eq!(rows.iter().filter(|row| row.2.is_some()).count(), 1);
        assert_eq!(rows[2].1, ["3", "q x", "4"]);
        assert_eq!(rows[3].1, ["5", "6", "7"]);
    }

    /// Every line opens a quote that the next one closes and opens again, up to the end of the file.
    #[test]
    fn quotes_without_sense_cost_no_more_than_their_rows() {
        let text = format!("a,b\n{}x,y\n", "a\"b,\"c\n".repeat(4_000));
        let rows = scan(&text);
        assert_eq!(rows.len(), 4_002);
        assert!(rows[1..4_001].iter().all(|row| matches!(row.2, Some(Fault::Quote { .. }))));
        assert_eq!((rows[4_001].0, rows[4_001].1.join("|")), (4_002, "x|y".to_string()));
    }

    /// Whether plain records are looked for or not, the same is read.
    #[test]
    fn plain_records_are_read_as_all_others() {
        let rows = [
            "1,x,y\n",
            "2,\"x\",y\r\n",
            "\n",
            "3,\"x\"\"\",y\n",
            "4,\"x\ny\",\"z\"\n",
            "5,x\"y,z\r\n",
            "\r\n",
            "6,,\n",
            "7,x\n",
            "8,\"open,y\n",
            "9,\"é\", y\n",
            "10,x\ry,z\n",
            "11,\"x\" ,y\n",
            "12,x,y,\n",
        ];
        let mut state = 7u32;
        for _ in 0..300 {
            let mut text = String::from("a,b,c\n");
            for _ in 0..40 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(rows[if state >> 30 == 0 { (state >> 16) as usize % rows.len() } else { 0 }]);
            }
            let expected = scan(&text);
            let mut scanner = Scanner::new(Box::new(text.as_bytes()), b',', 1, None);
            let (mut record, mut cells, mut found) = (StringRecord::new(), [(0, 0); 3], Vec::new());
            loop {
                if let Some((span, line)) = scanner.next_plain(&mut cells).expect("memory can be read") {
                    let row = cells.map(|(start, end)| line[start as usize..end as usize].to_string());
                    let raw = scanner.raw(span);
                    found.push((span.line, row.to_vec(), span.fault, raw));
                } else if let Some(span) = scanner.next(&mut record).expect("memory can be read") {
                    let raw = scanner.raw(span);
                    found.push((span.line, record.iter().map(str::to_string).collect(), span.fault, raw));
                } else {
                    break;
                }
            }
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn sound_cells_with_line_breaks_are_kept() {
        let rows = scan("a,b\n\"one\n\"\"two\"\",\nthree\" ,x\n\"\",\"y\n\"\n");
        assert!(rows.iter().all(|row| row.2.is_none()));
        assert_eq!(rows.len(), 3);
    }
}
