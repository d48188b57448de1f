//! The rules of the search: Business Central's standard ones, those of the settings, or those of an export of its table
//! *Duplicate Search String Setup*.

use super::ClassicError;
use super::fields::{self, fold, rows};
use super::strings::LONGEST;
use crate::config::{ClassicSettings, Part};
use crate::ingest::{self, Input};
use crate::progress::Silent;
use crate::table::Table;
use std::path::Path;

/// Characters that are compared where a setup does not say how many.
const USUAL_LENGTH: u32 = 5;

/// The fewest characters that a rule may compare.
const SHORTEST: u32 = 2;

/// One search string of every contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The field, by its caption in Business Central where it has one.
    pub field: String,
    /// Which end of the value.
    pub part: Part,
    /// How many characters.
    pub length: u32,
}

/// What is compared, and how much of it must agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The rules; without any nothing is found, as in Business Central.
    pub rules: Vec<Rule>,
    /// Search Hit %.
    pub hit_percent: u32,
}

impl Setup {
    /// The setup that the settings ask for.
    ///
    /// Errors: the export cannot be read, or says something that Business Central would not.
    pub fn of(settings: &ClassicSettings) -> Result<Self, ClassicError> {
        let rules = match settings.setup.as_deref().filter(|path| !path.is_empty()) {
            Some(path) => read(Path::new(path))?,
            None if settings.rules.is_empty() => standard(),
            None => {
                let rule = |rule: &crate::config::ClassicRule| Rule {
                    field: rule.field.clone().unwrap_or_default(),
                    part: rule.part,
                    length: rule.length,
                };
                settings.rules.iter().map(rule).collect()
            }
        };
        Ok(Self { rules, hit_percent: settings.hit_percent })
    }

    /// How many strings must be equal: the share of all rules, rounded up.
    pub fn threshold(&self) -> u32 {
        (self.rules.len() as u32 * self.hit_percent).div_ceil(100)
    }
}

/// The rules of a company with the standard setup.
pub fn standard() -> Vec<Rule> {
    rows(include_str!("tables/standard_setup.csv"))
        .map(|[field, part, length]| Rule {
            field: field.to_string(),
            part: if part == Part::Last.name() { Part::Last } else { Part::First },
            length: length.parse().unwrap_or(USUAL_LENGTH),
        })
        .collect()
}

/// Reads an export of the setup, in any format that contacts are read in.
fn read(path: &Path) -> Result<Vec<Rule>, ClassicError> {
    let input = Input {
        path: path.to_path_buf(),
        source: "search string setup".into(),
        settings: Default::default(),
    };
    let read = ingest::read(&[input], &Silent)?;
    if let Some(row) = read.quarantine.first() {
        return Err(ClassicError::Row { path: path.into(), line: row.line, why: row.reason.clone() });
    }
    let Some(table) = read.tables.first() else { return Ok(Vec::new()) };
    let columns = Columns::of(path, table)?;
    let mut rules: Vec<Rule> = Vec::new();
    for row in 0..table.rows {
        let wrong = |why| ClassicError::Row {
            path: path.into(),
            line: table.lines.get(row as usize).copied().unwrap_or(row + 1),
            why,
        };
        let rule = columns.rule(table, row).map_err(wrong)?;
        if rules.iter().any(|other| other.field == rule.field && other.part == rule.part) {
            return Err(wrong(format!(
                "a second row for the {} characters of `{}`; Business Central has one",
                rule.part.name(),
                rule.field
            )));
        }
        rules.push(rule);
    }
    Ok(rules)
}

/// Where an export has what.
struct Columns {
    number: Option<usize>,
    name: Option<usize>,
    part: usize,
    length: Option<usize>,
}

/// Whether a word stands for this in exports.
fn means(what: &str, word: &str) -> bool {
    let folded = fold(word);
    rows(include_str!("tables/setup_words.csv")).any(|[of, known]| of == what && fold(known) == folded)
}

