//! The addresses of a table's rows, as columns. Where a row has a street and a house number and nothing else that could change how
//! they are read, each of them is read once, however many rows it stands in.

use super::address::{self, Address};
use super::chunk::{Iso, iso_text};
use super::city;
use super::columns::{AddressColumns, Maybe, code};
use super::junk;
use super::layout::TablePlan;
use super::made::{Codes, Keys, NONE, Texts};
use super::names::by_value;
use super::population::is_filled;
use super::postcode;
use super::text::fold;
use crate::table::{Column, ColumnBuilder, MISSING};

/// A part of an address, as the column it goes into.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Street,
    HouseNumber,
    Unit,
    Rest,
    Postcode,
    City,
    State,
}

const PARTS: usize = Part::State as usize + 1;

/// Where the address of a row was read: in its cells, one by one; or, with this bit, the number of a whole address. [`NONE`] for no
/// address.
const WHOLE: u32 = 1 << 31;
const SINGLE: u32 = 0;

/// The addresses of a table's rows.
pub(super) struct Places<'a> {
    plan: &'a TablePlan<'a>,
    /// The columns of the addresses that are read cell by cell.
    columns: AddressColumns<'a>,
    streets: Option<Keys>,
    /// By key of `streets`: street, number, unit and post box.
    street: Texts<4>,
    /// By code of the house number cell: its digits and what follows them.
    number: Texts<2>,
    /// Addresses of rows that had to be read as a whole, by [`Part`].
    wholes: Texts<PARTS>,
    /// By row; see [`WHOLE`].
    of_row: Vec<u32>,
}

impl<'a> Places<'a> {
    /// Reads the addresses of all rows.
    pub fn new(plan: &'a TablePlan<'a>) -> Self {
        let columns = plan.addresses.first().copied().unwrap_or_default();
        let streets = columns.street.map(|source| Keys::of(source.cells, &plan.countries));
        let street = match (&streets, columns.street) {
            (Some(keys), Some(source)) => keys.texts(source.cells, |raw, iso| {
                let mut line = Address::default();
                address::split_street(
                    if junk::is_junk(raw) { "" } else { raw },
                    "",
                    iso_text(&iso),
                    &mut line,
                );
                let street = plan.spellings.without_digraphs(&line.street).unwrap_or(line.street);
                [street, line.house_number, line.unit, line.rest]
            }),
            _ => Texts::of(0, |_| Default::default()),
        };
        let distinct = columns.house_number.map_or(1, |source| source.cells.distinct());
        let number = Texts::of(distinct, |code| {
            let raw = columns.house_number.map_or("", |source| source.cells.value(code as u32));
            let (digits, addition) =
                if is_filled(raw) { address::split_number(&fold(raw)) } else { Default::default() };
            [digits, addition]
        });
        let is_number = by_value(columns.house_number, is_filled);
        let mut whole_rows: Vec<u32> = Vec::new();
        let of_row = (0..plan.countries.len() as u32)
            .map(|row| {
                let is_single = columns.is_filled(row) && !has_more(&columns, row) && {
                    // A number in the street's cell and another one in its own: both together tell which is meant.
                    let in_street = match streets.as_ref().map_or(NONE, |keys| keys.of_row[row as usize]) {
                        NONE => "",
                        key => street.get(key, 1),
                    };
                    let cell = code(columns.house_number, row);
                    in_street.is_empty() || !is_number[cell as usize] || in_street == number.get(cell, 0)
                };
                if is_single {
                    return SINGLE;
                }
                if !plan.addresses.iter().any(|address| address.is_filled(row)) {
                    return NONE;
                }
                whole_rows.push(row);
                (whole_rows.len() as u32 - 1) | WHOLE
            })
            .collect();
        let wholes = Texts::of(whole_rows.len(), |at| whole(plan, whole_rows[at]));
        Self { plan, columns, streets, street, number, wholes, of_row }
    }

    /// Adds a part of every row's address, as `read` finds the code of one that is read cell by cell.
    fn push_by(
        &self,
        part: Part,
        builder: &mut ColumnBuilder,
        mut read: impl FnMut(&mut ColumnBuilder, u32) -> u32,
    ) {
        for (row, &pick) in (0u32..).zip(&self.of_row) {
            match pick {
                SINGLE => {
                    let code = read(builder, row);
                    builder.push_code(code);
                }
                NONE => builder.push_code(MISSING),
                _ => builder.push(self.wholes.get(pick & !WHOLE, part as usize)),
            }
        }
    }

