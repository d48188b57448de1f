//! The properties of one card → the cells of a record.

use super::property::Property;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Values of one property that get a column each; further ones join the last. Lists of members can be long.
const MAX_COLUMNS_EACH: usize = 9;
/// Between values that share a cell.
const BETWEEN: &str = ";";
/// Columns of an address, in the order of its parts in a card.
const ADDRESS: [&str; 7] =
    ["po_box", "address_line_2", "street_and_number", "city", "state", "postcode", "country"];
/// Columns of a name, in the order of its parts in a card.
const NAME: [&str; 5] = ["last_name", "first_name", "middle_name", "prefix", "suffix"];

/// What a person is told of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// A picture, sound or key that stands in the card.
    Binary,
    /// The card of an agent in the card.
    Agent,
    /// A line that is no property.
    StrayLine,
    /// A value with bytes that are no characters.
    BrokenCharacter,
    /// Text without a charset that is no UTF-8.
    SupposedEncoding,
}

impl Told {
    /// The finding's rule.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Binary => "binary_left_out",
            Self::Agent => "agent_left_out",
            Self::StrayLine => "line_without_property",
            Self::BrokenCharacter => "broken_character",
            Self::SupposedEncoding => "encoding_supposed",
        }
    }

    /// The finding in words.
    pub fn message(self, count: u64) -> String {
        match self {
            Self::Binary => format!("{count} pictures, sounds and keys in cards are left out"),
            Self::Agent => format!("{count} cards that stand in other cards (of agents) are left out"),
            Self::StrayLine => {
                format!(
                    "{count} lines of cards are no properties; they are taken for the rest of the value before"
                )
            }
            Self::BrokenCharacter => {
                format!(
                    "{count} values hold bytes that are no characters (cut values mostly); these bytes are left out"
                )
            }
            Self::SupposedEncoding => {
                format!(
                    "{count} values say no charset and are no UTF-8; read in the encoding that is usual then"
                )
            }
        }
    }
}

/// What is to be told of a card, each with an example.
pub type Notes = Vec<(Told, String)>;

/// A record, and what is to be told of it.
#[derive(Debug, Default)]
pub struct Sheet {
    pub cells: Vec<(String, String)>,
    pub told: Notes,
}

/// How a value is read (see `properties.csv`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Text,
    List,
    First,
    Name,
    Company,
    Address,
    Phone,
    Email,
    Website,
    Date,
    Label,
    Binary,
    Nothing,
}

static KNOWN: LazyLock<HashMap<&'static str, (&'static str, How)>> = LazyLock::new(|| {
    let rows = include_str!("properties.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    let entry = |line: &'static str| {
        let mut cells = line.split(',');
        let (property, column, how) = (cells.next()?, cells.next()?, cells.next()?);
        let how = match how {
            "list" => How::List,
            "first" => How::First,
            "name" => How::Name,
            "company" => How::Company,
            "address" => How::Address,
            "phone" => How::Phone,
            "email" => How::Email,
            "website" => How::Website,
            "date" => How::Date,
            "label" => How::Label,
            "binary" => How::Binary,
            "none" => How::Nothing,
            _ => How::Text,
        };
        Some((property, (column, how)))
    };
    rows.filter_map(entry).collect()
});

