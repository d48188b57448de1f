//! The names of a table's rows, as columns. Most rows have given names in one cell and a family name in another; each of these
//! is taken apart once, however many rows it stands in, and only the words of both together are made for each pair.

use super::chunk::iso_text;
use super::columns::{Maybe, cell, code};
use super::gender;
use super::halves;
use super::junk;
use super::layout::TablePlan;
use super::made::{Codes, NONE, Pairs, Texts};
use super::name::{self, NameParts, PersonName};
use super::population::{self, Evidence, Judged, NameIn, Seen, Verdict};
use crate::normalize::Population;
use crate::table::{ColumnBuilder, MISSING};
use rayon::prelude::*;

/// A part of a name, as the column it goes into.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Given,
    Family,
    Particles,
    Generation,
    Words,
}

const PARTS: usize = Part::Words as usize + 1;
/// Behind the parts of a name that one cell holds: how it joins the name in the other, see [`halves::alone`].
const ALONE: usize = PARTS;
const HALF: usize = PARTS + 1;

/// What the rows of a table are, by their cells.
pub(super) fn judge(plan: &TablePlan<'_>, fixed: Option<Population>) -> Vec<Judged> {
    let names = &plan.names;
    let (given, family) =
        (flags(names.given, population::is_filled), flags(names.family, population::is_filled));
    let full = flags(names.full, population::is_filled);
    let company = flags(names.company, population::is_company_filled);
    let stated =
        by_value(names.record_type, |raw| if raw.is_empty() { None } else { population::of_type(raw) });
    let (has_names, has_company) = (names.has_names, names.company.is_some());
    let rows = (0..plan.countries.len() as u32).into_par_iter();
    rows.map(|row| {
        let seen = Seen {
            given: given[code(names.given, row) as usize],
            family: family[code(names.family, row) as usize],
            full: full[code(names.full, row) as usize],
            company: company[code(names.company, row) as usize],
            stated: stated[code(names.record_type, row) as usize],
            has_names,
            has_company,
            ..Seen::default()
        };
        // Only a name without given names may be a firm's.
        let may_be_firm = !seen.given && (seen.family || seen.full);
        let seen = if may_be_firm { population::see(&names.evidence(row)) } else { seen };
        population::judge(&seen, fixed)
    })
    .collect()
}

/// What `read` says of each distinct value of a column, by code; of the missing one alone where there is no column.
pub(super) fn by_value<T: Send>(column: Maybe<'_>, read: impl Fn(&str) -> T + Sync) -> Vec<T> {
    match column {
        Some(source) => {
            let codes = (0..source.cells.distinct() as u32).into_par_iter();
            codes.map(|code| read(source.cells.value(code))).collect()
        }
        None => vec![read("")],
    }
}

fn flags(column: Maybe<'_>, read: impl Fn(&str) -> bool + Sync) -> Vec<bool> {
    by_value(column, read)
}

/// Where the name of a row was read: the number of its pair of cells, or, with this bit, the number of a whole name.
const WHOLE: u32 = 1 << 31;

/// The names of a table's rows.
pub(super) struct Names<'a> {
    plan: &'a TablePlan<'a>,
    judged: &'a [Judged],
    /// By code of the given name cell: given names and words.
    given: Texts<HALF>,
    /// By code of the family name cell.
    family: Texts<HALF>,
    /// By pair of cells: the words of both.
    words: Texts<1>,
    /// Names of rows that had to be read as a whole.
    wholes: Texts<PARTS>,
    /// By row; see [`WHOLE`].
    of_row: Vec<u32>,
}