    /// Adds a part of every row's address.
    pub fn push(&self, part: Part, builder: &mut ColumnBuilder) {
        match part {
            Part::Street | Part::Rest => {
                let which = if matches!(part, Part::Street) { 0 } else { 3 };
                let mut codes = Codes::new(self.street.len());
                self.push_by(part, builder, |builder, row| match self.street_key(row) {
                    NONE => MISSING,
                    key => codes.get(key, builder, || self.street.get(key, which)),
                });
            }
            Part::HouseNumber => {
                let mut codes = Codes::new(self.number.len());
                self.push_by(part, builder, |builder, row| {
                    let cell = code(self.columns.house_number, row);
                    match (codes.get(cell, builder, || self.number.get(cell, 0)), self.street_key(row)) {
                        (MISSING, key) if key != NONE => builder.intern(self.street.get(key, 1)),
                        (found, _) => found,
                    }
                });
            }
            Part::Unit => {
                let mut codes = Codes::new(self.number.len());
                self.push_by(part, builder, |builder, row| {
                    let cell = code(self.columns.house_number, row);
                    let of_street = match self.street_key(row) {
                        NONE => "",
                        key => self.street.get(key, 2),
                    };
                    if of_street.is_empty() {
                        return codes.get(cell, builder, || self.number.get(cell, 1));
                    }
                    let mut unit = of_street.to_string();
                    address::add_word(&mut unit, self.number.get(cell, 1));
                    builder.intern(&unit)
                });
            }
            Part::Postcode => {
                self.push_made(part, builder, self.columns.postcode, |raw, iso| match junk::is_junk(raw) {
                    true => String::new(),
                    false => postcode::canonical(raw, iso_text(&iso)),
                });
            }
            Part::City => {
                self.push_made(part, builder, self.columns.city, |raw, iso| {
                    city::canonical(raw, iso_text(&iso))
                });
            }
            Part::State => {
                let none = vec![Iso::default(); self.plan.countries.len()];
                self.push_in(part, builder, self.columns.state, &none, |raw, _| plain(raw));
            }
        }
    }

    fn push_made(
        &self,
        part: Part,
        builder: &mut ColumnBuilder,
        column: Maybe<'_>,
        make: impl Fn(&str, Iso) -> String + Sync,
    ) {
        self.push_in(part, builder, column, &self.plan.countries, make);
    }

    fn push_in(
        &self,
        part: Part,
        builder: &mut ColumnBuilder,
        column: Maybe<'_>,
        countries: &[Iso],
        make: impl Fn(&str, Iso) -> String + Sync,
    ) {
        let none = Column::missing();
        let cells = column.map_or(&none, |source| source.cells);
        let keys = Keys::of(cells, countries);
        let made = keys.texts(cells, |raw, iso| [make(raw, iso)]);
        let mut codes = Codes::new(made.len());
        self.push_by(part, builder, |builder, row| match keys.of_row[row as usize] {
            NONE => MISSING,
            key => codes.get(key, builder, || made.get(key, 0)),
        });
    }

    fn street_key(&self, row: u32) -> u32 {
        self.streets.as_ref().map_or(NONE, |keys| keys.of_row[row as usize])
    }
}

/// Whether a row has other cells of an address than street, number, postcode, city and state.
fn has_more(columns: &AddressColumns<'_>, row: u32) -> bool {
    let AddressColumns { one_line, block, street_and_number, unit, line_2, po_box, .. } = columns;
    [one_line, block, street_and_number, unit, line_2, po_box]
        .iter()
        .any(|column| code(**column, row) != MISSING)
}

/// The first address of a row that has anything in it, by [`Part`].
fn whole(plan: &TablePlan<'_>, row: u32) -> [String; PARTS] {
    let Some(columns) = plan.addresses.iter().find(|address| address.is_filled(row)) else {
        return Default::default();
    };
    let country = iso_text(&plan.countries[row as usize]);
    let parts = columns.parts(row);
    let address = address::parse(parts, country);
    let street = plan.spellings.without_digraphs(&address.street).unwrap_or(address.street);
    let postcode = match parts.postcode.is_empty() || junk::is_junk(parts.postcode) {
        true => address.postcode,
        false => postcode::canonical(parts.postcode, country),
    };
    let city = city::canonical(if parts.city.is_empty() { &address.city } else { parts.city }, country);
    [street, address.house_number, address.unit, address.rest, postcode, city, plain(parts.state)]
}

/// Folded text; empty for fillers.
fn plain(raw: &str) -> String {
    if junk::is_junk(raw) { String::new() } else { fold(raw) }
}
