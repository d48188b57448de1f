//! Every record of every source, column by column: the kinds' own files do the work, this one brings cells to them.

use super::address::{self, AddressParts};
use super::chunk::{Iso, Out, iso_of, iso_text, join_columns, join_lists};
use super::company::CompanyName;
use super::contacts::{Contacts, Extra, Population};
use super::date::{self, Order, OrderVotes};
use super::name::{self, NameParts};
use super::population::{self, Evidence};
use super::text::fold;
use super::{city, company, country, email, identifier, junk, locate, phone, postcode, website};
use crate::config::NormalizeSettings;
use crate::map::{Dataset, Field, FieldId, Kind};
use crate::progress::{Event, Progress};
use crate::table::{Column, ListColumn, ListColumnBuilder, MISSING};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;
use std::ops::Range;

/// Rows that one thread takes at a time: enough to profit from remembered values, few enough to keep all threads busy.
const CHUNK_ROWS: u32 = 16_384;

/// The stage's name in progress events.
const STAGE: &str = "normalize";

/// Positions of the columns in a chunk's output.
#[derive(Clone, Copy)]
enum Col {
    Given,
    Family,
    Particles,
    Generation,
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

const COLUMNS: usize = Col::Website as usize + 1;

/// What one chunk of rows became.
struct Chunk {
    rows: u32,
    population: Vec<Population>,
    /// By [`Col`], then identifiers, then extras.
    columns: Vec<Column>,
    email: ListColumn,
    phone: ListColumn,
}

/// Normalizes every record.
pub fn contacts(data: &Dataset, settings: &NormalizeSettings, progress: &dyn Progress) -> Contacts {
    progress.event(Event::Started { stage: STAGE, total: Some(u64::from(data.records())), unit: "records" });
    let default = iso_of(settings.default_country.as_deref().map_or("", country::code));
    let plan = Plan::new(data);
    let tables: Vec<TablePlan> =
        (0..data.tables.len()).map(|table| TablePlan::new(data, &plan, table, default)).collect();
    let pieces: Vec<(usize, Range<u32>)> = (0..data.tables.len())
        .flat_map(|table| {
            let rows = data.tables[table].rows;
            (0..rows.div_ceil(CHUNK_ROWS))
                .map(move |at| (table, at * CHUNK_ROWS..((at + 1) * CHUNK_ROWS).min(rows)))
        })
        .collect();
    let mut chunks: Vec<Chunk> = pieces
        .into_par_iter()
        .map(|(table, rows)| {
            let by = u64::from(rows.end - rows.start);
            let chunk = tables[table].normalize(rows, &plan, settings.population);
            progress.event(Event::Advanced { stage: STAGE, by });
            chunk
        })
        .collect();
    let contacts = join(data, &plan, &mut chunks);
    let count = |wanted| contacts.population.iter().filter(|&&population| population == wanted).count();
    let summary = format!(
        "{} records: {} persons, {} companies, {} other",
        contacts.records,
        count(Population::Person),
        count(Population::Company),
        count(Population::Other)
    );
    progress.event(Event::Finished { stage: STAGE, summary: &summary });
    contacts
}

fn join(data: &Dataset, plan: &Plan, chunks: &mut [Chunk]) -> Contacts {
    let rows: Vec<u32> = chunks.iter().map(|chunk| chunk.rows).collect();
    let width = COLUMNS + plan.identifiers.len() + plan.extras.len();
    let by_column: Vec<Vec<Column>> = (0..width)
        .map(|at| chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.columns[at])).collect())
        .collect();
    let emails: Vec<ListColumn> = chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.email)).collect();
    let phones: Vec<ListColumn> = chunks.iter_mut().map(|chunk| std::mem::take(&mut chunk.phone)).collect();
    let ((mut columns, (email, phone)), key_hash) = rayon::join(
        || {
            rayon::join(
                || {
                    by_column
                        .into_par_iter()
                        .map(|parts| join_columns(&parts, &rows))
                        .collect::<Vec<Column>>()
                },
                || rayon::join(|| join_lists(&emails, &rows), || join_lists(&phones, &rows)),
            )
        },
        || key_hashes(data),
    );
    let mut tail = columns.split_off(COLUMNS).into_iter();
    let mut extra = |fields: &[FieldId]| -> Vec<Extra> {
        fields
            .iter()
            .zip(tail.by_ref())
            .map(|(field, values)| Extra { field: field.clone(), values })
            .collect()
    };
    let identifiers = extra(&plan.identifiers);
    let extras = extra(&plan.extras);
    let mut take = |at: Col| std::mem::take(&mut columns[at as usize]);
    Contacts {
        records: data.records(),
        source: (0..data.tables.len())
            .flat_map(|table| vec![table as u16; data.tables[table].rows as usize])
            .collect(),
        key_hash,
        population: chunks.iter_mut().flat_map(|chunk| std::mem::take(&mut chunk.population)).collect(),
        given: take(Col::Given),
        family: take(Col::Family),
        particles: take(Col::Particles),
        generation: take(Col::Generation),
        name_words: take(Col::NameWords),
        company: take(Col::Company),
        legal_form: take(Col::LegalForm),
        email,
        phone,
        street: take(Col::Street),
        house_number: take(Col::HouseNumber),
        unit: take(Col::Unit),
        address_rest: take(Col::AddressRest),
        postcode: take(Col::Postcode),
        city: take(Col::City),
        state: take(Col::State),
        country: take(Col::Country),
        birth_date: take(Col::BirthDate),
        website: take(Col::Website),
        identifiers,
        extras,
    }
}

