//! Which cells of a table the display forms are made of.

use super::super::columns::{AddressColumns, Columns, Maybe, NameColumns, Source};
use super::super::date::{Order, OrderVotes};
use crate::map::{Dataset, Field, FieldId, Kind};
use crate::table::{Column, MISSING};

/// One table's columns by what they are for.
pub(super) struct Sources<'a> {
    pub names: NameColumns<'a>,
    pub department: Maybe<'a>,
    pub emails: Vec<Source<'a>>,
    pub phones: Vec<Source<'a>>,
    pub mobiles: Vec<Source<'a>>,
    pub extensions: Maybe<'a>,
    pub addresses: Vec<AddressColumns<'a>>,
    pub birth_date: Option<(Source<'a>, Option<Order>)>,
    pub birth_parts: [Maybe<'a>; 3],
    pub websites: Vec<Source<'a>>,
    pub vats: Vec<Source<'a>>,
    pub enterprise: Maybe<'a>,
    pub ibans: Vec<Source<'a>>,
    pub countries: Vec<Source<'a>>,
}

impl<'a> Sources<'a> {
    pub fn new(data: &'a Dataset, table: usize) -> Self {
        let columns = Columns { data, table };
        let first = |field| columns.first(field);
        let many = |wanted: &dyn Fn(&FieldId) -> bool| columns.many(wanted);
        // Columns that no field fits, by what their values are, where no named column holds that.
        let sniffed = |kind: Kind| {
            many(&|field| matches!(&field.field, Field::Other(_, own) if *own == kind)).first().copied()
        };
        let named = |kinds: &[Kind]| {
            data.fields.iter().enumerate().any(|(position, field)| {
                !matches!(field.field, Field::Other(..))
                    && kinds.contains(&field.kind())
                    && columns.at(position).is_some()
            })
        };
        let place = [Kind::Address, Kind::Postcode, Kind::City];
        let mut addresses = AddressColumns::of(&columns);
        if addresses.is_empty() && !named(&place) {
            let lone = AddressColumns {
                one_line: sniffed(Kind::Address),
                postcode: sniffed(Kind::Postcode),
                city: sniffed(Kind::City),
                ..AddressColumns::default()
            };
            addresses.extend(lone.all().iter().any(Option::is_some).then_some(lone));
        }
        let mut names = NameColumns::of(&columns);
        names.full = names.full.or_else(|| sniffed(Kind::PersonName).filter(|_| !named(&[Kind::PersonName])));
        names.company = names.company.or_else(|| sniffed(Kind::Company).filter(|_| !named(&[Kind::Company])));
        let dated = |source: Source<'a>| (source, order(source.cells));
        Self {
            names,
            department: first(Field::Department),
            emails: many(&|field| field.kind() == Kind::Email),
            phones: many(&|field| {
                field.kind() == Kind::Phone && !matches!(field.field, Field::Fax | Field::Mobile)
            }),
            mobiles: many(&|field| field.field == Field::Mobile),
            extensions: first(Field::PhoneExtension),
            addresses,
            birth_date: first(Field::BirthDate).map(dated),
            birth_parts: columns.birth_parts(),
            websites: many(&|field| field.kind() == Kind::Website),
            vats: many(&|field| field.field == Field::VatNumber),
            enterprise: first(Field::EnterpriseNumber),
            ibans: many(&|field| field.field == Field::Iban),
            countries: many(&|field| field.kind() == Kind::Country),
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
