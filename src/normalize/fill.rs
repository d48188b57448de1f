//! Filling the columns, each by itself: each kind's own file does the work, this one brings it the cells.

use super::chunk::{Iso, iso_text};
use super::columns::{Maybe, Source, cell};
use super::company::CompanyName;
use super::date::{self, Order};
use super::layout::TablePlan;
use super::made::{Codes, Keys, NONE, Texts, push_made, push_missing, push_plain};
use super::text::fold;
use super::{city, company, country, email, identifier, junk, phone, postcode, website};
use crate::map::{Field, FieldId, Kind};
use crate::table::{Column, ColumnBuilder, ListColumnBuilder, MISSING};
use std::borrow::Cow;

/// What stands between the entries of a list: no address and no number holds it.
const BETWEEN: char = '\n';

impl TablePlan<'_> {
    /// How many rows the table has.
    pub(super) fn rows(&self) -> usize {
        self.countries.len()
    }

    /// An organisation's name taken apart, in the spellings that were learned.
    pub(super) fn company(&self, raw: &str) -> CompanyName {
        let mut name = company::parse(raw);
        if let Some(core) = self.spellings.without_digraphs(&name.core) {
            name.core = core;
        }
        name
    }

    /// Adds the rows' countries.
    pub(super) fn push_countries(&self, builder: &mut ColumnBuilder) {
        let mut before = (Iso::default(), MISSING);
        for iso in &self.countries {
            if *iso != before.0 {
                before = (*iso, builder.intern(iso_text(iso)));
            }
            builder.push_code(before.1);
        }
    }

    /// Adds the rows' mail addresses.
    pub(super) fn push_emails(&self, builder: &mut ListColumnBuilder) {
        let lists = self.emails.iter().map(|column| {
            let cells = column.cells;
            let texts =
                Texts::of(cells.distinct(), |code| [entries(&email::addresses(cells.value(code as u32)))]);
            (texts, Cow::Borrowed(cells.codes()))
        });
        push_lists(builder, lists.collect(), self.rows());
    }

    /// Adds the rows' telephone numbers.
    pub(super) fn push_phones(&self, builder: &mut ListColumnBuilder) {
        let lists = self.phones.iter().map(|column| {
            let keys = Keys::of(column.cells, &self.countries);
            let texts = keys.texts(column.cells, |raw, iso| [entries(&phone::numbers(raw, iso_text(&iso)))]);
            (texts, Cow::Owned(keys.of_row))
        });
        push_lists(builder, lists.collect(), self.rows());
    }

    /// Adds the rows' dates of birth.
    pub(super) fn push_birth_dates(&self, builder: &mut ColumnBuilder) {
        let none = Column::missing();
        let (cells, order) =
            self.birth_date.map_or((&none, Order::DayFirst), |(source, order)| (source.cells, order));
        let made = Texts::of(cells.distinct(), |code| match code as u32 {
            MISSING => [String::new()],
            code => [date::canonical(cells.value(code), order)],
        });
        let mut codes = Codes::new(made.len());
        for row in 0..self.rows() as u32 {
            let code = match cells.code(row) {
                MISSING => match self.birth_parts.map(|column| cell(column, row)) {
                    ["", ..] => MISSING,
                    [year, month, day] => builder.intern(&date::from_parts(year, month, day)),
                },
                code => codes.get(code, builder, || made.get(code, 0)),
            };
            builder.push_code(code);
        }
    }

    /// Adds the rows' websites.
    pub(super) fn push_websites(&self, builder: &mut ColumnBuilder) {
        match self.website {
            Some(source) => push_plain(builder, source.cells, self.rows() as u32, website::canonical),
            None => push_missing(builder, self.rows()),
        }
    }

    /// Adds the rows' identifiers of a field.
    pub(super) fn push_identifiers(&self, field: &FieldId, column: Maybe<'_>, builder: &mut ColumnBuilder) {
        let read = |field: &Field, column: Maybe<'_>| {
            let none = Column::missing();
            let cells = column.map_or(&none, |source| source.cells);
            let keys = Keys::of(cells, &self.countries);
            let texts = keys.texts(cells, |raw, iso| [identifier::canonical(field, raw, iso_text(&iso))]);
            (keys.of_row, texts)
        };
        let (keys, texts) = read(&field.field, column);
        // In Belgium the enterprise number is the VAT number.
        let is_vat = field.field == Field::VatNumber && field.nth == 1;
        let enterprise =
            (is_vat && self.enterprise.is_some()).then(|| read(&Field::EnterpriseNumber, self.enterprise));
        let mut codes = Codes::new(texts.len());
        let mut enterprise_codes = Codes::new(enterprise.as_ref().map_or(0, |(_, texts)| texts.len()));
        for (row, &key) in keys.iter().enumerate() {
            let mut code = if key == NONE { MISSING } else { codes.get(key, builder, || texts.get(key, 0)) };
            if let (MISSING, Some((keys, texts))) = (code, &enterprise)
                && keys[row] != NONE
                && texts.get(keys[row], 0).starts_with("BE")
            {
                code = enterprise_codes.get(keys[row], builder, || texts.get(keys[row], 0));
            }
            builder.push_code(code);
        }
    }

    /// Adds the rows' values of a further column.
    pub(super) fn push_extras(
        &self,
        field: &FieldId,
        column: Option<(Source<'_>, Order)>,
        builder: &mut ColumnBuilder,
    ) {
        match column {
            Some((source, order)) => push_made(builder, source.cells, &self.countries, |raw, iso| {
                extra(field.kind(), raw, iso_text(&iso), order)
            }),
            None => push_missing(builder, self.rows()),
        }
    }
}

fn entries(list: &[String]) -> String {
    list.join("\n")
}

/// Adds the entries of several columns, row by row: of each its texts, and the number of the text of each row (or [`NONE`]).
fn push_lists(builder: &mut ListColumnBuilder, lists: Vec<(Texts<1>, Cow<'_, [u32]>)>, rows: usize) {
    /// More than one entry: looked up one by one.
    const SEVERAL: u32 = NONE - 1;
    let mut codes: Vec<Vec<u32>> = lists.iter().map(|(texts, _)| vec![NONE; texts.len()]).collect();
    for row in 0..rows {
        for ((texts, keys), codes) in lists.iter().zip(&mut codes) {
            let key = keys.get(row).copied().unwrap_or(NONE);
            if key == NONE {
                continue;
            }
            let code = &mut codes[key as usize];
            if *code == NONE {
                *code = match texts.get(key, 0) {
                    "" => MISSING,
                    text if text.contains(BETWEEN) => SEVERAL,
                    text => builder.intern(text),
                };
            }
            match *code {
                SEVERAL => texts.get(key, 0).split(BETWEEN).for_each(|entry| builder.add(entry)),
                code => builder.add_code(code),
            }
        }
        builder.end_record();
    }
}

/// The comparison form of a column that has no field of its own.
fn extra(kind: Kind, raw: &str, iso2: &str, order: Order) -> String {
    match kind {
        // Zero and "none" are answers in a category (`0` / `1`).
        Kind::Category => fold(raw),
        Kind::Date => date::canonical(raw, order),
        Kind::City => city::canonical(raw, iso2),
        Kind::Postcode => postcode::canonical(raw, iso2),
        Kind::Country => country::of_cell(raw).to_string(),
        Kind::Website => website::canonical(raw),
        Kind::Company => company::parse(raw).core,
        _ if junk::is_junk(raw) => String::new(),
        _ => fold(raw),
    }
}
