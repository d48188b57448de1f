//! The columns of one table → fields: settings first, then headings, then values.

use super::agree::{self, Context, MOST_OF_A_FIELD};
use super::headings::{Hint, Meaning, hints, systems};
use super::look::{Look, look};
use super::{Field, FieldId, Kind, MapError, MappedColumn};
use crate::config::{SourceSettings, find_heading};
use crate::table::Table;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Distinct values per row from which a column headed as an id is the row's id, though some rows share one.
const NEARLY_UNIQUE: f64 = 0.9;
/// A column of a field goes behind the others when it is filled this many times less than the fullest.
const MUCH_LESS_FILLED: usize = 10;

/// The layout (see `systems.csv`) of a table of organisations.
const ACCOUNTS: &str = "salesforce-account";
/// Share of values written like names of persons from which a column may be one, and the share of values with a word
/// for an organisation from which it is not: a list of persons holds a firm now and then.
const LIKE_PERSONS: f64 = 0.6;
const HARDLY_ORGANISATIONS: f64 = 0.05;

/// What one column was taken for, before columns of one field are numbered.
struct Choice {
    field: Option<Field>,
    why: String,
    /// From the settings, with its number.
    declared: Option<u8>,
    /// Sort keys among columns of one field.
    inexact: u8,
    rank: u8,
    number: Option<u8>,
}

/// Decides what each column of a table is.
pub fn table(table: &Table, settings: Option<&SourceSettings>) -> Result<Vec<MappedColumn>, MapError> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let looks: Vec<Look> =
        table.columns.par_iter().map(|column| look(&column.cells, table.rows as usize)).collect();
    let hints = hints(&names);
    let declared = declared(table, settings)?;
    let mut context = context(&hints, &looks, &declared);
    context.organisations |= systems(names.iter().copied()).contains(&ACCOUNTS);
    let id = id_column(&hints, &looks, &declared);
    let mut choices: Vec<Choice> = (0..names.len())
        .map(|at| {
            let hint = hints[at].as_ref();
            let (field, why) = match &declared[at] {
                Some(field) => (Some(field.field.clone()), "set in the settings".to_string()),
                None => choose(names[at], hint, &looks[at], context, id == Some(at)),
            };
            Choice {
                field,
                why,
                declared: declared[at].as_ref().map(|field| field.nth),
                inexact: hint.map_or(4, |hint| hint.inexact),
                rank: hint.map_or(1, |hint| hint.rank),
                number: hint.and_then(|hint| hint.number),
            }
        })
        .collect();
    mobiles(&mut choices, &looks);
    Ok(number(choices, &names, &looks))
}

/// The fields that settings give to columns.
fn declared(table: &Table, settings: Option<&SourceSettings>) -> Result<Vec<Option<FieldId>>, MapError> {
    let mut declared = vec![None; table.columns.len()];
    let Some(settings) = settings else { return Ok(declared) };
    let id = settings.id.iter().map(|column| (column.as_str(), "id"));
    let asked = settings.columns.iter().map(|(column, field)| (column.as_str(), field.as_str())).chain(id);
    for (column, name) in asked {
        let headings = table.columns.iter().map(|column| column.name.as_str());
        let at = find_heading(headings, column).ok_or_else(|| MapError::NoSuchColumn {
            source_name: table.source.clone(),
            column: column.to_string(),
            field: name.to_string(),
            available: table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", "),
        })?;
        let field: FieldId = name.trim().parse().map_err(|_| MapError::NoSuchField {
            source_name: table.source.clone(),
            column: column.to_string(),
            field: name.to_string(),
            available: Field::ALL.iter().map(Field::name).collect::<Vec<_>>().join(", "),
        })?;
        let twice =
            (0..declared.len()).find(|&other| other != at && declared[other].as_ref() == Some(&field));
        if let (Some(other), false) = (twice, field.field == Field::Ignore) {
            return Err(MapError::FieldTwice {
                source_name: table.source.clone(),
                field: name.to_string(),
                first: table.columns[other].name.clone(),
                second: column.to_string(),
            });
        }
        declared[at] = Some(field);
    }
    Ok(declared)
}

