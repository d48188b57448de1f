//! What a heading says: by a profile of the system it comes from, else by the tables of known headings.

use super::{Field, FieldId, Kind, abbreviations};
use crate::config::Profile;
use any_ascii::any_ascii;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Languages in the order in which they win when a heading means different things in several of them.
const LANGUAGES: [&str; 12] = ["en", "nl", "de", "fr", "es", "pl", "it", "pt", "sv", "da", "ru", "zh"];
/// Rank of a heading without a qualifier: just behind `primary`, before `home`.
const PLAIN_RANK: u8 = 1;
/// Rank of `home` and `private`.
pub const HOME_RANK: u8 = 3;

/// A field, or a family of fields among which the values and the other columns decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// This field.
    Field(Field),
    /// A person's full name, or an organisation's name.
    Name,
    /// The given name beside a column of family names, else as `Name`.
    Given,
    /// The family name beside a column of given names, else as `Name`.
    Family,
    /// A job title, an academic title or a form of address.
    Title,
    /// An address, or part of it.
    Address,
    /// A street with or without house number.
    Street,
    /// An organisation's name, or `care of`.
    Company,
    /// A field of its own, named by the heading.
    Other(Kind),
}

/// What is known of a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// What it stands for.
    pub meaning: Meaning,
    /// Language of the entry that was found.
    pub language: &'static str,
    /// Whether the table's profile says so.
    pub profile: bool,
    /// 0 when the whole heading is known, more when a number or qualifiers had to be dropped.
    pub inexact: u8,
    /// Which comes first among several columns of one field: 0 the main one, 9 the last.
    pub rank: u8,
    /// The first number in the heading.
    pub number: Option<u8>,
}

struct Entry {
    meaning: Meaning,
    language: &'static str,
}

/// A word that says which of several columns of a field this is.
struct Qualifier {
    rank: u8,
    /// Only at the beginning of a heading; elsewhere the word means something itself.
    first_only: bool,
    /// The column is about another person.
    someone_else: bool,
}

struct Knowledge {
    entries: HashMap<String, Vec<Entry>>,
    qualifiers: HashMap<&'static str, Qualifier>,
}

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let mut entries: HashMap<String, Vec<Entry>> = HashMap::new();
    for [heading, field, language] in rows(include_str!("tables/headers.csv")) {
        if let Some(meaning) = parse_meaning(field) {
            entries.entry(compact(heading, true)).or_default().push(Entry { meaning, language });
        }
    }
    let mut qualifiers = HashMap::new();
    for [word, rank, place, _] in rows(include_str!("tables/qualifiers.csv")) {
        qualifiers.entry(word).or_insert_with(|| Qualifier {
            rank: rank.parse().unwrap_or(PLAIN_RANK),
            first_only: place == "first",
            someone_else: place == "someone else",
        });
    }
    Knowledge { entries, qualifiers }
});

/// The data rows of an embedded table: no comments, no header, `N` cells without quoting.
pub fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1).filter_map(|line| {
        let cells: Vec<&str> = line.splitn(N, ',').collect();
        cells.try_into().ok()
    })
}

/// The field of a heading that names the customer or vendor a contact is linked to, when the row has an id of its own.
pub fn linked_number(heading: &str) -> Option<Field> {
    static LINKED: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
        rows(include_str!("tables/linked_numbers.csv"))
            .filter_map(|[heading, field, _]| {
                Some((compact(heading, false), field.parse::<FieldId>().ok()?.field))
            })
            .collect()
    });
    LINKED.get(&compact(heading, false)).cloned()
}

fn parse_meaning(text: &str) -> Option<Meaning> {
    Some(match text {
        "name?" => Meaning::Name,
        "given?" => Meaning::Given,
        "family?" => Meaning::Family,
        "title?" => Meaning::Title,
        "address?" => Meaning::Address,
        "street?" => Meaning::Street,
        "company?" => Meaning::Company,
        "other:city" => Meaning::Other(Kind::City),
        "other:carried" => Meaning::Other(Kind::Carried),
        name => Meaning::Field(name.parse::<FieldId>().ok()?.field),
    })
}

/// Lower-case ASCII letters and digits only (and `#`, which stands for a number in the tables).
fn compact(heading: &str, pattern: bool) -> String {
    ascii(heading)
        .chars()
        .filter(|&char| char.is_ascii_alphanumeric() || (pattern && char == '#'))
        .map(|char| char.to_ascii_lowercase())
        .collect()
}

