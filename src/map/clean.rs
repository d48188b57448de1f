//! Columns as they are compared: without the marks that a system puts into its values, where its profile knows them.

use super::{Kind, MappedColumn};
use crate::config::{Cleaning, Profile};
use crate::table::{Column, Table};
use std::borrow::Cow;

/// What stands between several values of a cell for the stages that take lists apart.
const BETWEEN: &str = ";";

/// The cleaned copy of each column of a table that has anything to clean; its cells stay as they are.
pub fn columns(table: &Table, mapped: &[MappedColumn], profile: Option<&Profile>) -> Vec<Option<Column>> {
    let cleaned = |mapped: &MappedColumn| {
        let field = &mapped.field.as_ref()?.field;
        let rule = profile?.cleaning(field.name()).filter(|_| is_read(field.kind()))?;
        let cells = &table.columns[mapped.column].cells;
        let several = matches!(field.kind(), Kind::Email | Kind::Phone);
        let differs = cells.values().iter().any(|value| value != value_of(value, rule, several));
        differs.then(|| cells.map_distinct(|value| value_of(value, rule, several).into_owned()))
    };
    let mut columns = vec![None; table.columns.len()];
    mapped.iter().for_each(|mapped| columns[mapped.column] = cleaned(mapped));
    columns
}

/// Whether later stages read the values; ids, notes and times are kept as they are.
fn is_read(kind: Kind) -> bool {
    !matches!(kind, Kind::RecordId | Kind::Carried | Kind::Timestamp)
}

/// A value without prefixes and marks for nothing; of several values the first, or all where the field takes them.
fn value_of<'v>(raw: &'v str, rule: &Cleaning, several: bool) -> Cow<'v, str> {
    let one = |part: &'v str| {
        let part = part.trim();
        let bare = rule.prefixes.iter().find_map(|prefix| part.strip_prefix(prefix.as_str())).unwrap_or(part);
        if rule.nulls.iter().any(|null| null.eq_ignore_ascii_case(bare)) { "" } else { bare }
    };
    match &rule.separator {
        Some(separator) if raw.contains(separator.as_str()) => {
            let mut parts = raw.split(separator.as_str()).map(one).filter(|part| !part.is_empty());
            match several {
                true => Cow::Owned(parts.collect::<Vec<_>>().join(BETWEEN)),
                false => Cow::Borrowed(parts.next().unwrap_or("")),
            }
        }
        // Blanks at the ends are the business of later stages; a value is only touched for what the profile says.
        _ if one(raw) == raw.trim() => Cow::Borrowed(raw),
        _ => Cow::Borrowed(one(raw)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule() -> Cleaning {
        Cleaning {
            separator: Some(" ::: ".to_string()),
            nulls: vec!["0/0/00".to_string(), "[not provided]".to_string()],
            prefixes: vec!["Accounts::::".to_string()],
            ..Cleaning::default()
        }
    }

    #[test]
    fn marks_of_a_system_are_taken_off() {
        let clean = |raw: &'static str, several| value_of(raw, &rule(), several).into_owned();
        assert_eq!(clean("Accounts::::Zonnehof B.V.", false), "Zonnehof B.V.");
        assert_eq!(clean("0/0/00", false), "");
        assert_eq!(clean("[Not Provided]", false), "");
        assert_eq!(clean("a@x.nl ::: b@x.nl", true), "a@x.nl;b@x.nl");
        assert_eq!(clean("Zonnehof ::: Quay", false), "Zonnehof");
        assert_eq!(clean(" Kerkstraat 12 ", false), " Kerkstraat 12 ");
    }

    proptest! {
        #[test]
        fn other_values_are_left_alone(raw in "[a-zA-Z0-9 @.]{0,20}") {
            let cleaned = value_of(&raw, &rule(), true).into_owned();
            prop_assert_eq!(cleaned, raw);
        }
    }
}
