//! Which rules the data allows.

use super::atoms::{Atom, Atoms};
use crate::map::Kind;
use crate::normalize::{Contacts, Population};

/// A blocking rule: records that yield the same value for every atom are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Name in reports and settings: `surname + postcode`.
    pub name: String,
    /// Its atoms; a record has a key for every combination of their values.
    pub atoms: Vec<Atom>,
    /// The rule whose oversized blocks it divides, if it is a second key.
    pub divides: Option<u8>,
}

impl Rule {
    fn new(contacts: &Contacts, atoms: &[Atom]) -> Self {
        let names: Vec<String> = atoms.iter().map(|&atom| atom_name(contacts, atom)).collect();
        Self { name: names.join(" + "), atoms: atoms.to_vec(), divides: None }
    }
}

/// The most extra columns that enter rules; more would cost keys without finding pairs.
const MAX_EXTRAS: usize = 6;

/// All rules for a population whose columns exist, strongest first: a pair belongs to its first rule.
pub fn candidates(atoms: &Atoms<'_>, contacts: &Contacts, population: Population) -> Vec<Rule> {
    let available = |rule: &Rule| rule.atoms.iter().all(|&atom| atoms.available(atom));
    let mut rules = thinkable(contacts, population);
    rules.retain(available);
    rules
}

/// All rules for a population, those of empty columns, too.
pub fn thinkable(contacts: &Contacts, population: Population) -> Vec<Rule> {
    let mut sets: Vec<Vec<Atom>> = Vec::new();
    sets.extend((0..contacts.identifiers.len().min(MAX_EXTRAS)).map(|at| vec![Atom::Identifier(at as u8)]));
    match population {
        Population::Person => person(&mut sets, contacts),
        Population::Company => company(&mut sets, contacts),
        Population::Other => other(&mut sets, contacts),
    }
    sets.iter().map(|set| Rule::new(contacts, set)).collect()
}

/// Extra columns by kind: names of places and the like first narrow a block, long texts do so by their words.
fn extras(contacts: &Contacts, kinds: &[Kind]) -> Vec<u8> {
    let wanted = |at: &usize| kinds.contains(&contacts.extras[*at].field.kind());
    (0..contacts.extras.len()).filter(wanted).take(MAX_EXTRAS).map(|at| at as u8).collect()
}

fn person(sets: &mut Vec<Vec<Atom>>, contacts: &Contacts) {
    use Atom::*;
    sets.extend([
        vec![Email],
        vec![Phone],
        vec![AllWords],
        vec![EmailLocal],
        vec![BirthDate, Postcode],
        vec![BirthDate, StreetHouse],
        vec![SoundsWord, BirthDate],
        vec![SoundsWord, StreetHouse],
        vec![SoundsWord, Postcode],
        vec![SoundsWord, PhoneTail],
        vec![SoundsWord, EmailOrganisation],
        vec![SoundsWord, Company],
        vec![SoundsWordPair],
    ]);
    for at in extras(contacts, &[Kind::Text, Kind::City, Kind::Region, Kind::Date, Kind::Company]) {
        sets.push(vec![SoundsWord, BirthYear, Extra(at)]);
        sets.push(vec![BirthDate, Extra(at)]);
        sets.push(vec![SoundsWord, Extra(at)]);
    }
    sets.extend([
        vec![SoundsWord, BirthYear, City],
        vec![SoundsWord, BirthDay],
        vec![BirthDate, City],
        vec![Postcode, House],
        vec![StreetHouse, City],
        vec![SoundsFamily, GivenInitial, City],
        vec![FormalGiven, Street],
        vec![SoundsFamily, GivenInitial, BirthYear],
        vec![SoundsFamily, GivenInitial, House],
        vec![BirthDate],
        vec![SoundsWord, City],
        vec![SoundsWord, BirthYear],
        vec![GivenInitial, BirthDay],
        vec![GivenInitial, BirthYear, City],
        vec![Postcode],
        vec![SoundsWord],
    ]);
}

