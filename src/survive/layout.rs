//! Which fields of the data set belong together.

use super::full_name::NameFields;
use crate::map::{Dataset, Field, Kind};

/// Fields that move together, by position.
pub(super) struct Layout {
    /// One per address: its fields with their weight as evidence that two addresses are the same place.
    pub addresses: Vec<Vec<(usize, u32)>>,
    /// The first `first_name` and `last_name`.
    pub names: Option<(usize, usize)>,
    /// Fields that a swap of first and last name makes useless.
    pub name_parts: Vec<usize>,
    /// The whole name and its parts.
    pub name_fields: NameFields,
    /// Fields of several columns (`email`, `email_2`), each in order.
    pub repeated: Vec<Vec<usize>>,
    /// Land lines and the mobile numbers that may stand among them.
    pub phones: Vec<usize>,
    pub mobiles: Vec<usize>,
    /// The records' own ids.
    pub ids: Vec<usize>,
    /// Parts of an address that do not contradict another place of the same entity.
    wide: Vec<usize>,
}

/// How much a part says about whether two addresses are one place; parts of weight 0 go along.
fn weight(field: &Field) -> Option<u32> {
    Some(match field {
        Field::AddressOneLine | Field::AddressBlock | Field::StreetAndNumber | Field::Street => 3,
        Field::HouseNumber | Field::PoBox | Field::Postcode => 2,
        Field::City => 1,
        Field::Unit
        | Field::AddressLine2
        | Field::AddressLabel
        | Field::State
        | Field::Country
        | Field::CountryCode => 0,
        _ => return None,
    })
}

impl Layout {
    /// Finds the groups by the fields' names.
    pub fn of(data: &Dataset) -> Self {
        let at = |wanted: &dyn Fn(&Field) -> bool| -> Vec<usize> {
            (0..data.fields.len()).filter(|&at| wanted(&data.fields[at].field)).collect()
        };
        let first = |field: Field| data.fields.iter().position(|id| id.field == field && id.nth == 1);
        let mut addresses: Vec<(u8, Vec<(usize, u32)>)> = Vec::new();
        for (position, id) in data.fields.iter().enumerate() {
            let Some(weight) = weight(&id.field) else { continue };
            match addresses.iter_mut().find(|(nth, _)| *nth == id.nth) {
                Some((_, parts)) => parts.push((position, weight)),
                None => addresses.push((id.nth, vec![(position, weight)])),
            }
        }
        let repeated = |kind: Kind| {
            let mut fields: Vec<&Field> = Vec::new();
            for id in data.fields.iter().filter(|id| id.kind() == kind && id.nth > 1) {
                if !fields.contains(&&id.field) {
                    fields.push(&id.field);
                }
            }
            fields.into_iter().map(|field| data.positions(field)).collect::<Vec<_>>()
        };
        Self {
            addresses: addresses.into_iter().map(|(_, parts)| parts).collect(),
            names: first(Field::FirstName).zip(first(Field::LastName)),
            name_parts: at(&|field| {
                matches!(
                    field,
                    Field::FirstName
                        | Field::MiddleName
                        | Field::SurnamePrefix
                        | Field::LastName
                        | Field::Initials
                )
            }),
            name_fields: NameFields {
                full: first(Field::FullName),
                first: first(Field::FirstName),
                middle: first(Field::MiddleName),
                prefix: first(Field::SurnamePrefix),
                last: first(Field::LastName),
            },
            repeated: [repeated(Kind::Email), repeated(Kind::Phone)].concat(),
            phones: at(&|field| *field == Field::Phone),
            mobiles: at(&|field| *field == Field::Mobile),
            ids: at(&|field| *field == Field::Id),
            wide: at(&|field| matches!(field, Field::State | Field::Country | Field::CountryCode)),
        }
    }

    /// Whether a part of an address may go with the address of another member that lacks it.
    pub fn goes_with_any(&self, position: usize) -> bool {
        self.wide.contains(&position)
    }
}
