//! Rows that are repeated many times.
//!
//! A thousand copies of one row make half a million pairs that all say the same, and fill every block they are in
//! until it is given up. Two of the copies are enough to find out whether copies belong together, and whom else they
//! belong to; the others follow them.

use crate::normalize::Contacts;
use crate::table::{Column, ListColumn};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::hash::BuildHasher;

/// Rows that are alike in everything that is compared, and more than a few.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// The two that are compared: those with the smallest record keys, so that row order does not matter.
    pub kept: [u32; 2],
    /// The others, ascending; whatever is found of `kept` holds for them.
    pub copies: Vec<u32>,
}

/// Up to this many copies are compared like any other rows: 45 pairs among ten rows are no burden.
const FEW: usize = 10;

/// Finds the repeated rows among the members of a population, in order of their first record key.
pub fn find(contacts: &Contacts, members: &[u32]) -> Vec<Repeats> {
    let columns = Columns::of(contacts);
    let mut hashed: Vec<(u64, u64, u32)> = members
        .par_iter()
        .map(|&record| (columns.hash(record), contacts.key_hash[record as usize], record))
        .collect();
    hashed.par_sort_unstable();
    let mut repeats = Vec::new();
    for run in hashed.chunk_by(|left, right| left.0 == right.0).filter(|run| run.len() > FEW) {
        // Equal hashes of different rows are one in 2^64; such rows are compared like any others.
        let first = run[0].2;
        let alike: Vec<u32> =
            run.iter().map(|row| row.2).filter(|&record| columns.are_equal(first, record)).collect();
        if let [one, other, rest @ ..] = &alike[..]
            && alike.len() > FEW
        {
            let mut copies = rest.to_vec();
            copies.sort_unstable();
            repeats.push(Repeats { kept: [*one, *other], copies });
        }
    }
    repeats.sort_by_key(|repeat| contacts.key_hash[repeat.kept[0] as usize]);
    repeats
}

/// Everything that records are compared by.
struct Columns<'a> {
    single: Vec<&'a Column>,
    lists: [&'a ListColumn; 2],
}

impl<'a> Columns<'a> {
    fn of(contacts: &'a Contacts) -> Self {
        let mut single = vec![
            &contacts.given,
            &contacts.family,
            &contacts.particles,
            &contacts.generation,
            &contacts.name_words,
            &contacts.company,
            &contacts.legal_form,
            &contacts.street,
            &contacts.house_number,
            &contacts.unit,
            &contacts.address_rest,
            &contacts.postcode,
            &contacts.city,
            &contacts.state,
            &contacts.country,
            &contacts.birth_date,
            &contacts.website,
        ];
        single.extend(contacts.identifiers.iter().chain(&contacts.extras).map(|extra| &extra.values));
        single.retain(|column| !column.is_missing());
        Self { single, lists: [&contacts.email, &contacts.phone] }
    }

    fn hash(&self, record: u32) -> u64 {
        let state = FixedState::with_seed(11);
        let mut hash = 0u64;
        for column in &self.single {
            hash = state.hash_one((hash, column.code(record)));
        }
        for list in self.lists {
            hash = state.hash_one((hash, list.codes(record)));
        }
        hash
    }

    fn are_equal(&self, a: u32, b: u32) -> bool {
        self.single.iter().all(|column| column.code(a) == column.code(b))
            && self.lists.iter().all(|list| list.codes(a) == list.codes(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{contacts, people};

    #[test]
    fn only_rows_repeated_many_times_are_found_and_two_of_them_kept() {
        let mut rows = people(5, 40);
        let (often, seldom) = (rows[3].clone(), rows[4].clone());
        rows.extend(std::iter::repeat_n(often, 20));
        rows.extend(std::iter::repeat_n(seldom, 5));
        let contacts = contacts(&rows);
        let members: Vec<u32> = (0..contacts.records).collect();
        let found = find(&contacts, &members);
        assert_eq!(found.len(), 1);
        let mut all = found[0].copies.clone();
        all.extend(found[0].kept);
        all.sort_unstable();
        let expected: Vec<u32> = std::iter::once(3).chain(40..60).collect();
        assert_eq!(all, expected);
    }
}
