//! A sheet's cells → columns: where the table in it begins, what stands around it.

use super::delimited::Parsed;
use super::sheet::{Row, Sheet};
use super::{Finding, IngestError, Quarantined, frame, headings};
use crate::table::{Column, ColumnBuilder};
use rayon::prelude::*;

/// Cells, empty ones included, that a table may have: 2 GiB of codes. Some sheets have a lone cell far away.
const MOST_CELLS: u64 = 500_000_000;
/// Rows at the end among which lines of totals are looked for.
const LAST: usize = 5;

/// The position of the headings among the rows of a sheet.
pub fn headings_at(sheet: &Sheet) -> usize {
    let top: Vec<Vec<&str>> = sheet.rows().take(frame::LOOKED_AT).map(|row| row.dense()).collect();
    frame::headings(&top)
}

/// The value that shows that the first row of a sheet is one of data, if it is.
pub fn first_value(sheet: &Sheet) -> Option<String> {
    let top: Vec<Vec<&str>> = sheet.rows().take(frame::LOOKED_AT).map(|row| row.dense()).collect();
    let is_first = frame::headings(&top) == 0;
    if is_first { headings::missing(&top).map(str::to_string) } else { None }
}

/// How many columns the table of a sheet has at its top, and whether there are rows in it.
pub fn shape(sheet: &Sheet, header: bool) -> (usize, bool) {
    let mut rows = sheet.rows().skip(if header { headings_at(sheet) } else { 0 });
    let columns = rows.next().map_or(0, |row| row.cells().count());
    (columns, !header || rows.next().is_some())
}

/// Makes columns of a sheet. `header` says whether there are headings; `path` and `source` are for messages.
pub fn table(sheet: &Sheet, header: bool, path: &str, source: &str) -> Result<Parsed, IngestError> {
    let at = if header { headings_at(sheet) } else { 0 };
    let mut rows: Vec<Row<'_>> = sheet.rows().collect();
    if rows.is_empty() {
        return Err(IngestError::Empty { path: path.to_string() });
    }
    let mut findings = Vec::new();
    findings.extend(preamble(&rows[..at], path, source));
    let data = rows.split_off(if header { at + 1 } else { 0 });
    // A column is one that has a heading or a cell.
    let mut has_cells = Vec::new();
    let head = header.then(|| rows[at]);
    for (column, text) in head.iter().chain(&data).flat_map(|row| row.cells()) {
        if column >= has_cells.len() {
            has_cells.resize(column + 1, false);
        }
        has_cells[column] |= !text.is_empty();
    }
    let columns: Vec<usize> = (0..has_cells.len()).filter(|&column| has_cells[column]).collect();
    if columns.len() as u64 * data.len() as u64 > MOST_CELLS {
        return Err(IngestError::TooLarge {
            path: path.to_string(),
            limit: "the sheet's rows and columns span more than 500,000,000 cells",
        });
    }
    let (headings, notes) = match head {
        Some(head) => {
            let cells = head.dense();
            let named = columns.iter().map(|&column| cells.get(column).copied().unwrap_or_default());
            headings::distinct(named)
        }
        None => (headings::numbered(columns.len()), Vec::new()),
    };
    let cells_of = |row: &Row<'_>| -> Vec<String> {
        let dense = row.dense();
        columns.iter().map(|&column| dense.get(column).copied().unwrap_or_default().to_string()).collect()
    };
    let mut set_aside: Vec<(usize, &str)> = Vec::new();
    if let Some(head) = head {
        let names = cells_of(&head);
        for (nth, row) in data.iter().enumerate() {
            let may_be = row.cells().next() == head.cells().next();
            if may_be && frame::is_again(cells_of(row).iter().map(String::as_str), &names) {
                set_aside.push((nth, frame::AGAIN));
            }
        }
        let last = data.iter().enumerate().rev().take(LAST);
        let is_total = |row: &Row<'_>| frame::is_total(row.cells().map(|(_, text)| text), columns.len());
        let totals = last.take_while(|(_, row)| is_total(row)).map(|(nth, _)| (nth, frame::TOTALS));
        set_aside.extend(totals);
        set_aside.sort_unstable();
    }
    let mut quarantine = Vec::new();
    for &(nth, reason) in &set_aside {
        quarantine.push(Quarantined {
            source: source.to_string(),
            file: path.to_string(),
            line: data[nth].number,
            reason: reason.to_string(),
            raw: data[nth].dense().join("\t"),
        });
    }
    findings.extend(frame::findings(&quarantine, path, source));
    if sheet.errors > 0 {
        findings.push(Finding {
            source: source.to_string(),
            file: path.to_string(),
            rule: "spreadsheet_error".to_string(),
            message: format!(
                "{} an error of the spreadsheet instead of a value and {} read as empty; mend the formulas and export again",
                if sheet.errors == 1 { "1 cell holds".to_string() } else { format!("{} cells hold", sheet.errors) },
                if sheet.errors == 1 { "is" } else { "are" }
            ),
            count: sheet.errors,
            examples: sheet.error_examples.clone(),
        });
    }
    if sheet.masked > 0 {
        findings.push(Finding {
            source: source.to_string(),
            file: path.to_string(),
            rule: "number_format".to_string(),
            message: format!(
                "{} numbers are read with the zeros and signs that their format shows",
                sheet.masked
            ),
            count: sheet.masked,
            examples: sheet.masked_examples.clone(),
        });
    }
    let is_kept = |nth: &usize| set_aside.binary_search_by_key(nth, |&(aside, _)| aside).is_err();
    let kept: Vec<Row<'_>> = (0..data.len()).filter(is_kept).map(|nth| data[nth]).collect();
    Ok(Parsed {
        headings,
        notes,
        columns: file(&kept, &columns),
        lines: kept.iter().map(|row| row.number).collect(),
        quarantine,
        findings,
    })
}