/// ASCII; the degree sign in `N°` says nothing.
fn ascii(heading: &str) -> String {
    any_ascii(&heading.replace(['°', 'º'], ""))
}

/// The words of a heading, folded: split at punctuation, blanks, digits and before capitals in `CamelCase` and `VATNumber`.
pub fn words(heading: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let heading = ascii(heading);
    let mut chars = heading.chars().peekable();
    while let Some(char) = chars.next() {
        let is_last_capital =
            before.is_ascii_uppercase() && chars.peek().is_some_and(char::is_ascii_lowercase);
        let turns = char.is_ascii_digit() != before.is_ascii_digit()
            || (char.is_ascii_uppercase() && (before.is_ascii_lowercase() || is_last_capital));
        if turns && before.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        match (char.is_ascii_alphanumeric(), words.last_mut()) {
            (true, Some(word)) => word.push(char.to_ascii_lowercase()),
            // An apostrophe joins: `Assistant's`.
            _ if char == '\'' => {}
            _ => words.push(String::new()),
        }
        before = char;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The profile whose signs a table's headings show: of several the one of which the largest share is there.
pub fn recognise<'p>(headings: &[&str], profiles: &'p [Profile]) -> Option<&'p Profile> {
    let there: HashSet<String> = headings.iter().map(|heading| compact(heading, false)).collect();
    let has = |heading: &&String| there.contains(&compact(heading, false));
    let found = profiles.iter().filter_map(|profile| {
        let signs = profile.signs.iter().filter(has).count();
        let enough = signs >= profile.at_least.max(1) && profile.needs.iter().all(|heading| has(&heading));
        enough.then_some((signs * 1000 / profile.signs.len(), profile))
    });
    // `min_by_key` takes the first of equals.
    found.min_by_key(|(share, _)| std::cmp::Reverse(*share)).map(|(_, profile)| profile)
}

/// What each heading of a table says; where languages disagree, the one that most headings are in wins.
pub fn hints(headings: &[&str], profile: Option<&Profile>) -> Vec<Option<Hint>> {
    let known: HashMap<String, FieldId> = profile
        .iter()
        .flat_map(|profile| &profile.columns)
        .filter_map(|(heading, field)| Some((compact(heading, true), field.parse().ok()?)))
        .collect();
    let by_profile = |heading: &str| {
        let whole = compact(heading, false);
        known.get(&whole).or_else(|| known.get(&number_sign(&whole)))
    };
    let found: Vec<Option<(&[Entry], u8)>> = headings.iter().map(|heading| find(heading)).collect();
    let votes = LANGUAGES.map(|language| {
        found
            .iter()
            .flatten()
            .filter(|(entries, _)| entries.iter().any(|entry| entry.language == language))
            .count()
    });
    // `rev`, because of equals `max_by_key` takes the last.
    let ranked = (0..LANGUAGES.len()).rev().max_by_key(|&at| votes[at]).map_or("en", |at| LANGUAGES[at]);
    headings
        .iter()
        .zip(found)
        .map(|(heading, found)| match by_profile(heading) {
            Some(id) => Some(Hint {
                meaning: Meaning::Field(id.field.clone()),
                language: LANGUAGES[0],
                profile: true,
                inexact: 0,
                rank: id.nth,
                number: first_number(&words(heading)),
            }),
            None => found.map(|found| hint(heading, found, ranked)),
        })
        .collect()
}

fn hint(heading: &str, (entries, inexact): (&[Entry], u8), language: &str) -> Hint {
    let order = |entry: &&Entry| {
        let known = LANGUAGES.iter().position(|other| *other == entry.language).unwrap_or(LANGUAGES.len());
        (entry.language != language, known)
    };
    let words = words(heading);
    let best = entries.iter().min_by_key(order).unwrap_or(&entries[0]);
    Hint {
        meaning: best.meaning.clone(),
        language: best.language,
        profile: false,
        inexact,
        rank: rank(heading),
        number: first_number(&words),
    }
}

fn first_number(words: &[String]) -> Option<u8> {
    words.iter().find_map(|word| word.parse().ok())
}

/// Bytes past which a heading is a sentence, of which no part is looked up.
const LONGEST_HEADING: usize = 200;

