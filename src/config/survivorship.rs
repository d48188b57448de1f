use super::load::in_order;
use super::meaning::{field_hint, section, text};
use super::problem::Problem;
use super::shape::Report;
use super::suggest::nearest;
use super::{SettingsFile, SourceSettings, load};
use crate::map::{Field, FieldId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// How golden values are chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SurviveSettings {
    /// The rule for every field that has none of its own.
    pub default: Rule,
    /// Source names, most trusted first; used by `source_priority` and to break ties.
    pub source_priority: Vec<String>,
    /// What decides between values that are equally good, first things first; what is left out comes after, in the
    /// order `most_complete`, `most_recent`, `source_priority`, and the record's key at the very end.
    #[schemars(example = [TieBreak::MostRecent])]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tie_breaks: Vec<TieBreak>,
    /// Field name → rule, or a table that says which values count as well.
    #[schemars(example = examples())]
    pub fields: BTreeMap<String, FieldRule>,
    /// The same for fields that belong together; a field's own setting goes before that of its group.
    #[serde(skip_serializing_if = "GroupRules::is_empty")]
    pub groups: GroupRules,
    /// How far sources are trusted that `source_priority` does not name: the `trust` of their own settings.
    #[serde(skip)]
    pub trust: BTreeMap<String, i32>,
}

/// A rule by its name, and one with conditions.
fn examples() -> BTreeMap<&'static str, FieldRule> {
    let when = When {
        source: Words::One("erp".to_string()),
        not_older_than: Some("2 years".to_string()),
        ..When::default()
    };
    let table = FieldSettings { rule: Some(Rule::MostRecent), valid: true, when, ..FieldSettings::default() };
    BTreeMap::from([("email", FieldRule::Table(Box::new(table))), ("phone", Rule::MostRecent.into())])
}

/// Rules for fields that belong together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GroupRules {
    /// The parts of a person's name.
    #[schemars(example = Rule::SourcePriority)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<FieldRule>,
    /// The parts of an address, which are taken from one place as a whole.
    #[schemars(example = Rule::MostRecent)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<FieldRule>,
    /// All mail addresses.
    #[schemars(example = Rule::MostRecent)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emails: Option<FieldRule>,
    /// All telephone numbers: land line, mobile, home, company, fax.
    #[schemars(example = Rule::MostRecent)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phones: Option<FieldRule>,
    /// Numbers that belong to one entity: VAT, enterprise, national, customer, vendor, IBAN.
    #[schemars(example = Rule::SourcePriority)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifiers: Option<FieldRule>,
}

impl GroupRules {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The setting of the group that a field is in.
    pub fn of(&self, field: &Field) -> Option<&FieldRule> {
        use crate::map::Kind;
        match field.kind() {
            Kind::PersonName => self.name.as_ref(),
            Kind::Address | Kind::Postcode | Kind::City | Kind::Region | Kind::Country => {
                self.address.as_ref()
            }
            _ if *field == Field::AddressLabel => self.address.as_ref(),
            Kind::Email => self.emails.as_ref(),
            Kind::Phone => self.phones.as_ref(),
            Kind::Identifier => self.identifiers.as_ref(),
            _ => None,
        }
    }
}

/// How a field's golden value is chosen: the name of a rule, or a table with a rule and what a value must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FieldRule {
    /// The rule; every value counts.
    Rule(Rule),
    /// The rule, and which values count.
    Table(Box<FieldSettings>),
}

/// The rule of a field, and which of its values count. When no value does, all of them count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FieldSettings {
    /// How the value is chosen among those that count; the default rule when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// Source names, most trusted first, for the rule `source_priority` of this field; those of `survivorship` when left out.
    #[serde(skip_serializing_if = "Words::is_empty")]
    pub source_priority: Words,
    /// Whether only valid values count: a mail address, an international telephone number, a postcode of its country, a
    /// day of the calendar, VAT numbers and IBANs whose check digits are right; no fillers such as `n/a` anywhere.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub valid: bool,
    /// Only values of this pattern count, as in names of files: `*` stands for any text, `?` for one character, `[0-9]` for
    /// a digit; capitals and small letters are the same. Several patterns: one of them must fit.
    #[serde(skip_serializing_if = "Words::is_empty")]
    pub pattern: Words,
    /// Only values of records that meet all of these conditions count.
    #[serde(skip_serializing_if = "When::is_empty")]
    pub when: When,
}

