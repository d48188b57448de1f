//! Stage 6: pair batches → comparison levels.
//!
//! Input: [`Contacts`] and pairs. Output: a *pattern* per pair: the level of every comparison, four bits each, first
//! comparison lowest. Level 0 is always *missing* (no evidence), level 1 the least alike.
//!
//! One file a kind of value. Strings are looked at once per pair of distinct values and remembered; equal codes
//! need no string at all.
//!
//! Invariants
//! * Comparisons are symmetric: `pattern(a, b) == pattern(b, a)`.
//! * Floats live only inside a comparator and become a level at once.

mod address;
mod company;
mod date;
mod frequency;
mod identifier;
mod levels;
mod memo;
mod names;
mod reach;
mod rows;
pub mod strings;
mod text;
mod view;

pub use levels::{Agreement, Comparison, Level, What};
pub use memo::Memo;
pub use view::{canary, contents};

use crate::map::Kind;
use crate::normalize::{Contacts, Population, email, phone};
use address::Addresses;
use frequency::Bins;
use reach::Sharers;
use rows::Rows;

/// Bits a level takes in a pattern.
pub const LEVEL_BITS: u32 = 4;

/// The most comparisons of a pattern.
pub const MAX_COMPARISONS: usize = 16;

/// A comparison is made only when at least this share of the records has a value.
const MIN_FILLED: f64 = 0.005;

/// Compares records of one population.
pub struct Comparator<'a> {
    contacts: &'a Contacts,
    comparisons: Vec<Comparison>,
    bins: Vec<Bins>,
    addresses: Addresses,
    email_sharers: Sharers,
    phone_sharers: Sharers,
    identifier_sharers: Vec<Sharers>,
    rows: Rows,
    sketches: names::Sketches,
    /// Per distinct telephone number: whether it is a mobile number.
    mobile: Vec<bool>,
    /// Per distinct e-mail address: whether it is a role mailbox.
    role: Vec<bool>,
}

impl<'a> Comparator<'a> {
    /// Prepares the comparisons that the columns of a population allow. `members` are its records.
    pub fn new(contacts: &'a Contacts, population: Population, members: &[u32]) -> Self {
        Self::of(contacts, population, members, choose(contacts, population, members))
    }

    /// Prepares the comparisons with these names, in their order: those of a model that was trained before. The error is a
    /// name that no column of the contacts has.
    pub fn named(
        contacts: &'a Contacts,
        population: Population,
        members: &[u32],
        names: &[&str],
    ) -> Result<Self, String> {
        let all: Vec<Comparison> =
            wanted(contacts, population).into_iter().map(|what| Comparison::new(contacts, what)).collect();
        let find = |name: &&str| {
            all.iter().find(|comparison| comparison.name == **name).cloned().ok_or_else(|| name.to_string())
        };
        let comparisons = names.iter().map(find).collect::<Result<_, _>>()?;
        Ok(Self::of(contacts, population, members, comparisons))
    }

    fn of(
        contacts: &'a Contacts,
        population: Population,
        members: &[u32],
        comparisons: Vec<Comparison>,
    ) -> Self {
        let bins = comparisons
            .iter()
            .map(|comparison| match levels::frequency_column(contacts, comparison.what) {
                Some(column) => Bins::new(column, members),
                None => Bins::none(),
            })
            .collect();
        let name = match population {
            Population::Person => &contacts.given,
            _ => &contacts.company,
        };
        let addresses = Addresses::new(contacts, members, name);
        let rows = Rows::new(contacts, &comparisons, &addresses, members);
        Self {
            contacts,
            comparisons,
            bins,
            addresses,
            rows,
            sketches: names::Sketches::new(contacts),
            email_sharers: Sharers::of_list(&contacts.email, members, name),
            phone_sharers: Sharers::of_list(&contacts.phone, members, name),
            identifier_sharers: contacts
                .identifiers
                .iter()
                .map(|identifier| Sharers::of_column(&identifier.values, members, name))
                .collect(),
            role: contacts
                .email
                .entries()
                .values()
                .iter()
                .map(|e| email::is_role(email::local_part(e)))
                .collect(),
            mobile: contacts.phone.entries().values().iter().map(phone::is_mobile).collect(),
        }
    }

    /// The comparisons in pattern order.
    pub fn comparisons(&self) -> &[Comparison] {
        &self.comparisons
    }

    /// How the records that have a value spread over a comparison's frequency bins (see `frequency`); the exact
    /// levels of a comparison follow the same order.
    pub fn bin_shares(&self, comparison: usize) -> &[f64] {
        self.bins[comparison].shares()
    }

    /// What a comparison looks at in a record, for people.
    pub fn shown(&self, comparison: usize, record: u32) -> String {
        levels::shown(self.contacts, self.comparisons[comparison].what, record)
    }

    /// The pattern of a pair.
    pub fn pattern(&self, a: u32, b: u32, memo: &mut Memo) -> u64 {
        let (left, right) = (self.rows.get(a), self.rows.get(b));
        let mut pattern = 0u64;
        let mut at = 0;
        // Given names that begin with two letters, though they are one person's.
        let mut aliases = 0;
        while at < self.comparisons.len() {
            let shift = at as u32 * LEVEL_BITS;
            let slot = self.rows.slot(at);
            let comparison = &self.comparisons[at];
            // Given and family name stand side by side and are compared together, since they may be swapped.
            if comparison.what == What::Given
                && self.comparisons.get(at + 1).is_some_and(|next| next.what == What::Family)
            {
                let bins = (&self.bins[at], &self.bins[at + 1]);
                let (given, family) =
                    names::levels(self.contacts, &self.sketches, bins, &left[slot..], &right[slot..], memo);
                aliases = u32::from(names::are_swapped(given));
                pattern |= (u64::from(given) | u64::from(family) << LEVEL_BITS) << shift;
                at += 2;
                continue;
            }
            let level = self.level(at, (&left[slot..], &right[slot..]), (a, b), aliases, memo);
            pattern |= u64::from(level) << shift;
            at += 1;
        }
        pattern
    }

