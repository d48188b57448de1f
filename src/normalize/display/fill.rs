//! The display forms of all rows: each kind's own file does the work, this one brings it the cells and notes the changes.

use super::super::chunk::{Iso, iso_of, iso_text, join_columns};
use super::super::columns::{Source, cell};
use super::super::population;
use super::super::{Population, country, junk, locate};
use super::call::Number;
use super::layout::Sources;
use super::{Change, CleanTable, Cleaned, Shown, case, firm, person, place};
use crate::config::NormalizeSettings;
use crate::map::Dataset;
use crate::progress::{Event, Progress, counted};
use crate::table::{Column, ColumnBuilder, MISSING};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;
use std::ops::Range;

/// Rows that one thread takes at a time.
const CHUNK_ROWS: u32 = 16_384;

/// The stage's name in progress events.
const STAGE: &str = "clean";

/// See [`super::clean`].
pub(super) fn clean(data: &Dataset, settings: &NormalizeSettings, progress: &dyn Progress) -> Cleaned {
    progress.event(Event::Started { stage: STAGE, total: Some(u64::from(data.records())), unit: "records" });
    let default = iso_of(settings.default_country.as_deref().map_or("", country::code));
    let tables = (0..data.tables.len()).map(|table| {
        let sources = Sources::new(data, table);
        let located = locate::located(data, table, default);
        let rows = data.tables[table].rows;
        let chunks: Vec<Chunk> = (0..rows.div_ceil(CHUNK_ROWS))
            .into_par_iter()
            .map(|at| {
                let rows = at * CHUNK_ROWS..((at + 1) * CHUNK_ROWS).min(rows);
                let by = u64::from(rows.end - rows.start);
                let chunk = Filling::new(&sources, &located, settings.population, default).rows(rows);
                progress.event(Event::Advanced { stage: STAGE, by });
                chunk
            })
            .collect();
        join(chunks)
    });
    let cleaned = Cleaned { tables: tables.collect() };
    let changes: usize = cleaned.tables.iter().map(|table| table.changes.len()).sum();
    let summary = format!("{}, {changes} changes and findings", counted(u64::from(data.records()), "record"));
    progress.event(Event::Finished { stage: STAGE, summary: &summary });
    cleaned
}

struct Chunk {
    rows: u32,
    columns: Vec<Column>,
    changes: Vec<Change>,
}

fn join(mut chunks: Vec<Chunk>) -> CleanTable {
    let rows: Vec<u32> = chunks.iter().map(|chunk| chunk.rows).collect();
    let columns = (0..Shown::ALL.len())
        .map(|at| {
            let parts: Vec<Column> =
                chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.columns[at])).collect();
            join_columns(&parts, &rows)
        })
        .collect();
    CleanTable { columns, changes: chunks.into_iter().flat_map(|chunk| chunk.changes).collect() }
}

/// Results by the code of a cell and the row's country.
pub(super) type Memo<T> = HashMap<(u32, u32, Iso), T, FixedState>;

pub(super) struct Filling<'a> {
    pub(super) sources: &'a Sources<'a>,
    pub(super) located: &'a [(Iso, &'static str)],
    pub(super) fixed: Option<Population>,
    pub(super) default: Iso,
    pub(super) columns: Vec<ColumnBuilder>,
    pub(super) changes: Vec<Change>,
    pub(super) row: u32,
    pub(super) iso: Iso,
    pub(super) values: Vec<String>,
    pub(super) numbers: Memo<Vec<Number>>,
}