fn context(hints: &[Option<Hint>], looks: &[Look], declared: &[Option<FieldId>]) -> Context {
    let mut context = Context::default();
    for at in 0..hints.len() {
        let field = match (&declared[at], &hints[at]) {
            (Some(field), _) => &field.field,
            (None, Some(Hint { meaning: Meaning::Field(field), .. })) => field,
            (None, Some(Hint { meaning: Meaning::Address | Meaning::Street, .. })) => &Field::Street,
            _ => continue,
        };
        // An empty column says what the table is about, but there is nothing in it to rely on.
        let filled = looks[at].filled > 0;
        use Field as F;
        context.house_number |= filled && matches!(field, F::HouseNumber);
        context.name_parts |= filled && matches!(field, F::FirstName | F::LastName);
        context.salutation |= matches!(field, F::Salutation);
        context.person |= matches!(
            field,
            F::FirstName
                | F::LastName
                | F::Initials
                | F::MiddleName
                | F::Salutation
                | F::BirthDate
                | F::Gender
                | F::JobTitle
        );
        context.company |= filled && matches!(field, F::Company);
        context.organisations |= filled
            && matches!(
                field,
                F::VatNumber | F::EnterpriseNumber | F::LegalForm | F::CompanyPhone | F::Website
            );
        context.place |= filled && matches!(field, F::City | F::Postcode);
        context.id |= filled && matches!(field, F::Id);
        context.contact |= matches!(
            field.kind(),
            Kind::Email | Kind::Phone | Kind::Postcode | Kind::PersonName | Kind::Company | Kind::Address
        );
    }
    context
}

/// The column that is the row's id by its heading (or the settings).
fn id_column(hints: &[Option<Hint>], looks: &[Look], declared: &[Option<FieldId>]) -> Option<usize> {
    if declared.iter().flatten().any(|field| field.field == Field::Id) {
        return None;
    }
    (0..hints.len())
        .filter(|&at| declared[at].is_none() && looks[at].filled > 0)
        .filter_map(|at| {
            hints[at].as_ref().filter(|hint| hint.meaning == Meaning::Field(Field::Id)).map(|hint| (at, hint))
        })
        .filter(|&(at, _)| looks[at].uniqueness() >= NEARLY_UNIQUE && looks[at].filled * 2 > looks[at].rows)
        .min_by_key(|&(at, hint)| (!looks[at].is_key(), hint.inexact, at))
        .map(|(at, _)| at)
}

fn choose(
    name: &str,
    hint: Option<&Hint>,
    look: &Look,
    context: Context,
    is_id: bool,
) -> (Option<Field>, String) {
    if look.filled == 0 {
        let meant = hint.and_then(|hint| match &hint.meaning {
            Meaning::Field(field) => Some(format!("empty; by its heading it would be {}", field.name())),
            _ => None,
        });
        return (None, meant.unwrap_or_else(|| "empty".to_string()));
    }
    let refused = match hint {
        None => String::new(),
        Some(hint) => match by_heading(name, hint, look, context, is_id) {
            Ok(field) => {
                let why = reason(name, hint, &field, look);
                return (Some(field), why);
            }
            Err(meant) => {
                format!("heading `{name}` would mean {meant}, but the values do not look like it; ")
            }
        },
    };
    let unknown = if refused.is_empty() { format!("heading `{name}` is not known; ") } else { refused };
    match agree::by_values(look, context) {
        Some((field, what)) => {
            let meant_company = hint.is_some_and(|hint| hint.meaning == Meaning::Field(Field::Company));
            let field = if field == Field::Phone && meant_company { Field::CompanyPhone } else { field };
            (Some(field), format!("{unknown}its values are {what}"))
        }
        None => {
            let (field, what) = agree::other(name, look, context);
            (Some(field), format!("{unknown}its values are {what}"))
        }
    }
}

/// The field a heading means in this table, or what it would mean if the values did not speak against it.
fn by_heading(name: &str, hint: &Hint, look: &Look, context: Context, is_id: bool) -> Result<Field, String> {
    let field = match &hint.meaning {
        Meaning::Field(Field::Id) if is_id => return Ok(Field::Id),
        // Another number of the row: only worth something when it tells rows apart.
        Meaning::Field(Field::Id) => {
            return match look.uniqueness() >= 0.3 && look.filled > 1 && look.digits >= 0.5 {
                true => Ok(agree::named(name, Kind::Identifier)),
                false => Err("the row's id".to_string()),
            };
        }
        Meaning::Field(Field::Type) => match look.person_type + look.company_type >= 0.5 {
            true => Field::Type,
            false => return Err("person or organisation".to_string()),
        },
        // A code is two or three letters; a column headed `country code` with names in it is no code.
        Meaning::Field(Field::CountryCode) if look.length > 3.5 => Field::Country,
        Meaning::Field(field) => field.clone(),
        Meaning::Name => name_field(look, context).ok_or("a name of a person or an organisation")?,
        Meaning::Title => title_field(look, context).ok_or("a title")?,
        Meaning::Address | Meaning::Street => address_field(&hint.meaning, look, context),
        Meaning::Other(kind) => agree::named(name, *kind),
    };
    if agree::fits(&field, look) { Ok(field) } else { Err(words(&field)) }
}

