//! The columns of one table → fields: settings first, then headings, then values.

use super::agree::{self, Context};
use super::headings::{self, HOME_RANK, Hint, Meaning, hints};
use super::look::{Look, look};
use super::number;
use super::{Field, FieldId, Kind, MapError, MappedColumn};
use crate::config::{Profile, SourceSettings, find_heading};
use crate::table::Table;
use rayon::prelude::*;

/// Distinct values per row from which a column headed as an id is the row's id, though some rows share one.
const NEARLY_UNIQUE: f64 = 0.9;
/// Share of values written like names of persons from which a column may be one, and the share of values with a word
/// for an organisation from which it is not: a list of persons holds a firm now and then.
const LIKE_PERSONS: f64 = 0.6;
const HARDLY_ORGANISATIONS: f64 = 0.05;
/// Share of values with a word for an organisation from which a column of names is one of organisations, when no values
/// begin with given names, and when some do: a list of customers holds persons, too.
const SOME_ORGANISATIONS: f64 = 0.2;
const MOSTLY_ORGANISATIONS: f64 = 0.8;
/// Share of values that begin with a common given name from which a column may hold names of persons.
const SOME_GIVEN_NAMES: f64 = 0.15;
/// Share of values with a blank below which a column holds no whole names of persons (`van den Berg` has blanks).
const HARDLY_WHOLE_NAMES: f64 = 0.5;

/// What one column was taken for, before columns of one field are numbered.
pub(super) struct Choice {
    pub field: Option<Field>,
    pub why: String,
    /// From the settings, with its number.
    pub declared: Option<u8>,
    /// Sort keys among columns of one field.
    pub inexact: u8,
    pub rank: u8,
    pub number: Option<u8>,
}

/// Decides what each column of a table is: `profile` is what is known of the system it comes from.
pub fn table(
    table: &Table,
    settings: Option<&SourceSettings>,
    profile: Option<&Profile>,
) -> Result<Vec<MappedColumn>, MapError> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let looks: Vec<Look> =
        table.columns.par_iter().map(|column| look(&column.cells, table.rows as usize)).collect();
    let mut hints = hints(&names, profile);
    house_number(&mut hints, &names, &looks);
    postcodes(&mut hints, &looks);
    let declared = declared(table, settings)?;
    let mut context = context(&hints, &looks, &declared);
    context.organisations |= profile.is_some_and(|profile| profile.companies);
    let id = id_column(&hints, &looks, &declared);
    let profile_name = profile.map_or("", |profile| profile.name.as_str());
    let mut choices: Vec<Choice> = (0..names.len())
        .map(|at| {
            let hint = hints[at].as_ref();
            let (field, why) = match &declared[at] {
                Some(field) => (Some(field.field.clone()), "set in the settings".to_string()),
                None => choose(names[at], hint, &looks[at], context, id == Some(at), profile_name),
            };
            Choice {
                field,
                why,
                declared: declared[at].as_ref().map(|field| field.nth),
                inexact: hint.map_or(4, |hint| hint.inexact),
                rank: hint.map_or_else(|| headings::rank(names[at]), |hint| hint.rank),
                number: hint.and_then(|hint| hint.number),
            }
        })
        .collect();
    mobiles(&mut choices, &looks);
    owners(&mut choices);
    Ok(number::columns(choices, &names, &looks))
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
            // Of these words at least one is what it says.
            (None, Some(Hint { meaning: Meaning::Given | Meaning::Family, .. })) => &Field::Nickname,
            _ => continue,
        };
        // An empty column says what the table is about, but there is nothing in it to rely on.
        let filled = looks[at].filled > 0;
        use Field as F;
        context.house_number |= filled && matches!(field, F::HouseNumber);
        context.name_parts |= filled && matches!(field, F::FirstName | F::LastName);
        context.given |= filled && matches!(field, F::FirstName);
        context.family |= filled && matches!(field, F::LastName);
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
        context.website |= filled && matches!(field, F::Website);
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
        .filter(|&(at, _)| agree::is_like_id(&looks[at]))
        .min_by_key(|&(at, hint)| (!looks[at].is_key(), hint.inexact, at))
        .map(|(at, _)| at)
}

