//! Facts that forbid merging without a person, whatever the values say: what records are, whom they are linked to, and
//! what their source promises.

use super::decided::{self, Decided, Ties};
use super::{Clusters, HoldReason, Lane};
use crate::config::SourceSettings;
use crate::map::{Dataset, Field};
use crate::normalize::text::{compact_upper, fold};
use crate::normalize::{Contacts, Population, junk, stated_population, vat};
use rayon::prelude::*;
use std::collections::HashSet;

/// Holds every cluster whose members' facts forbid merging. `sources` are the settings of the data set's tables, in order.
///
/// Facts go before what the lanes made of the values, but for clusters that are too large to look at; what people
/// decided goes before facts.
pub fn hold(
    clusters: Clusters,
    data: &Dataset,
    contacts: &Contacts,
    sources: &[SourceSettings],
    decided: &Decided,
) -> Clusters {
    let ties = Ties::of(decided);
    let facts = Facts::of(data, contacts, sources);
    let records = clusters.of_record.len() as u32;
    let mut entities = clusters.entities();
    entities.par_iter_mut().for_each(|entity| {
        for cluster in entity.iter_mut() {
            if cluster.lane != Lane::Hold(HoldReason::TooLarge)
                && !ties.are_one(&cluster.members)
                && let Some(reason) = facts.reason(&cluster.members)
            {
                cluster.lane = Lane::Hold(reason);
            }
        }
        // What forbids merging a core forbids merging the whole: one proposal says it.
        if entity.len() > 1 && entity[0].lane != Lane::Auto {
            entity.remove(0);
        }
    });
    decided::honour(Clusters::of(entities, records), decided, &contacts.key_hash)
}

/// Characters of a Dutch VAT number that stand for its owner: `NL` and nine digits.
const NL_OWNER: usize = 11;

/// How the profiles of Business Central are named.
const BUSINESS_CENTRAL: &str = "`business-central";

/// Fields that only persons have.
const PERSONAL: [Field; 4] = [Field::FirstName, Field::Salutation, Field::BirthDate, Field::Gender];

/// Where the facts stand.
struct Facts<'a> {
    data: &'a Dataset,
    contacts: &'a Contacts,
    /// Per table: whether it is declared free of duplicates.
    clean: Vec<bool>,
    /// Per table: whether it comes from Business Central.
    typed: Vec<bool>,
    /// Positions of fields that only persons have.
    personal: Vec<usize>,
    /// Position of each field in the data set, if any source has it.
    kind: Option<usize>,
    company: Option<usize>,
    privacy: Option<usize>,
    minor: Option<usize>,
    customer: Option<usize>,
    vendor: Option<usize>,
    relation: Option<usize>,
    /// Per column of VAT or enterprise numbers: its place among the identifiers, and per value the number if it is valid.
    numbers: Vec<(usize, Vec<Option<String>>)>,
}

/// Whom a record is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Customer,
    Vendor,
}

impl<'a> Facts<'a> {
    fn of(data: &'a Dataset, contacts: &'a Contacts, sources: &[SourceSettings]) -> Self {
        let first = |field: Field| data.positions(&field).first().copied();
        let is_number = |field: &Field| matches!(field, Field::VatNumber | Field::EnterpriseNumber);
        let numbers =
            contacts.identifiers.iter().enumerate().filter(|(_, extra)| is_number(&extra.field.field));
        let valid = |text: &str| {
            let number = vat::read(text, "");
            // What follows the nine digits of a Dutch number counts the businesses of one owner.
            let shared =
                if number.country == "NL" { number.text.len().min(NL_OWNER) } else { number.text.len() };
            (number.valid == Some(true)).then(|| number.text[..shared].to_string())
        };
        Self {
            data,
            contacts,
            clean: sources.iter().map(|source| source.clean).collect(),
            typed: data
                .profiles
                .iter()
                .map(|profile| profile.as_ref().is_some_and(|profile| profile.contains(BUSINESS_CENTRAL)))
                .collect(),
            personal: PERSONAL.iter().flat_map(|field| data.positions(field)).collect(),
            kind: first(Field::Type),
            company: first(Field::CompanyId),
            privacy: first(Field::PrivacyBlocked),
            minor: first(Field::Minor),
            customer: first(Field::CustomerNo),
            vendor: first(Field::VendorNo),
            relation: first(Field::BusinessRelation),
            numbers: numbers
                .map(|(at, extra)| (at, extra.values.values().iter().map(valid).collect()))
                .collect(),
        }
    }

    /// The first reason in order of weight; none when nothing forbids merging these.
    fn reason(&self, members: &[u32]) -> Option<HoldReason> {
        let says = |field: Option<usize>| members.iter().any(|&member| is_yes(self.cell(member, field)));
        let reasons: [(&dyn Fn() -> bool, HoldReason); 8] = [
            (&|| self.holds_own_company(members), HoldReason::OwnCompany),
            (&|| self.types_differ(members), HoldReason::TypeMismatch),
            (&|| says(self.privacy), HoldReason::PrivacyBlocked),
            (&|| says(self.minor), HoldReason::Minor),
            (&|| self.linked_apart(members, Link::Customer), HoldReason::DifferentCustomers),
            (&|| self.linked_apart(members, Link::Vendor), HoldReason::DifferentVendors),
            (&|| self.numbers_clash(members), HoldReason::StrongIdClash),
            (&|| self.is_clean_source(members), HoldReason::CleanSource),
        ];
        reasons.into_iter().find(|(holds, _)| holds()).map(|(_, reason)| reason)
    }

