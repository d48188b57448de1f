//! One column of a data frame → the text of its cells.

use crate::table::{Column, ColumnBuilder};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use polars::prelude::{Column as PolarsColumn, DataType, PolarsError, PolarsResult, Series, TimeUnit};
use std::fmt::Display;

/// Past this a float does not hold every whole number, so that it is not written as one.
const WHOLE_LIMIT: f64 = 9_007_199_254_740_992.0;
const SECONDS_PER_DAY: i64 = 86_400;
const NANOS_PER_SECOND: i64 = 1_000_000_000;
/// Between the values of a list, as in cells that hold several.
const BETWEEN: &str = ";";
/// Bytes of a UUID.
const UUID_BYTES: usize = 16;

/// The text of every cell. Errors: bytes that are no text, or a type that has none.
pub fn text(column: &PolarsColumn, rows: usize) -> PolarsResult<Column> {
    of_series(column.as_materialized_series(), rows)
}

fn of_series(series: &Series, rows: usize) -> PolarsResult<Column> {
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
        DataType::Time => fill(series.time()?.physical().iter().map(|nanos| nanos.and_then(time))),
        DataType::Decimal(..) => decimals(series)?,
        DataType::List(_) => lists(series)?,
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

/// Decimals as they are written; those of a column in which all are whole without a fraction, for databases give whole
/// numbers (ids) as `42.0000000000`.
fn decimals(series: &Series) -> PolarsResult<Column> {
    let text = series.cast(&DataType::String)?;
    let text = text.str()?;
    let whole = |value: &str| value.split_once('.').is_none_or(|(_, parts)| parts.bytes().all(|b| b == b'0'));
    if !text.iter().flatten().all(whole) {
        return Ok(fill(text.iter()));
    }
    Ok(fill(
        text.iter().map(|value| value.map(|value| value.split_once('.').map_or(value, |(whole, _)| whole))),
    ))
}

/// Lists as one cell; what is missing in them is left out.
fn lists(series: &Series) -> PolarsResult<Column> {
    let mut builder = ColumnBuilder::new();
    let mut cell = String::new();
    let lists = series.list()?;
    for at in 0..lists.len() {
        let list = lists.get_as_series(at);
        cell.clear();
        let mut add = |value: &str| {
            if !value.is_empty() {
                cell.push_str(if cell.is_empty() { "" } else { BETWEEN });
                cell.push_str(value);
            }
        };
        match &list {
            None => {}
            // By far the most frequent.
            Some(list) if *list.dtype() == DataType::String => {
                list.str()?.iter().flatten().for_each(&mut add)
            }
            Some(list) => {
                let values = of_series(list, list.len())?;
                (0..list.len() as u32).for_each(|row| add(values.get(row)));
            }
        }
        builder.push(&cell);
    }
    Ok(builder.finish())
}

fn binary(series: &Series) -> PolarsResult<Column> {
    let binary = series.binary()?;
    if binary.iter().flatten().any(|bytes| std::str::from_utf8(bytes).is_err()) {
        if binary.iter().flatten().all(|bytes| bytes.len() == UUID_BYTES) {
            return Ok(fill(binary.iter().map(|bytes| bytes.map(uuid))));
        }
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

/// Nanoseconds since midnight → `13:45:00`; fractions of a second only where there are some.
fn time(nanos: i64) -> Option<jiff::civil::Time> {
    let (seconds, rest) = (nanos.div_euclid(NANOS_PER_SECOND), nanos.rem_euclid(NANOS_PER_SECOND));
    let (hours, minutes) = (i8::try_from(seconds / 3_600).ok()?, (seconds / 60 % 60) as i8);
    jiff::civil::Time::new(hours, minutes, (seconds % 60) as i8, rest as i32).ok()
}

/// A UUID's 16 bytes as people write them.
fn uuid(bytes: &[u8]) -> String {
    /// Bytes before which a hyphen stands.
    const HYPHENS: [usize; 4] = [4, 6, 8, 10];
    let part =
        |(at, byte): (usize, &u8)| format!("{}{byte:02x}", if HYPHENS.contains(&at) { "-" } else { "" });
    bytes.iter().enumerate().map(part).collect()
}
