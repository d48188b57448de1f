//! How long values may be in the system they go to.

use super::table;
use crate::config::Target;
use crate::map::FieldId;

/// The limits of one system.
pub(super) struct Limits(Vec<(&'static str, Limit)>);

/// How long the values of a field may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// Most UTF-16 units, in which these systems count.
    pub longest: usize,
    /// What the system calls the field.
    pub named: &'static str,
    /// What the system is called.
    pub system: &'static str,
}

/// The limits of a target system.
pub(super) fn of(target: Target) -> Limits {
    let (system, text) = match target {
        Target::BusinessCentral => ("Business Central", include_str!("tables/limits_business_central.csv")),
        Target::None => return Limits(Vec::new()),
    };
    let rows = table::rows(text, ',').filter_map(|[field, longest, named]| {
        Some((field, Limit { longest: longest.parse().ok()?, named, system }))
    });
    Limits(rows.collect())
}

impl Limits {
    /// The limit of a field; none when it has none, or none is known. The second column of a field has that of the first.
    pub fn longest(&self, id: &FieldId) -> Option<Limit> {
        self.0.iter().find(|(field, _)| *field == id.field.name()).map(|(_, limit)| *limit)
    }
}

impl Limit {
    /// Whether a value is too long; blanks at its ends are not loaded.
    pub fn is_exceeded(&self, value: &str) -> bool {
        let value = value.trim();
        // A UTF-16 unit takes one to three bytes.
        value.len() > self.longest && (value.is_ascii() || value.encode_utf16().count() > self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::Field;

    #[test]
    fn the_data_file_names_fields() {
        let limits = of(Target::BusinessCentral);
        assert!(limits.0.len() > 20);
        for (field, limit) in &limits.0 {
            assert!(field.parse::<FieldId>().is_ok(), "{field}");
            assert!((10..=255).contains(&limit.longest) && !limit.named.is_empty(), "{field}");
        }
        let lines = include_str!("tables/limits_business_central.csv").lines();
        assert_eq!(lines.filter(|line| !line.starts_with('#')).count(), limits.0.len() + 1);
        assert!(of(Target::None).longest(&FieldId::first(Field::City)).is_none());
    }

    #[test]
    fn length_is_counted_as_the_system_counts() {
        let city = of(Target::BusinessCentral).longest(&FieldId::first(Field::City)).unwrap();
        assert!(!city.is_exceeded(&"é".repeat(30)) && city.is_exceeded(&"é".repeat(31)));
        assert!(!city.is_exceeded(&"😀".repeat(15)) && city.is_exceeded(&"😀".repeat(16)));
        assert!(!city.is_exceeded(&format!("  {}  ", "x".repeat(30))));
    }
}
