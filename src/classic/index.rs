//! The search strings of all companies, as numbers: the rarer a string, the smaller.

use super::number;
use super::setup::Rule;
use super::strings::{SearchString, compose};
use super::{contact_no, fields};
use crate::map::{Dataset, Field};
use crate::normalize::{Contacts, Population, stated_population};
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::collections::HashMap;

/// A blank: no string.
pub const NONE: u32 = u32::MAX;

/// The strings of the companies that are searched.
#[derive(Clone, Debug)]
pub struct Index {
    /// The companies' records, by the numbers of their contacts.
    pub companies: Vec<u32>,
    /// How many rules there are.
    pub rules: usize,
    /// Per company and rule, which string it has: its rank among all strings of all rules, rarest first, or [`NONE`].
    /// Strings of two rules never have one number.
    strings: Vec<u32>,
    /// Per record: its place in `companies`, or [`NONE`].
    places: Vec<u32>,
}

/// How the strings of two companies compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matching {
    /// Strings that are equal.
    pub equal: u32,
    /// Strings that both have.
    pub both: u32,
}

impl Index {
    /// A company's strings, one a rule.
    #[inline]
    pub fn strings(&self, company: usize) -> &[u32] {
        &self.strings[company * self.rules..][..self.rules]
    }

    /// How many strings a company has.
    pub fn filled(&self, company: usize) -> u32 {
        self.strings(company).iter().filter(|string| **string != NONE).count() as u32
    }

    /// How many companies have fewer strings than so many.
    pub fn fewer_than(&self, strings: u32) -> u32 {
        (0..self.companies.len()).filter(|&company| self.filled(company) < strings).count() as u32
    }

    /// A record's place among the companies.
    pub fn place(&self, record: u32) -> Option<usize> {
        self.places.get(record as usize).filter(|place| **place != NONE).map(|place| *place as usize)
    }

    /// How the strings of two records compare; none when one is not searched.
    pub fn matching(&self, a: u32, b: u32) -> Option<Matching> {
        let (a, b) = (self.place(a)?, self.place(b)?);
        let strings = self.strings(a).iter().zip(self.strings(b));
        let both = strings.filter(|(one, other)| **one != NONE && **other != NONE);
        let equal = both.clone().filter(|(one, other)| one == other).count() as u32;
        Some(Matching { equal, both: both.count() as u32 })
    }

    /// An index of strings that are given as numbers, for tests of the search.
    #[cfg(test)]
    pub fn of_numbers(rows: &[Vec<u32>], rules: usize) -> Self {
        let columns = (0..rules).map(|rule| rows.iter().map(|row| row[rule]).collect::<Vec<u32>>());
        Self::ranked((0..rows.len() as u32).collect(), rows.len(), columns.collect())
    }

    /// Numbers the strings of all rules by how rare they are. `columns` has per rule each company's string, numbered
    /// within the rule.
    fn ranked(companies: Vec<u32>, records: usize, columns: Vec<Vec<u32>>) -> Self {
        let counts: Vec<Vec<u32>> = columns
            .par_iter()
            .map(|column| {
                let distinct = column.iter().filter(|&&string| string != NONE).max().map_or(0, |max| max + 1);
                let mut counts = vec![0u32; distinct as usize];
                column
                    .iter()
                    .filter(|&&string| string != NONE)
                    .for_each(|&string| counts[string as usize] += 1);
                counts
            })
            .collect();
        let of_rule = |(rule, counts): (usize, &Vec<u32>)| {
            counts.iter().zip(0u32..).map(|(&count, string)| (count, rule as u32, string)).collect::<Vec<_>>()
        };
        let mut by_count: Vec<(u32, u32, u32)> = counts.iter().enumerate().flat_map(of_rule).collect();
        by_count.par_sort_unstable();
        let mut rank: Vec<Vec<u32>> = counts.iter().map(|counts| vec![0; counts.len()]).collect();
        for (&(_, rule, string), at) in by_count.iter().zip(0u32..) {
            rank[rule as usize][string as usize] = at;
        }
        let rules = columns.len();
        let mut strings = vec![NONE; companies.len() * rules];
        strings.par_chunks_mut(rules.max(1)).enumerate().for_each(|(company, row)| {
            for ((string, column), rank) in row.iter_mut().zip(&columns).zip(&rank) {
                *string = rank.get(column[company] as usize).copied().unwrap_or(NONE);
            }
        });
        let mut places = vec![NONE; records];
        companies.iter().zip(0u32..).for_each(|(&record, place)| places[record as usize] = place);
        Self { companies, rules, strings, places }
    }
}

