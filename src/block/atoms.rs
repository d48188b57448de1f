//! Atoms: the pieces that blocking keys are made of, computed once per distinct value.

use crate::normalize::{Contacts, Population, email, nickname, phone};
use crate::table::{Column, ListColumn, MISSING};
use rphonetic::{DoubleMetaphone, Encoder};

/// A piece of a blocking key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Atom {
    /// Phonetic code of each name word of two letters or more.
    SoundsWord,
    /// Each unordered pair of phonetic name words.
    SoundsWordPair,
    /// All name words in order of the alphabet.
    AllWords,
    /// Phonetic code of the family name without particles.
    SoundsFamily,
    /// The formal form of the first given name.
    FormalGiven,
    /// First letter of the given name.
    GivenInitial,
    /// Each whole e-mail address.
    Email,
    /// The part before the `@`, of five letters or more, when it is not a role such as `info`.
    EmailLocal,
    /// The organisation's part of the mail domain, when it is not a mail provider's.
    EmailOrganisation,
    /// Each telephone number.
    Phone,
    /// The last six digits of each telephone number.
    PhoneTail,
    /// Postcode.
    Postcode,
    /// Street and house number.
    StreetHouse,
    /// Street alone.
    Street,
    /// House number.
    House,
    /// City.
    City,
    /// Birth date.
    BirthDate,
    /// Year of birth.
    BirthYear,
    /// Month and day of birth.
    BirthDay,
    /// Core name of the organisation.
    Company,
    /// Phonetic code of each word of the organisation's name.
    SoundsCompanyWord,
    /// Each unordered pair of phonetic words of the organisation's name.
    SoundsCompanyWordPair,
    /// Website domain.
    Website,
    /// The identifier at this position.
    Identifier(u8),
    /// The extra column at this position, whole.
    Extra(u8),
    /// Phonetic code of each word of the extra column at this position.
    SoundsExtraWord(u8),
}

/// Code lists of the distinct values of a column: hashes of what each value yields.
struct Codes {
    starts: Vec<u32>,
    hashes: Vec<u32>,
}

impl Codes {
    fn build<'a>(values: impl Iterator<Item = &'a str>, mut of: impl FnMut(&str, &mut Vec<u32>)) -> Self {
        let (mut starts, mut hashes, mut open) = (vec![0u32], Vec::new(), Vec::new());
        for value in values {
            open.clear();
            if !value.is_empty() {
                of(value, &mut open);
            }
            hashes.extend_from_slice(&open);
            starts.push(hashes.len() as u32);
        }
        Self { starts, hashes }
    }

    fn get(&self, code: u32) -> &[u32] {
        &self.hashes[self.starts[code as usize] as usize..self.starts[code as usize + 1] as usize]
    }
}

/// What each record yields for each atom.
pub struct Atoms<'a> {
    contacts: &'a Contacts,
    sounds_words: Codes,
    all_words: Codes,
    sounds_family: Codes,
    formal_given: Codes,
    given_initial: Codes,
    email_local: Codes,
    email_organisation: Codes,
    phone_tail: Codes,
    birth_year: Codes,
    birth_day: Codes,
    company_words: Codes,
    extra_words: Vec<Codes>,
    /// Hashes of whole values, per distinct value: of the text, never of its code, which depends on row order.
    email: Vec<u32>,
    phone: Vec<u32>,
    postcode: Vec<u32>,
    street: Vec<u32>,
    house: Vec<u32>,
    city: Vec<u32>,
    birth_date: Vec<u32>,
    company: Vec<u32>,
    website: Vec<u32>,
    identifiers: Vec<Vec<u32>>,
    extras: Vec<Vec<u32>>,
}

/// The most words of one name that enter keys; real names have fewer, and pairs of words grow with the square.
const MAX_WORDS: usize = 6;

