//! The cells of one sheet as text, in order of row and column; empty cells take no room.

use super::number_format::Mask;
use calamine::{DataRef, ExcelDateTime};

/// Significant digits that a spreadsheet shows of a number; the rest is noise of its arithmetic.
const DIGITS: usize = 15;
/// Past this a number is written with an exponent by spreadsheets; it is no id or telephone number.
const MOST_PLAIN: f64 = 1e21;
/// Examples kept of cells that hold an error.
const EXAMPLES: usize = 3;

/// A sheet's cells.
#[derive(Debug, Default)]
pub struct Sheet {
    text: String,
    cells: Vec<Cell>,
    /// Whether a cell came after one that stands behind it.
    unordered: bool,
    /// How many cells hold an error such as `#N/A` instead of a value.
    pub errors: u64,
    /// The first of them, with where they stand.
    pub error_examples: Vec<String>,
    /// How many numbers are read with what their format adds.
    pub masked: u64,
    /// The first of them.
    pub masked_examples: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Row and column, from 0.
    row: u32,
    column: u32,
    start: u32,
    end: u32,
}

/// A row that has at least one cell.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The row's number as the spreadsheet shows it, from 1.
    pub number: u32,
    cells: &'a [Cell],
    text: &'a str,
}

impl<'a> Row<'a> {
    /// Its cells with their columns (from 0), the empty ones left out.
    pub fn cells(&self) -> impl DoubleEndedIterator<Item = (usize, &'a str)> + use<'a> {
        let text = self.text;
        self.cells
            .iter()
            .map(move |cell| (cell.column as usize, &text[cell.start as usize..cell.end as usize]))
    }

    /// Its cells up to the last one that is not empty.
    pub fn dense(&self) -> Vec<&'a str> {
        let mut dense = vec![""; self.cells.last().map_or(0, |cell| cell.column as usize + 1)];
        for (column, text) in self.cells() {
            dense[column] = text;
        }
        dense
    }
}

impl Sheet {
    /// Adds a cell; `None` when there is no room for more text (4 GiB).
    #[must_use]
    pub fn push(&mut self, row: u32, column: u32, value: &DataRef<'_>) -> Option<()> {
        let start = u32::try_from(self.text.len()).ok()?;
        if let DataRef::Error(error) = value {
            self.errors += 1;
            if self.error_examples.len() < EXAMPLES {
                self.error_examples.push(format!("{} {}", name(row, column), error));
            }
            return Some(());
        }
        write(value, &mut self.text);
        if self.text.len() == start as usize {
            return Some(());
        }
        let end = u32::try_from(self.text.len()).ok()?;
        self.unordered |= self.cells.last().is_some_and(|last| (last.row, last.column) >= (row, column));
        self.cells.push(Cell { row, column, start, end });
        Some(())
    }

    /// As [`Sheet::push`]; a number is taken as its format shows it.
    #[must_use]
    pub fn push_shown(
        &mut self,
        row: u32,
        column: u32,
        value: &DataRef<'_>,
        mask: Option<&Mask>,
    ) -> Option<()> {
        let number = match value {
            DataRef::Float(number) => Some(*number),
            DataRef::Int(whole) => Some(*whole as f64),
            _ => None,
        };
        let shown = mask.zip(number).and_then(|(mask, number)| mask.show(number));
        let Some(shown) = shown else { return self.push(row, column, value) };
        let mut plain = String::new();
        write(value, &mut plain);
        if shown != plain {
            self.masked += 1;
            if self.masked_examples.len() < EXAMPLES {
                self.masked_examples.push(format!("{} {plain} → {shown}", name(row, column)));
            }
        }
        self.push(row, column, &DataRef::SharedString(&shown))
    }

    /// Brings the cells in order; of several at one place the first is kept.
    pub fn sort(&mut self) {
        if self.unordered {
            self.cells.sort_by_key(|cell| (cell.row, cell.column));
            self.cells.dedup_by_key(|cell| (cell.row, cell.column));
            self.unordered = false;
        }
    }

    /// Whether every cell is empty.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The rows that have a cell with more than spaces, from the top. Call [`Sheet::sort`] first.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let rows = self.cells.chunk_by(|one, next| one.row == next.row);
        let rows = rows.map(|cells| Row { number: cells[0].row.saturating_add(1), cells, text: &self.text });
        rows.filter(|row| row.cells().any(|(_, text)| !text.trim().is_empty()))
    }
}