fn choose(
    name: &str,
    hint: Option<&Hint>,
    look: &Look,
    context: Context,
    is_id: bool,
    profile: &str,
) -> (Option<Field>, String) {
    if look.filled == 0 {
        return match hint.and_then(|hint| Some((hint, by_heading_alone(name, hint, context)?))) {
            Some((hint, field)) => {
                let why = format!("empty; {}", reason(name, hint, &field, look, profile));
                (Some(field), why)
            }
            None => (None, format!("empty, and heading `{name}` is not known")),
        };
    }
    let refused = match hint {
        None => String::new(),
        Some(hint) => match by_heading(name, hint, look, context, is_id) {
            Ok(field) => {
                let why = reason(name, hint, &field, look, profile);
                return (Some(field), why);
            }
            Err(meant) => {
                format!("heading `{name}` would mean {meant}, but the values do not look like it; ")
            }
        },
    };
    let unknown = if refused.is_empty() { format!("heading `{name}` is not known; ") } else { refused };
    // What a system adds of its own (`X-FOO` of cards) is what its name says, and no field.
    let by_values = if headings::is_extension(name) { None } else { agree::by_values(look, context) };
    match by_values {
        Some((field, what)) => {
            let meant_company = hint.is_some_and(|hint| hint.meaning == Meaning::Field(Field::Company));
            let field = match field {
                Field::Phone if meant_company => Field::CompanyPhone,
                Field::Phone if headings::rank(name) == HOME_RANK => Field::PhoneHome,
                field => field,
            };
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
        // The number of its customer: any that is a number, for several contacts may share it.
        Meaning::Field(Field::Id) if look.digits >= 0.5 && headings::linked_number(name).is_some() => {
            return headings::linked_number(name).ok_or_else(|| "a customer's number".to_string());
        }
        // Another number of the row: only worth something when it tells rows apart.
        Meaning::Field(Field::Id) => {
            let tells_apart = look.uniqueness() >= 0.3 && look.filled > 1 && look.digits >= 0.5;
            return match tells_apart && agree::is_like_id(look) {
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
        Meaning::Field(Field::Phone) if hint.rank == HOME_RANK && !hint.profile => Field::PhoneHome,
        // `Birth day` is the day of the month, when it is no day of the calendar.
        Meaning::Field(Field::BirthDate) if look.number >= 0.9 && look.length <= 2.0 => Field::BirthDay,
        Meaning::Field(field) => field.clone(),
        Meaning::Given | Meaning::Family if look.organisation >= MOSTLY_ORGANISATIONS => Field::Company,
        Meaning::Given if context.family => Field::FirstName,
        Meaning::Family if context.given => Field::LastName,
        Meaning::Name if headings::is_of_company(name) => Field::Company,
        // The name beside a column of given names; the whole name would have a blank in it.
        Meaning::Name if context.given && !context.family && look.blanks < HARDLY_WHOLE_NAMES => {
            Field::LastName
        }
        Meaning::Name | Meaning::Given | Meaning::Family => {
            name_field(look, context).ok_or("a name of a person or an organisation")?
        }
        Meaning::Title => title_field(look, context).ok_or("a title")?,
        Meaning::Company if headings::is_care_of(name) && look.organisation < MOSTLY_ORGANISATIONS => {
            Field::AddressLine2
        }
        Meaning::Company if context.company && look.organisation < SOME_ORGANISATIONS => Field::AddressLine2,
        Meaning::Company => Field::Company,
        Meaning::Address | Meaning::Street => address_field(&hint.meaning, look, context),
        Meaning::Other(kind) => agree::named(name, *kind),
    };
    if agree::fits(&field, look) { Ok(field) } else { Err(words(&field)) }
}

/// What the heading of an empty column means in this table; nothing for a further id, which tells nothing apart.
fn by_heading_alone(name: &str, hint: &Hint, context: Context) -> Option<Field> {
    Some(match &hint.meaning {
        Meaning::Field(Field::Id) => return None,
        Meaning::Field(Field::Phone) if hint.rank == HOME_RANK && !hint.profile => Field::PhoneHome,
        Meaning::Field(field) => field.clone(),
        Meaning::Given if context.family => Field::FirstName,
        Meaning::Family if context.given => Field::LastName,
        Meaning::Name | Meaning::Given | Meaning::Family if context.organisations && !context.person => {
            Field::Company
        }
        Meaning::Name | Meaning::Given | Meaning::Family => Field::FullName,
        Meaning::Title => Field::JobTitle,
        Meaning::Company if headings::is_care_of(name) => Field::AddressLine2,
        Meaning::Company => Field::Company,
        Meaning::Address | Meaning::Street if context.house_number => Field::Street,
        Meaning::Address | Meaning::Street => Field::StreetAndNumber,
        Meaning::Other(kind) => agree::named(name, *kind),
    })
}

/// A column headed `Number` beside a column of streets and an id of the row is the house number.
fn house_number(hints: &mut [Option<Hint>], names: &[&str], looks: &[Look]) {
    let means = |hint: &Option<Hint>, wanted: &[Meaning]| {
        hint.as_ref().is_some_and(|hint| wanted.contains(&hint.meaning))
    };
    let street = |hint: &Option<Hint>| means(hint, &[Meaning::Street, Meaning::Address]);
    if hints.iter().any(|hint| means(hint, &[Meaning::Field(Field::HouseNumber)]))
        || !hints.iter().any(street)
    {
        return;
    }
    let ids: Vec<usize> =
        (0..hints.len()).filter(|&at| means(&hints[at], &[Meaning::Field(Field::Id)])).collect();
    let number =
        |&&at: &&usize| headings::is_number(names[at]) && looks[at].digits >= 0.9 && looks[at].length <= 5.0;
    if let (true, Some(&at)) = (ids.len() > 1, ids.iter().find(number))
        && let Some(hint) = &mut hints[at]
    {
        hint.meaning = Meaning::Field(Field::HouseNumber);
    }
}

/// A column headed `Code`, but written as only postcodes are, in a table that has no other postcode, is the postcode.
fn postcodes(hints: &mut [Option<Hint>], looks: &[Look]) {
    let is = |hint: &Option<Hint>, field: Field| {
        hint.as_ref().is_some_and(|hint| hint.meaning == Meaning::Field(field))
    };
    if hints.iter().any(|hint| is(hint, Field::Postcode)) {
        return;
    }
    let found = (0..hints.len()).find(|&at| is(&hints[at], Field::Id) && agree::are_postcodes(&looks[at]));
    if let Some(hint) = found.and_then(|at| hints[at].as_mut()) {
        hint.meaning = Meaning::Field(Field::Postcode);
    }
}

/// `Name` is the person's in a table of persons, else the organisation's: what the values show goes before what the
/// other columns say. A column of both is the person's, for the firms in it are found row by row later.
fn name_field(look: &Look, context: Context) -> Option<Field> {
    let given = look.given_name >= SOME_GIVEN_NAMES;
    // Names that no list knows are still written like names of persons; so are those of some firms, for which a website
    // or a VAT number speaks.
    let contacts = context.contact || context.organisations;
    let no_firms = look.organisation < HARDLY_ORGANISATIONS && contacts;
    let persons =
        look.person_shape >= LIKE_PERSONS && !context.organisations || look.foreign_person >= LIKE_PERSONS;
    match () {
        () if context.name_parts => Some(Field::FullName),
        () if look.organisation >= MOSTLY_ORGANISATIONS => Some(Field::Company),
        () if context.person || context.company || given => Some(Field::FullName),
        () if look.organisation >= SOME_ORGANISATIONS => Some(Field::Company),
        () if persons && no_firms => Some(Field::FullName),
        () if look.organisation > 0.0 || contacts => Some(Field::Company),
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

fn reason(name: &str, hint: &Hint, field: &Field, look: &Look, profile: &str) -> String {
    let language = match hint.language {
        "nl" => "Dutch for",
        "de" => "German for",
        "fr" => "French for",
        "es" => "Spanish for",
        "pl" => "Polish for",
        "it" => "Italian for",
        "pt" => "Portuguese for",
        "sv" => "Swedish for",
        "da" => "Danish for",
        "ru" => "Russian for",
        "zh" => "Chinese for",
        _ => "a usual name of",
    };
    let known = match field {
        _ if hint.profile => format!("profile `{profile}`: heading `{name}` is {}", words(field)),
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

/// The only column about the record's owner is the owner, be it a name or a code.
fn owners(choices: &mut [Choice]) {
    let is = |choice: &Choice, field: Field| choice.field.as_ref() == Some(&field);
    if choices.iter().any(|choice| is(choice, Field::Owner)) {
        return;
    }
    let only = choices.iter_mut().find(|choice| is(choice, Field::OwnerId) && choice.declared.is_none());
    if let Some(choice) = only {
        choice.field = Some(Field::Owner);
        choice.why.push_str("; no other column names the owner");
    }
}