/// What must be true of a record for its value to count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// It is of one of these sources.
    #[serde(skip_serializing_if = "Words::is_empty")]
    pub source: Words,
    /// It fills all of these fields.
    #[serde(skip_serializing_if = "Words::is_empty")]
    pub filled: Words,
    /// Field name → value, or a list of values: the field is one of them; capitals and small letters are the same.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub equals: BTreeMap<String, Words>,
    /// It was changed (or, where that is not known, created) on this day or later (`2024-01-31`); or at most so much earlier
    /// than the newest record it is merged with (`18 months`, `2 years`). A record without such a date does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_older_than: Option<String>,
}

impl When {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A text, or a list of texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Words {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Default for Words {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Words {
    /// All of them.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(word) => std::slice::from_ref(word),
            Self::Several(words) => words,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all().is_empty()
    }
}

/// How old a record may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Age {
    /// Changed on this day or later, `YYYY-MM-DD`.
    Since(String),
    /// At most so many months older than the newest of its group.
    Months(u64),
}

impl std::str::FromStr for Age {
    type Err = &'static str;

    /// Reads `2024-01-31`, `18 months`, `2 years`; the message says how it is written.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        /// More years than this are no condition at all.
        const MOST_YEARS: u64 = 200;
        const HINT: &str = "write a day such as \"2024-01-31\", or \"18 months\" or \"2 years\"";
        if text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok() {
            return Ok(Self::Since(text.to_string()));
        }
        let (number, unit) = text.trim().split_once(' ').ok_or(HINT)?;
        let months = match unit.trim() {
            "month" | "months" => 1,
            "year" | "years" => 12,
            _ => return Err(HINT),
        };
        let number: u64 = number.parse().map_err(|_| HINT)?;
        let total = number.checked_mul(months).filter(|total| (1..=MOST_YEARS * 12).contains(total));
        total.map(Self::Months).ok_or(HINT)
    }
}

/// What decides between values that are equally good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TieBreak {
    /// The record with the most filled fields goes first.
    MostComplete,
    /// The record that was changed last goes first.
    MostRecent,
    /// The record of the most trusted source goes first.
    SourcePriority,
}

impl SurviveSettings {
    /// With the trust of sources, by their names, as their own settings have it.
    pub fn trusting<'a>(&self, sources: impl IntoIterator<Item = (&'a str, &'a SourceSettings)>) -> Self {
        let trust = sources.into_iter().map(|(name, settings)| (name.to_string(), settings.trust));
        Self { trust: trust.collect(), ..self.clone() }
    }

    /// The setting of a column: its own, else the first column's, else its group's.
    pub fn of(&self, field: &FieldId) -> Option<&FieldRule> {
        let named = |name: &str| self.fields.get(name);
        named(&field.to_string())
            .or_else(|| named(field.field.name()))
            .or_else(|| self.groups.of(&field.field))
    }

    /// What breaks ties, all three of them.
    pub fn tie_breaks(&self) -> [TieBreak; 3] {
        let mut order = [TieBreak::MostComplete, TieBreak::MostRecent, TieBreak::SourcePriority];
        let place = |of: &TieBreak| {
            self.tie_breaks.iter().position(|named| named == of).unwrap_or(self.tie_breaks.len())
        };
        order.sort_by_key(place);
        order
    }
}

impl FieldRule {
    /// The rule that it names.
    pub fn rule(&self) -> Option<Rule> {
        match self {
            Self::Rule(rule) => Some(*rule),
            Self::Table(table) => table.rule,
        }
    }