/// Entries of a heading, and how much of it had to be dropped to find them.
type Found = (&'static [Entry], u8);

/// Looks a heading up: as it stands; with its abbreviations written out; as two columns in one; then its parts between
/// slashes, its end and its beginning.
fn find(heading: &str) -> Option<Found> {
    let found = whole(heading);
    if found.is_some() || heading.len() > LONGEST_HEADING {
        return found;
    }
    let found = shorter(heading)
        .or_else(|| two_in_one(heading).filter(|_| is_joined(heading)))
        .or_else(|| written_out(heading, true, plain))
        .or_else(|| completed(heading))
        .or_else(|| two_in_one(heading))
        .or_else(|| slashed(heading))
        .or_else(|| written_out(heading, false, part))
        .or_else(|| part(heading));
    let qualifiers = || words(heading).into_iter().filter_map(|word| KNOWLEDGE.qualifiers.get(word.as_str()));
    found.or_else(|| qualifiers().any(|word| word.someone_else).then_some((SOMEONE_ELSE.as_slice(), 3)))
}

fn known(key: &str) -> Option<&'static [Entry]> {
    KNOWLEDGE.entries.get(key).map(Vec::as_slice)
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|char| !char.is_ascii_digit()).collect()
}

/// The whole heading, with its number as `#`, without number.
fn whole(heading: &str) -> Option<Found> {
    let whole = compact(heading, false);
    let keys = [(whole.clone(), 0), (number_sign(&whole), 0), (without_digits(&whole), 1)];
    keys.into_iter().find_map(|(key, inexact)| known(&key).map(|entries| (entries, inexact)))
}

/// The heading without qualifiers, and without what stands in parentheses.
fn shorter(heading: &str) -> Option<Found> {
    let shorter = unqualified(heading).into_iter().chain(outside_parentheses(heading));
    shorter.filter(|shorter| !shorter.is_empty()).find_map(|shorter| {
        known(&shorter)
            .map(|entries| (entries, 2))
            .or_else(|| known(&without_digits(&shorter)).map(|entries| (entries, 3)))
    })
}

/// The heading without abbreviations.
fn plain(heading: &str) -> Option<Found> {
    whole(heading).or_else(|| shorter(heading))
}

/// A heading with its abbreviations written out in the first way that is known.
fn written_out(heading: &str, take_apart: bool, look: fn(&str) -> Option<Found>) -> Option<Found> {
    let found = abbreviations::ways(heading, take_apart).iter().find_map(|way| look(way));
    found.map(|(entries, inexact)| (entries, inexact.max(3)))
}

/// A heading whose words are cut off with a dot, when all that it may be in full means the same.
fn completed(heading: &str) -> Option<Found> {
    let mut found = abbreviations::completions(heading).into_iter().filter_map(|full| whole(&full));
    let (entries, inexact) = found.next()?;
    let same = |other: &Entry| entries.iter().any(|entry| entry.meaning == other.meaning);
    found.all(|(others, _)| others.iter().any(same)).then_some((entries, inexact.max(3)))
}

/// Words that join the names of two columns.
const AND: [&str; 9] = ["and", "en", "und", "et", "y", "i", "e", "with", "plus"];

/// Whether a heading says that it names several things.
fn is_joined(heading: &str) -> bool {
    heading.contains(['/', '+', '&', ',']) || words(heading).iter().any(|word| AND.contains(&word.as_str()))
}

/// `Str./Nr.`, `PLZ Ort`: what two columns hold elsewhere stands in one.
fn two_in_one(heading: &str) -> Option<Found> {
    /// More words are a sentence.
    const MOST_WORDS: usize = 6;
    let words = words(heading);
    if !(2..=MOST_WORDS).contains(&words.len()) {
        return None;
    }
    let look = |part: &[String]| {
        let text = part.iter().filter(|word| !AND.contains(&word.as_str())).map(String::as_str);
        let text = text.collect::<Vec<_>>().join(" ");
        let (entries, _) = plain(&text).or_else(|| written_out(&text, true, plain))?;
        let number = is_number(&text) || abbreviations::ways(&text, false).iter().any(|way| is_number(way));
        Some((entries, number))
    };
    let pair = |at: usize| {
        let (one, other) = (look(&words[..at])?, look(&words[at..])?);
        let is = |(entries, _): &(&[Entry], bool), wanted: &[Meaning]| {
            entries.iter().any(|entry| wanted.contains(&entry.meaning))
        };
        let both =
            |a: &[Meaning], b: &[Meaning]| is(&one, a) && is(&other, b) || is(&one, b) && is(&other, a);
        let street = [Meaning::Street, Meaning::Address];
        let field = |field: Field| [Meaning::Field(field)];
        let place = [Meaning::Field(Field::Postcode), Meaning::Field(Field::City)];
        let given = [Meaning::Field(Field::FirstName), Meaning::Given];
        let family = [Meaning::Field(Field::LastName), Meaning::Family];
        match () {
            () if both(&street, &field(Field::HouseNumber)) => Some(&IN_ONE[0]),
            // `Adress-Nr.` is a number of addresses.
            () if other.1 && is(&one, if is_joined(heading) { &street } else { &street[..1] }) => {
                Some(&IN_ONE[0])
            }
            () if both(&field(Field::Postcode), &field(Field::City)) => Some(&IN_ONE[1]),
            () if both(&given, &family) => Some(&IN_ONE[2]),
            // `Vestigingsadres plaats` is the place of the address.
            () if is_joined(heading) && both(&street, &place) => Some(&IN_ONE[3]),
            () => None,
        }
    };
    (1..words.len()).find_map(pair).map(|entry| (std::slice::from_ref(entry), 3))
}

