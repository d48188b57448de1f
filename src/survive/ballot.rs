//! What the members of one cluster say, field by field.

use super::contest::{Contest, Form, Spelling};
use super::corpus::Corpus;
use super::form;
use super::kin::{Likeness, likeness};
use super::memo::{Blanks, Memo};
use super::standing::{Measures, Standing};
use crate::config::{Rule, SurviveSettings};
use crate::map::{Dataset, FieldId, Kind};
use crate::normalize::Contacts;
use crate::table::MISSING;
use std::cell::OnceCell;

/// The normal form of a raw value of a field in a country; empty for junk.
pub(super) type Normal<'a> = &'a (dyn Fn(&FieldId, &str, &str) -> String + Sync);

/// What is the same for all clusters of a run.
pub(super) struct Stage<'a> {
    pub data: &'a Dataset,
    pub contacts: &'a Contacts,
    pub normal: Normal<'a>,
    pub corpus: Corpus,
    pub measures: Measures,
    /// Per field.
    pub likeness: Vec<Likeness>,
    /// Per field.
    pub rules: Vec<Rule>,
    /// Per field: see [`Contest::changeable`].
    pub changeable: Vec<bool>,
    pub layout: super::layout::Layout,
    /// What the settings ask of values.
    pub asked: super::conditions::Asked,
    /// Per field: whether its normal form depends on the country.
    by_country: Vec<bool>,
    memo: Memo,
    blanks: Blanks,
}

impl<'a> Stage<'a> {
    pub fn new(
        data: &'a Dataset,
        contacts: &'a Contacts,
        settings: &SurviveSettings,
        normal: Normal<'a>,
    ) -> Self {
        Self {
            data,
            contacts,
            normal,
            corpus: Corpus::of(data),
            measures: Measures::of(data, settings),
            likeness: data.fields.iter().map(likeness).collect(),
            rules: data.fields.iter().map(|field| super::rules::rule_of(field, settings)).collect(),
            changeable: data.fields.iter().map(|field| changeable(field.kind())).collect(),
            layout: super::layout::Layout::of(data),
            asked: super::conditions::Asked::of(data, settings),
            by_country: data.fields.iter().map(|field| depends_on_country(field.kind())).collect(),
            memo: Memo::of(data),
            blanks: Blanks::of(data),
        }
    }
}

/// Ways to reach an entity, its work and free columns may rightly differ from year to year. Names, dates and
/// identifiers hardly do; and an address does so as a whole, which `groups` sees to.
fn changeable(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Company
            | Kind::Email
            | Kind::Phone
            | Kind::Website
            | Kind::Category
            | Kind::Text
            | Kind::Carried
    )
}

/// Telephone numbers, addresses and national numbers are read differently from country to country.
fn depends_on_country(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Phone | Kind::Address | Kind::Postcode | Kind::City | Kind::Identifier | Kind::Region
    )
}

/// How the members' cells of one field compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// No member has a value.
    Empty,
    /// One member (by its place in the cluster) has a value.
    One(usize),
    /// Several members have the same value, letter for letter.
    Same,
    /// Members have different values.
    Differ,
}

/// One cluster.
pub(super) struct Ballot<'a> {
    pub stage: &'a Stage<'a>,
    pub members: &'a [u32],
    pub standings: Vec<Standing>,
    /// Per member: its table and row.
    places: Vec<(usize, u32)>,
    /// Per member and field: the normal form, once asked for.
    normals: Vec<OnceCell<String>>,
}

impl<'a> Ballot<'a> {
    pub fn new(stage: &'a Stage<'a>, members: &'a [u32]) -> Self {
        let standings = members
            .iter()
            .map(|&member| stage.measures.standing(stage.data, stage.contacts, member))
            .collect();
        let places = members.iter().map(|&member| stage.data.locate(member)).collect();
        let normals = vec![OnceCell::new(); members.len() * stage.data.fields.len()];
        Self { stage, members, standings, places, normals }
    }

    /// The normal form of a member's cell.
    pub fn normal(&self, member: usize, position: usize) -> &str {
        let (stage, (table, row)) = (self.stage, self.places[member]);
        let Some(column) = stage.data.columns[table][position] else { return "" };
        let countries = &stage.contacts.country;
        let country = self.country(member);
        let code = if country.is_empty() { MISSING } else { countries.code(self.members[member]) };
        let cells = &stage.data.tables[table].columns[column].cells;
        let as_compared = stage.data.cells(table, column);
        let make = || (stage.normal)(&stage.data.fields[position], as_compared.get(row), country);
        let code = if stage.by_country[position] { code } else { MISSING };
        let remembered = stage.memo.get(table, column, cells.code(row), code, make);
        remembered
            .unwrap_or_else(|| self.normals[member * stage.data.fields.len() + position].get_or_init(make))
    }

