//! The data quality profile as text for a terminal: aligned, within its width, safe to print.

use super::{quality, words};
use crate::profile::{Drift, Example, FieldQuality, Finding, Quality, SourceQuality};
use std::fmt::Write;

/// Narrower tables show nothing; a terminal that says less gets this many columns all the same.
const NARROWEST: usize = 60;
/// Widest heading and field name: longer ones are cut, or no room is left for values.
const NAMES: usize = 22;
/// Blanks between two columns of the table.
const GAP: usize = 2;
/// Least columns for the most frequent value, and for its pattern.
const LEAST: usize = 10;
/// Least columns for a heading and for a field's name.
const LEAST_NAME: usize = 8;

/// The whole profile.
pub(super) fn profile(profile: &Quality, width: usize) -> String {
    let width = width.max(NARROWEST);
    let mut out = String::new();
    for source in &profile.sources {
        table(source, width, &mut out);
    }
    if let Some(drift) = &profile.drift {
        changes(drift, width, &mut out);
    }
    findings(&profile.findings, width, &mut out);
    out
}

/// One row of the table: cells, and the cells' texts aligned to the right where they are numbers.
struct Row([String; 8]);

const HEADINGS: [&str; 8] =
    ["Column", "Field", "Filled", "Valid", "Distinct", "Longest", "Top value", "Pattern"];
/// Cells that are numbers, by position.
const NUMBERS: std::ops::RangeInclusive<usize> = 2..=5;
/// The cells that take what room is left.
const TOP: usize = 6;
const PATTERN: usize = 7;

fn table(source: &SourceQuality, width: usize, out: &mut String) {
    let plural = if source.rows == 1 { "record" } else { "records" };
    line(out, &format!("{}: {} {plural}", clean(&source.source), words::count(source.rows)));
    let mut rows = vec![Row(HEADINGS.map(String::from))];
    rows.extend(source.fields.iter().map(row));
    let mut widths = [0; 8];
    for Row(cells) in &rows {
        for (widest, cell) in widths.iter_mut().zip(cells) {
            *widest = width_of(cell).max(*widest);
        }
    }
    // Values are cut first, but not below what shows something; then names.
    let fixed = |widths: &[usize; 8]| widths[..TOP].iter().sum::<usize>() + GAP * (widths.len() - 1);
    widths[0] = widths[0].min(NAMES);
    widths[1] = widths[1].min(NAMES);
    while fixed(&widths) + 2 * LEAST > width && widths[0].max(widths[1]) > LEAST_NAME {
        let wider = usize::from(widths[1] > widths[0]);
        widths[wider] -= 1;
    }
    let room = width.saturating_sub(fixed(&widths)).max(2 * LEAST);
    widths[PATTERN] = widths[PATTERN].min(room.saturating_sub(widths[TOP]).max(room * 2 / 5));
    widths[TOP] = widths[TOP].min(room - widths[PATTERN]);
    for Row(cells) in &rows {
        let mut text = String::from("");
        for (at, (cell, wanted)) in cells.iter().zip(widths).enumerate() {
            let cell = fitted(cell, wanted);
            let blanks = " ".repeat(wanted.saturating_sub(width_of(&cell)));
            let gap = if at == 0 { "" } else { "  " };
            if NUMBERS.contains(&at) {
                let _ = write!(text, "{gap}{blanks}{cell}");
            } else {
                let _ = write!(text, "{gap}{cell}{blanks}");
            }
        }
        line(out, text.trim_end());
    }
    out.push('\n');
}

fn row(field: &FieldQuality) -> Row {
    let none = || "–".to_string();
    Row([
        clean(&field.column),
        field.field.as_deref().map_or_else(none, clean),
        share(field.filled, field.rows),
        field.valid.filter(|_| field.filled > 0).map_or_else(none, |valid| share(valid, field.filled)),
        words::count(field.distinct),
        field.max_length.map_or_else(none, |length| words::count(u64::from(length))),
        field.top.first().map_or_else(none, |top| {
            let times = if top.count > 1 { format!(" ×{}", words::count(top.count)) } else { String::new() };
            clean(&top.value) + &times
        }),
        field.patterns.first().map_or_else(none, |pattern| clean(&pattern.value)),
    ])
}

/// A share in few characters; all is said only of all, none only of none.
fn share(part: u64, whole: u64) -> String {
    match (part, whole) {
        (_, 0) => "–".to_string(),
        (0, _) => "0 %".to_string(),
        (part, whole) if part >= whole => "100 %".to_string(),
        (part, whole) => format!("{:.1} %", (part as f64 / whole as f64 * 100.0).clamp(0.1, 99.9)),
    }
}

/// What changed since an earlier profile, a line each.
fn changes(drift: &Drift, width: usize, out: &mut String) {
    line(out, "Changed since the earlier profile");
    let told: Vec<String> = super::quality::changes(drift).collect();
    if told.is_empty() {
        line(out, "  nothing");
    }
    for change in told {
        wrapped(&format!("  {}", clean(&change)), 0, 4, width, out);
    }
    out.push('\n');
}

fn findings(findings: &[Finding], width: usize, out: &mut String) {
    if findings.is_empty() {
        line(out, "No findings: nothing here needs a look.");
        return;
    }
    line(out, "Findings");
    let mut told = vec![false; findings.len()];
    for at in 0..findings.len() {
        if told[at] {
            continue;
        }
        let first = &findings[at];
        let alike = |other: &Finding| {
            (&other.rule, &other.source, &other.message) == (&first.rule, &first.source, &first.message)
        };
        let group: Vec<usize> = (at..findings.len()).filter(|&other| alike(&findings[other])).collect();
        group.iter().for_each(|&other| told[other] = true);
        let group: Vec<&Finding> = group.into_iter().map(|other| &findings[other]).collect();
        one_rule(&group, width, out);
    }
}

