//! Which cells of a row the parts of a name and of an address are read from: one list for both forms, the compared and the displayed.

use super::address::AddressParts;
use super::name::NameParts;
use super::population::{Evidence, Verdict};
use crate::map::{Dataset, Field, FieldId};
use crate::table::{Column, MISSING};

/// A column of a table and its place in it.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub at: u32,
    pub cells: &'a Column,
}

impl<'a> Source<'a> {
    /// The cell of a row.
    pub fn get(&self, row: u32) -> &'a str {
        self.cells.get(row)
    }

    /// The code of the cell of a row.
    pub fn code(&self, row: u32) -> u32 {
        self.cells.code(row)
    }
}

/// A column that a table may lack.
pub(super) type Maybe<'a> = Option<Source<'a>>;

/// A cell of a column that a table may lack.
pub(super) fn cell<'a>(column: Maybe<'a>, row: u32) -> &'a str {
    column.map_or("", |source| source.cells.get(row))
}

/// The code of a cell of a column that a table may lack.
pub(super) fn code(column: Maybe<'_>, row: u32) -> u32 {
    column.map_or(MISSING, |source| source.cells.code(row))
}

/// The columns of one table, by field.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    pub data: &'a Dataset,
    pub table: usize,
}

impl<'a> Columns<'a> {
    /// The column at a position of the data set's fields.
    pub fn at(&self, position: usize) -> Maybe<'a> {
        let column = self.data.columns[self.table][position]?;
        Some(Source { at: column as u32, cells: self.data.cells(self.table, column) })
    }

    /// The column of a field.
    pub fn named(&self, field: &FieldId) -> Maybe<'a> {
        self.data.position(field).and_then(|position| self.at(position))
    }

    /// The column of the nth of several fields of a name.
    pub fn nth(&self, field: Field, nth: u8) -> Maybe<'a> {
        self.named(&FieldId { field, nth })
    }

    /// The column of the first field of a name.
    pub fn first(&self, field: Field) -> Maybe<'a> {
        self.nth(field, 1)
    }

    /// All columns whose field is wanted.
    pub fn many(&self, wanted: &dyn Fn(&FieldId) -> bool) -> Vec<Source<'a>> {
        let fields = self.data.fields.iter().enumerate().filter(|(_, field)| wanted(field));
        fields.filter_map(|(position, _)| self.at(position)).collect()
    }

    /// The columns of year, month and day of birth.
    pub fn birth_parts(&self) -> [Maybe<'a>; 3] {
        [Field::BirthYear, Field::BirthMonth, Field::BirthDay].map(|field| self.first(field))
    }
}

/// The columns that names of persons and organisations are made of.
pub(super) struct NameColumns<'a> {
    pub record_type: Maybe<'a>,
    pub salutation: Maybe<'a>,
    pub gender: Maybe<'a>,
    pub title: Maybe<'a>,
    pub full: Maybe<'a>,
    pub given: Maybe<'a>,
    pub initials: Maybe<'a>,
    pub middle: Maybe<'a>,
    pub prefix: Maybe<'a>,
    pub family: Maybe<'a>,
    pub suffix: Maybe<'a>,
    pub nickname: Maybe<'a>,
    pub maiden: Maybe<'a>,
    pub company: Maybe<'a>,
    pub legal_form: Maybe<'a>,
    /// Whether the table has columns for names of persons.
    pub has_names: bool,
}

impl<'a> NameColumns<'a> {
    /// The name columns of a table.
    pub fn of(columns: &Columns<'a>) -> Self {
        let first = |field| columns.first(field);
        Self {
            record_type: first(Field::Type),
            salutation: first(Field::Salutation),
            gender: first(Field::Gender),
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
            company: first(Field::Company),
            legal_form: first(Field::LegalForm),
            has_names: [Field::FullName, Field::FirstName, Field::LastName]
                .into_iter()
                .any(|field| first(field).is_some()),
        }
    }

    /// What a row says about what it is.
    pub fn evidence(&self, row: u32) -> Evidence<'a> {
        Evidence {
            record_type: cell(self.record_type, row),
            given: cell(self.given, row),
            family: cell(self.family, row),
            full: cell(self.full, row),
            company: cell(self.company, row),
            has_names: self.has_names,
            has_company: self.company.is_some(),
        }
    }

    /// What the name cells of a row say of a person: those that hold the name of an organisation are left out.
    pub fn parts<'p>(
        &self,
        row: u32,
        evidence: &Evidence<'p>,
        verdict: &Verdict<'_>,
        country: &'p str,
    ) -> NameParts<'p>
    where
        'a: 'p,
    {
        NameParts {
            salutation: cell(self.salutation, row),
            title: cell(self.title, row),
            full: if verdict.full_is_company { "" } else { evidence.full },
            given: evidence.given,
            initials: cell(self.initials, row),
            middle: cell(self.middle, row),
            prefix: cell(self.prefix, row),
            family: if verdict.family_is_company { "" } else { evidence.family },
            suffix: cell(self.suffix, row),
            nickname: cell(self.nickname, row),
            maiden: cell(self.maiden, row),
            country,
        }
    }
}

/// The columns of an address, of which a row may have several.
#[derive(Clone, Copy, Default)]
pub(super) struct AddressColumns<'a> {
    pub one_line: Maybe<'a>,
    pub block: Maybe<'a>,
    pub street_and_number: Maybe<'a>,
    pub street: Maybe<'a>,
    pub house_number: Maybe<'a>,
    pub unit: Maybe<'a>,
    pub line_2: Maybe<'a>,
    pub po_box: Maybe<'a>,
    pub postcode: Maybe<'a>,
    pub city: Maybe<'a>,
    pub state: Maybe<'a>,
}

impl<'a> AddressColumns<'a> {
    /// The addresses of a table, those that have any column.
    pub fn of(columns: &Columns<'a>) -> Vec<Self> {
        let most = columns.data.fields.iter().map(|field| field.nth).max().unwrap_or(0);
        let nth = |field, n| columns.nth(field, n);
        (1..=most)
            .map(|n| Self {
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
            .collect()
    }

    /// All columns.
    pub fn all(&self) -> [Maybe<'a>; 11] {
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

    /// Whether a row has anything in them.
    pub fn is_filled(&self, row: u32) -> bool {
        self.all().iter().any(|column| code(*column, row) != MISSING)
    }

    /// What the address cells of a row say.
    pub fn parts(&self, row: u32) -> AddressParts<'a> {
        AddressParts {
            one_line: cell(self.one_line, row),
            block: cell(self.block, row),
            street_and_number: cell(self.street_and_number, row),
            street: cell(self.street, row),
            house_number: cell(self.house_number, row),
            unit: cell(self.unit, row),
            line_2: cell(self.line_2, row),
            po_box: cell(self.po_box, row),
            postcode: cell(self.postcode, row),
            city: cell(self.city, row),
            state: cell(self.state, row),
        }
    }
}