    /// A member's country; empty when unknown.
    pub fn country(&self, member: usize) -> &'a str {
        let countries = &self.stage.contacts.country;
        // A column that was never built has not even the missing value.
        if countries.distinct() == 0 { "" } else { countries.get(self.members[member]) }
    }

    /// The table that a member stands in.
    pub fn table(&self, member: usize) -> usize {
        self.places[member].0
    }

    /// How far a member's source is trusted for a field.
    pub fn trust(&self, member: usize, position: usize) -> i64 {
        let own = self.stage.asked.trust(position, self.table(member));
        own.unwrap_or(self.standings[member].trust)
    }

    /// The member that stays: most complete, then most recent, then most trusted, then the smallest key.
    pub fn survivor(&self) -> usize {
        self.best(0..self.members.len()).unwrap_or(0)
    }

    /// The member of best standing.
    pub fn best(&self, among: impl Iterator<Item = usize>) -> Option<usize> {
        among.min_by_key(|&member| self.standings[member].order())
    }

    fn code(&self, member: usize, position: usize) -> u32 {
        let (table, row) = self.places[member];
        let data = self.stage.data;
        data.columns[table][position]
            .map_or(MISSING, |column| data.tables[table].columns[column].cells.code(row))
    }

    /// A member's raw cell.
    pub fn raw(&self, member: usize, position: usize) -> &'a str {
        let (table, row) = self.places[member];
        let data = self.stage.data;
        data.columns[table][position].map_or("", |column| data.tables[table].cell(column, row))
    }

    /// Whether a member's cell holds more than blanks.
    pub fn is_filled(&self, member: usize, position: usize) -> bool {
        let (table, row) = self.places[member];
        let data = self.stage.data;
        let code = |column: usize| data.tables[table].columns[column].cells.code(row);
        data.columns[table][position]
            .is_some_and(|column| !self.stage.blanks.has(table, column, code(column)))
    }

    /// How the members' cells of a field compare: by codes where they are of one table.
    pub fn cells(&self, position: usize) -> Cells {
        let mut found = Cells::Empty;
        for member in 0..self.members.len() {
            if !self.is_filled(member, position) {
                continue;
            }
            let first = match found {
                Cells::Empty => {
                    found = Cells::One(member);
                    continue;
                }
                Cells::One(first) => first,
                _ => (0..member).find(|&other| self.is_filled(other, position)).unwrap_or(member),
            };
            if !self.same_raw(first, member, position) {
                return Cells::Differ;
            }
            found = Cells::Same;
        }
        found
    }

    fn same_raw(&self, a: usize, b: usize, position: usize) -> bool {
        if self.places[a].0 == self.places[b].0 {
            self.code(a, position) == self.code(b, position)
        } else {
            self.raw(a, position) == self.raw(b, position)
        }
    }

    /// The distinct raw values among some members, each with its holders, in order of their first holder.
    pub fn values(&self, position: usize, mut counts: impl FnMut(usize) -> bool) -> Vec<Vec<usize>> {
        let mut values: Vec<Vec<usize>> = Vec::new();
        for member in
            (0..self.members.len()).filter(|&member| self.is_filled(member, position) && counts(member))
        {
            match values.iter_mut().find(|holders| self.same_raw(holders[0], member, position)) {
                Some(holders) => holders.push(member),
                None => values.push(vec![member]),
            }
        }
        values
    }

    /// The contest of a field among some members.
    pub fn contest(&self, position: usize, counts: impl FnMut(usize) -> bool) -> Contest<'_> {
        let stage = self.stage;
        let (field, likeness) = (&stage.data.fields[position], stage.likeness[position]);
        let mut forms: Vec<Form<'_>> = Vec::new();
        for holders in self.values(position, counts) {
            // Read in the country of the best holder: which row comes first must not matter.
            let reader = self.best(holders.iter().copied()).unwrap_or(holders[0]);
            let raw = self.raw(reader, position);
            let normal = self.normal(reader, position);
            let valid = form::is_valid(field, likeness, raw, normal);
            let care = form::care(likeness, raw, normal);
            let common = stage.corpus.commonness(position, raw, holders.len() as u32);
            let support = holders.len() as i64;
            match forms.iter_mut().find(|form| form.normal == normal) {
                Some(form) => {
                    form.support += support;
                    form.valid |= valid;
                    form.commonness = form.commonness.max(common);
                    form.spellings.push(Spelling { holders, care });
                }
                None => forms.push(Form {
                    normal,
                    spellings: vec![Spelling { holders, care }],
                    support,
                    family: 0,
                    valid,
                    commonness: common,
                    penalty: 0,
                    is_part: false,
                }),
            }
        }
        Contest::new(position, likeness, stage.changeable[position], forms)
    }
}
