use crate::map::FieldId;
use crate::table::{Column, Flat, ListColumn, Room};

/// What a record stands for. Persons and companies are matched apart.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Population {
    /// A human being.
    Person,
    /// An organisation.
    Company,
    /// A record that is neither by its columns: matched as generic text.
    Other,
}

/// A column beyond the named ones that still tells entities apart.
#[derive(Clone, Debug)]
pub struct Extra {
    /// Where it came from.
    pub field: FieldId,
    /// Folded values (lower case ASCII, single blanks); dates as `YYYY-MM-DD`; identifiers compact upper case.
    pub values: Column,
}

/// Normalized records of all sources, column by column, for blocking, comparing and scoring.
///
/// All text is *folded* (NFKD, accents dropped, lower case, transliterated to ASCII, punctuation to single
/// blanks) unless said otherwise. Raw values stay in the [`crate::map::Dataset`].
#[derive(Clone, Debug, Default)]
pub struct Contacts {
    /// How many records.
    pub records: u32,
    /// Per record: the source it came from (its table's position in the data set).
    pub source: Vec<u16>,
    /// Per record: a hash of source name and record id. Orders ties and draws samples, so that row order never matters.
    pub key_hash: Flat<u64>,
    /// Per record: person, company or other.
    pub population: Vec<Population>,
    /// Given names in order, titles removed: `jan pieter`, `j p` for initials.
    pub given: Column,
    /// Family name without particles: `berg`; double names keep both words.
    pub family: Column,
    /// Particles before the family name: `van den`.
    pub particles: Column,
    /// Generation mark: `jr`, `sr`, `ii`, `iii`.
    pub generation: Column,
    /// `m` or `f` where the record says how the person is addressed.
    pub gender: Column,
    /// All words of all name columns (given, family, full, nickname, maiden name), sorted, without titles and particles.
    pub name_words: Column,
    /// Organisation (the record itself for a company, the employer for a person): core words without legal form.
    pub company: Column,
    /// Legal form in a canonical spelling: `bv`, `gmbh`, `ltd`.
    pub legal_form: Column,
    /// Valid e-mail addresses, lower case, plus tags removed.
    pub email: ListColumn,
    /// Telephone numbers of all phone and mobile columns as E.164 where valid (`+31…`), else digits only; no fax.
    pub phone: ListColumn,
    /// Street without house number, types in a canonical spelling (`str` → `straat`).
    pub street: Column,
    /// House number, digits only: `12`.
    pub house_number: Column,
    /// House number addition, box, unit or apartment: `a`, `2 hoog`.
    pub unit: Column,
    /// Further address text that is none of the above.
    pub address_rest: Column,
    /// Postcode, upper case, no blanks: `3011AB`.
    pub postcode: Column,
    /// City; exonyms and bilingual names resolved to one spelling: `brussel` for `bruxelles`.
    pub city: Column,
    /// Province, county or state.
    pub state: Column,
    /// ISO 3166-1 alpha-2 code, upper case, as stated or inferred.
    pub country: Column,
    /// Birth date as `YYYY-MM-DD`; a date that could be read both ways is read by its column's majority.
    pub birth_date: Column,
    /// Website: registrable domain.
    pub website: Column,
    /// Strong identifiers (VAT, enterprise number, national id, columns sniffed as identifiers).
    pub identifiers: Vec<Extra>,
    /// Generic columns (category, text, date) that are compared as they are.
    pub extras: Vec<Extra>,
}

impl Contacts {
    /// Bytes held in memory, for estimates.
    pub fn heap_bytes(&self) -> usize {
        let columns = self.columns().map(Column::heap_bytes);
        let extras = self.identifiers.iter().chain(&self.extras).map(|extra| extra.values.heap_bytes());
        columns.iter().sum::<usize>()
            + extras.sum::<usize>()
            + self.email.heap_bytes()
            + self.phone.heap_bytes()
            + self.key_hash.heap_bytes()
            + self.source.len() * (size_of::<u16>() + size_of::<Population>())
    }

    /// Puts the columns where they belong.
    pub fn keep_in(&mut self, room: &Room) {
        let columns = [
            &mut self.given,
            &mut self.family,
            &mut self.particles,
            &mut self.generation,
            &mut self.gender,
            &mut self.name_words,
            &mut self.company,
            &mut self.legal_form,
            &mut self.street,
            &mut self.house_number,
            &mut self.unit,
            &mut self.address_rest,
            &mut self.postcode,
            &mut self.city,
            &mut self.state,
            &mut self.country,
            &mut self.birth_date,
            &mut self.website,
        ];
        let extras = self.identifiers.iter_mut().chain(&mut self.extras).map(|extra| &mut extra.values);
        columns.into_iter().chain(extras).for_each(|column| column.keep_in(room));
        self.email.keep_in(room);
        self.phone.keep_in(room);
        room.keep(&mut self.key_hash);
    }

    fn columns(&self) -> [&Column; 18] {
        [
            &self.given,
            &self.family,
            &self.particles,
            &self.generation,
            &self.gender,
            &self.name_words,
            &self.company,
            &self.legal_form,
            &self.street,
            &self.house_number,
            &self.unit,
            &self.address_rest,
            &self.postcode,
            &self.city,
            &self.state,
            &self.country,
            &self.birth_date,
            &self.website,
        ]
    }
}
