//! Filling the columns of one chunk of rows: each kind's own file does the work, this one brings it the cells.

use super::address;
use super::chunk::{Iso, Out, iso_text};
use super::columns::{cell, code};
use super::company::CompanyName;
use super::contacts::Population;
use super::date::{self, Order};
use super::layout::{Plan, TablePlan};
use super::name;
use super::population;
use super::text::fold;
use super::{city, company, country, email, gender, identifier, junk, phone, postcode, website};
use crate::map::{Field, Kind};
use crate::table::{Column, ListColumn, ListColumnBuilder, MISSING};
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::ops::Range;

/// Positions of the columns in a chunk's output.
#[derive(Clone, Copy)]
pub(super) enum Col {
    Given,
    Family,
    Particles,
    Generation,
    Gender,
    NameWords,
    Company,
    LegalForm,
    Street,
    HouseNumber,
    Unit,
    AddressRest,
    Postcode,
    City,
    State,
    Country,
    BirthDate,
    Website,
}

/// How many named columns a chunk has.
pub(super) const COLUMNS: usize = Col::Website as usize + 1;

/// What one chunk of rows became.
pub(super) struct Chunk {
    pub rows: u32,
    pub population: Vec<Population>,
    /// By [`Col`], then identifiers, then extras.
    pub columns: Vec<Column>,
    pub email: ListColumn,
    pub phone: ListColumn,
}

/// Company names taken apart, by the code of their cell.
type Companies = HashMap<u32, CompanyName, FixedState>;

