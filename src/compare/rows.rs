//! The codes that comparisons look at, record by record.
//!
//! Columns lie apart in memory, so that a pair would wait for memory a dozen times. Here a record's codes lie side
//! by side, in two cache lines.

use super::address::Addresses;
use super::levels::{Comparison, What};
use crate::normalize::Contacts;
use crate::table::{Column, ListColumn, MISSING};

/// Codes of all records, row by row.
pub struct Rows {
    places: Places,
    codes: Vec<u32>,
    width: usize,
    slots: Vec<usize>,
}

/// Entries of a list column that lie in the row; a longer list says so by [`LONGER`] and is looked up.
const INLINE: usize = 2;

/// Stands in the last place of a list that is longer than its place.
const LONGER: u32 = u32::MAX;

impl Rows {
    /// Gathers the codes of the members, which ascend.
    pub fn new(
        contacts: &Contacts,
        comparisons: &[Comparison],
        addresses: &Addresses,
        members: &[u32],
    ) -> Self {
        let mut slots = Vec::with_capacity(comparisons.len());
        let mut width = 0;
        for comparison in comparisons {
            slots.push(width);
            width += match comparison.what {
                What::Email | What::Phone => INLINE,
                // The family name and all name words.
                What::Family => 2,
                What::Address => 5,
                _ => 1,
            };
        }
        // The row behind the last stands for records that are no members.
        let mut codes = vec![MISSING; (members.len() + 1) * width];
        for (comparison, &slot) in comparisons.iter().zip(&slots) {
            for (at, &record) in members.iter().enumerate() {
                let place = &mut codes[at * width + slot..];
                match comparison.what {
                    What::Email => put_list(place, contacts.email.codes(record)),
                    What::Phone => put_list(place, contacts.phone.codes(record)),
                    What::Address => place[..5].copy_from_slice(&addresses.codes(contacts, record)),
                    What::Family => {
                        place[..2].copy_from_slice(&[
                            contacts.family.code(record),
                            contacts.name_words.code(record),
                        ]);
                    }
                    what => place[0] = column(contacts, what).code(record),
                }
            }
        }
        Self { places: Places::of(members), codes, width, slots }
    }

    /// The codes of a record; a record that is no member has none.
    #[inline]
    pub fn get(&self, record: u32) -> &[u32] {
        let start = self.places.of_record(record) * self.width;
        &self.codes[start..start + self.width]
    }

    /// Where the codes of a comparison begin.
    #[inline]
    pub fn slot(&self, comparison: usize) -> usize {
        self.slots[comparison]
    }
}

/// The position of each member among the members. A quarter of a byte for each record, so that it stays in the cache where
/// a list of positions would not.
struct Places {
    /// A bit for each record: whether it is a member. 64 records each, with the members before them.
    words: Vec<(u64, u32)>,
    members: usize,
}

impl Places {
    fn of(members: &[u32]) -> Self {
        let last = members.last().map_or(0, |&record| record as usize + 1);
        let mut words = vec![(0u64, 0u32); last.div_ceil(64)];
        members.iter().for_each(|&record| words[record as usize / 64].0 |= 1 << (record % 64));
        let mut before = 0;
        for (bits, first) in &mut words {
            *first = before;
            before += bits.count_ones();
        }
        Self { words, members: members.len() }
    }

    /// The position of a record; one past the last when it is no member.
    #[inline]
    fn of_record(&self, record: u32) -> usize {
        let (bits, before) = self.words[record as usize / 64];
        if bits >> (record % 64) & 1 == 0 {
            return self.members;
        }
        before as usize + (bits & ((1 << (record % 64)) - 1)).count_ones() as usize
    }
}

fn put_list(place: &mut [u32], list: &[u32]) {
    let inline = list.len().min(INLINE);
    place[..inline].copy_from_slice(&list[..inline]);
    if list.len() > INLINE {
        place[INLINE - 1] = LONGER;
    }
}

/// The codes of a record's list, from its place in the row where they fit.
#[inline]
pub fn list<'a>(column: &'a ListColumn, place: &'a [u32], record: u32) -> &'a [u32] {
    match (place[0], place[1]) {
        (MISSING, _) => &[],
        (_, MISSING) => &place[..1],
        (_, LONGER) => column.codes(record),
        _ => &place[..INLINE],
    }
}

/// The column of a comparison that looks at one.
pub(super) fn column(contacts: &Contacts, what: What) -> &Column {
    match what {
        What::Given => &contacts.given,
        What::Family => &contacts.family,
        What::Birth => &contacts.birth_date,
        What::AddressRest => &contacts.address_rest,
        What::Unit => &contacts.unit,
        What::State => &contacts.state,
        What::Employer | What::CompanyName => &contacts.company,
        What::LegalForm => &contacts.legal_form,
        What::Website => &contacts.website,
        What::Identifier(nth) => &contacts.identifiers[nth as usize].values,
        What::Text(nth) | What::Category(nth) | What::Date(nth) => &contacts.extras[nth as usize].values,
        // These have more than one column, and their own way into the row.
        What::Email | What::Phone | What::Address => &contacts.name_words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_have_places_in_order() {
        let members: Vec<u32> = (0..1_000).filter(|n| n % 3 == 0 || n % 64 == 63).collect();
        let places = Places::of(&members);
        assert!(members.iter().enumerate().all(|(at, &record)| places.of_record(record) == at));
        assert_eq!(places.of_record(1), members.len());
        assert!(Places::of(&[]).words.is_empty());
    }
}
