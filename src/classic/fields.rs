//! Which column holds a field of Business Central's table of contacts.

use crate::map::{Dataset, FieldId};
use crate::normalize::text::compact_upper;
use std::sync::LazyLock;

/// A field of the table of contacts.
pub struct ContactField {
    /// Its number there.
    pub number: u32,
    /// Its English caption.
    pub caption: &'static str,
    /// Fields of ours that hold the same: alternatives, each one field or several that are joined.
    columns: Vec<Vec<FieldId>>,
    /// Its caption and other headings, folded.
    headings: Vec<String>,
}

static FIELDS: LazyLock<Vec<ContactField>> = LazyLock::new(|| {
    rows(include_str!("tables/contact_fields.csv"))
        .map(|[number, caption, columns, aliases]| ContactField {
            // A table of ours: a number that is none would be found by the test below.
            number: number.parse().unwrap_or(0),
            caption,
            columns: columns
                .split('|')
                .map(|joined| joined.split(' ').filter_map(|name| name.parse().ok()).collect::<Vec<_>>())
                .filter(|joined| !joined.is_empty())
                .collect(),
            headings: std::iter::once(caption)
                .chain(aliases.split('|'))
                .filter(|name| !name.is_empty())
                .map(fold)
                .collect(),
        })
        .collect()
});

/// The rows of a data file: no comments, no heading, `N` cells without quotes.
pub fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1);
    lines.filter_map(|line| line.splitn(N, ',').collect::<Vec<_>>().try_into().ok())
}

/// A heading without case, accents, blanks and punctuation.
pub fn fold(heading: &str) -> String {
    compact_upper(&heading.replace(['°', 'º'], ""))
}

/// The field with a number.
pub fn numbered(number: u32) -> Option<&'static ContactField> {
    FIELDS.iter().find(|field| field.number == number)
}

/// The field with a caption or heading.
pub fn named(name: &str) -> Option<&'static ContactField> {
    let folded = fold(name);
    FIELDS.iter().find(|field| field.headings.contains(&folded))
}

/// The columns of a table that hold the field a rule names, to be joined into one value; none when it has no such column.
///
/// A heading counts before a meaning, so that an export of Business Central is compared by its own columns.
pub fn columns(data: &Dataset, table: usize, name: &str) -> Vec<usize> {
    let folded = fold(name);
    let known = named(name);
    let is_it = |heading: &str| {
        let heading = fold(heading);
        heading == folded || known.is_some_and(|field| field.headings.contains(&heading))
    };
    let columns = &data.tables[table].columns;
    if let Some(at) = columns.iter().position(|column| is_it(&column.name)) {
        return vec![at];
    }
    let own: Vec<Vec<FieldId>> = match known {
        Some(field) => field.columns.clone(),
        None => name.parse().map(|id| vec![vec![id]]).unwrap_or_default(),
    };
    let held = |id: &FieldId| {
        data.mapping[table]
            .iter()
            .find(|mapped| mapped.field.as_ref() == Some(id))
            .map(|mapped| mapped.column)
    };
    let filled = |at: &usize| columns[*at].cells.filled() > 0;
    own.iter()
        .map(|joined| joined.iter().filter_map(held).filter(filled).collect::<Vec<usize>>())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_whole() {
        let text = include_str!("tables/contact_fields.csv");
        let names = rows::<4>(text).flat_map(|[_, _, columns, _]| columns.split(['|', ' ']));
        let unknown: Vec<&str> =
            names.filter(|name| !name.is_empty() && name.parse::<FieldId>().is_err()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert!(FIELDS.iter().all(|field| field.number > 0));
        for (at, field) in FIELDS.iter().enumerate() {
            for heading in &field.headings {
                let others = FIELDS[..at].iter().filter(|other| other.headings.contains(heading)).count();
                assert_eq!(others, 0, "{heading} is twice");
            }
        }
    }

    #[test]
    fn a_field_has_many_names() {
        assert_eq!(named("e-mail").map(|field| field.number), Some(102));
        assert_eq!(named("Btw-nr.").map(|field| field.number), Some(86));
        assert_eq!(numbered(5061).map(|field| field.caption), Some("Mobile Phone No."));
        assert!(named("shoe size").is_none());
    }
}
