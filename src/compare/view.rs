//! What decides how a record is compared, as one number: two records whose numbers are those of an earlier run have the
//! pattern that they had then.
//!
//! A pattern is made of the two records' normalized values, and of what the whole data set says of values that both hold:
//! how common a name is, how many share a mailbox. So the number of a record is a hash of its values, and of what the data
//! set says of each of them, as far as a level can depend on it.

use super::Comparator;
use super::levels::frequency_column;
use super::reach::MANY;
use crate::normalize::Contacts;
use crate::table::{Column, ListColumn};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::hash::BuildHasher;

/// Records hashed by one task: enough that handing them out costs nothing.
const CHUNK: usize = 8_192;

/// From this count of sharers on more of them change no level, swapped names included.
const ENOUGH: u32 = MANY + 1;

/// Per record: a hash of all normalized values. Equal values have equal hashes in every run, whatever their order.
pub fn contents(contacts: &Contacts) -> Vec<u64> {
    let named: [(&str, &Column); 18] = [
        ("given", &contacts.given),
        ("family", &contacts.family),
        ("particles", &contacts.particles),
        ("generation", &contacts.generation),
        ("gender", &contacts.gender),
        ("name_words", &contacts.name_words),
        ("company", &contacts.company),
        ("legal_form", &contacts.legal_form),
        ("street", &contacts.street),
        ("house_number", &contacts.house_number),
        ("unit", &contacts.unit),
        ("address_rest", &contacts.address_rest),
        ("postcode", &contacts.postcode),
        ("city", &contacts.city),
        ("state", &contacts.state),
        ("country", &contacts.country),
        ("birth_date", &contacts.birth_date),
        ("website", &contacts.website),
    ];
    let mut columns: Vec<(String, &Column)> =
        named.into_iter().map(|(name, column)| (name.to_string(), column)).collect();
    for extra in contacts.identifiers.iter().chain(&contacts.extras) {
        columns.push((extra.field.to_string(), &extra.values));
    }
    // A column without values adds nothing, so that one more of them changes no hash.
    columns.retain(|(_, column)| !column.is_missing());
    let singles: Vec<(&Column, Vec<u64>)> =
        columns.par_iter().map(|(name, column)| (*column, hashes(name, column))).collect();
    let lists: Vec<(&ListColumn, Vec<u64>)> = [("email", &contacts.email), ("phone", &contacts.phone)]
        .into_iter()
        .map(|(name, list)| (list, hashes(name, list.entries())))
        .collect();
    let hash = |record: u32| {
        let mut sum = contacts.population[record as usize] as u64 + 1;
        for (column, hashes) in &singles {
            let code = column.code(record);
            if code != 0 {
                sum = join(sum, hashes[code as usize]);
            }
        }
        for (list, hashes) in &lists {
            for &code in list.codes(record) {
                sum = join(sum, hashes[code as usize]);
            }
        }
        sum
    };
    (0..contacts.records).into_par_iter().with_min_len(CHUNK).map(hash).collect()
}

/// Hashes of the distinct values of a column, the empty one included.
fn hashes(name: &str, column: &Column) -> Vec<u64> {
    let state = FixedState::with_seed(0x71);
    let seed = state.hash_one(name);
    column.values().iter().map(|value| join(seed, state.hash_one(value))).collect()
}

/// What these hashes say of a fixed text: it changes when they are made in another way, and those of earlier runs are of no
/// use then.
pub fn canary() -> u64 {
    join(FixedState::with_seed(0x71).hash_one("canary"), 1)
}

/// Two hashes as one, in order (a multiply and a rotation, as in FxHash, then mixed).
#[inline]
pub(super) fn join(left: u64, right: u64) -> u64 {
    let mut hash = (left.rotate_left(23) ^ right).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^= hash >> 32;
    hash.wrapping_mul(0xd6e8_feb8_6659_fd93)
}

impl Comparator<'_> {
    /// Adds to the hashes of the members' values what the data set says of them.
    pub fn add_surroundings(&self, members: &[u32], hashes: &mut [u64]) {
        let added: Vec<u64> = members
            .par_iter()
            .with_min_len(CHUNK)
            .map(|&record| self.surroundings(record, hashes[record as usize]))
            .collect();
        for (&record, hash) in members.iter().zip(added) {
            hashes[record as usize] = hash;
        }
    }

    fn surroundings(&self, record: u32, mut sum: u64) -> u64 {
        let contacts = self.contacts;
        for (at, comparison) in self.comparisons.iter().enumerate() {
            if let Some(column) = frequency_column(contacts, comparison.what) {
                sum = join(sum, u64::from(self.bins[at].of(column.code(record))));
            }
        }
        let mut add = |count: u32| sum = join(sum, u64::from(count.min(ENOUGH)));
        for &code in contacts.email.codes(record) {
            add(self.email_sharers.count(code));
        }
        for &code in contacts.phone.codes(record) {
            add(self.phone_sharers.count(code));
        }
        for (identifier, sharers) in contacts.identifiers.iter().zip(&self.identifier_sharers) {
            let code = identifier.values.code(record);
            if code != 0 {
                add(sharers.count(code));
            }
        }
        add(self.addresses.sharers(record));
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::Population;
    use crate::testing::{contacts, people};

    #[test]
    fn hashes_do_not_depend_on_row_order() {
        let mut rows = people(21, 80);
        let straight = contents(&contacts(&rows));
        rows.reverse();
        let mut turned = contents(&contacts(&rows));
        turned.reverse();
        assert_eq!(straight, turned);
    }

    #[test]
    fn a_value_that_becomes_common_changes_the_view_of_its_holders() {
        // One in 400 is no common name, 11 in 410 are one.
        let mut rows = people(22, 400);
        rows[0].family = "zonderling".to_string();
        let view = |rows: &[_]| {
            let contacts = contacts(rows);
            let members: Vec<u32> = (0..contacts.records).collect();
            let mut hashes = contents(&contacts);
            Comparator::new(&contacts, Population::Person, &members).add_surroundings(&members, &mut hashes);
            (contents(&contacts), hashes)
        };
        let before = view(&rows);
        let mut more = rows.clone();
        let other = crate::testing::Person { family: "zonderling".to_string(), ..rows[1].clone() };
        more.extend(std::iter::repeat_n(other, 10));
        let after = view(&more);
        assert_eq!(before.0[..], after.0[..rows.len()], "values are as they were");
        assert_ne!(before.1[0], after.1[0], "the name is common now");
    }
}