    /// The level of one comparison, from the two records' codes.
    fn level(
        &self,
        at: usize,
        (left, right): (&[u32], &[u32]),
        (a, b): (u32, u32),
        aliases: u32,
        memo: &mut Memo,
    ) -> u8 {
        let contacts = self.contacts;
        let bins = &self.bins[at];
        let (one, other) = (left[0], right[0]);
        match self.comparisons[at].what {
            What::Given => names::given(&contacts.given, bins, one, other, memo),
            What::Family => names::family(&contacts.family, bins, one, other, memo),
            What::Birth => date::level(&contacts.birth_date, one, other),
            What::Email => {
                let lists = (rows::list(&contacts.email, left, a), rows::list(&contacts.email, right, b));
                reach::email(&contacts.email, &self.email_sharers, &self.role, lists, aliases, memo)
            }
            What::Phone => {
                let lists = (rows::list(&contacts.phone, left, a), rows::list(&contacts.phone, right, b));
                reach::phone(&contacts.phone, &self.phone_sharers, &self.mobile, lists, aliases)
            }
            What::Address => self.addresses.level(contacts, left, right, aliases, memo),
            What::AddressRest => text::level(&contacts.address_rest, bins, at, one, other, memo),
            What::Employer => text::level(&contacts.company, bins, at, one, other, memo),
            What::CompanyName => company::level(&contacts.company, bins, one, other, memo),
            What::Unit | What::State | What::LegalForm | What::Website | What::Category(_) => {
                text::category(one, other)
            }
            What::Identifier(nth) => {
                let column = &contacts.identifiers[nth as usize].values;
                identifier::level(column, &self.identifier_sharers[nth as usize], one, other, aliases)
            }
            What::Text(nth) => text::level(&contacts.extras[nth as usize].values, bins, at, one, other, memo),
            What::Date(nth) => date::level(&contacts.extras[nth as usize].values, one, other),
        }
    }
}

/// The level of a comparison in a pattern.
#[inline]
pub fn level_of(pattern: u64, comparison: usize) -> u8 {
    (pattern >> (comparison as u32 * LEVEL_BITS)) as u8 & 15
}

fn choose(contacts: &Contacts, population: Population, members: &[u32]) -> Vec<Comparison> {
    let mut wanted = wanted(contacts, population);
    let enough = (MIN_FILLED * members.len() as f64).max(2.0) as usize;
    wanted.retain(|&what| {
        members.iter().filter(|&&record| levels::has_value(contacts, what, record)).count() >= enough
    });
    wanted.truncate(MAX_COMPARISONS);
    wanted.into_iter().map(|what| Comparison::new(contacts, what)).collect()
}

/// Everything that could be compared, in pattern order.
fn wanted(contacts: &Contacts, population: Population) -> Vec<What> {
    let mut wanted = match population {
        Population::Person => vec![
            What::Given,
            What::Family,
            What::Birth,
            What::Email,
            What::Phone,
            What::Address,
            What::AddressRest,
            What::Employer,
        ],
        Population::Company => vec![
            What::CompanyName,
            What::LegalForm,
            What::Email,
            What::Phone,
            What::Address,
            What::AddressRest,
            What::Website,
        ],
        Population::Other => vec![What::Email, What::Phone, What::Address, What::Website, What::Birth],
    };
    wanted.extend((0..contacts.identifiers.len()).map(|nth| What::Identifier(nth as u8)));
    wanted.extend(contacts.extras.iter().enumerate().map(|(nth, extra)| match extra.field.kind() {
        Kind::Date => What::Date(nth as u8),
        Kind::Category => What::Category(nth as u8),
        _ => What::Text(nth as u8),
    }));
    if population != Population::Person {
        wanted.push(What::State);
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{contacts, people};

    #[test]
    fn comparisons_are_symmetric_and_memory_does_not_matter() {
        let contacts = contacts(&people(11, 120));
        let members: Vec<u32> = (0..contacts.records).collect();
        let comparator = Comparator::new(&contacts, Population::Person, &members);
        let mut memo = Memo::new();
        for a in 0..contacts.records {
            for b in 0..contacts.records {
                let pattern = comparator.pattern(a, b, &mut memo);
                assert_eq!(pattern, comparator.pattern(b, a, &mut Memo::new()));
                for (at, comparison) in comparator.comparisons().iter().enumerate() {
                    assert!((level_of(pattern, at) as usize) < comparison.levels.len());
                }
            }
        }
    }

    #[test]
    fn a_record_agrees_with_itself_and_missing_is_no_evidence() {
        let contacts = contacts(&people(12, 60));
        let members: Vec<u32> = (0..contacts.records).collect();
        let comparator = Comparator::new(&contacts, Population::Person, &members);
        for record in members {
            let pattern = comparator.pattern(record, record, &mut Memo::new());
            for (at, comparison) in comparator.comparisons().iter().enumerate() {
                let level = level_of(pattern, at) as usize;
                let has_value = levels::has_value(&contacts, comparison.what, record);
                assert_eq!(level > 0, has_value, "{} of {record}", comparison.name);
                let initial = comparison.what == What::Given && contacts.given.get(record).len() == 1;
                assert!(!has_value || initial || comparison.levels[level].agreement == Agreement::Exact);
            }
        }
    }
}