    /// What it says beside the rule.
    pub fn table(&self) -> Option<&FieldSettings> {
        match self {
            Self::Rule(_) => None,
            Self::Table(table) => Some(table),
        }
    }
}

impl From<Rule> for FieldRule {
    fn from(rule: Rule) -> Self {
        Self::Rule(rule)
    }
}

/// How one field's golden value is chosen among the members of a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Spelling variants are grouped; the best supported, most valid variant wins.
    #[default]
    Consensus,
    /// The value of the record that was changed last.
    MostRecent,
    /// The value of the record with the most filled fields.
    MostComplete,
    /// The value of the most trusted source.
    SourcePriority,
    /// The value that most records hold exactly.
    MostFrequent,
    /// The longest value.
    Longest,
    /// The smallest value (numbers and dates by value, text by letters).
    Min,
    /// The largest value.
    Max,
    /// All distinct values, joined by `;`.
    CollectAll,
    /// The strictest consent: an opt-out or do-not-call in any record wins.
    Strictest,
}

/// Checks what the types cannot say of `[survivorship]`; `names` are the sources of the file, none when they cannot be known.
pub(super) fn check(document: &DeTable<'_>, names: &[String], report: &mut Report<'_>) {
    let Some(table) = section(document, "survivorship") else { return };
    for (key, value) in section(table, "fields").into_iter().flatten() {
        match key.get_ref().parse::<FieldId>() {
            Err(_) => unknown_field(key.get_ref(), key.span(), report),
            Ok(id) if matches!(id.field, Field::Id | Field::Ignore) => {
                let message = format!("`{id}` can have no rule");
                report(key.span(), message, Some("the id of a merged record is its survivor's".to_string()));
            }
            Ok(_) => one_rule(value, names, report),
        }
    }
    for (_, value) in section(table, "groups").into_iter().flatten() {
        one_rule(value, names, report);
    }
    if let Some(list) = table.get("source_priority") {
        known_sources(list, names, report);
    }
    twice(table.get("tie_breaks"), report);
}

fn unknown_field(name: &str, span: Range<usize>, report: &mut Report<'_>) {
    report(span, format!("unknown field `{name}`"), Some(field_hint(name)));
}

/// One setting of a field or a group, where it is a table.
fn one_rule(value: &Spanned<DeValue<'_>>, names: &[String], report: &mut Report<'_>) {
    let Some(table) = value.get_ref().as_table() else { return };
    if let Some(list) = table.get("source_priority") {
        known_sources(list, names, report);
        if text(table, "rule").is_none_or(|(rule, _)| rule != "source_priority") {
            let hint = "write `rule = \"source_priority\"` beside it".to_string();
            report(list.span(), "`source_priority` does nothing without its rule".to_string(), Some(hint));
        }
    }
    for (pattern, span) in table.get("pattern").map(texts).unwrap_or_default() {
        if let Err(error) = glob::Pattern::new(pattern) {
            let hint = "`*` any text, `?` one character, `[0-9]` one of these; `[*]` is the star itself";
            report(span, format!("`{pattern}` is no pattern: {}", error.msg), Some(hint.to_string()));
        }
    }
    let Some(when) = section(table, "when") else { return };
    if let Some(list) = when.get("source") {
        known_sources(list, names, report);
    }
    for (name, span) in when.get("filled").map(texts).unwrap_or_default() {
        if name.parse::<FieldId>().is_err() {
            unknown_field(name, span, report);
        }
    }
    for (key, values) in section(when, "equals").into_iter().flatten() {
        if key.get_ref().parse::<FieldId>().is_err() {
            unknown_field(key.get_ref(), key.span(), report);
        }
        if texts(values).is_empty() {
            let message = format!("no value is named for `{}`", key.get_ref());
            report(values.span(), message, Some("to ask for any value use `filled`".to_string()));
        }
    }
    if let Some((age, span)) = text(when, "not_older_than")
        && let Err(hint) = age.parse::<Age>()
    {
        report(span, format!("`{age}` is neither a day nor a time"), Some(hint.to_string()));
    }
}