/// Street and house number, postcode and city (read as the city is), the parts of a name, all of an address.
static IN_ONE: [Entry; 4] = [
    Entry { meaning: Meaning::Address, language: LANGUAGES[0] },
    Entry { meaning: Meaning::Field(Field::City), language: LANGUAGES[0] },
    Entry { meaning: Meaning::Field(Field::FullName), language: LANGUAGES[0] },
    Entry { meaning: Meaning::Field(Field::AddressOneLine), language: LANGUAGES[0] },
];

/// `Title / form of address` and `PLZ/Ort`: the first part that names one field.
fn slashed(heading: &str) -> Option<Found> {
    let clear = |(entries, inexact): Found| {
        let clear = entries.iter().any(|entry| matches!(entry.meaning, Meaning::Field(_)));
        clear.then_some((entries, inexact.max(3)))
    };
    let parts: Vec<&str> = heading.split('/').filter(|part| !part.trim().is_empty()).collect();
    if parts.len() < 2 {
        return None;
    }
    let found: Vec<Found> = parts.into_iter().filter_map(find).filter_map(clear).collect();
    // Postcode and city in one cell are read as the city is.
    let of = |wanted: Field| {
        let means = move |entry: &Entry| entry.meaning == Meaning::Field(wanted.clone());
        found.iter().find(|(entries, _)| entries.iter().any(&means))
    };
    of(Field::Postcode).and(of(Field::City)).or(found.first()).copied()
}

/// The end or the beginning of a heading, where the rest only says more of it: `Corporate website`, `E-mail of the
/// parents`. What a heading begins with must be something that values can be told to be.
fn part(heading: &str) -> Option<Found> {
    let words = words(heading);
    if words.iter().any(|word| KNOWLEDGE.qualifiers.get(word.as_str()).is_some_and(|word| word.someone_else))
    {
        return None;
    }
    // `Is a company`, `Accepts marketing e-mail`: questions whose answers are no values of the field.
    if words.first().is_some_and(|first| QUESTIONS.contains(&first.as_str())) {
        return None;
    }
    let look = |part: &[String], allowed: fn(&Field) -> bool| {
        let key = part.concat();
        let entries = KNOWLEDGE.entries.get(&key).filter(|_| key.len() >= SHORTEST_PART)?;
        let fits = entries.iter().all(|entry| match &entry.meaning {
            Meaning::Field(field) => allowed(field),
            Meaning::Address | Meaning::Street => allowed(&Field::Street),
            _ => false,
        });
        fits.then_some((entries.as_slice(), 4))
    };
    let ends = (1..words.len()).map(|at| &words[at..]);
    let beginnings = (1..words.len()).rev().map(|at| &words[..at]);
    ends.filter_map(|part| look(part, is_head))
        .next()
        .or_else(|| beginnings.filter_map(|part| look(part, is_evident)).next())
}

/// Words with which headings of yes and no begin.
const QUESTIONS: [&str; 9] = ["is", "has", "do", "does", "are", "can", "accepts", "allow", "opt"];

/// Letters of a part of a heading that is looked up alone: shorter ones mean too much.
const SHORTEST_PART: usize = 3;

/// Fields that values can be told to be, so that a wrong guess is refused by them, and the owner, who is never compared.
fn is_evident(field: &Field) -> bool {
    matches!(
        field.kind(),
        Kind::Email | Kind::Phone | Kind::Website | Kind::Postcode | Kind::Timestamp | Kind::Date
    ) || matches!(field, Field::Iban | Field::Owner)
}

