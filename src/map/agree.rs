//! Do a column's values fit what its heading says; and what are they, when they do not or the heading is unknown?

use super::headings;
use super::look::Look;
use super::{Field, FieldId, Kind};

/// Share of values past which a column is clearly of a kind, whatever its heading says.
const CLEAR: f64 = 0.7;
/// Share of values that are known cities from which a column is one of cities: only large ones are known.
const CLEAR_PLACES: f64 = 0.4;
/// Share of values that must fit a heading: exports hold junk, and columns of few values more so.
const FITS: f64 = 0.4;
/// A category has at most this many distinct values, or one in [`ROWS_PER_CATEGORY`] rows.
const FEW_VALUES: usize = 30;
const ROWS_PER_CATEGORY: usize = 50;
/// Characters past which text is prose rather than a name for something.
const LONG_TEXT: f64 = 60.0;
/// Characters past which a code is a checksum or a key of a machine's own (a GUID has 36).
const LONG_CODE: f64 = 40.0;

/// Columns of one field that are told apart.
pub const MOST_OF_A_FIELD: u8 = 99;

/// What the other columns say of a table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// A column for the house number alone.
    pub house_number: bool,
    /// Columns for parts of a person's name, and whether they are for given or family names.
    pub name_parts: bool,
    pub given: bool,
    pub family: bool,
    /// A column for the form of address.
    pub salutation: bool,
    /// Columns that only persons have (name parts, form of address, birth date, gender).
    pub person: bool,
    /// A column for the organisation's name.
    pub company: bool,
    /// Something that only tables of organisations have (VAT number, website, parent account).
    pub organisations: bool,
    /// A column for the web address.
    pub website: bool,
    /// A column for the place or the postcode.
    pub place: bool,
    /// Anything that contacts have: names, e-mail, telephone, address.
    pub contact: bool,
    /// A column that is the row's id by its heading.
    pub id: bool,
}

/// Whether values fit a field that the heading names.
pub fn fits(field: &Field, look: &Look) -> bool {
    // Answers are no names.
    let answers = look.boolean >= 0.95 && look.distinct <= 3;
    let plain_text =
        !answers && look.email < CLEAR && look.clear_phone < CLEAR && look.date < CLEAR && look.url < 0.9;
    match (field, field.kind()) {
        (Field::HouseNumber, _) => look.digits >= FITS && look.length <= 12.0,
        (Field::PoBox | Field::Unit, _) => plain_text,
        // A column `Minor` may also hold what someone studies beside the main subject.
        (Field::PrivacyBlocked | Field::Minor, _) => look.boolean >= CLEAR,
        (_, Kind::Email) => look.email >= FITS,
        (_, Kind::Phone) => {
            look.phone >= FITS
                || (look.digits >= 0.6 && look.letters < 0.2 && look.email < 0.2 && look.date < FITS)
        }
        (_, Kind::Postcode) => {
            look.length <= 12.0 && (look.digits >= FITS || look.postcode >= FITS) && look.date < CLEAR
        }
        (_, Kind::Website) => look.url >= FITS,
        (Field::BirthYear | Field::BirthMonth | Field::BirthDay, _) => {
            look.number >= FITS || look.length <= 10.0
        }
        (Field::BirthDate, _) => look.date >= FITS || look.compact_day >= CLEAR,
        (_, Kind::Date | Kind::Timestamp) => look.date >= FITS,
        (_, Kind::Identifier) => {
            look.digits >= FITS && look.blanks < 0.8 && look.email < FITS && look.date < 0.95
        }
        (_, Kind::Country | Kind::City | Kind::Region) => plain_text && look.number < 0.6 && look.lines < 0.5,
        (_, Kind::PersonName | Kind::Company) => plain_text && look.number < 0.6,
        (Field::Gender, _) => look.gender >= FITS || look.distinct <= FEW_VALUES,
        (_, Kind::Address) => look.email < CLEAR && look.clear_phone < CLEAR && look.date < CLEAR,
        (Field::JobTitle, _) => plain_text && look.number < 0.6,
        _ => true,
    }
}

/// Whether values are written as only postcodes are: not as numbers alone.
pub fn are_postcodes(look: &Look) -> bool {
    look.postcode >= CLEAR && look.letters < 0.1 && look.digits >= 0.9 && look.number < 0.9
}

/// Whether values may be what a system calls its rows by: no streets, addresses, days or words of prose.
pub fn is_like_id(look: &Look) -> bool {
    let prose = look.blanks >= 0.5 && look.digits < CLEAR;
    !prose
        && look.street < FITS
        && look.date < CLEAR
        && look.iban < CLEAR
        && look.lines < 0.1
        && look.length <= LONG_CODE * 2.0
        && !are_postcodes(look)
}

