//! Proposals and plan as a workbook in which people decide; `review` reads it back.

use super::{WriteError, file};
use crate::table::Table;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatBorder,
    ProtectionOptions, Workbook, Worksheet, XlsxError,
};
use std::collections::HashMap;
use std::path::Path;

/// The sheet of `proposals`.
pub const GROUPS_SHEET: &str = "Groups";
/// The sheet of `plan`.
pub const FIELDS_SHEET: &str = "Fields";
/// The sheet that explains the others.
pub const LEGEND_SHEET: &str = "Legend";

/// The first columns of each sheet; the others follow as they are, fingerprints last.
const GROUPS_FIRST: [&str; 6] = ["proposal_id", ANSWER, "comment", "role", "lane", "hold_reason"];
const FIELDS_FIRST: [&str; 5] = ["proposal_id", "field", "value", "override", "other_values"];
const LAST: &str = "fingerprint";
/// Stands for the column in which people answer.
const ANSWER: &str = "decision";

/// What a workbook asks of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// To decide on every proposal: column `decision`, and the survivor and values, too.
    Decisions,
    /// To judge a sample: a column of this name, and nothing else.
    Judgements(&'static str),
}

impl Asks {
    /// The column in which people answer.
    fn column(self) -> &'static str {
        match self {
            Self::Decisions => ANSWER,
            Self::Judgements(column) => column,
        }
    }

    /// Whether people write into a column; everything else is protected.
    fn is_edited(self, name: &str) -> bool {
        match self {
            Self::Decisions => [ANSWER, "comment", "role", "override"].contains(&name),
            Self::Judgements(column) => [column, "comment"].contains(&name),
        }
    }

    /// The first columns of the groups, those left out that a table for judging does not have.
    fn groups_first(self, table: &Table) -> Vec<&'static str> {
        let is_there = |name: &&str| {
            self == Self::Decisions
                || *name == "comment"
                || *name == self.column()
                || table.position(name).is_some()
        };
        GROUPS_FIRST
            .map(|name| if name == ANSWER { self.column() } else { name })
            .into_iter()
            .filter(is_there)
            .collect()
    }

    /// The first columns of the fields.
    fn fields_first(self) -> Vec<&'static str> {
        FIELDS_FIRST.into_iter().filter(|name| self == Self::Decisions || *name != "override").collect()
    }
}

/// Rows of a sheet, the heading included.
const MOST_ROWS: u32 = 1_048_576;
/// Characters of a cell.
const LONGEST_CELL: usize = 32_767;

/// Widths in characters of the columns that people look at first, and of all others.
const WIDTHS: [(&str, f64); 8] = [
    ("proposal_id", 20.0),
    ("decision", 12.0),
    ("comment", 24.0),
    ("record_id", 18.0),
    ("value", 30.0),
    ("override", 30.0),
    ("other_values", 40.0),
    ("reasons", 32.0),
];
const WIDTH: f64 = 15.0;

/// What a workbook is made of.
pub struct ReviewBook<'a> {
    /// `proposals`, cell by cell.
    pub proposals: &'a Table,
    /// `plan`.
    pub plan: &'a Table,
    /// What it asks for.
    pub asks: Asks,
    /// Words that the column of answers offers, with what they mean.
    pub words: &'a [(&'a str, &'a str)],
    /// What else the legend explains: section, name, meaning.
    pub legend: &'a [(String, String, String)],
}