/// A hash of source name and record id for every record: FNV-1a with a mixing step, so that it is the same on every
/// platform and in every version, and every bit of the key moves every bit of the hash.
fn key_hashes(data: &Dataset) -> Vec<u64> {
    (0..data.records())
        .into_par_iter()
        .map(|record| key_hash(data.source(record), &data.record_ids[record as usize]))
        .collect()
}

/// The hash of one record's key.
pub fn key_hash(source: &str, record_id: &str) -> u64 {
    // FNV-1a's offset and prime, then the finalizer of MurmurHash3.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in source.bytes().chain([0x1f]).chain(record_id.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// Which fields of the data set go where.
struct Plan {
    identifiers: Vec<FieldId>,
    extras: Vec<FieldId>,
}

impl Plan {
    fn new(data: &Dataset) -> Self {
        let of = |wanted: &dyn Fn(&FieldId) -> bool| {
            data.fields.iter().filter(|field| wanted(field)).cloned().collect()
        };
        Self {
            identifiers: of(&|field| field.kind() == Kind::Identifier),
            extras: of(&|field| match &field.field {
                Field::Gender | Field::JobTitle => true,
                Field::Other(_, kind) => is_extra(*kind),
                _ => false,
            }),
        }
    }
}

/// Kinds of unnamed columns that are compared as columns of their own; names, mail and phones join the named ones.
fn is_extra(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Category
            | Kind::Text
            | Kind::Date
            | Kind::City
            | Kind::Region
            | Kind::Country
            | Kind::Postcode
            | Kind::Company
            | Kind::Website
            | Kind::Address
    )
}

/// The columns of an address of which a row may have several.
#[derive(Default)]
struct AddressColumns<'a> {
    one_line: Option<&'a Column>,
    block: Option<&'a Column>,
    street_and_number: Option<&'a Column>,
    street: Option<&'a Column>,
    house_number: Option<&'a Column>,
    unit: Option<&'a Column>,
    line_2: Option<&'a Column>,
    po_box: Option<&'a Column>,
    postcode: Option<&'a Column>,
    city: Option<&'a Column>,
    state: Option<&'a Column>,
}

impl<'a> AddressColumns<'a> {
    fn all(&self) -> [Option<&'a Column>; 11] {
        [
            self.one_line,
            self.block,
            self.street_and_number,
            self.street,
            self.house_number,
            self.unit,
            self.line_2,
            self.po_box,
            self.postcode,
            self.city,
            self.state,
        ]
    }
}

/// One table's columns by what they are for.
struct TablePlan<'a> {
    countries: Vec<Iso>,
    record_type: Option<&'a Column>,
    salutation: Option<&'a Column>,
    title: Option<&'a Column>,
    full: Option<&'a Column>,
    given: Option<&'a Column>,
    initials: Option<&'a Column>,
    middle: Option<&'a Column>,
    prefix: Option<&'a Column>,
    family: Option<&'a Column>,
    suffix: Option<&'a Column>,
    nickname: Option<&'a Column>,
    maiden: Option<&'a Column>,
    /// Further name columns, for the words only.
    more_names: Vec<&'a Column>,
    company: Option<&'a Column>,
    legal_form: Option<&'a Column>,
    emails: Vec<&'a Column>,
    phones: Vec<&'a Column>,
    addresses: Vec<AddressColumns<'a>>,
    birth_date: Option<(&'a Column, Order)>,
    birth_parts: [Option<&'a Column>; 3],
    website: Option<&'a Column>,
    enterprise: Option<&'a Column>,
    identifiers: Vec<Option<&'a Column>>,
    extras: Vec<Option<(&'a Column, Order)>>,
    has_names: bool,
}

/// Company names taken apart, by the code of their cell.
type Companies = HashMap<u32, CompanyName, FixedState>;

fn cell<'a>(column: Option<&'a Column>, row: u32) -> &'a str {
    column.map_or("", |column| column.get(row))
}