/// Findings of one rule in one source: what, where with examples, and what to do about it once.
fn one_rule(group: &[&Finding], width: usize, out: &mut String) {
    let first = group[0];
    let severity = quality::severity(first.severity);
    let head = format!("{severity:<8} {}: {} ({})", clean(&first.source), clean(&first.message), first.rule);
    let bare = |finding: &&&Finding| finding.examples.is_empty() && finding.column.is_some();
    let names: Vec<String> =
        group.iter().filter(bare).filter_map(|finding| finding.column.as_deref().map(clean)).collect();
    match first.column {
        Some(_) => wrapped(&head, 0, 9, width, out),
        None => wrapped(&format!("{head} ×{}", words::count(first.count)), 0, 9, width, out),
    }
    if !names.is_empty() {
        wrapped(&names.join(", "), 9, 9, width, out);
    }
    for finding in group.iter().filter(|finding| !finding.examples.is_empty()) {
        let example = |example: &Example| match example.line {
            Some(at) => format!("{} (line {at})", fitted(&clean(&example.value), 40)),
            None => fitted(&clean(&example.value), 40),
        };
        let examples = finding.examples.iter().map(example).collect::<Vec<_>>().join("; ");
        match &finding.column {
            Some(column) => {
                let count = words::count(finding.count);
                wrapped(&format!("{} ×{count}: {examples}", clean(column)), 9, 11, width, out);
            }
            None => wrapped(&examples, 9, 11, width, out),
        }
    }
    if !first.advice.is_empty() {
        wrapped(&format!("→ {}", first.advice), 9, 11, width, out);
    }
}

/// Text broken at blanks; the first line begins after `first` blanks, the others after `rest`.
fn wrapped(text: &str, first: usize, rest: usize, width: usize, out: &mut String) {
    let mut current = " ".repeat(first);
    let mut used = first;
    let mut begun = false;
    // Single blanks only: those that align the severity stay.
    for word in text.split_inclusive(' ') {
        let bare = width_of(word.trim_end());
        if begun && used + bare > width {
            line(out, current.trim_end());
            current = " ".repeat(rest);
            used = rest;
        }
        current.push_str(word);
        used += width_of(word);
        begun = true;
    }
    line(out, current.trim_end());
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// Text without what a terminal would take for a command, and without line ends.
pub(super) fn clean(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() => '·',
        // Marks that turn the direction of text would turn the whole table.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '·',
        c => c,
    };
    text.chars().map(shown).collect()
}

/// Text cut to so many columns of a terminal, with an ellipsis where something is missing.
fn fitted(text: &str, width: usize) -> String {
    if width_of(text) <= width {
        return text.to_string();
    }
    let mut short = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += columns_of(c);
        if used + 1 > width {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}

fn width_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(columns_of).sum() }
}

/// Columns a sign takes: two for those of Chinese, Japanese and Korean and for pictures, none for marks that stand on others.
fn columns_of(c: char) -> usize {
    match c as u32 {
        0x300..=0x36f | 0x200b..=0x200d | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f => 2,
        0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Counted;
    use proptest::prelude::*;

    fn quality(column: &str, top: &str) -> Quality {
        let field = FieldQuality {
            column: column.into(),
            field: Some("email".into()),
            rows: 1_000,
            filled: 999,
            distinct: 998,
            valid: Some(0),
            max_length: Some(40),
            top: vec![Counted { value: top.into(), count: 2 }],
            patterns: vec![Counted { value: top.into(), count: 2 }],
            ..FieldQuality::default()
        };
        let finding = Finding {
            rule: "junk_value".into(),
            source: "crm".into(),
            column: Some(column.into()),
            message: "fillers instead of values".into(),
            advice: "clear them ".repeat(20),
            count: 3,
            examples: vec![Example { line: Some(7), value: top.into() }],
            ..Finding::default()
        };
        let source = SourceQuality { source: "crm".into(), rows: 1_000, fields: vec![field] };
        Quality { sources: vec![source], findings: vec![finding], ..Quality::default() }
    }

    #[test]
    fn shares_are_never_rounded_to_all_or_none() {
        assert_eq!(share(999_999, 1_000_000), "99.9 %");
        assert_eq!(share(1, 1_000_000), "0.1 %");
        assert_eq!([share(5, 5), share(0, 5), share(0, 0)], ["100 %", "0 %", "–"]);
    }

    #[test]
    fn columns_are_aligned() {
        let text = profile(&quality("E-mail", "a@b.nl"), 100);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "crm: 1,000 records");
        assert_eq!(lines[1].find("Field"), lines[2].find("email"), "{text}");
        assert!(lines[2].contains("99.9 %    0 %"), "{text}");
    }

    #[test]
    fn nothing_reaches_the_terminal_as_a_command() {
        assert_eq!(clean("a\u{1b}[31mb\nc"), "a·[31mb c");
    }

    proptest! {
        #[test]
        fn lines_fit(column in ".{0,60}", top in ".{0,60}", width in 80usize..140) {
            for line in profile(&quality(&column, &top), width).lines() {
                // A word is never broken; a heading may be one long word.
                prop_assert!(width_of(line) <= width || !line.contains("  "), "{line}");
            }
        }
    }
}