/// Writes the workbook to a file that is not there yet; whole or not at all. Returns rows of groups and of fields.
///
/// Errors: the file is there, the disk refuses, or a sheet cannot hold that many rows or a cell that long.
pub fn review_book(path: &Path, book: &ReviewBook<'_>) -> Result<(u32, u32), WriteError> {
    let failed = |cause: XlsxError| WriteError::io(path, std::io::Error::other(cause.to_string()));
    if path.exists() {
        return Err(WriteError::Exists(path.to_path_buf()));
    }
    for (sheet, table) in [(GROUPS_SHEET, book.proposals), (FIELDS_SHEET, book.plan)] {
        check(path, sheet, table)?;
    }
    let mut workbook = Workbook::new();
    // The same rows give the same bytes, whenever they are written.
    let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let looks = Looks::new();
    let groups = workbook.add_worksheet_with_constant_memory();
    groups.set_name(GROUPS_SHEET).map_err(failed)?;
    table(groups, book.proposals, (book.asks, &book.asks.groups_first(book.proposals)), book.words, &looks)
        .map_err(failed)?;
    let fields = workbook.add_worksheet_with_constant_memory();
    fields.set_name(FIELDS_SHEET).map_err(failed)?;
    table(fields, book.plan, (book.asks, &book.asks.fields_first()), &[], &looks).map_err(failed)?;
    let sheet = workbook.add_worksheet_with_constant_memory();
    sheet.set_name(LEGEND_SHEET).map_err(failed)?;
    legend(sheet, book, &looks).map_err(failed)?;
    let mut name = path.file_name().ok_or_else(|| WriteError::NoName(path.into()))?.to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let sibling = path.with_file_name(name);
    let out = file::create(&sibling)?;
    let saved = workbook
        .save_to_writer(std::io::BufWriter::new(&out))
        .map_err(failed)
        .and_then(|()| file::finish(out, path))
        .and_then(|()| std::fs::rename(&sibling, path).map_err(|cause| WriteError::io(path, cause)));
    if saved.is_err() {
        // The write has failed already; a sibling that cannot be removed either adds nothing to say.
        let _ = std::fs::remove_file(&sibling);
    }
    saved.map(|()| (book.proposals.rows, book.plan.rows))
}

/// Tells what a sheet cannot hold.
fn check(path: &Path, sheet: &str, table: &Table) -> Result<(), WriteError> {
    let told = |what: String| Err(WriteError::io(path, std::io::Error::other(what)));
    if table.rows >= MOST_ROWS {
        return told(format!(
            "sheet {sheet} would have {} rows, and a sheet holds {MOST_ROWS}; review the CSV files",
            table.rows
        ));
    }
    for column in &table.columns {
        if column.cells.values().iter().any(|cell| cell.encode_utf16().count() > LONGEST_CELL) {
            return told(format!(
                "a cell of column `{}` has more than {LONGEST_CELL} characters, which no sheet holds; review the CSV files",
                column.name
            ));
        }
    }
    Ok(())
}

/// How cells look. Nothing is told by colour alone: the lane stands in words, what can be edited has a heading in
/// brackets of the legend, and a line is drawn above each proposal.
struct Looks {
    heading: Format,
    edited_heading: Format,
    /// By (can be edited, first row of a proposal).
    cells: [[Format; 2]; 2],
    /// By lane, and whether it is the first row of a proposal.
    lanes: HashMap<&'static str, [Format; 2]>,
}

impl Looks {
    fn new() -> Self {
        /// Light fills on which black text has a contrast above 12 : 1.
        const EDIT: u32 = 0x00FF_F9DB;
        const LANES: [(&str, u32); 3] =
            [("auto", 0x00D9_F2D9), ("review", 0x00DD_EBF7), ("hold", 0x00FB_E0CC)];
        // Text, so that a spreadsheet takes no zero away from what is typed.
        let text = || Format::new().set_num_format("@");
        let first = |format: Format| [format.clone(), format.set_border_top(FormatBorder::Thin)];
        let edit = text().set_unlocked().set_background_color(Color::RGB(EDIT));
        let heading = Format::new().set_bold().set_border_bottom(FormatBorder::Medium);
        Self {
            edited_heading: heading.clone().set_italic().set_background_color(Color::RGB(EDIT)),
            heading,
            cells: [first(text()), first(edit)],
            lanes: LANES
                .into_iter()
                .map(|(lane, fill)| (lane, first(text().set_background_color(Color::RGB(fill)))))
                .collect(),
        }
    }
}