impl Sheet {
    /// Reads a card. Its columns come in the order of the properties; the preferred of several comes first.
    pub fn of(mut properties: Vec<Property>) -> Self {
        properties.sort_by_key(Property::rank);
        let labels: HashMap<String, String> = properties
            .iter()
            .filter(|property| property.name == "X-ABLABEL" && !property.group.is_empty())
            .map(|property| (property.group.clone(), own_label(&property.text)))
            .collect();
        let mut sheet = Self::default();
        let mut filled = Filled::default();
        let has_address = properties.iter().any(|property| property.name == "ADR");
        for property in &properties {
            let label = labels.get(&property.group).filter(|_| !property.group.is_empty());
            let label = label.map(String::as_str).unwrap_or_default();
            let known = KNOWN.get(property.name.as_str());
            let (column, how) = known.map_or(("", How::Text), |&(column, how)| (column, how));
            if property.is_binary {
                sheet.told.push((Told::Binary, property.name.clone()));
                continue;
            }
            match how {
                How::Nothing => {}
                How::Name => sheet.name(property, &mut filled),
                How::Company => sheet.company(property, &mut filled),
                How::Address => sheet.address(property, label, &mut filled),
                How::Phone => {
                    let is = |wanted: &str| property.types.iter().any(|known| known == wanted);
                    let kind = match () {
                        () if is("fax") => "fax",
                        () if is("cell") || is("mobile") || is("iphone") || label == "Mobile" => "mobile",
                        () if is("pager") => "pager",
                        () => "phone",
                    };
                    sheet.labelled(kind, scheme_off(&property.text, "tel:"), property, label, &mut filled);
                }
                How::Email => {
                    sheet.labelled(
                        column,
                        scheme_off(&property.text, "mailto:"),
                        property,
                        label,
                        &mut filled,
                    );
                }
                How::Label if has_address => {
                    sheet.many("printed_address", property.text.clone(), &mut filled)
                }
                How::Label => sheet.many("address_block", property.text.clone(), &mut filled),
                How::Date => sheet.many(column, property.date(), &mut filled),
                How::List => {
                    let values: Vec<String> =
                        property.parts.iter().map(|part| joined(part, BETWEEN)).collect();
                    sheet.many(column, joined(&values, BETWEEN), &mut filled);
                }
                How::First => {
                    let first = property.parts.first().map(|values| joined(values, ","));
                    sheet.many(column, first.unwrap_or_default(), &mut filled);
                    let words = property.parts.get(1).map(|values| joined(values, ",")).unwrap_or_default();
                    if !words.is_empty() {
                        sheet.many(&format!("{column}_text"), words, &mut filled);
                    }
                }
                How::Text | How::Website | How::Binary if !column.is_empty() => {
                    sheet.many(column, property.text.clone(), &mut filled);
                }
                _ => sheet.many(&own_column(property, label), property.text.clone(), &mut filled),
            }
        }
        sheet
    }

    fn push(&mut self, column: String, value: String) {
        self.cells.push((column, value));
    }

    /// Adds a value to the first free column of a property; says which, unless the value had to join another.
    fn place(&mut self, column: &str, value: String, filled: &mut Filled) -> Option<usize> {
        if value.is_empty() {
            return None;
        }
        let nth = filled.next(column);
        if nth <= MAX_COLUMNS_EACH {
            if nth == MAX_COLUMNS_EACH {
                filled.last.insert(column.to_string(), self.cells.len());
            }
            self.push(numbered(column, nth), value);
            return Some(nth);
        }
        let last = filled.last.get(column).copied();
        if let Some((_, cell)) = last.and_then(|at| self.cells.get_mut(at)) {
            cell.push_str(BETWEEN);
            cell.push_str(&value);
        }
        None
    }

    fn many(&mut self, column: &str, value: String, filled: &mut Filled) {
        self.place(column, value, filled);
    }

    /// Adds a value and, in a column beside it, what kind of telephone or address it is.
    fn labelled(&mut self, column: &str, value: &str, property: &Property, label: &str, filled: &mut Filled) {
        let said = property.said(column, label);
        if let Some(nth) = self.place(column, value.to_string(), filled)
            && !said.is_empty()
        {
            self.push(format!("{}_label", numbered(column, nth)), said);
        }
    }

    fn name(&mut self, property: &Property, filled: &mut Filled) {
        let nth = filled.next("name");
        if nth > MAX_COLUMNS_EACH {
            return self.many("name_rest", property.text.clone(), filled);
        }
        for (column, values) in NAME.iter().zip(&property.parts) {
            self.push(numbered(column, nth), joined(values, " "));
        }
        self.rest(property, NAME.len(), "name_rest", nth);
    }

    fn company(&mut self, property: &Property, filled: &mut Filled) {
        let mut parts = property.parts.iter().map(|values| joined(values, ", "));
        let company = parts.next().unwrap_or_default();
        let units: Vec<String> = parts.filter(|unit| !unit.is_empty()).collect();
        if company.is_empty() {
            return self.many("department", units.join(", "), filled);
        }
        if let Some(nth) = self.place("company", company, filled)
            && !units.is_empty()
        {
            self.push(numbered("department", nth), units.join(", "));
        } else if !units.is_empty() {
            self.many("department_rest", units.join(", "), filled);
        }
    }

