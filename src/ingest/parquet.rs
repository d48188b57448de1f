//! Parquet → columns of text: dates as ISO, whole numbers without decimals, nothing for null.

use super::{IngestError, headings};
use crate::table::{Column, ColumnBuilder};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use polars::prelude::{
    ArrowDataType, Column as PolarsColumn, DataType, ParquetReader, PolarsError, PolarsResult, SerReader,
    Series, TimeUnit,
};
use rayon::prelude::*;
use std::fmt::Display;
use std::io::Cursor;

/// The first bytes of every Parquet file.
pub const MAGIC: &[u8] = b"PAR1";
/// Past this a float does not hold every whole number, so that it is not written as one.
const WHOLE_LIMIT: f64 = 9_007_199_254_740_992.0;
const SECONDS_PER_DAY: i64 = 86_400;

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
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let schema = reader.schema().map_err(damaged)?;
    for field in schema.iter_values() {
        // Checked first, because reading a type that is not compiled in would end the program.
        if !is_plain(&field.dtype) {
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
    let (headings, notes) = headings::distinct(frame.columns().iter().map(|column| column.name().as_str()));
    let columns = frame
        .into_columns()
        .into_par_iter()
        .map(|column| {
            text(&column, rows).map_err(|_| IngestError::ColumnType {
                path: path.to_string(),
                column: column.name().to_string(),
                dtype: column.dtype().to_string(),
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Parsed { headings, notes, columns, rows })
}

fn is_plain(dtype: &ArrowDataType) -> bool {
    use ArrowDataType as A;
    match dtype {
        A::Null | A::Boolean | A::Int32 | A::Int64 | A::UInt32 | A::UInt64 | A::Float32 | A::Float64 => true,
        A::Date32 | A::Date64 | A::Timestamp(..) | A::Time32(_) | A::Time64(_) => true,
        A::Utf8 | A::LargeUtf8 | A::Utf8View | A::Binary | A::LargeBinary | A::BinaryView => true,
        A::Dictionary(_, values, _) => matches!(**values, A::Utf8 | A::LargeUtf8 | A::Utf8View),
        _ => false,
    }
}

fn text(column: &PolarsColumn, rows: usize) -> PolarsResult<Column> {
    let series = column.as_materialized_series();
    Ok(match series.dtype() {
        DataType::Null => fill(std::iter::repeat_n(None::<&str>, rows)),
        DataType::Boolean => fill(series.bool()?.iter()),
        DataType::Float64 => floats(series)?,
        DataType::Float32 => floats(&series.cast(&DataType::Float64)?)?,
        DataType::Date => {
            fill(series.date()?.physical().iter().map(|day| day.and_then(|day| date(i64::from(day)))))
        }
        DataType::Datetime(unit, zone) => moments(series, *unit, zone.is_some())?,
        DataType::String => fill(series.str()?.iter()),
        DataType::Binary => binary(series)?,
        _ => fill(series.cast(&DataType::String)?.str()?.iter()),
    })
}

/// Files values into a column; each is written into one buffer that is used again.
fn fill<T: Display>(values: impl Iterator<Item = Option<T>>) -> Column {
    use std::fmt::Write;
    let mut builder = ColumnBuilder::new();
    let mut cell = String::new();
    for value in values {
        cell.clear();
        if let Some(value) = value {
            // Writing to a string cannot fail.
            let _ = write!(cell, "{value}");
        }
        builder.push(&cell);
    }
    builder.finish()
}

/// Numbers that went through a data frame as floats (because some were missing) stay whole numbers.
fn floats(series: &Series) -> PolarsResult<Column> {
    Ok(fill(series.f64()?.iter().map(|value| {
        value.filter(|value| !value.is_nan()).map(|value| {
            match value.fract() == 0.0 && value.abs() < WHOLE_LIMIT {
                true => (value as i64).to_string(),
                false => value.to_string(),
            }
        })
    })))
}

fn binary(series: &Series) -> PolarsResult<Column> {
    let binary = series.binary()?;
    if binary.iter().flatten().any(|bytes| std::str::from_utf8(bytes).is_err()) {
        return Err(PolarsError::ComputeError("bytes that are no text".into()));
    }
    Ok(fill(binary.iter().map(|bytes| bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()))))
}

/// Timestamps; a column in which all of them are midnight holds days.
fn moments(series: &Series, unit: TimeUnit, zoned: bool) -> PolarsResult<Column> {
    let moments = series.datetime()?.physical();
    let per_second = match unit {
        TimeUnit::Milliseconds => 1_000,
        TimeUnit::Microseconds => 1_000_000,
        TimeUnit::Nanoseconds => 1_000_000_000,
    };
    let per_day = per_second * SECONDS_PER_DAY;
    if !zoned && moments.iter().flatten().all(|moment| moment.rem_euclid(per_day) == 0) {
        return Ok(fill(
            moments.iter().map(|moment| moment.and_then(|moment| date(moment.div_euclid(per_day)))),
        ));
    }
    Ok(fill(moments.iter().map(|moment| {
        let nanos = i128::from(moment?) * i128::from(1_000_000_000 / per_second);
        let moment = TimeZone::UTC.to_datetime(Timestamp::from_nanosecond(nanos).ok()?);
        Some(format!("{moment}{}", if zoned { "Z" } else { "" }))
    })))
}

/// Days since 1970-01-01 → civil date; nothing for days outside the years -9999 to 9999.
fn date(days: i64) -> Option<jiff::civil::Date> {
    let moment = Timestamp::from_second(days.checked_mul(SECONDS_PER_DAY)?).ok()?;
    Some(TimeZone::UTC.to_datetime(moment).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{DataFrame, IntoColumn, NamedFrom, ParquetWriter};

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
    fn lists_are_refused_by_name_and_damage_is_an_error() {
        let list = Series::new("tags".into(), [Series::new("".into(), ["a"]), Series::new("".into(), ["b"])]);
        let error = parse(&written(vec![list]), "f.parquet").expect_err("lists have no text form");
        assert!(error.to_string().contains("`tags`"), "{error}");
        let mut cut = written(vec![Series::new("a".into(), [1i64, 2])]);
        cut.truncate(cut.len() / 2);
        assert!(matches!(parse(&cut, "f.parquet"), Err(IngestError::Parquet { .. })));
        assert!(matches!(parse(b"PAR1PAR1", "f.parquet"), Err(IngestError::Parquet { .. })));
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
                // Read as something else or refused: what matters is that it comes back.
                let _ = parse(&damaged, "f.parquet");
            }
        }
    }
}
