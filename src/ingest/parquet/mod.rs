//! Parquet → columns of text: dates as ISO, whole numbers without decimals, lists joined by `;`, nothing for null.

mod cells;
mod delta;
mod layout;
mod sound;
mod thrift;

use super::{IngestError, headings};
use crate::table::Column;
use polars::io::parquet::metadata::FileMetadata;
use polars::prelude::{ArrowDataType, ParquetReader, PolarsError, SerReader};
use rayon::prelude::*;
use std::io::Cursor;
use std::sync::Arc;

/// The first bytes of every Parquet file.
pub const MAGIC: &[u8] = b"PAR1";

/// What was read.
#[derive(Debug)]
pub struct Parsed {
    /// Distinct headings in file order.
    pub headings: Vec<String>,
    /// What was changed to make the headings distinct.
    pub notes: Vec<String>,
    /// One column per heading.
    pub columns: Vec<Column>,
    /// How many rows.
    pub rows: usize,
}

/// Reads a Parquet file from memory.
pub fn parse(bytes: &[u8], path: &str) -> Result<Parsed, IngestError> {
    // The reader trusts the sizes a file gives and panics on some damaged ones; nothing outlives such a panic.
    std::panic::catch_unwind(|| parse_trusting(bytes, path)).unwrap_or_else(|_| {
        Err(IngestError::Parquet { path: path.to_string(), reason: "the file is damaged".to_string() })
    })
}