/// The columns of a sheet: headings and, where the table has it, the column.
fn columns<'t>(table: &'t Table, first: &[&'t str]) -> Vec<(&'t str, Option<usize>)> {
    let mut order: Vec<(&str, Option<usize>)> =
        first.iter().map(|name| (*name, table.position(name))).collect();
    let is_first = |name: &str| first.contains(&name) || name == LAST;
    let rest = table.columns.iter().enumerate().filter(|(_, column)| !is_first(&column.name));
    order.extend(rest.map(|(at, column)| (column.name.as_str(), Some(at))));
    order.extend(table.position(LAST).map(|at| (LAST, Some(at))));
    order
}

fn table(
    sheet: &mut Worksheet,
    table: &Table,
    (asks, first): (Asks, &[&str]),
    words: &[(&str, &str)],
    looks: &Looks,
) -> Result<(), XlsxError> {
    let columns = columns(table, first);
    let ids = table.position("proposal_id").unwrap_or_default();
    for ((name, _), at) in columns.iter().zip(0u16..) {
        let is_edited = asks.is_edited(name);
        sheet.write_string_with_format(
            0,
            at,
            *name,
            if is_edited { &looks.edited_heading } else { &looks.heading },
        )?;
        sheet.set_column_width(
            at,
            WIDTHS.iter().find(|(of, _)| of == name).map_or(WIDTH, |(_, width)| *width),
        )?;
    }
    let mut before = "";
    for row in 0..table.rows {
        let id = table.cell(ids, row);
        let is_first = usize::from(id != before);
        before = id;
        for ((name, column), at) in columns.iter().zip(0u16..) {
            let value = column.map_or("", |column| table.cell(column, row));
            let plain = &looks.cells[usize::from(asks.is_edited(name))][is_first];
            let format = match *name {
                "lane" => looks.lanes.get(value).map_or(plain, |of| &of[is_first]),
                _ => plain,
            };
            match value {
                // What nobody edits needs no cell, but for the line above a proposal.
                "" if is_first == 0 && !asks.is_edited(name) => continue,
                "" => sheet.write_blank(row + 1, at, format)?,
                value => sheet.write_string_with_format(row + 1, at, value, format)?,
            };
        }
    }
    let last = table.rows.max(1);
    sheet.set_freeze_panes(1, 2)?;
    sheet.autofilter(0, 0, last, columns.len().saturating_sub(1) as u16)?;
    let place = |of: &str| columns.iter().zip(0u16..).find(|((name, _), _)| *name == of).map(|(_, at)| at);
    let lists: [(&str, Vec<&str>); 2] = [
        (asks.column(), words.iter().map(|(word, _)| *word).collect()),
        ("role", vec!["survivor", "duplicate"]),
    ];
    for (name, list) in lists.into_iter().filter(|(name, _)| asks.is_edited(name)) {
        if let (Some(at), false) = (place(name), list.is_empty()) {
            // A hint, no bar: group:4 and above are not in the list; what is no word is told when it is read back.
            let rule = DataValidation::new()
                .allow_list_strings(&list)?
                .set_error_style(DataValidationErrorStyle::Warning)
                .set_error_title("No word of the list")?
                .set_error_message("See the sheet Legend.")?;
            sheet.add_data_validation(1, at, last, at, &rule)?;
        }
    }
    sheet.protect_with_options(&ProtectionOptions {
        use_autofilter: true,
        format_columns: true,
        format_rows: true,
        ..ProtectionOptions::default()
    });
    Ok(())
}

fn legend(sheet: &mut Worksheet, book: &ReviewBook<'_>, looks: &Looks) -> Result<(), XlsxError> {
    for (name, at) in ["section", "name", "meaning"].into_iter().zip(0u16..) {
        sheet.write_string_with_format(0, at, name, &looks.heading)?;
    }
    let words = book.words.iter().map(|(word, meaning)| (book.asks.column(), *word, *meaning));
    let others =
        book.legend.iter().map(|(section, name, text)| (section.as_str(), name.as_str(), text.as_str()));
    for ((section, name, meaning), row) in words.chain(others).zip(1u32..) {
        for (text, at) in [section, name, meaning].into_iter().zip(0u16..) {
            sheet.write_string(row, at, text)?;
        }
    }
    for (at, width) in [(0, 14.0), (1, 24.0), (2, 100.0)] {
        sheet.set_column_width(at, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.protect();
    Ok(())
}