/// The texts of a value that is one or a list of them, each with its place.
fn texts<'d>(value: &'d Spanned<DeValue<'_>>) -> Vec<(&'d str, Range<usize>)> {
    match value.get_ref() {
        DeValue::String(text) => vec![(text.as_ref(), value.span())],
        DeValue::Array(items) => {
            items.iter().filter_map(|item| Some((item.get_ref().as_str()?, item.span()))).collect()
        }
        _ => Vec::new(),
    }
}

fn known_sources(list: &Spanned<DeValue<'_>>, names: &[String], report: &mut Report<'_>) {
    // Without sources in the file the names come from the command line and cannot be known here.
    if names.is_empty() {
        return;
    }
    for (name, span) in texts(list) {
        if !names.iter().any(|known| known == name) {
            let hint = match nearest(name, names.iter().map(String::as_str)) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("sources here: {}", names.join(", ")),
            };
            report(span, format!("no source is named `{name}`"), Some(hint));
        }
    }
}

fn twice(list: Option<&Spanned<DeValue<'_>>>, report: &mut Report<'_>) {
    let mut seen: Vec<&str> = Vec::new();
    for (word, span) in list.map(texts).unwrap_or_default() {
        if seen.contains(&word) {
            report(span, format!("`{word}` is named twice"), Some("leave one of them out".to_string()));
        }
        seen.push(word);
    }
}

