//! What is known of one system's exports: which heading is which field, and how it writes values.

use super::load::{in_order, of_toml};
use super::meaning::field_hint;
use super::problem::{Problem, Problems};
use crate::map::FieldId;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use toml::de::DeTable;

/// A layout of exports; `configs/profiles/README.md` tells how to write one.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// Short name, as settings and notes give it (`google-contacts`).
    pub name: String,
    /// The system and the kind of export, for people.
    pub title: String,
    /// Whether every row is an organisation.
    pub companies: bool,
    /// Headings that hardly any other system's exports have.
    pub signs: Vec<String>,
    /// How many signs a table must have to be taken for such an export.
    pub at_least: usize,
    /// Headings that must all be there, too.
    pub needs: Vec<String>,
    /// Heading → field name, without regard to case, accents and punctuation; `#` in a heading stands for a number.
    pub columns: BTreeMap<String, String>,
    /// How values are written; the first rule for a field holds.
    pub clean: Vec<Cleaning>,
}

/// How a system writes the values of some fields.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cleaning {
    /// The fields, without number; all when empty.
    pub fields: Vec<String>,
    /// What stands between several values in one cell.
    pub separator: Option<String>,
    /// Values that mean that there is none.
    pub nulls: Vec<String>,
    /// What the system writes before values, such as `Accounts::::`.
    pub prefixes: Vec<String>,
    /// Which number comes first in a date such as `3/4/1980`.
    pub date_order: Option<DateOrder>,
}

/// Which number comes first in a date of two small numbers and a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `31/12/1999`
    DayFirst,
    /// `12/31/1999`
    MonthFirst,
}

macro_rules! profiles {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../configs/profiles/", $name, ".toml"))),)*]
    };
}

/// The profiles that come with alike. A file that is added to `configs/profiles` is added here; a test sees to it.
const FILES: &[(&str, &str)] = profiles!(
    "business-central-api"
    "business-central-en"
    "business-central-nl"
    "dataverse"
    "dynamics-365"
    "google-contacts"
    "google-contacts-legacy"
    "hubspot"
    "outlook-de"
    "outlook-en"
    "outlook-nl"
    "pipedrive"
    "salesforce-account"
    "salesforce-contact"
    "salesforce-lead"
    "suitecrm"
    "vtiger"
    "zoho"
);

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| {
        Profile::parse(&format!("{name}.toml"), text).expect("profiles are part of the program and tested")
    };
    FILES.iter().map(read).collect()
});

/// The profiles that come with alike, by name.
pub fn profiles() -> &'static [Profile] {
    &PROFILES
}

impl Profile {
    /// A profile from text, or every problem in it. `file` names the text in problems.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problems> {
        let problem = |span, message: String, hint| Problem::at(file, text, span, message, hint);
        let profile: Self =
            toml::from_str(text).map_err(|error| Problems(vec![of_toml(file, text, &error)]))?;
        let mut problems = Vec::new();
        let document = DeTable::parse(text).map_err(|error| Problems(vec![of_toml(file, text, &error)]))?;
        let columns = document.get_ref().get("columns").and_then(|value| value.get_ref().as_table());
        for (_, value) in columns.into_iter().flatten() {
            let name = value.get_ref().as_str().unwrap_or_default();
            if name.parse::<FieldId>().is_err() {
                problems.push(problem(
                    value.span(),
                    format!("unknown field `{name}`"),
                    Some(field_hint(name)),
                ));
            }
        }
        for name in profile.clean.iter().flat_map(|rule| &rule.fields) {
            if name.parse::<FieldId>().is_err() {
                problems.push(problem(
                    0..0,
                    format!("unknown field `{name}` in `clean`"),
                    Some(field_hint(name)),
                ));
            }
        }
        if profile.name.is_empty() {
            problems.push(problem(0..0, "a profile needs a `name`".to_string(), None));
        }
        if profile.at_least == 0 && !profile.signs.is_empty() || profile.at_least > profile.signs.len() {
            let message = format!("`at_least` must be 1 to {}, the number of `signs`", profile.signs.len());
            problems.push(problem(0..0, message, None));
        }
        if problems.is_empty() { Ok(profile) } else { Err(in_order(problems)) }
    }

    /// What is known of the values of a field; the name without number.
    pub fn cleaning(&self, field: &str) -> Option<&Cleaning> {
        self.clean.iter().find(|rule| rule.fields.is_empty() || rule.fields.iter().any(|name| name == field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_profile_is_good_and_listed() {
        let listed: BTreeSet<String> = FILES.iter().map(|(name, _)| format!("{name}.toml")).collect();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/configs/profiles");
        let there: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".toml"))
            .collect();
        assert_eq!(listed, there);
        for (name, text) in FILES {
            match Profile::parse(name, text) {
                Ok(profile) => assert_eq!(profile.name, *name),
                Err(problems) => panic!("{problems}"),
            }
        }
    }

    #[test]
    fn problems_have_a_place() {
        let told = |text: &str| Profile::parse("mine.toml", text).unwrap_err().to_string();
        let text = "name = 'mine'\n[columns]\n'Town' = 'citty'\n";
        assert!(told(text).contains("mine.toml:3:10: unknown field `citty`"), "{}", told(text));
        assert!(told(text).contains("did you mean `city`"), "{}", told(text));
        assert!(told("name = 'mine'\nat_least = 2\nsigns = ['a']\n").contains("1 to 1"));
        assert!(told("colums = 1\n").contains("colums"));
        assert!(told("title = 'x'\n").contains("needs a `name`"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]a-z_.=\"'{}0-9, \\n\\té]{0,80}") {
            let _ = Profile::parse("f", &text);
        }
    }
}
