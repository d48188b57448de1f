//! Contacts for unit tests, made from a seed: persons with households, namesakes and corrupted copies.

use crate::normalize::{Contacts, Population};
use crate::table::{Column, ListColumnBuilder};

/// One record in words, before it is coded into columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub given: String,
    pub family: String,
    pub email: String,
    pub phone: String,
    pub street: String,
    pub house: String,
    pub postcode: String,
    pub city: String,
    pub birth: String,
    /// The record's key; results may depend on it, never on its position.
    pub key: u64,
}

/// A small deterministic generator (SplitMix64, Steele et al. 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const GIVEN: &[&str] =
    &["jan", "petra", "kees", "anna", "maria", "david", "sophie", "tom", "emma", "lucas", "j", "a"];
const FAMILY: &[&str] =
    &["jansen", "bakker", "visser", "smit", "meijer", "mulder", "bos", "vos", "peters", "hendriks", "dekker"];
const STREETS: &[&str] = &["kerkstraat", "dorpsstraat", "molenweg", "stationsstraat"];
const CITIES: &[&str] = &["utrecht", "breda", "gent"];

/// `count` persons; about a third are copies of an earlier one with one field changed or lost.
pub fn people(seed: u64, count: usize) -> Vec<Person> {
    let mut random = Random(seed);
    let mut people: Vec<Person> = Vec::new();
    for at in 0..count {
        let copies = !people.is_empty() && random.below(3) == 0;
        let mut person =
            if copies { people[random.below(people.len())].clone() } else { invent(&mut random) };
        if copies {
            match random.below(6) {
                0 => person.given = person.given[..1].to_string(),
                1 => person.family.push('s'),
                2 => person.email.clear(),
                3 => person.phone.clear(),
                4 => person.postcode.clear(),
                _ => person.birth.clear(),
            }
        }
        person.key = Random(seed ^ (at as u64) << 20).next();
        people.push(person);
    }
    people
}

fn invent(random: &mut Random) -> Person {
    let (given, family) = (random.pick(GIVEN), random.pick(FAMILY));
    let street = random.pick(STREETS);
    Person {
        given: given.to_string(),
        family: family.to_string(),
        email: format!("{given}.{family}{}@gmail.com", random.below(50)),
        phone: format!("+316{:08}", random.below(400)),
        street: street.to_string(),
        house: (1 + random.below(9)).to_string(),
        postcode: format!("{}AB", 1000 + random.below(30)),
        city: random.pick(CITIES).to_string(),
        birth: format!("19{:02}-0{}-1{}", 40 + random.below(60), 1 + random.below(9), random.below(9)),
        key: 0,
    }
}

/// Codes persons into columns.
pub fn contacts(people: &[Person]) -> Contacts {
    let column = |of: fn(&Person) -> &str| Column::from_values(people.iter().map(of));
    let list = |of: fn(&Person) -> &str| {
        let mut builder = ListColumnBuilder::new();
        for person in people {
            builder.add(of(person));
            builder.end_record();
        }
        builder.finish()
    };
    let words: Vec<String> = people
        .iter()
        .map(|person| {
            let mut words: Vec<&str> = person.given.split(' ').chain(person.family.split(' ')).collect();
            words.retain(|word| !word.is_empty());
            words.sort_unstable();
            words.dedup();
            words.join(" ")
        })
        .collect();
    Contacts {
        records: people.len() as u32,
        source: vec![0; people.len()],
        key_hash: people.iter().map(|person| person.key).collect::<Vec<u64>>().into(),
        population: vec![Population::Person; people.len()],
        given: column(|p| &p.given),
        family: column(|p| &p.family),
        name_words: Column::from_values(words.iter().map(String::as_str)),
        email: list(|p| &p.email),
        phone: list(|p| &p.phone),
        street: column(|p| &p.street),
        house_number: column(|p| &p.house),
        postcode: column(|p| &p.postcode),
        city: column(|p| &p.city),
        birth_date: column(|p| &p.birth),
        ..Contacts::default()
    }
}