/// What survivorship settings are about and is not there: fields that no source has, and sources that were not named on the
/// command line. Such a rule, or its condition, does nothing.
pub fn idle_rules(file: &SettingsFile, fields: &[String], sources: &[String]) -> Vec<Problem> {
    let mut problems = Vec::new();
    load::parse_document(&file.text, |document| {
        let Some(table) = section(document, "survivorship") else { return };
        let mut told = |known: &[String], name: &str, span: Range<usize>, message: String, here: &str| {
            if known.iter().any(|known| known == name) {
                return;
            }
            let hint = match nearest(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("{here} here: {}", known.join(", ")),
            };
            problems.push(Problem::at(&file.name, &file.text, span, message, Some(hint)));
        };
        let mut field = |name: &str, span: Range<usize>, so: &str| {
            let message = format!("no source has a field `{name}`, so {so}");
            told(fields, name, span, message, "fields");
        };
        let rules = section(table, "fields");
        for (key, _) in rules.into_iter().flatten() {
            field(key.get_ref(), key.span(), "this rule does nothing");
        }
        let tables = || {
            let rules = rules.into_iter().chain(section(table, "groups")).flatten();
            rules.filter_map(|(_, value)| value.get_ref().as_table())
        };
        for when in tables().filter_map(|rule| section(rule, "when")) {
            let so = "no record meets this condition, and every value counts";
            for (name, span) in when.get("filled").map(texts).unwrap_or_default() {
                field(name, span, so);
            }
            for (key, _) in section(when, "equals").into_iter().flatten() {
                field(key.get_ref(), key.span(), so);
            }
        }
        let lists = tables().flat_map(|rule| {
            let when = section(rule, "when").and_then(|when| when.get("source"));
            [when, rule.get("source_priority")]
        });
        for (name, span) in lists.chain([table.get("source_priority")]).flatten().flat_map(texts) {
            told(sources, name, span, format!("no source is named `{name}`"), "sources");
        }
    });
    in_order(problems).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    #[test]
    fn a_rule_is_a_name_or_a_table() {
        let text = "[survivorship]\ntie_breaks = ['source_priority']\n[survivorship.fields]\nphone = 'longest'\n\
                    email = { rule = 'most_recent', valid = true, pattern = '*@x.nl' }\n\
                    [survivorship.groups.address]\nwhen = { source = 'erp', equals = { status = ['a', 'b'] } }\n";
        let settings = parse("f", text).unwrap().survive;
        let id = |name: &str| name.parse::<FieldId>().unwrap();
        assert_eq!(settings.of(&id("phone_2")), Some(&FieldRule::Rule(Rule::Longest)));
        let email = settings.of(&id("email")).and_then(FieldRule::table).unwrap();
        assert!(email.valid && email.rule == Some(Rule::MostRecent) && email.pattern.all() == ["*@x.nl"]);
        let city = settings.of(&id("city")).and_then(FieldRule::table).unwrap();
        assert_eq!(city.when.source.all(), ["erp"]);
        assert_eq!(city.when.equals["status"].all(), ["a", "b"]);
        assert_eq!(settings.of(&id("notes")), None);
        assert_eq!(
            settings.tie_breaks(),
            [TieBreak::SourcePriority, TieBreak::MostComplete, TieBreak::MostRecent]
        );
        // As a manifest keeps them.
        let kept = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<SurviveSettings>(&kept).unwrap(), settings);
    }

    #[test]
    fn every_mistake_has_its_place() {
        let text = "[[source]]\nname = 'crm'\n[survivorship]\ntie_breaks = ['most_recent', 'most_recent']\n\
                    [survivorship.fields.email]\nrul = 'longest'\nvalid = 'yes'\npattern = ['a[']\nsource_priority = 'crn'\n\
                    [survivorship.fields.email.when]\nfilled = ['emial']\nequals = { stats = 'a', status = [] }\n\
                    not_older_than = 'yesterday'\nsources = 'crm'\n\
                    [survivorship.fields]\nid = 'longest'\nphone = 7\n[survivorship.groups]\nadress = 'longest'\n\
                    phones = { rule = 'newest' }\n";
        let problems = parse("f", text).unwrap_err().0;
        let told: Vec<(usize, usize, &str)> =
            problems.iter().map(|problem| (problem.line, problem.column, problem.message.as_str())).collect();
        assert_eq!(
            told,
            [
                (4, 30, "`most_recent` is named twice"),
                (6, 1, "unknown key `rul` in `survivorship.fields.email`"),
                (7, 9, "`survivorship.fields.email.valid` wants true or false, not a text"),
                (8, 12, "`a[` is no pattern: invalid range pattern"),
                (9, 19, "no source is named `crn`"),
                (9, 19, "`source_priority` does nothing without its rule"),
                (11, 11, "unknown field `emial`"),
                (12, 12, "unknown field `stats`"),
                (12, 34, "no value is named for `status`"),
                (13, 18, "`yesterday` is neither a day nor a time"),
                (14, 1, "unknown key `sources` in `survivorship.fields.email.when`"),
                (16, 1, "`id` can have no rule"),
                (17, 9, "`survivorship.fields.phone` wants a text or a table, not a whole number"),
                (19, 1, "unknown key `adress` in `survivorship.groups`"),
                (20, 19, "`survivorship.groups.phones.rule` cannot be `newest`"),
            ]
        );
    }

    #[test]
    fn ages_are_days_or_months() {
        assert_eq!("2024-02-29".parse(), Ok(Age::Since("2024-02-29".to_string())));
        assert_eq!("2 years".parse(), Ok(Age::Months(24)));
        assert_eq!("1 month".parse(), Ok(Age::Months(1)));
        for text in
            ["2023-02-29", "2 weeks", "years", "-1 years", "0 months", "99999999999999999999 years", ""]
        {
            assert!(text.parse::<Age>().is_err(), "{text}");
        }
    }

    #[test]
    fn rules_for_fields_of_nobody_are_placed() {
        let text = "[survivorship.fields]\nmobil = 'longest'\nphone_2 = 'longest'\nemail = 'longest'\n";
        let file = SettingsFile { name: "f".to_string(), text: text.to_string() };
        let problems = idle_rules(&file, &["email".to_string(), "phone".to_string()], &[]);
        let found: Vec<_> = problems.iter().map(|problem| (problem.line, problem.hint.as_deref())).collect();
        assert_eq!(found, [(2, Some("fields here: email, phone")), (3, Some("did you mean `phone`?"))]);
    }
}