fn company(sets: &mut Vec<Vec<Atom>>, contacts: &Contacts) {
    use Atom::*;
    sets.extend([
        vec![Email],
        vec![Phone],
        vec![Website],
        vec![Company],
        vec![EmailOrganisation],
        vec![SoundsCompanyWord, Postcode],
        vec![SoundsCompanyWord, StreetHouse],
        vec![SoundsCompanyWord, PhoneTail],
        vec![SoundsCompanyWordPair],
        vec![SoundsCompanyWord, City],
        vec![Postcode, House],
        vec![StreetHouse, City],
    ]);
    for at in extras(contacts, &[Kind::Text, Kind::City, Kind::Region, Kind::Company]) {
        sets.push(vec![SoundsCompanyWord, Extra(at)]);
    }
}

fn other(sets: &mut Vec<Vec<Atom>>, contacts: &Contacts) {
    use Atom::*;
    sets.extend([vec![Email], vec![Phone], vec![Website], vec![Postcode, House], vec![StreetHouse]]);
    let texts = extras(contacts, &[Kind::Text, Kind::City, Kind::Region, Kind::Date, Kind::Company]);
    for (nth, &at) in texts.iter().enumerate() {
        sets.push(vec![Extra(at)]);
        for &with in &texts[nth + 1..] {
            sets.push(vec![SoundsExtraWord(at), SoundsExtraWord(with)]);
        }
        for with in [Postcode, City, Phone, BirthDate] {
            sets.push(vec![SoundsExtraWord(at), with]);
        }
        sets.push(vec![SoundsExtraWord(at)]);
    }
}

/// Second keys by which an oversized block is divided, most telling first.
pub fn dividers(population: Population) -> &'static [Atom] {
    match population {
        Population::Person => &[Atom::BirthYear, Atom::FormalGiven, Atom::SoundsFamily, Atom::City],
        Population::Company => &[Atom::SoundsCompanyWordPair, Atom::City, Atom::Company, Atom::Postcode],
        Population::Other => &[Atom::City, Atom::Postcode, Atom::BirthYear, Atom::Phone],
    }
}

/// A rule that divides an oversized block of another.
pub fn division(contacts: &Contacts, rules: &[Rule], divided: u8, atom: Atom) -> Rule {
    let base = &rules[divided as usize];
    let mut atoms = base.atoms.clone();
    atoms.push(atom);
    let name = format!("{} + {}", base.name, atom_name(contacts, atom));
    Rule { name, atoms, divides: Some(divided) }
}

fn atom_name(contacts: &Contacts, atom: Atom) -> String {
    match atom {
        Atom::Identifier(at) => contacts.identifiers[at as usize].field.to_string(),
        Atom::Extra(at) => contacts.extras[at as usize].field.to_string(),
        Atom::SoundsExtraWord(at) => format!("sound of a word of {}", contacts.extras[at as usize].field),
        _ => plain_name(atom).to_string(),
    }
}

/// The name of an atom that is not named after a column of the data.
pub fn plain_name(atom: Atom) -> &'static str {
    match atom {
        Atom::SoundsWord => "sound of a name word",
        Atom::SoundsWordPair => "sound of two name words",
        Atom::AllWords => "all name words",
        Atom::SoundsFamily => "sound of surname",
        Atom::FormalGiven => "given name",
        Atom::GivenInitial => "initial",
        Atom::Email => "e-mail",
        Atom::EmailLocal => "e-mail name",
        Atom::EmailOrganisation => "e-mail organisation",
        Atom::Phone => "phone",
        Atom::PhoneTail => "phone ending",
        Atom::Postcode => "postcode",
        Atom::StreetHouse => "street and number",
        Atom::Street => "street",
        Atom::House => "house number",
        Atom::City => "city",
        Atom::BirthDate => "birth date",
        Atom::BirthYear => "birth year",
        Atom::BirthDay => "birth day and month",
        Atom::Company => "company",
        Atom::SoundsCompanyWord => "sound of a company word",
        Atom::SoundsCompanyWordPair => "sound of two company words",
        Atom::Website => "website",
        Atom::Identifier(_) | Atom::Extra(_) | Atom::SoundsExtraWord(_) => "",
    }
}