impl<'a> Atoms<'a> {
    /// Prepares the atoms of all columns.
    pub fn new(contacts: &'a Contacts, population: Population) -> Self {
        let sounds = Sounds::new();
        let words = |value: &str, out: &mut Vec<u32>| sounds.words(value, out);
        let company = if population == Population::Person { None } else { Some(&contacts.company) };
        Self {
            contacts,
            sounds_words: of_column(&contacts.name_words, words),
            all_words: of_column(&contacts.name_words, |value, out| {
                if value.contains(' ') {
                    out.push(hash_text(value));
                }
            }),
            sounds_family: of_column(&contacts.family, |value, out| {
                out.push(sounds.code(&value.replace(' ', "")))
            }),
            formal_given: of_column(&contacts.given, |value, out| {
                let first = value.split(' ').next().unwrap_or("");
                if first.len() > 1 {
                    out.push(hash_text(nickname::canonical(first)));
                }
            }),
            given_initial: of_column(&contacts.given, |value, out| {
                out.push(u32::from(value.as_bytes()[0]) + 1)
            }),
            email_local: of_list(&contacts.email, |value, out| {
                let local = email::local_part(value);
                if local.len() >= 5 && !email::is_role(local) {
                    let letters: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
                    out.push(hash_text(&letters));
                }
            }),
            email_organisation: of_list(&contacts.email, |value, out| {
                let domain = email::domain(value);
                if !email::is_free_provider(domain) {
                    out.push(hash_text(email::organisation(domain)));
                }
            }),
            phone_tail: of_list(&contacts.phone, |value, out| out.push(hash_text(phone::tail(value)))),
            birth_year: of_column(&contacts.birth_date, |value, out| {
                out.extend(value.get(..4).map(hash_text))
            }),
            birth_day: of_column(&contacts.birth_date, |value, out| {
                out.extend(value.get(5..).map(hash_text))
            }),
            company_words: match company {
                Some(column) => of_column(column, words),
                None => Codes { starts: vec![0; contacts.company.distinct() + 1], hashes: Vec::new() },
            },
            email: hashes(contacts.email.entries()),
            phone: hashes(contacts.phone.entries()),
            postcode: hashes(&contacts.postcode),
            street: hashes(&contacts.street),
            house: hashes(&contacts.house_number),
            city: hashes(&contacts.city),
            birth_date: hashes(&contacts.birth_date),
            company: hashes(&contacts.company),
            website: hashes(&contacts.website),
            identifiers: contacts.identifiers.iter().map(|identifier| hashes(&identifier.values)).collect(),
            extras: contacts.extras.iter().map(|extra| hashes(&extra.values)).collect(),
            extra_words: contacts.extras.iter().map(|extra| of_column(&extra.values, words)).collect(),
        }
    }

    /// The records.
    pub fn contacts(&self) -> &'a Contacts {
        self.contacts
    }

    /// Appends what a record yields for an atom; hashes are never 0.
    pub fn values(&self, atom: Atom, record: u32, out: &mut Vec<u32>) {
        let contacts = self.contacts;
        let single = |codes: &Codes, column: &Column, out: &mut Vec<u32>| {
            out.extend_from_slice(codes.get(column.code(record)));
        };
        let whole = |hashes: &[u32], column: &Column, out: &mut Vec<u32>| {
            let code = column.code(record);
            if code != MISSING {
                out.push(hashes[code as usize]);
            }
        };
        let all = |hashes: &[u32], column: &ListColumn, out: &mut Vec<u32>| {
            out.extend(column.codes(record).iter().map(|&code| hashes[code as usize]));
        };
        let list = |codes: &Codes, column: &ListColumn, out: &mut Vec<u32>| {
            for &code in column.codes(record) {
                out.extend_from_slice(codes.get(code));
            }
        };
        match atom {
            Atom::SoundsWord => single(&self.sounds_words, &contacts.name_words, out),
            Atom::SoundsWordPair => pairs_of(self.sounds_words.get(contacts.name_words.code(record)), out),
            Atom::AllWords => single(&self.all_words, &contacts.name_words, out),
            Atom::SoundsFamily => single(&self.sounds_family, &contacts.family, out),
            Atom::FormalGiven => single(&self.formal_given, &contacts.given, out),
            Atom::GivenInitial => single(&self.given_initial, &contacts.given, out),
            Atom::Email => all(&self.email, &contacts.email, out),
            Atom::EmailLocal => list(&self.email_local, &contacts.email, out),
            Atom::EmailOrganisation => list(&self.email_organisation, &contacts.email, out),
            Atom::Phone => all(&self.phone, &contacts.phone, out),
            Atom::PhoneTail => list(&self.phone_tail, &contacts.phone, out),
            Atom::Postcode => whole(&self.postcode, &contacts.postcode, out),
            Atom::StreetHouse => {
                let (street, house) = (contacts.street.code(record), contacts.house_number.code(record));
                if street != MISSING && house != MISSING {
                    out.push(combine(self.street[street as usize], self.house[house as usize]));
                }
            }
            Atom::Street => whole(&self.street, &contacts.street, out),
            Atom::House => whole(&self.house, &contacts.house_number, out),
            Atom::City => whole(&self.city, &contacts.city, out),
            Atom::BirthDate => whole(&self.birth_date, &contacts.birth_date, out),
            Atom::BirthYear => single(&self.birth_year, &contacts.birth_date, out),
            Atom::BirthDay => single(&self.birth_day, &contacts.birth_date, out),
            Atom::Company => whole(&self.company, &contacts.company, out),
            Atom::SoundsCompanyWord => single(&self.company_words, &contacts.company, out),
            Atom::SoundsCompanyWordPair => {
                pairs_of(self.company_words.get(contacts.company.code(record)), out)
            }
            Atom::Website => whole(&self.website, &contacts.website, out),
            Atom::Identifier(at) => {
                whole(&self.identifiers[at as usize], &contacts.identifiers[at as usize].values, out);
            }
            Atom::Extra(at) => whole(&self.extras[at as usize], &contacts.extras[at as usize].values, out),
            Atom::SoundsExtraWord(at) => {
                single(&self.extra_words[at as usize], &contacts.extras[at as usize].values, out);
            }
        }
    }

    /// Whether any record can yield the atom.
    pub fn available(&self, atom: Atom) -> bool {
        let contacts = self.contacts;
        match atom {
            Atom::SoundsWord | Atom::SoundsWordPair | Atom::AllWords => !contacts.name_words.is_missing(),
            Atom::SoundsFamily => !contacts.family.is_missing(),
            Atom::FormalGiven | Atom::GivenInitial => !contacts.given.is_missing(),
            Atom::Email | Atom::EmailLocal | Atom::EmailOrganisation => !contacts.email.is_missing(),
            Atom::Phone | Atom::PhoneTail => !contacts.phone.is_missing(),
            Atom::Postcode => !contacts.postcode.is_missing(),
            Atom::StreetHouse => !contacts.street.is_missing() && !contacts.house_number.is_missing(),
            Atom::Street => !contacts.street.is_missing(),
            Atom::House => !contacts.house_number.is_missing(),
            Atom::City => !contacts.city.is_missing(),
            Atom::BirthDate | Atom::BirthYear | Atom::BirthDay => !contacts.birth_date.is_missing(),
            Atom::Company | Atom::SoundsCompanyWord | Atom::SoundsCompanyWordPair => {
                !contacts.company.is_missing()
            }
            Atom::Website => !contacts.website.is_missing(),
            Atom::Identifier(at) => !contacts.identifiers[at as usize].values.is_missing(),
            Atom::Extra(at) | Atom::SoundsExtraWord(at) => !contacts.extras[at as usize].values.is_missing(),
        }
    }
}

