//! vCard 4.0 (RFC 6350): one card a golden record that was merged.

use super::{Content, Made, table};
use crate::apply::{Applied, Merging};
use crate::map::{Field, FieldId};
use crate::normalize::date::{Order, canonical};
use std::fmt::Write;

/// Octets of a line, without its end; longer ones are folded.
const LONGEST_LINE: usize = 75;
/// Columns of one field that are looked for.
const MOST_COLUMNS: u8 = 9;

/// A row of `tables/vcard.csv`.
type Row = [&'static str; 4];

pub(super) fn made(applied: &Applied<'_>) -> Made {
    let rows: Vec<Row> = table::rows(include_str!("tables/vcard.csv"), ',').collect();
    let mut text = String::new();
    for merge in &applied.merges {
        card(&Values { applied, merge }, &rows, &mut text);
    }
    let counts = vec![(applied.merges.len(), "cards")];
    Made { files: vec![("merged.vcf", Content::Text(text))], counts }
}

/// The golden values of one merge by the names of fields.
struct Values<'a> {
    applied: &'a Applied<'a>,
    merge: &'a Merging,
}

impl Values<'_> {
    fn of(&self, field: &str, nth: u8) -> &str {
        let id = field.parse::<FieldId>().map(|id| FieldId { field: id.field, nth }).ok();
        let position = id.and_then(|id| self.applied.data.position(&id));
        position.map_or("", |at| self.merge.value(self.applied.data, at).trim())
    }

    /// What stands in the place of a part: itself, or what other fields say of it.
    fn part(&self, field: &str, nth: u8) -> String {
        let own = self.of(field, nth);
        let joined = |first: &str, second: &str| format!("{first} {second}").trim().to_string();
        match field {
            "street_and_number" if own.is_empty() => {
                let parts = joined(self.of("street", nth), self.of("house_number", nth));
                // An address that is not divided has no better place.
                let wholes = ["address_one_line", "address_block"].map(|field| self.of(field, nth));
                let is_divided = !self.of("city", nth).is_empty() || !self.of("postcode", nth).is_empty();
                let whole = wholes.into_iter().find(|whole| !whole.is_empty() && !is_divided);
                if parts.is_empty() { whole.unwrap_or_default().to_string() } else { parts }
            }
            "country" if own.is_empty() => self.of("country_code", nth).to_string(),
            // A prefix has no place of its own in a card.
            "last_name" => {
                let prefix = self.of("surname_prefix", nth);
                let has_it = own.to_lowercase().contains(&prefix.to_lowercase());
                if has_it { own.to_string() } else { joined(prefix, own) }
            }
            "salutation" => joined(own, self.of("title", nth)),
            _ => own.to_string(),
        }
    }

    /// The name to show, which a card must have.
    fn shown(&self) -> String {
        let parts = ["first_name", "middle_name", "last_name"].map(|field| self.part(field, 1));
        let joined =
            parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" ");
        let whole = ["full_name", "company", "email"].map(|field| self.of(field, 1));
        let golden_id = self.applied.golden_id(self.merge.survivor).to_string();
        let all = [whole[0], &joined, whole[1], whole[2], &golden_id];
        all.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_string()
    }
}