/// A cell's name, such as `C4`.
fn name(row: u32, column: u32) -> String {
    let (mut letters, mut rest) = (Vec::new(), column + 1);
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    format!("{}{}", letters.iter().rev().collect::<String>(), u64::from(row) + 1)
}

/// Writes a value as text: whole numbers without decimals, dates as ISO, nothing for an empty cell.
fn write(value: &DataRef<'_>, text: &mut String) {
    match value {
        DataRef::Int(whole) => text.push_str(&whole.to_string()),
        DataRef::Float(number) => text.push_str(&plain(*number)),
        DataRef::String(string) => text.push_str(string),
        DataRef::SharedString(string) => text.push_str(string),
        DataRef::Bool(is) => text.push_str(if *is { "true" } else { "false" }),
        DataRef::DateTime(moment) => text.push_str(&iso(moment)),
        DataRef::DateTimeIso(moment) => text.push_str(moment.strip_suffix("T00:00:00").unwrap_or(moment)),
        DataRef::DurationIso(duration) => text.push_str(duration),
        DataRef::Error(_) | DataRef::Empty => {}
    }
}

/// A number as a spreadsheet shows it.
fn plain(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    // Rounded to the digits that are shown; what this program wrote itself can be read.
    let rounded = format!("{number:.*e}", DIGITS - 1).parse().unwrap_or(number);
    match rounded {
        0.0 => "0".to_string(),
        rounded if f64::abs(rounded) < MOST_PLAIN => format!("{rounded}"),
        rounded => format!("{rounded:e}"),
    }
}

/// A date, a moment, a time of day or a duration.
fn iso(moment: &ExcelDateTime) -> String {
    const SECONDS_PER_DAY: f64 = 86_400.0;
    let value = moment.as_f64();
    if !value.is_finite() || value < 0.0 {
        return plain(value);
    }
    if moment.is_duration() {
        let seconds = (value * SECONDS_PER_DAY).round() as u64;
        return format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    // Rounded to milliseconds by the reader: noon is a fraction of a day that may lie a hair before.
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = (hour, minute, second);
    match () {
        () if value < 1.0 => format!("{hour:02}:{minute:02}:{second:02}"),
        () if time == (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        () => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, ExcelDateTimeType};

    fn text(value: DataRef<'_>) -> String {
        let mut text = String::new();
        write(&value, &mut text);
        text
    }

    fn moment(value: f64) -> String {
        text(DataRef::DateTime(ExcelDateTime::new(value, ExcelDateTimeType::DateTime, false)))
    }

    #[test]
    fn values_are_written_as_people_see_them() {
        assert_eq!(text(DataRef::Float(32_475_123_456.0)), "32475123456");
        assert_eq!(text(DataRef::Float(0.1 + 0.2)), "0.3");
        assert_eq!(text(DataRef::Float(-0.0)), "0");
        assert_eq!(text(DataRef::Float(1e300)), "1e300");
        assert_eq!(text(DataRef::Float(f64::NAN)), "");
        assert_eq!(text(DataRef::Int(-7)), "-7");
        assert_eq!(text(DataRef::Bool(true)), "true");
        assert_eq!(text(DataRef::SharedString("007")), "007");
        assert_eq!(text(DataRef::DateTimeIso("2021-03-04T00:00:00".into())), "2021-03-04");
    }

    #[test]
    fn dates_are_iso_and_keep_their_time() {
        assert_eq!(moment(44_259.0), "2021-03-04");
        assert_eq!(moment(44_259.5), "2021-03-04T12:00:00");
        assert_eq!(moment(0.75), "18:00:00");
        assert_eq!(moment(-1.0), "-1");
        let duration = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(text(DataRef::DateTime(duration)), "36:00:00");
    }

    #[test]
    fn cells_out_of_order_are_sorted_and_errors_counted() {
        let mut sheet = Sheet::default();
        for (row, column, value) in [
            (3, 1, DataRef::SharedString("b")),
            (0, 27, DataRef::SharedString("a")),
            (0, 27, DataRef::SharedString("again")),
            (5, 0, DataRef::SharedString("  ")),
            (6, 2, DataRef::Error(CellErrorType::NA)),
        ] {
            assert_eq!(sheet.push(row, column, &value), Some(()));
        }
        sheet.sort();
        let rows: Vec<_> = sheet.rows().map(|row| (row.number, row.dense().concat())).collect();
        assert_eq!(rows, [(1, "a".to_string()), (4, "b".to_string())]);
        assert_eq!((sheet.errors, sheet.error_examples[0].as_str()), (1, "C7 #N/A"));
        assert_eq!(name(0, 27), "AB1");
    }
}