impl TablePlan<'_> {
    /// Normalizes a range of rows.
    pub(super) fn normalize(&self, rows: Range<u32>, plan: &Plan, fixed: Option<Population>) -> Chunk {
        let count = rows.end - rows.start;
        let mut out: Vec<Out> = Vec::new();
        out.resize_with(COLUMNS + plan.identifiers.len() + plan.extras.len(), Out::default);
        let mut companies = Companies::default();
        let mut email = ListColumnBuilder::new();
        let mut phone = ListColumnBuilder::new();
        let mut population = Vec::with_capacity(count as usize);
        for row in rows {
            let iso = self.countries[row as usize];
            population.push(self.names(row, iso, fixed, &mut out, &mut companies));
            self.address(row, iso, &mut out);
            self.rest(row, iso, plan, &mut out);
            for column in &self.emails {
                if column.code(row) != MISSING {
                    email::addresses(column.get(row)).iter().for_each(|address| email.add(address));
                }
            }
            email.end_record();
            for column in &self.phones {
                if column.code(row) != MISSING {
                    phone::numbers(column.get(row), iso_text(&iso))
                        .iter()
                        .for_each(|number| phone.add(number));
                }
            }
            phone.end_record();
        }
        Chunk {
            rows: count,
            population,
            columns: out.into_iter().map(Out::finish).collect(),
            email: email.finish(),
            phone: phone.finish(),
        }
    }

    /// Person and company names, and with them what the record is.
    fn names(
        &self,
        row: u32,
        iso: Iso,
        fixed: Option<Population>,
        out: &mut [Out],
        companies: &mut Companies,
    ) -> Population {
        let names = &self.names;
        let evidence = names.evidence(row);
        let verdict = population::decide(&evidence, fixed);
        let mut parts = names.parts(row, &evidence, &verdict, iso_text(&iso));
        let more: String;
        if !self.more_names.is_empty() {
            let cells =
                self.more_names.iter().map(|column| column.get(row)).filter(|raw| !junk::is_junk(raw));
            more = std::iter::once(parts.nickname).chain(cells).collect::<Vec<_>>().join(" ");
            parts.nickname = &more;
        }
        let mut name = name::parse(parts);
        self.spellings.apply(&mut name);
        out[Col::Given as usize].push(&name.given);
        out[Col::Family as usize].push(&name.family);
        out[Col::Particles as usize].push(&name.particles);
        out[Col::Generation as usize].push(&name.generation);
        out[Col::NameWords as usize].push(&name.words);
        let told = names.addressed(row).into_iter().map(gender::of_cell);
        let before_name = [evidence.full, evidence.given, evidence.family].into_iter().map(gender::of_name);
        let mut told = told.chain(before_name).chain([gender::of_surname(&name.family)]);
        out[Col::Gender as usize].push(told.find(|gender| !gender.is_empty()).unwrap_or_default());
        let from_cell = !evidence.company.is_empty() && verdict.company_name == evidence.company;
        let own;
        let parsed = if from_cell {
            companies.entry(code(names.company, row)).or_insert_with(|| self.company(evidence.company))
        } else {
            own = self.company(verdict.company_name);
            &own
        };
        out[Col::Company as usize].push(&parsed.core);
        if parsed.legal_form.is_empty() && code(names.legal_form, row) != MISSING {
            out[Col::LegalForm as usize].push(&company::legal_form(cell(names.legal_form, row)));
        } else {
            out[Col::LegalForm as usize].push(&parsed.legal_form);
        }
        verdict.population
    }

    fn company(&self, raw: &str) -> CompanyName {
        let mut name = company::parse(raw);
        if let Some(core) = self.spellings.without_digraphs(&name.core) {
            name.core = core;
        }
        name
    }

    fn address(&self, row: u32, iso: Iso, out: &mut [Out]) {
        let country = iso_text(&iso);
        out[Col::Country as usize].push(country);
        // The first address that has anything in it.
        let Some(columns) = self.addresses.iter().find(|address| address.is_filled(row)) else {
            for at in [
                Col::Street,
                Col::HouseNumber,
                Col::Unit,
                Col::AddressRest,
                Col::Postcode,
                Col::City,
                Col::State,
            ] {
                out[at as usize].push("");
            }
            return;
        };
        let parts = columns.parts(row);
        let address = address::parse(parts, country);
        let street = self.spellings.without_digraphs(&address.street);
        out[Col::Street as usize].push(street.as_deref().unwrap_or(&address.street));
        out[Col::HouseNumber as usize].push(&address.house_number);
        out[Col::Unit as usize].push(&address.unit);
        out[Col::AddressRest as usize].push(&address.rest);
        let raw = parts.postcode;
        if raw.is_empty() || junk::is_junk(raw) {
            out[Col::Postcode as usize].push(&address.postcode);
        } else {
            out[Col::Postcode as usize].push(&postcode::canonical(raw, country));
        }
        let raw_city = parts.city;
        if raw_city.is_empty() {
            out[Col::City as usize].push(&city::canonical(&address.city, country));
        } else {
            out[Col::City as usize]
                .push_made(code(columns.city, row), iso, || city::canonical(raw_city, country));
        }
        out[Col::State as usize].push_made(code(columns.state, row), Iso::default(), || text(parts.state));
    }

    /// Dates, website, identifiers and further columns.
    fn rest(&self, row: u32, iso: Iso, plan: &Plan, out: &mut [Out]) {
        let none = Iso::default();
        match self.birth_date {
            Some((column, order)) if column.code(row) != MISSING => {
                out[Col::BirthDate as usize]
                    .push_made(column.code(row), none, || date::canonical(column.get(row), order));
            }
            _ => {
                let [year, month, day] = self.birth_parts.map(|column| cell(column, row));
                let made = if year.is_empty() { String::new() } else { date::from_parts(year, month, day) };
                out[Col::BirthDate as usize].push(&made);
            }
        }
        let site = cell(self.website, row);
        out[Col::Website as usize].push_made(code(self.website, row), none, || website::canonical(site));
        for (at, (field, column)) in plan.identifiers.iter().zip(&self.identifiers).enumerate() {
            let out = &mut out[COLUMNS + at];
            let mut value = identifier::canonical(&field.field, cell(*column, row), iso_text(&iso));
            if value.is_empty() && field.field == Field::VatNumber && field.nth == 1 {
                // In Belgium the enterprise number is the VAT number.
                let enterprise = identifier::canonical(
                    &Field::EnterpriseNumber,
                    cell(self.enterprise, row),
                    iso_text(&iso),
                );
                if enterprise.starts_with("BE") {
                    value = enterprise;
                }
            }
            out.push(&value);
        }
        let start = COLUMNS + plan.identifiers.len();
        for (at, (field, column)) in plan.extras.iter().zip(&self.extras).enumerate() {
            let out = &mut out[start + at];
            match column {
                Some((column, order)) => {
                    out.push_made(column.code(row), iso, || {
                        extra(field.kind(), column.get(row), iso_text(&iso), *order)
                    });
                }
                None => out.push(""),
            }
        }
    }
}

/// Folded text; empty for fillers.
fn text(raw: &str) -> String {
    if junk::is_junk(raw) { String::new() } else { fold(raw) }
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
        _ => text(raw),
    }
}
