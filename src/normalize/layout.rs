//! Which cells a row's values are read from: the columns of one table, by what they are for.

use super::chunk::Iso;
use super::columns::{AddressColumns, Columns, Maybe, NameColumns, Source};
use super::date::{Order, OrderVotes};
use super::locate;
use super::spelling::Spellings;
use crate::config::DateOrder;
use crate::map::{Dataset, Field, FieldId, Kind};
use crate::table::Column;

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

/// One table's columns by what they are for.
pub(super) struct TablePlan<'a> {
    pub countries: Vec<Iso>,
    pub names: NameColumns<'a>,
    /// Further name columns, for the words only.
    pub more_names: Vec<Source<'a>>,
    pub emails: Vec<Source<'a>>,
    pub phones: Vec<Source<'a>>,
    pub addresses: Vec<AddressColumns<'a>>,
    pub birth_date: Option<(Source<'a>, Order)>,
    pub birth_parts: [Maybe<'a>; 3],
    pub website: Maybe<'a>,
    pub enterprise: Maybe<'a>,
    pub identifiers: Vec<Maybe<'a>>,
    pub extras: Vec<Option<(Source<'a>, Order)>>,
    /// Spellings learned from all sources.
    pub spellings: &'a Spellings,
}

impl<'a> TablePlan<'a> {
    pub fn new(data: &'a Dataset, plan: &Plan, table: usize, default: Iso, spellings: &'a Spellings) -> Self {
        let columns = Columns { data, table };
        let (first, named) = (|field| columns.first(field), |field: &FieldId| columns.named(field));
        let many = |wanted: &dyn Fn(&FieldId) -> bool| columns.many(wanted);
        let countries = locate::countries(data, table, default);
        let american = countries.iter().filter(|iso| **iso == *b"US").count() * 2 > countries.len();
        let fallback = if american { Order::MonthFirst } else { Order::DayFirst };
        let stamps = many(&|field| field.kind() == Kind::Timestamp);
        let order = |column: &Column| {
            let stamps = || {
                stamps.iter().map(|stamp| votes(stamp.cells)).fold(OrderVotes::default(), |mut all, votes| {
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
        let dated = |field: &FieldId, source: Source<'a>| {
            (source, known(field).unwrap_or_else(|| order(source.cells)))
        };
        let birth_date = FieldId::first(Field::BirthDate);
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
            names: NameColumns::of(&columns),
            more_names: many(&is_more_names),
            emails: many(&|field| field.kind() == Kind::Email),
            phones: many(&|field| field.kind() == Kind::Phone && field.field != Field::Fax),
            addresses: AddressColumns::of(&columns),
            birth_date: named(&birth_date).map(|column| dated(&birth_date, column)),
            birth_parts: columns.birth_parts(),
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
        }
    }
}

fn votes(column: &Column) -> OrderVotes {
    let mut votes = OrderVotes::default();
    for code in 1..column.distinct() as u32 {
        votes.see(column.value(code), u64::from(column.count(code)));
    }
    votes
}