/// `Name` is the person's in a table of persons, else the organisation's.
fn name_field(look: &Look, context: Context) -> Option<Field> {
    let given = look.given_name >= 0.15;
    // Names that no list knows are still written like names of persons.
    let persons = look.person_shape >= LIKE_PERSONS
        && look.organisation < HARDLY_ORGANISATIONS
        && context.contact
        && !context.organisations;
    match () {
        () if context.name_parts => Some(Field::FullName),
        () if look.organisation >= 0.6 => Some(Field::Company),
        () if context.person || context.company => Some(Field::FullName),
        () if look.organisation >= 0.2 && !given => Some(Field::Company),
        () if persons => Some(Field::FullName),
        () if look.organisation > look.given_name => Some(Field::Company),
        () if given => Some(Field::FullName),
        () if context.contact => Some(Field::Company),
        () => None,
    }
}

/// `Title` is a form of address by its values, else the job where contacts are meant.
fn title_field(look: &Look, context: Context) -> Option<Field> {
    match () {
        () if look.salutation >= 0.5 && context.salutation => Some(Field::Title),
        () if look.salutation >= 0.5 => Some(Field::Salutation),
        () if context.contact => Some(Field::JobTitle),
        () => None,
    }
}

fn address_field(meaning: &Meaning, look: &Look, context: Context) -> Field {
    let address = *meaning == Meaning::Address;
    match () {
        () if address && look.lines >= 0.3 && !context.place => Field::AddressBlock,
        () if address && !context.place && look.commas >= 0.4 && look.length > 20.0 => Field::AddressOneLine,
        () if context.house_number => Field::Street,
        () if address || look.digits >= 0.2 => Field::StreetAndNumber,
        () => Field::Street,
    }
}

fn words(field: &Field) -> String {
    field.name().replace('_', " ")
}

fn reason(name: &str, hint: &Hint, field: &Field, look: &Look) -> String {
    let language = match hint.language {
        "nl" => "Dutch for",
        "de" => "German for",
        "fr" => "French for",
        "es" => "Spanish for",
        "pl" => "Polish for",
        _ => "a usual name of",
    };
    let known = match field {
        Field::Ignore => format!("heading `{name}` is known to tell nothing about the contact"),
        Field::Other(..) => format!("heading `{name}` is known, but fits no field"),
        _ => format!("heading `{name}` is {language} {}", words(field)),
    };
    match agree::evidence(field, look) {
        Some(evidence) => format!("{known}; {evidence}"),
        None => known,
    }
}

/// A telephone whose label column (of the same number) says `Mobile` is a mobile.
fn mobiles(choices: &mut [Choice], looks: &[Look]) {
    let mobile: Vec<Option<u8>> = (0..choices.len())
        .filter(|&at| choices[at].field == Some(Field::PhoneLabel) && looks[at].mobile_label > 0.5)
        .map(|at| choices[at].number)
        .collect();
    for choice in choices {
        if choice.declared.is_none() && choice.field == Some(Field::Phone) && mobile.contains(&choice.number)
        {
            choice.field = Some(Field::Mobile);
            choice.why.push_str("; its label says mobile");
        }
    }
}

/// Numbers the columns of one field: main one first, then by the number in the heading, then as they stand in the file.
fn number(choices: Vec<Choice>, names: &[&str], looks: &[Look]) -> Vec<MappedColumn> {
    // Fields of their own belong together by name, whatever their values look like.
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, choice) in choices.iter().enumerate() {
        if let Some(field) = &choice.field {
            groups.entry(field.name()).or_default().push(at);
        }
    }
    let mut numbers: Vec<Option<u8>> = vec![None; choices.len()];
    for (name, mut members) in groups {
        let fullest = members.iter().map(|&at| looks[at].filled).max().unwrap_or(0);
        let label = name.ends_with("_label");
        members.sort_by_key(|&at| {
            let choice = &choices[at];
            let scarce = looks[at].filled * MUCH_LESS_FILLED < fullest;
            (scarce, choice.rank, choice.number.unwrap_or(1), choice.inexact, at)
        });
        // A label keeps the number of what it labels, a field of its own the number in its name.
        let wanted = |at: usize| match &choices[at].field {
            Some(Field::Other(..)) => agree::trailing_number(names[at]),
            _ => choices[at].number.filter(|_| label),
        };
        for &at in &members {
            numbers[at] = choices[at].declared;
        }
        let is_free = |numbers: &[Option<u8>], nth: u8| members.iter().all(|&at| numbers[at] != Some(nth));
        for &at in members.iter().filter(|&&at| choices[at].declared.is_none()) {
            numbers[at] = wanted(at).filter(|&nth| nth > 0 && is_free(&numbers, nth));
        }
        for &at in &members {
            numbers[at] = numbers[at].or_else(|| (1..=MOST_OF_A_FIELD).find(|&nth| is_free(&numbers, nth)));
        }
    }
    let mapped = choices.into_iter().zip(numbers).enumerate().map(|(at, (choice, nth))| {
        let mut why = choice.why;
        let field = choice.field.zip(nth).map(|(field, nth)| FieldId { field, nth });
        if field.is_none() && looks[at].filled > 0 {
            why.push_str("; there are too many columns of this field, so it is left out");
        }
        MappedColumn { column: at, field, why }
    });
    mapped.collect()
}