fn code(column: Option<&Column>, row: u32) -> u32 {
    column.map_or(MISSING, |column| column.code(row))
}

impl<'a> TablePlan<'a> {
    fn new(data: &'a Dataset, plan: &Plan, table: usize, default: Iso) -> Self {
        let at = |position: usize| {
            data.columns[table][position].map(|column| &data.tables[table].columns[column].cells)
        };
        let nth = |field: Field, nth: u8| data.position(&FieldId { field, nth }).and_then(at);
        let first = |field: Field| nth(field, 1);
        let named = |field: &FieldId| data.position(field).and_then(at);
        let many = |wanted: &dyn Fn(&FieldId) -> bool| -> Vec<&'a Column> {
            (0..data.fields.len()).filter(|&position| wanted(&data.fields[position])).filter_map(at).collect()
        };
        let countries = locate::countries(data, table, default);
        let american = countries.iter().filter(|iso| **iso == *b"US").count() * 2 > countries.len();
        let fallback = if american { Order::MonthFirst } else { Order::DayFirst };
        let stamps = many(&|field| field.kind() == Kind::Timestamp);
        let order = |column: &Column| {
            let stamps = || {
                stamps.iter().map(|stamp| votes(stamp)).fold(OrderVotes::default(), |mut all, votes| {
                    all.add(votes);
                    all
                })
            };
            votes(column).order(stamps().order(fallback))
        };
        let dated = |column: &'a Column| (column, order(column));
        let most_addresses = data
            .fields
            .iter()
            .filter(|field| is_address(&field.field))
            .map(|field| field.nth)
            .max()
            .unwrap_or(0);
        let addresses = (1..=most_addresses)
            .map(|n| AddressColumns {
                one_line: nth(Field::AddressOneLine, n),
                block: nth(Field::AddressBlock, n),
                street_and_number: nth(Field::StreetAndNumber, n),
                street: nth(Field::Street, n),
                house_number: nth(Field::HouseNumber, n),
                unit: nth(Field::Unit, n),
                line_2: nth(Field::AddressLine2, n),
                po_box: nth(Field::PoBox, n),
                postcode: nth(Field::Postcode, n),
                city: nth(Field::City, n),
                state: nth(Field::State, n),
            })
            .filter(|address| address.all().iter().any(Option::is_some))
            .collect();
        let is_more_names = |field: &FieldId| {
            field.kind() == Kind::PersonName
                && (matches!(field.field, Field::Other(..))
                    || field.nth > 1
                        && matches!(
                            field.field,
                            Field::FullName | Field::FirstName | Field::LastName | Field::Nickname
                        ))
        };
        let is_date = |field: &FieldId| field.kind() == Kind::Date;
        Self {
            countries,
            record_type: first(Field::Type),
            salutation: first(Field::Salutation),
            title: first(Field::Title),
            full: first(Field::FullName),
            given: first(Field::FirstName),
            initials: first(Field::Initials),
            middle: first(Field::MiddleName),
            prefix: first(Field::SurnamePrefix),
            family: first(Field::LastName),
            suffix: first(Field::Suffix),
            nickname: first(Field::Nickname),
            maiden: first(Field::MaidenName),
            more_names: many(&is_more_names),
            company: first(Field::Company),
            legal_form: first(Field::LegalForm),
            emails: many(&|field| field.kind() == Kind::Email),
            phones: many(&|field| field.kind() == Kind::Phone && field.field != Field::Fax),
            addresses,
            birth_date: first(Field::BirthDate).map(dated),
            birth_parts: [first(Field::BirthYear), first(Field::BirthMonth), first(Field::BirthDay)],
            website: first(Field::Website),
            enterprise: first(Field::EnterpriseNumber),
            identifiers: plan.identifiers.iter().map(named).collect(),
            extras: plan
                .extras
                .iter()
                .map(|field| {
                    named(field).map(|column| if is_date(field) { dated(column) } else { (column, fallback) })
                })
                .collect(),
            has_names: [Field::FullName, Field::FirstName, Field::LastName]
                .into_iter()
                .any(|field| first(field).is_some()),
        }
    }

    fn normalize(&self, rows: Range<u32>, plan: &Plan, fixed: Option<Population>) -> Chunk {
        let count = rows.end - rows.start;
        let mut out: Vec<Out> = Vec::new();
        out.resize_with(COLUMNS + plan.identifiers.len() + plan.extras.len(), Out::default);
        let mut companies = Companies::default();
        let mut email = ListColumnBuilder::new();
        let mut phone = ListColumnBuilder::new();
        let mut population = Vec::with_capacity(count as usize);
        for row in rows {
            let iso = self.countries[row as usize];
            population.push(self.names(row, fixed, &mut out, &mut companies));
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
        fixed: Option<Population>,
        out: &mut [Out],
        companies: &mut Companies,
    ) -> Population {
        let get = |column| cell(column, row);
        let more: String;
        let mut nickname = get(self.nickname);
        if !self.more_names.is_empty() {
            let cells =
                self.more_names.iter().map(|column| column.get(row)).filter(|raw| !junk::is_junk(raw));
            more = std::iter::once(nickname).chain(cells).collect::<Vec<_>>().join(" ");
            nickname = &more;
        }
        let evidence = Evidence {
            record_type: get(self.record_type),
            given: get(self.given),
            family: get(self.family),
            full: get(self.full),
            company: get(self.company),
            has_names: self.has_names,
            has_company: self.company.is_some(),
        };
        let verdict = population::decide(&evidence, fixed);
        let parts = NameParts {
            salutation: get(self.salutation),
            title: get(self.title),
            full: if verdict.full_is_company { "" } else { evidence.full },
            given: evidence.given,
            initials: get(self.initials),
            middle: get(self.middle),
            prefix: get(self.prefix),
            family: if verdict.family_is_company { "" } else { evidence.family },
            suffix: get(self.suffix),
            nickname,
            maiden: get(self.maiden),
        };
        let name = name::parse(parts);
        out[Col::Given as usize].push(&name.given);
        out[Col::Family as usize].push(&name.family);
        out[Col::Particles as usize].push(&name.particles);
        out[Col::Generation as usize].push(&name.generation);
        out[Col::NameWords as usize].push(&name.words);
        let from_cell = !evidence.company.is_empty() && verdict.company_name == evidence.company;
        let own;
        let parsed = if from_cell {
            companies.entry(code(self.company, row)).or_insert_with(|| company::parse(evidence.company))
        } else {
            own = company::parse(verdict.company_name);
            &own
        };
        out[Col::Company as usize].push(&parsed.core);
        if parsed.legal_form.is_empty() && code(self.legal_form, row) != MISSING {
            out[Col::LegalForm as usize].push(&company::legal_form(get(self.legal_form)));
        } else {
            out[Col::LegalForm as usize].push(&parsed.legal_form);
        }
        verdict.population
    }

    fn address(&self, row: u32, iso: Iso, out: &mut [Out]) {
        let country = iso_text(&iso);
        out[Col::Country as usize].push(country);
        // The first address that has anything in it.
        let filled =
            |address: &&AddressColumns<'_>| address.all().iter().any(|column| code(*column, row) != MISSING);
        let Some(columns) = self.addresses.iter().find(filled) else {
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
        let get = |column| cell(column, row);
        let address = address::parse(
            AddressParts {
                one_line: get(columns.one_line),
                block: get(columns.block),
                street_and_number: get(columns.street_and_number),
                street: get(columns.street),
                house_number: get(columns.house_number),
                unit: get(columns.unit),
                line_2: get(columns.line_2),
                po_box: get(columns.po_box),
            },
            country,
        );
        out[Col::Street as usize].push(&address.street);
        out[Col::HouseNumber as usize].push(&address.house_number);
        out[Col::Unit as usize].push(&address.unit);
        out[Col::AddressRest as usize].push(&address.rest);
        let raw = get(columns.postcode);
        if raw.is_empty() || junk::is_junk(raw) {
            out[Col::Postcode as usize].push(&address.postcode);
        } else {
            out[Col::Postcode as usize].push(&postcode::canonical(raw, country));
        }
        let raw_city = get(columns.city);
        if raw_city.is_empty() {
            out[Col::City as usize].push(&city::canonical(&address.city, country));
        } else {
            out[Col::City as usize]
                .push_made(code(columns.city, row), iso, || city::canonical(raw_city, country));
        }
        out[Col::State as usize]
            .push_made(code(columns.state, row), Iso::default(), || text(get(columns.state)));
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

fn is_address(field: &Field) -> bool {
    !matches!(field, Field::Other(..))
        && matches!(field.kind(), Kind::Address | Kind::Postcode | Kind::City | Kind::Region)
}

fn votes(column: &Column) -> OrderVotes {
    let mut votes = OrderVotes::default();
    for code in 1..column.distinct() as u32 {
        votes.see(column.value(code), u64::from(column.count(code)));
    }
    votes
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
        Kind::Country => country::code(raw).to_string(),
        Kind::Website => website::canonical(raw),
        Kind::Company => company::parse(raw).core,
        _ => text(raw),
    }
}