/// Files the cells of rows into columns.
fn file(rows: &[Row<'_>], columns: &[usize]) -> Vec<Column> {
    /// Rows at a time: their cells stay in cache while column after column takes its own.
    const BATCH: usize = 4 * 1024;
    let mut builders: Vec<ColumnBuilder> = columns.iter().map(|_| ColumnBuilder::new()).collect();
    let last = columns.last().map_or(0, |&column| column + 1);
    let mut place = vec![usize::MAX; last];
    columns.iter().enumerate().for_each(|(nth, &column)| place[column] = nth);
    for batch in rows.chunks(BATCH.min(1 + BATCH * 64 / columns.len().max(1))) {
        let mut cells = vec![""; batch.len() * columns.len()];
        for (row, line) in batch.iter().zip(cells.chunks_mut(columns.len().max(1))) {
            for (column, text) in row.cells().filter(|(_, text)| !text.is_empty()) {
                line[place[column]] = text;
            }
        }
        builders.par_iter_mut().enumerate().for_each(|(nth, builder)| {
            for at in (nth..cells.len()).step_by(columns.len()) {
                builder.push(cells[at]);
            }
        });
    }
    builders.into_par_iter().map(ColumnBuilder::finish).collect()
}

/// What stands above the headings.
fn preamble(rows: &[Row<'_>], path: &str, source: &str) -> Option<Finding> {
    let texts = rows.iter().map(|row| {
        let cells: Vec<&str> = row.cells().map(|(_, text)| text.trim()).collect();
        (row.number, cells.join(" "))
    });
    frame::preamble(texts.collect(), path, source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::DataRef;

    fn sheet(rows: &[(u32, &[&str])]) -> Sheet {
        let mut sheet = Sheet::default();
        for (row, cells) in rows {
            for (column, cell) in cells.iter().enumerate() {
                assert_eq!(sheet.push(*row, column as u32, &DataRef::SharedString(cell)), Some(()));
            }
        }
        sheet
    }

    fn cells(table: &Parsed) -> Vec<Vec<&str>> {
        (0..table.lines.len() as u32)
            .map(|row| table.columns.iter().map(|column| column.get(row)).collect())
            .collect()
    }

    #[test]
    fn a_table_is_found_wherever_it_begins() {
        let sheet = sheet(&[
            (0, &["", "Contacts of May"]),
            (3, &["", "No.", "Name", "", "City"]),
            (4, &["", "1", "Jan", "", "Gent"]),
            (6, &["", "2", "Els", "", ""]),
            (7, &["", "No.", "Name", "", "City"]),
            (8, &["", "3", "An", "", "Aalst"]),
            (9, &["", "Total: 3"]),
        ]);
        let table = table(&sheet, true, "book.xlsx", "book").expect("is a table");
        assert_eq!(table.headings, ["No.", "Name", "City"]);
        assert_eq!(cells(&table), [["1", "Jan", "Gent"], ["2", "Els", ""], ["3", "An", "Aalst"]]);
        assert_eq!(table.lines, [5, 7, 9]);
        let aside: Vec<(u32, &str)> =
            table.quarantine.iter().map(|row| (row.line, row.reason.as_str())).collect();
        assert_eq!(aside, [(8, frame::AGAIN), (10, frame::TOTALS)]);
        let rules: Vec<&str> = table.findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, ["preamble", "repeated_heading", "totals_line"]);
        assert_eq!(table.findings[0].examples, ["line 1: Contacts of May"]);
    }

    #[test]
    fn a_lone_cell_far_away_costs_a_column_not_the_memory() {
        let mut far = sheet(&[(0, &["id", "name"]), (1, &["1", "Jan"])]);
        assert_eq!(far.push(1_048_575, 16_383, &DataRef::SharedString("x")), Some(()));
        let table = table(&far, true, "book.xlsx", "book").expect("is a table");
        assert_eq!(table.headings, ["id", "name", "column 3"]);
        assert_eq!(table.lines, [2, 1_048_576]);
    }

    #[test]
    fn without_headings_every_row_is_data() {
        let sheet = sheet(&[(0, &["1", "Jan"]), (1, &["2", "Els"])]);
        let table = table(&sheet, false, "book.xlsx", "book").expect("is a table");
        assert_eq!((table.headings.len(), table.lines.len()), (2, 2));
    }
}