fn card(values: &Values<'_>, rows: &[Row], text: &mut String) {
    line(text, "BEGIN:VCARD");
    line(text, "VERSION:4.0");
    line(text, &format!("UID;VALUE=text:{}", values.applied.golden_id(values.merge.survivor)));
    let person = ["first_name", "last_name", "full_name"].iter().any(|field| !values.of(field, 1).is_empty());
    if !person && !values.of(Field::Company.name(), 1).is_empty() {
        line(text, "KIND:org");
    }
    line(text, &format!("FN:{}", escaped(&values.shown())));
    let mut done: Vec<&str> = Vec::new();
    let mut preferred = 0u32;
    for &[field, property, part, parameter] in rows {
        if !part.is_empty() {
            // A property of several parts is written once, with all of them.
            if !done.contains(&property) {
                done.push(property);
                structured(values, rows, property, text);
            }
            continue;
        }
        for nth in 1..=MOST_COLUMNS {
            let value = values.of(field, nth);
            if value.is_empty() {
                continue;
            }
            let mut head = property.to_string();
            let mut add = |parameter: &str| {
                head.push(';');
                head.push_str(parameter);
            };
            if !parameter.is_empty() {
                add(parameter);
            }
            // Programs keep to the order only when it is said.
            if matches!(property, "TEL" | "EMAIL") {
                preferred += 1;
                add(&format!("PREF={}", preferred.min(100)));
            }
            let value = match property {
                "BDAY" => match day(value) {
                    Some(day) => day,
                    None => {
                        add("VALUE=text");
                        escaped(value)
                    }
                },
                "GENDER" if !matches!(value, "M" | "F" | "O" | "N" | "U") => format!(";{}", escaped(value)),
                "URL" => value.replace(['\n', '\r'], ""),
                _ => escaped(value),
            };
            line(text, &format!("{head}:{value}"));
        }
    }
    line(text, "END:VCARD");
}

/// Writes a property of several parts, once for each number of its fields that has one.
fn structured(values: &Values<'_>, rows: &[Row], property: &str, text: &mut String) {
    let fields: Vec<&str> = rows.iter().filter(|row| row[1] == property).map(|row| row[0]).collect();
    for nth in 1..=MOST_COLUMNS {
        let mut parts: Vec<String> = fields.iter().map(|field| escaped(&values.part(field, nth))).collect();
        if parts.iter().all(String::is_empty) {
            continue;
        }
        if property == "ORG" {
            while parts.last().is_some_and(String::is_empty) {
                parts.pop();
            }
        }
        let head = if property == "ADR" { format!("{property};PREF={nth}") } else { property.to_string() };
        line(text, &format!("{head}:{}", parts.join(";")));
        if property == "N" {
            // A card has one name.
            return;
        }
    }
}

/// The day as cards write it; none when the value is no day, or does not say whether the day or the month comes first.
fn day(value: &str) -> Option<String> {
    let day = canonical(value, Order::DayFirst);
    let certain = !day.is_empty() && day == canonical(value, Order::MonthFirst);
    let whole = day.len() == "2000-01-01".len();
    certain.then(|| if whole { day.replace('-', "") } else { day })
}

/// A value with what separates values in cards escaped.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' | ',' | ';' => out.extend(['\\', letter]),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' | '\r' => out.push_str("\\n"),
            // Other control characters are not allowed in a card.
            other if other.is_control() && other != '\t' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// Adds a line, folded between characters so that none is longer than [`LONGEST_LINE`].
fn line(text: &mut String, content: &str) {
    let mut rest = content;
    let mut room = LONGEST_LINE;
    loop {
        if rest.len() <= room {
            // Writing to memory cannot fail.
            let _ = write!(text, "{rest}\r\n");
            return;
        }
        let mut end = room;
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (first, after) = rest.split_at(end);
        let _ = write!(text, "{first}\r\n ");
        rest = after;
        // The blank at the beginning counts.
        room = LONGEST_LINE - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_escaped() {
        assert_eq!(escaped("a,b;c\\d\r\ne\nf"), "a\\,b\\;c\\\\d\\ne\\nf");
        assert_eq!(day("22.03.1977").as_deref(), Some("19770322"));
        assert_eq!(day("02/03/1977"), None);
        assert_eq!(day("1977").as_deref(), Some("1977"));
    }

    proptest! {
        #[test]
        fn lines_are_short_and_unfold_to_what_they_were(content in "[a-zé日😀 ;]{0,300}") {
            let mut text = String::new();
            line(&mut text, &content);
            prop_assert!(text.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
            let unfolded = text.replace("\r\n ", "");
            prop_assert_eq!(unfolded.trim_end_matches("\r\n"), content.as_str());
        }
    }
}
