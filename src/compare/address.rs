//! Addresses: street, house number, postcode and city are one piece of evidence.

use super::Memo;
use super::reach::{Sharers, initials};
use super::strings::{is_typo, jaro_winkler, osa_within};
use crate::normalize::{Contacts, postcode};
use crate::table::{Column, MISSING};
use foldhash::fast::FixedState;
use std::collections::HashMap;

const DIFFERENT: u8 = 1;
const SAME_REGION: u8 = 2;
const SAME_CITY: u8 = 3;
const SAME_STREET: u8 = 4;
const SIMILAR: u8 = 5;
const EXACT: u8 = 6;

/// How two values of a part compare.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Missing,
    Differs,
    /// Postcodes only: of one region.
    Region,
    Near,
    Same,
}

/// Similarity from which two streets or cities of different spelling count as the same.
const ALIKE: f64 = 0.92;

/// Memo spaces of this file.
const STREET_SPACE: u8 = 4;
const CITY_SPACE: u8 = 5;

/// Who shares each address.
pub struct Addresses {
    /// Per record: its address (street, house number and postcode), 0 when it has none.
    address_of: Vec<u32>,
    sharers: Sharers,
}

impl Addresses {
    /// Numbers the addresses of the members and counts who shares them.
    pub fn new(contacts: &Contacts, members: &[u32], name: &Column) -> Self {
        let mut numbers: HashMap<(u32, u32, u32), u32, FixedState> =
            HashMap::with_hasher(FixedState::with_seed(3));
        let mut address_of = Vec::new();
        if !contacts.street.is_missing() {
            address_of = vec![0; contacts.records as usize];
            for &record in members {
                let street = contacts.street.code(record);
                let house = contacts.house_number.code(record);
                if street != MISSING {
                    let next = numbers.len() as u32 + 1;
                    let key = (street, house, contacts.postcode.code(record));
                    address_of[record as usize] = *numbers.entry(key).or_insert(next);
                }
            }
        }
        let mut sharers = Sharers::with_values(numbers.len() + 1);
        let initial = initials(name);
        for &record in members.iter().filter(|_| !address_of.is_empty()) {
            sharers.add(address_of[record as usize], initial[name.code(record) as usize]);
        }
        Self { address_of, sharers }
    }

    /// A record's codes: street, house number, postcode, city, and the address as a whole.
    pub fn codes(&self, contacts: &Contacts, record: u32) -> [u32; 5] {
        [
            contacts.street.code(record),
            contacts.house_number.code(record),
            contacts.postcode.code(record),
            contacts.city.code(record),
            self.address_of.get(record as usize).copied().unwrap_or(0),
        ]
    }

    /// How many different first letters the names of those have who share a record's address.
    pub fn sharers(&self, record: u32) -> u32 {
        let address = self.address_of.get(record as usize).copied().filter(|&address| address != 0);
        address.map_or(0, |address| self.sharers.count(address))
    }

    /// Level of two records' addresses.
    ///
    /// Codes in the order of [`Addresses::codes`].
    pub fn level(
        &self,
        contacts: &Contacts,
        left: &[u32],
        right: &[u32],
        aliases: u32,
        memo: &mut Memo,
    ) -> u8 {
        let street = part(&contacts.street, left[0], right[0], STREET_SPACE, memo);
        let house = houses(left[1], right[1]);
        let postcode = postcodes(&contacts.postcode, left[2], right[2]);
        let city = part(&contacts.city, left[3], right[3], CITY_SPACE, memo);
        let place = postcode.max(city);
        if street >= Part::Near && house == Part::Same {
            return match (street, place) {
                (Part::Same, Part::Same | Part::Missing) => {
                    EXACT + {
                        let privacy = |address| self.sharers.privacy(address, aliases);
                        privacy(left[4]).min(privacy(right[4]))
                    }
                }
                (_, Part::Differs | Part::Region) => SAME_STREET,
                _ => SIMILAR,
            };
        }
        // In countries where a postcode is a street, postcode and house number are an address.
        if postcode == Part::Same && house == Part::Same {
            return SIMILAR;
        }
        if postcode == Part::Same || (street >= Part::Near && place >= Part::Near) {
            return SAME_STREET;
        }
        match place {
            Part::Near | Part::Same => SAME_CITY,
            Part::Region => SAME_REGION,
            Part::Differs => DIFFERENT,
            Part::Missing if street == Part::Differs => DIFFERENT,
            Part::Missing if street >= Part::Near => SAME_STREET,
            Part::Missing => 0,
        }
    }
}

fn part(column: &Column, left: u32, right: u32, space: u8, memo: &mut Memo) -> Part {
    if left == MISSING || right == MISSING {
        return Part::Missing;
    }
    if left == right {
        return Part::Same;
    }
    let near = memo.level(space, left, right, || {
        let (a, b) = (column.value(left), column.value(right));
        let same_letters = a.bytes().filter(|&c| c != b' ').eq(b.bytes().filter(|&c| c != b' '));
        u8::from(same_letters || is_typo(a, b) || jaro_winkler(a, b) >= ALIKE)
    });
    if near == 1 { Part::Near } else { Part::Differs }
}

fn postcodes(column: &Column, left: u32, right: u32) -> Part {
    if left == MISSING || right == MISSING {
        return Part::Missing;
    }
    if left == right {
        return Part::Same;
    }
    let (a, b) = (column.value(left).as_bytes(), column.value(right).as_bytes());
    if postcode::district(a).is_some_and(|district| postcode::district(b) == Some(district))
        || a.len() >= 4 && osa_within(column.value(left), column.value(right), 1).is_some()
    {
        Part::Near
    } else if postcode::region(a).is_some_and(|region| postcode::region(b) == Some(region)) {
        Part::Region
    } else {
        Part::Differs
    }
}

fn houses(left: u32, right: u32) -> Part {
    match (left, right) {
        (MISSING, _) | (_, MISSING) => Part::Missing,
        (left, right) if left == right => Part::Same,
        _ => Part::Differs,
    }
}
