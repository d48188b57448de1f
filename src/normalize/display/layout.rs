//! Which cells of a table the display forms are made of.

use super::super::date::{Order, OrderVotes};
use crate::map::{Dataset, Field, FieldId, Kind};
use crate::table::{Column, MISSING};

/// A column of a table and its place in it.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub at: u32,
    pub cells: &'a Column,
}

impl<'a> Source<'a> {
    pub fn get(&self, row: u32) -> &'a str {
        self.cells.get(row)
    }
}

/// A column that a table may lack.
pub(super) type Maybe<'a> = Option<Source<'a>>;

/// A cell of a column that a table may lack.
pub(super) fn cell(column: Maybe<'_>, row: u32) -> &str {
    column.map_or("", |source| source.cells.get(row))
}

/// The columns of one address.
#[derive(Clone, Copy, Default)]
pub(super) struct AddressSources<'a> {
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

impl<'a> AddressSources<'a> {
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
}

/// One table's columns by what they are for.
pub(super) struct Sources<'a> {
    pub record_type: Maybe<'a>,
    pub salutation: Maybe<'a>,
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
    pub department: Maybe<'a>,
    pub emails: Vec<Source<'a>>,
    pub phones: Vec<Source<'a>>,
    pub mobiles: Vec<Source<'a>>,
    pub extensions: Maybe<'a>,
    pub addresses: Vec<AddressSources<'a>>,
    pub birth_date: Option<(Source<'a>, Option<Order>)>,
    pub birth_parts: [Maybe<'a>; 3],
    pub websites: Vec<Source<'a>>,
    pub vats: Vec<Source<'a>>,
    pub enterprise: Maybe<'a>,
    pub ibans: Vec<Source<'a>>,
    pub countries: Vec<Source<'a>>,
    pub has_names: bool,
}

impl<'a> Sources<'a> {
    pub fn new(data: &'a Dataset, table: usize) -> Self {
        let at = |position: usize| {
            let column = data.columns[table][position]?;
            Some(Source { at: column as u32, cells: data.cells(table, column) })
        };
        let nth = |field: Field, nth: u8| data.position(&FieldId { field, nth }).and_then(at);
        let first = |field: Field| nth(field, 1);
        let many = |wanted: &dyn Fn(&FieldId) -> bool| -> Vec<Source<'a>> {
            (0..data.fields.len()).filter(|&position| wanted(&data.fields[position])).filter_map(at).collect()
        };
        let most = data.fields.iter().map(|field| field.nth).max().unwrap_or(1);
        let addresses = (1..=most)
            .map(|n| AddressSources {
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
        // Columns that no field fits, by what their values are, where no named column holds that.
        let sniffed = |kind: Kind| {
            many(&|field| matches!(&field.field, Field::Other(_, own) if *own == kind)).first().copied()
        };
        let named = |kinds: &[Kind]| {
            data.fields.iter().enumerate().any(|(position, field)| {
                !matches!(field.field, Field::Other(..))
                    && kinds.contains(&field.kind())
                    && at(position).is_some()
            })
        };
        let place = [Kind::Address, Kind::Postcode, Kind::City];
        let mut addresses: Vec<AddressSources<'a>> = addresses;
        if addresses.is_empty() && !named(&place) {
            let lone = AddressSources {
                one_line: sniffed(Kind::Address),
                postcode: sniffed(Kind::Postcode),
                city: sniffed(Kind::City),
                ..AddressSources::default()
            };
            addresses.extend(lone.all().iter().any(Option::is_some).then_some(lone));
        }
        let dated = |source: Source<'a>| (source, order(source.cells));
        Self {
            record_type: first(Field::Type),
            salutation: first(Field::Salutation),
            title: first(Field::Title),
            full: first(Field::FullName)
                .or_else(|| sniffed(Kind::PersonName).filter(|_| !named(&[Kind::PersonName]))),
            given: first(Field::FirstName),
            initials: first(Field::Initials),
            middle: first(Field::MiddleName),
            prefix: first(Field::SurnamePrefix),
            family: first(Field::LastName),
            suffix: first(Field::Suffix),
            nickname: first(Field::Nickname),
            maiden: first(Field::MaidenName),
            company: first(Field::Company)
                .or_else(|| sniffed(Kind::Company).filter(|_| !named(&[Kind::Company]))),
            legal_form: first(Field::LegalForm),
            department: first(Field::Department),
            emails: many(&|field| field.kind() == Kind::Email),
            phones: many(&|field| {
                field.kind() == Kind::Phone && !matches!(field.field, Field::Fax | Field::Mobile)
            }),
            mobiles: many(&|field| field.field == Field::Mobile),
            extensions: first(Field::PhoneExtension),
            addresses,
            birth_date: first(Field::BirthDate).map(dated),
            birth_parts: [first(Field::BirthYear), first(Field::BirthMonth), first(Field::BirthDay)],
            websites: many(&|field| field.kind() == Kind::Website),
            vats: many(&|field| field.field == Field::VatNumber),
            enterprise: first(Field::EnterpriseNumber),
            ibans: many(&|field| field.field == Field::Iban),
            countries: many(&|field| field.kind() == Kind::Country),
            has_names: [Field::FullName, Field::FirstName, Field::LastName]
                .into_iter()
                .any(|field| first(field).is_some()),
        }
    }
}

/// The order of day and month that a column's own values prove.
fn order(column: &Column) -> Option<Order> {
    let mut votes = OrderVotes::default();
    for code in MISSING + 1..column.distinct() as u32 {
        let slashed = column.value(code).replacen('-', "/", 2);
        votes.see(&slashed, u64::from(column.count(code)));
    }
    // Without votes the two defaults differ.
    let order = votes.order(Order::DayFirst);
    (order == votes.order(Order::MonthFirst)).then_some(order)
}