fn of_column(column: &Column, of: impl FnMut(&str, &mut Vec<u32>)) -> Codes {
    Codes::build(column.values().iter(), of)
}

fn of_list(column: &ListColumn, of: impl FnMut(&str, &mut Vec<u32>)) -> Codes {
    Codes::build(column.entries().values().iter(), of)
}

/// Hashes of the distinct values of a column; 0 for the missing one.
fn hashes(column: &Column) -> Vec<u32> {
    column.values().iter().map(|value| if value.is_empty() { 0 } else { hash_text(value) }).collect()
}

fn pairs_of(words: &[u32], out: &mut Vec<u32>) {
    for (at, &left) in words.iter().enumerate() {
        for &right in &words[at + 1..] {
            out.push(combine(left.min(right), left.max(right)));
        }
    }
}

/// Phonetic codes by Double Metaphone (Lawrence Philips, 2000), which knows Slavic, Germanic and Romance spellings.
struct Sounds {
    encoder: DoubleMetaphone,
}

impl Sounds {
    fn new() -> Self {
        Self { encoder: DoubleMetaphone::new(Some(6)) }
    }

    /// Hash of a word's code; words without letters stand for themselves.
    fn code(&self, word: &str) -> u32 {
        let code = self.encoder.encode(word);
        if code.is_empty() { hash_text(word) } else { hash_text(&code) }
    }

    /// Hashes of the codes of a value's words, distinct.
    fn words(&self, value: &str, out: &mut Vec<u32>) {
        for word in value.split(' ').filter(|word| word.len() > 1).take(MAX_WORDS) {
            let code = self.code(word);
            if !out.contains(&code) {
                out.push(code);
            }
        }
    }
}

/// 32-bit FNV-1a followed by an avalanche; never 0. Stable across platforms and versions.
pub fn hash_text(text: &str) -> u32 {
    let hash =
        text.bytes().fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    mix(hash)
}

/// Spreads the bits of a number (finaliser of MurmurHash3); never 0.
#[inline]
pub fn mix(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^= hash >> 16;
    hash.max(1)
}

/// Joins two hashes in order; never 0.
#[inline]
pub fn combine(left: u32, right: u32) -> u32 {
    mix(left.rotate_left(5).wrapping_mul(0x9e37_79b1) ^ right)
}