impl Columns {
    fn of(path: &Path, table: &Table) -> Result<Self, ClassicError> {
        let find = |what: &str| table.columns.iter().position(|column| means(what, &column.name));
        let lacks = |wanted| ClassicError::NoColumn {
            path: path.into(),
            wanted,
            available: table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", "),
        };
        let (number, name) = (find("number"), find("name"));
        if number.is_none() && name.is_none() {
            return Err(lacks("`Field No.` or `Field Name`"));
        }
        let part = find("part").ok_or_else(|| lacks("`Part of Field`"))?;
        Ok(Self { number, name, part, length: find("length") })
    }

    /// What a row says, or what is wrong with it.
    fn rule(&self, table: &Table, row: u32) -> Result<Rule, String> {
        let cell = |column: Option<usize>| column.map_or("", |column| table.cell(column, row).trim());
        let (number, name) = (cell(self.number), cell(self.name));
        let known = number.parse().ok().and_then(fields::numbered).or_else(|| fields::named(name));
        let field = match known {
            Some(field) => field.caption.to_string(),
            None if !name.is_empty() => name.to_string(),
            None if number.is_empty() => return Err("the row names no field".into()),
            None => return Err(format!("no field of contacts has the number `{number}`; add its name")),
        };
        let word = cell(Some(self.part));
        let part = match () {
            () if means("first", word) => Part::First,
            () if means("last", word) => Part::Last,
            () => return Err(format!("`{word}` is no part of a field; it is First or Last")),
        };
        let text = cell(self.length);
        let length = if text.is_empty() { Some(USUAL_LENGTH) } else { text.parse().ok() };
        let length = length.filter(|length| (SHORTEST..=LONGEST as u32).contains(length));
        let length =
            length.ok_or_else(|| format!("the length `{text}` is none from {SHORTEST} to {LONGEST}"))?;
        Ok(Rule { field, part, length })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> Result<Vec<Rule>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("setup.csv");
        std::fs::write(&path, text).unwrap();
        read(&path).map_err(|error| error.to_string().replace(&*path.to_string_lossy(), "setup.csv"))
    }

    fn rule(field: &str, part: Part, length: u32) -> Rule {
        Rule { field: field.into(), part, length }
    }

    #[test]
    fn the_standard_setup_has_sixteen_rules_of_which_ten_must_agree() {
        let setup = Setup::of(&ClassicSettings::default()).unwrap();
        assert_eq!((setup.rules.len(), setup.threshold()), (16, 10));
        assert!(setup.rules.iter().all(|rule| rule.length == 5 && fields::named(&rule.field).is_some()));
    }

    #[test]
    fn the_threshold_is_rounded_up() {
        let of = |rules: usize, hit_percent| {
            Setup { rules: vec![rule("Name", Part::First, 5); rules], hit_percent }.threshold()
        };
        assert_eq!(
            [of(16, 62), of(16, 63), of(16, 100), of(10, 60), of(1, 1), of(0, 60)],
            [10, 11, 16, 6, 1, 0]
        );
    }

    #[test]
    fn exports_in_several_languages_are_one_setup() {
        let expected = Ok(vec![rule("Name", Part::First, 5), rule("E-Mail", Part::Last, 10)]);
        for text in [
            "Field No.,Field Name,Part of Field,Length\n2,Name,First,5\n102,E-Mail,Last,10\n",
            "Veldnr.;Veldnaam;Deel van veld;Lengte\n2;Naam;Eerste;5\n102;E-mail;Laatste;10\n",
            "Feldname;Teil des Felds;Länge\nName;Erste;5\nEmail;Letzte;10\n",
            "fieldNo,partOfField,length\n2,0,5\n102,1,10\n",
        ] {
            assert_eq!(from(text), expected, "{text}");
        }
        let own = from("Field No.,Field Name,Part of Field\n50000,Sector Code,Last\n").unwrap();
        assert_eq!(own, [rule("Sector Code", Part::Last, 5)]);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, told) in [
            ("Field Name,Length\nName,5\n", "no column `Part of Field`; it has: Field Name, Length"),
            ("Part of Field,Length\nFirst,5\n", "no column `Field No.` or `Field Name`"),
            ("Field Name,Part of Field,Length\nName,First,5\nCity,Middle,5\n", "line 3: `Middle` is no part"),
            (
                "Field Name,Part of Field,Length\nName,First,11\n",
                "line 2: the length `11` is none from 2 to 10",
            ),
            (
                "Field Name,Part of Field,Length\nName,First,5\nName,First,6\n",
                "line 3: a second row for the first",
            ),
            ("Field No.,Part of Field\n49999,First\n", "line 2: no field of contacts has the number `49999`"),
        ] {
            let error = from(text).unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
