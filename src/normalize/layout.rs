//! Which cells a row's values are read from: the columns of one table, by what they are for.

use super::chunk::Iso;
use super::date::{Order, OrderVotes};
use super::locate;
use super::spelling::Spellings;
use crate::config::DateOrder;
use crate::map::{Dataset, Field, FieldId, Kind};
use crate::table::{Column, MISSING};

/// Which fields of the data set go where.
pub(super) struct Plan {
    pub identifiers: Vec<FieldId>,
    pub extras: Vec<FieldId>,
}

impl Plan {
    pub fn new(data: &Dataset) -> Self {
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
pub(super) struct AddressColumns<'a> {
    pub one_line: Option<&'a Column>,
    pub block: Option<&'a Column>,
    pub street_and_number: Option<&'a Column>,
    pub street: Option<&'a Column>,
    pub house_number: Option<&'a Column>,
    pub unit: Option<&'a Column>,
    pub line_2: Option<&'a Column>,
    pub po_box: Option<&'a Column>,
    pub postcode: Option<&'a Column>,
    pub city: Option<&'a Column>,
    pub state: Option<&'a Column>,
}

impl<'a> AddressColumns<'a> {
    pub fn all(&self) -> [Option<&'a Column>; 11] {
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
pub(super) struct TablePlan<'a> {
    pub countries: Vec<Iso>,
    pub record_type: Option<&'a Column>,
    pub salutation: Option<&'a Column>,
    pub gender: Option<&'a Column>,
    pub title: Option<&'a Column>,
    pub full: Option<&'a Column>,
    pub given: Option<&'a Column>,
    pub initials: Option<&'a Column>,
    pub middle: Option<&'a Column>,
    pub prefix: Option<&'a Column>,
    pub family: Option<&'a Column>,
    pub suffix: Option<&'a Column>,
    pub nickname: Option<&'a Column>,
    pub maiden: Option<&'a Column>,
    /// Further name columns, for the words only.
    pub more_names: Vec<&'a Column>,
    pub company: Option<&'a Column>,
    pub legal_form: Option<&'a Column>,
    pub emails: Vec<&'a Column>,
    pub phones: Vec<&'a Column>,
    pub addresses: Vec<AddressColumns<'a>>,
    pub birth_date: Option<(&'a Column, Order)>,
    pub birth_parts: [Option<&'a Column>; 3],
    pub website: Option<&'a Column>,
    pub enterprise: Option<&'a Column>,
    pub identifiers: Vec<Option<&'a Column>>,
    pub extras: Vec<Option<(&'a Column, Order)>>,
    pub has_names: bool,
    /// Spellings learned from all sources.
    pub spellings: &'a Spellings,
}

/// A cell of a column that a table may lack.
pub(super) fn cell(column: Option<&Column>, row: u32) -> &str {
    column.map_or("", |column| column.get(row))
}

/// The code of a cell of a column that a table may lack.
pub(super) fn code(column: Option<&Column>, row: u32) -> u32 {
    column.map_or(MISSING, |column| column.code(row))
}

impl<'a> TablePlan<'a> {
    pub fn new(data: &'a Dataset, plan: &Plan, table: usize, default: Iso, spellings: &'a Spellings) -> Self {
        let at = |position: usize| data.columns[table][position].map(|column| data.cells(table, column));
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
        // What the profile of the system says goes before what the values show.
        let known = |field: &FieldId| {
            let column = data.columns[table][data.position(field)?]?;
            Some(match data.date_order(table, column)? {
                DateOrder::DayFirst => Order::DayFirst,
                DateOrder::MonthFirst => Order::MonthFirst,
            })
        };
        let dated =
            |field: &FieldId, column: &'a Column| (column, known(field).unwrap_or_else(|| order(column)));
        let birth_date = FieldId::first(Field::BirthDate);
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
            more_names: many(&is_more_names),
            company: first(Field::Company),
            legal_form: first(Field::LegalForm),
            emails: many(&|field| field.kind() == Kind::Email),
            phones: many(&|field| field.kind() == Kind::Phone && field.field != Field::Fax),
            addresses,
            birth_date: named(&birth_date).map(|column| dated(&birth_date, column)),
            birth_parts: [first(Field::BirthYear), first(Field::BirthMonth), first(Field::BirthDay)],
            website: first(Field::Website),
            enterprise: first(Field::EnterpriseNumber),
            identifiers: plan.identifiers.iter().map(named).collect(),
            extras: plan
                .extras
                .iter()
                .map(|field| {
                    named(field)
                        .map(|column| if is_date(field) { dated(field, column) } else { (column, fallback) })
                })
                .collect(),
            spellings,
            has_names: [Field::FullName, Field::FirstName, Field::LastName]
                .into_iter()
                .any(|field| first(field).is_some()),
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