    /// A record's cell in the field at a position; empty when no source has it.
    fn cell(&self, record: u32, position: Option<usize>) -> &'a str {
        position.map_or("", |position| self.data.raw(record, position))
    }

    /// What a record is by its type column.
    fn stated(&self, record: u32) -> Option<Population> {
        stated_population(self.cell(record, self.kind))
    }

    /// Whether one is a person and another the company that this person belongs to.
    fn holds_own_company(&self, members: &[u32]) -> bool {
        let population =
            |record: u32| self.stated(record).unwrap_or(self.contacts.population[record as usize]);
        self.company.is_some()
            && members.iter().filter(|&&member| population(member) == Population::Person).any(|&member| {
                let company = self.cell(member, self.company);
                let is_it = |&other: &u32| other != member && self.data.record_id(other) == company;
                !company.is_empty() && members.iter().any(is_it)
            })
    }

    /// Whether by their types one is a person and another a company.
    ///
    /// In Business Central the type belongs to the record, and merging does not change it. Elsewhere a firm's name and
    /// nothing of a person's in a record typed a person is a mistake in the type, as `Population` takes it, too.
    fn types_differ(&self, members: &[u32]) -> bool {
        let is_person = |record: u32| {
            let table = self.data.locate(record).0;
            let personal = || self.personal.iter().any(|&at| !self.data.raw(record, at).trim().is_empty());
            self.stated(record) == Some(Population::Person) && (self.typed[table] || personal())
        };
        members.iter().any(|&member| self.stated(member) == Some(Population::Company))
            && members.iter().any(|&member| is_person(member))
    }

    /// Whether two of one source are linked to two customers (or vendors).
    ///
    /// Numbers of several systems are not compared. A system in which a contact has a relation of its own has one
    /// contact a customer, so two companies that both have one, and no number that says whose, have two.
    fn linked_apart(&self, members: &[u32], link: Link) -> bool {
        let numbers = if link == Link::Customer { self.customer } else { self.vendor };
        if numbers.is_none() && self.relation.is_none() {
            return false;
        }
        let apart = |(a, b): (u32, u32)| {
            let [one, other] = [a, b].map(|record| number(self.cell(record, numbers)));
            let related = || [a, b].iter().all(|&record| self.is_related(record, link));
            match one.is_empty() || other.is_empty() {
                false => one != other,
                true => related(),
            }
        };
        self.pairs_of_a_source(members).any(apart)
    }

    fn is_related(&self, record: u32, link: Link) -> bool {
        let kind = self.stated(record).unwrap_or(self.contacts.population[record as usize]);
        let relation = self.cell(record, self.relation);
        let wanted = if link == Link::Customer { "customer" } else { "vendor" };
        kind == Population::Company && (means(wanted, relation) || means("multiple", relation))
    }

    /// Whether two have valid VAT or enterprise numbers, and none in common.
    fn numbers_clash(&self, members: &[u32]) -> bool {
        if self.numbers.is_empty() {
            return false;
        }
        let of = |record: u32| -> Vec<&str> {
            self.numbers
                .iter()
                .filter_map(|(at, valid)| {
                    valid[self.contacts.identifiers[*at].values.code(record) as usize].as_deref()
                })
                .collect()
        };
        let known: Vec<Vec<&str>> =
            members.iter().map(|&member| of(member)).filter(|numbers| !numbers.is_empty()).collect();
        known.iter().enumerate().any(|(at, one)| {
            known[at + 1..].iter().any(|other| !one.iter().any(|number| other.contains(number)))
        })
    }

    /// Whether two are of one source that is declared free of duplicates.
    fn is_clean_source(&self, members: &[u32]) -> bool {
        let mut seen = HashSet::new();
        let is_clean = |table: usize| self.clean.get(table).copied().unwrap_or(false);
        self.clean.contains(&true)
            && members
                .iter()
                .map(|&member| self.data.locate(member).0)
                .any(|table| is_clean(table) && !seen.insert(table))
    }

    /// All pairs of members that are of one source.
    fn pairs_of_a_source<'m>(&'m self, members: &'m [u32]) -> impl Iterator<Item = (u32, u32)> + 'm {
        let table = |record: u32| self.data.locate(record).0;
        members.iter().enumerate().flat_map(move |(at, &a)| {
            members[at + 1..].iter().map(move |&b| (a, b)).filter(move |&(a, b)| table(a) == table(b))
        })
    }
}

/// A number of a customer or vendor without its spelling; empty for fillers.
fn number(cell: &str) -> String {
    if cell.is_empty() || junk::is_junk(cell) { String::new() } else { compact_upper(cell) }
}

/// Whether a flag is set: filled, no filler, and no word for no.
fn is_yes(cell: &str) -> bool {
    // `0` says no, and is a filler elsewhere.
    !fold(cell).is_empty() && !junk::is_junk(cell) && !means("no", cell)
}

/// Whether a cell is one of the words for this.
fn means(what: &str, cell: &str) -> bool {
    let folded = fold(cell);
    let lines =
        include_str!("tables/relation_words.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.filter_map(|line| line.split_once(',')).any(|(of, word)| of == what && word == folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_say_yes_unless_they_say_no_or_nothing() {
        for yes in ["Yes", "TRUE", "1", "ja", "Wahr", "oui", "x", "blocked"] {
            assert!(is_yes(yes), "{yes}");
        }
        for no in ["", " ", "-", "No", "false", "0", "nee", "Nein", "non", "n/a"] {
            assert!(!is_yes(no), "{no}");
        }
    }

    #[test]
    fn numbers_are_compared_without_their_spelling() {
        assert_eq!(number("c-00 010"), number("C00010"));
        assert_eq!(number("n/a"), "");
    }
}