/// What values clearly are, without a heading; `None` when they could be many things.
pub fn by_values(look: &Look, context: Context) -> Option<(Field, &'static str)> {
    let names = look.letters > 0.8 && look.length < 40.0;
    match () {
        () if look.email >= CLEAR => Some((Field::Email, "e-mail addresses")),
        () if look.iban >= CLEAR => Some((Field::Iban, "bank account numbers")),
        () if look.clear_phone >= CLEAR && look.decimal < 0.2 && look.iban < 0.2 => {
            Some((Field::Phone, "telephone numbers"))
        }
        () if look.vat >= CLEAR && look.length < 18.0 && look.uniqueness() > 0.3 => {
            Some((Field::VatNumber, "VAT numbers"))
        }
        () if context.contact && look.url >= CLEAR && !context.website => {
            Some((Field::Website, "web addresses"))
        }
        () if context.contact && are_postcodes(look) => Some((Field::Postcode, "written like postcodes")),
        () if context.contact && look.street >= CLEAR => {
            Some((Field::StreetAndNumber, "streets with a house number"))
        }
        () if names && look.country >= CLEAR && look.length > 2.5 => {
            Some((Field::Country, "names of countries"))
        }
        () if context.contact && names && look.city >= CLEAR_PLACES && look.distinct > 2 => {
            Some((Field::City, "names of cities"))
        }
        () if context.contact && names && look.salutation >= CLEAR && look.gender < CLEAR => {
            Some((Field::Salutation, "forms of address"))
        }
        () if names && look.organisation >= FITS && look.given_name < 0.1 => {
            Some((Field::Company, "names of organisations"))
        }
        () if look.is_key()
            && look.code.max(look.number) >= 0.9
            && look.decimal < 0.1
            && !context.id
            && look.date < FITS =>
        {
            Some((Field::Id, "codes, all filled and different"))
        }
        () if names && look.given_name >= FITS && look.blanks < 0.3 && !context.name_parts => {
            Some((Field::FirstName, "given names"))
        }
        () if names && look.given_name >= FITS && look.blanks >= 0.6 && !context.name_parts => {
            Some((Field::FullName, "names of persons"))
        }
        () => None,
    }
}

/// The field of a column that no named field fits.
pub fn other(heading: &str, look: &Look, context: Context) -> (Field, &'static str) {
    let (kind, what) = kind(look, context);
    (named(heading, kind), what)
}

/// An `Other` field under a heading's name without the number at its end ([`trailing_number`]), so that `User 1`
/// and `User 2` become `user` and `user_2`; a name that a known field has is not taken.
pub fn named(heading: &str, kind: Kind) -> Field {
    let mut words = headings::words(heading);
    if trailing_number(heading).is_some() {
        words.pop();
    }
    let name = if words.is_empty() { "column".to_string() } else { words.join("_") };
    let taken = name.parse::<FieldId>().is_ok();
    Field::Other(if taken { format!("other_{name}") } else { name }, kind)
}

/// The number at a heading's end, when it counts columns rather than being part of a name (`iso 9001`).
pub fn trailing_number(heading: &str) -> Option<u8> {
    let words = headings::words(heading);
    words.last()?.parse().ok().filter(|number| (1..=MOST_OF_A_FIELD).contains(number))
}

fn kind(look: &Look, context: Context) -> (Kind, &'static str) {
    let few = look.distinct <= FEW_VALUES && look.distinct * 4 <= look.filled
        || look.distinct * ROWS_PER_CATEGORY <= look.filled && look.distinct <= 2_000;
    // Prose and measures tell contacts apart badly; in a table without contacts there is nothing better.
    let weak = if context.contact { Kind::Carried } else { Kind::Text };
    match () {
        () if look.is_constant() => (Kind::Carried, "the same in all rows"),
        () if look.boolean >= 0.95 && look.distinct <= 3 => (Kind::Carried, "yes or no"),
        () if look.date >= 0.8 && look.moment >= 0.5 => (Kind::Timestamp, "moments in time"),
        () if look.date >= 0.8 => (Kind::Date, "days"),
        () if look.url >= 0.8 => (Kind::Carried, "web addresses"),
        () if look.lines >= 0.1 => (weak, "text of several lines"),
        // Segments, stages and branches that many persons share say nothing of who one is.
        () if few && context.person => (Kind::Carried, "one of few values"),
        () if few => (Kind::Category, "one of few values"),
        () if look.decimal >= 0.3 => (weak, "numbers"),
        () if look.code.max(look.number) >= 0.8 && look.blanks < 0.1 => {
            match look.uniqueness() >= 0.8 && look.length >= 4.0 {
                true if look.length > LONG_CODE => (Kind::Carried, "long codes"),
                true => (Kind::Identifier, "codes, nearly all different"),
                false => (weak, "numbers and codes that repeat"),
            }
        }
        () if look.length > LONG_TEXT => (weak, "long text"),
        () => (Kind::Text, "short text"),
    }
}

/// What can be said of a column's values in favour of a field, such as `97 % of its values are e-mail addresses`.
pub fn evidence(field: &Field, look: &Look) -> Option<String> {
    let (share, what) = match field.kind() {
        Kind::Email => (look.email, "are e-mail addresses"),
        Kind::Phone => (look.phone, "are written like telephone numbers"),
        Kind::Website => (look.url, "are web addresses"),
        Kind::Date | Kind::Timestamp => (look.date, "are dates"),
        Kind::Postcode => (look.postcode.max(look.digits), "are written like postcodes"),
        Kind::Country => (look.country, "are names or codes of countries"),
        Kind::Company => (look.organisation, "hold a legal form or another word for an organisation"),
        Kind::City | Kind::Region => (look.letters, "are written like place names"),
        Kind::RecordId => (look.uniqueness(), "are different"),
        _ => match field {
            Field::Gender => (look.gender, "say a gender"),
            Field::Type => (look.person_type + look.company_type, "say person or organisation"),
            Field::StreetAndNumber => (look.digits, "hold a number"),
            _ => return None,
        },
    };
    (share >= 0.2).then(|| format!("{:.0} % of its values {what}", (share * 100.0).min(100.0).floor()))
}