/// Fields whose name at the end of a heading is what the heading is about.
fn is_head(field: &Field) -> bool {
    is_evident(field)
        || matches!(
            field,
            Field::FirstName
                | Field::MiddleName
                | Field::LastName
                | Field::FullName
                | Field::Company
                | Field::JobTitle
                | Field::Street
                | Field::HouseNumber
                | Field::AddressLine2
                | Field::City
                | Field::State
                | Field::Country
                | Field::CountryCode
                | Field::VatNumber
                | Field::Notes
        )
}

/// Which comes first among several columns of one field, by the qualifiers in a heading: 0 the main one, 9 the last.
pub fn rank(heading: &str) -> u8 {
    let words = words(heading);
    let ranks = words.iter().filter_map(|word| KNOWLEDGE.qualifiers.get(word.as_str())).map(|word| word.rank);
    ranks.max().unwrap_or(PLAIN_RANK)
}

/// Whether a heading is nothing but a word for `number`.
pub fn is_number(heading: &str) -> bool {
    matches!(
        words(heading).join("").as_str(),
        "number" | "no" | "nr" | "nummer" | "numero" | "num" | "numer" | "n"
    )
}

/// `X-FOO`: a property that a program added to those of a format.
pub fn is_extension(heading: &str) -> bool {
    let words = words(heading);
    words.len() > 1 && words[0] == "x"
}

/// `c/o`, not `co`.
pub fn is_care_of(heading: &str) -> bool {
    words(heading).starts_with(&["c".to_string(), "o".to_string()])
}

/// `Name (company)`: what stands in parentheses says whose name it is.
pub fn is_of_company(heading: &str) -> bool {
    let inside = heading.split_once('(').map_or("", |(_, inside)| inside);
    let company = |entry: &Entry| entry.meaning == Meaning::Field(Field::Company);
    words(inside)
        .iter()
        .any(|word| KNOWLEDGE.entries.get(word).is_some_and(|entries| entries.iter().any(company)))
}

/// What an unknown heading means that is about another person than the row, such as `Emergency contact phone`.
static SOMEONE_ELSE: [Entry; 1] = [Entry { meaning: Meaning::Field(Field::Ignore), language: LANGUAGES[0] }];

/// `Date of birth (dd/mm/yyyy)` and `(Do Not Modify) Contact` without what stands in parentheses.
fn outside_parentheses(heading: &str) -> Option<String> {
    let mut left = heading.to_string();
    while let Some((before, rest)) = left.split_once('(') {
        let (_, after) = rest.split_once(')')?;
        left = format!("{before} {after}");
    }
    (left.len() < heading.len()).then(|| compact(&left, false))
}

fn number_sign(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char.is_ascii_digit() {
            true if out.ends_with('#') => {}
            true => out.push('#'),
            false => out.push(char),
        }
    }
    out
}

/// Words that join a qualifier to what it says more of.
const JOINTS: [&str; 12] = ["de", "del", "della", "di", "do", "da", "du", "des", "of", "van", "von", "la"];

/// `Ciudad de` (of `Ciudad de trabajo`): what joined a qualifier goes with it.
fn without_joints(mut words: Vec<&str>) -> String {
    while words.last().is_some_and(|last| JOINTS.contains(last)) {
        words.pop();
    }
    words.concat()
}

/// The heading without qualifiers, least cut first.
fn unqualified(heading: &str) -> Vec<String> {
    let words = words(heading);
    let drops = |at: usize| match KNOWLEDGE.qualifiers.get(words[at].as_str()) {
        Some(word) => !word.someone_else && (at == 0 || !word.first_only),
        None => false,
    };
    let last = words.len().saturating_sub(1);
    let mut shorter = Vec::new();
    if !words.is_empty() && drops(0) {
        shorter.push(words[1..].concat());
    }
    if last > 0 && drops(last) {
        shorter.push(words[..last].concat());
        shorter.push(without_joints(words[..last].iter().map(String::as_str).collect()));
    }
    let left: Vec<&str> = (0..words.len()).filter(|&at| !drops(at)).map(|at| words[at].as_str()).collect();
    shorter.push(left.concat());
    shorter.push(without_joints(left));
    shorter
}

#[cfg(test)]
#[path = "headings_tests.rs"]
mod tests;