impl<'a> Names<'a> {
    /// Reads the names of all rows.
    pub fn new(plan: &'a TablePlan<'a>, judged: &'a [Judged]) -> Self {
        let columns = &plan.names;
        let half = |column: Maybe<'_>, is_family: bool| {
            let distinct = column.map_or(1, |source| source.cells.distinct());
            Texts::of(distinct, |code| {
                let raw = column.map_or("", |source| source.cells.value(code as u32));
                let none = NameParts::default();
                let (given, family) = if is_family { ("", raw) } else { (raw, "") };
                let (name, is_parted) = spelled(plan, NameParts { given, family, ..none });
                // What was learned of a family name is brought to the same word among the given names, too.
                let alone = if is_parted { halves::ODD.to_string() } else { halves::alone(raw, is_family) };
                let [given, family, particles, generation, words] = texts(name);
                [given, family, particles, generation, words, alone]
            })
        };
        let (given, family) = rayon::join(|| half(columns.given, false), || half(columns.family, true));
        let mut pairs = Pairs::default();
        let mut can_join: Vec<bool> = Vec::new();
        let mut whole_rows: Vec<u32> = Vec::new();
        let of_row = (0..judged.len() as u32)
            .map(|row| {
                if !has_more(plan, row, &judged[row as usize]) {
                    let (one, other) = (code(columns.given, row), family_code(plan, judged, row));
                    let pair = pairs.number(other, one);
                    if pair as usize == can_join.len() {
                        can_join.push(halves::can_join(given.get(one, ALONE), family.get(other, ALONE)));
                    }
                    if can_join[pair as usize] {
                        return pair;
                    }
                }
                whole_rows.push(row);
                (whole_rows.len() as u32 - 1) | WHOLE
            })
            .collect();
        let pairs = pairs.all();
        let words = Texts::of(pairs.len(), |pair| {
            let (other, one) = pairs[pair];
            let which = Part::Words as usize;
            [halves::joined(given.get(one, which), family.get(other, which))]
        });
        let wholes = Texts::of(whole_rows.len(), |at| texts(whole(plan, judged, whole_rows[at])));
        Self { plan, judged, given, family, words, wholes, of_row }
    }

    /// Adds a part of every row's name.
    pub fn push(&self, part: Part, builder: &mut ColumnBuilder) {
        let halves = match part {
            Part::Given => &self.given,
            _ => &self.family,
        };
        let which = part as usize;
        let mut codes = Codes::new(if matches!(part, Part::Words) { self.words.len() } else { halves.len() });
        for row in 0..self.of_row.len() as u32 {
            let pick = self.of_row[row as usize];
            if pick & WHOLE != 0 {
                builder.push(self.wholes.get(pick & !WHOLE, which));
                continue;
            }
            let code = match part {
                Part::Words => codes.get(pick, builder, || self.words.get(pick, 0)),
                _ => {
                    let half = self.half(part, row);
                    codes.get(half, builder, || halves.get(half, which))
                }
            };
            builder.push_code(code);
        }
    }

    /// Where a part of a name that was read in halves stands.
    fn half(&self, part: Part, row: u32) -> u32 {
        match part {
            Part::Given => code(self.plan.names.given, row),
            _ => family_code(self.plan, self.judged, row),
        }
    }

    /// Adds how the person of every row is addressed: by what is said of it, by what stands before the name, by the surname.
    pub fn push_gender(&self, builder: &mut ColumnBuilder) {
        let names = &self.plan.names;
        let told = [names.gender, names.salutation].map(|column| (column, by_value(column, gender::of_cell)));
        let before = [names.full, names.given, names.family];
        let before = before.map(|column| (column, by_value(column, gender::of_name)));
        let (halves, wholes) = (surnames(&self.family), surnames(&self.wholes));
        for (row, &pick) in (0u32..).zip(&self.of_row) {
            let said = told.iter().chain(&before).map(|(column, says)| says[code(*column, row) as usize]);
            let by_surname = match pick & WHOLE {
                0 => halves[self.half(Part::Family, row) as usize],
                _ => wholes[(pick & !WHOLE) as usize],
            };
            builder.push(said.chain([by_surname]).find(|gender| !gender.is_empty()).unwrap_or_default());
        }
    }
}

/// What the surnames say of how people are addressed.
fn surnames<const N: usize>(names: &Texts<N>) -> Vec<&'static str> {
    let all = (0..names.len() as u32).into_par_iter();
    all.map(|at| gender::of_surname(names.get(at, Part::Family as usize))).collect()
}