impl<'a> Filling<'a> {
    fn new(
        sources: &'a Sources<'a>,
        located: &'a [(Iso, &'static str)],
        fixed: Option<Population>,
        default: Iso,
    ) -> Self {
        let mut columns = Vec::new();
        columns.resize_with(Shown::ALL.len(), ColumnBuilder::new);
        let values = vec![String::new(); Shown::ALL.len()];
        Self {
            sources,
            located,
            fixed,
            default,
            columns,
            changes: Vec::new(),
            row: 0,
            iso: Iso::default(),
            values,
            numbers: Memo::default(),
        }
    }

    fn rows(mut self, rows: Range<u32>) -> Chunk {
        let count = rows.end - rows.start;
        for row in rows {
            self.row = row;
            let (iso, reason) = self.located[row as usize];
            self.iso = iso;
            self.values.iter_mut().for_each(String::clear);
            let first_change = self.changes.len();
            self.country(reason);
            self.names();
            self.place();
            self.calls();
            self.mails();
            self.numbers_of_record();
            self.rest();
            self.changes[first_change..].sort_by_key(|change| (change.column, change.to));
            for (column, value) in self.columns.iter_mut().zip(&self.values) {
                column.push(value);
            }
        }
        let columns = self.columns.into_iter().map(ColumnBuilder::finish).collect();
        Chunk { rows: count, columns, changes: self.changes }
    }

    /// Shows a value made by alike itself.
    pub(super) fn set(&mut self, to: Shown, value: &str) {
        self.values[to as usize].push_str(value);
    }

    /// Shows a value made of a cell, and notes the change when it differs.
    pub(super) fn show(&mut self, to: Shown, value: &str, from: Option<Source<'_>>, rule: &'static str) {
        self.values[to as usize] = value.to_string();
        let Some(source) = from.filter(|source| source.cells.code(self.row) != MISSING) else { return };
        if source.get(self.row) != value {
            let rule = if value.is_empty() && junk::is_junk(source.get(self.row)) { "filler" } else { rule };
            self.changes.push(Change { row: self.row, column: source.at, to, rule, note: String::new() });
        }
    }

    pub(super) fn finding(&mut self, to: Shown, from: Source<'_>, rule: &'static str, note: String) {
        self.changes.push(Change { row: self.row, column: from.at, to, rule, note });
    }

    fn country(&mut self, reason: &'static str) {
        let iso = self.iso;
        let stated = self
            .sources
            .countries
            .iter()
            .find(|source| country::of_cell(source.get(self.row)) == iso_text(&iso) && iso[0] != 0);
        self.show(Shown::CountryCode, iso_text(&iso), stated.copied(), "country_code");
        self.set(Shown::CountryReason, reason);
        let lost = self.sources.countries.iter().find(|source| {
            let raw = source.get(self.row);
            !junk::is_junk(raw) && country::of_cell(raw).is_empty()
        });
        if let Some(source) = lost {
            let note = "no country alike knows".to_string();
            self.finding(Shown::CountryCode, *source, "finding_country", note);
        }
    }

    fn names(&mut self) {
        let (sources, row, iso) = (self.sources, self.row, self.iso);
        let names = &sources.names;
        let iso2 = iso_text(&iso);
        let get = |column| cell(column, row);
        let evidence = names.evidence(row);
        let verdict = population::decide(&evidence, self.fixed);
        let kind = match verdict.population {
            Population::Person => "person",
            Population::Company => "company",
            Population::Other => "other",
        };
        self.show(Shown::Type, kind, names.record_type, "record_type");
        let parts = names.parts(row, &evidence, &verdict, iso2);
        let name = person::parse(&parts);
        let rule = if name.rejoined { "name_rejoined" } else { "name_parts" };
        let full = names.full.filter(|_| !parts.full.is_empty());
        let of = |own: Option<Source<'a>>, raw: &str| own.filter(|_| !raw.is_empty()).or(full);
        let given = names.given.filter(|_| !parts.given.is_empty());
        let family = names.family.filter(|_| !parts.family.is_empty());
        // A cell that holds nothing of this part changed nothing.
        let some = |value: &str, from: Option<Source<'a>>| if value.is_empty() { None } else { from };
        let from = of(names.salutation, parts.salutation).or(given);
        self.show(Shown::Salutation, &name.salutation, some(&name.salutation, from), rule);
        let from = of(names.title, parts.title).or(given);
        self.show(Shown::Title, &name.title, some(&name.title, from), rule);
        let first = of(names.given, parts.given).or(names.initials);
        self.show(
            Shown::FirstName,
            &name.first,
            first.filter(|_| !name.first.is_empty() || given.is_some()),
            rule,
        );
        let middle = of(names.middle, parts.middle);
        self.show(
            Shown::MiddleName,
            &name.middle,
            if parts.middle.is_empty() { some(&name.middle, middle) } else { middle },
            rule,
        );
        let from = of(names.prefix, parts.prefix).or(family);
        self.show(Shown::SurnamePrefix, &name.prefix, some(&name.prefix, from), rule);
        let last = of(family, parts.family);
        self.show(
            Shown::LastName,
            &name.last,
            if family.is_some() { last } else { some(&name.last, last) },
            rule,
        );
        let from = of(names.suffix, parts.suffix).or(family);
        self.show(Shown::Suffix, &name.suffix, some(&name.suffix, from), rule);
        let from = of(names.nickname, parts.nickname).or(given);
        self.show(Shown::Nickname, &name.nickname, some(&name.nickname, from), rule);
        let from = of(names.maiden, parts.maiden).or(family);
        self.show(Shown::MaidenName, &name.maiden, some(&name.maiden, from), rule);
        let whole = name.full();
        self.show(Shown::FullName, &whole, full, rule);

        let from = match () {
            () if !evidence.company.is_empty() && verdict.company_name == evidence.company => names.company,
            () if verdict.family_is_company => names.family,
            () if verdict.full_is_company => names.full,
            () => names.company,
        };
        let firm = firm::parse(verdict.company_name, iso2);
        self.show(Shown::Company, &firm.name, from, "company_name");
        let form = get(names.legal_form);
        if !form.is_empty() && (firm.legal_form.is_empty() || !junk::is_junk(form)) {
            self.show(Shown::LegalForm, &firm::legal_form(form, iso2), names.legal_form, "legal_form");
        } else {
            self.show(Shown::LegalForm, &firm.legal_form, some(&firm.legal_form, from), "legal_form");
        }
        let department = get(sources.department);
        if junk::is_junk(department) {
            self.show(
                Shown::Department,
                &firm.department,
                some(&firm.department, from),
                "company_department",
            );
        } else {
            let text = case::tidy(department);
            self.show(Shown::Department, &text, sources.department, "tidy");
        }
    }

    fn place(&mut self) {
        let (sources, row, iso) = (self.sources, self.row, self.iso);
        let Some(columns) = sources.addresses.iter().find(|address| address.is_filled(row)) else { return };
        let parts = columns.parts(row);
        let place = place::parse(&parts, iso_text(&iso));
        let has = |source: Option<Source<'a>>| source.filter(|source| source.cells.code(row) != MISSING);
        let whole = has(columns.one_line).or(has(columns.block));
        let line = has(columns.street_and_number).or(has(columns.street)).or(whole);
        let some = |value: &str, from: Option<Source<'a>>| if value.is_empty() { None } else { from };
        self.show(Shown::Street, &place.street, has(columns.street).or(some(&place.street, line)), "street");
        self.show(
            Shown::HouseNumber,
            &place.house_number,
            has(columns.house_number).or(some(&place.house_number, line)),
            "house_number",
        );
        self.show(
            Shown::Unit,
            &place.unit,
            has(columns.unit).or(some(&place.unit, has(columns.line_2).or(line))),
            "unit",
        );
        self.show(Shown::PoBox, &place.po_box, has(columns.po_box).or(some(&place.po_box, line)), "po_box");
        self.show(
            Shown::Postcode,
            &place.postcode,
            has(columns.postcode).or(some(&place.postcode, whole)),
            "postcode",
        );
        self.show(Shown::City, &place.city, has(columns.city).or(some(&place.city, whole)), "city");
        self.show(Shown::State, &place.state, has(columns.state).or(some(&place.state, whole)), "state");
        self.show(
            Shown::AddressExtra,
            &place.extra,
            some(&place.extra, has(columns.line_2).or(line)),
            "address_extra",
        );
    }
}