/// Makes the strings of all companies; tells which sources have no column for which rules.
pub fn build(data: &Dataset, contacts: &Contacts, rules: &[Rule]) -> (Index, Vec<String>) {
    let companies = companies(data, contacts);
    let columns: Vec<Vec<u32>> = rules.par_iter().map(|rule| column(data, &companies, rule)).collect();
    let mut notes = Vec::new();
    for (at, table) in data.tables.iter().enumerate() {
        let mut lacking: Vec<&str> = rules
            .iter()
            .filter(|rule| fields::columns(data, at, &rule.field).is_empty())
            .map(|rule| rule.field.as_str())
            .collect();
        lacking.dedup();
        if !lacking.is_empty() {
            let source = &table.source;
            notes.push(format!(
                "bc-classic: `{source}` has no column for {}; its rules count, but nothing can be equal there",
                lacking.join(", ")
            ));
        }
    }
    (Index::ranked(companies, contacts.records as usize, columns), notes)
}

/// The records that are companies by their type, or where it says nothing by what they look like; by contact number.
fn companies(data: &Dataset, contacts: &Contacts) -> Vec<u32> {
    let kinds = data.positions(&Field::Type).first().copied();
    let is_company = |record: u32| {
        let stated = kinds.and_then(|position| stated_population(data.raw(record, position)));
        stated.unwrap_or(contacts.population[record as usize]) == Population::Company
    };
    let mut named: Vec<(String, u32)> = (0..contacts.records)
        .filter(|&record| is_company(record))
        .map(|record| (contact_no(data, record), record))
        .collect();
    named.par_sort_by(|(one, _), (other, _)| number::compare(one, other));
    named.into_iter().map(|(_, record)| record).collect()
}

/// Each company's string by one rule, numbered in order of appearance.
fn column(data: &Dataset, companies: &[u32], rule: &Rule) -> Vec<u32> {
    let mut numbers: HashMap<SearchString, u32, FixedState> = HashMap::default();
    let mut numbered = |value: &str| -> u32 {
        let Some(string) = compose(value, rule.part, rule.length) else { return NONE };
        let next = numbers.len() as u32;
        *numbers.entry(string).or_insert(next)
    };
    let columns: Vec<Vec<usize>> =
        (0..data.tables.len()).map(|table| fields::columns(data, table, &rule.field)).collect();
    // A value that stands in one column is composed once, however often it occurs.
    let mut known: Vec<Vec<Option<u32>>> = columns
        .iter()
        .zip(&data.tables)
        .map(|(columns, table)| match columns[..] {
            [only] => vec![None; table.columns[only].cells.distinct()],
            _ => Vec::new(),
        })
        .collect();
    companies
        .iter()
        .map(|&record| {
            let (at, row) = data.locate(record);
            let table = &data.tables[at];
            match columns[at][..] {
                [] => NONE,
                [only] => {
                    let cells = &table.columns[only].cells;
                    let code = cells.code(row);
                    *known[at][code as usize].get_or_insert_with(|| numbered(cells.value(code)))
                }
                ref several => {
                    let joined: Vec<&str> = several.iter().map(|&column| table.cell(column, row)).collect();
                    numbered(&joined.join(" "))
                }
            }
        })
        .collect()
}