/// The code of the cell that holds a row's family name; none where an organisation's name stands in it.
fn family_code(plan: &TablePlan<'_>, judged: &[Judged], row: u32) -> u32 {
    if judged[row as usize].family_is_company { MISSING } else { code(plan.names.family, row) }
}

/// Whether a row says anything of a person's name beside given and family name.
fn has_more(plan: &TablePlan<'_>, row: u32, judged: &Judged) -> bool {
    let names = &plan.names;
    let full = if judged.full_is_company { None } else { names.full };
    let others =
        [full, names.initials, names.middle, names.prefix, names.suffix, names.nickname, names.maiden];
    others.iter().any(|column| code(*column, row) != MISSING)
        || plan.more_names.iter().any(|column| column.code(row) != MISSING)
}

/// A row's name from all of its cells.
fn whole(plan: &TablePlan<'_>, judged: &[Judged], row: u32) -> PersonName {
    let Judged { population, family_is_company, full_is_company, .. } = judged[row as usize];
    let verdict = Verdict { population, company_name: "", family_is_company, full_is_company };
    let evidence: Evidence<'_> = plan.names.evidence(row);
    let country = plan.countries[row as usize];
    let mut parts = plan.names.parts(row, &evidence, &verdict, iso_text(&country));
    let more: String;
    if !plan.more_names.is_empty() {
        let cells = plan.more_names.iter().map(|column| column.get(row)).filter(|raw| !junk::is_junk(raw));
        more = std::iter::once(parts.nickname).chain(cells).collect::<Vec<_>>().join(" ");
        parts.nickname = &more;
    }
    spelled(plan, parts).0
}

/// A name in the spellings that were learned, and whether particles were taken off its family name by them.
fn spelled(plan: &TablePlan<'_>, parts: NameParts<'_>) -> (PersonName, bool) {
    let mut name = name::parse(parts);
    let had_particles = !name.particles.is_empty();
    plan.spellings.apply(&mut name);
    let is_parted = !had_particles && !name.particles.is_empty();
    (name, is_parted)
}

/// By [`Part`].
fn texts(name: PersonName) -> [String; PARTS] {
    [name.given, name.family, name.particles, name.generation, name.words]
}

/// Adds the organisation of every row: its name's core, or its legal form.
pub(super) fn push_company(plan: &TablePlan<'_>, judged: &[Judged], columns: [&mut ColumnBuilder; 2]) {
    let names = &plan.names;
    let sources =
        [(NameIn::Company, names.company), (NameIn::Family, names.family), (NameIn::Full, names.full)];
    let [core, legal_form] = columns;
    // Names of persons are not read as organisations: only cells that a row takes its organisation from.
    let mut keys = Pairs::default();
    let of_row: Vec<u32> = (0u32..)
        .zip(judged)
        .map(|(row, judged)| {
            let at = sources.iter().position(|(place, _)| *place == judged.name_in);
            at.map_or(NONE, |at| keys.number(code(sources[at].1, row), at as u32))
        })
        .collect();
    let keys = keys.all();
    let parsed = Texts::of(keys.len(), |key| {
        let (code, at) = keys[key];
        let raw = sources[at as usize].1.map_or("", |source| source.cells.value(code));
        let name = plan.company(raw);
        [name.core, name.legal_form]
    });
    let (mut cores, mut forms) = (Codes::new(keys.len()), Codes::new(keys.len()));
    for (row, &key) in (0u32..).zip(&of_row) {
        let (mut name, mut form) = (MISSING, MISSING);
        if key != NONE {
            name = cores.get(key, core, || parsed.get(key, 0));
            form = forms.get(key, legal_form, || parsed.get(key, 1));
        }
        core.push_code(name);
        match code(names.legal_form, row) {
            stated if form == MISSING && stated != MISSING => {
                legal_form.push(&super::company::legal_form(cell(names.legal_form, row)));
            }
            _ => legal_form.push_code(form),
        }
    }
}