fn parse_trusting(bytes: &[u8], path: &str) -> Result<Parsed, IngestError> {
    let damaged =
        |error: PolarsError| IngestError::Parquet { path: path.to_string(), reason: error.to_string() };
    let unsound = || IngestError::Parquet {
        path: path.to_string(),
        reason: "the file is damaged: the sizes it gives cannot be".to_string(),
    };
    let told = sound::footer(bytes).ok_or_else(unsound)?;
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let mut metadata = FileMetadata::clone(reader.get_metadata().map_err(damaged)?);
    if !can_hold(bytes, &metadata, &told) {
        return Err(unsound());
    }
    // The schema that other programs leave beside the file's own would be trusted, too, and adds nothing to text.
    metadata.key_value_metadata = None;
    reader.set_metadata(Arc::new(metadata));
    let schema = reader.schema().map_err(damaged)?;
    for field in schema.iter_values() {
        // Checked first, because reading a type that is not compiled in would end the program.
        if !has_text(&field.dtype) {
            return Err(IngestError::ColumnType {
                path: path.to_string(),
                column: field.name.to_string(),
                dtype: format!("{:?}", field.dtype),
            });
        }
    }
    let frame = reader.finish().map_err(damaged)?;
    let rows = frame.height();
    if rows >= u32::MAX as usize {
        return Err(IngestError::TooLarge {
            path: path.to_string(),
            limit: "it has more than 4,294,967,294 rows",
        });
    }
    // A damaged footer may promise other rows than a column's pages hold.
    if frame.columns().iter().any(|column| column.len() != rows) {
        let reason = "the file is damaged: its columns are not of one length".to_string();
        return Err(IngestError::Parquet { path: path.to_string(), reason });
    }
    let (headings, notes) = headings::distinct(frame.columns().iter().map(|column| column.name().as_str()));
    let columns = frame
        .into_columns()
        .into_par_iter()
        .map(|column| {
            cells::text(&column, rows).map_err(|_| IngestError::ColumnType {
                path: path.to_string(),
                column: column.name().to_string(),
                dtype: column.dtype().to_string(),
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Parsed { headings, notes, columns, rows })
}

/// Whether the file can hold what its footer and its pages say.
fn can_hold(bytes: &[u8], metadata: &FileMetadata, told: &sound::Schema) -> bool {
    let mut rows = 0usize;
    let mut cells = 0u64;
    for group in &metadata.row_groups {
        rows = rows.saturating_add(group.num_rows());
        for chunk in group.parquet_columns() {
            let Ok(values) = u64::try_from(chunk.num_values()) else { return false };
            // A row has one value, or, of a list, any number, but a mark for none at least.
            let is_list = chunk.descriptor().descriptor.max_rep_level > 0;
            let of_rows = group.num_rows() as u64;
            let fits = if is_list { values >= of_rows } else { values == of_rows };
            cells = cells.saturating_add(values);
            let levels = &chunk.descriptor().descriptor;
            let texts = delta::Texts {
                // The type of this has no name outside of its crate.
                is_plain: format!("{:?}", chunk.compression()) == "Uncompressed",
                has_gaps: levels.max_def_level > 0,
                has_lists: levels.max_rep_level > 0,
            };
            if !fits || !sound::has_sound_pages(bytes, chunk.byte_range(), chunk.num_values(), texts) {
                return false;
            }
        }
    }
    rows == metadata.num_rows && told.may_hold(cells.max(rows as u64), bytes.len())
}

/// Whether values of a type have a text form. Parts of structs and maps would need names of their own; durations stand in
/// no contact.
fn has_text(dtype: &ArrowDataType) -> bool {
    use ArrowDataType as A;
    match dtype {
        A::LargeList(field) | A::List(field) => is_plain(&field.dtype),
        dtype => is_plain(dtype),
    }
}

fn is_plain(dtype: &ArrowDataType) -> bool {
    use ArrowDataType as A;
    match dtype {
        A::Null | A::Boolean | A::Float32 | A::Float64 | A::Decimal(..) => true,
        A::Int8 | A::Int16 | A::Int32 | A::Int64 | A::UInt8 | A::UInt16 | A::UInt32 | A::UInt64 => true,
        A::Date32 | A::Date64 | A::Timestamp(..) | A::Time32(_) | A::Time64(_) => true,
        A::Utf8 | A::LargeUtf8 | A::Utf8View => true,
        A::Binary | A::LargeBinary | A::BinaryView | A::FixedSizeBinary(_) => true,
        A::Dictionary(_, values, _) => matches!(**values, A::Utf8 | A::LargeUtf8 | A::Utf8View),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{DataFrame, DataType, IntoColumn, NamedFrom, ParquetWriter, Series, TimeUnit};

    fn written(columns: Vec<Series>) -> Vec<u8> {
        let height = columns[0].len();
        let mut frame = DataFrame::new(height, columns.into_iter().map(IntoColumn::into_column).collect())
            .expect("columns are of one length");
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(&mut frame).expect("writes to memory");
        bytes
    }

    fn cells(column: &Column) -> Vec<&str> {
        (0..column.codes().len() as u32).map(|row| column.get(row)).collect()
    }

    #[test]
    fn every_type_becomes_the_text_people_expect() {
        let dates =
            Series::new("date".into(), [Some(0i32), Some(462), None]).cast(&DataType::Date).expect("casts");
        let days = Series::new("day".into(), [0i64, 86_400_000, -86_400_000])
            .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
            .expect("casts");
        let moments = Series::new("moment".into(), [Some(90_061_500_000i64), None, Some(0)])
            .cast(&DataType::Datetime(TimeUnit::Microseconds, None))
            .expect("casts");
        let bytes = written(vec![
            Series::new("text".into(), [Some("Zoë"), None, Some("")]),
            Series::new("number".into(), [7i64, -1, 0]),
            Series::new("float".into(), [Some(3011.0), Some(0.5), None]),
            Series::new("flag".into(), [Some(true), None, Some(false)]),
            dates,
            days,
            moments,
        ]);
        assert!(bytes.starts_with(MAGIC));
        let parsed = parse(&bytes, "f.parquet").expect("reads");
        assert_eq!(parsed.headings, ["text", "number", "float", "flag", "date", "day", "moment"]);
        let table: Vec<Vec<&str>> = parsed.columns.iter().map(cells).collect();
        assert_eq!(table[0], ["Zoë", "", ""]);
        assert_eq!(table[1], ["7", "-1", "0"]);
        assert_eq!(table[2], ["3011", "0.5", ""]);
        assert_eq!(table[3], ["true", "", "false"]);
        assert_eq!(table[4], ["1970-01-01", "1971-04-08", ""]);
        assert_eq!(table[5], ["1970-01-01", "1970-01-02", "1969-12-31"]);
        assert_eq!(table[6], ["1970-01-02T01:01:01.5", "", "1970-01-01T00:00:00"]);
    }

    #[test]
    fn types_of_databases_and_data_frames_are_read() {
        let lists = [Series::new("".into(), ["a", "b"]), Series::new_empty("".into(), &DataType::String)];
        let numbers = [Series::new("".into(), [Some(1i64), None, Some(3)]), Series::new("".into(), [7i64])];
        let decimal = |name: &str, values: [i64; 2]| {
            let text =
                Series::new(name.into(), values.map(|value| format!("{}.{:02}", value / 100, value % 100)));
            text.cast(&DataType::Decimal(12, 2)).expect("casts")
        };
        let cast = |name: &str, values: [i64; 2], dtype: DataType| {
            Series::new(name.into(), values).cast(&dtype).expect("casts")
        };
        let bytes = written(vec![
            cast("small", [-7, 9], DataType::Int8),
            cast("short", [-700, 9], DataType::Int16),
            cast("count", [200, 9], DataType::UInt8),
            cast("port", [60_000, 9], DataType::UInt16),
            decimal("price", [150, 1000]),
            decimal("id", [4200, 700]),
            cast("at", [45_296_000_000_000, 45_296_500_000_000], DataType::Time),
            Series::new("tags".into(), lists),
            Series::new("numbers".into(), numbers),
            Series::new("bytes".into(), [b"Jan".as_slice(), b"Els"]),
            Series::new("uuid".into(), [[0xFFu8; 16].as_slice(), [0x0A; 16].as_slice()]),
        ]);
        let parsed = parse(&bytes, "f.parquet").expect("reads");
        let table: Vec<Vec<&str>> = parsed.columns.iter().map(cells).collect();
        assert_eq!(table[0], ["-7", "9"]);
        assert_eq!(table[1], ["-700", "9"]);
        assert_eq!(table[2], ["200", "9"]);
        assert_eq!(table[3], ["60000", "9"]);
        assert_eq!(table[4], ["1.50", "10.00"]);
        assert_eq!(table[5], ["42", "7"]);
        assert_eq!(table[6], ["12:34:56", "12:34:56.5"]);
        assert_eq!(table[7], ["a;b", ""]);
        assert_eq!(table[8], ["1;3", "7"]);
        assert_eq!(table[9], ["Jan", "Els"]);
        assert_eq!(table[10][0], "ffffffff-ffff-ffff-ffff-ffffffffffff");
    }

    #[test]
    fn what_has_no_text_is_refused_by_name_and_damage_is_an_error() {
        let pictures = Series::new("photo".into(), [b"\xFF\xD8".as_slice(), b"\xFF\xD8\xFF"]);
        let error = parse(&written(vec![pictures]), "f.parquet").expect_err("pictures have no text form");
        assert!(error.to_string().contains("`photo`"), "{error}");
        let mut cut = written(vec![Series::new("a".into(), [1i64, 2])]);
        cut.truncate(cut.len() / 2);
        assert!(matches!(parse(&cut, "f.parquet"), Err(IngestError::Parquet { .. })));
        assert!(matches!(parse(b"PAR1PAR1", "f.parquet"), Err(IngestError::Parquet { .. })));
    }

    /// Found by fuzzing: the reader asked for 2^61 bytes, which ends the program.
    #[test]
    fn sizes_that_cannot_be_are_refused() {
        let sound = written(vec![Series::new("a".into(), [Some(7i64), None, Some(9)])]);
        assert!(parse(&sound, "f.parquet").is_ok());
        // The first page's header: from the first bytes on, each made as large a number as fits.
        for at in MAGIC.len()..MAGIC.len() + 24 {
            for byte in [0xFF, 0x7F, 0x0F, 0x01] {
                let mut damaged = sound.clone();
                damaged[at] = byte;
                let _ = parse(&damaged, "f.parquet");
            }
        }
        // A list of the footer that says it has four thousand million elements.
        let tail = sound.len() - 8;
        let footer = u32::from_le_bytes(sound[tail..tail + 4].try_into().expect("four bytes")) as usize;
        let mut long = sound[..tail - footer].to_vec();
        let lie = [0x15, 0x02, 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x00];
        long.extend(lie);
        long.extend((lie.len() as u32).to_le_bytes());
        long.extend(MAGIC);
        assert!(matches!(parse(&long, "f.parquet"), Err(IngestError::Parquet { .. })));
    }

    #[test]
    fn damage_in_the_footer_is_survived() {
        let sound = written(vec![
            Series::new("text".into(), ["Zoë", "Jan", "Zoë", "Piet"]),
            Series::new("number".into(), [7i64, -1, 0, 5]),
        ]);
        let tail = sound.len() - 8;
        let footer = u32::from_le_bytes(sound[tail..tail + 4].try_into().expect("four bytes")) as usize;
        for at in tail - footer..sound.len() {
            for flip in [0x01, 0x80, 0xFF] {
                let mut damaged = sound.clone();
                damaged[at] ^= flip;
                // Read as something else or refused: what matters is that it comes back, and fits together.
                if let Ok(read) = parse(&damaged, "f.parquet") {
                    let fits = |column: &Column| [0, read.rows].contains(&column.codes().len());
                    assert!(read.columns.iter().all(fits), "byte {at}, {flip:#x}");
                }
            }
        }
    }
}