    /// Adds an address: all its columns, so that those of one address have one number.
    fn address(&mut self, property: &Property, label: &str, filled: &mut Filled) {
        let mut values: Vec<String> = property.parts.iter().map(|part| joined(part, ", ")).collect();
        values.resize(values.len().max(ADDRESS.len()), String::new());
        if !property.label.is_empty() {
            self.many("printed_address", property.label.clone(), filled);
        }
        if values.iter().all(String::is_empty) {
            return;
        }
        // Some programs write an address that is not divided where the second line belongs.
        let is_whole = values[1].contains('\n')
            && values.iter().enumerate().all(|(at, value)| at == 1 || value.is_empty());
        if is_whole {
            return self.many("address_block", values.swap_remove(1), filled);
        }
        let nth = filled.next("address");
        if nth > MAX_COLUMNS_EACH {
            values.retain(|value| !value.is_empty());
            return self.many("address_one_line", values.join(", "), filled);
        }
        let said = property.said("address", label);
        if !said.is_empty() {
            self.push(format!("{}_label", numbered("address", nth)), said);
        }
        for (column, value) in ADDRESS.iter().zip(values) {
            // `address_line_2_2` would be a heading with two numbers.
            let column = if nth > 1 && *column == ADDRESS[1] { "extended_address" } else { column };
            self.push(numbered(column, nth), value);
        }
        self.rest(property, ADDRESS.len(), "address_rest", nth);
    }

    /// Parts that a property has too many.
    fn rest(&mut self, property: &Property, from: usize, column: &str, nth: usize) {
        let rest: Vec<String> = property.parts.iter().skip(from).map(|part| joined(part, ", ")).collect();
        let rest = joined(&rest, BETWEEN);
        if !rest.is_empty() {
            self.push(numbered(column, nth), rest);
        }
    }
}

impl Property {
    /// Preferred ones first, then those of work and of no kind, then those of the home and others.
    fn rank(&self) -> (u8, u8) {
        let is = |wanted: &str| self.types.iter().any(|known| known == wanted);
        let kind = match () {
            () if is("work") => 0,
            () if is("home") => 2,
            () if is("other") => 3,
            () => 1,
        };
        (if self.pref == 0 { u8::MAX } else { self.pref }, kind)
    }

    /// What kind of telephone or address it is, but for what its column says already.
    fn said(&self, column: &str, label: &str) -> String {
        let says_column = |kind: &str| match column {
            "mobile" => matches!(kind, "cell" | "mobile"),
            _ => kind == column,
        };
        let kinds = self.types.iter().map(String::as_str).filter(|kind| !says_column(kind));
        let said: Vec<&str> = kinds.chain((!label.is_empty()).then_some(label)).collect();
        said.join(" ")
    }

    /// A day; without its year when the year only stands for none.
    fn date(&self) -> String {
        match self.text.strip_prefix(&self.omitted_year) {
            Some(day) if !self.omitted_year.is_empty() => format!("-{day}"),
            _ => self.text.clone(),
        }
    }
}

/// How many values of each column were met, and the cell of the last one that has a column of its own.
#[derive(Default)]
struct Filled {
    count: HashMap<String, usize>,
    last: HashMap<String, usize>,
}

impl Filled {
    fn next(&mut self, column: &str) -> usize {
        let count = self.count.entry(column.to_string()).or_default();
        *count += 1;
        *count
    }
}

fn numbered(column: &str, nth: usize) -> String {
    if nth == 1 { column.to_string() } else { format!("{column}_{nth}") }
}

fn joined(values: &[String], between: &str) -> String {
    let filled: Vec<&str> = values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
    filled.join(between)
}

fn scheme_off<'t>(text: &'t str, scheme: &str) -> &'t str {
    let has = text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if has { &text[scheme.len()..] } else { text }
}

/// `_$!<Anniversary>!$_` → `Anniversary`: a label that the telephone translates.
fn own_label(text: &str) -> String {
    let inner = text.strip_prefix("_$!<").and_then(|rest| rest.strip_suffix(">!$_"));
    inner.unwrap_or(text).to_string()
}

/// The column of a property that is not known: its name, its label or kinds.
fn own_column(property: &Property, label: &str) -> String {
    let words = [property.name.as_str(), label].into_iter().chain(property.types.iter().map(String::as_str));
    let joined: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let name = joined.join("_");
    name.chars().map(|char| if char.is_alphanumeric() { char } else { '_' }).collect()
}
